//! Results: what is refused because it would release a positive, failures and corrections, tubes that cannot be tested.

use crate::common::*;
use quell_book::*;
use quell_protocol::Exposure;
use serde_json::json;

/// A plate with right controls.
fn good(plate: &str) -> serde_json::Value {
    json!({"plate": plate, "laboratory": LABORATORY, "positive_control_ok": true, "negative_control_ok": true})
}

/// A received pool of persons 1 to 3.
fn received() -> Book {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", 1..=3);
    b.receive("26T09:00", &["T1"]);
    b
}

#[test]
fn a_result_file_cannot_release_a_positive() {
    let mut b = received();
    assert_eq!(b.refuse("26T10:00", "result_read", read("T1", "negative", Some(31.0))), "result.contradiction");
    assert_eq!(b.refuse("26T10:00", "result_read", read("T1", "positive", Some(41.0))), "result.contradiction");
    assert_eq!(b.refuse("26T10:00", "result_read", read("T9", "negative", None)), "tube.unknown");
    b.swab("26T09:30", "T2", 4, "pooled", Some("r1"));
    b.seal("26T09:40", "T2");
    assert_eq!(b.refuse("26T10:00", "result_read", read("T2", "negative", None)), "result.not_received");

    b.result("26T10:00", "T1", "positive", Some(30.0));
    assert_eq!(b.refuse("26T11:00", "result_read", read("T1", "negative", None)), "result.positive_before");
    assert_eq!(b.refuse("26T11:00", "result_read", read("T1", "indeterminate", None)), "result.positive_before");
    assert_eq!(b.refuse("26T11:00", "result_read", read("T1", "positive", Some(30.0))), "result.same");
}

#[test]
fn results_of_a_plate_with_failed_controls_do_not_count() {
    let mut b = received();
    let plate =
        |name: &str, ok: bool| json!({"plate": name, "laboratory": LABORATORY, "positive_control_ok": true, "negative_control_ok": ok});
    let on = |name: &str| json!({"tube": "T1", "plate": name, "result": "negative"});
    assert_eq!(b.refuse("26T10:00", "result_read", on("P1")), "plate.unknown");
    b.say("26T10:00", "plate_read", plate("P1", false));
    assert_eq!(b.refuse("26T10:00", "result_read", on("P1")), "plate.control_failed");
    assert_eq!(b.refuse("26T10:30", "plate_read", plate("P1", true)), "plate.exists");
    b.say("26T11:00", "plate_read", plate("P2", true));
    b.say("26T11:00", "result_read", on("P2"));
}

#[test]
fn a_positive_is_not_read_away_on_another_plate_without_a_correction() {
    let mut b = Book::new();
    b.single(26, 8, "T1", 1, "positive", Some(30.0));
    let refusal = b.bundle("26T11:00", vec![good_plate("26T11:00", "P2"), repeat("26T11:00", "T1", "P2", "negative")]).unwrap_err();
    assert_eq!((refusal.rule.as_str(), refusal.fact), ("result.positive_before", 1));
    assert_eq!(b.tube("T1").result, Some(TestResult::Positive));
}

#[test]
fn a_failed_run_says_nothing_of_its_laboratory() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.receive("26T09:00", &["T1"]);
    b.result("26T10:00", "T1", "failed", None);
    assert!(b.replay.state.laboratory_days.iter().next().is_none());
    b.result("26T11:00", "T1", "positive", Some(22.0));
    let day = b.replay.state.laboratory_days.iter().next().unwrap().clone();
    assert_eq!((day.tubes, day.positive), (1, 1));
}

#[test]
fn a_failed_run_is_repeated_and_after_the_last_run_the_tube_is_given_up() {
    let mut b = received();
    b.result("26T10:00", "T1", "failed", None);
    assert_eq!(b.counts(DutyKind::Retest), [1, 0, 0, 0, 0]);
    b.result("26T12:00", "T1", "negative", None);
    assert_eq!(b.counts(DutyKind::Retest), [1, 0, 1, 0, 0]);
    b.result("26T13:00", "T1", "failed", None);
    assert_eq!(b.tube("T1").result, Some(TestResult::Negative), "a failed run takes no result away");
    assert_eq!(b.counts(DutyKind::Retest), [1, 0, 1, 0, 0]);

    let mut b = received();
    b.result("26T10:00", "T1", "failed", None);
    b.result("26T12:00", "T1", "failed", None);
    assert_eq!(b.tube("T1").state, TubeState::Spoilt);
    assert_eq!(b.counts(DutyKind::Retest), [1, 0, 0, 0, 1]);
    assert!((1..=3).all(|n| b.kinds(n) == [DutyKind::Resample]));
}

