//! Follow-up teams: who sees whom, when a team is absent and comes back, when all are full, and what someone chooses by hand.

use crate::common::*;
use proptest::prelude::*;
use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;
use serde_json::{Value, json};

const B1: &str = "50.500237.101.001.c1.b1";
const B2: &str = "50.500237.101.001.c1.b2";
const NEXT: &str = "50.500237.101.002";

fn listed(team: &str, places: &[&str], capacity: u32) -> Value {
    json!({"team": team, "name": format!("Team {team}"), "places": places, "capacity": capacity})
}

/// Ebola contacts at home, seen once a day, in a compound of two buildings.
fn village() -> Book {
    let mut b = Book::under("ebola");
    for (place, kind) in [(B1, "building"), (B2, "building"), (NEXT, "community")] {
        b.say("01T06:00", "place_listed", json!({"place": place, "kind": kind, "name": kind}));
    }
    b
}

fn team(b: &mut Book, t: &str, team: &str, places: &[&str], capacity: u32) {
    b.say(t, "team_listed", listed(team, places, capacity));
}

fn name(b: &mut Book, t: &str, people: impl IntoIterator<Item = u32>) {
    people.into_iter().for_each(|n| b.contact(t, n, n, "close", "01T08:00"));
}

fn of(b: &Book, n: u32) -> FollowUpAssignment {
    b.replay.state.assignments.get(&p(n)).expect("under follow-up").clone()
}

/// The team of each of these people; `-` for nobody.
fn teams(b: &Book, people: impl IntoIterator<Item = u32>) -> String {
    people.into_iter().map(|n| of(b, n).team_id.map_or("-".to_owned(), |t| t.to_string())).collect::<Vec<_>>().join(" ")
}

fn people(b: &Book, team: &str) -> i32 {
    b.replay.state.teams.get(&TeamId::new(team).expect("a code")).expect("a team").people
}

#[test]
fn the_team_of_the_innermost_place_sees_a_contact_and_the_wider_one_is_its_reserve() {
    let mut b = village();
    team(&mut b, "01T07:00", "county", &[COMMUNITY], 100);
    team(&mut b, "01T07:00", "b1", &[B1], 4);
    name(&mut b, "01T09:00", [1, 4, 7]);
    assert_eq!(teams(&b, [1, 4, 7]), "b1 b1 county");
    // Three live in each household: the second of building 1 has its first person with the team of the building.
    name(&mut b, "01T10:00", [2, 3, 5]);
    assert_eq!((teams(&b, 1..=5), people(&b, "b1")), ("b1 b1 b1 b1 b1".into(), 5), "one household, one team, though it is full");
    let next_door = format!("{B1}.u1.103");
    b.say("01T10:30", "person_listed", json!({"person": p(13), "name": "new", "sex": "male", "home": next_door}));
    name(&mut b, "01T10:40", [13]);
    assert_eq!(teams(&b, [13]), "county", "the next household of the building finds its team full");
    b.say("01T11:00", "followed_up", json!({"person": p(1), "outcome": "seen_ok", "by": "Team b1"}));
    b.say("01T11:00", "followed_up", json!({"person": p(4), "outcome": "seen_ok", "by": "county"}));
    b.say("01T11:00", "followed_up", json!({"person": p(7), "outcome": "seen_ok", "by": "Dr Li"}));
    b.say("01T11:00", "followed_up", json!({"person": p(2), "outcome": "seen_ok", "self_reported": true}));
    let seen: Vec<_> = b.replay.state.follow_ups.iter().map(|f| f.team_id.as_ref().map_or("-", |t| t.as_str())).collect();
    assert_eq!(seen, ["b1", "county", "county", "-"], "by name, by id, by assignment; one's own word is nobody's visit");
    assert_eq!(teams(&b, [1, 4, 7]), "b1 b1 county", "who sees someone once is not their team from then on");
}

