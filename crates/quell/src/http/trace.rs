//! Every request has an id: the caller's (`X-Request-Id`, from a proxy or a station) or a fresh one. It is on every line that the log has
//! about the request, and in the answer, so that what a user reports can be found in the log.

use crate::clock::fresh_id;
use crate::metrics;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::time::{Duration, Instant};
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A caller's id is taken if it is no longer than this and of plain characters.
const LONGEST: usize = 64;
/// A request that takes longer is named in the log.
const SLOW: Duration = Duration::from_secs(2);

/// Counts a request and names it in the log if it was slow or broke.
pub async fn request(route: &'static str, mut request: Request, next: Next) -> Response {
    let (since, method) = (Instant::now(), request.method().clone());
    let id = given(request.headers()).unwrap_or_else(|| fresh_id().to_string());
    let Ok(header) = HeaderValue::from_str(&id) else { return next.run(request).await };
    request.headers_mut().insert(REQUEST_ID, header.clone());
    let span = tracing::info_span!("request", id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    response.headers_mut().insert(REQUEST_ID, header);
    let (status, took) = (response.status().as_u16(), since.elapsed());
    metrics::requested(route, method.as_str(), status, took);
    let ms = took.as_millis();
    if status == 500 {
        span.in_scope(|| tracing::error!(status, ms, "a request broke"));
    } else if took > SLOW && status != 503 {
        span.in_scope(|| tracing::warn!(status, ms, "a slow request"));
    }
    response
}

/// The caller's id of a request, if it can be taken over.
pub fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    (!id.is_empty() && id.len() <= LONGEST && id.chars().all(plain)).then(|| id.to_owned())
}
