//! Whom an investigation finds.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
#![allow(dead_code, reason = "other tests use the rest")]

#[path = "../examples/validate/simple.rs"]
mod simple;

use quell_epidemic::disease::{Disease, Law};
use quell_epidemic::kernel::{History, Imports, Rates, Settings, Simulation};
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{Case, KnownContact, Opening, Responder, Schedule, Why};

/// Everyone has symptoms after five days, is infectious from three days before until seven after, and contacts are watched without tests.
fn run(policy: &str, opening: impl Fn(&Imports) -> Option<Opening>, imports: u32) -> (History, Vec<Case>) {
    const DAYS: u32 = 25;
    let mut file = simple::plain(2.0, 0.0);
    let course = &mut file.variants[0].course;
    (course.rise, course.fall) = (Law::fixed(3.0), Law::fixed(7.0));
    (course.detectable_load, course.infectious_load) = (3.0, 3.0);
    let disease = Disease::new(file).unwrap();
    let people = simple::mixed(50_000);
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let census = Census::of(&people);
    let mut rules = simple::rules("covid-2022-twenty");
    rules.close = Some(Schedule { central: 0.0, home: 30.0, tests: Vec::new(), confined: false });
    let policy = Policy::parse(policy).unwrap();
    let first = Imports::at_start(&people, 1, imports, 0);
    let opening = opening(&first);
    let mut responder = Responder::new(&people, &census, &policy, &rules, DAYS);
    if let Some(opening) = &opening {
        responder = responder.with(opening);
    }
    let mut run = Simulation::new(&people, &disease, &rates, Settings { seed: 1, days: DAYS, threads: 1, imports: first });
    run.run(&mut responder);
    let cases = responder.close(run.world()).cases;
    (run.world().history().clone(), cases)
}

/// Who is ill already when called as a contact is swabbed, though nobody comes by themselves and contacts have no planned tests.
#[test]
fn a_contact_who_is_ill_when_called_is_swabbed() {
    let told = 8.0;
    let contacts = |first: &Imports| {
        let contacts = first.on(0).iter().map(|i| KnownContact { person: i.person, exposed: 5.0, told, secondary: false });
        Some(Opening { today: 1, unfound: 1.0, cases: Vec::new(), contacts: contacts.collect(), tubes_waiting: 0.0 })
    };
    let (_, cases) = run("symptoms = { come = 0.0 }\nzones = { drawn = false }", contacts, 100);
    let called = cases.iter().filter(|c| c.why == Why::Contact && (told..told + 0.5).contains(&c.found)).count();
    assert!((85..=100).contains(&called), "{called} of 100; one swab in twenty catches nothing");
}

/// Contacts of a case's last day before it was found are named like all others.
#[test]
fn whoever_was_met_on_the_last_day_is_named() {
    let policy = "symptoms = { come = 1.0, after_days = 1.0 }
zones = { drawn = false }
tracing = { backward_days = 0.0, recall = { market = 1.0 } }
compliance = { at_home = 1.0, hide = 0.0 }
means = { investigators = 1000, callers = 1000, tubes_per_hour = 1e5 }";
    let (history, cases) = run(policy, |_| None, 200);
    let case_of = |infection: u32| cases.iter().find(|c| c.infection == infection);
    let (mut met, mut named) = (0, 0);
    for (index, infection) in (0..).zip(history.infections()) {
        let Some(source) = case_of(infection.infector) else { continue };
        // Found and asked on the day of the infection, and long enough ago that its own case is known.
        let same_day = source.found as u32 == infection.day() && source.investigated.is_some_and(|t| t as u32 == infection.day());
        if same_day && f64::from(infection.time()) < source.found && infection.day() < 15 {
            met += 1;
            named += u32::from(case_of(index).is_some_and(|c| c.why == Why::Contact));
        }
    }
    assert!(met > 20 && f64::from(named) > 0.85 * f64::from(met), "{named} of {met}");
}

/// Backward: whoever infected a case is asked for, too, and found if the swab still shows something (half of them here); forward alone finds hardly any.
#[test]
fn whoever_infected_a_case_is_looked_for() {
    let sources = |backward: f64| {
        let policy = format!(
            "symptoms = {{ come = 0.3, after_days = 1.0 }}
zones = {{ drawn = false }}
tracing = {{ backward_days = {backward:?}, recall = {{ market = 1.0 }} }}
compliance = {{ hide = 0.0 }}
means = {{ investigators = 1000, callers = 1000, tubes_per_hour = 1e5 }}"
        );
        let (history, cases) = run(&policy, |_| None, 200);
        let case_of = |infection: u32| cases.iter().find(|c| c.infection == infection);
        // Of those who infected a case that came by itself and was found before them: how many were found as contacts.
        let came = cases.iter().filter(|c| c.why == Why::Symptoms && c.found < 18.0);
        let unknown = came.filter_map(|c| {
            let source = history.infections()[c.infection as usize].infector;
            let known = case_of(source);
            (source != quell_epidemic::kernel::NOBODY && known.is_none_or(|s| s.found > c.found)).then_some((c.found, known))
        });
        let unknown: Vec<_> = unknown.collect();
        let found = unknown.iter().filter(|(at, s)| s.is_some_and(|s| s.why == Why::Contact && s.found < at + 2.0)).count();
        assert!(unknown.len() > 30, "{}", unknown.len());
        found as f64 / unknown.len() as f64
    };
    let (with, without) = (sources(14.0), sources(0.0));
    assert!(with > 0.4 && without < 0.05, "{with} {without}");
}

/// A swab in twenty catches nothing. Who is ill still and comes again is found.
#[test]
fn the_ill_whose_swab_is_negative_are_swabbed_again() {
    let found = |again: u8| {
        let policy = format!(
            "symptoms = {{ come = 1.0, after_days = 0.2, again = {again}, others_per_1000 = 0.0 }}
zones = {{ drawn = false }}
tracing = {{ contacts = false }}
means = {{ tubes_per_hour = 1e5 }}"
        );
        let (history, cases) = run(&policy, |_| None, 600);
        let ill = history.on(0).len();
        (cases.iter().filter(|c| (c.infection as usize) < ill).count() as f64 / ill as f64, cases)
    };
    let ((once, _), (twice, cases), (often, _)) = (found(0), found(1), found(3));
    assert!((0.92..0.975).contains(&once) && (0.985..1.0).contains(&twice) && often > 0.995, "{once} {twice} {often}");
    // Five days after the infection the first symptom, a day later at the earliest the second swab.
    let late = cases.iter().filter(|c| c.infection < 600 && c.sampled > 6.9).count();
    assert!(late > 10, "{late}");
}
