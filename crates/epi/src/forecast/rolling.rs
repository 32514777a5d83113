//! How good forecasts would have been: from each of many days on, with what was known on it, scored on what came.

use super::baseline::Baseline;
use super::draw::Draw;
use super::{Ahead, Futures, Outbreak, futures};
use crate::interval::SerialInterval;
use crate::nowcast::Completeness;
use crate::scores::{Quantiles, Wis, coverage, crps, log_score_of_mixture, pit, pit_histogram};
use std::collections::BTreeMap;

/// Who forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// The renewal model.
    Model,
    /// One of [`Baseline::ALL`].
    Baseline(usize),
    /// The mean of the quantiles of the model and of exponential smoothing.
    Ensemble,
}

impl Method {
    /// Its short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Baseline(k) => Baseline::ALL.get(k).map_or("", |b| b.name()),
            Self::Ensemble => "ensemble",
        }
    }
}

/// How to look back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rolling {
    /// The first day from which is forecast: how many days are known then, at least 1.
    pub from: usize,
    /// Days between one forecast and the next, at least 1.
    pub every: usize,
    /// Days ahead.
    pub days: usize,
    /// Drawn futures of each forecast.
    pub samples: usize,
    /// The same seed gives the same scores.
    pub seed: u64,
}

/// The scores of one method for one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Whose forecasts.
    pub method: Method,
    /// The channel; none: all cases.
    pub channel: Option<usize>,
    /// Days ahead; none: all of them.
    pub horizon: Option<usize>,
    /// Forecasts that were scored.
    pub forecasts: usize,
    /// Mean weighted interval score and its parts.
    pub wis: Wis,
    /// The same of the logarithm of count + 1: the total.
    pub log_wis: f64,
    /// The score over that of [`Baseline::Last`] for the same days; none if that is 0 or there is none.
    pub relative: Option<f64>,
    /// Mean continuous ranked probability score of the drawn futures (of the quantiles, where there are none: the ensemble).
    pub crps: f64,
    /// Mean logarithmic score; only of the model and of all cases, for which the probability of each count is known.
    pub log_score: Option<f64>,
    /// Mean absolute error of the median.
    pub error: f64,
    /// Share of the days that lay in the 50, 80 and 95 % intervals.
    pub coverage: [f64; 3],
    /// The histogram of the probability integral transform in [`PIT_BINS`] bins; none where there are no drawn futures.
    pub pit: Option<Vec<f64>>,
}

/// Bins of the histograms.
pub const PIT_BINS: usize = 10;

/// The forecast of one day.
#[derive(Clone)]
struct Told {
    quantiles: Quantiles,
    /// None: it has no futures of its own.
    drawn: Vec<f64>,
}

/// How one forecast of one day fared.
#[derive(Clone)]
struct One {
    quantiles: Quantiles,
    came: f64,
    crps: f64,
    log_score: Option<f64>,
    pit: Option<(f64, f64)>,
}

impl One {
    fn of(told: Told, came: f64, log_score: Option<f64>) -> Self {
        let crps = crps(&told.drawn, came).unwrap_or_else(|| told.quantiles.crps(came));
        Self { crps, pit: pit(&told.drawn, came), quantiles: told.quantiles, came, log_score }
    }
}

type Key = (Option<usize>, Method, Option<usize>);

/// Forecasts from the known days on, and scores each on the days that are known. All methods are scored on the same days; those on which a baseline
/// has too short a past are left out.
pub fn rolling(outbreak: &Outbreak, w: &SerialInterval, how: &Rolling) -> Vec<Score> {
    rolling_as_known(outbreak, w, how, |origin| Some((outbreak.until(origin), None)))
}

