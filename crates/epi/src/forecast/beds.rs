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

    /// Beds in use at the end of each day, drawn for each path of cases by day; `past` are the cases until then, of every day.
    ///
    /// A bed is taken on the day on which the case is found. Stays are independent of each other, so the number in use is a sum of binomial
    /// variables; it is drawn from the binomial distribution with the same mean and variance.
    pub fn in_use(&self, past: &[f64], paths: &[Vec<f64>], draw: &mut Draw) -> Vec<Vec<f64>> {
        let days = paths.iter().map(Vec::len).max().unwrap_or(0);
        let before: Vec<(f64, f64)> = (1..=days).map(|h| self.left_of(past, h)).collect();
        let still: Vec<f64> = (0..days).map(|k| self.still(k)).collect();
        let mut of = |path: &Vec<f64>| -> Vec<f64> {
            (0..path.len())
                .map(|h| {
                    let (mut mean, mut squares) = before[h];
                    for (k, n) in path[..=h].iter().rev().enumerate() {
                        let p = self.share * still[k];
                        mean += n * p;
                        squares += n * p * p;
                    }
                    of_moments(mean, squares, draw)
                })
                .collect()
        };
        paths.iter().map(&mut of).collect()
    }

    /// Of those in bed, or found, until the last day of the past: Σ n p and Σ n p² of those still there `h` days later.
    fn left_of(&self, past: &[f64], h: usize) -> (f64, f64) {
        let ages = past.iter().rev().enumerate();
        let Some(in_use) = self.in_use else {
            let p = |age: usize| self.share * self.still(age + h);
            return ages.fold((0.0, 0.0), |(m, s), (age, n)| (m + n * p(age), s + n * p(age).powi(2)));
        };
        let there: f64 = ages.clone().map(|(age, n)| n * self.still(age)).sum();
        let later: f64 = ages.map(|(age, n)| n * self.still(age + h)).sum();
        // Nobody knows when they came: as if as many had come every day.
        let steady = || (h..h + MANY).map(|k| self.still(k)).sum::<f64>() / (0..MANY).map(|k| self.still(k)).sum::<f64>();
        let p = if there > 0.0 { later / there } else { steady() };
        (in_use * p, in_use * p * p)
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
