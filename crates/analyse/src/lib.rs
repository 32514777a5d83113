//! `quell analyse`: the analysis engine for everyone. A table comes in (CSV, Excel, JSON), a table (CSV or JSON) and a picture come out. No database, no
//! network, no clock; what is random follows a seed.
//!
//! A module is a command; each reads its input by the mapping of its name in `mappings/`, or by one of the user's own.

pub mod asked;
mod clusters;
mod days;
mod delays;
mod doubt;
mod fields;
mod forecast;
mod growth;
mod input;
mod library;
mod nowcast;
mod output;
mod picture;
mod quality;
mod rt;
mod said;
mod trees;
mod warning;

pub use said::Trouble;

use clap::Subcommand;
use std::io::Write;

/// What `quell analyse` can do.
#[derive(Debug, Subcommand)]
pub enum Analyse {
    /// The reproduction number by day: how many people a case infects.
    Rt(Box<rt::Rt>),
    /// How fast numbers grow or fall: rate and doubling time by window, and the reproduction number that goes with them.
    Growth(growth::GrowthArgs),
    /// How long delays are (exposure to onset, onset to sample, sample to report), or the library of published ones.
    Delays(delays::DelaysArgs),
    /// How many events there were on the last days, of which some are not reported yet.
    Nowcast(nowcast::NowcastArgs),
    /// Cases by day and channel of discovery in the days to come, beds, tests, days to zero community-found cases.
    Forecast(Box<forecast::Forecast>),
    /// Who infected whom: each case's possible infectors with their probabilities.
    Trees(Box<trees::Trees>),
    /// Clusters: where and when there are more cases than chance gives.
    Clusters(clusters::Clusters),
    /// Early warning: whether a count is more than its past lets expect.
    Warning(warning::Warning),
    /// The quality of the response: known contacts, delays, contacts, transmission prevented.
    Quality(quality::Quality),
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
        Analyse::Clusters(c) => clusters::run(c, to),
        Analyse::Quality(c) => quality::run(c, to),
        Analyse::Rt(c) => rt::run(c, to),
        Analyse::Trees(c) => trees::run(c, to),
        Analyse::Delays(c) => delays::run(c, to),
        Analyse::Growth(c) => growth::run(c, to),
        Analyse::Nowcast(c) => nowcast::run(c, to),
        Analyse::Warning(c) => warning::run(c, to),
        Analyse::Forecast(c) => forecast::run(c, to),
    }
}
