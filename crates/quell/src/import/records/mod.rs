//! Cases, contacts, links, follow-ups and laboratory results from files: Quell's own tables, Go.Data, SORMAS, any table under a mapping,
//! HL7 v2 and FHIR. A row is a submission of its own, accepted whole or refused whole; refused rows hold up nobody and go into a file
//! that can be corrected and imported again.
//!
//! *Ids.* What has an id of this book (a UUID) keeps it. What another system calls by a name of its own has an id that follows from that
//! system and that name, so that its next file speaks of the same record. The rest has an id that follows from what it says. Every row
//! is compared with the book first: the same file again, also after it broke off, goes on with what is new.
//!
//! *History.* What a row says is over (a case that recovered, died or was withdrawn, a contact who was released, dropped or became a case),
//! and a contact whose schedule has run out by now, is written down and opens no duty. What goes on opens its duties as of the time that
//! the row gives, overdue ones too, as the import of line lists does.
//!
//! *One disease.* A row that names another disease than the protocol's is refused; the names of its own stand in the protocol's file.
//!
//! *One person, once.* What a row says of a record that was merged into another one is said of the one that was kept.
//!
//! *What the book knows stays.* A row adds what is unknown; where it says otherwise that is remarked, and someone decides.

mod cases;
mod contacts;
mod disease;
mod file;
mod followups;
mod links;
mod messages;
mod named;
mod read;
mod report;
mod results;
mod who;

pub use file::{RecordFile, RecordKind};
pub use report::{PossibleDuplicate, RecordsReport};

use super::report::{Effect, Issue, Words};
use super::{ImportError, Progress, Source, Step, incoming};
use crate::app::App;
use crate::similar::Candidate;
use named::NamedCases;
use quell_book::Fact;
use quell_exchange::{CaseRecord, ContactRecord, FollowUpRecord, LinkRecord, PersonPart, ResultRecord};
use quell_foundation::*;
use quell_protocol::Protocol;
use quell_store::find::{self, Would};
use quell_store::log::{Answer, Incoming};
use quell_tabular::{Row, Rows};
use report::refused;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use who::Ahead;

/// Rows that are compared with the book, and handed in, together.
const ROWS: usize = 1_000;

/// What is asked of the import.
#[derive(Debug, Clone)]
pub struct RecordsOptions {
    /// Where new persons live whose row does not say it.
    pub home: Option<PlaceId>,
    /// The system from which the ids of the file come; by default the beginning of the mapping's name.
    pub system: Option<String>,
    /// Compare and decide, and write nothing.
    pub dry_run: bool,
    /// Reasons in the file of refused rows in Chinese.
    pub chinese: bool,
    /// Where refused rows go.
    pub refused: Refused,
    /// Where acknowledgements of HL7 messages go.
    pub ack: Option<PathBuf>,
}

/// Where refused rows go.
#[derive(Debug, Clone)]
pub enum Refused {
    /// Into this file; a dry run writes none.
    File(PathBuf),
    /// Into the report ([`RecordsReport::refused_text`]), of a dry run too.
    Report,
}

impl Refused {
    /// The file, for what goes wrong with it.
    fn path(&self) -> PathBuf {
        match self {
            Refused::File(path) => path.clone(),
            Refused::Report => PathBuf::from("refused.csv"),
        }
    }
}

/// Records of one kind, each with the row it stands in.
enum Records {
    Cases(Vec<(u64, CaseRecord)>),
    Contacts(Vec<(u64, ContactRecord)>),
    Links(Vec<(u64, LinkRecord)>),
    FollowUps(Vec<(u64, FollowUpRecord)>),
    Results(Vec<(u64, ResultRecord)>),
}

impl Records {
    fn of(kind: RecordKind, rows: &[Row], offset: UtcOffset) -> Self {
        fn all<R>(rows: &[Row], offset: UtcOffset, read: impl Fn(&Row, UtcOffset) -> R) -> Vec<(u64, R)> {
            rows.iter().map(|r| (r.line, read(r, offset))).collect()
        }
        match kind {
            RecordKind::Cases => Records::Cases(all(rows, offset, read::case)),
            RecordKind::Contacts => Records::Contacts(all(rows, offset, read::contact)),
            RecordKind::Links => Records::Links(all(rows, offset, read::link)),
            RecordKind::Followups => Records::FollowUps(all(rows, offset, read::follow_up)),
            RecordKind::Results => Records::Results(all(rows, offset, read::result)),
        }
    }

