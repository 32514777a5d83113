//! The detectors of Farrington, Andrews, Beale & Catchpole 1996 (J R Stat Soc A 159:547) and of Noufaily et al. 2013 (Stat Med 32:1206): a
//! quasi-Poisson regression on the counts of the same season of earlier years. As R's `surveillance::farringtonFlexible` (Salmon, Schumacher &
//! Höhle 2016, J Stat Softw 70(10)), to which the names of its options are given below.

use super::Verdict;
use super::glm::{Fit, fit, quadratic};
use crate::gamma::standard_normal_quantile;
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::gamma_ur;

/// How the threshold follows from the regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Counts to the power 2/3 are normal, with the errors of the regression and of the count (1996; `delta`).
    TwoThirds,
    /// The negative binomial's quantile with the fitted mean and dispersion (2013; `nbPlugin`).
    NegativeBinomial,
}

/// Options.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Farrington {
    /// Earlier years (`b`).
    pub years: usize,
    /// Counts before and after the same time of an earlier year (`w`).
    pub half_window: usize,
    /// Counts just before the present that are no past (`pastWeeksNotIncluded`).
    pub left_out: usize,
    /// Seasons of a year with a level of their own, the present one among them; 1: only the present season's counts are used (`noPeriods`).
    pub seasons: usize,
    /// Past outbreaks count less: those whose standardised Anscombe residual is above this (`weightsThreshold`); none: all count alike.
    pub downweighed_above: Option<f64>,
    /// The p value below which a trend stays in the model (`pThresholdTrend`): 1 keeps it; none: no trend is tried.
    pub trend_below: Option<f64>,
    /// The share of false alarms (`alpha`).
    pub alpha: f64,
    /// How the threshold follows.
    pub threshold: Threshold,
    /// No alarm unless there were so many cases in the last so many counts, the present one among them (`limit54`).
    pub fewest: (f64, usize),
}

impl Farrington {
    /// The improved detector of Noufaily et al. 2013, for weeks.
    pub fn improved() -> Self {
        Self {
            years: 5,
            half_window: 3,
            left_out: 26,
            seasons: 10,
            downweighed_above: Some(2.58),
            trend_below: Some(1.0),
            alpha: 0.05,
            threshold: Threshold::NegativeBinomial,
            fewest: (5.0, 4),
        }
    }
    /// The detector of 1996, for weeks.
    pub fn original() -> Self {
        Self {
            left_out: 3,
            seasons: 1,
            downweighed_above: Some(1.0),
            trend_below: Some(0.05),
            threshold: Threshold::TwoThirds,
            ..Self::improved()
        }
    }
}

/// Years from which on a trend is believed.
const YEARS_OF_TREND: usize = 3;

/// Judges every count that has so many years before it. `back` gives the time so many years (1, 2 …) before a time: `t − 52 × years` if weeks are
/// only numbered. None where the past is too short or the regression has no answer.
pub fn farrington(counts: &[Option<f64>], options: &Farrington, back: impl Fn(usize, usize) -> Option<usize>) -> Vec<Option<Verdict>> {
    (0..counts.len()).map(|t| judge(counts, t, options, &back)).collect()
}

fn judge(counts: &[Option<f64>], t: usize, options: &Farrington, back: &impl Fn(usize, usize) -> Option<usize>) -> Option<Verdict> {
    let season = seasons(t, options, back)?;
    let past = (0..=t).filter(|n| t - n > options.left_out);
    let rows = past.filter_map(|n| Some(Row { time: n as f64, season: season[n]?, count: counts[n]? }));
    let rows: Vec<Row> = rows.collect();
    let (predicted, phi) = predict(&rows, t as f64, options)?;
    let threshold = match options.threshold {
        Threshold::TwoThirds => two_thirds(predicted, phi, options.alpha),
        Threshold::NegativeBinomial => quantile(predicted.mean, phi, 1.0 - options.alpha),
    };
    let recent = counts[(t + 1).saturating_sub(options.fewest.1)..=t].iter().flatten().sum::<f64>();
    let alarm = counts[t].is_some_and(|n| n > threshold && n > 0.0) && recent >= options.fewest.0;
    threshold.is_finite().then_some(Verdict { expected: predicted.mean, threshold, alarm })
}

/// The season of each time up to `t`, if it has one: the present one is the last.
fn seasons(t: usize, options: &Farrington, back: &impl Fn(usize, usize) -> Option<usize>) -> Option<Vec<Option<usize>>> {
    let (w, p) = (options.half_window, options.seasons.max(1));
    let mut season = vec![None; t + 1];
    let mut set = |from: usize, to: usize, s: usize| season.iter_mut().take(to).skip(from).for_each(|n| *n = Some(s));
    set(t.checked_sub(w)?, t + 1, p);
    let mut later = t;
    for year in 1..=options.years {
        let then = back(t, year)?;
        set(then.checked_sub(w)?, then + w + 1, p);
        if p > 1 {
            // What is between two present seasons is cut into the others: the first ones are longer by one count if it does not come out even.
            let between = later.checked_sub(2 * w + 1 + then).filter(|n| *n + 1 >= p)?;
            let (length, rest) = (between / (p - 1), between % (p - 1));
            let mut from = then + w + 1;
            for s in 1..p {
                let to = from + length + usize::from(s <= rest);
                set(from, to, s);
                from = to;
            }
        }
        later = then;
    }
    Some(season)
}

#[derive(Clone, Copy)]
struct Row {
    time: f64,
    season: usize,
    count: f64,
}

