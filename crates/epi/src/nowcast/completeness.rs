//! How complete the counts of the last days are.

use super::predict::Draws;
use super::reporting::Reporting;
use super::triangle::{Triangle, TriangleError};
use crate::delays::Daily;
use crate::random::Random;

/// What of a day's events is reported by now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The share of all that is reported, above 0 up to 1.
    pub share: f64,
    /// By what the variance of the reported number is multiplied because delays scatter: 1 if each event is reported by itself.
    pub scatter: f64,
    /// By how much those to come scatter more than if each came by itself, as a share of the square of their number: 0 if they do not.
    pub open: f64,
}

impl Part {
    /// All is reported.
    pub const ALL: Self = Self { share: 1.0, scatter: 1.0, open: 0.0 };

    /// All events of a day, drawn: those reported, and those that are not yet. Events are negative binomial of this size around `expected`, that is
    /// Poisson around a gamma variable, of which the reported ones tell something already. None reported: it is not known how many are.
    pub(crate) fn all(self, reported: Option<f64>, expected: f64, size: f64, rng: &mut Random) -> f64 {
        let (reported, share) = reported.map_or((0.0, 0.0), |r| (r, self.share));
        let told = (reported / self.scatter, expected * share / self.scatter);
        let factor = if size.is_finite() { rng.gamma(size + told.0, 1.0 / (size + told.1)) } else { 1.0 };
        let more = if self.open > 0.0 { rng.gamma(1.0 / self.open, self.open) } else { 1.0 };
        reported + rng.poisson(factor * more * expected * (1.0 - share))
    }
}

/// What is reported of the last days, as far as one knows: several draws, each as likely as the others. *Invariant:* at least one draw, all of as many days.
#[derive(Debug, Clone, PartialEq)]
pub struct Completeness {
    from: usize,
    draws: Vec<Vec<Part>>,
}

/// Days of which this share is reported are taken for complete.
const COMPLETE: f64 = 0.995;
/// Less than this is not told from nothing.
const LEAST: f64 = 1e-9;

impl Completeness {
    /// As the triangle tells.
    ///
    /// # Errors
    /// If nothing can be fitted: see [`Triangle::new`].
    pub fn of_triangle(triangle: &Triangle, seed: u64) -> Result<Self, TriangleError> {
        let recent = triangle.looked_at();
        let reporting = Reporting::of(&recent).ok_or(TriangleError::Empty)?;
        let draws = Draws::parts(&recent, &reporting, seed).ok_or(TriangleError::Empty)?;
        Ok(Self { from: triangle.days() - recent.days(), draws }.without_complete_days())
    }

    /// Of so many days, where each event is reported after this delay and the last day is over.
    pub fn of_delay(delay: &Daily, days: usize) -> Self {
        let part = |t: usize| Part { share: delay.within(days - 1 - t).max(LEAST), ..Part::ALL };
        Self { from: 0, draws: vec![(0..days).map(part).collect()] }.without_complete_days()
    }

    /// Nothing is known of so many days from this one on.
    pub fn unknown(from: usize, days: usize) -> Self {
        Self { from, draws: vec![vec![Part { share: LEAST, ..Part::ALL }; days]] }
    }

    fn without_complete_days(mut self) -> Self {
        let days = self.draws.first().map_or(0, Vec::len);
        let open = (0..days).find(|t| self.draws.iter().any(|d| d[*t].share < COMPLETE)).unwrap_or(days);
        self.from += open;
        self.draws.iter_mut().for_each(|d| *d = d.split_off(open));
        self
    }

    /// The first day of which not all is reported; with [`Completeness::days`] the days until the last one.
    pub fn from(&self) -> usize {
        self.from
    }
    /// How many days are not complete.
    pub fn days(&self) -> usize {
        self.draws.first().map_or(0, Vec::len)
    }
    /// The same, where the first day was so many days before or (below 0) after what is day 0 now.
    pub fn shifted(mut self, days: i64) -> Self {
        let from = self.from as i64 + days;
        let cut = usize::try_from(-from).unwrap_or(0).min(self.days());
        self.draws.iter_mut().for_each(|d| *d = d.split_off(cut));
        self.from = usize::try_from(from).unwrap_or(0);
        self
    }
    /// The mean share of a day that is reported.
    pub fn share(&self, day: usize) -> f64 {
        self.draws.iter().enumerate().map(|(k, _)| self.of(k, day).share).sum::<f64>() / self.draws.len() as f64
    }
    /// What one of the draws (counted around) has for a day.
    pub(crate) fn of(&self, draw: usize, day: usize) -> Part {
        let Some(k) = day.checked_sub(self.from) else { return Part::ALL };
        self.draws.get(draw % self.draws.len()).and_then(|d| d.get(k)).copied().unwrap_or(Part { share: LEAST, ..Part::ALL })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn a_delay_leaves_the_last_days_open() {
        let c = Completeness::of_delay(&Daily::given(&[0.5, 0.3, 0.2]).unwrap(), 10);
        assert_eq!((c.from(), c.days()), (8, 2));
        assert_eq!([7, 8, 9].map(|t| c.share(t)), [1.0, 0.8, 0.5]);
        let moved = c.clone().shifted(3);
        assert_eq!((moved.from(), moved.share(11), moved.share(12)), (11, 0.8, 0.5));
        let cut = c.clone().shifted(-9);
        assert_eq!((cut.from(), cut.days(), cut.share(0)), (0, 1, 0.5));
        assert_eq!(Completeness::of_delay(&Daily::none(), 5).days(), 0);
    }

    #[test]
    fn what_is_still_to_come_is_drawn_with_the_right_mean_and_scatter() {
        let mut rng = Random::new(1, 0);
        let part = Part { share: 0.25, ..Part::ALL };
        // Expected 100, reported 40 of a negative binomial of size 10: the gamma variable has the mean (10 + 40) / (10 + 25).
        let drawn: Vec<f64> = (0..20_000).map(|_| part.all(Some(40.0), 100.0, 10.0, &mut rng)).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / 20_000.0;
        let (to_come, size) = (75.0 * 50.0 / 35.0, 50.0);
        assert!((mean - 40.0 - to_come).abs() < 0.6, "{mean}");
        assert!((variance / (to_come + to_come * to_come / size) - 1.0).abs() < 0.06, "{variance}");
        let unknown: f64 = (0..5_000).map(|_| part.all(None, 100.0, f64::INFINITY, &mut rng)).sum::<f64>() / 5_000.0;
        assert!((unknown - 100.0).abs() < 0.6, "{unknown}");
    }
}
