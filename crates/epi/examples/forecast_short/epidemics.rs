//! Simulated epidemics of which only the first weeks are known, and of some not every day.

use quell_epi::forecast::{Outbreak, Past};
use quell_epi::interval::SerialInterval;
use quell_epi::random::Random;

/// Days of each.
pub const DAYS: usize = 36;

/// How R goes.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// As it was.
    Constant,
    /// Down by 0.02 to 0.07 of its logarithm a day from a day on, until it is 0.7.
    Answered,
    /// From a day on 0.6 to 0.9.
    Lockdown,
    /// Up and down by a factor of up to 1.5 in six to ten weeks.
    Wave,
    /// ln R walks by 0.06 a day and comes back.
    Walk,
}

/// All of them.
pub const SHAPES: [Shape; 5] = [Shape::Constant, Shape::Answered, Shape::Lockdown, Shape::Wave, Shape::Walk];

fn course(shape: Shape, rng: &mut Random) -> Vec<f64> {
    let mut between = |from: f64, to: f64| from + (to - from) * rng.uniform();
    let begin = between(0.9, 2.2_f64).ln();
    let (day, fall, low, depth, period, phase) =
        (between(4.0, 26.0), between(0.02, 0.07), between(0.6, 0.9_f64).ln(), between(0.1, 0.4), between(42.0, 70.0), between(0.0, 6.3));
    let mut walk = begin;
    let mut on = |t: usize| {
        let t = t as f64;
        walk = 0.97 * walk + 0.06 * rng.normal();
        let ln = match shape {
            Shape::Constant => begin,
            Shape::Answered => (begin - fall * (t - day).max(0.0)).max(0.7_f64.ln().min(begin)),
            Shape::Lockdown if t < day => begin,
            Shape::Lockdown => low,
            Shape::Wave => 0.5 * begin + depth * (std::f64::consts::TAU * t / period + phase).sin(),
            Shape::Walk => walk,
        };
        ln.exp()
    };
    (0..DAYS).map(&mut on).collect()
}

/// An epidemic, and its serial interval. Of some the counts of a third of the days are not known.
pub fn epidemic(shape: Shape, seed: u64) -> Option<(Outbreak, SerialInterval)> {
    let mut rng = Random::new(seed, 7);
    let mean = [2.7, 4.0, 6.0][seed as usize % 3];
    let size = [f64::INFINITY, 30.0, 8.0][seed as usize / 3 % 3];
    let gaps = seed.is_multiple_of(4);
    let w = SerialInterval::shifted_gamma(mean, 0.55 * mean, 60).ok()?;
    let begin = 3.0 * (4.0 * rng.uniform()).exp();
    let mut cases: Vec<f64> = Vec::new();
    for (t, r) in course(shape, &mut rng).into_iter().enumerate() {
        let infectivity: f64 = cases.iter().rev().enumerate().map(|(k, n)| n * w.of(k + 1)).sum();
        // The first days' cases were infected by some that nobody counted.
        let unseen: f64 = (t + 1..60).map(|k| begin * w.of(k)).sum();
        let noise = if size.is_finite() { rng.gamma(size, 1.0 / size) } else { 1.0 };
        cases.push(rng.poisson(r * (infectivity + unseen) * noise));
    }
    let known = cases.into_iter().map(|n| (!gaps || rng.uniform() > 0.33).then_some(n)).collect();
    Some((Outbreak { past: Past::new(known, None).ok()?, channels: Vec::new() }, w))
}
