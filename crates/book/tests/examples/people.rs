//! People who are listed again: an import tells where someone lives, not how they are; what is known is not overwritten unseen.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use crate::common::*;
use quell_book::*;
use quell_protocol::Exposure;
use serde_json::{Value, json};

#[test]
fn an_import_changes_neither_where_people_stand_nor_what_they_are_exposed_to() {
    let mut b = Book::new();
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.contact("26T11:00", 1, 2, "close", "26T10:00");
    let before = (b.person(1), b.person(2));
    b.bundle("26T12:00", vec![person(1), person(2)]).unwrap();
    assert_eq!((b.person(1), b.person(2)), before);
    assert_eq!((b.person(1).standing, b.person(2).exposure), (Standing::Inpatient, Exposure::CloseContact));
}

fn listed(more: Value) -> Value {
    let mut fields = json!({"person": p(1), "name": "Person 1", "sex": "unknown", "born": "1985-05-05", "home": household(1)});
    more.as_object().unwrap().iter().for_each(|(k, v)| fields[k] = v.clone());
    fields
}

#[test]
fn what_is_known_is_replaced_only_by_who_has_seen_it() {
    let mut b = Book::new();
    let first = b.person(1).listed_seq;
    b.say("26T08:00", "person_listed", listed(json!({})));
    assert_eq!(b.person(1).listed_seq, first, "nothing new was said");
    b.say("26T08:00", "person_listed", listed(json!({"phone": "1", "tags": ["dialysis"], "sex": "male"})));
    let second = b.person(1).listed_seq;
    assert!(second > first, "what was unknown is added without a question");
    let known = json!({"phone": "1", "tags": ["dialysis"], "sex": "male"});
    for change in [
        json!({"name": "Other"}),
        json!({"home": household(12)}),
        json!({"sex": "female"}),
        json!({"born": "1985-05-06"}),
        json!({"born": null}),
        json!({"phone": "2"}),
        json!({"phone": null}),
        json!({"tags": []}),
    ] {
        let mut fields = listed(known.clone());
        change.as_object().unwrap().iter().for_each(|(k, v)| fields[k] = v.clone());
        assert_eq!(b.refuse("26T09:00", "person_listed", fields.clone()), "person.overwrites", "{change}");
        fields["seen"] = first.into();
        assert_eq!(b.refuse("26T09:00", "person_listed", fields), "person.changed_since", "{change}");
    }
    b.say("26T09:00", "person_listed", listed(json!({"phone": "2", "seen": second})));
    assert!(b.person(1).listed_seq > second && b.person(1).tags.is_empty());
    // Being swabbed changes nothing of what is known.
    let third = b.person(1).listed_seq;
    b.swab("26T10:00", "T1", 1, "single", None);
    assert_eq!(b.person(1).listed_seq, third);
}
