//! Two hundred histories at the real door: the book and the auditor agree, and the histories go deep enough to mean something.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use quell::app::DataOptions;
use quell_bench::histories::{COVERED_DUTIES, COVERED_FACTS, OPEN_DUTIES, OPEN_FACTS, many};
use quell_book::{DutyKind, Fact};
use std::collections::BTreeSet;
use std::sync::Arc;

const SEEDS: u64 = 200;
const STEPS: usize = 45;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_histories_agree_and_reach_every_covered_kind() {
    let temp = tempfile::Builder::new().prefix("quell-histories").tempdir().unwrap();
    let options = DataOptions { data: temp.path().join("data"), pg_bin: None, database_url: None };
    let ready = Arc::new(options.open().await.unwrap());
    let sum = many(ready.clone(), 1..1 + SEEDS, STEPS, 4, |_| {}).await.unwrap();
    ready.stop();
    let told: Vec<&str> = sum.disagreements.iter().map(|(_, d)| d.as_str()).take(3).collect();
    assert!(told.is_empty(), "{} histories disagree, the first:\n{}", sum.disagreements.len(), told.join("\n\n"));
    assert!(sum.coverage.outcomes.iter().all(|n| *n > 0), "{:?}", sum.coverage.outcomes);
    for kind in COVERED_FACTS {
        let [accepted, refused] = sum.coverage.facts.get(kind).copied().unwrap_or_default();
        assert!(accepted > 0, "{kind} was never accepted");
        // The world's places are listed once, and rightly.
        assert!(refused > 0 || *kind == "place_listed", "{kind} was never refused");
    }
    for kind in COVERED_DUTIES {
        let [opened, discharged, waived, superseded] = sum.coverage.duties.get(kind).copied().unwrap_or_default();
        assert!(opened > 0, "{kind} was never opened");
        assert!(discharged > 0, "{kind} was never done");
        assert!(waived + superseded > 0, "{kind} was never ended otherwise");
    }
}

#[test]
fn every_kind_is_covered_or_named_as_open() {
    let both = |a: &[&'static str], b: &[&'static str]| a.iter().chain(b).copied().collect::<BTreeSet<_>>();
    assert_eq!(both(COVERED_FACTS, OPEN_FACTS), Fact::KINDS.iter().copied().collect());
    assert_eq!(COVERED_FACTS.len() + OPEN_FACTS.len(), Fact::KINDS.len());
    let duties: BTreeSet<DutyKind> = COVERED_DUTIES.iter().chain(OPEN_DUTIES).copied().collect();
    assert_eq!(duties, DutyKind::ALL.iter().copied().collect());
    assert_eq!(COVERED_DUTIES.len() + OPEN_DUTIES.len(), DutyKind::ALL.len());
}
