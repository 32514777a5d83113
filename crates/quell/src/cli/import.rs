//! `quell import people | places | checkins | members | teams | linelist | cases | contacts | links | followups | results`

use super::records::{self, RecordsArgs};
use super::verify::progress_bar;
use super::{CliError, Context, print_json};
use crate::app::App;
use crate::import::lists::{self, ListKind, ListOptions, ListReport};
use crate::import::records::RecordKind;
use crate::import::report::Report;
use crate::import::{FileOptions, ImportError, Policy, Source, Step};
use clap::Subcommand;
use quell_foundation::*;
use std::path::PathBuf;

/// Subcommands of `import`.
#[derive(Subcommand)]
pub enum Import {
    /// Import a list of people, each with the code of their household. The same file again changes nothing.
    People(List),
    /// Import places of the tree: path, kind, name, name_en, wards (w1:40;w2:40).
    Places(List),
    /// Import registers of venues and vehicles: who came when (person or identity number; place or vehicle; from, to, seat).
    Checkins(List),
    /// Import members of classes, teams and other groups, and participants of events.
    Members(List),
    /// Import follow-up teams: code, name, the places each covers, how many people it can see a day, its members.
    Teams(List),
    /// Import the cases of a line list and show the duties that they imply as of a day, and what the file lacks.
    Linelist(Linelist),
    /// Import cases with their persons, from Quell's own table, Go.Data or SORMAS.
    Cases(RecordsArgs),
    /// Import contacts with their persons. Import their cases first.
    Contacts(RecordsArgs),
    /// Import links: who infected whom, who was exposed to whom.
    Links(RecordsArgs),
    /// Import follow-ups of contacts.
    Followups(RecordsArgs),
    /// Import laboratory results: a table, HL7 v2 messages (ORU^R01), or FHIR diagnostic reports.
    Results(RecordsArgs),
}

/// How to read a file.
#[derive(clap::Args)]
pub(super) struct FileArgs {
    /// CSV, XLSX, XLS or ODS.
    pub(super) file: PathBuf,
    /// Mapping of columns to fields: a TOML file, or one of people, places, plate, checkins, members, teams, tianjin-linelist, godata-cases …, sormas-cases …,
    /// quell-cases … (mappings/).
    #[arg(long)]
    pub(super) mapping: Option<String>,
    /// Encoding of a CSV file, if it is not to be inferred: utf-8, gb18030 ….
    #[arg(long)]
    encoding: Option<String>,
    /// Sheet of a workbook; by default the first visible one.
    #[arg(long)]
    sheet: Option<String>,
    /// How many rows were counted at the source, without the header. A file with another number is refused.
    #[arg(long)]
    rows: Option<u64>,
    /// Write all issues to this CSV file.
    #[arg(long)]
    pub(super) report: Option<PathBuf>,
}

