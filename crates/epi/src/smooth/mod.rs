//! R by day from a latent process: the logarithm of R walks a little each day and now and then leaps (a lockdown, a festival), and the cases of a
//! day are negative binomial around `R · Λ`. How far it walks, how often it leaps and how much the counts scatter are learnt from the series: each
//! combination is weighed by how well it explains the counts. The state is a grid, so that low counts and leaps need no approximation by a normal
//! distribution; the filter and the smoother are those of EpiFilter (Parag 2021, PLoS Comput Biol 17:e1009347), whose walk has one fixed size and
//! whose counts are Poisson.
//!
//! The middle 95 % of the posterior holds the true R on more than 95 % of the days where R keeps still for weeks, and on fewer where it swings. On 400
//! simulated epidemics of eight shapes (`examples/rt_bench`, seed 1) it was 96.5 % if counts were Poisson, 95.2 % if they scattered more; the interval
//! that is told is a little narrower ([`TAIL_POISSON`], [`TAIL_SCATTERED`]), which gives up a little where R swings.

mod grid;

use crate::cori::{PRIOR, infectivity};
use crate::gamma::Gamma;
use crate::interval::SerialInterval;
use crate::rhythm::Rhythm;
use crate::series::Incidence;
use grid::{Chances, Grid, Move, Run, backward, forward};
use statrs::function::gamma::ln_gamma;

/// R is looked for between these, and closer: by [`MARGIN`] beyond what any week's counts leave possible.
const RANGE: (f64, f64) = (0.05, 15.0);
/// See [`RANGE`].
const MARGIN: f64 = 1.4;
/// Points of the grid, evenly spaced in ln R.
const POINTS: usize = 100;
/// What ln R may be at the beginning: a normal distribution around 0 with this standard deviation.
const BEGIN: f64 = 0.7;
/// Standard deviation of a day's step of ln R.
const WALKS: [f64; 6] = [0.001, 0.005, 0.015, 0.03, 0.06, 0.1];
/// Probability that a day's step is a leap.
const LEAPS: [f64; 2] = [0.001, 0.015];
/// Mean size of a leap of ln R; it has a Laplace distribution.
const LEAP: f64 = 0.5;
/// Days of a week, over which single days' scatter is evened out.
const WEEK: usize = 7;
/// Counts are used from the day on at which so much of the serial interval lies within the series: who infected the earlier ones was not counted.
const TOLD: f64 = 0.5;
/// How much counts scatter: the negative binomial's size; the last one is a Poisson distribution.
const SIZES: [f64; 6] = [2.5, 5.0, 10.0, 20.0, 60.0, f64::INFINITY];
/// What is left out of the posterior at each end of the 95 % interval, if counts scatter as Poisson's do, and if they scatter more.
pub const TAIL_POISSON: f64 = 0.055;
/// See [`TAIL_POISSON`].
pub const TAIL_SCATTERED: f64 = 0.028;
/// What is left out of the posterior at each end of the 50 % interval, if counts scatter as Poisson's do, and if they scatter more: on the same simulated
/// epidemics the posterior's own middle half held the true R on 57 and on 54 % of the days, and with these the intervals hold it on half of them.
pub const QUARTER_POISSON: f64 = 0.285;
/// See [`QUARTER_POISSON`].
pub const QUARTER_SCATTERED: f64 = 0.27;
/// Frequent leaps are tried where rare ones have an evidence within this of the best one's logarithm.
const WORTH: f64 = 12.0;
/// Combinations that explain the counts so much worse than the best one are not smoothed: they would change nothing.
const NEGLIGIBLE: f64 = 1e-3;

/// R on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// Posterior mean.
    pub mean: f64,
    /// Lower end of the 95 % interval.
    pub lo: f64,
    /// Lower end of the 50 % interval.
    pub q25: f64,
    /// Median.
    pub median: f64,
    /// Upper end of the 50 % interval.
    pub q75: f64,
    /// Upper end of the 95 % interval.
    pub hi: f64,
}

/// What a series says of R.
#[derive(Debug, Clone, PartialEq)]
pub struct Smoothed {
    /// R by day.
    pub days: Vec<Day>,
    /// The posterior probability of each size of the negative binomial distribution; infinite: Poisson.
    pub sizes: Vec<(f64, f64)>,
    /// The posterior mean of the standard deviation of a day's step of ln R.
    pub walk: f64,
}

/// R by day. A day whose count is not known (`known` says so) is bridged; local counts are taken to follow the rhythm.
pub fn smooth(i: &Incidence, w: &SerialInterval, rhythm: &Rhythm, known: impl Fn(usize) -> bool) -> Smoothed {
    of(&Observed::new(i, w, rhythm, known))
}

/// R by day where only the sums of periods of so many days were counted, and the cases of their days are spread (see [`crate::weekly`]): a period's sum is
/// taken for one count, on its middle day.
pub fn smooth_periods(i: &Incidence, w: &SerialInterval, length: usize, known: impl Fn(usize) -> bool) -> Smoothed {
    of(&Observed::new(i, w, &Rhythm::NONE, known).summed(length.max(1)))
}

