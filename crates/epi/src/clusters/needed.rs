//! The fewest cases that windows need to exceed a likelihood ratio, side by side in memory.

use super::bands::{Edges, MOST_BANDS};
use super::likelihood::Ladder;
use super::zones::Reach;
use std::ops::{Range, RangeInclusive};
use std::sync::OnceLock;

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
    fn bounds(&self, length: usize, within: (usize, usize)) -> (usize, usize) {
        ((within.0 + 1).saturating_sub(length), (self.steps - length).min(within.1))
    }
    /// The share of the expected cases of a place that falls into a run.
    pub fn share(&self, first: usize, length: usize) -> f64 {
        (self.before[first + length] - self.before[first]).max(0.0)
    }
    /// Entries that the longest runs of a block have: one for each first step, or if all runs end with the last step one for each length.
    pub fn entries(&self, longest: usize) -> usize {
        if self.reach == Reach::Any { self.steps - longest + 1 } else { longest }
    }
    /// Lanes of a stretch of entries, of which there are at most as many as bits.
    fn stretch(&self) -> usize {
        LANES * self.steps.div_ceil(LANES).div_ceil(u64::BITS as usize)
    }
    /// The lanes from the first of these stretches to the last.
    pub fn lanes(&self, stretches: u64) -> Range<usize> {
        let (from, to) = (stretches.trailing_zeros(), u64::BITS - stretches.leading_zeros());
        from as usize * self.stretch()..to as usize * self.stretch()
    }
    /// The stretches from that of one entry to that of another.
    fn stretches(&self, from: usize, to: usize) -> u64 {
        let (from, to) = (from / self.stretch(), to / self.stretch());
        (u64::MAX << from) & (u64::MAX >> (u64::BITS as usize - 1 - to))
    }
    /// All stretches that the longest runs of a block have.
    pub fn stretches_of(&self, longest: usize) -> u64 {
        self.stretches(0, self.entries(longest) - 1)
    }
    /// The stretches of the longest runs of a block that have one of the given steps in them.
    pub fn stretches_with(&self, longest: usize, within: (usize, usize)) -> u64 {
        if self.reach == Reach::Alive {
            return self.stretches_of(longest);
        }
        let (from, to) = self.bounds(longest, within);
        self.stretches(from, to)
    }
    /// The stretches in which a run begins that begins in one of these or up to so many steps later.
    pub fn later(&self, stretches: u64, steps: usize) -> u64 {
        let lanes = self.lanes(stretches);
        (0..=steps.div_ceil(self.stretch())).fold(stretches, |all, n| all | stretches << n) & self.stretches(lanes.start, self.steps - 1)
    }
    /// The first steps of the runs of this length that have one of the given steps in them, and that are in runs of the length `longest` that begin
    /// in these stretches; a few others may be among them.
    pub fn firsts(&self, length: usize, longest: usize, stretches: u64, within: (usize, usize)) -> Range<usize> {
        let lanes = self.lanes(stretches);
        if self.reach == Reach::Alive {
            let first = self.steps - length;
            return if lanes.contains(&(length - 1)) { first..first + 1 } else { 0..0 };
        }
        let (from, to) = self.bounds(length, within);
        from.max(lanes.start)..(to + 1).min(lanes.end + longest - length)
    }
}

/// Runs of about the same length, that are looked at one by one only if one of the longest has the cases that the least demanding of the runs in it needs.
pub(super) struct Block {
    pub shortest: usize,
    pub longest: usize,
    /// Where its entries begin in a row.
    pub at: usize,
}

/// How much longer the longest run of a block is than the shortest, at most.
const STRETCH: f64 = 1.1;
/// The same of blocks that are taken together at first.
const COARSE: f64 = 1.3;
/// Bands that are taken together at first.
const BANDS_TOGETHER: usize = 3;

/// What a row of a table holds.
pub(super) struct Layout {
    pub runs: Runs,
    pub blocks: Vec<Block>,
    /// Blocks that are taken together, as one of them and one by one.
    pub coarse: Vec<(Block, Range<usize>)>,
    pub bands_together: usize,
    width: usize,
}

