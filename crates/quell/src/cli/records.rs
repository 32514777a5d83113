//! `quell import cases | contacts | links | followups | results`

use super::import::{FileArgs, said};
use super::verify::progress_bar;
use super::{CliError, Context, looked, print_json};
use crate::app::App;
use crate::import::Step;
use crate::import::records::{self, RecordFile, RecordKind, RecordsOptions, Refused};
use quell_foundation::*;
use std::path::PathBuf;

/// Options of `cases`, `contacts`, `links`, `followups` and `results`.
#[derive(clap::Args)]
pub struct RecordsArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Where new persons live whose row names no listed place: a path of the place tree.
    #[arg(long)]
    home: Option<PlaceId>,
    /// The system whose ids the file has: what it names again in another file is the same record. By default the beginning of the
    /// mapping's name: godata, sormas, quell.
    #[arg(long)]
    system: Option<String>,
    /// Compare with the book and say what would happen; write nothing.
    #[arg(long, visible_alias = "preview")]
    dry_run: bool,
    /// Where refused rows go, with the reasons, to be corrected and imported again; by default FILE.refused.csv (of HL7 messages
    /// FILE.refused.hl7).
    #[arg(long)]
    refused: Option<PathBuf>,
    /// Write the acknowledgements of HL7 messages to this file.
    #[arg(long)]
    ack: Option<PathBuf>,
}

pub(super) async fn run(ctx: &Context, kind: RecordKind, o: &RecordsArgs) -> Result<(), CliError> {
    let file = RecordFile::open(&o.file.file, kind, &o.file.options()).map_err(|e| said(ctx, &e))?;
    let (ready, app) = ctx.open().await?;
    let done = import(ctx, &app, kind, &file, o).await;
    ready.stop();
    done
}

async fn import(ctx: &Context, app: &App, kind: RecordKind, file: &RecordFile, o: &RecordsArgs) -> Result<(), CliError> {
    let beside = || {
        let end = if matches!(file, RecordFile::Hl7(_)) { "hl7" } else { "csv" };
        PathBuf::from(format!("{}.refused.{end}", o.file.file.display()))
    };
    let options = RecordsOptions {
        home: o.home.clone(),
        system: o.system.clone(),
        dry_run: o.dry_run,
        chinese: ctx.chinese,
        refused: Refused::File(o.refused.clone().unwrap_or_else(beside)),
        ack: o.ack.clone(),
    };
    let bar = progress_bar(ctx.json, "rows");
    let mut progress = |_: Step, done: u64, of: u64| {
        bar.set_length(of);
        bar.set_position(done);
    };
    let done = records::import(app, file, &options, &mut progress).await;
    bar.finish_and_clear();
    let report = done.map_err(|e| said(ctx, &e))?;
    if !report.possible_duplicates.is_empty() {
        let what = format!("quell import {}", kind.as_str());
        looked(app, &what, None, Some(&app.config.root), report.possible_duplicates.len()).await?;
    }
    if let Some(path) = &o.file.report {
        report.write_csv(path).map_err(|e| CliError::Failed(format!("{}: {e}", path.display())))?;
    }
    if ctx.json {
        print_json(&report)?;
    } else {
        report.lines(ctx.chinese).iter().for_each(|l| println!("{l}"));
    }
    if report.is_clean() { Ok(()) } else { Err(CliError::Said(1)) }
}
