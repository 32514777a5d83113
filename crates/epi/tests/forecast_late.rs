//! Forecasts from counts of which the last days are not complete.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

#[path = "../examples/forecast_scores/epidemics.rs"]
#[allow(dead_code, reason = "the example uses the rest")]
mod epidemics;
#[path = "../examples/forecast_late/reports.rs"]
mod reports;

use epidemics::{Shape, epidemic, interval};
use proptest::prelude::*;
use quell_epi::delays::Daily;
use quell_epi::forecast::{Ahead, Draw, Kind, Method, Outbreak, Past, Rolling, Score, futures, rolling_as_known, told};
use quell_epi::gamma::Gamma;
use quell_epi::nowcast::Completeness;
use reports::{Reports, lag};

#[derive(Clone, Copy, PartialEq)]
enum Known {
    /// As if what is reported were all.
    Ignored,
    Triangle,
    Delay,
}

fn known(how: Known, reports: &Reports, origin: usize) -> Option<(Outbreak, Option<Completeness>)> {
    let past = Past::new(reports.counts(origin), None).ok()?;
    let late = match how {
        Known::Ignored => None,
        Known::Triangle => Some(Completeness::of_triangle(&reports.triangle(origin)?, 1).ok()?),
        Known::Delay => Some(Completeness::of_delay(&lag()?, origin)),
    };
    Some((Outbreak { past, channels: Vec::new() }, late))
}

/// The logarithmic score of the median forecast and the coverages, over some epidemics.
fn scores(how: Known) -> (f64, [f64; 3]) {
    let w = interval().unwrap();
    let mut all: Vec<Score> = Vec::new();
    for (k, shape) in [Shape::Growth, Shape::Lockdown, Shape::Walk].into_iter().enumerate() {
        for seed in 0..4 {
            let mut outbreak = epidemic(shape, Some(10.0), &w, 300 + 10 * k as u64 + seed).unwrap();
            outbreak.channels.clear();
            let reports = Reports::of(&outbreak, seed).unwrap();
            let rolled = Rolling { from: 40 + 5 * seed as usize, every: 100, days: 10, samples: 300, seed };
            let scores = rolling_as_known(&outbreak, &w, &rolled, |origin| known(how, &reports, origin));
            all.extend(scores.into_iter().filter(|s| s.horizon.is_none() && s.method == Method::Model));
        }
    }
    assert_eq!(all.len(), 12);
    let mean = |f: &dyn Fn(&Score) -> f64| all.iter().map(f).sum::<f64>() / 12.0;
    (mean(&|s| s.log_wis), [0, 1, 2].map(|k| mean(&|s| s.coverage[k])))
}

#[test]
fn knowing_how_late_reports_are_makes_better_forecasts_whose_intervals_hold() {
    let (ignored, held) = scores(Known::Ignored);
    assert!(held[2] < 0.5, "the 95 % interval holds {held:?} though the delay is ignored");
    for how in [Known::Triangle, Known::Delay] {
        let (score, held) = scores(how);
        assert!(score < 0.35 * ignored, "{score} against {ignored}");
        assert!(held[2] > 0.88 && held[1] > 0.66 && held[0] > 0.36, "{held:?}");
    }
}

fn outbreak(counts: &[f64]) -> Outbreak {
    Outbreak { past: Past::new(counts.iter().map(|n| Some(*n)).collect(), None).unwrap(), channels: Vec::new() }
}

/// A steady hundred a day, of which the last days are reported by a half, a quarter and nothing.
#[test]
fn the_last_days_are_completed_and_the_forecast_goes_on_from_them() {
    let mut counts = vec![100.0; 40];
    counts.extend([50.0, 25.0, 0.0]);
    let late = Completeness::of_delay(&Daily::given(&[0.001, 0.249, 0.25, 0.5]).unwrap(), 43);
    let ahead = Ahead { late: Some(&late), ..Ahead::of(5, 1_000) };
    let f = futures(&outbreak(&counts), &interval().unwrap(), &ahead, &mut Draw::new(1));
    assert_eq!((f.complete, f.paths.len(), f.paths[0].recent.len(), f.since_complete()[0].len()), (40, 1_000, 3, 8));
    let recent: Vec<Vec<f64>> = f.paths.iter().map(|p| p.recent.clone()).collect();
    for day in 0..3 {
        let t = told(&recent, day).unwrap();
        assert!((t.mean - 100.0).abs() < 10.0, "day {day}: {}", t.mean);
        assert!(recent.iter().all(|r| r[day] >= counts[40 + day]));
    }
    // Of a day of which half is known one is surer than of one of which nothing is.
    let width = |day: usize| {
        let (lo, hi) = told(&recent, day).unwrap().quantiles.central(0.95).unwrap();
        hi - lo
    };
    assert!(width(0) < 0.8 * width(2), "{} {}", width(0), width(2));
    let next = told(&f.cases(), 0).unwrap();
    assert!((next.mean - 100.0).abs() < 12.0, "{}", next.mean);
    let ignoring = futures(&outbreak(&counts), &interval().unwrap(), &Ahead::of(5, 1_000), &mut Draw::new(1));
    assert!(told(&ignoring.cases(), 0).unwrap().mean < 50.0);
}

