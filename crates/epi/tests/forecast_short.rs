//! Forecasts from series of two or three weeks.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

#[path = "../examples/forecast_short/epidemics.rs"]
mod epidemics;

use epidemics::{DAYS, SHAPES, epidemic};
use quell_epi::forecast::{Ahead, Draw, Method, Outbreak, Past, Rolling, Score, futures, rolling};
use quell_epi::interval::SerialInterval;
use quell_epi::scores::quantile;

#[test]
fn intervals_of_a_short_series_hold_what_they_say_and_the_model_beats_the_baselines() {
    let mut all: Vec<Score> = Vec::new();
    for shape in SHAPES {
        for seed in 400..424_u64 {
            let (outbreak, w) = epidemic(shape, seed).unwrap();
            let from = (12 + seed as usize % 9..DAYS).find(|t| outbreak.past.counts()[t - 1].is_some()).unwrap();
            let how = Rolling { from, every: 100, days: 14, samples: 400, seed };
            all.extend(rolling(&outbreak, &w, &how).into_iter().filter(|s| s.horizon.is_none()));
        }
    }
    let mean = |method: Method, f: &dyn Fn(&Score) -> f64| {
        let of: Vec<f64> = all.iter().filter(|s| s.method == method).map(f).collect();
        assert!(of.len() > 100);
        of.iter().sum::<f64>() / of.len() as f64
    };
    for (k, share) in [0.5, 0.8, 0.95].into_iter().enumerate() {
        let held = mean(Method::Model, &|s| s.coverage[k]);
        assert!((held - share).abs() < 0.08, "the {share} interval holds {held}");
    }
    let score = |method: Method| mean(method, &|s| s.log_wis);
    for k in 0..4 {
        assert!(score(Method::Model) < 0.97 * score(Method::Baseline(k)), "{} {k}: {}", score(Method::Model), score(Method::Baseline(k)));
    }
}

/// A hundred a day for two weeks, which were infected by a hundred a day before them that nobody counted: R is 1, and was not larger in the first days.
#[test]
fn those_infected_by_somebody_before_the_first_day_do_not_make_r_large() {
    let counts = [103.0, 95.0, 108.0, 99.0, 91.0, 104.0, 100.0, 97.0, 110.0, 94.0, 101.0, 98.0, 106.0, 99.0];
    let past = Past::new(counts.iter().map(|n| Some(*n)).collect(), None).unwrap();
    let w = SerialInterval::shifted_gamma(5.0, 2.5, 60).unwrap();
    let f = futures(&Outbreak { past, channels: Vec::new() }, &w, &Ahead::of(1, 2_000), &mut Draw::new(1));
    let mut r: Vec<f64> = f.paths.iter().map(|p| p.r[0]).collect();
    r.sort_by(f64::total_cmp);
    let [lo, median, hi] = [0.1, 0.5, 0.9].map(|p| quantile(&r, p).unwrap());
    assert!((median - 1.0).abs() < 0.05 && lo > 0.85 && hi < 1.17, "{lo} {median} {hi}");
}
