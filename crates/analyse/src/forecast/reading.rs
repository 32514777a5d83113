//! Cases by day and channel, from a table.

use crate::Setting;
use crate::days::{linelist, weeks_apart};
use crate::doubt;
use crate::input::{self, Own, Table};
use crate::rt::Period;
use crate::said::Trouble;
use quell_epi::forecast::{Outbreak, Past};
use quell_foundation::Day;
use quell_tabular::{Row, parse_day};
use std::collections::BTreeMap;
use std::path::Path;

pub(super) const FORECAST: &str = include_str!("../../mappings/forecast.toml");
/// What the two channels are called if nobody says.
const CHANNELS: [(&str, &str); 2] = [
    ("community", r#"["community", "社会面", "社会面发现", "社会面筛查"]"#),
    ("controlled", r#"["controlled", "管控", "管控中", "管控发现", "隔离管控"]"#),
];
/// A century; more is a slip in a date.
const MOST_DAYS: u64 = 36_525;

/// How the days of a table are called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    /// Whether they are numbers, not dates.
    pub numbered: bool,
    /// The first one, as a number or as days since 1970.
    pub first: i64,
}

impl Calendar {
    /// The number of a day, from its index: as in the table, or from 1 on.
    pub fn t(self, index: usize) -> i64 {
        index as i64 + if self.numbered { self.first } else { 1 }
    }
    /// The date of a day, from its index, where the table has dates.
    pub fn date(self, index: usize) -> Option<Day> {
        let first = i32::try_from(self.first).ok().filter(|_| !self.numbered)?;
        Some(Day(first).plus(i32::try_from(index).ok()?))
    }
    /// How a day is told to the user.
    pub fn name(self, index: usize) -> String {
        self.date(index).map_or_else(|| self.t(index).to_string(), |d| d.to_string())
    }
    /// The index of a day as the user gives it, a date or a number; none if it is neither, or before the first day.
    pub fn index(self, given: &str) -> Option<usize> {
        let day = if self.numbered { given.parse().ok()? } else { i64::from(parse_day(given)?.0) };
        usize::try_from(day.checked_sub(self.first)?).ok()
    }
    /// The index of the day of a row, which may lie before the first day.
    pub fn of_row(self, row: &Row) -> Option<i64> {
        Some(day_of(row, self.numbered)? - self.first)
    }
}

fn day_of(row: &Row, numbered: bool) -> Option<i64> {
    if numbered { row.integer("t") } else { row.date("date").map(|d| i64::from(d.0)) }
}

/// A series with its channels, and how its days are called.
pub(super) struct Read {
    pub outbreak: Outbreak,
    pub calendar: Calendar,
    /// The channels' names.
    pub channels: Vec<String>,
}

impl Read {
    /// Refuses counts of weeks: spread over days they would scatter too little, and the forecast's intervals would be too narrow.
    pub fn by_day(&self, path: &Path, period: Period) -> Result<(), Trouble> {
        let known = self.outbreak.past.counts().iter().enumerate().filter(|(_, n)| n.is_some()).map(|(t, _)| t as i64);
        let weekly = period == Period::Week || (period == Period::Auto && weeks_apart(known));
        if !weekly {
            return Ok(());
        }
        let (zh, en) = (
            "病例数像是每周合计（各行相隔整周），而预测需要逐日病例数：请给出逐日的表；R 可由每周合计估计（quell analyse rt）；若每行确为一天的病例数，请加 --period day",
            "counts are whole weeks' (rows are whole weeks apart), and a forecast needs counts by day: give it a table of days; R can be had from weeks (quell analyse rt); if each row is a single day, say --period day",
        );
        Err(Trouble::new(format!("{}：{zh}", path.display()), format!("{}: {en}", path.display())))
    }
}

/// Reads cases. `channels` are columns; if none are given, those called community and controlled, if both are there. With a mapping of the user's own
/// they are its fields.
pub(super) fn read(path: &Path, own: &Own, channels: &[String], to: &mut Setting<'_>) -> Result<Read, Trouble> {
    let quoted = |name: &str| format!("[{}]", serde_json::Value::from(name));
    let wanted: Vec<(String, String)> = if channels.is_empty() {
        CHANNELS.map(|(name, columns)| (name.to_owned(), columns.to_owned())).to_vec()
    } else {
        channels.iter().map(|c| (c.clone(), quoted(c))).collect()
    };
    let fields: Vec<String> = if own.layer.is_some() {
        wanted.iter().map(|w| w.0.clone()).collect()
    } else {
        (0..wanted.len()).map(|k| format!("channel_{k}")).collect()
    };
    let more = fields
        .iter()
        .zip(&wanted)
        .map(|(f, w)| format!("\n[fields.{}]\ncolumns = {}\ntype = \"decimal\"\nmin = 0\n", serde_json::Value::from(f.as_str()), w.1));
    let mapping = format!("{FORECAST}{}", more.collect::<String>());
    let table = input::read(path, ("analyse-forecast", &mapping), own)?;
    table.tell(to)?;
    check(&table, &fields, &wanted, channels.is_empty())?;
    let split = fields.iter().all(|f| table.has(f));
    let days = by_day(&table)?;
    let known: Vec<i64> = days.1.iter().enumerate().filter(|(_, r)| r.is_some()).map(|(t, _)| t as i64).collect();
    doubt::far_days(path, &known, |t| days.0.name(usize::try_from(t).unwrap_or(0)), to)?;
    let fields = if split { fields } else { Vec::new() };
    let outbreak = outbreak(&table, &days.1, &fields)?;
    let counts = outbreak.past.counts().iter().enumerate();
    doubt::parts(path, counts.filter_map(|(t, n)| Some((days.0.name(t), (*n)?))), to)?;
    Ok(Read { channels: wanted.into_iter().map(|w| w.0).take(fields.len()).collect(), calendar: days.0, outbreak })
}

fn check(table: &Table, fields: &[String], wanted: &[(String, String)], unnamed: bool) -> Result<(), Trouble> {
    let path = table.path.display();
    let missing = fields.iter().zip(wanted).find(|(f, _)| !table.has(f)).map(|(_, w)| &w.0);
    if let Some(name) = missing.filter(|_| !unnamed) {
        return Err(Trouble::new(
            format!("{path}：没有名为“{name}”的列（--channels）"),
            format!("{path}: there is no column {name} (--channels)"),
        ));
    }
    if !table.has("incidence") && missing.is_some() {
        let known: Vec<&str> = std::iter::once("incidence").chain(fields.iter().map(String::as_str)).collect();
        return Err(linelist::hint_of_forecast(table, table.lacks(("病例数", "counts"), &known)));
    }
    if !table.has("t") && !table.has("date") {
        return Err(table.lacks(("日期", "days"), &["date", "t"]));
    }
    Ok(())
}

/// The rows of each day from the first to the last.
fn by_day(table: &Table) -> Result<(Calendar, Vec<Option<&Row>>), Trouble> {
    let numbered = table.has("t");
    let mut by_day: BTreeMap<i64, &Row> = BTreeMap::new();
    for row in &table.rows {
        let Some(day) = day_of(row, numbered) else {
            return Err(Trouble::row(
                &table.path,
                row.line,
                "这一行没有日期；请补上，或删去这一行",
                "the row has no day; give it one, or leave the row out",
            ));
        };
        if by_day.insert(day, row).is_some() {
            return Err(Trouble::row(
                &table.path,
                row.line,
                "这一天出现了两次；每天只能有一行",
                "the day is there twice; a day has one row",
            ));
        }
    }
    let (first, last) = (by_day.keys().next().copied().unwrap_or(0), by_day.keys().last().copied().unwrap_or(0));
    let length = last.abs_diff(first);
    if length > MOST_DAYS {
        return Err(Trouble::new(
            format!("{}：首日与末日相隔 {length} 天，超过 {MOST_DAYS} 天；请检查日期", table.path.display()),
            format!("{}: {length} days from the first to the last, more than {MOST_DAYS}; check the dates", table.path.display()),
        ));
    }
    Ok((Calendar { numbered, first }, (first..=last).map(|d| by_day.get(&d).copied()).collect()))
}

fn outbreak(table: &Table, days: &[Option<&Row>], fields: &[String]) -> Result<Outbreak, Trouble> {
    let column = |field: &str| -> Vec<Option<f64>> { days.iter().map(|r| r.and_then(|r| r.decimal(field))).collect() };
    let channels: Vec<Vec<Option<f64>>> = fields.iter().map(|f| column(f)).collect();
    let counts =
        if table.has("incidence") { column("incidence") } else { (0..days.len()).map(|t| channels.iter().map(|c| c[t]).sum()).collect() };
    let imported = table.has("imported").then(|| column("imported"));
    let past = Past::new(counts, imported)
        .map_err(|e| Trouble::new(format!("{}：病例数不对：{e}", table.path.display()), format!("{}: {e}", table.path.display())))?;
    if past.counts().iter().all(Option::is_none) {
        return Err(Trouble::new(
            format!("{}：没有一天的病例数是已知的", table.path.display()),
            format!("{}: the cases of no day are known", table.path.display()),
        ));
    }
    let outbreak = Outbreak { past, channels };
    if !outbreak.channels.is_empty() && !(0..days.len()).any(|t| outbreak.channels.iter().all(|c| c[t].is_some())) {
        return Err(Trouble::new(
            format!("{}：没有一天各发现途径的病例数都已知", table.path.display()),
            format!("{}: there is no day on which the cases of every channel are known", table.path.display()),
        ));
    }
    Ok(outbreak)
}
