//! The quality of a response, on figures that are known otherwise.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use proptest::prelude::*;
use quell_epi::gamma::Gamma;
use quell_epi::quality::{Assumptions, Delays, Profile, Share, prevented};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn share(yes: usize, no: usize) -> Share {
    Share { yes, no, unknown: 0 }
}

#[test]
fn wilsons_interval_is_the_published_one() {
    // Newcombe 1998 (Stat Med 17:857), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for (yes, n, lo, hi) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)] {
        let (a, b) = share(yes, n - yes).interval(0.95).unwrap();
        assert!((a - lo).abs() < 5e-5 && (b - hi).abs() < 5e-5, "{yes}/{n}: {a} {b}");
    }
    assert_eq!(Share::default().interval(0.95), None);
}

#[test]
fn what_is_not_known_is_not_no() {
    let s: Share = [Some(true), None, Some(false), None, Some(true)].into_iter().collect();
    assert_eq!((s.yes, s.no, s.unknown), (2, 1, 2));
    assert!((s.estimate().unwrap() - 2.0 / 3.0).abs() < 1e-15);
    let d: Delays = [Some(3.0), None, Some(1.0), Some(2.0), Some(10.0)].into_iter().collect();
    // R: quantile(c(1, 2, 3, 10), c(.25, .5, .75)).
    assert_eq!([d.quantile(0.25), d.quantile(0.5), d.quantile(0.75)], [Some(1.75), Some(2.5), Some(4.75)]);
    assert_eq!(d.within(2.0), Share { yes: 2, no: 2, unknown: 1 });
}

#[test]
fn covid_has_44_per_cent_of_its_transmission_before_onset() {
    // The corrected figure of He et al.; the peak is at onset.
    let he = Profile::he_2020();
    assert!((he.before(0.0) - 0.44).abs() < 0.005, "{}", he.before(0.0));
    let around = |day: f64| he.before(day + 0.05) - he.before(day - 0.05);
    let peak = (-50..50).map(|n| f64::from(n) / 10.0).max_by(|a, b| around(*a).total_cmp(&around(*b))).unwrap();
    assert!(peak.abs() < 0.05 + 0.1, "{peak}");
}

#[test]
fn a_profile_from_generation_and_incubation_is_their_difference() {
    // Simulated independently: 200,000 pairs.
    let gamma = |m, s| Gamma::of_mean_sd(m, s).unwrap();
    let (generation, incubation) = (gamma(3.0, 1.5), gamma(2.8, 1.35));
    let profile = Profile::of_generation(generation, incubation);
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut uniform = || ((rng.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    let n = 20_000;
    let pairs: Vec<f64> = (0..n).map(|_| generation.quantile(uniform()) - incubation.quantile(uniform())).collect();
    for day in [-2.0, 0.0, 1.0, 3.0] {
        let simulated = pairs.iter().filter(|d| **d <= day).count() as f64 / f64::from(n);
        assert!((profile.before(day) - simulated).abs() < 0.015, "{day}: {} {simulated}", profile.before(day));
    }
}

fn assumptions(seed: u64) -> Assumptions {
    Assumptions { profile: Profile::he_2020(), leak: 0.0, samples: 500, seed }
}

#[test]
fn the_bootstrap_interval_holds_the_truth_about_as_often_as_it_says() {
    // Cases are isolated 0 to 7 days after onset, each day as probable.
    let he = Profile::he_2020();
    let truth = (0..8).map(|d| 1.0 - he.before(f64::from(d))).sum::<f64>() / 8.0;
    let held = (0..400_u64).filter(|seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(1000 + seed);
        let days: Vec<Option<f64>> = (0..60).map(|_| Some((rng.next_u64() % 8) as f64)).collect();
        let p = prevented(&days, &assumptions(*seed)).unwrap();
        p.interval.0 <= truth && truth <= p.interval.1
    });
    let held = held.count() as f64 / 400.0;
    assert!((0.91..=0.98).contains(&held), "{held}");
}

#[test]
fn who_is_isolated_before_being_infectious_infects_nobody_and_a_leak_takes_its_part() {
    let p = prevented(&[Some(-30.0), None], &assumptions(1)).unwrap();
    assert!((p.share - 1.0).abs() < 1e-12 && (p.known, p.unknown) == (1, 1));
    let leaky = prevented(&[Some(-30.0)], &Assumptions { leak: 0.2, ..assumptions(1) }).unwrap();
    assert!((leaky.share - 0.8).abs() < 1e-12);
    assert_eq!(prevented(&[None, None], &assumptions(1)), None);
}

proptest! {
    #[test]
    fn an_interval_has_the_estimate_in_it(yes in 0_usize..200, no in 0_usize..200) {
        prop_assume!(yes + no > 0);
        let s = share(yes, no);
        let (lo, hi) = s.interval(0.95).unwrap();
        let p = s.estimate().unwrap();
        prop_assert!(0.0 <= lo && lo <= p + 1e-12 && p <= hi + 1e-12 && hi <= 1.0);
    }

    #[test]
    fn sooner_isolation_never_prevents_less(days in proptest::collection::vec(-5.0..20.0_f64, 1..40), by in 0.0..5.0_f64) {
        let all = |shift: f64| days.iter().map(|d| Some(d - shift)).collect::<Vec<_>>();
        let (late, soon) = (prevented(&all(0.0), &assumptions(3)).unwrap(), prevented(&all(by), &assumptions(3)).unwrap());
        prop_assert!(soon.share >= late.share - 1e-12);
        prop_assert!(late.interval.0 <= late.share + 1e-9 && late.share <= late.interval.1 + 1e-9 || days.len() < 10);
    }
}
