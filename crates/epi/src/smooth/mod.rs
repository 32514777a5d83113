//! R by day from a latent process: the logarithm of R keeps still for weeks or moves from day to day, changes from the one to the other, and now and then
//! leaps (a lockdown, a festival); the cases of a day are negative binomial around `R · Λ`. Whether it moves on a day, how far, and how much the counts
//! scatter are learnt from the series: each combination is weighed by how well it explains the counts. A walk whose steps have one of two sizes, changing
//! by a Markov chain, is Hamilton's (1989, Econometrica 57:357; Kim 1994, J Econom 60:1 for its smoother). The state is a grid, so that low counts and leaps
//! need no approximation by a normal distribution; the filter and the smoother over it are those of EpiFilter (Parag 2021, PLoS Comput Biol 17:e1009347),
//! whose walk has one fixed size and whose counts are Poisson.
//!
//! The constants were chosen on simulated epidemics (`examples/rt_bench/choosing.rs`) by the interval score (Gneiting & Raftery 2007, J Am Stat Assoc
//! 102:359): two sizes of a step, and phases in which R moves or does not, did as well as four or five, and better than a size that is the same all the time.
//! The middle 95 % of the posterior holds the true R on some 96 % of the days if the counts say that they are Poisson, on 94 to 96 % if they say that they
//! scatter: more where R keeps still, less where it swings. What is told is set right for the average ([`TAIL_POISSON`], [`TAIL_SCATTERED`]).

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
/// Standard deviation of a day's step of ln R where it keeps still: its days are nearly one level.
const STILL: f64 = 0.001;
/// The same where it moves.
const WALKS: [f64; 2] = [0.07, 0.14];
/// Probability that from one day to the next R begins to move, or ceases to: a phase lasts two months on average.
const CHANGE: f64 = 1.0 / 60.0;
/// Probability that a day's step is a leap.
const LEAPS: f64 = 0.003;
/// Mean size of a leap of ln R; it has a Laplace distribution.
const LEAP: f64 = 0.5;
/// Days of a week, over which single days' scatter is evened out.
const WEEK: usize = 7;
/// Counts are used from the day on at which so much of the serial interval lies within the series: who infected the earlier ones was not counted.
const TOLD: f64 = 0.5;
/// How much counts scatter: the negative binomial's size; the last one is a Poisson distribution.
const SIZES: [f64; 6] = [2.5, 5.0, 10.0, 20.0, 60.0, f64::INFINITY];
/// What is left out of the posterior at each end of the 95 % interval, if counts scatter as Poisson's do, and if they scatter more: with it the intervals
/// held the true R on 95 % of the days, on the average of two sets of simulated epidemics (`choosing`, where R swings often, and `simulated`, where it is
/// calmer, of `examples/rt_bench`, seed 301).
pub const TAIL_POISSON: f64 = 0.04;
/// See [`TAIL_POISSON`].
pub const TAIL_SCATTERED: f64 = 0.026;
/// What is left out of the posterior at each end of the 50 % interval, if counts scatter as Poisson's do, and if they scatter more; chosen in the
/// same way: the posterior's own middle half held the true R on some 56 and 51 % of the days.
pub const QUARTER_POISSON: f64 = 0.285;
/// See [`QUARTER_POISSON`].
pub const QUARTER_SCATTERED: f64 = 0.255;
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
    let moves = WALKS.map(|walk| Move::new(&grid, walk));
    let chances = SIZES.map(|size| Chances::new(&grid, o, size));
    let runs: Vec<_> = chances.iter().flat_map(|c| moves.iter().map(move |m| (c, m))).map(|(c, m)| (c, m, forward(&grid, m, c))).collect();
    let best = runs.iter().map(|r| r.2.ln_evidence).fold(f64::NEG_INFINITY, f64::max);
    let weight = |r: &Run| (r.ln_evidence - best).exp();
    let all: f64 = runs.iter().map(|r| weight(&r.2)).sum();
    let mut posterior = vec![[0.0; POINTS]; o.days()];
    for (c, m, run) in runs.iter().filter(|r| weight(&r.2) > NEGLIGIBLE) {
        backward(m, c, run, weight(run), &mut posterior);
    }
    let share = |size: f64| runs.iter().filter(|r| r.0.size == size).map(|r| weight(&r.2)).sum::<f64>() / all;
    let sizes: Vec<(f64, f64)> = SIZES.map(|s| (s, share(s))).to_vec();
    let poisson = sizes.last().map_or(0.0, |s| s.1);
    let mixed = |(of_poisson, of_others): (f64, f64)| of_poisson * poisson + of_others * (1.0 - poisson);
    let (tail, quarter) = (mixed((TAIL_POISSON, TAIL_SCATTERED)), mixed((QUARTER_POISSON, QUARTER_SCATTERED)));
    Smoothed { days: posterior.iter().map(|p| grid.tell(p, tail, quarter)).collect(), sizes }
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