#[test]
fn of_two_teams_of_a_place_the_less_taken_one_is_chosen() {
    let mut b = village();
    team(&mut b, "01T07:00", "y", &[COMPOUND], 2);
    team(&mut b, "01T07:00", "x", &[COMPOUND], 8);
    name(&mut b, "01T09:00", [1, 4, 7, 10]);
    assert_eq!(teams(&b, [1, 4, 7, 10]), "x x x x", "four of eight is no more than one of two, and x comes first");
    b.say("01T10:00", "person_listed", json!({"person": p(13), "name": "new", "sex": "male", "home": format!("{B2}.u1.201")}));
    name(&mut b, "01T10:30", [13]);
    assert_eq!(teams(&b, [13]), "y");
}

#[test]
fn an_absent_teams_people_are_spread_by_room_and_come_back() {
    let mut b = village();
    team(&mut b, "01T07:00", "a", &[COMPOUND], 12);
    name(&mut b, "01T09:00", 1..=12);
    team(&mut b, "01T10:00", "b", &[COMPOUND], 6);
    team(&mut b, "01T10:00", "c", &[COMPOUND], 3);
    assert_eq!(people(&b, "a"), 12, "who is seen by a team stays with it");
    b.say("02T07:00", "team_absent", json!({"team": "a", "reason": "the road is washed away"}));
    assert_eq!((people(&b, "a"), people(&b, "b"), people(&b, "c")), (0, 9, 3), "room first, then the least beyond its capacity");
    for household in [1..=3, 4..=6, 7..=9, 10..=12] {
        let of_one = teams(&b, household);
        assert!(["b b b", "c c c"].contains(&of_one.as_str()), "{of_one}");
    }
    assert_eq!(b.refuse("02T08:00", "team_absent", json!({"team": "a"})), "team.absent");
    assert_eq!(b.refuse("02T08:00", "follow_up_assigned", json!({"persons": [p(1)], "team": "a"})), "team.absent");
    b.say("04T07:00", "team_returned", json!({"team": "a"}));
    assert_eq!((people(&b, "a"), people(&b, "b"), people(&b, "c")), (12, 0, 0), "its own come back");
    assert_eq!(b.refuse("04T08:00", "team_returned", json!({"team": "a"})), "team.present");
}

#[test]
fn whom_nobody_covers_is_seen_to_be_with_nobody_until_a_team_comes() {
    let mut b = village();
    name(&mut b, "01T09:00", [1, 7]);
    assert_eq!(teams(&b, [1, 7]), "- -", "also before there are teams");
    team(&mut b, "01T10:00", "b1", &[B1], 5);
    assert_eq!(teams(&b, [1, 7]), "b1 -");
    b.say("02T07:00", "team_absent", json!({"team": "b1"}));
    name(&mut b, "02T08:00", [4]);
    assert_eq!((teams(&b, [1, 4, 7]), of(&b, 1).own_team.unwrap().to_string()), ("- - -".into(), "b1".into()));
    b.say("03T07:00", "team_returned", json!({"team": "b1"}));
    assert_eq!(teams(&b, [1, 4, 7]), "b1 b1 -");
    team(&mut b, "03T08:00", "b1", &[B1, B2], 5);
    assert_eq!(teams(&b, [1, 4, 7]), "b1 b1 b1", "a team that covers more takes whom nobody had");
    team(&mut b, "03T09:00", "b1", &[B2], 5);
    assert_eq!(teams(&b, [1, 4, 7]), "- - b1", "and lets go whom it does not cover any more");
}

