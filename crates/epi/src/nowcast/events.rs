//! How many events there are by day: negative binomial around a smooth curve, seen through the share that is reported by now.
//!
//! The logarithm of the curve has a level and a slope that both walk (a damped local linear trend, Harvey 1989, Forecasting, Structural Time Series Models),
//! and a weekday's effect. Scatter of level, slope, weekdays and counts is weighted by its evidence (Laplace's approximation).

use crate::envelope::{Envelope, Factor};
use statrs::function::gamma::ln_gamma;

/// What is assumed of the scatter: of a day's step of the level, of a day's step of the slope, of weekdays, and the negative binomial's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scatter {
    level: f64,
    slope: f64,
    weekdays: f64,
    pub size: f64,
}

const LEVELS: [f64; 4] = [0.01, 0.05, 0.13, 0.35];
const SLOPES: [f64; 4] = [0.001, 0.006, 0.02, 0.05];
const WEEKDAYS: [f64; 2] = [0.02, 0.4];
const SIZES: [f64; 6] = [1.5, 4.0, 10.0, 30.0, 120.0, f64::INFINITY];

/// What is left of a slope a day later.
const DAMPING: f64 = 0.97;
/// Standard deviation of the first level around the mean's logarithm, and of the first slope.
const BEGIN: (f64, f64) = (2.0, 0.15);

const STEPS: usize = 40;
const GAIN: f64 = 1e-4;
/// Longest step of a level.
const LONGEST: f64 = 3.0;
/// Hypotheses with less than this share of the best one's evidence are left out.
const NEGLIGIBLE: f64 = 0.003;

/// What was seen of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seen {
    /// Events reported; none if it is not known.
    pub reported: Option<f64>,
    /// The share of all that is reported by now.
    pub share: f64,
    /// By how much the reported number scatters more, because delays do.
    pub scatter: f64,
    /// Day of the week, 0 to 6.
    pub weekday: usize,
}

/// The curve under one assumption.
pub(super) struct Curve {
    pub at: Vec<f64>,
    factor: Factor,
    pub ln_evidence: f64,
}

/// All assumptions that agree with what was seen, with their weights and curves.
pub(super) fn weigh(seen: &[Seen]) -> Vec<(f64, Scatter, Vec<f64>)> {
    let mut all: Vec<(f64, Scatter, Vec<f64>)> = Vec::new();
    let mut from: Option<Vec<f64>> = None;
    for weekdays in WEEKDAYS {
        for size in SIZES {
            for level in LEVELS {
                for slope in SLOPES {
                    let scatter = Scatter { level, slope, weekdays, size };
                    let Some(curve) = fit(seen, scatter, from.as_deref()) else { continue };
                    from = Some(curve.at.clone());
                    all.push((curve.ln_evidence, scatter, curve.at));
                }
            }
        }
    }
    let best = all.iter().map(|a| a.0).fold(f64::NEG_INFINITY, f64::max);
    all.iter_mut().for_each(|a| a.0 = (a.0 - best).exp());
    all.retain(|a| a.0 > NEGLIGIBLE);
    let sum: f64 = all.iter().map(|a| a.0).sum();
    all.iter_mut().for_each(|a| a.0 /= sum);
    all
}

/// The most likely curve under one assumption, by Newton's method.
pub(super) fn fit(seen: &[Seen], scatter: Scatter, from: Option<&[f64]>) -> Option<Curve> {
    let prior = Prior::of(seen, scatter);
    let mut at = from.map_or_else(|| start(seen), <[f64]>::to_vec);
    let mut here = ln_likelihood(seen, scatter.size, &at) + prior.ln(&at);
    for _ in 0..STEPS {
        let (slope, factor) = prior.slope(seen, scatter.size, &at)?;
        let step = factor.solve(&slope);
        let gain: f64 = step.iter().zip(&slope).map(|(a, b)| a * b).sum();
        let longest = (0..seen.len()).map(|t| step[2 * t].abs()).fold(0.0, f64::max);
        let mut scale = (LONGEST / longest).min(1.0);
        let higher = loop {
            let to: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a + scale * s).collect();
            let ln = ln_likelihood(seen, scatter.size, &to) + prior.ln(&to);
            if ln >= here {
                break Some((to, ln));
            }
            scale *= 0.5;
            if gain < GAIN || scale < 1e-6 {
                break None;
            }
        };
        let done = gain < GAIN || higher.is_none();
        if let Some((to, ln)) = higher {
            (at, here) = (to, ln);
        }
        if done {
            // After so small a step the factor is as good as at its end.
            let ln_evidence = here + 0.5 * (prior.ln_determinant - factor.ln_determinant());
            return ln_evidence.is_finite().then_some(Curve { at, factor, ln_evidence });
        }
    }
    None
}

impl Curve {
    /// A curve that agrees with what was seen, from as many standard normal variables as [`unknowns`].
    pub fn draw(&self, normal: Vec<f64>) -> Vec<f64> {
        self.factor.back(normal).iter().zip(&self.at).map(|(d, m)| d + m).collect()
    }
}

