//! The rates, and how they move: given one tree, and given all of them at once.

use super::em::First;
use super::forces::{Elsewhere, Forces};
use super::problem::Problem;
use super::walk::{Steps, Walk};
use crate::random::Random;

/// Given a tree the size moves, and the others little; a step of the size costs a logarithm a case.
const GIVEN_A_TREE: Steps = Steps { again: &[SIZE; 4], together: 2, leaps: 0 };
/// The logarithm of the size (the dispersion k) before anything is seen: from SARS, MERS and COVID-19 (0.1 to 0.5) to diseases without superspreading
/// (Lloyd-Smith et al. 2005, Nature 438:355, table 1).
const LN_SIZE: f64 = 1.6;
const LN_SIZE_SD: f64 = 0.5;
/// Before anything is seen, the cases are expected to infect in the end as many as there are cases but the first: standard deviation of the logarithm of
/// that number. Were it free, a few could infect all, and the others nobody, at any rate. In the end: by what they had exposed until the last case, an
/// outbreak that is two days old would have to have come about within two days, however long a serial interval is.
pub(super) const LN_EXPECTED_SD: f64 = 0.5;
/// The rate, the size, then the weights.
const RATE: usize = 0;
const SIZE: usize = 1;
const WEIGHTS: usize = 2;

impl Problem {
    /// The logarithm of the prior density, up to a constant: of how many infections are expected in the end, and of the weights.
    pub(super) fn ln_prior(&self, expected: f64, weights: &[f64]) -> f64 {
        let each = (expected / self.later()).max(f64::MIN_POSITIVE).ln();
        normal(each, LN_EXPECTED_SD)
            + weights.iter().enumerate().map(|(k, w)| normal(*w - self.weight_mean(k), self.weight_sd(k))).sum::<f64>()
    }
    /// Of the rates of those who are not among the cases.
    pub(super) fn ln_prior_elsewhere(&self, e: &Elsewhere) -> f64 {
        let (shape, rate) = self.unseen_prior();
        let imports = self.imports_prior();
        imports.0 * e.ln_imports - imports.1 * e.ln_imports.exp() + shape * e.ln_unseen - rate * e.ln_unseen.exp()
    }
}

fn normal(x: f64, sd: f64) -> f64 {
    -0.5 * (x / sd).powi(2)
}

/// Logarithms of the rate and the size, and the weights, with what follows from them; and the rates of those who are not among the cases.
pub(super) struct Rates {
    at: Vec<f64>,
    pub imports: f64,
    pub unseen: f64,
    given_a_tree: Walk,
    given_all: Walk,
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
        let mut rates = Self {
            imports: first.imports,
            unseen: first.unseen,
            given_a_tree: Walk::new(at.len(), GIVEN_A_TREE),
            given_all: Walk::new(at.len() + 1, given_all(p.weights())),
            at,
            factors: Vec::new(),
            exposed: Vec::new(),
            scale: vec![1.0; p.cases()],
        };
        rates.follow(p);
        rates
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
    pub fn scale(&self) -> &[f64] {
        &self.scale
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

    /// The rate, the size and the weights move, given a tree.
    pub fn walk_given(&mut self, p: &Problem, offspring: &[u32], by_pattern: &[u32], rng: &mut Random, warm_up: bool) {
        let seen = Seen::new(p, offspring, by_pattern);
        let scale = &self.scale;
        self.given_a_tree.walk(&mut self.at, rng, warm_up, |at| {
            let factors = factors(p, at[RATE], &at[WEIGHTS..]);
            seen.ln_posterior(p, at, &factors, scale.iter().enumerate().map(|(i, s)| s * p.exposure.weighed(i, &factors)))
        });
        self.follow(p);
    }

    /// The rate, the weights and the rates of those who are not among the cases move, given how infectious each case is and all trees together.
    pub fn walk_given_all(&mut self, p: &Problem, forces: &Forces<'_>, rng: &mut Random, warm_up: bool) {
        let mut at = vec![self.at[RATE], self.imports.ln(), self.unseen.ln()];
        at.extend(self.weights());
        self.given_all.walk(&mut at, rng, warm_up, |at| {
            let elsewhere = Elsewhere { ln_imports: at[1], ln_unseen: at[2] };
            forces.ln_posterior(&factors(p, at[0], &at[3..]), &at[3..], &elsewhere)
        });
        self.at[RATE] = at[0];
        self.at[WEIGHTS..].copy_from_slice(&at[3..]);
        (self.imports, self.unseen) = (at[1].exp(), at[2].exp());
        self.follow(p);
    }

    fn follow(&mut self, p: &Problem) {
        self.factors = factors(p, self.at[RATE], self.weights());
        self.exposed = self.scale.iter().enumerate().map(|(i, s)| s * p.exposure.weighed(i, &self.factors)).collect();
    }

    /// Up to a constant, given the tree: of the infections by pattern, and of how many each case has made.
    pub fn ln_posterior(&self, p: &Problem, offspring: &[u32], by_pattern: &[u32]) -> f64 {
        Seen::new(p, offspring, by_pattern).ln_posterior(p, &self.at, &self.factors, self.exposed.iter().copied())
    }
}

/// Given all trees the others move freely; the more there are, the more steps it takes.
fn given_all(weights: usize) -> Steps {
    Steps { again: &[], together: 2 * weights, leaps: 2 * weights + 2 }
}

/// By pattern, the rate included.
fn factors(p: &Problem, ln_rate: f64, weights: &[f64]) -> Vec<f64> {
    let rate = ln_rate.exp();
    p.factors(weights).into_iter().map(|f| f * rate).collect()
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
    fn ln_posterior(&self, p: &Problem, at: &[f64], factors: &[f64], exposed: impl Iterator<Item = f64>) -> f64 {
        let size = at[SIZE].exp();
        // ln Γ(size + n) − ln Γ(size), by n.
        let mut risen = Vec::with_capacity(self.most + 1);
        risen.push(0.0);
        for n in 0..self.most {
            risen.push(risen[n] + (size + n as f64).ln());
        }
        let constant = size * at[SIZE];
        let of_case = |(n, e): (&u32, f64)| constant + risen[*n as usize] - (size + f64::from(*n)) * (size + e).ln();
        let cases: f64 = self.offspring.iter().zip(exposed).map(of_case).sum();
        let weights = &at[WEIGHTS..];
        let tied: f64 = weights.iter().zip(&self.acted).map(|(w, n)| w * n).sum();
        self.infections * at[RATE]
            + tied
            + cases
            + p.ln_prior(p.exposure.in_the_end(factors), weights)
            + normal(at[SIZE] - LN_SIZE, LN_SIZE_SD)
    }
}