    /// Whose they are, if they may speak of someone new: the row, what it says of the person, what the record is called.
    fn whose(&self) -> Vec<(u64, &PersonPart, Option<String>)> {
        match self {
            Records::Cases(all) => all.iter().map(|(line, r)| (*line, &r.who, cases::key(r))).collect(),
            Records::Contacts(all) => all.iter().map(|(line, r)| (*line, &r.who, contacts::key(r))).collect(),
            Records::Links(_) | Records::FollowUps(_) | Records::Results(_) => Vec::new(),
        }
    }
}

/// What becomes of a row.
enum Decided {
    /// It says something new.
    Hand {
        /// What.
        facts: Vec<Fact>,
        /// Its id, if the sender has one for it; else it follows from the facts.
        id: Option<SubmissionId>,
    },
    /// The book knows it.
    Duplicate,
    /// It says nothing of the kind.
    LeftOut,
    /// It cannot be used.
    Refused(Box<Issue>),
}

impl Decided {
    /// Facts, if there are any.
    fn hand(facts: Vec<Fact>) -> Self {
        if facts.is_empty() { Decided::Duplicate } else { Decided::Hand { facts, id: None } }
    }
}

/// An import under way.
struct Run<'a> {
    app: &'a App,
    protocol: Arc<Protocol>,
    options: &'a RecordsOptions,
    system: String,
    now: Instant,
    who: who::Who,
    report: RecordsReport,
    refused: BTreeMap<u64, Vec<Issue>>,
}

/// Imports a file.
///
/// # Errors
/// If the file cannot be read to its end, or the database or the door fails. Bad rows are no error: they are in the report.
pub async fn import(app: &App, file: &RecordFile, options: &RecordsOptions, progress: Progress<'_>) -> Result<RecordsReport, ImportError> {
    let report = file.report(options.dry_run);
    let system = options.system.clone().unwrap_or_else(|| file.system());
    let (protocol, now) = (app.protocol().await?, app.clock.now());
    let mut run = Run { app, protocol, options, system, now, who: Default::default(), report, refused: BTreeMap::new() };
    check_home(app, options).await?;
    match file {
        RecordFile::Table(kind, source) => Box::pin(run.table(*kind, source, progress)).await?,
        RecordFile::Hl7(messages) => Box::pin(run.hl7(messages, progress)).await?,
        RecordFile::Fhir(bytes, _) => Box::pin(run.fhir(bytes, progress)).await?,
    }
    let mut report = run.report;
    // Of a row that was refused nobody is in the book.
    report.possible_duplicates.retain(|p| !run.refused.contains_key(&p.line));
    report.issues.sort_by_key(|i| (i.line, i.effect));
    Ok(report)
}

async fn check_home(app: &App, options: &RecordsOptions) -> Result<(), ImportError> {
    match &options.home {
        Some(home) => super::linelist::check_home(app, home).await,
        None => Ok(()),
    }
}

/// A word of the book.
fn word_of<T: serde::de::DeserializeOwned>(line: u64, field: &str, text: &str) -> Result<Option<T>, Box<Issue>> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map(Some).map_err(|_| {
        let message = (format!("{field}: the book does not have the word '{text}'"), format!("{field}：台账没有“{text}”这个词"));
        let advice = ("say in the mapping (values) which word of the book it is", "请在映射文件的 values 中说明对应台账的哪个词");
        Box::new(Issue { column: Some(field.to_owned()), ..*refused(line, "mapping.target", message, advice) })
    })
}

