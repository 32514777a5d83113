//! `quell analyse rt`

mod delays;
mod empty;
mod interval;
mod weeks;
mod windows;
mod zeros;

pub(crate) use interval::Interval;

use crate::Setting;
use crate::days::{self, CountBy, Series};
use crate::input::{self, Named};
use crate::output::{self, Cell, Format};
use crate::picture::{self, Picture};
use crate::said::Trouble;
use clap::{Args, ValueEnum};
pub(crate) use delays::Delays;
use interval::Doubt;
use quell_epi::cori::{self, Window};
use quell_epi::delayed;
use quell_epi::gamma::Gamma;
use quell_epi::interval::SerialInterval;
use quell_epi::rhythm::Rhythm;
use quell_epi::series::Incidence;
use quell_epi::smooth::{smooth, smooth_periods};
use quell_epi::{teunis, uncertain};
use std::path::PathBuf;
pub(crate) use weeks::Period;
use weeks::WEEK;

/// How R is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Cori et al. 2013: the same R all through a window, as EpiEstim has it.
    Cori,
    /// R of each day, keeping still for weeks or walking from day to day, and leaping now and then; learns how much counts scatter, and the week's rhythm.
    Smooth,
    /// R of those infected on a day, from cases that are counted later: delays, counts that are not complete yet, and the week's rhythm in one model.
    Delayed,
    /// Wallinga & Teunis 2004: how many those who fell ill in a window went on to infect.
    WallingaTeunis,
}

/// The week's rhythm of counts (smooth, delayed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DayOfWeek {
    /// Learnt from the series; left out where chance explains it.
    Learn,
    /// Left out.
    None,
}

/// Options of `rt`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Counts (--mapping)", days::SERIES.1), ("Windows (--windows)", windows::WINDOWS.1), ("Serial interval and delays (--si, --delay, --reporting)", interval::INTERVAL.1)]))]
pub struct Rt {
    /// Counts by day: a column of days (date or t) and one of counts (I or incidence), perhaps one of imported cases.
    file: PathBuf,
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    count: CountBy,
    /// The estimator.
    #[arg(long, value_enum, default_value_t = Method::Smooth)]
    method: Method,
    #[command(flatten)]
    interval: Interval,
    #[command(flatten)]
    doubt: Doubt,
    #[command(flatten, next_help_heading = "Delays (--method delayed)")]
    delays: Delays,
    /// Days of a window (cori, wallinga-teunis); 1 for each day by itself.
    #[arg(long, default_value_t = 7)]
    window: usize,
    /// A table of windows instead: t_start and t_end, or date_start and date_end.
    #[arg(long, conflicts_with = "window")]
    windows: Option<PathBuf>,
    /// Mean of R before anything is seen (cori).
    #[arg(long, default_value_t = 5.0)]
    prior_mean: f64,
    /// Standard deviation of R before anything is seen (cori).
    #[arg(long, default_value_t = 5.0)]
    prior_sd: f64,
    /// The week's rhythm of counts (smooth, delayed).
    #[arg(long, value_enum, default_value_t = DayOfWeek::Learn)]
    day_of_week: DayOfWeek,
    /// What a row stands for.
    #[arg(long, value_enum, default_value_t)]
    period: Period,
    /// The day of a row is the last of its week, not the first.
    #[arg(long)]
    week_ends: bool,
    /// A column whose values are series of their own (places, age groups); the result has it first.
    #[arg(long)]
    by: Option<String>,
    /// Simulated trees for the intervals (wallinga-teunis).
    #[arg(long, default_value_t = 1_000)]
    trees: usize,
    /// Whatever is drawn follows it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    picture: Picture,
}

/// Columns of the result: by method, and those with dates.
fn columns(method: Method) -> (&'static [&'static str], &'static [&'static str]) {
    match method {
        Method::Cori => {
            (&["t_start", "t_end", "mean", "sd", "q025", "q05", "q25", "q50", "q75", "q95", "q975"], &["date_start", "date_end"])
        }
        Method::WallingaTeunis => (&["t_start", "t_end", "mean", "sd", "q025", "q975", "seen"], &["date_start", "date_end"]),
        Method::Smooth => (&["t", "mean", "lo", "hi"], &["date"]),
        Method::Delayed => (&["t", "mean", "lo", "hi", "infections"], &["date"]),
    }
}