#[test]
fn members_of_a_tube_that_cannot_be_tested_are_sampled_again() {
    // At every stage of its way; what the tube itself still owed ends.
    let open = |b: &Book| {
        [DutyKind::Seal, DutyKind::Deliver, DutyKind::Test, DutyKind::Result].map(|k| {
            let [opened, reopened, discharged, waived, superseded] = b.counts(k);
            opened + reopened - discharged - waived - superseded
        })
    };
    for stage in 0..4 {
        let mut b = Book::new();
        b.round("26T07:00", "r1");
        b.pool("26T08:00", "T1", 1..=3);
        if stage > 0 {
            b.seal("26T08:10", "T1");
        }
        if stage > 1 {
            b.say("26T08:20", "handed_over", json!({"tube": "T1", "from": "station", "to": "courier"}));
        }
        if stage > 2 {
            b.receive("26T09:00", &["T1"]);
        }
        let kind = if stage == 2 { "tube_lost" } else { "tube_spoilt" };
        assert_eq!(b.refuse("26T10:00", kind, json!({"tube": "T1", "reason": " "})), "tube.reason");
        b.say("26T10:00", kind, json!({"tube": "T1", "reason": "broken"}));
        assert_eq!(open(&b), [0; 4]);
        assert!((1..=3).all(|n| b.due(n, DutyKind::Resample) == ["26T22:00"]));
        assert_eq!(b.refuse("26T11:00", kind, json!({"tube": "T1", "reason": "broken"})), "tube.ended");
    }
}

#[test]
fn an_inadequate_specimen_is_not_tested() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", [1]);
    b.seal("26T08:10", "T1");
    b.say("26T08:20", "box_packed", json!({"box": "B1", "tubes": ["T1"]}));
    let intake = |reason: &str| json!({"box": "B1", "laboratory": LABORATORY, "condition": "not_adequate", "reason": reason});
    assert_eq!(b.refuse("26T09:00", "received", intake("")), "intake.reason");
    b.say("26T09:00", "received", intake("leaking"));
    assert_eq!((b.tube("T1").state, b.kinds(1)), (TubeState::Spoilt, vec![DutyKind::Resample]));
    assert_eq!(b.counts(DutyKind::Deliver), [1, 0, 0, 0, 1]);
}

#[test]
fn a_tube_named_twice_at_intake_is_refused() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    let twice = json!({"laboratory": LABORATORY, "tubes": ["T1", "T1"], "condition": "adequate"});
    assert_eq!(b.refuse("26T09:00", "received", twice), "intake.state");
    let nowhere = json!({"laboratory": STATION, "tubes": ["T1"], "condition": "adequate"});
    assert_eq!(b.refuse("26T09:00", "received", nowhere), "laboratory.unknown");
}

#[test]
fn a_wrong_person_in_a_spoilt_tube_is_put_right() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", [1, 2]);
    b.say("26T09:00", "tube_spoilt", json!({"tube": "T1", "reason": "broken"}));
    b.say("26T10:00", "registration_reassigned", json!({"tube": "T1", "from": p(1), "to": p(3), "reason": "twins"}));
    assert_eq!((b.kinds(1), b.kinds(3)), (vec![], vec![DutyKind::Resample]));
    assert_eq!(b.counts(DutyKind::Sample), [12, 1, 3, 0, 0], "person 1 is to be sampled in the round");
}

#[test]
fn an_indeterminate_pool_recalls_and_an_indeterminate_single_is_sampled_again() {
    let mut b = received();
    b.result("26T10:00", "T1", "indeterminate", Some(39.0));
    assert!((1..=3).all(|n| b.kinds(n) == [DutyKind::Recall]));
    assert!(b.duties(1).iter().all(|d| d.tube.as_ref().is_some_and(|t| t.as_str() == "T1")), "a recall names its pool");
    b.single(26, 11, "S1", 1, "indeterminate", None);
    assert_eq!((b.kinds(1), b.person(1).exposure), (vec![DutyKind::Resample], Exposure::Recalled));
    b.correct("26T14:00", "S1");
    assert!(b.kinds(1).is_empty(), "nothing was indeterminate, so nothing is sampled again");
}