#[test]
fn what_is_beyond_a_teams_capacity_goes_to_one_that_comes() {
    let mut b = village();
    team(&mut b, "01T07:00", "a", &[COMPOUND], 6);
    name(&mut b, "01T09:00", 1..=6);
    name(&mut b, "01T10:00", 7..=12);
    assert_eq!(people(&b, "a"), 12, "someone is to be seen, so someone sees them");
    team(&mut b, "02T07:00", "help", &[COMMUNITY], 3);
    assert_eq!((people(&b, "a"), people(&b, "help")), (9, 3));
    assert_eq!(teams(&b, 1..=6), "a a a a a a", "who was there longest stays");
    team(&mut b, "02T08:00", "help", &[COMMUNITY], 20);
    assert_eq!((people(&b, "a"), people(&b, "help")), (6, 6));
    team(&mut b, "02T09:00", "a", &[COMPOUND], 4);
    assert_eq!((people(&b, "a"), people(&b, "help")), (3, 9), "a team that can see fewer gives up a household");
    b.say("02T10:00", "team_ended", json!({"team": "help", "reason": "goes home"}));
    assert_eq!((people(&b, "a"), people(&b, "help")), (12, 0));
    assert!(of(&b, 12).own_team.unwrap().as_str() == "a", "for good: it does not return");
    assert_eq!(b.refuse("02T11:00", "team_returned", json!({"team": "help"})), "team.unknown");
    team(&mut b, "02T12:00", "help", &[COMMUNITY], 20);
    assert_eq!((people(&b, "a"), people(&b, "help")), (3, 9), "unless it is listed again");
}

#[test]
fn who_moves_house_is_looked_at_again() {
    let mut b = village();
    team(&mut b, "01T07:00", "b1", &[B1], 9);
    team(&mut b, "01T07:00", "b2", &[B2], 9);
    name(&mut b, "01T09:00", [1, 2, 4, 7]);
    let seen = |b: &Book, n: u32| b.person(n).listed_seq;
    let go = |b: &mut Book, n: u32, home: String| {
        let seen = seen(b, n);
        b.say(
            "02T09:00",
            "person_listed",
            json!({"person": p(n), "name": format!("Person {n}"), "sex": "unknown", "born": "1985-05-05", "home": home, "seen": seen}),
        );
    };
    go(&mut b, 1, household(7));
    assert_eq!((teams(&b, [1, 2, 7]), people(&b, "b1"), people(&b, "b2")), ("b2 b1 b2".into(), 2, 2));
    go(&mut b, 2, format!("{NEXT}.c1.b1.u1.101"));
    assert_eq!((teams(&b, [2]), people(&b, "b1")), ("-".into(), 1), "nobody covers the next village");
    go(&mut b, 2, household(4));
    assert_eq!(teams(&b, [2, 4]), "b1 b1");
    // Who is not under follow-up is with no team, wherever they go.
    go(&mut b, 12, household(4));
    assert!(b.replay.state.assignments.get(&p(12)).is_none());
}

#[test]
fn who_was_assigned_by_hand_stays_until_the_team_is_absent_and_comes_back_with_it() {
    let mut b = village();
    team(&mut b, "01T07:00", "b1", &[B1], 9);
    team(&mut b, "01T07:00", "b2", &[B2], 1);
    name(&mut b, "01T09:00", [1, 2, 7]);
    assert_eq!(b.refuse("01T10:00", "follow_up_assigned", json!({"persons": [p(1)], "team": "b9"})), "team.unknown");
    assert_eq!(b.refuse("01T10:00", "follow_up_assigned", json!({"persons": [p(9)], "team": "b2"})), "assignment.not_followed_up");
    assert_eq!(b.refuse("01T10:00", "follow_up_assigned", json!({"persons": [], "team": "b2"})), "assignment.persons");
    b.say("01T10:00", "follow_up_assigned", json!({"persons": [p(1)], "team": "b2"}));
    assert_eq!(
        (teams(&b, [1, 2, 7]), people(&b, "b2")),
        ("b2 b2 b2".into(), 3),
        "with the household, whatever the capacity and the places"
    );
    team(&mut b, "01T11:00", "b1", &[B1, B2], 9);
    assert_eq!(teams(&b, [1, 2, 7]), "b2 b2 b1", "no rule takes them away; of the others goes what is beyond the capacity");
    name(&mut b, "01T12:00", [3]);
    assert_eq!(teams(&b, [3]), "b2");
    b.say("02T07:00", "team_absent", json!({"team": "b2"}));
    assert_eq!(teams(&b, [1, 2, 3]), "b1 b1 b1");
    team(&mut b, "02T08:00", "b2", &[B2], 3);
    b.say("03T07:00", "team_returned", json!({"team": "b2"}));
    assert_eq!(teams(&b, [1, 2, 3, 7]), "b2 b2 b2 b1");
}

