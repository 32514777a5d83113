//! The gate of [`crate::admission`] before every route: its class, its sender, and how long the sender will wait.

use crate::admission::{Class, Shed};
use crate::app::App;
use crate::http::problem::{Chinese, Problem};
use crate::http::routes::Route;
use crate::http::routes_office::IMPORTS;
use crate::metrics;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quell_foundation::Hash;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// A body of so many bytes has the weight of one more request: what is inside is bounded in memory, too.
const HEAVY: usize = 64 * 1024;
/// Nobody may ask for more patience than this.
const MOST_PATIENCE: Duration = Duration::from_secs(120);

/// What was begun in time is answered within this much more, or the sender hears that there is no answer: a database that hangs leaves
/// nobody waiting. A submission has longer, for its body may come over a bad line; so has a file.
fn latest(route: &Route, class: Class) -> Duration {
    if route.path == IMPORTS {
        return latest_of(Class::Work);
    }
    latest_of(class)
}

const fn latest_of(class: Class) -> Duration {
    match class {
        Class::Work => Duration::from_secs(110),
        Class::LogIn | Class::Read | Class::Bulk => Duration::from_secs(20),
    }
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// When the sender will not wait any longer. What has not begun by then is not begun.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(pub Instant);

/// Lets a request in when it is its turn, or tells its sender when to come back.
pub async fn admit(State((app, route)): State<(App, &'static Route)>, mut request: Request, next: Next) -> Response {
    let Some(class) = route.class else { return next.run(request).await };
    let deadline = Instant::now() + patience(request.headers(), class);
    request.extensions_mut().insert(Deadline(deadline));
    let lang = Chinese::of(request.headers());
    // A file has a bound of its own, and must not keep everyone else's lists out while it arrives.
    let weight = if route.path == IMPORTS { 1 } else { weight(request.headers()) };
    match app.gate.enter(class, sender(&request), weight, deadline).await {
        Ok(_inside) => match tokio::time::timeout_at((deadline + latest(route, class)).into(), next.run(request)).await {
            Ok(answer) => answer,
            Err(_) => {
                tracing::warn!(path = route.path, "a request had no answer in time");
                unanswered(lang).into_response()
            }
        },
        Err(shed) => {
            metrics::shed(class, shed);
            app.gate.keep_back(deadline).await;
            let mut answer = busy(shed, lang).into_response();
            if app.gate.is_crowded() {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }
    }
}

fn busy(shed: Shed, lang: Chinese) -> Problem {
    let (en, zh) = match shed {
        Shed::Full => ("too many requests are waiting", "排队请求过多"),
        Shed::TooLate => ("the request waited as long as it may", "排队等待超时"),
    };
    let en = format!("{en}; nothing was done. Send it again after the seconds in Retry-After, a submission with the same id");
    let zh = format!("{zh}，未作任何处理。请按 Retry-After 的秒数稍后重试，上报请使用同一编号");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", lang, en, zh)
}

fn unanswered(lang: Chinese) -> Problem {
    let en = "there is no answer in time; whether it was done is not known. Send it again after the seconds in Retry-After, a submission with the same id: it is done once";
    let zh = "未能及时得到结果，是否已处理尚不确定。请按 Retry-After 的秒数稍后重试；上报请使用同一编号，只会处理一次";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-answer", lang, en, zh)
}

/// `Prefer: wait=SECONDS` (RFC 7240), or what its class waits.
pub fn patience(headers: &HeaderMap, class: Class) -> Duration {
    let asked = headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split([',', ';'])).find_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().parse().ok())?
    });
    asked.map_or(class.patience(), Duration::from_secs).min(MOST_PATIENCE)
}

/// The token stands for its holder; before there is one, the address does.
fn sender(request: &Request) -> Hash {
    match (request.headers().get(header::AUTHORIZATION), request.extensions().get::<Peer>()) {
        (Some(token), _) => Hash::of(token.as_bytes()),
        (None, Some(Peer(ip))) => Hash::of(ip.to_string().as_bytes()),
        (None, None) => Hash::default(),
    }
}

/// How many places a request takes up, by the announced length of its body.
pub fn weight(headers: &HeaderMap) -> usize {
    let bytes = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    // What does not say how long it is may be as long as a body can be.
    1 + bytes.unwrap_or(if headers.contains_key(header::TRANSFER_ENCODING) { super::BODY_LIMIT } else { 0 }) / HEAVY
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_sender_says_how_long_it_waits() {
        let said = |v: &str| {
            let mut h = HeaderMap::new();
            h.insert("prefer", v.parse().unwrap());
            patience(&h, Class::Read).as_secs()
        };
        assert_eq!(said("wait=3"), 3);
        assert_eq!(said("respond-async, Wait = 7"), 7);
        assert_eq!(said("wait=99999"), MOST_PATIENCE.as_secs());
        assert_eq!(said("wait=soon"), Class::Read.patience().as_secs());
        assert_eq!(said("return=minimal"), Class::Read.patience().as_secs());
    }
}
