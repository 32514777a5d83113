//! Responses under which people meet more than without one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{ALONE, households, plain, run, under};
use proptest::prelude::*;
use quell_epidemic::Layer;
use quell_epidemic::disease::{Disease, preset};
use quell_epidemic::kernel::{History, Import, Imports, Meeting, Rates, Response, Settings, Simulation, World};
use quell_epidemic::population;

/// Contact in a layer is `factor` times the ordinary from a day on, where up to `most` times is announced.
#[derive(Debug, Clone, Copy)]
struct More {
    layer: Layer,
    most: f32,
    factor: f32,
    from: u32,
}

impl Response for More {
    fn most(&self, layer: Layer) -> f32 {
        if layer == self.layer { self.most } else { 1.0 }
    }
    fn factor(&self, _: &World<'_>, m: &Meeting) -> f32 {
        if m.layer == self.layer && m.day >= self.from { self.factor } else { 1.0 }
    }
}

fn at_home(most: f32, factor: f32, from: u32) -> More {
    More { layer: Layer::Household, most, factor, from }
}

fn town(seed: u64, response: &mut More) -> History {
    let people = population::preset("town").unwrap().with_people(6_000).generate(5, 1).unwrap();
    under(response, &people, &preset("covid-ba5").unwrap().unwrap(), seed, 40, 10)
}

/// Infections after one member of each of many pairs was infected from elsewhere.
fn in_pairs(attack: f64, pairs: u32, response: &mut More) -> f64 {
    let mut file = plain(1.0, attack);
    file.variants[0].course.incubation.sd = 0.0;
    let people = households(pairs, 2, ALONE);
    let disease = Disease::new(file).unwrap();
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let imports = Imports::new((0..pairs).map(|k| Import { day: 0, person: 2 * k, variant: 0 }).collect());
    let mut run = Simulation::new(&people, &disease, &rates, Settings { seed: 3, days: 30, threads: 1, imports });
    run.run(response);
    (run.world().history().infections().len() as f64 - f64::from(pairs)) / f64::from(pairs)
}

/// A hazard β gives the attack 1 − exp(−β), f times the contact 1 − exp(−f β); whatever bound is announced, and not more than it.
#[test]
fn attack_at_home_rises_with_contact() {
    for attack in [0.1_f64, 0.4, 0.7] {
        for (most, factor, times) in [(2.0, 2.0, 2.0), (5.0, 2.0, 2.0), (4.0, 1.5, 1.5), (2.0, 3.0, 2.0), (2.0, 0.5, 0.5), (1.0, 2.0, 1.0)]
        {
            let expected = 1.0 - (1.0 - attack).powf(times);
            let found = in_pairs(attack, 20_000, &mut at_home(most, factor, 0));
            let tolerance = 4.0 * (expected * (1.0 - expected) / 2e4).sqrt() + 0.003;
            assert!((found - expected).abs() < tolerance, "{attack}, {most}, {factor}: {found} instead of {expected}");
        }
    }
}

/// A bound alone changes nothing; what is no number is no bound.
#[test]
fn a_bound_is_no_change() {
    let free = town(1, &mut at_home(1.0, 1.0, 0));
    assert!(free.infections().len() > 1_000);
    for most in [0.0, 1.5, 2.0, 1e9, f32::INFINITY, f32::NAN] {
        assert_eq!(town(1, &mut at_home(most, 1.0, 0)), free, "{most}");
    }
}

/// People at home all day from a day on: the same world until then, more infections at home after.
#[test]
fn a_world_is_shared_until_people_meet_more() {
    let people = population::preset("town").unwrap().with_people(20_000).generate(5, 1).unwrap();
    let disease = preset("covid-ba5").unwrap().unwrap();
    let free = run(&people, &disease, 1, 40, 20);
    let locked = under(&mut at_home(2.0, 2.0, 15), &people, &disease, 1, 40, 20);
    let elsewhere = under(&mut More { layer: Layer::Work, ..at_home(2.0, 2.0, 15) }, &people, &disease, 1, 40, 20);
    (0..15).for_each(|day| assert!(free.on(day) == locked.on(day) && free.on(day) == elsewhere.on(day), "day {day}"));
    let on =
        |h: &History, layer, days: std::ops::Range<u32>| days.flat_map(|d| h.on(d)).filter(|i| i.layer() == Some(layer)).count() as f64;
    // In the first days after, nearly the same people are infectious.
    for (more, layer) in [(&locked, Layer::Household), (&elsewhere, Layer::Work)] {
        let (with, without) = (on(more, layer, 15..18), on(&free, layer, 15..18));
        assert!(without > 100.0 && with / without > 1.3 && with / without < 2.3, "{layer:?}: {with} against {without}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn worlds_differ_from_the_day_on(seed in any::<u64>(), from in 5u32..30, most in 1f32..6.0, factor in 0f32..6.0) {
        let (free, more) = (town(seed, &mut at_home(1.0, 1.0, 0)), town(seed, &mut at_home(most, factor, from)));
        for day in 0..from {
            prop_assert_eq!(free.on(day), more.on(day));
        }
    }
}
