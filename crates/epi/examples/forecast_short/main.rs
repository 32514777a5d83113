//! Scores and coverage of the forecast and of each baseline on simulated epidemics of which 12 to 20 days are known:
//! `cargo run --release -p quell-epi --example forecast_short [epidemics of each kind [first seed]]`.

mod epidemics;

use epidemics::{DAYS, SHAPES, epidemic};
use quell_epi::forecast::{Method, Rolling, Score, rolling};

fn main() {
    let mut args = std::env::args().skip(1).map(|a| a.parse::<u64>().ok());
    let mut next = |otherwise: u64| args.next().flatten().unwrap_or(otherwise);
    // Which days at the beginning of a series tell of R was chosen on the seeds from 1,000 on.
    let (epidemics, first) = (next(60), next(9_000));
    println!("shape,method,ahead,forecasts,relative,log_wis,error,cover50,cover80,cover95");
    let mut everything: Vec<Score> = Vec::new();
    for shape in SHAPES {
        let mut all: Vec<Score> = Vec::new();
        for seed in first..first + epidemics {
            let Some((outbreak, w)) = epidemic(shape, seed) else { continue };
            let from = (12 + seed as usize % 9..DAYS).find(|t| outbreak.past.counts()[t - 1].is_some()).unwrap_or(DAYS);
            let how = Rolling { from, every: 100, days: 14, samples: 1_000, seed };
            all.extend(rolling(&outbreak, &w, &how));
        }
        tell(&format!("{shape:?}").to_lowercase(), &all, &[None]);
        everything.extend(all);
    }
    tell("all", &everything, &[None, Some(2), Some(7), Some(14)]);
}

/// Means over all epidemics; `relative` is the geometric mean of the score over that of `last`.
fn tell(shape: &str, all: &[Score], horizons: &[Option<usize>]) {
    for horizon in horizons {
        for method in [Method::Model, Method::Ensemble].into_iter().chain((0..4).map(Method::Baseline)) {
            let of: Vec<&Score> = all.iter().filter(|s| (s.method, s.horizon) == (method, *horizon)).collect();
            let n: usize = of.iter().map(|s| s.forecasts).sum();
            let mean = |f: &dyn Fn(&Score) -> f64| of.iter().map(|s| f(s) * s.forecasts as f64).sum::<f64>() / n as f64;
            let ratios: Vec<f64> = of.iter().filter_map(|s| s.relative).filter(|r| *r > 0.0).map(f64::ln).collect();
            println!(
                "{shape},{},{},{n},{:.3},{:.3},{:.3},{:.3},{:.3},{:.3}",
                method.name(),
                horizon.map_or("all".to_owned(), |h| h.to_string()),
                (ratios.iter().sum::<f64>() / ratios.len() as f64).exp(),
                mean(&|s| s.log_wis),
                mean(&|s| s.error),
                mean(&|s| s.coverage[0]),
                mean(&|s| s.coverage[1]),
                mean(&|s| s.coverage[2]),
            );
        }
    }
}
