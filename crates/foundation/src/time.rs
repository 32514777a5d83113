//! Times: what was recorded (an instant) and when things happened (with offset and precision).

use jiff::{Timestamp, civil, tz::Offset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not a time or a span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not a {what}; write it like {example}")]
pub struct BadTime {
    /// What was wanted.
    pub what: &'static str,
    /// What was given.
    pub given: String,
    /// How it should look.
    pub example: &'static str,
}

/// Years that PostgreSQL and JSON write alike. Others are nothing that anyone means, and would stop whatever has to store them.
const STORABLE: std::ops::RangeInclusive<i16> = 1..=9998;
/// Years in which something that is told can have happened: deadlines are counted from it and stay storable.
const TOLD: std::ops::RangeInclusive<i16> = 1800..=2999;

/// A moment in microseconds since 1970-01-01T00:00:00Z. Written as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Instant(pub i64);

impl Instant {
    /// This moment plus a span.
    pub fn plus(self, s: Span) -> Self {
        Self(self.0.saturating_add(s.0.saturating_mul(1_000_000)))
    }
    /// The time from `earlier` to this moment, negative if this is before it.
    pub fn since(self, earlier: Instant) -> Span {
        Span(self.0.saturating_sub(earlier.0).div_euclid(1_000_000))
    }
    /// The calendar day at this offset.
    pub fn day(self, offset: UtcOffset) -> Day {
        Day(self.0.div_euclid(1_000_000).saturating_add(i64::from(offset.0) * 60).div_euclid(86_400) as i32)
    }
    /// RFC 3339 text at this offset.
    pub fn at_offset(self, offset: UtcOffset) -> String {
        EventTime { at: self, offset, precision: Precision::Exact }.to_string()
    }
}
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(t) => t.fmt(f),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl std::str::FromStr for Instant {
    type Err = BadTime;
    fn from_str(s: &str) -> Result<Self, BadTime> {
        let bad = || BadTime { what: "time", given: s.into(), example: "2022-11-26T08:15:00+08:00" };
        let t: Timestamp = s.parse().map_err(|_| bad())?;
        if !STORABLE.contains(&Offset::UTC.to_datetime(t).year()) {
            return Err(bad());
        }
        Ok(Self(t.as_microsecond()))
    }
}
impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
impl JsonSchema for Instant {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

/// An offset from UTC in minutes (China: 480).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct UtcOffset(pub i16);

impl UtcOffset {
    /// UTC+8, the time of the whole of China.
    pub const CHINA: UtcOffset = UtcOffset(480);
}

/// How exactly a time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// To the second or better.
    Exact,
    /// To the hour.
    Hour,
    /// To the day.
    Day,
}

/// When something happened, as the sender said it: with the sender's offset and the precision that the text itself shows.
/// `2022-11-26T08:15:00+08:00` is exact, `2022-11-26T08+08:00` is known to the hour, `2022-11-26+08:00` to the day.
/// `at` is the beginning of the interval that the text names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventTime {
    /// The moment (or the beginning of the hour or day).
    pub at: Instant,
    /// The sender's offset.
    pub offset: UtcOffset,
    /// How exactly it is known.
    pub precision: Precision,
}

