//! The scan as a whole.

use super::bands::{Edges, Groups};
use super::find::{Found, Observed};
use super::needed::{Lane, Layout, Needed, Runs, most_bands};
use super::null::{Counts, Expected, Maker, Null, NullError};
use super::replicate::Replicates;
use super::search::Windows;
use super::zones::{Limits, Positions, Zones};

/// How chance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Testing {
    /// Data sets that are made anew at most: 999 gives p values down to 0.001.
    pub replications: usize,
    /// Stops when so many of them have had a cluster at least as likely as the most likely one: its p value is then this number by the number of
    /// data sets (Besag & Clifford 1991, Biometrika 78:301). None: makes them all.
    pub enough: Option<usize>,
    /// The same seed gives the same result, whatever the number of threads.
    pub seed: u64,
    /// Threads, from 1.
    pub threads: usize,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The place around which the circle is drawn.
    pub centre: usize,
    /// The places of the circle, from the nearest.
    pub places: Vec<usize>,
    /// From the centre to the farthest place, in the unit of [`Positions::distance`].
    pub radius: f64,
    /// First time step, from 0.
    pub first: usize,
    /// Last time step.
    pub last: usize,
    /// Cases in the window.
    pub observed: u32,
    /// Cases expected in it.
    pub expected: f64,
    /// The risk within by the risk outside; none if there are no cases outside.
    pub relative_risk: Option<f64>,
    /// Logarithm of the likelihood ratio.
    pub log_ratio: f64,
    /// The share of data sets, made anew and this one, whose most likely cluster is at least as likely.
    pub p_value: f64,
    /// The same from a Gumbel distribution fitted to them by its moments (Abrams, Kleinman & Kulldorff 2010, Int J Health Geogr 9:61), which goes
    /// below one by the number of data sets; none with fewer than 99 of them.
    pub p_gumbel: Option<f64>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Clusters without a place in common, the most likely one first: for each place the most likely window around it, unless a more likely one
    /// that is in the list has one of its places.
    pub clusters: Vec<Cluster>,
    /// Data sets that were made anew.
    pub replications: usize,
    /// The highest logarithm of the likelihood ratio in each of them.
    pub highest: Vec<f64>,
}

/// Why nothing can be scanned.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ScanError {
    /// Places.
    #[error("{positions} positions, but counts of {places} places")]
    Places {
        /// Of the positions.
        positions: usize,
        /// Of the counts.
        places: usize,
    },
    /// A position.
    #[error("the position of place {0} is no place on a map or the globe")]
    Position(usize),
    /// What is expected.
    #[error(transparent)]
    Null(#[from] NullError),
    /// Limits.
    #[error("windows need a longest run of at least 1 step and a share of 0 to 1")]
    Limits,
}

/// Fewest data sets to which a distribution is fitted.
const FITTED: usize = 99;
/// Data sets for each thread that are made at a time where it may be enough before all are made. How many there are changes nothing but the time.
const AT_A_TIME: usize = 8;

/// Finds the clusters and how often chance gives one as likely.
///
/// # Errors
/// If counts, positions and weights do not fit each other, or a number is not one.
pub fn scan(positions: &Positions, counts: &Counts, null: &Null, limits: &Limits, testing: &Testing) -> Result<Scan, ScanError> {
    check(positions, counts, limits)?;
    let expected = null.expected(counts)?;
    let space = Space::new(positions, counts, &expected, limits, testing.threads.max(1));
    let maker = Maker::new(counts, null, &expected);
    let (found, highest) = if counts.total() < i16::MAX as u32 {
        space.scan::<i16>(counts, &maker, limits, testing)
    } else {
        space.scan::<i32>(counts, &maker, limits, testing)
    };
    let gumbel = Gumbel::of(&highest);
    let enough = testing.enough;
    let clusters = found.iter().map(|f| space.cluster(f, f64::from(counts.total()), &highest, enough, gumbel)).collect();
    Ok(Scan { clusters, replications: highest.len(), highest })
}

fn check(positions: &Positions, counts: &Counts, limits: &Limits) -> Result<(), ScanError> {
    let at = positions.coordinates();
    if at.len() != counts.places() {
        return Err(ScanError::Places { positions: at.len(), places: counts.places() });
    }
    let globe = matches!(positions, Positions::Globe(_));
    let bad = |(a, b): &(f64, f64)| !a.is_finite() || !b.is_finite() || (globe && (a.abs() > 90.0 || b.abs() > 360.0));
    if let Some(n) = at.iter().position(bad) {
        return Err(ScanError::Position(n));
    }
    let ok = limits.longest > 0 && (0.0..=1.0).contains(&limits.largest_share);
    if ok { Ok(()) } else { Err(ScanError::Limits) }
}

