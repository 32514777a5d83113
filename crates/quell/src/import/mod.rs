//! Bulk import: a file under a mapping becomes checked rows, rows become facts, facts go through the door in submissions
//! whose ids follow from the file, so that the same file again is a repeat and changes nothing.
//!
//! Everything is read and compared with the book before anything is written (by [`records`], rows of a chunk). One module a kind of file.

mod alone;
pub mod checkins;
pub mod linelist;
pub mod lists;
pub mod members;
pub mod people;
pub mod places;
pub mod plate;
pub mod records;
pub mod report;
pub mod teams;
pub mod wells;
mod whom;

use crate::app::App;
use crate::door::DoorError;
use crate::identity::IdentityKey;
use lists::ListKind;
use quell_book::{BookConfig, Fact};
use quell_foundation::*;
use quell_store::StoreError;
use quell_store::log::{Answer, Incoming};
use quell_tabular::{Mapping, OpenError, Options, Problem, Reader, Reason, RefusedError, Row, Rows, Summary};
use records::RecordKind;
use report::{Issue, Issues, Report, Words};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use alone::{Lines, List, facts_alone};

/// Facts of one submission of an import.
const CHUNK: usize = 1_000;
/// Submissions that are handed in together: while the first ones are written the next ones wait at the door.
const WINDOW: usize = 8;

/// Why an import could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The data file does not fit.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The mapping file has faults.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mapping(Vec<Problem>),
    /// What was asked for does not fit the file or the book.
    #[error("{}", .0.en)]
    Unfit(Words),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The door.
    #[error(transparent)]
    Door(#[from] DoorError),
}

impl ImportError {
    /// The text in one language.
    pub fn text(&self, chinese: bool) -> String {
        match self {
            ImportError::Open(e) if chinese => {
                let line = e.line.map(|l| format!("第 {l} 行：")).unwrap_or_default();
                format!("{line}{}；{}", e.message_zh, e.advice_zh)
            }
            ImportError::Unfit(w) => w.pick(chinese).to_owned(),
            other => other.to_string(),
        }
    }
    /// True if the file or the words of the command are at fault, not the book.
    pub fn is_bad_input(&self) -> bool {
        matches!(self, ImportError::Io { .. } | ImportError::Open(_) | ImportError::Mapping(_) | ImportError::Unfit(_))
    }
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// A list of which all rows are read before anything is written.
    List(ListKind),
    /// Records of which each row is taken or refused by itself.
    Records(RecordKind),
}

impl ImportKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = ImportKind> {
        ListKind::ALL.into_iter().map(ImportKind::List).chain(RecordKind::ALL.into_iter().map(ImportKind::Records))
    }
    /// As the command and the route call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ImportKind::List(k) => k.as_str(),
            ImportKind::Records(k) => k.as_str(),
        }
    }
    /// The kind that is called so.
    pub fn of(name: &str) -> Option<Self> {
        Self::all().find(|k| k.as_str() == name)
    }
}

/// How to read a file.
#[derive(Debug, Clone, Default)]
pub struct FileOptions {
    /// A mapping file or the name of a shipped mapping.
    pub mapping: Option<String>,
    /// Encoding, if not to be inferred.
    pub encoding: Option<String>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// How many rows the sender has counted: rows are counted at both ends.
    pub rows: Option<u64>,
}

/// What rows are read by, without a book.
pub struct Ground<'a> {
    /// The book's.
    pub config: &'a BookConfig,
    /// What stands for identity numbers.
    pub key: &'a IdentityKey,
    /// The day.
    pub today: Day,
}

/// What to do with the rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// Write nothing.
    pub preview: bool,
    /// Import the good rows though others are bad.
    pub skip_bad: bool,
    /// Rows that contradict the book or an earlier row replace it.
    pub update: bool,
}

/// An opened file with its mapping.
pub struct Source {
    reader: Reader,
    mapping: Mapping,
    mapping_hash: Hash,
    name: String,
    rows: Option<u64>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows read and compared with the book.
    Read,
    /// Facts written.
    Write,
}

/// Is told how far an import is: step, done, of how many.
pub type Progress<'a> = &'a mut (dyn FnMut(Step, u64, u64) + Send);

/// Where a file is.
#[derive(Debug, Clone)]
pub enum Input {
    /// On disk.
    File(PathBuf),
    /// In memory: somebody has sent it. Its mapping is one of those that are shipped.
    Upload {
        /// What its sender calls it.
        name: String,
        /// The bytes.
        bytes: Arc<[u8]>,
    },
}

