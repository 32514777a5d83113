//! The posterior of trees and rates. In each sweep every case chooses its infector anew, given who infected all others (Gibbs), and the rates
//! move given the tree. How infectious each case is, is integrated out: whoever has infected many is chosen more readily.

use super::em::{First, IMPORTS, WEIGHT_SD};
use super::problem::Problem;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How to sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Chains, each on a thread of its own.
    pub chains: usize,
    /// Sweeps that are thrown away, in which the steps of the rates are tuned.
    pub warm_up: usize,
    /// Sweeps that count.
    pub sweeps: usize,
    /// Of so many sweeps one is written down.
    pub every: usize,
    /// The same seed gives the same result.
    pub seed: u64,
}

/// What was sampled.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// The probability of each candidate, in the order of [`Problem::candidates`].
    pub probability: Vec<Vec<f64>>,
    /// The probability that a case was infected elsewhere, or by somebody who is not known.
    pub elsewhere: Vec<f64>,
    /// How many cases each case infected: posterior mean.
    pub offspring: Vec<f64>,
    /// Draws by chain, of each quantity.
    pub draws: Vec<Draws>,
}

/// Draws of one chain.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draws {
    /// Logarithm of the posterior density.
    pub ln_posterior: Vec<f64>,
    /// Logarithm of the rate between two whom nothing ties.
    pub ln_rate: Vec<f64>,
    /// Logarithm of each kind's factor.
    pub weights: Vec<Vec<f64>>,
    /// Logarithm of the size of the distribution of infectiousness (the dispersion k).
    pub ln_size: Vec<f64>,
    /// Cases infected elsewhere.
    pub imports: Vec<f64>,
}

/// Samples, each chain from the first answer.
pub fn posterior(p: &Problem, first: &First, s: &Sampling) -> Posterior {
    let chains: Vec<(Tally, Draws)> = std::thread::scope(|scope| {
        let run = |n: usize| scope.spawn(move || Chain::new(p, first, s.seed, n as u64).run(s));
        let running: Vec<_> = (0..s.chains).map(run).collect();
        running.into_iter().map(|c| c.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
    });
    let sampled = (chains.iter().map(|c| c.0.sweeps).sum::<u64>() as f64).max(1.0);
    let share = |n: u64| n as f64 / sampled;
    let sum = |of: &dyn Fn(&Tally) -> u64| share(chains.iter().map(|c| of(&c.0)).sum());
    let probability = p.candidates.iter().enumerate();
    let probability = probability.map(|(j, c)| (0..c.len()).map(|n| sum(&|t| t.chosen[j][n].into())).collect()).collect();
    Posterior {
        probability,
        elsewhere: (0..p.cases()).map(|j| sum(&|t| t.elsewhere[j].into())).collect(),
        offspring: (0..p.cases()).map(|i| sum(&|t| t.offspring[i])).collect(),
        draws: chains.into_iter().map(|c| c.1).collect(),
    }
}

struct Tally {
    sweeps: u64,
    chosen: Vec<Vec<u32>>,
    elsewhere: Vec<u32>,
    offspring: Vec<u64>,
}

/// Nobody who is known.
const ELSEWHERE: u32 = u32::MAX;
/// The share of steps that a tuned walk in one dimension takes (Roberts & Rosenthal 2001).
const TAKEN: f64 = 0.44;
/// The logarithm of the size before anything is seen.
const LN_SIZE: f64 = 0.0;
const LN_SIZE_SD: f64 = 1.0;
/// Standard deviation of the logarithm of the rate around one infection a case.
const LN_RATE_SD: f64 = 5.0;

/// The rates, as they are walked: logarithms of the rate and the size, and the weights.
#[derive(Clone)]
struct Rates {
    /// The rate, the size, then the weights.
    at: Vec<f64>,
}

impl Rates {
    fn rate(&self) -> f64 {
        self.at[0].exp()
    }
    fn size(&self) -> f64 {
        self.at[1].exp()
    }
    fn weights(&self) -> &[f64] {
        &self.at[2..]
    }
}

struct Chain<'p> {
    p: &'p Problem,
    rng: ChaCha8Rng,
    rates: Rates,
    imports: f64,
    parent: Vec<u32>,
    offspring: Vec<u32>,
    by_pattern: Vec<u32>,
    elsewhere: u32,
    /// What follows from the rates: factors by pattern times the rate, and how much each case is exposed to others.
    factors: Vec<f64>,
    exposed: Vec<f64>,
    steps: Vec<f64>,
}

