//! What genomes say: how much more probable the distance of a pair is if the one infected the other than between any two cases.

use super::outbreak::Outbreak;
use std::collections::HashMap;

/// What is left to chance, sequencing errors and mixed infections: no distance excludes a pair altogether.
const FLOOR: f64 = 1e-3;
/// The mean distance of infector and infected, at least: of the smallest distances some are zero by chance.
const LEAST: f64 = 0.25;
/// Distances beyond this are alike: not of one outbreak.
const APART: u32 = 5_000;
/// For each ordered pair with a distance. Distances of direct transmissions are Poisson around the mean of the smallest ones; all others are as the
/// distances are. (What genomes can tell: Campbell et al. 2018, PLoS Pathog 14:e1006885.)
pub(super) fn ratios(o: &Outbreak) -> HashMap<(u32, u32), f64> {
    let seen: Vec<f64> = o.distances.iter().map(|d| f64::from(d.substitutions.min(APART))).collect();
    if seen.is_empty() {
        return HashMap::new();
    }
    let sequenced = {
        let mut who: Vec<u32> = o.distances.iter().flat_map(|d| [d.a, d.b]).collect();
        who.sort_unstable();
        who.dedup();
        who.len()
    };
    let most = seen.iter().copied().fold(0.0, f64::max) as usize;
    let mut background = vec![0.5; most + 1];
    for d in &seen {
        background[*d as usize] += 1.0;
    }
    let all: f64 = background.iter().sum();
    let background: Vec<f64> = background.iter().map(|n| n / all).collect();
    // Of so many cases one fewer were infected by another one: theirs are the smallest distances.
    let mut nearest = seen.clone();
    nearest.sort_by(f64::total_cmp);
    nearest.truncate((sequenced - 1).max(1));
    let mean = (nearest.iter().sum::<f64>() / nearest.len() as f64).max(LEAST);
    let ratio = |d: u32| FLOOR + poisson(f64::from(d.min(APART)), mean) / background[d.min(APART) as usize];
    o.distances.iter().flat_map(|d| [((d.a, d.b), ratio(d.substitutions)), ((d.b, d.a), ratio(d.substitutions))]).collect()
}

fn poisson(n: f64, mean: f64) -> f64 {
    (n * mean.ln() - mean - statrs::function::gamma::ln_gamma(n + 1.0)).exp()
}
