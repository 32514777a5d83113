//! The disease itself: how long things take and how far it spreads.

use crate::decode::section;
use crate::param::Param;
use crate::quantity::{InfectiousWindow, Interval, Percent};
use serde::{Deserialize, Serialize};

/// A distribution of a time in days, as far as its source gives it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawDistribution", into = "RawDistribution")]
pub enum Distribution {
    /// Log-normal by the mean and standard deviation of the logarithm.
    Lognormal {
        /// Mean of the logarithm.
        meanlog: f64,
        /// Standard deviation of the logarithm.
        sdlog: f64,
    },
    /// Gamma by mean and standard deviation.
    Gamma {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Only the mean is known.
    Mean {
        /// Mean.
        mean: f64,
    },
    /// Only the median is known.
    Median {
        /// Median.
        median: f64,
    },
    /// Only a range is known.
    Range {
        /// Shortest.
        low: f64,
        /// Longest.
        high: f64,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum RawDistribution {
    Lognormal { meanlog: f64, sdlog: f64 },
    Gamma { mean: f64, sd: f64 },
    Mean { mean: f64 },
    Median { median: f64 },
    Range { low: f64, high: f64 },
}

impl From<Distribution> for RawDistribution {
    fn from(d: Distribution) -> Self {
        match d {
            Distribution::Lognormal { meanlog, sdlog } => Self::Lognormal { meanlog, sdlog },
            Distribution::Gamma { mean, sd } => Self::Gamma { mean, sd },
            Distribution::Mean { mean } => Self::Mean { mean },
            Distribution::Median { median } => Self::Median { median },
            Distribution::Range { low, high } => Self::Range { low, high },
        }
    }
}

impl TryFrom<RawDistribution> for Distribution {
    type Error = String;
    fn try_from(raw: RawDistribution) -> Result<Self, String> {
        let positive = |what: &str, v: f64| {
            let fine = v.is_finite() && v > 0.0 && v <= 365.0;
            if fine { Ok(v) } else { Err(format!("a {what} of {v} days is impossible: above 0, at most 365")) }
        };
        Ok(match raw {
            RawDistribution::Lognormal { meanlog, sdlog } => {
                let fine = meanlog.is_finite() && meanlog.abs() <= 6.0 && sdlog > 0.0 && sdlog <= 3.0;
                if !fine {
                    return Err(format!("meanlog {meanlog}, sdlog {sdlog} is impossible: |meanlog| ≤ 6, 0 < sdlog ≤ 3"));
                }
                Self::Lognormal { meanlog, sdlog }
            }
            RawDistribution::Gamma { mean, sd } => Self::Gamma { mean: positive("mean", mean)?, sd: positive("standard deviation", sd)? },
            RawDistribution::Mean { mean } => Self::Mean { mean: positive("mean", mean)? },
            RawDistribution::Median { median } => Self::Median { median: positive("median", median)? },
            RawDistribution::Range { low, high } => {
                let (low, high) = (positive("shortest time", low)?, positive("longest time", high)?);
                if low > high {
                    return Err(format!("a range from {low} to {high} days is impossible: the shorter stands first"));
                }
                Self::Range { low, high }
            }
        })
    }
}

impl Distribution {
    /// Mean in days where it follows from what is known. Log-normal: exp(μ + σ²/2).
    pub fn mean_days(&self) -> Option<f64> {
        match *self {
            Self::Lognormal { meanlog, sdlog } => Some((meanlog + sdlog * sdlog / 2.0).exp()),
            Self::Gamma { mean, .. } | Self::Mean { mean } => Some(mean),
            Self::Median { .. } | Self::Range { .. } => None,
        }
    }
    /// The mean, else the median, else the middle of the range.
    pub fn middle_days(&self) -> f64 {
        match *self {
            Self::Lognormal { meanlog, sdlog } => (meanlog + sdlog * sdlog / 2.0).exp(),
            Self::Gamma { mean, .. } | Self::Mean { mean } => mean,
            Self::Median { median } => median,
            Self::Range { low, high } => f64::midpoint(low, high),
        }
    }
    /// Standard deviation in days where it follows from what is known. Log-normal: mean · √(exp(σ²) − 1).
    pub fn sd_days(&self) -> Option<f64> {
        match *self {
            Self::Lognormal { sdlog, .. } => self.mean_days().map(|m| m * ((sdlog * sdlog).exp() - 1.0).sqrt()),
            Self::Gamma { sd, .. } => Some(sd),
            Self::Mean { .. } | Self::Median { .. } | Self::Range { .. } => None,
        }
    }
}

/// z of the standard normal distribution beyond which 0.5 % lie on either side.
const Z_99: f64 = 2.575_829;

impl Distribution {
    /// Between which times 99 of 100 lie. Log-normal: exp(μ ± z·σ). Gamma: Wilson and Hilferty (PNAS 1931, doi 10.1073/pnas.17.12.684),
    /// mean·(1 − 1/9k ± z·√(1/9k))³ with k = (mean/sd)². Of a range its ends. Where only a mean or a median is known: from nothing to
    /// four times as long (an assumption: that of a gamma distribution whose standard deviation is as large as its mean would be 5.3).
    pub fn bounds_days(&self) -> (f64, f64) {
        match *self {
            Self::Lognormal { meanlog, sdlog } => ((meanlog - Z_99 * sdlog).exp(), (meanlog + Z_99 * sdlog).exp()),
            Self::Gamma { mean, sd } => {
                let ninth = (sd / mean).powi(2) / 9.0;
                let at = |z: f64| mean * (1.0 - ninth + z * ninth.sqrt()).max(0.0).powi(3);
                (at(-Z_99), at(Z_99))
            }
            Self::Mean { mean } | Self::Median { median: mean } => (0.0, 4.0 * mean),
            Self::Range { low, high } => (low, high),
        }
    }
}

/// Number of people one case infects: negative binomial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawOffspring")]
pub struct Offspring {
    /// Mean.
    pub mean: f64,
    /// Dispersion; the smaller, the more a few cases infect most.
    pub k: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOffspring {
    mean: f64,
    k: f64,
}

impl TryFrom<RawOffspring> for Offspring {
    type Error = String;
    fn try_from(r: RawOffspring) -> Result<Self, String> {
        let fine = |v: f64| v.is_finite() && v > 0.0 && v <= 100.0;
        if !fine(r.mean) || !fine(r.k) {
            return Err(format!("mean {} and k {} are impossible: both above 0, at most 100", r.mean, r.k));
        }
        Ok(Self { mean: r.mean, k: r.k })
    }
}

section! {
    /// The disease itself.
    Epidemiology {
        /// Infection → symptom onset.
        incubation: Param<Distribution>,
        /// Infection → infectious.
        latent: Option<Param<Distribution>>,
        /// Onset of a case → onset of those it infected.
        serial_interval: Option<Param<Distribution>>,
        /// Infection of a case → infection of those it infected.
        generation_time: Option<Param<Distribution>>,
        /// When a case can infect, in days around symptom onset (for measles: rash onset).
        infectious_window: Option<Param<InfectiousWindow>>,
        /// Share of transmission before symptoms, in percent.
        presymptomatic_share: Option<Param<Percent>>,
        /// Onset → death.
        onset_to_death: Option<Param<Distribution>>,
        /// Onset → discharge.
        onset_to_discharge: Option<Param<Distribution>>,
        /// Basic reproduction number.
        r0: Option<Param<Interval>>,
        /// People infected by one case.
        offspring: Option<Param<Offspring>>,
        /// Immune share that stops transmission, in percent.
        immunity_threshold: Option<Param<Percent>>,
        /// Infected share of susceptible contacts, in percent.
        secondary_attack_rate: Option<Param<Percent>>,
        /// How it is transmitted.
        transmission: Option<Param<String>>,
        /// Time for which the air of a room can infect after the case left, in words.
        exposure: Option<Param<String>>,
    }
}
