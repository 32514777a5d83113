//! Approximate Bayesian computation by sequential Monte Carlo (Toni et al. 2009, Journal of the Royal Society Interface 6:187): particles from the prior; then,
//! generation by generation, particles drawn from the last one, moved, simulated, and kept if they come near enough to what was observed, with weights that make up
//! for how they were drawn. How near follows from the generation before: a quantile of its distances (as Del Moral, Doucet & Jasra 2012, Statistics and Computing
//! 22:1009). Particles are moved by a normal kernel with twice the weighted covariance (Beaumont et al. 2009, Biometrika 96:983; Filippi et al. 2013, Statistical
//! Applications in Genetics and Molecular Biology 12:87).
//!
//! Attempts have numbers, and what an attempt draws follows from its number; the first that are near enough are kept, in the order of their numbers. So the answer
//! does not depend on how many are simulated at the same time.

use crate::chance::{normal, one_of};
use crate::said::Trouble;
use quell_epidemic::random::{Draws, Key};

/// How it is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// Particles of a generation.
    pub particles: usize,
    /// Generations, at most.
    pub generations: usize,
    /// A generation comes as near as this share of the one before.
    pub quantile: f64,
    /// It ends when fewer than this share of attempts come near enough.
    pub acceptance: f64,
    /// Attempts in all.
    pub budget: usize,
    /// Where all chance comes from.
    pub seed: u64,
}

/// What is asked: priors and simulations.
pub(crate) trait Question {
    /// A draw from the prior.
    fn draw(&self, draws: &mut Draws) -> Vec<f64>;
    /// The prior's density, up to a factor.
    fn density(&self, at: &[f64]) -> f64;
    /// Simulates at points with seeds and tells how far from the observation each is; none where the values are impossible together.
    ///
    /// # Errors
    /// If a run cannot be kept.
    fn distances(&mut self, asked: &[(Vec<f64>, u64)], progress: Progress) -> Result<Vec<Option<f64>>, Trouble>;
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    /// Which generation, from 1.
    pub generation: usize,
    /// How near is near enough.
    pub tolerance: f64,
    /// Attempts of this generation until now.
    pub attempts: usize,
    /// How many it will take, as it looks.
    pub expected: usize,
}

/// One of a generation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Particle {
    /// Where.
    pub at: Vec<f64>,
    /// Seed of its simulation.
    pub seed: u64,
    /// How far its simulation is from the observation.
    pub distance: f64,
    /// Its weight; those of a generation sum to 1.
    pub weight: f64,
}

/// A generation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Generation {
    /// How near was near enough; infinite for the first.
    pub tolerance: f64,
    /// How many were tried.
    pub attempts: usize,
    /// Who came near enough.
    pub particles: Vec<Particle>,
}

impl Generation {
    /// Effective sample size: 1 / Σ w² (Kong, Liu & Wong 1994, Journal of the American Statistical Association 89:278).
    pub(crate) fn effective(&self) -> f64 {
        1.0 / self.particles.iter().map(|p| p.weight * p.weight).sum::<f64>()
    }
    /// Weights, cumulated.
    pub(crate) fn cumulated(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let sums = self.particles.iter().map(|p| {
            sum += p.weight;
            sum
        });
        sums.collect()
    }
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// All generations were made.
    Generations,
    /// Too few attempts came near enough.
    Acceptance,
    /// The attempts are used up.
    Budget,
    /// The first draws of the priors were all impossible: [`NO_WEIGHT`] of them.
    NoWeight,
}

/// So many draws of the priors are tried; if all of them are impossible, it ends. A prior of which one in a hundred is possible is given up in error in 2 of 100
/// trials.
pub(crate) const NO_WEIGHT: usize = 400;

impl End {
    /// For files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Generations => "generations",
            Self::Acceptance => "acceptance",
            Self::Budget => "budget",
            Self::NoWeight => "no weight",
        }
    }
}

