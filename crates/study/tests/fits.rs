//! What goes together only by mistake is refused, with what to do.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::rehearse;

fn refused(words: &[&str]) -> String {
    rehearse(&[&["run", "--people", "1000", "--days", "5"], words].concat()).unwrap_err().1
}

#[test]
fn a_protocol_of_another_disease() {
    let said = refused(&["--disease", "ebola", "--protocol", "measles"]);
    assert!(said.starts_with("protocol measles is of measles, not of --disease ebola: choose"), "{said}");
    rehearse(&["run", "--people", "1000", "--days", "5", "--disease", "covid-ancestral", "--protocol", "covid-2022-ninth"]).unwrap();
}

#[test]
fn a_dose_that_the_disease_does_not_know() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("doses.toml");
    std::fs::write(&path, "[vaccination]\nstatus = 2\nper_1000 = 20.0").unwrap();
    let policy = path.to_str().unwrap();
    let said = refused(&["--disease", "measles", "--policy", policy]);
    assert!(said.contains("there is no status = 2") && said.contains("has 1: 1 = two doses, or immune from an infection"), "{said}");
    assert!(refused(&["--disease", "ebola", "--policy", policy]).contains("the file of ebola has no vaccination; leave"));
    rehearse(&["run", "--people", "1000", "--days", "5", "--policy", policy]).unwrap();
}