/// The same, where `known` says what was known after so many days: counts that were not complete, and how far; none if there is nothing to forecast from.
/// All methods have the same nowcast: the baselines go on from its median.
pub fn rolling_as_known(
    outbreak: &Outbreak,
    w: &SerialInterval,
    how: &Rolling,
    known: impl Fn(usize) -> Option<(Outbreak, Option<Completeness>)>,
) -> Vec<Score> {
    let mut all: BTreeMap<Key, Vec<One>> = BTreeMap::new();
    let days = outbreak.past.days();
    for origin in (how.from.max(1)..days).step_by(how.every.max(1)) {
        if outbreak.past.counts()[origin - 1].is_none() {
            continue;
        }
        let mut draw = Draw::new(how.seed.wrapping_add(origin as u64));
        let Some((known, late)) = known(origin).filter(|k| k.0.past.days() == origin) else { continue };
        let futures = futures(&known, w, &Ahead { late: late.as_ref(), ..Ahead::of(how.days, how.samples) }, &mut draw);
        let recent: Vec<Vec<f64>> = futures.paths.iter().map(|p| p.recent.clone()).collect();
        let mut series = vec![(None, futures.cases(), outbreak.past.counts().to_vec(), completed(known.past.counts(), &recent))];
        let channels = futures.channels.iter().zip(&futures.recent).enumerate();
        series.extend(
            channels.map(|(k, (paths, recent))| (Some(k), paths.clone(), outbreak.counts_of(k), completed(&known.counts_of(k), recent))),
        );
        for (channel, model, full, known) in series {
            let came: Vec<(usize, f64)> = full[origin..].iter().take(how.days).enumerate().filter_map(|(h, n)| Some((h, (*n)?))).collect();
            for (method, told) in of_all(&model, &known, how, &mut draw).unwrap_or_default() {
                for ((h, came), told) in came.iter().filter_map(|c| Some((*c, told.get(c.0)?.clone()?))) {
                    let ln = (method == Method::Model && channel.is_none()).then(|| log_score(&futures, h, came));
                    let one = One::of(told, came, ln);
                    for horizon in [None, Some(h + 1)] {
                        all.entry((channel, method, horizon)).or_default().push(one.clone());
                    }
                }
            }
        }
    }
    let mut scores: Vec<Score> = all.iter().map(|(key, of)| score(*key, of)).collect();
    let last: BTreeMap<_, f64> =
        scores.iter().filter(|s| s.method == Method::Baseline(0)).map(|s| ((s.channel, s.horizon), s.wis.total)).collect();
    for s in &mut scores {
        s.relative = last.get(&(s.channel, s.horizon)).filter(|b| **b > 0.0).map(|b| s.wis.total / b);
    }
    scores
}

/// Counts with the medians of the completed ones at their end.
fn completed(counts: &[Option<f64>], recent: &[Vec<f64>]) -> Vec<Option<f64>> {
    let open = recent.first().map_or(0, Vec::len);
    let median = |h: usize| Some(super::told(recent, h)?.quantiles.median());
    let complete = counts.len().saturating_sub(open);
    counts[..complete].iter().copied().chain((0..open).map(median)).collect()
}

fn log_score(futures: &Futures, day: usize, came: f64) -> f64 {
    log_score_of_mixture(came, futures.paths.iter().filter_map(|p| Some((*p.means.get(day)?, p.size))))
}

/// By day ahead; none where there is no forecast.
type ByDay = Vec<Option<Told>>;

/// The forecasts of every method; none if one of them cannot make any.
fn of_all(model: &[Vec<f64>], known: &[Option<f64>], how: &Rolling, draw: &mut Draw) -> Option<Vec<(Method, ByDay)>> {
    let told = |paths: &[Vec<f64>]| -> ByDay {
        let drawn = |h: usize| paths.iter().filter_map(|p| p.get(h)).copied().collect::<Vec<f64>>();
        (0..how.days).map(drawn).map(|drawn| Some(Told { quantiles: Quantiles::of_samples(&drawn)?, drawn })).collect()
    };
    let mut methods = vec![(Method::Model, told(model))];
    for (k, b) in Baseline::ALL.iter().enumerate() {
        methods.push((Method::Baseline(k), told(&b.paths(known, how.days, how.samples, draw)?)));
    }
    let smoothing = 1 + Baseline::ALL.iter().position(|b| *b == Baseline::Smoothing)?;
    let quantiles = |method: usize, h: usize| methods[method].1[h].as_ref().map(|t| t.quantiles.clone());
    let pair = |h: usize| Some(Told { quantiles: Quantiles::mean(&[quantiles(0, h)?, quantiles(smoothing, h)?])?, drawn: Vec::new() });
    let ensemble = (0..how.days).map(pair).collect();
    methods.push((Method::Ensemble, ensemble));
    Some(methods)
}

fn score((channel, method, horizon): Key, of: &[One]) -> Score {
    let mean = |f: &dyn Fn(&One) -> f64| of.iter().map(f).sum::<f64>() / of.len() as f64;
    let wis = |f: &dyn Fn(Wis) -> f64| mean(&|o| f(o.quantiles.wis(o.came)));
    let held =
        |share: f64| coverage(of.iter().filter_map(|o| o.quantiles.central(share).map(|(lo, hi)| (o.came, lo, hi)))).unwrap_or(f64::NAN);
    Score {
        method,
        channel,
        horizon,
        forecasts: of.len(),
        wis: Wis { total: wis(&|w| w.total), dispersion: wis(&|w| w.dispersion), under: wis(&|w| w.under), over: wis(&|w| w.over) },
        log_wis: mean(&|o| o.quantiles.map(f64::ln_1p).wis(o.came.ln_1p()).total),
        relative: None,
        crps: mean(&|o| o.crps),
        log_score: of.iter().map(|o| o.log_score).sum::<Option<f64>>().map(|sum| sum / of.len() as f64),
        error: mean(&|o| (o.quantiles.median() - o.came).abs()),
        coverage: [0.5, 0.8, 0.95].map(held),
        pit: of.iter().map(|o| o.pit).collect::<Option<Vec<_>>>().map(|transforms| pit_histogram(&transforms, PIT_BINS)),
    }
}
