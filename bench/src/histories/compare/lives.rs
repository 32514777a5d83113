//! People, contacts, ways, beds, zones: the book's rows against the auditor.

use super::{Auditor, differ, rows, short};
use crate::Error;
use crate::histories::auditor::known::Told;
use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Exposure, ZoneLevel};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a person stands.
#[derive(Deserialize)]
struct Where {
    person_id: PersonId,
    standing: Standing,
    exposure: Exposure,
}

/// The rows about people's lives.
pub(super) struct Lives {
    people: Vec<Where>,
    contacts: Vec<Contact>,
    transfers: Vec<Transfer>,
    stays: Vec<Stay>,
    facilities: Vec<Place>,
    zones: Vec<Zone>,
}

impl Lives {
    pub(super) fn read(all: &mut Value) -> Result<Self, Error> {
        Ok(Self {
            people: rows(all, "person")?,
            contacts: rows(all, "contact")?,
            transfers: rows(all, "transfer")?,
            stays: rows(all, "stay")?,
            facilities: rows(all, "facility")?,
            zones: rows(all, "zone")?,
        })
    }

    pub(super) fn compare(&self, a: &Auditor, found: &mut Vec<String>) {
        let person = |standing: Standing, exposure: Exposure| format!("{standing} {exposure:?}");
        let book = self.people.iter().map(|p| (short(p.person_id), person(p.standing, p.exposure))).collect();
        let truth = a.known.people.keys().map(|p| (short(*p), person(a.standing(*p), a.exposure(*p)))).collect();
        differ("person", &book, &truth, found);
        let contact = |person, state, until: Option<Instant>| format!("{} {state} until {until:?}", short(person));
        let book = self.contacts.iter().map(|c| (c.contact_id.to_string(), contact(c.person_id, c.state, c.until))).collect();
        let contacts = a.known.contacts.iter().enumerate();
        let truth = contacts.map(|(k, c)| (c.id.to_string(), contact(c.person, a.contact_state(k), a.until(k)))).collect();
        differ("contact", &book, &truth, found);
        self.compare_ways(a, found);
        self.compare_stays(a, found);
        self.compare_zones(a, found);
    }

    fn compare_zones(&self, a: &Auditor, found: &mut Vec<String>) {
        let line = |level: ZoneLevel, drawn: Instant, lifted: Option<Instant>, last: Option<Instant>| {
            format!("{level:?} from {drawn} to {lifted:?}, last infection {last:?}")
        };
        let book =
            self.zones.iter().map(|z| (format!("{} {}", z.place, z.seq), line(z.level, z.designated_at, z.lifted_at, z.last_case_at)));
        let truth = a.known.zones.iter().map(|z| {
            let (lifted, last) = (z.ended.map(|m| m.at), z.infections.last().map(|m| m.at));
            (format!("{} {}", z.place, z.drawn.seq), line(z.level, z.drawn.at, lifted, last))
        });
        differ("zone", &book.collect(), &truth.collect(), found);
    }

    fn compare_ways(&self, a: &Auditor, found: &mut Vec<String>) {
        type Times = (Instant, Option<Instant>, Option<Instant>);
        let line = |person, state: TransferState, facility: Option<&PlaceId>, times: Times| {
            format!("{} {state} to {facility:?} requested, picked up, arrived {times:?}", short(person))
        };
        let book = self.transfers.iter().map(|t| {
            let times = (t.requested_at, t.picked_up_at, t.arrived_at);
            (t.transfer_id.to_string(), line(t.person_id, t.state, t.facility.as_ref(), times))
        });
        let truth = a.known.ways.iter().map(|w| {
            let times = (w.requested.at, w.picked_up, w.arrived);
            (w.id.to_string(), line(w.person, w.state(), w.facility.as_ref(), times))
        });
        differ("transfer", &book.collect(), &truth.collect(), found);
    }

    fn compare_stays(&self, a: &Auditor, found: &mut Vec<String>) {
        let line = |person, (facility, ward, bed): (&PlaceId, &str, i64), from: Instant, left: Option<Instant>, passes: i64| {
            format!("{} in {facility} {ward} {bed} from {from} to {left:?}, exit tests {passes}", short(person))
        };
        let book: BTreeMap<String, String> = self
            .stays
            .iter()
            .map(|s| {
                let bed = (&s.facility, s.ward.as_str(), i64::from(s.bed));
                (s.stay_id.to_string(), line(s.person_id, bed, s.admitted_at, s.left_at, i64::from(s.exit_passes)))
            })
            .collect();
        let truth = a.known.stays.iter().map(|s| {
            let bed = (&s.facility, s.bed.0.as_str(), i64::from(s.bed.1));
            let life = a.life(s.person);
            let left = s.left.map_or(life.len(), |m: Told| life.iter().position(|t| t.mark.n >= m.n).unwrap_or(life.len()));
            let passes = i64::from(a.passes(&life[..left]));
            (s.id.to_string(), line(s.person, bed, s.admitted.at, s.left.map(|m| m.at), passes))
        });
        differ("stay", &book, &truth.collect(), found);
        let beds = |beds: usize, taken: usize, promised: usize| format!("{beds} beds, {taken} taken, {promised} promised");
        let book = self.facilities.iter().map(|p| (p.place.to_string(), beds(p.beds as usize, p.occupied as usize, p.reserved as usize)));
        let truth = self.facilities.iter().map(|p| {
            let (all, taken, promised) = a.beds(&p.place);
            (p.place.to_string(), beds(all, taken, promised))
        });
        differ("beds", &book.collect(), &truth.collect(), found);
    }
}
