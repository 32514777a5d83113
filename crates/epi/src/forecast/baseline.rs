//! Forecasts that know nothing of epidemics. One that does must do better to be worth its trouble.

use super::cases::bridged;
use super::draw::{Draw, MOST};

/// A simple rule by which counts go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// As on the last day. How far off that gets is drawn from the past's changes from day to day, each taken up and down: the baseline of the
    /// forecast hubs (Cramer et al. 2022, PNAS 119:e2113561119).
    Last,
    /// As on the same day of the week before (seasonal naive; Hyndman & Athanasopoulos 2021, Forecasting, section 5.2), with the past's changes from
    /// week to week.
    SameWeekday,
    /// The logarithm of count + 1 is a random walk with the mean drift of the last [`DRIFT_DAYS`] days.
    Drift,
    /// Exponential smoothing of the logarithm of count + 1 with a damped trend (Gardner & McKenzie 1985, Manag Sci 31:1237), that is
    /// an ARIMA(1,1,2); its three parameters are those with the least squared error one day ahead.
    Smoothing,
}

/// Over how many days the drift is taken: two full weeks.
pub const DRIFT_DAYS: usize = 14;
/// Least changes from which something can be drawn.
const LEAST: usize = 3;

impl Baseline {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Last, Self::SameWeekday, Self::Drift, Self::Smoothing];

    /// Its short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::SameWeekday => "same-weekday",
            Self::Drift => "drift",
            Self::Smoothing => "smoothing",
        }
    }

    /// Draws paths of so many days; none if the past is too short.
    pub fn paths(self, counts: &[Option<f64>], days: usize, samples: usize, draw: &mut Draw) -> Option<Vec<Vec<f64>>> {
        match self {
            Self::Last => repeated(counts, 1, days, samples, draw),
            Self::SameWeekday => repeated(counts, 7, days, samples, draw),
            Self::Drift => drifted(counts, days, samples, draw),
            Self::Smoothing => smoothed(counts, days, samples, draw),
        }
    }
}

/// The last `period` days again and again, with the changes from one period to the next added up.
fn repeated(counts: &[Option<f64>], period: usize, days: usize, samples: usize, draw: &mut Draw) -> Option<Vec<Vec<f64>>> {
    let changes: Vec<f64> = counts.iter().zip(counts.get(period..)?).filter_map(|(a, b)| Some((*b)? - (*a)?)).collect();
    if changes.len() < LEAST {
        return None;
    }
    let filled = bridged(counts);
    let last = filled.get(filled.len().checked_sub(period)?..)?;
    let mut one = || {
        let mut path: Vec<f64> = Vec::with_capacity(days);
        for h in 0..days {
            let before = h.checked_sub(period).map_or_else(|| last[h % period], |k| path[k]);
            let change = changes[((draw.uniform() * changes.len() as f64) as usize).min(changes.len() - 1)];
            path.push(before + if draw.uniform() < 0.5 { change } else { -change });
        }
        path.iter_mut().for_each(|n| *n = n.max(0.0).round());
        path
    };
    Some((0..samples).map(|_| one()).collect())
}

fn logs(counts: &[Option<f64>]) -> Vec<f64> {
    bridged(counts).into_iter().map(f64::ln_1p).collect()
}

fn count_of(ln: f64) -> f64 {
    ln.exp_m1().clamp(0.0, MOST).round()
}

fn drifted(counts: &[Option<f64>], days: usize, samples: usize, draw: &mut Draw) -> Option<Vec<Vec<f64>>> {
    let ln = logs(counts);
    let recent = &ln[ln.len().saturating_sub(DRIFT_DAYS + 1)..];
    let changes: Vec<f64> = recent.windows(2).map(|w| w[1] - w[0]).collect();
    if changes.len() < LEAST {
        return None;
    }
    let n = changes.len() as f64;
    let mean = changes.iter().sum::<f64>() / n;
    let sd = (changes.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let last = *ln.last()?;
    let mut one = || {
        let drift = mean + sd / n.sqrt() * draw.normal();
        let mut level = last;
        (0..days)
            .map(|_| {
                level += drift + sd * draw.normal();
                count_of(level)
            })
            .collect()
    };
    Some((0..samples).map(|_| one()).collect())
}

/// A damped trend: how fast the level and the trend follow, and what share of the trend is left a day later.
#[derive(Debug, Clone, Copy)]
struct Damped {
    level: f64,
    trend: f64,
    kept: f64,
}

/// The level, the trend and the standard deviation of the errors one day ahead at the end of the series.
fn follow(ln: &[f64], p: Damped) -> (f64, f64, f64) {
    let (mut level, mut trend, mut squares) = (ln[0], 0.0, 0.0);
    for y in &ln[1..] {
        let error = y - level - p.kept * trend;
        level += p.kept * trend + p.level * error;
        trend = p.kept * trend + p.level * p.trend * error;
        squares += error * error;
    }
    (level, trend, (squares / (ln.len() as f64 - 2.0).max(1.0)).sqrt())
}

fn smoothed(counts: &[Option<f64>], days: usize, samples: usize, draw: &mut Draw) -> Option<Vec<Vec<f64>>> {
    let ln = logs(counts);
    if ln.len() <= 2 * LEAST {
        return None;
    }
    let tenths = |n: u32| f64::from(n) / 10.0;
    let tried =
        (1..=9).flat_map(|l| (0..=5).flat_map(move |t| [0.8, 0.9, 0.98].map(|kept| Damped { level: tenths(l), trend: tenths(t), kept })));
    let best = tried.min_by(|a, b| follow(&ln, *a).2.total_cmp(&follow(&ln, *b).2))?;
    let (level, trend, sd) = follow(&ln, best);
    let mut one = || {
        let (mut level, mut trend) = (level, trend);
        (0..days)
            .map(|_| {
                let error = sd * draw.normal();
                let y = level + best.kept * trend + error;
                level += best.kept * trend + best.level * error;
                trend = best.kept * trend + best.level * best.trend * error;
                count_of(y)
            })
            .collect()
    };
    Some((0..samples).map(|_| one()).collect())
}
