//! Delays in whole days.

use crate::gamma::Gamma;
use statrs::function::erf::erfc;

/// The shape of a delay's distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Lognormal.
    Lognormal,
    /// Gamma.
    Gamma,
}

/// The probabilities of a delay of 0, 1, 2 … days. *Invariant:* none is negative and they add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Lag(Vec<f64>);

/// So little of a delay may be left out at its end.
const REST: f64 = 1e-3;
/// A longer delay is cut off, days.
const LONGEST: usize = 90;
/// Parts of the first day, over which the beginning is spread evenly.
const PARTS: usize = 20;

impl Lag {
    /// No delay at all.
    pub fn none() -> Self {
        Self(vec![1.0])
    }

    /// From a continuous delay by mean and standard deviation, days: what begins is spread evenly over its day, and what ends is counted on its day
    /// (Park et al. 2024, medRxiv 2024.01.12.24301247, the doubly censored distribution). None if one of them is not above 0, or the mean is beyond
    /// [`Lag::LONGEST_MEAN`].
    pub fn new(mean: f64, sd: f64, shape: Shape) -> Option<Self> {
        let gamma = Gamma::of_mean_sd(mean, sd).filter(|_| mean <= Self::LONGEST_MEAN)?;
        let spread = (1.0 + (sd / mean).powi(2)).ln();
        let middle = mean.ln() - 0.5 * spread;
        let cdf = |x: f64| match shape {
            _ if x <= 0.0 => 0.0,
            Shape::Gamma => gamma.cdf(x),
            Shape::Lognormal => 0.5 * erfc((middle - x.ln()) / (2.0 * spread).sqrt()),
        };
        let by = |day: f64| (0..PARTS).map(|k| cdf(day - (k as f64 + 0.5) / PARTS as f64)).sum::<f64>() / PARTS as f64;
        let mut all = Vec::new();
        let mut before = 0.0;
        while before < 1.0 - REST && all.len() < LONGEST {
            let until = by(all.len() as f64 + 1.0);
            all.push((until - before).max(0.0));
            before = until;
        }
        let sum: f64 = all.iter().sum();
        (sum > 0.0).then(|| Self(all.into_iter().map(|p| p / sum).collect()))
    }

    /// As given: the probabilities of 0, 1, 2 … days, divided by their sum. None if one is negative or no number, or all are 0.
    pub fn given(w: &[f64]) -> Option<Self> {
        let sum: f64 = w.iter().sum();
        let sound = w.iter().all(|p| *p >= 0.0) && sum > 0.0 && sum.is_finite() && w.len() <= LONGEST;
        sound.then(|| Self(w.iter().map(|p| p / sum).collect()))
    }

    /// The longest mean, days.
    pub const LONGEST_MEAN: f64 = 45.0;

    /// The probabilities of 0, 1, 2 … days.
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }
    /// The probability of at most so many days.
    pub fn within(&self, days: usize) -> f64 {
        self.0.iter().take(days + 1).sum::<f64>().min(1.0)
    }
    /// Mean, days.
    pub fn mean(&self) -> f64 {
        self.0.iter().enumerate().map(|(k, p)| k as f64 * p).sum()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn a_delay_in_whole_days_keeps_its_mean() {
        for shape in [Shape::Lognormal, Shape::Gamma] {
            for (mean, sd) in [(0.5, 0.5), (3.0, 1.0), (6.5, 4.0), (12.0, 9.0)] {
                let lag = Lag::new(mean, sd, shape).unwrap();
                assert!((lag.as_slice().iter().sum::<f64>() - 1.0).abs() < 1e-12);
                assert!((lag.mean() - mean).abs() < 0.02 * mean + 0.02, "{shape:?} {mean} {sd}: {}", lag.mean());
            }
        }
        assert_eq!((Lag::new(0.0, 1.0, Shape::Gamma), Lag::new(3.0, f64::NAN, Shape::Gamma)), (None, None));
        assert_eq!(Lag::none().within(0), 1.0);
        assert_eq!(Lag::given(&[1.0, 3.0]).unwrap().within(0), 0.25);
        assert_eq!((Lag::given(&[]), Lag::given(&[1.0, -0.5]), Lag::given(&[f64::NAN])), (None, None, None));
    }
}