impl EventTime {
    /// An exact time at an offset.
    pub fn exact(at: Instant, offset: UtcOffset) -> Self {
        Self { at, offset, precision: Precision::Exact }
    }
    /// How long the interval is that the text names: nothing, an hour, a day.
    pub const fn width(self) -> Span {
        match self.precision {
            Precision::Exact => Span(0),
            Precision::Hour => Span::hours(1),
            Precision::Day => Span::days(1),
        }
    }
    /// The end of the interval that the text names.
    pub fn end(self) -> Instant {
        self.at.plus(self.width())
    }
}
impl fmt::Display for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = Offset::from_seconds(i32::from(self.offset.0) * 60).unwrap_or(Offset::UTC);
        let Ok(ts) = Timestamp::from_microsecond(self.at.0) else { return write!(f, "{}us", self.at.0) };
        let dt = offset.to_datetime(ts);
        let (sign, m) = (if self.offset.0 < 0 { '-' } else { '+' }, self.offset.0.unsigned_abs());
        match self.precision {
            Precision::Exact => write!(f, "{dt}")?,
            Precision::Hour => write!(f, "{}T{:02}", dt.date(), dt.hour())?,
            Precision::Day => write!(f, "{}", dt.date())?,
        }
        write!(f, "{sign}{:02}:{:02}", m / 60, m % 60)
    }
}
impl fmt::Debug for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl std::str::FromStr for EventTime {
    type Err = BadTime;
    fn from_str(s: &str) -> Result<Self, BadTime> {
        let bad = || BadTime { what: "time with offset", given: s.into(), example: "2022-11-26T08:15:00+08:00" };
        if !s.is_ascii() || s.len() < 11 || !is_dated(s.as_bytes()) {
            return Err(bad());
        }
        let (local, offset) = match s.strip_suffix('Z') {
            Some(local) => (local, 0i16),
            None => {
                let (local, off) = s.split_at(s.len().saturating_sub(6));
                (local, minutes(off.as_bytes()).ok_or_else(bad)?)
            }
        };
        // The library would pass over an offset or a zone that stands before this one.
        if local.get(10..).is_none_or(|time| time.contains(['+', '-', '['])) {
            return Err(bad());
        }
        let (dt, precision) = match local.len() {
            10 => (local.parse::<civil::Date>().map(|d| d.to_datetime(civil::Time::midnight())), Precision::Day),
            13 => (format!("{local}:00:00").parse::<civil::DateTime>(), Precision::Hour),
            _ => (local.parse::<civil::DateTime>(), Precision::Exact),
        };
        let zone = Offset::from_seconds(i32::from(offset) * 60).map_err(|_| bad())?;
        let dt = dt.ok().filter(|dt| TOLD.contains(&dt.year())).ok_or_else(bad)?;
        let at = zone.to_timestamp(dt).map_err(|_| bad())?;
        Ok(Self { at: Instant(at.as_microsecond()), offset: UtcOffset(offset), precision })
    }
}
/// Begins with a date of ten characters, as in `2022-11-26`.
fn is_dated(s: &[u8]) -> bool {
    s.iter().take(10).enumerate().all(|(i, b)| if matches!(i, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() })
}

/// The minutes of an offset such as `+08:00`, at most 18 hours.
fn minutes(offset: &[u8]) -> Option<i16> {
    let digit = |b: u8| b.is_ascii_digit().then(|| i16::from(b - b'0'));
    let [sign, h1, h0, b':', m1, m0] = *offset else { return None };
    let (h, m) = (digit(h1)? * 10 + digit(h0)?, digit(m1)? * 10 + digit(m0)?);
    let minutes = Some(h * 60 + m).filter(|n| m < 60 && *n <= 18 * 60)?;
    match sign {
        b'+' => Some(minutes),
        b'-' => Some(-minutes),
        _ => None,
    }
}

impl Serialize for EventTime {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for EventTime {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
impl JsonSchema for EventTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventTime".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "ISO 8601 with offset; exact (2022-11-26T08:15:00+08:00), to the hour (2022-11-26T08+08:00) or to the day (2022-11-26+08:00)"})
    }
}

/// A calendar day, as days since 1970-01-01. Written `2022-11-26`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Day {
    /// The day that is `n` days later (or earlier, if negative).
    pub fn plus(self, n: i32) -> Day {
        Day(self.0.saturating_add(n))
    }
    /// Midnight at the beginning of this day at this offset.
    pub fn start(self, offset: UtcOffset) -> Instant {
        Instant((i64::from(self.0) * 86_400 - i64::from(offset.0) * 60) * 1_000_000)
    }
}
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(i64::from(self.0) * 86_400) {
            Ok(t) => Offset::UTC.to_datetime(t).date().fmt(f),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl std::str::FromStr for Day {
    type Err = BadTime;
    fn from_str(s: &str) -> Result<Self, BadTime> {
        let bad = || BadTime { what: "day", given: s.into(), example: "2022-11-26" };
        let d: civil::Date = s.parse().ok().filter(|d: &civil::Date| STORABLE.contains(&d.year())).ok_or_else(bad)?;
        let at = Offset::UTC.to_timestamp(d.to_datetime(civil::Time::midnight())).map_err(|_| bad())?;
        Ok(Day(at.as_second().div_euclid(86_400) as i32))
    }
}
impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date"})
    }
}

/// A length of time in whole seconds. Written `90s`, `30min`, `2h`, `7d`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span(pub i64);

