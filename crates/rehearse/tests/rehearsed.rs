//! The response of a rehearsal, written into a book: the book takes it, and finds what the rehearsal says.

#![allow(clippy::unwrap_used)]

use quell_book::CaseState;
use quell_foundation::{Day, Hash, Instant, PersonId, ProtocolId, Span, UtcOffset};
use quell_protocol::{Control, builtin, load};
use quell_rehearse::life::{Life, Plan, Step};
use quell_response::Case;
use quell_response::policy::Policy;
use std::collections::BTreeSet;
use std::sync::Arc;

const FIRST_DAY: &str = "2022-11-26";

fn plan(protocol: &str, policy: &str, population: u32, days: u32, seed: u64) -> Plan {
    let text = builtin(&ProtocolId::new(protocol).unwrap()).unwrap();
    let rules = load(protocol, text).unwrap_or_else(|p| panic!("{p:?}"));
    let first_day: Day = FIRST_DAY.parse().unwrap();
    let response = Some(Arc::new(Policy::parse(policy).unwrap()));
    let (protocol, protocol_hash) = (Arc::new(rules), Hash::of(text.as_bytes()));
    Plan { seed, population, first_day, days, imports: Some(10), protocol, protocol_hash, response }
}

fn live(life: &mut Life, mut see: impl FnMut(&Step)) {
    let mut before = Instant(i64::MIN);
    while let Some(step) = life.next_step() {
        assert!(before < step.at, "{} at {} is not after the step before", step.label, step.at);
        before = step.at;
        see(&step);
    }
}

/// What a second is in the rehearsal's days.
fn instant(days: f64) -> Instant {
    FIRST_DAY.parse::<Day>().unwrap().start(UtcOffset::CHINA).plus(Span((days * 86_400.0).round() as i64))
}

/// Lives a rehearsal; the book takes all of it and balances, and has the same cases at the same times.
fn lived(protocol: &str, policy: &str, population: u32, days: u32, seed: u64) -> Life {
    let mut life = Life::new(plan(protocol, policy, population, days, seed));
    live(&mut life, |_| {});
    assert_eq!(life.surprises(), &[] as &[String], "{protocol}: {policy}");
    let sealed = life.book().state.sealed_days.iter().count();
    assert_eq!(sealed as u32, days + 1, "every day and the evening before");
    for line in life.book().state.sealed_days.iter().flat_map(|d| &d.sheet.lines) {
        assert_eq!(line.difference(), 0, "{line:?}");
    }
    let mut cases: Vec<(PersonId, Instant)> = life.book().state.cases.values().map(|c| (c.person_id, c.found_at)).collect();
    let person = |n: u32| life.county().residents[n as usize].id;
    let mut wanted: Vec<(PersonId, Instant)> = found(&life).iter().map(|c| (person(c.person), instant(c.found))).collect();
    cases.sort();
    wanted.sort();
    assert_eq!(cases, wanted, "{protocol}: {policy}");
    life
}

/// Cases that the rehearsal finds before the last day is sealed.
fn found(life: &Life) -> Vec<&Case> {
    let end = life.summary().now;
    life.rehearsed().unwrap().cases.iter().filter(|c| instant(c.found) <= end).collect()
}

#[test]
fn the_book_has_what_the_rehearsal_did() {
    let ample = "[screening]\nfrom_cases = 3\n[means]\nrooms = 400\nshelter_beds = 80\nhospital_beds = 40\ninvestigators = 5\nseats = 60";
    let life = lived("covid-2022-twenty", ample, 2_000, 22, 4);
    let outcome = life.rehearsed().unwrap();
    let book = &life.book().state;
    let of = |number: u32| life.county().residents[number as usize].id;
    let cases = found(&life);
    assert!(cases.len() > 40, "{}", cases.len());
    for case in &cases {
        let row = book.cases.values().find(|c| c.person_id == of(case.person)).unwrap();
        let control = if case.community { Control::CommunityFound } else { Control::Controlled };
        assert_eq!(row.control, Some(control), "{:?} and {:?}", case.why, row.setting);
        let mut stays: Vec<_> = book.stays.values().filter(|s| s.person_id == row.person_id && s.admitted_at >= row.found_at).collect();
        stays.sort_by_key(|s| s.admitted_at);
        let until = |t: Option<f64>| t.map(instant).filter(|t| *t <= life.summary().now);
        assert_eq!(stays.first().map(|s| s.admitted_at), until(case.admitted), "{case:?}");
        assert_eq!(row.ended_at, until(case.discharged), "{case:?}");
    }
    // Everyone whom the book wants somewhere is there, and nobody was let go against its rules.
    let s = life.summary();
    let by_decision =
        ["discharged by decision", "released by decision", "never brought to a bed"].map(|i| s.incidents.get(i).copied().unwrap_or(0));
    assert!(by_decision.iter().sum::<u32>() <= 2, "{:?}", s.incidents);
    for kind in ["sample", "transfer", "isolate", "discharge", "exit_test", "contact_test", "recall", "report"] {
        let d = s.duties[kind];
        assert!(d.open * 10 <= d.opened, "{kind}: {d:?}");
        assert!(d.discharged > 0, "{kind}: {d:?}");
    }
    let contacts = outcome.series.days().iter().map(|d| d.contacts).sum::<u64>();
    let told = book.contacts.values().map(|c| c.person_id).collect::<BTreeSet<_>>().len() as u64;
    assert!(told.abs_diff(contacts) * 20 <= contacts, "{told} contacts in the book, {contacts} in the rehearsal");
    assert_eq!(s.truly_infected, outcome.persons);
}

#[test]
fn any_response_is_taken() {
    let full = "[screening]\nfrom_cases = 3\n[zones]\ntemporary_control = true";
    lived("covid-2022-ninth", full, 1_500, 18, 4);
    lived(
        "covid-2022-twenty",
        "[tracing]\ncentral = false\n[screening]\nevery_days = 1\npool = 5\n[means]\ntubes_per_hour = 0.5",
        1_500,
        14,
        5,
    );
    lived("measles", "", 1_000, 30, 1);
    lived("mpox", "", 1_000, 40, 1);
    let ebola = lived("ebola", "", 1_000, 60, 1);
    let deaths = ebola.book().state.cases.values().filter(|c| c.state == CaseState::Died).count() as u64;
    assert!(deaths > 5, "{deaths}");
}

#[test]
fn the_same_seed_is_the_same_to_the_byte() {
    let steps = || {
        let mut all = Vec::new();
        live(&mut Life::new(plan("covid-2022-twenty", "", 1_000, 6, 9)), |step| all.push(step.clone()));
        all
    };
    assert!(steps() == steps());
}
