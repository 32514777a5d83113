//! Beginning in the middle: what is known today goes on as if the run had never been broken off.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{policy, rules, town};
use quell_epidemic::kernel::{Imports, Settings, Simulation};
use quell_response::{KnownCase, Opening, Responder, Stay};

const TODAY: u32 = 14;

/// What somebody knows on the evening before `TODAY` who has lived the run of a seed; and how many infections come after it.
fn lived(seed: u64, text: &str) -> (Opening, u64, [i64; 3]) {
    let setup = town(20_000, "covid-ba5", TODAY + 15);
    let (rules, policy) = (rules("covid-2022-twenty"), policy(text));
    let imports = Imports::at_start(&setup.population, seed, setup.imports, 0);
    let settings = Settings { seed, days: setup.days, threads: 1, imports };
    let mut simulation = Simulation::new(&setup.population, &setup.disease, &setup.rates, settings);
    let mut responder = Responder::new(&setup.population, &setup.census, &policy, &rules, setup.days);
    simulation.run(&mut responder);
    let history = simulation.world().history();
    let stays = responder.series().days()[TODAY as usize - 1].stays;
    let later = (history.infections().len() - history.since(TODAY)) as u64;
    let cases = responder.close(simulation.world()).cases;
    let known = cases.iter().filter(|c| c.found < f64::from(TODAY)).map(|c| KnownCase {
        person: c.person,
        infected: f64::from(history.infections()[c.infection as usize].time()),
        sampled: c.sampled,
        found: c.found,
        investigated: c.investigated.is_some_and(|t| t < f64::from(TODAY)),
    });
    let opening = Opening { today: TODAY, unfound: 0.0, cases: known.collect(), contacts: Vec::new(), tubes_waiting: 0.0 };
    (opening, later, [Stay::Shelter, Stay::Hospital, Stay::CaseAtHome].map(|s| stays[s as usize]))
}

#[test]
fn cases_are_where_they_would_be() {
    let text = "[means]\nshelter_beds = 2000\nhospital_beds = 500\n";
    let (opening, _, stays) = lived(3, text);
    assert!(opening.cases.len() > 10, "{}", opening.cases.len());
    let mut setup = town(20_000, "covid-ba5", 5);
    let known = opening.cases.len() as i64;
    setup.opening = Some(opening);
    let outcome = setup.run(&rules("covid-2022-twenty"), &policy(text), 3, |_| {});
    let first = &outcome.series.days()[0];
    let now = [Stay::Shelter, Stay::Hospital, Stay::CaseAtHome].map(|s| first.stays[s as usize]);
    let (then, now): (i64, i64) = (stays.iter().sum(), now.iter().sum());
    assert!((then - now).abs() <= known / 5 + 5, "in beds and waiting: {then}, a day later {now}");
    assert_eq!(outcome.series.days().len(), 5);
    assert!(outcome.cases.iter().all(|c| c.found >= 0.0), "only what is found from today on is told");
    assert_eq!(outcome.series.found(), outcome.cases.len() as u64);
}

/// With nobody left unknown the outbreak ends but for the household contacts of those at home; the more are unknown, the more come.
#[test]
fn the_unknown_make_the_future() {
    let (opening, later, _) = lived(3, "");
    let come = |unfound: f64| {
        let mut setup = town(20_000, "covid-ba5", 15);
        setup.opening = Some(Opening { unfound, ..opening.clone() });
        (1..=4).map(|seed| setup.run(&rules("covid-2022-twenty"), &policy(""), seed, |_| {}).costs.infections).sum::<u64>() as f64 / 4.0
    };
    let (none, half, all) = (come(0.0), come(0.5), come(1.0));
    assert!(none < half && half < all, "{none}, {half}, {all}");
    // What came in the world that was broken off lies among them.
    assert!(none < later as f64 && (later as f64) < all * 1.5, "{later} came; {none}, {half}, {all}");
}
