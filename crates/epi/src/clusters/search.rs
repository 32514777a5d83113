//! The windows of one data set that may have a higher likelihood ratio than one that is known, without a look at most of the others.
//!
//! From the largest groups of centres down to each centre: the cases of a [band](super::bands) are added up over its places, and compared with what
//! its least demanding circle needs for runs of about the same length. Only bands, lengths and times that pass are looked at in the parts of the
//! group, and at last circle by circle. There a window is looked at only when its circle has just taken in a place with cases on one of its days
//! (otherwise a smaller one has the same cases and less is expected). The comparisons are of whole numbers that lie side by side in memory, [`LANES`] at a time.

use super::bands::{Group, Groups};
use super::needed::{Block, LANES, Lane, Needed, Runs, padded};
use super::null::Cell;
use super::rows::{Rows, add};
use super::zones::{Reach, Zones};
use std::ops::Range;

/// A window around a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    /// Places of the circle, counted from the nearest.
    pub places: usize,
    pub first: usize,
    pub length: usize,
    pub cases: u32,
    pub expected: f64,
}

/// What is looked for.
pub(super) trait Best {
    /// Windows with a lower likelihood ratio are of no interest.
    fn bound(&self) -> f64;
    /// A window that may be of interest.
    fn see(&mut self, window: &Window);
}

/// Circles around places, and what windows in them need.
pub(super) struct Windows<'a, L> {
    pub zones: &'a [Zones],
    pub groups: &'a Groups,
    pub needed: &'a Needed<'a, L>,
}

/// Where there may be a window: in circles of this band, runs of this block of lengths, from one of these stretches of time (the lowest bit is the first) on.
#[derive(Debug, Clone, Copy)]
struct Alive {
    band: u8,
    block: u16,
    stretches: u64,
}

/// What is kept for a group while its parts are looked through.
struct Level<L> {
    /// Cases of the places of each band and of smaller ones.
    sums: Vec<L>,
    alive: Vec<Alive>,
}

impl<L> Level<L> {
    const NONE: Self = Self { sums: Vec::new(), alive: Vec::new() };
}

/// Looks through the windows of a data set.
pub(super) struct Search<'a, L> {
    windows: &'a Windows<'a, L>,
    rows: Rows<L>,
    /// What passed in a group is on the level below it.
    levels: Vec<Level<L>>,
    /// Cases of a circle.
    circle: Vec<L>,
}

