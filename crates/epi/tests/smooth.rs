//! R by day on simulated epidemics whose R is known.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use proptest::prelude::*;
use quell_epi::interval::SerialInterval;
use quell_epi::rhythm::Rhythm;
use quell_epi::series::Incidence;
use quell_epi::smooth::{Smoothed, smooth, smooth_periods};
use quell_epi::weekly::spread;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const DAYS: usize = 90;
/// The first days, in which the infectivity of those before is not known.
const BEGIN: usize = 14;

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

fn poisson(rng: &mut ChaCha8Rng, mean: f64) -> f64 {
    let (mut n, mut until) = (0.0, -(1.0 - uniform(rng)).ln());
    while until < mean {
        n += 1.0;
        until -= (1.0 - uniform(rng)).ln();
    }
    n
}

fn interval() -> SerialInterval {
    SerialInterval::shifted_gamma(5.0, 2.5, 40).unwrap()
}

/// `noise`: each day's mean is multiplied by a gamma variable of this whole shape and mean 1; 0: by none.
fn epidemic(seed: u64, noise: u32, r: impl Fn(usize) -> f64) -> Vec<f64> {
    let (mut rng, w) = (ChaCha8Rng::seed_from_u64(seed), interval());
    let mut counts: Vec<f64> = Vec::new();
    for t in 0..DAYS {
        let infectivity: f64 = (1..=t).map(|s| counts[t - s] * w.of(s)).sum();
        let mean = if t < 5 { 12.0 } else { r(t) * infectivity };
        let factor = if noise == 0 { 1.0 } else { (0..noise).map(|_| -(1.0 - uniform(&mut rng)).ln()).sum::<f64>() / f64::from(noise) };
        counts.push(poisson(&mut rng, mean * factor));
    }
    counts
}

fn of(counts: Vec<f64>) -> Smoothed {
    smooth(&Incidence::of_total(counts).unwrap(), &interval(), &Rhythm::NONE, |_| true)
}

/// Mean squared error's root, and on what share of the days the intervals of 95 and 50 % hold the truth.
fn scores(noise: u32, r: impl Fn(usize) -> f64 + Copy) -> (f64, f64, f64) {
    let (mut error, mut held, mut half, mut n) = (0.0, 0.0, 0.0, 0.0);
    for seed in 0..30 {
        let s = of(epidemic(seed, noise, r));
        for (t, day) in s.days.iter().enumerate().skip(BEGIN) {
            error += (day.mean - r(t)).powi(2);
            held += f64::from(u8::from(day.lo <= r(t) && r(t) <= day.hi));
            half += f64::from(u8::from(day.q25 <= r(t) && r(t) <= day.q75));
            n += 1.0;
        }
    }
    ((error / n).sqrt(), held / n, half / n)
}

#[test]
fn a_lockdown_and_a_wave_are_followed() {
    let lockdown = |t: usize| if t < 45 { 1.5 } else { 0.7 };
    let wave = |t: usize| 1.1 + 0.4 * (t as f64 / 12.0).sin();
    let mut halves = 0.0;
    for (name, noise, r, most) in [
        ("lockdown", 0, &lockdown as &dyn Fn(usize) -> f64, 0.12),
        ("lockdown", 5, &lockdown, 0.25),
        ("wave", 0, &wave, 0.12),
        ("wave", 5, &wave, 0.25),
    ] {
        let (error, held, half) = scores(noise, r);
        assert!(error < most, "{name} {noise}: {error}");
        assert!((0.9..=0.995).contains(&held), "{name} {noise}: the 95 % interval holds the truth on {held}");
        // One shape may have more or less than half: the interval is right over many.
        assert!((0.35..=0.65).contains(&half), "{name} {noise}: the 50 % interval holds the truth on {half}");
        halves += half / 4.0;
    }
    assert!((0.42..=0.58).contains(&halves), "the 50 % interval holds the truth on {halves}");
}

#[test]
fn it_learns_how_counts_scatter() {
    let steady = |_: usize| 1.0;
    let size = |noise: u32| (0..5).map(|seed| of(epidemic(seed, noise, steady)).sizes.last().unwrap().1).sum::<f64>() / 5.0;
    assert!(size(0) > 0.3 && size(3) < 0.01, "Poisson: {}, scattered: {}", size(0), size(3));
}

#[test]
fn a_day_that_nobody_counted_is_bridged() {
    let r = |_: usize| 1.2;
    let mut counts = epidemic(3, 0, r);
    let whole = of(counts.clone());
    counts[60] = 0.0;
    let blind = of(counts.clone());
    let bridged = smooth(&Incidence::of_total(counts).unwrap(), &interval(), &Rhythm::NONE, |t| t != 60);
    let off = |s: &Smoothed| (s.days[60].mean - whole.days[60].mean).abs();
    assert!(off(&bridged) < 0.05 && off(&bridged) < off(&blind), "{} {}", off(&bridged), off(&blind));
}

#[test]
fn the_same_series_gives_the_same_answer() {
    let counts = epidemic(1, 5, |_| 1.1);
    assert_eq!(of(counts.clone()), of(counts));
}

#[test]
fn counts_of_weeks_are_as_sure_as_they_should_be() {
    let r = |t: usize| 1.1 + 0.4 * (t as f64 / 12.0).sin();
    let (mut held, mut n) = (0.0, 0.0);
    for seed in 0..15 {
        let weeks: Vec<f64> = epidemic(seed, 8, r).chunks_exact(7).map(|week| week.iter().sum()).collect();
        let by_day = Incidence::of_total(spread(&weeks, 7, &interval()).unwrap()).unwrap();
        for (t, day) in smooth_periods(&by_day, &interval(), 7, |_| true).days.iter().enumerate().skip(BEGIN) {
            held += f64::from(u8::from(day.lo <= r(t) && r(t) <= day.hi));
            n += 1.0;
        }
    }
    assert!((0.85..=0.995).contains(&(held / n)), "the 95 % interval holds the truth on {}", held / n);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_counted_r_is_a_number_within_its_interval(
        counts in proptest::collection::vec(prop_oneof![Just(0.0), 0.0..30.0_f64, 0.0..1e6_f64, Just(1e15)], 1..60),
        gaps in proptest::collection::vec(any::<bool>(), 60),
    ) {
        let i = Incidence::of_total(counts).unwrap();
        for found in [smooth(&i, &interval(), &Rhythm::NONE, |t| gaps[t]), smooth_periods(&i, &interval(), 7, |t| gaps[t])] {
            prop_assert_eq!(found.days.len(), i.days());
            for day in &found.days {
                prop_assert!(day.lo <= day.q25 && day.q25 <= day.median && day.median <= day.q75 && day.q75 <= day.hi && day.lo > 0.0, "{:?}", day);
                prop_assert!(day.mean.is_finite() && day.mean > 0.0, "{:?}", day);
            }
            prop_assert!((found.sizes.iter().map(|s| s.1).sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
