//! Dates and times as files write them.
//!
//! A format is `serial` (the day number of a spreadsheet), `rfc3339`, or a pattern of `YYYY MM DD hh mm ss` with other
//! characters standing for themselves. `MM`, `DD`, `hh`, `mm`, `ss` read one or two digits where something separates them from
//! the next number, else exactly two. A space in a pattern also reads as `T`.

use crate::message::Fault;
use quell_foundation::{Day, EventTime, Instant, Precision, UtcOffset};
use std::str::FromStr;

/// Formats of dates if the mapping names none: all those that can be read in one way only.
pub(crate) const DATE_FORMATS: &[&str] = &[
    "YYYY-MM-DD",
    "YYYY/MM/DD",
    "YYYY.MM.DD",
    "YYYYMMDD",
    "DD.MM.YYYY",
    "YYYY年MM月DD日",
    "serial",
    "YYYY-MM-DD hh:mm:ss",
    "YYYY-MM-DD hh:mm",
    "YYYY/MM/DD hh:mm:ss",
    "YYYY/MM/DD hh:mm",
    "YYYY年MM月DD日 hh:mm",
    "YYYY年MM月DD日hh时mm分",
    "YYYY年MM月DD日hh时",
    // The day that is written, wherever its offset is.
    "rfc3339",
];
/// Formats of times if the mapping names none.
pub(crate) const TIME_FORMATS: &[&str] = &[
    "rfc3339",
    "YYYY-MM-DD hh:mm:ss",
    "YYYY-MM-DD hh:mm",
    "YYYY-MM-DD",
    "YYYY/MM/DD hh:mm:ss",
    "YYYY/MM/DD hh:mm",
    "YYYY/MM/DD",
    "YYYYMMDDhhmmss",
    "YYYYMMDD hh:mm:ss",
    "YYYYMMDD",
    "DD.MM.YYYY hh:mm:ss",
    "DD.MM.YYYY hh:mm",
    "DD.MM.YYYY",
    "YYYY年MM月DD日 hh:mm",
    "YYYY年MM月DD日hh时mm分",
    "YYYY年MM月DD日hh时",
    "YYYY年MM月DD日",
    "serial",
];

/// Serial day of 1970-01-01 in the 1900 date system of spreadsheets.
const SERIAL_EPOCH: i32 = 25_569;
/// Plain numbers are taken for serial days only in this range (1927-05-18 to 2173-10-13): smaller ones are more likely years or ages.
const SERIALS: std::ops::Range<f64> = 10_000.0..100_000.0;

/// One way of writing a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DateFormat {
    Serial,
    Rfc3339,
    Pattern { text: String, tokens: Vec<Token> },
}

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// `part` indexes year, month, day, hour, minute, second.
    Number {
        part: usize,
        min: usize,
        max: usize,
    },
    Literal(char),
}

/// A day and, if the text gave it, the time of day in seconds and how exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub day: Day,
    pub seconds: u32,
    pub precision: Precision,
}

impl Moment {
    /// With the offset that a text without one has.
    pub fn at(self, offset: UtcOffset) -> EventTime {
        let start = self.day.start(offset);
        EventTime { at: Instant(start.0 + i64::from(self.seconds) * 1_000_000), offset, precision: self.precision }
    }
    /// From a spreadsheet's serial number; a whole number is a day.
    pub fn from_serial(serial: f64) -> Option<Self> {
        if !SERIALS.contains(&serial) {
            return None;
        }
        let total = (serial * 86_400.0).round() as i64;
        let (days, seconds) = (total.div_euclid(86_400) as i32, total.rem_euclid(86_400) as u32);
        let precision = if seconds == 0 { Precision::Day } else { Precision::Exact };
        Some(Self { day: Day(days - SERIAL_EPOCH), seconds, precision })
    }
}
impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.day)?;
        if self.precision != Precision::Day {
            write!(f, " {:02}:{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)?;
        }
        Ok(())
    }
}

