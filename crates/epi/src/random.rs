//! Random numbers from a seeded stream; what is drawn depends on nothing but the seed. All chance in this library is from here.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, Poisson, StandardNormal};

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The `n`-th stream of a seed; streams do not overlap.
    pub fn new(seed: u64, n: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(n);
        Self(rng)
    }
    /// Uniform, from 0 up to but not including 1.
    pub fn uniform(&mut self) -> f64 {
        self.0.random()
    }
    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }
    /// Gamma; its mean, or 0 if that is negative or no number, where there is no such gamma distribution.
    pub fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        Gamma::new(shape, scale).map_or((shape * scale).max(0.0), |g| g.sample(&mut self.0))
    }
    /// Beta; none where there is no such beta distribution.
    pub fn beta(&mut self, a: f64, b: f64) -> Option<f64> {
        Beta::new(a, b).ok().map(|d| d.sample(&mut self.0))
    }
    /// Poisson, with this mean; 0 if it is not above 0, or too large.
    pub fn poisson(&mut self, mean: f64) -> f64 {
        Poisson::new(mean).map_or(0.0, |p| p.sample(&mut self.0))
    }
    /// How many of `n`, each with probability `p`; 0 if that is no probability.
    pub fn binomial(&mut self, n: u64, p: f64) -> f64 {
        Binomial::new(n, p).map_or(0.0, |b| b.sample(&mut self.0) as f64)
    }
    /// An index, each as often as its weight says; none if no weight is above 0.
    pub fn choose(&mut self, weights: &[f64]) -> Option<usize> {
        let all: f64 = weights.iter().sum();
        let mut u = self.uniform() * all;
        let found = weights.iter().position(|w| {
            u -= w;
            u < 0.0
        });
        found.or_else(|| weights.iter().rposition(|w| *w > 0.0))
    }
}
