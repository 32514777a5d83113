//! Epidemics made up from a known R, to try an estimator on: cases of a day are Poisson or negative binomial around `R · Λ`, the renewal equation
//! (Fraser 2007, PLoS ONE 2:e758) that the estimators turn round.

use crate::interval::SerialInterval;
use crate::random::Random;

/// How the counts of a day scatter around their mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scatter {
    /// Variance equals mean.
    Poisson,
    /// Negative binomial with this size, > 0: variance = mean + mean² / size.
    Size(f64),
}

/// A source of chance: the same seed gives the same numbers.
#[derive(Debug, Clone)]
pub struct Chance(Random);

impl Chance {
    /// By a seed.
    pub fn new(seed: u64) -> Self {
        Self(Random::new(seed, 0))
    }
    /// Evenly between `from` and `to`.
    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.0.uniform()
    }
    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        self.0.normal()
    }
    /// Gamma, of this shape and scale; the mean if that is no gamma distribution.
    pub fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        self.0.gamma(shape, scale)
    }
    /// A count with this mean; 0 if the mean is 0 or no number.
    pub fn count(&mut self, mean: f64, scatter: Scatter) -> f64 {
        let mean = match scatter {
            Scatter::Size(k) if mean > 0.0 => self.gamma(k, mean / k),
            Scatter::Poisson | Scatter::Size(_) => mean,
        };
        self.0.poisson(mean)
    }
    /// How many of `n`, each with probability `p`; 0 if these are no such numbers.
    pub fn of_many(&mut self, n: f64, p: f64) -> f64 {
        self.0.binomial(n as u64, p.min(1.0))
    }
}

/// Cases by day: those of the first days as given by `begin`, the rest from R by day. As many days as R has.
pub fn renewal(r: &[f64], w: &SerialInterval, begin: &[f64], scatter: Scatter, chance: &mut Chance) -> Vec<f64> {
    let mut cases = Vec::with_capacity(r.len());
    for (t, r) in r.iter().enumerate() {
        let infectivity: f64 = cases.iter().rev().zip(w.as_slice().iter().skip(1)).map(|(n, p)| n * p).sum();
        cases.push(begin.get(t).copied().unwrap_or_else(|| chance.count(r * infectivity, scatter)));
    }
    cases
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn counts_have_the_mean_and_variance_that_were_asked_for() {
        let mut chance = Chance::new(1);
        for (scatter, variance) in [(Scatter::Poisson, 20.0), (Scatter::Size(4.0), 120.0)] {
            let n = 20_000;
            let counts: Vec<f64> = (0..n).map(|_| chance.count(20.0, scatter)).collect();
            let mean = counts.iter().sum::<f64>() / f64::from(n);
            let seen = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / f64::from(n);
            assert!((mean - 20.0).abs() < 0.4 && (seen / variance - 1.0).abs() < 0.06, "{scatter:?}: {mean} {seen}");
        }
        assert_eq!(chance.count(0.0, Scatter::Poisson), 0.0);
    }

    #[test]
    fn an_epidemic_grows_by_r_a_generation() {
        let w = SerialInterval::given(vec![0.0, 0.0, 0.0, 1.0]).unwrap();
        let cases = renewal(&[2.0; 30], &w, &[1_000.0; 3], Scatter::Poisson, &mut Chance::new(2));
        assert!((cases[29] / cases[26] - 2.0).abs() < 0.05, "{cases:?}");
    }
}
