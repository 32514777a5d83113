//! More than it can take: stations and readers knock at 1, 3, 10 and 70 times of what the server can do, half of them heedless of
//! `Retry-After`. How much of its capacity does it keep for those inside, and how soon is all well again?
//!
//! So that one machine can knock that hard, the server and its PostgreSQL get a share of one processor only (a control group).

use clap::Parser;
use quell::clock::Clock;
use quell_bench::ordeal::{Cage, Served, Trial};
use quell_bench::screening::{self, Hand};
use quell_bench::{Client, Error, percentile};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Overload and recovery.
#[derive(Parser)]
struct Options {
    /// Share of one processor that server and database have together.
    #[arg(long, default_value_t = 0.25)]
    share: f64,
    /// Times of its capacity.
    #[arg(long, value_delimiter = ',', default_value = "1,3,10,70")]
    factors: Vec<f64>,
    /// For so long each, in seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Watches so long for the recovery, in seconds.
    #[arg(long, default_value_t = 60)]
    watch: u64,
    /// Fails if less of the capacity is kept, or nothing recovers; not where the server has the whole machine with those who knock.
    #[arg(long, default_value_t = 0.0)]
    least: f64,
    #[command(flatten)]
    trial: Trial,
}

/// How often a station wants to send.
const EVERY: Duration = Duration::from_millis(250);
/// Enough for each to be swabbed about once.
const PEOPLE: usize = 200_000;
/// An answer after so long is good for nothing.
const USEFUL: Duration = Duration::from_secs(10);
/// Reads and bulk reads that are wanted for each submission.
const READS: f64 = 0.1;
const BULK: f64 = 0.01;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Work,
    Read,
    Bulk,
}

impl Class {
    const ALL: [Class; 3] = [Class::Work, Class::Read, Class::Bulk];
    fn name(self) -> &'static str {
        match self {
            Class::Work => "work",
            Class::Read => "read",
            Class::Bulk => "bulk",
        }
    }
}

/// One answer: when it was wanted, and how long it took.
struct Good {
    class: Class,
    at: Instant,
    took: f64,
}

#[derive(Default)]
struct Seen {
    good: Mutex<Vec<Good>>,
    shed: AtomicUsize,
    unheard: AtomicUsize,
}

struct Site {
    address: std::net::SocketAddr,
    station: String,
    chief: String,
    next: Arc<AtomicUsize>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let o = Options::parse();
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let mut program = o.trial.program()?;
    let cage = Cage::processor(o.share);
    if let Ok(cage) = &cage {
        program = program.caged(cage);
    }
    let temp = quell_bench::temporary()?;
    let served = Served::new_book(&program, &temp.path().join("data"), &[]).await?;
    served.list(PEOPLE).await?;
    // What PostgreSQL does once with a list that has just come in would otherwise fall into one of the measured spans.
    served.database().await?.connection().await?.batch_execute("VACUUM (ANALYZE)").await?;
    let (station, chief) = (served.account("sampler").await?, served.account("commander").await?);
    let site = Arc::new(Site { address: served.address, station, chief, next: Arc::default() });
    let say = |text: String| {
        if !o.trial.json {
            eprintln!("{text}");
        }
    };
    let span = Duration::from_secs(o.seconds);
    knock(&site, saturating(), Duration::from_secs(5)).await; // Warm.
    let (full, lasted) = knock(&site, saturating(), span).await;
    let before = rate(&full, Class::Work, lasted);
    say(format!("capacity {before:.0} submissions/s, beside {:.0} reads/s", rate(&full, Class::Read, lasted)));
    let begun = Instant::now();
    let (calm, _) = knock(&site, at_factor(0.5, before), Duration::from_secs(10)).await;
    let slowest = by_second(&calm, begun, 10).into_iter().fold(0.0, f64::max);
    let mut crowds = Vec::new();
    for f in &o.factors {
        let (seen, lasted) = knock(&site, at_factor(*f, before), span).await;
        say(format!("{f} times: {:.0} taken/s", rate(&seen, Class::Work, lasted)));
        crowds.push((*f, seen, lasted));
    }
    let recovery = recovery(&site, before, slowest, o.watch).await;
    // The book grows meanwhile, and PostgreSQL tidies up when it likes: the reference is measured on both sides of the crowds.
    let (full, lasted) = knock(&site, saturating(), span).await;
    let capacity = f64::midpoint(before, rate(&full, Class::Work, lasted));
    let factors: Vec<Value> = crowds.iter().map(|(f, seen, lasted)| report(*f, seen, *lasted, capacity)).collect();
    println!(
        "{}",
        json!({"capacity_per_s": capacity.round(), "share": o.share, "caged": cage.is_ok(), "calm_p99_ms": ms(p99(&calm, Class::Work, |_| true)),
            "factors": factors, "recovery_s": recovery})
    );
    served.stop()?;
    let kept = factors.iter().all(|f| f["goodput"].as_f64().is_some_and(|g| g >= o.least));
    if cage.is_err() || o.least == 0.0 || (kept && recovery.is_some()) { Ok(()) } else { Err("it does not stand this".into()) }
}

