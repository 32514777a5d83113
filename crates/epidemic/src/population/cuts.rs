//! A line of things cut into segments: people into households, seats into classes.

use std::ops::Range;

/// Consecutive segments of 0 … n. Finding the segment of a position costs a look at a coarse index and at one or two cache lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    /// Where each segment begins, increasing, the first at 0; then the end.
    starts: Vec<u32>,
    /// The segment in which each block of 2^shift positions begins; then the last segment.
    coarse: Vec<u32>,
    shift: u32,
}

impl Cuts {
    /// Segments that begin here; empty segments are allowed nowhere. `starts` is increasing and begins with 0; the last ends at `end`. Without any
    /// segment `end` must be 0.
    pub fn new(mut starts: Vec<u32>, end: u32) -> Self {
        debug_assert!(starts.first().is_none_or(|s| *s == 0) && starts.is_sorted_by(|a, b| a < b));
        debug_assert!(starts.last().map_or(end == 0, |s| *s < end));
        let mean = end / starts.len().max(1) as u32;
        let shift = (mean * 4).max(16).ilog2();
        let mut coarse = Vec::with_capacity((end >> shift) as usize + 2);
        let mut segment = 0;
        for block in 0..end.div_ceil(1 << shift) {
            while starts.get(segment + 1).is_some_and(|s| *s <= block << shift) {
                segment += 1;
            }
            coarse.push(segment as u32);
        }
        coarse.push(starts.len().saturating_sub(1) as u32);
        starts.push(end);
        starts.shrink_to_fit();
        Self { starts, coarse, shift }
    }
    /// How many segments.
    pub fn len(&self) -> u32 {
        self.starts.len() as u32 - 1
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The segment in which this position lies; it must lie before the end.
    #[inline(always)]
    pub fn find(&self, at: u32) -> u32 {
        let block = (at >> self.shift) as usize;
        let (low, high) = (self.coarse[block] as usize, self.coarse[block + 1] as usize);
        let after = &self.starts[low + 1..=high];
        (low + after.partition_point(|s| *s <= at)) as u32
    }
    /// The positions of a segment.
    #[inline]
    pub fn range(&self, segment: u32) -> Range<u32> {
        self.starts[segment as usize]..self.starts[segment as usize + 1]
    }
    /// The segment around this position.
    #[inline(always)]
    pub fn around(&self, at: u32) -> Range<u32> {
        self.range(self.find(at))
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        (self.starts.capacity() + self.coarse.capacity()) * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_has_no_segment() {
        assert!(Cuts::new(vec![], 0).is_empty());
    }

    proptest! {
        #[test]
        fn every_position_is_in_its_segment(lengths in proptest::collection::vec(prop_oneof![1u32..5, 1u32..300], 1..400)) {
            let ends: Vec<u32> = lengths.iter().scan(0, |sum, n| { *sum += n; Some(*sum) }).collect();
            let starts: Vec<u32> = ends.iter().zip(&lengths).map(|(e, n)| e - n).collect();
            let cuts = Cuts::new(starts.clone(), ends[ends.len() - 1]);
            prop_assert_eq!(cuts.len() as usize, lengths.len());
            for (segment, (start, end)) in starts.iter().zip(&ends).enumerate() {
                prop_assert_eq!(cuts.range(segment as u32), *start..*end);
                for at in [*start, (start + end) / 2, end - 1] {
                    prop_assert_eq!(cuts.find(at), segment as u32);
                }
            }
        }
    }
}
