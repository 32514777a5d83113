//! `quell analyse nowcast`

mod reports;

use crate::Setting;
use crate::input::Named;
use crate::output::{self, Cell, Format};
use crate::picture::{self, Picture};
use crate::rt::Period;
use crate::said::Trouble;
use clap::{Args, ValueEnum};
use quell_epi::nowcast::{self, chain_ladder};
use reports::cell;
use std::path::PathBuf;

pub(crate) use reports::Reports;

/// How the triangle is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// A model of the reporting delay and of the events behind it.
    Model,
    /// The chain ladder with the intervals of Mack 1993: a baseline.
    Ladder,
}

/// Options of `nowcast`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Reports (--mapping)", reports::TRIANGLE.1)]))]
pub struct NowcastArgs {
    /// One row for each event, with its date and the date of its report; or one for each date and report date (or delay, days) with a count.
    file: PathBuf,
    #[command(flatten)]
    named: Named,
    /// The day on which it is looked at: what was reported later is left out. The last report's if it is not given.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Longest delay, days; what is reported later is left out. The longest there is, but at most 45, if it is not given.
    #[arg(long, value_name = "DAYS")]
    max_delay: Option<usize>,
    /// What a row's day stands for. Events that are whole weeks apart are weeks', and refused unless they are said to be days.
    #[arg(long, value_enum, default_value_t)]
    period: Period,
    /// The estimator.
    #[arg(long, value_enum, default_value_t = Method::Model)]
    method: Method,
    /// Seed of the simulation.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    picture: Picture,
}

pub(crate) fn run(c: &NowcastArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let reports = Reports::read(&c.file, &c.named.own()?, c.period, to)?;
    let numbered = reports.numbered;
    let until = reports.until(c.as_of.as_deref(), to)?;
    let first = reports.first(until)?;
    let triangle = reports.triangle(first, until, c.max_delay)?;
    reports::say_later(&triangle, to)?;
    let days = match c.method {
        Method::Ladder => chain_ladder(&triangle),
        Method::Model => {
            let now = nowcast::nowcast(&triangle, c.seed).map_err(|e| reports.refused(e))?;
            let (mean, (lo, hi)) = now.recent;
            output::say(
                to,
                &Trouble::new(
                    format!("最近 {} 天共约 {mean:.0} 例（95% 区间 {lo} 至 {hi}）", triangle.longest()),
                    format!("the last {} days have about {mean:.0} events together (95 %: {lo} to {hi})", triangle.longest()),
                ),
            )?;
            now.days
        }
    };
    let row = |(t, d): (usize, &nowcast::Day)| {
        let numbers = [d.median, d.outer.0, d.outer.1, d.inner.0, d.inner.1, d.mean, d.share].map(Cell::from);
        [cell(first + t as i64, numbered), d.reported.map_or(Cell::Unknown, Cell::from)].into_iter().chain(numbers).collect()
    };
    let rows: Vec<Vec<Cell>> = days.iter().enumerate().map(row).collect();
    let columns = [if numbered { "t" } else { "date" }, "reported", "median", "lo", "hi", "lo50", "hi50", "mean", "share"];
    c.picture.save("", to, |head, language| picture::nowcast(head, language, &columns, &rows))?;
    output::write(to, c.format, &columns, &rows)
}
