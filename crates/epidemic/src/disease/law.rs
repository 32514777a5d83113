//! Distributions of times and loads, as tables of quantiles: any family costs one look and one interpolation.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::gamma_lr;

/// A distribution by its mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Its shape.
    pub family: Family,
    /// Mean, in the unit of the quantity.
    pub mean: f64,
    /// Standard deviation; 0 makes it fixed.
    pub sd: f64,
}

/// The shape of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Normal.
    Normal,
    /// Lognormal.
    Lognormal,
    /// Gamma.
    Gamma,
}

impl Law {
    /// Always this value.
    pub const fn fixed(mean: f64) -> Self {
        Self { family: Family::Normal, mean, sd: 0.0 }
    }
    /// Gamma with mean 1 and this shape; fixed if the shape is not finite.
    pub fn individual(shape: f64) -> Self {
        let sd = if shape.is_finite() { shape.powf(-0.5) } else { 0.0 };
        Self { family: Family::Gamma, mean: 1.0, sd }
    }
    /// Whether there is such a distribution.
    pub fn is_sound(&self) -> bool {
        let positive = self.family == Family::Normal || self.mean > 0.0;
        self.mean.is_finite() && self.sd.is_finite() && self.sd >= 0.0 && positive
    }
    fn quantiles(&self, at: &[f64]) -> Vec<f64> {
        let standard = |p: f64| Normal::standard().inverse_cdf(p);
        match self.family {
            _ if self.sd == 0.0 => vec![self.mean; at.len()],
            Family::Normal => at.iter().map(|p| self.mean + self.sd * standard(*p)).collect(),
            Family::Lognormal => {
                let variance = (self.sd / self.mean).powi(2).ln_1p();
                at.iter().map(|p| self.mean * (variance.sqrt() * standard(*p) - variance / 2.0).exp()).collect()
            }
            Family::Gamma => gamma_quantiles(self.mean, self.sd, at),
        }
    }
}

/// Quantiles at increasing probabilities, from the distribution function on a grid of logarithms.
fn gamma_quantiles(mean: f64, sd: f64, at: &[f64]) -> Vec<f64> {
    const GRID: usize = 4_000;
    let shape = (mean / sd).powi(2);
    let scale = sd * sd / mean;
    // From where P(X < x) is beyond what a table holds (its leading term is x^shape / Γ(shape + 1)) to far in the tail.
    let (low, high) = ((1e-5f64.ln() / shape).max(-60.0), (shape + 40.0 + 12.0 * shape.sqrt()).ln());
    let x = |k: usize| low + (high - low) * k as f64 / GRID as f64;
    let mut k = 0;
    let (mut below, mut p_below, mut p_here) = (x(0), 0.0, gamma_lr(shape, x(0).exp()));
    let mut quantile = |p: f64| {
        while p_here < p && k < GRID {
            below = x(k);
            p_below = p_here;
            k += 1;
            p_here = gamma_lr(shape, x(k).exp());
        }
        let part = if p_here > p_below { ((p - p_below) / (p_here - p_below)).clamp(0.0, 1.0) } else { 1.0 };
        (below + (x(k) - below) * part).exp() * scale
    };
    at.iter().map(|p| quantile(*p)).collect()
}

/// Cells of each of the two parts of a table.
const CELLS: usize = 256;
/// Where the second part begins: the upper 1/64 has as many cells as the rest, since heavy tails matter.
const TAIL: f32 = 63.0 / 64.0;

/// Quantiles of a law, to draw from by inversion. The extreme 1/32,768 of the tail is cut, and the whole scaled so that the mean is exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles {
    values: Vec<f32>,
}

impl Quantiles {
    /// The table of a law.
    pub fn new(law: &Law) -> Self {
        let cell = |k: usize| {
            if k <= CELLS {
                f64::from(TAIL) * k as f64 / CELLS as f64
            } else {
                1.0 - (1.0 - f64::from(TAIL)) * (2 * CELLS - k) as f64 / CELLS as f64
            }
        };
        let inside = |p: f64| p.clamp(1.0 / 1024.0, 1.0 - 1.0 / 32_768.0);
        let at: Vec<f64> = (0..=2 * CELLS).map(|k| inside(cell(k))).collect();
        let mut values = law.quantiles(&at);
        let mean: f64 = (0..2 * CELLS).map(|k| (values[k] + values[k + 1]) / 2.0 * (cell(k + 1) - cell(k))).sum();
        for v in &mut values {
            // A normal is shifted, a positive law scaled.
            *v = if law.family == Family::Normal { *v + law.mean - mean } else { *v * law.mean / mean };
        }
        Self { values: values.into_iter().map(|v| v as f32).collect() }
    }
    /// The quantile at a probability in [0, 1).
    #[inline]
    pub fn at(&self, p: f32) -> f32 {
        let cells = CELLS as f32;
        let x = if p < TAIL { p * (cells / TAIL) } else { cells + (p - TAIL) * (cells / (1.0 - TAIL)) };
        let k = (x as usize).min(2 * CELLS - 1);
        let (low, high) = (self.values[k], self.values[k + 1]);
        low + (high - low) * (x - k as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    fn moments(law: Law) -> (f64, f64) {
        let table = Quantiles::new(&law);
        let n = 200_000;
        let mut draws = Key::new(5).draws();
        let x: Vec<f64> = (0..n).map(|_| f64::from(table.at(draws.unit32()))).collect();
        let mean = x.iter().sum::<f64>() / n as f64;
        (mean, (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64).sqrt())
    }

    #[test]
    fn tables_have_the_moments_of_their_laws() {
        for (family, mean, sd) in
            [(Family::Normal, -0.5, 1.5), (Family::Lognormal, 5.5, 2.1), (Family::Gamma, 10.3, 8.2), (Family::Gamma, 1.0, 1.0)]
        {
            let (m, s) = moments(Law { family, mean, sd });
            assert!((m - mean).abs() < 0.02 * sd, "{family:?} {mean}: {m}");
            assert!((s / sd - 1.0).abs() < 0.03, "{family:?} {sd}: {s}");
        }
        // A dispersion of 0.1, as of SARS: variance 10.
        let (m, s) = moments(Law::individual(0.1));
        assert!((m - 1.0).abs() < 0.03 && (s * s / 10.0 - 1.0).abs() < 0.08, "{m} {s}");
        assert_eq!(Quantiles::new(&Law::fixed(3.0)).at(0.7), 3.0);
    }

    #[test]
    fn the_median_of_a_gamma_is_right() {
        // Shape 2, scale 1: the median solves (1 + x) e^-x = 1/2, x = 1.67835.
        let table = Quantiles::new(&Law { family: Family::Gamma, mean: 2.0, sd: 2f64.sqrt() });
        assert!((table.at(0.5) - 1.67835).abs() < 2e-3, "{}", table.at(0.5));
    }
}
