//! What a response must always do, and what must come out of its limits.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{policy, rules, town};
use proptest::prelude::*;
use quell_epidemic::Layer;
use quell_epidemic::kernel::{Imports, NoResponse, Settings, Simulation};
use quell_response::policy::Policy;
use quell_response::{Outcome, Responder, STAYS, Setup, Stay};

const TWENTY: &str = "covid-2022-twenty";

fn run(setup: &Setup, text: &str, seed: u64) -> Outcome {
    setup.run(&rules(TWENTY), &policy(text), seed, |_| {})
}

fn settings(setup: &Setup, seed: u64) -> Settings {
    let imports = Imports::at_start(&setup.population, seed, setup.imports, 0);
    Settings { seed, days: setup.days, threads: setup.threads, imports }
}

#[test]
fn without_measures_nothing_changes() {
    let setup = town(5_000, "covid-ba5", 40);
    let mut bare = Simulation::new(&setup.population, &setup.disease, &setup.rates, settings(&setup, 3));
    bare.run(&mut NoResponse);
    let outcome = run(&setup, "response = false", 3);
    let infections: Vec<u64> = (0..40).map(|d| bare.world().history().on(d).len() as u64).collect();
    assert_eq!(outcome.series.days().iter().map(|d| d.infections).collect::<Vec<_>>(), infections);
    assert_eq!((outcome.costs.tests, outcome.costs.restriction_person_days), (0, 0.0));
    assert_eq!(outcome.costs.severe, outcome.series.days().iter().map(|d| d.severe).sum::<u64>());
}

#[test]
fn the_same_on_any_number_of_threads() {
    let mut setup = town(20_000, "covid-ba5", 40);
    let text = "[screening]\nevery_days = 3\nfrom_cases = 40\n[means]\ntubes_per_hour = 20.0";
    let one = run(&setup, text, 5);
    setup.threads = 2;
    // All but the memory, of which each thread takes its own; not printed whole when it fails.
    let two = run(&setup, text, 5);
    assert!((two.hash, &two.series, &two.costs, &two.cases) == (one.hash, &one.series, &one.costs, &one.cases));
    assert_ne!(run(&setup, text, 6).hash, one.hash);
}

/// Common random numbers: what is decided later leaves everything before as it was.
#[test]
fn two_policies_are_one_world_until_they_differ() {
    let setup = town(20_000, "covid-ba5", 40);
    let plain = run(&setup, "", 1);
    for later in [
        "[[closures]]\nsettings = [\"school\", \"work\"]\nwhen_cases = 0\nfrom_day = 20",
        "[masks]\nfrom_day = 20",
        "[vaccination]\nfrom_day = 20\nstatus = 2",
    ] {
        let other = run(&setup, later, 1);
        let until = |o: &Outcome, day: usize| o.series.days()[..day].iter().map(|d| (d.infections, d.found, d.tests)).collect::<Vec<_>>();
        assert_eq!(until(&plain, 20), until(&other, 20), "{later}");
        assert_ne!(until(&plain, 40), until(&other, 40), "{later}");
    }
}

#[test]
fn rounds_end_what_symptoms_and_contacts_do_not() {
    let setup = town(20_000, "covid-ba5", 60);
    let (without, with) = (run(&setup, "", 2), run(&setup, "[screening]\nevery_days = 2", 2));
    assert!(without.days_to_zero.is_none_or(|d| d > 45), "{:?}", without.days_to_zero);
    assert!(with.days_to_zero.is_some_and(|d| d < 30), "{:?}", with.days_to_zero);
    assert!(with.costs.infections * 20 < without.costs.infections, "{} of {}", with.costs.infections, without.costs.infections);
    assert!(with.costs.tests > 20_000, "everyone was swabbed at least once");
    // Members of a positive pool stay at home until their own results are there, and no longer.
    let recalled: Vec<i64> = with.series.days().iter().map(|d| d.stays[Stay::Recalled as usize]).collect();
    assert!(recalled.iter().any(|n| *n > 0) && recalled.last() == Some(&0), "{recalled:?}");
}

