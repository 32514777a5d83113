//! Beds and tests that a forecast asks for.

use super::tables::{TOLD, cells, save};
use super::{Forecast, Forecasted};
use crate::Setting;
use crate::input::{self, Own};
use crate::output::Cell;
use crate::said::Trouble;
use clap::Args;
use quell_epi::forecast::{Draw, Kind, Plan};
use quell_epi::gamma::Gamma;
use std::path::{Path, PathBuf};

pub(super) const BEDS: (&str, &str) = ("analyse-beds", include_str!("../../mappings/beds.toml"));
pub(super) const SCREENING: (&str, &str) = ("analyse-screening", include_str!("../../mappings/screening.toml"));

/// Options for beds and tests.
#[derive(Debug, Args)]
pub(super) struct Needs {
    /// Writes beds in use at the end of each day to this file.
    #[arg(long, requires = "kinds")]
    beds: Option<PathBuf>,
    /// A table of the kinds of bed: kind, share of the cases (0 to 1), mean and standard deviation of the stay in days (stay_mean, stay_sd), and perhaps
    /// how many are in use now (in_use).
    #[arg(long, requires = "beds")]
    kinds: Option<PathBuf>,
    /// Writes tests by day to this file.
    #[arg(long)]
    tests: Option<PathBuf>,
    /// The share of tests that are positive, above 0 up to 1.
    #[arg(long, requires = "tests", conflicts_with = "screening")]
    positivity: Option<f64>,
    /// A table of people to be screened: a day (date or t) and a number (screened).
    #[arg(long, requires = "tests")]
    screening: Option<PathBuf>,
    /// Contacts found of each case.
    #[arg(long, requires = "tests", conflicts_with = "positivity")]
    contacts: Option<f64>,
    /// On which days after a case was found its contacts are tested.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 3, 5, 7], requires = "contacts")]
    contact_days: Vec<usize>,
}

impl Needs {
    /// Writes what was asked for.
    pub(super) fn write(&self, c: &Forecast, f: &Forecasted<'_>, draw: &mut Draw, to: &mut Setting<'_>) -> Result<(), Trouble> {
        self.kinds.iter().try_for_each(|file| input::tell(file, BEDS, to))?;
        self.screening.iter().try_for_each(|file| input::tell(file, SCREENING, to))?;
        if let (Some(file), Some(kinds)) = (&self.beds, &self.kinds) {
            beds(file, &read_kinds(kinds)?, c, f, draw, to)?;
        }
        if let Some(file) = &self.tests {
            tests(file, &self.plan(f)?, c, f, to)?;
        }
        Ok(())
    }
    fn plan(&self, f: &Forecasted<'_>) -> Result<Plan, Trouble> {
        if let Some(p) = self.positivity {
            let ok = p > 0.0 && p <= 1.0;
            let bad = || {
                Trouble::new(
                    format!("--positivity 须大于 0、不超过 1，现为 {p}"),
                    format!("--positivity must be above 0 and at most 1, not {p}"),
                )
            };
            return ok.then_some(Plan::Positivity(p)).ok_or_else(bad);
        }
        if self.screening.is_none() && self.contacts.is_none() {
            return Err(Trouble::new(
                "--tests 需要 --positivity，或 --screening 与 --contacts",
                "--tests needs --positivity, or --screening and --contacts",
            ));
        }
        let contacts = self.contacts.unwrap_or(0.0);
        if !contacts.is_finite() || contacts < 0.0 {
            return Err(Trouble::new(
                format!("--contacts 不能为负，现为 {contacts}"),
                format!("--contacts must not be negative, not {contacts}"),
            ));
        }
        let screened = self.screening.as_deref().map_or_else(|| Ok(Vec::new()), |p| read_screening(p, f, f.futures_days()))?;
        Ok(Plan::Schedule { screened, contacts, days: self.contact_days.clone() })
    }
}

impl Forecasted<'_> {
    fn futures_days(&self) -> usize {
        self.futures.paths.first().map_or(0, |p| p.cases.len())
    }
}

