//! Exactly once: however often, however many at a time, and whoever else stands at the door.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::app::App;
use quell::identity::IdentityKey;
use quell_book::BookConfig;
use quell_book::{Receipt, Role};
use quell_foundation::{BookId, UtcOffset};
use quell_store::log::{Answer, Incoming, Sender};
use serde_json::{Value, json};
use std::time::Duration;

const AT: &str = "2022-11-26T19:00:00+08:00";

fn receipt(v: Value) -> Receipt {
    serde_json::from_value(v).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_times_at_once_is_once() {
    let w = World::county(20).await;
    let token = w.token(Role::Sampler, TOWN_1).await;
    let before = w.seq().await;
    let id = fresh_submission();
    let body = submission(id, &swabs("T1", A, 0..10, AT)).to_string();
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (address, token, body) = (w.address, token.clone(), body.clone());
        senders.spawn(async move {
            let mut client = quell::client::Client::connect(address, token.strip_prefix("Bearer ").unwrap()).await.unwrap();
            let mut answers = Vec::new();
            for _ in 0..5 {
                answers.push(client.send("POST", "/v1/submissions", body.clone().into()).await.unwrap());
            }
            answers
        });
    }
    let answers: Vec<(u16, Receipt)> =
        senders.join_all().await.into_iter().flatten().map(|(s, b)| (s, receipt(serde_json::from_slice(&b).unwrap()))).collect();
    assert_eq!(answers.len(), 100);
    assert_eq!(answers.iter().filter(|(s, r)| *s == 201 && !r.repeat).count(), 1, "one of them is the first");
    assert_eq!(answers.iter().filter(|(s, r)| *s == 200 && r.repeat).count(), 99);
    let first = Receipt { repeat: false, ..answers[0].1.clone() };
    assert!(answers.iter().all(|(_, r)| Receipt { repeat: false, ..r.clone() } == first), "one receipt");
    assert_eq!((first.submission, first.seq, first.content_hash), (id, before + 1, common::content_hash(&body)));

    assert_eq!(w.seq().await, before + 1);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 10);
    assert_eq!(w.count("SELECT members::bigint FROM quell.tube WHERE tube = 'T1'").await, 10);
    assert_eq!(w.count("SELECT sum(opened)::bigint FROM quell.tally WHERE kind = 'result'").await, 10);
    assert_eq!(w.count("SELECT sum(opened)::bigint FROM quell.tally WHERE kind = 'seal'").await, 1);
    // The receipt can be asked for, too.
    assert_eq!(receipt(w.get(&format!("/v1/submissions/{id}"), &token).await.json()), first);
    w.verify().await;
}