/// All generations that were completed; the last one is the answer. None if the budget does not suffice for the first.
///
/// # Errors
/// As [`Question::distances`].
pub(crate) fn run(question: &mut impl Question, settings: &Settings) -> Result<(Vec<Generation>, End), Trouble> {
    let mut all: Vec<Generation> = Vec::new();
    let mut left = settings.budget;
    for number in 1..=settings.generations {
        let (made, used, why) = generation(question, settings, number, all.last(), left)?;
        left -= used;
        match made {
            Some(generation) => all.push(generation),
            None => return Ok((all, why)),
        }
    }
    Ok((all, End::Generations))
}

type Made = (Option<Generation>, usize, End);

fn generation(
    question: &mut impl Question,
    settings: &Settings,
    number: usize,
    last: Option<&Generation>,
    left: usize,
) -> Result<Made, Trouble> {
    let n = settings.particles;
    let key = Key::new(settings.seed).with(ABC).with(number as u64);
    let kernel = last.map(Kernel::of);
    let tolerance = last.map_or(f64::INFINITY, |g| nearer(g, settings.quantile));
    let most = if last.is_some() { (n as f64 / settings.acceptance).ceil() as usize } else { left };
    let mut kept: Vec<Particle> = Vec::with_capacity(n);
    let (mut attempts, mut possible, mut used) = (0, 0, None);
    while kept.len() < n {
        if attempts >= most.min(left) {
            let why = if attempts >= left { End::Budget } else { End::Acceptance };
            return Ok((None, attempts, why));
        }
        if last.is_none() && possible == 0 && attempts >= NO_WEIGHT {
            return Ok((None, attempts, End::NoWeight));
        }
        // As many as will probably be enough, a few more rather than a few less.
        let rate = if attempts == 0 { if last.is_some() { settings.quantile } else { 1.0 } } else { kept.len() as f64 / attempts as f64 };
        let wanted = ((n - kept.len()) as f64 / rate.max(0.02)).ceil() as usize;
        let batch = wanted.clamp(8, 4 * n).min(most.min(left) - attempts);
        // Draws that cannot be lived may take long to be found out: not more than are needed.
        let batch = if last.is_none() && possible == 0 { batch.min(NO_WEIGHT - attempts) } else { batch };
        let asked: Vec<(Vec<f64>, u64)> =
            (attempts..attempts + batch).map(|attempt| propose(question, kernel.as_ref(), key.with(attempt as u64))).collect();
        let progress = Progress { generation: number, tolerance, attempts, expected: attempts + wanted };
        let distances = question.distances(&asked, progress)?;
        for ((at, seed), distance) in asked.into_iter().zip(distances) {
            attempts += 1;
            possible += usize::from(distance.is_some());
            if let Some(distance) = distance.filter(|d| *d <= tolerance && kept.len() < n) {
                kept.push(Particle { at, seed, distance, weight: 0.0 });
                if kept.len() == n {
                    used = Some(attempts);
                }
            }
        }
    }
    for particle in &mut kept {
        particle.weight = kernel.as_ref().map_or(1.0, |k| question.density(&particle.at) / k.density(&particle.at));
    }
    let sum: f64 = kept.iter().map(|p| p.weight).sum();
    kept.iter_mut().for_each(|p| p.weight /= sum);
    Ok((Some(Generation { tolerance, attempts: used.unwrap_or(attempts), particles: kept }), attempts, End::Generations))
}

const ABC: u64 = 0xabc;

/// What an attempt simulates: drawn anew until the prior holds it possible.
fn propose(question: &impl Question, kernel: Option<&Kernel>, key: Key) -> (Vec<f64>, u64) {
    let mut draws = key.draws();
    let seed = draws.bits();
    let Some(kernel) = kernel else { return (question.draw(&mut draws), seed) };
    loop {
        let at = kernel.draw(&mut draws);
        if question.density(&at) > 0.0 {
            return (at, seed);
        }
    }
}

/// The tolerance after a generation.
fn nearer(last: &Generation, quantile: f64) -> f64 {
    let mut distances: Vec<f64> = last.particles.iter().map(|p| p.distance).collect();
    distances.sort_unstable_by(f64::total_cmp);
    crate::statistics::quantile(&distances, quantile)
}