/// What a laboratory cannot do on a day waits, and so do its results.
#[test]
fn delays_come_out_of_queues() {
    let setup = town(20_000, "covid-ba5", 30);
    let delay = |outcome: &Outcome| {
        let found: Vec<f64> = outcome.cases.iter().map(|c| c.found - c.sampled).collect();
        found.iter().sum::<f64>() / found.len() as f64
    };
    let ample = run(&setup, "[means]\ntubes_per_hour = 1000.0", 4);
    let scarce = run(&setup, "[symptoms]\nothers_per_1000 = 20.0\n[means]\ntubes_per_hour = 8.0", 4);
    assert!(delay(&ample) < 6.0 / 24.0, "{}", delay(&ample));
    assert!(delay(&scarce) > delay(&ample) * 2.0, "{} after {}", delay(&scarce), delay(&ample));
    let days = |text: &str| {
        let outcome = run(&setup, text, 4);
        let asked: Vec<f64> = outcome.cases.iter().filter_map(|c| Some(c.investigated? - c.found)).collect();
        asked.iter().sum::<f64>() / asked.len() as f64
    };
    assert!((days("[means]\ninvestigators = 1000.0") - 3.0 / 24.0).abs() < 1e-9);
    assert!(days("[means]\ninvestigators = 1.0") > 1.0);
}

#[test]
fn beds_are_limited() {
    let setup = town(20_000, "covid-ba5", 40);
    let few = run(&setup, "[means]\nshelter_beds = 15\nhospital_beds = 4\nrooms = 10\nseats = 2.0", 1);
    let most = |stay: Stay| few.series.days().iter().map(|d| d.stays[stay as usize]).max().unwrap();
    assert_eq!((most(Stay::Shelter), most(Stay::Hospital), most(Stay::Central)), (15, 4, 10), "all are used, none twice");
    assert!(few.series.days().iter().any(|d| d.waiting_for_bed > 20));
    let many = run(&setup, "[means]\nshelter_beds = 20000\nhospital_beds = 20000\nrooms = 20000\nseats = 20000.0", 1);
    assert!(many.series.days().iter().all(|d| d.waiting_for_bed < 400), "with a bed for everyone only the way takes time");
    let at_home = |o: &Outcome| o.costs.by_kind.iter().find(|k| k.0 == Stay::CaseAtHome.name()).unwrap().1 / o.cases.len() as f64;
    assert!(at_home(&many) < 0.1 && at_home(&few) > 5.0, "days at home a case: {} and {}", at_home(&many), at_home(&few));
}

/// Who must stay at home is with the household all day.
#[test]
fn households_that_must_stay_at_home_can_live_closer() {
    let setup = town(20_000, "covid-ba5", 30);
    let at_home = |household: f64| {
        let text = format!("[compliance]\nhousehold = {household}\n[means]\nshelter_beds = 0\nhospital_beds = 0\nrooms = 0\n");
        (1..=4).map(|seed| run(&setup, &text, seed).by_layer[Layer::Household as usize]).sum::<u64>()
    };
    let (usual, closer) = (at_home(1.0), at_home(3.0));
    assert!(closer as f64 > 1.05 * usual as f64, "{usual} infected at home, {closer} where homes are closer");
}

/// Nobody is infected in a facility by the people, nor infects any of them from there.
#[test]
fn whoever_is_away_meets_nobody() {
    let setup = town(20_000, "covid-ba5", 40);
    let (rules, policy) = (rules(TWENTY), Policy::default());
    let mut simulation = Simulation::new(&setup.population, &setup.disease, &setup.rates, settings(&setup, 1));
    let mut responder = Responder::new(&setup.population, &setup.census, &policy, &rules, setup.days);
    simulation.run(&mut responder);
    let cases = responder.close(simulation.world()).cases;
    let history = simulation.world().history().infections();
    let away = |person: u32, time: f64| {
        cases.iter().any(|c| c.person == person && c.admitted.is_some_and(|a| a < time) && c.discharged.is_none_or(|d| time < d))
    };
    let mut checked = 0;
    for infection in history {
        let time = f64::from(infection.time());
        assert!(!away(infection.person, time));
        if let Some(source) = history.get(infection.infector as usize) {
            assert!(!away(source.person, time));
            checked += 1;
        }
    }
    assert!(checked > 1_000 && cases.iter().filter(|c| c.admitted.is_some()).count() > 50);
}

/// Daily rounds alone, with means for everyone.
const AMPLE: &str = "tracing.contacts = false
zones.drawn = false
[compliance]
miss = 0.0
evade = 0.0
[means]
samplers = 1000.0
tubes_per_hour = 100000.0
shelter_beds = 20000
hospital_beds = 20000
seats = 20000.0
";

/// Twenty swabs in one tube miss some who are detectable alone, and their members are swabbed again before anyone is a case.
#[test]
fn pools_dilute_and_take_longer() {
    let setup = town(20_000, "covid-ba5", 30);
    let missed = |pool: u32| {
        let screening = format!("[screening]\nevery_days = 1\npool = {pool}\n");
        let text = AMPLE.to_owned() + &screening;
        let (rules, policy) = (rules(TWENTY), policy(&text));
        (0..6).map(|seed| setup.run(&rules, &policy, seed, |_| {}).costs.infections).sum::<u64>()
    };
    let (one, twenty) = (missed(1), missed(20));
    assert!(one < twenty, "{one} with a tube each, {twenty} with twenty in one");
}