/// The text of a word of the book.
fn text_of(word: impl serde::Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Run<'_> {
    async fn table(&mut self, kind: RecordKind, source: &Source, progress: Progress<'_>) -> Result<(), ImportError> {
        // Counted first: a file that was cut is not begun.
        let mut rows = source.reader.rows(&source.mapping)?;
        rows.by_ref().for_each(drop);
        let summary = rows.summary().clone();
        if !summary.complete {
            return Err(file::changed());
        }
        let used = kind.used();
        let report = &mut self.report;
        report.columns.clone_from(&summary.read_columns);
        report.unread_columns.clone_from(&summary.unread_columns);
        report.not_stored = summary.read_columns.keys().filter(|f| !used.contains(&f.as_str())).cloned().collect();
        report.warnings = summary.warnings.iter().map(|w| Words::new(w.message_en(), w.message_zh())).collect();
        if let Some(why) = source.unconfirmed(&summary) {
            report.stopped = Some(why);
            return Ok(());
        }
        let mut rows = source.reader.rows(&source.mapping)?;
        let (mut records, mut read) = (self.some(kind, &mut rows), rows.summary().rows);
        while let Some(some) = records {
            let next = self.some(kind, &mut rows);
            self.take(some, next.as_ref()).await?;
            self.report.read = read;
            progress(Step::Read, read, source.reader.records());
            (records, read) = (next, rows.summary().rows);
        }
        self.report.read = read;
        progress(Step::Read, read, source.reader.records());
        if !rows.summary().complete {
            return Err(file::changed());
        }
        self.write_refused(source)
    }

    /// Some more rows; none at the end.
    fn some(&mut self, kind: RecordKind, rows: &mut Rows) -> Option<Records> {
        let mut good = Vec::with_capacity(ROWS);
        for item in rows {
            match item {
                Ok(row) => good.push(row),
                Err(faults) => {
                    let line = faults.first().map_or(0, |f| f.line);
                    self.refuse(line, faults.into_iter().map(Issue::from).collect());
                }
            }
            if good.len() == ROWS {
                break;
            }
        }
        (!good.is_empty()).then(|| Records::of(kind, &good, self.app.config.offset))
    }

    /// Writes the refused rows as they stand in the file, with their reasons.
    fn write_refused(&mut self, source: &Source) -> Result<(), ImportError> {
        if self.refused.is_empty() {
            return Ok(());
        }
        let (chinese, path) = (self.options.chinese, self.options.refused.path());
        let failed = |source: std::io::Error| ImportError::Io { path: path.clone(), source };
        match &self.options.refused {
            Refused::File(_) if self.options.dry_run => {}
            Refused::File(path) => {
                // Beside it first: it may be the very file that is read.
                let beside = path.with_extension("part");
                let out = std::fs::File::create(&beside).map_err(failed)?;
                source.write_refused(&self.refused, chinese, out).map_err(|e| failed(std::io::Error::other(e)))?;
                std::fs::rename(&beside, path).map_err(failed)?;
                self.report.refused_file = Some(path.display().to_string());
            }
            Refused::Report => {
                let mut text = Vec::new();
                source.write_refused(&self.refused, chinese, &mut text).map_err(|e| failed(std::io::Error::other(e)))?;
                self.report.refused_text = Some(String::from_utf8_lossy(&text).into_owned());
            }
        }
        Ok(())
    }

    /// Compares records with the book, and hands in what is new. While that is written, who the `next` ones could be is looked up.
    async fn take(&mut self, records: Records, next: Option<&Records>) -> Result<(), ImportError> {
        // Each on the heap: together they would take a good part of a thread's stack.
        let decided = match records {
            Records::Cases(all) => Box::pin(self.cases(all)).await?,
            Records::Contacts(all) => Box::pin(self.contacts(all)).await?,
            Records::Links(all) => Box::pin(self.links(all)).await?,
            Records::FollowUps(all) => Box::pin(self.follow_ups(all)).await?,
            Records::Results(all) => Box::pin(self.results(all)).await?,
        };
        let ahead = self.ahead(next.map(Records::whose).unwrap_or_default()).await?;
        let ahead = Box::pin(self.settle(decided, ahead)).await?;
        self.who.ahead = ahead;
        // What a dry run has not written nobody finds in the database.
        if !self.options.dry_run {
            self.who.written();
        }
        Ok(())
    }

    /// Hands in what was decided, and looks ahead meanwhile.
    async fn settle(&mut self, decided: Vec<(u64, Decided)>, ahead: Ahead) -> Result<HashMap<u64, Vec<Candidate>>, ImportError> {
        let (mut lines, mut batch): (Vec<(u64, Vec<Fact>)>, Vec<Incoming>) = Default::default();
        for (line, d) in decided {
            match d {
                Decided::Duplicate => self.report.duplicates += 1,
                Decided::LeftOut => self.report.left_out += 1,
                Decided::Refused(issue) => self.refuse(line, vec![*issue]),
                Decided::Hand { facts, id } => {
                    lines.push((line, facts.clone()));
                    let s = incoming(self.app, uuid::Uuid::nil(), facts);
                    let book = self.app.config.book.0.to_be_bytes();
                    let by_content = SubmissionId(derived_uuid(&[b"import record", &book, &s.content_hash().0]));
                    batch.push(s.with_id(id.unwrap_or(by_content)));
                }
            }
        }
        let (answers, ahead) = tokio::join!(self.hand_in(batch), ahead.look(self.app));
        let (answers, ahead) = (answers?, ahead?);
        for ((line, facts), answer) in lines.into_iter().zip(answers) {
            match answer {
                Would::Accept => {
                    self.report.accepted += 1;
                    self.report.last_accepted = self.report.last_accepted.max(Some(line));
                    self.report.facts += facts.len() as u64;
                    self.report.new_persons += self.who.count_new(&facts);
                }
                Would::Repeat => self.report.duplicates += 1,
                // The same person, the same case, no later exposure: it says nothing new.
                Would::Refuse(r) if r.rule == "contact.covered" => {
                    self.report.duplicates += 1;
                    self.report.note(report::remark(line, &r.rule, (r.en, r.zh), ("nothing is to be done", "无需处理")));
                }
                Would::Refuse(r) => {
                    let advice = (
                        "correct the row, or the book first, and import the refused rows again",
                        "请改正该行或先更正台账，再导入被拒绝的行",
                    );
                    let columns = &self.report.columns;
                    // When something was said stands under several headers.
                    let at = (r.field == "at").then_some(["named", "found", "known", "last_exposure"]).into_iter().flatten();
                    let column = columns.get(&r.field).or_else(|| at.filter_map(|f| columns.get(f)).next()).cloned().or(Some(r.field));
                    let issue = Issue { column, ..*refused(line, &r.rule, (r.en, r.zh), advice) };
                    self.refuse(line, vec![issue]);
                }
            }
        }
        Ok(ahead)
    }

    /// The answers of the door, or those that it would give.
    async fn hand_in(&self, batch: Vec<Incoming>) -> Result<Vec<Would>, ImportError> {
        if self.options.dry_run {
            return Ok(find::dry_run(&self.app.preview, self.now, batch).await?.answers);
        }
        let would = |a| match a {
            Answer::Accepted(r) if r.repeat => Would::Repeat,
            Answer::Accepted(_) => Would::Accept,
            Answer::IdReused => Would::Repeat,
            Answer::Refused(r) => Would::Refuse(r),
        };
        Ok(self.app.door.submit(batch).await.into_iter().map(|a| a.map(would)).collect::<Result<_, _>>()?)
    }

    fn refuse(&mut self, line: u64, issues: Vec<Issue>) {
        self.report.refused += 1;
        issues.iter().for_each(|i| self.report.note(i.clone()));
        self.refused.entry(line).or_default().extend(issues);
    }

    /// The id of what the system of this file calls so.
    fn derived(&self, kind: &str, name: &str) -> uuid::Uuid {
        let book = self.app.config.book.0.to_be_bytes();
        derived_uuid(&[b"record", &book, self.system.as_bytes(), kind.as_bytes(), name.as_bytes()])
    }

    /// The time of a moment of the book, exactly.
    fn exactly(&self, at: Instant) -> EventTime {
        EventTime::exact(at, self.app.config.offset)
    }

    /// Who stands for a decision of another system that names nobody.
    fn elsewhere(&self) -> String {
        format!("import: {}", self.system)
    }

    /// The header of a field, for people to find.
    fn column(&self, field: &str) -> Option<String> {
        Some(self.report.columns.get(field).cloned().unwrap_or_else(|| field.to_owned()))
    }
}

/// A case that a row names and the book does not have.
fn no_such_case(line: u64, column: Option<String>, names: [&str; 2]) -> Box<Issue> {
    let name = names.into_iter().find(|n| !n.is_empty()).unwrap_or_default();
    let message = ("no case of this book has this id or number", "台账中没有此标识或编号的病例");
    let advice = ("import the cases first, or correct it", "请先导入病例，或更正编号");
    Box::new(Issue { column, ..*refused(line, "case.unknown", message, advice) }.with_value(name))
}

/// A remark that a row differs from what the book knows, which stays.
fn differs(line: u64, what: &[(&str, &str)]) -> Issue {
    let (en, zh): (Vec<&str>, Vec<&str>) = what.iter().copied().unzip();
    let message = (format!("the book has another {}; it stays", en.join(", ")), format!("台账中的{}不同，保留台账内容", zh.join("、")));
    Issue::new(Effect::Note, line, "record.differs", message, ("if the row is right, correct the book", "如以本行为准，请更正台账"))
}
