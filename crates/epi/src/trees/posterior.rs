//! The posterior of trees and rates, from several chains.

use super::chain::{Chain, IMPORTED, Told, UNSEEN};
use super::diagnostics::{effective_size, split_r_hat};
use super::edges::{Edge, sorted};
use super::em::First;
use super::problem::Problem;
use super::rates::Rates;
use std::borrow::Cow;

/// How to sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Chains; each is the same, however many threads there are.
    pub chains: usize,
    /// Sweeps that are thrown away, in which the steps of the rates are tuned.
    pub warm_up: usize,
    /// Sweeps that count.
    pub sweeps: usize,
    /// The tree of one of so many sweeps is written down; the rates of each are.
    pub every: usize,
    /// The same seed gives the same result.
    pub seed: u64,
}

impl Sampling {
    /// So many sweeps as outbreaks of this size need; of large ones fewer trees are written down.
    pub fn of_size(cases: usize, seed: u64) -> Self {
        let (warm_up, sweeps) = match cases {
            // Of few cases little is learnt, so that the rates wander far; and a sweep costs nothing.
            0..=50 => (1_000, 6_000),
            51..=1_000 => (500, 2_000),
            1_001..=10_000 => (300, 1_200),
            10_001..=50_000 => (200, 800),
            _ => (200, 600),
        };
        Self { chains: 4, warm_up, sweeps, every: every(cases, sweeps), seed }
    }
    /// The same with so many sweeps, and a warm-up that goes with them.
    pub fn with_sweeps(self, cases: usize, sweeps: usize) -> Self {
        Self { warm_up: (sweeps / 4).max(100), sweeps, every: every(cases, sweeps), ..self }
    }
}

/// The tree of one of so many sweeps is written down: of large outbreaks fewer, 128 MB of four chains at most.
fn every(cases: usize, sweeps: usize) -> usize {
    (cases * sweeps).div_ceil(8_000_000).max(1)
}

/// How much what was said of the share of infections that are among the cases counts beside the trees, in cases.
const SAID: f64 = 10.0;

/// What was sampled.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// By case, the most probable infector first; all of them are told.
    pub infectors: Vec<Vec<Edge>>,
    /// The probability that a case was infected elsewhere.
    pub imported: Vec<f64>,
    /// The probability that a case was infected here by somebody who is not among the cases.
    pub unseen: Vec<f64>,
    /// How many cases each case infected: posterior mean (its individual reproduction number, of cases that are known).
    pub offspring: Vec<f64>,
    /// Draws by chain.
    pub draws: Vec<Draws>,
    /// How many independent trees the probabilities of the infectors are worth (see [`Mixing`]).
    pub trees: f64,
    /// The share of infections that are among the cases, as it was given or is usual.
    pub said: f64,
}

/// Draws of one chain; each list has one entry a draw.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draws {
    /// Logarithm of the posterior density.
    pub ln_posterior: Vec<f64>,
    /// Logarithm of the rate between two whom nothing ties.
    pub ln_rate: Vec<f64>,
    /// Logarithm of each kind's factor, then that of nearness where places are known.
    pub weights: Vec<Vec<f64>>,
    /// Logarithm of the size of the distribution of infectiousness, of what ties and nearness leave unexplained.
    pub ln_size: Vec<f64>,
    /// The dispersion k of how many each case infected, by moments: `m² / (v − m)`; infinite if they vary no more than a Poisson number does.
    pub dispersion: Vec<f64>,
    /// Cases infected elsewhere.
    pub imports: Vec<f64>,
    /// Cases infected here by somebody who is not among the cases.
    pub unseen: Vec<f64>,
}

impl Draws {
    pub(super) fn new(p: &Problem) -> Self {
        Self { weights: vec![Vec::new(); p.weights()], ..Self::default() }
    }
    pub(super) fn write(&mut self, r: &Rates, ln_posterior: f64, offspring: &[u32], (imported, unseen): (u32, u32)) {
        let n = offspring.len().max(1) as f64;
        let mean = offspring.iter().map(|k| f64::from(*k)).sum::<f64>() / n;
        let variance = offspring.iter().map(|k| (f64::from(*k) - mean).powi(2)).sum::<f64>() / n;
        self.dispersion.push(if variance > mean { mean * mean / (variance - mean) } else { f64::INFINITY });
        self.ln_posterior.push(ln_posterior);
        self.ln_rate.push(r.ln_rate());
        self.ln_size.push(r.ln_size());
        for (of, w) in self.weights.iter_mut().zip(r.weights()) {
            of.push(*w);
        }
        self.imports.push(imported.into());
        self.unseen.push(unseen.into());
    }
    /// All quantities of which chains should agree: the rates, and what is made of the trees.
    fn quantities(&self) -> impl Iterator<Item = Cow<'_, [f64]>> {
        let told = [&self.ln_posterior, &self.ln_rate, &self.ln_size, &self.imports, &self.unseen];
        // The dispersion is infinite at times, its inverse is not.
        let varies = self.dispersion.iter().map(|k| 1.0 / k).collect();
        told.into_iter().chain(&self.weights).map(|q| Cow::Borrowed(q.as_slice())).chain([Cow::Owned(varies)])
    }
}

