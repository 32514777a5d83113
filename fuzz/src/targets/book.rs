//! The book: bytes become submissions about a small county, and the pure function decides on them.

use super::chances;
use super::http::ids_of;
use crate::Target;
use crate::choice::Choices;
use crate::shape::Shape;
use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Protocol, builtin, builtin_ids, load};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What the store would bring of the tables, in memory: shared with the tests of the book.
#[path = "../../../crates/book/tests/common/loader.rs"]
mod loader;

pub const BOOK: Target = Target {
    name: "book",
    about: "rows of submissions, under each protocol: nothing panics, a refused one changes nothing and says why, every day balances, \
            and what the door would load decides as the whole book does",
    run: book,
    seeds: chances,
    words: &[],
};

/// Most submissions of an input.
const LONGEST: usize = 60;
const PEOPLE: u32 = 6;
const COMPOUND: &str = "50.500237.101.001.c1";

static PROTOCOLS: LazyLock<Vec<Protocol>> =
    LazyLock::new(|| builtin_ids().iter().map(|id| load(id, builtin(&ProtocolId::new(*id).unwrap()).unwrap()).unwrap()).collect());

fn person(n: u32) -> PersonId {
    PersonId(uuid::Uuid::from_u128(u128::from(n)))
}

/// A compound, a station, two laboratories, a hospital of each kind, six people.
static WORLD: LazyLock<Vec<Fact>> = LazyLock::new(|| {
    let places = [
        (COMPOUND, "compound", 0),
        ("50.500237.101.001", "community", 0),
        ("50.500237.101.001.st1", "station", 0),
        ("50.500237.lab1", "laboratory", 0),
        ("50.500237.lab2", "laboratory", 0),
        ("50.500237.fc1", "shelter_hospital", 2),
        ("50.500237.h1", "designated_hospital", 1),
        ("50.500237.iso1", "isolation_site", 2),
    ];
    let listed = places.iter().map(|(place, kind, beds)| {
        let wards = if *beds > 0 { json!([{"ward": "A", "beds": beds}]) } else { json!([]) };
        json!({"place_listed": {"place": place, "kind": kind, "name": kind, "wards": wards}})
    });
    let people = (1..=PEOPLE).map(|n| {
        let home = format!("{COMPOUND}.b1.u1.{}", n / 2);
        json!({"person_listed": {"person": person(n), "name": format!("Person {n}"), "sex": "unknown", "born": "1985-05-05", "home": home}})
    });
    listed.chain(people).map(|f| serde_json::from_value(f).unwrap()).collect()
});

struct Book {
    replay: Replay,
    protocol: &'static Protocol,
    now: Instant,
    seq: i64,
}

impl Book {
    fn submit(&mut self, facts: &[Fact]) {
        let submission = SubmissionId(uuid::Uuid::from_u128(0x77_0000 + self.seq as u128));
        let context = Context { protocol: self.protocol, now: self.now, seq: self.seq + 1, submission, sender: "desk" };
        let before = self.replay.state.clone();
        let tallies: Vec<Tally> = self.replay.tallies.values().cloned().collect();
        let in_slice = {
            let all: Vec<&Fact> = facts.iter().collect();
            let mut slice = loader::slice(&before, &all, self.now, &tallies);
            apply(&mut slice, context, facts)
        };
        let decided = self.replay.submit(context, Hash::default(), facts);
        assert_eq!(in_slice.as_ref().err(), decided.as_ref().err(), "a slice decides otherwise: {facts:#?}");
        match decided {
            Ok(_) => self.seq += 1,
            Err(refusal) => {
                assert!(!refusal.en.is_empty() && !refusal.zh.is_empty() && !refusal.rule.is_empty() && !refusal.kind.is_empty());
                assert!((refusal.fact as usize) < facts.len());
                assert!(same_rows(&self.replay.state, &before), "a refusal left something: {refusal} of {facts:#?}");
                assert!(self.replay.tallies.values().eq(&tallies), "a refusal counted something: {refusal}");
            }
        }
        let view = self.replay.state.closing_view(self.now, self.replay.tallies.values().cloned().collect(), None, Hash::default());
        for line in balance(&view) {
            assert_eq!(line.difference(), 0, "{line:?} after {facts:#?}");
        }
    }

