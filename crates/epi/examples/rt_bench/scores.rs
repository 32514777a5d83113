//! How good estimates are, scored as the table of known tools is: from day 15 on, squared errors of at most 25.

use quell_epi::scores::interval_score;

/// Days that are not scored: the infectivity of those before them is not known.
const BEGIN: usize = 14;
const MOST: f64 = 25.0;
/// The end of a series, of which everybody asks.
const END: usize = 7;

/// Sums over days.
#[derive(Default, Clone)]
pub struct Scores {
    days: f64,
    squared: f64,
    held: f64,
    width: f64,
    interval: f64,
    end_days: f64,
    end_squared: f64,
    /// Days without an estimate.
    pub missing: usize,
}

impl Scores {
    /// Adds a series: the truth by day, and mean, lower and upper end by day.
    pub fn add(&mut self, truth: &[f64], estimates: &[Option<(f64, f64, f64)>]) {
        for (t, (r, e)) in truth.iter().zip(estimates).enumerate().skip(BEGIN) {
            let Some((mean, lo, hi)) = e.filter(|e| e.0.is_finite()) else {
                self.missing += 1;
                continue;
            };
            let squared = (mean - r).powi(2).min(MOST);
            self.days += 1.0;
            self.squared += squared;
            self.held += f64::from(u8::from((lo..=hi).contains(r)));
            self.width += hi - lo;
            self.interval += interval_score(*r, lo, hi, 0.05);
            if t + END >= truth.len() {
                self.end_days += 1.0;
                self.end_squared += squared;
            }
        }
    }
    /// Root of the mean squared error.
    pub fn rmse(&self) -> f64 {
        (self.squared / self.days).sqrt()
    }
    /// The same of the last seven days.
    pub fn rmse_end(&self) -> f64 {
        (self.end_squared / self.end_days).sqrt()
    }
    /// The share of days whose interval holds the truth.
    pub fn coverage(&self) -> f64 {
        self.held / self.days
    }
    /// Mean interval score of 95 % (Gneiting & Raftery 2007, J Am Stat Assoc 102:359): the width, and forty times by how much the truth is missed.
    pub fn interval(&self) -> f64 {
        self.interval / self.days
    }
    /// Mean width of the intervals.
    pub fn width(&self) -> f64 {
        self.width / self.days
    }
}