fn of(o: &Observed) -> Smoothed {
    let grid = Grid::over(o.range());
    let moves: Vec<(f64, [Move; 2])> = WALKS.map(|walk| (walk, LEAPS.map(|leap| Move::new(&grid, walk, leap)))).into();
    let chances = SIZES.map(|size| Chances::new(&grid, o, size));
    let runs = tried(&grid, &moves, &chances);
    let best = runs.iter().map(|r| r.3.ln_evidence).fold(f64::NEG_INFINITY, f64::max);
    let weight = |r: &Run| (r.ln_evidence - best).exp();
    let all: f64 = runs.iter().map(|r| weight(&r.3)).sum();
    let mut posterior = vec![[0.0; POINTS]; o.days()];
    for (c, _, m, run) in runs.iter().filter(|r| weight(&r.3) > NEGLIGIBLE) {
        backward(m, c, run, weight(run), &mut posterior);
    }
    let share = |size: f64| runs.iter().filter(|r| r.0.size == size).map(|r| weight(&r.3)).sum::<f64>() / all;
    let sizes: Vec<(f64, f64)> = SIZES.map(|s| (s, share(s))).to_vec();
    let poisson = sizes.last().map_or(0.0, |s| s.1);
    let mixed = |(of_poisson, of_others): (f64, f64)| of_poisson * poisson + of_others * (1.0 - poisson);
    let (tail, quarter) = (mixed((TAIL_POISSON, TAIL_SCATTERED)), mixed((QUARTER_POISSON, QUARTER_SCATTERED)));
    Smoothed {
        days: posterior.iter().map(|p| grid.tell(p, tail, quarter)).collect(),
        sizes,
        walk: runs.iter().map(|r| r.1 * weight(&r.3)).sum::<f64>() / all,
    }
}

/// The runs with rare leaps, and those with frequent ones where rare ones explain the counts at all.
fn tried<'a>(grid: &Grid, moves: &'a [(f64, [Move; 2])], chances: &'a [Chances]) -> Vec<(&'a Chances, f64, &'a Move, Run)> {
    let with = |leap: usize| chances.iter().flat_map(move |c| moves.iter().map(move |(walk, m)| (c, *walk, &m[leap])));
    let run = |(c, walk, m): (&'a Chances, f64, &'a Move)| (c, walk, m, forward(grid, m, c));
    let mut runs: Vec<_> = with(0).map(run).collect();
    let best = runs.iter().map(|r| r.3.ln_evidence).fold(f64::NEG_INFINITY, f64::max);
    let more: Vec<_> = with(1).zip(&runs).filter(|(_, r)| r.3.ln_evidence > best - WORTH).map(|(x, _)| x).collect();
    runs.extend(more.into_iter().map(run));
    runs
}

/// What the likelihood is made of: the local cases of a day, and how many R = 1 would bring; none where one of them is not known.
struct Observed(Vec<Option<(f64, f64)>>);

impl Observed {
    fn new(i: &Incidence, w: &SerialInterval, rhythm: &Rhythm, known: impl Fn(usize) -> bool) -> Self {
        let infectivity = infectivity(&i.even(rhythm).bridged(&known), w);
        let mut told = 0.0;
        let begin = w.as_slice().iter().position(|p| {
            told += p;
            told >= TOLD
        });
        let begin = begin.unwrap_or(1).max(1);
        let used = |(t, n): (usize, &f64)| (t >= begin && known(t) && infectivity[t] > 0.0).then_some((*n, rhythm.of(t) * infectivity[t]));
        Self(i.local().iter().enumerate().map(used).collect())
    }
    /// Each whole period as one count on its middle day.
    fn summed(&self, length: usize) -> Self {
        let mut all = vec![None; self.days()];
        for (k, period) in self.0.chunks_exact(length).enumerate() {
            all[k * length + length / 2] = period.iter().try_fold((0.0, 0.0), |sum, day| day.map(|d| (sum.0 + d.0, sum.1 + d.1)));
        }
        Self(all)
    }
    /// The least and the greatest R that some week's counts leave possible.
    fn range(&self) -> (f64, f64) {
        let weeks = self.0.windows(WEEK.min(self.days().max(1))).filter_map(|week| {
            let (n, infectivity) = week.iter().flatten().fold((0.0, 0.0), |(n, l), day| (n + day.0, l + day.1));
            let posterior = Gamma { shape: PRIOR.shape + n, scale: 1.0 / (1.0 / PRIOR.scale + infectivity) };
            (infectivity > 0.0).then(|| (posterior.quantile(1e-4), posterior.quantile(1.0 - 1e-4)))
        });
        let Some((lo, hi)) = weeks.reduce(|(lo, hi), (a, b)| (lo.min(a), hi.max(b))) else { return RANGE };
        // Not so narrow that counts of millions leave a single point, nor empty where all is beyond an end.
        let lo = (lo / MARGIN).clamp(RANGE.0, RANGE.1 / MARGIN);
        (lo, (hi * MARGIN).clamp(lo * MARGIN, RANGE.1))
    }
    fn days(&self) -> usize {
        self.0.len()
    }
    fn of(&self, t: usize) -> Option<(f64, f64)> {
        self.0.get(t).copied().flatten()
    }
}

/// The logarithm of the probability of a count: negative binomial with this mean and size, Poisson if the size is infinite.
pub(crate) fn ln_chance(n: f64, mean: f64, size: f64) -> f64 {
    let constant = if size.is_finite() { ln_gamma(n + size) - ln_gamma(size) - n * size.ln() } else { 0.0 } - ln_gamma(n + 1.0);
    let scattered = if size.is_finite() { -(n + size) * (mean / size).ln_1p() } else { -mean };
    constant + n * mean.ln() + scattered
}