#[test]
fn it_ends_with_the_follow_up_and_begins_again_with_the_same_team() {
    let mut b = village();
    team(&mut b, "01T07:00", "x", &[COMPOUND], 9);
    name(&mut b, "01T09:00", [1, 4]);
    team(&mut b, "01T10:00", "y", &[COMPOUND], 90);
    b.say("02T09:00", "contact_dropped", json!({"contact": id(1), "decision": decision()}));
    assert_eq!((of(&b, 1).active, people(&b, "x")), (false, 1));
    b.contact("03T09:00", 21, 1, "close", "02T08:00");
    assert_eq!((teams(&b, [1]), people(&b, "x")), ("x".into(), 2), "a face that is known");
    b.say("04T09:00", "contact_dropped", json!({"contact": id(21), "decision": decision()}));
    team(&mut b, "04T10:00", "x", &[COMPOUND], 1);
    b.contact("05T09:00", 22, 1, "close", "02T08:00");
    assert_eq!(teams(&b, [1]), "y", "unless it is full");
}

#[test]
fn a_team_says_what_it_covers_and_can_do() {
    let mut b = village();
    for (rule, fields) in [
        ("team.capacity", listed("x", &[B1], 0)),
        ("team.places", listed("x", &[], 3)),
        ("team.place", listed("x", &["50.500238"], 3)),
        ("place.unknown", listed("x", &["50.500237.101.009"], 3)),
        ("team.name", json!({"team": "x", "name": " ", "places": [B1], "capacity": 3})),
    ] {
        assert_eq!(b.refuse("01T07:00", "team_listed", fields), rule);
    }
    team(&mut b, "01T07:00", "x", &[B2, B1, B1], 3);
    assert_eq!(b.replay.state.teams.get(&TeamId::new("x").unwrap()).unwrap().place.as_str(), COMPOUND);
    assert_eq!(
        b.refuse("01T08:00", "team_listed", json!({"team": "z", "name": "Team x", "places": [B1], "capacity": 3})),
        "team.same_name"
    );
    assert_eq!(b.refuse("01T08:00", "team_absent", json!({"team": "z"})), "team.unknown");
}

/// People who live at one listed place that is no household are no household.
#[test]
fn a_dormitory_is_no_household() {
    let mut b = village();
    team(&mut b, "01T07:00", "x", &[COMPOUND], 1);
    team(&mut b, "01T07:00", "y", &[COMPOUND], 1);
    for n in [13, 14] {
        b.say("01T08:00", "person_listed", json!({"person": p(n), "name": "new", "sex": "male", "home": B1}));
    }
    name(&mut b, "01T09:00", [13, 14]);
    assert_eq!(teams(&b, [13, 14]), "x y");
}

#[test]
fn a_team_with_five_thousand_people_is_spread_in_one_pass() {
    let mut b = village();
    let n = 5_000;
    let flat = |i: u32| format!("{}.u1.{}", [B1, B2][(i % 2) as usize], 1_000 + i / 3);
    let live = |i: u32| fact("", "person_listed", json!({"person": p(i), "name": "n", "sex": "male", "home": flat(i)}));
    let met = |i: u32| fact("01T09:00", "contact_named", naming(i, i, "close", "01T08:00"));
    team(&mut b, "01T07:00", "a", &[COMPOUND], n);
    b.bundle("01T08:00", (100..100 + n).map(live).collect()).unwrap();
    b.bundle("01T09:00", (100..100 + n).map(met).collect()).unwrap();
    for i in 0..20 {
        team(&mut b, "01T10:00", &format!("t{i}"), &[COMPOUND], 260);
    }
    let begun = std::time::Instant::now();
    let changes = b.say("02T07:00", "team_absent", json!({"team": "a"}));
    assert_eq!(changes.assignments.len(), n as usize);
    assert_eq!(changes.teams.len(), 21, "each team once");
    assert!(b.replay.state.teams.values().all(|t| t.people <= t.capacity), "all have room");
    b.say("03T07:00", "team_returned", json!({"team": "a"}));
    assert_eq!(people(&b, "a"), n as i32);
    assert!(begun.elapsed().as_secs() < 20, "{:?} in a development build", begun.elapsed());
}

