//! Forecasts with a planned change of policy.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

#[path = "../examples/forecast_scores/epidemics.rs"]
#[allow(dead_code, reason = "the example uses the rest")]
mod epidemics;

use epidemics::{Shape, epidemic, interval};
use quell_epi::delays::{Daily, Family};
use quell_epi::forecast::{Ahead, Change, Draw, Factor, Futures, Outbreak, Past, Stated, futures, told};
use quell_epi::scores::coverage;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};

fn change(day: usize, median: f64, interval: Option<(f64, f64)>) -> [Change; 1] {
    [Change { day, factor: Factor::new(median, interval).unwrap() }]
}

fn run(outbreak: &Outbreak, days: usize, stated: Stated<'_>) -> Futures {
    futures(outbreak, &interval().unwrap(), &Ahead { stated, ..Ahead::of(days, 600) }, &mut Draw::new(1))
}

/// The median of R on a day ahead.
fn median_r(f: &Futures, day: usize) -> f64 {
    let r: Vec<Vec<f64>> = f.paths.iter().map(|p| vec![p.r[day]]).collect();
    told(&r, 0).unwrap().quantiles.median()
}

#[test]
fn r_is_multiplied_from_the_day_on_and_a_wider_factor_makes_wider_intervals() {
    let o = epidemic(Shape::Growth, Some(10.0), &interval().unwrap(), 5).unwrap().until(45);
    let plain = run(&o, 14, Stated::default());
    let [sure, unsure] = [None, Some((0.3, 1.0))].map(|interval| {
        let transmission = change(48, 0.6, interval);
        run(&o, 14, Stated { transmission: &transmission, ..Stated::default() })
    });
    assert!((median_r(&sure, 2) / median_r(&plain, 2) - 1.0).abs() < 0.03);
    assert!((median_r(&sure, 3) / median_r(&plain, 3) / 0.6 - 1.0).abs() < 0.06, "{} {}", median_r(&sure, 3), median_r(&plain, 3));
    let width = |f: &Futures| {
        let (lo, hi) = told(&f.cases(), 13).unwrap().quantiles.central(0.8).unwrap();
        (hi / lo).ln()
    };
    assert!(width(&unsure) > 1.15 * width(&sure), "{} {}", width(&unsure), width(&sure));
    // What is lifted is not taken for growth that will be answered.
    let lifted = change(46, 2.0, None);
    let lifted = run(&o, 14, Stated { transmission: &lifted, ..Stated::default() });
    assert!(median_r(&lifted, 13) > 1.8 * median_r(&plain, 13), "{} {}", median_r(&lifted, 13), median_r(&plain, 13));
    // A delay from infection to the count puts it off.
    let lag = Daily::of_mean_sd(Family::Gamma, 5.0, 2.0).unwrap();
    let transmission = change(46, 0.5, None);
    let late = run(&o, 14, Stated { transmission: &transmission, delay: Some(&lag), ..Stated::default() });
    assert!(median_r(&late, 2) > 0.9 * median_r(&plain, 2) && median_r(&late, 11) < 0.6 * median_r(&plain, 11));
}

#[test]
fn the_odds_of_the_first_channel_are_multiplied() {
    let o = epidemic(Shape::Growth, Some(10.0), &interval().unwrap(), 6).unwrap().until(30);
    let share = |f: &Futures, day: usize| {
        let sum = |paths: &[Vec<f64>]| paths.iter().map(|p| p[day]).sum::<f64>();
        sum(&f.channels[0]) / sum(&f.cases())
    };
    let odds = |share: f64| share / (1.0 - share);
    let first_channel = change(33, 0.4, None);
    let (plain, with) = (run(&o, 8, Stated::default()), run(&o, 8, Stated { first_channel: &first_channel, ..Stated::default() }));
    assert!((share(&with, 2) / share(&plain, 2) - 1.0).abs() < 0.05);
    let ratio = odds(share(&with, 4)) / odds(share(&plain, 4));
    assert!((0.33..0.5).contains(&ratio), "{ratio}");
    assert_eq!(with.paths.len(), 600);
}

/// A lockdown that multiplies R by 0.55 on a known day: whoever states it, not quite right and not quite sure, forecasts better than whoever knows no plans.
#[test]
fn a_stated_lockdown_is_forecast_better_than_one_that_nobody_knew_of() {
    let w = interval().unwrap();
    let epidemic = |seed: u64| -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut cases: Vec<f64> = Vec::new();
        for t in 0..54 {
            let infectivity: f64 = cases.iter().rev().enumerate().map(|(k, n)| n * w.of(k + 1)).sum();
            let mean = if t < 6 { 20.0 } else { infectivity * if t < 42 { 1.25 } else { 1.25 * 0.55 } };
            let noise: f64 = Gamma::new(10.0, 0.1).unwrap().sample(&mut rng);
            cases.push(Poisson::new(mean * noise).unwrap().sample(&mut rng));
        }
        cases
    };
    let transmission = change(42, 0.6, Some((0.4, 0.8)));
    let (mut scores, mut held) = ([0.0; 2], [Vec::new(), Vec::new()]);
    for seed in 0..12 {
        let cases = epidemic(900 + seed);
        let past = Past::new(cases[..40].iter().map(|n| Some(*n)).collect(), None).unwrap();
        let o = Outbreak { past, channels: Vec::new() };
        for (k, stated) in [Stated::default(), Stated { transmission: &transmission, ..Stated::default() }].into_iter().enumerate() {
            let f = run(&o, 14, stated);
            for h in 4..14 {
                let q = told(&f.cases(), h).unwrap().quantiles;
                let (lo, hi) = q.central(0.8).unwrap();
                scores[k] += q.map(f64::ln_1p).wis(cases[40 + h].ln_1p()).total;
                held[k].push((cases[40 + h], lo, hi));
            }
        }
    }
    let [without, with] = held.map(|h| coverage(h).unwrap());
    assert!(scores[1] < 0.6 * scores[0], "{scores:?}");
    assert!(with > 0.7 && with > without, "{with} {without}");
}
