//! The highest likelihood ratio of data that were made anew: exactly, but most windows are only compared with the fewest cases that they would need.
//!
//! Circles grow place by place, those of all data sets together: what is needed is the same for all of them. A window is looked at only when its
//! circle has just taken in a place with cases on one of its days (otherwise a smaller one has the same cases and less is expected), and its
//! likelihood ratio is computed only if it has the cases that are needed to exceed the rung below the highest one so far. The comparisons are of
//! whole numbers that lie side by side in memory, [`LANES`] at a time.

use super::likelihood::{Ladder, log_ratio};
use super::needed::{LANES, Lane, Needed, Runs, padded};
use super::null::Batch;
use super::zones::{Reach, Zones};

/// The first and the last step on which a circle has new cases.
type Touched = Option<(usize, usize)>;

/// The data sets with the cases of each place added up over time, as they are added to circles.
pub(super) struct Rows<L> {
    sets: usize,
    stride: usize,
    /// Where the rows of each place begin.
    starts: Vec<usize>,
    /// Data set, and the first and the last step with cases.
    of: Vec<(u32, usize, usize)>,
    /// Cases before each step and after the last; for runs that end with the last step, those of the last 1, 2, … steps.
    sums: Vec<L>,
}

impl<L: Lane> Rows<L> {
    /// Numbers of a row. Lanes beyond the last run are compared, too.
    pub fn stride(runs: &Runs) -> usize {
        padded(if runs.reach == Reach::Any { runs.steps + 1 } else { runs.longest })
    }
    pub fn new(batch: &Batch, runs: &Runs) -> Self {
        let mut rows = Self { sets: batch.sets(), stride: Self::stride(runs), starts: vec![0], of: Vec::new(), sums: Vec::new() };
        let recent = if runs.reach == Reach::Any { 0 } else { runs.steps - runs.longest };
        for place in 0..batch.places() as u32 {
            for cells in batch.of(place).chunk_by(|a, b| a.0 == b.0) {
                let cells = &cells[cells.partition_point(|(_, step, _)| (*step as usize) < recent)..];
                if let (Some((set, first, _)), Some((_, last, _))) = (cells.first(), cells.last()) {
                    rows.add(*set, (*first as usize, *last as usize), cells, runs);
                }
            }
            rows.starts.push(rows.of.len());
        }
        rows
    }
    fn add(&mut self, set: u32, (first, last): (usize, usize), cells: &[(u32, u32, i32)], runs: &Runs) {
        let from = self.sums.len();
        self.of.push((set, first, last));
        self.sums.resize(from + self.stride, L::default());
        for (_, step, cases) in cells {
            let step = *step as usize;
            let held = if runs.reach == Reach::Any { step + 1..runs.steps + 1 } else { runs.steps - 1 - step..runs.longest };
            self.sums[from..][held].iter_mut().for_each(|n| *n = n.plus(L::of(*cases)));
        }
    }
}

/// Looks through the windows around one place after the other.
pub(super) struct Search<'a, L> {
    needed: Needed<'a, L>,
    rows: &'a Rows<L>,
    /// The rows of each data set added up for a circle.
    sums: Vec<L>,
    stride: usize,
    touched: Vec<Touched>,
    /// The highest likelihood ratio of each data set so far.
    pub highest: Vec<f64>,
}