/// How many unknowns a curve has.
pub(super) fn unknowns(days: usize) -> usize {
    2 * days + 7
}

/// The logarithm of a day's expected events.
pub(super) fn ln_events(seen: &[Seen], at: &[f64], day: usize) -> f64 {
    at[2 * day] + at[2 * seen.len() + seen[day].weekday]
}

/// The mean of a day's events, roughly: where a curve begins.
fn mean_level(seen: &[Seen]) -> f64 {
    let known = seen.iter().filter_map(|s| Some((s.reported?, s.share)));
    let (events, days) = known.fold((0.5, 1.0), |(e, d), (r, share)| (e + r, d + share));
    (events / days).ln()
}

/// Half a week around each day.
fn start(seen: &[Seen]) -> Vec<f64> {
    let mut at = vec![0.0; unknowns(seen.len())];
    for t in 0..seen.len() {
        let around = &seen[t.saturating_sub(3)..(t + 4).min(seen.len())];
        let known = around.iter().filter_map(|s| Some((s.reported?, s.share)));
        let (events, days) = known.fold((0.2, 0.05), |(e, d), (r, share)| (e + r, d + share));
        at[2 * t] = (events / days).ln();
    }
    at
}

fn ln_likelihood(seen: &[Seen], size: f64, at: &[f64]) -> f64 {
    let of = |(t, s): (usize, &Seen)| {
        let r = s.reported?;
        let mean = s.share * ln_events(seen, at, t).exp();
        let ln = if size.is_finite() {
            ln_gamma(r + size) - ln_gamma(size) + r * (mean / (mean + size)).max(1e-300).ln() - size * (mean / size).ln_1p()
        } else {
            r * mean.max(1e-300).ln() - mean
        };
        Some((ln - ln_gamma(r + 1.0)) / s.scatter)
    };
    seen.iter().enumerate().filter_map(of).sum()
}

struct Prior {
    precision: Envelope,
    mean: Vec<f64>,
    ln_determinant: f64,
}

impl Prior {
    fn of(seen: &[Seen], scatter: Scatter) -> Self {
        let days = seen.len();
        let n = unknowns(days);
        let first = (0..n).map(|i| if i >= 2 * days { 0 } else { i.saturating_sub(if i % 2 == 0 { 2 } else { 3 }) });
        let mut precision = Envelope::zero(first.collect());
        // The weekdays' effects lie on the curve's mean; the level takes it.
        let mut mean = vec![0.0; n];
        let level = mean_level(seen);
        (0..days).for_each(|t| mean[2 * t] = level);
        // The square of a sum of unknowns times numbers, over a variance.
        let mut square = |parts: &[(usize, f64)], sd: f64| {
            let q = sd.powi(-2);
            for (k, (i, a)) in parts.iter().enumerate() {
                parts[..=k].iter().for_each(|(j, b)| precision.add(*i, *j, q * a * b));
            }
        };
        square(&[(0, 1.0)], BEGIN.0);
        square(&[(1, 1.0)], BEGIN.1);
        for t in 1..days {
            square(&[(2 * t - 2, -1.0), (2 * t - 1, -1.0), (2 * t, 1.0)], scatter.level);
            square(&[(2 * t - 1, -DAMPING), (2 * t + 1, 1.0)], scatter.slope);
        }
        (2 * days..n).for_each(|i| square(&[(i, 1.0)], scatter.weekdays));
        let steps = (days - 1) as f64;
        let ln_determinant = -2.0 * (steps * (scatter.level.ln() + scatter.slope.ln()) + 7.0 * scatter.weekdays.ln());
        Self { precision, mean, ln_determinant }
    }

    fn ln(&self, at: &[f64]) -> f64 {
        let off: Vec<f64> = at.iter().zip(&self.mean).map(|(a, m)| a - m).collect();
        -0.5 * self.precision.times(&off).iter().zip(&off).map(|(a, b)| a * b).sum::<f64>()
    }

    /// The slope of the posterior, and the factor of its curvature.
    fn slope(&self, seen: &[Seen], size: f64, at: &[f64]) -> Option<(Vec<f64>, Factor)> {
        let off: Vec<f64> = at.iter().zip(&self.mean).map(|(a, m)| m - a).collect();
        let mut slope = self.precision.times(&off);
        let mut precision = self.precision.clone();
        for (t, s) in seen.iter().enumerate() {
            let Some(r) = s.reported else { continue };
            let mean = s.share * ln_events(seen, at, t).exp().min(1e12);
            let (here, bend) = if size.is_finite() {
                let part = mean / (mean + size);
                (r - (r + size) * part, (r + size) * part * (1.0 - part))
            } else {
                (r - mean, mean)
            };
            let weekday = 2 * seen.len() + s.weekday;
            for i in [2 * t, weekday] {
                slope[i] += here / s.scatter;
                precision.add(i, i, bend / s.scatter);
            }
            precision.add(weekday, 2 * t, bend / s.scatter);
        }
        Some((slope, precision.factor()?))
    }
}
