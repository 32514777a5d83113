//! A front of policies, from the command to its files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{column, rehearse, runs, table};
use serde_json::Value;
use std::path::Path;

const SPACE: &str = r#"
name = "today"
[screening]
every_days = 3
[search.parameters]
"screening" = { absent = true }
"screening.every_days" = { whole = [1, 4] }
"tracing.contacts" = { choice = [true, false] }
"symptoms.come" = { real = [0.2, 0.9] }
"#;

fn search(dir: &Path, out: &str, more: &[&str]) -> Value {
    let space = dir.join("space.toml");
    std::fs::write(&space, SPACE).unwrap();
    let (space, out) = (space.display().to_string(), dir.join(out).display().to_string());
    let world = ["search", &space, "--people", "3000", "--days", "40", "--budget", "150", "--seeds", "6", "--out", &out];
    rehearse(&[&world, more].concat()).unwrap()
}

#[test]
fn a_front_beats_everything_and_can_be_lived_again() {
    let dir = tempfile::tempdir().unwrap();
    let report = search(dir.path(), "a", &[]);
    let out = dir.path().join("a");
    let all = table(&out.join("candidates.csv"));
    let number = |name: &str| column(&all, name).iter().map(|c| c.parse::<f64>().unwrap()).collect::<Vec<_>>();
    let (days, held, seeds, on) =
        (number("minimised_days_to_zero"), number("minimised_restriction_person_days"), number("seeds"), number("on_front"));
    // Whoever is on the front was tried in all worlds and is beaten by nobody who was; the base policy is no candidate.
    let front: Vec<usize> = (0..on.len()).filter(|k| on[*k] == 1.0).collect();
    assert!(!front.is_empty() && on[0] == 0.0 && column(&all, "origin")[0] == "base");
    for k in &front {
        assert_eq!(seeds[*k], 6.0);
        let beaten = (1..on.len())
            .filter(|o| seeds[*o] == 6.0)
            .any(|o| days[o] <= days[*k] && held[o] <= held[*k] && (days[o] < days[*k] || held[o] < held[*k]));
        assert!(!beaten, "{k}");
    }
    // Beside each stands how many were infected.
    assert!(
        report["front"]
            .as_array()
            .unwrap()
            .iter()
            .chain([&report["base"]])
            .all(|m| m["infections_median"].as_f64().is_some_and(|n| n >= 10.0))
    );
    // Fewer in more worlds.
    let with = |n: f64| seeds.iter().skip(1).filter(|s| **s >= n).count();
    assert!(with(2.0) > 2 * with(6.0), "{seeds:?}");
    assert!(report["runs"].as_u64().unwrap() <= 150 && runs(&out) <= 150);
    // Some are from the sequence, some near others.
    let origins = column(&all, "origin");
    assert!(origins.iter().any(|o| o == "sequence") && origins.iter().any(|o| o.starts_with("near ")), "{origins:?}");

    // The first policy of the front, lived in the same worlds, gives the numbers that the search stated.
    let first = &report["front"][0];
    let policy = out.join(first["file"].as_str().unwrap()).display().to_string();
    let again = rehearse(&["compare", &policy, "--people", "3000", "--days", "40", "--seeds", "6"]).unwrap();
    let (a, b) =
        (&first["numbers"]["restriction_person_days"]["mean"], &again["policies"][0]["numbers"]["restriction_person_days"]["mean"]);
    assert!((a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-6, "{a} {b}");
    assert!(std::fs::read_to_string(out.join("front.svg")).unwrap().contains("Person-days restricted"));
    assert!(out.join("candidates.parquet").exists() && table(&out.join("front.csv")).len() == front.len() + 1);
}

#[test]
fn what_was_broken_off_goes_on_and_ends_alike_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let whole = search(dir.path(), "a", &["--threads", "1"]);
    // Half of the journal, its last line broken.
    let journal = std::fs::read_to_string(dir.path().join("a/runs.jsonl")).unwrap();
    std::fs::create_dir(dir.path().join("b")).unwrap();
    std::fs::write(dir.path().join("b/runs.jsonl"), &journal[..journal.len() / 2]).unwrap();
    let made = runs(&dir.path().join("b"));
    let again = search(dir.path(), "b", &["--threads", "3"]);
    assert_eq!(whole, again);
    // The broken line stays; nothing else is there twice.
    assert!(made > 10 && runs(&dir.path().join("b")) == runs(&dir.path().join("a")) + 1);
    let same =
        |name: &str| std::fs::read(dir.path().join("a").join(name)).unwrap() == std::fs::read(dir.path().join("b").join(name)).unwrap();
    assert!(
        ["front.csv", "candidates.csv", "candidates.parquet", "summary.json", "front.svg", "front/front-01.toml"].iter().all(|n| same(n))
    );
    // Once more makes no run.
    search(dir.path(), "a", &[]);
    assert_eq!(runs(&dir.path().join("a")), runs(&dir.path().join("b")) - 1);
}

#[test]
fn any_numbers_can_be_minimised() {
    let dir = tempfile::tempdir().unwrap();
    let report = search(dir.path(), "a", &["--minimise", "infections", "--minimise", "tests", "--minimise", "staff_hours"]);
    assert_eq!(report["minimised"], serde_json::json!(["infections", "tests", "staff_hours"]));
    let space = dir.path().join("space.toml").display().to_string();
    let refused = |more: &[&str]| rehearse(&[&["search", &space, "--people", "3000", "--out", &space][..], more].concat()).unwrap_err();
    let file = dir.path().join("fine").display().to_string();
    assert!(rehearse(&["search", &space, "--out", &file, "--budget", "20"]).unwrap_err().1.contains("with 20 seeds it is at least 67"));
    // What is wrong with the question comes before what is wrong with its size, and both before anybody lives.
    assert!(refused(&["--budget", "20", "--minimise", "tests", "--minimise", "happiness"]).1.contains("there is no number \"happiness\""));
    assert!(refused(&[]).1.contains("this is a file; --out names a directory"));
    assert!(refused(&["--seeds", "1"]).0.contains("--seeds 1：须在 2 至"));
}
