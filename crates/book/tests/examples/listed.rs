//! Cases and contacts of other systems: numbers, listing again, and what was over before this book knew of it.

use crate::common::*;
use quell_book::*;
use serde_json::{Value, json};

fn listed(n: u32, person: u32, more: Value) -> Value {
    let case = json!({"case": id(n), "person": p(person), "classification": "confirmed", "at": "2022-11-20T08:00:00+08:00"});
    let parts = [case, more].into_iter().filter_map(|v| v.as_object().cloned());
    Value::Object(parts.flatten().collect())
}

#[test]
fn a_number_is_one_cases_and_can_be_given_later() {
    let mut b = Book::new();
    b.say("26T09:00", "case_listed", listed(1, 1, json!({"number": "EPI-1"})));
    assert_eq!(b.refuse("26T09:10", "case_listed", listed(2, 2, json!({"number": "EPI-1"}))), "case.number_taken");
    b.say("26T09:20", "case_listed", listed(2, 2, json!({})));
    let duties = b.kinds(2);
    b.say("26T09:30", "case_listed", listed(2, 2, json!({"number": "EPI-2", "sampled": "2022-11-19T08:00:00+08:00"})));
    assert_eq!(b.kinds(2), duties, "to add a number brings no duty");
    assert_eq!(b.active_case(2).unwrap().number.unwrap().as_str(), "EPI-2");
    assert_eq!(b.refuse("26T09:40", "case_listed", listed(2, 2, json!({"number": "EPI-3"}))), "case.differs");
    assert_eq!(b.refuse("26T09:40", "case_listed", listed(2, 2, json!({"classification": "suspect"}))), "case.differs");
    assert_eq!(b.refuse("26T09:40", "case_listed", listed(2, 1, json!({}))), "case.differs");
    let ended = json!({"ended": {"state": "active", "at": "2022-11-21T08:00:00+08:00"}});
    assert_eq!(b.refuse("26T09:50", "case_listed", listed(2, 2, ended)), "case.ended");
}

#[test]
fn what_was_over_is_written_down_and_owes_nothing() {
    let mut b = Book::new();
    let over = |state: &str| json!({"ended": {"state": state, "at": "2022-11-24T08:00:00+08:00"}});
    b.say("26T09:00", "case_listed", listed(1, 1, over("recovered")));
    b.say("26T09:00", "case_listed", listed(2, 2, over("died")));
    assert!(b.duties(1).is_empty() && b.duties(2).is_empty());
    assert_eq!((b.person(1).standing, b.person(2).standing), (Standing::AtHome, Standing::Dead));
    // A second infection after a recovery is a case of its own.
    let again = json!({"at": "2022-11-26T08:00:00+08:00"});
    b.say("26T09:10", "case_listed", listed(3, 1, again));
    assert_eq!(b.refuse("26T09:20", "case_listed", listed(4, 1, json!({}))), "case.exists");
    let mut contact = naming(5, 3, "close", "01T08:00");
    contact["ended"] = json!({"state": "released", "at": "2022-11-10T00:00:00+08:00"});
    b.say("26T09:30", "contact_named", contact);
    assert!(b.duties(3).is_empty());
    assert_eq!(b.person(3).standing, Standing::AtHome);
    b.say("26T09:40", "followed_up", json!({"person": p(3), "contact": id(5), "outcome": "seen_ok"}));
    assert!(b.duties(3).is_empty(), "a follow-up of a record that is over is only written down");
    assert_eq!(
        b.refuse("26T09:50", "followed_up", json!({"person": p(2), "contact": id(5), "outcome": "seen_ok"})),
        "follow_up.no_contact"
    );
}

#[test]
fn a_case_that_ends_elsewhere_ends_here() {
    let mut b = Book::new();
    b.say("26T09:00", "case_listed", listed(1, 1, json!({"reported": "2022-11-20T09:00:00+08:00"})));
    assert!(!b.kinds(1).contains(&DutyKind::Report), "it was reported there");
    assert!(b.kinds(1).contains(&DutyKind::Transfer));
    b.say("26T10:00", "case_listed", listed(1, 1, json!({"ended": {"state": "recovered", "at": "2022-11-26T08:00:00+08:00"}})));
    assert!(!b.kinds(1).iter().any(|k| matches!(k, DutyKind::Transfer | DutyKind::Admit)));
    assert_eq!(b.person(1).standing, Standing::AtHome);
}
