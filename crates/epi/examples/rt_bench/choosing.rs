//! The series on which the smoother's model was chosen: eight shapes of R, each with four kinds of counts.

use crate::epidemics::{Epidemic, later};
use quell_epi::interval::SerialInterval;
use quell_epi::simulate::{Chance, Scatter, renewal};
use std::f64::consts::TAU;

const DAYS: usize = 100;
const SHAPES: [&str; 8] = ["constant", "steps", "ramps", "sine", "drift", "part", "pulse", "resurge"];
/// What is difficult about the counts.
const COUNTS: [&str; 4] = ["plain", "low", "weekly", "missing"];
/// Cases of a series with low counts, and of the others.
const CASES: [std::ops::Range<f64>; 2] = [60.0..500.0, 500.0..300_000.0];

/// So many series of each shape, Poisson and scattered in turn (sizes from 2.5 to 25), the four kinds of counts in turn: as they are; 1 to 5 a day at the
/// beginning and fewer than 500 in all; three to eight tenths of weekends' cases counted after them; 3 to 20 % of the days not counted. Serial intervals
/// have means from 3 to 9 days.
pub fn series(seed: u64, each: usize) -> Vec<Epidemic> {
    let mut chance = Chance::new(seed);
    let kinds =
        (0..each).flat_map(|n| SHAPES.iter().flat_map(move |s| [false, true].map(|scattered| (*s, scattered, COUNTS[n % COUNTS.len()]))));
    kinds.filter_map(|(shape, scattered, kind)| (0..10_000).find_map(|_| one(shape, scattered, kind, &mut chance))).collect()
}

/// None if it has too few cases, or too many.
fn one(shape: &str, scattered: bool, kind: &str, chance: &mut Chance) -> Option<Epidemic> {
    let r = shaped(shape, chance);
    let mean = chance.between(3.0, 9.0);
    let w = SerialInterval::shifted_gamma(mean, chance.between(0.3, 0.7) * mean, 60).ok()?;
    let scatter = if scattered { Scatter::Size(even(2.5, 25.0, chance)) } else { Scatter::Poisson };
    let a_day = if kind == "low" { chance.between(1.0, 5.0) } else { even(3.0, 60.0, chance) };
    let begin: Vec<f64> = (0..mean.ceil() as usize).map(|_| chance.count(a_day, scatter)).collect();
    let counts = renewal(&r, &w, &begin, scatter, chance);
    let [low, others] = &CASES;
    if !(if kind == "low" { low } else { others }).contains(&counts.iter().sum()) {
        return None;
    }
    let share = chance.between(0.3, 0.8);
    let counts = if kind == "weekly" { later(&counts, share, chance) } else { counts };
    let gaps = if kind == "missing" { chance.between(0.03, 0.2) } else { 0.0 };
    let counts = counts.into_iter().map(|n| (chance.between(0.0, 1.0) >= gaps).then_some(n)).collect();
    Some(Epidemic { kinds: vec![shape.to_owned(), format!("counts {kind}")], scattered, counts, r, w })
}

/// Evenly between the logarithms.
fn even(from: f64, to: f64, chance: &mut Chance) -> f64 {
    chance.between(from.ln(), to.ln()).exp()
}

fn by_day(r: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..DAYS).map(|t| r(t as f64)).collect()
}

/// So many days between these, in order.
fn days(n: usize, from: f64, to: f64, chance: &mut Chance) -> Vec<f64> {
    let mut days: Vec<f64> = (0..n).map(|_| chance.between(from, to)).collect();
    days.sort_by(f64::total_cmp);
    days
}

fn shaped(shape: &str, chance: &mut Chance) -> Vec<f64> {
    let few = chance.between(0.0, 3.0) as usize;
    let level = even(0.9, 1.15, chance);
    match shape {
        "constant" => vec![even(0.8, 1.25, chance); DAYS],
        "steps" => {
            let days = days(few + 1, 15.0, 95.0, chance);
            let levels: Vec<f64> = (0..few + 2).map(|_| even(0.5, 2.0, chance)).collect();
            by_day(|t| levels[days.iter().filter(|d| **d <= t).count()])
        }
        "ramps" => {
            let days = days(few + 2, 5.0, 95.0, chance);
            let levels: Vec<f64> = (0..few + 2).map(|_| even(0.5, 2.0, chance)).collect();
            by_day(|t| match days.iter().filter(|d| **d <= t).count() {
                0 => levels[0],
                k if k == days.len() => levels[k - 1],
                k => levels[k - 1] + (levels[k] - levels[k - 1]) * (t - days[k - 1]) / (days[k] - days[k - 1]),
            })
        }
        "sine" => {
            let (period, begin, height) = (even(20.0, 120.0, chance), chance.between(0.0, TAU), chance.between(0.1, 0.6));
            by_day(|t| level * (height * (TAU * t / period + begin).sin()).exp())
        }
        // Ornstein & Uhlenbeck's process.
        "drift" => {
            let (memory, sd) = ((-1.0 / even(5.0, 60.0, chance)).exp(), chance.between(0.1, 0.45));
            let mut x = sd * chance.normal();
            let mut next = || {
                x = memory * x + sd * (1.0 - memory * memory).sqrt() * chance.normal();
                level * x.exp()
            };
            (0..DAYS).map(|_| next()).collect()
        }
        // Still in one part, a sine in the other.
        "part" => {
            let (day, period, height) = (chance.between(35.0, 65.0), chance.between(15.0, 50.0), chance.between(0.2, 0.6));
            let still_first = chance.between(0.0, 1.0) < 0.5;
            by_day(|t| if (t < day) == still_first { level } else { level * (height * (TAU * (t - day) / period).sin()).exp() })
        }
        // Higher for a few days, or lower.
        "pulse" => {
            let (day, long, times) = (chance.between(20.0, 85.0), chance.between(4.0, 14.0), even(1.4, 2.5, chance));
            let times = if chance.between(0.0, 1.0) < 0.3 { 1.0 / times } else { times };
            by_day(|t| if (day..day + long).contains(&t) { level * times } else { level })
        }
        // Down, and more slowly up again.
        _ => {
            let (down, up, long) = (chance.between(20.0, 40.0), chance.between(50.0, 70.0), even(1.0, 8.0, chance));
            let (first, least, last) = (even(1.2, 2.0, chance), even(0.5, 0.9, chance), even(1.1, 1.6, chance));
            let part = |t: f64, day: f64, long: f64| 1.0 / (1.0 + ((day - t) / long).exp());
            by_day(|t| first + (least - first) * part(t, down, long) + (last - least) * part(t, up, 2.0 * long))
        }
    }
}
