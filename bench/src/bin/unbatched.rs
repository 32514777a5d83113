//! One tube of ten a request, at a fixed rate, whatever the server does (open loop: a slow answer does not slow the next request);
//! meanwhile positive pools of twenty are read, and it is measured when twenty listening lists have been told of their recalls.

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use quell_bench::*;
use quell_book::{Condition, Fact, Received, Registered, ResultRead, Role, TargetCt, TestResult, TubeSealed};
use quell_foundation::*;
use quell_protocol::{Exposure, TubeMode, TubeQuestion};
use quell_rehearse::Resident;
use serde_json::json;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Stopwatch};
use tokio::sync::mpsc;

/// Latency of single tubes at a fixed rate, and of the fan-out of recalls under that load.
#[derive(Parser)]
struct Options {
    /// People in the book.
    #[arg(long, default_value_t = 200_000)]
    people: u32,
    /// Requests a second, one tube of ten each.
    #[arg(long, default_value_t = 500)]
    rate: u32,
    /// For so many seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u32,
    /// Lists that listen.
    #[arg(long, default_value_t = 20)]
    lists: usize,
    /// Positive pools read during the load.
    #[arg(long, default_value_t = 20)]
    pools: usize,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
    /// Programs of an installed PostgreSQL, instead of the embedded one.
    #[arg(long)]
    pg_bin: Option<PathBuf>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let o = Options::parse();
    let temp = tempfile::Builder::new().prefix("quell-bench").tempdir()?;
    let city = City::start(temp.path().join("data"), o.pg_bin.clone(), o.people).await?;
    let general: Vec<&Resident> = city.county.residents.iter().filter(|r| pooled(&city, r)).collect();
    let (for_pools, for_load) = general.split_at((o.pools * 20).min(general.len()));
    let pools = positive_pools(&city, for_pools).await?;
    let bodies = tubes(&city, for_load, (o.rate * o.seconds) as usize)?;
    let token = account(&city.app, "lab", Role::Laboratory).await?;
    let load = tokio::spawn(fire(city.address, city.token.clone(), bodies, o.rate));
    let mut fan_out = fan_out(&city, &token, pools, o.lists, f64::from(o.seconds)).await?;
    let mut latencies = load.await??;
    latencies.sort_by(f64::total_cmp);
    fan_out.sort_by(f64::total_cmp);
    let ms = |v: f64| (v * 1e5).round() / 100.0;
    println!(
        "{}",
        json!({
            "people": o.people, "rate": o.rate, "requests": latencies.len(),
            "p50_ms": ms(percentile(&latencies, 0.5)), "p99_ms": ms(percentile(&latencies, 0.99)),
            "lists": o.lists, "recalls_seen": fan_out.len(),
            "fan_out_p50_ms": ms(percentile(&fan_out, 0.5)), "fan_out_p99_ms": ms(percentile(&fan_out, 0.99)),
        })
    );
    city.ready.stop();
    Ok(())
}

fn pooled(city: &City, r: &Resident) -> bool {
    let question = TubeQuestion { zone: None, building_affected: false, exposure: Exposure::None, occupation: r.occupation };
    city.app.default_protocol.tube_rule(&question).mode == TubeMode::Pooled
}

fn tube_facts(city: &City, code: &TubeCode, members: &[&Resident]) -> Result<Vec<Fact>, Error> {
    let at = EventTime::exact(city.app.clock.now(), UtcOffset::CHINA);
    let station = city.county.stations.first().ok_or("no station")?.place.clone();
    let mut facts: Vec<Fact> = members
        .iter()
        .enumerate()
        .map(|(i, r)| {
            let mode = (i == 0).then_some(TubeMode::Pooled);
            Registered {
                tube: code.clone(),
                person: r.id,
                station: station.clone(),
                at,
                round: Some(round()),
                mode,
                already_swabbed: false,
            }
            .into()
        })
        .collect();
    facts.push(TubeSealed { tube: code.clone(), at }.into());
    Ok(facts)
}

