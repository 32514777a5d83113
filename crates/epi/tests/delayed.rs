//! R by day of infection on simulated epidemics whose cases are counted days later, the latest not all.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_epi::delayed::{Delayed, Input, estimate};
use quell_epi::delays::{Daily, Family};
use quell_epi::interval::SerialInterval;
use quell_epi::rhythm::Rhythm;
use quell_epi::simulate::{Chance, Scatter, renewal};

const DAYS: usize = 90;
const BEGIN: usize = 14;

fn interval() -> SerialInterval {
    SerialInterval::shifted_gamma(5.0, 2.5, 40).unwrap()
}
fn delay() -> Daily {
    Daily::of_mean_sd(Family::Lognormal, 6.0, 3.0).unwrap()
}
fn reporting() -> Daily {
    Daily::of_mean_sd(Family::Gamma, 2.0, 1.5).unwrap()
}

fn r(t: usize) -> f64 {
    if t < 45 { 1.4 } else { 0.75 }
}

/// Counts by day of onset, as known at the end of the last day.
fn counts(seed: u64, scatter: Scatter) -> Vec<Option<f64>> {
    let mut chance = Chance::new(seed);
    let infections = renewal(&(0..DAYS).map(r).collect::<Vec<_>>(), &interval(), &[20.0; 5], scatter, &mut chance);
    let mut counts = vec![0.0; DAYS];
    for (t, n) in infections.iter().enumerate() {
        let mut left = *n;
        for (d, p) in delay().as_slice().iter().enumerate() {
            let rest: f64 = delay().as_slice()[d..].iter().sum();
            let came = chance.of_many(left, p / rest);
            left -= came;
            if t + d < DAYS {
                counts[t + d] += chance.of_many(came, reporting().within(DAYS - 1 - t - d));
            }
        }
    }
    counts.into_iter().map(Some).collect()
}

fn of(counts: &[Option<f64>], delay: &Daily, reported: &Daily) -> Delayed {
    estimate(&Input { counts, interval: &interval(), delay, reported, rhythm: &Rhythm::NONE }).unwrap()
}

#[test]
fn a_lockdown_is_seen_when_it_was_and_the_end_is_not_taken_for_a_fall() {
    for scatter in [Scatter::Poisson, Scatter::Size(8.0)] {
        let (mut held, mut held_end, mut error, mut n) = (0.0, 0.0, 0.0, 0.0);
        for seed in 0..5 {
            let days = of(&counts(seed, scatter), &delay(), &reporting()).days;
            for (t, day) in days.iter().enumerate().skip(BEGIN) {
                let inside = f64::from(u8::from((day.lo..=day.hi).contains(&r(t))));
                held += inside;
                held_end += if t + 7 >= DAYS { inside } else { 0.0 };
                error += (day.mean - r(t)).powi(2);
                n += 1.0;
            }
        }
        let (held, held_end, error) = (held / n, held_end / (5.0 * 7.0), f64::sqrt(error / n));
        assert!((0.88..=1.0).contains(&held) && held_end > 0.85 && error < 0.25, "{scatter:?}: {held} {held_end} {error}");
    }
}

#[test]
fn without_the_delays_the_fall_is_late_and_the_end_is_wrong() {
    let counts = counts(3, Scatter::Poisson);
    let (with, without) = (of(&counts, &delay(), &reporting()), of(&counts, &Daily::none(), &Daily::none()));
    let crossed = |d: &Delayed| (BEGIN..DAYS).find(|t| d.days[*t].mean < 1.0).unwrap();
    assert!((42..=48).contains(&crossed(&with)), "{}", crossed(&with));
    assert!(crossed(&without) >= crossed(&with) + 3, "{}", crossed(&without));
    assert!(without.days[DAYS - 1].hi < r(DAYS - 1), "what is not reported yet looks like an end of the outbreak");
}

#[test]
fn hardly_anything_is_enough_and_nothing_is_not() {
    for counts in [vec![Some(0.0); 20], vec![None; 20], vec![Some(3.0)], vec![Some(1e9), None, Some(0.0), Some(1e9)]] {
        if let Some(found) =
            estimate(&Input { counts: &counts, interval: &interval(), delay: &delay(), reported: &reporting(), rhythm: &Rhythm::NONE })
        {
            assert!(found.days.iter().all(|d| d.lo <= d.median && d.median <= d.hi && d.mean.is_finite()), "{counts:?}: {found:?}");
        }
    }
    assert!(
        estimate(&Input { counts: &[], interval: &interval(), delay: &delay(), reported: &reporting(), rhythm: &Rhythm::NONE }).is_none()
    );
}
