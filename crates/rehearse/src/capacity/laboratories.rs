//! Laboratories: how many tubes an hour, and how far from each township.

use crate::county::{PlaceRow, Plan, below};
use crate::kinds::PlaceKind;
use crate::share::apportion;
use quell_foundation::{PlaceId, Stream};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// People in a pooled tube of a screening round: ten in one (protocol facts: `pooling_rules`, `nat_guide_v1.first_round`, verified).
const PEOPLE_PER_TUBE: f64 = 10.0;
/// Hours of testing in a day; the rest is for changing shifts, cleaning and controls. Assumption. With it, one round of ten in one
/// just fits a day: 46,247 tubes for 462,462 people.
const HOURS_A_DAY: f64 = 22.0;
/// People per laboratory: Chongqing tested 2.82 million tubes a day in 248 laboratories in November 2022, 11,371 each (protocol
/// facts: `capacity_examples.chongqing_nov2022`, one page), at ten people a tube.
const PEOPLE_PER_LABORATORY: f64 = 113_710.0;
/// At least so many laboratories, so that one can fail.
const LEAST_LABORATORIES: usize = 2;

/// Kinds of laboratory in turn, with the share of the work that falls to each: Chinese name, English name, weight. Chongqing's were 192 in
/// hospitals, 40 of centres for disease control and 16 of third parties (same source). Weights are an assumption.
const KINDS: [(&str, &str, f64); 4] = [
    ("人民医院核酸检测实验室", "People's Hospital laboratory", 3.0),
    ("疾控中心核酸检测实验室", "Centre for Disease Control laboratory", 2.0),
    ("中医院核酸检测实验室", "Hospital of Chinese Medicine laboratory", 1.5),
    ("第三方移动检测实验室", "Third-party mobile laboratory", 3.5),
];

/// Minutes by road between a township at the county seat and a laboratory. Assumption; the laboratories stand at the seat.
const MINUTES_NEAR: (i64, i64) = (10, 25);
/// The same from any other township: mountain roads. Assumption.
const MINUTES_FAR: (i64, i64) = (40, 130);

/// A laboratory (检测机构).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Laboratory {
    /// Where it is: below the county, `….labNN`.
    pub place: PlaceId,
    /// Its name in Chinese.
    pub name: String,
    /// Tubes an hour when running.
    pub tubes_per_hour: u32,
    /// Minutes by road from each township.
    pub transport_minutes: BTreeMap<PlaceId, u32>,
}

impl Laboratory {
    /// Minutes by road from the township of this place (the township itself, or any place below it); `None` for a place of
    /// another county.
    pub fn transport_minutes_from(&self, place: &PlaceId) -> Option<u32> {
        self.transport_minutes.get(&place.at_depth(3)).copied()
    }
}

/// As many laboratories as the population needs; together they test a full round of pooled tubes in a day.
pub(crate) fn laboratories(plan: &Plan, seed: u64, places: &mut Vec<PlaceRow>) -> Vec<Laboratory> {
    let mut stream = Stream::named(seed, "roads");
    let roads: BTreeMap<PlaceId, i64> = plan
        .townships
        .iter()
        .map(|t| {
            let (lo, hi) = if t.seat { MINUTES_NEAR } else { MINUTES_FAR };
            (t.id.clone(), stream.between(lo, hi))
        })
        .collect();
    let population = f64::from(plan.population());
    let count = ((population / PEOPLE_PER_LABORATORY).round() as usize).max(LEAST_LABORATORIES);
    let per_hour = (population / PEOPLE_PER_TUBE / HOURS_A_DAY).ceil() as u32;
    let weights: Vec<f64> = KINDS.iter().cycle().take(count).map(|(.., weight)| *weight).collect();
    let mut laboratories = Vec::with_capacity(count);
    for (k, tubes) in apportion(per_hour, &weights, 1).into_iter().enumerate() {
        let place = below(&plan.root, &format!("lab{:02}", k + 1));
        let (name, name_en) = names(plan, k);
        places.push(PlaceRow::new(place.clone(), PlaceKind::Laboratory, name.as_str()).english(name_en));
        let detour = stream.between(0, 5);
        let transport_minutes = roads.iter().map(|(id, m)| (id.clone(), (m + detour) as u32)).collect();
        laboratories.push(Laboratory { place, name, tubes_per_hour: tubes.max(1), transport_minutes });
    }
    laboratories
}

/// Chinese and English name of the `k`-th laboratory, from 0; numbered from the second of its kind on.
fn names(plan: &Plan, k: usize) -> (String, String) {
    let (zh, en, _) = KINDS[k % KINDS.len()];
    let (own_zh, own_en) = plan.names[1];
    match k / KINDS.len() + 1 {
        1 => (format!("{own_zh}{zh}"), format!("{own_en} {en}")),
        n => (format!("{own_zh}{zh}{n}部"), format!("{own_en} {en} {n}")),
    }
}
