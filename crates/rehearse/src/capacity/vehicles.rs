//! Vehicles that bring infected people to hospitals and contacts to isolation sites.

use super::Facility;
use crate::county::Plan;
use crate::kinds::PlaceKind;
use quell_foundation::{PlaceId, VehicleId};
use serde::{Deserialize, Serialize};

/// People per ambulance: guidance on pre-hospital emergency care of September 2020 (one for every 30,000), from memory.
const PEOPLE_PER_AMBULANCE: f64 = 30_000.0;
/// Patients in an ambulance. Assumption.
const AMBULANCE_SEATS: u32 = 2;
/// Passengers in a township's minibus. Assumption: every township has one.
const MINIBUS_SEATS: u32 = 8;
/// People per closed-loop bus. Assumption.
const PEOPLE_PER_BUS: f64 = 50_000.0;
/// Passengers in a bus, every other seat left free. Assumption.
const BUS_SEATS: u32 = 20;

/// A vehicle for transfers (转运).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Its fleet number: county letters, `A` ambulance, `M` minibus or `B` bus, and a number.
    pub id: VehicleId,
    /// How many people it can bring at once, the driver and crew not counted.
    pub seats: u32,
    /// Where it stands when free: a hospital, a township or an isolation site.
    pub base: PlaceId,
}

/// Ambulances at the hospitals in turn, a minibus in every township, buses at the isolation sites in turn.
pub(crate) fn vehicles(plan: &Plan, facilities: &[Facility]) -> Vec<Vehicle> {
    let of = |isolation: bool| facilities.iter().filter(move |f| (f.kind == PlaceKind::IsolationSite) == isolation).map(|f| &f.place);
    let ambulances = super::needed(plan.population(), 1.0, PEOPLE_PER_AMBULANCE).max(1) as usize;
    let buses = super::needed(plan.population(), 1.0, PEOPLE_PER_BUS).max(1) as usize;
    let fleet = |letter: &'static str, seats: u32, bases: Vec<&PlaceId>| {
        let vehicle = move |(n, base): (usize, &PlaceId)| {
            let id = VehicleId::new(format!("{}-{letter}{n:03}", plan.letters)).expect("letters and digits");
            Vehicle { id, seats, base: base.clone() }
        };
        (1..).zip(bases).map(vehicle).collect::<Vec<_>>()
    };
    let mut all = fleet("A", AMBULANCE_SEATS, of(false).cycle().take(ambulances).collect());
    all.extend(fleet("M", MINIBUS_SEATS, plan.townships.iter().map(|t| &t.id).collect()));
    all.extend(fleet("B", BUS_SEATS, of(true).cycle().take(buses).collect()));
    all
}
