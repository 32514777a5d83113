//! Contacts: the schedule of five days central and three at home, and everything that changes it.

use crate::common::*;
use quell_book::*;
use quell_protocol::Exposure;
use serde_json::json;

#[test]
fn a_close_contact_goes_through_five_days_and_three() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    assert_eq!((b.kinds(1), b.due(1, DutyKind::Isolate)), (vec![DutyKind::Isolate], vec!["01T17:00".to_owned()]));
    assert_eq!(short(b.contact_of(1).until.unwrap()), "10T00:00", "eight days after the day of exposure");
    b.bring("01T11:00", 1, 1, ISOLATION);
    b.admit("01T12:00", 1, 1, ISOLATION, 1);
    assert_eq!(b.person(1).standing, Standing::Isolated);
    assert_eq!(b.due(1, DutyKind::ContactTest), ["03T00:00", "04T00:00", "05T00:00", "07T00:00"], "days 1, 2, 3 and 5");
    for day in [2, 3, 4] {
        b.single(day, 9, &format!("C{day}"), 1, "negative", None);
    }
    assert_eq!(b.refuse("06T12:00", "discharged", json!({"stay": id(1)})), "discharge.early");
    assert_eq!(b.refuse("07T01:00", "discharged", json!({"stay": id(1)})), "discharge.tests");
    let mut late = swab("C5", 1, "single", None);
    late["at"] = "06T20:00".into();
    b.say("07T01:30", "registered", late);
    b.say("07T02:00", "discharged", json!({"stay": id(1)}));

    assert_eq!((b.person(1).standing, b.place(ISOLATION).occupied), (Standing::HomeIsolation, 0));
    assert_eq!(b.due(1, DutyKind::ContactTest), ["08T00:00", "10T00:00"], "days 1 and 3 at home");
    assert_eq!(b.due(1, DutyKind::Release), ["10T06:00"]);
    b.single(7, 9, "D1", 1, "negative", None);
    b.single(9, 9, "D3", 1, "negative", None);
    assert_eq!(b.refuse("09T12:00", "released", json!({"person": p(1)})), "release.early");
    b.say("10T01:00", "released", json!({"person": p(1)}));
    assert_eq!((b.contact_of(1).state, b.person(1).standing), (ContactState::Released, Standing::AtHome));
    assert!(b.duties(1).is_empty() && !b.person(1).attention);
}

#[test]
fn the_contacts_of_a_case_that_was_none_are_looked_at_again() {
    let mut b = Book::new();
    b.single(1, 8, "S9", 9, "positive", Some(30.0));
    let case = b.active_case(9).unwrap().case_id;
    for n in [1, 2] {
        let mut named = naming(n, n, "close", "01T08:00");
        named["case"] = json!(case);
        b.say("01T13:00", "contact_named", named);
    }
    let withdrawn = json!({"case": case, "classification": "not_a_case", "severity": "asymptomatic", "decider": "county expert group"});
    b.say("02T09:00", "case_classified", withdrawn);
    assert_eq!(b.counts(DutyKind::ReviewContact), [2, 0, 0, 0, 0]);
    // One is let go, the other is a contact of someone else, too.
    let decision = json!({"decider": "investigation team", "reason": "the case was none"});
    b.say("02T10:00", "contact_dropped", json!({"contact": id(1), "decision": decision}));
    b.contact("02T11:00", 3, 2, "close", "01T12:00");
    assert_eq!(b.counts(DutyKind::ReviewContact), [2, 0, 2, 0, 0]);
    assert!(b.duties(1).is_empty() && b.person(1).standing == Standing::AtHome);
    assert!(b.kinds(2).contains(&DutyKind::Isolate));
}

#[test]
fn a_missed_test_is_made_up_by_the_next_swab_together_with_that_days_test() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.admit("01T12:00", 1, 1, ISOLATION, 1);
    b.swab("03T09:00", "C2", 1, "single", None);
    assert_eq!(b.due(1, DutyKind::ContactTest), ["05T00:00", "07T00:00"]);
    let tests: Vec<bool> = b.replay.state.duties.iter().filter(|d| d.kind == DutyKind::ContactTest).filter_map(|d| d.in_time).collect();
    assert_eq!((tests.len(), tests.iter().filter(|t| **t).count()), (2, 1), "one late, one in time");
    b.swab("03T15:00", "C2b", 1, "single", None);
    assert_eq!(b.due(1, DutyKind::ContactTest), ["05T00:00", "07T00:00"], "tomorrow's test is tomorrow's");
}

