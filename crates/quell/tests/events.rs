//! A wedding with a case among its guests: listed, filled from a file, proposed, confirmed in bulk; whoever is still unknown stays in sight.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell_book::Role;
use quell_foundation::*;
use quell_store::shelf;
use serde_json::{Value, json};

const AT: &str = "2022-11-26T18:00:00+08:00";

fn id(n: u32) -> String {
    derived_uuid(&[b"events", &n.to_be_bytes()]).to_string()
}
fn p(n: usize) -> PersonId {
    person(A, n)
}
/// Day and hour of November 2022.
fn t(text: &str) -> String {
    format!("2022-11-{text}:00+08:00")
}
fn decision() -> Value {
    json!({"decider": "Dr Li", "reason": "the host says so"})
}
fn case(n: u32, of: PersonId, onset: &str) -> Value {
    json!({"case_listed": {"case": id(n), "person": of, "classification": "confirmed", "onset": t(onset), "at": AT}})
}
fn wedding() -> Value {
    json!({"event_listed": {"event": "wedding-7", "name": "婚宴", "kind": "wedding", "place": STATION_A, "from": t("10T10:00"),
        "to": t("10T20:00"), "expected": 40, "at": AT}})
}
fn member(group: &str, kind: &str, of: PersonId) -> Value {
    json!({"member_listed": {"group": group, "kind": kind, "person": of, "at": AT}})
}

async fn measles(people: usize) -> World {
    let w = World::county(people).await;
    let (id, text, _) = quell::app::read_protocol("measles").unwrap();
    let c = w.app.db.connection().await.unwrap();
    let content = shelf::put(&c, &id, &text).await.unwrap();
    drop(c);
    w.say(&[json!({"protocol_adopted": {"protocol": id, "content": content, "decider": "command", "at": AT}})]).await;
    w.app.clock.keep(&w.data).unwrap();
    w
}

/// The `quell` program: whether it went well, and what it says.
fn quell(w: &World, words: &[&str]) -> (bool, Value) {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_quell"));
    c.arg("--data").arg(&w.data).args(["--database-url", w.url(), "--json"]).args(words).env("RUST_LOG", "warn");
    let out = c.output().unwrap();
    (out.status.success(), serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}")))
}

async fn ask(w: &World, token: &str, path: &str) -> Value {
    let reply = w.get(path, token).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}
/// Participants, unknown, seen, cases, contacts, undecided.
fn numbers(event: &Value) -> [Option<i64>; 6] {
    ["participants", "unknown", "seen", "cases", "contacts", "undecided"].map(|k| event[k].as_i64())
}
fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap().to_owned()).collect()
}

