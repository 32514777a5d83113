//! One person, once: two records go on as one, nothing of either is lost, and they can be told apart again.

use crate::common::*;
use quell_book::rows::Contact;
use quell_book::*;
use serde_json::{Value, json};

fn merging(merge: u32, kept: u32, gone: u32) -> Value {
    json!({"merge": id(merge), "kept": p(kept), "gone": p(gone), "decision": decision()})
}

fn active(b: &Book, n: u32) -> Option<Contact> {
    b.replay.state.contacts.iter().find(|c| c.person_id == p(n) && c.state == ContactState::Active).cloned()
}

#[test]
fn a_contact_named_under_two_records_has_one_schedule() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.contact("02T09:00", 2, 2, "close", "02T08:00");
    assert_eq!(b.counts(DutyKind::Isolate), [2, 0, 0, 0, 0]);
    b.say("02T10:00", "persons_merged", merging(1, 1, 2));
    assert_eq!(b.kinds(1), vec![DutyKind::Isolate]);
    let leads = active(&b, 1).unwrap();
    assert_eq!(short(leads.last_exposure), "02T08:00", "the later exposure, which was named of the second record");
    assert!(b.duties(2).is_empty() && active(&b, 2).is_none());
    assert_eq!((b.person(2).same_as, b.person(2).standing), (Some(b.person(1).person_id), Standing::AtHome));

    // A list that was printed before: what is said of the second record is said of the first.
    b.bring("02T11:00", 1, 2, ISOLATION);
    assert_eq!((b.transfer(1).person_id, b.kinds(2)), (p(1), vec![]));

    b.say("03T08:00", "merge_undone", json!({"merge": id(1), "decision": decision()}));
    assert_eq!(b.person(2).same_as, None);
    let (first, second) = (active(&b, 1).unwrap(), active(&b, 2).unwrap());
    assert_eq!((short(first.last_exposure), short(second.last_exposure)), ("01T08:00".into(), "02T08:00".into()));
    assert!(b.kinds(2).contains(&DutyKind::Isolate), "{:?}", b.kinds(2));
    let distinct: Vec<_> = b.replay.state.distincts.iter().collect();
    assert_eq!(distinct.len(), 1, "and the two are not proposed again");
}

/// An old list of follow-ups names a record that was over before the merge: it stays where it is, and owes nobody anything.
#[test]
fn the_past_of_a_second_record_can_still_be_told() {
    let mut b = Book::under("ebola");
    let over = json!({"state": "released", "at": "2022-10-25T00:00:00+08:00"});
    b.say(
        "01T09:00",
        "contact_named",
        json!({"contact": id(2), "person": p(2), "category": "close",
        "last_exposure": "2022-10-03T00:00:00+08:00", "decision": decision(), "ended": over}),
    );
    b.contact("01T10:00", 1, 1, "close", "01T08:00");
    b.say("02T10:00", "persons_merged", merging(1, 1, 2));
    let seen = json!({"person": p(2), "contact": id(2), "outcome": "seen_ok"});
    b.say("02T11:00", "followed_up", seen);
    let told = b.replay.state.follow_ups.iter().map(|f| (f.person_id, f.contact_id)).collect::<Vec<_>>();
    assert_eq!(told, [(p(2), quell_foundation::ContactId(id(2)))]);
    assert!(b.kinds(1).contains(&DutyKind::FollowUp) && b.duties(2).is_empty(), "the one that goes on is still to be seen");
    // Said without a record it is about whoever is followed up.
    b.say("02T12:00", "followed_up", json!({"person": p(2), "outcome": "seen_ok"}));
    assert_eq!(b.replay.state.follow_ups.iter().filter(|f| f.person_id == p(1)).count(), 1);
}

