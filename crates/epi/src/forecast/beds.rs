//! Beds in use by kind, from the cases by day, the share of them that needs each kind and how long they stay.

use super::draw::Draw;
use crate::gamma::Gamma;

/// A kind of bed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kind {
    /// The share of cases that need it, from 0 to 1.
    pub share: f64,
    /// How long they stay, days.
    pub stay: Gamma,
    /// How many are in use at the end of the last day of the past, if it is known; else they are reckoned from the cases until then.
    pub in_use: Option<f64>,
}

impl Kind {
    /// The probability that somebody admitted on a day is still there at the end of the day so many days later.
    fn still(&self, days: usize) -> f64 {
        1.0 - self.stay.cdf(days as f64)
    }

    /// Beds in use at the end of each day ahead, drawn for each path of cases by day; `past` are the cases before the paths, of every day. The first
    /// `behind` days of a path are past, too: those whose counts are not complete yet, and differ between paths.
    ///
    /// A bed is taken on the day on which the case is found. Stays are independent of each other, so the number in use is a sum of binomial
    /// variables; it is drawn from the binomial distribution with the same mean and variance.
    pub fn in_use(&self, past: &[f64], paths: &[Vec<f64>], behind: usize, draw: &mut Draw) -> Vec<Vec<f64>> {
        let days = paths.iter().map(Vec::len).max().unwrap_or(0);
        let still: Vec<f64> = (0..(past.len() + days + 1).max(MANY)).map(|k| self.still(k)).collect();
        // Of the cases before the paths, those still in bed so many days later if all needed one, and the same with squares.
        let left = |h: usize| past.iter().rev().zip(&still[h..]).fold((0.0, 0.0), |(a, b), (n, p)| (a + n * p, b + n * p * p));
        let left: Vec<(f64, f64)> = (0..=days).map(left).collect();
        let mut of = |path: &Vec<f64>| -> Vec<f64> {
            let (recent, cases) = path.split_at(behind.min(path.len()));
            let recent_left = |h: usize| recent.iter().rev().zip(&still[h..]).map(|(n, p)| n * p).sum::<f64>();
            (1..=cases.len())
                .map(|h| {
                    let (until, (mean, squares)) = (behind + h, left[behind + h]);
                    let (left, new) = match self.in_use {
                        None => ((self.share * mean, self.share * self.share * squares), &path[..until]),
                        Some(n) => {
                            let there = left[behind].0 + recent_left(0);
                            // Nobody knows when they came: as if as many had come every day.
                            let steady = || still.iter().skip(h).sum::<f64>() / still.iter().sum::<f64>();
                            let p = if there > 0.0 { (mean + recent_left(h)) / there } else { steady() };
                            ((n * p, n * p * p), &cases[..h])
                        }
                    };
                    let more = new.iter().rev().zip(&still).map(|(n, p)| (n * self.share * p, n * (self.share * p).powi(2)));
                    let (mean, squares) = more.fold(left, |(a, b), (m, s)| (a + m, b + s));
                    of_moments(mean, squares, draw)
                })
                .collect()
        };
        paths.iter().map(&mut of).collect()
    }
}

/// Days of stay that are looked at if nothing is known of when people came.
const MANY: usize = 365;

/// A draw from the binomial distribution with the mean Σ n p and the variance Σ n p (1 − p).
fn of_moments(mean: f64, squares: f64, draw: &mut Draw) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    let p = (squares / mean).clamp(0.0, 1.0);
    if p <= f64::EPSILON {
        return draw.count(mean, f64::INFINITY);
    }
    // The number of trials is not whole: the rest is one more trial with less probability.
    let n = mean / p;
    draw.of(n.floor(), p) + draw.of(1.0, n.fract() * p)
}
