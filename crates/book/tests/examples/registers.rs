//! Registers say who was where and restrict nobody; leads stay open until they are persons.

use crate::common::*;
use quell_book::*;
use quell_foundation::LeadId;
use serde_json::{Value, json};

fn line(person: u32, from: &str, to: Option<&str>) -> Value {
    let day = |t: &str| format!("2022-11-{t}:00+08:00");
    json!({"person": p(person), "from": day(from), "to": to.map(day)})
}
fn register(venue: &str, lines: &[Value]) -> Value {
    json!({"venue": venue, "people": lines})
}

#[test]
fn a_register_handed_in_again_adds_only_what_is_new() {
    let mut b = Book::new();
    let all = [line(1, "25T10:00", None), line(2, "25T10:05", Some("25T10:30"))];
    let changes = b.say("26T08:00", "checked_in", register(STATION, &all));
    assert_eq!((changes.check_ins.new_rows().len(), changes.duties.len()), (2, 0), "no duty follows");
    assert!(b.say("26T08:10", "checked_in", register(STATION, &all)).check_ins.is_empty());
    // What is known of the same visit from two registers is put together: the longer stay.
    b.say("26T08:20", "checked_in", register(STATION, &[line(1, "25T10:00", Some("25T11:00")), line(2, "25T10:05", Some("25T10:10"))]));
    let ends: Vec<_> = b.replay.state.check_ins.iter().map(|c| c.ends.map(short)).collect();
    assert_eq!(ends, [Some("25T11:00".to_owned()), Some("25T10:30".to_owned())]);
    assert!((1..=12).all(|n| b.duties(n).is_empty() && b.orders(n).is_empty()), "nobody is restricted by a register");
}

#[test]
fn a_register_is_taken_whole_or_refused_with_the_line_at_fault() {
    let mut b = Book::new();
    let good = line(1, "25T10:00", None);
    for (venue, bad, rule) in [
        (STATION, line(99, "25T10:00", None), "person.unknown"),
        (STATION, line(2, "25T10:00", Some("25T09:00")), "check_in.length"),
        (STATION, line(2, "24T10:00", Some("25T10:01")), "check_in.length"),
        (STATION, json!({"person": p(2), "from": "2022-11-25+08:00"}), "check_in.time"),
        (STATION, json!({"person": p(2), "from": "2022-11-29T08:00:00+08:00"}), "time.future"),
        ("50.500237.nowhere", line(2, "25T10:00", None), "place.unknown"),
    ] {
        assert_eq!(b.refuse("26T08:00", "checked_in", register(venue, &[good.clone(), bad])), rule);
    }
    assert_eq!(b.refuse("26T08:00", "checked_in", register(STATION, &[])), "check_in.lines");
    assert_eq!(b.refuse("26T08:00", "checked_in", register(STATION, &vec![good; 1001])), "check_in.lines");
    assert!(serde_json::from_value::<Venue>(json!("vehicle:")).is_err() && "a b".parse::<Venue>().is_err());
    b.say("26T08:00", "checked_in", register("vehicle:\u{6e1d}A12345", &[line(1, "25T10:00", None)]));
}

#[test]
fn a_member_is_listed_once_and_leaves() {
    let mut b = Book::new();
    let of = |to: Option<&str>| json!({"group": "school1-3", "kind": "class", "person": p(4), "to": to});
    assert_eq!(b.say("26T08:00", "member_listed", of(None)).memberships.len(), 1);
    assert!(b.say("26T08:10", "member_listed", of(None)).memberships.is_empty(), "said again");
    b.say("26T08:20", "member_listed", of(Some("25T12:00")));
    let all: Vec<_> = b.replay.state.memberships.iter().collect();
    assert_eq!((all.len(), all[0].ends.map(short)), (1, Some("25T12:00".into())));
    let mut backwards = of(Some("25T12:00"));
    backwards["from"] = json!("25T13:00");
    assert_eq!(b.refuse("26T08:30", "member_listed", backwards), "member.order");
    assert!(b.duties(4).is_empty());
}

