//! Runs an epidemic with a response and prints what it did: one JSON object.
//!
//! `cargo run --release -p quell-response --example respond -- --population wushan --disease covid-ba5 --protocol covid-2022-twenty --days 60`

use clap::Parser;
use quell_epidemic::kernel::Rates;
use quell_epidemic::{disease, population};
use quell_protocol::{builtin, load};
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{Rules, Setup};
use std::error::Error;
use std::path::PathBuf;

/// An epidemic with a response.
#[derive(Debug, Parser)]
struct Options {
    /// wushan, municipality or town.
    #[arg(long, default_value = "wushan")]
    population: String,
    /// So many people instead of the preset's.
    #[arg(long)]
    people: Option<u32>,
    /// covid-ba5, covid-ancestral, measles, mpox or ebola.
    #[arg(long, default_value = "covid-ba5")]
    disease: String,
    /// Protocol that comes with Quell.
    #[arg(long, default_value = "covid-2022-twenty")]
    protocol: String,
    /// A policy file.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Days.
    #[arg(long, default_value_t = 60)]
    days: u32,
    /// Infections from elsewhere on the first day.
    #[arg(long, default_value_t = 10)]
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
    /// Prints each day.
    #[arg(long)]
    series: bool,
}

fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let nanoseconds = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(nanoseconds.split(' ').next().ok_or("empty")?.parse::<f64>()? / 1e9)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut description = population::preset(&options.population).ok_or("no such population")?;
    if let Some(people) = options.people {
        description = description.with_people(people);
    }
    let protocol = load(&options.protocol, builtin(&options.protocol.parse()?).ok_or("no such protocol")?).map_err(|p| format!("{p:?}"))?;
    let policy = match &options.policy {
        Some(path) => Policy::parse(&std::fs::read_to_string(path)?)?,
        None => Policy::default(),
    };
    let disease = disease::preset(&options.disease).ok_or("no such disease")??;
    let people = description.generate(options.seed, options.threads)?;
    let rates = Rates::calibrate(&people, &disease)?;
    let census = Census::of(&people);
    let n = f64::from(people.len());
    let setup = Setup {
        population: people,
        census,
        disease,
        rates,
        imports: options.imports,
        imports_per_day: 0.0,
        days: options.days,
        opening: None,
        threads: options.threads,
    };
    let begin = cpu_seconds()?;
    let outcome = setup.run(&Rules::of(&protocol), &policy, options.seed, |_| {});
    let cpu = cpu_seconds()? - begin;
    if options.series {
        outcome.series.days().iter().for_each(|d| println!("{}", serde_json::json!(d)));
    }
    if options.row {
        let (millions, infections) = (n * f64::from(options.days) / cpu / 1e6, outcome.costs.infections.max(1) as f64);
        let (tests, contacts) = (outcome.costs.tests as f64 / 1e6, outcome.costs.contacts_traced as f64 / 1e6);
        let attack = f64::from(outcome.persons) / n * 100.0;
        let (each, bytes) = (cpu / infections * 1e6, outcome.bytes as f64 / n);
        println!(
            "| Quell, {}: {tests:.2} million tests, {contacts:.2} million contacts | {n:.0} | {} | {cpu:.3} | {millions:.1} | {attack:.2} % | {each:.1} | {bytes:.1} |",
            policy.name, options.days
        );
        return Ok(());
    }
    let report = serde_json::json!({
        "people": n,
        "days": options.days,
        "infections": outcome.costs.infections,
        "attack": f64::from(outcome.persons) / n,
        "found": outcome.cases.len(),
        "by_layer": quell_epidemic::Layer::ALL.iter().zip(outcome.by_layer).map(|(l, n)| (l.name(), n)).collect::<Vec<_>>(),
        "first_zero": outcome.first_zero,
        "days_to_zero": outcome.days_to_zero,
        "cpu_seconds": cpu,
        "person_days_per_cpu_second": n * f64::from(options.days) / cpu,
        "bytes_per_person": outcome.bytes as f64 / n,
        "costs": outcome.costs,
        "hash": format!("{:016x}", outcome.hash),
    });
    println!("{report}");
    Ok(())
}
