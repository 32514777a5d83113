//! Simulated epidemics with two channels of discovery, to try forecasts on.

use quell_epi::forecast::{Outbreak, Past};
use quell_epi::interval::SerialInterval;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Gamma, Poisson, StandardNormal};

/// Days of each.
pub const DAYS: usize = 75;

/// How R goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// 1.15 all the time.
    Growth,
    /// 0.85 all the time, from 300 cases a day.
    Fall,
    /// From 1.4 to 0.75 at once, about day 35.
    Lockdown,
    /// From 1.5 to 0.6 in thirty days around about day 35.
    Tightening,
    /// Up and down by a factor of 1.4 in eight weeks.
    Wave,
    /// ln R walks by 0.06 a day and comes back.
    Walk,
}

/// All shapes.
pub const SHAPES: [Shape; 6] = [Shape::Growth, Shape::Fall, Shape::Lockdown, Shape::Tightening, Shape::Wave, Shape::Walk];

fn course(shape: Shape, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut normal = || -> f64 { StandardNormal.sample(rng) };
    let (turn, phase) = (35.0 + 6.0 * normal(), 2.0 * normal());
    let mut ln = 0.1;
    let mut on = |t: usize| {
        let day = t as f64;
        match shape {
            Shape::Growth => 1.15,
            Shape::Fall => 0.85,
            Shape::Lockdown if day < turn => 1.4,
            Shape::Lockdown => 0.75,
            Shape::Tightening => 1.5 - 0.9 * ((day - turn + 15.0) / 30.0).clamp(0.0, 1.0),
            Shape::Wave => (0.35 * (day / 9.0 + phase).sin()).exp(),
            Shape::Walk => {
                ln = 0.97 * ln + 0.06 * normal();
                ln.exp()
            }
        }
    };
    (0..DAYS).map(&mut on).collect()
}

/// The serial interval of all of them.
pub fn interval() -> Option<SerialInterval> {
    SerialInterval::shifted_gamma(4.0, 2.0, 120).ok()
}

/// An epidemic whose counts scatter as a negative binomial distribution of this size, or as Poisson's. The share found in the community wanders, and falls
/// from day 30 on.
pub fn epidemic(shape: Shape, size: Option<f64>, w: &SerialInterval, seed: u64) -> Option<Outbreak> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let begin = if shape == Shape::Fall { 300.0 } else { 20.0 };
    let (mut cases, mut community): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut logit = 1.0;
    for (t, r) in course(shape, &mut rng).into_iter().enumerate() {
        let infectivity: f64 = cases.iter().rev().enumerate().map(|(k, n)| n * w.of(k + 1)).sum();
        let mean = if t < 6 { begin } else { r * infectivity };
        let noise = size.map_or(1.0, |k| Gamma::new(k, 1.0 / k).map_or(1.0, |g| g.sample(&mut rng)));
        let n: f64 = Poisson::new(mean * noise).map_or(0.0, |p| p.sample(&mut rng));
        let step: f64 = StandardNormal.sample(&mut rng);
        logit += 0.1 * step - if t > 30 { 0.08 } else { 0.0 };
        community.push(Binomial::new(n as u64, 1.0 / (1.0 + f64::exp(-logit))).map_or(0, |b| b.sample(&mut rng)) as f64);
        cases.push(n);
    }
    let controlled = cases.iter().zip(&community).map(|(n, c)| Some(n - c)).collect();
    let past = Past::new(cases.into_iter().map(Some).collect(), None).ok()?;
    Some(Outbreak { past, channels: vec![community.into_iter().map(Some).collect(), controlled] })
}
