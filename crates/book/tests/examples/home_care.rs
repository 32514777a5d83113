//! Cases who are cared for at home, suspects and the result that confirms them.

use crate::common::*;
use quell_book::*;
use quell_foundation::CaseId;
use serde_json::{Value, json};

fn listed(n: u32, person: u32, classification: &str, onset: Value) -> Value {
    json!({"case": id(n), "person": p(person), "classification": classification, "onset": onset})
}

/// Measles: four days after the rash isolation at home ends by itself; until then the case is seen every day.
#[test]
fn a_case_at_home_is_seen_daily_and_its_isolation_ends() {
    let mut b = Book::under("measles");
    b.say("02T09:00", "case_listed", listed(1, 1, "confirmed", json!("01T08:00")));
    assert_eq!((b.person(1).standing, b.due(1, DutyKind::Transfer).len()), (Standing::Infected, 0));
    assert_eq!((b.due(1, DutyKind::Observe), b.due(1, DutyKind::Release)), (vec!["03T09:00".into()], vec!["06T00:00".into()]));
    b.say("03T08:00", "observed", json!({"person": p(1), "temperature": 38.0}));
    assert_eq!(b.due(1, DutyKind::Observe), ["04T08:00"]);
    // The mother remembers another day of the rash.
    b.say("03T10:00", "interviewed", json!({"case": id(1), "interviewer": "i", "answers": {"onset": "2022-11-02T08:00+08:00"}}));
    assert_eq!(b.due(1, DutyKind::Release), ["07T00:00"]);
    assert_eq!(b.refuse("04T09:00", "released", json!({"person": p(1)})), "release.early");
    assert_eq!(b.refuse("06T09:00", "time_ran_out", json!({"person": p(1)})), "time.not_over");
    b.say("07T00:30", "time_ran_out", json!({"person": p(1)}));
    let case = b.replay.state.cases.get(&CaseId(id(1))).cloned().unwrap();
    assert_eq!((case.state, short(case.ended_at.unwrap())), (CaseState::Recovered, "07T00:00".into()));
    assert_eq!((b.person(1).standing, b.kinds(1)), (Standing::AtHome, vec![DutyKind::Report, DutyKind::InvestigateCore]));
}

/// Who gets worse is brought to a hospital; discharged, it is over.
#[test]
fn who_gets_worse_at_home_is_brought_to_a_hospital() {
    let mut b = Book::under("measles");
    b.say("02T09:00", "case_listed", listed(1, 1, "confirmed", json!("01T08:00")));
    let bed = json!({"stay": id(9), "person": p(1), "facility": HOSPITAL, "ward": "w1", "bed": 1});
    assert_eq!(b.refuse("02T10:00", "admitted", bed), "facility.home");
    b.say("03T09:00", "observed", json!({"person": p(1), "severity": "severe"}));
    assert_eq!(b.due(1, DutyKind::Transfer), ["03T15:00"]);
    assert_eq!((b.due(1, DutyKind::Observe).len(), b.due(1, DutyKind::Release).len()), (0, 0));
    b.say("03T10:00", "observed", json!({"person": p(1), "severity": "mild"}));
    assert_eq!((b.due(1, DutyKind::Transfer).len(), b.due(1, DutyKind::Release)), (0, vec!["06T00:00".into()]), "home again");
}

/// Mpox: the protocol says in words when isolation ends; no number of days does, a person does.
#[test]
fn where_no_days_are_given_someone_decides() {
    let mut b = Book::under("mpox");
    b.say("02T09:00", "case_listed", listed(1, 1, "confirmed", json!("01T08:00")));
    assert_eq!(b.due(1, DutyKind::Release).len(), 0);
    assert_eq!(b.refuse("20T09:00", "released", json!({"person": p(1)})), "release.decision");
    b.say("20T09:00", "released", json!({"person": p(1), "decision": decision()}));
    assert_eq!((b.person(1).standing, b.active_case(1)), (Standing::AtHome, None));
}