/// Pools that are at the laboratory already.
async fn positive_pools(city: &City, people: &[&Resident]) -> Result<Vec<TubeCode>, Error> {
    let laboratory = city.county.laboratories.first().ok_or("no laboratory")?.place.clone();
    let at = EventTime::exact(city.app.clock.now(), UtcOffset::CHINA);
    let mut codes = Vec::new();
    // The protocol's pools hold ten at most.
    for (i, members) in people.chunks(10).enumerate() {
        let code = TubeCode::new(format!("P{i:06}"))?;
        let mut facts = tube_facts(city, &code, members)?;
        facts.push(
            Received {
                laboratory: laboratory.clone(),
                r#box: None,
                tubes: vec![code.clone()],
                condition: Condition::Adequate,
                reason: None,
                temperature: None,
                at,
            }
            .into(),
        );
        city.hand_in(vec![facts]).await?;
        codes.push(code);
    }
    Ok(codes)
}

fn tubes(city: &City, people: &[&Resident], requests: usize) -> Result<Vec<Bytes>, Error> {
    let chunks = people.chunks(10).cycle().take(requests).enumerate();
    chunks.map(|(i, members)| bytes_of(tube_facts(city, &TubeCode::new(format!("U{i:08}"))?, members)?)).collect()
}

/// Sends each body at its moment, over as many connections as are needed at once.
async fn fire(address: std::net::SocketAddr, token: String, bodies: Vec<Bytes>, rate: u32) -> Result<Vec<f64>, Error> {
    let idle: Arc<Mutex<Vec<Client>>> = Arc::default();
    let begun = Stopwatch::now();
    let mut tasks = Vec::with_capacity(bodies.len());
    for (i, body) in bodies.into_iter().enumerate() {
        let due = begun + Duration::from_secs_f64(i as f64 / f64::from(rate));
        tokio::time::sleep_until(due.into()).await;
        let (idle, token) = (idle.clone(), token.clone());
        tasks.push(tokio::spawn(async move {
            let kept = idle.lock().ok().and_then(|mut v| v.pop());
            let mut client = match kept {
                Some(c) => c,
                None => Client::connect(address, &token).await?,
            };
            let (status, answer) = client.send("POST", "/v1/submissions", body).await?;
            if status != 201 {
                return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
            }
            if let Ok(mut v) = idle.lock() {
                v.push(client);
            }
            Ok::<f64, Error>(due.elapsed().as_secs_f64())
        }));
    }
    let mut all = Vec::with_capacity(tasks.len());
    for t in tasks {
        all.push(t.await??);
    }
    Ok(all)
}

/// Reads the pools one after the other, spread over the time of the load; the delay until each list was told.
async fn fan_out(city: &City, token: &str, pools: Vec<TubeCode>, lists: usize, seconds: f64) -> Result<Vec<f64>, Error> {
    let (told, mut tellings) = mpsc::unbounded_channel::<Stopwatch>();
    for _ in 0..lists {
        tokio::spawn(listen(city.address, token.to_owned(), told.clone()));
    }
    tokio::time::sleep(Duration::from_secs_f64(seconds * 0.1)).await;
    let mut client = Client::connect(city.address, token).await?;
    let mut delays = Vec::new();
    let pause = Duration::from_secs_f64(seconds * 0.7 / pools.len().max(1) as f64);
    for pool in pools {
        let at = EventTime::exact(city.app.clock.now(), UtcOffset::CHINA);
        let ct = TargetCt { target: "N".into(), ct: Ct::new(27.5) };
        let fact = ResultRead { tube: pool, plate: None, at, result: TestResult::Positive, targets: vec![ct] };
        let begun = Stopwatch::now();
        let (status, answer) = client.send("POST", "/v1/submissions", bytes_of(vec![fact.into()])?).await?;
        if status != 201 {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
        }
        for _ in 0..lists {
            let heard = tokio::time::timeout(Duration::from_secs(10), tellings.recv()).await?.ok_or("no list listens")?;
            delays.push(heard.duration_since(begun).as_secs_f64());
        }
        tokio::time::sleep(pause).await;
    }
    Ok(delays)
}

/// A list: tells the moment of each event that opens a recall.
async fn listen(address: std::net::SocketAddr, token: String, told: mpsc::UnboundedSender<Stopwatch>) -> Result<(), Error> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = hyper::Request::get("/v1/events")
        .header("host", "localhost")
        .header("authorization", format!("Bearer {token}"))
        .body(Empty::<Bytes>::new())?;
    let mut body = sender.send_request(request).await?.into_body();
    let mut text = String::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            text.push_str(&String::from_utf8_lossy(&data));
        }
        while let Some(end) = text.find("\n\n") {
            if text[..end].contains("\"recall\"") {
                told.send(Stopwatch::now())?;
            }
            text.drain(..end + 2);
        }
    }
    Ok(())
}
