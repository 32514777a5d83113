//! `quell analyses`: analyses of the book. They run at once, beside the server if there is one, and are kept like those that are asked for over
//! HTTP.

use super::{CliError, Context, local_user, print_json, read, viewer};
use crate::analyses::run::{self, Failure, make};
use crate::analyses::tables::{self, Needs};
use crate::analyses::{AnalysisWanted, CountBy, place_of};
use crate::app::App;
use crate::clock::fresh_id;
use quell_foundation::*;
use quell_store::analyses::{self as store, Asked, Done};
use quell_store::views::{self, AnalysisItem, AnalysisPart, AnalysisState, Paging};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Analyses of the book.
#[derive(clap::Subcommand)]
pub enum Analyses {
    /// Make one now, and keep it: quell analyses run rt -- --method cori --window 7
    Run(Run),
    /// The latest ones.
    List(Where),
    /// What came of one.
    Show(Show),
    /// Write the tables that analyses are made of, to run `quell analyse` on them by hand.
    Tables(Tables),
}

/// A day as people write it: 2022-11-26, 2022/11/26, 2022年11月26日.
fn day(text: &str) -> Result<Day, String> {
    quell_tabular::parse_day(text)
        .ok_or_else(|| format!("'{text}' is no day; write it as 2022-11-26 · '{text}' 不是日期，请写作 2022-11-26"))
}

/// Of what.
#[derive(clap::Args, Clone)]
pub struct Of {
    /// Only residents of this place and below.
    #[arg(long)]
    place: Option<PlaceId>,
    /// The day by which cases are counted.
    #[arg(long, value_enum, default_value = "found")]
    by: CountBy,
    /// Only cases found on this day or later.
    #[arg(long, value_parser = day)]
    from: Option<Day>,
    /// Only cases found by the end of this day. [default: the last day that is over]
    #[arg(long, value_parser = day)]
    until: Option<Day>,
}

/// Options of `run`.
#[derive(clap::Args)]
pub struct Run {
    /// rt, growth, delays, nowcast, forecast, trees, clusters, warning or quality.
    analysis: String,
    #[command(flatten)]
    of: Of,
    /// Options of `quell analyse`, after `--`. Without a serial interval that of the protocol in force holds.
    #[arg(last = true)]
    options: Vec<String>,
}

/// Where.
#[derive(clap::Args)]
pub struct Where {
    /// Only of this place and below.
    #[arg(long)]
    place: Option<PlaceId>,
}

/// Options of `show`.
#[derive(clap::Args)]
pub struct Show {
    /// Its id.
    analysis: AnalysisId,
    /// A part of what came of it, instead of how it was made.
    #[arg(long, value_enum)]
    part: Option<Part>,
}

/// A part of what came of it.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    /// The result, as CSV.
    Result,
    /// The second table, as CSV.
    Second,
    /// The picture, as SVG.
    Picture,
}

/// Options of `tables`.
#[derive(clap::Args)]
pub struct Tables {
    /// Directory; it is made if it is not there.
    #[arg(long, short)]
    out: PathBuf,
    #[command(flatten)]
    of: Of,
}

impl Of {
    fn wanted(&self, analysis: String, chinese: bool, options: BTreeMap<String, Value>) -> AnalysisWanted {
        let (count_by, from, until, place) = (self.by, self.from, self.until, self.place.clone());
        AnalysisWanted { analysis_id: AnalysisId(fresh_id()), analysis, place, count_by, from, until, chinese: Some(chinese), options }
    }
}

pub(super) async fn run(ctx: &Context, c: Analyses) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let done = match c {
        Analyses::Run(o) => make_now(ctx, &app, o).await,
        Analyses::List(o) => list(ctx, &app, o.place).await,
        Analyses::Show(o) => show(ctx, &app, &o).await,
        Analyses::Tables(o) => write_tables(ctx, &app, &o).await,
    };
    ready.stop();
    done
}

/// Options after `--` as a request has them: `--name value`, `--name=value`, `--flag`.
fn options(words: &[String]) -> Result<BTreeMap<String, Value>, String> {
    let mut options: BTreeMap<String, Value> = BTreeMap::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let name = word.strip_prefix("--").ok_or_else(|| format!("'{word}': options begin with --"))?;
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, Value::String(value.into())),
            None => match words.next_if(|w| !w.starts_with("--")) {
                Some(value) => (name, Value::String(value.clone())),
                None => (name, Value::Bool(true)),
            },
        };
        match options.remove(name) {
            None => options.insert(name.into(), value),
            Some(Value::Array(mut all)) => {
                all.push(value);
                options.insert(name.into(), Value::Array(all))
            }
            Some(first) => options.insert(name.into(), Value::Array(vec![first, value])),
        };
    }
    Ok(options)
}

