//! From a case's trajectory to its contacts: what the registers show, compared with a plain search through everything that was said;
//! nobody is restricted by a match, a person confirms; leads stay visible until they are persons.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell_book::Role;
use quell_foundation::*;
use quell_store::shelf;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const AT: &str = "2022-11-26T18:00:00+08:00";

fn id(n: u32) -> String {
    derived_uuid(&[b"candidates", &n.to_be_bytes()]).to_string()
}

/// Day and hour of November 2022.
fn t(text: &str) -> String {
    format!("2022-11-{text}:00+08:00")
}

async fn adopt(w: &World, protocol: &str) {
    let (id, text, _) = quell::app::read_protocol(protocol).unwrap();
    let c = w.app.db.connection().await.unwrap();
    let content = shelf::put(&c, &id, &text).await.unwrap();
    drop(c);
    w.say(&[json!({"protocol_adopted": {"protocol": id, "content": content, "decider": "command", "at": AT}})]).await;
}

fn case(n: u32, of: PersonId, onset: &str) -> Value {
    json!({"case_listed": {"case": id(n), "person": of, "classification": "confirmed", "onset": t(onset), "at": AT}})
}
fn visit(n: u32, place: &str, from: &str, to: &str) -> Value {
    let mut v = json!({"visit": id(n), "case": id(1), "from": from, "to": to, "source": "told", "at": AT});
    match place.strip_prefix("vehicle:") {
        Some(vehicle) => v["vehicle"] = json!(vehicle),
        None => v["place"] = json!(place),
    }
    json!({ "visited": v })
}
fn line(of: PersonId, from: &str, to: Option<&str>, seat: Option<&str>) -> Value {
    json!({"person": of, "from": t(from), "to": to.map(t), "seat": seat})
}
fn register(venue: &str, people: &[Value]) -> Value {
    json!({"checked_in": {"venue": venue, "people": people, "at": AT}})
}
fn member(group: &str, kind: &str, of: PersonId) -> Value {
    json!({"member_listed": {"group": group, "kind": kind, "person": of, "at": AT}})
}

