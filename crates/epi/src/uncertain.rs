//! Cori's R when the serial interval itself is not known for sure: EpiEstim's `uncertain_si` and `si_from_sample` (Thompson et al. 2019, Epidemics
//! 29:100356). Each possible interval has its own posterior of R; together they are a mixture. EpiEstim draws from it; here its mean, standard deviation
//! and quantiles are those of the mixture itself.

use crate::cori::{Estimate, PROBABILITIES, Window, posteriors};
use crate::gamma::Gamma;
use crate::interval::{IntervalError, SerialInterval};
use crate::series::Incidence;
use crate::simulate::Chance;

/// A normal distribution cut off at both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truncated {
    /// Mean before it is cut.
    pub mean: f64,
    /// Standard deviation before it is cut.
    pub sd: f64,
    /// Nothing is below.
    pub from: f64,
    /// Nothing is above.
    pub to: f64,
}

/// Draws that may miss a truncated distribution before its nearest end is taken.
const TRIES: usize = 10_000;

impl Truncated {
    fn draw(self, chance: &mut Chance) -> f64 {
        let tries = (0..TRIES).map(|_| self.mean + self.sd * chance.normal());
        tries.into_iter().find(|x| (self.from..=self.to).contains(x)).unwrap_or(self.mean.max(self.from).min(self.to))
    }
}

/// So many serial intervals whose mean and standard deviation, in days, come from truncated normal distributions: shifted gammas, each for so many days.
///
/// # Errors
/// If a mean of at most 1 or a standard deviation of at most 0 days can be drawn.
pub fn intervals(mean: Truncated, sd: Truncated, many: usize, days: usize, seed: u64) -> Result<Vec<SerialInterval>, IntervalError> {
    let mut chance = Chance::new(seed);
    (0..many).map(|_| SerialInterval::shifted_gamma(mean.draw(&mut chance), sd.draw(&mut chance), days)).collect()
}

/// R in each window over all the intervals, each as likely as the others; intervals that have not passed once by the end of a window say nothing of it.
pub fn estimate(i: &Incidence, intervals: &[SerialInterval], windows: &[Window], prior: Gamma) -> Vec<Option<Estimate>> {
    let each: Vec<Vec<Option<Gamma>>> = intervals.iter().map(|w| posteriors(i, w, windows, prior)).collect();
    (0..windows.len()).map(|k| mixture(&each.iter().filter_map(|e| e[k]).collect::<Vec<_>>())).collect()
}

fn mixture(of: &[Gamma]) -> Option<Estimate> {
    let average = |f: &dyn Fn(&Gamma) -> f64| of.iter().map(f).sum::<f64>() / of.len() as f64;
    let mean = average(&|g| g.mean());
    let sd = average(&|g| g.sd().powi(2) + (g.mean() - mean).powi(2)).sqrt();
    (!of.is_empty()).then(|| Estimate { mean, sd, quantiles: PROBABILITIES.map(|p| quantile(of, p, (mean, sd))) })
}

/// Steps of Newton's method, or of halving where that would leave the bracket; six are usual.
const STEPS: usize = 100;

fn quantile(of: &[Gamma], p: f64, (mean, sd): (f64, f64)) -> f64 {
    let average = |f: &dyn Fn(&Gamma) -> f64| of.iter().map(f).sum::<f64>() / of.len() as f64;
    // Of one gamma distribution with these moments: near, and exact where all are the same.
    let mut x = Gamma::of_mean_sd(mean, sd).map_or(mean, |g| g.quantile(p));
    let (mut lo, mut hi) = (0.0, f64::INFINITY);
    for _ in 0..STEPS {
        let off = average(&|g| g.cdf(x)) - p;
        if off > 0.0 {
            hi = x
        } else {
            lo = x
        }
        let newton = x - off / average(&|g| g.density(x));
        let next = if newton > lo && newton < hi {
            newton
        } else if hi.is_finite() {
            0.5 * (lo + hi)
        } else {
            2.0 * x
        };
        let done = (next - x).abs() <= 1e-12 * next;
        x = next;
        if done {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;
    use crate::cori::{self, PRIOR};

    fn cases() -> Incidence {
        Incidence::of_total(vec![2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 9.0, 12.0, 11.0, 16.0, 22.0, 20.0, 25.0, 31.0]).unwrap()
    }

    #[test]
    fn one_interval_many_times_is_that_interval() {
        let w = SerialInterval::shifted_gamma(4.0, 2.0, 14).unwrap();
        let windows = Window::sliding(14, 5);
        let known = cori::estimate(&cases(), &w, &windows, PRIOR, &mut cori::quantiles());
        for (a, b) in estimate(&cases(), &vec![w; 3], &windows, PRIOR).iter().zip(known) {
            let Some((a, b)) = a.zip(b) else {
                assert_eq!((*a, b), (None, None));
                continue;
            };
            let close = |x: f64, y: f64| (x - y).abs() < 1e-9 * y;
            assert!(
                close(a.mean, b.mean) && close(a.sd, b.sd) && a.quantiles.iter().zip(b.quantiles).all(|(x, y)| close(*x, y)),
                "{a:?} {b:?}"
            );
        }
    }

    #[test]
    fn doubt_widens_and_draws_keep_within_their_ends() {
        let of = |sd: f64| {
            let mean = Truncated { mean: 4.0, sd, from: 2.0, to: 6.0 };
            let all = intervals(mean, Truncated { mean: 2.0, sd: 0.1, from: 1.0, to: 3.0 }, 60, 60, 1).unwrap();
            assert!(all.iter().all(|w| (1.99..6.01).contains(&w.mean())));
            estimate(&cases(), &all, &Window::sliding(14, 5), PRIOR).pop().flatten().unwrap()
        };
        assert!(of(1.5).sd > 1.3 * of(0.01).sd, "{:?} {:?}", of(1.5), of(0.01));
        assert!(
            intervals(Truncated { mean: 1.0, sd: 0.1, from: 0.0, to: 1.0 }, Truncated { mean: 1.0, sd: 0.1, from: 0.5, to: 2.0 }, 5, 9, 1)
                .is_err()
        );
    }
}
