//! What it is worth to know how complete the last days are: forecasts of simulated epidemics from reports that come late, with the delay ignored, with the
//! last week left out, learnt from the triangle, given, and from complete counts:
//! `cargo run --release -p quell-epi --example forecast_late [epidemics of each shape [first seed]]`.

#[path = "../forecast_scores/epidemics.rs"]
mod epidemics;
mod reports;

use epidemics::{SHAPES, epidemic, interval};
use quell_epi::forecast::{Method, Outbreak, Past, Rolling, Score, rolling_as_known};
use quell_epi::nowcast::Completeness;
use reports::{Reports, lag};

/// What is made of the reports.
const KNOWN: [&str; 5] = ["ignored", "a week left out", "triangle", "delay given", "complete"];

fn main() {
    let mut args = std::env::args().skip(1).map(|a| a.parse::<u64>().ok());
    let mut next = |otherwise: u64| args.next().flatten().unwrap_or(otherwise);
    let (epidemics, first) = (next(6), next(20_000));
    let Some(w) = interval() else { return };
    let mut all: Vec<Vec<Score>> = vec![Vec::new(); KNOWN.len()];
    for shape in SHAPES {
        for size in [None, Some(10.0)] {
            for seed in first..first + epidemics {
                let Some(mut outbreak) = epidemic(shape, size, &w, seed) else { continue };
                outbreak.channels.clear();
                let Some(reports) = Reports::of(&outbreak, seed) else { continue };
                let how = Rolling { from: 34 + seed as usize % 12, every: 12, days: 14, samples: 1_000, seed };
                for (k, scores) in all.iter_mut().enumerate() {
                    scores.extend(rolling_as_known(&outbreak, &w, &how, |origin| known(k, &outbreak, &reports, origin)));
                }
            }
        }
    }
    println!("known,method,ahead,forecasts,relative,log_wis,cover50,cover80,cover95");
    for horizon in [None, Some(2), Some(7), Some(14)] {
        for method in [Method::Model, Method::Baseline(0), Method::Baseline(3)] {
            let of = |k: usize| all[k].iter().filter(move |s| (s.method, s.horizon) == (method, horizon)).collect::<Vec<_>>();
            let complete = of(4);
            for (k, name) in KNOWN.iter().enumerate() {
                tell(name, method, horizon, &of(k), &complete);
            }
        }
    }
}

/// What is known after so many days.
fn known(k: usize, outbreak: &Outbreak, reports: &Reports, origin: usize) -> Option<(Outbreak, Option<Completeness>)> {
    let mut counts = reports.counts(origin);
    let late = match k {
        2 => Some(Completeness::of_triangle(&reports.triangle(origin)?, 1).ok()?),
        3 => Some(Completeness::of_delay(&lag()?, origin)),
        _ => None,
    };
    if k == 1 {
        // Nothing is known of the last week, so that its days lie ahead.
        counts[origin - 7..].fill(None);
    }
    if k == 4 {
        counts = outbreak.past.counts()[..origin].to_vec();
    }
    let late = if k == 1 { Some(Completeness::unknown(origin - 7, 7)) } else { late };
    Some((Outbreak { past: Past::new(counts, None).ok()?, channels: Vec::new() }, late))
}

fn tell(name: &str, method: Method, horizon: Option<usize>, of: &[&Score], complete: &[&Score]) {
    let n: usize = of.iter().map(|s| s.forecasts).sum();
    let mean = |f: &dyn Fn(&Score) -> f64| of.iter().map(|s| f(s) * s.forecasts as f64).sum::<f64>() / n as f64;
    // The geometric mean of the score over that of the same forecast from complete counts.
    let ratios = of.iter().zip(complete).map(|(a, b)| (a.wis.total / b.wis.total).ln());
    println!(
        "{name},{},{},{n},{:.3},{:.3},{:.3},{:.3},{:.3}",
        method.name(),
        horizon.map_or("all".to_owned(), |h| h.to_string()),
        (ratios.sum::<f64>() / of.len() as f64).exp(),
        mean(&|s| s.log_wis),
        mean(&|s| s.coverage[0]),
        mean(&|s| s.coverage[1]),
        mean(&|s| s.coverage[2]),
    );
}