impl<'p> Chain<'p> {
    fn new(p: &'p Problem, first: &First, seed: u64, n: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(n);
        let mut at = vec![first.rate.max(f64::MIN_POSITIVE).ln(), 0.7];
        at.extend(&first.weights);
        // Chains begin apart, so that their agreement means something.
        let at: Vec<f64> = at.into_iter().map(|x| x + 0.5 * (uniform(&mut rng) - 0.5)).collect();
        let mut c = Self {
            steps: vec![0.3; at.len()],
            rates: Rates { at },
            imports: first.imports,
            parent: vec![ELSEWHERE; p.cases()],
            offspring: vec![0; p.cases()],
            by_pattern: vec![0; p.patterns.len()],
            elsewhere: p.cases() as u32,
            factors: Vec::new(),
            exposed: Vec::new(),
            p,
            rng,
        };
        (c.factors, c.exposed) = c.follow(&c.rates);
        c.begin(first);
        c
    }

    /// Each case's most probable infector.
    fn begin(&mut self, first: &First) {
        for (j, probability) in first.probability.iter().enumerate() {
            let best = probability.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            let Some((n, _)) = best.filter(|(_, p)| **p > first.elsewhere[j]) else { continue };
            let c = self.p.candidates[j][n];
            self.parent[j] = n as u32;
            self.offspring[c.of as usize] += 1;
            self.by_pattern[c.pattern as usize] += 1;
            self.elsewhere -= 1;
        }
    }

    fn run(mut self, s: &Sampling) -> (Tally, Draws) {
        let n = self.p.cases();
        let chosen = self.p.candidates.iter().map(|c| vec![0; c.len()]).collect();
        let mut tally = Tally { sweeps: 0, chosen, elsewhere: vec![0; n], offspring: vec![0; n] };
        let mut draws = Draws { weights: vec![Vec::new(); self.p.kinds], ..Draws::default() };
        let mut weights = Vec::new();
        for sweep in 0..s.warm_up + s.sweeps {
            let warm = sweep < s.warm_up;
            self.sweep(&mut weights);
            self.walk(warm.then_some(sweep));
            if warm {
                continue;
            }
            tally.sweeps += 1;
            for (j, parent) in self.parent.iter().enumerate() {
                match *parent {
                    ELSEWHERE => tally.elsewhere[j] += 1,
                    n => tally.chosen[j][n as usize] += 1,
                }
            }
            for (sum, n) in tally.offspring.iter_mut().zip(&self.offspring) {
                *sum += u64::from(*n);
            }
            if (sweep - s.warm_up).is_multiple_of(s.every.max(1)) {
                self.write(&mut draws);
            }
        }
        (tally, draws)
    }

    fn write(&self, d: &mut Draws) {
        d.ln_posterior.push(self.ln_posterior(&self.rates, &self.exposed));
        d.ln_rate.push(self.rates.at[0]);
        d.ln_size.push(self.rates.at[1]);
        for (of, w) in d.weights.iter_mut().zip(self.rates.weights()) {
            of.push(*w);
        }
        d.imports.push(self.elsewhere.into());
    }

    /// Every case chooses its infector.
    fn sweep(&mut self, weights: &mut Vec<f64>) {
        let size = self.rates.size();
        let mut ready: Vec<f64> = self.offspring.iter().zip(&self.exposed).map(|(n, e)| (size + f64::from(*n)) / (size + e)).collect();
        let p = self.p;
        for (j, candidates) in p.candidates.iter().enumerate() {
            if let Some(c) = candidates.get(self.parent[j] as usize) {
                let i = c.of as usize;
                self.offspring[i] -= 1;
                self.by_pattern[c.pattern as usize] -= 1;
                ready[i] = (size + f64::from(self.offspring[i])) / (size + self.exposed[i]);
            } else {
                self.elsewhere -= 1;
            }
            let mut all = 0.0;
            weights.clear();
            weights.extend(candidates.iter().map(|c| {
                all += self.factors[c.pattern as usize] * c.density * ready[c.of as usize];
                all
            }));
            let elsewhere = if p.may_be_imported[j] || candidates.is_empty() { self.imports } else { 0.0 };
            let drawn = uniform(&mut self.rng) * (all + elsewhere);
            let n = weights.partition_point(|w| *w <= drawn);
            if let Some(c) = candidates.get(n) {
                let i = c.of as usize;
                self.parent[j] = n as u32;
                self.offspring[i] += 1;
                self.by_pattern[c.pattern as usize] += 1;
                ready[i] = (size + f64::from(self.offspring[i])) / (size + self.exposed[i]);
            } else {
                self.parent[j] = ELSEWHERE;
                self.elsewhere += 1;
            }
        }
    }

