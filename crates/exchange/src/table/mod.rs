//! Quell's own tables: each kind of record as CSV or as a workbook, headers in English or Chinese, one row at a time.
//!
//! What a reader must know to lose nothing: lists stand in one cell ([`list`]); a cell that would be a formula has an apostrophe in
//! front ([`crate::unguarded`]); times are ISO 8601 with offset and as precise as they are known; words of closed lists are the book's.

mod columns;
pub mod list;

pub use columns::{CASE_COLUMNS, CONTACT_COLUMNS, Column, FOLLOW_UP_COLUMNS, LINK_COLUMNS, RESULT_COLUMNS};

use crate::grid::{Cell, Csv, CsvStyle, Grid, Lines, WriteError, Xlsx};
use crate::{CaseRecord, ContactRecord, FollowUpRecord, Lang, LinkRecord, ResultRecord};
use quell_foundation::Instant;
use std::io::{Seek, Write};

/// A record with a table of its own.
pub trait Tabled: Sized + 'static {
    /// Its columns, from left to right.
    const COLUMNS: &'static [Column<Self>];
    /// Name of the sheet in English and Chinese.
    const SHEET: (&'static str, &'static str);
}

macro_rules! tabled {
    ($($record:ident $columns:ident $en:literal $zh:literal;)*) => {
        $(impl Tabled for $record {
            const COLUMNS: &'static [Column<Self>] = $columns;
            const SHEET: (&'static str, &'static str) = ($en, $zh);
        })*
    };
}
tabled! {
    CaseRecord CASE_COLUMNS "Cases" "病例";
    ContactRecord CONTACT_COLUMNS "Contacts" "密接";
    LinkRecord LINK_COLUMNS "Links" "传播关联";
    FollowUpRecord FOLLOW_UP_COLUMNS "Follow-ups" "随访";
    ResultRecord RESULT_COLUMNS "Results" "检测结果";
}

struct Table<R: Tabled, G: Grid> {
    grid: Box<G>,
    columns: &'static [Column<R>],
}

/// Begins a CSV table of records `R`. With a byte order mark Excel reads it as UTF-8.
pub fn csv<'w, R: Tabled>(out: impl Write + 'w, lang: Lang, bom: bool) -> Result<Box<dyn Lines<R> + 'w>, WriteError> {
    Ok(begin(Csv::new(out, CsvStyle { bom, ..CsvStyle::default() }), lang)?)
}

/// Begins a workbook of records `R`; `made` is the time of making that the file shows.
pub fn xlsx<'w, R: Tabled>(out: impl Write + Seek + Send + 'w, lang: Lang, made: Instant) -> Result<Box<dyn Lines<R> + 'w>, WriteError> {
    Ok(begin(Xlsx::new(out, lang.of(R::SHEET.0, R::SHEET.1), 1, made)?, lang)?)
}

fn begin<R: Tabled, G: Grid>(mut grid: G, lang: Lang) -> Result<Box<Table<R, G>>, WriteError> {
    let headers: Vec<Cell<'_>> = R::COLUMNS.iter().map(|c| Cell::text(lang.of(c.en, c.zh))).collect();
    grid.row(&headers)?;
    Ok(Box::new(Table { grid: Box::new(grid), columns: R::COLUMNS }))
}

impl<R: Tabled, G: Grid> Lines<R> for Table<R, G> {
    fn write(&mut self, record: &R) -> Result<(), WriteError> {
        let cells: Vec<Cell<'_>> = self.columns.iter().map(|c| (c.cell)(record)).collect();
        self.grid.row(&cells)
    }
    fn finish(self: Box<Self>) -> Result<(), WriteError> {
        self.grid.finish()
    }
}
