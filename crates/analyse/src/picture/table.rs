//! Pictures of a table that a command gives: its columns by name.

use crate::output::Cell;
use quell_charts::{Axis, Channel, EpidemicCurve, Estimate, Fan, Forecast, Head, Language, Start, Threshold, ThresholdSeries};

/// The number in the first of these columns that there is.
pub(super) fn number(columns: &[&str], row: &[Cell], names: &[&str]) -> Option<f64> {
    match row.get(columns.iter().position(|c| names.contains(c))?)? {
        Cell::Number(x) => Some(*x),
        Cell::Whole(n) => Some(*n as f64),
        _ => None,
    }
}

/// What the first row's day is called: its first cell, a date or a number.
fn start(rows: &[Vec<Cell>]) -> Start {
    match rows.first().and_then(|r| r.first()) {
        Some(Cell::Day(d)) => Start::Date { since_1970: d.0 },
        Some(Cell::Whole(n)) => Start::Number(*n),
        _ => Start::Number(1),
    }
}

/// Counts beside a detector's threshold, from the table of `warning`; a row is `period` days.
pub(crate) fn threshold(head: Head, language: Language, period: usize, columns: &[&str], rows: &[Vec<Cell>]) -> String {
    let of = |row: &Vec<Cell>, name: &str| number(columns, row, &[name]);
    let verdict = |row: &Vec<Cell>| {
        let alarm = of(row, "alarm")? > 0.0;
        Some(Threshold { expected: of(row, "expected"), threshold: of(row, "threshold")?, alarm })
    };
    ThresholdSeries {
        head,
        start: start(rows),
        period: period as u32,
        counted: None,
        counts: rows.iter().map(|r| of(r, "observed")).collect(),
        thresholds: rows.iter().map(verdict).collect(),
    }
    .svg(language)
}

/// What is reported and what is still to come, from the table of `nowcast`.
pub(crate) fn nowcast(head: Head, language: Language, columns: &[&str], rows: &[Vec<Cell>]) -> String {
    let of = |row: &Vec<Cell>, name: &str| number(columns, row, &[name]);
    let awaited = |row: &Vec<Cell>| {
        let (lo, hi) = (of(row, "lo")?, of(row, "hi")?);
        // Days that wait for nothing have no interval.
        (hi > lo).then_some(Estimate { middle: of(row, "median")?, half: None, most: (lo, hi) })
    };
    EpidemicCurve {
        head,
        start: start(rows),
        period: 1,
        channels: vec![Channel { name: String::new(), counts: rows.iter().map(|r| of(r, "reported")).collect() }],
        nowcast: rows.iter().map(awaited).collect(),
        r: Vec::new(),
        r_means: None,
    }
    .svg(language)
}

/// Cases until a day, and the forecast of the days after it from the rows of this channel in the table of `forecast`; `came` as far as it is known; `notes`
/// stand below.
pub(crate) fn fan(
    head: Head,
    language: Language,
    start: Start,
    (observed, came): (&[Option<f64>], &[Option<f64>]),
    columns: &[&str],
    (of, rows): (&str, &[Vec<Cell>]),
    notes: Vec<String>,
) -> String {
    let channel = columns.iter().position(|c| *c == "channel");
    let own = |row: &&Vec<Cell>| channel.is_none_or(|k| row.get(k) == Some(&Cell::from(of)));
    let day = |row: &Vec<Cell>| {
        let of = |name: &str| number(columns, row, &[name]);
        let pair = |low: &str, high: &str| of(low).zip(of(high));
        Some(Forecast {
            median: of("median")?,
            half: pair("lo50", "hi50")?,
            four_fifths: pair("lo80", "hi80")?,
            most: pair("lo95", "hi95")?,
        })
    };
    let forecast: Vec<Option<Forecast>> = rows.iter().filter(own).map(day).collect();
    let came = came.iter().copied().take(forecast.len()).collect();
    Fan { head, start, counted: None, observed: observed.to_vec(), forecast, came, notes, axis: Axis::Own }.svg(language)
}
