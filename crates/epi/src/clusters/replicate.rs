//! The highest likelihood ratio of data that were made anew: exactly, but most windows are only compared with the fewest cases that they would need.
//!
//! Circles grow place by place, those of all data sets together: what is needed is the same for all of them. A window is looked at only when its
//! circle has just taken in a place with cases on one of its days (otherwise a smaller one has the same cases and less is expected), and its
//! likelihood ratio is computed only if it has the cases that are needed to exceed the rung below the highest one so far. The comparisons are of
//! whole numbers that lie side by side in memory, [`LANES`] at a time.

use super::likelihood::{Ladder, log_ratio};
use super::needed::{LANES, Needed, padded};
use super::null::Batch;
use super::zones::{Reach, Zones};

/// The first and the last step on which a circle has new cases.
type Touched = Option<(usize, usize)>;

/// Looks through the windows around one place after the other.
pub(super) struct Search<'a> {
    pub needed: Needed<'a>,
    batch: &'a Batch,
    /// For each data set the cases of the circle before each step and after the last; for runs that end with the last step, those of the last 1,
    /// 2, … steps. So many for each data set.
    sums: Vec<i32>,
    stride: usize,
    touched: Vec<Touched>,
    /// The highest likelihood ratio of each data set so far.
    pub highest: Vec<f64>,
}

impl<'a> Search<'a> {
    pub fn new(needed: Needed<'a>, batch: &'a Batch) -> Self {
        // Lanes beyond the last run are compared, too.
        let stride = padded(needed.layout().runs.steps + 1) + LANES;
        let sets = batch.sets();
        Self { needed, batch, sums: vec![0; sets * stride], stride, touched: vec![None; sets], highest: vec![0.0; sets] }
    }
    /// Raises the highest likelihood ratio of each data set to the highest in the windows around a place.
    pub fn raise(&mut self, zones: &Zones) {
        self.sums.fill(0);
        let mut new: Vec<u32> = Vec::new();
        for (k, (place, ends)) in zones.places.iter().zip(&zones.ends).enumerate() {
            for (set, step, cases) in self.batch.of(*place) {
                if self.add(*set as usize, *step as usize, *cases) {
                    new.push(*set);
                }
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
        self.needed.forget_below(self.highest.iter().map(|h| Ladder::rung(*h)).min().unwrap_or(0));
    }
    /// Adds cases to a circle; true if they are the first new ones since it was looked at.
    fn add(&mut self, set: usize, step: usize, cases: i32) -> bool {
        let runs = &self.needed.layout().runs;
        let sums = &mut self.sums[set * self.stride..(set + 1) * self.stride];
        let held = match runs.reach {
            Reach::Any => &mut sums[step + 1..=runs.steps],
            Reach::Alive if step + runs.longest < runs.steps => return false,
            Reach::Alive => &mut sums[runs.steps - 1 - step..runs.longest],
        };
        held.iter_mut().for_each(|n| *n = n.wrapping_add(cases));
        let touched = &mut self.touched[set];
        let first = touched.is_none();
        *touched = Some(touched.map_or((step, step), |(a, b)| (a.min(step), b.max(step))));
        first
    }
}

/// The runs of one circle that end with the last step.
fn alive(needed: &Needed<'_>, held: f64, row: &[i32], sums: &[i32], highest: &mut f64) {
    let runs = &needed.layout().runs;
    let width = padded(runs.longest);
    let enough = |(n, c): (&i32, &i32)| i32::from(c >= n);
    let hit = row[..width].iter().zip(&sums[..width]).map(enough).fold(0, |a, b| a | b);
    if hit != 0 {
        for (n, cases) in sums[..runs.longest].iter().enumerate() {
            look(needed, (held, runs.steps - n - 1, n + 1), *cases, highest);
        }
    }
}

/// The runs of one circle that have new cases.
fn any(needed: &Needed<'_>, held: f64, row: &[i32], sums: &[i32], within: (usize, usize), highest: &mut f64) {
    let layout = needed.layout();
    for block in &layout.blocks {
        if !reached(&row[block.at..], sums, block.longest, layout.runs.bounds(block.longest, within)) {
            continue;
        }
        for length in block.shortest..=block.longest {
            let (a, b) = layout.runs.bounds(length, within);
            if reached(&row[layout.starts[length]..], sums, length, (a, b)) {
                for first in a..=b {
                    look(needed, (held, first, length), sums[first + length] - sums[first], highest);
                }
            }
        }
    }
}

/// Whether a run of this length that begins with one of these steps, or with one soon after them, has the cases that it needs. (Without a branch
/// for each, and without a check for overflow, which cannot be, so that many are compared at a time.)
fn reached(need: &[i32], sums: &[i32], length: usize, (a, b): (usize, usize)) -> bool {
    let lanes = padded(b - a + 1);
    let (need, from, to) = (&need[a..a + lanes], &sums[a..a + lanes], &sums[a + length..]);
    // Beyond the end of the sums no run is left, and nothing is enough.
    let lanes = to.len() / LANES * LANES;
    let each = need.iter().zip(from).zip(&to[..lanes.min(need.len())]);
    each.fold(0, |any, ((n, f), t)| any | i32::from(t.wrapping_sub(*f) >= *n)) != 0
}

/// A run of a circle in which so many are expected at all times together.
fn look(needed: &Needed<'_>, (held, first, length): (f64, usize, usize), cases: i32, highest: &mut f64) {
    let ladder = needed.ladder();
    let expected = held * needed.layout().runs.share(first, length);
    if cases >= ladder.needed(Ladder::rung(*highest), expected.sqrt()) && cases > 0 {
        *highest = highest.max(log_ratio(f64::from(cases), expected, ladder.total()));
    }
}
