//! Sampling: which tube a person may go into, what is flagged, and how a wrong binding is put right.

use crate::common::*;
use quell_book::*;
use quell_protocol::{Exposure, TubeMode};
use serde_json::json;

fn with_round() -> Book {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b
}

#[test]
fn a_contact_is_refused_in_a_pool_and_flagged_when_already_swabbed() {
    let mut b = with_round();
    b.contact("26T07:30", 1, 1, "high_risk_spillover", "26T07:00");
    b.swab("26T08:00", "T1", 2, "pooled", Some("r1"));
    assert_eq!(b.refuse("26T08:00", "registered", swab("T1", 1, "pooled", Some("r1"))), "tube.wrong_mode");
    b.say("26T08:00", "registered", swabbed("T1", 1, "pooled", Some("r1")));
    assert_eq!(b.registration(1, "T1").flag.as_deref(), Some("wrong_mode"));
    assert_eq!(b.due(1, DutyKind::Resample), ["26T20:00"], "and the person is sampled again singly");
    b.swab("26T09:00", "T2", 1, "single", Some("r1"));
    assert!(b.due(1, DutyKind::Resample).is_empty());
}

#[test]
fn a_full_tube_is_refused_and_flagged_when_already_swabbed() {
    let mut b = with_round();
    b.pool("26T08:00", "T1", 1..=10);
    assert_eq!(b.refuse("26T08:01", "registered", swab("T1", 11, "pooled", Some("r1"))), "tube.full");
    b.contact("26T07:30", 1, 12, "high_risk_spillover", "26T07:00");
    b.say("26T08:02", "registered", swabbed("T1", 12, "pooled", Some("r1")));
    assert_eq!(b.registration(12, "T1").flag.as_deref(), Some("wrong_mode,overfull"), "one flag does not hide another");
    assert_eq!(b.kinds(12).iter().filter(|k| **k == DutyKind::Resample).count(), 1);
    assert_eq!(b.tube("T1").members, 11);
    assert_eq!(b.refuse("26T08:03", "registered", swabbed("T1", 12, "pooled", Some("r1"))), "tube.person_twice");
}

#[test]
fn a_household_tube_is_for_one_household() {
    let mut b = with_round();
    b.swab("26T08:00", "H1", 1, "household", Some("r1"));
    b.swab("26T08:01", "H1", 2, "household", Some("r1"));
    assert_eq!(b.refuse("26T08:02", "registered", swab("H1", 4, "household", Some("r1"))), "tube.other_household");
    b.say("26T08:03", "registered", swabbed("H1", 4, "household", Some("r1")));
    assert_eq!(b.registration(4, "H1").flag.as_deref(), Some("other_household"));
}

#[test]
fn a_zone_decides_the_tube_of_its_residents() {
    let mut b = with_round();
    let zone = json!({"place": format!("{COMPOUND}.b1"), "level": "high", "reason": "a case", "decider": "command"});
    b.say("26T07:30", "zone_designated", zone);
    assert_eq!(b.refuse("26T08:00", "registered", swab("T1", 1, "pooled", Some("r1"))), "tube.wrong_mode");
    b.swab("26T08:00", "H1", 1, "household", Some("r1"));
    b.swab("26T08:00", "S1", 2, "single", Some("r1")); // Stricter than asked is always right.
    assert_eq!(b.tube("H1").mode, TubeMode::Household);
    b.swab("26T08:00", "T1", 7, "pooled", Some("r1")); // Building b2 is outside.
    b.say("26T09:00", "zone_lifted", json!({"place": format!("{COMPOUND}.b1"), "early": true, "reason": "error", "decider": "command"}));
    b.swab("26T09:30", "T1", 3, "pooled", Some("r1"));
}

#[test]
fn a_walk_in_is_listed_and_swabbed_in_one_submission() {
    let mut b = with_round();
    assert_eq!(b.refuse("26T08:00", "registered", swab("T1", 13, "pooled", Some("r1"))), "person.unknown");
    let listed = json!({"person": p(13), "name": "Guest", "sex": "female", "home": household(1)});
    let facts = vec![fact("26T08:00", "person_listed", listed), fact("26T08:00", "registered", swab("T1", 13, "pooled", Some("r1")))];
    b.bundle("26T08:00", facts).unwrap();
    let r = b.registration(13, "T1");
    assert_eq!((r.counts, r.flag.as_deref()), (false, Some("not_on_roster")));
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 0, 0, 0]);
    assert_eq!(b.counts(DutyKind::Result), [1, 0, 0, 0, 0], "the guest waits for a result like everyone");
}

