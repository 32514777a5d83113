//! A run as numbers: what is written, compared and kept.

use quell_response::{Outcome, Stay};
use serde::{Deserialize, Serialize};

/// Names of the numbers of a run, in their order. All but `days_to_zero` and `first_zero` are always there.
pub(crate) const NUMBERS: [&str; 27] = [
    "days_to_zero",
    "first_zero",
    "infections",
    "persons_infected",
    "cases_found",
    "community_found",
    "severe",
    "deaths",
    "tests",
    "tubes",
    "restriction_person_days",
    "zone_person_days",
    "home_quarantine_person_days",
    "isolation_room_days",
    "shelter_bed_days",
    "hospital_bed_days",
    "standstill_person_days",
    "staff_hours",
    "sampling_hours",
    "laboratory_hours",
    "investigation_hours",
    "call_hours",
    "care_hours",
    "school_days_lost",
    "visits_missed",
    "contacts_traced",
    "doses",
];

/// What the numbers of a run are called in Chinese and English, in the order of [`NUMBERS`].
const TITLES: [(&str, &str); NUMBERS.len()] = [
    ("清零日", "Days to zero"),
    ("首次清零日", "First zero, day"),
    ("感染", "Infections"),
    ("感染人数", "People infected"),
    ("发现病例", "Cases found"),
    ("社会面发现", "Found in the community"),
    ("重症", "Severe cases"),
    ("死亡", "Deaths"),
    ("采样人次", "Swabs"),
    ("采样管", "Tubes"),
    ("受限人日", "Person-days restricted"),
    ("风险区人日", "Person-days in zones"),
    ("居家隔离人日", "Person-days in home quarantine"),
    ("隔离点间日", "Room-days of isolation sites"),
    ("方舱床日", "Bed-days, shelter"),
    ("定点医院床日", "Bed-days, designated"),
    ("静默人日", "Person-days of standstill"),
    ("工时", "Staff hours"),
    ("采样工时", "Hours of sampling"),
    ("检测工时", "Hours of laboratories"),
    ("流调工时", "Hours of investigation"),
    ("电话工时", "Hours of calls"),
    ("照护工时", "Hours of care"),
    ("损失上学日", "School days lost"),
    ("未能就诊人次", "Visits missed"),
    ("追踪密接", "Contacts traced"),
    ("接种剂次", "Doses"),
];

/// What a number is called.
pub(crate) fn title(name: &str, chinese: bool) -> &'static str {
    let at = NUMBERS.iter().position(|n| *n == name);
    at.map_or("", |k| if chinese { TITLES[k].0 } else { TITLES[k].1 })
}

/// Names of the numbers of a day, in their order.
pub(crate) const OF_DAY: [&str; 12] = [
    "infections",
    "found",
    "community",
    "tests",
    "tubes",
    "contacts",
    "severe",
    "deaths",
    "held",
    "in_zones",
    "waiting_for_bed",
    "laboratory_hours",
];

/// What the numbers of a day are called in Chinese and English, in the order of [`OF_DAY`].
const TITLES_OF_DAY: [(&str, &str); OF_DAY.len()] = [
    ("每日感染", "Infections by day"),
    ("每日发现病例", "Cases found by day"),
    ("每日社会面病例", "Cases found in the community by day"),
    ("每日采样人次", "Swabs by day"),
    ("每日采样管", "Tubes by day"),
    ("每日追踪密接", "Contacts traced by day"),
    ("每日重症", "Severe cases by day"),
    ("每日死亡", "Deaths by day"),
    ("管控人数", "People held"),
    ("风险区人数", "People in zones"),
    ("待床人数", "Cases waiting for a bed"),
    ("实验室积压小时", "Hours of backlog in laboratories"),
];

/// What a number of a day is called.
pub(crate) fn title_of_day(column: usize, chinese: bool) -> &'static str {
    TITLES_OF_DAY.get(column).map_or("", |(zh, en)| if chinese { zh } else { en })
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// Which policy, by name.
    pub policy: String,
    /// Seed of the run.
    pub seed: u64,
    /// The numbers, as [`NUMBERS`] names them.
    pub numbers: Vec<Option<f64>>,
    /// The days, as [`OF_DAY`] names their numbers.
    pub days: Vec<Vec<f64>>,
    /// By township, in the population's order: person-days restricted, infections.
    pub townships: Vec<[f64; 2]>,
    /// Changes with anything that happened.
    pub hash: String,
}

impl Run {
    /// Of what came out.
    pub(crate) fn of(policy: &str, seed: u64, outcome: &Outcome) -> Self {
        let c = &outcome.costs;
        let s = &c.staff_hours;
        let kind = |name: &str| c.by_kind.iter().filter(|k| k.0 == name).map(|k| k.1).sum::<f64>();
        let community: u64 = outcome.series.days().iter().map(|d| d.found.community).sum();
        let all = s.sampling + s.laboratory + s.investigation + s.calls + s.transfer + s.care;
        let numbers: [f64; 25] = [
            c.infections as f64,
            f64::from(outcome.persons),
            outcome.cases.len() as f64,
            community as f64,
            c.severe as f64,
            c.deaths as f64,
            c.tests as f64,
            c.tubes as f64,
            c.restriction_person_days,
            kind("risk_zone"),
            kind(Stay::Quarantined.name()),
            c.isolation_room_days,
            c.shelter_bed_days,
            c.hospital_bed_days,
            kind("standstill"),
            all,
            s.sampling,
            s.laboratory,
            s.investigation,
            s.calls,
            s.care,
            c.school_days_lost,
            c.visits_missed,
            c.contacts_traced as f64,
            c.doses as f64,
        ];
        let zeros = [outcome.days_to_zero, outcome.first_zero].map(|d| d.map(f64::from));
        let day = |d: &quell_response::Day| {
            let held: i64 = Stay::ALL.iter().filter(|s| s.restricts()).map(|s| d.stays[*s as usize]).sum();
            [d.infections, d.found.all(), d.found.community, d.tests, d.tubes, d.contacts, d.severe, d.deaths]
                .map(|n| n as f64)
                .into_iter()
                .chain([held as f64, d.in_zones as f64, d.waiting_for_bed as f64, d.laboratory_hours])
                .collect()
        };
        Self {
            policy: policy.to_owned(),
            seed,
            numbers: zeros.into_iter().chain(numbers.map(Some)).collect(),
            days: outcome.series.days().iter().map(day).collect(),
            townships: c.by_township.iter().zip(&outcome.by_township).map(|(days, n)| [*days, *n as f64]).collect(),
            hash: format!("{:016x}", outcome.hash),
        }
    }
    /// A number by name.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        NUMBERS.iter().position(|n| *n == name).and_then(|k| self.numbers[k])
    }
    /// Whether it has the shape that this program writes.
    pub(crate) fn is_whole(&self) -> bool {
        self.numbers.len() == NUMBERS.len() && !self.townships.is_empty() && self.days.iter().all(|d| d.len() == OF_DAY.len())
    }
}
