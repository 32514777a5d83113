//! `quell analyse nowcast`

use crate::Setting;
use crate::input::{self, Table};
use crate::output::{self, Cell, Format};
use crate::picture::{self, Picture};
use crate::said::Trouble;
use clap::{Args, ValueEnum};
use quell_epi::nowcast::{self, Triangle, TriangleError, chain_ladder};
use quell_foundation::Day;
use std::collections::BTreeSet;
use std::path::PathBuf;

const TRIANGLE: (&str, &str) = ("analyse-triangle", include_str!("../mappings/triangle.toml"));

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
pub struct NowcastArgs {
    /// One row for each event, with its date and the date of its report; or one for each date and report date (or delay, days) with a count.
    file: PathBuf,
    /// Which columns these are, if they go by other names.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The day on which it is looked at: what was reported later is left out. The last report's if it is not given.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Longest delay, days; what is reported later is left out. The longest there is, but at most 45, if it is not given.
    #[arg(long, value_name = "DAYS")]
    max_delay: Option<usize>,
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

/// A cell: day, delay, count; none if the count is not known.
type Reports = Vec<(i64, i64, Option<f64>)>;

pub(crate) fn run(c: &NowcastArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let table = input::read(&c.file, TRIANGLE, c.mapping.as_deref())?;
    let numbered = demand(&table)?;
    let (mut reports, left) = read(&table, numbered)?;
    left.say(to)?;
    let until = match c.as_of.as_deref() {
        Some(text) => moment(text, numbered)?,
        None => latest(&reports, numbered, to)?,
    };
    reports.retain(|r| r.0 + r.1 <= until);
    let Some(first) = reports.iter().map(|r| r.0).min() else {
        return Err(Trouble::new(
            format!("{}：截止日之前没有可用的行", c.file.display()),
            format!("{}: there is no row that can be used", c.file.display()),
        ));
    };
    let triangle = triangle(c, &reports, first, until).map_err(|e| refused(&c.file, e))?;
    if triangle.later() > 0.0 {
        let (n, longest) = (triangle.later(), triangle.longest());
        output::say(
            to,
            &Trouble::new(
                format!("{n} 例的报告延迟超过 {longest} 天，未计入"),
                format!("{n} events were reported after more than {longest} days and are left out"),
            ),
        )?;
    }
    let days = match c.method {
        Method::Ladder => chain_ladder(&triangle),
        Method::Model => {
            let now = nowcast::nowcast(&triangle, c.seed).map_err(|e| refused(&c.file, e))?;
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

/// Whether days are numbers.
fn demand(table: &Table) -> Result<bool, Trouble> {
    let numbered = table.has("t") && !table.has("event");
    if !table.has("t") && !table.has("event") {
        return Err(Trouble::new(
            format!("{}：没有事件日期一列；请用 event、onset 或 发病日期 作列名，或用 --mapping 指明", table.path.display()),
            format!(
                "{}: no column has the events' dates; call it event or onset, or name it in a mapping (--mapping)",
                table.path.display()
            ),
        ));
    }
    if !table.has("delay") && (numbered || !table.has("report")) {
        return Err(Trouble::new(
            format!("{}：没有报告日期或延迟天数一列；请用 report、报告日期 或 delay 作列名，或用 --mapping 指明", table.path.display()),
            format!(
                "{}: no column has report dates or delays; call it report or delay, or name it in a mapping (--mapping)",
                table.path.display()
            ),
        ));
    }
    Ok(numbered)
}

fn moment(text: &str, numbered: bool) -> Result<i64, Trouble> {
    let day = if numbered { text.parse().ok() } else { text.parse::<Day>().ok().map(|d| i64::from(d.0)) };
    day.ok_or_else(|| {
        Trouble::new(format!("--as-of {text}：不是日期；请写成 2022-11-26"), format!("--as-of {text}: no date; write 2022-11-26"))
    })
}

/// The last day with a report. If it is far from the one before, it may be a slip, and all would seem to be reported: that is said.
fn latest(reports: &Reports, numbered: bool, to: &mut Setting<'_>) -> Result<i64, Trouble> {
    let days: BTreeSet<i64> = reports.iter().map(|r| r.0 + r.1).collect();
    let mut last = days.iter().rev().copied();
    let (Some(day), before) = (last.next(), last.next()) else { return Ok(0) };
    if let Some(gap) = before.map(|b| day - b).filter(|gap| *gap > GAP) {
        let day = cell(day, numbered).csv();
        output::say(
            to,
            &Trouble::new(
                format!("最后一次报告（{day}）与前一次相隔 {gap} 天；若日期有误，请更正或用 --as-of 指明截止日"),
                format!("the last report ({day}) comes {gap} days after the one before; if it is a slip, correct it or give --as-of"),
            ),
        )?;
    }
    Ok(day)
}

/// A day as its table has it.
fn cell(day: i64, numbered: bool) -> Cell {
    if numbered { Cell::Whole(day) } else { Cell::Day(Day(i32::try_from(day).unwrap_or_default())) }
}

/// Days without a report after which the next one is doubted.
const GAP: i64 = 14;

/// Rows that were left out.
#[derive(Default)]
struct Left {
    unknown: usize,
    negative: Vec<u64>,
}

/// Lines that are named.
const NAMED: usize = 10;
/// A century; more is a slip in a date.
const MOST_DAYS: i64 = 36_525;

fn read(table: &Table, numbered: bool) -> Result<(Reports, Left), Trouble> {
    let (mut reports, mut left) = (Vec::new(), Left::default());
    for row in &table.rows {
        let day = |field: &str| row.date(field).map(|d| i64::from(d.0));
        let event = if numbered { row.integer("t") } else { day("event") };
        let Some((event, delay)) = event.and_then(|e| Some((e, row.integer("delay").or_else(|| Some(day("report")? - e))?))) else {
            left.unknown += 1;
            continue;
        };
        if delay < 0 {
            left.negative.push(row.line);
            continue;
        }
        if delay > MOST_DAYS {
            return Err(Trouble::row(
                &table.path,
                row.line,
                "报告延迟超过一百年；请检查日期",
                "the report is a century after the event; check the dates",
            ));
        }
        let count = if table.has("count") { row.integer("count").map(|n| n as f64) } else { Some(1.0) };
        reports.push((event, delay, count));
    }
    Ok((reports, left))
}

impl Left {
    fn say(&self, to: &mut Setting<'_>) -> Result<(), Trouble> {
        if self.unknown > 0 {
            output::say(
                to,
                &Trouble::new(format!("{} 行缺少日期，未用", self.unknown), format!("{} rows lack a date and are left out", self.unknown)),
            )?;
        }
        if !self.negative.is_empty() {
            let lines = self.negative.iter().take(NAMED).map(u64::to_string).collect::<Vec<_>>().join(", ");
            let n = self.negative.len();
            output::say(
                to,
                &Trouble::new(
                    format!("{n} 行的报告早于事件，未用（行 {lines}）；请核对"),
                    format!("in {n} rows the report is before the event, they are left out (lines {lines}); check them"),
                ),
            )?;
        }
        Ok(())
    }
}

fn triangle(c: &NowcastArgs, reports: &Reports, first: i64, until: i64) -> Result<Triangle, TriangleError> {
    let days = usize::try_from(until - first + 1).unwrap_or(0);
    let seen = reports.iter().filter(|r| r.2.is_none_or(|n| n > 0.0)).map(|r| r.1).max().unwrap_or(0);
    let seen = usize::try_from(seen).unwrap_or(0).min(Triangle::LONGEST).min(days.saturating_sub(1));
    let cells = reports.iter().filter_map(|r| Some((usize::try_from(r.0 - first).ok()?, usize::try_from(r.1).ok()?, r.2)));
    Triangle::new(days, c.max_delay.unwrap_or(seen), usize::try_from(first.rem_euclid(7)).unwrap_or(0), cells)
}

fn refused(file: &std::path::Path, e: TriangleError) -> Trouble {
    let zh = match e {
        TriangleError::Days(n) => format!("共 {n} 天；至少需要 3 天，至多一百年，请检查日期"),
        TriangleError::Young(n) => format!("没有一天已满最长延迟 {n} 天，无法知道更晚的报告有多少；请用 --max-delay 给出更短的最长延迟"),
        TriangleError::Empty => "没有任何报告".to_owned(),
        TriangleError::Count { .. } | TriangleError::Future { .. } => e.to_string(),
    };
    Trouble::new(format!("{}：{zh}", file.display()), format!("{}: {e}", file.display()))
}
