//! The rates and how they walk: one after the other, and all together along the directions in which they were seen to move together (Haario et al.
//! 2001, Bernoulli 7:223), adapted while the chain warms up and fixed then.

use super::em::First;
use super::problem::Problem;
use crate::random::Random;

/// The share of steps that a tuned walk in one dimension takes (Roberts & Rosenthal 2001, Stat Sci 16:351).
const TAKEN: f64 = 0.44;
/// And in several.
const TAKEN_TOGETHER: f64 = 0.234;
/// Steps together in each sweep.
const TOGETHER: usize = 4;
/// Sweeps of the warm-up after which the directions are learnt anew, at these multiples.
const LEARNT_EVERY: usize = 100;
/// The logarithm of the size (the dispersion k) before anything is seen: from SARS, MERS and COVID-19 (0.1 to 0.5) to diseases without superspreading
/// (Lloyd-Smith et al. 2005, Nature 438:355, table 1).
const LN_SIZE: f64 = 1.6;
const LN_SIZE_SD: f64 = 0.5;
/// Before anything is seen, the cases are expected to infect each as many others as there are cases, one each: standard deviation of the logarithm
/// of that number. Were it free, a few could infect all, and the others nobody, at any rate.
const LN_EXPECTED_SD: f64 = 0.5;
/// The rate, the size, then the weights.
const RATE: usize = 0;
const SIZE: usize = 1;
const WEIGHTS: usize = 2;

/// Logarithms of the rate and the size, and the weights, with what follows from them.
pub(super) struct Rates {
    at: Vec<f64>,
    steps: Vec<f64>,
    /// Where the walk has been in the warm-up, and the directions that follow from it: a lower triangle.
    been: Vec<Vec<f64>>,
    directions: Vec<Vec<f64>>,
    stride: f64,
    /// By pattern, the rate included.
    factors: Vec<f64>,
    /// How many infections of each case are expected, were it as infectious as the mean, and by how much its onset raises or lowers that.
    exposed: Vec<f64>,
    scale: Vec<f64>,
}

impl Rates {
    /// Near the first answer; chains begin apart, so that their agreement means something.
    pub fn new(p: &Problem, first: &First, rng: &mut Random) -> Self {
        let mut at = vec![first.rate.max(f64::MIN_POSITIVE).ln(), LN_SIZE];
        at.extend(&first.weights);
        let at: Vec<f64> = at.into_iter().map(|x| x + 0.5 * (rng.uniform() - 0.5)).collect();
        let scale = vec![1.0; p.cases()];
        let (factors, exposed) = follow(p, &at, &scale);
        let dimensions = at.len();
        let directions = (0..dimensions).map(|k| (0..=k).map(|l| if k == l { 0.3 } else { 0.0 }).collect()).collect();
        let stride = 2.4 / (dimensions as f64).sqrt();
        Self { steps: vec![0.3; dimensions], been: Vec::new(), directions, stride, at, factors, exposed, scale }
    }
    /// The size of the gamma distribution of infectiousness.
    pub fn size(&self) -> f64 {
        self.at[SIZE].exp()
    }
    pub fn ln_rate(&self) -> f64 {
        self.at[RATE]
    }
    pub fn ln_size(&self) -> f64 {
        self.at[SIZE]
    }
    pub fn weights(&self) -> &[f64] {
        &self.at[WEIGHTS..]
    }
    pub fn factors(&self) -> &[f64] {
        &self.factors
    }
    pub fn exposed(&self) -> &[f64] {
        &self.exposed
    }

    /// The case exposes the others by so much, now that its onset has moved; 1 on its mean day.
    pub fn rescale(&mut self, i: usize, scale: f64) {
        self.exposed[i] *= scale / self.scale[i];
        self.scale[i] = scale;
    }
    /// How many infections would be expected of a case with another scale.
    pub fn exposed_at(&self, i: usize, scale: f64) -> f64 {
        self.exposed[i] * scale / self.scale[i]
    }

