//! The scan as a whole.

use super::find::{Found, best};
use super::needed::{Lane, Layout, Needed, Runs};
use super::null::{Batch, Counts, Expected, Maker, Null, NullError};
use super::replicate::{Rows, Search};
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
/// Data sets that are held in memory at a time, at most, and the numbers in them.
const BATCH: usize = 400;
const BATCH_NUMBERS: usize = 50_000_000;

/// Finds the clusters and how often chance gives one as likely.
///
/// # Errors
/// If counts, positions and weights do not fit each other, or a number is not one.
pub fn scan(positions: &Positions, counts: &Counts, null: &Null, limits: &Limits, testing: &Testing) -> Result<Scan, ScanError> {
    check(positions, counts, limits)?;
    let expected = null.expected(counts)?;
    let space = Space::new(positions, counts, &expected, limits);
    let found = space.found(counts, limits, testing.threads.max(1));
    let mut highest = Vec::new();
    if let Some(most) = found.first() {
        let maker = Maker::new(counts, null, &expected);
        let mut above = 0;
        while highest.len() < testing.replications && testing.enough.is_none_or(|e| above < e) {
            let batch = space.batch(counts);
            let until = (highest.len() + batch.min(if highest.is_empty() { FITTED } else { batch })).min(testing.replications);
            let data = maker.make(testing.seed, highest.len()..until);
            for h in space.highest(&data, counts.total(), limits.fewest, testing.threads.max(1)) {
                if testing.enough.is_some_and(|e| above >= e) {
                    break;
                }
                above += usize::from(at_least(h, most.log_ratio));
                highest.push(h);
            }
        }
    }
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
}

impl Space {
    fn new(positions: &Positions, counts: &Counts, expected: &Expected, limits: &Limits) -> Self {
        let steps = counts.steps();
        let all: f64 = expected.steps.iter().sum();
        let sums = expected.steps.iter().scan(0.0, |sum, e| {
            *sum += e / all;
            Some(*sum)
        });
        let before = std::iter::once(0.0).chain(sums).collect();
        let runs = Runs { steps, longest: limits.longest.min(steps), reach: limits.reach, before };
        let zones = (0..counts.places()).map(|c| Zones::around(c, positions, &expected.places, limits)).collect();
        Self { layout: Layout::new(runs), zones }
    }
    /// What each thread makes of its share of the places.
    fn shared<T: Send>(&self, threads: usize, work: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync) -> Vec<T> {
        if threads == 1 {
            return vec![work(&mut (0..self.zones.len()))];
        }
        std::thread::scope(|scope| {
            let work = &work;
            let places = self.zones.len();
            let running: Vec<_> = (0..threads).map(|n| scope.spawn(move || work(&mut (n..places).step_by(threads)))).collect();
            running.into_iter().map(|t| t.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
        })
    }
    /// The windows that are reported, the most likely one first.
    fn found(&self, counts: &Counts, limits: &Limits, threads: usize) -> Vec<Found> {
        let of = |c: usize| best(c, &self.zones[c], counts, &self.layout.runs, limits.fewest);
        let mut all: Vec<Found> =
            self.shared(threads, |centres| centres.filter_map(of).collect::<Vec<_>>()).into_iter().flatten().collect();
        all.sort_by(|a, b| b.log_ratio.total_cmp(&a.log_ratio).then(a.places.cmp(&b.places)).then(a.centre.cmp(&b.centre)));
        let mut taken = vec![false; self.zones.len()];
        all.retain(|f| {
            let places = &self.zones[f.centre].places[..f.places];
            let free = places.iter().all(|p| !taken[*p as usize]);
            if free {
                places.iter().for_each(|p| taken[*p as usize] = true);
            }
            free
        });
        all
    }
    /// Data sets of a batch. How many there are changes nothing but the time that it takes.
    fn batch(&self, counts: &Counts) -> usize {
        let cells = (counts.total() as usize).min(self.zones.len() * counts.steps());
        let rows = cells.min(self.zones.len()) * Rows::<i32>::stride(&self.layout.runs);
        (BATCH_NUMBERS / (rows + 3 * cells).max(1)).clamp(1, BATCH)
    }
    fn highest(&self, data: &Batch, total: u32, fewest: u32, threads: usize) -> Vec<f64> {
        if total < i16::MAX as u32 {
            self.highest_of::<i16>(data, total, fewest, threads)
        } else {
            self.highest_of::<i32>(data, total, fewest, threads)
        }
    }
    fn highest_of<L: Lane>(&self, data: &Batch, total: u32, fewest: u32, threads: usize) -> Vec<f64> {
        let rows = Rows::<L>::new(data, &self.layout.runs);
        let of_thread = self.shared(threads, |centres| {
            let mut search = Search::<L>::new(Needed::new(&self.layout, total, fewest), &rows);
            centres.for_each(|c| search.raise(&self.zones[c]));
            search.highest
        });
        (0..data.sets()).map(|n| of_thread.iter().map(|h| h[n]).fold(0.0, f64::max)).collect()
    }
    fn cluster(&self, f: &Found, total: f64, highest: &[f64], enough: Option<usize>, gumbel: Option<Gumbel>) -> Cluster {
        let zones = &self.zones[f.centre];
        let above = highest.iter().filter(|h| at_least(**h, f.log_ratio)).count();
        let made = highest.len();
        // Stopped at the data set that made it enough, which is then the last: the observed one is not counted.
        let stopped = enough.is_some_and(|e| e > 0 && above >= e) && highest.last().is_some_and(|h| at_least(*h, f.log_ratio));
        let p_value = if stopped { above as f64 / made as f64 } else { (above + 1) as f64 / (made + 1) as f64 };
        let cases = f64::from(f.cases);
        let outside = (total - cases) / (total - f.expected);
        Cluster {
            centre: f.centre,
            places: zones.places[..f.places].iter().map(|p| *p as usize).collect(),
            radius: zones.distances[f.places - 1],
            first: f.first,
            last: f.first + f.length - 1,
            observed: f.cases,
            expected: f.expected,
            relative_risk: (outside > 0.0).then(|| cases / f.expected / outside),
            log_ratio: f.log_ratio,
            p_value,
            p_gumbel: gumbel.map(|g| g.above(f.log_ratio)),
        }
    }
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
                let space = Space::new(&at, &counts, &expected, &limits);
                let data = Maker::new(&counts, &null, &expected).make(5, 0..60);
                for highest in [
                    space.highest_of::<i16>(&data, counts.total(), limits.fewest, 2),
                    space.highest_of::<i32>(&data, counts.total(), limits.fewest, 1),
                ] {
                    for (set, highest) in highest.iter().enumerate() {
                        let mut cells = vec![0; places * steps];
                        for p in 0..places {
                            let of = data.of(p as u32).iter().filter(|c| c.0 as usize == set);
                            of.for_each(|(_, t, n)| cells[p * steps + *t as usize] += *n as u32);
                        }
                        let made = Counts::new(places, steps, cells).unwrap();
                        assert_eq!(made.total(), counts.total());
                        let found = space.found(&made, &limits, 1);
                        let all = found.first().map_or(0.0, |f| f.log_ratio);
                        assert!((highest - all).abs() < 1e-9, "{null:?} {reach:?} {set}: {highest}, not {all}");
                    }
                }
            }
        }
    }
}
