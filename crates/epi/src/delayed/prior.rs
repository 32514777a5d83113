//! What is assumed of the parameters before anything is seen: a normal distribution.

use super::linear::Factor;
use super::model::BEGIN;

/// What ln R of the first day may be: around 0 with this standard deviation.
const FIRST: f64 = 0.7;
/// Standard deviation of the logarithm of the infections before the first day, around that of the first counts.
const LEVEL: f64 = 2.0;
/// Standard deviation of their growth a day.
const GROWTH: f64 = 0.1;

/// ln R walks from day to day; what is infected on a day is `R · Λ` times chance, whose logarithm has the same variance each day. The parameters are
/// the beginning's and ln R with the day's chance.
pub(super) struct Prior {
    days: usize,
    mean: Vec<f64>,
    precision: Vec<f64>,
    ln_determinant: f64,
    /// Covariance of the walk.
    walk: Vec<f64>,
    /// By day, how the walk follows from ln R with chance.
    gain: Vec<Vec<f64>>,
}

impl Prior {
    /// `level`: the logarithm of the first counts' mean; `walk`: standard deviation of a day's step of ln R; `chance`: that of a day's chance. None if
    /// there is no such distribution.
    pub fn new(level: f64, walk: f64, chance: f64, days: usize) -> Option<Self> {
        let walk: Vec<f64> = (0..days * days).map(|k| FIRST * FIRST + walk * walk * (k / days).min(k % days) as f64).collect();
        let mut covariance = walk.clone();
        for t in 0..days {
            covariance[t * days + t] += chance * chance;
        }
        let factor = Factor::new(covariance, days)?;
        let inverse = factor.inverse();
        let n = BEGIN + days;
        let mut precision = vec![0.0; n * n];
        for (k, sd) in [LEVEL, GROWTH].into_iter().enumerate() {
            precision[k * n + k] = 1.0 / (sd * sd);
        }
        for (t, row) in inverse.chunks(days).enumerate() {
            let from = (BEGIN + t) * n + BEGIN;
            precision[from..from + days].copy_from_slice(row);
        }
        // The mean of what chance multiplies by is 1.
        let mean = [level, 0.0].into_iter().chain(std::iter::repeat_n(-0.5 * chance * chance, days)).collect();
        let gain = walk.chunks(days).map(|row| factor.solve(row.to_vec())).collect();
        let ln_determinant = factor.ln_determinant() + 2.0 * (LEVEL * GROWTH).ln();
        Some(Self { days, mean, precision, ln_determinant, walk, gain })
    }

    /// The logarithm of the density, but for a constant.
    pub fn ln_density(&self, at: &[f64]) -> f64 {
        let slope = self.slope(at);
        let square: f64 = at.iter().zip(&self.mean).zip(&slope).map(|((x, m), s)| -(x - m) * s).sum();
        -0.5 * (square + self.ln_determinant)
    }

    /// How it changes with each parameter.
    pub fn slope(&self, at: &[f64]) -> Vec<f64> {
        let off: Vec<f64> = at.iter().zip(&self.mean).map(|(x, m)| x - m).collect();
        self.precision.chunks(at.len()).map(|row| -row.iter().zip(&off).map(|(p, o)| p * o).sum::<f64>()).collect()
    }

    /// The negative of its second derivatives.
    pub fn curvature(&self) -> Vec<f64> {
        self.precision.clone()
    }

    /// Mean and variance of the walk itself by day, if the parameters are normal around `at` with the inverse of the factored matrix as covariance.
    pub fn walk(&self, at: &[f64], posterior: &Factor) -> Vec<(f64, f64)> {
        let of = |(t, gain): (usize, &Vec<f64>)| {
            let mean = gain.iter().zip(&at[BEGIN..]).zip(&self.mean[BEGIN..]).map(|((g, x), m)| g * (x - m)).sum();
            let row = &self.walk[t * self.days..(t + 1) * self.days];
            let left: f64 = row[t] - row.iter().zip(gain).map(|(c, g)| c * g).sum::<f64>();
            let padded = vec![0.0; BEGIN].into_iter().chain(gain.iter().copied()).collect();
            (mean, left.max(0.0) + posterior.form(padded))
        };
        self.gain.iter().enumerate().map(of).collect()
    }
}
