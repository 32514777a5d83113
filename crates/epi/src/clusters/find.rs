//! The clusters of the data that were observed.

use super::likelihood::log_ratio;
use super::needed::Lane;
use super::null::Cell;
use super::search::{Best, Search, Window, Windows};

/// The most likely window around a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub centre: usize,
    pub window: Window,
    pub log_ratio: f64,
}

/// Looks for the most likely window around one place after the other.
pub(super) struct Observed<'a, L> {
    search: Search<'a, L>,
    best: MostLikely,
}

/// Below it nothing is guessed.
const LEAST: f64 = 0.5;

impl<'a, L: Lane> Observed<'a, L> {
    pub fn new(windows: &'a Windows<'a, L>, cells: &[Cell], total: u32) -> Self {
        let mut search = Search::new(windows);
        search.take(cells);
        let best =
            MostLikely { total: f64::from(total), by_cases: vec![None; total as usize + 1], kept: Vec::new(), highest: 0.0, guess: 0.0 };
        Self { search, best }
    }
    /// The window around a place with the highest likelihood ratio, if one has more cases than expected. It is guessed to be not much less likely than that around the
    /// place before, and searched again if it is: guesses change nothing but the time.
    pub fn around(&mut self, centre: usize) -> Option<Found> {
        self.best.guess = self.best.highest * 0.75;
        loop {
            self.best.highest = 0.0;
            self.search.around(centre, &mut self.best);
            let found = self.best.found(centre);
            if self.best.guess == 0.0 || self.best.highest >= self.best.guess {
                return found;
            }
            self.best.guess = if self.best.guess < LEAST { 0.0 } else { self.best.guess / 2.0 };
        }
    }
}

/// Of windows with as many cases the one in which fewest are expected has the highest likelihood ratio: only that one is kept until all have been seen.
struct MostLikely {
    total: f64,
    by_cases: Vec<Option<Window>>,
    /// Cases of the windows that are kept.
    kept: Vec<u32>,
    highest: f64,
    guess: f64,
}

impl MostLikely {
    fn found(&mut self, centre: usize) -> Option<Found> {
        self.kept.sort_unstable();
        let windows: Vec<Window> = self.kept.drain(..).filter_map(|cases| self.by_cases[cases as usize].take()).collect();
        let each =
            windows.into_iter().map(|w| Found { centre, window: w, log_ratio: log_ratio(f64::from(w.cases), w.expected, self.total) });
        each.filter(|f| f.log_ratio > 0.0).reduce(|a, b| if b.log_ratio > a.log_ratio { b } else { a })
    }
}

impl Best for MostLikely {
    fn bound(&self) -> f64 {
        self.highest.max(self.guess)
    }
    fn see(&mut self, window: &Window) {
        let kept = &mut self.by_cases[window.cases as usize];
        if kept.is_none_or(|k| window.expected < k.expected) {
            if kept.is_none() {
                self.kept.push(window.cases);
            }
            *kept = Some(*window);
            self.highest = self.highest.max(log_ratio(f64::from(window.cases), window.expected, self.total));
        }
    }
}
