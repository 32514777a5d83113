//! C1, C2 and C3 of the Early Aberration Reporting System (Hutwagner, Thompson, Seeman & Treadwell 2003, J Urban Health 80:i89), for series
//! without a long past. C1 and C2 as R's `surveillance::earsC`; C3 by the formula of its manual: its code (1.20.3) has the count itself where the
//! manual has the mean of the past, so that its alarm does not depend on the count.

use super::Verdict;
use crate::gamma::standard_normal_quantile;

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarsMethod {
    /// The counts just before are the past.
    C1,
    /// Two counts are left out between the past and the present: an outbreak that begins does not raise its own threshold.
    C2,
    /// As C2, and what the last two counts exceeded their own expectation by more than one standard deviation adds up: slow rises.
    C3,
}

/// Options.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ears {
    /// Which of the three.
    pub method: EarsMethod,
    /// Counts of the past, as a rule 7.
    pub baseline: usize,
    /// The least standard deviation: 0 as in R. Above 0 a past without any scatter is not taken at its word.
    pub least_sd: f64,
    /// The share of false alarms of one count if counts are normal: as a rule 0.001, for C3 0.025.
    pub alpha: f64,
}

/// Fewest known counts of a past that is judged by.
const FEWEST: usize = 3;
/// Counts between the past and the present.
const GUARD: usize = 2;

impl Ears {
    /// The usual options.
    pub fn usual(method: EarsMethod) -> Self {
        Self { method, baseline: 7, least_sd: 0.0, alpha: if method == EarsMethod::C3 { 0.025 } else { 0.001 } }
    }
}

/// A past's mean and standard deviation.
#[derive(Clone, Copy)]
struct Past {
    mean: f64,
    sd: f64,
}

impl Past {
    fn before(counts: &[Option<f64>], t: usize, guard: usize, options: &Ears) -> Option<Self> {
        let first = t.checked_sub(options.baseline.saturating_add(guard))?;
        let known: Vec<f64> = counts[first..t - guard].iter().flatten().copied().collect();
        let n = known.len() as f64;
        let mean = known.iter().sum::<f64>() / n;
        let variance = known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (known.len() >= FEWEST).then(|| Self { mean, sd: variance.sqrt().max(options.least_sd) })
    }
    /// By how many standard deviations more than one a count exceeds the mean; 0 if it is not known or does not.
    fn excess(self, count: Option<f64>) -> f64 {
        let z = count.map_or(0.0, |x| if x > self.mean { (x - self.mean) / self.sd } else { 0.0 });
        (z - 1.0).max(0.0)
    }
}

/// Judges each count that has a past of its own: all counts of it lie in the series, and at least three are known.
pub fn ears(counts: &[Option<f64>], options: &Ears) -> Vec<Option<Verdict>> {
    let z = standard_normal_quantile(1.0 - options.alpha);
    let guard = if options.method == EarsMethod::C1 { 0 } else { GUARD };
    let past = |t: usize| Past::before(counts, t, guard, options);
    let judge = |t: usize| {
        let now = past(t)?;
        let mut threshold = now.mean + z * now.sd;
        if options.method == EarsMethod::C3 {
            let before = past(t.checked_sub(1)?)?.excess(counts[t - 1]) + past(t.checked_sub(2)?)?.excess(counts[t - 2]);
            // After an excess over a past without any scatter whatever comes is an alarm.
            threshold = if before.is_finite() { (now.mean + now.sd * (z - before)).max(0.0) } else { 0.0 };
        }
        Some(Verdict { expected: now.mean, threshold, alarm: counts[t].is_some_and(|n| n > threshold) })
    };
    (0..counts.len()).map(judge).collect()
}
