//! Generated people against censuses and surveys.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use proptest::prelude::*;
use quell_epidemic::Layer;
use quell_epidemic::population::{Cuts, Level, Population, Role, preset};

fn wushan() -> Population {
    preset("wushan").unwrap().generate(1, 2).unwrap()
}

fn lengths(cuts: &Cuts) -> impl Iterator<Item = u32> + '_ {
    (0..cuts.len()).map(|k| cuts.range(k).len() as u32)
}

fn near(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found:.4}, not {expected} ± {tolerance}");
}

/// Chongqing, census of 2020: 2.45 people a household; 28.7, 31.0, 20.2, 11.7, 4.8, 2.5 and 1.1 % of households of one to seven; 15.9 % under 15, 21.9 %
/// of 60 and over, 17.1 % of 65 and over (sources: crates/rehearse/src/people/census.rs).
#[test]
fn households_and_ages_are_those_of_the_census() {
    let people = wushan();
    assert_eq!(people.len(), 462_462);
    let sizes: Vec<u32> = lengths(people.homes(Level::Household)).collect();
    let n = sizes.len() as f64;
    near("size", 462_462.0 / n, 2.45, 0.02);
    for (size, percent) in (1..).zip([28.7, 31.0, 20.2, 11.7, 4.8, 2.5, 1.1]) {
        near(&format!("households of {size}"), sizes.iter().filter(|s| **s == size).count() as f64 / n * 100.0, percent, 0.5);
    }
    let share = |from: u8, to: u8| (0..people.len()).filter(|p| (from..=to).contains(&people.person(*p).age())).count() as f64 / 462_462.0;
    near("under 15", share(0, 14), 0.1591, 0.003);
    near("60 and over", share(60, 100), 0.2187, 0.004);
    near("65 and over", share(65, 100), 0.1708, 0.012);
    // China's ages by five years; Chongqing has fewer children, so these differ by up to a percent of all people.
    let china = [77.88, 90.24, 85.26, 72.68, 74.94, 91.85, 124.15, 99.01, 92.96, 114.22, 121.16, 101.40];
    for (k, count) in (0u8..).zip(china) {
        near(&format!("aged {}", 5 * k), share(5 * k, 5 * k + 4), count / 1411.8, 0.012);
    }
}

#[test]
fn divisions_nest() {
    let people = wushan();
    let levels = [Level::Household, Level::Unit, Level::Building, Level::Compound, Level::Community, Level::Township];
    for person in (0..people.len()).step_by(997) {
        for pair in levels.windows(2) {
            let (inner, outer) = (people.around(pair[0], person), people.around(pair[1], person));
            assert!(outer.start <= inner.start && inner.end <= outer.end);
        }
    }
    assert_eq!((people.homes(Level::Township).len(), people.homes(Level::Community).len()), (26, 340));
}

/// Class sizes as in the ministry's bulletin (26 to 49), workplaces with Zipf's tail (Axtell 2001), one teacher for 12 to 20 pupils.
#[test]
fn classes_and_workplaces_have_their_sizes() {
    let people = preset("municipality").unwrap().with_people(500_000).generate(3, 2).unwrap();
    let role = |seat: u32| people.person(people.members(seat..seat + 1)[0]).role();
    let (mut classes, mut pupils, mut teachers, mut work) = (0.0, 0.0, 0.0, Vec::new());
    for cell in 0..people.cells().len() {
        let seats = people.cells().range(cell);
        let number = seats.clone().filter(|s| role(*s) == Role::Pupil).count();
        if number > 0 {
            classes += 1.0;
            pupils += number as f64;
            teachers += seats.filter(|s| role(*s) == Role::Teacher).count() as f64;
        }
    }
    near("pupils of a class", pupils / classes, 38.0, 4.0);
    near("pupils a teacher", pupils / teachers, 18.0, 4.0);
    for site in 0..people.sites().len() {
        let seats = people.sites().range(site);
        if role(seats.start) == Role::Worker {
            work.push(seats.len() as f64);
        }
    }
    let above = |s: f64| work.iter().filter(|w| **w >= s).count() as f64 / work.len() as f64;
    for s in [2.0, 10.0, 50.0] {
        near(&format!("workplaces of {s} and more"), above(s) * f64::powf(s, 1.059), 1.0, 0.1);
    }
    let employed = (0..people.len()).filter(|p| people.person(*p).role() == Role::Worker).count() as f64 / 5e5;
    near("at work outside schools and homes", employed, 0.48, 0.05);
}

/// Zhang et al. 2020, Science 368:1481, table 1, Shanghai before the outbreak: 18.8 contacts a day (17.8 to 19.8); 11.6 at 0–6, 27.0 at 7–19, 22.4 at 20–39,
/// 19.9 at 40–59, 12.6 at 60 and over. Survey ages are uneven in it: the mean here is over the census.
#[test]
fn as_many_are_met_as_in_shanghai() {
    let people = preset("municipality").unwrap().with_people(300_000).generate(4, 2).unwrap();
    let daily = |p: u32| Layer::ALL.iter().map(|layer| people.daily(p, *layer)).sum::<f64>();
    let mean = |from: u8, to: u8| {
        let chosen: Vec<f64> = (0..people.len()).step_by(7).filter(|p| (from..=to).contains(&people.person(*p).age())).map(daily).collect();
        chosen.iter().sum::<f64>() / chosen.len() as f64
    };
    near("all", mean(0, 100), 18.8, 1.5);
    for (from, to, met, tolerance) in
        [(0, 6, 11.6, 2.0), (7, 19, 27.0, 2.5), (20, 39, 22.4, 2.0), (40, 59, 19.9, 2.0), (60, 100, 12.6, 2.0)]
    {
        near(&format!("aged {from} to {to}"), mean(from, to), met, tolerance);
    }
}

/// Static memory: at most 14 bytes a person.
#[test]
fn people_are_small() {
    let people = wushan();
    assert!(people.bytes() as f64 / f64::from(people.len()) < 14.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_number_of_people_can_live(people in 1u32..6_000, seed in any::<u64>(), name in prop_oneof![Just("wushan"), Just("municipality"), Just("town")]) {
        let p = preset(name).unwrap().with_people(people).generate(seed, 2).unwrap();
        prop_assert_eq!(p.len(), people);
        let seats = p.cells().len().checked_sub(1).map_or(0, |k| p.cells().range(k).end);
        let mut seated = 0;
        for person in 0..people {
            let who = p.person(person);
            prop_assert_eq!(p.seat(person).is_some(), who.role() != Role::Home);
            if let Some(seat) = p.seat(person) {
                prop_assert_eq!(p.members(seat..seat + 1), [person]);
                let (cell, site) = (p.cells().around(seat), p.sites().around(seat));
                prop_assert!(site.start <= cell.start && cell.end <= site.end);
                seated += 1;
            }
        }
        prop_assert_eq!(seated, seats);
    }
}
