//! A city's sampling day: everyone is registered once, through HTTP, in bundles of about fifty, acknowledged after a durable
//! commit. The reference, in the same run: plain multi-row inserts of the same rows by as many connections.

use bytes::Bytes;
use clap::Parser;
use quell_bench::*;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant as Stopwatch;

/// Registrations through HTTP against plain inserts of the same rows into the same PostgreSQL.
#[derive(Parser)]
struct Options {
    /// People in the book, each registered once.
    #[arg(long, default_value_t = 1_000_000)]
    people: u32,
    /// Connections of the client, and of the plain inserts: as many stations hand in at a time. A county of half a million has some
    /// four hundred.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
    /// Directory for the data; a temporary one by default, removed at the end.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Programs of an installed PostgreSQL, instead of the embedded one.
    #[arg(long)]
    pg_bin: Option<PathBuf>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let o = Options::parse();
    let say = |s: String| {
        if !o.json {
            eprintln!("{s}");
        }
    };
    let temp = tempfile::Builder::new().prefix("quell-bench").tempdir()?;
    let data = o.data.clone().unwrap_or_else(|| temp.path().join("data"));
    let t = Stopwatch::now();
    let city = City::start(data, o.pg_bin.clone(), o.people).await?;
    say(format!("{} people preloaded and a round opened in {:.1} s", o.people, t.elapsed().as_secs_f64()));
    let bundles = Arc::new(city.bundles()?);
    let t = Stopwatch::now();
    let mut latencies = post_all(&city, bundles, o.connections).await?;
    let seconds = t.elapsed().as_secs_f64();
    latencies.sort_by(f64::total_cmp);
    let rate = f64::from(o.people) / seconds;
    say(format!("{} registrations in {seconds:.1} s: {rate:.0}/s", o.people));
    check(&city, i64::from(o.people)).await?;
    let plain = plain_inserts(&city, o.connections).await?;
    say(format!("plain inserts: {plain:.0} rows/s"));
    println!(
        "{}",
        json!({
            "people": o.people,
            "registrations_per_s": rate.round(),
            "plain_rows_per_s": plain.round(),
            "ratio": (rate / plain * 1000.0).round() / 1000.0,
            "p99_ms": (percentile(&latencies, 0.99) * 1e5).round() / 100.0,
            "p50_ms": (percentile(&latencies, 0.5) * 1e5).round() / 100.0,
            "connections": o.connections,
        })
    );
    city.ready.stop();
    Ok(())
}

async fn post_all(city: &City, bundles: Arc<Vec<Bytes>>, connections: usize) -> Result<Vec<f64>, Error> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (bundles, next) = (bundles.clone(), next.clone());
        let mut client = Client::connect(city.address, &city.token).await?;
        tasks.push(tokio::spawn(async move {
            let mut latencies = Vec::new();
            while let Some(body) = bundles.get(next.fetch_add(1, Ordering::Relaxed)) {
                let t = Stopwatch::now();
                let (status, answer) = client.send("POST", "/v1/submissions", body.clone()).await?;
                if status != 201 {
                    return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
                }
                latencies.push(t.elapsed().as_secs_f64());
            }
            Ok::<_, Error>(latencies)
        }));
    }
    let mut all = Vec::new();
    for t in tasks {
        all.extend(t.await??);
    }
    Ok(all)
}

/// Everything must be there and every counter true.
async fn check(city: &City, people: i64) -> Result<(), Error> {
    let c = city.app.db.connection().await?;
    let n = |sql: &'static str| {
        let c = &c;
        async move { Ok::<i64, Error>(c.query_one(sql, &[]).await?.get(0)) }
    };
    let rows = n("SELECT count(*) FROM quell.registration WHERE counts").await?;
    let tallied = n("SELECT sum(discharged)::bigint FROM quell.tally WHERE kind = 'sample'").await?;
    let should = n("SELECT sum(opened)::bigint FROM quell.tally WHERE kind = 'sample'").await?;
    let members = n("SELECT sum(members)::bigint FROM quell.tube WHERE state = 'sealed'").await?;
    if [rows, tallied, should, members].iter().any(|x| *x != people) {
        return Err(
            format!("not conserved: {rows} rows, {tallied} tallied, {should} on the roster, {members} in tubes, {people} people").into()
        );
    }
    Ok(())
}

/// The same rows by multi-row INSERTs of fifty, each its own durable transaction.
async fn plain_inserts(city: &City, connections: usize) -> Result<f64, Error> {
    let (client, connection) = tokio_postgres::connect(city.app.db.url(), tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute("CREATE TABLE quell.plain (LIKE quell.registration INCLUDING ALL); CHECKPOINT").await?;
    let rows = client
        .query("SELECT book_id, person_id, tube, round, place, sampled_at, seq, counts, flag, void_seq FROM quell.registration ORDER BY seq, tube", &[])
        .await?;
    let rows = Arc::new(rows);
    let next = Arc::new(AtomicUsize::new(0));
    let total = rows.len();
    let mut clients = Vec::new();
    for _ in 0..connections {
        let (client, connection) = tokio_postgres::connect(city.app.db.url(), tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        clients.push(client);
    }
    let t = Stopwatch::now();
    let mut tasks = Vec::new();
    for client in clients {
        let (rows, next) = (rows.clone(), next.clone());
        tasks.push(tokio::spawn(async move {
            let full = client.prepare(&insert_sql(50)).await?;
            loop {
                let from = next.fetch_add(50, Ordering::Relaxed);
                if from >= rows.len() {
                    return Ok::<_, Error>(());
                }
                insert(&client, &full, &rows[from..rows.len().min(from + 50)]).await?;
            }
        }));
    }
    for t in tasks {
        t.await??;
    }
    Ok(total as f64 / t.elapsed().as_secs_f64())
}

fn insert_sql(rows: usize) -> String {
    let values: Vec<String> =
        (0..rows).map(|r| format!("({})", (1..=10).map(|c| format!("${}", r * 10 + c)).collect::<Vec<_>>().join(", "))).collect();
    format!("INSERT INTO quell.plain VALUES {}", values.join(", "))
}

async fn insert(client: &tokio_postgres::Client, full: &tokio_postgres::Statement, rows: &[tokio_postgres::Row]) -> Result<(), Error> {
    type Fields = (i32, uuid::Uuid, String, Option<String>, String, std::time::SystemTime, i64, bool, Option<String>, Option<i64>);
    let fields: Vec<Fields> =
        rows.iter().map(|r| (r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), r.get(5), r.get(6), r.get(7), r.get(8), r.get(9))).collect();
    let mut params: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = Vec::with_capacity(rows.len() * 10);
    for f in &fields {
        params.extend_from_slice(&[&f.0, &f.1, &f.2, &f.3, &f.4, &f.5, &f.6, &f.7, &f.8, &f.9]);
    }
    if rows.len() == 50 {
        client.execute(full, &params).await?;
    } else {
        client.execute(&insert_sql(rows.len()), &params).await?;
    }
    Ok(())
}
