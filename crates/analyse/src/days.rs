//! Counts by day, from a table with a date or a number for each day, or from a line list.

pub(crate) mod linelist;

use crate::Setting;
use crate::doubt;
use crate::input::{self, Own, Table};
use crate::said::Trouble;
use clap::Args;
use quell_foundation::Day;
use quell_tabular::Row;
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) const SERIES: (&str, &str) = ("analyse-series", include_str!("../mappings/series.toml"));

/// Counts by day. *Invariant:* all lists have one entry for each day from the first to the last; a day that has no row, or no count, is None.
pub(crate) struct Series {
    /// The number that the first day goes by: its `t`, or 1.
    pub first: i64,
    /// The first day, where days are given as dates.
    pub date: Option<Day>,
    /// All cases, or those that were infected here where the imported ones have a column of their own.
    pub counts: Vec<Option<f64>>,
    /// Imported cases, where they have a column.
    pub imported: Option<Vec<Option<f64>>>,
    /// Indices of the days that have a row.
    pub rows: Vec<usize>,
}

impl Series {
    pub fn days(&self) -> usize {
        self.counts.len()
    }
    /// Whether counts are known of days that are whole weeks apart only, and of more than a few: they are weeks' counts.
    pub fn is_weekly(&self) -> bool {
        weeks_apart(self.counts.iter().enumerate().filter(|(_, n)| n.is_some()).map(|(t, _)| t as i64))
    }
    /// How a day is told to the user, from its index.
    pub fn name(&self, index: usize) -> String {
        self.date(index).map_or_else(|| self.t(index).to_string(), |d| d.to_string())
    }
    /// Says what is doubtful of it.
    fn doubt(&self, path: &Path, to: &mut Setting<'_>) -> Result<(), Trouble> {
        let days: Vec<i64> = self.rows.iter().map(|t| *t as i64).collect();
        doubt::far_days(path, &days, |t| self.name(usize::try_from(t).unwrap_or(0)), to)?;
        doubt::parts(path, self.counts.iter().enumerate().filter_map(|(t, n)| Some((self.name(t), (*n)?))), to)
    }
    /// The number of a day, from its index.
    pub fn t(&self, index: usize) -> i64 {
        self.first + index as i64
    }
    /// The date of a day, from its index; only where the table has no numbers of its own.
    pub fn date(&self, index: usize) -> Option<Day> {
        self.date.map(|d| d.plus(index as i32))
    }
}

/// Days of a week.
pub(crate) const WEEK: i64 = 7;
/// Days that are weeks apart by chance are not so many.
const WEEKS: usize = 3;

/// Whether these days, in order and each there once, are whole weeks apart, and more than a few.
pub(crate) fn weeks_apart(days: impl Iterator<Item = i64> + Clone) -> bool {
    let first = days.clone().next().unwrap_or(0);
    days.clone().count() >= WEEKS && days.clone().all(|d| (d - first) % WEEK == 0)
}

/// Counts that are to be made: a case a row.
#[derive(Debug, Args)]
pub(crate) struct CountBy {
    /// The table is a line list, a row for each case: count its rows by the day in this column (or `onset`, `sampled`, `found`, `reported`, by whatever header they have).
    #[arg(long, value_name = "COLUMN")]
    count_by: Option<String>,
}

/// Reads a series.
pub(crate) fn read(path: &Path, own: &Own, count: &CountBy, to: &mut Setting<'_>) -> Result<Series, Trouble> {
    let all = all(path, own, count, None, to)?;
    all.into_iter().next().map(|s| s.1).ok_or_else(|| Trouble::new("没有数据行", "there are no rows"))
}

/// Reads several series, one for each value of a column, in the order in which these come first.
pub(crate) fn read_by(
    path: &Path,
    own: &Own,
    count: &CountBy,
    column: &str,
    to: &mut Setting<'_>,
) -> Result<Vec<(String, Series)>, Trouble> {
    all(path, own, count, Some(column), to)
}

fn all(path: &Path, own: &Own, count: &CountBy, by: Option<&str>, to: &mut Setting<'_>) -> Result<Vec<(String, Series)>, Trouble> {
    let by_field = by.map(|column| input::text_field("by", column)).unwrap_or_default();
    let found = match &count.count_by {
        Some(column) => linelist::count(path, own, column, &by_field, to)?,
        None => {
            let table = input::read_as(path, SERIES, own, &by_field)?;
            table.tell(to)?;
            check(&table)?;
            let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
            for row in &table.rows {
                let name = row.text("by").unwrap_or_default();
                match groups.iter_mut().find(|g| g.0 == name) {
                    Some(group) => group.1.push(row),
                    None => groups.push((name.to_owned(), vec![row])),
                }
            }
            let one = |(name, rows): (String, Vec<&Row>)| Ok((name, of(&table.path, rows.into_iter())?));
            groups.into_iter().map(one).collect::<Result<_, Trouble>>()?
        }
    };
    found.iter().try_for_each(|(_, series)| series.doubt(path, to))?;
    Ok(found)
}

fn check(table: &Table) -> Result<(), Trouble> {
    if !table.has("incidence") {
        return Err(linelist::hint(table, table.lacks(("病例数", "counts"), &["incidence"])));
    }
    if !table.has("t") && !table.has("date") {
        return Err(table.lacks(("日期", "days"), &["date", "t"]));
    }
    Ok(())
}

fn of<'a>(path: &Path, rows: impl Iterator<Item = &'a Row> + Clone) -> Result<Series, Trouble> {
    let numbered = rows.clone().any(|r| r.integer("t").is_some());
    let mut by_day: BTreeMap<i64, (Option<f64>, Option<f64>)> = BTreeMap::new();
    for row in rows.clone() {
        let day = if numbered { row.integer("t") } else { row.date("date").map(|d| i64::from(d.0)) };
        let Some(day) = day else {
            return Err(Trouble::row(
                path,
                row.line,
                "这一行没有日期；请补上，或删去这一行",
                "the row has no day; give it one, or leave the row out",
            ));
        };
        if by_day.insert(day, (row.decimal("incidence"), row.decimal("imported"))).is_some() {
            return Err(Trouble::row(
                path,
                row.line,
                "这一天出现了两次；每天只能有一行（多个地区请用 --by 指明列）",
                "the day is there twice; a day has one row (if there are several places, name their column with --by)",
            ));
        }
    }
    let (Some((first, _)), Some((last, _))) = (by_day.first_key_value(), by_day.last_key_value()) else {
        return Err(Trouble::new("没有数据行", "there are no rows"));
    };
    let (first, last) = (*first, *last);
    if last.abs_diff(first) > MOST_DAYS {
        return Err(Trouble::new(
            format!("{}：首日与末日相隔 {} 天，超过 {MOST_DAYS} 天；请检查日期", path.display(), last.abs_diff(first)),
            format!("{}: {} days from the first to the last, more than {MOST_DAYS}; check the dates", path.display(), last.abs_diff(first)),
        ));
    }
    let at = |d: i64| by_day.get(&d).copied().unwrap_or_default();
    let date = Day(i32::try_from(first).unwrap_or_default());
    let imported = rows.clone().any(|r| r.decimal("imported").is_some());
    Ok(Series {
        first: if numbered { first } else { 1 },
        date: (!numbered).then_some(date),
        counts: (first..=last).map(|d| at(d).0).collect(),
        imported: imported.then(|| (first..=last).map(|d| at(d).1).collect()),
        rows: by_day.keys().map(|d| usize::try_from(d - first).unwrap_or_default()).collect(),
    })
}

/// A century; more is a slip in a date.
const MOST_DAYS: u64 = 36_525;
