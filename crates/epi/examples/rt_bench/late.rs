//! Series whose cases are counted days after their infection, the latest of them not all.

use crate::ByDay;
use crate::epidemics::{Epidemic, simulated};
use quell_epi::delayed::{Input, estimate};
use quell_epi::delays::{Daily, Family};
use quell_epi::rhythm::Rhythm;
use quell_epi::simulate::Chance;

/// A series with what is known of its delays.
pub struct Late {
    /// The series; its R is that of the day of infection.
    pub epidemic: Epidemic,
    delay: Daily,
    reported: Daily,
}

/// More cases a day are no test of anything, but take their time.
const MOST: f64 = 20_000.0;

/// So many simulated epidemics, those with a day that nobody counted left out: delays of 3 to 8 days (standard deviation 1.5 to 4) until a case is
/// counted, and 2 (1.5) more until it is known.
pub fn late(seed: u64, series: usize) -> Vec<Late> {
    let mut chance = Chance::new(seed ^ 0x1a7e);
    let whole = |e: &Epidemic| e.counts.iter().all(|n| n.is_some_and(|n| n < MOST));
    let one = |epidemic: Epidemic| {
        let delay = Daily::of_mean_sd(Family::Lognormal, chance.between(3.0, 8.0), chance.between(1.5, 4.0))?;
        let reported = Daily::of_mean_sd(Family::Gamma, 2.0, 1.5)?;
        let counts = counted(&epidemic.counts, &delay, &reported, &mut chance);
        Some(Late { epidemic: Epidemic { counts, ..epidemic }, delay, reported })
    };
    simulated(seed, series, false).into_iter().filter(whole).filter_map(one).collect()
}

fn counted(infections: &[Option<f64>], delay: &Daily, reported: &Daily, chance: &mut Chance) -> Vec<Option<f64>> {
    let days = infections.len();
    let mut counts = vec![0.0; days];
    for (t, n) in infections.iter().enumerate() {
        let (mut left, mut rest) = (n.unwrap_or(0.0), 1.0);
        for (d, p) in delay.as_slice().iter().enumerate().take(days - t) {
            let came = chance.of_many(left, p / rest);
            (left, rest) = (left - came, (rest - p).max(*p));
            counts[t + d] += chance.of_many(came, reported.within(days - 1 - t - d));
        }
    }
    counts.into_iter().map(Some).collect()
}

/// By the model that knows of the delays.
pub fn looked_through(l: &Late) -> ByDay {
    let e = &l.epidemic;
    let rhythm = Rhythm::learnt(&e.counts);
    let input = Input { counts: &e.counts, interval: &e.w, delay: &l.delay, reported: &l.reported, rhythm: &rhythm };
    estimate(&input).map_or_else(|| vec![None; e.r.len()], |f| f.days.iter().map(|d| Some((d.mean, d.lo, d.hi))).collect())
}
