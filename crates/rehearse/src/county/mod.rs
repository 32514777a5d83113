//! Places: which divisions there are, how many people live in each, and the dwellings down to the household.

mod dwellings;
mod plan;

pub(crate) use dwellings::{Dwellings, NO_STAIRWELL};
pub(crate) use plan::{Character, CommunityPlan, Plan, TownshipPlan};

use crate::capacity::{self, Facility, Laboratory, Station, Vehicle};
use crate::kinds::PlaceKind;
use crate::people::{Populace, Resident};
use quell_foundation::{BookId, Day, PlaceId};
use serde::{Deserialize, Serialize};

/// A synthetic county (or city): its places, its people and what it has to respond with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct County {
    /// The operating unit that owns the book.
    pub book: BookId,
    /// The county itself (depth 2; the province above it is the first of `places`).
    pub root: PlaceId,
    /// Every place, each after the place above it: province, county, then township by township down to the households;
    /// then stations, laboratories and facilities.
    pub places: Vec<PlaceRow>,
    /// Every resident, in the order of their homes.
    pub residents: Vec<Resident>,
    /// Sampling stations.
    pub stations: Vec<Station>,
    /// Laboratories.
    pub laboratories: Vec<Laboratory>,
    /// Shelter hospitals, designated hospitals and isolation sites.
    pub facilities: Vec<Facility>,
    /// Vehicles for moving people.
    pub vehicles: Vec<Vehicle>,
}

/// One node of the place tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// Its path.
    pub id: PlaceId,
    /// What it is.
    pub kind: PlaceKind,
    /// Its own name in Chinese, without those of the places above.
    pub name: String,
    /// Its name in English, where it has one: province, county, townships, laboratories and facilities.
    pub name_en: Option<String>,
}

impl PlaceRow {
    pub(crate) fn new(id: PlaceId, kind: PlaceKind, name: impl Into<String>) -> Self {
        Self { id, kind, name: name.into(), name_en: None }
    }
    pub(crate) fn english(self, name: impl Into<String>) -> Self {
        Self { name_en: Some(name.into()), ..self }
    }
}

/// The place below with this segment. Segments are made by this crate of ASCII letters and digits, and no path it makes comes
/// near the limit of 120 bytes.
pub(crate) fn below(place: &PlaceId, segment: &str) -> PlaceId {
    place.child(segment).expect("generated segments are short ASCII")
}

/// Wushan County, Chongqing (book 500237), with its 26 real townships and 340 real communities and villages, and `population`
/// made-up residents: 462,462 in the census of 2020. A smaller number scales every community down in proportion (at least one
/// person each from 340 on); ages are as of `as_of`. The same arguments give the same county, byte for byte.
///
/// ```
/// let county = quell_rehearse::wushan(7, 2_000, "2022-11-26".parse().unwrap());
/// assert_eq!(county.residents.len(), 2_000);
/// let someone = &county.residents[0];
/// assert!(someone.home.is_within(&county.root) && someone.home.depth() == 8);
/// assert!(someone.identity_number.starts_with("9999"), "no real person has this number");
/// ```
pub fn wushan(seed: u64, population: u32, as_of: Day) -> County {
    build(Plan::wushan(seed, population), seed, as_of)
}

/// A city that does not exist (book 990000, under the province code 99 that is assigned to none), for loads beyond a county:
/// one township of 16 communities for every 50,000 of `population`. Same rules as [`wushan`] otherwise. Needs about 400 bytes
/// of memory per resident (measured: 1.9 GB for 5 million, made in 12 s).
pub fn city(seed: u64, population: u32, as_of: Day) -> County {
    build(Plan::city(seed, population), seed, as_of)
}

fn build(plan: Plan, seed: u64, as_of: Day) -> County {
    let mut places = plan.upper_places();
    let mut populace = Populace::new(seed, as_of, plan.population());
    for township in &plan.townships {
        places.push(township.row());
        for community in &township.communities {
            places.push(PlaceRow::new(community.id.clone(), PlaceKind::Community, community.name.as_str()));
            populace.settle(community, &mut places);
        }
    }
    let stations = capacity::stations(&plan, &mut places);
    let laboratories = capacity::laboratories(&plan, seed, &mut places);
    let facilities = capacity::facilities(&plan, &mut places);
    let vehicles = capacity::vehicles(&plan, &facilities);
    County { book: plan.book, root: plan.root, places, residents: populace.residents, stations, laboratories, facilities, vehicles }
}
