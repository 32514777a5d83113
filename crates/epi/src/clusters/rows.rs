//! One data set, the cases of each place added up over time.

use super::needed::{LANES, Lane, Runs, padded};
use super::null::Cell;
use super::zones::Reach;
use std::ops::Range;

/// The places that have cases, in ascending order. A place that has them only on days of no run is none of these.
pub(super) struct Rows<L> {
    stride: usize,
    /// Each place, and the first and the last step with cases.
    of: Vec<(u32, usize, usize)>,
    /// For each place of all its row, counted from 1; 0 if it has none.
    index: Vec<u32>,
    /// Cases before each step and after the last; for runs that end with the last step, those of the last 1, 2, … steps.
    sums: Vec<L>,
}

impl<L: Lane> Rows<L> {
    /// From cells with cases: place, step and cases, those of a place together, by step.
    pub fn new(places: usize, cells: &[Cell], runs: &Runs) -> Self {
        // Lanes beyond the last run are compared, too.
        let stride = padded(if runs.reach == Reach::Any { runs.steps + 1 } else { runs.longest });
        let mut rows = Self { stride, of: Vec::new(), index: vec![0; places], sums: Vec::new() };
        let recent = if runs.reach == Reach::Any { 0 } else { runs.steps - runs.longest };
        for cells in cells.chunk_by(|a, b| a.0 == b.0) {
            let cells = &cells[cells.partition_point(|(_, step, _)| (*step as usize) < recent)..];
            if let (Some((place, first, _)), Some((_, last, _))) = (cells.first(), cells.last()) {
                rows.of.push((*place, *first as usize, *last as usize));
                rows.index[*place as usize] = rows.of.len() as u32;
                rows.add(cells, runs);
            }
        }
        rows
    }
    fn add(&mut self, cells: &[Cell], runs: &Runs) {
        let from = self.sums.len();
        self.sums.resize(from + self.stride, L::default());
        for (_, step, cases) in cells {
            let step = *step as usize;
            let held = if runs.reach == Reach::Any { step + 1..runs.steps + 1 } else { runs.steps - 1 - step..runs.longest };
            self.sums[from..][held].iter_mut().for_each(|n| *n = n.plus(L::of(*cases)));
        }
    }
    /// Numbers that sums over rows need: those of a row, and lanes beyond them that stay 0.
    pub fn width(&self) -> usize {
        self.stride + LANES
    }
    /// Each place with its row.
    pub fn each(&self) -> impl Iterator<Item = (u32, &[L])> {
        self.of.iter().map(|(place, ..)| *place).zip(self.sums.chunks(self.stride))
    }
    /// Of a place its row, and the first and the last step with cases.
    pub fn of(&self, place: u32) -> Option<(&[L], (usize, usize))> {
        let n = (self.index[place as usize] as usize).checked_sub(1)?;
        let (_, first, last) = self.of[n];
        Some((&self.sums[n * self.stride..(n + 1) * self.stride], (first, last)))
    }
}

/// Adds one row to another on these lanes, which begin and end with a multiple of [`LANES`].
pub(super) fn add<L: Lane>(sums: &mut [L], row: &[L], lanes: &Range<usize>) {
    let lanes = lanes.start..lanes.end.min(row.len());
    let (sums, row) = (sums[lanes.clone()].as_chunks_mut::<LANES>().0, row[lanes].as_chunks::<LANES>().0);
    for (sums, row) in sums.iter_mut().zip(row) {
        for (sum, n) in sums.iter_mut().zip(row) {
            *sum = sum.plus(*n);
        }
    }
}
