//! A small county that is screened without end, for trials: people, and submissions by number. The n-th submission is always the same.

use bytes::Bytes;
use quell_book::{DutyKind, Fact, Submission};
use quell_foundation::*;
use serde_json::{Value, json};

/// The book.
pub const BOOK: i32 = 500_237;
/// Its place.
pub const ROOT: &str = "50.500237";
/// People of a community.
const COMMUNITY: usize = 1_000;
const STATION: &str = "50.500237.101.001.s1";
const LABORATORY: &str = "50.500237.lab1";
const ROUND: &str = "R1";
/// Tubes of a submission.
pub const TUBES: usize = 2;
/// Registrations of a tube.
pub const EACH: usize = 5;

/// Whose work a submission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hand {
    /// Two tubes of five, swabbed and sealed.
    Station,
    /// Those tubes received and found negative.
    Laboratory,
}

/// A submission as its bytes are sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its id.
    pub id: SubmissionId,
    /// Its number.
    pub n: usize,
    /// Whose it is.
    pub hand: Hand,
    /// What is sent.
    pub body: Bytes,
    /// What the receipt's content hash must be.
    pub content_hash: Hash,
}

fn fact(kind: &str, fields: Value) -> Fact {
    serde_json::from_value(json!({ kind: fields })).unwrap_or_else(|e| unreachable!("a constant form: {e}"))
}

/// A person by number.
fn person(n: usize) -> PersonId {
    PersonId(derived_uuid(&[b"screened", &n.to_be_bytes()]))
}

/// The places and people, and a round for all of them.
pub fn county(people: usize, at: Instant) -> Vec<Vec<Fact>> {
    let mut facts: Vec<Fact> = [
        (ROOT, "county", "巫山县"),
        ("50.500237.101", "township", "高唐街道"),
        ("50.500237.101.001", "community", "社区甲"),
        (STATION, "station", "甲站"),
        (LABORATORY, "laboratory", "县疾控"),
    ]
    .into_iter()
    .map(|(p, kind, name)| fact("place_listed", json!({"place": p, "kind": kind, "name": name})))
    .collect();
    let community = |i: usize| format!("50.500237.101.{:03}", i + 1);
    facts.extend(
        (1..people.div_ceil(COMMUNITY))
            .map(|i| fact("place_listed", json!({"place": community(i), "kind": "community", "name": format!("社区{i}")}))),
    );
    facts.extend((0..people).map(|n| {
        let (unit, household) = (n / 20, n / 2 % 10);
        let home = format!("{}.c1.b{unit}.u1.{household:02}", community(n / COMMUNITY));
        fact("person_listed", json!({"person": person(n), "name": format!("居民{n}"), "sex": "female", "home": home}))
    }));
    let at = EventTime::exact(at, UtcOffset::CHINA).to_string();
    let round = fact("round_opened", json!({"round": ROUND, "name": "第一轮", "scope": [ROOT], "at": at}));
    let mut all: Vec<Vec<Fact>> = facts.chunks(1_000).map(<[Fact]>::to_vec).collect();
    all.push(vec![round]);
    all
}

/// The county answers for what is overdue of a kind.
pub fn owned(kind: DutyKind) -> Fact {
    fact("overdue_owned", json!({"kind": kind, "place": ROOT, "owner": "desk", "reason": "a trial"}))
}

fn tube(n: usize, t: usize) -> String {
    format!("{n}-{t}")
}

/// The id of a submission.
pub fn id(hand: Hand, n: usize) -> SubmissionId {
    let name: &[u8] = match hand {
        Hand::Station => b"station",
        Hand::Laboratory => b"laboratory",
    };
    SubmissionId(derived_uuid(&[b"trial", name, &n.to_be_bytes()]))
}

/// The n-th submission of a hand, dated so, among so many people.
pub fn submission(hand: Hand, n: usize, people: usize, at: Instant) -> Sent {
    let at = EventTime::exact(at, UtcOffset::CHINA).to_string();
    let facts: Vec<Fact> = match hand {
        Hand::Station => (0..TUBES).flat_map(|t| swabs(n, t, people, &at)).collect(),
        Hand::Laboratory => {
            let tubes: Vec<String> = (0..TUBES).map(|t| tube(n, t)).collect();
            let received = json!({"laboratory": LABORATORY, "tubes": tubes, "condition": "adequate", "at": at});
            let read = |t: &String| fact("result_read", json!({"tube": t, "at": at, "result": "negative"}));
            std::iter::once(fact("received", received)).chain(tubes.iter().map(read)).collect()
        }
    };
    let content_hash = Hash::of(&serde_json::to_vec(&facts).unwrap_or_default());
    let submission = Submission { id: id(hand, n), device: None, facts };
    Sent { id: submission.id, n, hand, body: serde_json::to_vec(&submission).unwrap_or_default().into(), content_hash }
}

fn swabs(n: usize, t: usize, people: usize, at: &str) -> Vec<Fact> {
    let from = (n * TUBES + t) * EACH;
    let one = |i: usize| {
        let mode = (i == 0).then_some("pooled");
        json!({"tube": tube(n, t), "person": person((from + i) % people), "station": STATION, "at": at, "round": ROUND, "mode": mode})
    };
    let sealed = fact("tube_sealed", json!({"tube": tube(n, t), "at": at}));
    (0..EACH).map(|i| fact("registered", one(i))).chain([sealed]).collect()
}