#[test]
fn nobody_is_owed_twice_in_a_round_and_nobody_is_missed() {
    let mut b = Book::new();
    b.round("01T08:00", "r0");
    b.say("01T09:00", "persons_merged", merging(1, 1, 2));
    let owed = |b: &Book| b.counts(DutyKind::Sample);
    let before = owed(&b);
    b.say("01T10:00", "registered", swab("T1", 2, "pooled", Some("r0")));
    let of_first: Vec<_> = b.replay.state.registrations.iter().map(|r| r.person_id).collect();
    assert_eq!(of_first, [b.person(1).person_id], "the swab of whoever stands there under the old code is the first's");
    b.say("01T11:00", "merge_undone", json!({"merge": id(1), "decision": decision()}));
    assert_eq!(owed(&b)[0], before[0], "opened as before");
    assert_eq!(b.refuse("01T12:00", "merge_undone", json!({"merge": id(1), "decision": decision()})), "merge.unknown");
    b.say("01T13:00", "registered", swab("T1", 2, "pooled", Some("r0")));
}

#[test]
fn two_cases_of_one_person_are_one() {
    let mut b = Book::new();
    for n in [1, 2] {
        b.say("01T09:00", "case_listed", json!({"case": id(n), "person": p(n), "classification": "confirmed", "severity": "mild"}));
    }
    let mut named = naming(5, 5, "close", "01T08:00");
    named["case"] = json!(id(2));
    b.say("01T10:00", "contact_named", named);
    b.say("01T10:00", "case_listed", json!({"case": id(3), "person": p(3), "classification": "confirmed"}));
    b.say(
        "01T10:00",
        "link_stated",
        json!({"link": id(9), "source": id(2), "target": id(3), "certainty": "high", "evidence": "shared a room"}),
    );

    b.say("02T09:00", "persons_merged", merging(1, 1, 2));
    let case = |b: &Book, n: u32| b.replay.state.cases.iter().find(|c| c.case_id.0 == id(n)).unwrap().clone();
    assert_eq!((case(&b, 1).state, case(&b, 2).state), (CaseState::Active, CaseState::Withdrawn));
    assert_eq!(b.contact_of(5).case_id.unwrap().0, id(1), "the contacts of the second case are those of the first");
    assert!(!b.kinds(5).contains(&DutyKind::ReviewContact), "and need no review");
    assert_eq!(b.replay.state.links.iter().next().unwrap().source_case.0, id(1));

    b.say("03T09:00", "merge_undone", json!({"merge": id(1), "decision": decision()}));
    assert_eq!((case(&b, 1).state, case(&b, 2).state), (CaseState::Active, CaseState::Active));
    assert_eq!((case(&b, 2).classification, b.contact_of(5).case_id.unwrap().0), (Classification::Confirmed, id(2)));
    assert_eq!(b.replay.state.links.iter().next().unwrap().source_case.0, id(2));
    assert!(b.kinds(2).contains(&DutyKind::Report));
}

#[test]
fn who_lies_in_a_bed_or_waits_for_a_result_is_the_one_that_is_kept() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.bring("01T10:00", 1, 1, ISOLATION);
    b.admit("01T11:00", 1, 1, ISOLATION, 1);
    assert_eq!(b.refuse("01T12:00", "persons_merged", merging(1, 2, 1)), "merge.bound");
    b.say("01T12:00", "registered", swab("T1", 2, "single", None));
    assert_eq!(b.refuse("01T13:00", "persons_merged", merging(1, 1, 2)), "merge.swab");
    b.say("01T14:00", "received", json!({"laboratory": LABORATORY, "tubes": ["T1"], "condition": "adequate"}));
    b.say("01T20:00", "result_read", read("T1", "negative", None));
    b.say("02T09:00", "persons_merged", merging(1, 1, 2));
    assert_eq!(b.refuse("02T10:00", "persons_merged", merging(2, 3, 1)), "merge.has_others");
    assert_eq!(b.refuse("02T10:00", "persons_merged", merging(2, 2, 3)), "merge.merged");
    assert_eq!(b.refuse("02T10:00", "persons_merged", merging(2, 3, 3)), "merge.itself");

    // The laboratory finds that it was wrong: what is owed about the second record's swab is answered under that record.
    b.say("02T11:00", "result_corrected", corrected("T1", "positive"));
    assert!(b.active_case(2).is_some(), "a case is not lost with a merge");
}