/// Options of a list.
#[derive(clap::Args)]
pub struct List {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// What to do with the rows.
#[derive(clap::Args)]
struct PolicyArgs {
    /// Show the mapping of the columns, the first rows as they would be stored, and all issues; write nothing.
    #[arg(long)]
    preview: bool,
    /// Import the good rows though others are bad. Without it one bad row refuses the whole file.
    #[arg(long)]
    skip_bad: bool,
    /// Rows that contradict the book (same identity, other name or home) or an earlier row replace it. Without it they are held back.
    #[arg(long)]
    update: bool,
}

/// Options of `linelist`.
#[derive(clap::Args)]
pub struct Linelist {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Open the cases confirmed up to this day (YYYY-MM-DD).
    #[arg(long)]
    as_of: Day,
    /// The listed place to which all cases are assigned.
    #[arg(long)]
    home: PlaceId,
}

impl FileArgs {
    /// Opens the file under its mapping.
    pub(super) fn open(&self, default_mapping: &str) -> Result<Source, ImportError> {
        Source::open(&self.file, default_mapping, &self.options())
    }
    /// What is known of the file.
    pub(super) fn options(&self) -> FileOptions {
        FileOptions { mapping: self.mapping.clone(), encoding: self.encoding.clone(), sheet: self.sheet.clone(), rows: self.rows }
    }
    /// Writes the report file, if one is wanted.
    pub(super) fn write_report(&self, report: &Report) -> Result<(), CliError> {
        let Some(path) = &self.report else { return Ok(()) };
        report.write_csv(path).map_err(|e| CliError::Failed(format!("{}: {e}", path.display())))
    }
}

impl From<&PolicyArgs> for Policy {
    fn from(p: &PolicyArgs) -> Self {
        Policy { preview: p.preview, skip_bad: p.skip_bad, update: p.update }
    }
}

/// Says what went wrong; the exit code tells a bad file (2) from a book that did not take it (1).
pub(super) fn said(ctx: &Context, e: &ImportError) -> CliError {
    eprintln!("quell: {}", e.text(ctx.chinese));
    CliError::Said(if e.is_bad_input() { 2 } else { 1 })
}

pub(super) async fn run(ctx: &Context, c: Import) -> Result<(), CliError> {
    // Only a line list asks as of which day, and for a home.
    let whole = |policy: &PolicyArgs| ListOptions { policy: policy.into(), as_of: Day(0), home: None };
    let (kind, file, options) = match &c {
        Import::People(l) => (ListKind::People, &l.file, whole(&l.policy)),
        Import::Places(l) => (ListKind::Places, &l.file, whole(&l.policy)),
        Import::Checkins(l) => (ListKind::Checkins, &l.file, whole(&l.policy)),
        Import::Members(l) => (ListKind::Members, &l.file, whole(&l.policy)),
        Import::Teams(l) => (ListKind::Teams, &l.file, whole(&l.policy)),
        Import::Linelist(l) => {
            let options = ListOptions { as_of: l.as_of, home: Some(l.home.clone()), ..whole(&l.policy) };
            (ListKind::Linelist, &l.file, options)
        }
        Import::Cases(r) => return records::run(ctx, RecordKind::Cases, r).await,
        Import::Contacts(r) => return records::run(ctx, RecordKind::Contacts, r).await,
        Import::Links(r) => return records::run(ctx, RecordKind::Links, r).await,
        Import::Followups(r) => return records::run(ctx, RecordKind::Followups, r).await,
        Import::Results(r) => return records::run(ctx, RecordKind::Results, r).await,
    };
    let source = file.open(kind.mapping()).map_err(|e| said(ctx, &e))?;
    let (ready, app) = ctx.open().await?;
    let done = import(ctx, &app, &source, kind, file, &options).await;
    ready.stop();
    done
}

async fn import(ctx: &Context, app: &App, source: &Source, kind: ListKind, file: &FileArgs, options: &ListOptions) -> Result<(), CliError> {
    let bar = progress_bar(ctx.json, "rows read");
    let mut progress = |step: Step, done: u64, of: u64| {
        bar.set_message(if step == Step::Read { "rows read" } else { "facts written" });
        bar.set_length(of);
        bar.set_position(done);
    };
    let done = lists::import(app, source, kind, options, &mut progress).await;
    bar.finish_and_clear();
    let done = done.map_err(|e| said(ctx, &e))?;
    let (report, preview) = (done.report(), options.policy.preview);
    file.write_report(report)?;
    match (&done, ctx.json) {
        (ListReport::Linelist(r), true) => print_json(r)?,
        (ListReport::List(r), true) => print_json(r)?,
        (ListReport::Linelist(r), false) => r.lines(ctx.chinese, preview).iter().for_each(|l| println!("{l}")),
        (ListReport::List(_), false) => {
            report.lines(ctx.chinese, preview).iter().for_each(|l| println!("{l}"));
            let (before, after, n) = (report.book_before, report.book_after, report.written);
            match kind {
                ListKind::Teams => ctx.say(format!("{n} teams written"), format!("写入 {n} 个小组")),
                ListKind::Checkins | ListKind::Members => {
                    ctx.say(format!("{n} facts written; nobody is restricted by them"), format!("写入 {n} 条；登记本身不限制任何人"));
                }
                ListKind::People | ListKind::Places | ListKind::Linelist => ctx.say(
                    format!("{n} facts written; in the book: {before} before, {after} now"),
                    format!("写入 {n} 条；台账中原有 {before}，现有 {after}"),
                ),
            }
        }
    }
    if report.stopped.is_some() { Err(CliError::Said(1)) } else { Ok(()) }
}
