//! Lists and records as files over HTTP. Whatever the size of a file: it is checked and written on a thread of its own, goes on though its sender
//! has gone, and its answer is kept alive while it is awaited. The same file again changes nothing.

use super::reads::place_of;
use crate::app::App;
use crate::auth::may_import;
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use crate::import::lists::{self, ListOptions};
use crate::import::records::{self, RecordFile, RecordsOptions, RecordsReport, Refused};
use crate::import::report::{Effect, Issue, Report, Words};
use crate::import::{FileOptions, ImportError, ImportKind, Input, Policy, Source};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;
use tokio::task::JoinHandle;

/// What is done by then is answered at once, with a status that says how it went.
const AT_ONCE: Duration = Duration::from_secs(5);
/// How often the sender of a long one hears that it goes on.
const GOES_ON: Duration = Duration::from_secs(3);
/// Longest name of a file that is kept, in characters.
const NAME: usize = 200;
/// Most refused rows and remarks that an answer lists; all are counted, and the file of refused rows has them.
const LISTED: usize = 1_000;

/// How a file is to be taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportOf {
    #[serde(default)]
    preview: bool,
    mapping: Option<String>,
    home: Option<PlaceId>,
    system: Option<String>,
    encoding: Option<String>,
    sheet: Option<String>,
    rows: Option<u64>,
    as_of: Option<Day>,
    #[serde(default)]
    skip_bad: bool,
    #[serde(default)]
    update: bool,
}

/// A row that was not taken, or a remark on one that was.
#[derive(Serialize, JsonSchema)]
pub struct ImportIssue {
    /// Row of the file, from 1, its header counted.
    row: u64,
    /// Header of the column, if one is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// Stable name of the rule.
    rule: String,
    /// What is wrong and what to do, in English.
    en: String,
    /// The same in Chinese.
    zh: String,
    /// What stands there; identity and telephone numbers masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl ImportIssue {
    fn of(i: &Issue) -> Self {
        let Words { en, zh } = i.told();
        Self { row: i.line, column: i.column.clone(), rule: i.rule.clone(), en, zh, value: i.stands() }
    }
}

/// A column of the file, and what it is taken for.
#[derive(Serialize, JsonSchema)]
pub struct ImportColumn {
    /// Its header.
    column: String,
    /// The field; none if it is not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// A text in both languages.
#[derive(Serialize, JsonSchema)]
pub struct ImportText {
    /// In English.
    en: String,
    /// In Chinese.
    zh: String,
}

impl From<&Words> for ImportText {
    fn from(w: &Words) -> Self {
        Self { en: w.en.clone(), zh: w.zh.clone() }
    }
}

/// What was read, refused and written.
#[derive(Serialize, JsonSchema)]
pub struct ImportReport {
    /// What was imported.
    kind: String,
    /// Rows read.
    rows: u64,
    /// Rows that bring, or would bring, something new.
    accepted: u64,
    /// Rows that say nothing that the book does not know.
    duplicates: u64,
    /// Rows that were not taken: wrong ones, and of lists those that wait for a decision.
    refused_rows: u64,
    /// Rows that say nothing of the kind, or were not asked for.
    left_out: u64,
    /// Why rows were not taken, in the order of rows; at most 1,000.
    refused: Vec<ImportIssue>,
    /// What each column was taken for.
    mapping: Vec<ImportColumn>,
    /// Name of the mapping.
    mapping_name: String,
    /// Rows whose person may be one whom the book knows: someone decides (GET /v1/duplicates).
    #[serde(skip_serializing_if = "Option::is_none")]
    possible_duplicates: Option<usize>,
    /// Remarks on rows that were taken; at most 1,000.
    remarks: Vec<ImportIssue>,
    /// Warnings about the file as a whole.
    warnings: Vec<ImportText>,
    /// The rows that were not taken with their reasons, as text to correct and send again (CSV; of HL7 messages the messages).
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_file: Option<String>,
    /// Facts that were written.
    facts: u64,
    /// True if the file was taken. False for a preview, and if it was stopped.
    written: bool,
    /// Why nothing, or not everything, was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<ImportText>,
}

impl ImportReport {
    fn empty(kind: ImportKind) -> Self {
        Self {
            kind: kind.as_str().to_owned(),
            rows: 0,
            accepted: 0,
            duplicates: 0,
            refused_rows: 0,
            left_out: 0,
            refused: Vec::new(),
            mapping: Vec::new(),
            mapping_name: String::new(),
            possible_duplicates: None,
            remarks: Vec::new(),
            warnings: Vec::new(),
            refused_file: None,
            facts: 0,
            written: false,
            stopped: None,
        }
    }