    /// Ids of what is there.
    fn known(&self) -> BTreeMap<&'static str, Vec<String>> {
        let s = &self.replay.state;
        let open = s.duties.values().filter(|d| d.state == DutyState::Open);
        let mut known: BTreeMap<&str, Vec<String>> = BTreeMap::from([
            ("PersonId", (1..=PEOPLE + 1).map(|n| person(n).to_string()).collect()),
            ("DutyId", open.map(|d| d.duty_id.to_string()).collect()),
            ("CaseId", s.cases.values().map(|c| c.case_id.to_string()).collect()),
            ("ContactId", s.contacts.values().map(|c| c.contact_id.to_string()).collect()),
            ("TransferId", s.transfers.values().map(|t| t.transfer_id.to_string()).collect()),
            ("StayId", s.stays.values().map(|x| x.stay_id.to_string()).collect()),
            ("PlaceId", s.places.values().map(|p| p.place.to_string()).chain([format!("{COMPOUND}.b1.u1.1")]).collect()),
            ("ward", vec!["A".into()]),
            ("day", s.open_day.iter().map(Day::to_string).collect()),
            ("EventTime", [-30i64, -2, 0, 1].map(|h| self.now.plus(Span::hours(h)).at_offset(UtcOffset::CHINA)).to_vec()),
        ]);
        for (name, new) in [("CaseId", 0x100), ("ContactId", 0x200), ("TransferId", 0x300), ("StayId", 0x400), ("DutyId", 0x500)] {
            known.entry(name).or_default().push(uuid::Uuid::from_u128(new + self.seq as u128).to_string());
        }
        for (name, letter) in [("TubeCode", 'T'), ("BoxCode", 'B'), ("PlateId", 'P'), ("RoundId", 'r')] {
            known.insert(name, (0..4).map(|n| format!("{letter}{n}")).collect());
        }
        known
    }
}

/// True if two books have the same rows.
fn same_rows(a: &State, b: &State) -> bool {
    macro_rules! same { ($($table:ident)+) => { $(a.$table.iter().eq(b.$table.iter()))&&+ } }
    (a.open_day, &a.protocol) == (b.open_day, &b.protocol)
        && same!(places persons rounds roster registrations tubes boxes hand_overs plates results laboratory_days cases)
        && same!(contacts transfers stays observations zones duties ownerships sealed_days)
}

fn book(data: &[u8]) {
    let mut c = Choices::new(data);
    let config = BookConfig { book: BookId(500_237), root: PlaceId::new("50.500237").unwrap(), offset: UtcOffset::CHINA, tally_depth: 4 };
    let protocol = &PROTOCOLS[c.below(PROTOCOLS.len())];
    let morning: EventTime = "2022-11-26T06:00:00+08:00".parse().unwrap();
    let mut book = Book { replay: Replay::new(config), protocol, now: morning.at, seq: 0 };
    book.submit(&WORLD);
    assert_eq!(book.seq, 1, "the world is accepted");
    let slips = if c.below(4) == 0 { 100 } else { 0 };
    for _ in 0..LONGEST {
        if c.is_empty() {
            return;
        }
        book.now = book.now.plus(Span::minutes([1, 30, 180, 1_500][c.below(4)]));
        let known = book.known();
        let of = |name: &str| {
            let fixed = || ids_of(name).iter().map(|s| (*s).to_owned()).collect();
            known.get(name).cloned().unwrap_or_else(fixed)
        };
        let shape = Shape::facts(&of, slips);
        let n = [1, 1, 1, 2, 4][c.below(5)];
        let facts: Vec<Fact> = (0..n).filter_map(|_| serde_json::from_value(shape.fact(&mut c)).ok()).collect();
        if !facts.is_empty() {
            book.submit(&facts);
        }
    }
}
