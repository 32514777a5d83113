//! Follow-up teams on the binary and a real PostgreSQL: listed, given people, absent, back; lists, workload and day sheets of each.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell_book::Role;
use quell_foundation::*;
use quell_store::shelf;
use serde_json::{Value, json};

const AT: &str = "2022-11-26T18:00:00+08:00";

fn listed(team: &str, name: &str, place: &str, capacity: u32) -> Value {
    json!({"team_listed": {"team": team, "name": name, "places": [place], "capacity": capacity, "members": ["护士甲"], "at": AT}})
}
fn named(n: u32, of: PersonId) -> Value {
    json!({"contact_named": {"contact": ContactId(derived_uuid(&[b"teams", &n.to_be_bytes()])), "person": of, "category": "close",
        "last_exposure": AT, "decision": {"decider": "investigation team", "reason": "nursed the case"}, "at": AT}})
}
fn seen(of: PersonId, by: &str) -> Value {
    json!({"followed_up": {"person": of, "outcome": "seen_ok", "by": by, "at": "2022-11-26T19:00:00+08:00"}})
}
fn about(kind: &str, team: &str) -> Value {
    json!({ kind: {"team": team, "at": AT} })
}

async fn get(w: &World, path: &str, token: &str) -> Value {
    let reply = w.get(path, token).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}

/// Each team with its people, what is due, overdue and seen today.
async fn workload(w: &World, token: &str) -> Vec<String> {
    let found = get(w, "/v1/teams", token).await;
    let line = |t: &Value| {
        let n = &t["workload"];
        format!("{} {}: {} of {}, {} due, {} seen", t["team_id"], t["state"], t["people"], t["capacity"], n["due"], n["seen"])
            .replace('"', "")
    };
    found["items"].as_array().unwrap().iter().map(line).collect()
}

/// The contacts of a list, by number in their community.
async fn contacts(w: &World, query: &str, token: &str) -> Vec<PersonId> {
    let found = get(w, &format!("/v1/contacts?{query}"), token).await;
    let mut people: Vec<PersonId> =
        found["items"].as_array().unwrap().iter().map(|c| serde_json::from_value(c["person_id"].clone()).unwrap()).collect();
    people.sort();
    people
}
fn sorted(mut people: Vec<PersonId>) -> Vec<PersonId> {
    people.sort();
    people
}

fn quell(w: &World, words: &[&str]) -> std::process::Output {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_quell"));
    c.arg("--data").arg(&w.data).args(["--database-url", w.url(), "--lang", "zh", "--json"]).args(words).env("RUST_LOG", "warn");
    c.output().unwrap()
}

/// How many people are on a team's day sheet.
fn on_sheet(w: &World, team: &str) -> i64 {
    printed(w, &["--team", team])["papers"].as_i64().unwrap()
}

fn printed(w: &World, which: &[&str]) -> Value {
    let file = w.data.join("sheet.pdf");
    let out = quell(w, &[&["print", "day-sheet", "--out", file.to_str().unwrap()], which].concat());
    assert!(out.status.success(), "{which:?}: {out:?}");
    assert_eq!(&std::fs::read(file).unwrap()[..5], b"%PDF-");
    String::from_utf8(out.stdout).unwrap().lines().find_map(|l| serde_json::from_str(l).ok()).unwrap()
}

/// A county under Ebola's protocol: a team of community A for two people, one of its township, one of community B.
async fn county_with_teams() -> World {
    let w = World::county(8).await;
    let (id, text, _) = quell::app::read_protocol("ebola").unwrap();
    let content = shelf::put(&w.app.db.connection().await.unwrap(), &id, &text).await.unwrap();
    w.say(&[json!({"protocol_adopted": {"protocol": id, "content": content, "decider": "command", "at": AT}})]).await;
    // One is named before there is any team.
    w.say(&[named(1, person(A, 0))]).await;
    w.say(&[listed("a", "一组", A, 2), listed("town", "镇组", TOWN_1, 20), listed("b", "二组", B, 5)]).await;
    w.say(&[named(2, person(A, 1)), named(3, person(A, 2))]).await;
    w.say(&[named(4, person(B, 0))]).await;
    w
}

