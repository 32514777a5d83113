//! A line list where counts by day are wanted: its rows are counted, or how to have them counted is told.

use super::{MOST_DAYS, SERIES, Series};
use crate::Setting;
use crate::delays::{event, quoted};
use crate::input::{self, CLASSIFICATION, Own, Table};
use crate::output;
use crate::said::Trouble;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The events of a case that cases are counted by, as [`event`] knows them.
const EVENTS: [&str; 4] = ["onset", "reported", "found", "sampled"];

/// What is said of a table without counts, and, where it has the dates of cases, that its rows can be counted.
pub(super) fn hint(table: &Table, lacks: Trouble) -> Trouble {
    let there = table.headers().filter(|h| EVENTS.iter().any(|e| h == e || event(e).iter().any(|c| c == h)));
    let there: Vec<&str> = there.collect();
    let Some(first) = there.first() else { return lacks };
    let column = if first.contains(char::is_whitespace) { format!("\"{first}\"") } else { (*first).to_owned() };
    lacks.and(
        &format!("若这是病例表（每例一行），可按日期计数：--count-by {column}（日期列有：{}）", there.join("、")),
        &format!(
            "if it is a line list, a row for each case, have its rows counted by day: --count-by {column} (its dates: {})",
            there.join(", ")
        ),
    )
}

/// The same of a forecast, which takes counts only.
pub(crate) fn hint_of_forecast(table: &Table, lacks: Trouble) -> Trouble {
    if !table.headers().any(|h| EVENTS.iter().any(|e| h == *e || event(e).iter().any(|c| c == h))) {
        return lacks;
    }
    lacks.and(
        "若这是病例表（每例一行），请先按日期计数（如数据透视表），做成每天一行：日期与病例数，没有病例的日子写 0",
        "if it is a line list, a row for each case, count its rows by day first (a pivot table does) and give a row for each day: date and cases, 0 on days without",
    )
}

/// The rows of a line list by day, a series for each value of the field `by`. Days without a row have no cases, up to the last day of all.
pub(super) fn count(path: &Path, own: &Own, column: &str, by: &str, to: &mut Setting<'_>) -> Result<Vec<(String, Series)>, Trouble> {
    let mut columns = own.layer.as_ref().and_then(|l| l.columns(column)).unwrap_or_default();
    columns.push(column.to_owned());
    columns.extend(event(column));
    let columns: Vec<String> = columns.iter().map(|c| quoted(c)).collect();
    let head = SERIES.1.split("\n[fields.").next().unwrap_or_default();
    let text = format!("{head}\n[fields.date]\ncolumns = [{}]\ntype = \"date\"\n{CLASSIFICATION}", columns.join(", "));
    let own = Own { layer: own.layer.clone().map(quell_tabular::Layer::settings), sheet: own.sheet.clone() };
    let table = input::read_as(path, (SERIES.0, &text), &own, by)?;
    if !table.has("date") {
        return Err(table.lacks((&format!("“{column}”"), column), &["date"]));
    }
    table.not_cases().map_or(Ok(()), |said| output::say(to, &said))?;
    let (mut groups, mut unknown) = (Vec::<(String, BTreeMap<i64, f64>)>::new(), Vec::new());
    for row in &table.rows {
        let Some(day) = row.date("date").map(|d| i64::from(d.0)) else {
            unknown.push(row.line);
            continue;
        };
        let name = row.text("by").unwrap_or_default();
        let place = groups.iter().position(|g| g.0 == name).unwrap_or_else(|| {
            groups.push((name.to_owned(), BTreeMap::new()));
            groups.len() - 1
        });
        *groups[place].1.entry(day).or_insert(0.0) += 1.0;
    }
    output::left_out(to, "", ("缺少日期，未计数", "a date is not known"), &unknown)?;
    let days: BTreeSet<i64> = groups.iter().flat_map(|g| g.1.keys().copied()).collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Err(Trouble::new(
            format!("{}：没有一行有日期，无法计数", path.display()),
            format!("{}: no row has a date, there is nothing to count", path.display()),
        ));
    };
    if last.abs_diff(*first) > MOST_DAYS {
        let apart = last.abs_diff(*first);
        return Err(Trouble::new(
            format!("{}：首日与末日相隔 {apart} 天，超过 {MOST_DAYS} 天；请检查日期", path.display()),
            format!("{}: {apart} days from the first to the last, more than {MOST_DAYS}; check the dates", path.display()),
        ));
    }
    tell(&table, table.rows.len() - unknown.len(), to)?;
    Ok(groups.into_iter().filter_map(|(name, by_day)| Some((name, series(&by_day, *last)?))).collect())
}

fn tell(table: &Table, n: usize, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let (path, column) = (table.path.display(), table.columns.get("date").cloned().unwrap_or_default());
    output::say(
        to,
        &Trouble::new(
            format!("{path}：按“{column}”计数 {n} 例，没有病例的日子记为 0；末几日可能尚未报全（见 nowcast）"),
            format!("{path}: {n} rows were counted by {column}, days without any as 0; the last days may not be complete (see nowcast)"),
        ),
    )
}

fn series(by_day: &BTreeMap<i64, f64>, last: i64) -> Option<Series> {
    let first = *by_day.keys().next()?;
    Some(Series {
        first: 1,
        date: Some(quell_foundation::Day(i32::try_from(first).ok()?)),
        counts: (first..=last).map(|d| Some(by_day.get(&d).copied().unwrap_or(0.0))).collect(),
        imported: None,
        rows: by_day.keys().filter_map(|d| usize::try_from(d - first).ok()).collect(),
    })
}
