//! One sheet of a workbook, written in constant memory: rows go to a temporary file and are packed at the end.

use super::{Cell, Grid, Guard, WriteError, guarded};
use quell_foundation::Instant;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use std::io::{Seek, Write};

const MAX_ROWS: u32 = 1_048_576;

/// Writes a workbook with one sheet, row by row.
pub struct Xlsx<W: Write + Seek + Send> {
    out: W,
    book: Workbook,
    heading: Format,
    headings: u32,
    next: u32,
}

impl<W: Write + Seek + Send> Xlsx<W> {
    /// Begins a workbook whose first rows are headings. `made` is the time that the file says it was made at: nothing here reads a clock.
    pub fn new(out: W, sheet: &str, headings: u32, made: Instant) -> Result<Self, WriteError> {
        let mut book = Workbook::new();
        let seconds = made.0.div_euclid(1_000_000);
        let made = ExcelDateTime::from_timestamp(seconds).map_err(|e| WriteError::Workbook(e.to_string()))?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let page = book.add_worksheet_with_constant_memory().map_err(|e| WriteError::Workbook(e.to_string()))?;
        page.set_name(sheet).and_then(|s| s.set_freeze_panes(headings, 0)).map_err(|e| WriteError::Workbook(e.to_string()))?;
        Ok(Self { out, book, heading: Format::new().set_bold(), headings, next: 0 })
    }
}

impl<W: Write + Seek + Send> Grid for Xlsx<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteError> {
        let row = self.next;
        if row >= MAX_ROWS {
            return Err(WriteError::TooManyRows);
        }
        let fault = |e: XlsxError| match e {
            XlsxError::MaxStringLengthExceeded => WriteError::CellTooLong { row: row + 1 },
            e => WriteError::Workbook(e.to_string()),
        };
        let sheet = self.book.worksheet_from_index(0).map_err(fault)?;
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                Cell::Number(n) => sheet.write_number(row, column, *n).map_err(fault)?,
                cell => {
                    let plain = cell.plain();
                    let text = guarded(&plain, Guard::Typed);
                    if row < self.headings {
                        sheet.write_string_with_format(row, column, &*text, &self.heading).map_err(fault)?
                    } else {
                        sheet.write_string(row, column, &*text).map_err(fault)?
                    }
                }
            };
        }
        self.next += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), WriteError> {
        let Self { mut out, mut book, .. } = *self;
        book.save_to_writer(&mut out).map_err(|e| WriteError::Workbook(e.to_string()))?;
        Ok(out.flush()?)
    }
}
