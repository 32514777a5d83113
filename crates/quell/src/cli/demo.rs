//! `quell demo`

use super::{CliError, Context, DEFAULT_PROTOCOL, print_json};
use crate::app::{App, Ready, StartError, read_protocol};
use crate::clock::Clock;
use crate::demo::{self, DemoError, PASSWORD, Progress};
use crate::http;
use crate::identity::IdentityKey;
use quell_book::BookConfig;
use quell_foundation::*;
use quell_protocol::Protocol;
use quell_rehearse::life::{Life, Plan};
use quell_response::Rules;
use quell_response::policy::Policy;
use quell_store::{schema, shelf};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

/// Options of `demo`.
#[derive(clap::Args)]
pub struct Demo {
    /// The same seed gives the same submissions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Screening days to live.
    #[arg(long, default_value_t = 2)]
    days: u32,
    /// Residents; fewer for a quick look.
    #[arg(long, default_value_t = 462_462)]
    people: u32,
    /// Simulated seconds in a real second; as fast as it can by default.
    #[arg(long)]
    speed: Option<f64>,
    /// Stop after the last day instead of serving the book.
    #[arg(long)]
    no_serve: bool,
    /// Households into which infection is brought before the first day. [default: one for 20,000 people, at most three]
    #[arg(long)]
    imports: Option<u32>,
    /// Write here what nobody in the county knows: who was infected, when, by whom (CSV).
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// Protocol: built-in or a file. [default: the policy's, else covid-2022-twenty]
    #[arg(long)]
    protocol: Option<String>,
    /// A policy as for `quell rehearse`: the response of a rehearsal is lived through the door, with its queues and means, instead of staff who work off what the book says
    /// is owed. It begins on the day of the first infections.
    #[arg(long)]
    policy: Option<PathBuf>,
}

/// The first screening day of the story.
const FIRST_DAY: &str = "2022-11-26";

pub(super) async fn run(ctx: &Context, o: Demo) -> Result<(), CliError> {
    super::serve::log_to_stderr_quietly();
    let started = Stopwatch::now();
    let failed = |e: DemoError| CliError::Failed(e.to_string());
    let first_day: Day = FIRST_DAY.parse().map_err(|e: BadTime| CliError::Failed(e.to_string()))?;
    let policy = o.policy.as_deref().map(quell_study::policy).transpose().map_err(|t| ctx.failed(t.text(false), t.text(true)))?;
    let wanted = o.protocol.as_deref().or(policy.as_ref().and_then(|p| p.protocol.as_deref())).unwrap_or(DEFAULT_PROTOCOL);
    let (id, text, protocol) = read_protocol(wanted)?;
    fits(ctx, policy.as_ref(), &protocol)?;
    ctx.say("making the county …", "正在生成全县 …");
    let plan = Plan {
        seed: o.seed,
        population: o.people,
        first_day,
        days: o.days,
        imports: o.imports,
        protocol: Arc::new(protocol),
        protocol_hash: Hash::of(text.as_bytes()),
        response: policy.clone().map(Arc::new),
    };
    let life = Life::new(plan);
    let ready = ctx.data.open().await?;
    let c = ready.db.connection().await?;
    if !schema::books(&c).await?.is_empty() {
        let data = ctx.data.data.display();
        return Err(ctx.failed(
            format!("{data} has a book already, maybe of a demo that broke off: serve it with 'quell serve', or remove the folder, or give the demo a new --data"),
            format!("{data} 已有台账（可能是中断的演示）：请用 quell serve 运行它，或删除该目录，或用 --data 另指定目录"),
        ));
    }
    shelf::put(&c, &id, &text).await?;
    drop(c);
    let config = BookConfig { book: life.county().book, root: life.county().root.clone(), offset: UtcOffset::CHINA, tally_depth: 4 };
    let clock = Clock::by_hand(first_day.plus(-1).start(UtcOffset::CHINA).plus(Span::hours(12)));
    // The same for everyone who lives the demo, so that the same seed is the same submissions; kept for what reads this data later.
    let path = ready.key_path();
    let key = if path.exists() { IdentityKey::read(&path) } else { IdentityKey::fixed("demo").keep(&path) };
    let key = key.map_err(|source| StartError::Io { path, source })?;
    let app = App::open(&ready, &config, wanted, clock, key).await?;
    demo::make_accounts(&app).await.map_err(failed)?;
    let listen = if o.no_serve { SocketAddr::from(([127, 0, 0, 1], 0)) } else { o.listen };
    let listener = super::serve::listen(listen, "--listen")?;
    let address = listener.local_addr().map_err(|e| CliError::Failed(e.to_string()))?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(http::serve(app.clone(), listener, async {
        let _ = stopped.await;
    }));
    let analyses = crate::analyses::queue::start(&app);
    let mut board = Board::new(ctx);
    let (outcome, life) = demo::live(&app, address, life, o.speed, |p| board.tell(p)).await.map_err(failed)?;
    let seconds = started.elapsed().as_secs_f64();
    if let Some(path) = &o.truth {
        std::fs::write(path, truth(&life)).map_err(|e| CliError::Failed(format!("{}: {e}", path.display())))?;
    }
    let rehearsed = life.rehearsed().map(|r| (r.cases.len(), r.persons, r.costs.tests, r.days_to_zero));
    // The county in memory (some GB) is let go at once.
    drop(life);
    for d in &outcome.disagreements {
        eprintln!("{d}");
    }
    finish(ctx, &o, &outcome, rehearsed, seconds)?;
    if !outcome.conservation {
        ready.stop();
        return Err(CliError::Said(1));
    }
    app.clock.keep(&ready.data).map_err(|source| StartError::Io { path: ready.data.clone(), source })?;
    let served = if o.no_serve { Ok(()) } else { serve_on(ctx, &ready, &app, address).await };
    let _ = stop.send(()); // The server may have stopped by itself.
    let _ = server.await;
    analyses.abort();
    ready.stop();
    served
}