impl FromStr for DateFormat {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "serial" => return Ok(Self::Serial),
            "rfc3339" => return Ok(Self::Rfc3339),
            _ => {}
        }
        const PARTS: [&str; 6] = ["YYYY", "MM", "DD", "hh", "mm", "ss"];
        let mut tokens = Vec::new();
        let mut rest = s;
        while let Some(c) = rest.chars().next() {
            if let Some(part) = PARTS.iter().position(|p| rest.starts_with(p)) {
                tokens.push(Token::Number { part, min: PARTS[part].len(), max: PARTS[part].len() });
                rest = &rest[PARTS[part].len()..];
            } else if c.is_ascii_alphanumeric() {
                return Err(format!("'{s}' is no date format: '{c}' is not a part of YYYY MM DD hh mm ss"));
            } else {
                tokens.push(Token::Literal(c));
                rest = &rest[c.len_utf8()..];
            }
        }
        let has = |p| tokens.iter().filter(|t| matches!(t, Token::Number { part, .. } if *part == p)).count();
        if (0..3).any(|p| has(p) != 1) || (3..6).any(|p| has(p) > 1) || (has(4) > has(3)) || (has(5) > has(4)) {
            return Err(format!("'{s}' is no date format: it needs YYYY, MM and DD once each, and hours before minutes before seconds"));
        }
        let number = |i: Option<usize>| i.and_then(|i| tokens.get(i)).is_some_and(|t| matches!(t, Token::Number { .. }));
        let loose: Vec<usize> = (0..tokens.len()).filter(|&i| !number(i.checked_sub(1)) && !number(Some(i + 1))).collect();
        for i in loose {
            if let Token::Number { part: 1.., min, .. } = &mut tokens[i] {
                *min = 1;
            }
        }
        Ok(Self::Pattern { text: s.to_owned(), tokens })
    }
}

/// What a format makes of a text.
enum Read {
    /// A moment, and the time as exactly as the text has it if it says its own offset.
    Yes(Moment, Option<EventTime>),
    /// The text has the format's shape but names no possible date.
    Impossible,
    No,
}

impl DateFormat {
    /// As written in a mapping file.
    pub fn name(&self) -> &str {
        match self {
            Self::Serial => "serial",
            Self::Rfc3339 => "rfc3339",
            Self::Pattern { text, .. } => text,
        }
    }
    fn read(&self, s: &str) -> Read {
        match self {
            Self::Serial => {
                let plain = s.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                match s.parse().ok().filter(|_| plain).and_then(Moment::from_serial) {
                    Some(m) => Read::Yes(m, None),
                    None => Read::No,
                }
            }
            Self::Rfc3339 => match s.parse::<EventTime>() {
                Ok(t) => {
                    let day = t.at.day(t.offset);
                    let seconds = (t.at.0 - day.start(t.offset).0).div_euclid(1_000_000) as u32;
                    Read::Yes(Moment { day, seconds, precision: t.precision }, Some(t))
                }
                Err(_) => Read::No,
            },
            Self::Pattern { tokens, .. } => read_pattern(tokens, s),
        }
    }
}

fn read_pattern(tokens: &[Token], s: &str) -> Read {
    let mut parts = [None::<u32>; 6];
    let mut rest = s;
    for t in tokens {
        match *t {
            Token::Literal(' ') => {
                let after = rest.trim_start();
                let after = if after.len() == rest.len() { rest.strip_prefix('T') } else { Some(after) };
                let Some(after) = after else { return Read::No };
                rest = after;
            }
            Token::Literal(c) => {
                let Some(after) = rest.strip_prefix(c) else { return Read::No };
                rest = after;
            }
            Token::Number { part, min, max } => {
                let n = rest.bytes().take(max).take_while(u8::is_ascii_digit).count();
                if n < min {
                    return Read::No;
                }
                parts[part] = rest[..n].parse().ok();
                rest = &rest[n..];
            }
        }
    }
    if !rest.is_empty() {
        return Read::No;
    }
    let [y, m, d, h, mi, s] = parts.map(|p| p.unwrap_or(0));
    if h > 23 || mi > 59 || s > 59 {
        return Read::Impossible;
    }
    let Ok(day) = format!("{y:04}-{m:02}-{d:02}").parse::<Day>() else { return Read::Impossible };
    let precision = match (parts[3], parts[4]) {
        (None, _) => Precision::Day,
        (_, None) => Precision::Hour,
        _ => Precision::Exact,
    };
    Read::Yes(Moment { day, seconds: h * 3600 + mi * 60 + s, precision }, None)
}

