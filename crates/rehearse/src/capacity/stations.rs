//! Sampling stations and the samplers at them.

use crate::county::{PlaceRow, Plan, TownshipPlan, below};
use crate::kinds::PlaceKind;
use crate::share::apportion;
use quell_foundation::PlaceId;
use serde::{Deserialize, Serialize};

/// People per sampling station: the middle of "one per 2,000 to 3,000 people". Source: regional NAT guide, third edition, 22 March 2022
/// (protocol facts: `nat_guide_v3.sampling_points`, verified).
const PEOPLE_PER_STATION: f64 = 2_500.0;
/// People per sampler and round: "samplers = population / 360". Same source (`nat_guide_v3.samplers_needed`, verified).
const PEOPLE_PER_SAMPLER: f64 = 360.0;

/// A sampling station (采样点).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Station {
    /// Where it is: below its township, `….sNN`.
    pub place: PlaceId,
    /// Its name in Chinese.
    pub name: String,
    /// The communities it serves, in order. A large community is shared by several stations; a small station's township
    /// neighbours share one.
    pub communities: Vec<PlaceId>,
    /// How many people take samples here; at least one.
    pub samplers: u32,
}

/// The stations of every township, at least one each; neighbouring communities share a station so that all stations of a township
/// serve about equally many people. The samplers sum to population / 360, or one for each station if that is more.
pub(crate) fn stations(plan: &Plan, places: &mut Vec<PlaceRow>) -> Vec<Station> {
    let mut stations: Vec<Station> = Vec::new();
    let mut served: Vec<f64> = Vec::new();
    for township in &plan.townships {
        let people = township.people();
        let count = (f64::from(people) / PEOPLE_PER_STATION).round().max(1.0) as u32;
        for k in 0..count {
            let place = below(&township.id, &format!("s{:02}", k + 1));
            let name = format!("{}第{}采样点", township.name, k + 1);
            places.push(PlaceRow::new(place.clone(), PlaceKind::Station, name.as_str()));
            stations.push(Station { place, name, communities: communities_of(township, k, count), samplers: 0 });
            served.push(f64::from(people) / f64::from(count));
        }
    }
    let samplers = super::needed(plan.population(), 1.0, PEOPLE_PER_SAMPLER).max(stations.len() as u32);
    for (station, samplers) in stations.iter_mut().zip(apportion(samplers, &served, 1)) {
        station.samplers = samplers;
    }
    stations
}

/// The communities that overlap the `k`-th of `count` equal parts of the township's people, counted in order of communities.
/// Communities without people go to the station in whose part they lie, so that each belongs to one.
fn communities_of(township: &TownshipPlan, k: u32, count: u32) -> Vec<PlaceId> {
    // In units of 1 / count of a person, so that all bounds are whole.
    let total = u64::from(township.people());
    let (from, to) = (total * u64::from(k), total * u64::from(k + 1));
    let mut before = 0u64;
    let mut inside = Vec::new();
    for community in &township.communities {
        let start = before;
        before += u64::from(community.people) * u64::from(count);
        let overlaps = start < to && before > from;
        let empty_here = start == before && start >= from && (start < to || k + 1 == count);
        if overlaps || empty_here {
            inside.push(community.id.clone());
        }
    }
    inside
}
