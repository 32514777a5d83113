//! Whatever else can break, struck into a running screening; see bench/src/ordeal/faults.rs. Exit code 1 if anything acknowledged is
//! lost, done twice, or not as the log says, or if the server's log does not say what happened.

use clap::Parser;
use quell_bench::Error;
use quell_bench::ordeal::{Trial, faults};
use serde_json::{Value, json};

/// Faults in a running screening.
#[derive(Parser)]
struct Options {
    /// Only these; all by default.
    #[arg(long, value_enum)]
    only: Vec<faults::Fault>,
    /// At some steps instead of at every one.
    #[arg(long)]
    short: bool,
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
    let seed = o.seed.unwrap_or_else(|| quell::clock::Clock::real().now().0 as u64);
    let all = <faults::Fault as clap::ValueEnum>::value_variants();
    let wanted = if o.only.is_empty() { all.to_vec() } else { o.only };
    let (mut lines, mut clean) = (Vec::<Value>::new(), true);
    for fault in wanted {
        let temp = quell_bench::temporary()?;
        let line = match faults::run(&program, temp.path(), fault, seed, !o.short).await {
            Ok(found) => {
                clean &= found.audit.is_clean();
                serde_json::to_value(found)?
            }
            Err(e) => {
                clean = false;
                json!({"fault": fault, "error": e.to_string()})
            }
        };
        if !o.trial.json {
            eprintln!("{line}");
        }
        lines.push(line);
    }
    println!("{}", json!({"seed": seed, "faults": lines, "clean": clean}));
    if clean { Ok(()) } else { Err("not every fault was survived".into()) }
}
