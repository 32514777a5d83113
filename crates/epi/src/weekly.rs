//! Days from counts of weeks: the expectation–maximisation of Nash, Cori & Nouvellet 2023 (PLoS Comput Biol 19:e1011439; EpiEstim's `estimate_R_agg`).
//! R of a week gives the week's growth rate, that one how its cases are spread over its days, and those give R anew.

use crate::cori::{PRIOR, Window, posteriors};
use crate::interval::SerialInterval;
use crate::series::{Incidence, SeriesError};

/// Most rounds; ten are usual.
const ROUNDS: usize = 50;
/// Rounds end when no day's cases move by more.
const GOOD: f64 = 1e-6;
/// Growth rates are looked for between minus this and this, a day.
const FASTEST: f64 = 5.0;

/// Cases by day, from cases by periods of `days` days each, as real numbers. The days of a period add up to its cases. Where R cannot be estimated (the
/// first period, and those that end before the mean serial interval has passed), all days of a period have the same.
///
/// # Errors
/// If a count is negative or not a number.
pub fn spread(periods: &[f64], days: usize, w: &SerialInterval) -> Result<Vec<f64>, SeriesError> {
    let even: Vec<f64> = periods.iter().flat_map(|n| std::iter::repeat_n(n / days as f64, days)).collect();
    let windows: Vec<Window> = (1..periods.len()).filter_map(|k| Window::new(k * days, (k + 1) * days - 1)).collect();
    let mut by_day = even;
    for _ in 0..ROUNDS {
        let before = Incidence::of_total(by_day.clone())?;
        let mut moved = 0.0_f64;
        for (k, posterior) in posteriors(&before, w, &windows, PRIOR).into_iter().enumerate() {
            let Some(posterior) = posterior else { continue };
            let growth = growth_rate(posterior.mean(), w);
            // From the middle of the period, so that nothing overflows.
            let shape: Vec<f64> = (0..days).map(|d| (growth * (d as f64 - 0.5 * (days - 1) as f64)).exp()).collect();
            let all: f64 = shape.iter().sum();
            for (d, s) in shape.iter().enumerate() {
                let (day, n) = ((k + 1) * days + d, periods[k + 1] * s / all);
                moved = moved.max((n - by_day[day]).abs());
                by_day[day] = n;
            }
        }
        if moved < GOOD {
            break;
        }
    }
    Ok(by_day)
}

/// The growth rate a day that goes with a reproduction number: `1 / R = Σ w_s e^(−r s)` (Wallinga & Lipsitch 2007, Proc R Soc B 274:599), by halving.
pub fn growth_rate(r: f64, w: &SerialInterval) -> f64 {
    let number = |growth: f64| 1.0 / w.as_slice().iter().enumerate().map(|(s, p)| p * (-growth * s as f64).exp()).sum::<f64>();
    let (mut lo, mut hi) = (-FASTEST, FASTEST);
    while hi - lo > 1e-12 {
        let middle = 0.5 * (lo + hi);
        if number(middle) < r { lo = middle } else { hi = middle }
    }
    0.5 * (lo + hi)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exponential_growth_is_found_again() {
        let w = SerialInterval::shifted_gamma(5.0, 2.0, 70).unwrap();
        let days: Vec<f64> = (0..70).map(|t| (0.06 * f64::from(t)).exp() * 10.0).collect();
        let weeks: Vec<f64> = days.chunks(7).map(|c| c.iter().sum()).collect();
        let found = spread(&weeks, 7, &w).unwrap();
        for (a, b) in found.iter().zip(&days).skip(35) {
            assert!((a / b - 1.0).abs() < 0.02, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn a_week_keeps_its_cases(weeks in proptest::collection::vec(0_u32..5_000, 1..20), mean in 1.5_f64..12.0) {
            let w = SerialInterval::shifted_gamma(mean, 2.0, 140).unwrap();
            let weeks: Vec<f64> = weeks.into_iter().map(f64::from).collect();
            let days = spread(&weeks, 7, &w).unwrap();
            prop_assert!(days.iter().all(|n| n.is_finite() && *n >= 0.0));
            for (week, n) in days.chunks(7).zip(&weeks) {
                prop_assert!((week.iter().sum::<f64>() - n).abs() <= 1e-9 * n.max(1.0));
            }
        }
    }
}