    /// Each moves once, then all together. While the chain warms up, `tuning` is the number of the sweep and the steps adapt.
    pub fn walk(&mut self, p: &Problem, offspring: &[u32], by_pattern: &[u32], rng: &mut Random, tuning: Option<usize>) {
        let seen = Seen::new(p, offspring, by_pattern);
        let mut now = seen.ln_posterior(p, &self.at, &self.exposed);
        let gain = tuning.map(|sweep| 1.0 / (1.0 + sweep as f64).sqrt());
        for k in 0..self.at.len() {
            let mut there = self.at.clone();
            there[k] += self.steps[k] * rng.normal();
            let taken = self.may_go(p, &seen, there, &mut now, rng);
            self.steps[k] *= gain.map_or(1.0, |g| (g * (f64::from(u8::from(taken)) - TAKEN)).exp());
        }
        for _ in 0..TOGETHER {
            let z: Vec<f64> = self.at.iter().map(|_| rng.normal()).collect();
            let step = |row: &Vec<f64>| self.stride * row.iter().zip(&z).map(|(l, z)| l * z).sum::<f64>();
            let there = self.at.iter().zip(&self.directions).map(|(x, row)| x + step(row)).collect();
            let taken = self.may_go(p, &seen, there, &mut now, rng);
            self.stride *= gain.map_or(1.0, |g| (g * (f64::from(u8::from(taken)) - TAKEN_TOGETHER)).exp());
        }
        if let Some(sweep) = tuning {
            self.been.push(self.at.clone());
            if (sweep + 1).is_multiple_of(LEARNT_EVERY) {
                // The first half was on its way here.
                self.been.drain(..self.been.len() / 2);
                self.directions = triangle(&self.been);
            }
        }
    }

    fn may_go(&mut self, p: &Problem, seen: &Seen<'_>, there: Vec<f64>, now: &mut f64, rng: &mut Random) -> bool {
        let (factors, exposed) = follow(p, &there, &self.scale);
        let then = seen.ln_posterior(p, &there, &exposed);
        let taken = rng.uniform().ln() < then - *now;
        if taken {
            (self.at, self.factors, self.exposed, *now) = (there, factors, exposed, then);
        }
        taken
    }

    /// Up to a constant, given the tree: of the infections by pattern, and of how many each case has made.
    pub fn ln_posterior(&self, p: &Problem, offspring: &[u32], by_pattern: &[u32]) -> f64 {
        Seen::new(p, offspring, by_pattern).ln_posterior(p, &self.at, &self.exposed)
    }
}

fn follow(p: &Problem, at: &[f64], scale: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let rate = at[RATE].exp();
    let factors: Vec<f64> = p.factors(&at[WEIGHTS..]).into_iter().map(|f| f * rate).collect();
    let exposed = scale.iter().enumerate().map(|(i, s)| s * p.exposure.weighed(i, &factors)).collect();
    (factors, exposed)
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
        row.push((covariance(k, k) - known + 1e-4).max(1e-6).sqrt());
        lower.push(row);
    }
    lower
}

/// What of a tree the rates depend on.
struct Seen<'a> {
    offspring: &'a [u32],
    infections: f64,
    /// How much each weight acted, over all infections.
    acted: Vec<f64>,
    most: usize,
}

impl<'a> Seen<'a> {
    fn new(p: &Problem, offspring: &'a [u32], by_pattern: &[u32]) -> Self {
        let patterns = || p.patterns.iter().zip(by_pattern);
        let acted = (0..p.weights()).map(|k| patterns().map(|(q, n)| p.acts(*q, k) * f64::from(*n)).sum()).collect();
        let infections = by_pattern.iter().map(|n| f64::from(*n)).sum();
        Self { offspring, infections, acted, most: offspring.iter().copied().max().unwrap_or(0) as usize }
    }
    fn ln_posterior(&self, p: &Problem, at: &[f64], exposed: &[f64]) -> f64 {
        let size = at[SIZE].exp();
        // ln Γ(size + n) − ln Γ(size), by n.
        let mut risen = Vec::with_capacity(self.most + 1);
        risen.push(0.0);
        for n in 0..self.most {
            risen.push(risen[n] + (size + n as f64).ln());
        }
        let constant = size * at[SIZE];
        let cases = self.offspring.iter().zip(exposed);
        let cases: f64 = cases.map(|(n, e)| constant + risen[*n as usize] - (size + f64::from(*n)) * (size + e).ln()).sum();
        let prior = |x: f64, sd: f64| -0.5 * (x / sd).powi(2);
        let expected = exposed.iter().sum::<f64>() / p.cases().max(1) as f64;
        let weights = &at[WEIGHTS..];
        let priors = prior(expected.max(f64::MIN_POSITIVE).ln(), LN_EXPECTED_SD)
            + prior(at[SIZE] - LN_SIZE, LN_SIZE_SD)
            + weights.iter().enumerate().map(|(k, w)| prior(*w, p.weight_sd(k))).sum::<f64>();
        let tied: f64 = weights.iter().zip(&self.acted).map(|(w, n)| w * n).sum();
        self.infections * at[RATE] + tied + cases + priors
    }
}