fn facts() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec(any::<(u8, u8, u8)>(), 1..60)
}

/// A fact about teams or contacts, legal or not.
fn step(i: usize, (kind, a, b): (u8, u8, u8)) -> Fact {
    let t = format!("{:02}T{:02}:00", 2 + i / 12, 8 + i % 12);
    let team = format!("t{}", a % 4);
    let n = u32::from(b % 12) + 1;
    match kind % 9 {
        0..=2 => fact(&t, "contact_named", naming(100 + i as u32, n, "close", "01T08:00")),
        3 | 4 => {
            fact(&t, "team_listed", listed(&team, [&[B1][..], &[B2], &[COMPOUND], &[B1, B2]][(b % 4) as usize], u32::from(b / 4 % 7) + 1))
        }
        5 => fact(&t, "team_absent", json!({"team": team})),
        6 => fact(&t, "team_returned", json!({"team": team})),
        7 => fact(&t, "followed_up", json!({"person": p(n), "outcome": "seen_ok"})),
        _ if a % 3 == 0 => fact(&t, "team_ended", json!({"team": team})),
        _ => fact(&t, "contact_dropped", json!({"contact": id(100 + u32::from(b) % 60), "decision": decision()})),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever gets a team that is beyond its capacity by that, gets it because no other that covers them has room, or because the
    /// household is with it. Nobody is with nobody whom a team covers. And the same facts give the same teams.
    #[test]
    fn nobody_goes_to_a_full_team_while_another_has_room(steps in facts()) {
        let (mut b, mut again) = (village(), village());
        for (i, s) in steps.iter().enumerate() {
            let f = step(i, *s);
            let now = format!("{:02}T{:02}:30", 2 + i / 12, 8 + i % 12);
            let before = b.replay.state.clone();
            let covers = |t: &Team, a: &FollowUpAssignment| t.state == TeamState::Present && t.places.iter().any(|p| a.home.is_within(p));
            let outcome = b.bundle(&now, vec![f.clone()]);
            prop_assert_eq!(outcome.is_ok(), again.bundle(&now, vec![f.clone()]).is_ok());
            let s = &b.replay.state;
            for a in s.assignments.values().filter(|a| a.active && a.team_id.is_none()) {
                prop_assert!(!s.teams.values().any(|t| covers(t, a)), "{:?}", a);
            }
            for t in s.teams.values().filter(|t| t.people > t.capacity) {
                // Who has come to it now, not into a household that it sees. Of several one was the first that was too much.
                let with = |x: &State, home: &PlaceId| x.assignments.values().any(|m| m.active && m.home == *home && m.team_id.as_ref() == Some(&t.team_id));
                let came = |a: &&FollowUpAssignment| a.active && a.team_id.as_ref() == Some(&t.team_id) && !with(&before, &a.home);
                let mut new = s.assignments.values().filter(came).peekable();
                // A team that gives people up by this fact may have had no room before.
                let had_room = |u: &Team, door: i32| u.people + door <= u.capacity && u.people >= before.teams.get(&u.team_id).map_or(0, |o| o.people);
                let nowhere_else = |a: &FollowUpAssignment| {
                    let door = s.assignments.values().filter(|m| m.active && m.home == a.home).count() as i32;
                    !s.teams.values().any(|u| u.team_id != t.team_id && covers(u, a) && had_room(u, door))
                };
                prop_assert!(new.peek().is_none() || new.any(nowhere_else), "{:?} after {:?}", t, f);
            }
        }
        prop_assert_eq!(dump(&b.replay), dump(&again.replay));
    }
}
