//! A row as it stands in the file, before any mapping.

use crate::dates::Moment;
use crate::text::trimmed;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    /// A number of a spreadsheet.
    Number(f64),
    /// A cell of a spreadsheet that is formatted as a date or time.
    Moment(Moment),
    Flag(bool),
    /// `#N/A` and its like.
    Error(String),
    /// A cell of a CSV file with text after its closing quote, as it stands in the file.
    Broken(String),
}

/// Spreadsheets keep 15 significant digits: whole numbers from here on have lost some.
pub(crate) const EXACT: f64 = 1e15;
/// What spreadsheet programs write for a formula that failed.
const ERRORS: &[&str] = &["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"];
/// How a cell begins that a spreadsheet program would run.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The text with an apostrophe in front if a spreadsheet program would run it as a formula.
pub(crate) fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    if trimmed(text).starts_with(FORMULA) { format!("'{text}").into() } else { text.into() }
}

/// The text without the apostrophe that [`guarded`], SORMAS and others put in front.
fn unguarded(text: String) -> String {
    match trimmed(&text).strip_prefix('\'').map(trimmed) {
        Some(rest) if rest.starts_with(FORMULA) => rest.to_owned(),
        _ => text,
    }
}

impl Cell {
    /// A cell of a text file or a sheet.
    pub fn of(text: String) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(unguarded(text)) }
    }
    /// The formula error that it shows: in text files, too.
    pub fn error(&self) -> Option<&str> {
        match self {
            Cell::Error(e) => Some(e),
            Cell::Text(s) => ERRORS.iter().copied().find(|e| trimmed(s).eq_ignore_ascii_case(e)),
            _ => None,
        }
    }
    /// As it must be written so that it is read again as what it is, faults included.
    pub fn written(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Cell::Text(s) | Cell::Broken(s) => s.into(),
            // Written out it would look like a code that is whole.
            Cell::Number(x) if x.abs() >= EXACT => {
                let text = format!("{x:.14e}");
                if text.contains("e-") { text } else { text.replace('e', "E+") }.into()
            }
            other => other.to_text().into(),
        }
    }
    /// True if nothing visible stands in it.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(s) => trimmed(s).is_empty(),
            _ => false,
        }
    }
    /// As a person sees it.
    pub fn to_text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(s) | Cell::Error(s) | Cell::Broken(s) => trimmed(s).to_owned(),
            Cell::Number(x) => x.to_string(),
            Cell::Moment(m) => m.to_string(),
            Cell::Flag(b) => (if *b { "TRUE" } else { "FALSE" }).to_owned(),
        }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    /// Line of the file, row of the sheet or number of the JSON object, from 1; 0 for the property names of JSON.
    pub line: u64,
    pub cells: Vec<Cell>,
}

impl Record {
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
    /// True if it begins with the prefix of comments.
    pub fn is_comment(&self, prefix: &str) -> bool {
        self.cells.first().is_some_and(|c| c.to_text().starts_with(prefix))
    }
    /// True if text stands after a closing quote.
    pub fn is_broken(&self) -> bool {
        self.cells.iter().any(|c| matches!(c, Cell::Broken(_)))
    }
}