/// Samples, each chain from near the first answer.
pub fn posterior(p: &Problem, first: &First, s: &Sampling) -> Posterior {
    let chains: Vec<Told> = std::thread::scope(|scope| {
        let run = |n: usize| scope.spawn(move || Chain::new(p, first, s.seed, n as u64).run(s));
        let running: Vec<_> = (0..s.chains).map(run).collect();
        running.into_iter().map(|c| c.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
    });
    let n = p.cases();
    let sweeps = (chains.iter().map(|c| c.sweeps).sum::<u64>() as f64).max(1.0);
    let mut out = Posterior {
        infectors: Vec::with_capacity(n),
        imported: Vec::with_capacity(n),
        unseen: Vec::with_capacity(n),
        offspring: (0..n).map(|i| chains.iter().map(|c| c.offspring[i]).sum::<u64>() as f64 / sweeps).collect(),
        draws: Vec::new(),
        trees: 0.0,
        said: p.said(),
    };
    let mut agreement = Agreement::default();
    let mut drawn = Vec::new();
    for j in 0..n {
        drawn.clear();
        drawn.extend(chains.iter().flat_map(|c| c.trees.iter().skip(j).step_by(n)).copied());
        drawn.sort_unstable();
        let share = |n: usize| n as f64 / drawn.len().max(1) as f64;
        let (mut imported, mut unseen, mut edges) = (0.0, 0.0, Vec::new());
        for same in drawn.chunk_by(|a, b| a == b) {
            match same.first().copied() {
                Some(IMPORTED) | None => imported = share(same.len()),
                Some(UNSEEN) => unseen = share(same.len()),
                i => edges.push(Edge { infector: i, probability: share(same.len()) }),
            }
        }
        edges.push(Edge { infector: None, probability: imported + unseen });
        let edges = sorted(edges, 0.0);
        agreement.add(&chains, (j, n), edges.first().and_then(|e| e.infector));
        out.infectors.push(edges);
        out.imported.push(imported);
        out.unseen.push(unseen);
    }
    out.trees = agreement.trees();
    out.draws = chains.into_iter().map(|c| c.draws).collect();
    out
}

/// How far the chains agree on who infected whom: how much the probabilities of the most probable infectors vary between chains, beside how much they
/// would if each tree were drawn independently of the others (the between-chain variance of Gelman et al. 2013, chapter 11, of all cases together).
#[derive(Debug, Default)]
struct Agreement {
    varies: f64,
    by_chance: f64,
    all: f64,
}

impl Agreement {
    /// Of case `j` of `n`, with its most probable infector.
    fn add(&mut self, chains: &[Told], (j, n): (usize, usize), best: Option<u32>) {
        let is = |i: u32| best.map_or(i >= UNSEEN, |b| b == i);
        let each = chains.first().map_or(0, |c| c.trees.len() / n) as f64;
        let share = |c: &Told| c.trees.iter().skip(j).step_by(n).filter(|i| is(**i)).count() as f64 / each.max(1.0);
        let shares: Vec<f64> = chains.iter().map(share).collect();
        let number = shares.len() as f64;
        let mean = shares.iter().sum::<f64>() / number;
        self.varies += shares.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / (number - 1.0).max(1.0);
        self.by_chance += mean * (1.0 - mean) / each.max(1.0);
        self.all = number * each;
    }
    fn trees(&self) -> f64 {
        if self.varies > self.by_chance { self.all * self.by_chance / self.varies } else { self.all }
    }
}

/// Whether the chains have told enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixing {
    /// The largest potential scale reduction of all rates, of imports, of those whose infector is not among the cases, and of the dispersion: 1.01 or
    /// less, and the chains agree.
    pub r_hat: f64,
    /// The smallest effective number of draws of them.
    pub effective_size: f64,
    /// How many independent trees the probabilities of the infectors are worth: with 100, one of a half is known to within 0.1.
    pub trees: f64,
}

impl Mixing {
    /// The largest potential scale reduction of chains that agree.
    pub const MOST_R_HAT: f64 = 1.01;
    /// The least effective number of draws that tells enough.
    pub const LEAST_SIZE: f64 = 200.0;
    /// The least number of independent trees that does.
    pub const LEAST_TREES: f64 = 100.0;

    /// Whether the chains agree, and have told enough: the limits of Gelman et al. 2013, chapter 11, of R-hat tightened from 1.1 to 1.01 (Vehtari et al.
    /// 2021, Bayesian Anal 16:667).
    pub fn converged(&self) -> bool {
        self.r_hat <= Self::MOST_R_HAT && self.effective_size >= Self::LEAST_SIZE && self.trees >= Self::LEAST_TREES
    }
}

impl Posterior {
    /// How well the chains have mixed.
    pub fn mixing(&self) -> Mixing {
        let by_chain: Vec<Vec<Cow<'_, [f64]>>> = self.draws.iter().map(|d| d.quantities().collect()).collect();
        let quantities = by_chain.first().map_or(0, Vec::len);
        let of = |k: usize| by_chain.iter().map(|c| c[k].to_vec()).collect::<Vec<_>>();
        let each = (0..quantities).map(|k| (split_r_hat(&of(k)), effective_size(&of(k))));
        let (r_hat, effective_size) = each.fold((1.0, f64::INFINITY), |(r, e), (x, y)| (f64::max(r, x), f64::min(e, y)));
        Mixing { r_hat, effective_size, trees: self.trees }
    }
    /// The share of infections that are among the cases, by draw: of the cases that were infected here those whose infector is one. What was said of the
    /// share, or is usual, counts as so many more: where nearly all were infected elsewhere, the others alone would make it 0 or 1.
    pub fn reported(&self) -> Vec<f64> {
        let cases = self.infectors.len() as f64;
        let draws = self.draws.iter().flat_map(|d| d.imports.iter().zip(&d.unseen));
        draws.map(|(imports, unseen)| 1.0 - (unseen + SAID * (1.0 - self.said)) / (cases - imports + SAID)).collect()
    }
}
