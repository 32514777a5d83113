//! `quell checkpoint verify | receive`: what works at the second place, without the book.

use super::serve::{listen, log_to_stderr, stop_signal};
use super::{CliError, Context, print_json};
use crate::checkpoint::{Read, read, receive};
use clap::Subcommand;
use quell_foundation::*;
use quell_store::checkpoint::Seen;
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Subcommands of `checkpoint`.
#[derive(Subcommand)]
pub enum Checkpoint {
    /// Check a file of checkpoints from itself alone: every line follows the one before it and goes forward. Exit code 1: one does not.
    Verify {
        /// The file.
        file: PathBuf,
    },
    /// Receive the checkpoints that 'quell serve --checkpoint http://…' posts, and append those that follow to a file.
    Receive {
        /// Address to listen on. Keep it away from the public.
        #[arg(long, default_value = "127.0.0.1:8421")]
        listen: SocketAddr,
        /// The file.
        #[arg(long)]
        file: PathBuf,
    },
}

pub(super) async fn run(ctx: &Context, c: Checkpoint) -> Result<(), CliError> {
    match c {
        Checkpoint::Verify { file } => verify(ctx, &file),
        Checkpoint::Receive { listen: address, file } => {
            log_to_stderr(false);
            let listener = listen(address, "--listen")?;
            tracing::info!(listen = %address, file = %file.display(), "takes checkpoints; Ctrl-C stops it");
            let served = axum::serve(listener, receive::service(&file)).with_graceful_shutdown(stop_signal()).await;
            served.map_err(|e| CliError::Failed(e.to_string()))
        }
    }
}

/// What a file says of one book.
#[derive(Serialize)]
struct OfBook {
    book: BookId,
    checkpoints: usize,
    missed: u64,
    first_at: Instant,
    last_at: Instant,
    seq: i64,
    audit_seq: i64,
    sealed_day: Option<Day>,
    /// Hash of its last line: noted on paper, it shows later that nothing was cut off behind it.
    last_line: Hash,
}

#[derive(Serialize)]
struct Finding {
    line: usize,
    why: String,
}

fn books(read: &Read) -> Vec<OfBook> {
    let mut books: BTreeMap<BookId, OfBook> = BTreeMap::new();
    for (_, l) in &read.lines {
        let (book, h) = (l.book, &l.heads);
        let b = books.entry(book).or_insert_with(|| OfBook {
            book,
            checkpoints: 0,
            missed: 0,
            first_at: l.at,
            last_at: l.at,
            seq: 0,
            audit_seq: 0,
            sealed_day: None,
            last_line: read.last(book).map_or(Hash::default(), |w| w.hash),
        });
        b.checkpoints += 1;
        b.missed += u64::from(l.missed);
        (b.last_at, b.seq, b.audit_seq, b.sealed_day) = (l.at, h.seq, h.audit_seq, h.sealed_day);
    }
    books.into_values().collect()
}

/// Reads a file of checkpoints.
fn open(path: &Path) -> Result<Read, CliError> {
    read(path).map_err(|e| CliError::Failed(format!("{}: {e}", path.display())))
}

fn verify(ctx: &Context, path: &Path) -> Result<(), CliError> {
    let read = open(path)?;
    let (books, file) = (books(&read), path.display());
    let findings: Vec<Finding> = read.broken.iter().map(|(line, why)| Finding { line: *line, why: why.to_string() }).collect();
    if ctx.json {
        print_json(&serde_json::json!({ "file": path, "books": books, "half_line_bytes": read.half, "findings": findings }))?;
    }
    for b in &books {
        let day = b.sealed_day.map_or_else(|| "-".into(), |d| d.to_string());
        ctx.say(
            format!(
                "book {}: {} checkpoints from {} to {} ({} missed); the last saw position {} of the log, {} of the audit log, {day} sealed\n  \
                 hash of the last line: {}",
                b.book, b.checkpoints, b.first_at, b.last_at, b.missed, b.seq, b.audit_seq, b.last_line
            ),
            format!(
                "台账 {}：{} 个检查点，{} 至 {}（缺 {} 个）；最后一个：台账序号 {}，审计序号 {}，已日结 {day}\n  末行哈希：{}",
                b.book, b.checkpoints, b.first_at, b.last_at, b.missed, b.seq, b.audit_seq, b.last_line
            ),
        );
    }
    if read.half > 0 {
        ctx.say(
            format!("half a line of {} bytes at the end, as a crash leaves it; the next checkpoint cuts it off", read.half),
            format!("末尾有半行（{} 字节），系中断所致，写入下一个检查点时将自动去除", read.half),
        );
    }
    findings.iter().for_each(|f| eprintln!("{file} line {}: {}", f.line, f.why));
    if !findings.is_empty() {
        ctx.say(format!("{} findings", findings.len()), format!("发现 {} 处不符", findings.len()));
        return Err(CliError::Said(1));
    }
    if books.is_empty() {
        return Err(ctx.failed(format!("{file}: no checkpoint in it"), format!("{file}：没有检查点")));
    }
    ctx.say("sound: every line follows the one before it", "核验通过：各行前后相连");
    Ok(())
}

/// What these files say of a book, for `quell verify --checkpoint`; and what is wrong with the files themselves.
pub(super) fn seen(paths: &[PathBuf], book: BookId) -> Result<(Vec<Seen>, Vec<String>), CliError> {
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    for path in paths {
        let (read, file) = (open(path)?, path.display());
        wrong.extend(read.broken.iter().map(|(n, why)| format!("{file} line {n}: {why}")));
        let before = seen.len();
        let of_book = read.lines.into_iter().filter(|(_, l)| l.book == book);
        seen.extend(of_book.map(|(n, l)| Seen { place: format!("{file} line {n}"), at: l.at, heads: l.heads }));
        if seen.len() == before {
            wrong.push(format!("{file}: no checkpoint of book {book} in it"));
        }
    }
    Ok((seen, wrong))
}
