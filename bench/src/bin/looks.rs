//! Writing looks down, before an answer is given: in the chain of the audit log by way of the clerk, and as plain inserts of the same row
//! without a chain (as it was before there was one), each its own commit, by so many readers at a time.

use clap::Parser;
use quell::clerk::Clerk;
use quell::clock::Clock;
use quell_bench::*;
use quell_store::Database;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant as Stopwatch;

/// What it costs to write a look down.
#[derive(Parser)]
struct Options {
    /// Looks of each reader.
    #[arg(long, default_value_t = 500)]
    looks: u64,
    /// Readers at a time, one measurement each.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 4, 16])]
    readers: Vec<u64>,
    /// Print only JSON lines.
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
    let (ready, config) = empty_book(temp.path().join("data"), o.pg_bin.clone()).await?;
    let c = ready.db.connection().await?;
    c.batch_execute("CREATE TABLE plain (LIKE quell.audit INCLUDING INDEXES)").await?;
    drop(c);
    let clerk = Clerk::start(&ready.db, config.book)?;
    for readers in &o.readers {
        // Once to warm up.
        for looks in [o.looks / 10, o.looks] {
            let plain = all(*readers, looks, |r| insert(ready.db.clone(), r, looks)).await?;
            let chained = all(*readers, looks, |r| note(clerk.clone(), r, looks)).await?;
            if looks == o.looks {
                println!("{}", json!({ "readers": readers, "looks": looks * readers, "plain": plain, "chained": chained }));
            }
        }
    }
    ready.stop();
    Ok(())
}

/// Runs the readers side by side; how many looks a second, and how long each took.
async fn all<F>(readers: u64, looks: u64, one: impl Fn(u64) -> F) -> Result<serde_json::Value, Error>
where
    F: Future<Output = Result<Vec<f64>, Error>> + Send + 'static,
{
    let since = Stopwatch::now();
    let tasks: Vec<_> = (0..readers).map(|r| tokio::spawn(one(r))).collect();
    let mut took = Vec::new();
    for t in tasks {
        took.extend(t.await??);
    }
    let rate = (readers * looks) as f64 / since.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let ms = |share| (percentile(&took, share) * 1e5).round() / 100.0;
    Ok(json!({ "per_second": rate.round(), "p50_ms": ms(0.5), "p99_ms": ms(0.99) }))
}

async fn note(clerk: Clerk, reader: u64, looks: u64) -> Result<Vec<f64>, Error> {
    let clock = Clock::real();
    let mut took = Vec::new();
    for n in 0..looks {
        let (since, entry) = (Stopwatch::now(), look(reader * 1_000_000 + n, clock.now())?);
        clerk.note(entry).await?;
        took.push(since.elapsed().as_secs_f64());
    }
    Ok(took)
}

async fn insert(db: Database, reader: u64, looks: u64) -> Result<Vec<f64>, Error> {
    const SQL: &str = "INSERT INTO plain (book_id, seq, kind, at, account, role, what, access_id, person_id, rows, hash)
        VALUES (500237, $1, 'look', $2::text::timestamptz, $3, 'community_worker', '/v1/persons/{person}/status', $4, $4, 1, '')
        ON CONFLICT (book_id, seq) DO UPDATE SET at = excluded.at";
    let clock = Clock::real();
    let mut took = Vec::new();
    for n in 0..looks {
        let since = Stopwatch::now();
        let c = db.connection().await?;
        let s = c.prepare_cached(SQL).await?;
        let (seq, at, account) = ((reader * 1_000_000 + n) as i64, clock.now().to_string(), format!("desk-{}", n % 400));
        c.execute(&s, &[&seq, &at, &account, &uuid::Uuid::from_u128(u128::from(n))]).await?;
        took.push(since.elapsed().as_secs_f64());
    }
    Ok(took)
}
