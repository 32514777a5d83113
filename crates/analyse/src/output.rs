//! Tables out.

use crate::Setting;
use crate::said::Trouble;
use clap::ValueEnum;
use quell_foundation::Day;
use serde_json::{Map, Value, json};

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// A table with a header.
    #[default]
    Csv,
    /// A list of objects.
    Json,
}

/// A value of the result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing is known: `NA` in CSV as R has it, `null` in JSON.
    Unknown,
    /// A count or a day's number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A day.
    Day(Day),
    /// Text; nothing at all where it is empty.
    Text(String),
}

impl From<Option<f64>> for Cell {
    fn from(x: Option<f64>) -> Self {
        x.map_or(Self::Unknown, Self::from)
    }
}
impl From<f64> for Cell {
    fn from(x: f64) -> Self {
        if x.is_finite() { Self::Number(x) } else { Self::Unknown }
    }
}
impl From<i64> for Cell {
    fn from(n: i64) -> Self {
        Self::Whole(n)
    }
}
impl From<usize> for Cell {
    fn from(n: usize) -> Self {
        i64::try_from(n).map_or(Self::Unknown, Self::Whole)
    }
}
impl From<Day> for Cell {
    fn from(d: Day) -> Self {
        Self::Day(d)
    }
}
impl From<&str> for Cell {
    fn from(s: &str) -> Self {
        Self::Text(s.to_owned())
    }
}
impl From<String> for Cell {
    fn from(s: String) -> Self {
        Self::Text(s)
    }
}

impl Cell {
    /// As a cell of a CSV table.
    pub fn csv(&self) -> String {
        match self {
            Self::Unknown => "NA".to_owned(),
            Self::Whole(n) => n.to_string(),
            Self::Number(x) => x.to_string(),
            Self::Day(d) => d.to_string(),
            Self::Text(s) if s.contains([',', '"', '\n', '\r']) => format!("\"{}\"", s.replace('"', "\"\"")),
            Self::Text(s) => s.clone(),
        }
    }
    fn json(&self) -> Value {
        match self {
            Self::Unknown => Value::Null,
            Self::Whole(n) => json!(n),
            Self::Number(x) => json!(x),
            Self::Day(d) => json!(d.to_string()),
            Self::Text(s) => json!(s),
        }
    }
}

/// A table as CSV, its header first.
pub(crate) fn csv(columns: &[&str], rows: &[Vec<Cell>]) -> String {
    let line = |r: &Vec<Cell>| format!("{}\n", r.iter().map(Cell::csv).collect::<Vec<_>>().join(","));
    format!("{}\n{}", columns.join(","), rows.iter().map(line).collect::<String>())
}

/// Writes a table.
pub(crate) fn write(to: &mut Setting<'_>, format: Format, columns: &[&str], rows: &[Vec<Cell>]) -> Result<(), Trouble> {
    let text = if to.json || format == Format::Json {
        let object = |r: &Vec<Cell>| columns.iter().zip(r).map(|(c, v)| ((*c).to_owned(), v.json())).collect::<Map<_, _>>();
        let all: Vec<Value> = rows.iter().map(|r| Value::Object(object(r))).collect();
        format!("{}\n", Value::Array(all))
    } else {
        csv(columns, rows)
    };
    to.out.write_all(text.as_bytes()).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}

/// Says something beside the result.
pub(crate) fn say(to: &mut Setting<'_>, what: &Trouble) -> Result<(), Trouble> {
    writeln!(to.err, "{}", what.text(to.chinese)).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}

/// Lines that are named before the rest is only counted.
const NAMED: usize = 10;

/// Says which rows of a table are left out, and why (in both languages); nothing if there are none. `of`: what is looked at, where there are several.
pub(crate) fn left_out(to: &mut Setting<'_>, of: &str, (zh, en): (&str, &str), lines: &[u64]) -> Result<(), Trouble> {
    let n = lines.len();
    if n == 0 {
        return Ok(());
    }
    let more = if n > NAMED { ", …" } else { "" };
    let named = lines.iter().take(NAMED).map(u64::to_string).collect::<Vec<_>>().join(", ");
    let (rows, lines) = if n == 1 { ("row is", "line") } else { ("rows are", "lines") };
    let (colon_zh, colon_en) = if of.is_empty() { ("", "") } else { ("：", ": ") };
    say(
        to,
        &Trouble::new(
            format!("{of}{colon_zh}{n} 行未用：{zh}（行 {named}{more}）"),
            format!("{of}{colon_en}{n} {rows} left out: {en} ({lines} {named}{more})"),
        ),
    )
}
