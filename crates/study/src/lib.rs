//! `quell rehearse`: questions to a rehearsal. What happens under a policy; which of several is better, on whom; what fits what was seen. No database, no network.
//!
//! A run is one process with a few options and a seed, and writes files; so a sweep over many machines needs nothing else (docs/rehearsal.md).

mod calibrate;
mod chance;
mod compare;
mod cpu;
mod from_book;
mod heed;
mod interrupt;
mod many;
mod options;
mod out;
mod path;
mod picture;
mod row;
mod run;
mod said;
mod search;
mod source;
mod statistics;
mod table;
mod world;

pub use from_book::{FromBookArgs, Known, from_book};
pub use picture::TownshipName;
pub use said::Trouble;
pub use world::policy;

use std::io::Write;

/// What `quell rehearse` can do.
#[derive(Debug, clap::Subcommand)]
pub enum Rehearse {
    /// Live one policy once: days, costs, and what they add up to.
    Run(run::RunArgs),
    /// Several policies in the same worlds: what each does, and what one does more or less than the first.
    Compare(compare::CompareArgs),
    /// The policies of a space that none beats in every number that counts: the front of time against cost, say.
    Search(search::SearchArgs),
    /// Parameters of disease and policy with which the rehearsal gives what was observed: by approximate Bayesian computation.
    Calibrate(calibrate::CalibrateArgs),
}

/// What holds for every command, and where it writes.
pub struct Setting<'a> {
    /// Messages in Chinese, else in English.
    pub chinese: bool,
    /// The result as JSON.
    pub json: bool,
    /// The result.
    pub out: &'a mut dyn Write,
    /// Whether somebody looks at the terminal: progress is shown then.
    pub terminal: bool,
}

/// Runs a command.
///
/// # Errors
/// If a file cannot be read or written, or an option does not fit.
pub fn run(command: &Rehearse, to: &mut Setting<'_>) -> Result<(), Trouble> {
    match command {
        Rehearse::Run(c) => run::run(c, to),
        Rehearse::Compare(c) => compare::run(c, to),
        Rehearse::Search(c) => search::run(c, to),
        Rehearse::Calibrate(c) => calibrate::run(c, to),
    }
}