/// All infections as CSV, in the order in which they happened; cases as the tables of analyses call them.
fn truth(life: &Life) -> String {
    let cases: BTreeMap<PersonId, String> =
        life.book().state.cases.values().map(|c| (c.person_id, crate::analyses::tables::name(c.case_id, c.number.as_ref()))).collect();
    let case = |person: Option<PersonId>| person.and_then(|p| cases.get(&p)).cloned().unwrap_or_default();
    let time = |t: Option<Instant>| t.map(|t| t.at_offset(UtcOffset::CHINA)).unwrap_or_default();
    let mut all: Vec<_> = life.infections().collect();
    all.sort_by_key(|i| (i.at, i.person));
    let mut text = "person,case,infected,onset,infector,infector_case\n".to_owned();
    for i in all {
        let by = i.infector.map(|p| p.to_string()).unwrap_or_default();
        let row = (i.person, case(Some(i.person)), time(Some(i.at)), time(i.onset), by, case(i.infector));
        // A String takes whatever is written.
        let _ = writeln!(text, "{},{},{},{},{},{}", row.0, row.1, row.2, row.3, row.4, row.5);
    }
    text
}

/// A book's pools are no larger than its protocol's.
fn fits(ctx: &Context, policy: Option<&Policy>, protocol: &Protocol) -> Result<(), CliError> {
    let pool = policy.and_then(|p| p.screening.as_ref()).and_then(|s| s.pool);
    let most = Rules::of(protocol).tube.most();
    match pool.filter(|n| *n > most) {
        None => Ok(()),
        Some(n) => Err(ctx.failed(
            format!("the policy pools {n} in a tube, the protocol {most} at most: a book refuses the others; make 'pool' in [screening] at most {most}"),
            format!("策略为 {n} 合 1 混采，方案最多 {most} 合 1：台账不会受理多出的人；请将 [screening] 的 pool 改为不超过 {most}"),
        )),
    }
}

/// Of a rehearsal that was lived: cases found, people infected, tests, days to zero.
type Rehearsed = (usize, u32, u64, Option<u32>);

