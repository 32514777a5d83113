//! Transfers (转): requests, vehicles and facilities, pick-up and arrival.

use super::registry::COMMAND;
use super::{Batch, Life, event, lot};
use crate::county::County;
use quell_book::rows::Transfer;
use quell_book::*;
use quell_foundation::*;
use std::collections::BTreeMap;

/// Minutes from the assignment to the door: earliest, latest. Assumption, within the protocol's hour.
const TO_THE_DOOR: (i64, i64) = (12, 40);
/// Minutes of disinfection after a trip. Assumption.
const DISINFECTION: Span = Span::minutes(30);
/// Minutes by road where the table of roads has none. Assumption.
const ROAD: u32 = 20;

/// A vehicle and when it is free.
pub(super) struct Wheels {
    id: VehicleId,
    seats: usize,
    free_at: Instant,
    /// Brings the infected first (an ambulance), or contacts first.
    ambulance: bool,
}

/// A vehicle under way.
pub(super) struct Trip {
    vehicle: VehicleId,
    pick_up: Instant,
    arrive: Instant,
    picked_up: bool,
    transfers: Vec<TransferId>,
}

/// The county's vehicles, all free.
pub(super) fn fleet(county: &County) -> Vec<Wheels> {
    let hospital = |base: &PlaceId| county.facilities.iter().any(|f| f.place == *base && f.kind != PlaceKind::IsolationSite);
    let wheels = county.vehicles.iter().map(|v| Wheels {
        id: v.id.clone(),
        seats: v.seats as usize,
        free_at: Instant(0),
        ambulance: hospital(&v.base),
    });
    wheels.collect()
}

/// People of one neighbourhood who can go together: infected or not, from a township, to a facility.
type Party = (bool, PlaceId, PlaceId);

impl Life {
    /// The dispatcher's quarter of an hour.
    pub(super) fn dispatch(&mut self) {
        let mut batch = self.begin(Role::Dispatcher, "transfers");
        for kind in [DutyKind::Transfer, DutyKind::Isolate] {
            for (at, id) in self.desk.ready(kind, self.now) {
                self.request(&mut batch, at, id);
            }
        }
        self.assign_vehicles(&mut batch);
        self.drive(&mut batch);
        self.end(batch);
    }

    /// The transfer of a person that has not ended.
    pub(super) fn transfer_of(&self, person: PersonId) -> Option<Transfer> {
        let all = self.book.state.transfers.group(&Group::Person(person));
        all.into_iter().find(|t| !matches!(t.state, TransferState::Admitted | TransferState::CalledOff)).cloned()
    }

    fn request(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(person) = self.open_duty(id).and_then(|d| d.person_id) else { return };
        // Looked at again until the person has arrived.
        self.desk.put_off(id, self.now.plus(Span::hours(2)));
        if self.transfer_of(person).is_some() || self.wanted(person).is_none() {
            return;
        }
        let transfer = TransferId(self.ids.uuid_v7((batch.at.0 / 1_000).unsigned_abs()));
        let at = event(at.max(self.now.plus(Span(-840))));
        if self.post(batch, "dispatch-1", vec![TransferRequested { transfer, person, at }.into()]) {
            self.waiting.push(transfer);
        }
    }

    /// The kind of facility that the protocol asks for.
    pub(super) fn wanted(&self, person: PersonId) -> Option<PlaceKind> {
        let p = self.book.state.persons.get(&person)?;
        if let Some(case) = self.case_of(person) {
            let today = self.now.day(UtcOffset::CHINA);
            let age = p.born.map(|b| (f64::from((today.0 - b.0).max(0)) / 365.25) as u32);
            return facility_place_kind(self.plan.protocol.destination(case.severity_for_care(), age, &p.tags));
        }
        self.contact_of(person).map(|_| PlaceKind::IsolationSite)
    }

    pub(super) fn room(&self, facility: &PlaceId) -> i32 {
        self.book.state.places.get(facility).map_or(0, |p| p.beds - p.occupied - p.reserved)
    }

    pub(super) fn facilities(&self, kind: PlaceKind) -> impl Iterator<Item = PlaceId> {
        self.county.facilities.iter().filter(move |f| f.kind == kind).map(|f| f.place.clone())
    }

    /// A facility with room, and the decision that is needed if it is of another kind.
    fn facility_for(&mut self, batch: &mut Batch, person: PersonId) -> Option<(PlaceId, Option<Decision>)> {
        let kind = self.wanted(person)?;
        let own = |life: &Life| life.facilities(kind).find(|f| life.room(f) > 0);
        if let Some(f) = own(self) {
            return Some((f, None));
        }
        let other = match kind {
            PlaceKind::ShelterHospital => PlaceKind::DesignatedHospital,
            PlaceKind::DesignatedHospital => PlaceKind::ShelterHospital,
            _ => return self.open_rooms(batch).then(|| own(self).map(|f| (f, None))).flatten(),
        };
        let reason = format!("no {kind} of the county has a free bed");
        let decision = Decision { decider: COMMAND.to_owned(), reason };
        self.facilities(other).find(|f| self.room(f) > 0).map(|f| (f, Some(decision)))
    }

    /// The rest of the first isolation site is opened. True if there was anything to open.
    fn open_rooms(&mut self, batch: &mut Batch) -> bool {
        let Some(site) = self.first_isolation_site().cloned() else { return false };
        let Some(row) = self.county.places.iter().find(|p| p.id == site) else { return false };
        let fact = self.place_fact(row, false);
        let all: u32 = self.county.facilities.iter().filter(|f| f.place == site).map(crate::capacity::Facility::beds).sum();
        if self.book.state.places.get(&site).is_none_or(|p| p.beds >= all as i32) {
            return false;
        }
        // Recorded after the attempt that was refused and before the next.
        let mut opened = self.begin(Role::Administrator, "isolation rooms opened");
        let next = self.begin(batch.role, batch.label);
        let so_far = std::mem::replace(batch, next);
        self.end(so_far);
        let done = self.post(&mut opened, "registry-1", vec![fact]);
        self.end(opened);
        if done {
            self.incidents.note("rooms opened");
        }
        done
    }

