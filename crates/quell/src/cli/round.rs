//! `quell round open | close | show | list`

use super::{CliError, Context, hand_in, print_json, read};
use clap::Subcommand;
use quell_book::{RoundClosed, RoundOpened};
use quell_foundation::*;
use quell_store::views::{self, Paging};

/// Subcommands of `round`.
#[derive(Subcommand)]
pub enum Round {
    /// Open a round: everyone at home in the scope is on its roster; cases, people in isolation and absent people are excluded.
    Open {
        /// Its name, for example 2022-11-26-1.
        round: RoundId,
        /// Places in scope; the whole book by default.
        #[arg(long)]
        scope: Vec<PlaceId>,
        /// What people call it.
        #[arg(long)]
        name: Option<String>,
        /// Finished by; the protocol's length by default. Like 2022-11-27T06:00:00+08:00.
        #[arg(long)]
        due: Option<EventTime>,
        /// Pool size, if smaller than the protocol's.
        #[arg(long)]
        pool_size: Option<u32>,
    },
    /// Close a round: whoever was not sampled is counted as missed.
    Close {
        /// The round.
        round: RoundId,
    },
    /// Progress, pace and forecast end, and the speed of each link of the chain.
    Show {
        /// The round.
        round: RoundId,
        /// Only this place.
        #[arg(long)]
        place: Option<PlaceId>,
    },
    /// List rounds.
    List,
}

pub(super) async fn run(ctx: &Context, c: Round) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    let done = match c {
        Round::Open { round, scope, name, due, pool_size } => {
            let scope = if scope.is_empty() { vec![app.config.root.clone()] } else { scope };
            let name = name.unwrap_or_else(|| round.to_string());
            let fact = RoundOpened { round: round.clone(), name, scope, at, due, pool_size };
            hand_in(ctx, &app, vec![fact.into()]).await.map(|_| ctx.say(format!("round {round} is open"), format!("轮次 {round} 已开启")))
        }
        Round::Close { round } => {
            let fact = RoundClosed { round: round.clone(), at };
            hand_in(ctx, &app, vec![fact.into()]).await.map(|_| ctx.say(format!("round {round} is closed"), format!("轮次 {round} 已结束")))
        }
        Round::Show { round, place } => show(ctx, &app, &round, place).await,
        Round::List => list(ctx, &app).await,
    };
    ready.stop();
    done
}

async fn list(ctx: &Context, app: &crate::app::App) -> Result<(), CliError> {
    let page = Paging { after: None, limit: 1000 };
    let found = read(app, async |tx| views::rounds(tx, app.config.book, &page).await).await?;
    if ctx.json {
        return print_json(&found);
    }
    for r in &found.items {
        println!("{}\t{}\t{}\t{}", r.round, r.name, r.state, r.due.at_offset(app.config.offset));
    }
    Ok(())
}

async fn show(ctx: &Context, app: &crate::app::App, round: &RoundId, place: Option<PlaceId>) -> Result<(), CliError> {
    let place = place.unwrap_or_else(|| app.config.root.clone());
    let now = app.clock.now();
    let (progress, links) = read(app, async |tx| {
        let progress = views::round(tx, app.config.book, round, &place, now).await?;
        Ok((progress, views::links(tx, app.config.book, round, &place, now).await?))
    })
    .await?;
    let Some(progress) = progress else {
        return Err(ctx.failed(format!("no round {round}"), format!("没有轮次 {round}")));
    };
    if ctx.json {
        return print_json(&serde_json::json!({ "round": progress, "links": links }));
    }
    print_progress(ctx, app.config.offset, &progress);
    print_links(ctx, app.config.offset, &links);
    Ok(())
}

/// Without fractions of a second.
fn second(t: Instant) -> Instant {
    Instant(t.0 - t.0.rem_euclid(1_000_000))
}

/// How far the round is, in all and one level below, and when it will end.
fn print_progress(ctx: &Context, offset: UtcOffset, v: &views::RoundView) {
    let (round, name, state, due) = (&v.round.round, &v.round.name, v.round.state, v.round.due.at_offset(offset));
    ctx.say(format!("round {round} ({name}): {state}, due {due}"), format!("轮次 {round}（{name}）：{}，截止 {due}", state.zh()));
    let line = |label: &str, p: &views::Progress| {
        // Rounded down: 100 means that nobody is left.
        let share = if p.should == 0 { 100.0 } else { (1000.0 * (p.should - p.open) as f64 / p.should as f64).floor() / 10.0 };
        println!("{label:<28} {:>9} {:>9} {:>9} {:>9} {:>9} {share:>7.1}%", p.should, p.sampled, p.waived, p.superseded, p.open);
    };
    let head = if ctx.chinese {
        ["应检", "已检", "免检", "失效", "未检", "完成"]
    } else {
        ["should", "sampled", "waived", "ended", "open", "done"]
    };
    println!("{:<28} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}", "", head[0], head[1], head[2], head[3], head[4], head[5]);
    for p in &v.below {
        line(p.name.as_deref().unwrap_or(p.place.as_str()), &p.progress);
    }
    line(v.place.as_str(), &v.progress);
    for t in &v.tubes {
        let (tubes, persons) = (t.tubes, t.persons);
        let result = t.result.map(|r| format!(" {}", if ctx.chinese { r.zh() } else { r.as_str() })).unwrap_or_default();
        ctx.say(
            format!("tubes {}{result}: {tubes} ({persons} persons)", t.state),
            format!("采样管 {}{result}：{tubes} 管（{persons} 人）", t.state.zh()),
        );
    }
    let p = &v.pace;
    ctx.say(
        format!("pace: {:.0} persons an hour over the last {} minutes", p.per_hour, p.minutes),
        format!("速度：最近 {} 分钟每小时 {:.0} 人", p.minutes, p.per_hour),
    );
    let at = |t: Option<Instant>| t.map_or_else(|| "-".to_owned(), |t| second(t).at_offset(offset));
    let (sampled, resulted) = (at(p.sampling_ends), at(p.last_result));
    ctx.say(
        format!("at this pace sampled by {sampled}, last result by {resulted}"),
        format!("按此速度：采样完成 {sampled}，最后结果 {resulted}"),
    );
}

/// The clock of each link, and which one jams.
fn print_links(ctx: &Context, offset: UtcOffset, c: &views::ChainSpeed) {
    let head = if ctx.chinese {
        ["环节", "已过", "中位", "九成", "最慢", "在等", "最早等待"]
    } else {
        ["link", "passed", "median", "90%", "worst", "waiting", "oldest"]
    };
    println!("\n{:<24} {:>9} {:>9} {:>9} {:>9} {:>9}  {}", head[0], head[1], head[2], head[3], head[4], head[5], head[6]);
    let span = |s: Option<f64>| {
        let s = s.map(|s| s.round() as i64);
        s.map_or_else(|| "-".to_owned(), |s| format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60))
    };
    for l in &c.links {
        let jam = [c.bottleneck, c.case_bottleneck].contains(&Some(l.link));
        let mark = match (jam, ctx.chinese) {
            (true, true) => "  ← 堵点",
            (true, false) => "  ← it jams here",
            (false, _) => "",
        };
        let oldest = l.waiting.oldest.map_or_else(|| "-".to_owned(), |t| second(t).at_offset(offset));
        let name = if ctx.chinese { l.link.zh() } else { l.link.en() };
        println!(
            "{name:<24} {:>9} {:>9} {:>9} {:>9} {:>9}  {oldest}{mark}",
            l.passed,
            span(l.median_s),
            span(l.p90_s),
            span(l.worst_s),
            l.waiting.count
        );
    }
}