impl Input {
    /// Name of the file.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) => path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
            Input::Upload { name, .. } => name.clone(),
        }
    }
    /// The text of a mapping: a shipped one, or, beside a file on disk, one in a file.
    fn mapping(&self, named: &str) -> Result<String, ImportError> {
        match (quell_tabular::builtin_mapping(named), self) {
            (Some(text), _) => Ok(text.to_owned()),
            (None, Input::File(_)) => std::fs::read_to_string(named).map_err(|source| ImportError::Io { path: named.into(), source }),
            (None, Input::Upload { .. }) => Err(ImportError::Unfit(Words::new(
                format!("no mapping '{named}' is shipped: leave it out, or take one of those in mappings/"),
                format!("没有名为“{named}”的内置映射：请不指定映射，或选用 mappings/ 中的映射"),
            ))),
        }
    }
}

impl Source {
    /// Opens a file. `default_mapping`: the shipped mapping to use if none is named.
    ///
    /// # Errors
    /// If the file or the mapping cannot be used.
    pub fn open(path: &Path, default_mapping: &str, options: &FileOptions) -> Result<Self, ImportError> {
        Self::read(&Input::File(path.to_owned()), default_mapping, options)
    }
    /// The same, wherever the file is.
    ///
    /// # Errors
    /// If the file or the mapping cannot be used.
    pub fn read(input: &Input, default_mapping: &str, options: &FileOptions) -> Result<Self, ImportError> {
        let named = options.mapping.as_deref().unwrap_or(default_mapping);
        let text = input.mapping(named)?;
        let mapping = Mapping::parse(named, &text).map_err(ImportError::Mapping)?;
        let prescribed = mapping.options();
        let reading = Options {
            encoding: options.encoding.clone().or(prescribed.encoding),
            delimiter: prescribed.delimiter,
            sheet: options.sheet.clone().or(prescribed.sheet),
        };
        let reader = match input {
            Input::File(path) => quell_tabular::open(path, &reading)?,
            Input::Upload { bytes, .. } => quell_tabular::open_bytes(bytes.clone(), &reading)?,
        };
        Ok(Self { reader, mapping, mapping_hash: Hash::of(text.as_bytes()), name: input.name(), rows: options.rows })
    }
    /// Writes the rows of these lines as they stand in the file, with what is wrong with them, to be corrected and imported again.
    fn write_refused(&self, refused: &BTreeMap<u64, Vec<Issue>>, chinese: bool, out: impl std::io::Write) -> Result<(), RefusedError> {
        let reason = |i: &Issue| Reason {
            column: i.column.clone(),
            rule: i.rule.clone(),
            message: i.message.pick(chinese).to_owned(),
            advice: i.advice.pick(chinese).to_owned(),
        };
        let reasons = refused.iter().map(|(line, issues)| (*line, issues.iter().map(reason).collect())).collect();
        self.reader.write_refused(&self.mapping, &reasons, chinese, out).map(drop)
    }
    /// A file that is in memory, under the text of a mapping.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn of_bytes(bytes: &[u8], mapping: &str) -> Result<Self, ImportError> {
        let parsed = Mapping::parse("mapping", mapping).map_err(ImportError::Mapping)?;
        let reader = quell_tabular::open_bytes(bytes, &parsed.options())?;
        Ok(Self { reader, mapping: parsed, mapping_hash: Hash::of(mapping.as_bytes()), name: String::new(), rows: None })
    }
    /// An id that follows from the file, the mapping and these parts.
    fn derive(&self, app: &App, parts: &[&[u8]]) -> uuid::Uuid {
        let (file, book) = (self.reader.sha256(), app.config.book.0.to_be_bytes());
        let mut all: Vec<&[u8]> = vec![b"import", &book, &file.0, &self.mapping_hash.0];
        all.extend_from_slice(parts);
        derived_uuid(&all)
    }
    /// Why the file is not used: it has not the rows that its sender counted, or, uncounted, it looks as if it had been cut.
    fn unconfirmed(&self, summary: &Summary) -> Option<Words> {
        match self.rows {
            Some(n) if n == summary.rows => None,
            Some(n) => Some(report::other_count(n, summary.rows)),
            None => summary.warnings.iter().find(|w| w.needs_confirmation()).map(report::unconfirmed),
        }
    }
    /// A report on the rows read so far.
    fn report(&self, summary: &Summary, used: &[&str]) -> Report {
        Report::new(&self.name, summary, used)
    }
}

