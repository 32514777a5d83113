//! The evening before: the protocol, every place and person, and who is away.

use super::{Batch, Life, clock, event, lot};
use crate::county::PlaceRow;
use crate::people::Resident;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::OccupationClass;

/// Places of one submission.
const PLACES: usize = 2_000;
/// People of one submission.
const PEOPLE: usize = 1_000;
/// Submissions of one step.
const SUBMISSIONS: usize = 20;
/// Share of people away from home. Assumption.
const AWAY: f64 = 0.01;
/// Share of working adults who staff isolation sites and shelter hospitals in a closed loop. Assumption.
const CLOSED_LOOP: f64 = 0.002;
/// Days of 365.25 from which on someone may work in a closed loop, and until when. Assumption: 20 to 54 years.
const WORKING_AGE: std::ops::Range<i32> = 7_305..20_089;
/// Where people are when they are away.
const DESTINATIONS: [&str; 6] = ["重庆主城", "湖北宜昌", "万州区", "奉节县", "四川成都", "广东深圳"];
/// What the hash of an identity number is salted with in a rehearsal; a real book has a key of its own.
const SALT: &[u8] = b"quell rehearsal";

/// How far the book is filled.
#[derive(Debug, Default)]
pub(super) struct Registry {
    adopted: bool,
    places: usize,
    people: usize,
}

/// The identity of a resident as the book keeps it.
pub(super) fn identity(number: &str) -> Identity {
    let masked = format!("{}********{}", number.get(..6).unwrap_or_default(), number.get(14..).unwrap_or_default());
    Identity { hash: Hash::of_parts(&[SALT, number.as_bytes()]), masked }
}

impl Life {
    /// One step of filling the book; `None` when everything is in it.
    pub(super) fn fill_book(&mut self, mut r: Registry) -> Option<Registry> {
        self.now = self.now.plus(Span::minutes(1));
        self.spoken = 0;
        if !r.adopted {
            self.adopt_protocol();
            return Some(Registry { adopted: true, ..r });
        }
        if r.places < self.county.places.len() {
            let mut batch = self.begin(Role::Administrator, "places listed");
            for _ in 0..SUBMISSIONS {
                r.places = self.list_places(&mut batch, r.places);
            }
            self.end(batch);
            return Some(r);
        }
        if r.people < self.county.residents.len() {
            let mut batch = self.begin(Role::Administrator, "people listed");
            for _ in 0..SUBMISSIONS {
                r.people = self.list_people(&mut batch, r.people);
            }
            self.end(batch);
            return Some(r);
        }
        self.record_absences();
        let evening = clock(self.plan.first_day.plus(-1), 21 * 60);
        self.now = self.now.max(evening);
        None
    }

    fn adopt_protocol(&mut self) {
        let mut batch = self.begin(Role::Commander, "protocol adopted");
        let protocol = self.plan.protocol.id().clone();
        let fact = ProtocolAdopted { protocol, content: self.plan.protocol_hash, decider: COMMAND.into(), at: event(self.now) };
        self.post(&mut batch, "command-1", vec![fact.into()]);
        self.end(batch);
    }

    fn list_places(&mut self, batch: &mut Batch, from: usize) -> usize {
        let to = (from + PLACES).min(self.county.places.len());
        let root = &self.county.root;
        let rows = self.county.places[from..to].iter().filter(|p| p.id.is_within(root));
        let facts: Vec<Fact> = rows.map(|p| self.place_fact(p, true)).collect();
        if !facts.is_empty() {
            self.post(batch, "registry-1", facts);
        }
        to
    }

    /// The listing of a place; of the first isolation site only a few rooms are open at first.
    pub(super) fn place_fact(&self, p: &PlaceRow, at_first: bool) -> Fact {
        let wards = self.county.facilities.iter().find(|f| f.place == p.id).map(|f| f.wards.clone()).unwrap_or_default();
        let few = at_first && self.script.is_none() && self.first_isolation_site().is_some_and(|site| *site == p.id);
        let wards = wards.into_iter().map(|(ward, beds)| Ward { ward, beds: if few { beds.min(FEW_ROOMS) } else { beds } });
        let wards: Vec<Ward> = if few { wards.take(1).collect() } else { wards.collect() };
        PlaceListed { place: p.id.clone(), kind: p.kind, name: p.name.clone(), name_en: p.name_en.clone(), wards }.into()
    }

    /// The isolation site that is opened room by room.
    pub(super) fn first_isolation_site(&self) -> Option<&PlaceId> {
        self.county.facilities.iter().find(|f| f.kind == PlaceKind::IsolationSite).map(|f| &f.place)
    }

    fn list_people(&mut self, batch: &mut Batch, from: usize) -> usize {
        let to = (from + PEOPLE).min(self.county.residents.len());
        let rehearsed = self.script.is_some();
        let facts: Vec<Fact> = self.county.residents[from..to].iter().map(|r| person_fact(r, self.plan.first_day, rehearsed)).collect();
        if !facts.is_empty() {
            self.post(batch, "registry-1", facts);
        }
        to
    }

    fn record_absences(&mut self) {
        if self.script.is_some() {
            // Everyone of a rehearsal is at home.
            return;
        }
        let mut batch = self.begin(Role::CommunityWorker, "absences recorded");
        let away: Vec<Fact> = self
            .county
            .residents
            .iter()
            .filter(|r| lot("away", r.id.0.as_bytes()) < AWAY && !self.truth.is_infected(r.id))
            .map(|r| {
                let n = (lot("destination", r.id.0.as_bytes()) * DESTINATIONS.len() as f64) as usize;
                let destination = DESTINATIONS.get(n).copied().unwrap_or("外地").to_owned();
                PersonAbsent { person: r.id, destination, at: event(clock(self.plan.first_day.plus(-1), 8 * 60)) }.into()
            })
            .collect();
        for facts in away.chunks(500) {
            self.post(&mut batch, "community-1", facts.to_vec());
        }
        self.end(batch);
    }
}

/// Rooms of the first isolation site that are open at first.
const FEW_ROOMS: u32 = 2;
/// Who decides for the county.
pub(super) const COMMAND: &str = "county command post";

/// A rehearsal has nobody in a closed loop, nor those who meet travellers: all its people share tubes with their neighbours.
fn person_fact(r: &Resident, today: Day, rehearsed: bool) -> Fact {
    let adult = WORKING_AGE.contains(&(today.0 - r.born.0)) && r.occupation == OccupationClass::General;
    let inside = !rehearsed && adult && lot("closed loop", r.id.0.as_bytes()) < CLOSED_LOOP;
    PersonListed {
        person: r.id,
        name: r.name.clone(),
        sex: r.sex,
        born: Some(r.born),
        home: r.home.clone(),
        id_number: None,
        identity: Some(identity(&r.identity_number)),
        phone: r.phone.clone(),
        occupation: match r.occupation {
            _ if inside => OccupationClass::ClosedLoop,
            OccupationClass::InboundFacing if rehearsed => OccupationClass::General,
            own => own,
        },
        tags: r.tags.clone(),
        seen: None,
    }
    .into()
}
