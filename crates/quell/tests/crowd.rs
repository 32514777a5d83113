//! A screening at full speed with everything else that happens meanwhile: batches are read for, decided and written side by side, people
//! come from the memory of their community, and the memory is renewed every few batches. What the tables say afterwards must be what the
//! log says, row by row.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::door::Door;
use quell_book::Refusal;
use quell_foundation::Stream;
use quell_store::batch::Writer;
use quell_store::log::Answer;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

const AT: &str = "2022-11-26T09:00:00+08:00";
const ROUND: &str = "r1";
const PEOPLE: usize = 1_200;
const OFFICES: usize = 8;

/// What one office hands in: bundles of ten of its people, and between them what goes wrong and what is decided elsewhere.
fn office(n: usize, stream: &mut Stream) -> Vec<Vec<Value>> {
    let community = [A, B][n % 2];
    // Two offices to a community share its people: every fourth is swabbed by both, and the second finds a repeat.
    let mine: Vec<usize> = (0..PEOPLE).filter(|p| p % 4 == n / 2 || p % 16 == 3).collect();
    let mut out = Vec::new();
    for (i, people) in mine.chunks(10).enumerate() {
        let tube = format!("T{n}-{i}");
        let mut facts: Vec<Value> = people.iter().map(|p| swab(&tube, community, *p)).collect();
        facts.push(json!({"tube_sealed": {"tube": tube, "at": AT}}));
        out.push(facts);
        let someone = person(community, stream.below(PEOPLE as u64) as usize);
        out.push(vec![match stream.below(6) {
            0 => json!({"roster_waived": {"round": ROUND, "person": someone, "reason": "透析", "decider": "街道办"}}),
            1 => json!({"person_absent": {"person": someone, "destination": "重庆", "at": AT}}),
            2 => json!({"person_listed": {"person": someone, "name": "迁居者", "sex": "male", "seen": 1_000_000,
                "home": format!("{}.c1.b1.u1.9999", [B, A][n % 2])}}),
            3 => json!({"registration_voided": {"tube": tube, "person": person(community, people[0]), "reason": "扫错", "at": AT}}),
            4 => json!({"contact_named": {"contact": uuid(n, i), "person": someone, "category": "close", "last_exposure": AT,
                "decision": {"decider": "流调组", "reason": "同乘"}, "at": AT}}),
            // A walk-in from the other community.
            _ => {
                let p = stream.below(PEOPLE as u64) as usize;
                json!({"registered": {"tube": format!("W{n}-{i}"), "person": person([B, A][n % 2], p), "station": format!("{community}.s1"),
                    "at": AT, "round": ROUND, "mode": "pooled"}})
            }
        }]);
    }
    out
}

fn uuid(n: usize, i: usize) -> uuid::Uuid {
    quell_foundation::derived_uuid(&[b"contact", &n.to_be_bytes(), &i.to_be_bytes()])
}

fn swab(tube: &str, community: &str, p: usize) -> Value {
    let station = format!("{community}.s1");
    json!({"registered": {"tube": tube, "person": person(community, p), "station": station, "at": AT, "round": ROUND, "mode": "pooled"}})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_leaves_the_book_that_its_log_says() {
    // The door contains a panic and decides again, so that only a count tells of what was not loaded.
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        shown(info);
    }));
    let w = World::county(PEOPLE).await;
    w.say(&[json!({"round_opened": {"round": ROUND, "name": "全员", "scope": [ROOT], "at": AT}})]).await;
    let writer = Writer::new(&w.app.db, w.app.shelf.clone(), w.app.config.clone(), w.app.default_protocol.clone()).unwrap();
    let door = Door::open(writer.remembering(700), w.app.clock.clone());
    let mut offices = tokio::task::JoinSet::new();
    for n in 0..OFFICES {
        let (door, plan) = (door.clone(), office(n, &mut Stream::named(n as u64, "crowd")));
        offices.spawn(async move {
            let mut answers = Vec::new();
            // In three parts, so that the door is neither empty nor has everything at once.
            for part in plan.chunks(plan.len().div_ceil(3)) {
                answers.extend(door.submit(part.iter().map(|facts| incoming(facts)).collect()).await);
            }
            answers
        });
    }
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut accepted = 0;
    for answer in offices.join_all().await.into_iter().flatten() {
        match answer.unwrap() {
            Answer::Accepted(_) => accepted += 1,
            Answer::Refused(Refusal { rule, .. }) => *refused.entry(rule).or_default() += 1,
            Answer::IdReused => panic!("no id was used twice"),
        }
    }
    assert!(accepted > 400, "{accepted} accepted, refused: {refused:?}");
    let counting = w.count("SELECT count(*) FROM quell.registration WHERE counts AND void_seq IS NULL").await;
    let discharged = w.count("SELECT sum(discharged - reopened)::bigint FROM quell.tally WHERE kind = 'sample'").await;
    assert_eq!(counting, discharged);
    assert!(counting > 1_500, "{counting} people, refused: {refused:?}");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);
    w.verify().await;
}