pub(crate) fn run(c: &Rt, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let prior = Gamma::of_mean_sd(c.prior_mean, c.prior_sd);
    let prior = prior.ok_or_else(|| Trouble::new("R 的先验均值与标准差须大于 0", "the prior mean and sd of R must be above 0"))?;
    let all = match &c.by {
        None => vec![(String::new(), days::read(&c.file, &c.named.own()?, &c.count, to)?)],
        Some(column) => days::read_by(&c.file, &c.named.own()?, &c.count, column, to)?,
    };
    c.interval.tell(to)?;
    c.delays.tell(to)?;
    c.windows.iter().try_for_each(|file| input::tell(file, windows::WINDOWS, to))?;
    for (_, series) in &all {
        zeros::doubt(series, to);
    }
    let weeks: Vec<bool> = all.iter().map(|(_, s)| weeks::are_weeks(s, c.period, to)).collect();
    let (mut rows, mut dated) = (Vec::new(), false);
    for ((name, series), weekly) in all.iter().zip(weeks) {
        let (found, has_dates) = one(c, prior, (name, series), weekly, to)?;
        empty::say(c, (name, series), &found, to)?;
        dated |= has_dates;
        rows.extend(found.into_iter().map(|mut row| {
            if c.by.is_some() {
                row.insert(0, Cell::from(name.as_str()));
            }
            row
        }));
    }
    let mut all_columns: Vec<&str> = c.by.iter().map(String::as_str).collect();
    let (own, dates) = columns(c.method);
    all_columns.extend(own);
    all_columns.extend(dates.iter().filter(|_| dated));
    output::write(to, c.format, &all_columns, &rows)
}

/// The rows of a series, and whether they end with dates. Its picture is drawn, if one was asked for.
fn one(
    c: &Rt,
    prior: Gamma,
    (name, series): (&str, &Series),
    weekly: bool,
    to: &mut Setting<'_>,
) -> Result<(Vec<Vec<Cell>>, bool), Trouble> {
    let days = if weekly { series.days().max(series.rows.len() * WEEK) } else { series.days() };
    let intervals = match c.method {
        Method::Cori => c.interval.all(Some(&c.doubt), days, c.seed)?,
        Method::Smooth | Method::Delayed | Method::WallingaTeunis => vec![c.interval.get(days)?],
    };
    let Some(w) = intervals.first() else { return Ok((Vec::new(), series.date.is_some())) };
    let daily = if weekly { Some(weeks::by_day(series, c.week_ends, w)?) } else { None };
    let (series, cases) = match &daily {
        Some((s, cases)) => (s, cases.clone()),
        None => (series, incidence(series)?),
    };
    empty::say_prior(c, (name, &cases), w, to)?;
    let rhythm = if weekly || c.day_of_week == DayOfWeek::None { Rhythm::NONE } else { Rhythm::learnt(&series.counts) };
    let (rows, halves) = match c.method {
        Method::Smooth => {
            short_enough(series, MOST_SMOOTHED)?;
            by_day(series, &cases, w, &rhythm, weekly)
        }
        Method::Delayed => by_infection(&c.delays, series, w, &rhythm)?,
        Method::Cori | Method::WallingaTeunis => (of_windows(c, prior, series, &cases, &intervals, weekly)?, Vec::new()),
    };
    let bar = if weekly { WEEK } else { 1 };
    c.picture.save(name, to, |head, language| picture::curve(head, language, (series, bar), (columns(c.method).0, &rows), &halves))?;
    Ok((rows, series.date.is_some()))
}

/// The rows of a table, and of each its interval of 50 %, which the table does not have and the picture has.
type WithHalves = (Vec<Vec<Cell>>, Vec<(f64, f64)>);

fn halves(days: &[quell_epi::smooth::Day]) -> Vec<(f64, f64)> {
    days.iter().map(|d| (d.q25, d.q75)).collect()
}

fn by_day(series: &Series, cases: &Incidence, w: &SerialInterval, rhythm: &Rhythm, weekly: bool) -> WithHalves {
    let known = |t: usize| series.counts[t].is_some();
    let days = if weekly { smooth_periods(cases, w, WEEK, known) } else { smooth(cases, w, rhythm, known) }.days;
    let row = |(t, d): (usize, &quell_epi::smooth::Day)| {
        let mut row: Vec<Cell> = vec![series.t(t).into(), d.mean.into(), d.lo.into(), d.hi.into()];
        row.extend(series.date(t).map(Cell::from));
        row
    };
    (days.iter().enumerate().map(row).collect(), halves(&days))
}

/// Days that the model with delays can have: its work grows with their third power.
const MOST_DELAYED: usize = 400;
/// Days that the smoother can have: it keeps some 20 kB for each.
const MOST_SMOOTHED: usize = 10_000;

