//! The fewest cases that windows need to exceed a likelihood ratio, side by side in memory.

use super::likelihood::Ladder;
use super::zones::Reach;
use std::ops::RangeInclusive;

/// Numbers that are compared at a time.
pub(super) const LANES: usize = 16;

/// Whole numbers that are compared: narrow ones where all cases fit into them, since more of them are compared at a time.
pub(super) trait Lane: Copy + Default + Ord + Send + Sync + 'static {
    /// More than any number of cases.
    const MOST: Self;
    /// The number, or the most if it is too large.
    fn of(n: i32) -> Self;
    /// The number as it was.
    fn wide(self) -> i32;
    /// The sum, which is known to fit.
    fn plus(self, other: Self) -> Self;
    /// The difference, which is known to fit.
    fn minus(self, other: Self) -> Self;
}

macro_rules! lane {
    ($($of:ty)*) => {$(
        impl Lane for $of {
            const MOST: Self = <$of>::MAX;
            fn of(n: i32) -> Self {
                Self::try_from(n).unwrap_or(Self::MOST)
            }
            fn wide(self) -> i32 {
                i32::from(self)
            }
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
        }
    )*};
}
lane! { i16 i32 }

/// The next multiple of the lanes.
pub(super) fn padded(n: usize) -> usize {
    n.next_multiple_of(LANES)
}

/// Runs of time steps: each has a length of `1..=longest` and a first step, or ends with the last step.
#[derive(Clone)]
pub(super) struct Runs {
    pub steps: usize,
    pub longest: usize,
    pub reach: Reach,
    /// The share of the expected cases of any place that falls before each step, and after the last (1).
    pub before: Vec<f64>,
}

impl Runs {
    /// All first steps of the runs of this length.
    pub fn all(&self, length: usize) -> RangeInclusive<usize> {
        let last = self.steps - length;
        if self.reach == Reach::Any { 0..=last } else { last..=last }
    }
    /// The first and the last of the first steps of the runs of this length that have one of the given steps in them, where any run may be.
    pub fn bounds(&self, length: usize, within: (usize, usize)) -> (usize, usize) {
        ((within.0 + 1).saturating_sub(length), (self.steps - length).min(within.1))
    }
    /// The share of the expected cases of a place that falls into a run.
    pub fn share(&self, first: usize, length: usize) -> f64 {
        (self.before[first + length] - self.before[first]).max(0.0)
    }
}

/// Lengths that are looked at one by one only if a run of the longest has the cases that the least demanding of the runs in it needs.
pub(super) struct Block {
    pub shortest: usize,
    pub longest: usize,
    /// Where its entries begin in a row: one for each first step of the longest.
    pub at: usize,
}

/// How much longer the longest run of a block is than the shortest, at most.
const STRETCH: f64 = 1.25;

/// What a row of a table holds.
pub(super) struct Layout {
    pub runs: Runs,
    pub blocks: Vec<Block>,
    /// Where the runs of each length begin in a row: one entry for each first step.
    pub starts: Vec<usize>,
    width: usize,
}

impl Layout {
    pub fn new(runs: Runs) -> Self {
        let mut layout = Self { blocks: Vec::new(), starts: vec![0], width: 0, runs };
        for length in 1..=layout.runs.longest {
            let at = layout.more(length);
            layout.starts.push(at);
        }
        let mut shortest = 1;
        while layout.runs.reach == Reach::Any && shortest <= layout.runs.longest {
            let longest = ((shortest as f64 * STRETCH) as usize).min(layout.runs.longest);
            let at = layout.more(longest);
            layout.blocks.push(Block { shortest, longest, at });
            shortest = longest + 1;
        }
        layout.width = padded(layout.width);
        layout
    }
    /// Room for the runs of a length, and for lanes beyond the last of them. Runs that end with the last step lie side by side.
    fn more(&mut self, length: usize) -> usize {
        let at = self.width;
        self.width += if self.runs.reach == Reach::Any { padded(self.runs.all(length).count()) + LANES } else { 1 };
        at
    }
}

/// Most entries of a table.
const ENTRIES: usize = 4_000_000;
/// Most rows of a table.
const LEVELS: usize = 512;

/// For each rung of the ladder a table: a row for each of some levels of what is expected in a circle, at all times together.
pub(super) struct Needed<'a, L> {
    layout: &'a Layout,
    ladder: Ladder,
    levels: usize,
    /// What the square root of the expectation is multiplied by before it is a level.
    scale: f64,
    tables: Vec<Vec<L>>,
}

impl<'a, L: Lane> Needed<'a, L> {
    pub fn new(layout: &'a Layout, total: u32, fewest: u32) -> Self {
        let levels = (ENTRIES / layout.width.max(1)).clamp(16, LEVELS);
        let scale = (levels as f64 - 1.0) / f64::from(total).sqrt().max(1.0);
        Self { layout, ladder: Ladder::new(total, fewest), levels, scale, tables: Vec::new() }
    }
    pub fn layout(&self) -> &'a Layout {
        self.layout
    }
    pub fn ladder(&self) -> &Ladder {
        &self.ladder
    }
    /// The level below what is expected in a circle.
    pub fn level(&self, expected: f64) -> usize {
        ((expected.sqrt() * self.scale) as usize).min(self.levels - 1)
    }
    /// Makes the table of a rung, and gives back the room of lower ones.
    pub fn raise(&mut self, rung: usize) {
        if self.tables.get(rung).is_none_or(Vec::is_empty) {
            self.ladder.raise(rung);
            self.tables.resize_with((rung + 1).max(self.tables.len()), Vec::new);
            self.tables[rung] = self.table(rung);
        }
    }
    /// The row of a rung and a level; empty if the rung was not raised.
    pub fn row(&self, rung: usize, level: usize) -> &[L] {
        let width = self.layout.width;
        self.tables.get(rung).and_then(|t| t.get(level * width..(level + 1) * width)).unwrap_or_default()
    }
    /// Gives back the room of the tables below a rung.
    pub fn forget_below(&mut self, rung: usize) {
        self.tables.iter_mut().take(rung).for_each(|t| *t = Vec::new());
    }
    fn table(&self, rung: usize) -> Vec<L> {
        let Layout { runs, blocks, starts, width } = self.layout;
        // Where there is no run nothing is enough.
        let mut table = vec![L::MOST; self.levels * width];
        let each = (1..=runs.longest).flat_map(|l| runs.all(l).enumerate().map(move |(n, f)| (starts[l] + n, runs.share(f, l).sqrt())));
        let roots: Vec<(usize, f64)> = each.collect();
        for (level, row) in table.chunks_mut(*width).enumerate() {
            // The lower edge of the level: what is needed must not be too much for any circle of it.
            let root = level as f64 / self.scale;
            roots.iter().for_each(|(at, r)| row[*at] = L::of(self.ladder.needed(rung, root * r)));
            for b in blocks {
                for first in runs.all(b.longest) {
                    let within = (b.shortest..=b.longest).flat_map(|l| (first..=first + b.longest - l).map(move |f| (f, l)));
                    row[b.at + first] = within.map(|(f, l)| row[starts[l] + f]).min().unwrap_or(L::MOST);
                }
            }
        }
        table
    }
}