#[test]
fn a_later_exposure_replaces_the_schedule_and_a_laxer_one_does_not() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.admit("01T12:00", 1, 1, ISOLATION, 1);
    assert_eq!(b.refuse("02T09:00", "contact_named", naming(2, 1, "close", "01T08:00")), "contact.covered");
    b.contact("03T09:00", 3, 1, "general", "03T08:00");
    assert_eq!((b.contact_of(1).state, b.contact_of(3).state), (ContactState::Active, ContactState::Covered));
    b.contact("03T09:00", 2, 1, "close", "03T08:00");
    assert_eq!((b.contact_of(1).state, b.contact_of(2).state), (ContactState::Covered, ContactState::Active));
    assert_eq!(b.due(1, DutyKind::ContactTest), ["05T00:00", "06T00:00", "07T00:00", "09T00:00"]);
    assert_eq!(b.due(1, DutyKind::Discharge), ["09T06:00"], "one end, the new one");
}

/// A contact of two cases has one schedule, and both records: none is lost when the other ends (SORMAS-Project#7793).
#[test]
fn a_contact_of_several_cases_has_one_schedule_and_loses_none_of_them() {
    let mut b = Book::new();
    for (n, s) in [(8, "S8"), (9, "S9")] {
        b.single(1, 8, s, n, "positive", Some(30.0));
    }
    let name = |b: &mut Book, at: &str, contact: u32, case: u32, category: &str, exposed: &str| {
        let mut named = naming(contact, 1, category, exposed);
        named["case"] = json!(b.active_case(case).unwrap().case_id);
        b.say(at, "contact_named", named);
    };
    name(&mut b, "01T13:00", 1, 8, "close", "01T08:00");
    name(&mut b, "01T14:00", 2, 9, "high_risk_spillover", "01T09:00");
    name(&mut b, "03T13:00", 3, 9, "close", "03T08:00");
    assert_eq!(b.kinds(1), [DutyKind::Isolate], "one schedule");
    b.admit("03T15:00", 1, 1, ISOLATION, 1);
    assert_eq!(b.due(1, DutyKind::Discharge), ["09T06:00"], "by the last exposure");
    let decision = json!({"decider": "investigation team", "reason": "another person of the same name"});
    b.say("04T09:00", "contact_dropped", json!({"contact": id(3), "decision": decision}));
    assert_eq!(b.due(1, DutyKind::Discharge), ["07T06:00"], "by the first exposure again");
    b.say("04T10:00", "contact_dropped", json!({"contact": id(1), "decision": decision}));
    assert_eq!(b.kinds(1), [DutyKind::Observe, DutyKind::Discharge], "the record that is left asks for days at home");
    b.say("04T11:00", "discharged", json!({"stay": id(1)}));
    assert_eq!((b.person(1).standing, b.due(1, DutyKind::Release)), (Standing::HomeIsolation, vec!["09T06:00".to_owned()]));
    // A case keeps them all as what they were.
    b.single(5, 9, "S1", 1, "positive", Some(25.0));
    let states: Vec<ContactState> = (1..=3).map(|n| b.contact_of(n).state).collect();
    assert_eq!(states, [ContactState::Dropped, ContactState::Converted, ContactState::Dropped]);
}

#[test]
fn the_laxer_schedule_goes_on_when_the_stricter_one_has_run_out() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "high_risk_spillover", "01T08:00");
    b.contact("08T09:00", 2, 1, "general", "08T08:00");
    for (day, tube) in [(2, "T2"), (4, "T4"), (6, "T6"), (8, "T8")] {
        b.single(day, 10, tube, 1, "negative", None);
    }
    b.say("09T06:00", "released", json!({"person": p(1)}));
    assert_eq!((b.contact_of(1).state, b.contact_of(2).state), (ContactState::Released, ContactState::Active));
    assert_eq!(b.person(1).standing, Standing::AtHome);
    assert!(b.kinds(1).contains(&DutyKind::ContactTest));
    // By a decision all of it ends.
    b.contact("09T07:00", 3, 2, "high_risk_spillover", "09T06:00");
    b.contact("09T08:00", 4, 2, "general", "09T07:00");
    b.say("09T09:00", "released", json!({"person": p(2), "decision": decision()}));
    assert_eq!((b.contact_of(3).state, b.contact_of(4).state), (ContactState::Released, ContactState::Released));
}

#[test]
fn a_stricter_category_replaces_home_isolation() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "high_risk_spillover", "01T08:00");
    assert_eq!((b.person(1).standing, b.due(1, DutyKind::Release)), (Standing::HomeIsolation, vec!["09T06:00".to_owned()]));
    b.contact("02T09:00", 2, 1, "close", "01T08:00");
    assert_eq!(b.kinds(1), [DutyKind::Isolate]);
    assert_eq!(b.refuse("02T10:00", "released", json!({"person": p(1)})), "release.isolate");
    b.say("02T10:00", "transfer_requested", json!({"transfer": id(1), "person": p(1)}));
    b.say("02T11:00", "released", json!({"person": p(1), "decision": decision()}));
    assert!(b.duties(1).is_empty() && b.transfer(1).state == TransferState::CalledOff);
}

#[test]
fn a_general_contact_is_tested_but_not_restricted() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "general", "01T08:00");
    assert_eq!(
        (b.person(1).standing, b.due(1, DutyKind::ContactTest)),
        (Standing::AtHome, vec!["03T00:00".to_owned(), "05T00:00".to_owned()])
    );
    assert!(b.due(1, DutyKind::Release).is_empty());
}

