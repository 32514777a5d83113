//! The daily close: what blocks it, what it seals, and the chain of days.

use crate::common::*;
use quell_book::*;
use quell_foundation::*;
use serde_json::json;

fn close(day: u32) -> serde_json::Value {
    json!({"day": format!("2022-11-{day:02}"), "decider": "duty officer"})
}
fn own(kind: &str) -> serde_json::Value {
    json!({"kind": kind, "place": ROOT, "owner": "Township 101", "reason": "heavy rain"})
}

#[test]
fn a_day_closes_when_everything_overdue_has_an_owner_and_a_reason() {
    let mut b = Book::new();
    b.round("26T07:00", "r1"); // Due on the 27th at 07:00.
    b.pool("26T08:00", "T1", 1..=3); // To be sealed by 08:30.
    assert_eq!(b.refuse("26T22:00", "day_closed", close(25)), "close.day");
    assert_eq!(b.refuse("26T22:00", "day_closed", close(27)), "close.day");
    assert_eq!(b.refuse("26T22:00", "day_closed", close(26)), "close.owner", "the tube is not sealed");
    assert_eq!(b.refuse("26T22:00", "overdue_owned", json!({"kind": "seal", "place": ROOT, "owner": "", "reason": "x"})), "owner.reason");
    b.say("26T22:05", "overdue_owned", own("seal"));
    assert_eq!(b.refuse("26T22:06", "day_closed", close(26)), "close.owner", "three people wait for a result");
    b.say("26T22:07", "overdue_owned", own("result"));
    b.say("26T22:10", "day_closed", close(26));

    let day = b.replay.state.sealed_days.iter().next().unwrap().clone();
    let line = |kind: DutyKind| day.sheet.lines.iter().find(|l| l.kind == kind).unwrap().clone();
    let sample = line(DutyKind::Sample);
    assert_eq!((sample.opened, sample.discharged, sample.in_time, sample.carried_out, sample.overdue), (12, 3, 3, 9, 0));
    assert_eq!((line(DutyKind::Seal).carried_out, line(DutyKind::Seal).overdue), (1, 1));
    assert_eq!(day.sheet.owned.len(), 2);
    assert_eq!(b.replay.state.open_day, Some(day.day.plus(1)));
    assert_eq!(b.refuse("26T22:20", "day_closed", close(26)), "close.day");
    assert_eq!(b.refuse("26T22:20", "day_closed", close(27)), "close.future");
}

#[test]
fn days_are_chained_and_what_arrives_later_belongs_to_the_next_day() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.receive("26T09:00", &["T1"]);
    b.say("26T12:00", "day_closed", close(26));
    b.result("26T13:00", "T1", "negative", None); // The 26th is sealed: this is the 27th's.
    b.say("27T22:00", "day_closed", close(27));
    let days: Vec<_> = b.replay.state.sealed_days.iter().cloned().collect();
    let test = days[1].sheet.lines.iter().find(|l| l.kind == DutyKind::Test).unwrap();
    assert_eq!((test.carried_in, test.discharged, test.carried_out), (1, 1, 0));
    for (i, day) in days.iter().enumerate() {
        assert_eq!(day.sheet_hash, day.sheet.hash());
        let before = i.checked_sub(1).map(|j| &days[j]);
        assert_eq!(day.day_hash, quell_book::rows::SealedDay::chain(before, day.day, day.sheet_hash, Hash::default()));
    }
    let mut changed = days[0].sheet.clone();
    changed.lines[0].opened += 1;
    assert_ne!(changed.hash(), days[0].sheet_hash, "any change of a sheet shows");
}

#[test]
fn owners_are_named_anew_every_day() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.say("26T22:00", "overdue_owned", own("seal"));
    b.say("26T22:00", "overdue_owned", own("result"));
    b.say("26T22:10", "day_closed", close(26));
    assert_eq!(b.refuse("27T22:10", "day_closed", close(27)), "close.owner");
}

#[test]
fn a_close_is_a_submission_of_its_own() {
    let mut b = Book::new();
    let facts = vec![fact("26T08:00", "registered", swab("T1", 1, "single", None)), fact("", "day_closed", close(26))];
    let refusal = b.bundle("26T08:00", facts).unwrap_err();
    assert_eq!((refusal.rule.as_str(), refusal.fact, refusal.kind.as_str()), ("close.alone", 1, "day_closed"));
}

#[test]
fn an_owner_answers_for_the_places_below_and_no_others() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    let elsewhere = |kind: &str| json!({"kind": kind, "place": "50.500237.102", "owner": "x", "reason": "y"});
    b.say("26T22:00", "overdue_owned", elsewhere("seal"));
    b.say("26T22:00", "overdue_owned", elsewhere("result"));
    assert_eq!(b.refuse("26T22:10", "day_closed", close(26)), "close.owner");
}

#[test]
fn a_submission_is_accepted_whole_or_not_at_all() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    let before = dump(&b.replay);
    let facts = vec![
        fact("26T08:00", "registered", swab("T1", 1, "pooled", Some("r1"))),
        fact("26T08:00", "contact_named", naming(1, 2, "close", "26T07:00")),
        fact("26T08:00", "registered", swab("T1", 2, "pooled", Some("r1"))), // Now a contact: not in a pool.
    ];
    let refusal = b.bundle("26T08:00", facts.clone()).unwrap_err();
    assert_eq!((refusal.fact, refusal.rule.as_str()), (2, "tube.wrong_mode"));
    assert_eq!(dump(&b.replay), before);
    b.bundle("26T08:00", facts[..2].to_vec()).unwrap();
}

#[test]
fn a_waived_duty_says_who_and_why() {
    let mut b = Book::new();
    b.contact("26T09:00", 1, 1, "high_risk_spillover", "26T08:00");
    let duty = b.duties(1)[0].duty_id;
    assert_eq!(b.refuse("26T10:00", "duty_waived", json!({"duty": duty, "decision": {"decider": "c", "reason": " "}})), "waiver.reason");
    b.say("26T10:00", "duty_waived", json!({"duty": duty, "decision": decision()}));
    let d = b.replay.state.duties.get(&duty).unwrap();
    assert_eq!((d.state, d.decider.as_deref()), (DutyState::Waived, Some("county command")));
    assert_eq!(b.refuse("26T10:00", "duty_waived", json!({"duty": duty, "decision": decision()})), "duty.unknown");
}

#[test]
fn a_day_that_does_not_balance_is_not_sealed() {
    for wrong in [1, -1] {
        let mut b = Book::new();
        b.swab("26T08:00", "T1", 1, "single", None);
        b.say("26T08:10", "overdue_owned", own("seal"));
        b.say("26T08:10", "overdue_owned", own("result"));
        b.replay.tallies.values_mut().next().unwrap().opened += wrong;
        assert_eq!(b.refuse("26T22:00", "day_closed", close(26)), "close.balance", "by {wrong}");
    }
}

#[test]
fn what_is_due_at_this_moment_is_not_overdue() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.say("26T08:30", "day_closed", close(26));
}

#[test]
fn the_seal_of_a_day_holds_the_seal_of_the_day_before() {
    let mut b = Book::new();
    b.say("26T12:00", "day_closed", close(26));
    b.say("27T12:00", "day_closed", close(27));
    let days: Vec<_> = b.replay.state.sealed_days.iter().cloned().collect();
    let alone = quell_book::rows::SealedDay::chain(None, days[1].day, days[1].sheet_hash, Hash::default());
    assert_ne!(days[1].day_hash, alone);
}
