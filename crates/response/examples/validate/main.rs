//! Physics before policy: what published models and outbreaks say, and what comes out here, as the tables of docs/validation.md.
//!
//! `cargo run --release -p quell-response --example validate -- --times 10`
#![allow(clippy::unwrap_used, reason = "what is built here can be built; a table without it is none")]

mod hellewell;
mod kucharski;
mod larremore;
mod outbreaks;
mod simple;

use clap::Parser;
use hellewell::Model;
use quell_epidemic::disease::preset;

/// Published results beside ours.
#[derive(Debug, Parser)]
struct Options {
    /// How many seeds where one run says little; Hellewell's outbreaks are fifty times as many.
    #[arg(long, default_value_t = 4)]
    times: u64,
    /// People of the two cities.
    #[arg(long, default_value_t = 200_000)]
    people: u32,
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}
fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}
fn head(title: &str, columns: &[&str]) {
    println!("\n{title}\n");
    row(&columns.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>());
    row(&vec!["---".to_owned(); columns.len()]);
}
/// Mean and standard error of the mean, in percent.
fn mean(values: &[f64]) -> String {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    format!("{} ± {}", percent(mean), percent((variance / n).sqrt()))
}

fn larremore() {
    const N: u64 = 200_000;
    let same = larremore::disease(1.0);
    let [ancestral, ba5] = ["covid-ancestral", "covid-ba5"].map(|name| preset(name).unwrap().unwrap());
    let columns =
        ["tests every (days)", "results after (days)", "published", "theirs retold", "our courses", "covid-ancestral", "covid-ba5"];
    head("Larremore 2021: infectiousness removed by tests, %", &columns);
    for (every, delay, published) in larremore::PUBLISHED {
        let ours = [&same, &ancestral, &ba5].map(|d| percent(larremore::on_days(d, every, delay, N)));
        let start = [every.to_string(), delay.to_string(), percent(published), percent(larremore::original(every, delay, N))];
        row(&[&start[..], &ours].concat());
    }
    head("Rounds of the response: infections that do not happen, %", &["rounds every (days)", "by the courses", "in the population"]);
    let disease = larremore::disease(0.8);
    for every in [1, 3, 7] {
        let expected = larremore::in_time(&disease, f64::from(every), 5.0 / 24.0, 0.95, N);
        row(&[every.to_string(), percent(expected), percent(larremore::rounds(&disease, every, (400_000, 20_000), 1))]);
    }
}

fn kucharski(times: u64) {
    let runs: Vec<_> = (1..=times).map(|seed| kucharski::ours(1_000, seed)).collect();
    head("Kucharski 2020: reduction of transmission, %", &["policy", "published", "theirs retold", "theirs, our delay", "ours"]);
    for (k, (policies, published)) in kucharski::PUBLISHED.into_iter().enumerate() {
        let ours: Vec<f64> = runs.iter().map(|r| r[k].1).collect();
        let theirs = [2.0, 0.2].map(|delay| percent(kucharski::original(policies, delay)));
        row(&[format!("{policies:?}"), percent(published), theirs[0].clone(), theirs[1].clone(), mean(&ours)]);
    }
}

fn hellewell(times: u64) {
    let columns = [
        "contacts traced",
        "published",
        "retold",
        "own delays",
        "exponential, triangle",
        "hours for work",
        "swabs in vain",
        "ours, nobody swabbed again",
        "ours, again next day",
        "ours, until found",
    ];
    head("Hellewell 2020: outbreaks controlled, %", &columns);
    let world = hellewell::World::new();
    for (traced, published) in hellewell::PUBLISHED {
        let models = Model::ALL.map(|m| percent(hellewell::original(m, traced, 2_000)));
        let ours = [0, 1, 30].map(|again| percent(world.controlled(traced, again, 0..50 * times)));
        row(&[&[percent(traced), percent(published)][..], &models, &ours].concat());
    }
}

fn outbreaks(people: u32, times: u64) {
    head("Ferretti 2020: infections by one person", &["", "published", "ours"]);
    let found = outbreaks::sources(20_000, 1);
    for ((what, published), found) in ["before onset", "after onset", "without symptoms"].into_iter().zip(outbreaks::FERRETTI).zip(found) {
        row(&[what.to_owned(), format!("{published:.2}"), format!("{found:.2}")]);
    }
    head("Beijing, December 2022: infected, %", &["contacts left out", "growth a day", "11 days after the peak", "51 days after the peak"]);
    let published = outbreaks::BEIJING.map(|(_, share, [low, high])| format!("{} ({} to {})", percent(share), percent(low), percent(high)));
    row(&["published".to_owned(), String::new(), published[0].clone(), published[1].clone()]);
    for left_out in [0.0, 0.2, 0.4] {
        let waves: Vec<_> = (1..=times).map(|seed| outbreaks::wave(people, left_out, seed)).collect();
        let of = |f: fn(&outbreaks::Wave) -> f64| mean(&waves.iter().map(f).collect::<Vec<_>>());
        row(&[percent(left_out), of(|w| w.growth), of(|w| w.after[0]), of(|w| w.after[1])]);
    }
    let columns = ["seed", "infected, %", "most infections on day", "0.1 % found in a week on day", "zero from day on", "tests a person"];
    head(&format!("Shanghai, spring 2022: published {} %", percent(outbreaks::SHANGHAI)), &columns);
    for seed in 1..=times {
        let outcome = outbreaks::standstill(people, seed);
        let days = outcome.series.days();
        let peak = days.iter().max_by_key(|d| d.infections).map_or(0, |d| d.day);
        let week = |d: usize| days[d.saturating_sub(6)..=d].iter().map(|d| d.found.all()).sum::<u64>();
        let closed = (0..days.len()).find(|d| week(*d) >= u64::from(people / 1_000)).map_or(0, |d| d + 1);
        let zero = outcome.days_to_zero.map_or("not".to_owned(), |d| d.to_string());
        let tests = format!("{:.0}", outcome.costs.tests as f64 / f64::from(people));
        row(&[
            seed.to_string(),
            percent(f64::from(outcome.persons) / f64::from(people)),
            peak.to_string(),
            closed.to_string(),
            zero,
            tests,
        ]);
    }
}

fn main() {
    let options = Options::parse();
    larremore();
    kucharski(options.times);
    hellewell(options.times);
    outbreaks(options.people, options.times);
}
