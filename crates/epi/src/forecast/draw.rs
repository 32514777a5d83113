//! Random numbers, by a seed.

use crate::random::Random;

/// More cases a day than this are not told apart: a forecast that goes there says nothing.
pub(super) const MOST: f64 = 1e9;

/// A source of random numbers: the same seed gives the same ones.
#[derive(Debug, Clone)]
pub struct Draw(Random);

impl Draw {
    /// By a seed.
    pub fn new(seed: u64) -> Self {
        Self(Random::new(seed, 0))
    }
    /// The stream itself.
    pub(super) fn random(&mut self) -> &mut Random {
        &mut self.0
    }
    /// From 0 to 1, evenly.
    pub(super) fn uniform(&mut self) -> f64 {
        self.0.uniform()
    }
    /// Standard normal.
    pub(super) fn normal(&mut self) -> f64 {
        self.0.normal()
    }
    /// Laplace distribution around 0 with this mean size.
    pub(super) fn laplace(&mut self, size: f64) -> f64 {
        let u = self.uniform() - 0.5;
        -size * u.signum() * (1.0 - 2.0 * u.abs()).max(f64::MIN_POSITIVE).ln()
    }
    /// Gamma distribution; see [`Random::gamma`].
    pub(super) fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        self.0.gamma(shape, scale)
    }
    /// A count with this mean and negative binomial size; infinite: Poisson.
    pub(super) fn count(&mut self, mean: f64, size: f64) -> f64 {
        let mean = if size.is_finite() { self.gamma(size, mean / size) } else { mean };
        self.0.poisson(mean.min(MOST))
    }
    /// How many of `n`, each with probability `p`.
    pub(super) fn of(&mut self, n: f64, p: f64) -> f64 {
        self.0.binomial(n.clamp(0.0, MOST) as u64, p.clamp(0.0, 1.0))
    }
    /// How many of `n`, with a probability that itself is drawn from a beta distribution with this mean and precision.
    pub(super) fn of_scattered(&mut self, n: f64, p: f64, precision: f64) -> f64 {
        let scattered = if precision.is_finite() { self.0.beta(p * precision, (1.0 - p) * precision) } else { None };
        self.of(n, scattered.unwrap_or(p))
    }
    /// One of a list by probabilities that add up to 1; the last one if they fall short. None of none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T], probability: impl Fn(&T) -> f64) -> Option<&'a T> {
        let mut left = self.uniform();
        for one in from {
            left -= probability(one);
            if left < 0.0 {
                return Some(one);
            }
        }
        from.last()
    }
}