#[tokio::test(flavor = "multi_thread")]
async fn teams_share_the_contacts_and_take_over_from_each_other() {
    let w = county_with_teams().await;
    let all = w.token(Role::Investigator, ROOT).await;
    assert_eq!(
        workload(&w, &all).await,
        ["a present: 2 of 2, 2 due, 0 seen", "b present: 1 of 5, 1 due, 0 seen", "town present: 1 of 20, 1 due, 0 seen"]
    );
    w.say(&[seen(person(A, 0), "一组"), seen(person(A, 2), "Dr Li")]).await;
    assert_eq!(
        workload(&w, &all).await,
        ["a present: 2 of 2, 1 due, 1 seen", "b present: 1 of 5, 1 due, 0 seen", "town present: 1 of 20, 0 due, 1 seen"]
    );
    let found = get(&w, "/v1/indicators", &all).await;
    let teams: Vec<_> = found["teams"].as_array().unwrap().iter().map(|t| (t["team_id"].clone(), t["by"].clone())).collect();
    assert_eq!(teams, [(json!("a"), json!("一组")), (json!("town"), json!("镇组"))], "{found}");

    assert_eq!(contacts(&w, "team=a", &all).await, sorted(vec![person(A, 0), person(A, 1)]));
    let of = get(&w, "/v1/contacts?team=town", &all).await;
    assert_eq!((&of["items"][0]["team_name"], &of["items"][0]["own_team"]), (&json!("镇组"), &json!("town")));
    let here = w.token(Role::CommunityWorker, A).await;
    assert_eq!(workload(&w, &here).await.len(), 2, "who works in a community sees its teams and those of the township");
    assert_eq!(workload(&w, &w.token(Role::CommunityWorker, B).await).await, ["b present: 1 of 5, 1 due, 0 seen"]);

    // Who may not.
    let told = async |token: &str, fact: Value| w.post(token, &submission(fresh_submission(), &[fact])).await;
    assert_eq!(told(&here, about("team_absent", "a")).await.status, 403, "a community worker sends nobody home");
    let town_2 = w.token(Role::Investigator, TOWN_2).await;
    assert_eq!(told(&town_2, about("team_absent", "a")).await.status, 422, "nor does another township");
    assert_eq!(told(&all, listed("c", "一组", A, 2)).await.status, 422, "a name is one team's");

    assert_eq!(told(&all, about("team_absent", "a")).await.status, 201);
    assert_eq!(told(&all, about("team_absent", "b")).await.status, 201);
    assert_eq!(workload(&w, &all).await[2], "town present: 3 of 20, 1 due, 1 seen");
    assert_eq!(contacts(&w, "without_team=true", &all).await, [person(B, 0)]);
    assert_eq!(get(&w, "/v1/teams", &all).await["nobody"]["due"], 1);
    // By hand, with the household; then a team that comes takes what nobody had.
    assert_eq!(told(&here, json!({"follow_up_assigned": {"persons": [person(A, 0)], "team": "town", "at": AT}})).await.status, 201);
    assert_eq!(told(&all, about("team_returned", "a")).await.status, 201);
    assert_eq!(contacts(&w, "team=a", &all).await, [], "they were given to the township");
    assert_eq!(told(&all, listed("b2", "三组", B, 1)).await.status, 201);
    assert_eq!(contacts(&w, "team=b2", &all).await, [person(B, 0)]);
    assert_eq!(told(&all, about("team_returned", "b")).await.status, 201);
    assert_eq!(contacts(&w, "team=b", &all).await, [person(B, 0)], "its own come back");
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_team_has_its_day_sheet() {
    let w = county_with_teams().await;
    w.app.clock.keep(&w.data).unwrap();
    assert_eq!((on_sheet(&w, "a"), on_sheet(&w, "镇组"), on_sheet(&w, "b")), (2, 1, 1), "by id or by name");
    let every = printed(&w, &["--every-team"]);
    assert_eq!((every["pages"].as_i64(), every["papers"].as_i64()), (Some(3), Some(4)), "a sheet each, in one file");
    w.say(&[about("team_absent", "a"), seen(person(A, 2), "镇组")]).await;
    assert_eq!((on_sheet(&w, "a"), on_sheet(&w, "town")), (0, 2), "whom another team was to see; who was seen is not on it");
    let all = w.token(Role::Auditor, ROOT).await;
    let due = get(&w, "/v1/teams", &all).await;
    let due: i64 = due["items"].as_array().unwrap().iter().map(|t| t["workload"]["due"].as_i64().unwrap()).sum();
    assert_eq!(contacts(&w, "need=due", &all).await.len() as i64, due, "who is due tomorrow is in neither");
    let out = quell(&w, &["print", "day-sheet", "--team", "四组", "--out", w.data.join("x.pdf").to_str().unwrap()]);
    assert!(!out.status.success() && String::from_utf8(out.stderr).unwrap().contains("没有登记小组“四组”"));
    let csv = w.data.join("contacts.csv");
    assert!(quell(&w, &["export", "contacts", "--format", "csv", "--out", csv.to_str().unwrap()]).status.success());
    assert_eq!(std::fs::read_to_string(csv).unwrap().matches("镇组").count(), 3, "the team is in the list that goes out");
}

#[tokio::test(flavor = "multi_thread")]
async fn teams_come_in_as_a_table() {
    let w = World::county(8).await;
    w.app.clock.keep(&w.data).unwrap();
    let import = |text: &str, more: &[&str]| {
        let file = w.data.join("teams.csv");
        std::fs::write(&file, text).unwrap();
        let out = quell(&w, &[&["import", "teams", file.to_str().unwrap()], more].concat());
        let report: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
        let n = |field: &str| report["counts"][field].as_u64().unwrap();
        let rules: Vec<String> = report["issues"].as_array().unwrap().iter().map(|i| i["rule"].as_str().unwrap().to_owned()).collect();
        ([n("new"), n("changed"), n("unchanged"), n("bad")], rules)
    };
    let text = format!(
        "小组编码,小组名称,负责地点,每日可访人数,成员
a,一组,{A};{TOWN_2},30,护士甲;医生乙
b,二组,{B},20,
"
    );
    assert_eq!(import(&text, &[]), ([2, 0, 0, 0], vec![]));
    assert_eq!(import(&text, &[]), ([0, 0, 2, 0], vec![]), "the same file again");
    let members = w.count("SELECT jsonb_array_length(members)::bigint FROM quell.team WHERE team_id = 'a'").await;
    assert_eq!(members, 2);
    let later = format!(
        "team,name,places,capacity
a,一组,{A},40
b,二组,{B},0
c,二组,{B},5
d,四组,{A}.nowhere,5
"
    );
    let (counts, mut rules) = import(&later, &["--skip-bad"]);
    rules.sort();
    assert_eq!(counts[1..], [1, 0, 3], "{rules:?}");
    assert!(["place.unknown", "team.same_name"].iter().all(|r| rules.contains(&(*r).to_owned())), "{rules:?}");
    assert_eq!(w.count("SELECT capacity::bigint FROM quell.team WHERE team_id = 'a' AND jsonb_array_length(members) = 2").await, 40);
    w.verify().await;
}

/// A thousand people of one team are spread in one submission, and come back: in seconds, also on a machine that does other things.
#[tokio::test(flavor = "multi_thread")]
async fn a_team_of_a_thousand_is_spread_at_once() {
    let w = World::county(1_000).await;
    let (id, text, _) = quell::app::read_protocol("ebola").unwrap();
    let content = shelf::put(&w.app.db.connection().await.unwrap(), &id, &text).await.unwrap();
    w.say(&[json!({"protocol_adopted": {"protocol": id, "content": content, "decider": "command", "at": AT}})]).await;
    w.say(&[listed("big", "大组", A, 1_000)]).await;
    w.say(&(0..1_000).map(|n| named(n, person(A, n as usize))).collect::<Vec<_>>()).await;
    w.say(&(0..10).map(|n| listed(&format!("t{n}"), &format!("组{n}"), A, 104)).collect::<Vec<_>>()).await;
    let people = async || w.count("SELECT max(people)::bigint FROM quell.team WHERE team_id <> 'big'").await;
    let begun = std::time::Instant::now();
    w.say(&[about("team_absent", "big")]).await;
    assert_eq!(people().await, 100, "ten teams, a thousand people, fifty households each");
    w.say(&[about("team_returned", "big")]).await;
    assert_eq!(people().await, 0);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    w.verify().await;
}