impl<'a, L: Lane> Search<'a, L> {
    pub fn new(windows: &'a Windows<'a, L>) -> Self {
        let rows = Rows::new(windows.zones.len(), &[], &windows.needed.layout().runs);
        Self { windows, rows, levels: vec![Level::NONE], circle: Vec::new() }
    }
    /// Takes up a data set.
    pub fn take(&mut self, cells: &[Cell]) {
        self.rows = Rows::new(self.windows.zones.len(), cells, &self.windows.needed.layout().runs);
    }
    /// Looks through all windows.
    pub fn all(&mut self, best: &mut impl Best) {
        self.windows.groups.largest.iter().for_each(|group| self.first(*group, best));
    }
    /// Looks through the windows around one place.
    pub fn around(&mut self, centre: usize, best: &mut impl Best) {
        if let Some(group) = self.windows.groups.of(centre) {
            self.first(group, best);
        }
    }
    /// Looks through a group of which nothing is known: some bands and some blocks of lengths at a time.
    fn first(&mut self, group: usize, best: &mut impl Best) {
        let needed = self.windows.needed;
        let Some(top) = needed.edges().count().checked_sub(1) else { return };
        self.add_up(group, 0, top, 0..self.rows.width());
        let (level, width, enough) = (&mut self.levels[0], self.rows.width(), needed.at(best.bound()));
        level.alive.clear();
        let bands: Vec<usize> = (0..=top).collect();
        for bands in bands.chunks(needed.layout().bands_together) {
            let (row, sums) = (enough.row(bands[0]), &level.sums[bands[bands.len() - 1] * width..][..width]);
            for (block, within) in &needed.layout().coarse {
                let stretches = reached(&row[block.at..], sums, &needed.layout().runs, block, u64::MAX);
                if stretches != 0 {
                    // A shorter run may begin that much later.
                    let stretches = needed.layout().runs.later(stretches, block.longest - block.shortest);
                    let each = bands.iter().flat_map(|b| within.clone().map(|n| (*b as u8, n as u16)));
                    level.alive.extend(each.map(|(band, block)| Alive { band, block, stretches }));
                }
            }
        }
        level.alive.sort_by_key(|a| a.band);
        self.descend(group, 0, best);
    }
    /// Looks through a group in which so much is alive.
    fn group(&mut self, group: usize, depth: usize, best: &mut impl Best) {
        let Some((top, lanes)) = self.extent(depth) else { return };
        self.add_up(group, depth, top, lanes);
        self.descend(group, depth, best);
    }
    /// The highest band that is alive, and the lanes that are compared.
    fn extent(&self, depth: usize) -> Option<(usize, Range<usize>)> {
        let layout = self.windows.needed.layout();
        let top = self.levels[depth].alive.last()?.band;
        let (mut all, mut longest) = (0, 0);
        for a in &self.levels[depth].alive {
            all |= a.stretches;
            longest = longest.max(layout.blocks[usize::from(a.block)].longest);
        }
        let lanes = layout.runs.lanes(all);
        let beyond = if layout.runs.reach == Reach::Any { longest } else { 0 };
        Some((usize::from(top), lanes.start..(lanes.end + beyond).next_multiple_of(LANES).min(self.rows.width())))
    }
    /// Keeps what may hold a window on the level below, and looks there.
    fn descend(&mut self, group: usize, depth: usize, best: &mut impl Best) {
        if self.levels.len() < depth + 2 {
            self.levels.push(Level::NONE);
        }
        let mut passed = std::mem::take(&mut self.levels[depth + 1].alive);
        passed.clear();
        let (level, width, enough) = (&self.levels[depth], self.rows.width(), self.windows.needed.at(best.bound()));
        let layout = self.windows.needed.layout();
        for of_band in level.alive.chunk_by(|a, b| a.band == b.band) {
            let band = usize::from(of_band[0].band);
            let (row, sums) = (enough.row(band), &level.sums[band * width..(band + 1) * width]);
            for a in of_band {
                let block = &layout.blocks[usize::from(a.block)];
                let stretches = reached(&row[block.at..], sums, &layout.runs, block, a.stretches);
                if stretches != 0 {
                    passed.push(Alive { stretches, ..*a });
                }
            }
        }
        self.levels[depth + 1].alive = passed;
        match self.windows.groups.group(group) {
            Group::Parts(parts) => parts.iter().for_each(|part| self.group(*part, depth + 1, best)),
            Group::Centre(centre) => self.centre(*centre, depth, best),
        }
    }
    /// Cases of the places of each band of a group up to the given one, on these lanes.
    fn add_up(&mut self, group: usize, depth: usize, top: usize, lanes: Range<usize>) {
        let (bands, width) = (self.windows.groups.bands(group), self.rows.width());
        let sums = &mut self.levels[depth].sums;
        sums.clear();
        // One more, for places that are in none of them.
        sums.resize((top + 2) * width, L::default());
        for (place, row) in self.rows.each() {
            let band = usize::from(bands[place as usize]).min(top + 1) * width;
            add(&mut sums[band..band + width], row, &lanes);
        }
        for band in 1..=top {
            let (smaller, own) = sums.split_at_mut(band * width);
            add(&mut own[..width], &smaller[(band - 1) * width..], &lanes);
        }
    }
    /// The circles around one place, band by band.
    fn centre(&mut self, centre: usize, depth: usize, best: &mut impl Best) {
        let Some((_, lanes)) = self.extent(depth + 1) else { return };
        let (zones, width) = (&self.windows.zones[centre], self.rows.width());
        let Self { windows, rows, levels, circle } = self;
        let (sums, passed) = (&levels[depth].sums, &levels[depth + 1].alive);
        for of_band in passed.chunk_by(|a, b| a.band == b.band) {
            let band = usize::from(of_band[0].band);
            circle.clear();
            match band.checked_sub(1) {
                Some(smaller) => circle.extend_from_slice(&sums[smaller * width..band * width]),
                None => circle.resize(width, L::default()),
            }
            let mut touched: Option<(usize, usize)> = None;
            for k in windows.needed.edges().circles(band, &zones.held) {
                if let Some((row, (first, last))) = rows.of(zones.places[k]) {
                    add(circle, row, &lanes);
                    touched = Some(touched.map_or((first, last), |(a, b)| (first.min(a), last.max(b))));
                }
                if let Some(within) = touched.take_if(|_| zones.ends[k]) {
                    let one = Circle { needed: windows.needed, band, held: zones.held[k], places: k + 1, sums: circle };
                    one.look(of_band, within, best);
                }
            }
        }
    }
}

