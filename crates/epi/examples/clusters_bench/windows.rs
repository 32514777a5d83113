//! Every window, one after the other.

use quell_epi::clusters::{Counts, Limits, Null, Positions, Reach};

/// Cases of all places together by day, and of each place.
fn margins(counts: &Counts) -> (Vec<f64>, Vec<f64>) {
    let by_place = (0..counts.places()).map(|p| counts.of(p).iter().map(|n| f64::from(*n)).sum()).collect();
    let by_step = (0..counts.steps()).map(|t| (0..counts.places()).map(|p| f64::from(counts.of(p)[t])).sum()).collect();
    (by_place, by_step)
}

fn shares(of: &[f64]) -> Vec<f64> {
    let all: f64 = of.iter().sum();
    of.iter().map(|w| w / all).collect()
}

/// The highest logarithm of the likelihood ratio of all windows.
pub fn highest(at: &Positions, counts: &Counts, null: &Null, limits: &Limits) -> f64 {
    let (by_place, by_step) = margins(counts);
    let (places, steps) = match null {
        Null::Population { places, steps } => (shares(places), shares(steps)),
        Null::PopulationByStep { places } => (shares(places), shares(&by_step)),
        Null::Permutation => (shares(&by_place), shares(&by_step)),
    };
    let total = f64::from(counts.total());
    let mut highest: f64 = 0.0;
    for centre in 0..counts.places() {
        let mut order: Vec<(f64, usize)> = (0..counts.places()).map(|p| (at.distance(centre, p), p)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut before = vec![0_u32; counts.steps() + 1];
        let mut share = 0.0;
        for (_, place) in order {
            share += places[place];
            if share > limits.largest_share {
                break;
            }
            let mut sum = 0;
            for (before, n) in before[1..].iter_mut().zip(counts.of(place)) {
                sum += n;
                *before += sum;
            }
            for first in 0..counts.steps() {
                let mut part = 0.0;
                for last in first..counts.steps().min(first + limits.longest) {
                    part += steps[last];
                    if limits.reach == Reach::Alive && last + 1 != counts.steps() {
                        continue;
                    }
                    let (cases, expected) = (f64::from(before[last + 1] - before[first]), total * share * part);
                    if cases > expected && cases >= f64::from(limits.fewest) {
                        let out = total - cases;
                        let outside = if out > 0.0 { out * (out / (total - expected)).ln() } else { 0.0 };
                        highest = highest.max(cases * (cases / expected).ln() + outside);
                    }
                }
            }
        }
    }
    highest
}
