//! The command line: every command opens the data directory itself (or joins the server that runs on it) and goes through
//! the same door and windows as HTTP. Exit codes: 0 done, 1 not done or a finding, 2 wrong words or a bad file.

mod accounts;
mod analyse;
mod analyses;
mod backup;
mod book;
mod checkpoint;
mod contacts;
mod demo;
mod export;
mod import;
mod papers;
mod peer;
mod protocol;
mod records;
mod rehearse;
mod result;
mod round;
mod serve;
mod status;
mod timeline;
mod trace;
mod verify;

use crate::app::{App, DataOptions, Ready, StartError};
use crate::clock::{Clock, fresh_id};
use crate::viewer::Viewer;
use clap::{Parser, Subcommand};
use quell_book::{BookConfig, Fact, Receipt};
use quell_foundation::*;
use quell_store::log::{Answer, Incoming};
use std::process::ExitCode;

/// Runs an outbreak response: from the first swab to the last release, with a book that balances.
#[derive(Parser)]
#[command(name = "quell", version)]
pub struct Quell {
    #[command(flatten)]
    data: DataOptions,
    /// Which book, when the database has several.
    #[arg(long, global = true, help_heading = "Where the data is")]
    book: Option<i32>,
    /// Print the result as JSON.
    #[arg(long, global = true, help_heading = "Output")]
    json: bool,
    /// Messages in this language: en or zh. Default: from LANG.
    #[arg(long, global = true, env = "QUELL_LANG", value_parser = ["en", "zh"], help_heading = "Output")]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Serve),
    /// Answer doors that ask for the status of a person, beside the server and on when it or its PostgreSQL is down.
    Status(status::StatusOptions),
    /// An outbreak in Wushan County, lived through the real door on an empty machine.
    Demo(demo::Demo),
    /// Open, show and close screening rounds.
    #[command(subcommand)]
    Round(round::Round),
    /// Everything known of one tube or one person.
    #[command(subcommand)]
    Trace(trace::Trace),
    /// Contacts of a case, found from where it has been: show the candidates, confirm them.
    #[command(subcommand)]
    Contacts(contacts::Contacts),
    /// How fast it spreads, who infected whom, what comes next: from tables, without a database.
    #[command(subcommand)]
    Analyse(quell_analyse::Analyse),
    /// Try a policy on a simulated county or city, with the rules that run the response; or from what the book knows today.
    #[command(subcommand)]
    Rehearse(rehearse::Rehearse),
    /// Analyses of the book: made on a snapshot of it, and kept with how they were made.
    #[command(subcommand)]
    Analyses(analyses::Analyses),
    /// Write a list as CSV, a workbook, or in the shape of SORMAS, Go.Data or FHIR.
    Export(export::Export),
    /// Print notices, certificates of release, day sheets and daily reports as PDF.
    #[command(subcommand)]
    Print(papers::Print),
    /// Balance and seal the open day.
    Close(book::Close),
    /// Create a book, show its day, or give overdue items an owner.
    #[command(subcommand)]
    Book(book::Book),
    /// Check, compare, show or adopt a protocol.
    #[command(subcommand)]
    Protocol(protocol::Protocol),
    /// Import people, places or cases from CSV or Excel.
    #[command(subcommand)]
    Import(import::Import),
    /// Import the results of a plate, or enter one result.
    #[command(subcommand)]
    Result(result::Results),
    /// Recompute the log and the whole book, and name whatever was changed behind Quell's back.
    Verify(verify::Verify),
    /// Check a file of checkpoints by itself, or receive checkpoints of another machine.
    #[command(subcommand)]
    Checkpoint(checkpoint::Checkpoint),
    /// Create, change and list accounts.
    #[command(subcommand)]
    Account(accounts::Account),
    /// Other jurisdictions' books, to which messages go and from which they come.
    #[command(subcommand)]
    Peer(peer::Peer),
    /// Write the database and the identity key to a file, consistently, also while the server runs.
    Backup(backup::Backup),
    /// Bring a backup into a new data directory.
    Restore(backup::Restore),
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Starting.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The store.
    #[error(transparent)]
    Store(#[from] quell_store::StoreError),
    /// The private PostgreSQL.
    #[error(transparent)]
    Server(#[from] quell_store::server::ServerError),
    /// Said already; only the exit code is left.
    #[error("")]
    Said(u8),
    /// Anything else, in the user's words.
    #[error("{0}")]
    Failed(String),
}

/// What every command has at hand.
pub struct Context {
    data: DataOptions,
    book: Option<i32>,
    json: bool,
    chinese: bool,
}

impl Context {
    /// What went wrong, in the user's language.
    fn failed(&self, en: impl Into<String>, zh: impl Into<String>) -> CliError {
        CliError::Failed(if self.chinese { zh.into() } else { en.into() })
    }
    /// Text in the user's language.
    fn say(&self, en: impl AsRef<str>, zh: impl AsRef<str>) {
        if !self.json {
            println!("{}", if self.chinese { zh.as_ref() } else { en.as_ref() });
        }
    }
    /// Opens the data and the book; there must be some: a slip in `--data` should not make an empty database.
    async fn open(&self) -> Result<(Ready, App), CliError> {
        if self.data.database_url.is_none() && !self.data.data.join("pg").exists() {
            return Err(self.failed(
                format!("no data in {}: check --data, or begin with 'quell book create' or 'quell demo'", self.data.data.display()),
                format!("{} 中没有数据：请检查 --data，或先执行 quell book create 或 quell demo", self.data.data.display()),
            ));
        }
        let ready = self.data.open().await?;
        let config = ready.book(self.book).await?;
        let app = open_book(&ready, &config).await?;
        Ok((ready, app))
    }
}

/// Opens a book with the directory's clock and identity key.
async fn open_book(ready: &Ready, config: &BookConfig) -> Result<App, CliError> {
    let key = ready.identity_key(config.book).await?;
    Ok(App::open(ready, config, DEFAULT_PROTOCOL, Clock::of(&ready.data), key).await?)
}

/// The protocol of a book that has adopted none yet.
pub const DEFAULT_PROTOCOL: &str = "covid-2022-twenty";

/// Hands facts in as the local operator, whose place is the whole book.
async fn hand_in(ctx: &Context, app: &App, facts: Vec<Fact>) -> Result<Receipt, CliError> {
    let (_, answer) = hand_in_as(app, SubmissionId(fresh_id()), facts).await?;
    match answer {
        Answer::Accepted(r) => Ok(r),
        Answer::IdReused => Err(ctx.failed("this id is in the book with other content", "该编号已用于其他内容")),
        Answer::Refused(r) => Err(ctx.failed(r.en, r.zh)),
    }
}

async fn hand_in_as(app: &App, id: SubmissionId, mut facts: Vec<Fact>) -> Result<(SubmissionId, Answer), CliError> {
    app.key.pseudonymise(&mut facts);
    let incoming = Incoming::new(id, app.operator(), facts);
    match app.door.submit(vec![incoming]).await.into_iter().next() {
        Some(Ok(a)) => Ok((id, a)),
        Some(Err(e)) => Err(CliError::Failed(e.to_string())),
        None => Err(CliError::Failed("no answer".into())),
    }
}

/// Runs the command.
pub fn run(q: Quell) -> ExitCode {
    let chinese = match q.lang.as_deref() {
        Some(l) => l == "zh",
        None => std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).is_ok_and(|l| l.starts_with("zh")),
    };
    let ctx = Context { data: q.data, book: q.book, json: q.json, chinese };
    if let Command::Protocol(p @ (protocol::Protocol::Check(_) | protocol::Protocol::Diff(_) | protocol::Protocol::Show(_))) = &q.command {
        return protocol::without_data(&ctx, p);
    }
    if let Command::Analyse(a) = &q.command {
        return analyse::without_data(&ctx, a);
    }
    if let Command::Rehearse(rehearse::Rehearse::Anywhere(r)) = &q.command {
        return rehearse::without_data(&ctx, r);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(r) => r,
        Err(e) => {
            eprintln!("quell: {e}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match q.command {
            Command::Analyse(_) | Command::Rehearse(rehearse::Rehearse::Anywhere(_)) => Ok(()),
            Command::Rehearse(rehearse::Rehearse::FromBook(o)) => rehearse::from_book(&ctx, o).await,
            Command::Analyses(c) => analyses::run(&ctx, c).await,
            Command::Serve(c) => serve::run(&ctx, c).await,
            Command::Status(c) => status::run(&ctx, c).await,
            Command::Demo(c) => demo::run(&ctx, c).await,
            Command::Round(c) => round::run(&ctx, c).await,
            Command::Trace(c) => trace::run(&ctx, c).await,
            Command::Contacts(c) => contacts::run(&ctx, c).await,
            Command::Export(c) => export::run(&ctx, c).await,
            Command::Print(c) => papers::run(&ctx, c).await,
            Command::Close(c) => book::close(&ctx, c).await,
            Command::Book(c) => book::run(&ctx, c).await,
            Command::Protocol(c) => protocol::run(&ctx, c).await,
            Command::Import(c) => import::run(&ctx, c).await,
            Command::Result(c) => result::run(&ctx, c).await,
            Command::Verify(c) => verify::run(&ctx, c).await,
            Command::Checkpoint(c) => checkpoint::run(&ctx, c).await,
            Command::Account(c) => accounts::run(&ctx, c).await,
            Command::Peer(c) => peer::run(&ctx, c).await,
            Command::Backup(c) => backup::backup(&ctx, c).await,
            Command::Restore(c) => backup::restore(&ctx, c).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Said(code)) => ExitCode::from(code),
        Err(e) => {
            eprintln!("quell: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a view as the local operator, who sees the whole book.
async fn read<T, F>(app: &App, f: F) -> Result<T, CliError>
where
    F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, quell_store::StoreError>,
{
    let scope = quell_store::Scope { book: app.config.book, place: app.config.root.clone() };
    Ok(app.db.read(&scope, f).await?)
}

/// Who works at the command line. The name is that of the system's user: whoever can read the data directory can be anyone, but does
/// not become it by mistake.
fn local_user() -> String {
    let user = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|v| std::env::var(v).ok()).unwrap_or_else(|| "unknown".into());
    format!("operator ({user})")
}

/// Writes a look of the local operator at persons down; like a look over HTTP it must succeed before anything is shown.
async fn looked(app: &App, what: &str, person: Option<PersonId>, place: Option<&PlaceId>, rows: usize) -> Result<(), CliError> {
    viewer(app, what).looked(person, place, rows).await.map_err(|e| CliError::Failed(e.to_string()))
}

/// The local operator as one who looks at persons.
fn viewer<'a>(app: &'a App, what: &'a str) -> Viewer<'a> {
    Viewer::at_the_machine(app, local_user(), what)
}

/// Prints a value as one line of JSON.
fn print_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    println!("{}", serde_json::to_string(value).map_err(|e| CliError::Failed(e.to_string()))?);
    Ok(())
}
