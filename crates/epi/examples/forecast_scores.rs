//! Scores and coverage of the forecast and of each baseline on simulated epidemics whose course is known:
//! `cargo run --release -p quell-epi --example forecast_scores [epidemics of each shape]`.

use quell_epi::forecast::{Method, Outbreak, Past, Rolling, Score, rolling};
use quell_epi::interval::SerialInterval;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Gamma, Poisson, StandardNormal};

const DAYS: usize = 75;
const SHAPES: [&str; 6] = ["growth", "fall", "lockdown", "tightening", "wave", "walk"];

/// R by day.
fn course(shape: &str, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut ln = 0.1;
    let (u, phase): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
    let turn = 35.0 + 6.0 * u;
    (0..DAYS)
        .map(|t| {
            let day = t as f64;
            match shape {
                "growth" => 1.15,
                "fall" => 0.85,
                "lockdown" => {
                    if day < turn {
                        1.4
                    } else {
                        0.75
                    }
                }
                "tightening" => 1.5 - 0.9 * ((day - turn + 15.0) / 30.0).clamp(0.0, 1.0),
                "wave" => (0.35 * (day / 9.0 + 2.0 * phase).sin()).exp(),
                _ => {
                    let step: f64 = StandardNormal.sample(rng);
                    ln = 0.97 * ln + 0.06 * step;
                    ln.exp()
                }
            }
        })
        .collect()
}

/// Cases by day and, of them, those found in the community.
fn epidemic(shape: &str, size: Option<f64>, w: &SerialInterval, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let r = course(shape, &mut rng);
    let begin = if shape == "fall" { 300.0 } else { 20.0 };
    let (mut cases, mut community): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut logit = 1.0;
    for (t, r) in r.iter().enumerate() {
        let infectivity: f64 = cases.iter().rev().enumerate().map(|(k, n)| n * w.of(k + 1)).sum();
        let mean = if t < 6 { begin } else { r * infectivity };
        let noise = size.map_or(1.0, |k| Gamma::new(k, 1.0 / k).map_or(1.0, |g| g.sample(&mut rng)));
        let n = Poisson::new(mean * noise).map_or(0.0, |p| p.sample(&mut rng));
        let step: f64 = StandardNormal.sample(&mut rng);
        logit += 0.1 * step - if t > 30 { 0.08 } else { 0.0 };
        let found = Binomial::new(n as u64, 1.0 / (1.0 + f64::exp(-logit))).map_or(0, |b| b.sample(&mut rng));
        cases.push(n);
        community.push(found as f64);
    }
    (cases, community)
}

fn main() {
    let epidemics: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(10);
    let Ok(w) = SerialInterval::shifted_gamma(4.0, 2.0, 120) else { return };
    println!("shape,scatter,channel,method,horizon,forecasts,wis,relative,log_wis,dispersion,under,over,cover50,cover80,cover95");
    for shape in SHAPES {
        for size in [None, Some(10.0)] {
            let mut all: Vec<Score> = Vec::new();
            for seed in 0..epidemics {
                let (cases, community) = epidemic(shape, size, &w, 1_000 + seed);
                let controlled = cases.iter().zip(&community).map(|(n, c)| Some(n - c)).collect();
                let Ok(past) = Past::new(cases.iter().map(|n| Some(*n)).collect(), None) else { return };
                let outbreak = Outbreak { past, channels: vec![community.iter().map(|n| Some(*n)).collect(), controlled] };
                // Origins two weeks apart, at another day in each epidemic.
                let how = Rolling { from: 20 + seed as usize % 14, every: 14, days: 14, samples: 1_000, seed };
                all.extend(rolling(&outbreak, &w, &how));
            }
            tell(shape, size, &all);
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
