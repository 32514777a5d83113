//! Cases and contacts through the door: investigated, followed up, restricted no longer than decided, and read again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::expiry;
use quell_book::Role;
use quell_foundation::*;
use quell_store::shelf;
use serde_json::{Value, json};

const AT: &str = "2022-11-26T18:00:00+08:00";

fn id(n: u32) -> String {
    uuid_of(n).to_string()
}
fn uuid_of(n: u32) -> ContactId {
    ContactId(derived_uuid(&[b"cases", &n.to_be_bytes()]))
}
fn decision() -> Value {
    json!({"decider": "investigation team", "reason": "shared a meal"})
}
fn named(n: u32, of: PersonId, category: &str) -> Value {
    json!({"contact_named": {"contact": id(n), "person": of, "category": category, "last_exposure": AT, "context": "household",
        "relation": "sister", "certainty": "high", "decision": decision(), "at": AT}})
}

async fn adopt(w: &World, protocol: &str) {
    let (id, text, _) = quell::app::read_protocol(protocol).unwrap();
    let c = w.app.db.connection().await.unwrap();
    let content = shelf::put(&c, &id, &text).await.unwrap();
    drop(c);
    w.say(&[json!({"protocol_adopted": {"protocol": id, "content": content, "decider": "command", "at": AT}})]).await;
}

