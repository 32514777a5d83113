//! Exports of cases, contacts, links and follow-ups: as Quell's own tables, which come in again, and in the shapes of SORMAS, Go.Data
//! and FHIR. Some lines at a time, so that the length of a list is no matter; only a FHIR bundle is put together in memory.

mod records;

use crate::app::App;
use clap::ValueEnum;
use deadpool_postgres::Transaction;
use quell_exchange::{Lang, Lines, LinkRecord, Set, WriteError, fhir, godata, sormas, table};
use quell_foundation::*;
use quell_protocol::Protocol;
use quell_store::views;
use quell_store::{Scope, StoreError};
use records::Source;
use std::io::{Seek, Write};

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum List {
    /// Cases, a line each.
    Linelist,
    /// Contact records.
    Contacts,
    /// Who was exposed to whom.
    Links,
    /// Follow-ups of contacts.
    Followups,
}

/// In which shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Quell's own table, as CSV.
    Csv,
    /// Quell's own table, as a workbook.
    Xlsx,
    /// The import file of SORMAS: cases and contacts.
    Sormas,
    /// The import file of Go.Data, as CSV with property names.
    Godata,
    /// A FHIR R4 bundle.
    Fhir,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The look could not be written down.
    #[error("{0}")]
    Look(String),
    /// The file, as a whole.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// This list has no such shape.
    #[error("{list:?} cannot be written as {format:?}: SORMAS takes cases and contacts")]
    Shape {
        /// The list.
        list: List,
        /// The format.
        format: Format,
    },
}

/// What is asked for.
pub struct Wanted {
    /// The list.
    pub list: List,
    /// The format.
    pub format: Format,
    /// Residents of this place and below.
    pub place: PlaceId,
    /// Headers in Chinese.
    pub chinese: bool,
}

/// Whether a list can be written in a format; asked before a file is made for it.
///
/// # Errors
/// If the list has no such shape.
pub fn check_shape(list: List, format: Format) -> Result<(), ExportError> {
    match (list, format) {
        (List::Links | List::Followups, Format::Sormas) => Err(ExportError::Shape { list, format }),
        _ => Ok(()),
    }
}

/// Writes a list; the number of rows. `seen` is told how many rows are about to be written: whoever shows persons notes the look.
///
/// # Errors
/// If the database, the file or `seen` fails, or the list has no such shape.
pub async fn write(
    app: &App,
    w: &Wanted,
    out: impl Write + Seek + Send,
    mut seen: impl AsyncFnMut(usize) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let protocol = app.protocol().await?;
    let source = Source { disease: protocol.meta.disease.clone(), offset: app.config.offset };
    if w.format == Format::Fhir {
        return fhir_bundle(app, w, (&protocol, &source), out, seen).await;
    }
    let place = |home: &str| sormas_place(app, home);
    let shape = sormas::Options { dates: sormas::DateFormat::MonthFirst, separator: ',', place: &place };
    match w.list {
        List::Linelist => {
            let mut lines = sormas_too(app, w, out, &shape)?;
            let rows = case_lines(app, &w.place, &mut seen, |l| lines.write(&source.case(l))).await?;
            lines.finish()?;
            Ok(rows)
        }
        List::Contacts => {
            let mut lines = sormas_too(app, w, out, &shape)?;
            let rows = contact_lines(app, &w.place, &mut seen, |l| lines.write(&source.contact(l))).await?;
            lines.finish()?;
            Ok(rows)
        }
        List::Links => {
            let (mut lines, mut written) = (tables(app, w, out)?, 0);
            for link in case_links(app, w, (&protocol, &source), &mut seen).await? {
                written += 1;
                lines.write(&link)?;
            }
            let link = |l: &views::ContactLine| match source.link(l) {
                None => Ok(()),
                Some(link) => {
                    written += 1;
                    lines.write(&link)
                }
            };
            contact_lines(app, &w.place, &mut seen, link).await?;
            lines.finish()?;
            Ok(written)
        }
        List::Followups => {
            let mut lines = tables(app, w, out)?;
            let rows = follow_up_lines(app, &w.place, &mut seen, |l| lines.write(&source.follow_up(l))).await?;
            lines.finish()?;
            Ok(rows)
        }
    }
}

/// The writer of a list in a format that has every list.
fn tables<'w, R: table::Tabled + godata::Shaped>(
    app: &App,
    w: &Wanted,
    out: impl Write + Seek + Send + 'w,
) -> Result<Box<dyn Lines<R> + 'w>, ExportError> {
    let lang = if w.chinese { Lang::Zh } else { Lang::En };
    Ok(match w.format {
        Format::Csv => table::csv(out, lang, true)?,
        Format::Xlsx => table::xlsx(out, lang, app.clock.now())?,
        Format::Godata => godata::csv(out, godata::Words::Properties)?,
        Format::Sormas | Format::Fhir => return Err(ExportError::Shape { list: w.list, format: w.format }),
    })
}

