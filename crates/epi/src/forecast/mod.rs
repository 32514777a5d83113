//! What comes next: cases by day and channel of discovery, tests, beds, days to zero community-found cases, and how good such forecasts were.
//!
//! Cases follow the renewal equation with R going on from the last day as it went until then; a share of them that walks is found in each
//! channel. Everything is told by samples of whole futures, so that what depends on several days, such as three days of none, is right, too.

mod baseline;
mod beds;
mod cases;
mod change;
mod draw;
mod rolling;
mod share;
mod testing;
mod trend;
mod walk;
mod weekday;
mod zero;

pub use baseline::{Baseline, DRIFT_DAYS};
pub use beds::Kind;
pub use cases::{Fitted, KEPT_ABOVE, KEPT_BELOW, NOWHERE, Past, fit};
pub use change::{Change, Factor, Stated};
pub use draw::Draw;
pub use rolling::{Method, PIT_BINS, Rolling, Score, rolling, rolling_as_known};
pub use share::{DRIFT_KEPT, Shares, fit as fit_shares};
pub use testing::Plan;
pub use trend::{Trend, Way};
pub use walk::{Ahead, Path};
pub use weekday::{CHANCE, factors as weekday_factors};
pub use zero::{Days, Definition};

use crate::interval::SerialInterval;
use crate::nowcast::Completeness;
use crate::scores::Quantiles;
use walk::Walk;

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
    /// The counts of a channel from a day on, 0 where the channels are not those of all cases.
    fn reported_of(&self, channel: usize, from: usize) -> Vec<f64> {
        self.counts_of(channel).into_iter().skip(from).map(|n| n.unwrap_or(0.0)).collect()
    }
    /// Cases of every day; what is not known lies between the known ones.
    pub fn cases(&self) -> Vec<f64> {
        cases::bridged(self.past.counts())
    }
}

/// Drawn futures.
#[derive(Debug, Clone, PartialEq)]
pub struct Futures {
    /// Days of the past whose counts are complete; of those after it each future has its own.
    pub complete: usize,
    /// All cases.
    pub paths: Vec<Path>,
    /// By channel, by path, by day ahead.
    pub channels: Vec<Vec<Vec<f64>>>,
    /// By channel, by path: the last days of the past that are not complete, completed.
    pub recent: Vec<Vec<Vec<f64>>>,
}

impl Futures {
    /// Cases by path, by day ahead.
    pub fn cases(&self) -> Vec<Vec<f64>> {
        self.paths.iter().map(|p| p.cases.clone()).collect()
    }
    /// Cases by path, by day from the first one that is not complete.
    pub fn since_complete(&self) -> Vec<Vec<f64>> {
        self.paths.iter().map(|p| [&p.recent[..], &p.cases].concat()).collect()
    }
}

/// Draws futures. The last days may not be complete: those not reported yet are taken to fall to the channels as all of those days do.
pub fn futures(outbreak: &Outbreak, w: &SerialInterval, ahead: &Ahead<'_>, draw: &mut Draw) -> Futures {
    let past = &outbreak.past;
    let complete = past.until(ahead.late.map_or(past.days(), Completeness::from));
    let fitted = fit(&complete, w);
    let open = past.days() - complete.days();
    let paths = Walk::new(&fitted, w, open + ahead.days).paths(past, ahead, draw);
    let mut f = Futures { complete: complete.days(), paths, channels: Vec::new(), recent: Vec::new() };
    if outbreak.channels.is_empty() {
        return f;
    }
    f.channels = vec![Vec::with_capacity(ahead.samples); outbreak.channels.len()];
    f.recent = f.channels.clone();
    let shares = share::fit(&outbreak.channels);
    let reported: Vec<Vec<f64>> = (0..outbreak.channels.len()).map(|k| outbreak.reported_of(k, f.complete)).collect();
    for path in &f.paths {
        let to_come = |(t, n): (usize, &f64)| n - reported.iter().map(|r| r[t]).sum::<f64>();
        let mut split = path.recent.iter().enumerate().map(to_come).map(|n| n.max(0.0)).collect::<Vec<_>>();
        split.extend(&path.cases);
        let shift = ahead.stated.first_channel(past.days(), ahead.days, draw);
        for (k, mut one) in shares.draw(&split, open, &shift, draw).into_iter().enumerate() {
            f.channels[k].push(one.split_off(open));
            one.iter_mut().zip(&reported[k]).for_each(|(n, r)| *n += r);
            f.recent[k].push(one);
        }
    }
    f
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
