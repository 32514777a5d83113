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
