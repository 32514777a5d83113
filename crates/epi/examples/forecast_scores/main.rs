//! Scores and coverage of the forecast and of each baseline on simulated epidemics:
//! `cargo run --release -p quell-epi --example forecast_scores [epidemics of each shape [first seed]]`.

mod epidemics;

use epidemics::{SHAPES, epidemic, interval};
use quell_epi::forecast::{Method, Rolling, Score, rolling};

fn main() {
    let mut args = std::env::args().skip(1).map(|a| a.parse::<u64>().ok());
    let mut next = |otherwise: u64| args.next().flatten().unwrap_or(otherwise);
    // The model's constants were chosen on the seeds from 1,000 to 1,011.
    let (epidemics, first) = (next(10), next(9_000));
    let Some(w) = interval() else { return };
    println!("shape,scatter,channel,method,ahead,forecasts,wis,relative,log_wis,dispersion,under,over,cover50,cover80,cover95");
    for shape in SHAPES {
        for size in [None, Some(10.0)] {
            // Origins two weeks apart, on other days in each epidemic.
            let of = |seed: u64| {
                let how = Rolling { from: 20 + seed as usize % 14, every: 14, days: 14, samples: 1_000, seed };
                epidemic(shape, size, &w, first + seed).map(|outbreak| rolling(&outbreak, &w, &how)).unwrap_or_default()
            };
            tell(&format!("{shape:?}").to_lowercase(), size, &(0..epidemics).flat_map(of).collect::<Vec<_>>());
        }
    }
}

/// Means over all epidemics, of all horizons, of two days ahead, of a week and of two weeks.
fn tell(shape: &str, size: Option<f64>, all: &[Score]) {
    let scatter = if size.is_some() { "negative-binomial" } else { "poisson" };
    for (channel, name) in [(None, "all"), (Some(0), "community")] {
        for horizon in [None, Some(2), Some(7), Some(14)] {
            let of = |method: Method| all.iter().filter(move |s| (s.method, s.channel, s.horizon) == (method, channel, horizon));
            let mean = |method: Method, f: &dyn Fn(&Score) -> f64| {
                let n: usize = of(method).map(|s| s.forecasts).sum();
                of(method).map(|s| f(s) * s.forecasts as f64).sum::<f64>() / n as f64
            };
            let methods = (0..4).map(Method::Baseline).chain([Method::Model, Method::Ensemble]);
            for method in methods {
                let m = |f: &dyn Fn(&Score) -> f64| mean(method, f);
                let n: usize = of(method).map(|s| s.forecasts).sum();
                let wis = m(&|s| s.wis.total);
                println!(
                    "{shape},{scatter},{name},{},{},{n},{wis:.1},{:.3},{:.3},{:.1},{:.1},{:.1},{:.3},{:.3},{:.3}",
                    method.name(),
                    horizon.map_or("all".to_owned(), |h| h.to_string()),
                    wis / mean(Method::Baseline(0), &|s| s.wis.total),
                    m(&|s| s.log_wis),
                    m(&|s| s.wis.dispersion),
                    m(&|s| s.wis.under),
                    m(&|s| s.wis.over),
                    m(&|s| s.coverage[0]),
                    m(&|s| s.coverage[1]),
                    m(&|s| s.coverage[2]),
                );
            }
        }
    }
}