fn finish(ctx: &Context, o: &Demo, outcome: &demo::Outcome, rehearsed: Option<Rehearsed>, seconds: f64) -> Result<(), CliError> {
    let s = &outcome.summary;
    ctx.say(
        format!(
            "{} submissions with {} facts accepted, {} rightly refused, {} repeated; {} days sealed; {} cases ({} community-found, {} controlled); {:.0} s",
            outcome.accepted, s.facts, outcome.refused, outcome.repeated, s.days_closed, s.cases_community + s.cases_controlled, s.cases_community, s.cases_controlled, seconds
        ),
        format!(
            "受理上报 {} 次（事实 {} 条），正确拒绝 {} 次，重复 {} 次；日结 {} 天；感染者 {} 例（社会面 {}，管控中 {}）；用时 {:.0} 秒",
            outcome.accepted, s.facts, outcome.refused, outcome.repeated, s.days_closed, s.cases_community + s.cases_controlled, s.cases_community, s.cases_controlled, seconds
        ),
    );
    if let Some((cases, infected, tests, _)) = rehearsed {
        ctx.say(
            format!(
                "the rehearsal: {cases} cases found of {infected} infected, {tests} tests; the book has {} cases",
                s.cases_community + s.cases_controlled
            ),
            format!("预演：感染 {infected} 人，发现 {cases} 例，检测 {tests} 人次；台账登记 {} 例", s.cases_community + s.cases_controlled),
        );
    }
    ctx.say(
        if outcome.conservation { "conservation holds: the book balances, every day and every kind" } else { "CONSERVATION DOES NOT HOLD" },
        if outcome.conservation { "台账平衡：每一天、每一类均无差额" } else { "台账不平" },
    );
    if ctx.json {
        print_json(&json!({
            "seed": o.seed, "days": o.days, "people": o.people, "seconds": (seconds * 10.0).round() / 10.0,
            "submissions": outcome.accepted, "facts": s.facts, "refused": outcome.refused, "repeated": outcome.repeated,
            "conservation": outcome.conservation, "disagreements": outcome.disagreements, "summary": s,
            "rehearsal": rehearsed.map(|(cases, infected, tests, days_to_zero)| json!({"cases": cases, "infected": infected, "tests": tests, "days_to_zero": days_to_zero})),
        }))?;
    }
    Ok(())
}

/// After the last day the simulated clock goes on at its natural pace, until Ctrl-C.
async fn serve_on(ctx: &Context, ready: &Ready, app: &App, address: SocketAddr) -> Result<(), CliError> {
    let accounts = quell_book::Role::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", ");
    ctx.say(
        format!("serving on http://{address}/ (API under /v1) with password '{PASSWORD}' for: {accounts}; Ctrl-C stops"),
        format!("服务地址 http://{address}/（接口在 /v1），密码 {PASSWORD}，账号：{accounts}；Ctrl-C 停止"),
    );
    let mut second = tokio::time::interval(std::time::Duration::from_secs(1));
    let stop = super::serve::stop_signal();
    let broken = ready.keep_server(&ctx.data);
    tokio::pin!(stop, broken);
    loop {
        tokio::select! {
            () = &mut stop => return Ok(()),
            broken = &mut broken => return Err(broken.into()),
            _ = second.tick() => app.clock.set(app.clock.now().plus(Span(1))),
        }
    }
}

/// The live summary: a line an hour of simulated time.
struct Board<'a> {
    ctx: &'a Context,
    hour: i64,
    since: Stopwatch,
    facts: std::collections::BTreeMap<&'static str, usize>,
}

impl<'a> Board<'a> {
    fn new(ctx: &'a Context) -> Self {
        Self { ctx, hour: 0, since: Stopwatch::now(), facts: Default::default() }
    }
    fn tell(&mut self, p: &Progress<'_>) {
        for s in &p.step.submissions {
            for f in &s.submission.facts {
                *self.facts.entry(f.kind()).or_default() += 1;
            }
        }
        let hour = p.step.at.0.div_euclid(3_600_000_000);
        if self.ctx.json || hour == self.hour {
            return;
        }
        self.hour = hour;
        let n = |k: &str| self.facts.get(k).copied().unwrap_or(0);
        let at = p.step.at.at_offset(UtcOffset::CHINA);
        println!(
            "{}  {:>7} {}  {:>6} {}  {:>6} {}  {:>4} {}  {:>4} {}  {:>4} {}  {:>5.0} {}",
            at.get(..16).unwrap_or(&at),
            n("registered"),
            self.word("sampled", "采样"),
            n("received"),
            self.word("boxes in", "送检"),
            n("result_read"),
            self.word("results", "检测"),
            n("report_filed"),
            self.word("reported", "报告"),
            n("picked_up"),
            self.word("moved", "转运"),
            n("admitted"),
            self.word("admitted", "收治"),
            self.since.elapsed().as_secs_f64(),
            self.word("s real time", "秒（实际用时）"),
        );
    }
    fn word(&self, en: &'static str, zh: &'static str) -> &'static str {
        if self.ctx.chinese { zh } else { en }
    }
}