impl Span {
    /// This many minutes.
    pub const fn minutes(n: i64) -> Self {
        Self(n * 60)
    }
    /// This many hours.
    pub const fn hours(n: i64) -> Self {
        Self(n * 3600)
    }
    /// This many days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self(n * 86_400)
    }
    /// As whole seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("0s"),
            s if s % 86_400 == 0 => write!(f, "{}d", s / 86_400),
            s if s % 3600 == 0 => write!(f, "{}h", s / 3600),
            s if s % 60 == 0 => write!(f, "{}min", s / 60),
            s => write!(f, "{s}s"),
        }
    }
}
impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl std::str::FromStr for Span {
    type Err = BadTime;
    fn from_str(s: &str) -> Result<Self, BadTime> {
        let bad = || BadTime { what: "span of time", given: s.into(), example: "30min, 2h or 7d" };
        let cut = s.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
        let n: i64 = s[..cut].trim().parse().map_err(|_| bad())?;
        let unit = match &s[cut..] {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(bad()),
        };
        n.checked_mul(unit).map(Span).ok_or_else(bad)
    }
}
impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
impl JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "a length of time such as 30min, 2h, 7d"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn event_times_keep_offset_and_precision() {
        for s in ["2022-11-26T08:15:00+08:00", "2022-11-26T08+08:00", "2022-11-26+08:00", "2022-11-26T08:15:00.5-03:30"] {
            let t: EventTime = s.parse().unwrap();
            assert_eq!(t.to_string(), s);
        }
        assert!("2022-11-26T08:15:00".parse::<EventTime>().is_err(), "an offset is required");
        assert!("2022-13-26T08:15:00+08:00".parse::<EventTime>().is_err());
    }

    #[test]
    fn only_one_offset_of_two_digits_each_is_read() {
        for s in [
            "2022-11-26+999:9",
            "2022-11-26+-9:00",
            "2022-11-26+08:60",
            "2022-11-26+18:01",
            "2022-11-26T08:15:00-04:00+08:00",
            "2022-11-26T08:15:00[Asia/Shanghai]+08:00",
            "20221126T0815+08:00",
        ] {
            assert!(s.parse::<EventTime>().is_err(), "{s}");
        }
        assert!("2022-11-26T08:15:00-18:00".parse::<EventTime>().is_ok());
    }

    #[test]
    fn years_that_nothing_can_store_are_refused() {
        for s in ["0000-12-31", "-005000-01-01", "9999-01-01", "+012022-01-01"] {
            assert!(s.parse::<Day>().is_err() && format!("{s}T08:00:00Z").parse::<Instant>().is_err(), "{s}");
            assert!(format!("{s}+08:00").parse::<EventTime>().is_err(), "{s}");
        }
        assert!("1799-12-31+08:00".parse::<EventTime>().is_err() && "3000-01-01+08:00".parse::<EventTime>().is_err());
        assert!("1849-01-01".parse::<Day>().is_ok());
        assert_eq!(Instant(0).plus(Span(i64::MAX)), Instant(i64::MAX), "no length of time ends the program");
    }

    #[test]
    fn a_day_begins_at_local_midnight() {
        let t: EventTime = "2022-11-27T00:30:00+08:00".parse().unwrap();
        assert_eq!(t.at.day(UtcOffset::CHINA).to_string(), "2022-11-27");
        assert_eq!(t.at.day(UtcOffset(0)).to_string(), "2022-11-26");
        assert_eq!(t.at.day(UtcOffset::CHINA).start(UtcOffset::CHINA).plus(Span::minutes(30)), t.at);
    }

    proptest! {
        #[test]
        fn spans_round_trip(n in -1_000_000i64..1_000_000) {
            prop_assert_eq!(Span(n).to_string().parse::<Span>().unwrap(), Span(n));
        }
        #[test]
        fn event_time_parsing_never_panics(s in "\\PC{0,40}") {
            let _ = s.parse::<EventTime>();
        }
        #[test]
        fn event_times_round_trip(us in 0i64..4_000_000_000_000_000, off in -720i16..840) {
            let t = EventTime::exact(Instant(us), UtcOffset(off));
            prop_assert_eq!(t.to_string().parse::<EventTime>().unwrap(), t);
        }
    }
}