    /// Vehicles for those who wait, the infected first; people of one township to one facility ride together.
    fn assign_vehicles(&mut self, batch: &mut Batch) {
        let mut parties: BTreeMap<Party, Vec<TransferId>> = BTreeMap::new();
        let mut still = Vec::new();
        for id in std::mem::take(&mut self.waiting) {
            let Some(t) = self.book.state.transfers.get(&id).filter(|t| t.state == TransferState::Requested).cloned() else { continue };
            self.try_full_facility(batch, &t);
            let Some((facility, decision)) = self.facility_for(batch, t.person_id) else {
                still.push(id);
                continue;
            };
            let infected = self.case_of(t.person_id).is_some();
            let party = (!infected, t.place.at_depth(3), facility.clone());
            let riding = parties.entry(party).or_default();
            let Some(vehicle) = self.vehicle(infected, riding.len()) else {
                still.push(id);
                continue;
            };
            if let Some(d) = &decision {
                self.overrides.insert(id, d.clone());
            }
            let fact = VehicleAssigned { transfer: id, vehicle, facility, at: event(self.now), decision };
            if self.post(batch, "dispatch-1", vec![fact.into()]) {
                riding.push(id);
            }
        }
        self.waiting = still;
        for ((contacts, township, facility), transfers) in parties {
            self.set_off(!contacts, &township, &facility, transfers);
        }
    }

    /// Once, the dispatcher does not know that the first facility is full, and is told so.
    fn try_full_facility(&mut self, batch: &mut Batch, t: &Transfer) {
        let Some(kind) = self.wanted(t.person_id) else { return };
        let full = self.facilities(kind).find(|f| self.room(f) <= 0);
        let (Some(facility), Some(vehicle)) = (full, self.vehicle(kind != PlaceKind::IsolationSite, 0)) else { return };
        if self.incidents.first("full facility refused") {
            let fact = VehicleAssigned { transfer: t.transfer_id, vehicle, facility, at: event(self.now), decision: None };
            self.post_refused(batch, "dispatch-1", vec![fact.into()], "facility.full");
        }
    }

    /// The vehicle that takes the next of a party of which so many ride already.
    fn vehicle(&self, infected: bool, riding: usize) -> Option<VehicleId> {
        let mut free: Vec<&Wheels> = self.fleet.iter().filter(|w| w.free_at <= self.now).collect();
        free.sort_by_key(|w| w.ambulance != infected);
        let mut before = riding;
        for w in free {
            if before < w.seats {
                return Some(w.id.clone());
            }
            before -= w.seats;
        }
        None
    }

    fn set_off(&mut self, infected: bool, township: &PlaceId, facility: &PlaceId, transfers: Vec<TransferId>) {
        let road = self.county.laboratories.first().and_then(|l| l.transport_minutes_from(township)).unwrap_or(ROAD);
        let mut rest = transfers.as_slice();
        while !rest.is_empty() {
            let Some(vehicle) = self.vehicle(infected, 0) else { return };
            let Some(w) = self.fleet.iter_mut().find(|w| w.id == vehicle) else { return };
            let (now, later) = rest.split_at(w.seats.min(rest.len()));
            rest = later;
            let u = lot("to the door", facility.as_str().as_bytes()) + lot("door", vehicle.as_str().as_bytes());
            let pick_up = self.now.plus(Span::minutes(TO_THE_DOOR.0 + ((TO_THE_DOOR.1 - TO_THE_DOOR.0) as f64 * u / 2.0) as i64));
            let arrive = pick_up.plus(Span::minutes(i64::from(road)));
            w.free_at = arrive.plus(DISINFECTION);
            self.trips.push(Trip { vehicle, pick_up, arrive, picked_up: false, transfers: now.to_vec() });
        }
    }

    /// Pick-ups and arrivals. Someone whose transfer was called off stays at home; someone who waits for a second result is not fetched.
    fn drive(&mut self, batch: &mut Batch) {
        let held = self.incidents.dispute.as_ref().filter(|d| !d.corrected).map(|d| d.person);
        let mut trips = std::mem::take(&mut self.trips);
        for trip in &mut trips {
            if !trip.picked_up && trip.pick_up <= self.now {
                trip.picked_up = true;
                let riders = self.riders(trip, TransferState::Assigned);
                for (transfer, _) in riders.into_iter().filter(|(_, person)| Some(*person) != held) {
                    self.post(batch, trip.vehicle.as_str(), vec![PickedUp { transfer, at: event(trip.pick_up) }.into()]);
                }
            }
            if trip.picked_up && trip.arrive <= self.now {
                for (transfer, _) in self.riders(trip, TransferState::PickedUp) {
                    self.post(batch, trip.vehicle.as_str(), vec![Arrived { transfer, at: event(trip.arrive) }.into()]);
                }
            }
        }
        let now = self.now;
        trips.retain(|t| t.arrive > now || !t.picked_up);
        self.trips = trips;
    }

    fn riders(&self, trip: &Trip, state: TransferState) -> Vec<(TransferId, PersonId)> {
        let rows = trip.transfers.iter().filter_map(|id| self.book.state.transfers.get(id));
        rows.filter(|t| t.state == state).map(|t| (t.transfer_id, t.person_id)).collect()
    }
}