/// Two counties on one database: an id that the neighbour has means nothing here, in either order.
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_of_its_own_book_only() {
    let w = World::county(4).await;
    let token = w.token(Role::Sampler, TOWN_1).await;
    let config = BookConfig { book: BookId(BOOK.0 + 1), root: place("50.500238"), offset: UtcOffset::CHINA, tally_depth: 4 };
    let neighbour = App::open(&w.ready, &config, "covid-2022-twenty", w.app.clock.clone(), IdentityKey::fixed("neighbour")).await.unwrap();
    let list = |id| {
        let county = json!({"place_listed": {"place": "50.500238", "kind": "county", "name": "巫溪县"}});
        let sender = Sender { account: "operator".into(), scope: place("50.500238"), device: None };
        Incoming::new(id, sender, vec![serde_json::from_value(county).unwrap()])
    };
    let theirs = fresh_submission();
    let Answer::Accepted(r) = neighbour.door.submit(vec![list(theirs)]).await.remove(0).unwrap() else { panic!("refused") };
    assert!(!r.repeat && r.seq == 1);
    assert_eq!(w.get(&format!("/v1/submissions/{theirs}"), &token).await.status, 404);
    let ours = submission(theirs, &swabs("T1", A, 0..3, AT));
    assert_eq!(w.post(&token, &ours).await.status, 201, "the same id is another submission here");
    let first = fresh_submission();
    assert_eq!(w.post(&token, &submission(first, &swabs("T2", A, 0..3, AT))).await.status, 201);
    let Answer::Accepted(r) = neighbour.door.submit(vec![list(first)]).await.remove(0).unwrap() else { panic!("refused") };
    assert!(!r.repeat && r.seq == 2);
    assert_eq!(w.count("SELECT count(*) FROM quell.submission WHERE book_id = 500238").await, 2);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_has_one_content() {
    let w = World::county(20).await;
    let token = w.token(Role::Sampler, TOWN_1).await;
    let id = fresh_submission();
    let (first, other) = (submission(id, &swabs("T1", A, 0..3, AT)), submission(id, &swabs("T1", A, 0..4, AT)));
    assert_eq!(w.post(&token, &first).await.status, 201);
    let refused = w.post(&token, &other).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "id-reused"));
    // The content is the facts: a sender that writes them otherwise says the same.
    let spaced = w.call("POST", "/v1/submissions", &token, first.to_string().replacen(':', ": ", 1)).await;
    assert_eq!(spaced.status, 200);
    assert_eq!(w.post(&token, &first).await.status, 200);

    // All in one bundle: new, other content, repeat.
    let id = fresh_submission();
    let (first, other) = (submission(id, &swabs("T2", A, 0..3, AT)), submission(id, &swabs("T2", A, 0..4, AT)));
    let answers = w.post(&token, &json!([first, other, first])).await.json();
    assert_eq!(answers[0]["accepted"]["repeat"], false);
    assert_eq!(answers[1]["refused"]["status"], 409);
    assert_eq!(answers[2]["accepted"]["repeat"], true);
    assert_eq!(answers[0]["accepted"]["log_hash"], answers[2]["accepted"]["log_hash"]);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 6);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_its_neighbours() {
    let w = World::county(20).await;
    let token = w.token(Role::Sampler, TOWN_1).await;
    let before = w.seq().await;
    // Ten bundles at once; in each one submission whose last fact names nobody, so that its first facts must leave no trace.
    let mut posts = tokio::task::JoinSet::new();
    for n in 0..10 {
        let (address, token) = (w.address, token.clone());
        let nobody = swabs(&format!("bad{n}"), "50.500237.101.009", 0..1, AT);
        let bad: Vec<Value> = swabs(&format!("bad{n}"), A, 0..5, AT).into_iter().chain(nobody).collect();
        let bundle = json!([
            submission(fresh_submission(), &swabs(&format!("a{n}"), A, 0..5, AT)),
            submission(fresh_submission(), &bad),
            submission(fresh_submission(), &swabs(&format!("b{n}"), A, 5..10, AT)),
        ]);
        posts.spawn(async move { call(address, "POST", "/v1/submissions", &[("authorization", &token)], bundle.to_string()).await });
    }
    for reply in posts.join_all().await {
        let a = reply.json();
        assert!(a[0]["accepted"].is_object() && a[2]["accepted"].is_object(), "{a}");
        assert_eq!(
            (&a[1]["refused"]["status"], &a[1]["refused"]["refusal"]["rule"], &a[1]["refused"]["refusal"]["fact"]),
            (&json!(422), &json!("person.unknown"), &json!(5))
        );
    }
    assert_eq!(w.seq().await, before + 20);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 100);
    assert_eq!(w.count("SELECT count(*) FROM quell.tube WHERE tube LIKE 'bad%'").await, 0);
    w.verify().await;
}

/// What the database itself cannot take (a NUL in a text) breaks the whole batch; the door then writes each alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_batch_leaves_its_neighbours() {
    let w = World::county(20).await;
    let nul =
        json!({"person_listed": {"person": person("poison", 0), "name": "a\u{0}b", "sex": "male", "home": format!("{A}.c1.b1.u1.0001")}});
    let batch = vec![incoming(&swabs("T1", A, 0..5, AT)), incoming(std::slice::from_ref(&nul)), incoming(&swabs("T2", A, 5..10, AT))];
    let answers = w.app.door.submit(batch).await;
    assert!(matches!(answers[0], Ok(Answer::Accepted(_))), "{answers:?}");
    assert!(answers[1].is_err(), "{answers:?}");
    assert!(matches!(answers[2], Ok(Answer::Accepted(_))), "{answers:?}");
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 10);
    // By HTTP it does not come so far.
    let token = w.token(Role::CommunityWorker, ROOT).await;
    let reply = w.post(&token, &submission(fresh_submission(), &[nul])).await;
    assert_eq!((reply.status, reply.problem().as_str()), (400, "malformed"), "{reply:?}");
    w.verify().await;
}

