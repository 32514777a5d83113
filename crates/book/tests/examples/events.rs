//! Events at which people met: listed, said again, withdrawn; their participants, who are restricted by nothing of it.

use crate::common::*;
use quell_book::rows::Event;
use quell_book::*;
use quell_foundation::GroupId;
use serde_json::{Value, json};

fn wedding() -> Value {
    json!({"event": "wedding-7", "name": "wedding of two families", "kind": "wedding", "place": STATION,
        "from": "2022-11-24T10:00:00+08:00", "to": "2022-11-24T20:00:00+08:00", "expected": 40})
}
fn but(field: &str, value: Value) -> Value {
    let mut w = wedding();
    w[field] = value;
    w
}
fn guest(person: u32) -> Value {
    json!({"group": "wedding-7", "kind": "event", "person": p(person)})
}
fn event(b: &Book) -> Event {
    b.replay.state.events.get(&GroupId::new("wedding-7").expect("a code")).cloned().expect("an event")
}

#[test]
fn an_event_said_again_replaces_what_was_said() {
    let mut b = Book::new();
    let changes = b.say("26T08:00", "event_listed", wedding());
    assert_eq!((changes.events.len(), changes.duties.len()), (1, 0), "no duty follows");
    let e = event(&b);
    assert_eq!((short(e.starts), short(e.ends), e.expected), ("24T10:00".into(), "24T20:00".into(), Some(40)));
    assert_eq!((e.venue.as_ref().map(|v| v.as_str()), e.place.as_str()), (Some(STATION), "50.500237.101.001"), "of the community");
    assert!(b.say("26T08:10", "event_listed", wedding()).events.is_empty(), "said again");
    let mut more = but("expected", json!(45));
    more["place"] = Value::Null;
    more["to"] = json!("2022-11-24+08:00");
    b.say("26T08:20", "event_listed", more);
    let e = event(&b);
    assert_eq!((short(e.ends), e.expected, e.venue), ("25T00:00".into(), Some(45), None), "to the end of that day");
    assert_eq!(e.place.as_str(), "50.500237", "nowhere in particular: of the whole book");
}

#[test]
fn an_event_is_refused_with_the_field_at_fault() {
    let mut b = Book::new();
    for (field, value, rule) in [
        ("name", json!(" "), "event.name"),
        ("name", json!("n".repeat(101)), "event.name"),
        ("description", json!("d".repeat(2_001)), "event.description"),
        ("place", json!("50.500237.nowhere"), "place.unknown"),
        ("to", json!("2022-11-24T09:59:00+08:00"), "event.length"),
        ("from", json!("2022-10-24T19:59:00+08:00"), "event.length"),
        ("to", json!("2022-11-28T08:00:00+08:00"), "time.future"),
        ("expected", json!(0), "event.expected"),
        ("expected", json!(1_000_001), "event.expected"),
    ] {
        assert_eq!(b.refuse("26T08:00", "event_listed", but(field, value)), rule, "{field}");
    }
    // The bounds themselves.
    b.say("26T08:00", "event_listed", but("from", json!("2022-10-24T20:00:00+08:00")));
    b.say("26T08:00", "event_listed", but("to", json!("2022-11-24T10:00:00+08:00")));
    b.say("26T08:00", "event_listed", but("name", json!("n".repeat(100))));
    b.say("26T08:00", "event_listed", but("expected", json!(1_000_000)));
}

#[test]
fn participants_follow_the_event_and_restrict_nobody() {
    let mut b = Book::new();
    assert_eq!(b.refuse("26T08:00", "member_listed", guest(1)), "event.unknown", "the event comes first");
    b.say("26T08:00", "event_listed", wedding());
    assert_eq!(b.say("26T08:10", "member_listed", guest(1)).memberships.len(), 1);
    assert!(b.say("26T08:10", "member_listed", guest(1)).memberships.is_empty(), "said again");
    let as_a_class = json!({"group": "wedding-7", "kind": "class", "person": p(1)});
    assert_eq!(b.refuse("26T08:20", "member_listed", as_a_class), "event.kind", "no guest is lost by another word");
    let m = b.replay.state.memberships.iter().next().expect("a guest").clone();
    assert_eq!((m.kind, m.starts, m.ends), (GroupKind::Event, None, None), "the window is the event's");
    assert!((1..=12).all(|n| b.duties(n).is_empty() && b.orders(n).is_empty()));
}

#[test]
fn a_withdrawn_event_stands_again_only_if_it_is_said_later() {
    let mut b = Book::new();
    let withdrawn = json!({"event": "wedding-7", "decision": decision()});
    assert_eq!(b.refuse("26T08:00", "event_withdrawn", withdrawn.clone()), "event.unknown");
    b.say("26T08:00", "event_listed", wedding());
    b.say("26T08:10", "member_listed", guest(1));
    let nobody = json!({"event": "wedding-7", "decision": {"decider": " ", "reason": "never was"}});
    assert_eq!(b.refuse("26T09:00", "event_withdrawn", nobody), "decision.reason");
    b.say("26T09:00", "event_withdrawn", withdrawn.clone());
    let e = event(&b);
    assert!(e.withdrawn_at.map(short) == Some("26T09:00".into()) && e.reason.is_some() && e.decider.is_some(), "{e:?}");
    assert_eq!(b.refuse("26T09:10", "event_withdrawn", withdrawn), "event.unknown");
    assert_eq!(b.refuse("26T09:10", "member_listed", guest(2)), "event.unknown");
    // A device that was away hands in what it said before.
    assert_eq!(b.refuse("26T09:00", "event_listed", wedding()), "event.withdrawn");
    b.say("26T09:20", "event_listed", wedding());
    assert!(event(&b).withdrawn_at.is_none() && event(&b).reason.is_none());
    b.say("26T09:30", "member_listed", guest(2));
    assert_eq!(b.replay.state.memberships.iter().count(), 2, "who was listed before is listed still");
}
