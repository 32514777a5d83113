//! Series whose R is known.

use quell_epi::interval::SerialInterval;
use quell_epi::simulate::{Chance, Scatter, renewal};

/// A series, and what is true of it.
pub struct Epidemic {
    /// The shape of R, and what else the scores are told by.
    pub kinds: Vec<String>,
    /// Whether counts scatter more than Poisson's.
    pub scattered: bool,
    /// Cases by day; none where nobody counted.
    pub counts: Vec<Option<f64>>,
    /// R by day.
    pub r: Vec<f64>,
    /// The serial interval it came from.
    pub w: SerialInterval,
}

const DAYS: usize = 100;
/// Series with fewer cases say nothing, and those with more are no outbreak that anybody counts by day.
const CASES: std::ops::Range<f64> = 60.0..300_000.0;
const SHAPES: [&str; 8] = ["constant", "leap", "leaps", "wave", "ramp", "walk", "festival", "control"];

/// So many series of eight shapes of R in turn: Poisson or negative binomial with a size from 3 to 20, serial intervals with means from 3 to 8
/// days, from a handful to dozens of cases at the beginning; in a fifth of them one day in twenty was not counted. With `weekends`,
/// half of a weekend's cases are counted after it.
pub fn simulated(seed: u64, series: usize, weekends: bool) -> Vec<Epidemic> {
    let mut chance = Chance::new(seed);
    let mut all = Vec::with_capacity(series);
    while all.len() < series {
        let shape = SHAPES[all.len() % SHAPES.len()];
        let r = shaped(shape, &mut chance);
        let mean = chance.between(3.0, 8.0);
        let spread = chance.between(0.3, 0.6) * mean;
        let Ok(w) = SerialInterval::shifted_gamma(mean, spread, 60) else { continue };
        let scattered = all.len() / SHAPES.len() % 2 == 1;
        let scatter = if scattered { Scatter::Size(chance.between(3.0_f64.ln(), 20.0_f64.ln()).exp()) } else { Scatter::Poisson };
        let a_day = chance.between(2.0_f64.ln(), 50.0_f64.ln()).exp();
        let begin: Vec<f64> = (0..mean.ceil() as usize).map(|_| chance.count(a_day, scatter)).collect();
        let counts = renewal(&r, &w, &begin, scatter, &mut chance);
        if !CASES.contains(&counts.iter().sum()) {
            continue;
        }
        let counts = if weekends { later(&counts, 0.5, &mut chance) } else { counts };
        let gaps = chance.between(0.0, 1.0) < 0.2;
        let counts = counts.into_iter().map(|n| (!gaps || chance.between(0.0, 1.0) > 0.05).then_some(n)).collect();
        all.push(Epidemic { kinds: vec![shape.to_owned()], scattered, counts, r, w });
    }
    all
}

/// Of what belongs to a weekend, so much is counted on the Monday or Tuesday after it.
pub fn later(counts: &[f64], share: f64, chance: &mut Chance) -> Vec<f64> {
    let mut all = vec![0.0; counts.len()];
    for (t, n) in counts.iter().enumerate() {
        for _ in 0..*n as usize {
            let waits = t % 7 >= 5 && chance.between(0.0, 1.0) < share;
            let until = if chance.between(0.0, 1.0) < 0.7 { 7 } else { 8 };
            let day = if waits { t - t % 7 + until } else { t };
            if let Some(n) = all.get_mut(day) {
                *n += 1.0;
            }
        }
    }
    all
}

fn shaped(shape: &str, chance: &mut Chance) -> Vec<f64> {
    let mut level = || chance.between(0.5, 2.0);
    let (a, b, c) = (level(), level(), level());
    let (first, second) = (chance.between(20.0, 50.0), chance.between(55.0, 85.0));
    let period = chance.between(30.0, 90.0);
    let step = chance.between(0.01, 0.06);
    let mut walk = 0.0;
    let mut at = |t: f64, chance: &mut Chance| match shape {
        "constant" => a.clamp(0.8, 1.3),
        "leap" => {
            if t < first {
                a.max(b)
            } else {
                a.min(b)
            }
        }
        "leaps" => {
            if t < first {
                a
            } else if t < second {
                b
            } else {
                c
            }
        }
        "wave" => 1.05 + 0.3 * a * (std::f64::consts::TAU * (t / period + b)).sin(),
        "ramp" => a + (b - a) * ((t - first) / (second - first)).clamp(0.0, 1.0),
        "festival" => {
            if (first..first + 8.0).contains(&t) {
                2.0
            } else {
                a.clamp(0.8, 1.1)
            }
        }
        "control" => 0.6 + a / (1.0 + ((t - first) / 5.0).exp()),
        _ => {
            walk += step * chance.normal();
            (0.1 + walk).exp().clamp(0.3, 3.0)
        }
    };
    (0..DAYS).map(|t| at(t as f64, chance)).collect()
}
