//! `quell analyse rt`

use crate::days::{self, Series};
use crate::output::{self, Cell, Format};
use crate::said::Trouble;
use crate::{Setting, input};
use clap::{Args, ValueEnum};
use quell_epi::cori::{self, PRIOR, Window};
use quell_epi::interval::SerialInterval;
use quell_epi::rhythm::Rhythm;
use quell_epi::series::Incidence;
use quell_epi::smooth::smooth;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const INTERVAL: (&str, &str) = ("analyse-interval", include_str!("../mappings/interval.toml"));

/// How R is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Cori et al. 2013: the same R all through a window, as EpiEstim has it.
    Cori,
    /// R of each day, walking a little from day to day and leaping now and then; learns how much counts scatter.
    Smooth,
}

/// Options of `rt`.
#[derive(Debug, Args)]
pub struct Rt {
    /// Counts by day: a column of days (date or t) and one of counts (I or incidence), perhaps one of imported cases.
    file: PathBuf,
    /// Which columns these are, if they go by other names.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The estimator.
    #[arg(long, value_enum, default_value_t = Method::Smooth)]
    method: Method,
    #[command(flatten)]
    interval: Interval,
    /// Days of a window (cori).
    #[arg(long, default_value_t = 7)]
    window: usize,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The serial interval: a mean and a standard deviation, or a file.
#[derive(Debug, Args)]
pub(crate) struct Interval {
    /// Mean of the serial interval, days.
    #[arg(long, requires = "si_sd", required_unless_present = "si")]
    si_mean: Option<f64>,
    /// Standard deviation of the serial interval, days.
    #[arg(long, requires = "si_mean")]
    si_sd: Option<f64>,
    /// A table of the serial interval: days from 0 (k) and their probabilities (w).
    #[arg(long, conflicts_with = "si_mean")]
    si: Option<PathBuf>,
}

impl Interval {
    /// The interval, for as many days as a series has.
    pub fn get(&self, days: usize) -> Result<SerialInterval, Trouble> {
        match (&self.si, self.si_mean, self.si_sd) {
            (Some(file), ..) => of_file(file),
            (None, Some(mean), Some(sd)) => SerialInterval::shifted_gamma(mean, sd, days)
                .map_err(|e| Trouble::new(format!("代际间隔的均值须大于 1 天、标准差须大于 0，现为 {mean} 和 {sd}"), e.to_string())),
            _ => Err(Trouble::new("请给出 --si-mean 与 --si-sd，或 --si 文件", "give --si-mean and --si-sd, or a file with --si")),
        }
    }
}

fn of_file(file: &Path) -> Result<SerialInterval, Trouble> {
    let table = input::read(file, INTERVAL, None)?;
    let by_day: BTreeMap<usize, f64> =
        table.rows.iter().filter_map(|r| Some((usize::try_from(r.integer("days")?).ok()?, r.decimal("probability")?))).collect();
    let last = by_day.keys().last().copied().unwrap_or(0);
    let w = (0..=last).map(|k| by_day.get(&k).copied().unwrap_or(0.0)).collect();
    SerialInterval::given(w)
        .map_err(|e| Trouble::new(format!("{}：不是代际间隔分布：{e}", file.display()), format!("{}: {e}", file.display())))
}

pub(crate) fn run(c: &Rt, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let series = days::read(&c.file, c.mapping.as_deref())?;
    let w = c.interval.get(series.days())?;
    let cases = incidence(&series)?;
    match c.method {
        Method::Cori => of_windows(c, &series, &cases, &w, to),
        Method::Smooth => {
            let days = smooth(&cases, &w, &Rhythm::NONE, |t| series.counts[t].is_some()).days;
            let rows: Vec<Vec<Cell>> = days
                .iter()
                .enumerate()
                .map(|(t, d)| {
                    let mut row: Vec<Cell> = vec![series.t(t).into(), d.mean.into(), d.lo.into(), d.hi.into()];
                    row.extend(series.date(t).map(Cell::from));
                    row
                })
                .collect();
            let mut columns = vec!["t", "mean", "lo", "hi"];
            columns.extend(series.date.map(|_| "date"));
            output::write(to, c.format, &columns, &rows)
        }
    }
}

fn incidence(series: &Series) -> Result<Incidence, Trouble> {
    let filled = |of: &[Option<f64>]| of.iter().map(|n| n.unwrap_or(0.0)).collect::<Vec<_>>();
    match &series.imported {
        None => Incidence::of_total(filled(&series.counts)),
        Some(imported) => Incidence::new(filled(&series.counts), filled(imported)),
    }
    .map_err(|e| Trouble::new(format!("病例数不对：{e}"), e.to_string()))
}

fn of_windows(c: &Rt, series: &Series, cases: &Incidence, w: &SerialInterval, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let windows = Window::sliding(series.days(), c.window);
    let known = |t: usize| series.counts[t].is_some();
    let estimates = cori::estimate(&cases.bridged(known), w, &windows, PRIOR, &mut cori::quantiles());
    let mut rows = Vec::with_capacity(windows.len());
    for (window, estimate) in windows.iter().zip(estimates) {
        let estimate = estimate.filter(|_| (window.first()..=window.last()).all(known));
        let mut row: Vec<Cell> = vec![series.t(window.first()).into(), series.t(window.last()).into()];
        row.extend([estimate.map(|e| e.mean).into(), estimate.map(|e| e.sd).into()]);
        row.extend((0..7).map(|k| Cell::from(estimate.map(|e| e.quantiles[k]))));
        row.extend([window.first(), window.last()].into_iter().filter_map(|t| series.date(t)).map(Cell::from));
        rows.push(row);
    }
    let mut columns = vec!["t_start", "t_end", "mean", "sd", "q025", "q05", "q25", "q50", "q75", "q95", "q975"];
    columns.extend(series.date.iter().flat_map(|_| ["date_start", "date_end"]));
    output::write(to, c.format, &columns, &rows)
}
