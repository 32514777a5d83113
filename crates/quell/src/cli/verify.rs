//! `quell verify`

use super::{CliError, Context, checkpoint, print_json};
use indicatif::{ProgressBar, ProgressStyle};
use quell_store::verify;
use std::path::PathBuf;
use std::time::Instant as Stopwatch;

/// Options of `verify`.
#[derive(clap::Args)]
pub struct Verify {
    /// Compare with the checkpoints in this file, too: only they show that the whole log was rewritten, or the database rolled back.
    /// Can be given several times.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
}

pub(super) async fn run(ctx: &Context, o: Verify) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let (seen, wrong) = checkpoint::seen(&o.checkpoint, app.config.book)?;
    let bar = progress_bar(ctx.json, "entries");
    let mut progress = |done: i64, of: i64| {
        bar.set_length(of.max(0) as u64);
        bar.set_position(done.max(0) as u64);
    };
    let since = Stopwatch::now();
    let mut c = app.db.connection().await?;
    let report = verify::verify_snapshot(&mut c, &app.shelf, &app.config, &app.default_protocol, &seen, &mut progress).await;
    bar.finish_and_clear();
    drop(c);
    ready.stop();
    let mut report = report?;
    report.finding_count += wrong.len() as i64;
    report.findings.splice(0..0, wrong);
    let seconds = since.elapsed().as_secs_f64();
    if ctx.json {
        #[derive(serde::Serialize)]
        struct Timed<'a> {
            #[serde(flatten)]
            report: &'a verify::Report,
            seconds: f64,
        }
        print_json(&Timed { report: &report, seconds })?;
    }
    for f in &report.findings {
        eprintln!("{f}");
    }
    if report.finding_count > 0 {
        ctx.say(format!("{} findings", report.finding_count), format!("发现 {} 处不符", report.finding_count));
        return Err(CliError::Said(1));
    }
    let verify::Report { submissions, facts, rows, sealed_days, audit_entries, checkpoints, .. } = report;
    ctx.say(
        format!(
            "sound: {submissions} submissions with {facts} facts, {rows} rows and {sealed_days} sealed days are what the log says; \
             {audit_entries} audit entries; {checkpoints} checkpoints agree ({seconds:.1} s)"
        ),
        format!(
            "核验通过：{submissions} 次上报、{facts} 条事实、{rows} 行数据、{sealed_days} 个日结均与台账一致；审计记录 {audit_entries} 条；\
             检查点 {checkpoints} 个相符（{seconds:.1} 秒）"
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