fn read_kinds(path: &Path) -> Result<Vec<(String, Kind)>, Trouble> {
    let table = input::read(path, BEDS, &Own::default())?;
    let kind = |row: &quell_tabular::Row| {
        let [share, mean, sd] = ["share", "stay_mean", "stay_sd"].map(|f| row.decimal(f));
        Some((row.text("kind")?.to_owned(), Kind { share: share?, stay: Gamma::of_mean_sd(mean?, sd?)?, in_use: row.decimal("in_use") }))
    };
    let of = |row| {
        kind(row).ok_or_else(|| {
            Trouble::row(
                path,
                row.line,
                "床位种类、比例、住院天数均值和标准差都要有",
                "a kind needs a share and the mean and standard deviation of the stay",
            )
        })
    };
    table.rows.iter().map(of).collect()
}

/// The people screened on each day ahead; a day without a row has as many as the one before it.
fn read_screening(path: &Path, f: &Forecasted<'_>, days: usize) -> Result<Vec<f64>, Trouble> {
    let table = input::read(path, SCREENING, &Own::default())?;
    let mut planned: Vec<(i64, f64)> = Vec::new();
    for row in &table.rows {
        let (Some(day), Some(n)) = (f.read.calendar.of_row(row), row.decimal("screened")) else {
            return Err(Trouble::row(
                path,
                row.line,
                "这一行没有日期（须与病例表同为 date 或 t）",
                "the row has no day (date or t, as in the table of cases)",
            ));
        };
        planned.push((day, n));
    }
    planned.sort_by_key(|(day, _)| *day);
    let first = f.known.past.days() as i64;
    let on = |day: i64| planned.iter().rev().find(|(d, _)| *d <= day).map_or(0.0, |(_, n)| *n);
    Ok((0..days).map(|h| on(first + h as i64)).collect())
}

fn columns(f: &Forecasted<'_>, name: &'static str) -> Vec<&'static str> {
    let mut columns = vec!["t", "ahead", name];
    columns.extend(TOLD);
    columns.extend(f.date(0).map(|_| "date"));
    columns
}

fn row(f: &Forecasted<'_>, name: &str, paths: &[Vec<f64>], h: usize) -> Vec<Cell> {
    let mut row = f.day(h).to_vec();
    row.push(name.into());
    row.extend(cells(paths, h));
    row.extend(f.date(h));
    row
}

fn beds(file: &Path, kinds: &[(String, Kind)], c: &Forecast, f: &Forecasted<'_>, draw: &mut Draw, to: &Setting<'_>) -> Result<(), Trouble> {
    let (past, paths, behind) = (f.complete(), f.since_complete(c), f.behind());
    let mut rows = Vec::new();
    for (name, kind) in kinds {
        let in_use = kind.in_use(&past, &paths, behind, draw);
        rows.extend((0..usize::from(c.days)).map(|h| row(f, name, &in_use, h)));
    }
    save(file, c, f, to, (&columns(f, "kind"), &rows))
}

/// Tests, and what share of them is positive.
fn tests(file: &Path, plan: &Plan, c: &Forecast, f: &Forecasted<'_>, to: &Setting<'_>) -> Result<(), Trouble> {
    let (past, paths, behind) = (f.complete(), f.since_complete(c), f.behind());
    let tests: Vec<Vec<f64>> = paths.iter().map(|p| plan.tests(&past, p, behind)).collect();
    // Where nobody is tested no share is positive.
    let share = |(p, t): (&Vec<f64>, &Vec<f64>)| p[behind..].iter().zip(t).map(|(n, of)| if *of > 0.0 { n / of } else { 0.0 }).collect();
    let positivity: Vec<Vec<f64>> = paths.iter().zip(&tests).map(share).collect();
    let days = 0..usize::from(c.days);
    let rows: Vec<Vec<Cell>> =
        days.clone().map(|h| row(f, "tests", &tests, h)).chain(days.map(|h| row(f, "positivity", &positivity, h))).collect();
    save(file, c, f, to, (&columns(f, "what"), &rows))
}

impl Forecasted<'_> {
    /// Cases of the days that are complete.
    fn complete(&self) -> Vec<f64> {
        let mut cases = self.known.cases();
        cases.truncate(self.futures.complete);
        cases
    }
    /// How many days of each path are past, but not complete.
    pub(super) fn behind(&self) -> usize {
        self.known.past.days() - self.futures.complete
    }
    /// Cases by path from the first day that is not complete, of the days that are told.
    fn since_complete(&self, c: &Forecast) -> Vec<Vec<f64>> {
        let days = self.behind() + usize::from(c.days);
        let mut paths = self.futures.since_complete();
        paths.iter_mut().for_each(|p| p.truncate(days));
        paths
    }
}
