//! A planned change of policy, as the user states it: what counts cannot tell.

use super::draw::Draw;
use crate::delays::Daily;

/// By what something is multiplied, as far as one is sure: a median and a 95 % interval. *Invariant:* all above 0 and finite, in order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    median: f64,
    interval: (f64, f64),
}

/// Half the width of a 95 % interval in standard deviations.
const REACH: f64 = 1.959_963_984_540_054;

impl Factor {
    /// By its median and, where it is not known for sure, its 95 % interval; none unless 0 < low ≤ median ≤ high.
    pub fn new(median: f64, interval: Option<(f64, f64)>) -> Option<Self> {
        let (low, high) = interval.unwrap_or((median, median));
        (low > 0.0 && low <= median && median <= high && high.is_finite()).then_some(Self { median, interval: (low, high) })
    }
    /// Its median.
    pub fn median(self) -> f64 {
        self.median
    }
    /// Its 95 % interval.
    pub fn interval(self) -> (f64, f64) {
        self.interval
    }
    /// Draws its logarithm: normal below and above the median, each with the spread that its end of the interval asks for (a two-piece normal
    /// distribution with half of the probability on either side).
    pub(super) fn draw_ln(self, draw: &mut Draw) -> f64 {
        let z = draw.normal();
        let end = if z < 0.0 { self.interval.0 } else { self.interval.1 };
        self.median.ln() + z.abs() / REACH * (end / self.median).ln()
    }
}

/// From a day on something is multiplied by a factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The first day on which it holds, from day 0 of the series.
    pub day: usize,
    /// By what.
    pub factor: Factor,
}

/// What is stated of the days ahead. Only what is still to come after the last day is added: what happened before is in the counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stated<'a> {
    /// How many a case infects, by the day of infection.
    pub transmission: &'a [Change],
    /// From infection to the day on which a case is counted; none: the counts change at once.
    pub delay: Option<&'a Daily>,
    /// The odds that a case is found in the first channel, by the day on which it is found.
    pub first_channel: &'a [Change],
}

impl Stated<'_> {
    /// Draws what R is multiplied by on each of so many days ahead, against the last day before `from`: logarithms; empty if nothing is stated. Of the cases
    /// of a day those are fewer who were infected after the change, so the factor comes in as the delay passes.
    pub(super) fn transmission(&self, from: usize, days: usize, draw: &mut Draw) -> Vec<f64> {
        let drawn: Vec<(usize, f64)> = self.transmission.iter().map(|c| (c.day, c.factor.draw_ln(draw).exp_m1())).collect();
        let since = |day: usize, t: usize| match (t.checked_sub(day), self.delay) {
            (None, _) => 0.0,
            (Some(_), None) => 1.0,
            (Some(k), Some(delay)) => delay.within(k),
        };
        against_last(!drawn.is_empty(), from, days, |t| drawn.iter().map(|(day, less)| (less * since(*day, t)).ln_1p()).sum())
    }
    /// The same of the logit of the first channel's share.
    pub(super) fn first_channel(&self, from: usize, days: usize, draw: &mut Draw) -> Vec<f64> {
        let drawn: Vec<(usize, f64)> = self.first_channel.iter().map(|c| (c.day, c.factor.draw_ln(draw))).collect();
        against_last(!drawn.is_empty(), from, days, |t| drawn.iter().filter(|(day, _)| *day <= t).map(|(_, ln)| ln).sum())
    }
}

/// What a sum of logarithms is on each day from `from` on, less what it was on the day before.
fn against_last(any: bool, from: usize, days: usize, of: impl Fn(usize) -> f64) -> Vec<f64> {
    let before = from.checked_sub(1).map_or(0.0, &of);
    (from..from + if any { days } else { 0 }).map(|t| of(t) - before).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn a_factor_has_the_stated_median_and_interval() {
        let factor = Factor::new(0.6, Some((0.4, 0.8))).unwrap();
        let mut draw = Draw::new(1);
        let mut all: Vec<f64> = (0..20_000).map(|_| factor.draw_ln(&mut draw).exp()).collect();
        all.sort_by(f64::total_cmp);
        for (share, told) in [(0.025, 0.4), (0.5, 0.6), (0.975, 0.8)] {
            let at = all[(20_000.0 * share) as usize];
            assert!((at / told - 1.0).abs() < 0.02, "{share}: {at}");
        }
        let sure = Factor::new(0.6, None).unwrap();
        assert!((sure.draw_ln(&mut draw) - 0.6_f64.ln()).abs() < 1e-15);
        for (median, interval) in
            [(0.0, None), (-1.0, None), (f64::NAN, None), (0.6, Some((0.7, 0.8))), (0.6, Some((0.4, 0.5))), (0.6, Some((0.0, 1.0)))]
        {
            assert_eq!(Factor::new(median, interval), None, "{median} {interval:?}");
        }
    }

    #[test]
    fn a_change_comes_in_with_the_delay_and_what_is_past_is_not_told_again() {
        let half = |day: usize| [Change { day, factor: Factor::new(0.5, None).unwrap() }];
        let lag = Daily::given(&[0.0, 0.5, 0.5]).unwrap();
        let mut draw = Draw::new(1);
        let mut factors = |transmission: &[Change], delay: Option<&Daily>| -> Vec<f64> {
            let stated = Stated { transmission, delay, ..Stated::default() };
            stated.transmission(10, 4, &mut draw).into_iter().map(f64::exp).collect()
        };
        let close = |a: Vec<f64>, b: [f64; 4]| assert!(a.len() == 4 && a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-12), "{a:?} {b:?}");
        close(factors(&half(11), None), [1.0, 0.5, 0.5, 0.5]);
        close(factors(&half(11), Some(&lag)), [1.0, 1.0, 0.75, 0.5]);
        // Begun the day before the last: three quarters are seen on the last day, of which two thirds are left.
        close(factors(&half(8), Some(&lag)), [0.5 / 0.75; 4]);
        close(factors(&half(3), None), [1.0; 4]);
        close(factors(&[half(11)[0], half(12)[0]], None), [1.0, 0.5, 0.25, 0.25]);
        assert!(factors(&[], None).is_empty());
    }
}