fn ms(seconds: f64) -> f64 {
    (seconds * 1e5).round() / 100.0
}

/// How many of a class knock, or of those who want now this and now that, and whether they ask again at once.
struct Crowd {
    of: Vec<(Option<Class>, usize)>,
    /// Pause between requests; none: as soon as there is an answer.
    every: Duration,
}

/// As many as keep the server busy, without a crowd before the door; all together they want as many reads for each submission as the
/// crowds do.
fn saturating() -> Crowd {
    Crowd { of: vec![(None, 128)], every: Duration::ZERO }
}

/// The class of somebody's `n`th request who wants now this and now that.
fn in_turn(n: usize) -> Class {
    let wanted = |share: f64| ((n + 1) as f64 * share / (1.0 + READS + BULK)).floor() > (n as f64 * share / (1.0 + READS + BULK)).floor();
    match () {
        () if wanted(BULK) => Class::Bulk,
        () if wanted(READS) => Class::Read,
        () => Class::Work,
    }
}

fn at_factor(factor: f64, capacity: f64) -> Crowd {
    let wanted = factor * capacity * EVERY.as_secs_f64();
    let n = |share: f64| (wanted * share).ceil() as usize;
    Crowd { of: vec![(Some(Class::Work), n(1.0)), (Some(Class::Read), n(READS)), (Some(Class::Bulk), n(BULK))], every: EVERY }
}

/// Lets a crowd knock for so long.
async fn knock(site: &Arc<Site>, crowd: Crowd, span: Duration) -> (Arc<Seen>, Duration) {
    let (seen, stop) = (Arc::new(Seen::default()), Arc::new(AtomicBool::new(false)));
    let begun = Instant::now();
    let total: usize = crowd.of.iter().map(|(_, n)| n).sum();
    let mut all = tokio::task::JoinSet::new();
    let mut k = 0;
    for (class, n) in crowd.of {
        for _ in 0..n {
            // Spread over the pause, so that they do not knock in step.
            let first = begun + crowd.every.mul_f64(k as f64 / total.max(1) as f64);
            k += 1;
            all.spawn(one(site.clone(), class, k % 2 == 0, first, crowd.every, seen.clone(), stop.clone()));
        }
    }
    tokio::time::sleep(span).await;
    stop.store(true, Ordering::Relaxed);
    let span = begun.elapsed();
    all.abort_all();
    while all.join_next().await.is_some() {}
    (seen, span)
}

