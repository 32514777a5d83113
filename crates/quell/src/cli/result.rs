//! `quell result import | read`

use super::import::{FileArgs, said};
use super::{CliError, Context, hand_in, print_json};
use crate::app::App;
use crate::import::Source;
use crate::import::plate::{self, PlateOptions};
use clap::Subcommand;
use quell_book::{ResultRead, TargetCt, TestResult};
use quell_foundation::*;
use std::io::{BufRead, IsTerminal};

/// Subcommands of `result`.
#[derive(Subcommand)]
pub enum Results {
    /// Import a plate file: its controls, and a result for each tube. Shows first what would follow; asks, or needs --yes.
    Import(PlateArgs),
    /// Enter one result.
    Read(Read),
}

/// Options of `import`.
#[derive(clap::Args)]
pub struct PlateArgs {
    #[command(flatten)]
    file: FileArgs,
    /// The laboratory: a listed place.
    #[arg(long)]
    laboratory: PlaceId,
    /// The plate's code; used once.
    #[arg(long)]
    plate: PlateId,
    /// When it was read, for rows without a time: 2022-11-26T14:30:00+08:00.
    #[arg(long)]
    at: Option<EventTime>,
    /// The file has no rows of controls, but both were seen to be right.
    #[arg(long)]
    controls_ok: bool,
    /// Every tube of the file has this result: negative, positive …. A row that says otherwise, or whose Ct does, refuses the whole file.
    #[arg(long)]
    all: Option<TestResult>,
    /// Hand the results in without asking.
    #[arg(long)]
    yes: bool,
}

/// Options of `read`.
#[derive(clap::Args)]
pub struct Read {
    /// The tube.
    #[arg(long)]
    tube: TubeCode,
    /// negative, positive, indeterminate or failed.
    #[arg(long)]
    result: TestResult,
    /// Cycle thresholds: ORF1ab=31.2,N=30.1; a target without a number was not amplified.
    #[arg(long, value_delimiter = ',', value_parser = target)]
    ct: Vec<TargetCt>,
    /// The plate, which must have been read before.
    #[arg(long)]
    plate: Option<PlateId>,
    /// When; by default now.
    #[arg(long)]
    at: Option<EventTime>,
}

/// `ORF1ab=31.2`, or `ORF1ab` alone.
fn target(text: &str) -> Result<TargetCt, String> {
    let (target, ct) = text.split_once('=').map_or((text, None), |(t, ct)| (t, Some(ct)));
    let ct = match ct {
        None => None,
        Some(n) => {
            Some(n.trim().parse().ok().and_then(Ct::new).ok_or_else(|| format!("'{n}' is no Ct: a number from 0 to 60 is expected"))?)
        }
    };
    Ok(TargetCt { target: target.trim().to_owned(), ct })
}

pub(super) async fn run(ctx: &Context, c: Results) -> Result<(), CliError> {
    match c {
        Results::Import(o) => {
            let source = o.file.open("plate").map_err(|e| said(ctx, &e))?;
            let (ready, app) = ctx.open().await?;
            let done = import(ctx, &app, &source, o).await;
            ready.stop();
            done
        }
        Results::Read(o) => {
            let (ready, app) = ctx.open().await?;
            let at = o.at.unwrap_or_else(|| EventTime::exact(app.clock.now(), app.config.offset));
            let fact = ResultRead { tube: o.tube.clone(), plate: o.plate, at, result: o.result, targets: o.ct };
            let done = hand_in(ctx, &app, vec![fact.into()]).await;
            ready.stop();
            let receipt = done?;
            if ctx.json {
                return print_json(&receipt);
            }
            let (tube, result) = (o.tube, o.result);
            ctx.say(format!("tube {tube} is {result}"), format!("采样管 {tube}：{}", result.zh()));
            Ok(())
        }
    }
}

async fn import(ctx: &Context, app: &App, source: &Source, o: PlateArgs) -> Result<(), CliError> {
    let options = PlateOptions { laboratory: o.laboratory, plate: o.plate, at: o.at, or_at: None, controls_ok: o.controls_ok, all: o.all };
    let mut report = plate::prepare(app, source, &options).await.map_err(|e| said(ctx, &e))?;
    o.file.write_report(&report.report)?;
    let show = |r: &plate::PlateReport| {
        if !ctx.json {
            r.lines(ctx.chinese).iter().for_each(|l| println!("{l}"));
        }
    };
    let stopped = report.report.stopped.is_some();
    if !o.yes || stopped {
        show(&report);
    }
    if !stopped && (o.yes || confirmed(ctx)?) {
        report.apply(app).await.map_err(|e| said(ctx, &e))?;
        show(&report);
    } else if !stopped {
        ctx.say("nothing was handed in; to hand it in, repeat with --yes", "未上报任何结果；确认上报请加 --yes");
    }
    if ctx.json {
        print_json(&report)?;
    }
    if report.applied && report.is_clean() { Ok(()) } else { Err(CliError::Said(1)) }
}

/// Asks the person at the terminal; false if there is none.
fn confirmed(ctx: &Context) -> Result<bool, CliError> {
    if ctx.json || !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("{}", if ctx.chinese { "确认上报？[y/N] " } else { "hand this in? [y/N] " });
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(|e| CliError::Failed(e.to_string()))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "是"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_or_refused() {
        assert_eq!(target("N=30.1").unwrap(), TargetCt { target: "N".into(), ct: Ct::new(30.1) });
        assert_eq!(target("N").unwrap().ct, None);
        assert!(target("N=much").is_err() && target("N=99").is_err());
    }
}