/// The next good rows, at most a chunk; the faults of bad ones are noted. Empty at the end.
fn next_rows(rows: &mut Rows, issues: &mut Issues) -> Result<Vec<Row>, ImportError> {
    let mut good = Vec::with_capacity(CHUNK);
    for item in rows.by_ref() {
        match item {
            Ok(row) => good.push(row),
            Err(faults) => faults.into_iter().for_each(|f| issues.add(f.into())),
        }
        if good.len() == CHUNK {
            break;
        }
    }
    if good.is_empty() && !rows.summary().complete {
        return Err(ImportError::Unfit(Words::new(
            "the file could not be read to its end, or changed meanwhile; read it again",
            "文件未能读完，或在读取期间被改动，请重新读取",
        )));
    }
    Ok(good)
}

/// A word of the file's mapping as a word of the book.
fn word<T: serde::de::DeserializeOwned>(row: &Row, field: &str, text: &str) -> Result<T, Box<Issue>> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| {
        Issue::new(
            report::Effect::Bad,
            row.line,
            "mapping.target",
            (
                format!("the mapping turns {field} into '{text}', a word that the book does not have"),
                format!("映射把 {field} 转换为“{text}”，台账没有这个词"),
            ),
            ("correct values in the mapping file", "请改正映射文件中的 values"),
        )
        .with_value(text)
        .boxed()
    })
}

/// A submission of whoever imports. The facts hold no identity number any more.
fn incoming(app: &App, id: uuid::Uuid, facts: Vec<Fact>) -> Incoming {
    Incoming::new(SubmissionId(id), app.speaker.clone(), facts)
}

/// What became of the facts that were handed in.
#[derive(Debug, Default)]
struct Sent {
    /// Facts written now.
    written: u64,
    /// Positions of facts whose submission was in the book already, though the book says something else now.
    repeated: Vec<usize>,
    /// Why it ended early.
    stopped: Option<Words>,
}

/// Hands facts in, a chunk a submission. `salt` is empty, or makes this a new import of the same file.
async fn send(app: &App, source: &Source, facts: Vec<Fact>, salt: &[u8], progress: Progress<'_>) -> Result<Sent, ImportError> {
    let mut sent = Sent::default();
    let (total, mut done) = (facts.len() as u64, 0usize);
    let mut facts = facts.into_iter();
    loop {
        let mut window = Vec::with_capacity(WINDOW);
        while window.len() < WINDOW {
            let chunk: Vec<Fact> = facts.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            let s = incoming(app, uuid::Uuid::nil(), chunk);
            let says = unseen(s.facts()).map_or_else(|| s.content_hash(), |f| incoming(app, uuid::Uuid::nil(), f).content_hash());
            let id = SubmissionId(source.derive(app, &[b"chunk", &says.0, salt]));
            window.push(s.with_id(id));
        }
        if window.is_empty() {
            return Ok(sent);
        }
        let sizes: Vec<usize> = window.iter().map(|s| s.facts().len()).collect();
        for (answer, size) in app.door.submit(window).await.into_iter().zip(sizes) {
            match answer? {
                Answer::Accepted(r) if r.repeat => sent.repeated.extend(done..done + size),
                Answer::Accepted(_) => sent.written += size as u64,
                // The file said the same before, of another version of the book.
                Answer::IdReused => sent.repeated.extend(done..done + size),
                Answer::Refused(r) => {
                    let n = done + r.fact as usize + 1;
                    sent.stopped.get_or_insert(Words::new(
                        format!("stopped: the book refused fact {n} of the file: {}. Correct the cause and import the file again: what is in the book stays as it is", r.en),
                        format!("已中止：台账拒绝了文件的第 {n} 条：{}。请排除原因后重新导入本文件，已写入的不会重复", r.zh),
                    ));
                }
            }
            done += size;
        }
        progress(Step::Write, done as u64, total);
        if sent.stopped.is_some() {
            return Ok(sent);
        }
    }
}

/// The facts without the versions that were seen, if they name any: the id of a submission follows from what the file says, so that
/// an older file is known again when the book has been changed since.
fn unseen(facts: &[Fact]) -> Option<Vec<Fact>> {
    let seen = |f: &Fact| matches!(f, Fact::PersonListed(p) if p.seen.is_some());
    facts.iter().any(seen).then(|| {
        let mut facts = facts.to_vec();
        for f in &mut facts {
            if let Fact::PersonListed(p) = f {
                p.seen = None;
            }
        }
        facts
    })
}

