//! Every target for some seconds under the engine that looks for coverage, one after the other. `bench/fuzz` builds that engine's
//! program, `coverage`, beside this one.

#![allow(clippy::unwrap_used, reason = "what cannot be read ends it")]

use clap::Parser;
use quell_fuzz::{TARGETS, Target, regressions};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Error};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Tries every parser of outside input with inputs that nobody would send, guided by the code that they reach.
#[derive(Parser)]
struct Options {
    /// Seconds for each target.
    #[arg(long, default_value_t = 3_600)]
    seconds: u64,
    /// Only this target; may be given several times. docs/fuzzing.md lists them.
    #[arg(long)]
    target: Vec<String>,
    /// Where the inputs that reached something new are kept, and taken up again next time.
    #[arg(long, default_value = "target/fuzz/corpus")]
    corpus: PathBuf,
    /// Where inputs that broke something are put; those that are fixed go into fuzz/regressions.
    #[arg(long, default_value = "target/fuzz/crashes")]
    crashes: PathBuf,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
    /// The engine's program; by default the one that bench/fuzz builds.
    #[arg(long)]
    coverage: PathBuf,
}

/// What the engine says of one target.
#[derive(Default)]
struct Found {
    executions: u64,
    coverage_before: u64,
    coverage: u64,
    inputs: u64,
    crashes: Vec<String>,
    why: Option<String>,
}

fn main() -> Result<ExitCode, Error> {
    let o = Options::parse();
    if let Some(unknown) = o.target.iter().find(|t| quell_fuzz::target(t).is_none()) {
        let all: Vec<&str> = TARGETS.iter().map(|t| t.name).collect();
        return Err(Error::other(format!("no target {unknown}; there are {}", all.join(", "))));
    }
    let mut told = Vec::new();
    let mut broken = false;
    for t in TARGETS.iter().filter(|t| o.target.is_empty() || o.target.iter().any(|n| n == t.name)) {
        let found = run(&o, t)?;
        broken |= !found.crashes.is_empty() || found.why.is_some();
        if !o.json {
            let (n, from, to) = (found.executions, found.coverage_before, found.coverage);
            let ends = found.why.as_ref().map_or(String::new(), |w| format!("; BROKEN: {w}"));
            println!("{}: {n} executions, {from} → {to} edges, {} inputs{ends}", t.name, found.inputs);
        }
        told.push(line(t, &found));
    }
    println!("{}", json!({ "seconds": o.seconds, "targets": told, "broken": broken }));
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn line(t: &Target, f: &Found) -> Value {
    json!({
        "target": t.name, "executions": f.executions, "edges_before": f.coverage_before, "edges": f.coverage, "inputs": f.inputs,
        "crashes": f.crashes, "why": f.why,
    })
}

/// Seeds and regressions, as files among the inputs of before.
fn corpus(o: &Options, t: &Target) -> Result<PathBuf, Error> {
    let directory = o.corpus.join(t.name);
    std::fs::create_dir_all(&directory)?;
    for (i, seed) in (t.seeds)().into_iter().enumerate() {
        std::fs::write(directory.join(format!("seed-{i}")), seed)?;
    }
    for (name, input) in regressions::of(t.name)? {
        std::fs::write(directory.join(format!("regression-{name}")), input)?;
    }
    Ok(directory)
}

/// The words of a target in the engine's form, if it has any: the engine refuses an empty list.
fn dictionary(o: &Options, t: &Target) -> Result<Option<PathBuf>, Error> {
    let escaped = |w: &str| w.bytes().map(|b| format!("\\x{b:02x}")).collect::<String>();
    let text: String = t.words.iter().filter(|w| !w.is_empty()).map(|w| format!("\"{}\"\n", escaped(w))).collect();
    let path = o.corpus.join(format!("{}.words", t.name));
    std::fs::write(&path, &text)?;
    Ok((!text.is_empty()).then_some(path))
}

fn run(o: &Options, t: &Target) -> Result<Found, Error> {
    let directory = corpus(o, t)?;
    let crashes = o.crashes.join(t.name);
    std::fs::create_dir_all(&crashes)?;
    let mut child = Command::new(&o.coverage)
        .env("QUELL_FUZZ_TARGET", t.name)
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=4096", "-max_len=16384", "-reload=0", "-use_value_profile=0"])
        .arg(format!("-max_total_time={}", o.seconds))
        .args(dictionary(o, t)?.map(|words| format!("-dict={}", words.display())))
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .arg(&directory)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut found = Found::default();
    let mut last = Vec::new();
    if let Some(said) = child.stderr.take() {
        for line in BufReader::new(said).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            note(&mut found, &line);
            last.push(line);
            if last.len() > 40 {
                last.remove(0);
            }
        }
    }
    if !child.wait()?.success() {
        let why = last.iter().find(|l| l.contains("panicked at") || l.contains("ERROR:")).or(last.last());
        found.why = Some(why.cloned().unwrap_or_default());
    }
    found.crashes = names(&crashes)?;
    Ok(found)
}

fn names(directory: &Path) -> Result<Vec<String>, Error> {
    let entries: Result<Vec<_>, _> = std::fs::read_dir(directory)?.collect();
    let mut names: Vec<String> = entries?.iter().map(|e| e.path().display().to_string()).collect();
    names.sort();
    Ok(names)
}

/// `#1234  NEW  cov: 567 ft: …  corp: 12/3Kb …` and `stat::number_of_executed_units: 99`.
fn note(found: &mut Found, line: &str) {
    let after = |key: &str| line.split_once(key)?.1.trim_start().split(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok();
    if let Some(n) = after("stat::number_of_executed_units:") {
        found.executions = n;
    }
    if !line.starts_with('#') {
        return;
    }
    if let Some(n) = after("cov: ") {
        found.coverage = n;
        if line.contains("INITED") {
            found.coverage_before = n;
        }
    }
    found.inputs = after("corp: ").unwrap_or(found.inputs);
    found.executions = after("#").unwrap_or(found.executions);
}
