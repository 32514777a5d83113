//! Serial intervals: from the onset of a case to the onset of whom it infected, in whole days.

use crate::delays::{Family, Law};

/// The probabilities of a serial interval of 0, 1, 2 … days. *Invariant:* none is negative, the one of 0 days is 0, and they add up to 1
/// (within [`SerialInterval::TOLERANCE`]).
#[derive(Debug, Clone, PartialEq)]
pub struct SerialInterval(Vec<f64>);

/// Why something is no serial interval.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum IntervalError {
    /// The mean or the standard deviation.
    #[error("a serial interval needs a mean above 1 day and a standard deviation above 0, not {mean} and {sd}")]
    Parameters {
        /// Mean, days.
        mean: f64,
        /// Standard deviation, days.
        sd: f64,
    },
    /// A probability.
    #[error("the probability of {day} days is {p}: it must not be negative")]
    Probability {
        /// Days.
        day: usize,
        /// What was given.
        p: f64,
    },
    /// The first one.
    #[error("the probability of 0 days must be 0, not {0}: whoever was infected by a case comes after it")]
    Zero(f64),
    /// Their sum.
    #[error("the probabilities add up to {0}, not to 1")]
    Sum(f64),
}

impl SerialInterval {
    /// By how much the sum of given probabilities may differ from 1, as in EpiEstim.
    pub const TOLERANCE: f64 = 0.01;

    /// The discretised gamma distribution of Cori et al. 2013 (Am J Epidemiol 178:1505, web appendix 11; EpiEstim's `discr_si`): a gamma shifted by
    /// one day, with which an interval is never 0, in whole days like every delay here ([`crate::delays::Daily`]). `days`: how many days it is given for, 0
    /// included; what is longer is left out, and the rest is not divided by its sum, as in EpiEstim.
    ///
    /// # Errors
    /// If the mean is at most 1 or the standard deviation at most 0 days.
    pub fn shifted_gamma(mean: f64, sd: f64, days: usize) -> Result<Self, IntervalError> {
        let beyond_a_day = Law::of_mean_sd(Family::Gamma, mean - 1.0, sd).ok_or(IntervalError::Parameters { mean, sd })?;
        let w = |k: usize| if k == 0 { 0.0 } else { beyond_a_day.censored(1.0, k as f64 - 1.0, k as f64) };
        Ok(Self((0..days).map(w).collect()))
    }

    /// As given: the probabilities of 0, 1, 2 … days.
    ///
    /// # Errors
    /// If one is negative, the first is not 0, or they do not add up to 1.
    pub fn given(w: Vec<f64>) -> Result<Self, IntervalError> {
        if let Some((day, p)) = w.iter().enumerate().find(|(_, p)| p.is_nan() || **p < 0.0) {
            return Err(IntervalError::Probability { day, p: *p });
        }
        if let Some(p) = w.first().filter(|p| **p != 0.0) {
            return Err(IntervalError::Zero(*p));
        }
        let sum: f64 = w.iter().sum();
        if (sum - 1.0).abs() > Self::TOLERANCE { Err(IntervalError::Sum(sum)) } else { Ok(Self(w)) }
    }

    /// The probability of so many days.
    pub fn of(&self, days: usize) -> f64 {
        self.0.get(days).copied().unwrap_or(0.0)
    }
    /// The probabilities of 0, 1, 2 … days, as far as they are known.
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }
    /// Mean, days.
    pub fn mean(&self) -> f64 {
        self.0.iter().enumerate().map(|(k, w)| k as f64 * w).sum()
    }
}
