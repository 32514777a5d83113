//! The clusters of the data that were observed.

use super::likelihood::log_ratio;
use super::needed::Runs;
use super::null::Counts;
use super::zones::Zones;

/// A window of the observed data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub centre: usize,
    /// Places of the circle, counted from the nearest.
    pub places: usize,
    pub first: usize,
    pub length: usize,
    pub cases: u32,
    pub expected: f64,
    pub log_ratio: f64,
}

/// The window around a place with the highest likelihood ratio. Of windows with as many cases the one in which fewest are expected has the highest:
/// only that one is kept until all have been seen.
pub(super) fn best(centre: usize, zones: &Zones, counts: &Counts, runs: &Runs, fewest: u32) -> Option<Found> {
    let total = f64::from(counts.total());
    let mut least: Vec<f64> = vec![f64::INFINITY; counts.total() as usize + 1];
    let mut at: Vec<(usize, usize, usize)> = vec![(0, 0, 0); least.len()];
    let mut before = vec![0_u32; runs.steps + 1];
    let mut changed = false;
    for (k, (place, ends)) in zones.places.iter().zip(&zones.ends).enumerate() {
        let mut sum = 0;
        for (before, n) in before[1..].iter_mut().zip(counts.of(*place as usize)) {
            sum += n;
            *before += sum;
        }
        changed |= sum > 0;
        if !changed || !ends {
            continue;
        }
        changed = false;
        for length in 1..=runs.longest {
            for first in runs.all(length) {
                let cases = (before[first + length] - before[first]) as usize;
                let expected = zones.held[k] * runs.share(first, length);
                if expected < least[cases] {
                    least[cases] = expected;
                    at[cases] = (k, first, length);
                }
            }
        }
    }
    let from = fewest.max(1) as usize;
    let each = least.iter().zip(&at).enumerate().skip(from).filter(|(_, (e, _))| e.is_finite());
    let found = each.map(|(cases, (expected, (k, first, length)))| Found {
        centre,
        places: k + 1,
        first: *first,
        length: *length,
        cases: cases as u32,
        expected: *expected,
        log_ratio: log_ratio(cases as f64, *expected, total),
    });
    found.filter(|f| f.log_ratio > 0.0).reduce(|a, b| if b.log_ratio > a.log_ratio { b } else { a })
}
