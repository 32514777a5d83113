//! Lists of people, places and cases, and plate files, from bytes to facts.

use super::http::storable;
use super::tables::cell;
use super::{chances, inputs};
use crate::Target;
use crate::choice::Choices;
use quell::identity::IdentityKey;
use quell::import::linelist::LinelistOptions;
use quell::import::plate::PlateOptions;
use quell::import::{Ground, ImportError, List, Policy, Source, facts_alone};
use quell_book::{BookConfig, Fact, TestResult};
use quell_foundation::*;
use quell_protocol::{Protocol, builtin, load};
use quell_tabular::builtin_mapping;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static CONFIG: LazyLock<BookConfig> = LazyLock::new(|| BookConfig {
    book: BookId(500_237),
    root: PlaceId::new("50.500237").unwrap(),
    offset: UtcOffset::CHINA,
    tally_depth: 4,
});
static KEY: LazyLock<IdentityKey> = LazyLock::new(|| IdentityKey::fixed("fuzz"));
static PROTOCOL: LazyLock<Protocol> = LazyLock::new(|| {
    let id = ProtocolId::new("covid-2022-twenty").unwrap();
    load("covid-2022-twenty", builtin(&id).unwrap()).unwrap()
});

const PEOPLE_FILE: &str = "姓名,性别,出生日期,身份证号,证件类型,联系电话,户编号,职业,标签\n张三,女,1949-12-31,11010519491231002X,居民身份证,13800138000,50.500237.101.001.c1.b1.u1.101,,\n李四,男,,,,,50.500237.101.001.c1,,孕妇\n";
const PLACES_FILE: &str =
    "place,kind,name,name_en,wards\n50.500237.h1,shelter_hospital,方舱,,w1:40;w2:2\n50.500237.101,township,高唐街道,,\n";
const CASES_FILE: &str = "case_id,gender,age,symptom_onset,confirm_date,severity,death_date,source\n1,M,45,21/01/2020,23/01/2020,severe,,Wuhan\n2,F,60,,24/01/2020,mild,01/02/2020,\n";
const PLATE_FILE: &str = "tube,plate,control,result,target,ct,at\nT1,,,positive,ORF1ab,31.2,2022-11-26T08:15:00+08:00\nT1,,,positive,N,30.1,\nT2,,,negative,internal,25,\nPC,,positive,positive,N,28,\nNC,,negative,negative,N,,\n";

pub const PEOPLE: Target = Target {
    name: "people",
    about: "lists of people: every row becomes a fact that the door would take, or an issue with its line, in both languages",
    run: |data| read(data, "people", &List::People),
    seeds: || files(PEOPLE_FILE),
    words: &[",", "\n", "11010519491231002X", "50.500237.101.001", "2022-11-26", "男", "护照", "\0", "孕妇;老人"],
};
pub const PLACES: Target = Target {
    name: "places",
    about: "the same for lists of places with their wards and beds",
    run: |data| read(data, "places", &List::Places),
    seeds: || files(PLACES_FILE),
    words: &[",", "\n", "50.500237.h2", "w1:40", ";", "：", "4294967296", "社区", "household"],
};
pub const LINELIST: Target = Target {
    name: "linelist",
    about: "the same for line lists of cases, under each of their mappings",
    run: |data| {
        let options =
            LinelistOptions { as_of: "2022-12-31".parse().unwrap(), home: PlaceId::new("50.500237").unwrap(), policy: Policy::default() };
        for mapping in ["tianjin-linelist", "godata-cases", "sormas-cases"] {
            read(data, mapping, &List::Linelist(&options));
        }
    },
    seeds: || files(CASES_FILE),
    words: &[",", "\n", "21/01/2020", "0000-01-01", "severe", "1", "NA", "2020-01-21"],
};
pub const PLATE: Target = Target {
    name: "plate",
    about: "plate files: a tube has one result or an issue, controls are judged, nothing of a file without them is used",
    run: plate,
    seeds: || files(PLATE_FILE),
    words: &[",", "\n", "positive", "negative", "阳性对照", "internal", "T1", "60.1", "-1", "2022-11-26T08:15:00+08:00"],
};

/// A file as it is, and rows of choices that make one under the same header.
fn files(file: &str) -> Vec<Vec<u8>> {
    let mut all = inputs(&[file]);
    let header: Vec<&str> = file.lines().next().unwrap_or_default().split(',').collect();
    for data in chances() {
        let mut c = Choices::new(&data);
        let mut text = header.join(",") + "\n";
        while !c.is_empty() {
            let row: Vec<String> = header.iter().map(|h| format!("\"{}\"", cell(&mut c, h).replace('"', "\"\""))).collect();
            text += &(row.join(",") + "\n");
        }
        all.push(text.into_bytes());
    }
    all
}

fn plate(data: &[u8]) {
    let options = |all, controls_ok: bool| PlateOptions {
        laboratory: PlaceId::new("50.500237.lab1").unwrap(),
        plate: PlateId::new("P1").unwrap(),
        at: controls_ok.then(|| "2022-11-26T20:00:00+08:00".parse().unwrap()),
        or_at: None,
        controls_ok,
        all,
    };
    read(data, "plate", &List::Plate(&options(None, false), &PROTOCOL));
    read(data, "plate", &List::Plate(&options(Some(TestResult::Negative), true), &PROTOCOL));
}

fn read(data: &[u8], mapping: &str, list: &List<'_>) {
    let ground = Ground { config: &CONFIG, key: &KEY, today: "2022-11-26".parse().unwrap() };
    let source = match Source::of_bytes(data, builtin_mapping(mapping).unwrap()) {
        Ok(source) => source,
        Err(e) => return explained(&e),
    };
    let (found, report) = match facts_alone(&source, list, &ground) {
        Ok(read) => read,
        Err(e) => return explained(&e),
    };
    for (_, facts) in &found {
        facts.iter().for_each(storable);
    }
    for i in &report.issues {
        assert!(i.line > 0 && !i.rule.is_empty(), "{i:?}");
        assert!(![&i.message.en, &i.message.zh, &i.advice.en, &i.advice.zh].iter().any(|t| t.is_empty()), "{i:?}");
        let _ = (i.text(true), i.text(false));
    }
    let bad: BTreeSet<u64> = report.issues.iter().map(|i| i.line).collect();
    if !matches!(list, List::Plate(..)) {
        assert_eq!(found.len() as u64 + bad.len() as u64, report.counts.read, "a row is lost: {report:?}");
    }
    let mut tubes = BTreeSet::new();
    for fact in found.iter().flat_map(|f| &f.1) {
        if let Fact::ResultRead(r) = fact {
            assert!(tubes.insert(r.tube.clone()), "{} has two results", r.tube);
        }
    }
}

fn explained(e: &ImportError) {
    assert!(e.is_bad_input() && !e.text(true).is_empty() && !e.text(false).is_empty(), "{e:?}");
}
