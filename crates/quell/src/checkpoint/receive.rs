//! The second place as a program: takes checkpoints over HTTP and appends them to a file, if they follow.

use super::{Ledger, LedgerError, Written};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Longest line that is taken.
const LONGEST: usize = 16 * 1024;

/// The receiver: `POST /` (or any path) with a line. 204: it is on the disk; 409: it does not follow, with the last line of its book as the body (empty if there
/// is none); 400: no checkpoint.
pub fn service(file: &Path) -> Router {
    let ledger = Arc::new(Mutex::new(Ledger::new(file)));
    let route = post(take);
    Router::new().route("/", route.clone()).route("/{*path}", route).layer(DefaultBodyLimit::max(LONGEST)).with_state(ledger)
}

async fn take(State(ledger): State<Arc<Mutex<Ledger>>>, body: String) -> (StatusCode, String) {
    let next = match Written::read(body.trim_end_matches('\n')) {
        Ok(next) => next,
        Err(why) => return (StatusCode::BAD_REQUEST, why.to_string()),
    };
    let appended = tokio::task::spawn_blocking(move || {
        let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let book = next.line.book;
        ledger.append(next).map_err(|e| (e, ledger.last(book).ok().flatten().map(|w| w.text.clone()).unwrap_or_default()))
    });
    match appended.await {
        Ok(Ok(())) => (StatusCode::NO_CONTENT, String::new()),
        Ok(Err((LedgerError::Refused { why, .. }, last))) => {
            tracing::warn!(%why, "a checkpoint was refused");
            (StatusCode::CONFLICT, last)
        }
        Ok(Err((e, _))) => {
            tracing::error!(error = %e, "a checkpoint was not written");
            (StatusCode::INTERNAL_SERVER_ERROR, e.to_string())
        }
        Err(e) => (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()),
    }
}
