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
}

impl Cell {
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
            Cell::Text(s) | Cell::Error(s) => trimmed(s).to_owned(),
            Cell::Number(x) => x.to_string(),
            Cell::Moment(m) => m.to_string(),
            Cell::Flag(b) => (if *b { "TRUE" } else { "FALSE" }).to_owned(),
        }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    /// Line of the file or row of the sheet, from 1.
    pub line: u64,
    pub cells: Vec<Cell>,
    /// Text stands after a closing quote.
    pub broken: bool,
}

impl Record {
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}
