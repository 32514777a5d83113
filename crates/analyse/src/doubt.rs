//! What is doubted of a series: days far away from all others, and counts that are no whole numbers.

use crate::Setting;
use crate::output;
use crate::said::Trouble;
use quell_foundation::Day;
use std::path::Path;

/// So many days without a row before the last rows, or after the first ones, are doubted.
const GAP: i64 = 60;
/// And so many times the usual distance of two rows.
const TIMES: i64 = 10;
/// Rows beyond the gap: more than these, and than this part of all, are no slips of the pen.
const FEW: usize = 3;
const PART: usize = 20;
/// Counts that are named.
const NAMED: usize = 3;

/// A gap with few rows beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    /// Index of the first row behind it.
    at: usize,
    /// Whether the few are at the end.
    last: bool,
}

/// The widest gap between days, which are in order, if it is very wide and only a few rows are at one side of it.
fn gap(days: &[i64]) -> Option<Gap> {
    let mut steps: Vec<i64> = days.windows(2).map(|w| w[1] - w[0]).collect();
    let (at, widest) = steps.iter().enumerate().max_by_key(|(_, s)| **s).map(|(k, s)| (k + 1, *s))?;
    steps.sort_unstable();
    let usual = steps[steps.len() / 2];
    let (before, after) = (at, days.len() - at);
    let few = before.min(after);
    let doubtful = widest > GAP && widest > TIMES * usual && few <= FEW.max(days.len() / PART) && before != after;
    doubtful.then_some(Gap { at, last: after < before })
}

/// Says so if a few days are far away from all others: a year that is wrong makes a long series of days without cases.
pub(crate) fn far_days(path: &Path, days: &[i64], name: impl Fn(i64) -> String, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let Some(Gap { at, last }) = gap(days) else { return Ok(()) };
    let (a, b, wide, path) = (name(days[at - 1]), name(days[at]), days[at] - days[at - 1], path.display());
    let (zh, en) = if last {
        (
            format!("最后几行（自 {b} 起）与之前的 {a} 相隔 {wide} 天"),
            format!("the last rows (from {b} on) come {wide} days after the ones before ({a})"),
        )
    } else {
        (
            format!("最前几行（至 {a}）与之后的 {b} 相隔 {wide} 天"),
            format!("the first rows (up to {a}) are {wide} days before the next ones ({b})"),
        )
    };
    output::say(
        to,
        &Trouble::new(format!("{path}：{zh}；年份是否有误？若是，请更正"), format!("{path}: {en}; is a year wrong? If so, correct it")),
    )
}

/// Wrong years that are looked for one after the other.
const SLIPS: usize = 4;
/// Rows that are named.
const ROWS: usize = 5;

/// Says so if the days of a few rows are far away from those of all others, with these rows (day, line): a year that is wrong makes a delay of years, or
/// one that is left out.
pub(crate) fn far_rows(path: &Path, column: &str, mut rows: Vec<(i64, u64)>, to: &mut Setting<'_>) -> Result<(), Trouble> {
    rows.sort_unstable();
    let name = |d: i64| i32::try_from(d).map_or_else(|_| d.to_string(), |d| Day(d).to_string());
    for _ in 0..SLIPS {
        let mut days: Vec<i64> = rows.iter().map(|r| r.0).collect();
        days.dedup();
        let Some(Gap { at, last }) = gap(&days) else { return Ok(()) };
        let (far, near): (Vec<_>, Vec<_>) = rows.iter().copied().partition(|r| (r.0 >= days[at]) == last);
        if far.len() > FEW.max(rows.len() / PART) {
            return Ok(());
        }
        let cells: Vec<String> = far.iter().take(ROWS).map(|(d, line)| format!("{line} ({})", name(*d))).collect();
        let more = if far.len() > ROWS { ", …" } else { "" };
        let (cells, path, wide) = (cells.join(", "), path.display(), days[at] - days[at - 1]);
        let (first, end) = (near.first().map_or(0, |r| r.0), near.last().map_or(0, |r| r.0));
        let (first, end, lines) = (name(first), name(end), if far.len() == 1 { "line" } else { "lines" });
        output::say(
            to,
            &Trouble::new(
                format!("{path}，列 {column}，行 {cells}{more}：与其余日期（{first} 至 {end}）相隔 {wide} 天；年份是否有误？若是，请更正"),
                format!(
                    "{path}, column {column}, {lines} {cells}{more}: {wide} days from all others ({first} to {end}); is a year wrong? If so, correct it"
                ),
            ),
        )?;
        rows = near;
    }
    Ok(())
}

/// Says so if counts are no whole numbers: means and estimates scatter less than counts do.
pub(crate) fn parts(path: &Path, counts: impl Iterator<Item = (String, f64)>, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let parts: Vec<(String, f64)> = counts.filter(|(_, n)| n.fract() != 0.0).collect();
    if parts.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = parts.iter().take(NAMED).map(|(day, n)| format!("{day}: {n}")).collect();
    let more = if parts.len() > NAMED { ", …" } else { "" };
    let (named, path) = (named.join(", "), path.display());
    output::say(
        to,
        &Trouble::new(
            format!("{path}：有的病例数不是整数（{named}{more}）；平均数或估计值的波动小于病例数，区间会偏窄：请给出原始病例数"),
            format!(
                "{path}: there are counts that are no whole numbers ({named}{more}); means and estimates scatter less than counts, and intervals are too narrow: give the counts themselves"
            ),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_days_far_away_are_doubted_and_others_not() {
        let month: Vec<i64> = (0..27).collect();
        assert_eq!(gap(&[&month[..], &[365]].concat()), Some(Gap { at: 27, last: true }));
        assert_eq!(gap(&[&[-365], &month[..]].concat()), Some(Gap { at: 1, last: false }));
        assert_eq!(gap(&[&month[..], &[80]].concat()), None, "less than 60 days");
        let waves: Vec<i64> = (0..30).chain(300..330).collect();
        assert_eq!(gap(&waves), None, "two waves");
        assert_eq!(gap(&[0, 30, 61, 91, 122, 180]), None, "months");
        assert_eq!((gap(&[]), gap(&[1]), gap(&[1, 400])), (None, None, None));
    }
}
