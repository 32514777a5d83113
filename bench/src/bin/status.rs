//! Look-ups of people's status at doors, by HTTP, while registration goes on through the real door at half of what it could do in the same
//! run. Most of the millions of people are put straight into the table in memory; see `quell_bench::doors`.

use clap::Parser;
use quell_bench::{Error, doors};
use std::path::PathBuf;

/// Look-ups a second beside a screening. Clients, server and PostgreSQL share the machine.
#[derive(Parser)]
struct Options {
    /// People whose status is known. Those of `--in-book` are listed in the book; the others are put into the table in memory only.
    #[arg(long, default_value_t = 20_000_000)]
    people: usize,
    /// People in the book, each registered once at most.
    #[arg(long, default_value_t = 1_000_000)]
    in_book: u32,
    /// Seconds of each of the three measurements.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Look-ups wanted in a second while registration goes on.
    #[arg(long, default_value_t = 32_000.0)]
    rate: f64,
    /// Connections of the doors, kept alive.
    #[arg(long, default_value_t = 256)]
    doors: usize,
    /// Connections of the stations.
    #[arg(long, default_value_t = 64)]
    stations: usize,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
    /// Programs of an installed PostgreSQL, instead of the embedded one.
    #[arg(long)]
    pg_bin: Option<PathBuf>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let Options { people, in_book, seconds, rate, doors, stations, json, pg_bin } = Options::parse();
    let say = |text: String| {
        if !json {
            eprintln!("{text}");
        }
    };
    let outcome = doors::run(&doors::Plan { people, in_book, seconds, rate, doors, stations, pg_bin }, say).await?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}
