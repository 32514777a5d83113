//! Rounds, rosters and zones.

use crate::common::*;
use quell_book::*;
use quell_protocol::{Control, Setting};
use serde_json::json;

#[test]
fn a_roster_leaves_out_who_cannot_come() {
    let mut b = Book::new();
    b.say("26T06:30", "person_absent", json!({"person": p(1), "destination": "Chengdu"}));
    b.case(26, 2);
    b.contact("26T06:30", 1, 3, "close", "26T06:00");
    b.admit("26T10:00", 1, 3, ISOLATION, 1);
    b.round("26T11:00", "r1");
    let why = |n: u32| b.replay.state.roster.get(&("r1".parse().unwrap(), p(n))).unwrap().waived.clone();
    assert_eq!(why(1).as_deref(), Some("absent: Chengdu"));
    assert_eq!((why(2).as_deref(), why(3).as_deref(), why(4)), (Some("case"), Some("in isolation"), None));
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 0, 3, 0]);
}

#[test]
fn who_leaves_is_confirmed_or_waived_during_a_round_needs_no_sample() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.say("26T08:00", "person_absent", json!({"person": p(1), "destination": "Chengdu"}));
    b.case(26, 2);
    let waive = |n: u32| json!({"round": "r1", "person": p(n), "reason": "bedridden", "decider": "community"});
    b.say("26T11:00", "roster_waived", waive(3));
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 0, 2, 1]);
    assert_eq!(b.refuse("26T11:00", "roster_waived", waive(1)), "roster.ended");
    assert_eq!(b.refuse("26T11:00", "roster_waived", waive(99)), "roster.unknown");
    assert_eq!(b.refuse("26T11:00", "person_absent", json!({"person": p(2), "destination": "x"})), "person.bound");
    b.say("26T12:00", "person_returned", json!({"person": p(1)}));
    b.swab("26T12:30", "T1", 1, "pooled", Some("r1"));
    assert_eq!(b.registration(1, "T1").flag.as_deref(), Some("not_on_roster"));
}

#[test]
fn a_closed_round_names_who_was_missed() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", 1..=9);
    b.say("26T20:00", "round_closed", json!({"round": "r1"}));
    let missed: Vec<u128> = b.replay.state.roster.iter().filter(|r| r.missed).map(|r| r.person_id.0.as_u128()).collect();
    assert_eq!(missed, [10, 11, 12]);
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 9, 0, 3]);
    assert_eq!(b.refuse("26T20:30", "registered", swab("T2", 10, "pooled", Some("r1"))), "round.closed");
    assert_eq!(b.refuse("26T20:30", "round_closed", json!({"round": "r1"})), "round.closed");
    let waive = json!({"round": "r1", "person": p(10), "reason": "too late", "decider": "community"});
    assert_eq!(b.refuse("26T20:30", "roster_waived", waive), "roster.ended");
    // Person 10 was swabbed in time by a station that was offline.
    let mut late = swab("T2", 10, "pooled", Some("r1"));
    late["at"] = "26T19:00".into();
    b.say("26T21:00", "registered", late);
    assert!(b.registration(10, "T2").counts && b.registration(10, "T2").flag.is_none());
    assert_eq!(b.counts(DutyKind::Sample), [12, 1, 10, 0, 3]);
}

#[test]
fn a_round_is_opened_by_a_submission_of_its_own() {
    let mut b = Book::new();
    let facts = vec![
        fact("26T07:00", "round_opened", json!({"round": "r1", "name": "first", "scope": [COMPOUND]})),
        fact("26T07:00", "registered", swab("T1", 1, "pooled", Some("r1"))),
    ];
    let refusal = b.bundle("26T07:00", facts).unwrap_err();
    assert_eq!((refusal.rule.as_str(), refusal.fact), ("round.just_opened", 1));
    assert!(b.replay.state.rounds.is_empty());
    b.round("26T07:00", "r1");
    assert_eq!(b.refuse("26T08:00", "round_opened", json!({"round": "r1", "name": "again", "scope": [COMPOUND]})), "round.exists");
    assert_eq!(b.refuse("26T08:00", "round_opened", json!({"round": "r2", "name": "far", "scope": ["50.500238"]})), "round.scope");
    let many = json!({"round": "r2", "name": "many", "scope": vec![COMPOUND; 5_001]});
    assert_eq!(b.refuse("26T08:00", "round_opened", many), "round.scope");
    assert_eq!(b.refuse("26T08:00", "registered", swab("T1", 1, "pooled", Some("r9"))), "round.unknown");
}

