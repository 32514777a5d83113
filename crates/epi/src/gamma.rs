//! The gamma distribution: its distribution function and its quantiles, to about 1e-13.

use statrs::function::gamma::{gamma_lr, ln_gamma};
use std::collections::HashMap;

/// A gamma distribution by shape and scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    /// Shape, > 0.
    pub shape: f64,
    /// Scale, > 0, in the units of the variable.
    pub scale: f64,
}

impl Gamma {
    /// From this shape on Wilson and Hilferty's normal approximation of the cube root is exact to 1e-12, and the incomplete gamma function takes for ever.
    pub(crate) const HUGE: f64 = 1e8;

    /// By mean and standard deviation, both > 0; none otherwise.
    pub fn of_mean_sd(mean: f64, sd: f64) -> Option<Self> {
        let ok = mean > 0.0 && sd > 0.0 && mean.is_finite() && sd.is_finite();
        ok.then(|| Self { shape: (mean / sd).powi(2), scale: sd * sd / mean })
    }
    /// Mean.
    pub fn mean(self) -> f64 {
        self.shape * self.scale
    }
    /// Standard deviation.
    pub fn sd(self) -> f64 {
        self.shape.sqrt() * self.scale
    }
    /// The probability of at most `x`.
    pub fn cdf(self, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { lower(self.shape, x / self.scale) }
    }
    /// The density at `x`.
    pub fn density(self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let y = x / self.scale;
        ((self.shape - 1.0) * y.ln() - y - ln_gamma(self.shape)).exp() / self.scale
    }
    /// The value that is not exceeded with probability `p`, 0 < p < 1.
    pub fn quantile(self, p: f64) -> f64 {
        self.scale * standard_quantile(self.shape, p)
    }
}

/// Below this two terms of the series are exact.
const NEAR_ZERO: f64 = 1e-9;

/// The regularised lower incomplete gamma function. (The library's is 0 near 0, where small shapes have much of their probability.)
fn lower(shape: f64, x: f64) -> f64 {
    if shape > Gamma::HUGE {
        let c = 1.0 / (9.0 * shape);
        return 0.5 * statrs::function::erf::erfc((1.0 - c - (x / shape).cbrt()) / (2.0 * c).sqrt());
    }
    if x < NEAR_ZERO { (shape * x.ln() - ln_gamma(shape + 1.0)).exp() * (1.0 - x * shape / (shape + 1.0)) } else { gamma_lr(shape, x) }
}

/// Most steps of Halley's method; three or four are usual.
const STEPS: usize = 60;
/// After a step that small, relatively, a quantile is good: the steps' errors are cubed.
const GOOD: f64 = 1e-5;

/// The quantile of the gamma distribution with scale 1: Wilson and Hilferty's (1931) cube as a start, for small shapes the leading term of the
/// series of the distribution function, then Halley's method on it.
fn standard_quantile(shape: f64, p: f64) -> f64 {
    let norm = ln_gamma(shape);
    let mut x = start(shape, p, norm);
    if shape > Gamma::HUGE {
        return x;
    }
    for _ in 0..STEPS {
        let density = ((shape - 1.0) * x.ln() - x - norm).exp();
        if density <= 0.0 {
            break;
        }
        let newton = (lower(shape, x) - p) / density;
        let step = newton / (1.0 - 0.5 * (newton * ((shape - 1.0) / x - 1.0)).min(1.0));
        let next = x - step;
        let next = if next > 0.0 { next } else { 0.5 * x };
        let done = (next - x).abs() <= GOOD * next;
        x = next;
        if done {
            break;
        }
    }
    x
}

fn start(shape: f64, p: f64, norm: f64) -> f64 {
    let z = standard_normal_quantile(p);
    let c = 1.0 / (9.0 * shape);
    let cube = shape * (1.0 - c + z * c.sqrt()).powi(3);
    // P(a, x) ≈ x^a / Γ(a + 1) near 0.
    let small = ((p.ln() + shape.ln() + norm) / shape).exp();
    if cube > 0.2 * shape && shape > 0.5 { cube } else { small.max(f64::MIN_POSITIVE) }
}

/// The quantile of the standard normal distribution.
pub fn standard_normal_quantile(p: f64) -> f64 {
    -std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(2.0 * p)
}

/// Quantiles at fixed probabilities of gamma distributions, kept by shape: posteriors of counts share few shapes.
#[derive(Debug)]
pub struct Quantiles<const N: usize> {
    at: [f64; N],
    known: HashMap<u64, [f64; N]>,
}

impl<const N: usize> Quantiles<N> {
    /// At these probabilities.
    pub fn at(at: [f64; N]) -> Self {
        Self { at, known: HashMap::new() }
    }
    /// Of one distribution.
    pub fn of(&mut self, g: Gamma) -> [f64; N] {
        let at = self.at;
        let standard = self.known.entry(g.shape.to_bits()).or_insert_with(|| at.map(|p| standard_quantile(g.shape, p)));
        standard.map(|x| x * g.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_undo_the_distribution_function() {
        for shape in [0.05, 0.3, 0.999, 1.0, 1.5, 7.0, 43.0, 1_001.0, 250_001.0] {
            for p in [0.001, 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975, 0.999] {
                let g = Gamma { shape, scale: 2.5 };
                // The error of the probability, as a relative error of the quantile.
                let q = g.quantile(p);
                let error = (g.cdf(q) - p) / (g.density(q) * q);
                assert!(error.abs() < 1e-11, "{shape} {p}: {error}");
            }
        }
    }

    #[test]
    fn huge_shapes_are_quick_and_meet_the_others() {
        for p in [0.025, 0.5, 0.975] {
            let of = |shape: f64| (Gamma { shape, scale: 1.0 }.quantile(p) - shape) / shape.sqrt();
            assert!((of(0.99e8) - of(1.01e8)).abs() < 1e-5, "{p}: {} {}", of(0.99e8), of(1.01e8));
            assert!((Gamma { shape: 1e15, scale: 2.0 }.cdf(2.0 * (1e15 + 1e7)) - 0.623_7).abs() < 1e-3);
        }
    }

    #[test]
    fn the_exponential_distribution_is_known_exactly() {
        let g = Gamma { shape: 1.0, scale: 5.0 };
        for p in [0.025_f64, 0.5, 0.975] {
            let exact = -5.0 * (-p).ln_1p();
            assert!((g.quantile(p) - exact).abs() < 1e-12 * exact);
        }
    }
}
