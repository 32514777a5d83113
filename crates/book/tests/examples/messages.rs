//! Messages between books: asked with no more than is needed, waited for, taken over, answered, and settled when nobody took them over.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use crate::common::*;
use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;
use serde_json::{Value, json};

fn matter() -> Value {
    json!({"about": "contact", "who": {"name": "Zhao", "phone": "13800000000"}, "category": "close", "case_number": "W-7",
        "last_exposure": "2022-11-01T08:00:00+08:00", "evidence": "sat beside the case on the bus"})
}
fn request(message: u32) -> Value {
    json!({"message": id(message), "to": 500_238, "matter": matter(), "decision": decision()})
}
fn received(message: u32) -> Value {
    json!({"message": id(message), "from": 500_238, "matter": matter(), "decision": decision(), "due": "2022-11-02T09:00:00+08:00"})
}
fn answered(message: u32, outcome: &str) -> Value {
    json!({"message": id(message), "outcome": outcome, "decision": decision()})
}
fn answer_of(from: i32, message: u32, outcome: &str) -> Value {
    json!({"message": id(message), "from": from, "outcome": outcome, "decision": decision()})
}
/// Open duties about a message, and when they are due.
fn open(b: &Book, message: u32) -> Vec<(DutyKind, String)> {
    let about = id(message).to_string();
    let duties = b.replay.state.duties.iter().filter(|d| d.state == DutyState::Open && d.subject == about);
    duties.map(|d| (d.kind, short(d.due))).collect()
}
fn sent(b: &Book, message: u32) -> SentMessage {
    b.replay.state.outbox.get(&MessageId(id(message))).unwrap().clone()
}
fn taken(b: &Book, message: u32) -> ReceivedMessage {
    b.replay.state.inbox.get(&MessageId(id(message))).unwrap().clone()
}
fn due(kind: DutyKind, at: &str) -> Vec<(DutyKind, String)> {
    vec![(kind, at.into())]
}

#[test]
fn who_asks_waits_for_the_answer() {
    let mut b = Book::new();
    b.say("01T09:00", "assistance_requested", request(1));
    // 24 hours: `reporting.regional_coordination`.
    assert_eq!(open(&b, 1), due(DutyKind::AwaitAssistance, "02T09:00"));
    assert_eq!(b.refuse("01T09:10", "assistance_requested", request(1)), "message.exists");
    b.say("01T09:20", "message_acknowledged", json!({"message": id(1), "leg": "request", "seq": 41}));
    assert_eq!((sent(&b, 1).delivery, sent(&b, 1).receipt_seq), (Delivery::Acknowledged, Some(41)));
    assert_eq!(open(&b, 1).len(), 1, "to have it is no answer");
    assert_eq!(b.refuse("01T09:30", "message_acknowledged", json!({"message": id(1), "leg": "request", "seq": 42})), "message.not_queued");
    assert_eq!(b.refuse("01T10:00", "assistance_answer_received", answer_of(500_239, 1, "done")), "message.unknown", "not who was asked");
    b.say("01T10:00", "assistance_answer_received", answer_of(500_238, 1, "taken_over"));
    assert!(open(&b, 1).is_empty());
    assert_eq!(b.counts(DutyKind::AwaitAssistance), [1, 0, 1, 0, 0]);
    assert_eq!(b.refuse("01T11:00", "assistance_answer_received", answer_of(500_238, 1, "not_found")), "message.unknown", "once");
}

/// The other book answers before its receipt has been noted here (it was killed in between).
#[test]
fn an_answer_is_a_receipt() {
    let mut b = Book::new();
    b.say("01T09:00", "assistance_requested", request(1));
    b.say("01T10:00", "assistance_answer_received", answer_of(500_238, 1, "done"));
    assert_eq!(sent(&b, 1).delivery, Delivery::Acknowledged);
    assert_eq!(b.refuse("01T10:10", "message_acknowledged", json!({"message": id(1), "leg": "request", "seq": 9})), "message.not_queued");
}

#[test]
fn what_nobody_took_over_is_settled_by_someone() {
    let mut b = Book::new();
    b.say("01T09:00", "assistance_requested", request(1));
    let mut answer = answer_of(500_238, 1, "not_ours");
    answer["forward_to"] = 500_240.into();
    b.say("01T10:00", "assistance_answer_received", answer);
    assert_eq!(open(&b, 1), due(DutyKind::SettleMessage, "02T10:00"));
    let mut next = request(2);
    (next["to"], next["instead_of"]) = (500_240.into(), json!(id(1)));
    b.say("01T11:00", "assistance_requested", next.clone());
    assert_eq!((open(&b, 1), open(&b, 2)), (vec![], due(DutyKind::AwaitAssistance, "02T11:00")));
    next["message"] = json!(id(3));
    assert_eq!(b.refuse("01T12:00", "assistance_requested", next), "message.not_returned");
    // The other book does not want it at all.
    b.say("01T12:00", "message_refused", json!({"message": id(2), "leg": "request", "reason": "no such protocol"}));
    assert_eq!(open(&b, 2), due(DutyKind::SettleMessage, "02T12:00"));
    assert_eq!(b.counts(DutyKind::AwaitAssistance), [2, 0, 1, 0, 1]);
}

