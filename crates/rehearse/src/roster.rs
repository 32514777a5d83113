//! The list of residents as a county keeps it: a table with Chinese headings, for the importer.

use crate::county::{County, NO_STAIRWELL};
use quell_foundation::PlaceId;
use quell_protocol::{OccupationClass, PersonTag};
use std::collections::HashMap;
use std::io::{self, Write};

/// Headings of the list, in order: name, sex, birth date, identity number, telephone, address, township, community, household code
/// (the path of the home), occupation, what matters for care.
const HEADINGS: &str = "姓名,性别,出生日期,身份证号,联系电话,现住址,乡镇街道,村社区,户编号,职业类别,重点人群";

/// Writes every resident as one line of CSV (UTF-8 without byte order mark, LF) under Chinese headings, in the order of homes. Birth dates
/// are written `1980/5/1` and empty fields left empty, as in lists kept by hand; several tags are joined by `、`.
///
/// # Errors
/// Only those of the writer.
pub fn write_roster_csv(county: &County, mut w: impl Write) -> io::Result<()> {
    let names: HashMap<&str, &str> = county.places.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect();
    let name_of = |place: &PlaceId| names.get(place.as_str()).copied().unwrap_or_default();
    writeln!(w, "{HEADINGS}")?;
    let mut home: Option<&PlaceId> = None;
    let (mut address, mut township, mut community) = (String::new(), "", "");
    for person in &county.residents {
        if home != Some(&person.home) {
            home = Some(&person.home);
            let levels = (1..=person.home.depth()).map(|d| name_of(&person.home.at_depth(d)));
            address = levels.filter(|name| *name != NO_STAIRWELL).collect();
            township = name_of(&person.home.at_depth(3));
            community = name_of(&person.home.at_depth(4));
        }
        let tags: Vec<&str> = person.tags.iter().map(|t| tag_zh(*t)).collect();
        writeln!(
            w,
            "{},{},{},{},{},{address},{township},{community},{},{},{}",
            person.name,
            person.sex.zh(),
            slashed(&person.born.to_string()),
            person.identity_number,
            person.phone.as_deref().unwrap_or_default(),
            person.home,
            occupation_zh(person.occupation),
            tags.join("、"),
        )?;
    }
    w.flush()
}

/// `1980-05-01` as `1980/5/1`.
fn slashed(day: &str) -> String {
    day.split('-').map(|part| part.trim_start_matches('0')).collect::<Vec<_>>().join("/")
}

fn occupation_zh(class: OccupationClass) -> &'static str {
    match class {
        OccupationClass::General => "其他",
        OccupationClass::Health => "医务人员",
        OccupationClass::ClosedLoop => "闭环管理人员",
        OccupationClass::InboundFacing => "口岸涉外人员",
        OccupationClass::ColdChain => "冷链从业人员",
        OccupationClass::Delivery => "快递外卖",
        OccupationClass::Transport => "交通运输",
        OccupationClass::Market => "商超农贸",
        OccupationClass::School => "学校托幼",
        OccupationClass::NursingHome => "养老机构",
        OccupationClass::Construction => "建筑施工",
        OccupationClass::PublicService => "公共服务",
    }
}

fn tag_zh(tag: PersonTag) -> &'static str {
    match tag {
        PersonTag::Elderly => "老年人",
        PersonTag::LivesAlone => "独居",
        PersonTag::Pregnant => "孕产妇",
        PersonTag::Infant => "婴幼儿",
        PersonTag::Dialysis => "血透患者",
        PersonTag::Chemotherapy => "放化疗患者",
        PersonTag::Disabled => "残疾人",
        PersonTag::MentalDisorder => "精神障碍患者",
        PersonTag::Bedridden => "卧床",
        PersonTag::ChronicMedicine => "慢性病用药",
        PersonTag::WalkIn => "临时到点人员",
        PersonTag::Visitor => "外来人员",
    }
}
