//! What supervisors and Prometheus are told is true.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::{http, metrics};
use quell_book::Role;
use std::collections::BTreeSet;
use tokio::net::TcpListener;

const AT: &str = "2022-11-26T19:00:00+08:00";

#[tokio::test(flavor = "multi_thread")]
async fn it_counts_what_it_did_and_tells_when_it_cannot_work() {
    metrics::start().unwrap();
    let w = World::county(20).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let apart = listener.local_addr().unwrap();
    let service = http::health::service(w.app.clone());
    tokio::spawn(async move { axum::serve(listener, service).await });

    let token = w.token(Role::Sampler, TOWN_1).await;
    let body = submission(fresh_submission(), &swabs("T1", A, 0..10, AT));
    for status in [201, 200, 200] {
        assert_eq!(w.post(&token, &body).await.status, status);
    }
    let nobody = swabs("T2", "50.500237.101.009", 0..1, AT);
    assert_eq!(w.post(&token, &submission(fresh_submission(), &nobody)).await.status, 422);
    let reply = call(apart, "GET", "/metrics", &[], "").await;
    let counted = String::from_utf8(reply.body.to_vec()).unwrap();
    for line in [
        // The county itself is the first.
        "quell_submissions_total{outcome=\"accepted\"} 2",
        "quell_submissions_total{outcome=\"repeated\"} 2",
        "quell_submissions_total{outcome=\"refused\"} 1",
        "quell_log_position 2",
        "quell_door_waiting 0",
        "quell_http_requests_total{route=\"/v1/submissions\",method=\"POST\",status=\"422\"} 1",
        "quell_http_request_seconds_count{route=\"/v1/submissions\"} 4",
        "quell_door_seconds_count 5",
    ] {
        assert!(counted.lines().any(|l| l == line), "{line} is not in\n{counted}");
    }

    // The dashboard asks for nothing that is not described.
    let dashboard = include_str!("../../../docs/grafana/quell.json");
    let asked: BTreeSet<&str> = dashboard
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|w| w.starts_with("quell_"))
        .map(|w| w.trim_end_matches("_bucket"))
        .collect();
    let source = include_str!("../src/metrics.rs");
    assert!(asked.len() >= 10 && asked.iter().all(|m| source.contains(&format!("\"{m}\""))), "{asked:?}");

    // A request has an id, the caller's if it is a plain one.
    for (sent, kept) in [("station-7:42", true), ("a b", false), (&"x".repeat(65), false)] {
        let reply = call(w.address, "GET", "/healthz", &[("x-request-id", sent)], "").await;
        let id = reply.headers.get("x-request-id").unwrap().to_str().unwrap();
        assert_eq!(id == sent, kept, "{id}");
    }

    for address in [w.address, apart] {
        assert_eq!(call(address, "GET", "/healthz", &[], "").await.status, 200);
        let ready = call(address, "GET", "/readyz", &[], "").await;
        assert_eq!((ready.status, ready.json()["ready"].as_bool()), (200, Some(true)));
    }
    w.app.db.close();
    let unready = call(apart, "GET", "/readyz", &[], "").await;
    let told = unready.json();
    assert_eq!((unready.status, &told["database"], &told["door"]), (503, &false.into(), &true.into()));
    assert!(told["reason"].as_str().is_some_and(|r| !r.is_empty()), "{told}");
    assert_eq!(call(apart, "GET", "/healthz", &[], "").await.status, 200, "a restart would not bring the database back");
}