/// Where a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    New,
    Changed,
    Unchanged,
    HeldBack,
    LeftOut,
}

/// A good row as the facts that it would become.
struct Planned {
    line: u64,
    facts: Vec<Fact>,
    verdict: Verdict,
}

/// A file read to its end and compared with the book: nothing is written yet.
struct Draft {
    summary: Summary,
    rows: Vec<Planned>,
    issues: Issues,
}

/// Counts, decides whether the rows may be written, and writes them: the same for every kind of list. `used`: the fields it stores.
async fn finish(
    app: &App,
    source: &Source,
    draft: Draft,
    used: &[&str],
    policy: Policy,
    progress: Progress<'_>,
) -> Result<Report, ImportError> {
    let Draft { summary, rows, mut issues } = draft;
    let mut report = source.report(&summary, used);
    // Rows that were readable but do not fit the book are bad too; they were never planned.
    report.counts.bad = summary.rows - rows.len() as u64;
    for r in &rows {
        *match r.verdict {
            Verdict::New => &mut report.counts.new,
            Verdict::Changed => &mut report.counts.changed,
            Verdict::Unchanged => &mut report.counts.unchanged,
            Verdict::HeldBack => &mut report.counts.held_back,
            Verdict::LeftOut => &mut report.counts.left_out,
        } += 1;
    }
    report.preview = rows.iter().flat_map(|r| r.facts.iter().cloned()).take(report::PREVIEW).collect();
    report.stop_if_unfit(policy.skip_bad, source.unconfirmed(&summary));
    if policy.preview || report.stopped.is_some() {
        issues.into_report(&mut report);
        return Ok(report);
    }
    let writing = rows.into_iter().filter(|r| matches!(r.verdict, Verdict::New | Verdict::Changed));
    let (mut lines, mut facts) = (Vec::new(), Vec::new());
    for r in writing {
        lines.extend(r.facts.iter().map(|_| (r.line, r.verdict)));
        facts.extend(r.facts);
    }
    let sent = send(app, source, facts, &salt(app, policy).await?, progress).await?;
    report.written = sent.written;
    report.stopped = sent.stopped;
    let mut again: Vec<(u64, Verdict)> = sent.repeated.iter().map(|i| lines[*i]).collect();
    again.dedup();
    for (line, verdict) in again {
        let count = if verdict == Verdict::New { &mut report.counts.new } else { &mut report.counts.changed };
        *count -= 1;
        report.counts.held_back += 1;
        issues.add(Issue::new(
            report::Effect::HeldBack,
            line,
            "file.older",
            ("this file was imported before, and the book has been changed since", "本文件此前已导入，之后台账又有更改"),
            ("if the file is right all the same, import it with --update", "如仍以本文件为准，请加 --update 重新导入"),
        ));
    }
    issues.into_report(&mut report);
    Ok(report)
}

/// What makes an import with `--update` a new one although the same file was imported before: the book's position.
async fn salt(app: &App, policy: Policy) -> Result<Vec<u8>, ImportError> {
    if !policy.update {
        return Ok(Vec::new());
    }
    let head = quell_store::log::head(&app.db.connection().await?, app.config.book, false).await?;
    Ok(head.hash.0.to_vec())
}

/// Compares the growth of the book with what was written: counted at both ends.
fn check_growth(report: &mut Report, what: (&str, &str)) {
    let (grew, new) = (report.book_after - report.book_before, report.counts.new as i64);
    if report.stopped.is_none() && report.written > 0 && grew != new {
        let (en, zh) = what;
        report.stopped = Some(Words::new(
            format!(
                "the book has {grew} more {en} than before, {new} were new in the file: others wrote meanwhile, or the numbers need a look"
            ),
            format!("台账中{zh}增加了 {grew}，而文件中新增 {new}：可能同时有其他上报，请核对"),
        ));
    }
}

/// The day of a moment or date as an event time of day precision.
fn on_day(day: Day, offset: UtcOffset) -> EventTime {
    EventTime { at: day.start(offset), offset, precision: Precision::Day }
}

/// The time of a field, of type date or datetime.
fn time_of(row: &Row, field: &str, offset: UtcOffset) -> Option<EventTime> {
    row.datetime(field).or_else(|| row.date(field).map(|d| on_day(d, offset)))
}
