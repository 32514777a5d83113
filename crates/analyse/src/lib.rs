//! `quell analyse`: the analysis engine for everyone. A table comes in (CSV, Excel, JSON), a table (CSV or JSON) and a picture come out. No database, no
//! network, no clock; what is random follows a seed.
//!
//! A module is a command; each reads its input by the mapping of its name in `mappings/`, or by one of the user's own.

mod days;
mod input;
mod output;
mod picture;
mod rt;
mod said;

pub use said::Trouble;

use clap::Subcommand;
use std::io::Write;

/// What `quell analyse` can do.
#[derive(Debug, Subcommand)]
pub enum Analyse {
    /// The reproduction number by day: how many people a case infects.
    Rt(rt::Rt),
}

/// What holds for every command, and where it writes.
pub struct Setting<'a> {
    /// Messages in Chinese, else in English.
    pub chinese: bool,
    /// The result as JSON, whatever `--format` says.
    pub json: bool,
    /// The result.
    pub out: &'a mut dyn Write,
    /// What is said beside it: diagnostics, warnings.
    pub err: &'a mut dyn Write,
}

/// Runs a command.
///
/// # Errors
/// If a file cannot be read, a row is wrong or an option does not fit; nothing was written to `out` then.
pub fn run(command: &Analyse, to: &mut Setting<'_>) -> Result<(), Trouble> {
    match command {
        Analyse::Rt(c) => rt::run(c, to),
    }
}
