//! `quell analyse warning`

use crate::Setting;
use crate::days::{self, CountBy, Series};
use crate::input::Named;
use crate::output::{self, Cell, Format};
use crate::picture::{self, Picture};
use crate::said::Trouble;
use clap::{Args, ValueEnum};
use quell_epi::warning::{self, Cusum, Ears, EarsMethod, Farrington, Standard, Verdict};
use quell_foundation::Day;
use std::path::PathBuf;

/// Detectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// EARS C1: more than the mean of the 7 counts before by 3.09 standard deviations.
    EarsC1,
    /// EARS C2: the same, but the last two counts are no past.
    EarsC2,
    /// EARS C3: as C2, and the excess of the last two counts adds up.
    EarsC3,
    /// Cumulative sum of what exceeds the mean of the training: small rises that last.
    Cusum,
    /// Improved Farrington (Noufaily et al. 2013): the same season of earlier years.
    Farrington,
    /// Farrington et al. 1996.
    FarringtonOriginal,
}

/// How far apart the counts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Every {
    /// A count a day.
    Day,
    /// A count a week.
    Week,
}

/// Options of `warning`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Counts (--mapping)", days::SERIES.1)]))]
pub struct Warning {
    /// Counts by day or week: a column of days (date or t) and one of counts. A count that is missing is not known: no alarm, and no part of the past.
    file: PathBuf,
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    count: CountBy,
    /// The detector.
    #[arg(long, value_enum, default_value_t = Method::EarsC1)]
    method: Method,
    /// How far apart counts are; without it, weeks if all dates are whole weeks apart, else days. Rows numbered by t are one apart (weeks for farrington).
    #[arg(long, value_enum)]
    every: Option<Every>,
    /// Share of false alarms of one count. [default: 0.001 for C1 and C2, 0.025 for C3, 0.05 for farrington]
    #[arg(long)]
    alpha: Option<f64>,
    /// Counts of the past: 7 for EARS; for cusum those at the beginning whose mean is expected. [default: 7 for EARS, 28 for cusum]
    #[arg(long)]
    baseline: Option<usize>,
    /// The least standard deviation of the past (EARS).
    #[arg(long, default_value_t = 0.0)]
    min_sd: f64,
    /// Counts are standardised by Rossi's transformation for small means (cusum).
    #[arg(long)]
    rossi: bool,
    /// Half of the shift to be found, standard deviations (cusum).
    #[arg(long, default_value_t = 1.04)]
    k: f64,
    /// The sum that is an alarm, standard deviations (cusum).
    #[arg(long, default_value_t = 2.26)]
    h: f64,
    /// The sum begins anew after an alarm (cusum).
    #[arg(long)]
    reset: bool,
    /// Earlier years (farrington).
    #[arg(long, default_value_t = 5)]
    years: usize,
    /// Counts before and after the same time of earlier years (farrington). [default: 3 for weeks, 10 for days]
    #[arg(long)]
    half_window: Option<usize>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    picture: Picture,
}

/// Counts in time, the first and how far apart they are.
struct Spaced {
    counts: Vec<Option<f64>>,
    days_apart: usize,
}

pub(crate) fn run(c: &Warning, to: &mut Setting<'_>) -> Result<(), Trouble> {
    check(c)?;
    let series = days::read(&c.file, &c.named.own()?, &c.count, to)?;
    let spaced = spaced(c, &series)?;
    if c.every.is_none() && spaced.days_apart == WEEK {
        let (zh, en) = (
            "各日期相隔整周：按每周合计处理（若实为单日数，请加 --every day）",
            "dates are whole weeks apart: counts are taken to be whole weeks' (if they are single days', say --every day)",
        );
        output::say(to, &Trouble::new(zh, en))?;
    }
    let verdicts = verdicts(c, &series, &spaced)?;
    if verdicts.iter().all(Option::is_none) {
        return Err(Trouble::new(
            format!("{}：历史数据太短，没有一个计数可以判断（现有 {} 个）", c.file.display(), spaced.counts.len()),
            format!("{}: the past is too short: none of the {} counts can be judged", c.file.display(), spaced.counts.len()),
        ));
    }
    let rows: Vec<Vec<Cell>> = verdicts
        .iter()
        .enumerate()
        .map(|(n, v)| {
            let index = n * spaced.days_apart;
            let when = series.date(index).map_or_else(|| series.t(index).into(), Cell::from);
            let number = |of: fn(&Verdict) -> f64| Cell::from(v.as_ref().map(of));
            let alarm = v.as_ref().map_or(Cell::Unknown, |v| i64::from(v.alarm).into());
            vec![when, spaced.counts[n].into(), number(|v| v.expected), number(|v| v.threshold), alarm]
        })
        .collect();
    let when = if series.date.is_some() { "date" } else { "t" };
    let columns = [when, "observed", "expected", "threshold", "alarm"];
    c.picture.save("", to, |head, language| picture::threshold(head, language, spaced.days_apart, &columns, &rows))?;
    output::write(to, c.format, &columns, &rows)
}