    /// The rates move, one after the other.
    fn walk(&mut self, tuning: Option<usize>) {
        let mut now = self.ln_posterior(&self.rates, &self.exposed);
        for k in 0..self.rates.at.len() {
            let mut there = self.rates.clone();
            there.at[k] += self.steps[k] * normal(&mut self.rng);
            let (factors, exposed) = if k == 1 { (self.factors.clone(), self.exposed.clone()) } else { self.follow(&there) };
            let then = self.ln_posterior(&there, &exposed);
            let taken = uniform(&mut self.rng).ln() < then - now;
            if taken {
                (self.rates, self.factors, self.exposed, now) = (there, factors, exposed, then);
            }
            if let Some(sweep) = tuning {
                let gain = 1.0 / (1.0 + sweep as f64).sqrt();
                self.steps[k] *= (gain * (f64::from(u8::from(taken)) - TAKEN)).exp();
            }
        }
        // A day's imports are Poisson, with an exponential prior.
        self.imports = gamma(&mut self.rng, IMPORTS + f64::from(self.elsewhere)) / (2.0 * self.p.at_risk);
    }

    fn follow(&self, r: &Rates) -> (Vec<f64>, Vec<f64>) {
        let rate = r.rate();
        let factors: Vec<f64> = self.p.factors(r.weights()).into_iter().map(|f| f * rate).collect();
        let exposed = self.p.exposure.iter().map(|e| e.iter().zip(&factors).map(|(e, f)| e * f).sum()).collect();
        (factors, exposed)
    }

    /// Up to a constant, given the tree: of the infections by pattern, and of how many each case has made.
    fn ln_posterior(&self, r: &Rates, exposed: &[f64]) -> f64 {
        let size = r.size();
        let infections: u32 = self.by_pattern.iter().sum();
        let tied: f64 = r.weights().iter().enumerate().map(|(k, w)| w * f64::from(self.of_kind(k))).sum();
        let most = self.offspring.iter().copied().max().unwrap_or(0) as usize;
        // ln Γ(size + n) − ln Γ(size), by n.
        let mut risen = Vec::with_capacity(most + 1);
        risen.push(0.0);
        for n in 0..most {
            risen.push(risen[n] + (size + n as f64).ln());
        }
        let ln_size = size.ln();
        let cases = self.offspring.iter().zip(exposed);
        let cases: f64 = cases.map(|(n, e)| size * ln_size + risen[*n as usize] - (size + f64::from(*n)) * (size + e).ln()).sum();
        let prior = |x: f64, sd: f64| -0.5 * (x / sd).powi(2);
        let usual = -(self.p.cases().max(1) as f64).ln();
        let priors = prior(r.at[0] - usual, LN_RATE_SD)
            + prior(r.at[1] - LN_SIZE, LN_SIZE_SD)
            + r.weights().iter().map(|w| prior(*w, WEIGHT_SD)).sum::<f64>();
        f64::from(infections) * r.at[0] + tied + cases + priors
    }

    fn of_kind(&self, kind: usize) -> u32 {
        self.p.patterns.iter().zip(&self.by_pattern).filter(|(bits, _)| *bits >> kind & 1 == 1).map(|(_, n)| n).sum()
    }
}

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (-2.0 * (1.0 - uniform(rng)).ln()).sqrt() * (std::f64::consts::TAU * uniform(rng)).cos()
}

/// A gamma variable with scale 1 and a shape of at least 1 (Marsaglia & Tsang 2000, ACM Trans Math Softw 26:363).
fn gamma(rng: &mut ChaCha8Rng, shape: f64) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && (1.0 - uniform(rng)).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}
