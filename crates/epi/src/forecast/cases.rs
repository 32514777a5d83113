//! New cases by day until now, and what they say: the renewal equation with R walking to its last day.

use super::trend::{Way, ways};
use super::weekday;
use crate::interval::SerialInterval;
use crate::series::{Incidence, SeriesError};

/// Counts by day up to the day from which one looks ahead; a day of which nothing is known is `None`. *Invariant:* counts are numbers from 0 up.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    counts: Vec<Option<f64>>,
    imported: Vec<f64>,
}

impl Past {
    /// All cases, or those infected here, and those infected elsewhere (0 where they are not known, or have no column).
    ///
    /// # Errors
    /// If a count is negative or not a number, or the two have not the same days.
    pub fn new(counts: Vec<Option<f64>>, imported: Option<Vec<Option<f64>>>) -> Result<Self, SeriesError> {
        let filled = |of: &[Option<f64>]| of.iter().map(|n| n.unwrap_or(0.0)).collect::<Vec<_>>();
        let imported = imported.map_or_else(|| vec![0.0; counts.len()], |i| filled(&i));
        Incidence::new(filled(&counts), imported.clone())?;
        Ok(Self { counts, imported })
    }
    /// Days.
    pub fn days(&self) -> usize {
        self.counts.len()
    }
    /// Counts by day.
    pub fn counts(&self) -> &[Option<f64>] {
        &self.counts
    }
    /// Imported cases by day, 0 where they are not known.
    pub(super) fn imported(&self) -> &[f64] {
        &self.imported
    }
    /// The first days of it; without those at the end of which nothing is known.
    pub fn until(&self, days: usize) -> Self {
        let known = self.counts.iter().take(days).rposition(Option::is_some).map_or(0, |t| t + 1);
        Self { counts: self.counts[..known].to_vec(), imported: self.imported[..known].to_vec() }
    }
}

/// Counts with what is not known put between the known ones on a logarithmic scale: cases grow and fall by factors.
pub(super) fn bridged(counts: &[Option<f64>]) -> Vec<f64> {
    let mut filled: Vec<f64> = counts.iter().map(|n| n.unwrap_or(0.0)).collect();
    let ln = |n: f64| (n + 0.5).ln();
    let mut before: Option<usize> = None;
    for t in (0..counts.len()).filter(|t| counts[*t].is_some()) {
        let from = before.map_or(0, |b| b + 1);
        let start = before.map_or(filled[t], |b| filled[b]);
        for (k, gap) in (from..t).enumerate() {
            let way = (k + 1) as f64 / (t - from + 1) as f64;
            filled[gap] = ((ln(start) + (ln(filled[t]) - ln(start)) * way).exp() - 0.5).max(0.0);
        }
        before = Some(t);
    }
    if let Some(last) = before {
        let count = filled[last];
        filled[last + 1..].fill(count);
    }
    filled
}

/// Above R = 1, ln R keeps this share of itself each day: growth is answered by people and authorities, and half of it is gone after ten days.
/// Chosen, like [`KEPT_BELOW`], as what scored best on simulated epidemics of six shapes among 0.93, 0.95, 0.96 and 0.984.
pub const KEPT_ABOVE: f64 = 0.93;
/// Below R = 1, ln R keeps this share: measures that work are kept up until nobody is found any more, or nearly; half of it is gone after ten weeks.
/// With 0.98 days to zero came out too late on simulated epidemics (`examples/forecast_zero.rs`), with 1 scores of cases were worse.
pub const KEPT_BELOW: f64 = 0.99;
/// What is assumed of cases that come from nowhere: the shape and, in days, the rate of the gamma prior of their number a day.
pub const NOWHERE: (f64, f64) = (0.5, 60.0);
/// Infectivity below which a case is taken to have come from nowhere.
const NO_SOURCE: f64 = 0.1;
/// Days over which the rate of imported cases is taken.
const IMPORT_DAYS: usize = 28;

/// What the past says: R on the last day, how it walks, how counts scatter and differ by day of the week.
#[derive(Debug, Clone)]
pub struct Fitted {
    pub(super) ways: Vec<Way>,
    /// By index of the day modulo 7.
    pub(super) weekday: [f64; 7],
    /// All that infect, by day, the weekday taken out.
    pub(super) sources: Vec<f64>,
    /// Imported cases a day: shape and rate.
    pub(super) imports: (f64, f64),
    /// Cases without a source a day: shape and rate.
    pub(super) nowhere: (f64, f64),
}

/// Fits the model to the past.
pub fn fit(past: &Past, w: &SerialInterval) -> Fitted {
    let weekday = weekday::factors(&past.counts);
    let plain: Vec<Option<f64>> = past.counts.iter().enumerate().map(|(t, n)| n.map(|n| n / weekday[t % 7])).collect();
    // Counts were checked when the past was made.
    let cases = Incidence::new(bridged(&plain), past.imported.clone()).unwrap_or_default();
    let sources: Vec<f64> = cases.total().collect();
    let ways = ways(&cases, w, |t| past.counts.get(t).is_some_and(Option::is_some));
    let mut nowhere = NOWHERE;
    for t in (1..past.days()).filter(|t| past.counts[*t].is_some()) {
        let infectivity: f64 = sources[..t].iter().rev().zip(&w.as_slice()[1.min(w.as_slice().len())..]).map(|(n, p)| n * p).sum();
        if infectivity < NO_SOURCE {
            // A day with many is one introduction that was found late.
            nowhere = (nowhere.0 + (sources[t] - infectivity).clamp(0.0, 1.0), nowhere.1 + 1.0);
        }
    }
    let recent = &past.imported[past.days().saturating_sub(IMPORT_DAYS)..];
    Fitted { ways, weekday, sources, imports: (recent.iter().sum(), recent.len() as f64), nowhere }
}

impl Fitted {
    /// The ways in which R may have walked and counts scattered, with their probabilities.
    pub fn ways(&self) -> &[Way] {
        &self.ways
    }
    /// Factors by index of the day modulo 7.
    pub fn weekday(&self) -> &[f64; 7] {
        &self.weekday
    }
}