#[test]
fn a_false_positive_pool_takes_back_its_recalls() {
    let mut b = received();
    b.result("26T10:00", "T1", "positive", Some(33.0));
    assert_eq!(
        b.refuse("26T11:00", "result_corrected", json!({"tube": "T1", "result": "negative", "reason": "", "decider": "x"})),
        "correction.reason"
    );
    assert_eq!(b.refuse("26T11:00", "result_corrected", corrected("T1", "positive")), "correction.same");
    let mut contradiction = corrected("T1", "negative");
    contradiction["targets"] = json!([{"target": "N", "ct": 31.0}]);
    assert_eq!(b.refuse("26T11:00", "result_corrected", contradiction), "result.contradiction");
    b.correct("26T11:00", "T1");
    assert!((1..=3).all(|n| b.duties(n).is_empty() && b.person(n).exposure == Exposure::None && !b.person(n).attention));
    assert_eq!(b.counts(DutyKind::Recall), [3, 0, 0, 0, 3]);
}

#[test]
fn a_positive_swab_that_belongs_to_nobody_is_looked_into_until_it_has_an_owner() {
    let mut b = Book::new();
    b.single(26, 8, "S1", 1, "positive", Some(25.0));
    let void = json!({"tube": "S1", "person": p(1), "reason": "was not there that day"});
    b.say("26T13:00", "registration_voided", void);
    assert!(b.active_case(1).is_none());
    assert_eq!(b.counts(DutyKind::IdentifySwab), [1, 0, 0, 0, 0]);
    let reasonless = json!({"tube": "S1", "from": p(1), "to": p(2), "reason": " "});
    assert_eq!(b.refuse("26T13:30", "registration_reassigned", reasonless), "void.reason");
    // The station finds out who it was.
    b.say("26T14:00", "registration_reassigned", json!({"tube": "S1", "from": p(1), "to": p(2), "reason": "next in the queue"}));
    assert!(b.active_case(2).is_some() && b.person(2).standing == Standing::Infected);
    assert_eq!(b.counts(DutyKind::IdentifySwab), [1, 0, 1, 0, 0]);
}

#[test]
fn a_false_negative_is_corrected_to_a_case() {
    let mut b = Book::new();
    b.single(26, 8, "S1", 1, "negative", None);
    b.say("26T12:00", "result_corrected", corrected("S1", "positive"));
    assert!(b.active_case(1).is_some() && b.person(1).standing == Standing::Infected);
}

#[test]
fn a_pool_that_is_read_again_recalls_and_counts_once() {
    let mut b = received();
    b.result("26T10:00", "T1", "indeterminate", Some(39.0));
    b.result("26T11:00", "T1", "positive", Some(30.0));
    assert_eq!(b.due(1, DutyKind::Recall), ["26T14:00"]);
    assert_eq!((b.counts(DutyKind::Test), b.counts(DutyKind::Result)), ([1, 0, 1, 0, 0], [3, 0, 3, 0, 0]));
}

#[test]
fn who_is_alone_in_a_positive_pool_is_the_case() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "pooled", None);
    b.receive("26T09:00", &["T1"]);
    b.result("26T10:00", "T1", "positive", Some(30.0));
    assert!(b.active_case(1).is_some() && b.due(1, DutyKind::Recall).is_empty());
}

#[test]
fn a_negative_of_before_the_recall_clears_nobody() {
    let mut b = received();
    b.swab("26T09:30", "S1", 1, "single", None);
    b.result("26T10:00", "T1", "positive", Some(30.0));
    b.receive("26T10:30", &["S1"]);
    b.result("26T11:00", "S1", "negative", None);
    assert_eq!((b.kinds(1), b.person(1).exposure), (vec![DutyKind::Recall], Exposure::Recalled));
}

#[test]
fn a_ct_of_exactly_the_cut_off_is_not_positive() {
    let mut b = received();
    assert_eq!(b.refuse("26T10:00", "result_read", read("T1", "positive", Some(40.0))), "result.contradiction");
    b.result("26T10:00", "T1", "negative", Some(40.0));
}

