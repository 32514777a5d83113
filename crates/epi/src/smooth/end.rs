//! What a series says of R on its last day, in a form from which the days after it can be drawn.

use super::{Chances, Grid, LEAPS, Move, POINTS, RANGE, SIZES, WALKS, forward};
use crate::cori::infectivity;
use crate::interval::SerialInterval;
use crate::series::Incidence;

/// One way in which R may have walked and counts may have scattered, how probable it is, and what R was on the last day if so.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// The posterior probability of this way; those of all ways add up to 1.
    pub probability: f64,
    /// Standard deviation of a day's step of ln R.
    pub walk: f64,
    /// Probability that a day's step is a leap.
    pub leap: f64,
    /// The negative binomial's size; infinite: Poisson.
    pub size: f64,
    /// The probability of at most each point of the grid.
    below: [f64; POINTS],
}

impl End {
    /// The value of ln R below which its posterior has the share `u`, from 0 to 1: of an evenly drawn `u` it is a draw from the posterior.
    pub fn ln_r(&self, u: f64) -> f64 {
        let step = (RANGE.1 / RANGE.0).ln() / (POINTS - 1) as f64;
        let j = self.below.partition_point(|b| *b < u).min(POINTS - 1);
        let from = if j == 0 { 0.0 } else { self.below[j - 1] };
        let within = ((u - from) / (self.below[j] - from).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        RANGE.0.ln() + step * (j as f64 + within - 0.5)
    }
}

/// Ways that are less probable than this are left out.
const RARE: f64 = 1e-4;

/// The ways in which the series may have come about, the most probable first. The counts of days that are not known (`known` says so) say nothing
/// of R, but those of the series are taken to infect others: put there what is likely.
pub fn ends(i: &Incidence, w: &SerialInterval, known: impl Fn(usize) -> bool) -> Vec<End> {
    let grid = Grid::new();
    let infectivity = infectivity(i, w);
    let moves: Vec<(f64, f64, Move)> =
        WALKS.iter().flat_map(|walk| LEAPS.map(|leap| (*walk, leap, Move::new(&grid, *walk, leap)))).collect();
    let mut all: Vec<End> = Vec::new();
    for size in SIZES {
        let chances = Chances::new(&grid, i.local(), &infectivity, size, |t| t > 0 && known(t) && infectivity[t] > 0.0);
        for (walk, leap, m) in &moves {
            let run = forward(&grid, m, &chances);
            let mut sum = 0.0;
            let below = run.filtered.last().map_or([1.0; POINTS], |state| {
                state.map(|p| {
                    sum += p;
                    sum
                })
            });
            all.push(End { probability: run.ln_evidence, walk: *walk, leap: *leap, size, below });
        }
    }
    let best = all.iter().map(|e| e.probability).fold(f64::NEG_INFINITY, f64::max);
    for e in &mut all {
        e.probability = (e.probability - best).exp();
    }
    all.retain(|e| e.probability > RARE);
    all.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let sum: f64 = all.iter().map(|e| e.probability).sum();
    for e in &mut all {
        e.probability /= sum;
    }
    all
}