/// A tube for each person and a laboratory for ten in one: results come later each day, and the outbreak goes on.
#[test]
fn more_tubes_than_a_laboratory_can_test_find_less() {
    let setup = town(20_000, "covid-ba5", 30);
    let rounds = |pool: u32| {
        run(
            &setup,
            &AMPLE.replace("100000.0", "120.0").replace("[means]", &format!("[screening]\nevery_days = 1\npool = {pool}\n[means]")),
            1,
        )
    };
    let (single, pooled) = (rounds(1), rounds(10));
    assert!(single.costs.infections > 10 * pooled.costs.infections, "{} and {}", single.costs.infections, pooled.costs.infections);
    let waits = |o: &Outcome| o.series.days()[29].laboratory_hours;
    assert!(waits(&single) > 48.0 && waits(&pooled) < 24.0, "{} and {}", waits(&single), waits(&pooled));
}

/// However many cases a day brings in a zone, its people are swabbed once on it; besides only the ill, members of positive tubes and those let go are.
#[test]
fn a_zone_is_tested_once_a_day() {
    let setup = town(20_000, "covid-ba5", 30);
    let text = "symptoms = { come = 1.0, others_per_1000 = 0.0 }\ntracing = { contacts = false }\nmeans = { tubes_per_hour = 1e5 }";
    let outcome = setup.run(&rules("covid-2022-ninth"), &policy(text), 1, |_| {});
    let mut yesterday = 0;
    for day in outcome.series.days() {
        let found = day.found.all();
        let others = found * 12 + day.stays[Stay::Shelter as usize] as u64 + day.stays[Stay::Hospital as usize] as u64;
        let zones = day.in_zones.max(yesterday);
        assert!(day.tests <= zones + others + 50, "day {}: {} tests, {zones} in zones, {found} found", day.day, day.tests);
        yesterday = day.in_zones;
    }
    assert!(outcome.cases.len() > 200 && outcome.costs.tests > 20_000, "{} {}", outcome.cases.len(), outcome.costs.tests);
}

/// Whoever is held for reasons of their own is not booked for the zone, too: of each zone at least the household of its case.
#[test]
fn days_in_a_zone_are_those_of_the_others_in_it() {
    let setup = town(20_000, "covid-ba5", 30);
    // All stay at home, cases and the quarantined, for longer than their zone stands.
    let outcome = run(&setup, "means = { shelter_beds = 0, hospital_beds = 0, rooms = 0 }", 1);
    let zones = outcome.costs.by_kind.iter().find(|k| k.0 == "risk_zone").unwrap().1;
    let inside: f64 = outcome.series.days().iter().map(|d| d.in_zones as f64).sum();
    assert!(inside > 1_000.0 && (0.3..0.865).contains(&(zones / inside)), "{zones} of {inside}");
}

/// Each person-day of restriction is in one kind, one age and one township.
fn balanced(outcome: &Outcome) {
    let costs = &outcome.costs;
    let all = costs.restriction_person_days;
    let sums = [costs.by_kind.iter().map(|k| k.1).sum::<f64>(), costs.by_age.iter().sum(), costs.by_township.iter().sum()];
    sums.iter().for_each(|sum| assert!((sum - all).abs() < 1e-6 * all + 1e-6, "{sum} of {all}"));
    let cases = outcome.cases.len() as u64;
    assert_eq!(outcome.series.found(), cases);
    assert!(cases <= costs.infections && costs.deaths <= costs.severe && costs.severe <= costs.infections);
}

