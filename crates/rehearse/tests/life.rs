//! Screening days lived in the synthetic county: what the driver promises.

#![allow(clippy::unwrap_used)]

use quell_foundation::{Day, Hash, ProtocolId};
use quell_protocol::{builtin, load};
use quell_rehearse::life::{Expect, Life, Plan, Posted, Step};
use std::collections::BTreeMap;
use std::sync::Arc;

const PROTOCOL: &str = "covid-2022-twenty";

fn plan(seed: u64, population: u32, days: u32) -> Plan {
    let text = builtin(&ProtocolId::new(PROTOCOL).unwrap()).unwrap();
    let protocol = load(PROTOCOL, text).unwrap_or_else(|p| panic!("{p:?}"));
    let first_day: Day = "2022-11-26".parse().unwrap();
    Plan { seed, population, first_day, days, protocol: Arc::new(protocol), protocol_hash: Hash::of(text.as_bytes()) }
}

/// Lives all days; the hash of everything handed in.
fn live(life: &mut Life, mut see: impl FnMut(&Step)) -> Hash {
    let mut hash = Hash::default();
    let mut before = None;
    while let Some(step) = life.next_step() {
        assert!(before.is_none_or(|b| b < step.at), "{} at {} is not after the step before", step.label, step.at);
        before = Some(step.at);
        for p in &step.submissions {
            let bytes = serde_json::to_vec(&p.submission).unwrap();
            hash = Hash::of_parts(&[&hash.0, &bytes, format!("{:?}{:?}{}", step.role, p.expect, step.at).as_bytes()]);
        }
        see(&step);
    }
    hash
}

#[test]
fn days_are_lived_and_sealed() {
    let mut life = Life::new(plan(1, 3_000, 3));
    let mut refused: BTreeMap<&str, u32> = BTreeMap::new();
    live(&mut life, |step| {
        for Posted { submission, expect } in &step.submissions {
            assert!(submission.facts.len() <= quell_book::MAX_FACTS);
            if let Expect::Refused(rule) = expect {
                *refused.entry(rule).or_default() += 1;
            }
        }
    });
    let s = life.summary();
    println!("{}", serde_json::to_string_pretty(&s).unwrap());
    for x in life.surprises() {
        println!("{x}");
    }
    assert!(life.surprises().is_empty());
    assert_eq!(s.days_closed, 4, "the evening before and three days");
}