impl Layout {
    pub fn new(runs: Runs) -> Self {
        let mut layout = Self { blocks: Vec::new(), coarse: Vec::new(), bands_together: BANDS_TOGETHER, width: 0, runs };
        let mut shortest = 1;
        while shortest <= layout.runs.longest {
            let coarse = layout.block(shortest, COARSE, layout.runs.longest);
            let from = layout.blocks.len();
            while shortest <= coarse.longest {
                let block = layout.block(shortest, STRETCH, coarse.longest);
                shortest = block.longest + 1;
                layout.blocks.push(block);
            }
            layout.coarse.push((coarse, from..layout.blocks.len()));
        }
        layout
    }
    /// The next block, with room for lanes beyond its last entry. Runs that end with the last step are one.
    fn block(&mut self, shortest: usize, stretch: f64, most: usize) -> Block {
        let longest = if self.runs.reach == Reach::Any { ((shortest as f64 * stretch) as usize).min(most) } else { most };
        let at = self.width;
        self.width += padded(self.runs.entries(longest)) + LANES;
        Block { shortest, longest, at }
    }
}

/// Most entries of a table.
const ENTRIES: usize = 4_000_000;
/// Fewest bands.
const FEWEST_BANDS: usize = 8;
/// Most rungs.
const RUNGS: usize = 256;

/// Of a rung of the ladder: the fewest cases that exceed it.
struct Rung<L> {
    cells: Vec<i32>,
    /// A row for each band: what is needed in it at its lower edge.
    rows: Vec<L>,
}

/// The fewest cases that windows need to exceed each rung of the ladder. A rung is made when it is first asked for.
pub(super) struct Needed<'a, L> {
    layout: &'a Layout,
    edges: &'a Edges,
    ladder: Ladder,
    rungs: Vec<OnceLock<Rung<L>>>,
}

impl<'a, L: Lane> Needed<'a, L> {
    pub fn new(layout: &'a Layout, edges: &'a Edges, total: u32, fewest: u32) -> Self {
        let rungs = std::iter::repeat_with(OnceLock::new).take(RUNGS).collect();
        Self { layout, edges, ladder: Ladder::new(total, fewest), rungs }
    }
    pub fn layout(&self) -> &'a Layout {
        self.layout
    }
    pub fn edges(&self) -> &'a Edges {
        self.edges
    }
    pub fn total(&self) -> f64 {
        self.ladder.total()
    }
    /// What is needed to exceed a likelihood ratio, or a little less.
    pub fn at(&self, ratio: f64) -> Enough<'_, L> {
        let n = Ladder::rung(ratio).min(RUNGS - 1);
        let rung = self.rungs[n].get_or_init(|| {
            let cells = self.ladder.cells(n);
            Rung { rows: self.rows(&cells), cells }
        });
        Enough { rung, ladder: &self.ladder, width: self.layout.width }
    }
    fn rows(&self, cells: &[i32]) -> Vec<L> {
        let Layout { runs, blocks, coarse, width, .. } = self.layout;
        // Where there is no run nothing is enough.
        let mut rows = vec![L::MOST; self.edges.count() * width];
        let lengths = || 1..=runs.longest;
        let roots: Vec<Vec<f64>> = lengths().map(|l| runs.all(l).map(|first| runs.share(first, l).sqrt()).collect()).collect();
        for (band, row) in rows.chunks_mut(*width).enumerate() {
            // The lower edge of the band: what is needed must not be too much for any circle of it.
            let root = self.edges.lower(band).sqrt();
            let of = |r: &f64| L::of(self.ladder.needed(cells, root * r));
            let needed: Vec<Vec<L>> = roots.iter().map(|by_first| by_first.iter().map(of).collect()).collect();
            for b in blocks.iter().chain(coarse.iter().map(|(b, _)| b)) {
                for (n, entry) in row[b.at..][..runs.entries(b.longest)].iter_mut().enumerate() {
                    *entry = if runs.reach == Reach::Any {
                        let of = |l: usize| needed[l - 1][n..=n + b.longest - l].iter().copied();
                        (b.shortest..=b.longest).flat_map(of).min().unwrap_or(L::MOST)
                    } else {
                        needed[n][0]
                    };
                }
            }
        }
        rows
    }
}

/// What is needed to exceed one likelihood ratio.
pub(super) struct Enough<'a, L> {
    rung: &'a Rung<L>,
    ladder: &'a Ladder,
    width: usize,
}

impl<L: Lane> Enough<'_, L> {
    /// For the circles of a band.
    pub fn row(&self, band: usize) -> &[L] {
        &self.rung.rows[band * self.width..(band + 1) * self.width]
    }
    /// Whether so many cases may be enough where so many are expected.
    pub fn may_be(&self, cases: i32, expected: f64) -> bool {
        cases >= self.ladder.needed(&self.rung.cells, expected.sqrt())
    }
}

/// Bands for which tables do not become too large.
pub(super) fn most_bands(layout: &Layout) -> usize {
    (ENTRIES / layout.width.max(1)).clamp(FEWEST_BANDS, MOST_BANDS)
}
