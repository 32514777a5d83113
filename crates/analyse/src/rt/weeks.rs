//! Series of which a row is a week.

use crate::Setting;
use crate::days::Series;
use crate::said::Trouble;
use clap::ValueEnum;
use quell_epi::interval::SerialInterval;
use quell_epi::series::Incidence;
use quell_epi::weekly::spread;

/// What a row of the counts stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Period {
    /// A week if all rows are whole weeks apart, else a day.
    #[default]
    Auto,
    /// A day.
    Day,
    /// A week: rows are seven days apart, or numbered by weeks.
    Week,
}

/// Days of a week.
pub(super) const WEEK: usize = 7;
/// Rows that are weeks apart by chance are not so many.
const ROWS: usize = 3;

/// Whether rows are weeks; says so if the user did not.
pub(super) fn are_weeks(series: &Series, period: Period, to: &mut Setting<'_>) -> bool {
    let weeks_apart = series.rows.len() >= ROWS && series.rows.iter().all(|r| r % WEEK == 0);
    if period == Period::Auto && weeks_apart {
        let said = if to.chinese {
            "各行相隔整周：病例数按整周合计处理，先分摊到各日（若实为单日数，请用 --period day）"
        } else {
            "rows are whole weeks apart: counts are taken to be whole weeks', and spread over their days (if they are single days', say --period day)"
        };
        // What is said beside the result may be lost.
        let _ = writeln!(to.err, "{said}");
    }
    period == Period::Week || (period == Period::Auto && weeks_apart)
}

/// The series by days and its cases. `ends`: the day of a row is the last of its week, not the first.
pub(super) fn by_day(series: &Series, ends: bool, w: &SerialInterval) -> Result<(Series, Incidence), Trouble> {
    let step = if series.rows.iter().all(|r| r % WEEK == 0) && series.rows.len() > 1 { WEEK } else { 1 };
    if step == 1 && series.date.is_some() && series.days() > 1 {
        return Err(Trouble::new(
            "各行日期并非相隔整周，不能按周处理；请检查日期，或用 --period day",
            "the dates of the rows are not whole weeks apart; check them, or say --period day",
        ));
    }
    let of_weeks = |of: &[Option<f64>]| of.iter().copied().step_by(step).collect::<Vec<_>>();
    let (local, imported) = (of_weeks(&series.counts), series.imported.as_deref().map(of_weeks));
    let fault = |e: quell_epi::series::SeriesError| Trouble::new(format!("病例数不对：{e}"), e.to_string());
    let filled = |of: &[Option<f64>]| of.iter().map(|n| n.unwrap_or(0.0)).collect::<Vec<f64>>();
    let brought = imported.as_deref().map_or_else(|| vec![0.0; local.len()], filled);
    let weeks = Incidence::new(filled(&local), brought.clone()).map_err(fault)?.bridged(|t| local[t].is_some());
    let total: Vec<f64> = weeks.total().collect();
    let days = spread(&total, WEEK, w).map_err(fault)?;
    let share = |t: usize| if total[t / WEEK] > 0.0 { brought[t / WEEK] / total[t / WEEK] } else { 0.0 };
    let elsewhere: Vec<f64> = days.iter().enumerate().map(|(t, n)| n * share(t)).collect();
    let here: Vec<f64> = days.iter().zip(&elsewhere).map(|(n, e)| n - e).collect();
    let known = |t: usize| local[t / WEEK].map(|_| here[t]);
    let back = if ends { WEEK as i64 - 1 } else { 0 };
    let daily = Series {
        first: if step == WEEK { series.first.saturating_sub(back) } else { 1 },
        date: series.date.map(|d| d.plus(-(back as i32))),
        counts: (0..days.len()).map(known).collect(),
        imported: None,
        rows: (0..days.len()).collect(),
    };
    Ok((daily, Incidence::new(here, elsewhere).map_err(fault)?))
}