#[test]
fn someone_who_moves_during_a_round_is_counted_where_the_roster_stands() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    let moved = json!({"person": p(1), "seen": 1, "name": "Person 1", "sex": "unknown", "home": "50.500237.102.007.c2.b1.u1.101"});
    b.say("26T08:00", "person_listed", moved);
    b.swab("26T09:00", "T1", 1, "pooled", Some("r1")); // Each step checks the balance of every place.
    b.say("26T10:00", "registration_voided", json!({"tube": "T1", "person": p(1), "reason": "wrong"}));
    assert_eq!(b.counts(DutyKind::Sample), [12, 1, 1, 0, 0]);
}

#[test]
fn a_new_case_extends_every_zone_around_it() {
    let mut b = Book::new();
    let zone = |place: &str| json!({"place": place, "level": "high", "reason": "a case", "decider": "command"});
    let building = format!("{COMPOUND}.b1");
    b.say("20T08:00", "zone_designated", zone(COMPOUND));
    b.say("20T08:00", "zone_designated", zone(&building));
    assert_eq!(b.refuse("20T09:00", "zone_designated", zone(&building)), "zone.exists");
    let lifts = |b: &Book| -> Vec<String> {
        let open = b.replay.state.duties.iter().filter(|d| d.kind == DutyKind::LiftZone && d.state == DutyState::Open);
        open.map(|d| short(d.due)).collect()
    };
    assert_eq!(lifts(&b), ["26T00:00", "26T00:00"], "after five days without a new infection");
    b.case(22, 1);
    assert_eq!(lifts(&b), ["28T00:00", "28T00:00"]);
    // A case that is reported late does not bring the end forward.
    let late = json!({"case": id(9), "person": p(2), "classification": "confirmed", "at": "21T08:00"});
    b.say("22T12:00", "case_listed", late);
    assert_eq!(lifts(&b), ["28T00:00", "28T00:00"]);
    let lift = |reason: &str, early: bool| json!({"place": building, "reason": reason, "decider": "command", "early": early});
    assert_eq!(b.refuse("26T23:00", "zone_lifted", lift("enough", false)), "zone.too_early");
    assert_eq!(b.refuse("27T08:00", "zone_lifted", lift("", false)), "zone.reason");
    b.say("27T08:00", "zone_lifted", lift("five days", false));
    assert_eq!(b.counts(DutyKind::LiftZone), [4, 0, 1, 0, 2]);
    assert_eq!(b.refuse("28T02:00", "zone_lifted", json!({"place": building, "reason": "x", "decider": "y"})), "zone.unknown");
}

#[test]
fn another_level_of_a_zone_is_not_a_lifting() {
    let mut b = Book::new();
    let zone = |level: &str| json!({"place": COMPOUND, "level": level, "reason": "a case", "decider": "command"});
    b.say("20T08:00", "zone_designated", zone("high"));
    b.say("21T08:00", "zone_designated", zone("temporary_control"));
    assert_eq!(b.counts(DutyKind::LiftZone), [1, 0, 0, 0, 1]);
    assert_eq!(b.replay.state.zones.iter().filter(|z| z.lifted_at.is_none()).count(), 1);
}

#[test]
fn who_is_isolated_at_home_is_sampled_in_a_round() {
    let mut b = Book::new();
    b.contact("26T06:30", 1, 1, "high_risk_spillover", "26T06:00");
    b.round("26T07:00", "r1");
    assert_eq!(b.person(1).standing, Standing::HomeIsolation);
    assert_eq!(b.replay.state.roster.get(&("r1".parse().unwrap(), p(1))).unwrap().waived, None);
}