/// 31 of 40 guests, from a file: the case, 25 of its community, 5 of another township.
fn import_guests(w: &World) -> (bool, Value) {
    let guests = (0..=25).map(p).chain((0..5).map(|n| person(B, n)));
    let rows: String = guests.map(|g| format!("wedding-7,聚集活动,{g}\n")).collect();
    let file = w.data.join("guests.csv");
    std::fs::write(&file, format!("活动编码,类别,人员编号\n{rows}")).unwrap();
    quell(w, &["import", "members", file.to_str().unwrap()])
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_at_the_wedding_is_proposed_and_whoever_is_unknown_stays_in_sight() {
    let w = measles(45).await;
    let (all, token) = ("/v1/exposure-events", w.token(Role::Investigator, ROOT).await);
    let (ok, r) = import_guests(&w);
    assert!(!ok && r["counts"]["bad"] == json!(31) && r["issues"][0]["rule"] == json!("event.unknown"), "the event comes first: {r:#}");
    let here = w.token(Role::Investigator, TOWN_1).await;
    assert_eq!(w.post(&here, &submission(fresh_submission(), &[wedding()])).await.status, 201);
    let (ok, r) = import_guests(&w);
    assert!(ok && r["counts"]["new"] == json!(31), "{r:#}");
    let (ok, r) = import_guests(&w);
    assert!(ok && r["counts"]["unchanged"] == json!(31), "the same file again: {r:#}");
    assert_eq!(numbers(&ask(&w, &token, all).await["items"][0]), [31, 9, 31, 0, 0, 31].map(Some));
    assert!(names(&ask(&w, &token, &format!("{all}?cases=true")).await).is_empty(), "no case yet");

    // A case among the guests, another one later, and a funeral of which nobody knows how many came.
    let funeral = json!({"event": "funeral-1", "name": "丧事", "kind": "funeral", "from": t("13T08:00"), "to": t("13T12:00"), "at": AT});
    w.say(&[case(1, p(0), "12T08:00"), case(2, p(5), "23T08:00"), json!({ "event_listed": funeral })]).await;
    w.say(&[member("funeral-1", "event", p(0)), member("funeral-1", "event", p(40))]).await;
    w.say(&[member("s1", "class", p(0)), member("s1", "class", p(5))]).await;
    let candidates = format!("/v1/cases/{}/candidates?register=event&limit=1000", id(1));
    let found = ask(&w, &token, &candidates).await;
    assert_eq!(found["counts"], json!([{"proposal": "close", "persons": 31}]), "30 guests of the wedding, one of the funeral");
    let of = |who: PersonId| found["items"].as_array().unwrap().iter().find(|c| c["person_id"] == json!(who)).unwrap().clone();
    let guest = of(person(B, 3));
    assert_eq!((&guest["context"], &guest["certainty"], &guest["proposal"]), (&json!("venue"), &json!("medium"), &json!("close")));
    let e = &guest["evidence"][0];
    assert_eq!(
        (&e["rule"], &e["place"], &e["event"], &e["event_name"]),
        (&json!("exposures.event"), &json!("wedding-7"), &json!("wedding"), &json!("婚宴"))
    );
    assert_eq!((e["starts"].as_str(), e["ends"].as_str()), (Some("2022-11-10T02:00:00Z"), Some("2022-11-10T12:00:00Z")));
    assert_eq!(of(p(40))["context"], json!("funeral"));

    // The source of the second: met at the wedding, and of one class, in this order.
    let sources = ask(&w, &token, &format!("/v1/cases/{}/sources", id(2))).await;
    let first = &sources["candidates"][0];
    assert_eq!((&first["case_id"], &first["met_at"]), (&json!(id(1)), &json!("2022-11-10T12:00:00Z")), "{sources:#}");
    assert_eq!(first["evidence"].as_array().unwrap()[..2], [json!("met"), json!("group")]);

    // In bulk, as by any register. Whoever is unknown is not forgotten by it.
    let (ok, r) = quell(
        &w,
        &["contacts", "confirm", &id(1), "--category", "close", "--decider", "county headquarters", "--reason", "the list of guests"],
    );
    assert!(ok && r["confirmed"] == json!(30), "without the one who is a case: {r}");
    assert_eq!(
        w.count("SELECT count(*) FROM quell.contact WHERE reason LIKE 'the list of guests [exposures.event%' AND context = 'venue'").await,
        29 - 1,
        "one shares a home: by that rule"
    );
    let open = ask(&w, &token, &format!("{all}?cases=true&unknown=true")).await;
    assert_eq!(names(&open), ["funeral-1", "wedding-7"], "the latest first");
    assert_eq!(numbers(&open["items"][0]), [Some(2), None, Some(2), Some(1), Some(1), Some(0)], "nobody has said how many there were");
    assert_eq!(numbers(&open["items"][1]), [31, 9, 31, 2, 29, 0].map(Some));

    // Page by page, those of whom nothing is decided first.
    w.say(&[member("wedding-7", "event", p(30))]).await;
    let one = format!("{all}/wedding-7");
    let page = ask(&w, &token, &format!("{one}?limit=31")).await;
    assert_eq!(
        (&page["listed"][0]["person_id"], &page["listed"][0]["known"], page["listed"].as_array().unwrap().len()),
        (&json!(p(30)), &json!("undecided"), 31)
    );
    let rest = ask(&w, &token, &format!("{one}?limit=31&after={}", page["next"].as_str().unwrap().replace('\u{1f}', "%1F"))).await;
    let last = &rest["listed"][0];
    assert_eq!(
        (rest["listed"].as_array().unwrap().len(), &last["known"], &last["cases"][0]["state"]),
        (1, &json!("case"), &json!("active"))
    );
    assert_eq!((numbers(&page), &page["venue_name"]), ([32, 8, 32, 2, 29, 1].map(Some), &json!("甲站")));

    // Another township sees its own guests, and the number that is missing is no other for it.
    let there = w.token(Role::Investigator, TOWN_2).await;
    let seen = ask(&w, &there, &one).await;
    assert_eq!((numbers(&seen), seen["listed"].as_array().unwrap().len()), ([32, 8, 5, 0, 0, 5].map(Some), 5), "{seen:#}");
    assert_eq!(names(&ask(&w, &there, all).await), ["wedding-7"]);
    assert_eq!(w.get(&format!("{all}/funeral-1"), &there).await.status, 404, "none of its people were there");
    assert_eq!(w.get(&format!("{all}?place={TOWN_1}"), &there).await.status, 403);
    assert_eq!(names(&ask(&w, &here, &format!("{all}?from=2022-11-11&to=2022-11-13")).await), ["funeral-1"]);
    assert_eq!(names(&ask(&w, &here, &format!("{all}?to=2022-11-10")).await), ["wedding-7"]);

    // What two linked cases share.
    let link = json!({"link": id(9), "source": id(1), "target": id(2), "directed": true, "certainty": "medium", "evidence": "the wedding", "at": AT});
    w.say(&[json!({ "link_stated": link })]).await;
    let chains = ask(&w, &token, "/v1/chains").await;
    assert_eq!(chains["clusters"][0]["events"], json!([{"event": "wedding-7", "name": "婚宴", "kind": "wedding", "cases": 2}]));
    let looks = w.count("SELECT max(rows)::bigint FROM quell.audit WHERE kind = 'look' AND what = '/v1/exposure-events/{event}'").await;
    assert_eq!(looks, 31);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_corrected_and_a_withdrawn_event_proposes_nobody() {
    let w = measles(12).await;
    let token = w.token(Role::Investigator, ROOT).await;
    w.say(&[wedding(), case(1, p(0), "12T08:00"), case(2, p(5), "23T08:00"), case(3, p(7), "23T08:00")]).await;
    w.say(&(0..8).map(|n| member("wedding-7", "event", p(n))).collect::<Vec<_>>()).await;
    w.say(&[member("wedding-7", "event", person(B, 2)), member("wedding-7", "event", person(B, 3))]).await;
    let candidates = format!("/v1/cases/{}/candidates?register=event&limit=1000", id(1));
    let proposed = async || -> Vec<Value> {
        ask(&w, &token, &candidates).await["items"].as_array().unwrap().iter().map(|c| c["person_id"].clone()).collect()
    };
    assert_eq!(proposed().await.len(), 9);
    // One was not there, one came after the case had left, one of those listed is known by another record.
    let part = |of: PersonId, from: &str, to: &str| {
        let times = json!({"group": "wedding-7", "kind": "event", "person": of, "from": t(from), "to": t(to), "at": AT});
        json!({ "member_listed": times })
    };
    w.say(&[part(p(0), "10T10:00", "10T14:00"), part(p(1), "09T10:00", "09T12:00"), part(p(2), "10T15:00", "10T20:00")]).await;
    let merged = json!({"persons_merged": {"merge": id(20), "kept": p(6), "gone": person(B, 2), "decision": decision(), "at": AT}});
    w.say(&[merged]).await;
    let now = proposed().await;
    assert!(now.len() == 6 && !now.contains(&json!(p(1))) && !now.contains(&json!(p(2))) && !now.contains(&json!(person(B, 2))), "{now:?}");
    let event = ask(&w, &token, "/v1/exposure-events/wedding-7").await;
    assert_eq!(numbers(&event), [8, 32, 8, 3, 0, 5].map(Some), "{event:#}");
    // More than were expected: none is unknown, and none less than none.
    let mut fewer = wedding();
    fewer["event_listed"]["expected"] = json!(3);
    w.say(&[fewer]).await;
    let list = |question: &'static str| format!("/v1/exposure-events?{question}");
    assert_eq!(ask(&w, &token, &list("limit=1")).await["items"][0]["unknown"], json!(0));
    assert!(names(&ask(&w, &token, &list("unknown=true")).await).is_empty());

    let met = async |n: u32| ask(&w, &token, &format!("/v1/cases/{}/sources", id(n))).await.to_string().contains("\"met\"");
    assert!(met(2).await && met(3).await);
    w.say(&[json!({"event_withdrawn": {"event": "wedding-7", "decision": decision(), "at": NOW}})]).await;
    assert!(proposed().await.is_empty() && !met(2).await, "nobody, and no source");
    let event = ask(&w, &token, "/v1/exposure-events/wedding-7").await;
    assert_eq!(
        (&event["reason"], &event["decider"]),
        (&json!("the host says so"), &json!("Dr Li")),
        "what was decided is shown: {event:#}"
    );
    assert!(names(&ask(&w, &token, &list("unknown=true")).await).is_empty());
    w.verify().await;
}