#[test]
fn a_second_swab_of_a_round_is_a_repeat_and_counts_when_the_first_is_void() {
    let mut b = with_round();
    b.swab("26T08:00", "T1", 1, "pooled", Some("r1"));
    b.swab("26T09:00", "T2", 1, "pooled", Some("r1"));
    assert_eq!(b.registration(1, "T2").flag.as_deref(), Some("repeat"));
    b.say("26T10:00", "registration_voided", json!({"tube": "T1", "person": p(1), "reason": "wrong barcode"}));
    assert!(b.registration(1, "T2").counts);
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 1, 0, 0]);
    b.say("26T10:00", "registration_voided", json!({"tube": "T2", "person": p(1), "reason": "wrong barcode"}));
    assert_eq!(b.counts(DutyKind::Sample), [12, 1, 1, 0, 0], "nobody was sampled: the duty is open again");
    assert_eq!(b.counts(DutyKind::Result), [2, 0, 0, 0, 2]);
    b.swab("26T11:00", "T1", 1, "pooled", Some("r1")); // The same tube, rightly this time.
    assert_eq!(b.tube("T1").members, 1);
}

#[test]
fn an_offline_station_hands_in_late_what_was_swabbed_before_the_tube_was_sealed() {
    let mut b = with_round();
    b.swab("26T08:00", "T1", 1, "pooled", Some("r1"));
    b.seal("26T09:00", "T1");
    let mut late = swab("T1", 2, "pooled", Some("r1"));
    late["at"] = "26T08:30".into();
    b.say("26T12:00", "registered", late);
    assert_eq!((b.tube("T1").members, b.tube("T1").state), (2, TubeState::Sealed));
    let mut after = swab("T1", 3, "pooled", Some("r1"));
    after["at"] = "26T09:30".into();
    assert_eq!(b.refuse("26T12:00", "registered", after), "tube.not_open");
}

#[test]
fn a_wrong_binding_before_the_result_moves_to_the_right_person() {
    let mut b = with_round();
    b.swab("26T08:00", "T1", 1, "pooled", Some("r1"));
    b.say("26T08:30", "registration_reassigned", json!({"tube": "T1", "from": p(1), "to": p(2), "reason": "sisters"}));
    assert!(!b.registration(1, "T1").counts && b.registration(2, "T1").counts);
    assert_eq!(b.registration(2, "T1").flag.as_deref(), Some("reassigned"));
    assert_eq!(b.counts(DutyKind::Sample), [12, 1, 2, 0, 0]);
    assert_eq!((b.counts(DutyKind::Result), b.tube("T1").members), ([2, 0, 0, 0, 1], 1));
    let again = json!({"tube": "T1", "from": p(1), "to": p(3), "reason": "sisters"});
    assert_eq!(b.refuse("26T08:40", "registration_reassigned", again), "registration.unknown");
}

#[test]
fn a_wrong_binding_found_after_a_negative_result_opens_the_duty_again() {
    let mut b = with_round();
    b.pool("26T08:00", "T1", [1, 2]);
    b.receive("26T09:00", &["T1"]);
    b.result("26T10:00", "T1", "negative", None);
    b.say("26T11:00", "registration_voided", json!({"tube": "T1", "person": p(1), "reason": "was not there"}));
    assert_eq!(b.counts(DutyKind::Sample), [12, 1, 2, 0, 0]);
    assert_eq!((b.tube("T1").members, b.tube("T1").result), (1, Some(TestResult::Negative)));
}

#[test]
fn a_wrong_binding_in_a_positive_pool_recalls_the_right_person_instead() {
    let mut b = with_round();
    b.pool("26T08:00", "T1", [1, 2]);
    b.receive("26T09:00", &["T1"]);
    b.result("26T10:00", "T1", "positive", Some(30.0));
    b.say("26T11:00", "registration_reassigned", json!({"tube": "T1", "from": p(1), "to": p(3), "reason": "twins"}));
    assert!(b.duties(1).is_empty() && b.person(1).exposure == Exposure::None && !b.person(1).attention);
    assert_eq!((b.kinds(2), b.kinds(3)), (vec![DutyKind::Recall], vec![DutyKind::Recall]));
    assert_eq!(b.person(3).exposure, Exposure::Recalled);
}

