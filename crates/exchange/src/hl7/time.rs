//! Times: `YYYYMMDD[HH[MM[SS[.S…]]]][±ZZZZ]`, as precise as they are written.

use crate::Problem;
use crate::problem::shown;
use quell_foundation::{Day, EventTime, Instant, UtcOffset};

fn cut(text: &str) -> (&str, Option<&str>) {
    match text.find(['+', '-']) {
        Some(i) => (&text[..i], Some(&text[i..])),
        None => (text, None),
    }
}

/// The offset that a time names.
pub(super) fn offset_of(text: &str) -> Option<UtcOffset> {
    let zone = cut(text).1?;
    let digits = zone.get(1..).filter(|d| d.len() == 4 && d.bytes().all(|b| b.is_ascii_digit()))?;
    let (h, m): (i16, i16) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let minutes = h * 60 + m;
    (m < 60 && minutes <= 18 * 60).then_some(UtcOffset(if zone.starts_with('-') { -minutes } else { minutes }))
}

/// A time; none if nothing is written, or only a year or a month, which says too little to keep.
pub(super) fn event(text: &str, default: UtcOffset, at: impl FnOnce() -> String) -> Result<Option<EventTime>, Problem> {
    let (local, zone) = cut(text.trim());
    let (digits, fraction) = local.split_once('.').unwrap_or((local, ""));
    if local.is_empty() && zone.is_none() {
        return Ok(None);
    }
    let offset = if zone.is_some() { offset_of(text.trim()) } else { Some(default) };
    let read = || {
        let offset = offset?;
        if !digits.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
            || !fraction.is_empty() && digits.len() != 14
            || fraction.len() > 6
        {
            return None;
        }
        let date = format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6).unwrap_or("01"), digits.get(6..8).unwrap_or("01"));
        let time = match digits.len() {
            4 | 6 | 8 => String::new(),
            10 => format!("T{}", &digits[8..]),
            12 => format!("T{}:{}:00", &digits[8..10], &digits[10..]),
            14 if fraction.is_empty() => format!("T{}:{}:{}", &digits[8..10], &digits[10..12], &digits[12..]),
            14 => format!("T{}:{}:{}.{fraction}", &digits[8..10], &digits[10..12], &digits[12..]),
            _ => return None,
        };
        let (sign, m) = (if offset.0 < 0 { '-' } else { '+' }, offset.0.unsigned_abs());
        let time: EventTime = format!("{date}{time}{sign}{:02}:{:02}", m / 60, m % 60).parse().ok()?;
        Some((digits.len() >= 8).then_some(time))
    };
    read().ok_or_else(|| {
        let given = shown(text);
        Problem::new(
            at(),
            "hl7.time",
            format!("'{given}' is not a time; write it like 20221126081500+0800"),
            format!("“{given}”不是时间；请写成 20221126081500+0800"),
        )
    })
}

/// A day; none if only a year or a month is written.
pub(super) fn day(text: &str, at: impl FnOnce() -> String) -> Result<Option<Day>, Problem> {
    Ok(event(text, UtcOffset(0), at)?.map(|t| t.at.day(t.offset)))
}

/// A time as a message writes it.
pub(super) fn write(at: Instant, offset: UtcOffset) -> String {
    let text = at.at_offset(offset);
    let digits: String = text.chars().take(19).filter(char::is_ascii_digit).collect();
    let (sign, m) = (if offset.0 < 0 { '-' } else { '+' }, offset.0.unsigned_abs());
    format!("{digits}{sign}{:02}{:02}", m / 60, m % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_the_precision_that_is_written() {
        let read = |s: &str| event(s, UtcOffset::CHINA, String::new).map(|t| t.map(|t| t.to_string()));
        for (given, time) in [
            ("20221126", Some("2022-11-26+08:00")),
            ("2022112608", Some("2022-11-26T08+08:00")),
            ("202211260815", Some("2022-11-26T08:15:00+08:00")),
            ("20221126081530.25-0330", Some("2022-11-26T08:15:30.25-03:30")),
            ("202211", None),
            ("2022", None),
            ("", None),
        ] {
            assert_eq!(read(given), Ok(time.map(str::to_owned)), "{given}");
        }
        for bad in [
            "2022113",
            "20221326",
            "26/11/2022",
            "2022-11-26",
            "20221126+08",
            "20221126081530.1234567",
            "202211260815.5",
            "+0800",
            "２０２２",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let t: EventTime = "2022-11-26T08:15:30.5+08:00".parse().unwrap();
        assert_eq!(write(t.at, t.offset), "20221126081530+0800");
    }
}
