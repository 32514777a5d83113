//! Orders: none without reason, evidence, decider and end; appeals, answered by someone else.

use crate::common::*;
use quell_book::*;
use serde_json::{Value, json};

fn isolation(order: u32, person: u32) -> Value {
    json!({"order": id(order), "person": p(person), "kind": "isolation", "evidence": "tube S1, positive, Ct 25", "decision": decision(),
        "starts": "01T12:00", "ends": "15T12:00"})
}

#[test]
fn a_contact_record_that_confines_is_an_order() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    let o = b.order_of(1);
    assert_eq!(
        (o.kind, o.state, short(o.site_until.unwrap()).as_str(), short(o.ends).as_str()),
        (OrderKind::Quarantine, OrderState::InForce, "07T00:00", "10T00:00")
    );
    assert!(!o.reason.is_empty() && !o.decider.is_empty() && !o.evidence.is_empty());
    // A later exposure is another order in its place.
    b.contact("02T09:00", 2, 1, "close", "02T08:00");
    let states: Vec<OrderState> = b.orders(1).iter().map(|o| o.state).collect();
    assert_eq!(states.iter().filter(|s| **s == OrderState::InForce).count(), 1);
    assert!(states.contains(&OrderState::Replaced));
    // Whoever is only watched is under no order.
    b.contact("02T09:00", 3, 2, "general", "02T08:00");
    assert!(b.orders(2).is_empty());
}

/// Henan, June 2022: 1,317 health codes were turned red for people who had a grievance. No order without grounds in the book.
#[test]
fn nobody_is_restricted_without_grounds() {
    let mut b = Book::new();
    assert_eq!(b.refuse("01T12:00", "order_issued", isolation(1, 1)), "order.grounds");
    b.single(1, 8, "S1", 1, "positive", Some(25.0));
    for (field, value, rule) in [
        ("evidence", json!(" "), "order.evidence"),
        ("ends", json!("01T11:00"), "order.ends"),
        ("kind", json!("quarantine"), "order.quarantine"),
        ("kind", json!("monitoring"), "order.grounds"),
        ("decision", json!({"decider": "", "reason": "r"}), "decision.reason"),
    ] {
        let mut o = isolation(1, 1);
        o[field] = value;
        assert_eq!(b.refuse("01T13:00", "order_issued", o), rule);
    }
    b.say("01T13:00", "order_issued", isolation(1, 1));
    assert_eq!(b.refuse("01T13:00", "order_issued", isolation(1, 1)), "order.exists");
    // The case was none: the order falls with it.
    let case = b.active_case(1).unwrap().case_id;
    b.say(
        "02T09:00",
        "case_classified",
        json!({"case": case, "classification": "not_a_case", "severity": "asymptomatic", "decider": "experts"}),
    );
    assert_eq!(b.order_of(1).state, OrderState::Lifted);
}

#[test]
fn an_appeal_is_answered_in_time_by_someone_else_and_frees_whom_it_should() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "high_risk_spillover", "01T08:00");
    let o = b.order_of(1);
    let appeal = |n: u32| json!({"appeal": id(n), "order": o.order_id, "by": "the person", "text": "I was in Chengdu that day"});
    b.say("01T10:00", "appeal_made", appeal(5));
    assert_eq!(b.refuse("01T10:00", "appeal_made", appeal(5)), "appeal.exists");
    assert_eq!(b.due(1, DutyKind::AnswerAppeal).len(), 1);
    let answer = |who: &str, granted: bool| json!({"appeal": id(5), "granted": granted, "decision": {"decider": who, "reason": "the ticket shows it"}});
    assert_eq!(b.refuse("01T11:00", "appeal_answered", answer(&o.decider, true)), "appeal.decider");
    b.say("01T11:00", "appeal_answered", answer("review board", true));
    assert_eq!(
        (b.order_of(1).state, b.contact_of(1).state, b.person(1).standing),
        (OrderState::Lifted, ContactState::Dropped, Standing::AtHome)
    );
    assert_eq!(b.order_of(1).end_decider.as_deref(), Some("review board"));
    assert!(b.duties(1).is_empty());
    assert_eq!(b.refuse("01T12:00", "appeal_answered", answer("review board", true)), "appeal.unknown");
    // Refused: the order stands, the answer is on paper.
    b.contact("02T09:00", 2, 2, "high_risk_spillover", "02T08:00");
    b.say("02T10:00", "appeal_made", json!({"appeal": id(6), "order": b.order_of(2).order_id, "by": "a relative", "text": "why"}));
    b.say(
        "02T11:00",
        "appeal_answered",
        json!({"appeal": id(6), "granted": false, "decision": {"decider": "review board", "reason": "seen on camera"}}),
    );
    assert_eq!((b.order_of(2).state, b.person(2).standing), (OrderState::InForce, Standing::HomeIsolation));
}