/// Ratios that differ only by rounding are the same: counts are few, so ties are common.
fn at_least(a: f64, b: f64) -> bool {
    a >= b * (1.0 - 1e-9)
}

/// The windows, and what is expected in them.
struct Space {
    layout: Layout,
    zones: Vec<Zones>,
    edges: Edges,
    groups: Groups,
}

impl Space {
    fn new(positions: &Positions, counts: &Counts, expected: &Expected, limits: &Limits, threads: usize) -> Self {
        let steps = counts.steps();
        let all: f64 = expected.steps.iter().sum();
        let sums = expected.steps.iter().scan(0.0, |sum, e| {
            *sum += e / all;
            Some(*sum)
        });
        let before = std::iter::once(0.0).chain(sums).collect();
        let layout = Layout::new(Runs { steps, longest: limits.longest.min(steps), reach: limits.reach, before });
        let zones = shared(threads, counts.places(), || (), |(), c| Zones::around(c, positions, &expected.places, limits));
        let edges = Edges::new(&zones, most_bands(&layout));
        let groups = Groups::new(positions, &zones, &edges);
        Self { layout, zones, edges, groups }
    }
    /// The windows that are reported, and the highest likelihood ratio of each of the data sets made anew.
    fn scan<L: Lane>(&self, counts: &Counts, maker: &Maker, limits: &Limits, testing: &Testing) -> (Vec<Found>, Vec<f64>) {
        let needed = Needed::<L>::new(&self.layout, &self.edges, counts.total(), limits.fewest);
        let windows = Windows { zones: &self.zones, groups: &self.groups, needed: &needed };
        let threads = testing.threads.max(1);
        let found = self.found(&windows, counts, threads);
        let mut highest: Vec<f64> = Vec::new();
        let Some(most) = found.first().map(|f| f.log_ratio) else { return (found, highest) };
        let mut above = 0;
        while highest.len() < testing.replications && testing.enough.is_none_or(|e| above < e) {
            let from = highest.len();
            let at_a_time = if testing.enough.is_none() { testing.replications } else { AT_A_TIME * threads };
            let sets = at_a_time.min(testing.replications - from);
            let one = |r: &mut Replicates<L>, n: usize| r.highest(&maker.one(testing.seed, from + n));
            for h in shared(threads, sets, || Replicates::new(&windows, &highest), one) {
                if testing.enough.is_some_and(|e| above >= e) {
                    break;
                }
                above += usize::from(at_least(h, most));
                highest.push(h);
            }
        }
        (found, highest)
    }
    /// The windows that are reported, the most likely one first.
    fn found<L: Lane>(&self, windows: &Windows<'_, L>, counts: &Counts, threads: usize) -> Vec<Found> {
        let cells = counts.with_cases();
        let begin = || Observed::new(windows, &cells, counts.total());
        let around = shared(threads, self.zones.len(), begin, |observed, c| observed.around(c));
        let mut all: Vec<Found> = around.into_iter().flatten().collect();
        let order = |f: &Found| (f.window.places, f.centre);
        all.sort_by(|a, b| b.log_ratio.total_cmp(&a.log_ratio).then(order(a).cmp(&order(b))));
        let mut taken = vec![false; self.zones.len()];
        all.retain(|f| {
            let places = &self.zones[f.centre].places[..f.window.places];
            let free = places.iter().all(|p| !taken[*p as usize]);
            if free {
                places.iter().for_each(|p| taken[*p as usize] = true);
            }
            free
        });
        all
    }
    fn cluster(&self, f: &Found, total: f64, highest: &[f64], enough: Option<usize>, gumbel: Option<Gumbel>) -> Cluster {
        let (zones, w) = (&self.zones[f.centre], &f.window);
        let above = highest.iter().filter(|h| at_least(**h, f.log_ratio)).count();
        let made = highest.len();
        // Stopped at the data set that made it enough, which is then the last: the observed one is not counted.
        let stopped = enough.is_some_and(|e| e > 0 && above >= e) && highest.last().is_some_and(|h| at_least(*h, f.log_ratio));
        let p_value = if stopped { above as f64 / made as f64 } else { (above + 1) as f64 / (made + 1) as f64 };
        let cases = f64::from(w.cases);
        let outside = (total - cases) / (total - w.expected);
        Cluster {
            centre: f.centre,
            places: zones.places[..w.places].iter().map(|p| *p as usize).collect(),
            radius: zones.distances[w.places - 1],
            first: w.first,
            last: w.first + w.length - 1,
            observed: w.cases,
            expected: w.expected,
            relative_risk: (outside > 0.0).then(|| cases / w.expected / outside),
            log_ratio: f.log_ratio,
            p_value,
            p_gumbel: gumbel.map(|g| g.above(f.log_ratio)),
        }
    }
}

