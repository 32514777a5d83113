//! Special cases in which theory has an answer.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{ALONE, households, mixed, plain, run};
use quell_epidemic::disease::{Course, Disease, DiseaseFile, Law};
use quell_epidemic::kernel::{History, Import, Imports, Infection, NOBODY, NoResponse, Rates, Settings, Simulation};
use quell_epidemic::population::{Person, Role};
use quell_epidemic::random::Key;

/// Kermack & McKendrick 1927: of those who were not infected from outside, 1 − z = exp(−R Z) escape, where Z is the share of all who were infected.
#[test]
fn final_size_in_a_mixed_population() {
    let people = mixed(100_000);
    for reproduction in [1.5, 2.5, 4.0] {
        let history = run(&people, &Disease::new(plain(reproduction, 0.0)).unwrap(), 3, 400, 200);
        let (infected, imports) = (f64::from(history.persons()) / 1e5, 200.0 / 1e5);
        let mut z = 0.9;
        (0..200).for_each(|_| z = 1.0 - (1.0 - imports) * f64::exp(-reproduction * z));
        assert!((infected - z).abs() < 0.01, "R {reproduction}: {infected} instead of {z}");
    }
}

/// Final size does not depend on how unevenly people infect, the number of small outbreaks does; here there are many imports.
#[test]
fn superspreading_leaves_the_final_size() {
    let mut file = plain(2.5, 0.0);
    file.variants[0].transmission.dispersion = 0.3;
    let history = run(&mixed(100_000), &Disease::new(file).unwrap(), 3, 300, 500);
    let mut z = 0.9;
    (0..200).for_each(|_| z = 1.0 - 0.995 * f64::exp(-2.5 * z));
    assert!((f64::from(history.persons()) / 1e5 - z).abs() < 0.012, "{} instead of {z}", history.persons());
}

/// ∫ exp(−r t) over a triangle from a over p to b with area 1.
fn discounted(c: &Course, r: f64) -> f64 {
    let (a, p, b) = (f64::from(c.infectious_from), f64::from(c.peak), f64::from(c.infectious_to));
    let e = |t: f64| (-r * t).exp();
    2.0 * ((b - p) * e(a) - (b - a) * e(p) + (p - a) * e(b)) / ((b - a) * (p - a) * (b - p) * r * r)
}

/// Wallinga & Lipsitch 2007, Proc R Soc B 274:599: growth r with reproduction number R and generation times g solves R ∫ g(t) exp(−r t) dt = 1.
#[test]
fn growth_is_that_of_euler_and_lotka() {
    let disease = Disease::new(plain(2.5, 0.0)).unwrap();
    let courses: Vec<Course> = (0..4_000).map(|k| disease.course(0, Key::new(5).with(k), Person::new(30, Role::Home, 0))).collect();
    let sum = |r: f64| {
        2.5 * courses.iter().map(|c| f64::from(c.weight) * discounted(c, r)).sum::<f64>()
            / courses.iter().map(|c| f64::from(c.weight)).sum::<f64>()
    };
    let (mut low, mut high) = (0.01, 1.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        *(if sum(middle) > 1.0 { &mut low } else { &mut high }) = middle;
    }
    // From where generations have mixed to where 2 % are infected.
    let history = run(&mixed(2_000_000), &disease, 4, 40, 100);
    let seen: Vec<f64> = (0..40).map(|d| history.on(d).len() as f64).collect();
    let sum_to = |d: usize| seen[..=d].iter().sum::<f64>();
    let last = (0..40).rev().find(|d| sum_to(*d) < 40_000.0).unwrap();
    let window = |d: usize| (seen[d - 1] + seen[d] + seen[d + 1]).ln();
    let growth = (window(last - 1) - window(last - 11)) / 10.0;
    assert!((growth - low).abs() < 0.012, "{growth} instead of {low}");
}

/// Infections by each of those who came from outside.
fn offspring(history: &History, imports: usize) -> Vec<f64> {
    let mut number = vec![0.0; imports];
    assert!(history.infections()[..imports].iter().all(|i| i.infector == NOBODY));
    for infection in history.infections().iter().filter(|i| (i.infector as usize) < imports) {
        number[infection.infector as usize] += 1.0;
    }
    number
}