#[test]
fn a_contact_that_was_none_is_let_go() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.bring("01T11:00", 1, 1, ISOLATION);
    b.say("01T11:30", "contact_dropped", json!({"contact": id(1), "decision": decision()}));
    assert_eq!((b.transfer(1).state, b.place(ISOLATION).reserved), (TransferState::CalledOff, 0));
    assert!(b.duties(1).is_empty() && b.person(1).exposure == Exposure::None && !b.person(1).attention);

    b.contact("02T09:00", 2, 2, "close", "02T08:00");
    b.admit("02T10:00", 2, 2, ISOLATION, 1);
    b.say("02T11:00", "contact_dropped", json!({"contact": id(2), "decision": decision()}));
    assert_eq!(b.kinds(2), [DutyKind::Observe, DutyKind::Discharge]);
    b.say("02T12:00", "discharged", json!({"stay": id(2)}));
    assert!(b.duties(2).is_empty() && b.person(2).standing == Standing::AtHome);
}

#[test]
fn a_contact_who_is_recalled_too_stays_recalled_when_dropped() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", [1, 2]);
    b.contact("26T08:30", 1, 1, "high_risk_spillover", "26T07:00");
    b.receive("26T09:00", &["T1"]);
    b.result("26T10:00", "T1", "positive", Some(30.0));
    b.say("26T11:00", "contact_dropped", json!({"contact": id(1), "decision": decision()}));
    assert_eq!((b.kinds(1), b.person(1).exposure), (vec![DutyKind::Recall], Exposure::Recalled));
}

#[test]
fn nobody_is_restricted_without_a_decision_or_twice() {
    let mut b = Book::new();
    let mut nameless = naming(1, 1, "close", "26T08:00");
    nameless["decision"] = json!({"decider": "", "reason": "?"});
    assert_eq!(b.refuse("26T09:00", "contact_named", nameless), "contact.decision");
    assert_eq!(b.refuse("26T09:00", "contact_named", naming(1, 1, "secondary", "26T08:00")), "contact.category");
    assert_eq!(b.refuse("26T09:00", "contact_named", naming(1, 1, "close", "26T10:00")), "contact.exposure");
    b.case(26, 1);
    assert_eq!(b.refuse("26T12:00", "contact_named", naming(1, 1, "close", "26T08:00")), "contact.is_case");
    b.admit("26T12:00", 1, 1, SHELTER, 1);
    b.say("27T12:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    assert_eq!(b.refuse("27T13:00", "contact_named", naming(1, 1, "close", "27T12:30")), "contact.recovered");
}

#[test]
fn a_test_in_the_wrong_persons_tube_is_owed_again() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    b.admit("01T12:00", 1, 1, ISOLATION, 1);
    b.contact("01T09:00", 2, 2, "close", "01T08:00");
    b.admit("01T12:00", 2, 2, ISOLATION, 2);
    b.swab("02T09:00", "C1", 1, "single", None);
    b.say("02T10:00", "registration_reassigned", json!({"tube": "C1", "from": p(1), "to": p(2), "reason": "rooms swapped"}));
    assert_eq!((b.due(1, DutyKind::ContactTest).len(), b.due(2, DutyKind::ContactTest).len()), (4, 3));
}

#[test]
fn nobody_is_released_before_the_last_test() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "high_risk_spillover", "01T08:00");
    let tests = b.due(1, DutyKind::ContactTest);
    for due in &tests[..tests.len() - 1] {
        let day: u32 = due[..2].parse().unwrap(); // Due at the end of the day before.
        b.swab(&format!("{:02}T09:00", day - 1), &format!("C{day}"), 1, "single", None);
    }
    assert_eq!(b.due(1, DutyKind::ContactTest).len(), 1);
    assert_eq!(b.refuse("09T01:00", "released", json!({"person": p(1)})), "release.test");
}

#[test]
fn a_record_from_elsewhere_that_this_protocol_does_not_manage_restricts_nobody_again() {
    let mut b = Book::under("measles");
    let mut named = naming(1, 1, "secondary", "25T08:00");
    assert_eq!(b.refuse("26T08:00", "contact_named", named.clone()), "contact.category");
    named["ended"] = json!({"state": "converted", "at": "2022-11-26T07:00:00+08:00"});
    b.say("26T08:00", "contact_named", named);
    b.say("26T09:00", "case_listed", json!({"case": id(1), "person": p(1), "classification": "suspect"}));
    let none = json!({"case": id(1), "classification": "not_a_case", "severity": "mild", "decider": "expert group"});
    b.say("27T09:00", "case_classified", none);
    assert_eq!(b.contact_of(1).state, ContactState::Released, "the case was none, and nothing is left to follow up");
    assert!(b.duties(1).iter().all(|d| d.kind != DutyKind::FollowUp), "{:?}", b.kinds(1));
}
