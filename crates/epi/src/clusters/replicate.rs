//! The highest likelihood ratio of data that were made anew.

use super::likelihood::log_ratio;
use super::needed::Lane;
use super::null::Cell;
use super::search::{Best, Search, Window, Windows};

/// The highest likelihood ratio, where it is at least what was guessed.
struct Highest {
    total: f64,
    guess: f64,
    ratio: f64,
}

impl Best for Highest {
    fn bound(&self) -> f64 {
        self.guess.max(self.ratio)
    }
    fn see(&mut self, window: &Window) {
        self.ratio = self.ratio.max(log_ratio(f64::from(window.cases), window.expected, self.total));
    }
}

/// Looks for the highest likelihood ratio of one data set after the other.
///
/// Most of the work is to find that a window is not good enough, and that is quick only if it is known how good one has to be. So a low one of the
/// ratios so far is guessed to be exceeded. If it is not the search is done again with a lower guess: guesses change nothing but the time.
pub(super) struct Replicates<'a, L> {
    search: Search<'a, L>,
    total: f64,
    /// The ratios so far, in ascending order.
    sorted: Vec<f64>,
}

/// The share of data sets that are searched again, about.
const AGAIN: f64 = 0.1;
/// What is guessed of the first data set.
const FIRST: f64 = 6.0;
/// A guess below it is 0, which is always exceeded.
const LEAST: f64 = 1.0;

impl<'a, L: Lane> Replicates<'a, L> {
    /// With what is known of data sets like those that come.
    pub fn new(windows: &'a Windows<'a, L>, known: &[f64]) -> Self {
        let mut sorted = known.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self { search: Search::new(windows), total: windows.needed.total(), sorted }
    }
    /// The highest likelihood ratio of a data set: the cells that have cases, those of a place together, by step.
    pub fn highest(&mut self, cells: &[Cell]) -> f64 {
        self.search.take(cells);
        let mut guess = self.sorted.get((self.sorted.len() as f64 * AGAIN) as usize).copied().unwrap_or(FIRST);
        loop {
            let mut best = Highest { total: self.total, guess, ratio: 0.0 };
            self.search.all(&mut best);
            if best.ratio >= guess {
                self.sorted.insert(self.sorted.partition_point(|r| *r < best.ratio), best.ratio);
                return best.ratio;
            }
            guess = if guess / 2.0 < LEAST { 0.0 } else { guess / 2.0 };
        }
    }
}
