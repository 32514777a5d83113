//! The planted faults of `bench/planted` fit the product as it is: a patch that does not apply any more plants nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

#[test]
fn every_planted_fault_still_applies_and_says_who_catches_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let patches: Vec<_> = std::fs::read_dir(root.join("bench/planted")).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(patches.len() >= 100, "{}", patches.len());
    let list = std::fs::read_to_string(root.join("docs/planted-faults.md")).unwrap();
    let wrong = patches.iter().filter(|patch| {
        let text = std::fs::read_to_string(patch).unwrap();
        let said = text.starts_with("# Broken: ") && text.lines().nth(1).is_some_and(|l| l.starts_with("# Caught by: cargo test "));
        let listed = list.contains(&format!("| {} |", patch.file_stem().unwrap().display()));
        let applies = Command::new("git").args(["apply", "--recount", "--check"]).arg(patch).current_dir(root).output().unwrap();
        !(said && listed && applies.status.success())
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<&std::path::PathBuf>::new());
}
