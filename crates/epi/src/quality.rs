//! The quality of a response: whom it knew before they were tested, how soon they were isolated, how much transmission that prevented.
//!
//! What is not known is not "no": a [`Share`] keeps the two apart, and its interval is of what is known. If what is not known differs from what is,
//! the share is off by up to the unknown part, and no interval says so.

use crate::gamma::{Gamma, standard_normal_quantile};
use crate::random::Random;

/// How many said yes, how many no, and of how many it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Yes.
    pub yes: usize,
    /// No.
    pub no: usize,
    /// Not known.
    pub unknown: usize,
}

impl FromIterator<Option<bool>> for Share {
    fn from_iter<T: IntoIterator<Item = Option<bool>>>(all: T) -> Self {
        let mut share = Self::default();
        for one in all {
            match one {
                Some(true) => share.yes += 1,
                Some(false) => share.no += 1,
                None => share.unknown += 1,
            }
        }
        share
    }
}

impl Share {
    /// Of how many it is known.
    pub fn known(self) -> usize {
        self.yes + self.no
    }
    /// The share of yes among what is known; none if nothing is.
    pub fn estimate(self) -> Option<f64> {
        (self.known() > 0).then(|| self.yes as f64 / self.known() as f64)
    }
    /// Wilson's interval (1927, J Am Stat Assoc 22:209) of this confidence, 0.95 as a rule; none if nothing is known.
    pub fn interval(self, confidence: f64) -> Option<(f64, f64)> {
        let p = self.estimate()?;
        let (n, z) = (self.known() as f64, standard_normal_quantile(f64::midpoint(1.0, confidence)));
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
    }
}

/// Delays of many, in one unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Delays {
    sorted: Vec<f64>,
    /// Of how many the delay is not known.
    pub unknown: usize,
}

impl FromIterator<Option<f64>> for Delays {
    fn from_iter<T: IntoIterator<Item = Option<f64>>>(all: T) -> Self {
        let mut delays = Self::default();
        for one in all {
            match one.filter(|d| d.is_finite()) {
                Some(d) => delays.sorted.push(d),
                None => delays.unknown += 1,
            }
        }
        delays.sorted.sort_by(f64::total_cmp);
        delays
    }
}

impl Delays {
    /// Of how many the delay is known.
    pub fn known(&self) -> usize {
        self.sorted.len()
    }
    /// A quantile, 0 to 1, between two delays in proportion (type 7 of Hyndman & Fan 1996, as in R); none if no delay is known.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        quantile(&self.sorted, p)
    }
    /// The mean.
    pub fn mean(&self) -> Option<f64> {
        (!self.sorted.is_empty()).then(|| self.sorted.iter().sum::<f64>() / self.sorted.len() as f64)
    }
    /// How many had a delay of at most so much; negative delays are within.
    pub fn within(&self, most: f64) -> Share {
        let yes = self.sorted.partition_point(|d| *d <= most);
        Share { yes, no: self.sorted.len() - yes, unknown: self.unknown }
    }
}

fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let at = (sorted.len().checked_sub(1)? as f64) * p.clamp(0.0, 1.0);
    let (below, above) = (sorted[at as usize], sorted[at.ceil() as usize]);
    Some(below + (above - below) * at.fract())
}

/// How infectious a case is over time, relative to its onset.
#[derive(Debug, Clone, PartialEq)]
pub enum Profile {
    /// A gamma distribution that begins so many days before onset.
    ShiftedGamma {
        /// Of the time since the begin, days.
        gamma: Gamma,
        /// Days before onset.
        shift: f64,
    },
    /// The generation time less the incubation period, taken to be independent of each other. (Who has a long incubation infects later: the
    /// profile is then narrower than this.)
    Generation {
        /// Generation time, days.
        generation: Gamma,
        /// Incubation periods, days: equally probable ones.
        incubation: Vec<f64>,
    },
}

/// Equally probable incubation periods with which a distribution is stood for.
const POINTS: usize = 400;

impl Profile {
    /// COVID-19 of 2020: He et al. 2020 (Nat Med 26:672) after the author correction of August 2020 (Nat Med 26:1491): 44 % of transmission before
    /// onset, most infectious at onset. Shape 20.516508, rate 1.592124, begin 12.272481 days before onset, from their published code.
    pub fn he_2020() -> Self {
        Self::ShiftedGamma { gamma: Gamma { shape: 20.516_508, scale: 1.0 / 1.592_124 }, shift: 12.272_481 }
    }
    /// From the distributions of the generation time and the incubation period.
    pub fn of_generation(generation: Gamma, incubation: Gamma) -> Self {
        let points = (0..POINTS).map(|n| incubation.quantile((n as f64 + 0.5) / POINTS as f64)).collect();
        Self::Generation { generation, incubation: points }
    }
    /// The share of transmission up to so many days after onset (negative: before it), if nothing stops it.
    pub fn before(&self, days: f64) -> f64 {
        match self {
            Self::ShiftedGamma { gamma, shift } => gamma.cdf(days + shift),
            Self::Generation { generation, incubation } => {
                incubation.iter().map(|i| generation.cdf(days + i)).sum::<f64>() / incubation.len() as f64
            }
        }
    }
}

/// How transmission that was prevented is reckoned.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumptions {
    /// Infectiousness over time, the same for every case.
    pub profile: Profile,
    /// The share of transmission that goes on in isolation: 0 if it is complete.
    pub leak: f64,
    /// Samples of the cases, with replacement, for the interval.
    pub samples: usize,
    /// The same seed gives the same interval.
    pub seed: u64,
}

/// The share of transmission that isolation prevented.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prevented {
    /// Mean over the cases of which it is known: what lies after their isolation, less the leak.
    pub share: f64,
    /// 95 % interval of the mean for other cases like these: percentiles of the bootstrap (Efron 1979, Ann Stat 7:1). The profile is taken as
    /// given: what is not known of it is not in the interval.
    pub interval: (f64, f64),
    /// Cases of which it is known.
    pub known: usize,
    /// Cases of which it is not.
    pub unknown: usize,
}

/// The share of the cases' transmission that lies after their isolation, by days from onset to isolation (negative: before onset). Every case counts
/// the same: it would have infected as many as any other. None if nothing is known.
pub fn prevented(onset_to_isolation: &[Option<f64>], a: &Assumptions) -> Option<Prevented> {
    let known: Vec<f64> =
        onset_to_isolation.iter().flatten().filter(|d| d.is_finite()).map(|d| (1.0 - a.profile.before(*d)) * (1.0 - a.leak)).collect();
    let n = known.len();
    if n == 0 {
        return None;
    }
    let mean = |of: &mut dyn Iterator<Item = f64>| of.sum::<f64>() / n as f64;
    let mut rng = Random::new(a.seed, 0);
    let mut any = || known[(rng.uniform() * n as f64) as usize % n];
    let mut means: Vec<f64> = (0..a.samples).map(|_| mean(&mut (0..n).map(|_| any()))).collect();
    means.sort_by(f64::total_cmp);
    let share = mean(&mut known.iter().copied());
    let interval = (quantile(&means, 0.025).unwrap_or(share), quantile(&means, 0.975).unwrap_or(share));
    Some(Prevented { share, interval, known: n, unknown: onset_to_isolation.len() - n })
}
