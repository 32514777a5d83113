//! How rates walk: one after the other, and all together along the directions in which they were seen to move together (Haario et al. 2001, Bernoulli
//! 7:223), adapted while the chain warms up and fixed then.

use crate::random::Random;

/// The share of steps that a tuned walk in one dimension takes (Roberts & Rosenthal 2001, Stat Sci 16:351).
const TAKEN: f64 = 0.44;
/// And in several.
const TAKEN_TOGETHER: f64 = 0.234;
/// Sweeps after which the directions are learnt for the first time; then each time after as many again.
const LEARNT_AFTER: usize = 25;

/// A random walk with its steps.
pub(super) struct Walk {
    steps: Vec<f64>,
    /// Where the walk has been in the warm-up, and the directions that follow from it: a lower triangle.
    been: Vec<Vec<f64>>,
    directions: Vec<Vec<f64>>,
    stride: f64,
    /// So many steps are taken together.
    together: usize,
    sweeps: usize,
}

impl Walk {
    pub fn new(dimensions: usize, together: usize) -> Self {
        let directions = (0..dimensions).map(|k| (0..=k).map(|l| if k == l { 0.3 } else { 0.0 }).collect()).collect();
        Self { steps: vec![0.3; dimensions], been: Vec::new(), directions, stride: stride(dimensions), together, sweeps: 0 }
    }

    /// From `at`, each moves once, then all together, so that in the long run places are visited as the density says. While the chain warms up the
    /// steps adapt.
    pub fn walk(&mut self, at: &mut Vec<f64>, rng: &mut Random, warm_up: bool, ln_density: impl Fn(&[f64]) -> f64) {
        let mut now = ln_density(at);
        let gain = if warm_up { 1.0 / (1.0 + self.sweeps as f64).sqrt() } else { 0.0 };
        let mut may_go = |there: Vec<f64>, at: &mut Vec<f64>, rng: &mut Random| {
            let then = ln_density(&there);
            let taken = rng.uniform().ln() < then - now;
            if taken {
                (*at, now) = (there, then);
            }
            f64::from(u8::from(taken))
        };
        for k in 0..at.len() {
            let mut there = at.clone();
            there[k] += self.steps[k] * rng.normal();
            self.steps[k] *= (gain * (may_go(there, at, rng) - TAKEN)).exp();
        }
        for _ in 0..self.together {
            let z: Vec<f64> = at.iter().map(|_| rng.normal()).collect();
            let step = |row: &Vec<f64>| self.stride * row.iter().zip(&z).map(|(l, z)| l * z).sum::<f64>();
            let there = at.iter().zip(&self.directions).map(|(x, row)| x + step(row)).collect();
            self.stride *= (gain * (may_go(there, at, rng) - TAKEN_TOGETHER)).exp();
        }
        if warm_up {
            self.learn(at);
        }
    }

    fn learn(&mut self, at: &[f64]) {
        self.been.push(at.to_vec());
        self.sweeps += 1;
        if (self.sweeps / LEARNT_AFTER).is_power_of_two() && self.sweeps.is_multiple_of(LEARNT_AFTER) {
            // The first half was on its way here.
            self.been.drain(..self.been.len() / 2);
            self.directions = triangle(&self.been);
            self.stride = stride(at.len());
        }
    }
}

/// By how much a walk in so many dimensions strides, of what it has seen (Roberts & Rosenthal 2001).
fn stride(dimensions: usize) -> f64 {
    2.4 / (dimensions as f64).sqrt()
}

/// The Cholesky factor of the covariance of what was seen, with a little added so that no direction is lost.
fn triangle(been: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (n, d) = (been.len().max(1) as f64, been.first().map_or(0, Vec::len));
    let mean: Vec<f64> = (0..d).map(|k| been.iter().map(|x| x[k]).sum::<f64>() / n).collect();
    let covariance = |k: usize, l: usize| been.iter().map(|x| (x[k] - mean[k]) * (x[l] - mean[l])).sum::<f64>() / n;
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(d);
    for k in 0..d {
        let mut row = Vec::with_capacity(k + 1);
        for (l, above) in lower.iter().enumerate() {
            let known: f64 = row.iter().zip(above).map(|(a, b): (&f64, &f64)| a * b).sum();
            row.push((covariance(k, l) - known) / above[l]);
        }
        let known: f64 = row.iter().map(|x| x * x).sum();
        let left = covariance(k, k) * (1.0 + 1e-2) - known;
        row.push(left.max(1e-12).sqrt());
        lower.push(row);
    }
    lower
}
