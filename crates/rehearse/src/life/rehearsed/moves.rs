//! Ways, beds, and their ends, at the times of the rehearsal.

use super::Script;
use super::people::listed;
use crate::life::{Batch, Life, event};
use quell_book::rows::Case;
use quell_book::*;
use quell_foundation::*;
use quell_response::Stay;
use quell_response::journal::Deed;

/// Who decides where the book would have it otherwise.
const DECIDER: &str = "rehearsed response";
/// From the door of the home to that of the facility.
const ON_THE_ROAD: Span = Span::minutes(30);

/// The kind of facility of a stay.
fn kind(stay: Stay) -> Option<PlaceKind> {
    match stay {
        Stay::Central => Some(PlaceKind::IsolationSite),
        Stay::Shelter => Some(PlaceKind::ShelterHospital),
        Stay::Hospital => Some(PlaceKind::DesignatedHospital),
        _ => None,
    }
}

/// Whose work a deed is.
fn role(deed: &Deed) -> Option<(Role, &'static str)> {
    match deed {
        Deed::Wanted { .. } | Deed::Rides { .. } | Deed::CalledOff { .. } => Some((Role::Dispatcher, "transfers")),
        Deed::Entered { to, .. } if kind(*to).is_some() || *to == Stay::Dead => Some((Role::Ward, "admissions")),
        Deed::Entered { from, .. } if kind(*from).is_some() => Some((Role::Ward, "discharges")),
        Deed::Entered { .. } => Some((Role::CommunityWorker, "releases")),
        _ => None,
    }
}

impl Life {
    /// Whoever is brought somewhere or let go, in the order in which it happens: a bed must be free before the next lies in it.
    pub(super) fn move_as_rehearsed(&mut self, script: &mut Script, due: &[(Instant, Deed)]) {
        let mut batch: Option<Batch> = None;
        for (at, deed) in due {
            let Some((role, label)) = role(deed) else { continue };
            let mut current = match batch.take() {
                Some(same) if same.role == role => same,
                other => {
                    other.into_iter().for_each(|b| self.end(b));
                    self.begin(role, label)
                }
            };
            self.move_one(script, &mut current, *at, deed);
            batch = Some(current);
        }
        batch.into_iter().for_each(|b| self.end(b));
    }

    fn move_one(&mut self, script: &mut Script, batch: &mut Batch, at: Instant, deed: &Deed) {
        let number = match deed {
            Deed::Wanted { person } | Deed::Rides { person, .. } | Deed::CalledOff { person, .. } | Deed::Entered { person, .. } => *person,
            _ => return,
        };
        let Some(person) = self.person(number) else { return };
        match deed {
            Deed::Wanted { .. } => self.want(batch, at, person),
            Deed::Rides { stay, .. } => self.send(script, batch, at, person, *stay),
            // Someone who is on the way to somewhere else by now needs that way still.
            Deed::CalledOff { stay, .. } if script.rides.get(&person) == Some(stay) => {
                script.rides.remove(&person);
                self.call_off(batch, at, person);
            }
            Deed::Entered { to, .. } if kind(*to).is_some() => {
                script.rides.remove(&person);
                self.take_in_as_rehearsed(batch, at, person, *to);
            }
            Deed::Entered { to: Stay::Dead, .. } => {
                self.post(batch, "ward-1", vec![Died { person, at: event(at), cause: None }.into()]);
            }
            Deed::Entered { from, to, .. } => self.let_go(batch, at, person, *from, *to),
            _ => {}
        }
    }

    fn want(&mut self, batch: &mut Batch, at: Instant, person: PersonId) {
        if self.transfer_of(person).is_none() && self.wanted(person).is_some() {
            let transfer = TransferId(self.ids.uuid_v7((batch.at.0 / 1_000).unsigned_abs()));
            self.post(batch, "dispatch-1", vec![TransferRequested { transfer, person, at: event(at) }.into()]);
        }
    }

    /// A vehicle and a facility with a bed.
    fn send(&mut self, script: &mut Script, batch: &mut Batch, at: Instant, person: PersonId, stay: Stay) {
        self.want(batch, at, person);
        let (Some(transfer), Some(kind)) = (self.transfer_of(person).map(|t| t.transfer_id), kind(stay)) else { return };
        let Some(facility) = self.with_room(kind) else {
            self.surprises.push(format!("{at} transfers: no {kind} of the book has a bed that the rehearsal has"));
            return;
        };
        script.vehicle = (script.vehicle + 1) % self.county.vehicles.len().max(1);
        let Some(vehicle) = self.county.vehicles.get(script.vehicle).map(|v| v.id.clone()) else { return };
        let decision = self.otherwise(person, kind);
        let fact = VehicleAssigned { transfer, vehicle, facility, at: event(at), decision };
        if self.post(batch, "dispatch-1", vec![fact.into()]) {
            script.rides.insert(person, stay);
        }
    }

    fn with_room(&self, kind: PlaceKind) -> Option<PlaceId> {
        self.facilities(kind).find(|f| self.room(f) > 0)
    }