/// A patient whose protocol has no exit tests is owed an end of the stay: by the days after the onset, or by those for which a case infects.
#[test]
fn a_stay_without_exit_tests_has_an_end() {
    let in_bed = |protocol: &str| {
        let mut b = Book::under(protocol);
        let severe = json!({"case": id(1), "person": p(1), "classification": "confirmed", "severity": "severe", "onset": "01T08:00"});
        b.say("02T09:00", "case_listed", severe);
        b.admit("02T12:00", 51, 1, HOSPITAL, 1);
        b
    };
    let mut b = in_bed("measles");
    assert_eq!(b.due(1, DutyKind::Discharge), ["06T12:00"], "four days after the rash, and half a day for the papers");
    b.say("03T10:00", "interviewed", json!({"case": id(1), "interviewer": "i", "answers": {"onset": "2022-11-02T08:00+08:00"}}));
    assert_eq!(b.due(1, DutyKind::Discharge), ["07T12:00"], "another day of the rash");
    assert_eq!(b.refuse("05T09:00", "discharged", json!({"stay": id(51)})), "discharge.early");
    // Whoever is still ill then stays, and is looked at again the next day.
    b.say("05T10:00", "observed", json!({"person": p(1), "severity": "severe"}));
    assert_eq!(b.due(1, DutyKind::Discharge), ["07T12:00"]);
    b.say("07T10:00", "observed", json!({"person": p(1), "severity": "moderate"}));
    assert_eq!(b.due(1, DutyKind::Discharge), ["09T00:00"]);
    b.say("08T10:00", "observed", json!({"person": p(1), "severity": "asymptomatic"}));
    assert_eq!(b.due(1, DutyKind::Discharge), ["09T00:00"], "well: home by tonight");
    b.say("08T15:00", "discharged", json!({"stay": id(51)}));
    assert_eq!((b.person(1).standing, b.counts(DutyKind::Discharge)), (Standing::AtHome, [3, 0, 1, 0, 2]));

    let mut b = in_bed("ebola");
    assert_eq!(b.due(1, DutyKind::Discharge), ["18T12:00"], "sixteen days: the mean from onset to discharge");
    b.say("10T09:00", "died", json!({"person": p(1)}));
    assert!(b.due(1, DutyKind::Discharge).is_empty());
    let mut b = in_bed("ebola");
    b.say("10T09:00", "case_classified", json!({"case": id(1), "classification": "not_a_case", "severity": "mild", "decider": "d"}));
    assert_eq!(b.due(1, DutyKind::Discharge), ["10T21:00"], "who was no case is let out of the ward the same day");

    // An isolation that is lifted ends the stay, whatever the days say.
    let mut b = in_bed("mpox");
    assert_eq!(b.due(1, DutyKind::Discharge), ["30T12:00"]);
    let order = json!({"order": id(7), "person": p(1), "kind": "isolation", "evidence": "S1", "decision": decision(), "starts": "02T13:00",
        "ends": "25T00:00"});
    b.say("02T13:00", "order_issued", order);
    b.say("09T09:00", "order_lifted", json!({"order": id(7), "decision": decision()}));
    assert_eq!(b.due(1, DutyKind::Discharge), ["09T21:00"]);
}

/// A suspect is sampled in time; the result confirms the case that is there, and does not make it vanish when it was wrong.
#[test]
fn a_result_confirms_a_suspect() {
    let mut b = Book::under("ebola");
    b.say("02T09:00", "case_listed", listed(1, 1, "suspect", json!("01T08:00")));
    assert_eq!(b.due(1, DutyKind::SymptomTest), ["02T21:00"]);
    b.say("02T10:00", "report_filed", json!({"case": id(1), "receipt": "1"}));
    b.single(2, 11, "S1", 1, "positive", None);
    let case = b.active_case(1).unwrap();
    assert_eq!((case.case_id, case.classification), (CaseId(id(1)), Classification::Confirmed));
    assert_eq!(b.due(1, DutyKind::ReportCorrection).len(), 1, "the report said something else");
    b.correct("03T09:00", "S1");
    let case = b.active_case(1).unwrap();
    assert_eq!((case.classification, case.tube), (Classification::Suspect, None), "what made it a suspect stands");
    assert_eq!(b.due(1, DutyKind::SymptomTest).len(), 1, "sampled again");
    b.say("04T09:00", "case_classified", json!({"case": id(1), "classification": "not_a_case", "severity": "mild", "decider": "d"}));
    assert_eq!((b.active_case(1), b.due(1, DutyKind::SymptomTest).len()), (None, 0));
}

/// Where infections without symptoms are no class of their own, a positive sample makes a confirmed case.
#[test]
fn a_positive_sample_makes_what_the_disease_knows() {
    for (protocol, classification) in [("covid-2022-twenty", Classification::Asymptomatic), ("measles", Classification::Confirmed)] {
        let mut b = Book::under(protocol);
        b.single(2, 11, "S1", 1, "positive", None);
        assert_eq!(b.active_case(1).unwrap().classification, classification, "{protocol}");
    }
}
