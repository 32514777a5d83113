//! Seeded histories at the real door, judged by an independent auditor; see `quell_bench::histories`.

use clap::Parser;
use quell_bench::Error;
use quell_bench::histories::many;
use serde_json::json;
use std::path::PathBuf;

/// Lets a seeded book-keeper say what may and what may not happen, and an independent auditor predict what the book must say.
#[derive(Parser)]
struct Options {
    /// Histories.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// Seed of the first.
    #[arg(long, default_value_t = 1)]
    first: u64,
    /// Calls at the door in each.
    #[arg(long, default_value_t = 80)]
    steps: usize,
    /// Histories side by side.
    #[arg(long, default_value_t = 4)]
    workers: u64,
    /// Print how often each kind of fact and duty was reached.
    #[arg(long)]
    coverage: bool,
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
    let temp = tempfile::Builder::new().prefix("quell-histories").tempdir()?;
    let data = quell::app::DataOptions { data: temp.path().join("data"), pg_bin: o.pg_bin.clone(), database_url: None };
    let ready = std::sync::Arc::new(data.open().await?);
    let bar = if o.json { indicatif::ProgressBar::hidden() } else { indicatif::ProgressBar::new(o.seeds) };
    let since = std::time::Instant::now();
    let told = bar.clone();
    let sum = many(ready.clone(), o.first..o.first + o.seeds, o.steps, o.workers, move |h| {
        told.inc(1);
        if let Some(d) = &h.disagreement {
            told.suspend(|| eprintln!("{d}\n"));
        }
    })
    .await?;
    bar.finish_and_clear();
    if o.coverage {
        eprint!("{}", sum.coverage);
    }
    println!(
        "{}",
        json!({
            "seeds": o.seeds,
            "first": o.first,
            "steps": sum.steps,
            "facts": sum.facts,
            "disagreements": sum.disagreements.len(),
            "disagreeing": sum.disagreements.iter().map(|d| d.0).take(20).collect::<Vec<_>>(),
            "seconds": (since.elapsed().as_secs_f64() * 10.0).round() / 10.0,
        })
    );
    ready.stop();
    std::process::exit(i32::from(!sum.disagreements.is_empty()))
}
