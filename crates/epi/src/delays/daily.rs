//! Delays in whole days: the one way in which this library makes days of a continuous delay.
//!
//! Of both events one knows the day, not the hour. The first is taken to be spread evenly over its day, and the second is counted on the day on which it falls:
//! the doubly interval-censored distribution (Park, Akhmetzhanov, Charniga et al. 2024, medRxiv 2024.01.12.24301247; Charniga et al. 2024, PLoS Comput Biol
//! 20:e1012520). With I(x) = ∫ F from 0 to x, F the distribution function, a delay of k days has the probability I(k + 1) − 2 I(k) + I(k − 1).
//!
//! The discretised serial interval of Cori et al. 2013 (Am J Epidemiol 178:1505, web appendix 11; EpiEstim's `discr_si`) is the same formula for a gamma that
//! is shifted by one day, written out: k F(k) + (k − 2) F(k − 2) − 2 (k − 1) F(k − 1) and what follows it is I(k) − 2 I(k − 1) + I(k − 2), because
//! I(x) = x F(x) − μ F₁(x), with the mean μ and F₁ of the shape that is larger by 1. So there is no second formula: see
//! [`crate::interval::SerialInterval::shifted_gamma`].

use super::family::{Family, Law};

impl Law {
    /// The probability that the second event falls between `from` and `to`, days from the beginning of the first event's window, in which the first is evenly
    /// spread over `width` days, above 0.
    pub(crate) fn censored(self, width: f64, from: f64, to: f64) -> f64 {
        let second = |i: &dyn Fn(f64) -> f64| (i(to) - i(to - width)) - (i(from) - i(from - width));
        // In the upper half the small numbers are those of the tail.
        let upper = from - width > 0.0 && self.cdf(from - width) > 0.5;
        let p = if upper { second(&|x| self.above(x)) } else { second(&|x| self.below(x)) };
        p.max(0.0) / width
    }
}

/// The probabilities of a delay of 0, 1, 2 … days. *Invariant:* none is negative and they add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Daily(Vec<f64>);

/// So little of a delay may be left out at its end.
const REST: f64 = 1e-3;
/// A longer delay is cut off, days.
const LONGEST: usize = 90;

impl Daily {
    /// The longest mean, days.
    pub const LONGEST_MEAN: f64 = 45.0;

    /// No delay at all.
    pub fn none() -> Self {
        Self(vec![1.0])
    }

    /// From a distribution; the last thousandth is left out. None if its mean is beyond [`Daily::LONGEST_MEAN`].
    pub fn of(law: Law) -> Option<Self> {
        let known = law.mean() <= Self::LONGEST_MEAN;
        let mut all = Vec::new();
        let mut sum = 0.0;
        while known && sum < 1.0 - REST && all.len() < LONGEST {
            let day = all.len() as f64;
            let p = law.censored(1.0, day, day + 1.0);
            sum += p;
            all.push(p);
        }
        (sum > 0.0).then(|| Self(all.into_iter().map(|p| p / sum).collect()))
    }
    /// From a distribution of this family by mean and standard deviation, days. None if there is no such distribution, or the mean is beyond
    /// [`Daily::LONGEST_MEAN`].
    pub fn of_mean_sd(family: Family, mean: f64, sd: f64) -> Option<Self> {
        Self::of(Law::of_mean_sd(family, mean, sd)?)
    }

    /// As given: the probabilities of 0, 1, 2 … days, divided by their sum. None if one is negative or no number, or all are 0.
    pub fn given(w: &[f64]) -> Option<Self> {
        let sum: f64 = w.iter().sum();
        let sound = w.iter().all(|p| *p >= 0.0) && sum > 0.0 && sum.is_finite() && w.len() <= LONGEST;
        sound.then(|| Self(w.iter().map(|p| p / sum).collect()))
    }

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
        for family in Family::ALL {
            for (mean, sd) in [(0.5, 0.5), (3.0, 1.0), (6.5, 4.0), (12.0, 9.0)] {
                let daily = Daily::of_mean_sd(family, mean, sd).unwrap();
                assert!((daily.as_slice().iter().sum::<f64>() - 1.0).abs() < 1e-12);
                assert!((daily.mean() - mean).abs() < 0.02 * mean + 0.02, "{family:?} {mean} {sd}: {}", daily.mean());
            }
        }
        assert_eq!((Daily::of_mean_sd(Family::Gamma, 0.0, 1.0), Daily::of_mean_sd(Family::Gamma, 3.0, f64::NAN)), (None, None));
        assert_eq!((Daily::of_mean_sd(Family::Gamma, 46.0, 1.0), Daily::none().within(0)), (None, 1.0));
        assert_eq!(Daily::given(&[1.0, 3.0]).unwrap().within(0), 0.25);
        assert_eq!((Daily::given(&[]), Daily::given(&[1.0, -0.5]), Daily::given(&[f64::NAN])), (None, None, None));
    }

    /// Of an exponential delay with mean m: 1 − m (1 − e^(−1/m)) for 0 days, m (1 − e^(−1/m))² e^(−(k − 1)/m) for k days.
    #[test]
    fn an_exponential_delay_is_known_exactly() {
        for mean in [0.4_f64, 2.0, 9.0] {
            let law = Law::new(Family::Gamma, 1.0, mean).unwrap();
            let ended = -(-1.0 / mean).exp_m1();
            for k in 0..60 {
                let exact = match k {
                    0 => 1.0 - mean * ended,
                    k => mean * ended * ended * (-f64::from(k - 1) / mean).exp(),
                };
                let p = law.censored(1.0, f64::from(k), f64::from(k) + 1.0);
                assert!((p / exact - 1.0).abs() < 1e-6 || (p - exact).abs() < 1e-15, "{mean} {k}: {p} {exact}");
            }
        }
    }
}
