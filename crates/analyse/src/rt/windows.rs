//! Windows in which R is taken to be the same.

use crate::days::Series;
use crate::input::{self, Own};
use crate::said::Trouble;
use quell_epi::cori::Window;
use std::path::Path;

pub(super) const WINDOWS: (&str, &str) = ("analyse-windows", include_str!("../../mappings/windows.toml"));

/// The windows of a file, as days of a series from 0.
pub(super) fn read(path: &Path, series: &Series, days: usize) -> Result<Vec<Window>, Trouble> {
    let table = input::read(path, WINDOWS, &Own::default())?;
    let one = |row: &quell_tabular::Row| {
        let by_number =
            row.integer("first").zip(row.integer("last")).map(|(a, b)| (a.saturating_sub(series.first), b.saturating_sub(series.first)));
        let by_date = row.date("first_date").zip(row.date("last_date")).zip(series.date);
        let by_date = by_date.map(|((a, b), first)| (i64::from(a.0) - i64::from(first.0), i64::from(b.0) - i64::from(first.0)));
        let Some((first, last)) = by_number.or(by_date) else {
            return Err(Trouble::row(
                path,
                row.line,
                "须有起止日（t_start、t_end），或起止日期（date_start、date_end）且病例数按日期给出",
                "a window needs t_start and t_end, or date_start and date_end if the counts have dates",
            ));
        };
        let window = usize::try_from(first).ok().zip(usize::try_from(last).ok()).filter(|(_, last)| *last < days);
        window.and_then(|(first, last)| Window::new(first, last)).ok_or_else(|| {
            let (begin, end) = (series.first + 1, series.first + days as i64 - 1);
            Trouble::row(
                path,
                row.line,
                format!("窗口须在第 {begin} 天至第 {end} 天之间，且起始不晚于结束（首日病例由谁传染不得而知）"),
                format!("a window must lie between days {begin} and {end} and not end before it begins (nobody knows who infected the first day's cases)"),
            )
        })
    };
    table.rows.iter().map(one).collect()
}
