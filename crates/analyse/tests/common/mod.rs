//! The command as a user types it, without the binary around it.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking, and not every test uses everything")]

use clap::Parser;
use quell_analyse::{Analyse, Setting, Trouble};
use std::path::PathBuf;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Analyse,
}

/// What was written to standard output and beside it.
pub struct Answer {
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The rows below the header, split at commas.
    pub fn rows(&self) -> Vec<Vec<String>> {
        self.out.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect()).collect()
    }
    /// The header.
    pub fn header(&self) -> &str {
        self.out.lines().next().unwrap_or_default()
    }
}

/// Runs `quell analyse …`, in English.
pub fn analyse(args: &[&str]) -> Result<Answer, Trouble> {
    analyse_in(false, args)
}

/// The same in either language.
pub fn analyse_in(chinese: bool, args: &[&str]) -> Result<Answer, Trouble> {
    let line = Line::try_parse_from(std::iter::once("analyse").chain(args.iter().copied())).unwrap_or_else(|e| panic!("{e}"));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    quell_analyse::run(&line.command, &mut Setting { chinese, json: false, out: &mut out, err: &mut err })?;
    Ok(Answer { out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() })
}

/// A folder for the files of one test; it goes with the value.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}
