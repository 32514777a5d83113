//! Runs an epidemic without any response and prints what it cost: one JSON object.
//!
//! `cargo run --release -p quell-epidemic --example epidemic -- --population wushan --disease covid-ba5 --days 60`

use clap::Parser;
use quell_epidemic::kernel::{Imports, NoResponse, Rates, Settings, Simulation};
use quell_epidemic::{disease, population};
use std::error::Error;

/// An epidemic without any response.
#[derive(Debug, Parser)]
struct Options {
    /// wushan, municipality or town.
    #[arg(long, default_value = "municipality")]
    population: String,
    /// So many people instead of the preset's.
    #[arg(long)]
    people: Option<u32>,
    /// covid-ba5, covid-ancestral, measles, mpox or ebola.
    #[arg(long, default_value = "covid-ba5")]
    disease: String,
    /// Days from the first imports on.
    #[arg(long, default_value_t = 60)]
    days: u32,
    /// Infections from elsewhere on the first day.
    #[arg(long, default_value_t = 100)]
    imports: u32,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Prints a row of the benchmark's table instead.
    #[arg(long)]
    row: bool,
}

/// User and system time of this process, seconds: of one thread to the microsecond, of several to a hundredth (Linux counts those that ended in ticks).
fn cpu_seconds(threads: usize) -> Result<f64, Box<dyn Error>> {
    if threads == 1 {
        let nanoseconds = std::fs::read_to_string("/proc/self/schedstat")?;
        return Ok(nanoseconds.split(' ').next().ok_or("empty")?.parse::<f64>()? / 1e9);
    }
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit(") ").next().ok_or("no end of the name")?;
    let fields: Vec<&str> = after.split(' ').collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / 100.0)
}

/// Most memory this process ever had, bytes.
fn peak_bytes() -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut description = population::preset(&options.population).ok_or("no such population")?;
    if let Some(people) = options.people {
        description = description.with_people(people);
    }
    let disease = disease::preset(&options.disease).ok_or("no such disease")??;
    let start = cpu_seconds(options.threads)?;
    let people = description.generate(options.seed, options.threads)?;
    let generated = cpu_seconds(options.threads)?;
    let rates = Rates::calibrate(&people, &disease)?;
    let imports = Imports::at_start(&people, options.seed, options.imports, 0);
    let settings = Settings { seed: options.seed, days: options.days, threads: options.threads, imports };
    let mut run = Simulation::new(&people, &disease, &rates, settings);
    run.run(&mut NoResponse);
    let cpu = (cpu_seconds(options.threads)? - generated).max(1e-6);
    let history = run.world().history();
    let (n, infections) = (f64::from(people.len()), history.infections().len() as f64);
    let bytes = (people.bytes() + run.bytes()) as f64 / n;
    let per_infection = cpu / infections * 1e6;
    if options.row {
        let (millions, attack) = (n * f64::from(options.days) / cpu / 1e6, f64::from(history.persons()) / n * 100.0);
        let name = format!("Quell, {}", options.disease);
        println!("| {name} | {n:.0} | {} | {cpu:.3} | {millions:.1} | {attack:.2} % | {per_infection:.2} | {bytes:.1} |", options.days);
        return Ok(());
    }
    let by_layer: serde_json::Map<String, serde_json::Value> = quell_epidemic::Layer::ALL
        .iter()
        .map(|layer| (layer.name().to_owned(), history.infections().iter().filter(|i| i.layer() == Some(*layer)).count().into()))
        .filter(|(_, n)| *n != 0)
        .collect();
    let report = serde_json::json!({
        "people": people.len(),
        "days": options.days,
        "infections": infections,
        "attack": f64::from(history.persons()) / n,
        "by_layer": by_layer,
        "generation_cpu_seconds": generated - start,
        "epidemic_cpu_seconds": cpu,
        "person_days_per_cpu_second": n * f64::from(options.days) / cpu,
        "microseconds_per_infection": per_infection,
        "bytes_per_person": bytes,
        "static_bytes_per_person": people.bytes() as f64 / n,
        "peak_bytes": peak_bytes()?,
        "hash": format!("{:016x}", history.hash()),
    });
    println!("{report}");
    Ok(())
}
