//! CSV as RFC 4180 has it, in UTF-8.

use super::{Cell, Grid, Guard, WriteError, guarded};
use std::io::Write;

/// How a CSV file looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvStyle {
    /// A byte order mark first: without it Excel takes the file for another encoding.
    pub bom: bool,
    /// Between cells.
    pub separator: char,
    /// What is done about formulas.
    pub guard: Guard,
}

impl Default for CsvStyle {
    fn default() -> Self {
        Self { bom: false, separator: ',', guard: Guard::Own }
    }
}

/// Writes CSV, row by row.
pub struct Csv<W: Write> {
    out: W,
    style: CsvStyle,
    line: String,
}

impl<W: Write> Csv<W> {
    /// Begins a file.
    pub fn new(out: W, style: CsvStyle) -> Self {
        let line = if style.bom { "\u{feff}".to_owned() } else { String::new() };
        Self { out, style, line }
    }

    fn put(&mut self, cell: &Cell<'_>) {
        let plain = cell.plain();
        if !matches!(cell, Cell::Text(_)) {
            return self.line.push_str(&plain);
        }
        let text = guarded(&plain, self.style.guard);
        let quote = text.contains(['"', '\r', '\n', self.style.separator]) || text.starts_with(' ') || text.ends_with(' ');
        if quote {
            self.line.push('"');
            self.line.push_str(&text.replace('"', "\"\""));
            self.line.push('"');
        } else {
            self.line.push_str(&text);
        }
    }
}

impl<W: Write> Grid for Csv<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteError> {
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                self.line.push(self.style.separator);
            }
            self.put(cell);
        }
        self.line.push_str("\r\n");
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), WriteError> {
        self.out.write_all(self.line.as_bytes())?;
        Ok(self.out.flush()?)
    }
}