#[test]
fn a_correction_to_negative_waits_for_the_reading_of_a_repeat() {
    let mut b = Book::new();
    b.say("26T07:00", "plate_read", good("P1"));
    b.swab("26T08:00", "S1", 1, "single", None);
    b.receive("26T09:00", &["S1"]);
    b.say("26T10:00", "result_read", json!({"tube": "S1", "plate": "P1", "result": "positive"}));
    let mut by_the_sender = corrected("S1", "negative");
    by_the_sender["decider"] = " Desk".into();
    assert_eq!(b.refuse("26T11:00", "result_corrected", by_the_sender), "correction.second_signature");
    b.say("26T11:00", "result_corrected", corrected("S1", "negative"));
    let still_a_case = |b: &Book| b.active_case(1).is_some() && b.tube("S1").result == Some(TestResult::Positive);
    assert!(still_a_case(&b), "a word releases nobody");
    assert_eq!(b.counts(DutyKind::ConfirmCorrection), [1, 0, 0, 0, 0]);
    assert_eq!(b.refuse("26T11:30", "result_corrected", corrected("S1", "negative")), "correction.waiting");
    // Only a reading on another plate with right controls bears it out.
    assert_eq!(b.refuse("26T12:00", "result_read", read("S1", "negative", None)), "result.repeat_plate");
    let on = |plate: &str, result: &str| json!({"tube": "S1", "plate": plate, "result": result});
    assert_eq!(b.refuse("26T12:00", "result_read", on("P1", "negative")), "result.repeat_plate");
    b.say(
        "26T12:00",
        "plate_read",
        json!({"plate": "P2", "laboratory": LABORATORY, "positive_control_ok": false, "negative_control_ok": true}),
    );
    assert_eq!(b.refuse("26T12:00", "result_read", on("P2", "negative")), "plate.control_failed");
    assert!(still_a_case(&b));
    b.say("26T13:00", "plate_read", good("P3"));
    b.say("26T13:00", "result_read", on("P3", "negative"));
    assert!(b.active_case(1).is_none() && b.tube("S1").result == Some(TestResult::Negative) && b.duties(1).is_empty());
    assert_eq!(b.counts(DutyKind::ConfirmCorrection), [1, 0, 1, 0, 0]);
}

#[test]
fn a_repeat_that_is_positive_again_refutes_the_correction() {
    let mut b = Book::new();
    b.case(26, 1);
    b.say("26T11:00", "result_corrected", corrected("CASE1", "negative"));
    b.say("26T12:00", "plate_read", good("P1"));
    b.say("26T12:00", "result_read", json!({"tube": "CASE1", "plate": "P1", "result": "positive"}));
    assert!(b.active_case(1).is_some());
    assert_eq!(b.counts(DutyKind::ConfirmCorrection), [1, 0, 0, 0, 1]);
    assert_eq!(b.refuse("26T12:30", "result_read", read("CASE1", "negative", None)), "result.positive_before");
}

#[test]
fn whoever_waits_after_an_indeterminate_is_released_by_a_repeat_only() {
    let mut b = received();
    b.result("26T10:00", "T1", "indeterminate", None);
    assert_eq!(b.refuse("26T11:00", "result_read", read("T1", "negative", None)), "result.repeat_plate");
    b.say("26T11:00", "plate_read", good("P1"));
    b.say("26T11:00", "result_read", json!({"tube": "T1", "plate": "P1", "result": "negative"}));
    assert_eq!(b.tube("T1").result, Some(TestResult::Negative));
}

#[test]
fn many_corrections_at_once_come_with_their_repeats() {
    let mut b = Book::new();
    let tubes: Vec<String> = (1..=5).map(|n| format!("S{n}")).collect();
    for (n, tube) in (1..).zip(&tubes) {
        b.single(26, 8, tube, n, "positive", Some(25.0));
    }
    let correct = |tube: &String| fact("26T12:00", "result_corrected", corrected(tube, "negative"));
    let refusal = b.bundle("26T12:00", tubes.iter().map(correct).collect()).expect_err("five at once");
    assert_eq!((refusal.rule.as_str(), refusal.fact, refusal.kind.as_str()), ("correction.many", 0, "result_corrected"));
    b.bundle("26T12:00", tubes.iter().take(4).map(correct).collect()).expect("four wait for their repeats");
    assert!((1..=5).all(|n| b.active_case(n).is_some()));
    let mut b = Book::new();
    let mut all = vec![good_plate("26T12:00", "P1")];
    for (n, tube) in (1..).zip(&tubes) {
        b.single(26, 8, tube, n, "positive", Some(25.0));
        all.extend([correct(tube), repeat("26T12:00", tube, "P1", "negative")]);
    }
    b.bundle("26T12:00", all).expect("each with its repeat");
    assert!((1..=5).all(|n| b.active_case(n).is_none()));
}
