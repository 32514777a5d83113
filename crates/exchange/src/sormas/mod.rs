//! The import files of SORMAS for cases and contacts: first row the class of an entity, second row the path of a property, third row a
//! comment, then data.
//!
//! * Property paths and words of closed lists are those of SORMAS's own import templates (as of December 2025); a disease that it has no word for is
//!   `OTHER` with details.
//! * Dates are read by SORMAS in the format of the importing account's language, so the file is written for one ([`DateFormat`]), and
//!   says in a third row which: rows that begin with `##` are comments to SORMAS's import, and captions in its own exports, where
//!   `(M/d/yyyy)` in a caption is the format of the column. The separator is the server's setting.
//! * Regions, districts and communities must be named as in that server, so the caller translates them ([`Options::place`]). Without a
//!   facility the case is at "Home or other place".
//! * A contact names its case by number (`caseIdExternalSystem`); SORMAS links the two by itself only where that is the case's UUID there.
//! * Identity numbers are not written. Vaccine doses repeat their columns, as SORMAS's templates do; the first four are told.
//!
//! SORMAS does not take the mark of a guarded cell away, so only cells that could do harm in a spreadsheet get one.

mod columns;
mod symptoms;

pub use columns::{CASE_COLUMNS, CONTACT_COLUMNS, Column, risk};

use crate::grid::{Cell, Csv, CsvStyle, Grid, Guard, Lines, WriteError};
use crate::{CaseRecord, ContactRecord};
use quell_foundation::{Day, EventTime};
use std::io::Write;

/// How dates are written: by the language of the account that imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateFormat {
    /// `11/26/2022`: English (`en`), the default of SORMAS.
    #[default]
    MonthFirst,
    /// `26/11/2022`: English of Nigeria, Ghana, Kenya …, French, Spanish, Italian.
    DayFirst,
    /// `26.11.2022`: German, Finnish, Czech.
    Dotted,
}

impl DateFormat {
    /// As the captions of SORMAS's exports name it.
    fn name(self) -> &'static str {
        match self {
            DateFormat::MonthFirst => "MM/dd/yyyy",
            DateFormat::DayFirst => "dd/MM/yyyy",
            DateFormat::Dotted => "dd.MM.yyyy",
        }
    }
    fn write(self, day: Day) -> String {
        let iso = day.to_string();
        let (y, m, d) = (iso.get(..4).unwrap_or_default(), iso.get(5..7).unwrap_or_default(), iso.get(8..).unwrap_or_default());
        match self {
            DateFormat::MonthFirst => format!("{m}/{d}/{y}"),
            DateFormat::DayFirst => format!("{d}/{m}/{y}"),
            DateFormat::Dotted => format!("{d}.{m}.{y}"),
        }
    }
}

/// A place as the receiving server names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Region.
    pub region: String,
    /// District.
    pub district: String,
    /// Community.
    pub community: String,
}

/// What the file is for.
pub struct Options<'a> {
    /// How dates are written.
    pub dates: DateFormat,
    /// Between cells: `,` or `;`.
    pub separator: char,
    /// What a home in the place tree is called there; SORMAS takes no case without a region and a district.
    pub place: &'a dyn Fn(&str) -> Place,
}

/// What a cell may ask for beside its record.
pub struct Context<'o> {
    options: &'o Options<'o>,
    place: Place,
}

impl Context<'_> {
    fn day(&self, day: Option<Day>) -> Cell<'static> {
        Cell::maybe(day, |d| Cell::text(self.options.dates.write(d)))
    }
    fn time(&self, at: Option<EventTime>) -> Cell<'static> {
        self.day(at.map(|t| t.at.day(t.offset)))
    }
}

/// A record that SORMAS has an import for.
pub trait Shaped: Sized + 'static {
    /// Its columns.
    const COLUMNS: &'static [Column<Self>];
    /// Where the person lives.
    fn home(&self) -> &str;
}
impl Shaped for CaseRecord {
    const COLUMNS: &'static [Column<Self>] = CASE_COLUMNS;
    fn home(&self) -> &str {
        &self.who.home
    }
}
impl Shaped for ContactRecord {
    const COLUMNS: &'static [Column<Self>] = CONTACT_COLUMNS;
    fn home(&self) -> &str {
        &self.who.home
    }
}

struct Table<'o, W: Write, R: Shaped> {
    csv: Box<Csv<W>>,
    options: &'o Options<'o>,
    columns: &'static [Column<R>],
}

/// Begins a file with its two header rows.
pub fn csv<'w, R: Shaped>(out: impl Write + 'w, options: &'w Options<'w>) -> Result<Box<dyn Lines<R> + 'w>, WriteError> {
    let mut csv = Csv::new(out, CsvStyle { bom: false, separator: options.separator, guard: Guard::Others });
    csv.row(&R::COLUMNS.iter().map(|c| Cell::text(c.entity)).collect::<Vec<_>>())?;
    csv.row(&R::COLUMNS.iter().map(|c| Cell::text(c.path)).collect::<Vec<_>>())?;
    // Without it nobody could tell the third of May from the fifth of March.
    let mut comment = vec![Cell::Empty; R::COLUMNS.len()];
    comment[0] = Cell::text(format!("##Dates ({})", options.dates.name()));
    csv.row(&comment)?;
    Ok(Box::new(Table { csv: Box::new(csv), options, columns: R::COLUMNS }))
}

impl<W: Write, R: Shaped> Lines<R> for Table<'_, W, R> {
    fn write(&mut self, record: &R) -> Result<(), WriteError> {
        let context = Context { options: self.options, place: (self.options.place)(record.home()) };
        let cells: Vec<Cell<'_>> = self.columns.iter().map(|c| (c.cell)(record, &context)).collect();
        self.csv.row(&cells)
    }
    fn finish(self: Box<Self>) -> Result<(), WriteError> {
        self.csv.finish()
    }
}

/// Year, month and day of a birth date, which SORMAS keeps in three columns.
fn part(born: Option<Day>, part: std::ops::Range<usize>) -> Cell<'static> {
    let text = born.map(|d| d.to_string());
    let number = text.and_then(|t| t.get(part).and_then(|p| p.parse().ok()));
    Cell::maybe(number, Cell::Number)
}