#[test]
fn who_was_sampled_is_not_waived_and_who_was_waived_is_not_missed() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", [1]);
    let waive = |n: u32| json!({"round": "r1", "person": p(n), "reason": "bedridden", "decider": "community"});
    assert_eq!(b.refuse("26T09:00", "roster_waived", waive(1)), "roster.ended");
    b.say("26T09:00", "roster_waived", waive(2));
    b.say("26T20:00", "round_closed", json!({"round": "r1"}));
    assert!(!b.replay.state.roster.get(&("r1".parse().unwrap(), p(2))).unwrap().missed);
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 1, 1, 10]);
}

#[test]
fn a_round_ends_after_it_begins() {
    let mut b = Book::new();
    let round = json!({"round": "r1", "name": "first", "scope": [COMPOUND], "due": "26T07:00"});
    assert_eq!(b.refuse("26T07:00", "round_opened", round), "round.due");
}

#[test]
fn an_early_lifting_is_a_waiver() {
    let mut b = Book::new();
    b.say("20T08:00", "zone_designated", json!({"place": COMPOUND, "level": "high", "reason": "a case", "decider": "command"}));
    b.say("21T08:00", "zone_lifted", json!({"place": COMPOUND, "early": true, "reason": "error", "decider": "command"}));
    assert_eq!(b.counts(DutyKind::LiftZone), [1, 0, 0, 1, 0]);
}

/// Ninth edition: a high-risk zone falls to medium after seven days and is gone after three more; a zone that was drawn as medium stands for seven.
#[test]
fn a_zone_that_fell_stands_as_long_as_it_says_of_that() {
    let mut b = Book::under("covid-2022-ninth");
    let zone = |place: &str, level: &str| json!({"place": place, "level": level, "reason": "a case", "decider": "command"});
    let due = |b: &Book, place: &str| {
        let open = b.replay.state.duties.iter().filter(|d| d.kind == DutyKind::LiftZone && d.state == DutyState::Open);
        open.filter(|d| d.place.as_str() == place).map(|d| short(d.due)).collect::<Vec<_>>()
    };
    let building = format!("{COMPOUND}.b1");
    b.say("10T08:00", "zone_designated", zone(COMPOUND, "high"));
    b.say("17T08:00", "zone_designated", zone(COMPOUND, "medium"));
    b.say("17T08:00", "zone_designated", zone(&building, "medium"));
    assert_eq!((due(&b, COMPOUND), due(&b, &building)), (vec!["21T00:00".to_owned()], vec!["25T00:00".to_owned()]));
}

/// Found where one was swabbed: what the response did between swab and result does not make it a find under control.
#[test]
fn a_zone_drawn_after_the_swab_changes_nothing_of_where_a_case_was_found() {
    let mut b = Book::new();
    let building = format!("{COMPOUND}.b1");
    b.swab("20T08:00", "S1", 1, "single", None);
    b.swab("20T08:00", "S2", 2, "single", None);
    b.receive("20T09:00", &["S1", "S2"]);
    b.say("20T10:00", "zone_designated", json!({"place": building, "level": "high", "reason": "a case", "decider": "command"}));
    b.contact("20T10:00", 1, 2, "close", "20T00:00");
    b.bring("20T11:00", 1, 2, ISOLATION);
    b.admit("20T12:00", 1, 2, ISOLATION, 1);
    b.result("20T13:00", "S1", "positive", Some(25.0));
    b.result("20T13:00", "S2", "positive", Some(25.0));
    let found = |n: u32| b.active_case(n).map(|c| (c.setting, c.control)).unwrap();
    assert_eq!(found(1), (Setting::Other, Some(Control::CommunityFound)));
    assert_eq!(found(2), (Setting::ContactTracing, Some(Control::CommunityFound)));
}