/// The writer of a list that SORMAS takes, too.
fn sormas_too<'w, R: table::Tabled + godata::Shaped + sormas::Shaped>(
    app: &App,
    w: &Wanted,
    out: impl Write + Seek + Send + 'w,
    shape: &'w sormas::Options<'w>,
) -> Result<Box<dyn Lines<R> + 'w>, ExportError> {
    if w.format == Format::Sormas { Ok(sormas::csv(out, shape)?) } else { tables(app, w, out) }
}

/// A home by its codes in the place tree: the county and the township are SORMAS's region and district until someone names them.
fn sormas_place(app: &App, home: &str) -> sormas::Place {
    let parts: Vec<&str> = home.split('.').collect();
    let upto = |n: usize| parts.get(..n).map(|p| p.join(".")).unwrap_or_default();
    sormas::Place { region: app.config.root.to_string(), district: upto(3), community: upto(4) }
}

async fn fhir_bundle(
    app: &App,
    w: &Wanted,
    (protocol, source): (&Protocol, &Source),
    out: impl Write,
    mut seen: impl AsyncFnMut(usize) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let mut set = Set::default();
    match w.list {
        List::Linelist => case_lines(app, &w.place, &mut seen, |l| push(&mut set.cases, source.case(l))).await?,
        List::Contacts => contact_lines(app, &w.place, &mut seen, |l| push(&mut set.contacts, source.contact(l))).await?,
        List::Links => {
            set.links = case_links(app, w, (protocol, source), &mut seen).await?;
            contact_lines(app, &w.place, &mut seen, |l| source.link(l).map_or(Ok(()), |x| push(&mut set.links, x))).await?
        }
        List::Followups => follow_up_lines(app, &w.place, &mut seen, |l| push(&mut set.follow_ups, source.follow_up(l))).await?,
    };
    let base = format!("urn:quell:book:{}", app.config.book);
    let made = EventTime::exact(app.clock.now(), app.config.offset);
    let options = fhir::Options { source: &base, disease: &source.disease, made };
    let mut out = std::io::BufWriter::new(out);
    fhir::bundle(&set, fhir::Kind::Transaction, &options, &mut out)?;
    out.flush()?;
    Ok((set.cases.len() + set.contacts.len() + set.links.len() + set.follow_ups.len()) as u64)
}

/// The links between cases that stand.
async fn case_links(
    app: &App,
    w: &Wanted,
    (protocol, source): (&Protocol, &Source),
    seen: &mut impl AsyncFnMut(usize) -> Result<(), ExportError>,
) -> Result<Vec<LinkRecord>, ExportError> {
    let scope = Scope { book: app.config.book, place: app.config.root.clone() };
    let chains = app.db.read(&scope, async |tx| views::chains(tx, app.config.book, &w.place, protocol).await).await?;
    seen(chains.links.len()).await?;
    Ok(chains.links.iter().filter(|l| l.withdrawn.is_none()).map(|l| source.case_link(l)).collect())
}

fn push<T>(to: &mut Vec<T>, one: T) -> Result<(), WriteError> {
    to.push(one);
    Ok(())
}

macro_rules! lines {
    ($name:ident, $line:ident, $view:ident) => {
        /// Every line of the list; how many.
        async fn $name(
            app: &App,
            place: &PlaceId,
            seen: &mut impl AsyncFnMut(usize) -> Result<(), ExportError>,
            mut each: impl FnMut(&views::$line) -> Result<(), WriteError>,
        ) -> Result<u64, ExportError> {
            let scope = Scope { book: app.config.book, place: app.config.root.clone() };
            let mut all = async |tx: &Transaction<'_>| {
                let (mut lines, mut rows) = (views::$view(tx, app.config.book, place).await?, 0);
                let mut some = lines.next().await?;
                while !some.is_empty() {
                    rows += some.len() as u64;
                    // The next lines are made ready while these are written.
                    let write = async {
                        seen(some.len()).await?;
                        some.iter().try_for_each(&mut each)?;
                        Ok::<_, ExportError>(())
                    };
                    let (next, written) = tokio::join!(lines.next(), write);
                    written?;
                    some = next?;
                }
                Ok(rows)
            };
            app.db.read(&scope, async |tx| Ok(all(tx).await)).await?
        }
    };
}
lines!(case_lines, CaseLine, case_lines);
lines!(contact_lines, ContactLine, contact_lines);
lines!(follow_up_lines, FollowUpLine, follow_up_lines);
