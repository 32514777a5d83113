//! The likelihood ratio, and how many cases a window needs to exceed one.

/// Logarithm of Kulldorff's likelihood ratio (1997) of a window with `cases` where `expected` are expected, of `total` in all: 0 unless there are
/// more than expected.
pub(super) fn log_ratio(cases: f64, expected: f64, total: f64) -> f64 {
    if cases <= expected || expected <= 0.0 {
        return 0.0;
    }
    let (out, expected_out) = (total - cases, total - expected);
    let outside = if out > 0.0 && expected_out > 0.0 { out * (out / expected_out).ln() } else { 0.0 };
    (cases * (cases / expected).ln() + outside).max(0.0)
}

/// Cells of each rung, by the square root of what is expected: so many for each unit of it, and at most so many.
const CELLS_EACH: f64 = 64.0;
const CELLS: usize = 4096;
/// The ratios of two neighbouring rungs differ by this.
const RUNG: f64 = 0.5;
/// Rounding must not lose a window.
const SLACK: f64 = 1e-9;

/// A ladder of likelihood ratios, and for each the fewest cases that exceed it, by what is expected, rounded down. A window with fewer need not be
/// looked at.
pub(super) struct Ladder {
    total: f64,
    fewest: u32,
    scale: f64,
    last: usize,
}

impl Ladder {
    pub fn new(total: u32, fewest: u32) -> Self {
        let total = f64::from(total);
        let root = total.sqrt().max(1.0);
        let last = ((root * CELLS_EACH) as usize).min(CELLS);
        Self { total, fewest, scale: last as f64 / root, last }
    }
    /// All cases.
    pub fn total(&self) -> f64 {
        self.total
    }
    /// The rung below a likelihood ratio.
    pub fn rung(ratio: f64) -> usize {
        (ratio / RUNG) as usize
    }
    /// The fewest cases that exceed a rung, by the square root of what is expected.
    pub fn needed(&self, cells: &[i32], root: f64) -> i32 {
        cells[((root * self.scale * (1.0 - SLACK)) as usize).min(self.last)]
    }
    /// What is needed for a rung.
    pub fn cells(&self, rung: usize) -> Vec<i32> {
        let ratio = rung as f64 * RUNG - SLACK;
        let mut cases = f64::from(self.fewest.max(1));
        let cell = |n: usize| {
            let expected = (n as f64 / self.scale).powi(2);
            let too_few = |cases: f64| cases <= expected || (expected > 0.0 && log_ratio(cases, expected, self.total) < ratio);
            while cases <= self.total && too_few(cases) {
                cases += 1.0;
            }
            cases as i32
        };
        (0..=self.last).map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_satscan() {
        // The most likely cluster of leukaemia in upstate New York as SaTScan 9.3.1 prints it: 106 cases, 62.13 expected, 552 in all.
        let expected = 552.0 * 119_050.0 / 1_057_673.0;
        assert!((log_ratio(106.0, expected, 552.0) - 14.780_276).abs() < 1e-6);
    }

    #[test]
    fn a_rung_never_hides_a_window_that_exceeds_it() {
        let ladder = Ladder::new(300, 2);
        for rung in 0..=40 {
            let cells = ladder.cells(rung);
            for n in 0..2000 {
                let expected = 1e-4 * 1.0075_f64.powi(n);
                let needed = ladder.needed(&cells, expected.sqrt());
                for cases in 2..=300 {
                    let exceeds = log_ratio(f64::from(cases), expected, 300.0) > rung as f64 * RUNG;
                    assert!(!exceeds || cases >= needed, "{rung} {expected} {cases}");
                }
            }
        }
    }
}