/// One who knocks on and on. The heedless knock again at their next turn, the others when they were told to.
async fn one(
    site: Arc<Site>,
    only: Option<Class>,
    heedless: bool,
    first: Instant,
    every: Duration,
    seen: Arc<Seen>,
    stop: Arc<AtomicBool>,
) {
    let mut due = first;
    let mut clients: [Option<Client>; 3] = Default::default();
    let mut n = first.elapsed().subsec_nanos() as usize % 1_000;
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep_until(due.into()).await;
        let sent = Instant::now();
        let class = only.unwrap_or_else(|| in_turn(n));
        n += 1;
        let client = &mut clients[class as usize];
        let answer = tokio::time::timeout(USEFUL, ask(&site, class, client)).await;
        let mut pause = every;
        match answer {
            Ok(Some((200 | 201, _))) => {
                if let Ok(mut good) = seen.good.lock() {
                    good.push(Good { class, at: sent, took: sent.elapsed().as_secs_f64() });
                }
            }
            Ok(Some((503, retry))) => {
                *client = None;
                seen.shed.fetch_add(1, Ordering::Relaxed);
                if !heedless {
                    pause = Duration::from_secs(retry);
                }
            }
            _ => {
                *client = None;
                seen.unheard.fetch_add(1, Ordering::Relaxed);
            }
        }
        // A station keeps to its times; what it could not send meanwhile it sends at once.
        due = if pause == every { (due + every).max(Instant::now()) } else { Instant::now() + pause };
    }
}

/// Status, and the seconds of `Retry-After`.
async fn ask(site: &Site, class: Class, client: &mut Option<Client>) -> Option<(u16, u64)> {
    let token = if class == Class::Work { &site.station } else { &site.chief };
    if client.is_none() {
        *client = Some(Client::connect(site.address, token).await.ok()?);
    }
    let c = client.as_mut()?;
    let answer = match class {
        Class::Work => {
            let n = site.next.fetch_add(1, Ordering::Relaxed);
            let body = screening::submission(Hand::Station, n, PEOPLE, Clock::real().now()).body;
            c.send("POST", "/v1/submissions", body).await
        }
        Class::Read => c.send("GET", "/v1/facilities", "".into()).await,
        Class::Bulk => c.send("GET", "/v1/log?limit=100", "".into()).await,
    };
    let (status, body) = answer.ok()?;
    if !matches!(status, 200 | 201 | 503) {
        eprintln!("{status}: {}", String::from_utf8_lossy(&body));
    }
    Some((status, c.retry_after().unwrap_or(1)))
}

fn rate(seen: &Seen, class: Class, span: Duration) -> f64 {
    seen.good.lock().map_or(0.0, |g| g.iter().filter(|g| g.class == class).count() as f64 / span.as_secs_f64())
}

fn p99(seen: &Seen, class: Class, when: impl Fn(Instant) -> bool) -> f64 {
    let Ok(good) = seen.good.lock() else { return 0.0 };
    let mut took: Vec<f64> = good.iter().filter(|g| g.class == class && when(g.at)).map(|g| g.took).collect();
    took.sort_by(f64::total_cmp);
    percentile(&took, 0.99)
}

fn report(factor: f64, seen: &Seen, span: Duration, capacity: f64) -> Value {
    let by_class: serde_json::Map<String, Value> = Class::ALL
        .into_iter()
        .map(|c| (c.name().into(), json!({"per_s": rate(seen, c, span).round(), "p99_ms": ms(p99(seen, c, |_| true))})))
        .collect();
    let goodput = (rate(seen, Class::Work, span) / capacity * 1_000.0).round() / 1_000.0;
    json!({"factor": factor, "goodput": goodput, "classes": by_class, "shed": seen.shed.load(Ordering::Relaxed),
        "unheard": seen.unheard.load(Ordering::Relaxed)})
}

/// How slow each second was, by when its submissions were wanted.
fn by_second(seen: &Seen, begun: Instant, seconds: u64) -> Vec<f64> {
    let second = |s| begun + Duration::from_secs(s);
    (0..seconds).map(|s| p99(seen, Class::Work, |at| (second(s)..second(s + 1)).contains(&at))).collect()
}

/// Seconds from the end of the worst until half of the capacity is served as fast again as before: ten seconds on end, none of which is
/// slower than twice the slowest second before.
async fn recovery(site: &Arc<Site>, capacity: f64, calm: f64, watch: u64) -> Option<usize> {
    let begun = Instant::now();
    let (seen, _) = knock(site, at_factor(0.5, capacity), Duration::from_secs(watch)).await;
    // Who was still waiting at the end is not in it.
    by_second(&seen, begun, watch.saturating_sub(2)).windows(10).position(|w| w.iter().all(|slow| *slow <= 2.0 * calm))
}
