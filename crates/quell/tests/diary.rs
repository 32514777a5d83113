//! The symptom diary by a link: no account, a masked name, once and again, and an end that is explained.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::app::read_protocol;
use quell_book::Role;
use quell_foundation::*;
use quell_store::shelf;
use serde_json::{Value, json};

const AT: &str = "2022-11-26T18:00:00+08:00";

/// Two contacts under Ebola's follow-up.
async fn world() -> World {
    let w = World::county(4).await;
    let (id, text, _) = read_protocol("ebola").unwrap();
    let content = shelf::put(&w.app.db.connection().await.unwrap(), &id, &text).await.unwrap();
    w.say(&[json!({"protocol_adopted": {"protocol": id, "content": content, "decider": "command", "at": AT}})]).await;
    let named = |community: &str| {
        json!({"contact_named": {"contact": contact(community), "person": person(community, 0), "category": "close", "last_exposure": AT,
            "decision": {"decider": "d", "reason": "r"}, "at": AT}})
    };
    w.say(&[named(A), named(B)]).await;
    w
}
fn contact(community: &str) -> ContactId {
    ContactId(derived_uuid(&[b"diary", community.as_bytes()]))
}
async fn link(w: &World, token: &str, of: PersonId) -> Reply {
    w.get(&format!("/v1/persons/{of}/diary-link"), token).await
}
async fn path(w: &World) -> String {
    let token = w.token(Role::CommunityWorker, TOWN_1).await;
    link(w, &token, person(A, 0)).await.json()["path"].as_str().unwrap().to_owned()
}
async fn read(w: &World, path: &str) -> (u16, String) {
    let reply = call(w.address, "GET", path, &[], "").await;
    assert_eq!(reply.headers.get("content-type").unwrap(), "text/html; charset=utf-8");
    assert_eq!(reply.headers.get("cache-control").unwrap(), "no-store");
    assert_eq!(reply.headers.get("referrer-policy").unwrap(), "no-referrer");
    (reply.status, String::from_utf8(reply.body.to_vec()).unwrap())
}
async fn write(w: &World, path: &str, form: &str) -> (u16, String) {
    let stream = tokio::net::TcpStream::connect(w.address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::post(path).header("host", "x").header("content-type", "application/x-www-form-urlencoded");
    let body = http_body_util::Full::new(bytes::Bytes::from(form.to_owned()));
    let answer = sender.send_request(request.body(body).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}
async fn entries(w: &World) -> i64 {
    w.count("SELECT count(*) FROM quell.follow_up WHERE self_reported").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_the_days_questions_and_hardly_whose() {
    let w = world().await;
    let token = w.token(Role::CommunityWorker, TOWN_1).await;
    let given = link(&w, &token, person(A, 0)).await.json();
    assert_eq!(given["until"], "2022-12-17T16:00:00Z");
    assert_eq!(link(&w, &token, person(A, 1)).await.status, 404, "nobody under follow-up");
    assert_eq!(link(&w, &token, person(B, 0)).await.status, 404, "nobody of this place");
    assert_eq!(link(&w, &w.token(Role::Sampler, ROOT).await, person(A, 0)).await.status, 403);
    let path = given["path"].as_str().unwrap();
    let (status, page) = read(&w, path).await;
    assert_eq!(status, 200);
    // Both languages, the protocol's symptoms, no script; of the person the first character of the name.
    assert!(
        page.contains("感觉不适") && page.contains("I feel ill") && page.contains("value=\"bleeding\"") && page.contains("<p>居**"),
        "{page}"
    );
    assert!(!page.contains("<script") && !page.contains(&person(A, 0).to_string()) && !page.contains("居民"), "{page}");
    // Nobody guesses one, nor takes the code of a door for it.
    let door = w.get(&format!("/v1/persons/{}/code", person(A, 0)), &token).await.json()["code"].as_str().unwrap().to_owned();
    for wrong in [format!("/d/{door}"), format!("{path}0"), "/d/0123456789ABCDEFGHJKMNPQRST".into()] {
        let (status, page) = read(&w, &wrong).await;
        assert!(status == 404 && page.contains("No such link") && page.contains("链接无效"), "{wrong}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_kept_once_and_who_feels_ill_is_sampled() {
    let w = world().await;
    let path = path(&w).await;
    let (status, page) = write(&w, &path, "temperature=36.6").await;
    assert!(status == 400 && page.contains("Please choose") && entries(&w).await == 0, "{page}");
    let well = "feel=well&temperature=36.6&note=%E5%A5%BD%3Cb%3E&after=0";
    assert_eq!(write(&w, &path, well).await.0, 200);
    w.app.clock.set(w.app.clock.now().plus(Span(1)));
    let (status, page) = write(&w, &path, well).await;
    assert!(status == 200 && page.contains("已记录") && entries(&w).await == 1, "the button was pressed twice");
    assert_eq!(
        w.count("SELECT count(*) FROM quell.duty WHERE kind = 'follow_up' AND state = 'open'").await,
        2,
        "Ebola's staff see everyone"
    );
    assert!(read(&w, &path).await.1.contains("another answer is added"));
    let (status, page) = write(&w, &path, "feel=ill&symptom=fever&symptom=bleeding&symptom=invented&temperature=38.9&after=1").await;
    assert!(status == 200 && page.contains("someone will contact you"), "{page}");
    assert_eq!(entries(&w).await, 2, "a second one is added");
    let token = w.token(Role::Investigator, ROOT).await;
    let ill = w.get("/v1/contacts?need=ill", &token).await.json();
    assert_eq!(ill["items"].as_array().unwrap().len(), 1, "{ill}");
    let seen = w.get(&format!("/v1/persons/{}", person(A, 0)), &token).await.json();
    let own: Vec<&Value> = seen["follow_ups"].as_array().unwrap().iter().filter(|f| f["self_reported"] == true).collect();
    assert!(own.iter().any(|f| f["symptoms"] == json!(["fever", "bleeding"])), "{own:?}");
    // Nobody fills the book by a link.
    for n in 2..12 {
        assert_eq!(write(&w, &path, &format!("feel=well&after={n}")).await.0, 200);
    }
    let (status, page) = write(&w, &path, "feel=well&after=12").await;
    assert!(status == 429 && page.contains("明天") && entries(&w).await == 12, "{status} {page}");
    let long = format!("feel=well&note={}", "x".repeat(20_000));
    assert_ne!(write(&w, &path, &long).await.0, 200);
    w.app.clock.set(time("2022-11-27T08:00:00+08:00"));
    assert_eq!(write(&w, &path, "feel=well&after=0").await.0, 200, "a new day");
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_with_the_follow_up_and_says_so() {
    let w = world().await;
    let path = path(&w).await;
    let dropped = json!({"contact_dropped": {"contact": contact(A), "decision": {"decider": "d", "reason": "mistaken"}, "at": AT}});
    let other = link(&w, &w.token(Role::Investigator, ROOT).await, person(B, 0)).await.json()["path"].as_str().unwrap().to_owned();
    w.say(&[dropped]).await;
    let over = |(status, page): (u16, String)| status == 200 && page.contains("随访已结束") && page.contains("Your follow-up has ended");
    assert!(over(read(&w, &path).await) && over(write(&w, &path, "feel=ill").await));
    assert_eq!(read(&w, &other).await.0, 200);
    // Past its end it is over before anyone has said so.
    w.app.clock.set(time("2022-12-18T00:00:01+08:00"));
    assert!(over(read(&w, &other).await) && over(write(&w, &other, "feel=well").await));
    assert_eq!(entries(&w).await, 0);
}
