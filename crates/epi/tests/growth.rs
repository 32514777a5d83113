//! Growth rates: R's, known ones behind simulated counts, and counts that say nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use proptest::prelude::*;
use quell_epi::growth::{GrowthError, doubling, growth, reproduction};
use quell_epi::interval::SerialInterval;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};
use std::path::Path;

fn table(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/delays").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().skip(1).map(|l| l.split(',').map(|c| c.trim().to_owned()).collect()).collect()
}

#[test]
fn rates_are_those_of_r() {
    let counts: Vec<Option<f64>> = table("growth.csv").iter().map(|r| r[1].parse().ok()).collect();
    for r in table("growth_fits.csv") {
        let last: usize = r[1].parse().unwrap();
        let own = growth(&counts[..=last], (r[0] == "TRUE").then_some(0)).unwrap();
        // R's error has the scatter as it is, also below 1.
        let error = own.error * (own.scatter / own.scatter.max(1.0)).sqrt();
        for (a, b) in [own.rate, error, own.scatter].into_iter().zip(&r[2..]) {
            let b: f64 = b.parse().unwrap();
            assert!((a - b).abs() < 1e-7 * b.abs(), "{r:?} {own:?}");
        }
    }
}

/// On what share of runs the interval holds the rate, and the mean rate.
fn held(rate: f64, size: f64, level: f64, days: usize) -> (f64, f64) {
    let (mut held, mut sum, mut n) = (0.0, 0.0, 0.0);
    for seed in 0..400 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut count = |t: usize| {
            let factor = if size.is_finite() { Gamma::new(size, 1.0 / size).unwrap().sample(&mut rng) } else { 1.0 };
            Some(Poisson::new(level * (rate * t as f64).exp() * factor).unwrap().sample(&mut rng))
        };
        let counts: Vec<Option<f64>> = (0..days).map(&mut count).collect();
        let Ok(g) = growth(&counts, None) else { continue };
        held += f64::from(u8::from(g.lo <= rate && rate <= g.hi));
        sum += g.rate;
        n += 1.0;
    }
    assert!(n > 380.0);
    (held / n, sum / n)
}

#[test]
fn the_interval_holds_the_rate() {
    for (rate, size, level, days) in [
        (0.1, f64::INFINITY, 10.0, 14),
        (-0.1, 20.0, 200.0, 14),
        (0.24, 10.0, 5.0, 10),
        (0.0, 5.0, 30.0, 21),
        (0.05, f64::INFINITY, 3.0, 14),
    ] {
        let (share, mean) = held(rate, size, level, days);
        println!("{rate} {size} {level} {days}: {share} {mean}");
        assert!((0.92..=0.995).contains(&share), "{rate} {size} {level} {days}: {share}");
        assert!((mean - rate).abs() < 0.02, "{rate} {size}: {mean}");
    }
}

#[test]
fn days_of_the_week_do_not_pass_for_growth() {
    let week = [1.4, 1.2, 1.1, 1.0, 1.0, 0.6, 0.3];
    let counts: Vec<Option<f64>> = (0..18).map(|t| Some((1_000.0 * (0.08 * t as f64).exp() * week[t % 7]).round())).collect();
    let (with, without) = (growth(&counts, Some(0)).unwrap(), growth(&counts, None).unwrap());
    assert!((with.rate - 0.08).abs() < 1e-3 && (with.hi - with.lo) < 0.01, "{with:?}");
    assert!((without.rate - 0.08).abs() > 5.0 * (with.rate - 0.08).abs() && without.hi - without.lo > 0.05, "{without:?}");
}

#[test]
fn counts_that_say_nothing_give_no_rate() {
    let of = |n: &[f64]| growth(&n.iter().map(|n| Some(*n)).collect::<Vec<_>>(), None);
    assert_eq!(of(&[0.0; 9]), Err(GrowthError::Events(0.0)));
    assert!(matches!(of(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0]), Err(GrowthError::Events(_))));
    assert_eq!(of(&[1.0, 2.0]), Err(GrowthError::Days(2)));
    assert_eq!(growth(&[Some(1.0), None, Some(2.0), None, None], None), Err(GrowthError::Days(2)));
    assert_eq!(of(&[1.0, -2.0, 3.0, 4.0]), Err(GrowthError::Count(-2.0)));
}

#[test]
fn r_of_a_rate() {
    // All infect after exactly four days: R is the growth in four days.
    let four = SerialInterval::given(vec![0.0, 0.0, 0.0, 0.0, 1.0]).unwrap();
    assert!((reproduction(0.1, &four) - 0.4_f64.exp()).abs() < 1e-12);
    assert_eq!(reproduction(0.0, &four), 1.0);
    // A gamma distribution of mean 4 and standard deviation 2, in days: R = (1 + r θ)^k (Wallinga & Lipsitch 2007, table 2).
    let gamma = SerialInterval::shifted_gamma(4.0, 2.0, 60).unwrap();
    assert!((reproduction(0.1, &gamma) / (1.0_f64 + 0.1).powf(4.0) - 1.0).abs() < 0.02);
    assert!((doubling(0.24).unwrap() - 2.888).abs() < 1e-3 && doubling(0.0).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_counts_give_a_rate_or_none(counts in prop::collection::vec(prop::option::of(0_u32..2_000_000), 0..40), weekday in prop::option::of(0_usize..7)) {
        let counts: Vec<Option<f64>> = counts.into_iter().map(|n| n.map(f64::from)).collect();
        if let Ok(g) = growth(&counts, weekday) {
            prop_assert!(g.lo <= g.rate && g.rate <= g.hi && g.error > 0.0 && g.scatter >= 0.0);
        }
    }
}
