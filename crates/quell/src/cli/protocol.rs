//! `quell protocol check | diff | show | adopt`

use super::{CliError, Context, hand_in, print_json};
use crate::app::{StartError, read_protocol};
use clap::Subcommand;
use quell_book::ProtocolAdopted;
use quell_foundation::*;
use quell_store::shelf;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Subcommands of `protocol`.
#[derive(Subcommand)]
pub enum Protocol {
    /// Check a protocol file: unknown keys, missing sources, impossible numbers, each with its line.
    Check(Check),
    /// Show what a switch from one protocol to another changes.
    Diff(Diff),
    /// Show a value with its source and alternatives, or list all values.
    Show(Show),
    /// Run the response under this protocol from now on.
    Adopt(Adopt),
}

/// Options of `check`.
#[derive(clap::Args)]
pub struct Check {
    /// The file.
    file: PathBuf,
}

/// Options of `diff`.
#[derive(clap::Args)]
pub struct Diff {
    /// A file or a built-in protocol.
    before: String,
    /// A file or a built-in protocol.
    after: String,
}

/// Options of `show`.
#[derive(clap::Args)]
pub struct Show {
    /// A file or a built-in protocol; without it, the built-in ones are listed.
    protocol: Option<String>,
    /// The path of a value or of a group of values, for example deadlines.recall or exposures.
    path: Option<String>,
}

/// Options of `adopt`.
#[derive(clap::Args)]
pub struct Adopt {
    /// A file or a built-in protocol.
    protocol: String,
    /// Who decided.
    #[arg(long)]
    decider: String,
}

/// Commands that need no data directory.
pub(super) fn without_data(ctx: &Context, p: &Protocol) -> ExitCode {
    let done = match p {
        Protocol::Check(c) => check(ctx, c),
        Protocol::Diff(d) => diff(ctx, d),
        Protocol::Show(s) => show(s),
        Protocol::Adopt(_) => Ok(ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|e| {
        eprintln!("{e}");
        ExitCode::from(2)
    })
}

fn check(ctx: &Context, c: &Check) -> Result<ExitCode, StartError> {
    let text = std::fs::read_to_string(&c.file).map_err(|source| StartError::Io { path: c.file.clone(), source })?;
    let name = c.file.display().to_string();
    match quell_protocol::load(&name, &text) {
        Ok(p) => {
            let warnings = quell_protocol::warnings(&name, &text);
            for w in &warnings {
                eprintln!("{w}");
            }
            if ctx.json {
                println!("{}", json!({ "protocol": p.id(), "content_hash": Hash::of(text.as_bytes()), "problems": [] }));
            }
            ctx.say(format!("{name}: {} is sound", p.id()), format!("{name}：{} 检查通过", p.id()));
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            for p in &problems {
                eprintln!("{p}");
            }
            if ctx.json {
                println!("{}", json!({ "problems": problems.iter().map(ToString::to_string).collect::<Vec<_>>() }));
            }
            Ok(ExitCode::from(2))
        }
    }
}

fn diff(ctx: &Context, d: &Diff) -> Result<ExitCode, StartError> {
    let (_, _, a) = read_protocol(&d.before)?;
    let (_, _, b) = read_protocol(&d.after)?;
    let changes = quell_protocol::diff(&a, &b);
    if ctx.json {
        let rows: Vec<_> = changes.iter().map(|c| json!({ "path": c.path, "before": c.before, "after": c.after })).collect();
        println!("{}", json!(rows));
    } else {
        changes.iter().for_each(|c| println!("{c}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn show(s: &Show) -> Result<ExitCode, StartError> {
    let Some(name) = &s.protocol else {
        quell_protocol::builtin_ids().iter().for_each(|id| println!("{id}"));
        return Ok(ExitCode::SUCCESS);
    };
    let (_, _, p) = read_protocol(name)?;
    match &s.path {
        None => p.paths().iter().for_each(|x| println!("{x}")),
        Some(path) => {
            let cited = p.sources_below(path);
            if cited.is_empty() {
                eprintln!("{name} has no value at '{path}'; 'quell protocol show {name}' lists all");
                return Ok(ExitCode::from(2));
            }
            cited.iter().for_each(|c| println!("{c}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn run(ctx: &Context, p: Protocol) -> Result<(), CliError> {
    let Protocol::Adopt(a) = p else { return Ok(()) };
    let (id, text, _) = read_protocol(&a.protocol)?;
    let (ready, app) = ctx.open().await?;
    let content = shelf::put(&app.db.connection().await?, &id, &text).await?;
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    let r = hand_in(ctx, &app, vec![ProtocolAdopted { protocol: id.clone(), content, decider: a.decider, at }.into()]).await;
    ready.stop();
    let receipt = r?;
    if ctx.json {
        return print_json(&receipt);
    }
    ctx.say(format!("the response now runs under {id}"), format!("现按 {id} 执行"));
    Ok(())
}
