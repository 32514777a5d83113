//! A delay and the distributions that were fitted to it.

use quell_charts::{DelayPlot, Fit as Curve, Head, Language, Mark};
use quell_epi::delays::{Delays, Family, Fit, FitError, QUANTILES};

/// Fitted distributions as `compare` gives them: each with its weight.
pub(crate) type Fits = [(Family, Result<Fit, FitError>, f64)];

/// Points of a curve.
const POINTS: usize = 600;

/// The picture: how many had how many whole days, and what each distribution expects of them once all delays are over, the best one first. The mean,
/// the median and the 95th percentile of the best are marked, those that the data bound. A law whose scatter is not known is not drawn.
pub(crate) fn delay(head: Head, language: Language, delays: &Delays, fits: &Fits) -> String {
    let mut fitted: Vec<(&Fit, f64)> =
        fits.iter().filter_map(|(_, fit, weight)| Some((fit.as_ref().ok().filter(|f| f.scatters)?, *weight))).collect();
    fitted.sort_by(|a, b| b.1.total_cmp(&a.1));
    let counts: Vec<(i64, f64)> = delays.whole_days().into_iter().collect();
    let longest = counts.iter().map(|c| c.0).max().unwrap_or(0) as f64;
    let best = fitted.first().map(|f| f.0);
    // As far as the picture may go.
    let until = best.map(|f| f.quantiles[HIGH]).filter(|q| q.is_bounded()).map_or(longest, |q| longest.max(q.value)) + 2.0;
    let curve =
        |(fit, weight): &(&Fit, f64)| Curve { name: name(fit.law.family(), *weight, language), density: density(delays, fit, until) };
    let marks = best.map(|f| marks(f, language)).unwrap_or_default();
    DelayPlot { head, counts, fits: fitted.iter().map(curve).collect(), marks }.svg(language)
}

/// Cases by the calendar that a distribution expects for one that is seen: more than one where the end of the data hides some.
fn density(delays: &Delays, fit: &Fit, until: f64) -> Vec<(f64, f64)> {
    let at = |k: usize| -1.0 + (until + 1.0) * k as f64 / POINTS as f64;
    (0..=POINTS).map(|k| (at(k), delays.by_calendar(fit.law, at(k)) / fit.share_seen)).collect()
}

fn name(family: Family, weight: f64, language: Language) -> String {
    let percent = (100.0 * weight).round();
    match (family, language) {
        (_, Language::English) => format!("{}, weight {percent} %", family.name()),
        (Family::Gamma, _) => format!("伽马分布，权重 {percent}%"),
        (Family::Lognormal, _) => format!("对数正态分布，权重 {percent}%"),
        (Family::Weibull, _) => format!("韦布尔分布，权重 {percent}%"),
    }
}

/// Indices in [`QUANTILES`] of the quantiles that are marked.
const MEDIAN: usize = 2;
const HIGH: usize = 4;

fn marks(fit: &Fit, language: Language) -> Vec<Mark> {
    let (mean, median) = match language {
        Language::Chinese => ("均值", "中位数"),
        Language::English => ("mean", "median"),
    };
    let high = match language {
        Language::Chinese => format!("{:.0}% 分位数", 100.0 * QUANTILES[HIGH]),
        Language::English => format!("{:.0} %", 100.0 * QUANTILES[HIGH]),
    };
    let all = [(mean.to_owned(), fit.mean), (median.to_owned(), fit.quantiles[MEDIAN]), (high, fit.quantiles[HIGH])];
    all.into_iter().filter(|(_, e)| e.is_bounded()).map(|(name, e)| Mark { name, value: e.value, interval: Some((e.lo, e.hi)) }).collect()
}