#[test]
fn what_is_complete_is_forecast_as_before() {
    let o = epidemic(Shape::Wave, Some(10.0), &interval().unwrap(), 3).unwrap();
    let late = Completeness::of_delay(&Daily::none(), o.past.days());
    let run = |late: Option<&Completeness>| futures(&o, &interval().unwrap(), &Ahead { late, ..Ahead::of(10, 50) }, &mut Draw::new(4));
    assert_eq!(run(Some(&late)), run(None));
}

/// Beds depend on the completed counts too: of the hundred that are not yet reported as many are in bed as of those that are.
#[test]
fn beds_of_those_not_yet_reported_are_in_use() {
    let kind = Kind { share: 0.5, stay: Gamma::of_mean_sd(6.0, 2.0).unwrap(), in_use: None };
    let (complete, cut) = (vec![200.0; 60], vec![200.0; 58]);
    let ahead = vec![vec![200.0; 7]; 400];
    let open: Vec<Vec<f64>> = ahead.iter().map(|a| [&[200.0, 200.0][..], a].concat()).collect();
    let mean = |past: &[f64], paths: &[Vec<f64>], behind: usize, kind: Kind| {
        let drawn = kind.in_use(past, paths, behind, &mut Draw::new(1));
        assert_eq!(drawn[0].len(), 7);
        told(&drawn, 3).unwrap().mean
    };
    for kind in [kind, Kind { in_use: Some(500.0), ..kind }] {
        let (a, b) = (mean(&complete, &ahead, 0, kind), mean(&cut, &open, 2, kind));
        assert!((a / b - 1.0).abs() < 0.01, "{a} {b}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn whatever_is_reported_counts_come_out_and_channels_add_up(
        counts in prop::collection::vec(prop::option::weighted(0.8, prop_oneof![Just(0.0), 0.0..50.0_f64, 0.0..1e12_f64]), 1..40),
        delay in prop::collection::vec(0.0..1.0_f64, 1..60),
    ) {
        let w = interval().unwrap();
        let counts: Vec<Option<f64>> = counts.iter().map(|n| n.map(f64::floor)).collect();
        let community = counts.iter().map(|n| n.map(|n| (0.3 * n).floor())).collect::<Vec<_>>();
        let controlled = counts.iter().map(|n| n.map(|n| n - (0.3 * n).floor())).collect::<Vec<_>>();
        let o = Outbreak { past: Past::new(counts.clone(), None).unwrap(), channels: vec![community, controlled] };
        let Some(lag) = Daily::given(&delay) else { return Ok(()) };
        let late = Completeness::of_delay(&lag, counts.len());
        let f = futures(&o.until(usize::MAX), &w, &Ahead { late: Some(&late), ..Ahead::of(12, 30) }, &mut Draw::new(1));
        prop_assert_eq!(f.paths.len(), 30);
        for (k, path) in f.paths.iter().enumerate() {
            prop_assert!(path.cases.iter().chain(&path.recent).all(|n| n.is_finite() && *n >= 0.0 && n.fract() == 0.0));
            for (h, n) in path.recent.iter().enumerate() {
                prop_assert!(*n >= counts[f.complete + h].unwrap_or(0.0));
                prop_assert_eq!(f.recent.iter().map(|c| c[k][h]).sum::<f64>(), *n);
            }
            for (h, n) in path.cases.iter().enumerate() {
                prop_assert_eq!(f.channels.iter().map(|c| c[k][h]).sum::<f64>(), *n);
            }
        }
    }
}