fn policies() -> impl Strategy<Value = Policy> {
    let rounds = proptest::option::of((1u32..5, 1u32..4, prop::sample::select(vec![1u32, 5, 10, 20]), any::<bool>()));
    let means = (1.0..400.0f64, 1.0..30.0f64, 1.0..20.0f64, 0u32..300, 0u32..300, 0u32..100);
    (rounds, means, any::<[bool; 5]>(), 0.0..=1.0f64).prop_map(|(rounds, means, flags, share)| {
        let mut p = Policy::default();
        if let Some((every, from, pool, everywhere)) = rounds {
            let area = if everywhere { "everywhere" } else { "affected" };
            p = policy(&format!("[screening]\nevery_days = {every}\nfrom_cases = {from}\npool = {pool}\narea = \"{area}\""));
        }
        p.means.tubes_per_hour = Some(means.0);
        p.means.investigators = Some(means.1);
        p.means.seats = Some(means.2);
        p.means.rooms = Some(means.3);
        p.means.shelter_beds = Some(means.4);
        p.means.hospital_beds = Some(means.5);
        p.means.opened_per_day = flags[0].then_some(5);
        p.zones.drawn = flags[1];
        p.zones.temporary_control = flags[2];
        p.tracing.central = flags[3];
        p.tracing.contacts = flags[4];
        p.compliance.at_home = share;
        p
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_the_policy_the_bill_balances(p in policies(), seed in 0u64..1_000, disease in 0usize..5) {
        let (disease, protocol) = [
            ("covid-ba5", TWENTY), ("covid-ancestral", "covid-2022-ninth"), ("measles", "measles"), ("mpox", "mpox"), ("ebola", "ebola"),
        ][disease];
        let setup = town(3_000, disease, 45);
        let means = p.means.clone();
        let outcome = setup.run(&rules(protocol), &p, seed, |_| {});
        balanced(&outcome);
        prop_assert_eq!(outcome.series.days().len(), 45);
        let opened = u64::from(means.opened_per_day.unwrap_or(0));
        for day in outcome.series.days() {
            let more = opened * u64::from(day.day + 1);
            let held = |stay: Stay| day.stays[stay as usize] as u64;
            prop_assert!(held(Stay::Shelter) <= u64::from(means.shelter_beds.unwrap()) + more);
            prop_assert!(held(Stay::Hospital) <= u64::from(means.hospital_beds.unwrap()));
            prop_assert!(held(Stay::Central) <= u64::from(means.rooms.unwrap()) + more);
            let all: i64 = day.stays[1..].iter().sum();
            prop_assert!(day.stays.len() == STAYS && (0..=3_000).contains(&all) && day.stays[1..].iter().all(|n| *n >= 0));
        }
    }
}

/// As the book counts them: tests of whoever waits for a bed at home say nothing of the days in it.
#[test]
fn exit_tests_begin_with_the_bed() {
    let rules = rules(TWENTY);
    let exit = rules.exit.unwrap();
    let least = exit.first + f64::from(exit.consecutive - 1) * exit.gap;
    let setup = town(6_000, "covid-ba5", 45);
    let outcome = run(&setup, "[means]\nshelter_beds = 12\nhospital_beds = 2\nopened_per_day = 2", 2);
    let late: Vec<_> = outcome.cases.iter().filter(|c| c.admitted.is_some_and(|a| a > c.found + exit.first + 1.0)).collect();
    assert!(late.len() > 10, "{} waited for a bed", late.len());
    for (admitted, discharged) in late.iter().filter_map(|c| Some((c.admitted?, c.discharged?))) {
        assert!(discharged >= admitted + least, "in bed from {admitted} to {discharged}");
    }
}

/// Doses go to those who lack them, most of whom did not come before; nobody is given less than they have.
#[test]
fn doses_go_to_those_who_lack_them() {
    let setup = town(6_000, "measles", 60);
    let lack = |band: std::ops::RangeInclusive<u8>| {
        let people = (0..setup.population.len()).map(|p| setup.population.person(p));
        people.filter(|who| band.contains(&who.age()) && setup.disease.status(*who) == 0).count() as f64
    };
    let given = |text: &str| setup.run(&rules("measles"), &policy(&format!("[vaccination]\nstatus = 1\n{text}")), 1, |_| {}).costs;
    let none = setup.run(&rules("measles"), &policy(""), 1, |_| {}).costs;
    let all = given("per_1000 = 50.0\nwilling = 1.0");
    assert_eq!(all.doses as f64, lack(3..=17) + lack(18..=59) + lack(60..=100));
    let most = given("per_1000 = 50.0\nwilling = 0.5").doses as f64 / all.doses as f64;
    assert!((0.4..0.6).contains(&most), "{most}");
    let ring = given("per_1000 = 0.0\nring = true\nwilling = 1.0");
    assert!(ring.doses > 0 && ring.doses as f64 <= lack(0..=100), "{} doses, {} lack them", ring.doses, lack(0..=100));
    assert!(all.infections <= none.infections && ring.infections <= none.infections);
}

/// Every swab costs time, and nobody works before the end what is called after it.
#[test]
fn hours_are_those_that_are_worked() {
    let mut setup = town(20_000, "covid-ba5", 30);
    setup.imports = 100;
    let costs = run(&setup, "[means]\ninvestigators = 100.0\ncallers = 2.0", 3).costs;
    let hours = costs.staff_hours;
    assert!((hours.sampling - costs.tests as f64 / 30.0).abs() < 1.0, "{} hours for {} swabs", hours.sampling, costs.tests);
    assert!((1_000.0..=2.0 * 24.0 * 30.0).contains(&hours.calls), "{} of 1,440 hours", hours.calls);
}
