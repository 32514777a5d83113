//! A comparison and its directory.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{column, rehearse, table};
use std::path::Path;

fn compare(dir: &Path, policies: &[&str]) -> Result<serde_json::Value, (String, String)> {
    let files: Vec<String> = policies.iter().map(|p| dir.join(p).display().to_string()).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let out = dir.join("out").display().to_string();
    let world = ["--people", "3000", "--days", "25", "--seeds", "2", "--imports", "30", "--out", &out];
    rehearse(&[&["compare"], &files[..], &world].concat())
}

#[test]
fn files_of_policies_that_are_no_longer_compared_go() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    std::fs::write(path.join("a.toml"), "").unwrap();
    std::fs::write(path.join("b.toml"), "[tracing]\ncontacts = false\n").unwrap();
    std::fs::write(path.join("c.toml"), "response = false\n").unwrap();
    compare(path, &["a.toml", "b.toml", "c.toml"]).unwrap();
    let there = |name: &str| path.join("out").join(name).exists();
    // All policies by name on one picture, and one scale for their fans.
    let svg = |name: &str| std::fs::read_to_string(path.join("out").join(name)).unwrap();
    assert!(["1 a", "2 b", "3 c"].iter().all(|n| svg("policies.svg").replace("  ", " ").contains(&format!(">{n}<"))));
    assert!((1..=3).all(|k| svg(&format!("fan-{k}.svg")).contains("The scale is the same on the pictures of all policies compared.")));
    assert!(there("fan-3.svg") && there("townships-3.csv") && there("townships-3.svg"));
    // Nobody reaches zero where nobody is found, and one quiet day is not what the table begins with.
    let numbers = column(&table(&path.join("out/differences.csv")), "number");
    let place = |name: &str| numbers.iter().position(|n| n == name);
    assert!(place("infections") < place("deaths") && numbers[0] != "first_zero", "{numbers:?}");
    assert!(place("first_zero").is_none_or(|k| k > 20), "{numbers:?}");
    compare(path, &["a.toml", "b.toml"]).unwrap();
    assert!(there("fan-2.svg") && there("townships-2.csv"));
    assert!(!there("fan-3.svg") && !there("townships-3.csv") && !there("townships-3.svg"));
}

#[test]
fn out_names_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.toml"), "").unwrap();
    std::fs::write(dir.path().join("out"), "mine").unwrap();
    let (zh, en) = compare(dir.path(), &["a.toml"]).unwrap_err();
    assert!(zh.contains("这是一个文件") && en.contains("this is a file; --out names a directory"), "{en}");
    assert_eq!(std::fs::read_to_string(dir.path().join("out")).unwrap(), "mine");
}

#[test]
fn a_policy_that_lets_it_burn_through_is_told_from_one_that_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let put = |name: &str, text: &str| {
        std::fs::write(path.join(name), text).unwrap();
        path.join(name).display().to_string()
    };
    let burnt = put("burnt.toml", "[tracing]\ncontacts = false\n[zones]\ndrawn = false\n");
    // Everybody alone in a tube every day, and a tenth of the tubes that this takes.
    let slow = put("slow.toml", "[screening]\nevery_days = 1\npool = 1\n[means]\ntubes_per_hour = 15.0\n");
    let out = path.join("out").display().to_string();
    let world = ["--people", "3000", "--days", "90", "--seeds", "2", "--out", &out];
    let report = rehearse(&[&["compare", &burnt, &slow], &world[..]].concat()).unwrap();
    let of = |k: usize, name: &str| report["policies"][k][name].clone();
    assert_eq!((of(0, "ends_by_exhaustion"), of(0, "share_of_tubes_never_read")), (true.into(), 0.0.into()), "{report:#}");
    assert!(of(0, "share_infected").as_f64().unwrap() > 0.5 && of(1, "share_of_tubes_never_read").as_f64().unwrap() > 0.1);
    let policies = std::fs::read_to_string(path.join("out/policies.svg")).unwrap();
    assert!(policies.contains("few are left to infect") && policies.contains("of its tubes are never read"), "{policies}");
    assert!(policies.contains("90 days from the first infection"));
    assert!(std::fs::read_to_string(path.join("out/townships-1.svg")).unwrap().contains("means of 2 runs"));
    // The summary says which question it answers.
    let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path.join("out/summary.json")).unwrap()).unwrap();
    for name in ["version", "people", "disease", "imports", "imports_per_day", "seed", "seeds", "days_from", "population_seed"] {
        assert!(!kept[name].is_null(), "{name}");
    }
    assert_eq!((&kept["policies"][1]["means"]["tubes_per_hour"], &kept["seeds"]), (&15.0.into(), &2.into()));
    assert!(kept["policies"][0]["protocol"] == "covid-2022-twenty" && kept["policies"][0]["numbers"]["infections_last_week"].is_object());

    // A single run says it, too, and does not write over a comparison.
    let run = ["run", "--people", "3000", "--days", "90", "--policy", &burnt];
    assert_eq!(rehearse(&run).unwrap()["ends_by_exhaustion"], true);
    let (zh, en) = rehearse(&[&run[..], &["--out", &out]].concat()).unwrap_err();
    assert!(zh.contains("请另选目录") && en.contains("name another directory"), "{en}");
}
