//! What a supervisor, a load balancer and Prometheus ask. `/healthz`: should this process go on living; `/readyz`: should it be sent work
//! now; `/metrics`: what it has counted, on an address of its own (`quell serve --metrics`), which phones need not reach.

use crate::app::App;
use crate::metrics;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether this server should be sent work.
#[derive(Serialize, JsonSchema)]
pub struct Readiness {
    /// Everything below is well.
    pub ready: bool,
    /// The database answers and has this book.
    pub database: bool,
    /// The door takes submissions: its desk works, and its queue has room.
    pub door: bool,
    /// Submissions in the queue of the door.
    pub waiting: usize,
    /// What is wrong, for the log of whoever asks.
    pub reason: Option<String>,
}

/// Whether this process should go on living.
#[derive(Serialize, JsonSchema)]
pub struct Liveness {
    /// The door's desk works; if not, restart this server.
    pub alive: bool,
}

/// `GET /healthz`: 200 as long as the door's desk works, else 500; a database that is away does not make this process worth killing.
pub async fn healthz(State(app): State<App>) -> Response {
    let alive = app.door.works();
    let status = if alive { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
    (status, Json(Liveness { alive })).into_response()
}

/// `GET /readyz`: 200, or 503 and what is wrong.
pub async fn readyz(State(app): State<App>) -> Response {
    let r = readiness(&app).await;
    let status = if r.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(r)).into_response()
}

async fn readiness(app: &App) -> Readiness {
    let asked = tokio::time::timeout(PATIENCE, async {
        let c = app.db.connection().await?;
        quell_store::log::head(&c, app.config.book, false).await
    });
    let trouble = match asked.await {
        Ok(Ok(_)) => None,
        Ok(Err(e)) => Some(e.to_string()),
        Err(_) => Some(format!("the database did not answer within {} s", PATIENCE.as_secs())),
    };
    let database = trouble.is_none();
    let (works, waiting) = (app.door.works(), app.door.waiting());
    let door = works && waiting < crate::door::QUEUE;
    let reason = trouble.or_else(|| match (works, door) {
        (false, _) => Some("the door's desk has ended: restart this server".into()),
        (true, false) => Some("the queue of the door is full".into()),
        (true, true) => None,
    });
    Readiness { ready: database && door, database, door, waiting, reason }
}

/// What Prometheus and a supervisor ask, and nothing else.
pub fn service(app: App) -> Router {
    Router::new().route("/metrics", get(counted)).route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(app)
}

async fn counted(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::text(app.door.waiting(), &app.gate))
}