async fn items(w: &World, path: &str, token: &str) -> Vec<Value> {
    let reply = w.get(path, token).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_investigation_is_asked_saved_and_read() {
    let w = World::county(4).await;
    adopt(&w, "measles").await;
    let token = w.token(Role::Investigator, TOWN_1).await;
    let questions = w.get("/v1/questions", &token).await.json();
    let words: Vec<&str> = questions.as_array().unwrap().iter().map(|q| q["id"].as_str().unwrap()).collect();
    assert!(words.contains(&"mcv_doses") && !words.contains(&"funeral"), "{words:?}");

    let case = json!({"case_listed": {"case": id(1), "person": person(A, 0), "classification": "suspect", "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[case])).await.status, 201);
    let asked = json!({"interviewed": {"case": id(1), "interviewer": "Li", "answers": {"mcv_doses": 1, "symptoms": ["rash"]}, "at": AT}});
    let visit = json!({"visited": {"visit": id(2), "case": id(1), "place": STATION_A, "from": "2022-11-25T10+08:00",
        "to": "2022-11-25T12+08:00", "companions": ["the mother"], "source": "told", "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[asked, visit])).await.status, 201);
    let filed = json!({"investigation_filed": {"case": id(1), "part": "core", "at": AT}});
    let refused = w.post(&token, &submission(fresh_submission(), &[filed])).await;
    assert_eq!(refused.status, 422);
    assert!(refused.json()["detail"].as_str().unwrap().contains("pregnant"), "{refused:?}");

    let found = w.get(&format!("/v1/cases/{}/investigation", id(1)), &token).await.json();
    assert_eq!(found["record"]["answers"]["mcv_doses"]["value"], json!(1.0), "{found}");
    assert_eq!((found["interviews"].as_array().unwrap().len(), found["visits"][0]["place_name"].as_str()), (1, Some("甲站")));
    let elsewhere = w.token(Role::Investigator, TOWN_2).await;
    assert_eq!(w.get(&format!("/v1/cases/{}/investigation", id(1)), &elsewhere).await.status, 404);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_followed_up_and_ends_by_the_clock() {
    let w = World::county(6).await;
    adopt(&w, "ebola").await;
    w.say(&[named(1, person(A, 0), "close"), named(2, person(B, 0), "close")]).await;
    let token = w.token(Role::CommunityWorker, TOWN_1).await;
    let due = items(&w, "/v1/contacts?need=due", &token).await;
    assert_eq!(due.len(), 1, "only of one's own place: {due:?}");
    assert_eq!((due[0]["context"].as_str(), due[0]["follow_up_due"].as_str()), (Some("household"), Some("2022-11-26T16:00:00Z")));
    let seen =
        json!({"followed_up": {"person": person(A, 0), "outcome": "seen_not_ok", "symptoms": ["fever"], "temperature": 38.4, "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[seen])).await.status, 201);
    let ill = items(&w, "/v1/contacts?need=ill", &token).await;
    assert_eq!((ill.len(), ill[0]["last_outcome"].as_str()), (1, Some("seen_not_ok")));
    assert!(items(&w, "/v1/contacts?need=overdue", &token).await.is_empty());
    let timeline = w.get(&format!("/v1/persons/{}", person(A, 0)), &token).await.json();
    assert_eq!(timeline["follow_ups"][0]["symptoms"], json!(["fever"]));

    assert_eq!(expiry::once(&w.app).await.unwrap(), 0, "nobody's time is over");
    w.app.clock.set(time("2022-12-18T00:00:01+08:00"));
    assert_eq!(expiry::once(&w.app).await.unwrap(), 2, "21 days after the exposure");
    assert_eq!(expiry::once(&w.app).await.unwrap(), 0, "once");
    assert_eq!(items(&w, "/v1/contacts?state=released&place=50.500237.101", &w.token(Role::Investigator, ROOT).await).await.len(), 1);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_ends_by_itself_and_is_appealed() {
    let w = World::county(6).await;
    w.say(&[named(1, person(A, 0), "high_risk_spillover"), named(2, person(A, 1), "high_risk_spillover")]).await;
    let token = w.token(Role::Commander, ROOT).await;
    let orders = items(&w, "/v1/orders?in_force=true", &token).await;
    assert_eq!(orders.len(), 2);
    assert!(
        orders.iter().all(|o| o["reason"] == "shared a meal" && o["kind"] == "quarantine" && o["ends"] == "2022-12-03T16:00:00Z"),
        "{orders:?}"
    );
    let of = |p: PersonId| orders.iter().find(|o| o["person_id"] == json!(p)).unwrap()["order_id"].clone();
    let appeal = json!({"appeal_made": {"appeal": id(7), "order": of(person(A, 0)), "by": "herself", "text": "not there", "at": AT}});
    w.say(&[appeal]).await;
    let appealed = items(&w, "/v1/orders?appealed=true", &token).await;
    assert_eq!((appealed.len(), appealed[0]["appeals"][0]["text"].as_str()), (1, Some("not there")));
    let answer = |who: &str| json!({"appeal_answered": {"appeal": id(7), "granted": true, "decision": {"decider": who, "reason": "seen elsewhere"}, "at": AT}});
    let own = w.post(&token, &submission(fresh_submission(), &[answer("investigation team")])).await;
    assert_eq!(own.json()["refusal"]["rule"], "appeal.decider", "{own:?}");
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[answer("review board")])).await.status, 201);
    assert_eq!(items(&w, "/v1/orders?in_force=true", &token).await.len(), 1);

    // Past its end nobody is restricted, before anyone has said so.
    let status = |p: PersonId| format!("/v1/persons/{p}/status");
    assert_eq!(w.get(&status(person(A, 1)), &token).await.json()["restrictions"].as_array().unwrap().len(), 1);
    w.app.clock.set(time("2022-12-04T00:00:00+08:00"));
    let token = w.token(Role::Commander, ROOT).await;
    assert!(w.get(&status(person(A, 1)), &token).await.json()["restrictions"].as_array().unwrap().is_empty());
    assert!(items(&w, "/v1/orders?in_force=true", &token).await.is_empty());
    assert_eq!(expiry::once(&w.app).await.unwrap(), 1);
    let states = w.count("SELECT count(*) FROM quell.restriction_order WHERE state = 'expired' AND ended_at = ends").await;
    assert_eq!(states, 1);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chains_show_what_is_doubtful_and_who_has_no_source() {
    let w = World::county(6).await;
    adopt(&w, "measles").await;
    let case = |n: u32, onset: &str| {
        let onset = format!("2022-11-{onset}T08:00:00+08:00");
        json!({"case_listed": {"case": id(n), "person": person(A, n as usize), "classification": "confirmed", "onset": onset, "at": AT}})
    };
    w.say(&[case(1, "01"), case(2, "12"), case(3, "23"), case(4, "02")]).await;
    let link = |n: u32, source: u32, target: u32| {
        json!({"link_stated": {"link": id(10 + n), "source": id(source), "target": id(target), "certainty": "high", "context": "class",
            "evidence": "same class", "at": AT}})
    };
    let token = w.token(Role::Investigator, TOWN_1).await;
    let said = submission(fresh_submission(), &[link(1, 1, 2), link(2, 2, 3), link(3, 3, 4)]);
    assert_eq!(w.post(&token, &said).await.status, 201);
    let chains = w.get("/v1/chains", &token).await.json();
    let mut shown: Vec<_> = chains["links"].as_array().unwrap().iter().map(|l| (l["generation"].clone(), l["doubts"].clone())).collect();
    shown.sort_by_key(|l| l.0.as_u64());
    assert_eq!(shown, [(json!(1), json!([])), (json!(2), json!([])), (json!(3), json!(["source_ill_later", "too_soon"]))], "{chains}");
    assert_eq!((chains["clusters"][0]["cases"].as_u64(), chains["clusters"][0]["generations"].as_u64()), (Some(4), Some(4)), "{chains}");
    let sources = w.get(&format!("/v1/cases/{}/sources", id(2)), &token).await.json();
    let shown: Vec<_> = sources["candidates"].as_array().unwrap().iter().map(|s| (s["case_id"].clone(), s["evidence"].clone())).collect();
    assert_eq!(shown[0], (json!(id(1)), json!(["unit"])), "a neighbour, eleven days before; the other neighbour ten: {sources}");
    assert!(shown.iter().all(|s| s.0 != json!(id(2))), "{sources}");
    let unlinked = items(&w, "/v1/cases/unlinked", &token).await;
    assert_eq!(unlinked.iter().map(|c| c["case_id"].as_str().unwrap()).collect::<Vec<_>>(), [id(1)]);
    let elsewhere = w.token(Role::Investigator, TOWN_2).await;
    assert!(w.get("/v1/chains", &elsewhere).await.json()["links"].as_array().unwrap().is_empty());
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn indicators_say_how_good_the_tracing_is() {
    let w = World::county(6).await;
    adopt(&w, "ebola").await;
    let seen = |n: usize, outcome: &str| {
        let symptoms = if outcome == "seen_not_ok" { json!(["fever"]) } else { json!([]) };
        json!({"followed_up": {"person": person(A, n), "outcome": outcome, "symptoms": symptoms, "by": "第一组", "at": AT}})
    };
    w.say(&[
        named(1, person(A, 0), "close"),
        named(2, person(A, 1), "close"),
        named(3, person(A, 2), "close"),
        named(4, person(B, 0), "close"),
    ])
    .await;
    w.say(&[seen(0, "seen_ok"), seen(1, "seen_not_ok"), seen(2, "missed")]).await;
    let case = |n: u32, who: PersonId| {
        let onset = "2022-11-25T08:00:00+08:00";
        json!({"case_listed": {"case": id(n), "person": who, "classification": "confirmed", "onset": onset, "at": AT}})
    };
    w.say(&[case(10, person(A, 1)), case(11, person(B, 5))]).await;
    let token = w.token(Role::Auditor, ROOT).await;
    let found = w.get("/v1/indicators", &token).await.json();
    let contacts = &found["total"]["contacts"];
    assert_eq!((contacts["people"].as_i64(), contacts["seen"].as_i64()), (Some(3), Some(1)), "one became a case: {found}");
    let cases = &found["total"]["cases"];
    assert_eq!(
        (cases["cases"].as_i64(), cases["share_were_contacts"].as_f64(), cases["without_contacts"].as_i64()),
        (Some(2), Some(0.5), Some(2))
    );
    assert_eq!(cases["to_report"], json!({"cases": 0, "median_h": null, "p90_h": null}), "{found}");
    let below = found["below"].as_array().unwrap();
    let lines: Vec<_> = below.iter().map(|b| (b["name"].as_str().unwrap(), b["contacts"]["people"].as_i64())).collect();
    assert_eq!(lines, [("高唐街道", Some(2)), ("龙门街道", Some(1))], "{found}");
    let team = json!({"team_id": null, "by": "第一组", "tried": 3, "seen_ok": 1, "seen_not_ok": 1, "missed": 1, "not_done": 0});
    assert_eq!(found["teams"], json!([team]));
    let own = w.get("/v1/indicators", &w.token(Role::Sampler, TOWN_2).await).await.json();
    assert_eq!(own["total"]["contacts"]["people"], 1, "{own}");
    assert_eq!(w.get("/v1/indicators?from=2022-11-27&to=2022-11-26", &token).await.status, 400, "the days are turned round");
}

fn quell(data: &std::path::Path, url: &str, words: &[&str]) -> std::process::Output {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_quell"));
    c.arg("--data").arg(data).args(["--database-url", url, "--lang", "zh"]).args(words).env("RUST_LOG", "warn");
    let out = c.output().unwrap();
    assert!(out.status.success(), "{words:?}: {out:?}");
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_out_in_every_shape_and_papers_are_printed() {
    let w = World::county(6).await;
    let case = json!({"case_listed": {"case": id(1), "person": person(A, 3), "classification": "confirmed", "at": AT}});
    let mut of_case = named(2, person(A, 0), "high_risk_spillover");
    of_case["contact_named"]["case"] = json!(id(1));
    let seen = json!({"followed_up": {"person": person(A, 0), "outcome": "seen_ok", "by": "第一组", "at": AT}});
    w.say(&[case, of_case, named(3, person(A, 1), "general"), seen]).await;
    // The program lives at the same time as this book.
    w.app.clock.keep(&w.data).unwrap();
    let file = |name: &str| w.data.join(name).to_str().unwrap().to_owned();
    let export = |list: &str, format: &str| {
        let out = file(&format!("{list}.{format}"));
        quell(&w.data, w.url(), &["export", list, "--format", format, "--out", &out]);
        std::fs::read(out).unwrap()
    };
    for (list, rows, word) in
        [("linelist", 1, "确诊"), ("contacts", 2, "shared a meal"), ("links", 1, "household"), ("followups", 1, "第一组")]
    {
        let csv = String::from_utf8(export(list, "csv")).unwrap();
        assert_eq!(csv.lines().count(), rows + 1, "{list}: {csv}");
        assert!(list == "linelist" || csv.contains(word), "{list}: {csv}");
        let bundle: Value = serde_json::from_slice(&export(list, "fhir")).unwrap();
        assert_eq!(bundle["resourceType"], "Bundle", "{list}");
        assert_eq!(&export(list, "xlsx")[..2], b"PK", "{list}");
        assert!(!export(list, "godata").is_empty());
    }
    let sormas = String::from_utf8(export("contacts", "sormas")).unwrap();
    assert_eq!(sormas.lines().count(), 5, "two header rows, and one that says how dates are written: {sormas}");

    for (words, pages) in [
        (vec!["print", "notices", "--telephone", "023-1", "--out"], "2"),
        (vec!["print", "day-sheet", "--team", "第一组", "--place", A, "--out"], "1"),
    ] {
        let out = file(&format!("{}.pdf", words[1]));
        let said = quell(&w.data, w.url(), &[words.clone(), vec![out.as_str()]].concat());
        assert!(String::from_utf8(said.stdout).unwrap().contains(&format!("共 {pages} 页")), "{words:?}");
        assert_eq!(&std::fs::read(&out).unwrap()[..5], b"%PDF-");
    }
    let looks = w.count("SELECT count(*) FROM quell.audit WHERE kind = 'look' AND what LIKE 'quell %'").await;
    assert!(looks >= 19, "every list and paper is a look at persons: {looks}");
}