/// Draws from a generation and moves what is drawn.
struct Kernel {
    at: Vec<Vec<f64>>,
    weights: Vec<f64>,
    cumulated: Vec<f64>,
    /// Lower triangle with Σ = L Lᵀ.
    lower: Vec<Vec<f64>>,
}

impl Kernel {
    fn of(generation: &Generation) -> Self {
        let particles = &generation.particles;
        let size = particles.first().map_or(0, |p| p.at.len());
        let mean: Vec<f64> = (0..size).map(|k| particles.iter().map(|p| p.weight * p.at[k]).sum()).collect();
        let covariance = |i: usize, j: usize| -> f64 {
            let sum: f64 = particles.iter().map(|p| p.weight * (p.at[i] - mean[i]) * (p.at[j] - mean[j])).sum();
            2.0 * sum
        };
        let mut lower = vec![vec![0.0; size]; size];
        for i in 0..size {
            for j in 0..=i {
                let inner: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
                let rest = covariance(i, j) - inner;
                lower[i][j] = if i == j {
                    // Where all particles are in one place there is still a little room.
                    rest.max(1e-12 * (1.0 + mean[i] * mean[i])).sqrt()
                } else {
                    rest / lower[j][j]
                };
            }
        }
        let at = particles.iter().map(|p| p.at.clone()).collect();
        Self { at, weights: particles.iter().map(|p| p.weight).collect(), cumulated: generation.cumulated(), lower }
    }
    fn draw(&self, draws: &mut Draws) -> Vec<f64> {
        let from = &self.at[one_of(&self.cumulated, draws)];
        let z: Vec<f64> = from.iter().map(|_| normal(draws)).collect();
        from.iter().zip(&self.lower).map(|(x, row)| x + row.iter().zip(&z).map(|(l, z)| l * z).sum::<f64>()).collect()
    }
    /// Density of what [`Kernel::draw`] draws, up to a factor.
    fn density(&self, at: &[f64]) -> f64 {
        let one = |(from, weight): (&Vec<f64>, &f64)| {
            let mut square = 0.0;
            let mut solved: Vec<f64> = Vec::with_capacity(at.len());
            for (i, row) in self.lower.iter().enumerate() {
                let inner: f64 = row.iter().zip(&solved).map(|(l, s)| l * s).sum();
                let s = (at[i] - from[i] - inner) / row[i];
                square += s * s;
                solved.push(s);
            }
            weight * (-0.5 * square).exp()
        };
        self.at.iter().zip(&self.weights).map(one).sum()
    }
}

/// Mean, standard deviation and quantiles of weighted values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Weighted {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Below it are 2.5 %.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// Below it are 97.5 %.
    pub high: f64,
}

impl Weighted {
    /// Of values with weights that sum to 1. Quantiles are linear between the middles of the weights.
    pub(crate) fn of(values: &[f64], weights: &[f64]) -> Self {
        let mean: f64 = values.iter().zip(weights).map(|(x, w)| x * w).sum();
        let variance: f64 = values.iter().zip(weights).map(|(x, w)| w * (x - mean).powi(2)).sum();
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
        let mut before = 0.0;
        let middles: Vec<(f64, f64)> = order
            .iter()
            .map(|k| {
                before += weights[*k];
                (before - weights[*k] / 2.0, values[*k])
            })
            .collect();
        let quantile = |p: f64| {
            let above = middles.partition_point(|(m, _)| *m < p);
            match (above.checked_sub(1).map(|k| middles[k]), middles.get(above).copied()) {
                (Some((a, x)), Some((b, y))) => x + (y - x) * (p - a) / (b - a),
                (Some((_, x)), None) | (None, Some((_, x))) => x,
                (None, None) => f64::NAN,
            }
        };
        Self { mean, sd: variance.sqrt(), low: quantile(0.025), median: quantile(0.5), high: quantile(0.975) }
    }
}

#[cfg(test)]
mod tests;
