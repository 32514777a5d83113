//! How often the intervals of `quell rehearse calibrate` hold the truth: outbreaks whose reproduction number and share of the ill who come to be tested are drawn from
//! the prior, simulated, and calibrated. `cargo run --release -p quell-study --example coverage -- --truths 20 --particles 200`.

use clap::Parser;
use quell_epidemic::disease::preset;
use quell_epidemic::random::Key;
use quell_study::{Rehearse, Setting};
use serde_json::Value;
use std::error::Error;
use std::path::Path;

/// How often intervals hold the truth.
#[derive(Debug, Parser)]
struct Options {
    /// Outbreaks.
    #[arg(long, default_value_t = 20)]
    truths: u64,
    /// Particles of a generation.
    #[arg(long, default_value = "200")]
    particles: String,
    /// Generations.
    #[arg(long, default_value = "5")]
    generations: String,
    /// People.
    #[arg(long, default_value = "5000")]
    people: String,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Parser)]
struct Command {
    #[command(subcommand)]
    command: Rehearse,
}

const REPRODUCTION: &str = "variants.0.transmission.reproduction";
const COME: &str = "symptoms.come";
const PRIORS: [(&str, f64, f64); 2] = [(REPRODUCTION, 1.5, 4.0), (COME, 0.1, 0.9)];

fn rehearse(words: &[&str]) -> Result<Value, Box<dyn Error>> {
    let command = Command::try_parse_from([&["rehearse"], words].concat())?.command;
    let mut out = Vec::new();
    quell_study::run(&command, &mut Setting { chinese: false, json: true, out: &mut out, terminal: false })?;
    Ok(serde_json::from_slice(&out)?)
}

/// Simulates an outbreak with these values, and calibrates to it.
fn calibrate(options: &Options, dir: &Path, truth: [f64; 2], seed: u64) -> Result<Value, Box<dyn Error>> {
    let file = |name: &str| dir.join(name).display().to_string();
    let mut disease = preset("covid-ancestral").ok_or("no such disease")??.file().clone();
    disease.variants[0].transmission.reproduction = truth[0];
    std::fs::write(file("disease.toml"), toml::to_string(&disease)?)?;
    std::fs::write(file("policy.toml"), format!("[symptoms]\ncome = {}\n[tracing]\ncontacts = false\n[zones]\ndrawn = false\n", truth[1]))?;
    let priors: Vec<String> =
        PRIORS.iter().map(|(name, low, high)| format!("\"{name}\" = {{ uniform = [{low:?}, {high:?}] }}\n")).collect();
    std::fs::write(file("unknown.toml"), format!("[parameters]\n{}", priors.concat()))?;
    let people = ["--people", &options.people, "--imports", "60", "--policy", &file("policy.toml")];
    let run = ["run", "--disease", &file("disease.toml"), "--days", "35", "--seed", &seed.to_string(), "--out", &file("truth")];
    rehearse(&[&run[..], &people].concat())?;
    let mut observed = "t,cases\n".to_owned();
    for (day, row) in
        csv::Reader::from_path(dir.join("truth/days.csv"))?.deserialize::<std::collections::HashMap<String, String>>().enumerate().skip(5)
    {
        observed += &format!("{},{}\n", day + 1, row?["found"]);
    }
    std::fs::write(file("observed.csv"), observed)?;
    let (observed, unknown, out) = (file("observed.csv"), file("unknown.toml"), file("out"));
    let words =
        ["calibrate", &observed, "--parameters", &unknown, "--disease", "covid-ancestral", "--start", "5", "--days", "35", "--out", &out];
    rehearse(&[&words[..], &people, &["--particles", &options.particles, "--generations", &options.generations]].concat())
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let dir = std::env::temp_dir().join(format!("quell-coverage-{}", std::process::id()));
    let mut held = [0u32; 2];
    for k in 0..options.truths {
        std::fs::create_dir_all(&dir)?;
        let mut draws = Key::new(options.seed).with(k).draws();
        let truth = PRIORS.map(|(_, low, high)| low + (high - low) * draws.unit());
        let report = calibrate(&options, &dir, truth, draws.bits() >> 16)?;
        std::fs::remove_dir_all(&dir)?;
        let mut line =
            format!("{:>3}: tolerance {:.2}, {} runs", k + 1, report["tolerance"].as_f64().unwrap_or(f64::INFINITY), report["runs"]);
        for (((name, ..), truth), held) in PRIORS.iter().zip(truth).zip(&mut held) {
            let of = |key: &str| report["posterior"][*name][key].as_f64().unwrap_or(f64::NAN);
            let holds = (of("q025")..=of("q975")).contains(&truth);
            *held += u32::from(holds);
            line += &format!(
                "; {name} {truth:.2}: {:.2} [{:.2}, {:.2}]{}",
                of("mean"),
                of("q025"),
                of("q975"),
                if holds { "" } else { " missed" }
            );
        }
        println!("{line}");
    }
    for ((name, ..), held) in PRIORS.iter().zip(held) {
        println!("{name}: {held} of {} intervals of 95 % hold the truth", options.truths);
    }
    Ok(())
}