    /// A decision where the protocol would have another kind of facility.
    fn otherwise(&self, person: PersonId, kind: PlaceKind) -> Option<Decision> {
        (self.wanted(person) != Some(kind)).then(|| decision("brought where the rehearsal has a bed for this person"))
    }

    fn call_off(&mut self, batch: &mut Batch, at: Instant, person: PersonId) {
        if let Some(t) = self.transfer_of(person) {
            let decision = decision("not needed any more when the vehicle came");
            self.post(batch, "dispatch-1", vec![TransferCalledOff { transfer: t.transfer_id, decision, at: event(at) }.into()]);
        }
    }

    /// Through the door of a facility and into a bed: the way there is written down with it.
    fn take_in_as_rehearsed(&mut self, batch: &mut Batch, at: Instant, person: PersonId, stay: Stay) {
        let Some(kind) = kind(stay) else { return };
        let transfer = self.transfer_of(person);
        if let Some(t) = transfer.clone().filter(|t| t.state == TransferState::Assigned) {
            let from = at.plus(Span(-ON_THE_ROAD.0)).max(t.assigned_at.unwrap_or(at));
            let facts = vec![
                PickedUp { transfer: t.transfer_id, at: event(from) }.into(),
                Arrived { transfer: t.transfer_id, at: event(at) }.into(),
            ];
            self.beside(batch, Role::Courier, "ways", |life, batch| {
                life.post(batch, "courier-1", facts);
            });
        }
        let Some(facility) = transfer.and_then(|t| t.facility).or_else(|| self.with_room(kind)) else { return };
        let Some((ward, bed)) = self.free_bed(&facility) else {
            self.surprises.push(format!("{at} admissions: {facility} has no free bed"));
            return;
        };
        let stay = StayId(self.ids.uuid_v7((batch.at.0 / 1_000).unsigned_abs()));
        let decision = self.otherwise(person, kind);
        self.post(batch, "ward-1", vec![Admitted { stay, person, facility, ward, bed, at: event(at), decision }.into()]);
    }

    fn is_held_at_home(&self, person: PersonId) -> bool {
        let standing = self.book.state.persons.get(&person).map(|p| p.standing);
        matches!(standing, Some(Standing::HomeIsolation | Standing::HomeMonitoring))
    }

    /// Out of a bed, or of quarantine at home.
    fn let_go(&mut self, batch: &mut Batch, at: Instant, person: PersonId, from: Stay, to: Stay) {
        let stay = self.stay_of(person).map(|s| s.stay_id);
        let end = |decision: Option<Decision>| -> Fact {
            match stay {
                Some(stay) => Discharged { stay, at: event(at), decision }.into(),
                None => Released { person, at: event(at), decision }.into(),
            }
        };
        let ends = match (stay, from) {
            (Some(_), _) => true,
            // A case that waited at home, a contact, or someone monitored.
            (None, Stay::CaseAtHome) => matches!(to, Stay::Free | Stay::Monitored),
            // Whoever waits for a room until the time has run out is let go by the book's own clock.
            (None, Stay::Quarantined | Stay::Monitored) => to == Stay::Free && self.is_held_at_home(person),
            (None, _) => false,
        };
        if !ends {
            return;
        }
        let device = if stay.is_some() { "ward-1" } else { "community-1" };
        if let Err(refusal) = self.attempt(batch, device, vec![end(None)]) {
            if let (None, Some(case), "release.standing") = (stay, self.case_of(person), refusal.rule.as_str()) {
                return self.recovers_at_home(batch, at, &case);
            }
            self.incidents.note(if stay.is_some() { "discharged by decision" } else { "released by decision" });
            let reason = format!("the rehearsal lets this person go; the book: {}", refusal.rule);
            self.post(batch, device, vec![end(Some(decision(&reason)))]);
        }
    }
}

impl Life {
    /// A case that waited for a bed until it was well: no bed and no order of the book ends with that, so it is said of the case.
    fn recovers_at_home(&mut self, batch: &mut Batch, at: Instant, case: &Case) {
        self.incidents.note("never brought to a bed");
        let ended = CaseListed {
            ended: Some(CaseEnded { state: CaseState::Recovered, at: event(at) }),
            ..listed(case.case_id, case.person_id, case.classification, case.found_at)
        };
        self.beside(batch, Role::Investigator, "cases that recovered at home", |life, batch| {
            life.post(batch, "investigation-1", vec![ended.into()]);
        });
    }

    /// Something that another office hands in, after what this one has said so far and before what it says then.
    fn beside(&mut self, batch: &mut Batch, role: Role, label: &'static str, act: impl FnOnce(&mut Self, &mut Batch)) {
        let mut other = self.begin(role, label);
        let then = self.begin(batch.role, batch.label);
        let before = std::mem::replace(batch, then);
        self.end(before);
        act(self, &mut other);
        self.end(other);
    }
}

fn decision(reason: &str) -> Decision {
    Decision { decider: DECIDER.to_owned(), reason: reason.to_owned() }
}
