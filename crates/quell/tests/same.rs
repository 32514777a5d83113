//! One person, once: asked before someone is listed, decided by someone, and undone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell_book::Role;
use quell_foundation::*;
use serde_json::{Value, json};

const AT: &str = "2022-11-26T18:00:00+08:00";

fn id(n: u32) -> PersonId {
    PersonId(derived_uuid(&[b"same", &n.to_be_bytes()]))
}

/// 张丽 as the roster knows her, as a tracer wrote her down, and her twin.
async fn listed(w: &World) {
    let one = |n: u32, name: &str, home: &str, phone: &str| json!({"person_listed": {"person": id(n), "name": name, "sex": "female", "born": "1985-03-12", "phone": phone, "home": home}});
    let flat = format!("{A}.c1.b1.u1.0009");
    w.say(&[one(1, "张丽", &flat, "13812345678"), one(2, "張莉", A, "138 1234 5678"), one(3, "张美", &flat, "13812345678")]).await;
}

async fn similar(w: &World, token: &str, person: PersonId) -> Vec<Value> {
    let reply = w.get(&format!("/v1/persons/{person}/similar"), token).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["candidates"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_who_is_there_already_is_found_before_being_listed_again() {
    let w = World::county(4).await;
    listed(&w).await;
    let token = w.token(Role::Investigator, TOWN_1).await;
    let described = json!({"name": "Zhang Li", "born": "1985-03-12", "phone": "13812345678"});
    let reply = w.call("POST", "/v1/similar", &token, described.to_string()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let found = reply.json();
    let first = &found["candidates"][0];
    assert!([json!(id(1)), json!(id(2))].contains(&first["person_id"]) && first["verdict"] == "same", "{found}");
    assert!(first["reasons"].as_array().unwrap().iter().any(|r| r["zh"].as_str().unwrap().contains("拼音")), "{first}");
    // Of another place one learns that there is someone, and no more.
    let elsewhere = w.token(Role::Investigator, TOWN_2).await;
    let found = w.call("POST", "/v1/similar", &elsewhere, described.to_string()).await.json();
    assert_eq!((found["candidates"].as_array().unwrap().len(), found["elsewhere"].as_u64()), (0, Some(3)), "{found}");
    assert_eq!(w.get(&format!("/v1/persons/{}/similar", id(1)), &elsewhere).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_records_are_merged_and_told_apart_again() {
    let w = World::county(4).await;
    listed(&w).await;
    let token = w.token(Role::Investigator, TOWN_1).await;
    let decision = json!({"decider": "investigation team", "reason": "she was asked"});
    let others = similar(&w, &token, id(1)).await;
    assert!(others.iter().any(|c| c["person_id"] == json!(id(2)) && c["verdict"] == "same"), "{others:?}");
    let contact = json!({"contact_named": {"contact": derived_uuid(&[b"c"]), "person": id(2), "category": "close", "last_exposure": AT,
        "decision": decision, "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[contact])).await.status, 201);
    let waiting = w.get("/v1/duplicates", &token).await.json();
    assert_eq!(waiting["items"][0]["person_id"], json!(id(2)), "{waiting}");

    let merge = MergeId(derived_uuid(&[b"merge"]));
    let twin = json!({"persons_distinct": {"person": id(3), "other": id(1), "decision": decision, "at": AT}});
    let merged = json!({"persons_merged": {"merge": merge, "kept": id(1), "gone": id(2), "decision": decision, "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[twin, merged])).await.status, 201);
    assert!(similar(&w, &token, id(1)).await.is_empty(), "the second record is hers, the twin is not");
    let first = w.get(&format!("/v1/persons/{}", id(1)), &token).await.json();
    let second = &first["merged"][0];
    assert_eq!((&second["person_id"], &second["merge_id"], first["merged"][1].is_null()), (&json!(id(2)), &json!(merge), true), "{first}");
    assert_eq!(first["contacts"][0]["state"], "active", "{first}");
    let status = w.get(&format!("/v1/persons/{}/status", id(2)), &token).await.json();
    assert_eq!((&status["person_id"], status["restrictions"][0]["kind"].as_str()), (&json!(id(1)), Some("awaiting_isolation")), "{status}");
    w.verify().await;

    let undone = json!({"merge_undone": {"merge": merge, "decision": decision, "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[undone])).await.status, 201);
    let second = w.get(&format!("/v1/persons/{}", id(2)), &token).await.json();
    assert_eq!((&second["same_as"], second["contacts"][0]["state"].as_str()), (&Value::Null, Some("active")), "{second}");
    assert!(similar(&w, &token, id(2)).await.iter().all(|c| c["person_id"] != json!(id(1))), "remembered as two people");
    w.verify().await;
}
