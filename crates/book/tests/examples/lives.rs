//! What the book-keeper and the auditor disagreed about: decisions without a reason, times that cannot be, what still stands when a case or
//! a contact was none.

use crate::common::*;
use quell_book::*;
use quell_protocol::Exposure;
use serde_json::json;

fn no_reason() -> serde_json::Value {
    json!({"decider": "office", "reason": " "})
}

fn none(b: &mut Book, t: &str, case: &quell_book::rows::Case) {
    b.say(
        t,
        "case_classified",
        json!({"case": case.case_id, "classification": "not_a_case", "severity": "asymptomatic", "decider": "expert"}),
    );
}

#[test]
fn what_goes_against_a_rule_names_who_decided_and_why() {
    let mut b = Book::new();
    b.case(26, 1);
    b.say("26T11:00", "transfer_requested", json!({"transfer": id(1), "person": p(1)}));
    let assign = json!({"transfer": id(1), "vehicle": "V1", "facility": ISOLATION, "decision": no_reason()});
    assert_eq!(b.refuse("26T11:00", "vehicle_assigned", assign), "decision.reason");
    assert_eq!(b.refuse("26T11:00", "transfer_called_off", json!({"transfer": id(1), "decision": no_reason()})), "decision.reason");
    let mut bed = admission(1, 1, ISOLATION, 1);
    bed["decision"] = no_reason();
    assert_eq!(b.refuse("26T11:00", "admitted", bed), "decision.reason");
    b.admit("26T12:00", 1, 1, SHELTER, 1);
    assert_eq!(b.refuse("26T13:00", "discharged", json!({"stay": id(1), "decision": no_reason()})), "decision.reason");
    b.contact("26T13:00", 1, 2, "high_risk_spillover", "26T08:00");
    assert_eq!(b.refuse("26T14:00", "released", json!({"person": p(2), "decision": no_reason()})), "decision.reason");
    assert_eq!(b.refuse("26T14:00", "contact_dropped", json!({"contact": id(1), "decision": no_reason()})), "decision.reason");
}

#[test]
fn nobody_leaves_a_bed_before_lying_in_it() {
    let mut b = Book::new();
    b.case(26, 1);
    b.admit("26T12:00", 1, 1, SHELTER, 1);
    let mut earlier = admission(2, 1, SHELTER, 2);
    earlier["at"] = "26T11:00".into();
    assert_eq!(b.refuse("26T13:00", "admitted", earlier), "stay.order");
    assert_eq!(b.refuse("26T13:00", "died", json!({"person": p(1), "at": "26T11:00"})), "stay.order");
    b.say("26T14:00", "died", json!({"person": p(1)}));
    assert_eq!(b.refuse("26T15:00", "case_listed", json!({"case": id(9), "person": p(1), "classification": "confirmed"})), "case.exists");
}

#[test]
fn a_contact_who_may_not_go_out_is_not_away() {
    let mut b = Book::new();
    b.contact("26T09:00", 1, 1, "close", "26T08:00");
    assert_eq!(b.refuse("26T10:00", "person_absent", json!({"person": p(1), "destination": "elsewhere"})), "person.bound");
    b.contact("26T09:00", 2, 2, "general", "26T08:00");
    b.say("26T10:00", "person_absent", json!({"person": p(2), "destination": "elsewhere"}));
    let tomorrow = json!({"contact": id(1), "decision": decision(), "at": "28T10:00"});
    assert_eq!(b.refuse("26T10:00", "contact_dropped", tomorrow), "time.future");
    let judged = json!({"case": id(7), "control": "controlled", "reason": "r", "decider": "d", "at": "28T10:00"});
    assert_eq!(b.refuse("26T10:00", "channel_judged", judged), "time.future");
}

