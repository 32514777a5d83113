//! Reports: of each event its day and the day on which it was reported.

use crate::Setting;
use crate::days::weeks_apart;
use crate::doubt;
use crate::input::{self, Own, Table};
use crate::output::{self, Cell};
use crate::rt::Period;
use crate::said::Trouble;
use quell_epi::nowcast::{Triangle, TriangleError};
use quell_foundation::Day;
use quell_tabular::parse_day;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(super) const TRIANGLE: (&str, &str) = ("analyse-triangle", include_str!("../../mappings/triangle.toml"));

/// Reports as a table has them.
pub(crate) struct Reports {
    path: PathBuf,
    /// Whether days are numbers, not dates.
    pub numbered: bool,
    /// Day, delay, count; none if the count is not known.
    rows: Rows,
}

impl Reports {
    /// Reads them, and says which rows are left out.
    pub fn read(path: &Path, own: &Own, period: Period, to: &mut Setting<'_>) -> Result<Self, Trouble> {
        let table = input::read(path, TRIANGLE, own)?;
        table.tell(to)?;
        if let Some(said) = table.not_cases() {
            output::say(to, &said)?;
        }
        let numbered = demand(&table)?;
        let rows = rows(&table, numbered, to)?;
        by_day(path, &rows, period)?;
        let days: BTreeSet<i64> = rows.iter().map(|r| r.0).collect();
        doubt::far_days(path, &days.into_iter().collect::<Vec<_>>(), |d| cell(d, numbered).csv(), to)?;
        Ok(Self { path: path.to_owned(), numbered, rows })
    }
    /// The last day on which is looked at them: as the user gives it (`--as-of`), or that of the last report. If that is far from the one before, it may
    /// be a slip, and all would seem to be reported: that is said.
    pub fn until(&self, given: Option<&str>, to: &mut Setting<'_>) -> Result<i64, Trouble> {
        if let Some(text) = given {
            return moment(text, self.numbered);
        }
        let days: BTreeSet<i64> = self.rows.iter().map(|r| r.0 + r.1).collect();
        let mut last = days.iter().rev().copied();
        let (Some(day), before) = (last.next(), last.next()) else { return Ok(0) };
        if let Some(gap) = before.map(|b| day - b).filter(|gap| *gap > GAP) {
            let day = cell(day, self.numbered).csv();
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
    /// The first day of those reported by a day.
    pub fn first(&self, until: i64) -> Result<i64, Trouble> {
        self.rows.iter().filter(|r| r.0 + r.1 <= until).map(|r| r.0).min().ok_or_else(|| {
            let path = self.path.display();
            match self.rows.iter().map(|r| r.0 + r.1).min().map(|d| cell(d, self.numbered).csv()) {
                Some(day) => {
                    let until = cell(until, self.numbered).csv();
                    Trouble::new(
                        format!("{path}：截至 {until} 还没有任何报告，最早的报告在 {day}；请给出更晚的 --as-of"),
                        format!("{path}: by {until} nothing was reported, the first report is of {day}; give a later --as-of"),
                    )
                }
                None => Trouble::new(format!("{path}：没有可用的行"), format!("{path}: there is no row that can be used")),
            }
        })
    }
    /// The triangle of the days from the first to the one at whose end it is looked at. `max_delay`: the longest delay, days; the longest there is, but
    /// at most [`Triangle::LONGEST`], if none is given.
    pub fn triangle(&self, first: i64, until: i64, max_delay: Option<usize>) -> Result<Triangle, Trouble> {
        let reported = || self.rows.iter().filter(|r| r.0 + r.1 <= until);
        let days = usize::try_from(until - first + 1).unwrap_or(0);
        let seen = reported().filter(|r| r.2.is_none_or(|n| n > 0.0)).map(|r| r.1).max().unwrap_or(0);
        let seen = usize::try_from(seen).unwrap_or(0).min(Triangle::LONGEST).min(days.saturating_sub(1));
        let cells = reported().filter_map(|r| Some((usize::try_from(r.0 - first).ok()?, usize::try_from(r.1).ok()?, r.2)));
        let weekday = usize::try_from(first.rem_euclid(7)).unwrap_or(0);
        Triangle::new(days, max_delay.unwrap_or(seen), weekday, cells).map_err(|e| self.refused(e))
    }
    /// Why there is no triangle, or no nowcast.
    pub fn refused(&self, e: TriangleError) -> Trouble {
        let zh = match e {
            TriangleError::Days(n) => format!("共 {n} 天；至少需要 3 天，至多一百年，请检查日期"),
            TriangleError::Young(n) => {
                format!("没有一天已满最长延迟 {n} 天，无法知道更晚的报告有多少；请用 --max-delay 给出更短的最长延迟")
            }
            TriangleError::Empty => "没有任何报告".to_owned(),
            TriangleError::Count { .. } | TriangleError::Future { .. } => e.to_string(),
        };
        Trouble::new(format!("{}：{zh}", self.path.display()), format!("{}: {e}", self.path.display()))
    }
}

/// Refuses reports of weeks: the days between them would be days without events.
fn by_day(path: &Path, rows: &Rows, period: Period) -> Result<(), Trouble> {
    let days: BTreeSet<i64> = rows.iter().map(|r| r.0).collect();
    let weekly = period == Period::Week || (period == Period::Auto && days.len() > FEW && weeks_apart(days.iter().copied()));
    if !weekly {
        return Ok(());
    }
    let (zh, en) = (
        "各事件日相隔整周，像是每周合计，而这里按天推算：请给出每天的事件；或把周编号（t = 1、2、3 …，延迟按周计），结果即按周；若确为单日，请加 --period day",
        "events are whole weeks apart: they are weeks', and days are reckoned with here. Give the events by day; or number the weeks (t = 1, 2, 3 …, delays in weeks), and the result is by week; if they are single days, say --period day",
    );
    Err(Trouble::new(format!("{}：{zh}", path.display()), format!("{}: {en}", path.display())))
}

/// Days of a line list that are weeks apart by chance are not so many.
const FEW: usize = 3;

/// Says what came after the longest delay.
pub(crate) fn say_later(triangle: &Triangle, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let (n, longest) = (triangle.later(), triangle.longest());
    if n == 0.0 {
        return Ok(());
    }
    output::say(
        to,
        &Trouble::new(
            format!("{n} 例的报告延迟超过 {longest} 天，未计入"),
            format!("{n} events were reported after more than {longest} days and are left out"),
        ),
    )
}

/// Whether days are numbers.
fn demand(table: &Table) -> Result<bool, Trouble> {
    let numbered = table.has("t") && !table.has("event");
    if !table.has("t") && !table.has("event") {
        return Err(table.lacks(("事件日期", "the events' dates"), &["event", "t"]));
    }
    if !table.has("delay") && (numbered || !table.has("report")) {
        return Err(table.lacks(("报告日期或延迟天数", "report dates or delays"), if numbered { &["delay"] } else { &["report", "delay"] }));
    }
    Ok(numbered)
}

fn moment(text: &str, numbered: bool) -> Result<i64, Trouble> {
    let day = if numbered { text.parse().ok() } else { parse_day(text).map(|d| i64::from(d.0)) };
    day.ok_or_else(|| {
        Trouble::new(format!("--as-of {text}：不是日期；请写成 2022-11-26"), format!("--as-of {text}: no date; write 2022-11-26"))
    })
}

/// A day as its table has it.
pub(crate) fn cell(day: i64, numbered: bool) -> Cell {
    if numbered { Cell::Whole(day) } else { Cell::Day(Day(i32::try_from(day).unwrap_or_default())) }
}

/// Days without a report after which the next one is doubted.
const GAP: i64 = 14;

/// A century; more is a slip in a date.
const MOST_DAYS: i64 = 36_525;

/// Day, delay, count.
type Rows = Vec<(i64, i64, Option<f64>)>;

fn rows(table: &Table, numbered: bool, to: &mut Setting<'_>) -> Result<Rows, Trouble> {
    let (mut reports, mut unknown, mut negative) = (Vec::new(), Vec::new(), Vec::new());
    for row in &table.rows {
        let day = |field: &str| row.date(field).map(|d| i64::from(d.0));
        let event = if numbered { row.integer("t") } else { day("event") };
        let Some((event, delay)) = event.and_then(|e| Some((e, row.integer("delay").or_else(|| Some(day("report")? - e))?))) else {
            unknown.push(row.line);
            continue;
        };
        if delay < 0 {
            negative.push(row.line);
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
    output::left_out(to, "", ("缺少日期", "a date is not known"), &unknown)?;
    output::left_out(to, "", ("报告早于事件，请核对", "the report is before the event; check them"), &negative)?;
    Ok(reports)
}
