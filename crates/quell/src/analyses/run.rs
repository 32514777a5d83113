//! One analysis: the snapshot into a directory of its own, `quell analyse` over it in a process of its own, which gives way to everything else
//! on the machine and cannot take the server down with it, and what came of it.

use super::AnalysisWanted;
use super::tables::{self, Snapshot};
use crate::viewer::Viewer;
use quell_analyse::{Trouble, asked};
use quell_foundation::*;
use quell_store::StoreError;
use quell_store::analyses::{Done, Made};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};

/// How long one may take.
const LONGEST: Duration = Duration::from_secs(3_600);
/// Between two looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(500);
/// Most that is kept of what was said beside a result, in characters.
const SAID: usize = 20_000;
/// Largest result, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It cannot be made of what the book holds, or not so.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Nobody wants it any more.
    #[error("called off")]
    CalledOff,
    /// The database, or the directory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The directory or the process.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The words of the command line: the tables, what was asked, and where pictures and second tables go.
fn command(w: &AnalysisWanted, s: &Snapshot, community: usize, source: &str) -> Result<Vec<String>, Trouble> {
    let missing = || {
        let until = s.until;
        Trouble::new(format!("截至 {until} 没有可供分析的病例"), format!("up to {until} there are no cases to analyse"))
    };
    let table = |name: &'static str| s.table(name).map(|t| t.name).ok_or_else(missing);
    let mut words = vec!["analyse".to_owned(), w.analysis.clone()];
    let mut say = |all: &[&str]| words.extend(all.iter().map(|w| (*w).to_owned()));
    let asked_for = |option: &str| w.options.contains_key(option);
    match w.analysis.as_str() {
        "rt" | "growth" | "warning" => say(&[table("counts.csv")?]),
        "forecast" => {
            say(&[table("counts.csv")?]);
            if !asked_for("score") {
                say(&["--zero=second.csv"]);
            }
        }
        "nowcast" => {
            say(&[table("reports.csv")?]);
            if !asked_for("as-of") {
                say(&[&format!("--as-of={}", s.until)]);
            }
        }
        "delays" => {
            say(&[table("cases.csv")?]);
            if !asked_for("from") && !asked_for("to") {
                say(&["--from=onset", "--to=sampled", "--from=sampled", "--to=reported", "--from=onset", "--to=isolated"]);
            }
            if !asked_for("truncation") {
                say(&[&format!("--truncation={}", s.until)]);
            }
        }
        "trees" => {
            say(&[table("cases.csv")?, "--cases=second.csv"]);
            if s.table("links.csv").is_some() {
                say(&["--contacts=links.csv"]);
            }
        }
        "clusters" => {
            say(&[table("cases.csv")?, "--population=population.csv"]);
            if !asked_for("place-parts") {
                say(&[&format!("--place-parts={community}")]);
            }
            // Days without a case until the end are data, too.
            if !asked_for("as-of") {
                say(&[&format!("--as-of={}", s.until)]);
            }
        }
        _ => {
            say(&[table("cases.csv")?]);
            if s.table("contacts.csv").is_some() {
                say(&["--contacts=contacts.csv"]);
            }
        }
    }
    words.extend(asked::words(&w.analysis, &w.options)?);
    if asked::draws(&w.analysis) {
        words.extend(["--picture=picture.svg".to_owned(), format!("--source={source}")]);
    }
    words.push(format!("--lang={}", if w.chinese == Some(true) { "zh" } else { "en" }));
    Ok(words)
}