#[test]
fn a_recall_that_was_answered_and_not_cleared_outlasts_a_case_and_a_contact_that_were_none() {
    let mut b = Book::new();
    b.positive_pool();
    b.swab("26T11:00", "S1", 1, "single", None);
    b.swab("26T11:00", "S2", 2, "single", None);
    b.say("26T12:00", "case_listed", json!({"case": id(1), "person": p(1), "classification": "confirmed"}));
    let case = b.active_case(1).unwrap();
    none(&mut b, "26T13:00", &case);
    assert_eq!(b.person(1).exposure, Exposure::Recalled, "nobody has read the single sample yet");
    b.contact("26T12:00", 1, 2, "close", "26T08:00");
    b.say("26T13:00", "contact_dropped", json!({"contact": id(1), "decision": decision()}));
    assert_eq!(b.person(2).exposure, Exposure::Recalled);
    b.receive("26T14:00", &["S1"]);
    b.result("26T15:00", "S1", "negative", None);
    assert_eq!((b.person(1).exposure, b.person(2).exposure), (Exposure::None, Exposure::Recalled));
}

#[test]
fn a_negative_exit_test_ends_a_recall_too_and_who_was_recovered_is_so_again() {
    let mut b = Book::new();
    b.positive_pool();
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.single(26, 12, "E1", 1, "negative", None);
    b.say("27T09:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    assert_eq!(b.person(1).exposure, Exposure::Isolated, "under monitoring");
    b.say("27T10:00", "released", json!({"person": p(1), "decision": decision()}));
    assert_eq!(b.person(1).exposure, Exposure::Discharged);
    b.contact("27T11:00", 1, 1, "close", "27T10:30");
    b.say("27T12:00", "contact_dropped", json!({"contact": id(1), "decision": decision()}));
    assert_eq!(b.person(1).exposure, Exposure::Discharged);
}

#[test]
fn a_false_positive_in_a_bed_is_no_patient_and_the_next_case_begins_its_tests_anew() {
    let mut b = Book::new();
    let case = b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.single(1, 12, "E1", 1, "negative", None);
    assert_eq!(b.replay.state.stays.iter().next().unwrap().exit_passes, 1);
    none(&mut b, "02T09:00", &case);
    assert_eq!(b.person(1).standing, Standing::Isolated);
    b.single(2, 12, "S2", 1, "positive", Some(25.0));
    assert_eq!((b.person(1).standing, b.replay.state.stays.iter().next().unwrap().exit_passes), (Standing::Infected, 0));
}

#[test]
fn after_an_observation_that_was_waived_the_next_is_owed_again() {
    let mut b = Book::new();
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    let duty = b.duties(1).into_iter().find(|d| d.kind == DutyKind::Observe).unwrap().duty_id;
    b.say("26T12:00", "duty_waived", json!({"duty": duty, "decision": decision()}));
    b.say("27T08:00", "observed", json!({"person": p(1)}));
    assert_eq!(b.due(1, DutyKind::Observe), ["27T20:00"]);
}

#[test]
fn one_report_says_all_that_has_changed_and_nothing_is_corrected_that_was_never_said() {
    let mut b = Book::new();
    let case = b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.say("01T12:00", "report_filed", json!({"case": case.case_id, "receipt": "R1"}));
    let mild = json!({"case": case.case_id, "classification": "confirmed", "severity": "mild", "decider": "expert"});
    b.say("03T09:00", "case_classified", mild);
    b.say("03T11:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    assert_eq!(b.due(1, DutyKind::ReportCorrection), ["04T09:00", "04T11:00"]);
    b.say("03T12:00", "report_filed", json!({"case": case.case_id, "receipt": "R2"}));
    assert!(b.due(1, DutyKind::ReportCorrection).is_empty());

    let second = b.case(1, 2);
    b.say("03T13:00", "died", json!({"person": p(2)}));
    assert_eq!(b.due(2, DutyKind::ReportCorrection).len(), 1);
    none(&mut b, "03T14:00", &second);
    assert!(b.duties(2).is_empty());
}

#[test]
fn a_contact_whose_time_ran_out_as_a_false_case_is_released_and_a_general_one_leaves_the_bed_free() {
    let mut b = Book::new();
    b.contact("10T09:00", 1, 1, "close", "01T08:00");
    let case = b.case(10, 1);
    none(&mut b, "10T14:00", &case);
    assert_eq!(b.contact_of(1).state, ContactState::Released);

    b.contact("10T09:00", 2, 2, "general", "10T08:00");
    b.admit("10T10:00", 1, 2, ISOLATION, 1);
    b.say("10T12:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    assert_eq!((b.person(2).standing, b.due(2, DutyKind::ContactTest).len()), (Standing::AtHome, 2));
}

#[test]
fn a_test_of_days_that_are_over_is_not_owed_again() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.admit("01T12:00", 1, 1, ISOLATION, 1);
    b.swab("02T09:00", "C1", 1, "single", None);
    b.say("03T09:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    let home = b.due(1, DutyKind::ContactTest);
    b.say("03T10:00", "registration_voided", json!({"tube": "C1", "person": p(1), "reason": "another's"}));
    assert_eq!(b.due(1, DutyKind::ContactTest), home, "the days in the site are over");
}

#[test]
fn what_a_case_that_was_none_had_overtaken_is_owed_again_as_far_as_tubes_still_ask() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", [1, 2]);
    b.pool("26T08:00", "T2", [3, 4]);
    b.receive("26T09:00", &["T1", "T2"]);
    b.result("26T10:00", "T1", "positive", Some(30.0));
    b.say("26T10:00", "tube_lost", json!({"tube": "T2", "reason": "spilt"}));
    for (n, t) in [(1, "26T11:00"), (3, "26T11:00")] {
        b.say(t, "case_listed", json!({"case": id(n), "person": p(n), "classification": "suspect"}));
    }
    assert!(b.due(1, DutyKind::Recall).is_empty() && b.due(3, DutyKind::Resample).is_empty());
    for n in [1, 3] {
        let case = b.active_case(n).unwrap();
        none(&mut b, "26T12:00", &case);
    }
    let again = [b.due(1, DutyKind::Recall), b.due(3, DutyKind::Resample)].concat();
    assert_eq!(again.len(), 2, "somebody owes the swabs");
    b.swab("26T13:00", "S1", 1, "single", None);
    b.receive("26T14:00", &["S1"]);
    b.result("26T15:00", "S1", "negative", None);
    assert_eq!((b.person(1).exposure, b.duties(1).len()), (Exposure::None, 0));
}

#[test]
fn a_recall_that_was_answered_while_a_case_is_not_owed_again() {
    let mut b = Book::new();
    b.positive_pool();
    let case = json!({"case": id(1), "person": p(1), "classification": "suspect"});
    b.say("26T11:00", "case_listed", case);
    b.admit("26T12:00", 1, 1, SHELTER, 1);
    b.single(26, 13, "E1", 1, "negative", None);
    let case = b.active_case(1).unwrap();
    none(&mut b, "26T16:00", &case);
    assert!(b.due(1, DutyKind::Recall).is_empty());
    assert_eq!(b.person(1).exposure, Exposure::None);
}

#[test]
fn monitoring_goes_on_after_a_second_case_that_was_none() {
    let mut b = Book::new();
    b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.say("05T09:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    let (tests, release) = (b.due(1, DutyKind::MonitoringTest), b.due(1, DutyKind::Release));
    assert!(!tests.is_empty() && release.len() == 1);
    b.say("06T09:00", "case_listed", json!({"case": id(7), "person": p(1), "classification": "suspect"}));
    let second = b.active_case(1).unwrap();
    none(&mut b, "06T12:00", &second);
    assert_eq!((b.person(1).standing, b.person(1).exposure), (Standing::HomeMonitoring, Exposure::Isolated));
    assert_eq!((b.due(1, DutyKind::MonitoringTest), b.due(1, DutyKind::Release)), (tests, release));
    b.say("13T09:00", "case_listed", json!({"case": id(8), "person": p(1), "classification": "suspect"}));
    let third = b.active_case(1).unwrap();
    none(&mut b, "14T12:00", &third);
    assert_eq!(b.person(1).standing, Standing::AtHome, "its days are over");
}

#[test]
fn whoever_was_let_go_by_a_negative_that_was_wrong_is_called_back_again() {
    let mut b = Book::new();
    b.positive_pool();
    for n in [1, 2] {
        b.single(26, 11, &format!("S{n}"), n, "negative", None);
        assert_eq!(b.person(n).exposure, Exposure::None);
    }
    b.say("26T15:00", "result_corrected", corrected("S1", "indeterminate"));
    b.say("26T15:00", "registration_voided", json!({"tube": "S2", "person": p(2), "reason": "another's"}));
    assert_eq!((b.person(1).exposure, b.due(1, DutyKind::Resample).len()), (Exposure::Recalled, 1));
    assert_eq!((b.person(2).exposure, b.due(2, DutyKind::Recall).len()), (Exposure::Recalled, 1));
}

#[test]
fn a_swab_that_was_anothers_opens_again_only_what_it_had_done_itself() {
    let mut b = Book::new();
    b.positive_pool();
    let taken = ["S1", "S2"].map(|tube| fact("26T11:00", "registered", swab(tube, 1, "single", None)));
    b.bundle("26T11:00", taken.into()).unwrap();
    b.say("26T12:00", "registration_voided", json!({"tube": "S2", "person": p(1), "reason": "scanned twice"}));
    assert!(b.due(1, DutyKind::Recall).is_empty(), "S1 is the answer");
    b.say("26T12:00", "registration_voided", json!({"tube": "S1", "person": p(1), "reason": "another's"}));
    assert_eq!(b.due(1, DutyKind::Recall).len(), 1);
}

#[test]
fn an_old_negative_that_is_read_late_does_not_answer_the_recall() {
    let mut b = Book::new();
    b.swab("26T07:30", "S0", 1, "single", None);
    b.positive_pool();
    b.swab("26T11:00", "S1", 1, "single", None);
    b.receive("26T12:00", &["S0", "S1"]);
    b.result("26T13:00", "S0", "negative", None);
    assert_eq!(b.person(1).exposure, Exposure::Recalled);
    b.result("26T13:00", "S1", "negative", None);
    assert_eq!(b.person(1).exposure, Exposure::None);
}

#[test]
fn a_schedule_that_was_begun_anew_has_asked_for_its_tests_itself() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.admit("01T12:00", 1, 1, ISOLATION, 1);
    let tests = b.due(1, DutyKind::ContactTest).len();
    b.swab("02T09:00", "C1", 1, "single", None);
    b.admit("02T10:00", 2, 1, ISOLATION, 2);
    b.swab("02T11:00", "C2", 1, "single", None);
    let left = b.due(1, DutyKind::ContactTest);
    b.say("02T12:00", "registration_voided", json!({"tube": "C1", "person": p(1), "reason": "another's"}));
    assert_eq!(b.due(1, DutyKind::ContactTest), left, "of {tests}");
}

#[test]
fn tests_of_days_that_are_over_are_not_owed_again_with_the_schedule_of_a_false_case() {
    let mut b = Book::new();
    b.contact("05T09:00", 1, 1, "close", "03T08:00");
    b.admit("05T12:00", 1, 1, ISOLATION, 1);
    let before = b.due(1, DutyKind::ContactTest);
    b.single(6, 9, "E1", 1, "positive", Some(25.0));
    b.say("06T15:00", "registration_voided", json!({"tube": "E1", "person": p(1), "reason": "another's"}));
    assert_eq!(b.due(1, DutyKind::ContactTest), before[1..], "of {before:?}");
}