/// Formats that a message names.
const FORMATS_NAMED: usize = 3;

/// Reads a date or time by the formats; all that fit must agree. Without an offset in the text the offset is `offset`.
pub(crate) fn read_time(formats: &[DateFormat], text: &str, offset: UtcOffset) -> Result<(Moment, EventTime), Fault> {
    let s = crate::text::half_width(text);
    let s = s.trim();
    let mut found: Option<(Moment, EventTime, &str)> = None;
    let mut impossible = false;
    for f in formats {
        match f.read(s) {
            Read::No => {}
            Read::Impossible => impossible = true,
            Read::Yes(m, given) => {
                let t = given.unwrap_or_else(|| m.at(offset));
                if let Some((first, _, name)) = found
                    && first.day != m.day
                {
                    return Err(ambiguous(first.day, name, m.day, f.name()));
                }
                found = found.or(Some((m, t, f.name())));
            }
        }
    }
    if let Some((m, t, _)) = found {
        return Ok((m, t));
    }
    if impossible {
        return Err(Fault::new(
            "date.impossible",
            ("日期或时间不存在", "there is no such day or time"),
            ("请核对来源", "check it against the source"),
        ));
    }
    let names = formats.iter().map(DateFormat::name).take(FORMATS_NAMED).collect::<Vec<_>>();
    let (zh, en) = if formats.len() > FORMATS_NAMED { (" 等", " …") } else { ("", "") };
    Err(Fault::new(
        "date.format",
        ("日期格式无法识别", "this is not a date in one of the known formats"),
        (
            format!("请写成 {}{zh}；若不知道，请留空", names.join("、")),
            format!("write it as {}{en}; leave the cell empty if it is not known", names.join(", ")),
        ),
    ))
}

/// A day as a person types it, in any of the formats that tables may have if their mapping names none; none if it is no day. A number alone is none.
pub fn parse_day(text: &str) -> Option<Day> {
    static TYPED: std::sync::LazyLock<Vec<DateFormat>> =
        std::sync::LazyLock::new(|| DATE_FORMATS.iter().filter_map(|f| f.parse().ok()).filter(|f| *f != DateFormat::Serial).collect());
    read_time(&TYPED, text, UtcOffset::CHINA).ok().map(|(m, _)| m.day)
}

