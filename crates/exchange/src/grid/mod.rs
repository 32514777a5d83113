//! Rows of cells on their way into a file, one at a time: what all the tables of this crate are written through.

mod csv;
mod guard;
mod xlsx;

pub use csv::{Csv, CsvStyle};
pub use guard::{Guard, guarded, unguarded};
pub use xlsx::Xlsx;

use quell_foundation::{Day, EventTime};
use std::borrow::Cow;

/// One cell. Times are written as text, because no sheet keeps an offset or a precision.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A time with its offset and its precision.
    Time(EventTime),
    /// A calendar day.
    Day(Day),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// This text, or nothing when it is empty.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }
    /// The cell of what may be missing.
    pub fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Cell::Empty, cell)
    }
    /// As text, before any guard.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(n) => Cow::Owned(n.to_string()),
            Cell::Time(at) => Cow::Owned(at.to_string()),
            Cell::Day(day) => Cow::Owned(day.to_string()),
            Cell::Flag(flag) => Cow::Borrowed(if *flag { "yes" } else { "no" }),
        }
    }
}

/// Where rows go.
pub trait Grid {
    /// Writes one row.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteError>;
    /// Ends the file.
    fn finish(self: Box<Self>) -> Result<(), WriteError>;
}

/// Where records of one kind go, one a line.
pub trait Lines<R> {
    /// Writes one record.
    fn write(&mut self, record: &R) -> Result<(), WriteError>;
    /// Ends the file; without it the file is incomplete.
    fn finish(self: Box<Self>) -> Result<(), WriteError>;
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The place that it goes to takes no more.
    #[error("cannot write: {0}")]
    Io(#[from] std::io::Error),
    /// A sheet ends at 1,048,576 rows.
    #[error("a sheet holds no more than 1,048,576 rows; export as CSV, or fewer records at a time")]
    TooManyRows,
    /// A cell of a sheet ends at 32,767 characters.
    #[error("row {row}: a cell of a sheet holds no more than 32,767 characters; export as CSV")]
    CellTooLong {
        /// Row, from 1.
        row: u32,
    },
    /// Another fault of the workbook.
    #[error("cannot write the workbook: {0}")]
    Workbook(String),
}

impl WriteError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            WriteError::Io(e) => format!("无法写入：{e}"),
            WriteError::TooManyRows => "一张工作表最多 1,048,576 行；请导出为 CSV，或分批导出".into(),
            WriteError::CellTooLong { row } => format!("第 {row} 行：工作表单元格最多 32,767 个字符；请导出为 CSV"),
            WriteError::Workbook(e) => format!("无法写入工作簿：{e}"),
        }
    }
}