/// The mean that is expected now, and its standard error.
#[derive(Clone, Copy)]
struct Predicted {
    mean: f64,
    se: f64,
}

/// A regression: its design, and what is done with it.
struct Model {
    fit: Fit,
    /// Rows less columns.
    freedom: f64,
    /// Dispersion, at least 1.
    phi: f64,
    /// The dispersion that R's `predict` and `summary` find in a model that was fitted anew: with the prior weights for those of the last iteration.
    phi_of_errors: f64,
}

fn design(rows: &[Row], time: f64, trend: bool, seasons: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    // The present season is the last. R has dummies for all but the first; which one is left out changes nothing that is used here.
    let first = rows.first().map_or(0.0, |r| r.time);
    let span = (time - first).max(1.0);
    let row = |time: f64, season: usize| {
        let mut of = vec![1.0];
        if trend {
            of.push((time - first) / span);
        }
        of.extend((1..seasons).map(|s| f64::from(u8::from(s == season))));
        of
    };
    (rows.iter().map(|r| row(r.time, r.season)).collect(), row(time, seasons))
}

fn dispersion(fit: &Fit, weights: &[f64], freedom: f64) -> f64 {
    fit.working.iter().zip(weights).map(|(r, w)| w * r * r).sum::<f64>() / freedom
}

fn model(rows: &[Row], x: &[Vec<f64>], options: &Farrington) -> Option<Model> {
    let y: Vec<f64> = rows.iter().map(|r| r.count).collect();
    let freedom = y.len() as f64 - x.first()?.len() as f64;
    let plain = fit(x, &y, &vec![1.0; y.len()])?;
    let phi_of_errors = dispersion(&plain, &plain.weights, freedom);
    let phi = phi_of_errors.max(1.0);
    let Some(above) = options.downweighed_above else {
        return Some(Model { fit: plain, freedom, phi, phi_of_errors });
    };
    let prior = downweighed(&plain, &y, phi, above);
    let again = fit(x, &y, &prior)?;
    let (phi, phi_of_errors) = (dispersion(&again, &again.weights, freedom).max(1.0), dispersion(&again, &prior, freedom));
    Some(Model { fit: again, freedom, phi, phi_of_errors })
}

/// Weights by standardised Anscombe residuals: `γ s⁻²` above the threshold, else `γ`, so that they add up to their number.
fn downweighed(fit: &Fit, y: &[f64], phi: f64, above: f64) -> Vec<f64> {
    let residual = |((y, m), h): ((&f64, &f64), &f64)| 1.5 * (y.powf(2.0 / 3.0) * m.powf(-1.0 / 6.0) - m.sqrt()) / (phi * (1.0 - h)).sqrt();
    let s: Vec<f64> = y.iter().zip(&fit.fitted).zip(&fit.leverage).map(residual).collect();
    let raw = |s: &f64| if *s > above { s.powi(-2) } else { 1.0 };
    let gamma = s.len() as f64 / s.iter().map(raw).sum::<f64>();
    s.iter().map(|s| gamma * raw(s)).collect()
}

/// What is expected, with its error and the dispersion; with a trend if it is significant, does not go beyond what was seen, and there are three years.
fn predict(rows: &[Row], time: f64, options: &Farrington) -> Option<(Predicted, f64)> {
    let of = |trend: bool| {
        let (x, now) = design(rows, time, trend, options.seasons.max(1));
        let m = model(rows, &x, options)?;
        let mean = now.iter().zip(&m.fit.coefficients).map(|(a, b)| a * b).sum::<f64>().exp();
        let se = mean * (m.phi_of_errors * quadratic(&m.fit.inverse, &now)).sqrt();
        Some((m, Predicted { mean, se }))
    };
    if let Some((m, p)) = options.trend_below.filter(|_| options.years >= YEARS_OF_TREND).and_then(|_| of(true)) {
        let t = m.fit.coefficients[1] / (m.phi_of_errors * m.fit.inverse[1][1]).sqrt();
        let p_value = StudentsT::new(0.0, 1.0, m.freedom).map_or(1.0, |d| 2.0 * d.sf(t.abs()));
        let seen = rows.iter().map(|r| r.count).fold(0.0, f64::max);
        if options.trend_below.is_some_and(|below| p_value < below) && p.mean <= seen {
            return Some((p, m.phi));
        }
    }
    of(false).map(|(m, p)| (p, m.phi))
}

fn two_thirds(p: Predicted, phi: f64, alpha: f64) -> f64 {
    let tau = phi + p.se * p.se / p.mean;
    let se = (4.0 / 9.0 * p.mean.cbrt() * tau).sqrt();
    (p.mean.powf(2.0 / 3.0) + standard_normal_quantile(1.0 - alpha) * se).powf(1.5)
}

/// The quantile of counts with this mean and dispersion: negative binomial, or Poisson without dispersion.
fn quantile(mean: f64, phi: f64, p: f64) -> f64 {
    if !mean.is_finite() {
        return f64::NAN;
    }
    let cdf = |k: f64| if phi > 1.0 { beta_reg(mean / (phi - 1.0), k + 1.0, 1.0 / phi) } else { gamma_ur(k + 1.0, mean) };
    // By halves, from a range that has it.
    let (mut below, mut at) = (-1.0, 1.0);
    while cdf(at) < p && at < 1e12 {
        (below, at) = (at, at * 2.0);
    }
    while at - below > 1.0 {
        let middle = ((at + below) / 2.0).floor();
        if cdf(middle) < p { below = middle } else { at = middle }
    }
    at
}