impl<'a, L: Lane> Search<'a, L> {
    pub fn new(needed: Needed<'a, L>, rows: &'a Rows<L>) -> Self {
        let stride = rows.stride + LANES;
        let sets = rows.sets;
        Self { needed, rows, sums: vec![L::default(); sets * stride], stride, touched: vec![None; sets], highest: vec![0.0; sets] }
    }
    /// Raises the highest likelihood ratio of each data set to the highest in the windows around a place.
    pub fn raise(&mut self, zones: &Zones) {
        self.sums.fill(L::default());
        let mut new: Vec<u32> = Vec::new();
        for (k, (place, ends)) in zones.places.iter().zip(&zones.ends).enumerate() {
            let place = *place as usize;
            for n in self.rows.starts[place]..self.rows.starts[place + 1] {
                self.add(n, &mut new);
            }
            if !*ends {
                continue;
            }
            let (held, level) = (zones.held[k], self.needed.level(zones.held[k]));
            for set in new.drain(..) {
                let within = self.touched[set as usize].take();
                let rung = Ladder::rung(self.highest[set as usize]);
                self.needed.raise(rung);
                let row = self.needed.row(rung, level);
                let sums = &self.sums[set as usize * self.stride..(set as usize + 1) * self.stride];
                let highest = &mut self.highest[set as usize];
                match (self.needed.layout().runs.reach, within) {
                    (_, None) => {}
                    (Reach::Alive, _) => alive(&self.needed, held, row, sums, highest),
                    (Reach::Any, Some(within)) => any(&self.needed, held, row, sums, within, highest),
                }
            }
        }
        self.touched.fill(None);
        self.needed.forget_below(self.highest.iter().map(|h| Ladder::rung(*h)).min().unwrap_or(0));
    }
    /// Adds a row to the circle of its data set, and the data set to the new ones unless it is one of them.
    fn add(&mut self, n: usize, new: &mut Vec<u32>) {
        let (set, first, last) = self.rows.of[n];
        let row = &self.rows.sums[n * self.rows.stride..(n + 1) * self.rows.stride];
        let sums = &mut self.sums[set as usize * self.stride..][..row.len()];
        sums.iter_mut().zip(row).for_each(|(sum, n)| *sum = sum.plus(*n));
        let touched = &mut self.touched[set as usize];
        match touched {
            Some((a, b)) => (*a, *b) = (first.min(*a), last.max(*b)),
            None => {
                *touched = Some((first, last));
                new.push(set);
            }
        }
    }
}

/// The runs of one circle that end with the last step.
fn alive<L: Lane>(needed: &Needed<'_, L>, held: f64, row: &[L], sums: &[L], highest: &mut f64) {
    let runs = &needed.layout().runs;
    let width = padded(runs.longest);
    let enough = |(n, c): (&L, &L)| i16::from(c >= n);
    let hit = row[..width].iter().zip(&sums[..width]).map(enough).fold(0_i16, |a, b| a | b);
    if hit != 0 {
        for (n, cases) in sums[..runs.longest].iter().enumerate() {
            look(needed, (held, runs.steps - n - 1, n + 1), *cases, highest);
        }
    }
}

/// The runs of one circle that have new cases.
fn any<L: Lane>(needed: &Needed<'_, L>, held: f64, row: &[L], sums: &[L], within: (usize, usize), highest: &mut f64) {
    let layout = needed.layout();
    for block in &layout.blocks {
        if !reached(&row[block.at..], sums, block.longest, layout.runs.bounds(block.longest, within)) {
            continue;
        }
        for length in block.shortest..=block.longest {
            let (a, b) = layout.runs.bounds(length, within);
            if reached(&row[layout.starts[length]..], sums, length, (a, b)) {
                for first in a..=b {
                    look(needed, (held, first, length), sums[first + length].minus(sums[first]), highest);
                }
            }
        }
    }
}

/// Whether a run of this length that begins with one of these steps, or with one soon after them, has the cases that it needs. (Without a branch
/// for each, and without a check for overflow, which cannot be, so that many are compared at a time.)
fn reached<L: Lane>(need: &[L], sums: &[L], length: usize, (a, b): (usize, usize)) -> bool {
    let lanes = padded(b - a + 1);
    let (need, from, to) = (&need[a..a + lanes], &sums[a..a + lanes], &sums[a + length..]);
    // Beyond the end of the sums no run is left, and nothing is enough.
    let lanes = to.len() / LANES * LANES;
    let each = need.iter().zip(from).zip(&to[..lanes.min(need.len())]);
    each.fold(0_i16, |any, ((n, f), t): ((&L, &L), &L)| any | i16::from(t.minus(*f) >= *n)) != 0
}

/// A run of a circle in which so many are expected at all times together.
fn look<L: Lane>(needed: &Needed<'_, L>, (held, first, length): (f64, usize, usize), cases: L, highest: &mut f64) {
    let (ladder, cases) = (needed.ladder(), cases.wide());
    let expected = held * needed.layout().runs.share(first, length);
    if cases >= ladder.needed(Ladder::rung(*highest), expected.sqrt()) && cases > 0 {
        *highest = highest.max(log_ratio(f64::from(cases), expected, ladder.total()));
    }
}