/// A lead about some of bus 12.
fn noted(b: &mut Book, n: u32, case: &Case, expected: u32) {
    b.say("26T11:00", "lead_noted", lead(n, case, expected));
}
type Case = quell_book::rows::Case;
fn lead(n: u32, case: &Case, expected: u32) -> Value {
    json!({"lead": id(n), "case": case.case_id, "kind": "group", "description": "bus 12, morning", "expected": expected,
        "venue": "vehicle:12", "last_exposure": "25T08:00"})
}
fn state(b: &Book, n: u32) -> (LeadState, usize) {
    let l = b.replay.state.leads.get(&LeadId(id(n))).expect("a lead");
    (l.state, l.persons.len())
}

#[test]
fn passengers_stay_open_work_until_they_are_persons() {
    let mut b = Book::new();
    let case = b.case(26, 1);
    noted(&mut b, 900, &case, 3);
    assert_eq!(b.due(1, DutyKind::IdentifyLead), ["27T11:00"], "within the time of the protocol");
    b.say("26T12:00", "lead_resolved", json!({"lead": id(900), "persons": [p(5), p(6)]}));
    assert_eq!((state(&b, 900), b.counts(DutyKind::IdentifyLead)), ((LeadState::Open, 2), [1, 0, 0, 0, 0]));
    assert!(b.duties(5).is_empty(), "known is not yet restricted");
    assert_eq!(b.refuse("26T12:10", "lead_resolved", json!({"lead": id(900), "persons": [p(7), p(8)]})), "lead.expected");
    assert_eq!(b.refuse("26T12:10", "lead_resolved", json!({"lead": id(900), "persons": [p(1)]})), "lead.itself");
    b.say("26T12:20", "lead_resolved", json!({"lead": id(900), "persons": [p(7), p(8)], "expected": 4}));
    assert_eq!((state(&b, 900), b.counts(DutyKind::IdentifyLead)), ((LeadState::Resolved, 4), [1, 0, 1, 0, 0]));
    assert_eq!(b.refuse("26T12:30", "lead_closed", json!({"lead": id(900), "decision": decision()})), "lead.unknown");
}

#[test]
fn a_lead_ends_by_a_decision_or_with_its_case() {
    let mut b = Book::new();
    let case = b.case(26, 1);
    noted(&mut b, 900, &case, 3);
    noted(&mut b, 901, &case, 2);
    b.say("26T12:00", "lead_closed", json!({"lead": id(900), "decision": decision()}));
    assert_eq!((state(&b, 900).0, b.counts(DutyKind::IdentifyLead)), (LeadState::Closed, [2, 0, 0, 1, 0]));
    b.say(
        "26T13:00",
        "case_classified",
        json!({"case": case.case_id, "classification": "not_a_case", "severity": "mild", "decider": "experts"}),
    );
    assert_eq!((state(&b, 901).0, b.counts(DutyKind::IdentifyLead)), (LeadState::Closed, [2, 0, 0, 1, 1]));
}

#[test]
fn a_lead_says_what_is_known_and_how_many() {
    let mut b = Book::new();
    let case = b.case(26, 1);
    for (field, value, rule) in [
        ("description", json!(" "), "lead.description"),
        ("expected", json!(0), "lead.expected"),
        ("kind", json!("person"), "lead.expected"),
        ("venue", json!("50.500237.nowhere"), "place.unknown"),
        ("visit", json!(id(5)), "visit.unknown"),
        ("last_exposure", json!("26T12:00"), "lead.exposure"),
        ("case", json!(id(5)), "case.unknown"),
    ] {
        let mut l = lead(900, &case, 3);
        l[field] = value;
        assert_eq!(b.refuse("26T11:00", "lead_noted", l), rule);
    }
}
