//! The demo on a machine that has much else to do: the server turns it away now and then, or does what it asks and does not say so in time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use common::*;
use quell::app::read_protocol;
use quell::{demo, http};
use quell_foundation::*;
use quell_rehearse::life::{Life, Plan};
use quell_store::shelf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// For so many requests.
const MOODY: usize = 35;

/// In the beginning, of seven requests one is not let in, one has no answer though it was done, and of one a part has no answer.
async fn moody(request: Request, next: Next, asked: Arc<AtomicUsize>) -> Response {
    if request.uri().path() != "/v1/submissions" {
        return next.run(request).await;
    }
    match asked.fetch_add(1, Ordering::Relaxed) {
        n if n >= MOODY => next.run(request).await,
        n if n % 7 == 1 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        n if n % 7 == 3 => {
            let _ = next.run(request).await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        n if n % 7 == 5 => {
            let answer = next.run(request).await;
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let mut answers: Vec<serde_json::Value> = serde_json::from_slice(&body).unwrap();
            let half = answers.len() / 2;
            answers[half] = serde_json::json!({"refused": {"status": 503, "detail": "the door is full"}});
            axum::Json(answers).into_response()
        }
        _ => next.run(request).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_asked_again_and_nothing_is_counted_twice() {
    let w = World::empty().await;
    let (id, text, protocol) = read_protocol("covid-2022-twenty").unwrap();
    shelf::put(&w.app.db.connection().await.unwrap(), &id, &text).await.unwrap();
    let first_day: Day = "2022-11-26".parse().unwrap();
    let protocol_hash = Hash::of(text.as_bytes());
    let life = Life::new(Plan {
        seed: 6,
        population: 1_500,
        first_day,
        days: 1,
        imports: None,
        protocol: Arc::new(protocol),
        protocol_hash,
        response: None,
    });
    w.app.clock.set(first_day.plus(-1).start(UtcOffset::CHINA).plus(Span::hours(12)));
    demo::make_accounts(&w.app).await.unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let router = http::service(w.app.clone()).layer(middleware::from_fn(move |r: Request, n: Next| moody(r, n, counted.clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let (outcome, _) = demo::live(&w.app, address, life, None, |_| ()).await.unwrap();
    assert!(outcome.conservation, "{:?}", outcome.disagreements);
    assert!(asked.load(Ordering::Relaxed) >= MOODY, "it was turned away in each way: {asked:?}");
    w.verify().await;
}