fn short_enough(series: &Series, most: usize) -> Result<(), Trouble> {
    let days = series.days();
    if days <= most {
        return Ok(());
    }
    Err(Trouble::new(
        format!("{days} 天过长：此方法最多 {most} 天，请截取近期数据"),
        format!("{days} days are too many: this method takes at most {most}; give it the latest ones"),
    ))
}

fn by_infection(delays: &Delays, series: &Series, w: &SerialInterval, rhythm: &Rhythm) -> Result<WithHalves, Trouble> {
    short_enough(series, MOST_DELAYED)?;
    if series.imported.iter().flatten().flatten().any(|n| *n > 0.0) {
        return Err(Trouble::new(
            "此方法不区分输入病例；请合并计数，或用 cori、smooth",
            "this method knows no imported cases; give all as one count, or use cori or smooth",
        ));
    }
    let (delay, reported) = (delays.to_count()?, delays.to_report()?);
    let input = delayed::Input { counts: &series.counts, interval: w, delay: &delay, reported: &reported, rhythm };
    let found = delayed::estimate(&input).ok_or_else(|| {
        Trouble::new(
            "没有一组参数能解释这些病例数；请检查病例数与时滞",
            "no parameters explain these counts at all; check the counts and the delays",
        )
    })?;
    let row = |(t, (d, n)): (usize, (&quell_epi::smooth::Day, &f64))| {
        let mut row: Vec<Cell> = vec![series.t(t).into(), d.mean.into(), d.lo.into(), d.hi.into(), (*n).into()];
        row.extend(series.date(t).map(Cell::from));
        row
    };
    Ok((found.days.iter().zip(&found.infections).enumerate().map(row).collect(), halves(&found.days)))
}

fn incidence(series: &Series) -> Result<Incidence, Trouble> {
    let filled = |of: &[Option<f64>]| of.iter().map(|n| n.unwrap_or(0.0)).collect::<Vec<_>>();
    match &series.imported {
        None => Incidence::of_total(filled(&series.counts)),
        Some(imported) => Incidence::new(filled(&series.counts), filled(imported)),
    }
    .map_err(|e| Trouble::new(format!("病例数不对：{e}"), e.to_string()))
}

fn of_windows(
    c: &Rt,
    prior: Gamma,
    series: &Series,
    cases: &Incidence,
    intervals: &[SerialInterval],
    weekly: bool,
) -> Result<Vec<Vec<Cell>>, Trouble> {
    // How the first week's cases are spread over its days is not known.
    let begin = if weekly { WEEK } else { 1 };
    let windows = match &c.windows {
        Some(file) => windows::read(file, series, series.days())?,
        None => Window::sliding(series.days(), c.window).into_iter().filter(|w| w.first() >= begin).collect(),
    };
    let known = |t: usize| series.counts[t].is_some();
    let bridged = cases.bridged(known);
    let figures: Vec<Option<Vec<f64>>> = match (c.method, intervals) {
        (Method::WallingaTeunis, [w, ..]) => {
            let found = teunis::estimate(&bridged, w, &windows, c.trees, c.seed).into_iter().zip(teunis::seen(&bridged, w, &windows));
            found.map(|(r, seen)| r.map(|r| vec![r.mean, r.sd, r.q025, r.q975, seen.unwrap_or(f64::NAN)])).collect()
        }
        (_, [w]) => cori::estimate(&bridged, w, &windows, prior, &mut cori::quantiles()).into_iter().map(|e| e.map(flat)).collect(),
        (_, several) => uncertain::estimate(&bridged, several, &windows, prior).into_iter().map(|e| e.map(flat)).collect(),
    };
    let width = if c.method == Method::WallingaTeunis { 5 } else { 9 };
    let row = |(window, figures): (&Window, Option<Vec<f64>>)| {
        let figures = figures.filter(|_| (window.first()..=window.last()).all(known));
        let mut row: Vec<Cell> = vec![series.t(window.first()).into(), series.t(window.last()).into()];
        row.extend((0..width).map(|k| Cell::from(figures.as_ref().map(|f| f[k]))));
        row.extend([window.first(), window.last()].into_iter().filter_map(|t| series.date(t)).map(Cell::from));
        row
    };
    Ok(windows.iter().zip(figures).map(row).collect())
}

fn flat(e: cori::Estimate) -> Vec<f64> {
    [&[e.mean, e.sd], &e.quantiles[..]].concat()
}
