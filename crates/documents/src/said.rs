//! How dates, times and kinds are said in both languages.

use crate::{Ended, Restriction, Sex, Words};
use jiff::civil::DateTime;
use jiff::{Timestamp, tz::Offset};
use quell_foundation::{Day, EventTime, Precision, Span};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

fn local(t: &EventTime) -> DateTime {
    let offset = Offset::from_seconds(i32::from(t.offset.0) * 60).unwrap_or(Offset::UTC);
    // Times outside the calendar are refused at the door; here they become the limit of the calendar and not a panic.
    let limit = if t.at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_datetime(Timestamp::from_microsecond(t.at.0).unwrap_or(limit))
}

fn date(t: DateTime) -> Words {
    let month = MONTHS.get(t.month() as usize - 1).copied().unwrap_or_default();
    Words::new(format!("{}年{}月{}日", t.year(), t.month(), t.day()), format!("{} {month} {}", t.day(), t.year()))
}

/// A day.
pub(crate) fn day(day: Day) -> Words {
    date(local(&EventTime::exact(day.start(quell_foundation::UtcOffset(0)), quell_foundation::UtcOffset(0))))
}

/// A time, as exactly as it is known.
pub(crate) fn time(t: &EventTime) -> Words {
    let (at, words) = (local(t), date(local(t)));
    match t.precision {
        Precision::Day => words,
        Precision::Hour | Precision::Exact => {
            let clock = format!("{:02}:{:02}", at.hour(), at.minute());
            Words::new(format!("{} {clock}", words.zh), format!("{}, {clock}", words.en))
        }
    }
}

/// The end of something: midnight is said as 24:00 of the day that ends, for "until 1 December, 00:00" is often read as all of 1 December.
pub(crate) fn end(t: &EventTime) -> Words {
    let at = local(t);
    if t.precision == Precision::Day || (at.hour(), at.minute()) != (0, 0) {
        return time(t);
    }
    let words = date(at.yesterday().unwrap_or(at));
    Words::new(format!("{} 24:00", words.zh), format!("{}, 24:00 (midnight)", words.en))
}

/// A length of time.
pub(crate) fn span(s: Span) -> Words {
    let of = |n: i64, zh: &str, en: &str| Words::new(format!("{n}{zh}"), format!("{n} {en}{}", if n == 1 { "" } else { "s" }));
    match s.seconds() {
        s if s % 86_400 == 0 && s > 86_400 => of(s / 86_400, "天", "day"),
        s if s % 3600 == 0 => of(s / 3600, "小时", "hour"),
        s => of((s + 59) / 60, "分钟", "minute"),
    }
}

pub(crate) fn sex(s: Sex) -> Words {
    match s {
        Sex::Male => Words::new("男", "Male"),
        Sex::Female => Words::new("女", "Female"),
        Sex::Unknown => Words::new("不详", "Not known"),
    }
}

pub(crate) fn restriction(r: Restriction) -> Words {
    match r {
        Restriction::Home => Words::new("居家隔离", "Isolation at home"),
        Restriction::Central => Words::new("集中隔离", "Isolation at a central site"),
        Restriction::Hospital => Words::new("住院隔离", "Isolation in hospital"),
    }
}

pub(crate) fn ended(e: &Ended) -> Words {
    let by = |zh: &str, en: &str, by: &Words, reason: &Words| {
        let (who, why) = (by.in_language(crate::Language::English), reason.in_language(crate::Language::English));
        let (zh_who, zh_why) = (by.in_language(crate::Language::Chinese), reason.in_language(crate::Language::Chinese));
        Words::new(format!("{zh}。决定人：{zh_who}。理由：{zh_why}"), format!("{en}. Decided by: {who}. Reason: {why}"))
    };
    match e {
        Ended::ByItsEnd => Words::new("期满自行终止", "It ended by itself, at its end"),
        Ended::Lifted { by: who, reason } => by("经决定提前解除", "Lifted before its end, by decision", who, reason),
        Ended::AppealGranted { by: who, reason } => by("申诉成立，予以解除", "Lifted because an appeal was granted", who, reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_belongs_to_the_day_that_ends() {
        let end_of = |s: &str| end(&s.parse().unwrap());
        assert_eq!(end_of("2022-12-01T00:00:00+08:00"), Words::new("2022年11月30日 24:00", "30 November 2022, 24:00 (midnight)"));
        assert_eq!(end_of("2022-12-01T00:01:00+08:00").zh, "2022年12月1日 00:01");
        assert_eq!(end_of("2022-12-01+08:00").en, "1 December 2022");
    }

    #[test]
    fn times_are_local_and_as_exact_as_known() {
        let time = |s: &str| time(&s.parse().unwrap());
        assert_eq!(time("2022-11-26T23:15:00Z").en, "26 November 2022, 23:15");
        assert_eq!(time("2022-11-27T07:15:00+08:00").zh, "2022年11月27日 07:15");
        assert_eq!(time("2022-11-27+08:00").zh, "2022年11月27日");
        assert_eq!(day("2024-02-29".parse().unwrap()).en, "29 February 2024");
        assert_eq!(
            self::time(&EventTime::exact(quell_foundation::Instant(i64::MAX), quell_foundation::UtcOffset::CHINA)).zh,
            "9999年12月31日 06:00"
        );
    }

    #[test]
    fn spans_are_said_in_the_largest_whole_unit() {
        assert_eq!(span(Span::hours(24)), Words::new("24小时", "24 hours"));
        assert_eq!(span(Span::days(2)).en, "2 days");
        assert_eq!(span(Span(90)).zh, "2分钟");
        assert_eq!(span(Span::hours(1)).en, "1 hour");
    }
}