/// A circle of a band.
struct Circle<'a, L> {
    needed: &'a Needed<'a, L>,
    band: usize,
    held: f64,
    places: usize,
    sums: &'a [L],
}

impl<L: Lane> Circle<'_, L> {
    /// Looks at what is alive of runs that have new cases on steps from the first to the last given one.
    fn look(&self, alive: &[Alive], within: (usize, usize), best: &mut impl Best) {
        let layout = self.needed.layout();
        let (runs, enough) = (&layout.runs, self.needed.at(best.bound()));
        for a in alive {
            let block = &layout.blocks[usize::from(a.block)];
            let stretches = a.stretches & runs.stretches_with(block.longest, within);
            let stretches = reached(&enough.row(self.band)[block.at..], self.sums, runs, block, stretches);
            if stretches == 0 {
                continue;
            }
            for length in block.shortest..=block.longest {
                for first in runs.firsts(length, block.longest, stretches, within) {
                    self.see(first, length, best);
                }
            }
        }
    }
    fn see(&self, first: usize, length: usize, best: &mut impl Best) {
        let runs = &self.needed.layout().runs;
        let cases = match runs.reach {
            Reach::Any => self.sums[first + length].minus(self.sums[first]).wide(),
            Reach::Alive => self.sums[length - 1].wide(),
        };
        let expected = self.held * runs.share(first, length);
        if self.needed.at(best.bound()).may_be(cases, expected) {
            best.see(&Window { places: self.places, first, length, cases: cases as u32, expected });
        }
    }
}

/// The stretches, of the given ones, in which one of the longest runs of a block has the cases that it needs: it begins there, or if all runs end with
/// the last step its length is there. (Without a branch for each run, and without a check for overflow, which cannot be, so that many are compared
/// at a time.)
fn reached<L: Lane>(need: &[L], sums: &[L], runs: &Runs, block: &Block, stretches: u64) -> u64 {
    let (mut left, mut passed) = (stretches & runs.stretches_of(block.longest), 0);
    // Where runs end: for those that end with the last step the sums are of their cases.
    let beyond = if runs.reach == Reach::Any { block.longest } else { 0 };
    let end = padded(runs.entries(block.longest));
    while left != 0 {
        let stretch = left & left.wrapping_neg();
        left ^= stretch;
        let lanes = runs.lanes(stretch);
        let any = (lanes.start..lanes.end.min(end)).step_by(LANES).any(|at| {
            match (need[at..].first_chunk(), sums[at + beyond..].first_chunk()) {
                (Some(need), Some(to)) if beyond == 0 => exceeds(need, to, &[L::default(); LANES]),
                (Some(need), Some(to)) => sums[at..].first_chunk().is_some_and(|from| exceeds(need, to, from)),
                _ => false,
            }
        });
        passed |= if any { stretch } else { 0 };
    }
    passed
}

fn exceeds<L: Lane>(need: &[L; LANES], to: &[L; LANES], from: &[L; LANES]) -> bool {
    (0..LANES).fold(0_i16, |any, n| any | i16::from(to[n].minus(from[n]) >= need[n])) != 0
}
