//! The highest likelihood ratio of data that were made anew: exactly, but most windows are only compared with the fewest cases that they would need.
//!
//! Circles grow place by place. A window is looked at only when its circle has taken in a place with cases on one of its days (otherwise a smaller
//! one has the same cases and less is expected), and its likelihood ratio is computed only if it has the cases that are needed to exceed the rung
//! below the highest one so far. The comparisons are of whole numbers that lie side by side in memory.

use super::likelihood::{Ladder, log_ratio};
use super::null::Sparse;
use super::zones::{Reach, Zones};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Runs of time steps: each has a length of `1..=longest` and a first step, or ends with the last step.
#[derive(Clone, Copy)]
pub(super) struct Runs {
    pub steps: usize,
    pub longest: usize,
    pub reach: Reach,
}

impl Runs {
    /// First steps of the runs of this length that have a step within the given ones.
    pub fn firsts(&self, length: usize, within: (usize, usize)) -> RangeInclusive<usize> {
        let last = self.steps - length;
        match self.reach {
            Reach::Any => (within.0 + 1).saturating_sub(length)..=last.min(within.1),
            // An empty range where the run is over before it.
            Reach::Alive if within.1 < last => 1..=0,
            Reach::Alive => last..=last,
        }
    }
    /// Where the runs of each length begin in a row, and how long the row is.
    fn row(&self) -> (Vec<usize>, usize) {
        let count = |length: usize| if self.reach == Reach::Any { self.steps - length + 1 } else { 1 };
        let mut starts = vec![0; self.longest + 1];
        let mut total = 0;
        for length in 1..=self.longest {
            starts[length] = total;
            total += count(length);
        }
        (starts, total)
    }
}

/// The windows around one place: what is expected in its circles.
pub(super) struct Around<'a> {
    zones: &'a Zones,
    runs: Runs,
    starts: Vec<usize>,
    width: usize,
    /// Expected cases of each circle before each step, and after the last.
    expected: Vec<f64>,
    tables: BTreeMap<usize, Vec<i32>>,
}

impl<'a> Around<'a> {
    /// `before`: expected cases of each place before each step, and after the last.
    pub fn new(zones: &'a Zones, runs: Runs, before: &[f64]) -> Self {
        let stride = runs.steps + 1;
        let mut held = vec![0.0; stride];
        let mut expected = Vec::with_capacity(zones.places.len() * stride);
        for p in &zones.places {
            let of = &before[*p as usize * stride..(*p as usize + 1) * stride];
            held.iter_mut().zip(of).for_each(|(h, e)| *h += e);
            expected.extend_from_slice(&held);
        }
        let (starts, width) = runs.row();
        Self { zones, runs, starts, width, expected, tables: BTreeMap::new() }
    }
    pub fn zones(&self) -> &Zones {
        self.zones
    }
    /// Expected cases of the circle that ends with the `k`th place, in a run.
    pub fn expected(&self, k: usize, first: usize, length: usize) -> f64 {
        let of = &self.expected[k * (self.runs.steps + 1)..];
        of[first + length] - of[first]
    }
    /// The fewest cases that each window needs to exceed a rung.
    fn prepare(&mut self, ladder: &Ladder, rung: usize) {
        let (Some(cells), scale) = (ladder.table(rung), ladder.scale()) else { return };
        let last = cells.len() - 1;
        let mut needed = Vec::with_capacity(self.zones.places.len() * self.width);
        let stride = self.runs.steps + 1;
        for k in 0..self.zones.places.len() {
            let of = &self.expected[k * stride..(k + 1) * stride];
            for length in 1..=self.runs.longest {
                let firsts = self.runs.firsts(length, (0, self.runs.steps - 1));
                let (from, to) = (&of[*firsts.start()..=*firsts.end()], &of[*firsts.start() + length..=*firsts.end() + length]);
                needed.extend(from.iter().zip(to).map(|(a, b)| cells[(((b - a).sqrt() * scale) as usize).min(last)]));
            }
        }
        self.tables.insert(rung, needed);
    }
    /// Raises the highest likelihood ratio of each data set to the highest in these windows.
    pub fn raise(&mut self, data: &[Sparse], highest: &mut [f64], ladder: &mut Ladder) {
        let mut scratch = Scratch { before: vec![0; self.runs.steps + 1] };
        for (sparse, highest) in data.iter().zip(highest) {
            let rung = Ladder::rung(*highest);
            ladder.raise(rung);
            if !self.tables.contains_key(&rung) {
                self.prepare(ladder, rung);
            }
            self.one(sparse, rung, highest, ladder, &mut scratch);
        }
    }
    fn one(&self, sparse: &Sparse, rung: usize, highest: &mut f64, ladder: &mut Ladder, scratch: &mut Scratch) {
        let Some(needed) = self.tables.get(&rung) else { return };
        let before = &mut scratch.before;
        before.fill(0);
        let mut touched: Option<(usize, usize)> = None;
        for (k, (place, ends)) in self.zones.places.iter().zip(&self.zones.ends).enumerate() {
            for (step, cases) in sparse.of(*place) {
                let step = *step as usize;
                before[step + 1..].iter_mut().for_each(|n| *n += cases);
                touched = Some(touched.map_or((step, step), |(a, b)| (a.min(step), b.max(step))));
            }
            let Some(within) = touched.filter(|_| *ends) else { continue };
            touched = None;
            let row = &needed[k * self.width..(k + 1) * self.width];
            for length in 1..=self.runs.longest {
                let firsts = self.runs.firsts(length, within);
                if firsts.is_empty() {
                    continue;
                }
                let (a, b) = (*firsts.start(), *firsts.end());
                let offset = self.starts[length] + if self.runs.reach == Reach::Any { a } else { 0 };
                let need = &row[offset..=offset + b - a];
                let (from, to) = (&before[a..=b], &before[a + length..=b + length]);
                let enough = from.iter().zip(to).zip(need).fold(0, |any, ((f, t), n)| any | i32::from(t - f >= *n));
                if enough != 0 {
                    let cases = from.iter().zip(to).map(|(f, t)| t - f);
                    for (n, cases) in cases.enumerate().filter(|(n, c)| *c >= need[*n]) {
                        self.look(k, a + n, length, cases, highest, ladder);
                    }
                }
            }
        }
    }
    fn look(&self, k: usize, first: usize, length: usize, cases: i32, highest: &mut f64, ladder: &mut Ladder) {
        let expected = self.expected(k, first, length);
        let rung = Ladder::rung(*highest);
        ladder.raise(rung);
        let cell = (expected.sqrt() * ladder.scale()) as usize;
        let enough = ladder.table(rung).is_none_or(|t| cases >= t[cell.min(t.len() - 1)]);
        if enough {
            *highest = highest.max(log_ratio(f64::from(cases), expected, ladder.total()));
        }
    }
}

struct Scratch {
    /// Cases of the circle before each step, and after the last.
    before: Vec<i32>,
}
