//! The server, its PostgreSQL, one of its sessions, and both at once are killed at random moments of a running screening whose
//! senders repeat what has no receipt. Exit code 1 if anything acknowledged is lost, done twice, or not as the log says.

use clap::Parser;
use quell_bench::Error;
use quell_bench::ordeal::{Trial, kill};
use serde_json::json;
use std::time::Duration;

/// Kills at random moments; see the first line of bench/src/ordeal/kill.rs.
#[derive(Parser)]
struct Options {
    /// Kills.
    #[arg(long, default_value_t = 200)]
    moments: u64,
    /// Stations that send at a time.
    #[arg(long, default_value_t = 6)]
    desks: usize,
    /// Milliseconds between a station's requests.
    #[arg(long, default_value_t = 40)]
    pause: u64,
    /// Draws the moments; another each time by default.
    #[arg(long)]
    seed: Option<u64>,
    #[command(flatten)]
    trial: Trial,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let o = Options::parse();
    let program = o.trial.program()?;
    let temp = quell_bench::temporary()?;
    let seed = o.seed.unwrap_or_else(|| quell::clock::Clock::real().now().0 as u64);
    let plan = kill::Plan { moments: o.moments, seed, desks: o.desks, pause: Duration::from_millis(o.pause) };
    let bar = quell_bench::progress(o.moments, o.trial.json);
    let audit = kill::run(&program, &temp.path().join("data"), plan, &mut |victim, acknowledged| {
        bar.inc(1);
        bar.set_message(format!("{victim:?}, {acknowledged} acknowledged"));
    })
    .await?;
    bar.finish_and_clear();
    println!(
        "{}",
        json!({
            "moments": o.moments, "acknowledged": audit.acknowledged, "lost": audit.lost, "doubled": audit.doubled,
            "torn": audit.torn, "repeated": audit.repeated, "verify": audit.verify, "seed": seed,
        })
    );
    if audit.is_clean() { Ok(()) } else { Err("the book is not what was acknowledged".into()) }
}
