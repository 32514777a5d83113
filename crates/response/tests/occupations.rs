//! Occupations that the protocol has tested regularly.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{policy, rules, town};
use quell_response::occupations::SHARES;
use quell_response::{Outcome, Setup, Why};

/// Nobody comes by themselves, nobody is traced: what is found is found at work, or because it is severe.
const ALONE: &str = "symptoms = { come = 0.0, others_per_1000 = 0.0 }\ntracing = { contacts = false }\nzones = { drawn = false }";

fn run(setup: &Setup, text: &str) -> Outcome {
    setup.run(&rules("covid-2022-twenty"), &policy(text), 1, |_| {})
}

#[test]
fn everyone_of_an_occupation_is_tested_as_often_as_the_protocol_says() {
    let setup = Setup { imports: 0, ..town(20_000, "covid-ba5", 12) };
    let outcome = run(&setup, &format!("{ALONE}\noccupations = {{ tested = true }}"));
    let rules = rules("covid-2022-twenty");
    let force = setup.census.force;
    let each = |t: &quell_response::occupations::Tested| {
        let share = SHARES.iter().find(|(c, _)| *c == t.class).unwrap().1;
        let people = match t.class {
            quell_protocol::OccupationClass::NursingHome => f64::from(force.carers),
            quell_protocol::OccupationClass::School => f64::from(force.teachers),
            _ => share * f64::from(force.of_working_age),
        };
        people / t.every
    };
    let wanted: f64 = rules.occupations.iter().map(each).sum();
    assert!(wanted > 100.0, "{wanted}");
    // The response lives days 1 to 11.
    for day in &outcome.series.days()[1..] {
        assert!((day.tests as f64 - wanted).abs() < 1.0, "day {}: {} of {wanted}", day.day, day.tests);
        assert!(day.tubes < day.tests / 5, "most share a tube");
    }
}

#[test]
fn the_infected_among_them_are_found_and_no_others() {
    let setup = Setup { imports: 20, ..town(20_000, "covid-ba5", 25) };
    let found = |text: &str| run(&setup, &format!("{ALONE}\n{text}")).cases.into_iter().filter(|c| c.why == Why::Occupation).count();
    assert_eq!(found(""), 0, "it is a decision to do it");
    // Before an outbreak that nothing holds is over, a few in a hundred of all people work in such an occupation; most of the infected among them are tested in time.
    let at_work = found("occupations = { tested = true }");
    let all = run(&setup, ALONE).costs.infections as f64;
    assert!((0.01..0.08).contains(&(at_work as f64 / all)), "{at_work} of {all}");
}
