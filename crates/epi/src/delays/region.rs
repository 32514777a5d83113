//! The region of parameters that agree with the data, and the intervals that follow from it.

use super::family::{Law, Quantity};
use super::fit::Estimate;

/// Half the 95 % point of χ² with one degree of freedom: the likelihood at an interval's end is lower by this (Wilks 1938, Ann Math Stat 9:60).
pub(super) const DROP: f64 = 1.920_729_410_347_062;
/// As close as the drop is met.
const CLOSE: f64 = 1e-4;
/// The logarithm of days beyond which nothing is a delay: some 270 years.
pub(super) const LONGEST_MIDDLE: f64 = 11.5;

/// The side at which what is looked at ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The law is all but a point there. Means and quantiles have come to their limits.
    NoScatter,
    /// Delays are centuries or seconds there, or they scatter without end.
    Endless,
}

/// One end of the region of parameters that agree with the data; open where the likelihood has not dropped by [`DROP`] at the edge of what is looked at.
pub(super) struct End {
    pub law: Law,
    pub open: Option<Side>,
}

/// Where a function that begins below 0 crosses it, from a guess; none if it does not before `last`.
pub(super) fn crossing(f: impl Fn(f64) -> f64, guess: f64, last: f64) -> Option<f64> {
    let (mut lo, mut hi) = (0.0, guess.min(last));
    let (mut below, mut above) = (-DROP, f(hi));
    while above < 0.0 {
        if hi >= last {
            return None;
        }
        (lo, below) = (hi, above);
        hi = (1.5 * hi).min(last);
        above = f(hi);
    }
    for _ in 0..60 {
        // The square root of the drop is nearly straight.
        let root = |x: f64| (x + DROP).max(0.0).sqrt();
        let (a, b) = (root(below) - DROP.sqrt(), root(above) - DROP.sqrt());
        let straight = lo - a * (hi - lo) / (b - a);
        let middle = if straight > lo && straight < hi && above.is_finite() { straight } else { 0.5 * (lo + hi) };
        let here = f(middle);
        if here.abs() < CLOSE || hi - lo < 1e-10 {
            return Some(middle);
        }
        if here < 0.0 { (lo, below) = (middle, here) } else { (hi, above) = (middle, here) }
    }
    Some(0.5 * (lo + hi))
}

/// The logarithm of days below which nothing is a delay: four seconds.
pub(super) const SHORTEST_MIDDLE: f64 = -10.0;
/// A quantity that differs by a tenth is another one.
const UNLIKE: f64 = 0.1;

/// The interval of a quantity: its extremes around the region, between directions by a parabola through their logarithms, which keeps them above 0.
pub(super) fn interval(value: f64, around: &[End], q: Quantity) -> Estimate {
    let ln = |x: f64| if x.is_nan() { f64::INFINITY } else { x.ln().max(SHORTEST_MIDDLE) };
    let told: Vec<f64> = around.iter().map(|e| ln(e.law.tell(q))).collect();
    let n = told.len();
    let middle = ln(value);
    let (mut lo, mut hi) = (middle, middle);
    for k in 0..n {
        let (last, next) = ((k + n - 1) % n, (k + 1) % n);
        let (before, here, after) = (told[last], told[k], told[next]);
        if around[k].open == Some(Side::Endless) {
            // It goes on without end that way.
            hi = if here > middle + UNLIKE { f64::INFINITY } else { hi };
            lo = if here < middle - UNLIKE { f64::NEG_INFINITY } else { lo };
            continue;
        }
        if around[k].open == Some(Side::NoScatter) && q == Quantity::Sd {
            lo = f64::NEG_INFINITY;
        }
        (lo, hi) = (lo.min(here), hi.max(here));
        let closed = [last, k, next].iter().all(|k| around[*k].open.is_none());
        let bend = before - 2.0 * here + after;
        if closed && bend.is_finite() && (here - before) * (here - after) > 0.0 {
            let top = here - 0.25 * (before - after) * (0.5 * (before - after) / bend);
            (lo, hi) = (lo.min(top), hi.max(top));
        }
    }
    let lo = if lo <= SHORTEST_MIDDLE { 0.0 } else { lo.exp().min(value) };
    let hi = if hi > LONGEST_MIDDLE { f64::INFINITY } else { hi.exp().max(value) };
    Estimate { value, lo, hi }
}
