//! The growth rate: by how much the logarithm of the daily number changes a day; and what reproduction number it comes from.
//!
//! A Poisson regression with a scatter of its own (quasi-Poisson; Wedderburn 1974, Biometrika 61:439) on the day, within a window, perhaps with the day of
//! the week.

use crate::envelope::{Envelope, Factor};
use crate::interval::SerialInterval;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A growth rate, per day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// The rate.
    pub rate: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower end of the 95 % interval.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
    /// By how much counts scatter more than Poisson ones: the factor of their variance, as estimated; the error takes it to be at least 1.
    pub scatter: f64,
    /// Events in the window.
    pub events: f64,
    /// Days in it of which the count is known.
    pub days: usize,
}

/// Why there is no rate.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum GrowthError {
    /// Days with counts.
    #[error("{0} days with counts are too few: at least 4 are needed, and 15 with days of the week")]
    Days(usize),
    /// Events.
    #[error("{0} events are too few, or all on one day or at one end: the rate may be anything")]
    Events(f64),
    /// A count.
    #[error("a count is a number from 0 up, not {0}")]
    Count(f64),
}

/// Least days of a window without and with days of the week.
const LEAST: (usize, usize) = (4, 15);
/// Steps of Newton's method.
const STEPS: usize = 60;
/// A rate beyond this, per day, is none: numbers would grow twentyfold a day.
const MOST: f64 = 3.0;

/// The growth rate of these days, one after the other. A count of None is not known. `weekday`: the day of the week of the first day (0 to 6), if days of the
/// week are to have effects of their own.
///
/// # Errors
/// If too few days or events say nothing, or a count is negative.
pub fn growth(counts: &[Option<f64>], weekday: Option<usize>) -> Result<Growth, GrowthError> {
    if let Some(n) = counts.iter().flatten().find(|n| !n.is_finite() || **n < 0.0) {
        return Err(GrowthError::Count(*n));
    }
    let days: Vec<(usize, f64)> = counts.iter().enumerate().filter_map(|(t, n)| Some((t, (*n)?))).collect();
    if days.len() < if weekday.is_some() { LEAST.1 } else { LEAST.0 } {
        return Err(GrowthError::Days(days.len()));
    }
    let events: f64 = days.iter().map(|d| d.1).sum();
    let middle = days.iter().map(|d| d.0 as f64).sum::<f64>() / days.len() as f64;
    let table: Vec<(Vec<f64>, f64)> = days.iter().map(|(t, n)| (row(*t, middle, weekday), *n)).collect();
    let few = GrowthError::Events(events);
    let (at, factor) = fit(&table, events / days.len() as f64).ok_or(few)?;
    let means = table.iter().map(|(x, n)| (predictor(x, &at).exp(), *n));
    let free = days.len() as f64 - at.len() as f64;
    let scatter = means.map(|(m, n)| (n - m).powi(2) / m).sum::<f64>() / free;
    let mut unit = vec![0.0; at.len()];
    unit[1] = 1.0;
    let error = (factor.solve(&unit)[1] * scatter.max(1.0)).sqrt();
    let reach = StudentsT::new(0.0, 1.0, free).map_err(|_| few)?.inverse_cdf(0.975) * error;
    let rate = at[1];
    if !rate.is_finite() || rate.abs() > MOST || !reach.is_finite() {
        return Err(few);
    }
    Ok(Growth { rate, error, lo: rate - reach, hi: rate + reach, scatter, events, days: days.len() })
}

/// A day's row of the regression: 1, the day, and the six contrasts of days of the week with the seventh.
fn row(t: usize, middle: f64, weekday: Option<usize>) -> Vec<f64> {
    let mut x = vec![1.0, t as f64 - middle];
    if let Some(first) = weekday {
        let day = (first + t) % 7;
        x.extend((0..6).map(|k| if day == 6 { -1.0 } else { f64::from(u8::from(day == k)) }));
    }
    x
}

fn predictor(x: &[f64], at: &[f64]) -> f64 {
    x.iter().zip(at).map(|(x, b)| x * b).sum::<f64>().min(700.0)
}

/// The coefficients and the factor of their information, by Newton's method; none if the likelihood has no maximum.
fn fit(table: &[(Vec<f64>, f64)], mean: f64) -> Option<(Vec<f64>, Factor)> {
    let n = table.first()?.0.len();
    let mut at = vec![0.0; n];
    at[0] = Some(mean.ln()).filter(|m| m.is_finite())?;
    let ln = |at: &[f64]| table.iter().map(|(x, n)| n * predictor(x, at) - predictor(x, at).exp()).sum::<f64>();
    let mut here = ln(&at);
    for _ in 0..STEPS {
        let (slope, information) = slope(table, &at);
        let factor = information.factor()?;
        let step = factor.solve(&slope);
        let gain: f64 = step.iter().zip(&slope).map(|(a, b)| a * b).sum();
        if gain < 1e-12 {
            return Some((at, factor));
        }
        let mut scale = 1.0;
        loop {
            let to: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a + scale * s).collect();
            let there = ln(&to);
            if there >= here {
                (at, here) = (to, there);
                break;
            }
            scale *= 0.5;
            if scale < 1e-10 {
                return Some((at, factor));
            }
        }
    }
    None
}

fn slope(table: &[(Vec<f64>, f64)], at: &[f64]) -> (Vec<f64>, Envelope) {
    let mut slope = vec![0.0; at.len()];
    let mut information = Envelope::dense(at.len());
    for (x, n) in table {
        let mean = predictor(x, at).exp();
        for i in 0..at.len() {
            slope[i] += (n - mean) * x[i];
            (0..=i).for_each(|j| information.add(i, j, mean * x[i] * x[j]));
        }
    }
    (slope, information)
}

/// The time in which numbers double, days; negative: in which they halve. None where the rate is 0.
pub fn doubling(rate: f64) -> Option<f64> {
    Some(std::f64::consts::LN_2 / rate).filter(|d| d.is_finite())
}

/// The reproduction number at which numbers grow at this rate: R = 1 / Σ w_s e^(-r s) (Wallinga & Lipsitch 2007, Proc R Soc B 274:599). It takes the rate to
/// have held for as long as the intervals are, and the intervals to be those of infections (of onsets they do).
pub fn reproduction(rate: f64, w: &SerialInterval) -> f64 {
    let sum: f64 = w.as_slice().iter().sum();
    sum / w.as_slice().iter().enumerate().map(|(s, p)| p * (-rate * s as f64).exp()).sum::<f64>()
}