/// Lloyd-Smith et al. 2005, Nature 438:355: a negative binomial with mean R and variance R + R²/k.
#[test]
fn dispersion_is_what_was_put_in() {
    for k in [0.1, 0.5, 2.0] {
        let mut file = plain(2.0, 0.0);
        file.variants[0].transmission.dispersion = k;
        // All courses alike, so that nothing but the dispersion makes people differ.
        file.variants[0].course.incubation.sd = 0.0;
        let people = mixed(4_000_000);
        let disease = Disease::new(file).unwrap();
        let history = run(&people, &disease, 1, 14, 8_000);
        let imports = history.on(0).len();
        let x = offspring(&history, imports);
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let silent = x.iter().filter(|x| **x == 0.0).count() as f64 / n;
        let expected = (1.0 + 2.0 / k).powf(-k);
        assert!((mean - 2.0).abs() < 4.0 * ((2.0 + 4.0 / k) / n).sqrt(), "k {k}: mean {mean}");
        assert!((silent - expected).abs() < 0.02, "k {k}: {silent} infect nobody, not {expected}");
        let found = mean * mean / (variance - mean);
        assert!((found / k - 1.0).abs() < 0.2, "{found} instead of {k}");
    }
}

/// Infections after one member of each of many households of a size was infected from elsewhere, everybody for the same time.
fn spread_at_home(attack: f64, homes: (u32, u32), seed: u64, days: u32) -> Vec<Infection> {
    spread_by(plain(1.0, attack), homes, seed, days)
}

fn spread_by(mut file: DiseaseFile, (homes, size): (u32, u32), seed: u64, days: u32) -> Vec<Infection> {
    file.variants[0].course.incubation.sd = 0.0;
    let people = households(homes, size as usize, ALONE);
    let disease = Disease::new(file).unwrap();
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let imports = Imports::new((0..homes).map(|k| Import { day: 0, person: size * k, variant: 0 }).collect());
    let mut run = Simulation::new(&people, &disease, &rates, Settings { seed, days, threads: 1, imports });
    run.run(&mut NoResponse);
    run.world().history().infections().to_vec()
}

/// With a constant infectiousness the chance to infect one other member of a household of two is 1 − exp(−β): the attack rate that was asked for.
#[test]
fn pairs_are_infected_as_often_as_asked() {
    for attack in [0.1, 0.4, 0.8] {
        let found = (spread_at_home(attack, (20_000, 2), 1, 30).len() - 20_000) as f64 / 20_000.0;
        assert!((found - attack).abs() < 4.0 * (attack * (1.0 - attack) / 2e4).sqrt() + 0.003, "{found} instead of {attack}");
    }
}

/// Whoever is infected on a day infects from the next on. What a fast disease would have done before is done then, and not lost.
#[test]
fn whoever_infects_within_hours_infects_no_fewer() {
    let mut file = plain(1.0, 0.4);
    let course = &mut file.variants[0].course;
    (course.incubation.mean, course.rise, course.fall, course.earliest) = (0.3, Law::fixed(0.2), Law::fixed(0.5), 0.0);
    let infections = spread_by(file, (20_000, 2), 1, 30);
    let found = (infections.len() - 20_000) as f64 / 20_000.0;
    assert!((found - 0.4).abs() < 4.0 * (0.4 * 0.6 / 2e4_f64).sqrt() + 0.003, "{found} instead of 0.4");
    assert!(infections.iter().filter(|i| i.infector != NOBODY).all(|i| i.day() > infections[i.infector as usize].day()));
}

/// Reed–Frost chains in a household of three: with q = 1 − p the chance to escape one infectious member, the index infects none of two with q², one of
/// them with 2 p q of whom the other escapes with q, else both (Bailey 1975; times do not matter for who is infected in the end).
#[test]
fn chains_in_households_of_three() {
    let p: f64 = 0.3;
    let q = 1.0 - p;
    let mut size = vec![0; 30_000];
    spread_at_home(p, (30_000, 3), 2, 60).iter().for_each(|i| size[(i.person / 3) as usize] += 1);
    let share = |n: i32| size.iter().filter(|s| **s == n).count() as f64 / 3e4;
    for (n, expected) in [(1, q * q), (2, 2.0 * p * q * q), (3, p * p + 2.0 * p * q * p)] {
        assert!((share(n) - expected).abs() < 0.012, "{n}: {} instead of {expected}", share(n));
    }
}