#[test]
fn who_is_asked_owes_an_answer_by_the_askers_deadline() {
    let mut b = Book::new();
    b.say("01T09:00", "assistance_received", received(1));
    assert_eq!(open(&b, 1), due(DutyKind::TakeOver, "02T09:00"));
    assert_eq!(b.refuse("01T09:10", "assistance_received", received(1)), "message.exists");
    assert_eq!(b.refuse("01T10:00", "assistance_answered", answered(1, "taken_over")), "message.contact", "without a record nobody is");
    let mut answer = answered(1, "taken_over");
    answer["contact"] = json!(id(7));
    assert_eq!(b.refuse("01T10:00", "assistance_answered", answer.clone()), "message.contact", "nor by one that is not here");
    b.contact("01T10:00", 7, 1, "close", "01T08:00");
    b.say("01T10:00", "assistance_answered", answer.clone());
    assert!(open(&b, 1).is_empty());
    assert_eq!((taken(&b, 1).delivery, taken(&b, 1).contact_id), (Some(Delivery::Queued), Some(ContactId(id(7)))));
    assert_eq!(b.refuse("01T10:30", "assistance_answered", answer), "message.unknown");
    b.say("01T10:40", "message_acknowledged", json!({"message": id(1), "leg": "answer", "seq": 5}));
    assert_eq!(taken(&b, 1).delivery, Some(Delivery::Acknowledged));
    // An answer that the asker will not have is somebody's work, too.
    b.say("01T11:00", "assistance_received", received(2));
    b.say("01T11:00", "assistance_answered", answered(2, "not_found"));
    b.say("01T12:00", "message_refused", json!({"message": id(2), "leg": "answer", "reason": "restored from before"}));
    assert_eq!(open(&b, 2), due(DutyKind::SettleMessage, "02T12:00"));
}

#[test]
fn a_message_says_what_is_needed_and_nothing_beyond() {
    let mut b = Book::new();
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 10] = [
        ("message.self", |m| m["to"] = 500_237.into()),
        ("message.evidence", |m| m["matter"]["evidence"] = " ".into()),
        // Who was at a place is looked for without the name of the case.
        ("message.minimum", |m| (m["matter"]["about"], m["matter"]["place"]) = ("exposure".into(), "the market".into())),
        ("message.who", |m| m["matter"]["who"] = Value::Null),
        ("message.who", |m| m["matter"]["who"] = json!({"name": "Zhao"})),
        ("message.exposure", |m| m["matter"]["category"] = Value::Null),
        ("message.exposure", |m| m["matter"]["last_exposure"] = "2022-11-01T10:00:00+08:00".into()),
        ("message.exposure", |m| m["matter"]["first_exposure"] = "2022-11-01T08:30:00+08:00".into()),
        ("decision.reason", |m| m["decision"]["reason"] = "".into()),
        ("case.unknown", |m| m["case"] = json!(id(99))),
    ];
    for (rule, change) in wrong {
        let mut m = request(1);
        change(&mut m);
        assert_eq!(b.refuse("01T09:00", "assistance_requested", m.clone()), rule, "{m}");
    }
    let mut late = received(1);
    late["due"] = "2023-11-02T09:00:00+08:00".into();
    assert_eq!(b.refuse("01T09:00", "assistance_received", late), "message.due");
    // The other book is told the matter: the case's and the person's own ids stay.
    let case = b.case(1, 3).case_id;
    let mut m = request(1);
    (m["case"], m["person"]) = (json!(case), json!(p(3)));
    b.say("01T12:00", "assistance_requested", m);
    assert_eq!(sent(&b, 1).place.as_str(), COMMUNITY);
    let told = serde_json::to_string(&sent(&b, 1).matter).unwrap();
    assert!(!told.contains(&case.to_string()) && !told.contains(&p(3).to_string()), "{told}");
}

/// Whom another book has taken over is followed up there: no record here was wrong, and none is managed. Not before its answer is there.
#[test]
fn who_is_taken_over_elsewhere_is_handed_over_not_dropped() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.contact("01T09:10", 2, 1, "general", "01T08:30");
    b.contact("01T09:20", 3, 2, "close", "01T08:00");
    let mut asked = request(1);
    asked["person"] = json!(p(1));
    b.say("01T10:00", "assistance_requested", asked);
    let over = |contact: u32| json!({"contact": id(contact), "taken_over_by": id(1), "decision": decision()});
    assert_eq!(b.refuse("01T11:00", "contact_dropped", over(1)), "contact.not_taken_over", "it is only asked");
    b.say("01T12:00", "assistance_answer_received", answer_of(500_238, 1, "taken_over"));
    assert_eq!(b.refuse("01T12:10", "contact_dropped", over(3)), "contact.not_taken_over", "someone else");
    b.say("01T12:20", "contact_dropped", over(2));
    assert_eq!([1, 2].map(|n| b.contact_of(n).state), [ContactState::HandedOver; 2], "all that this person was here");
    assert_eq!((b.kinds(1), b.person(1).standing, b.order_of(1).state), (vec![], Standing::AtHome, OrderState::Lifted));
    assert_eq!(b.refuse("01T13:00", "contact_dropped", over(1)), "contact.unknown", "once");
    assert_eq!(b.contact_of(3).state, ContactState::Active);
}