/// Makes an analysis in an empty directory. `wanted` is asked now and then whether it still is.
///
/// # Errors
/// If it cannot be made, is called off, or the machine refuses.
pub async fn make(
    v: &Viewer<'_>,
    w: &AnalysisWanted,
    place: &PlaceId,
    dir: &Path,
    wanted: impl AsyncFn() -> bool,
) -> Result<Done, Failure> {
    let (app, mut w) = (v.app, w.clone());
    let protocol = app.protocol().await?;
    let assumed = w.complete(&protocol);
    let snapshot = tables::read(v, &w, place, w.needs(app.config.tally_depth), &protocol).await?;
    let (book, seq) = (app.config.book, snapshot.as_of_seq);
    let source = match w.chinese {
        Some(true) => format!("台账 {book}，{place}，截至 {}，记录 {seq}", snapshot.until),
        _ => format!("book {book}, {place}, up to {}, log position {seq}", snapshot.until),
    };
    let command = command(&w, &snapshot, app.config.tally_depth, &source)?;
    write(dir, &snapshot)?;
    let ended = finish(start(&app.program, dir, &command)?, wanted).await?;
    let said = said(dir, assumed.as_ref(), &snapshot, w.chinese == Some(true));
    if !ended.success() {
        let what = if said.is_empty() { ended.to_string() } else { said };
        return Err(Trouble::new(what.clone(), what).into());
    }
    let result = read(dir, "result.csv")?.unwrap_or_default();
    let rows = (result.lines().count() as i64 - 1).max(0);
    let (tables, inputs, version) = (snapshot.listed(), snapshot.hash(), env!("CARGO_PKG_VERSION").to_owned());
    let made = Made { as_of_seq: seq, tables, inputs, version, command };
    let (second, picture) = (read(dir, "second.csv")?, read(dir, "picture.svg")?);
    Ok(Done { made, result, rows, second, picture, said })
}

/// Writes the tables of a snapshot.
///
/// # Errors
/// If the directory refuses.
pub fn write(dir: &Path, s: &Snapshot) -> std::io::Result<()> {
    s.tables.iter().try_for_each(|t| std::fs::write(dir.join(t.name), &t.csv))
}

fn start(program: &Path, dir: &Path, words: &[String]) -> std::io::Result<Child> {
    let file = |name: &str| std::fs::File::create(dir.join(name));
    let begin = |mut c: Command| -> std::io::Result<Child> {
        let (out, err) = (file("result.csv")?, file("said")?);
        c.args(words).current_dir(dir).stdin(Stdio::null()).stdout(out).stderr(err).kill_on_drop(true).spawn()
    };
    // Where there is no `nice`, it runs like any other.
    let mut nice = Command::new("nice");
    nice.args(["-n", "10"]).arg(program);
    begin(nice).or_else(|_| begin(Command::new(program)))
}

/// Waits for the process; one that nobody waits for any more is stopped.
async fn finish(mut child: Child, wanted: impl AsyncFn() -> bool) -> Result<ExitStatus, Failure> {
    let until = tokio::time::Instant::now() + LONGEST;
    loop {
        if let Ok(ended) = tokio::time::timeout(LOOK, child.wait()).await {
            return Ok(ended?);
        }
        if !wanted().await {
            child.kill().await?;
            return Err(Failure::CalledOff);
        }
        if tokio::time::Instant::now() > until {
            child.kill().await?;
            let minutes = LONGEST.as_secs() / 60;
            let (zh, en) = (
                format!("{minutes} 分钟内未完成，已停止；请缩小范围或减少抽样"),
                format!("it was not done within {minutes} minutes and was stopped; ask for a smaller place, fewer days or fewer samples"),
            );
            return Err(Trouble::new(zh, en).into());
        }
    }
}

/// A file that the process left, if it did.
fn read(dir: &Path, name: &str) -> Result<Option<String>, Failure> {
    let path = dir.join(name);
    match std::fs::metadata(&path) {
        Err(_) => Ok(None),
        Ok(m) if m.len() > LARGEST => {
            let most = LARGEST / 1024 / 1024;
            Err(Trouble::new(
                format!("结果超过 {most} MB，未保存；请缩小范围"),
                format!("the result is larger than {most} MB and was not kept; ask for less"),
            )
            .into())
        }
        Ok(_) => Ok(Some(std::fs::read_to_string(path)?)),
    }
}

/// What was assumed, left out, and said by the process.
fn said(dir: &Path, assumed: Option<&(String, String)>, s: &Snapshot, chinese: bool) -> String {
    let mut all: Vec<String> = assumed.map(|(zh, en)| if chinese { zh.clone() } else { en.clone() }).into_iter().collect();
    if s.uncounted > 0 {
        let n = s.uncounted;
        all.push(if chinese {
            format!("{n} 例没有该日期，未计入")
        } else {
            format!("{n} cases have no such day and are not counted")
        });
    }
    // What is no text was no message.
    let process = std::fs::read(dir.join("said")).unwrap_or_default();
    all.push(String::from_utf8_lossy(&process).trim().chars().take(SAID).collect());
    all.retain(|s| !s.is_empty());
    all.join("\n")
}
