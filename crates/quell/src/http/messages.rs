//! The window on messages between books.

use super::reads::{Answer, paging, place_of, read};
use crate::app::App;
use crate::http::access::Caller;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use quell_foundation::*;
use quell_store::views::{self, MessageBox, MessageState};
use serde::Deserialize;

/// Which messages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagesOf {
    r#box: MessageBox,
    state: Option<MessageState>,
    #[serde(default)]
    overdue: bool,
    book: Option<BookId>,
    place: Option<PlaceId>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/messages`
pub async fn messages(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<MessagesOf>,
) -> Answer<views::Page<views::MessageItem>> {
    let place = place_of(q.place, &c)?;
    let filter = views::MessageFilter { place: place.clone(), r#box: q.r#box, state: q.state, overdue: q.overdue, book: q.book };
    let (page, now) = (paging(q.after, q.limit), app.clock.now());
    let found = read(&app, &c, async |tx| views::messages(tx, c.account.book, &filter, &page, now).await).await?;
    c.looked(&app, None, Some(&place), found.items.len()).await?;
    Ok(Json(found))
}
