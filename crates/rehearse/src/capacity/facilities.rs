//! Beds for the infected and rooms for their contacts.

use crate::county::{PlaceRow, Plan, below};
use crate::kinds::PlaceKind;
use crate::share::apportion;
use quell_foundation::PlaceId;
use serde::{Deserialize, Serialize};

/// How one kind of facility is sized. An outbreak is not smaller where fewer people live: the least is one ward of a hospital, one
/// isolation site. Assumption.
struct Rule {
    kind: PlaceKind,
    /// Segment of the place, before the number.
    segment: &'static str,
    zh: &'static str,
    en: &'static str,
    /// Beds (rooms for isolation sites) per 10,000 people.
    per_ten_thousand: f64,
    /// Beds of one facility at most.
    of_facility: u32,
    /// Beds of one ward (floor) at most.
    of_ward: u32,
    /// Beds that there are however few people live here.
    least: u32,
}

/// Shelter hospitals: Chongqing had 26,200 beds on 19 November 2022 and added 26,313 at Yinglong on the 23rd (protocol facts:
/// `fangcang.chongqing_beds_19Nov`, verified twice, and `yinglong_beds`, verified) for 32.05 million people. At most 1,000 beds
/// each, as in Jiangbei (`shizishan_jiangbei_beds`, verified). Wards of at most 100 beds: assumption (a nurses' station of the
/// largest halls in Shanghai had 422: `national_expo_shanghai`). Wushan's own number was not found.
const SHELTER: Rule = Rule {
    kind: PlaceKind::ShelterHospital,
    segment: "fc",
    zh: "方舱医院",
    en: "Shelter Hospital",
    per_ten_thousand: 52_513.0 / 3_205.4,
    of_facility: 1_000,
    of_ward: 100,
    least: 100,
};

/// Designated hospitals: 8,000 beds in 8 hospitals for Shanghai's 24.87 million people in April 2022 (`shanghai_total_apr2022`,
/// verified; population of 2020 from memory). Wards of at most 40 beds: assumption.
const DESIGNATED: Rule = Rule {
    kind: PlaceKind::DesignatedHospital,
    segment: "dh",
    zh: "定点医院",
    en: "Designated Hospital",
    per_ten_thousand: 8_000.0 / 2_487.0,
    of_facility: 1_000,
    of_ward: 40,
    least: 40,
};

/// Isolation sites: 60 rooms per 10,000 residents, the requirement of May 2022 (Yiyao Weisheng Bao, Henan, 24 May 2022,
/// verified; it was 20 in September 2021). Sites of at most 120 rooms, floors of at most 30, one person a room: assumption (a hotel).
const ISOLATION: Rule = Rule {
    kind: PlaceKind::IsolationSite,
    segment: "iso",
    zh: "集中隔离点",
    en: "Isolation Site",
    per_ten_thousand: 60.0,
    of_facility: 120,
    of_ward: 30,
    least: 120,
};

/// At least so many wards in a facility, so that one can be full while another is not.
const LEAST_WARDS: u32 = 2;

/// A place with beds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facility {
    /// Where it is: below the county, `….fcNN`, `….dhNN` or `….isoNN`.
    pub place: PlaceId,
    /// Its name in Chinese.
    pub name: String,
    /// [`PlaceKind::ShelterHospital`], [`PlaceKind::DesignatedHospital`] or [`PlaceKind::IsolationSite`].
    pub kind: PlaceKind,
    /// Wards (floors of an isolation site) by code, `w1` onward, with the beds of each (rooms of one person in an isolation site).
    pub wards: Vec<(String, u32)>,
}

impl Facility {
    /// All beds.
    pub fn beds(&self) -> u32 {
        self.wards.iter().map(|(_, beds)| beds).sum()
    }
}

/// Shelter hospitals, designated hospitals and isolation sites, at least one of each.
pub(crate) fn facilities(plan: &Plan, places: &mut Vec<PlaceRow>) -> Vec<Facility> {
    [SHELTER, DESIGNATED, ISOLATION].iter().flat_map(|rule| by_rule(plan, rule, places)).collect()
}

fn by_rule(plan: &Plan, rule: &Rule, places: &mut Vec<PlaceRow>) -> Vec<Facility> {
    let beds = super::needed(plan.population(), rule.per_ten_thousand, 10_000.0).max(rule.least);
    let count = beds.div_ceil(rule.of_facility);
    let equal = |n: u32| vec![1.0; n as usize];
    let (own_zh, own_en) = plan.names[1];
    let facility = |(k, beds): (u32, u32)| {
        let place = below(&plan.root, &format!("{}{k:02}", rule.segment));
        let (zh_turn, en_turn) = if count > 1 { (format!("第{k}"), format!(" {k}")) } else { Default::default() };
        let name = format!("{own_zh}{zh_turn}{}", rule.zh);
        let row = PlaceRow::new(place.clone(), rule.kind, name.as_str());
        places.push(row.english(format!("{own_en} {}{en_turn}", rule.en)));
        let wards = apportion(beds, &equal(beds.div_ceil(rule.of_ward).max(LEAST_WARDS)), 1);
        let wards = (1u32..).zip(wards).map(|(n, beds)| (format!("w{n}"), beds)).collect();
        Facility { place, name, kind: rule.kind, wards }
    };
    (1u32..).zip(apportion(beds, &equal(count), 1)).map(facility).collect()
}
