//! The files that Go.Data imports: cases, contacts, relationships, follow-ups and laboratory results, as CSV, XLSX or JSON.
//!
//! Headers are property names (`addresses[0].phoneNumber`), with reference data as tokens, or the English labels that Go.Data's own
//! exports have (`Addresses Phone number [1]`), with reference data as labels; Go.Data maps both by itself. JSON has property names.
//! Dates are calendar days at the offset that the record has them in; Go.Data keeps no time of day.
//!
//! People are named by their visual id: the case's number, the contact's external id, else the book's id. What Go.Data has no place
//! for (severity, symptoms, answers, exposure of a case) stands in no column: answers belong to the questionnaire of one outbreak.
//! Of doses the first four are told.

mod columns;
mod reference;

pub use columns::{CASE_COLUMNS, CONTACT_COLUMNS, Column, FOLLOW_UP_COLUMNS, LINK_COLUMNS, RESULT_COLUMNS};
pub use reference::Words;

use crate::grid::{Cell, Csv, CsvStyle, Grid, Guard, Lines, WriteError, Xlsx};
use crate::{CaseRecord, ContactRecord, FollowUpRecord, LinkRecord, ResultRecord};
use quell_foundation::Instant;
use serde_json::{Map, Value};
use std::io::{Seek, Write};

/// A record that Go.Data has a file for.
pub trait Shaped: Sized + 'static {
    /// Its columns.
    const COLUMNS: &'static [Column<Self>];
}
macro_rules! shaped {
    ($($record:ident $columns:ident;)*) => { $(impl Shaped for $record { const COLUMNS: &'static [Column<Self>] = $columns; })* };
}
shaped! {
    CaseRecord CASE_COLUMNS;
    ContactRecord CONTACT_COLUMNS;
    LinkRecord LINK_COLUMNS;
    FollowUpRecord FOLLOW_UP_COLUMNS;
    ResultRecord RESULT_COLUMNS;
}

struct Table<R: Shaped, G: Grid> {
    grid: Box<G>,
    columns: &'static [Column<R>],
    words: Words,
}

/// Begins a CSV file.
pub fn csv<'w, R: Shaped>(out: impl Write + 'w, words: Words) -> Result<Box<dyn Lines<R> + 'w>, WriteError> {
    let style = CsvStyle { guard: Guard::Others, ..CsvStyle::default() };
    Ok(begin(Csv::new(out, style), words)?)
}

/// Begins a workbook; `made` is the time of making that the file shows.
pub fn xlsx<'w, R: Shaped>(out: impl Write + Seek + Send + 'w, words: Words, made: Instant) -> Result<Box<dyn Lines<R> + 'w>, WriteError> {
    Ok(begin(Xlsx::new(out, "Data", 1, made)?, words)?)
}

fn begin<R: Shaped, G: Grid>(mut grid: G, words: Words) -> Result<Box<Table<R, G>>, WriteError> {
    let headers: Vec<Cell<'_>> = R::COLUMNS.iter().map(|c| Cell::text(if words == Words::Labels { c.label } else { c.property })).collect();
    grid.row(&headers)?;
    Ok(Box::new(Table { grid: Box::new(grid), columns: R::COLUMNS, words }))
}

impl<R: Shaped, G: Grid> Lines<R> for Table<R, G> {
    fn write(&mut self, record: &R) -> Result<(), WriteError> {
        let cells: Vec<Cell<'_>> = self.columns.iter().map(|c| flat((c.cell)(record, self.words), self.words)).collect();
        self.grid.row(&cells)
    }
    fn finish(self: Box<Self>) -> Result<(), WriteError> {
        self.grid.finish()
    }
}

fn flat(cell: Cell<'_>, words: Words) -> Cell<'_> {
    match cell {
        Cell::Flag(flag) if words == Words::Labels => Cell::text(if flag { "Yes" } else { "No" }),
        Cell::Flag(flag) => Cell::text(if flag { "true" } else { "false" }),
        Cell::Time(at) => Cell::Day(at.at.day(at.offset)),
        cell => cell,
    }
}

struct Json<W: Write, R: Shaped> {
    out: W,
    columns: &'static [Column<R>],
    first: bool,
}

/// Begins a JSON file: an array with a record a line.
pub fn json<'w, R: Shaped>(mut out: impl Write + 'w) -> Result<Box<dyn Lines<R> + 'w>, WriteError> {
    out.write_all(b"[")?;
    Ok(Box::new(Json { out, columns: R::COLUMNS, first: true }))
}

impl<W: Write, R: Shaped> Lines<R> for Json<W, R> {
    fn write(&mut self, record: &R) -> Result<(), WriteError> {
        let mut object = Value::Object(Map::new());
        for column in self.columns {
            let value = match (column.cell)(record, Words::Properties) {
                Cell::Empty => continue,
                Cell::Number(n) if n.fract() == 0.0 => Value::from(n as i64),
                Cell::Number(n) => n.into(),
                Cell::Flag(flag) => flag.into(),
                Cell::Time(at) => format!("{}T00:00:00.000Z", at.at.day(at.offset)).into(),
                Cell::Day(day) => format!("{day}T00:00:00.000Z").into(),
                Cell::Text(text) => text.into_owned().into(),
            };
            put(&mut object, column.property, value);
        }
        self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        Ok(serde_json::to_writer(&mut self.out, &object).map_err(std::io::Error::from)?)
    }
    fn finish(mut self: Box<Self>) -> Result<(), WriteError> {
        self.out.write_all(b"\n]\n")?;
        Ok(self.out.flush()?)
    }
}

/// Puts a value where a path such as `addresses[0].phoneNumber` says.
fn put(object: &mut Value, path: &str, value: Value) {
    let mut at = object;
    for step in path.split('.') {
        let (name, index) = step.split_once('[').map_or((step, None), |(n, i)| (n, i.trim_end_matches(']').parse::<usize>().ok()));
        at = &mut at[name];
        if let Some(index) = index {
            if at.is_null() {
                *at = Value::Array(Vec::new());
            }
            if let Some(list) = at.as_array_mut() {
                // Of an array whose earlier items are empty, the place is kept.
                while list.len() <= index {
                    list.push(Value::Object(Map::new()));
                }
            }
            at = &mut at[index];
        }
    }
    *at = value;
}
