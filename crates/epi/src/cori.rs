//! The instantaneous reproduction number of Cori, Ferguson, Fraser & Cauchemez 2013 (Am J Epidemiol 178:1505): cases of a day are Poisson with
//! mean `R · Λ`, Λ being the infectivity of the earlier cases, and R is the same all through a window and has a gamma prior.

use crate::gamma::{Gamma, Quantiles};
use crate::interval::SerialInterval;
use crate::series::Incidence;

/// The probabilities at which the posterior is told.
pub const PROBABILITIES: [f64; 7] = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975];

/// What is assumed of R before anything is seen.
pub const PRIOR: Gamma = Gamma { shape: 1.0, scale: 5.0 };

/// Days for which R is taken to be the same: the first and the last, counted from 0. *Invariant:* the first is not after the last, and not
/// day 0, of which nobody knows who infected its cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    first: usize,
    last: usize,
}

impl Window {
    /// None if it begins on day 0 or ends before it begins.
    pub fn new(first: usize, last: usize) -> Option<Self> {
        (first > 0 && first <= last).then_some(Self { first, last })
    }
    /// Every window of so many days in a series, the first beginning on day 1.
    pub fn sliding(days: usize, length: usize) -> Vec<Self> {
        (1..=days.saturating_sub(length)).filter_map(|first| Self::new(first, first + length - 1)).filter(|_| length > 0).collect()
    }
    /// Its first day, from 0.
    pub fn first(self) -> usize {
        self.first
    }
    /// Its last day, from 0.
    pub fn last(self) -> usize {
        self.last
    }
}

/// R in one window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Posterior mean.
    pub mean: f64,
    /// Posterior standard deviation.
    pub sd: f64,
    /// Posterior quantiles at [`PROBABILITIES`].
    pub quantiles: [f64; 7],
}

/// The infectivity of all earlier cases, by day: `Λ_t = Σ_s I_{t-s} w_s`. That of day 0 is not known.
pub fn infectivity(i: &Incidence, w: &SerialInterval) -> Vec<f64> {
    let total: Vec<f64> = i.total().collect();
    let w = w.as_slice();
    (0..total.len())
        .map(|t| {
            if t == 0 {
                return f64::NAN;
            }
            let before = total.get(..=t).unwrap_or_default();
            before.iter().rev().zip(w).map(|(n, p)| n * p).sum()
        })
        .collect()
}

/// What is known of R in each window; nothing where the window ends before the mean serial interval has passed, of which too little is known, or
/// outside of the series.
pub fn posteriors(i: &Incidence, w: &SerialInterval, windows: &[Window], prior: Gamma) -> Vec<Option<Gamma>> {
    let infectivity = infectivity(i, w);
    let mean = w.mean();
    windows
        .iter()
        .map(|window| {
            let within = |of: &[f64]| Some(of.get(window.first..=window.last)?.iter().sum::<f64>());
            let (cases, infectivity) = (within(i.local())?, within(&infectivity)?);
            let enough = (window.last + 1) as f64 > mean;
            enough.then(|| Gamma { shape: prior.shape + cases, scale: 1.0 / (1.0 / prior.scale + infectivity) })
        })
        .collect()
}

/// R in each window of which [`posteriors`] knows something. The quantiles are kept in `known` for the next series.
pub fn estimate(i: &Incidence, w: &SerialInterval, windows: &[Window], prior: Gamma, known: &mut Quantiles<7>) -> Vec<Option<Estimate>> {
    let mut of = |p: Gamma| Estimate { mean: p.mean(), sd: p.sd(), quantiles: known.of(p) };
    posteriors(i, w, windows, prior).into_iter().map(|p| p.map(&mut of)).collect()
}

/// The quantiles that [`estimate`] wants.
pub fn quantiles() -> Quantiles<7> {
    Quantiles::at(PROBABILITIES)
}
