//! Who is sampled again because of which tube: what one tube asks is not what another asks.

use crate::common::*;
use quell_book::*;
use serde_json::json;

/// People 1 to 3 in a pool that is positive.
fn positive_pool(b: &mut Book, tube: &str, hour: u32) {
    for n in 1..=3 {
        b.say(&format!("26T{hour:02}:00"), "registered", swabbed(tube, n, "pooled", None));
    }
    b.receive(&format!("26T{hour:02}:10"), &[tube]);
    b.result(&format!("26T{hour:02}:20"), tube, "positive", Some(30.0));
}

fn void(tube: &str, person: u32) -> serde_json::Value {
    json!({"tube": tube, "person": p(person), "reason": "was not there"})
}

#[test]
fn a_false_positive_pool_takes_back_its_own_recalls_only() {
    let mut b = Book::new();
    positive_pool(&mut b, "T1", 8);
    positive_pool(&mut b, "T2", 9);
    b.correct("26T10:00", "T1");
    let open: Vec<_> = b.duties(1).into_iter().filter(|d| d.kind == DutyKind::Recall).collect();
    assert_eq!(open.len(), 1, "the other pool is positive still");
    assert_eq!(open[0].tube.as_ref().map(|t| t.as_str()), Some("T2"));
    b.swab("26T10:30", "S1", 1, "single", None);
    assert!(b.due(1, DutyKind::Recall).is_empty());
}

#[test]
fn who_is_left_in_a_false_positive_pool_is_not_recalled() {
    let mut b = Book::new();
    positive_pool(&mut b, "T1", 8);
    b.say("26T09:00", "registration_voided", void("T1", 1));
    b.say("26T09:00", "registration_voided", void("T1", 2));
    assert_eq!(b.due(3, DutyKind::Recall).len(), 1);
    b.correct("26T10:00", "T1");
    assert!(b.due(3, DutyKind::Recall).is_empty());
}

#[test]
fn who_was_not_in_a_tube_is_not_sampled_again_because_of_it() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "pooled", None);
    b.say("26T09:00", "tube_spoilt", json!({"tube": "T1", "reason": "broken"}));
    assert_eq!(b.due(1, DutyKind::Resample).len(), 1);
    b.say("26T10:00", "registration_voided", void("T1", 1));
    assert!(b.due(1, DutyKind::Resample).is_empty(), "a spoilt tube outside any round");

    b.contact("26T10:00", 1, 2, "high_risk_spillover", "26T07:00");
    b.say("26T11:00", "registered", swabbed("T2", 2, "pooled", None));
    assert_eq!(b.due(2, DutyKind::Resample).len(), 1);
    b.say("26T12:00", "registration_voided", void("T2", 2));
    assert!(b.due(2, DutyKind::Resample).is_empty(), "a tube of the wrong mode");
}

#[test]
fn a_recall_that_was_answered_and_has_lost_its_ground_stays_ended() {
    let mut b = Book::new();
    positive_pool(&mut b, "T1", 8);
    b.swab("26T09:00", "S1", 1, "single", None);
    b.correct("26T10:00", "T1");
    b.say("26T11:00", "registration_voided", void("S1", 1));
    assert!(b.due(1, DutyKind::Recall).is_empty());
}

#[test]
fn who_was_recalled_and_waits_for_a_result_is_looked_after_still() {
    let mut b = Book::new();
    positive_pool(&mut b, "T1", 8);
    b.swab("26T09:00", "S1", 1, "single", None);
    b.seal("26T09:10", "S1");
    let p = b.person(1);
    assert!(b.duties(1).is_empty() && p.exposure == quell_protocol::Exposure::Recalled && p.attention);
}

#[test]
fn one_intake_of_two_bad_tubes_of_a_person_owes_a_sample_for_each() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.swab("26T08:00", "T2", 1, "single", None);
    let warm = json!({"laboratory": LABORATORY, "tubes": ["T1", "T2"], "condition": "not_adequate", "reason": "too warm"});
    b.say("26T09:00", "received", warm);
    assert_eq!(b.due(1, DutyKind::Resample).len(), 2);
    b.swab("26T10:00", "T3", 1, "single", None);
    assert!(b.due(1, DutyKind::Resample).is_empty(), "one swab answers both");
}

#[test]
fn of_several_repeats_the_first_counts_when_the_counting_swab_is_void() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    for tube in ["T4", "T5", "T12"] {
        b.swab("26T08:00", tube, 1, "pooled", Some("r1"));
    }
    b.say("26T09:00", "registration_voided", void("T4", 1));
    assert!(b.registration(1, "T5").counts && !b.registration(1, "T12").counts);
}
