//! Numbers with a possible range in their type, so that an impossible one is refused wherever it is read.

use quell_foundation::{Celsius, Span};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident($inner:ty), $min:expr, $max:expr, $unit:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64")]
        pub struct $name(pub $inner);
        impl TryFrom<f64> for $name {
            type Error = String;
            fn try_from(v: f64) -> Result<Self, String> {
                if !(f64::from($min)..=f64::from($max)).contains(&v) {
                    return Err(format!("{v} {} is impossible: it must lie between {} and {}", $unit, $min, $max));
                }
                let inner = v as $inner;
                if f64::from(inner) != v {
                    return Err(format!("{v} {} is impossible: a whole number is expected", $unit));
                }
                Ok(Self(inner))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
    };
}

bounded!(/// A number of days or the number of a day, 1 to 365. Day 1 is the day after the last exposure or the day the schedule begins.
    Days(u32), 1, 365, "days");
bounded!(/// How long data is kept, 1 day to 30 years.
    KeepDays(u32), 1, 10_958, "days");
bounded!(/// How many people may share a tube, 1 to 20.
    PoolSize(u32), 1, 20, "people a tube");
bounded!(/// A count of things or people, 1 to 1,000,000.
    Count(u32), 1, 1_000_000, "things");
bounded!(/// How often a day, 1 to 24.
    PerDay(u32), 1, 24, "times a day");
bounded!(/// An age in completed years, 0 to 120.
    Age(u32), 0, 120, "years");
bounded!(/// A share in percent, 0 to 100.
    Percent(f64), 0.0, 100.0, "percent");
bounded!(/// A ratio, 0.001 to 1,000,000.
    Ratio(f64), 0.001, 1_000_000.0, "to one");

/// A length of time above zero and at most one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Span")]
pub struct Limit(pub Span);

impl TryFrom<Span> for Limit {
    type Error = String;
    fn try_from(s: Span) -> Result<Self, String> {
        if s <= Span(0) {
            return Err(format!("a span of {s} is impossible: it must be longer than nothing"));
        }
        if s > Span::days(365) {
            return Err(format!("a span of {s} is impossible: it must not exceed 365d"));
        }
        Ok(Self(s))
    }
}
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A range of temperatures in degrees Celsius, coldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Celsius, Celsius)", into = "(Celsius, Celsius)")]
pub struct TemperatureRange {
    /// Coldest allowed.
    pub coldest: Celsius,
    /// Warmest allowed.
    pub warmest: Celsius,
}

impl TryFrom<(Celsius, Celsius)> for TemperatureRange {
    type Error = String;
    fn try_from((coldest, warmest): (Celsius, Celsius)) -> Result<Self, String> {
        if coldest > warmest {
            return Err(format!("the coldest temperature ({coldest}) is above the warmest ({warmest})"));
        }
        Ok(Self { coldest, warmest })
    }
}
impl From<TemperatureRange> for (Celsius, Celsius) {
    fn from(r: TemperatureRange) -> Self {
        (r.coldest, r.warmest)
    }
}

/// How often someone is tested: `tests` in every `days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawFrequency")]
pub struct Frequency {
    /// Tests in each period.
    pub tests: u32,
    /// Length of the period in days.
    pub days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFrequency {
    tests: u32,
    days: u32,
}

impl TryFrom<RawFrequency> for Frequency {
    type Error = String;
    fn try_from(r: RawFrequency) -> Result<Self, String> {
        let RawFrequency { tests, days } = r;
        if !(1..=365).contains(&days) {
            return Err(format!("a period of {days} days is impossible: it must lie between 1 and 365"));
        }
        if tests == 0 || tests > days.saturating_mul(3) {
            return Err(format!("{tests} tests in {days} days is impossible: at least 1, at most 3 a day"));
        }
        Ok(Self { tests, days })
    }
}
impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} d", self.tests, self.days)
    }
}

/// When a case can infect, in days before and after a reference day (symptom onset, for measles rash onset).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawWindow")]
pub struct InfectiousWindow {
    /// Days before the reference day.
    pub before: f64,
    /// Days after the reference day.
    pub after: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWindow {
    before: f64,
    after: f64,
}

impl TryFrom<RawWindow> for InfectiousWindow {
    type Error = String;
    fn try_from(r: RawWindow) -> Result<Self, String> {
        let RawWindow { before, after } = r;
        let fine = |v: f64| (0.0..=365.0).contains(&v);
        if !fine(before) || !fine(after) || before + after <= 0.0 {
            return Err(format!("{before} days before to {after} days after is impossible: each 0 to 365, not both 0"));
        }
        Ok(Self { before, after })
    }
}

/// Two numbers, low first: a range or an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(f64, f64)", into = "(f64, f64)")]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl TryFrom<(f64, f64)> for Interval {
    type Error = String;
    fn try_from((low, high): (f64, f64)) -> Result<Self, String> {
        if !(low.is_finite() && high.is_finite() && 0.0 <= low && low <= high && high > 0.0) {
            return Err(format!("[{low}, {high}] is no possible range: 0 ≤ low ≤ high and high > 0"));
        }
        Ok(Self { low, high })
    }
}
impl From<Interval> for (f64, f64) {
    fn from(i: Interval) -> Self {
        (i.low, i.high)
    }
}
