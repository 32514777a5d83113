//! Screening days lived in the synthetic county: what the driver promises.

#![allow(clippy::unwrap_used)]

use quell_book::{Fact, MAX_FACTS, balance};
use quell_foundation::{Day, Hash, Instant, ProtocolId};
use quell_protocol::{builtin, load};
use quell_rehearse::life::{Expect, Life, Plan, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const PROTOCOL: &str = "covid-2022-twenty";

fn plan(seed: u64, population: u32, days: u32) -> Plan {
    let text = builtin(&ProtocolId::new(PROTOCOL).unwrap()).unwrap();
    let protocol = load(PROTOCOL, text).unwrap_or_else(|p| panic!("{p:?}"));
    let first_day: Day = "2022-11-26".parse().unwrap();
    Plan {
        seed,
        population,
        first_day,
        days,
        imports: None,
        protocol: Arc::new(protocol),
        protocol_hash: Hash::of(text.as_bytes()),
        response: None,
    }
}

/// Lives all days and checks what holds for every step; the hash of everything handed in.
fn live(life: &mut Life, mut see: impl FnMut(&Step)) -> Hash {
    let mut hash = Hash::default();
    let mut before = Instant(i64::MIN);
    while let Some(step) = life.next_step() {
        assert!(before < step.at, "{} at {} is not after the step before", step.label, step.at);
        assert!(!step.submissions.is_empty());
        before = step.at;
        for p in &step.submissions {
            assert!((1..=MAX_FACTS).contains(&p.submission.facts.len()));
            let bytes = serde_json::to_vec(&p.submission).unwrap();
            hash = Hash::of_parts(&[&hash.0, &bytes, format!("{:?} {:?} {}", step.role, p.expect, step.at).as_bytes()]);
        }
        see(&step);
    }
    assert_eq!(life.surprises(), &[] as &[String]);
    hash
}

/// The lines of the book as it stands, which must balance even in the middle of a day.
fn assert_balanced(life: &Life, now: Instant) {
    let state = &life.book().state;
    let before = state.sealed_days.iter().last().cloned();
    let tallies = life.book().tallies.values().filter(|t| Some(t.day) == state.open_day).cloned().collect();
    for line in balance(&state.closing_view(now, tallies, before, Hash::default())) {
        assert_eq!(line.difference(), 0, "{line:?}");
    }
}

#[test]
fn days_are_lived_and_sealed_with_everything_that_goes_wrong() {
    let mut life = Life::new(plan(1, 3_000, 3));
    let mut refused: BTreeMap<&str, u32> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let (mut repeats, mut called_off) = (0, 0);
    live(&mut life, |step| {
        for p in &step.submissions {
            repeats += u32::from(!ids.insert(p.submission.id));
            match p.expect {
                Expect::Refused(rule) => *refused.entry(rule).or_default() += 1,
                Expect::Accepted => {
                    called_off += p.submission.facts.iter().filter(|f| matches!(f, Fact::ResultCorrected(_))).count();
                }
            }
        }
    });
    let s = life.summary();
    assert_eq!(s.days_closed, 4, "the evening before and three days");
    for (rule, least) in [("tube.wrong_mode", 3), ("plate.control_failed", 1), ("facility.full", 1)] {
        assert!(refused.get(rule).is_some_and(|n| *n >= least), "{rule}: {refused:?}");
    }
    assert_eq!((repeats, called_off), (1, 1));
    let staged = [
        "binding put right",
        "clinic visit",
        "contacts dropped",
        "contacts named",
        "discharged",
        "duplicate submission",
        "failed plate",
        "failed run",
        "false positive",
        "full facility refused",
        "indeterminate",
        "late box",
        "result corrected",
        "tube lost",
        "tube not adequate",
        "waived",
        "walk-in",
        "wrong binding",
        "wrong mode refused",
        "zone drawn",
        "zone lifted",
    ];
    for what in staged {
        assert!(s.incidents.contains_key(what), "{what} has not happened: {:?}", s.incidents);
    }
    assert!(s.cases_community > 0 && s.withdrawn == 1 && s.tubes["lost"] == 1 && s.tubes["spoilt"] >= 1, "{s:?}");
    let corrected = life.book().state.transfers.values().any(|t| t.reason.as_deref().is_some_and(|r| r.starts_with("result corrected")));
    assert!(corrected, "the transfer of the false positive was called off");
    assert!(s.duties["transfer"].discharged > 0 && s.duties["admit"].discharged > 0 && s.duties["observe"].discharged > 0, "{s:?}");
    assert!(s.duties["sample"].discharged as f64 > 0.97 * 9_000.0, "{:?}", s.duties["sample"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let hash = |seed| live(&mut Life::new(plan(seed, 1_500, 1)), |_| {});
    let first = hash(5);
    assert_eq!(first, hash(5));
    assert_ne!(first, hash(6));
}

#[test]
fn an_outbreak_runs_its_course() {
    let mut life = Life::new(plan(3, 1_000, 19));
    let mut noon = 0;
    while let Some(step) = life.next_step() {
        if step.label == "single swabs" && noon < 5 {
            noon += 1;
            assert_balanced(&life, step.at);
        }
    }
    assert_eq!(life.surprises(), &[] as &[String]);
    let s = life.summary();
    assert!(s.recovered > 0 && s.incidents.contains_key("released") && s.days_closed == 20, "{s:?}");
    assert!(
        s.duties["exit_test"].discharged > 0 && s.duties["monitoring_test"].opened > 0 && s.duties["lift_zone"].discharged > 0,
        "{s:?}"
    );
}