    fn of_list(kind: ImportKind, r: &Report, preview: bool, refused_file: Option<String>) -> Self {
        let (refused, remarks) = apart(&r.issues);
        let unread = r.unread_columns.iter().chain(&r.ignored_columns);
        Self {
            rows: r.counts.read,
            accepted: r.counts.new + r.counts.changed,
            duplicates: r.counts.unchanged,
            refused_rows: r.counts.bad + r.counts.held_back,
            left_out: r.counts.left_out,
            refused,
            mapping: columns(r.columns.iter(), unread),
            mapping_name: r.mapping.clone(),
            remarks,
            warnings: r.warnings.iter().map(ImportText::from).collect(),
            refused_file,
            facts: r.written,
            written: !preview && r.stopped.is_none(),
            stopped: r.stopped.as_ref().map(ImportText::from),
            ..Self::empty(kind)
        }
    }

    fn of_records(kind: ImportKind, r: RecordsReport) -> Self {
        let (refused, remarks) = apart(&r.issues);
        Self {
            rows: r.read,
            accepted: r.accepted,
            duplicates: r.duplicates,
            refused_rows: r.refused,
            left_out: r.left_out,
            refused,
            mapping: columns(r.columns.iter(), r.unread_columns.iter()),
            mapping_name: r.mapping,
            possible_duplicates: Some(r.possible_duplicates.len()),
            remarks,
            warnings: r.warnings.iter().map(ImportText::from).collect(),
            refused_file: r.refused_text,
            facts: if r.dry_run { 0 } else { r.facts },
            written: !r.dry_run && r.stopped.is_none(),
            stopped: r.stopped.as_ref().map(ImportText::from),
            ..Self::empty(kind)
        }
    }
}

fn apart(issues: &[Issue]) -> (Vec<ImportIssue>, Vec<ImportIssue>) {
    let of = |notes: bool| issues.iter().filter(|i| (i.effect == Effect::Note) == notes).take(LISTED).map(ImportIssue::of).collect();
    (of(false), of(true))
}

fn columns<'a>(read: impl Iterator<Item = (&'a String, &'a String)>, unread: impl Iterator<Item = &'a String>) -> Vec<ImportColumn> {
    let read = read.map(|(field, column)| ImportColumn { column: column.clone(), field: Some(field.clone()) });
    read.chain(unread.map(|column| ImportColumn { column: column.clone(), field: None })).collect()
}

/// What is to be imported, with all that its sender said.
struct Job {
    app: App,
    kind: ImportKind,
    input: Input,
    file: FileOptions,
    of: ImportOf,
    chinese: bool,
}

/// `POST /v1/imports/{kind}`
pub async fn post(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(kind): Path<String>,
    Query(mut of): Query<ImportOf>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let lang = c.lang;
    let kind = ImportKind::of(&kind).ok_or_else(|| unknown(lang))?;
    if !may_import(c.account.role, kind) {
        let role = c.account.role;
        let (en, zh) = (format!("the role {role} may not import {}", kind.as_str()), format!("{}无权导入 {}", role.zh(), kind.as_str()));
        return Err(Problem::new(StatusCode::FORBIDDEN, "role", lang, en, zh));
    }
    of.home = of.home.map(|h| place_of(Some(h), &c)).transpose()?;
    if body.is_empty() {
        let (en, zh) = ("the body is the file, and it is empty", "请求正文应为文件内容，目前为空");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "import", lang, en, zh));
    }
    let Ok(room) = app.imports.clone().try_acquire_owned() else {
        let (en, zh) = ("other imports are under way; send the file again in a moment", "其他导入正在进行，请稍后重新提交");
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", lang, en, zh));
    };
    let file = FileOptions { mapping: of.mapping.take(), encoding: of.encoding.take(), sheet: of.sheet.take(), rows: of.rows };
    let input = Input::Upload { name: name(&headers), bytes: body.as_ref().into() };
    drop(body);
    let job = Job { app: app.speaking_for(&c.account), kind, input, file, of, chinese: lang.0 };
    let runtime = tokio::runtime::Handle::current();
    let mut task = tokio::spawn(async move {
        // Reading rows is work for a thread of its own; whatever became of the sender, it is finished.
        let done = tokio::task::spawn_blocking(move || runtime.block_on(job.run())).await;
        drop(room);
        let done = done.unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic()));
        if let Ok(report) = &done
            && let Some(n) = report.possible_duplicates.filter(|n| *n > 0)
        {
            c.looked(&app, None, Some(&c.account.place), n).await.map_err(Failed::Problem)?;
        }
        done
    });
    match tokio::time::timeout(AT_ONCE, &mut task).await {
        Ok(done) => joined(done, kind).map(|r| axum::Json(r).into_response()).map_err(|e| e.problem(lang)),
        Err(_) => Ok(later(task, kind)),
    }
}

/// Why there is no report.
enum Failed {
    Import(ImportError),
    Problem(Problem),
}

