//! Server-sent events: what changed, so that lists need not be asked for again and again.

use crate::app::App;
use crate::http::access::Caller;
use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use tokio_stream::wrappers::BroadcastStream;

/// What changed by one batch. The event's id is the log position, its name `changed`.
#[derive(Serialize, JsonSchema)]
pub struct Changed {
    /// Log position.
    pub seq: i64,
    /// Kinds of facts with how often.
    pub facts: BTreeMap<&'static str, usize>,
    /// Duties opened in the caller's place: kind and place.
    pub duties: Vec<(quell_book::DutyKind, PlaceId)>,
}

/// `GET /v1/events`. A listener that was too slow gets an event `missed`: read the lists again.
pub async fn events(State(app): State<App>, Extension(caller): Extension<Caller>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let place = caller.account.place.clone();
    let stream = BroadcastStream::new(app.door.events()).map(move |h| Ok(event(h.ok(), &place)));
    Sse::new(stream).keep_alive(KeepAlive::default())
}

fn event(h: Option<Arc<quell_store::log::Happened>>, place: &PlaceId) -> Event {
    let Some(h) = h else { return Event::default().event("missed").data("{}") };
    let changed = Changed {
        seq: h.seq,
        facts: h.kinds.iter().map(|(k, n)| (*k, *n)).collect(),
        duties: h.duties.iter().filter(|(_, p)| p.is_within(place)).cloned().collect(),
    };
    Event::default().id(h.seq.to_string()).event("changed").json_data(changed).unwrap_or_default()
}