/// The door is bounded: whoever finds it full is told to come back, and nothing that it took is lost or done twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_door_says_so_and_loses_nothing() {
    const BUNDLE: usize = 100;
    let w = World::county(20).await;
    let token = w.token(Role::Sampler, TOWN_1).await;
    let before = w.seq().await;
    // The flood waits behind this lock.
    let held = quell_store::Database::new(w.url(), 1).unwrap();
    let mut held = held.connection().await.unwrap();
    let lock = held.transaction().await.unwrap();
    lock.execute("SELECT FROM quell.book FOR UPDATE", &[]).await.unwrap();

    // More and more until a single submission is told that the door is full. It is told at once; until then it waits like the others.
    // (A flood of a fixed size may find the door full, be turned away, and leave room: the desk has taken a batch in meanwhile.)
    let mut bundles: Vec<String> = Vec::new();
    let mut posts = tokio::task::JoinSet::new();
    let knock = submission(fresh_submission(), &swabs("knock", A, 0..1, AT)).to_string();
    let mut told = None;
    while told.is_none() {
        assert!(bundles.len() < 400, "the door never filled");
        for b in bundles.len()..bundles.len() + 20 {
            let bundle: Vec<Value> =
                (0..BUNDLE).map(|i| submission(fresh_submission(), &swabs(&format!("f{b}-{i}"), A, i % 20..i % 20 + 1, AT))).collect();
            let (address, token, body) = (w.address, token.clone(), Value::from(bundle).to_string());
            bundles.push(body.clone());
            posts.spawn(async move { call(address, "POST", "/v1/submissions", &[("authorization", &token)], body).await.json() });
        }
        let waiting = w.call("POST", "/v1/submissions", &token, knock.clone());
        told = tokio::time::timeout(Duration::from_millis(500), waiting).await.ok();
    }
    let told = told.unwrap();
    assert_eq!((told.status, told.problem().as_str()), (503, "busy"));
    let seconds: u64 = told.headers.get("retry-after").unwrap().to_str().unwrap().parse().unwrap();
    assert!((2..=8).contains(&seconds), "{seconds}");
    lock.commit().await.unwrap();

    let flood = bundles.len() * BUNDLE;
    let answers: Vec<Value> = posts.join_all().await.into_iter().flat_map(|a| a.as_array().unwrap().clone()).collect();
    assert_eq!(answers.len(), flood);
    let accepted = answers.iter().filter(|a| a["accepted"].is_object()).count();
    let busy = answers.iter().filter(|a| a["refused"]["status"] == 503).count();
    assert_eq!(accepted + busy, flood, "each was taken or told to come back");
    assert!(busy > 0 && accepted >= 4_000, "{busy} busy, {accepted} accepted");
    // They come back, all of them: what was taken is a repeat, the rest is new.
    for bundle in &bundles {
        let again = w.call("POST", "/v1/submissions", &token, bundle.clone()).await.json();
        assert!(again.as_array().unwrap().iter().all(|a| a["accepted"].is_object()));
    }
    assert!(matches!(w.call("POST", "/v1/submissions", &token, knock).await.status, 200 | 201));
    let all = flood as i64 + 1;
    assert_eq!(w.seq().await, before + all);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, all);
    assert_eq!(w.count("SELECT sum(opened)::bigint FROM quell.tally WHERE kind = 'result'").await, all);
    w.verify().await;
}

/// Two servers on one database overtake one another all the time: each decides again what the other made stale.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_may_share_a_book() {
    let w = World::county(40).await;
    let before = w.seq().await;
    let second = quell::app::App::open(&w.ready, &w.app.config, "covid-2022-twenty", w.app.clock.clone(), w.app.key.clone()).await.unwrap();
    let mut senders = tokio::task::JoinSet::new();
    for n in 0..8 {
        let app = if n % 2 == 0 { w.app.clone() } else { second.clone() };
        senders.spawn(async move {
            for i in 0..25 {
                // Half of the tubes are filled by both servers in turn.
                let tube = if i % 2 == 0 { format!("own-{n}-{i}") } else { format!("shared-{}-{i}", n / 2) };
                let one = incoming(&swabs(&tube, A, n..n + 1, AT));
                let answer = app.door.submit(vec![one]).await.remove(0).unwrap();
                assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
            }
        });
    }
    senders.join_all().await;
    assert_eq!(w.seq().await, before + 200);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 200);
    assert_eq!(w.count("SELECT sum(members)::bigint FROM quell.tube").await, 200);
    w.verify().await;
}