#[test]
fn a_wrong_binding_of_a_positive_single_moves_the_case() {
    let mut b = Book::new();
    b.case(26, 1);
    b.bring("26T11:00", 1, 1, SHELTER);
    b.say("26T12:00", "registration_reassigned", json!({"tube": "CASE1", "from": p(1), "to": p(2), "reason": "labels swapped"}));
    assert!(b.active_case(1).is_none() && b.duties(1).is_empty());
    assert_eq!((b.person(1).standing, b.person(1).attention), (Standing::AtHome, false));
    assert_eq!((b.transfer(1).state, b.place(SHELTER).reserved), (TransferState::CalledOff, 0));
    assert!(b.active_case(2).is_some_and(|c| c.tube.unwrap().as_str() == "CASE1"));
    assert!(b.kinds(2).contains(&DutyKind::Transfer));
}

#[test]
fn what_a_wrong_swab_discharged_is_open_again() {
    let mut b = with_round();
    b.pool("26T08:00", "T1", [1, 2]);
    b.receive("26T09:00", &["T1"]);
    b.result("26T10:00", "T1", "positive", Some(30.0));
    b.swab("26T11:00", "S1", 1, "single", None);
    assert!(b.kinds(1).is_empty());
    b.receive("26T12:00", &["S1"]);
    b.result("26T13:00", "S1", "negative", None);
    assert_eq!(b.person(1).exposure, Exposure::None, "cleared, as it seems");
    b.say("26T14:00", "registration_voided", json!({"tube": "S1", "person": p(1), "reason": "it was the neighbour's swab"}));
    assert_eq!((b.kinds(1), b.person(1).exposure), (vec![DutyKind::Recall], Exposure::Recalled));
    assert_eq!(b.counts(DutyKind::Recall), [2, 1, 1, 0, 0]);
}

#[test]
fn a_swab_taken_before_the_recall_does_not_answer_it() {
    let mut b = with_round();
    b.pool("26T08:00", "T1", [1, 2]);
    b.receive("26T09:00", &["T1"]);
    b.result("26T10:00", "T1", "positive", Some(30.0));
    let mut early = swab("S1", 1, "single", None);
    early["at"] = "26T08:30".into();
    b.say("26T10:30", "registered", early);
    assert_eq!(b.kinds(1), [DutyKind::Recall]);
}

#[test]
fn a_wrong_date_and_a_station_that_is_not_listed_are_refused_for_every_member() {
    let mut b = with_round();
    b.pool("26T08:00", "T1", [1]);
    let mut old = swab("T1", 2, "pooled", Some("r1"));
    old["at"] = "24T08:00".into();
    assert_eq!(b.refuse("26T08:10", "registered", old), "round.not_begun");
    let mut elsewhere = swab("T1", 2, "pooled", Some("r1"));
    elsewhere["station"] = "50.500237.101.001.s99".into();
    assert_eq!(b.refuse("26T08:10", "registered", elsewhere), "station.unknown");
}

#[test]
fn a_reassigned_swab_keeps_the_time_at_which_it_was_taken() {
    let mut b = with_round();
    b.swab("26T08:00", "T1", 1, "pooled", Some("r1"));
    b.say("26T11:00", "registration_reassigned", json!({"tube": "T1", "from": p(1), "to": p(2), "reason": "sisters"}));
    assert_eq!(short(b.registration(2, "T1").sampled_at), "26T08:00");
}

#[test]
fn a_swab_outside_any_round_is_in_its_tube_once_too() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "pooled", None);
    assert_eq!(b.refuse("26T08:05", "registered", swab("T1", 1, "pooled", None)), "tube.person_twice");
}

#[test]
fn a_swab_of_a_round_is_no_exit_test() {
    let mut b = Book::new();
    b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.round("06T07:00", "r1");
    b.swab("06T09:00", "S1", 1, "single", Some("r1"));
    assert_eq!(b.due(1, DutyKind::ExitTest).len(), 1);
}
