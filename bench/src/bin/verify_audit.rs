//! Fills a book's audit log and times its verification at a quarter of the entries and at all of them; what 20 million would take follows
//! from the slope. The reference is the same rows read without looking at them.

use clap::Parser;
use quell::clock::Clock;
use quell_bench::*;
use quell_store::Database;
use quell_store::audit;
use quell_store::verify::Report;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant as Stopwatch;

/// How long the audit log takes to verify.
#[derive(Parser)]
struct Options {
    /// Entries in the log.
    #[arg(long, default_value_t = 1_000_000)]
    entries: u64,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
    /// Programs of an installed PostgreSQL, instead of the embedded one.
    #[arg(long)]
    pg_bin: Option<PathBuf>,
}

/// What it is for: a city's looks of some months.
const WANTED: (f64, f64) = (20e6, 300.0);
/// Entries in one statement.
const TOGETHER: u64 = 10_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let o = Options::parse();
    let temp = tempfile::Builder::new().prefix("quell-bench").tempdir()?;
    let (ready, config) = empty_book(temp.path().join("data"), o.pg_bin.clone()).await?;
    let (mut sizes, mut verified, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let mut filled = 0;
    let since = Stopwatch::now();
    let mut filling = 0.0;
    for size in [o.entries / 4, o.entries] {
        let before = since.elapsed().as_secs_f64();
        fill(&ready.db, &config, filled, size).await?;
        filling += since.elapsed().as_secs_f64() - before;
        filled = size;
        sizes.push(size as f64);
        // The first pass sets the hint bits of fresh rows.
        read_only(&ready.db).await?;
        read.push(read_only(&ready.db).await?);
        verified.push(verify(&ready.db, &config, size as i64).await?);
        if !o.json {
            println!("{size} entries: read in {:.2} s, verified in {:.2} s", read[read.len() - 1], verified[verified.len() - 1]);
        }
    }
    let slope = (verified[1] - verified[0]) / (sizes[1] - sizes[0]);
    let at_20m = verified[1] + slope * (WANTED.0 - sizes[1]);
    let round = |v: f64| (v * 100.0).round() / 100.0;
    println!(
        "{}",
        json!({
            "entries": o.entries, "fill_seconds": round(filling), "read_seconds": read.iter().map(|v| round(*v)).collect::<Vec<_>>(),
            "verify_seconds": verified.iter().map(|v| round(*v)).collect::<Vec<_>>(), "microseconds_an_entry": round(slope * 1e6),
            "ratio_to_reading": round(verified[1] / read[1]), "seconds_for_20_million": round(at_20m), "wanted_seconds": WANTED.1,
        })
    );
    ready.stop();
    Ok(())
}

async fn fill(db: &Database, config: &quell_book::BookConfig, from: u64, to: u64) -> Result<(), Error> {
    let at = Clock::real().now();
    let mut c = db.connection().await?;
    for begin in (from..to).step_by(TOGETHER as usize) {
        let entries = (begin..(begin + TOGETHER).min(to)).map(|n| look(n, at)).collect::<Result<Vec<_>, _>>()?;
        let tx = c.transaction().await?;
        audit::append(&tx, config.book, &entries).await?;
        tx.commit().await?;
    }
    c.batch_execute("VACUUM ANALYZE quell.audit").await?;
    c.batch_execute("CHECKPOINT").await?;
    Ok(())
}

async fn verify(db: &Database, config: &quell_book::BookConfig, entries: i64) -> Result<f64, Error> {
    let c = db.connection().await?;
    let (since, mut report) = (Stopwatch::now(), Report::default());
    audit::verify(&c, config, &[], &mut report, &mut |_| ()).await?;
    match report.findings.first() {
        Some(f) => Err(f.clone().into()),
        None if report.audit_entries == entries + 1 => Ok(since.elapsed().as_secs_f64()),
        None => Err(format!("{} entries", report.audit_entries).into()),
    }
}

/// The same rows, portion by portion, thrown away.
async fn read_only(db: &Database) -> Result<f64, Error> {
    let c = db.connection().await?;
    let statement = c.prepare("SELECT * FROM quell.audit WHERE book_id = 500237 AND seq > $1 ORDER BY seq LIMIT 10000").await?;
    let (since, mut seq) = (Stopwatch::now(), 0i64);
    while let Some(last) = c.query(&statement, &[&seq]).await?.last() {
        seq = last.get("seq");
    }
    Ok(since.elapsed().as_secs_f64())
}
