//! `quell analyse growth`

use crate::Setting;
use crate::days::{self, CountBy, Series};
use crate::input::Named;
use crate::output::{self, Cell, Format};
use crate::rt::Interval;
use crate::said::Trouble;
use clap::Args;
use quell_epi::growth::{Growth, GrowthError, doubling, growth, reproduction};
use quell_epi::interval::SerialInterval;
use quell_tabular::parse_day;
use std::path::{Path, PathBuf};

/// Options of `growth`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Counts (--mapping)", days::SERIES.1)]))]
pub struct GrowthArgs {
    /// Counts by day: a column of days (date or t) and one of counts (I or incidence).
    file: PathBuf,
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    count: CountBy,
    /// Days of a window. Each day (of weeks' counts: each row) has one that ends with it. [default: 14, or 42 if all rows are whole weeks apart]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    window: Option<u16>,
    /// First day of the only window, as in the table (a date or t), instead of a window for each day.
    #[arg(long, value_name = "DAY", conflicts_with = "window")]
    from: Option<String>,
    /// Last day of the only window.
    #[arg(long, value_name = "DAY", conflicts_with = "window")]
    to: Option<String>,
    /// Days of the week have effects of their own; the window then needs 15 days.
    #[arg(long)]
    weekday: bool,
    // With it, the reproduction number is told as well.
    #[command(flatten)]
    interval: Interval,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Days for which a serial interval is given: longer than any.
const INTERVAL_DAYS: usize = 200;

/// Days of a window, of counts by day and of counts by week.
const DAYS: usize = 14;
const WEEKS: usize = 42;

/// Weeks' counts grow as days' counts do; but the week has no days then.
fn say_weekly(c: &GrowthArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    if c.weekday {
        return Err(Trouble::new(
            "各行相隔整周：每周合计没有星期效应，请去掉 --weekday",
            "rows are whole weeks apart: weeks' counts have no days of the week, leave out --weekday",
        ));
    }
    let (zh, en) = (
        "各行相隔整周：病例数按每周合计处理，增长率仍按天计",
        "rows are whole weeks apart: counts are taken to be whole weeks'; rates are per day all the same",
    );
    output::say(to, &Trouble::new(zh, en))
}

pub(crate) fn run(c: &GrowthArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let series = days::read(&c.file, &c.named.own()?, &c.count, to)?;
    c.interval.tell(to)?;
    let interval = c.interval.is_given().then(|| c.interval.get(INTERVAL_DAYS)).transpose()?;
    let counts = total(&series);
    let weekly = series.is_weekly();
    let length = c.window.map_or(if weekly { WEEKS } else { DAYS }, usize::from);
    if weekly {
        say_weekly(c, to)?;
    }
    let ends = |t: usize| !weekly || series.counts[t].is_some();
    let windows: Vec<(usize, usize)> = match (&c.from, &c.to) {
        (None, None) => (length..=series.days()).filter(|end| ends(end - 1)).map(|end| (end - length, end - 1)).collect(),
        (from, until) => vec![only(&series, from.as_deref(), until.as_deref(), &c.file)?],
    };
    if windows.is_empty() {
        let (days, window) = (series.days(), length);
        return Err(Trouble::new(
            format!("{}：只有 {days} 天，不足一个 {window} 天的窗口；请用较小的 --window", c.file.display()),
            format!("{}: {days} days are less than a window of {window}; give a smaller --window", c.file.display()),
        ));
    }
    let weekday = |first: usize| c.weekday.then(|| usize::try_from((series.t(first)).rem_euclid(7)).unwrap_or(0));
    let rates: Vec<Result<Growth, GrowthError>> = windows.iter().map(|(a, b)| growth(&counts[*a..=*b], weekday(*a))).collect();
    say_none(&rates, to)?;
    let rows: Vec<Vec<Cell>> = windows.iter().zip(&rates).map(|(w, g)| row(&series, *w, g.as_ref().ok(), interval.as_ref())).collect();
    let mut columns = vec!["t_start", "t_end", "r", "r_lo", "r_hi", "doubling", "doubling_lo", "doubling_hi", "scatter", "cases"];
    columns.extend(interval.iter().flat_map(|_| ["R", "R_lo", "R_hi"]));
    columns.extend(series.date.iter().flat_map(|_| ["date_start", "date_end"]));
    output::write(to, c.format, &columns, &rows)
}

/// All cases: those infected elsewhere, too.
fn total(series: &Series) -> Vec<Option<f64>> {
    match &series.imported {
        None => series.counts.clone(),
        Some(imported) => series.counts.iter().zip(imported).map(|(a, b)| Some((*a)? + (*b)?)).collect(),
    }
}

fn only(series: &Series, from: Option<&str>, until: Option<&str>, file: &Path) -> Result<(usize, usize), Trouble> {
    let index = |text: Option<&str>, default: usize| {
        let Some(text) = text else { return Some(default) };
        let day = match series.date {
            Some(first) => i64::from(parse_day(text)?.0) - i64::from(first.0),
            None => text.parse::<i64>().ok()? - series.first,
        };
        usize::try_from(day).ok().filter(|d| *d < series.days())
    };
    let window = index(from, 0).zip(index(until, series.days() - 1)).filter(|(a, b)| a <= b);
    window.ok_or_else(|| {
        Trouble::new(
            format!("{}：--from 与 --to 须是表中的日子，且先后不颠倒", file.display()),
            format!("{}: --from and --to must be days of the table, in this order", file.display()),
        )
    })
}

/// Says of how many windows there is no rate, and why the first of them has none.
fn say_none(rates: &[Result<Growth, GrowthError>], to: &mut Setting<'_>) -> Result<(), Trouble> {
    let none: Vec<&GrowthError> = rates.iter().filter_map(|g| g.as_ref().err()).collect();
    let Some(first) = none.first() else { return Ok(()) };
    let zh = match first {
        GrowthError::Days(n) => format!("有病例数的只有 {n} 天（至少 4 天；考虑星期时 15 天）"),
        GrowthError::Events(n) => format!("只有 {n} 例，或都在窗口的一端"),
        GrowthError::Count(n) => format!("病例数 {n} 不对"),
    };
    let n = none.len();
    output::say(
        to,
        &Trouble::new(format!("{n} 个窗口没有增长率，第一个的原因：{zh}"), format!("{n} windows have no rate; of the first: {first}")),
    )
}

fn row(series: &Series, (a, b): (usize, usize), g: Option<&Growth>, interval: Option<&SerialInterval>) -> Vec<Cell> {
    let mut row: Vec<Cell> = vec![series.t(a).into(), series.t(b).into()];
    let rates = [g.map(|g| g.rate), g.map(|g| g.lo), g.map(|g| g.hi)];
    row.extend(rates.map(Cell::from));
    // An end of the interval with the other sign is no doubling time: numbers may not change at all.
    let time = |r: Option<f64>| doubling(r?).filter(|_| rates[0].zip(r).is_some_and(|(x, y)| x.signum() == y.signum()));
    row.extend([rates[0], rates[2], rates[1]].map(|r| Cell::from(time(r))));
    row.extend([Cell::from(g.map(|g| g.scatter)), Cell::from(g.map(|g| g.events))]);
    if let Some(w) = interval {
        row.extend(rates.map(|r| Cell::from(r.map(|r| reproduction(r, w)))));
    }
    row.extend([a, b].into_iter().filter_map(|t| series.date(t)).map(Cell::from));
    row
}
