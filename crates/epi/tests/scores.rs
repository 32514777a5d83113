//! Scores of forecasts: closed forms, the values of a published library, and what must always hold.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use proptest::prelude::*;
use quell_epi::gamma::standard_normal_quantile;
use quell_epi::scores::{HUB_LEVELS, Quantiles, coverage, crps, interval_score, ln_count, log_score_of_mixture, pit, pit_histogram};

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{a} is not {b}");
}

/// Python's scoringrules 0.10.0: `crps_ensemble(y, x, estimator="nrg")`, `interval_score`, `crps_quantile`; scipy's `nbinom` and `poisson`.
#[test]
fn scores_are_those_of_a_published_library() {
    let x = [3.0, 7.0, 8.0, 12.0, 15.0, 15.0, 22.0, 40.0, 4.0, 9.0];
    for (y, is) in [(0.0, 8.27), (9.0, 2.07), (15.0, 2.67), (60.0, 41.27)] {
        close(crps(&x, y).unwrap(), is);
    }
    let told = Quantiles::new(vec![0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975], vec![2.0, 5.0, 8.0, 11.0, 15.0, 21.0, 35.0]).unwrap();
    let expected = [
        (0.0, [39.0, 66.0, 113.0], 7.05),
        (11.0, [7.0, 16.0, 33.0], 1.192_857_142_857_142_9),
        (13.0, [7.0, 16.0, 33.0], 1.478_571_428_571_428_9),
        (20.0, [27.0, 16.0, 33.0], 3.907_142_857_142_857),
        (50.0, [147.0, 306.0, 633.0], 29.335_714_285_714_29),
    ];
    for (y, intervals, score) in expected {
        for (share, is) in [0.5, 0.8, 0.95].into_iter().zip(intervals) {
            let (lo, hi) = told.central(share).unwrap();
            close(interval_score(y, lo, hi, 1.0 - share), is);
        }
        close(told.crps(y), score);
        close(told.wis(y).total, score);
    }
    close(-ln_count(7.0, 9.0, 4.0), 2.501_201_703_461_76);
    close(-ln_count(3.0, 2.5, f64::INFINITY), 1.542_887_273_605_589_6);
}

/// The continuous ranked probability score of the standard normal distribution at 0.5 (Gneiting & Raftery 2007, equation 20): 0.331403531254…
#[test]
fn many_samples_and_many_quantiles_come_near_the_closed_form() {
    let exact = 0.331_403_531_254_855_67;
    let at = |n: usize| -> Vec<f64> { (0..n).map(|k| standard_normal_quantile((k as f64 + 0.5) / n as f64)).collect() };
    assert!((crps(&at(2_000), 0.5).unwrap() - exact).abs() < 1e-4);
    let levels: Vec<f64> = (1..2_000).map(|k| f64::from(k) / 2_000.0).collect();
    let values = levels.iter().map(|l| standard_normal_quantile(*l)).collect();
    assert!((Quantiles::new(levels, values).unwrap().wis(0.5).total - exact).abs() < 1e-3);
}

#[test]
fn a_mixture_is_scored_by_its_mean_probability() {
    let mean = 0.5 * (ln_count(4.0, 3.0, 2.0).exp() + ln_count(4.0, 8.0, f64::INFINITY).exp());
    close(log_score_of_mixture(4.0, [(3.0, 2.0), (8.0, f64::INFINITY)]), -mean.ln());
    assert_eq!(log_score_of_mixture(4.0, [(0.0, 2.0)]), f64::INFINITY);
    assert_eq!(log_score_of_mixture(0.0, [(0.0, 2.0)]), 0.0);
}

#[test]
fn what_is_no_forecast_is_refused() {
    let of = |l: &[f64], v: &[f64]| Quantiles::new(l.to_vec(), v.to_vec()).is_ok();
    assert!(of(&[0.5], &[1.0]) && of(&[0.1, 0.5, 0.9], &[1.0, 1.0, 1.0]));
    assert!(!of(&[], &[]) && !of(&[0.1, 0.9], &[1.0, 2.0]) && !of(&[0.1, 0.5, 0.8], &[1.0, 2.0, 3.0]));
    assert!(!of(&[0.1, 0.5, 0.9], &[1.0, 2.0]) && !of(&[0.1, 0.5, 0.9], &[1.0, 3.0, 2.0]) && !of(&[0.5], &[f64::NAN]));
    assert!(Quantiles::of_samples(&[]).is_none() && crps(&[], 1.0).is_none() && pit(&[], 1.0).is_none() && coverage([]).is_none());
}

#[test]
fn calibrated_counts_have_an_even_histogram_and_narrow_ones_a_bowl() {
    let even: Vec<f64> = (0..100).map(f64::from).collect();
    let narrow: Vec<f64> = (40..60).map(f64::from).collect();
    let histogram = |samples: &[f64]| {
        let t: Vec<_> = even.iter().map(|y| pit(samples, *y).unwrap()).collect();
        pit_histogram(&t, 5)
    };
    for share in histogram(&even) {
        close(share, 0.2);
    }
    let bowl = histogram(&narrow);
    assert!(bowl[0] > 0.4 && bowl[4] > 0.4 && bowl[2] < 0.06, "{bowl:?}");
    assert_eq!(coverage([(1.0, 0.0, 2.0), (3.0, 0.0, 2.0), (2.0, 0.0, 2.0), (0.0, 0.0, 2.0)]), Some(0.75));
}

proptest! {
    #[test]
    fn the_parts_add_up_and_the_score_is_twice_the_mean_pinball_loss(mut v in prop::collection::vec(0.0..1e6_f64, 23), y in 0.0..1e6_f64) {
        v.sort_by(f64::total_cmp);
        let q = Quantiles::new(HUB_LEVELS.to_vec(), v).unwrap();
        let s = q.wis(y);
        prop_assert!((s.total - q.crps(y)).abs() <= 1e-9 * (1.0 + s.total));
        prop_assert!((s.total - s.dispersion - s.under - s.over).abs() <= 1e-9 * (1.0 + s.total));
        prop_assert!(s.dispersion >= 0.0 && s.under >= 0.0 && s.over >= 0.0);
        let means = Quantiles::mean(&[q.clone(), q.clone()]).unwrap();
        prop_assert!((means.median() - q.median()).abs() <= 1e-9 * (1.0 + q.median()));
    }
    #[test]
    fn telling_the_truth_scores_best_on_average(lambda in 1.0..30.0_f64, off in 0.5..2.0_f64) {
        // The expected log score of a Poisson forecast is least where its mean is the true one.
        let expected = |told: f64| (0..200).map(|k| -ln_count(f64::from(k), lambda, f64::INFINITY).exp() * ln_count(f64::from(k), told, f64::INFINITY)).sum::<f64>();
        prop_assert!(expected(lambda) <= expected(lambda * off) + 1e-9);
    }
    #[test]
    fn the_score_of_samples_does_not_hang_on_their_order(mut x in prop::collection::vec(0.0..1e4_f64, 1..50), y in 0.0..1e4_f64) {
        let forwards = crps(&x, y).unwrap();
        x.reverse();
        prop_assert!((forwards - crps(&x, y).unwrap()).abs() < 1e-6 && forwards > -1e-6);
    }
}