impl Failed {
    fn problem(self, lang: Chinese) -> Problem {
        match self {
            Failed::Problem(p) => p,
            Failed::Import(ImportError::Store(e)) => Problem::store(&e, lang),
            Failed::Import(ImportError::Door(e)) => Problem::door(&e, lang),
            Failed::Import(e) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "import", lang, e.text(false), e.text(true)),
        }
    }
    fn words(self) -> ImportText {
        match self {
            Failed::Problem(p) => ImportText { en: p.detail.clone(), zh: p.detail },
            Failed::Import(e) => ImportText { en: e.text(false), zh: e.text(true) },
        }
    }
}

/// What a task has made; of one that broke off, that it did.
fn joined(done: Result<Result<ImportReport, Failed>, tokio::task::JoinError>, kind: ImportKind) -> Result<ImportReport, Failed> {
    done.unwrap_or_else(|e| {
        tracing::error!(error = %e, kind = kind.as_str(), "an import broke off");
        let text = Words::new("an internal error: the import broke off; send the file again", "系统内部错误，导入中断，请重新提交文件");
        Ok(ImportReport { stopped: Some((&text).into()), ..ImportReport::empty(kind) })
    })
}

/// An answer whose report comes when it is there; until then white space, which JSON allows, says that it goes on. What goes wrong from now on
/// stands in the report.
fn later(task: JoinHandle<Result<ImportReport, Failed>>, kind: ImportKind) -> Response {
    let parts = stream::unfold(Some(task), move |task| async move {
        let mut task = task?;
        match tokio::time::timeout(GOES_ON, &mut task).await {
            Err(_) => Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), Some(task))),
            Ok(done) => {
                let report = joined(done, kind).unwrap_or_else(|e| ImportReport { stopped: Some(e.words()), ..ImportReport::empty(kind) });
                Some((Ok(serde_json::to_vec(&report).unwrap_or_default().into()), None))
            }
        }
    });
    // Packed, it would be held back until there is enough to pack.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_ENCODING, HeaderValue::from_static("identity")),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

impl Job {
    async fn run(self) -> Result<ImportReport, Failed> {
        let Job { app, kind, input, file, of, chinese } = self;
        let done = async {
            match kind {
                ImportKind::List(list) => {
                    let source = Source::read(&input, list.mapping(), &file)?;
                    let policy = Policy { preview: of.preview, skip_bad: of.skip_bad, update: of.update };
                    let as_of = of.as_of.unwrap_or_else(|| app.clock.now().day(app.config.offset));
                    let options = ListOptions { policy, as_of, home: of.home };
                    let done = lists::import(&app, &source, list, &options, &mut |_, _, _| ()).await?;
                    let refused = lists::refused(&source, &done.report().issues, chinese)?;
                    Ok(ImportReport::of_list(kind, done.report(), of.preview, refused))
                }
                ImportKind::Records(list) => {
                    let records = RecordFile::read(&input, list, &file)?;
                    let (home, system) = (of.home, of.system);
                    let options = RecordsOptions { home, system, dry_run: of.preview, chinese, refused: Refused::Report, ack: None };
                    let report = records::import(&app, &records, &options, &mut |_, _, _| ()).await?;
                    Ok(ImportReport::of_records(kind, report))
                }
            }
        };
        done.await.map_err(Failed::Import)
    }
}

fn unknown(lang: Chinese) -> Problem {
    let all: Vec<&str> = ImportKind::all().map(ImportKind::as_str).collect();
    let all = all.join(", ");
    Problem::new(
        StatusCode::NOT_FOUND,
        "import-kind",
        lang,
        format!("there is no such kind of file; there are {all}"),
        format!("没有此类导入，可用类别：{all}"),
    )
}

/// The name of the file in `X-File-Name`, in which everything that is no plain letter is written as `%XX` of its UTF-8.
fn name(headers: &HeaderMap) -> String {
    let sent = headers.get("x-file-name").map(HeaderValue::as_bytes).unwrap_or_default();
    let mut bytes = Vec::with_capacity(sent.len());
    let mut at = 0;
    while at < sent.len() {
        let hex = sent
            .get(at + 1..at + 3)
            .filter(|h| sent[at] == b'%' && h.iter().all(u8::is_ascii_hexdigit))
            .and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                at += 3;
            }
            None => {
                bytes.push(sent[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control()).take(NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_read_whatever_they_hold() {
        let named = |v: &'static str| {
            let mut h = HeaderMap::new();
            h.insert("x-file-name", HeaderValue::from_static(v));
            name(&h)
        };
        assert_eq!(named("%E8%8A%B1%E5%90%8D%E5%86%8C.xlsx"), "花名册.xlsx");
        assert_eq!(named("100%.csv%0A%0"), "100%.csv%0");
        assert_eq!(named("%FF%+1%zz"), "\u{fffd}%+1%zz");
        assert_eq!(name(&HeaderMap::new()), "");
    }
}