/// What is made of each number below `count`, in their order: each thread makes every so many-th of them, with something of its own to begin with.
fn shared<S, T: Send>(threads: usize, count: usize, begin: impl Fn() -> S + Sync, work: impl Fn(&mut S, usize) -> T + Sync) -> Vec<T> {
    let every = |from: usize, by: usize| {
        let mut own = begin();
        (from..count).step_by(by).map(|n| work(&mut own, n)).collect::<Vec<T>>()
    };
    if threads <= 1 {
        return every(0, 1);
    }
    let by_thread: Vec<Vec<T>> = std::thread::scope(|scope| {
        let every = &every;
        let running: Vec<_> = (0..threads.min(count)).map(|n| scope.spawn(move || every(n, threads))).collect();
        running.into_iter().map(|t| t.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
    });
    let mut each: Vec<_> = by_thread.into_iter().map(Vec::into_iter).collect();
    (0..count).filter_map(|n| each[n % threads].next()).collect()
}

/// A Gumbel distribution.
#[derive(Clone, Copy)]
struct Gumbel {
    mode: f64,
    scale: f64,
}

impl Gumbel {
    /// Euler's constant: the mean of the standard distribution.
    const MEAN: f64 = 0.577_215_664_901_532_9;

    fn of(sample: &[f64]) -> Option<Self> {
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        // The variance of the standard distribution is π²/6.
        let scale = variance.sqrt() * 6.0_f64.sqrt() / std::f64::consts::PI;
        (sample.len() >= FITTED && scale > 0.0).then_some(Self { mode: mean - Self::MEAN * scale, scale })
    }
    fn above(self, x: f64) -> f64 {
        -(-(-(x - self.mode) / self.scale).exp()).exp_m1()
    }
}

#[cfg(test)]
mod tests {
    use super::super::zones::Reach;
    use super::*;

    #[test]
    fn the_highest_ratio_is_that_of_all_windows() {
        // Data that were made anew are scanned as if they had been observed, window by window.
        let (places, steps) = (30, 14);
        let at = Positions::Plane((0..places).map(|p| (f64::from(p as u32 * 37 % 11), f64::from(p as u32 * 53 % 7))).collect());
        let cells = (0..places * steps).map(|n| (n * n % 17 == 3) as u32 * 2 + (n % 5 == 0) as u32).collect();
        let counts = Counts::new(places, steps, cells).unwrap();
        let weights: Vec<f64> = (0..places).map(|p| 1.0 + (p % 4) as f64).collect();
        let nulls = [
            Null::Population { places: weights.clone(), steps: (0..steps).map(|t| 1.0 + t as f64).collect() },
            Null::PopulationByStep { places: weights },
            Null::Permutation,
        ];
        for null in nulls {
            for reach in [Reach::Any, Reach::Alive] {
                let limits = Limits { reach, largest_share: 0.5, largest_radius: None, longest: 9, fewest: 2 };
                let expected = null.expected(&counts).unwrap();
                let space = Space::new(&at, &counts, &expected, &limits, 2);
                let maker = Maker::new(&counts, &null, &expected);
                let testing = Testing { replications: 60, enough: None, seed: 5, threads: 2 };
                let narrow = space.scan::<i16>(&counts, &maker, &limits, &testing);
                let wide = space.scan::<i32>(&counts, &maker, &limits, &testing);
                assert_eq!(narrow, wide);
                for (n, highest) in narrow.1.into_iter().enumerate() {
                    let made = null.made_anew(&counts, 5, n).unwrap();
                    assert_eq!(made.total(), counts.total());
                    let none = Testing { replications: 0, ..testing };
                    let all = space.scan::<i16>(&made, &maker, &limits, &none).0.first().map_or(0.0, |f| f.log_ratio);
                    assert!((highest - all).abs() < 1e-12, "{null:?} {reach:?} {n}: {highest}, not {all}");
                }
            }
        }
    }
}
