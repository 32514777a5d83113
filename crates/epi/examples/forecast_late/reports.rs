//! Reports of simulated cases that come late.

use quell_epi::delays::{Daily, Family};
use quell_epi::forecast::Outbreak;
use quell_epi::nowcast::Triangle;
use quell_epi::random::Random;

/// The longest delay, days.
pub const LONGEST: usize = 20;

/// From a case to its report: mean 4, standard deviation 3 days.
pub fn lag() -> Option<Daily> {
    let whole = Daily::of_mean_sd(Family::Gamma, 4.0, 3.0)?;
    Daily::given(&whole.as_slice()[..whole.as_slice().len().min(LONGEST + 1)])
}

/// By day, then by delay: how many cases were reported.
pub struct Reports(Vec<Vec<f64>>);

impl Reports {
    /// Each case is reported by itself.
    pub fn of(outbreak: &Outbreak, seed: u64) -> Option<Self> {
        let (lag, mut rng) = (lag()?, Random::new(seed, 1));
        let mut day = |n: &Option<f64>| {
            let (mut left, mut rest) = (n.unwrap_or(0.0), 1.0);
            let each = lag.as_slice().iter().map(|p| {
                let now = if *p >= rest { left } else { rng.binomial(left as u64, p / rest) };
                (left, rest) = (left - now, rest - p);
                now
            });
            let mut each: Vec<f64> = each.collect();
            *each.last_mut()? += left;
            Some(each)
        };
        outbreak.past.counts().iter().map(&mut day).collect::<Option<_>>().map(Self)
    }
    /// What is reported of each of the first days at the end of the last of them.
    pub fn counts(&self, days: usize) -> Vec<Option<f64>> {
        (0..days).map(|t| Some(self.0[t].iter().take(days - t).sum())).collect()
    }
    /// The triangle of the first days.
    pub fn triangle(&self, days: usize) -> Option<Triangle> {
        let cells = |t: usize| self.0[t].iter().take(days - t).enumerate().map(move |(age, n)| (t, age, Some(*n)));
        Triangle::new(days, LONGEST, 0, (0..days).flat_map(cells)).ok()
    }
}
