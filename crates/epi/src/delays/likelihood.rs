//! The likelihood of censored and truncated delays.

use super::family::Law;
use super::record::{Moments, Record, Window};
use std::collections::BTreeMap;

/// Delays that are known in the same way, together: 100,000 records of whole days are a few hundred. *Invariant:* at least one.
#[derive(Debug, Clone)]
pub struct Delays {
    /// Width of the first window, the second's beginning and end counted from the first's beginning; how many.
    seen: Ways<3>,
    /// Width of the first window, the end of the data counted from its beginning; how many.
    until: Ways<2>,
    moments: Moments,
    growth: f64,
}

/// The order of numbers that are not NaN, as a key.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Key<const N: usize>([f64; N]);

impl<const N: usize> Eq for Key<N> {}
impl<const N: usize> PartialOrd for Key<N> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<const N: usize> Ord for Key<N> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let unlike = self.0.iter().zip(&other.0).map(|(a, b)| a.total_cmp(b));
        unlike.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    }
}

/// Windows that differ by less than this are the same, days: what is left of dates after adding and subtracting; a minute; a hundred and twenty-eighth of
/// a day, about eleven minutes, for more moments than anyone waits for.
const SAME: [f64; 3] = [1e-6, Window::LEAST, 1.0 / 128.0];
/// So many ways of knowing a delay are each looked at by itself.
const MOST_WAYS: usize = 4_000;

fn rounded(x: f64, same: f64) -> f64 {
    (x / same).round() * same
}

/// Of each way in which delays are known, how many.
type Ways<const N: usize> = Vec<([f64; N], f64)>;

/// The windows and the ends of the data; windows keep their widths, whatever their distances are rounded to.
fn ways(records: &[Record], same: f64) -> (Ways<3>, Ways<2>) {
    let (mut seen, mut until) = (BTreeMap::new(), BTreeMap::new());
    for r in records {
        let (width, second) = (rounded(r.first.width(), SAME[0]), rounded(r.second.width(), SAME[0]));
        let from = |x: f64| rounded(x - r.first.from(), same);
        let begin = from(r.second.from());
        *seen.entry(Key([width, begin, begin + second])).or_insert(0.0) += r.count;
        if let Some(end) = r.until {
            *until.entry(Key([width, from(end)])).or_insert(0.0) += r.count;
        }
    }
    (seen.into_iter().map(|(k, n)| (k.0, n)).collect(), until.into_iter().map(|(k, n)| (k.0, n)).collect())
}

impl Delays {
    /// Of these records; none if there are none. `growth`: the rate per day at which first events grow (0: they are as likely at any moment of
    /// their window), which matters where windows are long and cases double in a few days.
    pub fn new(records: &[Record], growth: f64) -> Option<Self> {
        if records.is_empty() || !growth.is_finite() {
            return None;
        }
        let (mut seen, mut until) = ways(records, SAME[0]);
        for same in &SAME[1..] {
            if seen.len() > MOST_WAYS {
                (seen, until) = ways(records, *same);
            }
        }
        Some(Self { seen, until, moments: Moments::of(records), growth })
    }
    /// What one gets from the middles of the windows.
    pub fn moments(&self) -> Moments {
        self.moments
    }
    /// In how many ways delays are known: with one there is nothing to tell a distribution from.
    pub fn ways(&self) -> usize {
        self.seen.len()
    }
    /// Delays from the middle of one window to that of the other, in whole days, and how many of each: what is seen, for a picture.
    pub fn whole_days(&self) -> BTreeMap<i64, f64> {
        let mut all = BTreeMap::new();
        for ([width, begin, end], n) in &self.seen {
            *all.entry(((begin + end - width) / 2.0).round().max(0.0) as i64).or_insert(0.0) += n;
        }
        all
    }
    /// The probability that the second event is `days` days after the first by the calendar, where of both the day is known and not the hour: what a
    /// count of whole days is to be held against. Between whole numbers it runs on smoothly; from -1 on there is some.
    pub fn by_calendar(&self, law: Law, days: f64) -> f64 {
        self.window(law, [1.0, days, days + 1.0])
    }
    /// The logarithm of the likelihood: of each delay the probability that the second event falls into its window, given that it fell before the
    /// end of the data. Minus infinity where something seen could not be.
    pub fn ln_likelihood(&self, law: Law) -> f64 {
        let seen = self.seen.iter().map(|(w, n)| n * self.window(law, *w).ln());
        let until = self.until.iter().map(|(w, n)| n * self.by(law, *w).ln());
        let ln = seen.sum::<f64>() - until.sum::<f64>();
        if ln.is_nan() { f64::NEG_INFINITY } else { ln }
    }
    /// The share of all delays since the first events of which the second event is in the data by now.
    pub fn share_seen(&self, law: Law) -> f64 {
        let truncated: f64 = self.until.iter().map(|(_, n)| n).sum();
        let all: f64 = self.until.iter().map(|(w, n)| n / self.by(law, *w).max(f64::MIN_POSITIVE)).sum();
        let whole = self.moments.n - truncated;
        self.moments.n / (whole + all)
    }
    /// The probability of a second event between `from` and `to`, with a first one between 0 and `width`.
    fn window(&self, law: Law, [width, from, to]: [f64; 3]) -> f64 {
        if self.growth != 0.0 {
            let f = |x: f64| law.cdf(x);
            return self.average(width, &[from, to], |p| (f(to - p) - f(from - p)).max(0.0));
        }
        law.censored(width, from, to)
    }
    /// The probability of a second event by `end`.
    fn by(&self, law: Law, [width, end]: [f64; 2]) -> f64 {
        if self.growth != 0.0 {
            return self.average(width, &[end], |p| law.cdf(end - p));
        }
        (law.below(end) - law.below(end - width)) / width
    }
    /// The mean of `f` over the first window, the first event's moment there being exponentially distributed: Gauss and Legendre's rule with five
    /// points on pieces of at most a day, which begin anew at `edges`, where `f` bends.
    fn average(&self, width: f64, edges: &[f64], f: impl Fn(f64) -> f64) -> f64 {
        let mut cuts: Vec<f64> = edges.iter().copied().filter(|e| *e > 0.0 && *e < width).chain([0.0, width]).collect();
        cuts.sort_by(f64::total_cmp);
        let (mut sum, mut all) = (0.0, 0.0);
        for pair in cuts.windows(2) {
            let pieces = ((pair[1] - pair[0]) / PIECE).ceil().clamp(1.0, MOST_PIECES);
            let h = (pair[1] - pair[0]) / pieces;
            for k in 0..pieces as usize {
                for (x, w) in GAUSS {
                    let p = pair[0] + h * (k as f64 + 0.5 + 0.5 * x);
                    let weight = w * h * (self.growth * (p - width)).exp();
                    sum += weight * f(p);
                    all += weight;
                }
            }
        }
        sum / all
    }
}

/// Days of a piece.
const PIECE: f64 = 1.0;
/// A window of months needs no more.
const MOST_PIECES: f64 = 400.0;

/// Nodes and weights of Gauss and Legendre's rule with five points on (-1, 1) (Abramowitz & Stegun 1964, table 25.4).
const GAUSS: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
    (-0.538_469_310_105_683, 0.478_628_670_499_366_47),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683, 0.478_628_670_499_366_47),
    (0.906_179_845_938_664, 0.236_926_885_056_189_08),
];
