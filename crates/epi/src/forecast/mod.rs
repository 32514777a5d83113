//! What comes next: cases by day and channel of discovery, tests, beds, days to zero community-found cases, and how good such forecasts were.
//!
//! Cases follow the renewal equation with R going on from the last day as it went until then; a share of them that walks is found in each
//! channel. Everything is told by samples of whole futures, so that what depends on several days, such as three days of none, is right, too.

mod baseline;
mod beds;
mod cases;
mod draw;
mod rolling;
mod share;
mod testing;
mod trend;
mod weekday;
mod zero;

pub use baseline::{Baseline, DRIFT_DAYS};
pub use beds::Kind;
pub use cases::{Fitted, KEPT_ABOVE, KEPT_BELOW, NOWHERE, Past, Path, fit};
pub use draw::Draw;
pub use rolling::{Method, PIT_BINS, Rolling, Score, rolling};
pub use share::{DRIFT_KEPT, Shares, fit as fit_shares};
pub use testing::Plan;
pub use trend::{Trend, Way};
pub use weekday::{CHANCE, factors as weekday_factors};
pub use zero::{Days, Definition};

use crate::interval::SerialInterval;
use crate::scores::Quantiles;

/// A series and how it is split.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbreak {
    /// All cases by day.
    pub past: Past,
    /// Cases by channel, of the same days; empty if they are not told apart. They may be those of a part only: the shares are learnt from them.
    pub channels: Vec<Vec<Option<f64>>>,
}

/// What the channels of a day may lack of all its cases and still be all of them: figures of two announcements seldom fit to the last case.
const WHOLE: f64 = 0.98;

impl Outbreak {
    /// As it was known after so many days, without days at the end of which nothing is known.
    pub fn until(&self, days: usize) -> Self {
        let past = self.past.until(days);
        let channels = self.channels.iter().map(|c| c[..past.days().min(c.len())].to_vec()).collect();
        Self { past, channels }
    }
    /// The counts of a channel on the days on which the channels are those of all cases, not of a part; unknown on all others.
    pub fn counts_of(&self, channel: usize) -> Vec<Option<f64>> {
        let whole = |t: usize| {
            let all: Option<f64> = self.channels.iter().map(|c| c.get(t).copied().flatten()).sum();
            all.zip(self.past.counts()[t]).is_some_and(|(sum, cases)| sum >= WHOLE * cases)
        };
        (0..self.past.days()).map(|t| self.channels.get(channel)?.get(t).copied().flatten().filter(|_| whole(t))).collect()
    }
    /// Cases of every day; what is not known lies between the known ones.
    pub fn cases(&self) -> Vec<f64> {
        cases::bridged(self.past.counts())
    }
}

/// Drawn futures.
#[derive(Debug, Clone, PartialEq)]
pub struct Futures {
    /// All cases.
    pub paths: Vec<Path>,
    /// By channel, by path, by day.
    pub channels: Vec<Vec<Vec<f64>>>,
}

impl Futures {
    /// Cases by path, by day.
    pub fn cases(&self) -> Vec<Vec<f64>> {
        self.paths.iter().map(|p| p.cases.clone()).collect()
    }
}

/// Draws futures of so many days.
pub fn futures(outbreak: &Outbreak, w: &SerialInterval, days: usize, samples: usize, draw: &mut Draw) -> Futures {
    let paths = fit(&outbreak.past, w).paths(w, days, samples, draw);
    let mut channels = vec![Vec::with_capacity(samples); outbreak.channels.len()];
    if !channels.is_empty() {
        let shares = share::fit(&outbreak.channels);
        for path in &paths {
            for (all, one) in channels.iter_mut().zip(shares.draw(&path.cases, draw)) {
                all.push(one);
            }
        }
    }
    Futures { paths, channels }
}

/// What samples say of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Mean.
    pub mean: f64,
    /// Quantiles at the levels of the forecast hubs, with the 50, 80 and 95 % intervals among them.
    pub quantiles: Quantiles,
}

/// What samples say of a day (from 0); none if there are no samples of it.
pub fn told(paths: &[Vec<f64>], day: usize) -> Option<Told> {
    let of: Vec<f64> = paths.iter().filter_map(|p| p.get(day)).copied().collect();
    Some(Told { mean: of.iter().sum::<f64>() / of.len() as f64, quantiles: Quantiles::of_samples(&of)? })
}
