//! Exports of cases, contacts, links and follow-ups: as Quell's own tables, which come in again, and in the shapes of SORMAS, Go.Data
//! and FHIR. Some lines at a time, so that the length of a list is no matter; only a FHIR bundle is put together in memory.

mod records;

use crate::app::App;
use crate::viewer::Viewer;
use clap::ValueEnum;
use deadpool_postgres::Transaction;
use quell_exchange::{Lang, Lines, LinkRecord, Set, WriteError, fhir, godata, sormas, table};
use quell_foundation::*;
use quell_protocol::Protocol;
use quell_store::StoreError;
use quell_store::views;
use records::Source;
pub(crate) use records::word;
use serde::Deserialize;
use std::io::{Seek, Write};
use std::sync::Arc;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Quell's own table, as CSV.
    #[default]
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
    #[error(transparent)]
    Look(Arc<StoreError>),
    /// The file, as a whole.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// This list has no such shape.
    #[error("{} has no shape {format:?}: SORMAS takes cases and contacts", list.as_str())]
    Shape {
        /// The list.
        list: List,
        /// The format.
        format: Format,
    },
}

impl List {
    /// Its name, at the command line and over HTTP.
    pub const fn as_str(self) -> &'static str {
        match self {
            List::Linelist => "linelist",
            List::Contacts => "contacts",
            List::Links => "links",
            List::Followups => "followups",
        }
    }
}

impl Format {
    /// The end of a file's name, and its media type.
    pub const fn file(self) -> (&'static str, &'static str) {
        match self {
            Format::Csv | Format::Sormas | Format::Godata => ("csv", "text/csv; charset=utf-8"),
            Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            Format::Fhir => ("json", "application/fhir+json"),
        }
    }
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

impl ExportError {
    /// The same in Chinese, where it is the asker's to mend.
    pub fn zh(&self) -> String {
        match self {
            ExportError::Shape { .. } => "SORMAS 仅接收病例和密接（linelist、contacts）".into(),
            other => other.to_string(),
        }
    }
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

/// Writes a list as its viewer may see it; the number of rows. Before rows are written the look at them is noted, and then `told` how
/// many they are.
///
/// # Errors
/// If the database or the file fails, a look cannot be noted, or the list has no such shape.
pub async fn write(v: &Viewer<'_>, w: &Wanted, out: impl Write + Seek + Send, mut told: impl FnMut(usize)) -> Result<u64, ExportError> {
    let mut seen = async |rows: usize| {
        v.looked(None, Some(&w.place), rows).await.map_err(ExportError::Look)?;
        told(rows);
        Ok(())
    };
    let rows = rows(v, w, out, &mut seen).await?;
    if rows == 0 {
        // That there is nobody was seen, too.
        seen(0).await?;
    }
    Ok(rows)
}

async fn rows(
    v: &Viewer<'_>,
    w: &Wanted,
    out: impl Write + Seek + Send,
    mut seen: &mut impl AsyncFnMut(usize) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let app = v.app;
    let protocol = app.protocol().await?;
    let source = Source { disease: protocol.meta.disease.clone(), offset: app.config.offset };
    if w.format == Format::Fhir {
        return fhir_bundle(v, w, (&protocol, &source), out, seen).await;
    }
    let place = |home: &str| sormas_place(app, home);
    let shape = sormas::Options { dates: sormas::DateFormat::MonthFirst, separator: ',', place: &place };
    match w.list {
        List::Linelist => {
            let mut lines = sormas_too(app, w, out, &shape)?;
            let rows = case_lines(v, &w.place, &mut seen, |l| lines.write(&source.case(l))).await?;
            lines.finish()?;
            Ok(rows)
        }
        List::Contacts => {
            let mut lines = sormas_too(app, w, out, &shape)?;
            let rows = contact_lines(v, &w.place, &mut seen, |l| lines.write(&source.contact(l))).await?;
            lines.finish()?;
            Ok(rows)
        }
        List::Links => {
            let (mut lines, mut written) = (tables(app, w, out)?, 0);
            for link in case_links(v, w, (&protocol, &source), &mut seen).await? {
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
            contact_lines(v, &w.place, &mut seen, link).await?;
            lines.finish()?;
            Ok(written)
        }
        List::Followups => {
            let mut lines = tables(app, w, out)?;
            let rows = follow_up_lines(v, &w.place, &mut seen, |l| lines.write(&source.follow_up(l))).await?;
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
    v: &Viewer<'_>,
    w: &Wanted,
    (protocol, source): (&Protocol, &Source),
    out: impl Write,
    mut seen: impl AsyncFnMut(usize) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let mut set = Set::default();
    match w.list {
        List::Linelist => case_lines(v, &w.place, &mut seen, |l| push(&mut set.cases, source.case(l))).await?,
        List::Contacts => contact_lines(v, &w.place, &mut seen, |l| push(&mut set.contacts, source.contact(l))).await?,
        List::Links => {
            set.links = case_links(v, w, (protocol, source), &mut seen).await?;
            contact_lines(v, &w.place, &mut seen, |l| source.link(l).map_or(Ok(()), |x| push(&mut set.links, x))).await?
        }
        List::Followups => follow_up_lines(v, &w.place, &mut seen, |l| push(&mut set.follow_ups, source.follow_up(l))).await?,
    };
    let base = format!("urn:quell:book:{}", v.app.config.book);
    let made = EventTime::exact(v.app.clock.now(), v.app.config.offset);
    let options = fhir::Options { source: &base, disease: &source.disease, made };
    let mut out = std::io::BufWriter::new(out);
    fhir::bundle(&set, fhir::Kind::Transaction, &options, &mut out)?;
    out.flush()?;
    Ok((set.cases.len() + set.contacts.len() + set.links.len() + set.follow_ups.len()) as u64)
}

/// The links between cases that stand.
async fn case_links(
    v: &Viewer<'_>,
    w: &Wanted,
    (protocol, source): (&Protocol, &Source),
    seen: &mut impl AsyncFnMut(usize) -> Result<(), ExportError>,
) -> Result<Vec<LinkRecord>, ExportError> {
    let chains = v.read(async |tx| views::chains(tx, v.scope.book, &w.place, protocol).await).await?;
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
            v: &Viewer<'_>,
            place: &PlaceId,
            seen: &mut impl AsyncFnMut(usize) -> Result<(), ExportError>,
            mut each: impl FnMut(&views::$line) -> Result<(), WriteError>,
        ) -> Result<u64, ExportError> {
            let mut all = async |tx: &Transaction<'_>| {
                let (mut lines, mut rows) = (views::$view(tx, v.scope.book, place).await?, 0);
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
            v.read(async |tx| Ok(all(tx).await)).await?
        }
    };
}
lines!(case_lines, CaseLine, case_lines);
lines!(contact_lines, ContactLine, contact_lines);
lines!(follow_up_lines, FollowUpLine, follow_up_lines);
