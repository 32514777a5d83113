//! Lives screening days and prints what happened, how long it took and how much memory it needed.
//!
//! `cargo run --release -p quell-rehearse --example life -- [PEOPLE] [DAYS] [SEED] [PROTOCOL]`
//! (462,462 people, 1 day, seed 1 and covid-2022-twenty unless told).

use quell_foundation::{Hash, ProtocolId};
use quell_protocol::{builtin, load};
use quell_rehearse::life::{Life, Plan};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, default: u64| args.get(n).map_or(Ok(default), |a| a.parse());
    let id = args.get(3).map_or("covid-2022-twenty", String::as_str);
    let text = builtin(&ProtocolId::new(id)?).ok_or("no such protocol")?;
    let protocol = load(id, text).map_err(|p| format!("{p:?}"))?;
    let plan = Plan {
        seed: number(2, 1)?,
        population: u32::try_from(number(0, 462_462)?)?,
        first_day: "2022-11-26".parse()?,
        days: u32::try_from(number(1, 1)?)?,
        imports: None,
        protocol: Arc::new(protocol),
        protocol_hash: Hash::of(text.as_bytes()),
        response: None,
    };
    let begun = Instant::now();
    let mut life = Life::new(plan);
    println!("county made in {:.2} s", begun.elapsed().as_secs_f64());
    let (mut steps, mut day, mut day_begun) = (0u32, 0, Instant::now());
    let mut spent: BTreeMap<&str, (u32, f64)> = BTreeMap::new();
    let mut step_begun = Instant::now();
    while let Some(step) = life.next_step() {
        steps += 1;
        let label = spent.entry(step.label).or_default();
        *label = (label.0 + step.submissions.len() as u32, label.1 + step_begun.elapsed().as_secs_f64());
        if step.label == "day sealed" {
            println!("day {day}: {steps} steps in {:.2} s", day_begun.elapsed().as_secs_f64());
            (day, steps, day_begun) = (day + 1, 0, Instant::now());
        }
        step_begun = Instant::now();
    }
    for (label, (submissions, seconds)) in spent {
        println!("{submissions:>8} submissions {seconds:>7.2} s  {label}");
    }
    let summary = life.summary();
    for (kind, d) in &summary.duties {
        println!("{kind:>18}: {d:?}");
    }
    println!("{summary:#?}");
    life.surprises().iter().for_each(|s| println!("surprise: {s}"));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|l| l.starts_with("VmHWM")).for_each(|l| println!("{l}"));
    Ok(())
}