fn check(c: &Warning) -> Result<(), Trouble> {
    if c.alpha.is_some_and(|a| !(a > 0.0 && a < 0.5)) {
        return Err(Trouble::new("--alpha 须大于 0、小于 0.5", "--alpha must be above 0 and below 0.5"));
    }
    if c.baseline.is_some_and(|b| b < 3) {
        return Err(Trouble::new("--baseline 至少为 3", "--baseline must be at least 3"));
    }
    if c.years == 0 {
        return Err(Trouble::new("--years 至少为 1", "--years must be at least 1"));
    }
    let bad = |x: f64| !x.is_finite() || x < 0.0;
    if bad(c.min_sd) || bad(c.k) || bad(c.h) {
        return Err(Trouble::new("--min-sd、--k、--h 不得为负", "--min-sd, --k and --h must not be negative"));
    }
    Ok(())
}

const WEEK: usize = 7;

fn spaced(c: &Warning, series: &Series) -> Result<Spaced, Trouble> {
    let known = series.counts.iter().enumerate().filter(|(_, n)| n.is_some()).map(|(t, _)| t);
    let whole_weeks = series.date.is_some() && series.days() > WEEK && known.clone().all(|t| t % WEEK == 0);
    let every = c.every.unwrap_or(if whole_weeks { Every::Week } else { Every::Day });
    if series.date.is_none() || every == Every::Day {
        return Ok(Spaced { counts: series.counts.clone(), days_apart: 1 });
    }
    // Dated weeks: each has one row.
    if let Some(t) = known.clone().find(|t| t % WEEK != 0) {
        let day = series.date(t).map(|d| d.to_string()).unwrap_or_default();
        return Err(Trouble::new(
            format!("{}：{day} 与首日相隔不是整周；按周的数据每周一行，日期为同一星期几", c.file.display()),
            format!("{}: {day} is not whole weeks after the first date; a week has one row, always of the same weekday", c.file.display()),
        ));
    }
    Ok(Spaced { counts: series.counts.iter().step_by(WEEK).copied().collect(), days_apart: WEEK })
}

fn verdicts(c: &Warning, series: &Series, spaced: &Spaced) -> Result<Vec<Option<Verdict>>, Trouble> {
    let ears = |method: EarsMethod| {
        let usual = Ears::usual(method);
        let options =
            Ears { baseline: c.baseline.unwrap_or(usual.baseline), least_sd: c.min_sd, alpha: c.alpha.unwrap_or(usual.alpha), ..usual };
        warning::ears(&spaced.counts, &options)
    };
    Ok(match c.method {
        Method::EarsC1 => ears(EarsMethod::C1),
        Method::EarsC2 => ears(EarsMethod::C2),
        Method::EarsC3 => ears(EarsMethod::C3),
        Method::Cusum => {
            let standard = if c.rossi { Standard::Rossi } else { Standard::Plain };
            let usual = Cusum::usual(standard, c.baseline.unwrap_or(TRAINING));
            warning::cusum(&spaced.counts, &Cusum { reference: c.k, decision: c.h, reset: c.reset, ..usual })
        }
        Method::Farrington => of_years(c, Farrington::improved(), series, spaced),
        Method::FarringtonOriginal => of_years(c, Farrington::original(), series, spaced),
    })
}

/// Counts of the training of the cumulative sum.
const TRAINING: usize = 28;
/// Half a window where counts are days.
const DAYS_AROUND: usize = 10;

fn of_years(c: &Warning, usual: Farrington, series: &Series, spaced: &Spaced) -> Vec<Option<Verdict>> {
    let daily = spaced.days_apart == 1 && (series.date.is_some() || c.every == Some(Every::Day));
    let scale = if daily { WEEK } else { 1 };
    let options = Farrington {
        years: c.years,
        half_window: c.half_window.unwrap_or(if daily { DAYS_AROUND } else { usual.half_window }),
        left_out: usual.left_out * scale,
        alpha: c.alpha.unwrap_or(usual.alpha),
        fewest: (usual.fewest.0, usual.fewest.1 * scale),
        ..usual
    };
    let apart = spaced.days_apart as i64;
    let back = |t: usize, years: usize| match series.date {
        // The count nearest to the same date of the earlier year.
        Some(first) => {
            let now = i64::from(first.0) + t as i64 * apart;
            let then = years_before(Day(now as i32), years);
            let steps = (i64::from(then.0) - i64::from(first.0) + apart / 2).div_euclid(apart);
            usize::try_from(steps).ok()
        }
        None => t.checked_sub(years * if daily { 365 } else { 52 }),
    };
    warning::farrington(&spaced.counts, &options, back)
}

/// The same date of an earlier year; 29 February is 1 March in a year without one.
fn years_before(day: Day, years: usize) -> Day {
    let text = day.to_string();
    let parts: Vec<i64> = text.split('-').filter_map(|p| p.parse().ok()).collect();
    let [year, month, date] = parts[..] else { return day.plus(-(years as i32) * 365) };
    let target = year - years as i64;
    Day(days_from_civil(target, month, date) as i32)
}

/// Days from 1970-01-01 in the Gregorian calendar; a date that is not in its month counts on into the next (Hinnant's `days_from_civil`).
fn days_from_civil(year: i64, month: i64, date: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
