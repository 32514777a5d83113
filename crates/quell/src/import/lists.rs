//! The lists of which all rows are read before anything is written, each by its name: for the command line and for HTTP.

use super::linelist::{self, LinelistOptions, LinelistReport};
use super::report::{Effect, Issue, Report, Words};
use super::{ImportError, Policy, Progress, Source, checkins, members, people, places, teams};
use crate::app::App;
use quell_foundation::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// People.
    People,
    /// Places.
    Places,
    /// Registers of venues and vehicles.
    Checkins,
    /// Members of groups.
    Members,
    /// Follow-up teams.
    Teams,
    /// Cases.
    Linelist,
}

impl ListKind {
    /// Every kind.
    pub const ALL: [ListKind; 6] =
        [ListKind::People, ListKind::Places, ListKind::Checkins, ListKind::Members, ListKind::Teams, ListKind::Linelist];

    /// As the command calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ListKind::People => "people",
            ListKind::Places => "places",
            ListKind::Checkins => "checkins",
            ListKind::Members => "members",
            ListKind::Teams => "teams",
            ListKind::Linelist => "linelist",
        }
    }
    /// The shipped mapping that is used if none is named.
    pub const fn mapping(self) -> &'static str {
        match self {
            ListKind::Linelist => "tianjin-linelist",
            other => other.as_str(),
        }
    }
}

/// What is asked of the import.
#[derive(Debug, Clone)]
pub struct ListOptions {
    /// What to do with the rows.
    pub policy: Policy,
    /// Of a line list: cases confirmed up to this day are opened.
    pub as_of: Day,
    /// Of a line list: the place to which all cases are assigned.
    pub home: Option<PlaceId>,
}

/// What an import did.
pub enum ListReport {
    /// Of a list.
    List(Box<Report>),
    /// Of a line list, which tells more.
    Linelist(Box<LinelistReport>),
}

impl ListReport {
    /// Rows, issues, columns.
    pub fn report(&self) -> &Report {
        match self {
            ListReport::List(r) => r,
            ListReport::Linelist(r) => &r.report,
        }
    }
}

/// Imports a list.
///
/// # Errors
/// If the file cannot be read to its end, a line list has no home, or the database or the door fails.
pub async fn import(
    app: &App,
    source: &Source,
    kind: ListKind,
    options: &ListOptions,
    progress: Progress<'_>,
) -> Result<ListReport, ImportError> {
    let policy = options.policy;
    let report = match kind {
        ListKind::People => people::import(app, source, policy, progress).await?,
        ListKind::Places => places::import(app, source, policy, progress).await?,
        ListKind::Checkins => checkins::import(app, source, policy, progress).await?,
        ListKind::Members => members::import(app, source, policy, progress).await?,
        ListKind::Teams => teams::import(app, source, policy, progress).await?,
        ListKind::Linelist => {
            let home = options.home.clone().ok_or_else(|| {
                ImportError::Unfit(Words::new(
                    "a line list has no addresses: say to which listed place its cases are assigned (home)",
                    "病例个案表没有住址：请指明病例归入的已登记地点（home）",
                ))
            })?;
            let options = LinelistOptions { as_of: options.as_of, home, policy };
            return Ok(ListReport::Linelist(Box::new(linelist::import(app, source, &options, progress).await?)));
        }
    };
    Ok(ListReport::List(Box::new(report)))
}

/// The rows that were not taken, as they stand in the file, with their reasons: to be corrected and imported again. None if all were.
///
/// # Errors
/// If the file can no longer be read.
pub fn refused(source: &Source, issues: &[Issue], chinese: bool) -> Result<Option<String>, ImportError> {
    let mut by_line: BTreeMap<u64, Vec<Issue>> = BTreeMap::new();
    for i in issues.iter().filter(|i| i.effect != Effect::Note) {
        by_line.entry(i.line).or_default().push(i.clone());
    }
    if by_line.is_empty() {
        return Ok(None);
    }
    let mut text = Vec::new();
    let failed = |e| ImportError::Io { path: PathBuf::from("refused.csv"), source: std::io::Error::other(e) };
    source.write_refused(&by_line, chinese, &mut text).map_err(failed)?;
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}
