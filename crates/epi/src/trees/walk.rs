//! How rates walk: one after the other, all together along the directions in which they were seen to move together (Haario et al. 2001, Bernoulli
//! 7:223), and at one leap to anywhere that was seen (an independence sampler: Tierney 1994, Ann Stat 22:1701). It learns while the chain warms up, and
//! nothing afterwards.

use crate::random::Random;

/// The share of steps that a tuned walk in one dimension takes (Roberts & Rosenthal 2001, Stat Sci 16:351).
const TAKEN: f64 = 0.44;
/// And in several.
const TAKEN_TOGETHER: f64 = 0.234;
/// Sweeps after which it learns for the first time; then each time after as many again.
const LEARNT_AFTER: usize = 25;
/// Leaps go somewhat farther than was seen, or what lies far out would be left too seldom.
const FARTHER: f64 = 1.1;

/// How many steps there are of each kind, besides one of each rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    /// Of one rate once more.
    pub again: &'static [usize],
    pub together: usize,
    pub leaps: usize,
}

/// A random walk with its steps.
pub(super) struct Walk {
    kinds: Steps,
    steps: Vec<f64>,
    /// Where the walk has been in the warm-up, and what follows from it: the middle, and the directions, a lower triangle.
    been: Vec<Vec<f64>>,
    middle: Vec<f64>,
    directions: Vec<Vec<f64>>,
    stride: f64,
    sweeps: usize,
}

/// Where a walk is, and the logarithm of the density there.
struct Place<'a> {
    at: &'a mut Vec<f64>,
    now: f64,
}

impl Walk {
    pub fn new(dimensions: usize, kinds: Steps) -> Self {
        let directions = (0..dimensions).map(|k| (0..=k).map(|l| if k == l { 0.3 } else { 0.0 }).collect()).collect();
        let steps = vec![0.3; dimensions];
        Self { kinds, steps, been: Vec::new(), middle: Vec::new(), directions, stride: stride(dimensions), sweeps: 0 }
    }

    /// From `at` on, so that in the long run places are visited as the density says. While the chain warms up it learns.
    pub fn walk(&mut self, at: &mut Vec<f64>, rng: &mut Random, warm_up: bool, ln_density: impl Fn(&[f64]) -> f64) {
        let mut place = Place { now: ln_density(at), at };
        // `leans`: how much more readily the step goes there than back.
        let go = |place: &mut Place<'_>, there: Vec<f64>, leans: f64, rng: &mut Random| {
            let then = ln_density(&there);
            let taken = rng.uniform().ln() < then - place.now - leans;
            if taken {
                (*place.at, place.now) = (there, then);
            }
            f64::from(u8::from(taken))
        };
        let gain = if warm_up { 1.0 / (1.0 + self.sweeps as f64).sqrt() } else { 0.0 };
        for k in (0..self.steps.len()).chain(self.kinds.again.iter().copied()) {
            let mut there = place.at.clone();
            there[k] += self.steps[k] * rng.normal();
            self.steps[k] *= (gain * (go(&mut place, there, 0.0, rng) - TAKEN)).exp();
        }
        for _ in 0..self.kinds.together {
            let there = self.away(place.at, self.stride, rng);
            self.stride *= (gain * (go(&mut place, there, 0.0, rng) - TAKEN_TOGETHER)).exp();
        }
        for _ in 0..if self.middle.is_empty() { 0 } else { self.kinds.leaps } {
            let there = self.away(&self.middle, FARTHER, rng);
            let leans = 0.5 * (self.distance(place.at) - self.distance(&there)) / (FARTHER * FARTHER);
            go(&mut place, there, leans, rng);
        }
        if warm_up {
            self.learn(at);
        }
    }

    /// A place so many strides from another one.
    fn away(&self, from: &[f64], stride: f64, rng: &mut Random) -> Vec<f64> {
        let z: Vec<f64> = from.iter().map(|_| rng.normal()).collect();
        let step = |row: &Vec<f64>| stride * row.iter().zip(&z).map(|(l, z)| l * z).sum::<f64>();
        from.iter().zip(&self.directions).map(|(x, row)| x + step(row)).collect()
    }
    /// Its square, from the middle, in strides (Mahalanobis).
    fn distance(&self, at: &[f64]) -> f64 {
        let mut z: Vec<f64> = Vec::with_capacity(at.len());
        for ((x, m), row) in at.iter().zip(&self.middle).zip(&self.directions) {
            let known: f64 = row.iter().zip(&z).map(|(l, z)| l * z).sum();
            z.push((x - m - known) / row[z.len()]);
        }
        z.iter().map(|z| z * z).sum()
    }

    fn learn(&mut self, at: &[f64]) {
        self.been.push(at.to_vec());
        self.sweeps += 1;
        if (self.sweeps / LEARNT_AFTER).is_power_of_two() && self.sweeps.is_multiple_of(LEARNT_AFTER) {
            // The first half was on its way here.
            self.been.drain(..self.been.len() / 2);
            self.middle = middle(&self.been);
            self.directions = triangle(&self.been, &self.middle);
            self.stride = stride(at.len());
        }
    }
}

/// By how much a walk in so many dimensions strides, of what it has seen (Roberts & Rosenthal 2001).
fn stride(dimensions: usize) -> f64 {
    2.4 / (dimensions as f64).sqrt()
}

fn middle(been: &[Vec<f64>]) -> Vec<f64> {
    let (n, d) = (been.len().max(1) as f64, been.first().map_or(0, Vec::len));
    (0..d).map(|k| been.iter().map(|x| x[k]).sum::<f64>() / n).collect()
}

/// The Cholesky factor of the covariance of what was seen, with a little added so that no direction is lost.
fn triangle(been: &[Vec<f64>], mean: &[f64]) -> Vec<Vec<f64>> {
    let (n, d) = (been.len().max(1) as f64, mean.len());
    let covariance = |k: usize, l: usize| been.iter().map(|x| (x[k] - mean[k]) * (x[l] - mean[l])).sum::<f64>() / n;
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(d);
    for k in 0..d {
        let mut row = Vec::with_capacity(k + 1);
        for (l, above) in lower.iter().enumerate() {
            let known: f64 = row.iter().zip(above).map(|(a, b): (&f64, &f64)| a * b).sum();
            row.push((covariance(k, l) - known) / above[l]);
        }
        let known: f64 = row.iter().map(|x| x * x).sum();
        row.push((covariance(k, k) * 1.05 - known).max(1e-10).sqrt());
        lower.push(row);
    }
    lower
}