fn ambiguous(a: Day, by_a: &str, b: Day, by_b: &str) -> Fault {
    Fault::new(
        "date.ambiguous",
        (format!("可读作 {a}（{by_a}）或 {b}（{by_b}）"), format!("it can be read as {a} ({by_a}) or {b} ({by_b})")),
        (
            "请写成 2022-11-26 这样的格式，或在映射文件中只保留一种格式",
            "write it like 2022-11-26, or keep one of these formats in the mapping",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn formats(names: &[&str]) -> Vec<DateFormat> {
        names.iter().map(|n| n.parse().unwrap()).collect()
    }
    fn day(s: &str) -> Result<String, &'static str> {
        read_time(&formats(DATE_FORMATS), s, UtcOffset::CHINA).map(|(m, _)| m.day.to_string()).map_err(|f| f.rule)
    }
    fn time(s: &str) -> Result<String, &'static str> {
        read_time(&formats(TIME_FORMATS), s, UtcOffset::CHINA).map(|(_, t)| t.to_string()).map_err(|f| f.rule)
    }

    #[test]
    fn every_default_date_format() {
        for s in [
            "2022-11-26",
            "2022/11/26",
            "2022.11.26",
            "20221126",
            "26.11.2022",
            "2022年11月26日",
            "44891",
            "2022-11-26 00:00:00",
            "2022-11-26 9:30",
            "2022/11/26 9:30",
            "2022/11/26 09:30:15",
            "2022年11月26日 9:30",
            "2022年11月26日9时",
            "２０２２－１１－２６",
        ] {
            assert_eq!(day(s), Ok("2022-11-26".into()), "{s}");
        }
        assert_eq!(day("2022/1/5"), Ok("2022-01-05".into()));
        assert_eq!(day("2022年1月5日"), Ok("2022-01-05".into()));
        for s in ["2022-13-01", "2022-02-30", "20220230", "30.02.2022"] {
            assert_eq!(day(s), Err("date.impossible"), "{s}");
        }
        for s in ["26/11/2022", "11/26/2022", "2022", "22-11-26", "1949", "昨天", "2022-11-26x", "", "202211", "4.4891E+4"] {
            assert_eq!(day(s), Err("date.format"), "{s}");
        }
    }

    #[test]
    fn every_default_time_format() {
        for s in [
            "2022-11-26 08:15:00",
            "2022-11-26T08:15:00",
            "2022-11-26 8:15",
            "2022/11/26 08:15",
            "20221126081500",
            "26.11.2022 08:15",
            "2022年11月26日8时15分",
            "2022-11-26T08:15:00+08:00",
            "44891.34375",
        ] {
            assert_eq!(time(s), Ok("2022-11-26T08:15:00+08:00".into()), "{s}");
        }
        assert_eq!(time("2022-11-26"), Ok("2022-11-26+08:00".into()));
        assert_eq!(time("2022年11月26日8时"), Ok("2022-11-26T08+08:00".into()));
        assert_eq!(time("2022-11-26T00:15:00Z"), Ok("2022-11-26T00:15:00+00:00".into()));
        assert_eq!(time("2022-11-26T08:15:00.25+08:00"), Ok("2022-11-26T08:15:00.25+08:00".into()), "as exact as it is");
        assert_eq!(time("2022-11-26 25:00"), Err("date.impossible"));
    }

    #[test]
    fn days_are_typed_as_tables_have_them() {
        for s in ["2022-11-26", " 2022/11/26 ", "2022年11月26日", "20221126", "26.11.2022", "2022/11/26 9:30"] {
            assert_eq!(parse_day(s).map(|d| d.to_string()).as_deref(), Some("2022-11-26"), "{s}");
        }
        for s in ["", "44891", "2022-02-30", "11/26/2022", "tomorrow"] {
            assert_eq!(parse_day(s), None, "{s}");
        }
    }

    #[test]
    fn two_readings_are_refused() {
        let f = formats(&["DD/MM/YYYY", "MM/DD/YYYY"]);
        assert_eq!(read_time(&f, "05/02/2020", UtcOffset::CHINA).unwrap_err().rule, "date.ambiguous");
        assert!(read_time(&f, "26/02/2020", UtcOffset::CHINA).is_ok());
        assert!(read_time(&f, "02/02/2020", UtcOffset::CHINA).is_ok());
    }

    #[test]
    fn nonsense_formats_are_refused() {
        for s in ["", "YYYY-MM", "YYYY-MM-DD-DD", "YY-MM-DD", "YYYY-MM-DD mm", "dd.MM.YYYY"] {
            assert!(s.parse::<DateFormat>().is_err(), "{s}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(s in "\\PC{0,30}") {
            let _ = (day(&s), time(&s));
        }
        #[test]
        fn serials_count_days(n in 10_000i32..99_999) {
            prop_assert_eq!(Moment::from_serial(f64::from(n)).unwrap().day, Day(n - SERIAL_EPOCH));
        }
    }
}