async fn make_now(ctx: &Context, app: &App, o: Run) -> Result<(), CliError> {
    let failed = |t: &quell_analyse::Trouble| ctx.failed(t.text(false), t.text(true));
    let options = options(&o.options).map_err(CliError::Failed)?;
    let wanted = o.of.wanted(o.analysis, ctx.chinese, options);
    let place = place_of(&wanted, &app.config.root).map_err(|t| failed(&t))?;
    wanted.check(&*app.protocol().await?).map_err(|t| failed(&t))?;
    let dir = tempfile::tempdir().map_err(|e| CliError::Failed(e.to_string()))?;
    let viewer = viewer(app, "quell analyses run");
    let done = make(&viewer, &wanted, &place, dir.path(), async || true).await.map_err(|e| match e {
        Failure::Trouble(t) => failed(&t),
        other => CliError::Failed(other.to_string()),
    })?;
    let json = serde_json::to_value(&wanted).map_err(|e| CliError::Failed(e.to_string()))?;
    let (id, analysis, role, at) = (wanted.analysis_id, wanted.analysis, viewer.role, app.clock.now());
    let a = Asked { id, place, analysis, asked: json, account: local_user(), role, at };
    store::keep_at_once(&mut app.db.connection().await?, app.config.book, &a, &done, at).await?;
    say(ctx, id, &done)
}

fn say(ctx: &Context, id: AnalysisId, d: &Done) -> Result<(), CliError> {
    if !d.said.is_empty() {
        eprintln!("{}", d.said);
    }
    let (inputs, rows) = (d.made.inputs, d.rows);
    if ctx.chinese {
        eprintln!("分析 {id} 已保存：{rows} 行，数据摘要 {inputs}");
    } else {
        eprintln!("analysis {id} is kept: {rows} rows, inputs {inputs}");
    }
    if ctx.json {
        return print_json(&crate::analyses::rows_as_json(&d.result));
    }
    print!("{}", d.result);
    Ok(())
}

fn state(s: AnalysisState, chinese: bool) -> &'static str {
    match (s, chinese) {
        (AnalysisState::Queued, false) => "queued",
        (AnalysisState::Running, false) => "running",
        (AnalysisState::Done, false) => "done",
        (AnalysisState::Failed, false) => "failed",
        (AnalysisState::Cancelled, false) => "cancelled",
        (AnalysisState::Queued, true) => "等待",
        (AnalysisState::Running, true) => "运行中",
        (AnalysisState::Done, true) => "完成",
        (AnalysisState::Failed, true) => "失败",
        (AnalysisState::Cancelled, true) => "已取消",
    }
}

async fn list(ctx: &Context, app: &App, place: Option<PlaceId>) -> Result<(), CliError> {
    let (book, place) = (app.config.book, place.unwrap_or_else(|| app.config.root.clone()));
    let page = read(app, async |tx| views::analyses(tx, book, &place, &Paging::default()).await).await?;
    if ctx.json {
        return print_json(&page.items);
    }
    for a in &page.items {
        let (at, rows) = (a.asked_at.at_offset(app.config.offset), a.rows.map_or_else(|| "-".to_owned(), |n| n.to_string()));
        println!("{}  {at}  {:<9} {:<8} {rows:>7}  {}  {}", a.analysis_id, a.analysis, state(a.state, ctx.chinese), a.place, a.account);
    }
    Ok(())
}

async fn show(ctx: &Context, app: &App, o: &Show) -> Result<(), CliError> {
    let (book, id) = (app.config.book, o.analysis);
    let missing = || ctx.failed(format!("there is no analysis {id}, or not this part of it"), format!("没有分析 {id}，或没有该部分"));
    let Some(part) = o.part else {
        let found: AnalysisItem = read(app, async |tx| views::analysis(tx, book, id).await).await?.ok_or_else(missing)?;
        let text = serde_json::to_string_pretty(&found).map_err(|e| CliError::Failed(e.to_string()))?;
        println!("{text}");
        return Ok(());
    };
    let part = match part {
        Part::Result => AnalysisPart::Result,
        Part::Second => AnalysisPart::Second,
        Part::Picture => AnalysisPart::Picture,
    };
    let (analysis, place, text) = read(app, async |tx| views::analysis_part(tx, book, id, part).await).await?.ok_or_else(missing)?;
    if crate::analyses::names_cases(&analysis) {
        super::looked(app, "quell analyses show", None, Some(&place), text.lines().count().saturating_sub(1)).await?;
    }
    print!("{text}");
    Ok(())
}

async fn write_tables(ctx: &Context, app: &App, o: &Tables) -> Result<(), CliError> {
    let failed = |e: &dyn std::fmt::Display| CliError::Failed(format!("{}: {e}", o.out.display()));
    let wanted = o.of.wanted(String::new(), ctx.chinese, BTreeMap::new());
    let place = place_of(&wanted, &app.config.root).map_err(|t| ctx.failed(t.text(false), t.text(true)))?;
    let protocol = app.protocol().await?;
    let viewer = viewer(app, "quell analyses tables");
    let snapshot = tables::read(&viewer, &wanted, &place, Needs::all(app.config.tally_depth), &protocol).await?;
    std::fs::create_dir_all(&o.out).map_err(|e| failed(&e))?;
    run::write(&o.out, &snapshot).map_err(|e| failed(&e))?;
    if ctx.json {
        return print_json(&snapshot.listed());
    }
    for t in snapshot.listed() {
        println!("{:<16} {:>8}  {}", t.name, t.rows, t.sha256);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::options;
    use serde_json::json;

    #[test]
    fn words_become_options() {
        let words = ["--method", "cori", "--window=7", "--reset", "--from=onset", "--from", "sampled"].map(str::to_owned);
        let wanted = json!({"method": "cori", "window": "7", "reset": true, "from": ["onset", "sampled"]});
        assert_eq!(serde_json::to_value(options(&words).unwrap_or_default()).ok(), Some(wanted));
        assert!(options(&["method".to_owned()]).is_err());
    }
}
