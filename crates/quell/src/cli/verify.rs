//! `quell verify`

use super::{CliError, Context, print_json};
use indicatif::{ProgressBar, ProgressStyle};
use quell_store::verify;

/// Options of `verify`.
#[derive(clap::Args)]
pub struct Verify {}

pub(super) async fn run(ctx: &Context, _: Verify) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let bar = progress_bar(ctx.json, "submissions");
    let mut progress = |done: i64, of: i64| {
        bar.set_length(of.max(0) as u64);
        bar.set_position(done.max(0) as u64);
    };
    let c = app.db.connection().await?;
    let report = verify::verify(&c, &app.shelf, &app.config, &app.default_protocol, &mut progress).await;
    bar.finish_and_clear();
    drop(c);
    ready.stop();
    let report = report?;
    if ctx.json {
        print_json(&report)?;
    }
    for f in &report.findings {
        eprintln!("{f}");
    }
    if report.finding_count > 0 {
        ctx.say(format!("{} findings", report.finding_count), format!("发现 {} 处不符", report.finding_count));
        return Err(CliError::Said(1));
    }
    ctx.say(
        format!(
            "sound: {} submissions with {} facts, {} rows and {} sealed days are what the log says",
            report.submissions, report.facts, report.rows, report.sealed_days
        ),
        format!(
            "核验通过：{} 次上报、{} 条事实、{} 行数据、{} 个日结均与台账一致",
            report.submissions, report.facts, report.rows, report.sealed_days
        ),
    );
    Ok(())
}

/// A bar on standard error with remaining time; hidden when the output is for a machine or not a terminal.
pub(super) fn progress_bar(hidden: bool, what: &'static str) -> ProgressBar {
    let bar = if hidden { ProgressBar::hidden() } else { ProgressBar::new(0) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {msg} {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
