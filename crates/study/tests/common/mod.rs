//! `quell rehearse` as a user calls it.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking, and not every test uses everything")]

use clap::Parser;
use quell_study::{Rehearse, Setting};
use serde_json::Value;
use std::path::Path;

#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    command: Rehearse,
}

/// Calls it with words, and answers its JSON; the error in Chinese and English if it refuses.
pub fn rehearse(words: &[&str]) -> Result<Value, (String, String)> {
    asked(words, false)
}

/// The same with pictures in Chinese.
pub fn in_chinese(words: &[&str]) -> Result<Value, (String, String)> {
    asked(words, true)
}

fn asked(words: &[&str], chinese: bool) -> Result<Value, (String, String)> {
    let options = Options::parse_from([&["rehearse"], words].concat());
    let mut out = Vec::new();
    let done = quell_study::run(&options.command, &mut Setting { chinese, json: true, out: &mut out, terminal: false });
    done.map_err(|t| (t.text(true).to_owned(), t.text(false).to_owned()))?;
    Ok(serde_json::from_slice(&out).unwrap())
}

/// What is said of words that are no command.
pub fn unread(words: &[&str]) -> String {
    Options::try_parse_from([&["rehearse"], words].concat()).unwrap_err().to_string()
}

/// A table as rows of cells, the header first.
pub fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A column by name.
pub fn column(table: &[Vec<String>], name: &str) -> Vec<String> {
    let at = table[0].iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name} in {:?}", table[0]));
    table[1..].iter().map(|row| row[at].clone()).collect()
}

/// Lines of the journal: how many runs were made.
pub fn runs(dir: &Path) -> usize {
    std::fs::read_to_string(dir.join("runs.jsonl")).unwrap().lines().filter(|l| !l.is_empty()).count()
}