async fn ask(w: &World, token: &str, question: &str) -> Value {
    let reply = w.get(&format!("/v1/cases/{}/candidates?limit=1000{question}", id(1)), token).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

/// Person → what is proposed, how certain, by which rule.
fn short(found: &Value) -> BTreeMap<String, (String, String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let one = |c: &Value| (text(&c["person_id"]), (text(&c["proposal"]), text(&c["certainty"]), text(&c["evidence"][0]["rule"])));
    found["items"].as_array().unwrap().iter().map(one).collect()
}

fn decision() -> Value {
    json!({"decider": "county headquarters", "reason": "by what was found"})
}

fn proposed(found: &Value, of: PersonId) -> Option<(String, String, String)> {
    short(found).remove(&of.to_string())
}

fn is(proposal: &str, certainty: &str, rule: &str) -> Option<(String, String, String)> {
    Some((proposal.into(), certainty.into(), format!("exposures.{rule}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_register_proposes_by_the_rules_of_the_disease() {
    let w = World::county(14).await;
    adopt(&w, "measles").await;
    let p = |n: usize| person(A, n);
    let market = format!("{A}.market");
    w.say(&[
        json!({"place_listed": {"place": market, "kind": "site", "name": "农贸市场"}}),
        case(1, p(0), "20T08:00"),
        visit(10, &market, &t("19T10:00"), &t("19T11:00")),
        visit(11, "vehicle:12", &t("19T12:00"), &t("19T12:30")),
        visit(12, &market, "2022-11-21+08:00", "2022-11-21+08:00"),
        visit(13, &market, &t("10T10:00"), &t("10T11:00")),
    ])
    .await;
    w.say(&[
        register(
            &market,
            &[
                line(p(4), "19T10:30", Some("19T10:40"), None),
                line(p(5), "19T12:30", Some("19T12:40"), None),
                line(p(6), "19T13:30", Some("19T13:40"), None),
                line(p(7), "21T23:00", Some("21T23:10"), None),
                line(p(8), "10T10:00", Some("10T10:30"), None),
                line(person(B, 3), "19T10:00", None, None),
            ],
        ),
        register("vehicle:12", &[line(p(9), "19T12:10", Some("19T12:20"), Some("7A"))]),
        member("school1-3", "class", p(0)),
        member("school1-3", "class", p(10)),
        json!({"member_listed": {"group": "school1-3", "kind": "class", "person": p(11), "to": t("10T08:00"), "at": AT}}),
    ])
    .await;
    let token = w.token(Role::Investigator, ROOT).await;
    let found = ask(&w, &token, "").await;
    assert_eq!((found["from"].as_str(), found["to"].as_str()), (Some("2022-11-15T16:00:00Z"), Some("2022-11-24T16:00:00Z")));
    assert_eq!(proposed(&found, p(1)), is("close", "high", "household"), "{found:#}");
    assert_eq!(proposed(&found, p(2)), None, "the same stairwell: no contact");
    assert_eq!(proposed(&found, p(4)), is("close", "medium", "venue"));
    assert_eq!(proposed(&found, p(5)), is("close", "medium", "venue"), "the air of two hours");
    assert_eq!(proposed(&found, p(6)), None, "more than two hours after");
    assert_eq!(proposed(&found, p(7)), is("close", "low", "venue"), "a visit of some time on that day");
    assert_eq!(proposed(&found, p(8)), None, "before it could infect");
    assert_eq!(proposed(&found, person(B, 3)), is("close", "medium", "venue"));
    assert_eq!(proposed(&found, p(9)), is("close", "high", "vehicle"), "the whole vehicle");
    assert_eq!((proposed(&found, p(10)), proposed(&found, p(11))), (is("close", "high", "class"), None), "left before");
    assert_eq!(found["counts"], json!([{"proposal": "close", "persons": 7}]));
    let market_of = |n: usize| found["items"].as_array().unwrap().iter().find(|c| c["person_id"] == json!(p(n))).unwrap().clone();
    let (at_once, after) = (market_of(4)["evidence"][0].clone(), market_of(5)["evidence"][0].clone());
    assert_eq!((&at_once["overlap_min"], &at_once["gap_min"], &at_once["visit_id"]), (&json!(10), &Value::Null, &json!(id(10))));
    assert_eq!((&after["overlap_min"], &after["gap_min"]), (&json!(0), &json!(90)));
    // Whom the rules make no contact is shown to who asks.
    assert_eq!(proposed(&ask(&w, &token, "&category=none").await, p(2)), is("none", "low", "unit"));
    // Someone can confirm them all the same, in so many words.
    w.app.clock.keep(&w.data).unwrap();
    let neighbour = p(2).to_string();
    let (ok, _, err) = confirm(&w, &id(1), &["--person", &neighbour]);
    assert!(!ok && err.contains("--as"), "{err}");
    let (ok, out, err) = confirm(&w, &id(1), &["--person", &neighbour, "--as", "close"]);
    assert!(ok && out.contains("\"confirmed\":1,"), "{out} {err}");
    assert_eq!(short(&ask(&w, &token, "&register=vehicle").await).len(), 1);
    // Of one's own place only; and the look is written down.
    let elsewhere = w.token(Role::Investigator, TOWN_2).await;
    assert_eq!(w.get(&format!("/v1/cases/{}/candidates", id(1)), &elsewhere).await.status, 404);
    let here = w.token(Role::Investigator, TOWN_1).await;
    assert_eq!(short(&ask(&w, &here, "").await).len(), 6, "without the resident of the other township");
    let looks = w.count("SELECT max(rows)::bigint FROM quell.audit WHERE kind = 'look' AND what = '/v1/cases/{case}/candidates'").await;
    assert_eq!(looks, 7);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_wards_and_queues_are_told_apart() {
    let w = World::county(30).await;
    let p = |n: usize| person(A, n);
    w.say(&[
        case(1, p(0), "24T08:00"),
        register(
            "vehicle:渝A1",
            &[
                line(p(0), "23T08:00", Some("23T09:00"), Some("01车12F")),
                line(p(12), "23T08:10", Some("23T08:50"), Some("01车13A")),
                line(p(13), "23T08:10", Some("23T08:50"), Some("01车14A")),
                line(p(14), "23T08:10", Some("23T08:50"), Some("02车12F")),
                line(p(15), "23T08:10", Some("23T08:50"), None),
            ],
        ),
        member("factory-2", "workplace", p(0)),
        member("factory-2", "workplace", p(16)),
        member("choir", "other", p(0)),
        member("choir", "other", p(17)),
    ])
    .await;
    let swab = |n: usize, tube: &str, at: &str| json!({"registered": {"tube": tube, "person": p(n), "station": STATION_A, "at": t(at), "mode": "pooled", "round": "R1"}});
    w.say(&[json!({"round_opened": {"round": "R1", "name": "r", "scope": [ROOT], "at": t("25T06:00")}})]).await;
    w.say(&[swab(18, "Q1", "25T08:00"), swab(19, "Q2", "25T08:02"), swab(20, "Q3", "25T09:00")]).await;
    // The case is sampled single: whoever is infected is not pooled.
    let own =
        json!({"registered": {"tube": "Q4", "person": p(0), "station": STATION_A, "at": t("25T08:05"), "mode": "single", "round": "R1"}});
    w.say(&[own]).await;
    let token = w.token(Role::Investigator, ROOT).await;
    let found = ask(&w, &token, "").await;
    assert_eq!(proposed(&found, p(12)), is("close", "medium", "vehicle"), "the next row: {found:#}");
    assert_eq!(proposed(&found, p(13)), is("general", "medium", "vehicle"), "two rows away");
    assert_eq!(proposed(&found, p(14)), is("general", "medium", "vehicle"), "another carriage");
    assert_eq!(proposed(&found, p(15)), is("close", "low", "vehicle"), "no seat known");
    assert_eq!(proposed(&found, p(16)), is("close", "medium", "workplace"));
    assert_eq!(proposed(&found, p(17)), is("general", "low", "group"));
    let queue = ask(&w, &token, "&register=sampling_queue").await;
    assert_eq!(proposed(&queue, p(18)), is("general", "low", "sampling_queue"));
    assert_eq!(proposed(&queue, p(19)), is("general", "low", "sampling_queue"));
    assert_eq!(proposed(&queue, p(20)), None, "an hour later");
    let rows: Vec<Value> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["person_id"] == json!(p(13)))
        .map(|c| c["evidence"][0]["rows_apart"].clone())
        .collect();
    assert_eq!(rows, [json!(2)]);
}

/// Class and work end with the order that keeps the case at home, the household with its death or recovery; a funeral comes after the death.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_met_a_case_where_it_was_no_more() {
    let w = World::county(14).await;
    adopt(&w, "measles").await;
    let p = |n: usize| person(A, n);
    let order = |starts: &str, ends: &str| {
        json!({"order_issued": {"order": id(90), "person": p(0), "kind": "isolation", "evidence": "result", "decision": decision(),
            "starts": t(starts), "ends": t(ends), "at": t(starts)}})
    };
    let funeral = json!({"event": "funeral-1", "name": "丧事", "kind": "funeral", "from": t("24T08:00"), "to": t("24T12:00"), "at": AT});
    w.say(&[case(1, p(0), "20T08:00"), member("school1-3", "class", p(0)), member("school1-3", "class", p(10))]).await;
    w.say(&[json!({ "event_listed": funeral }), member("funeral-1", "event", p(0)), member("funeral-1", "event", p(12))]).await;
    let token = w.token(Role::Investigator, ROOT).await;
    let last = |found: &Value, n: usize| {
        let of = found["items"].as_array().unwrap().iter().find(|c| c["person_id"] == json!(p(n)));
        of.map(|c| c["last_exposure"].as_str().unwrap().to_owned())
    };
    let is_at = |at: &str| Some(at.to_owned());
    w.say(&[order("21T08:00", "26T00:00")]).await;
    let found = ask(&w, &token, "").await;
    assert_eq!(last(&found, 10), is_at("2022-11-21T00:00:00Z"), "class, until the order: {found:#}");
    assert_eq!(last(&found, 1), is_at("2022-11-24T16:00:00Z"), "who lives with it goes on living with it");
    w.say(&[json!({"died": {"person": p(0), "at": t("23T10:00")}})]).await;
    let found = ask(&w, &token, "").await;
    assert_eq!(found["to"], json!("2022-11-23T02:00:00Z"), "the dead infect nobody in class");
    assert_eq!((last(&found, 1), last(&found, 10)), (is_at("2022-11-23T02:00:00Z"), is_at("2022-11-21T00:00:00Z")));
    assert_eq!(last(&found, 12), is_at("2022-11-24T04:00:00Z"), "who was at the funeral was near");
}

/// Whoever was under quarantine, or in an isolation site, before the case could infect, met nobody at work, or at home.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_isolated_before_it_could_infect_met_nobody() {
    let w = World::county(14).await;
    let p = |n: usize| person(A, n);
    let named = json!({"contact_named": {"contact": id(80), "person": p(0), "category": "close", "last_exposure": t("20T08:00"),
        "decision": decision(), "at": t("20T09:00")}});
    w.say(&[member("factory-2", "workplace", p(0)), member("factory-2", "workplace", p(6)), named]).await;
    w.say(&[case(1, p(0), "25T08:00")]).await;
    let token = w.token(Role::Investigator, ROOT).await;
    let found = ask(&w, &token, "").await;
    assert_eq!((proposed(&found, p(6)), proposed(&found, p(1)).is_some()), (None, true), "no work, but a home: {found:#}");

    let in_site = json!({"contact_named": {"contact": id(81), "person": p(3), "category": "close", "last_exposure": t("20T08:00"),
        "decision": decision(), "at": t("20T09:00")}});
    w.say(&[in_site]).await;
    let bed = json!({"admitted": {"stay": id(82), "person": p(3), "facility": HALL, "ward": "w1", "bed": 1, "decision": decision(),
        "at": t("20T12:00")}});
    w.say(&[bed]).await;
    w.say(&[json!({"case_listed": {"case": id(2), "person": p(3), "classification": "confirmed", "onset": t("25T08:00"), "at": AT}})])
        .await;
    let reply = w.get(&format!("/v1/cases/{}/candidates?register=household", id(2)), &token).await.json();
    assert_eq!(reply["items"], json!([]), "in a bed since before: {reply:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn registers_of_two_records_of_one_person_are_of_one_candidate() {
    let w = World::county(12).await;
    let p = |n: usize| person(A, n);
    // The case was at the station by its second record; who was there, by a second record, too.
    w.say(&[
        case(1, p(0), "24T08:00"),
        register(
            STATION_A,
            &[line(person(B, 1), "25T10:00", Some("25T11:00"), None), line(person(B, 2), "25T10:00", Some("25T11:00"), None)],
        ),
    ])
    .await;
    let merge = |n: u32, kept: PersonId, gone: PersonId| json!({"persons_merged": {"merge": id(n), "kept": kept, "gone": gone, "decision": {"decider": "d", "reason": "same number"}, "at": AT}});
    w.say(&[merge(30, p(0), person(B, 1)), merge(31, p(5), person(B, 2))]).await;
    let found = ask(&w, &w.token(Role::Investigator, ROOT).await, "&register=venue").await;
    assert_eq!(short(&found).len(), 1, "{found:#}");
    assert_eq!(proposed(&found, p(5)), is("general", "low", "venue"), "under the record that was kept");
    w.verify().await;
}

/// Whom a case met without a list: in the vehicle that brought both, in the ward, and in the home that it visited.
#[tokio::test(flavor = "multi_thread")]
async fn wards_shared_vehicles_and_visited_homes_are_registers_too() {
    let w = World::county(16).await;
    let p = |n: usize| person(A, n);
    let (site, home) = (format!("{ROOT}.iso1"), format!("{A}.c1.b1.u1.0005"));
    let at = |kind: &str, n: u32, when: &str| json!({ kind: {"transfer": id(n), "at": t(when)} });
    let request = |n: u32, of: PersonId| json!({"transfer_requested": {"transfer": id(n), "person": of, "at": t("25T08:00")}});
    let brought = |n: u32, to: &str| {
        let decided = json!({"decider": "d", "reason": "the nearest one"});
        json!({"vehicle_assigned": {"transfer": id(n), "vehicle": "渝A1", "facility": to, "decision": decided, "at": t("25T09:00")}})
    };
    let admitted = |n: u32, of: PersonId, to: (&str, &str, u32), when: &str| json!({"admitted": {"stay": id(n), "person": of, "facility": to.0, "ward": to.1, "bed": to.2, "decision": decision(), "at": t(when)}});
    w.say(&[
        json!({"place_listed": {"place": site, "kind": "isolation_site", "name": "隔离点", "wards": [{"ward": "1", "beds": 4}]}}),
        json!({"place_listed": {"place": home, "kind": "household", "name": "0005"}}),
        case(1, p(0), "24T08:00"),
        visit(10, &home, &t("23T18:00"), &t("23T20:00")),
        json!({"contact_named": {"contact": id(2), "person": p(6), "category": "close", "last_exposure": t("24T08:00"), "decision": decision(), "at": t("24T20:00")}}),
        admitted(30, p(8), (HALL, "w1", 2), "25T07:00"),
    ])
    .await;
    w.say(&[request(20, p(0)), request(21, p(6)), brought(20, HALL), brought(21, &site)]).await;
    w.say(&[
        at("picked_up", 20, "25T10:00"),
        at("picked_up", 21, "25T10:05"),
        at("arrived", 20, "25T10:40"),
        at("arrived", 21, "25T11:00"),
    ])
    .await;
    w.say(&[admitted(31, p(0), (HALL, "w1", 1), "25T10:50"), admitted(32, p(6), (&site, "1", 1), "25T11:10")]).await;
    let found = ask(&w, &w.token(Role::Investigator, ROOT).await, "").await;
    assert_eq!(proposed(&found, p(8)), is("close", "medium", "ward"), "{found:#}");
    assert_eq!(proposed(&found, p(6)), is("close", "low", "vehicle"), "of neither a seat is known");
    assert_eq!(proposed(&found, p(10)), is("close", "low", "household"), "whoever lives where the case was may have been out");
    let of = |n: usize| found["items"].as_array().unwrap().iter().find(|c| c["person_id"] == json!(p(n))).unwrap()["evidence"][0].clone();
    assert_eq!((&of(8)["place"], &of(8)["starts"]), (&json!(format!("{HALL} w1")), &json!("2022-11-25T02:50:00Z")));
    assert_eq!((&of(6)["place"], &of(6)["overlap_min"]), (&json!("vehicle:渝A1"), &json!(35)));
    assert_eq!((&of(10)["visit_id"], &of(10)["starts"]), (&json!(id(10)), &json!("2022-11-23T10:00:00Z")));
    w.verify().await;
}

/// `quell contacts confirm`: whether it went well, and what it said.
fn confirm(w: &World, case: &str, who: &[&str]) -> (bool, String, String) {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_quell"));
    c.arg("--data").arg(&w.data).args(["--database-url", w.url(), "--json", "contacts", "confirm", case]).env("RUST_LOG", "warn");
    let out = c.args(["--decider", "county headquarters", "--reason", "by the registers"]).args(who).output().unwrap();
    (out.status.success(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
}

/// What says of each person where they stand.
const RESTRICTED: &str = "SELECT (SELECT count(*) FROM quell.contact) + (SELECT count(*) FROM quell.restriction_order) +
    (SELECT count(*) FROM quell.person WHERE standing <> 'at_home' OR exposure <> 'none' OR attention) +
    (SELECT count(*) FROM quell.duty WHERE kind NOT IN ('report', 'investigate_core', 'investigate_full', 'transfer'))";

#[tokio::test(flavor = "multi_thread")]
async fn a_match_restricts_nobody_until_a_person_decides() {
    let w = World::county(12).await;
    let p = |n: usize| person(A, n);
    w.say(&[case(1, p(0), "24T08:00"), visit(10, STATION_A, &t("25T10:00"), &t("25T11:00"))]).await;
    let before = w.count(RESTRICTED).await;
    assert_eq!(before, 1, "the case itself");
    let people: Vec<Value> = (2..10).map(|n| line(p(n), "25T10:00", Some("25T10:40"), None)).collect();
    w.say(&[register(STATION_A, &people), member("g", "class", p(11)), member("g", "class", p(0))]).await;
    let (seq, token) = (w.seq().await, w.token(Role::Investigator, ROOT).await);
    let found = ask(&w, &token, "").await;
    assert_eq!(short(&found).len(), 11, "1 at home, 2 to 9 at the station, 11 in class, 10 in the stairwell");
    assert_eq!((w.count(RESTRICTED).await, w.seq().await), (before, seq), "registers and candidates restrict nobody");

    // Over HTTP: what the candidate says makes the fact; the decision is the caller's.
    let c = found["items"].as_array().unwrap().iter().find(|c| c["person_id"] == json!(p(1))).unwrap();
    let named = json!({"contact_named": {"contact": c["contact_id"], "person": c["person_id"], "case": id(1), "category": c["proposal"],
        "first_exposure": c["first_exposure"], "last_exposure": c["last_exposure"], "context": c["context"], "certainty": c["certainty"],
        "decision": {"decider": "Dr Li", "reason": "lives there"}, "at": NOW}});
    let reply = w.post(&token, &submission(fresh_submission(), &[named])).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let again = ask(&w, &token, "").await;
    let c = again["items"].as_array().unwrap().iter().find(|c| c["person_id"] == json!(p(1))).unwrap();
    assert_eq!((&c["contacts"][0]["case_id"], c["contacts"].as_array().unwrap().len()), (&json!(id(1)), 1));
    assert_eq!(short(&ask(&w, &token, "&unknown=true").await).len(), 10);

    // In bulk, at the command line; given twice it confirms nobody twice.
    w.app.clock.keep(&w.data).unwrap();
    let confirm = |who: &[&str]| confirm(&w, &id(1), who);
    assert!(!confirm(&[]).0, "whom, must be said");
    assert!(!confirm(&["--person", &person(B, 1).to_string()]).0, "who was not there is not confirmed");
    let (ok, out, err) = confirm(&["--category", "general"]);
    assert!(ok && out.contains("\"confirmed\":9"), "{out} {err}");
    let (ok, out, _) = confirm(&["--all"]);
    assert!(ok && out.contains("\"confirmed\":1,"), "the one of the class: {out}");
    let (ok, out, _) = confirm(&["--all"]);
    assert!(ok && out.contains("\"confirmed\":0,\"known_already\":0"), "{out}");
    let reasons = w
        .count("SELECT count(*) FROM quell.contact WHERE decider = 'county headquarters' AND reason LIKE 'by the registers [exposures.%'")
        .await;
    assert_eq!(reasons, 10);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_stay_on_the_lists_until_they_are_persons() {
    let w = World::county(8).await;
    let p = |n: usize| person(A, n);
    let lead = json!({"lead_noted": {"lead": id(20), "case": id(1), "kind": "group", "description": "passengers of bus 12", "expected": 3,
        "venue": "vehicle:12", "last_exposure": t("25T08:00"), "at": AT}});
    let token = w.token(Role::Investigator, TOWN_1).await;
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[case(1, p(0), "24T08:00"), lead])).await.status, 201);
    let resolved = json!({"lead_resolved": {"lead": id(20), "persons": [p(3), p(4)], "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[resolved])).await.status, 201);
    let found = w.get("/v1/leads", &token).await.json()["items"].clone();
    assert_eq!((&found[0]["expected"], &found[0]["identified"], &found[0]["unknown"]), (&json!(3), &json!(2), &json!(1)), "{found}");
    assert_eq!((found[0]["due"].as_str(), found[0]["persons"][0]["contact_id"].clone()), (Some("2022-11-27T10:00:00Z"), Value::Null));
    let page = w.get(&format!("/v1/cases/{}/investigation", id(1)), &token).await.json();
    assert_eq!(page["leads"][0]["unknown"], json!(1), "in the case's page");
    let open = w.get("/v1/items/open?kind=identify_lead", &token).await.json();
    assert_eq!((&open["items"][0]["subject_kind"], &open["items"][0]["subject"]), (&json!("lead"), &json!(id(20))), "in the duty lists");
    assert!(w.get("/v1/leads", &w.token(Role::Investigator, TOWN_2).await).await.json()["items"].as_array().unwrap().is_empty());
    w.app.clock.set(time("2022-11-27T20:00:00+08:00"));
    let token = w.token(Role::Investigator, ROOT).await;
    assert_eq!(w.get("/v1/items/open?kind=identify_lead&overdue=true", &token).await.json()["items"].as_array().unwrap().len(), 1);
    let shoulds = w.get("/v1/shoulds", &token).await.json().to_string();
    assert!(shoulds.contains("identify_lead"), "on the board: {shoulds}");
    let closed = json!({"lead_closed": {"lead": id(20), "decision": {"decider": "command", "reason": "a visitor, gone"}, "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[closed])).await.status, 201);
    assert!(w.get("/v1/leads", &token).await.json()["items"].as_array().unwrap().is_empty());
    assert_eq!(w.get(&format!("/v1/leads?case={}", id(1)), &token).await.json()["items"][0]["state"], json!("closed"));
    w.verify().await;
}

/// A line as the plain search keeps it.
#[derive(Clone, Copy)]
struct Line {
    person: usize,
    venue: usize,
    from: i64,
    to: Option<i64>,
}

/// Whom a plain search through all lines finds at venues under `covid-2022-twenty`: ten minutes together, an hour's stay where no end is
/// known. Minutes since the 20th.
fn plain(visits: &[(usize, i64, i64)], lines: &[Line]) -> BTreeSet<usize> {
    let met = |v: &(usize, i64, i64), l: &Line| {
        let to = l.to.unwrap_or(l.from + 60);
        v.0 == l.venue && v.2.min(to) - v.1.max(l.from) >= 10
    };
    lines.iter().filter(|l| visits.iter().any(|v| met(v, l))).map(|l| l.person).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registers_show_is_what_a_plain_search_finds() {
    const PEOPLE: usize = 300;
    let w = World::county(PEOPLE).await;
    let venue = |n: usize| format!("{B}.v{n}");
    w.say(&(0..8).map(|n| json!({"place_listed": {"place": venue(n), "kind": "site", "name": "店"}})).collect::<Vec<_>>()).await;
    let begin = time("2022-11-20T00:00:00+08:00");
    let at = |minute: i64| begin.plus(Span::minutes(minute)).at_offset(UtcOffset::CHINA);
    // What was said for one case stays for the next.
    let mut once: BTreeMap<(usize, usize, i64), Line> = BTreeMap::new();
    for seed in 0..4u64 {
        let mut n = 0u64;
        let mut lot = |below: u64| {
            n += 1;
            u64::from_be_bytes(derived_uuid(&[b"lot", &seed.to_be_bytes(), &n.to_be_bytes()]).as_bytes()[..8].try_into().unwrap()) % below
        };
        let own = |n: usize| (seed as usize) * 70 + n;
        let mut lines = Vec::new();
        for _ in 0..1_500 {
            let from = lot(6 * 1440) as i64;
            let stay = [None, Some(0), Some(5), Some(30), Some(600), Some(1440)][lot(6) as usize];
            lines.push(Line { person: own(1 + lot(60) as usize), venue: lot(8) as usize, from, to: stay.map(|s| from + s) });
        }
        // The same person at the same place at the same time is one line, of the longer stay.
        for l in &lines {
            let kept = once.entry((l.person, l.venue, l.from)).or_insert(*l);
            kept.to = kept.to.max(l.to);
        }
        let mut facts = Vec::new();
        for v in 0..8 {
            let of: Vec<Value> = lines
                .iter()
                .filter(|l| l.venue == v)
                .map(|l| json!({"person": person(B, l.person), "from": at(l.from), "to": l.to.map(&at)}))
                .collect();
            facts.extend(of.chunks(500).map(|c| json!({"checked_in": {"venue": venue(v), "people": c, "at": NOW}})));
        }
        let the_case = format!("{:08x}-0000-4000-8000-000000000001", seed);
        facts.push(json!({"case_listed": {"case": the_case, "person": person(B, own(0)), "classification": "confirmed", "onset": at(2 * 1440), "at": NOW}}));
        // Twenty places within the time in which it could infect.
        let visits: Vec<(usize, i64, i64)> =
            (0..20).map(|_| (lot(8) as usize, lot(5 * 1440) as i64, lot(180) as i64)).map(|(v, a, l)| (v, a, a + l)).collect();
        for (i, (v, a, b)) in visits.iter().enumerate() {
            facts.push(json!({"visited": {"visit": derived_uuid(&[b"v", &seed.to_be_bytes(), &i.to_be_bytes()]), "case": the_case, "place": venue(*v),
                "from": at(*a), "to": at(*b), "source": "told", "at": NOW}}));
        }
        w.say(&facts).await;
        let token = w.token(Role::Investigator, ROOT).await;
        // Page by page.
        let (mut found, mut after) = (BTreeSet::new(), String::new());
        loop {
            let page = w.get(&format!("/v1/cases/{the_case}/candidates?register=venue&limit=7{after}"), &token).await.json();
            for c in page["items"].as_array().unwrap() {
                assert!(found.insert(c["person_id"].as_str().unwrap().to_owned()), "once only");
                assert_eq!(c["proposal"], "general");
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={}", next.replace('\u{1f}', "%1F").replace('+', "%2B").replace(' ', "%20")),
                None => break,
            }
        }
        let expected: BTreeSet<String> =
            plain(&visits, &once.values().copied().collect::<Vec<_>>()).into_iter().map(|n| person(B, n).to_string()).collect();
        assert!(expected.len() > 5, "seed {seed} says something");
        assert_eq!(found, expected, "seed {seed}");
    }
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registers_and_groups_come_in_from_files_once() {
    let w = World::county(6).await;
    w.app.clock.keep(&w.data).unwrap();
    let (p, market) = (|n: usize| person(A, n), format!("{A}.market"));
    w.say(&[json!({"place_listed": {"place": market, "kind": "site", "name": "市场"}})]).await;
    let import = |list: &str, name: &str, text: &str, more: &[&str]| {
        let file = w.data.join(name);
        std::fs::write(&file, text).unwrap();
        let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_quell"));
        c.arg("--data")
            .arg(&w.data)
            .args(["--database-url", w.url(), "--json", "import", list])
            .arg(&file)
            .args(more)
            .env("RUST_LOG", "warn");
        let out = c.output().unwrap();
        let report: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
        (out.status.success(), report)
    };
    let counts = |r: &Value| ["new", "changed", "unchanged", "bad"].map(|k| r["counts"][k].as_u64().unwrap());
    let text = format!(
        "人员编号,场所编码,车牌号,扫码时间,离开时间,座位号\n{0},{market},,2022-11-25 10:00:00,,\n{1},{market},,2022-11-25 10:05:00,2022-11-25 10:30:00,\n\
         {0},,渝A1,2022-11-25 12:00:00,2022-11-25 12:40:00,12A\n",
        p(0),
        p(1)
    );
    let (ok, r) = import("checkins", "register.csv", &text, &[]);
    assert!(ok && counts(&r) == [3, 0, 0, 0] && r["written"] == json!(2), "a fact a venue: {r:#}");
    assert_eq!(counts(&import("checkins", "register.csv", &text, &[]).1), [0, 0, 3, 0], "the same file again");
    // A longer file of the same register: what is new, and an end.
    let longer = text.replace("10:00:00,,", "10:00:00,2022-11-25 11:00:00,") + &format!("{},{market},,2022-11-25 11:00:00,,\n", p(2));
    assert_eq!(counts(&import("checkins", "longer.csv", &longer, &[]).1), [1, 1, 2, 0]);
    assert_eq!(w.count("SELECT count(*) FROM quell.check_in").await, 4);
    let bad = format!(
        "person,place,vehicle,from,to\n{0},{market},V1,2022-11-25 10:00:00,\n{1},{A}.no,,2022-11-25 10:00:00,\n{0},{market},,2022-11-25 10:00:00,2022-11-25 09:00:00\n{2},{market},,2022-11-25 13:00:00,\n",
        p(0),
        p(1),
        person(A, 77)
    );
    let (ok, r) = import("checkins", "bad.csv", &bad, &[]);
    let mut rules: Vec<&str> = r["issues"].as_array().unwrap().iter().map(|i| i["rule"].as_str().unwrap()).collect();
    rules.sort_unstable();
    assert!(!ok && r["written"] == json!(0), "{r:#}");
    assert_eq!(rules, ["check_in.length", "check_in.venue", "person.unknown", "place.unlisted"]);

    let members =
        format!("班级编码,类别,班级名称,人员编号,开始日期,结束日期\ns1-3,班级,三班,{0},2022-09-01,\ns1-3,班级,三班,{1},,\n", p(0), p(1));
    assert_eq!(counts(&import("members", "members.csv", &members, &[]).1), [2, 0, 0, 0]);
    assert_eq!(counts(&import("members", "members.csv", &members, &[]).1), [0, 0, 2, 0]);
    let left = members.replace(&format!("{},,", p(1)), &format!("{},,2022-11-20", p(1)));
    assert_eq!(counts(&import("members", "left.csv", &left, &[]).1), [0, 1, 1, 0]);
    let ended = w.count("SELECT count(*) FROM quell.membership WHERE ends = '2022-11-20T16:00:00Z'").await;
    assert_eq!(ended, 1, "to the end of that day");
    assert_eq!(w.count(RESTRICTED).await, 0, "registers restrict nobody");
    w.verify().await;
}
