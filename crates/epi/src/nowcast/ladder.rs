//! The chain ladder, with the standard error of Mack 1993 (ASTIN Bull 23:213): a baseline.

use super::predict::Day;
use super::triangle::Triangle;
use crate::gamma::standard_normal_quantile;

/// All events of each day by the chain ladder: what was reported up to an age grows to the next by the same factor for all days. Lognormal intervals. A day
/// of which nothing is reported yet stays at 0: the method does not know of other days' numbers.
pub fn chain_ladder(triangle: &Triangle) -> Vec<Day> {
    let (days, longest) = (triangle.days(), triangle.longest());
    let sums = |t: usize| -> Vec<f64> {
        let mut sum = 0.0;
        triangle
            .of(t)
            .iter()
            .map(|n| {
                sum += n;
                sum
            })
            .collect()
    };
    let reported: Vec<Vec<f64>> = (0..days).map(|t| if triangle.known(t) { sums(t) } else { Vec::new() }).collect();
    let mut steps: Vec<Step> = (0..longest).map(|age| Step::of(&reported, age)).collect();
    for k in 2..steps.len() {
        // Of one pair nobody sees how it scatters; Mack takes it to go on falling as before.
        if steps[k].pairs < 2 {
            let (a, b) = (steps[k - 2].variance, steps[k - 1].variance);
            steps[k].variance = if a > 0.0 { (b * b / a).min(a).min(b) } else { 0.0 };
        }
    }
    (0..days)
        .map(|t| {
            let Some(now) = reported[t].last().copied() else {
                let nan = f64::NAN;
                return Day { reported: None, share: nan, mean: nan, median: nan, inner: (nan, nan), outer: (nan, nan) };
            };
            let age = reported[t].len() - 1;
            let (mut all, mut relative) = (now, 0.0);
            for step in &steps[age..] {
                if all > 0.0 {
                    relative += step.variance / step.factor.powi(2) * (1.0 / all + 1.0 / step.base);
                }
                all *= step.factor;
            }
            day(now, all, relative)
        })
        .collect()
}

/// From one age to the next.
struct Step {
    factor: f64,
    variance: f64,
    /// Days of which both are known.
    pairs: usize,
    /// Events by which the factor is known.
    base: f64,
}

impl Step {
    fn of(reported: &[Vec<f64>], age: usize) -> Self {
        let pairs: Vec<(f64, f64)> = reported.iter().filter_map(|c| Some((*c.get(age)?, *c.get(age + 1)?))).collect();
        let (base, next) = pairs.iter().fold((0.0, 0.0), |(a, b), p| (a + p.0, b + p.1));
        let factor = if base > 0.0 { next / base } else { 1.0 };
        let squares: f64 = pairs.iter().filter(|p| p.0 > 0.0).map(|p| p.0 * (p.1 / p.0 - factor).powi(2)).sum();
        Self { factor, variance: squares / (pairs.len() as f64 - 1.0).max(1.0), pairs: pairs.len(), base: base.max(1.0) }
    }
}

fn day(reported: f64, all: f64, relative: f64) -> Day {
    let sd = relative.ln_1p().sqrt();
    let median = all * (-0.5 * sd * sd).exp();
    let at = |q: f64| (median * (sd * standard_normal_quantile(q)).exp()).max(reported);
    Day {
        reported: Some(reported),
        share: if all > 0.0 { reported / all } else { f64::NAN },
        mean: all,
        median: at(0.5),
        inner: (at(0.25), at(0.75)),
        outer: (at(0.025), at(0.975)),
    }
}
