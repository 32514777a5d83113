//! The symptom diary: the link, which staff give, and the page, which needs no account.

use super::reads::{Answer, or_missing, read};
use crate::app::App;
use crate::diary::{Entry, MOST_A_DAY, links, page};
use crate::http::access::Caller;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Extension, Json};
use quell_foundation::*;
use quell_store::log::Answer as Fate;
use quell_store::views::{self, DiaryOf};
use quell_store::{Scope, StoreError};
use schemars::JsonSchema;
use serde::Serialize;

/// The link to a person's diary.
#[derive(Serialize, JsonSchema)]
pub struct DiaryLink {
    /// The person.
    person_id: PersonId,
    /// The path of the page, to be put behind the address by which this server is reached.
    path: String,
    /// When it ends with the follow-up, as far as that is fixed.
    until: Option<Instant>,
}

/// `GET /v1/persons/{person}/diary-link`: of someone who is under follow-up.
pub async fn link(State(app): State<App>, Extension(c): Extension<Caller>, Path(person): Path<PersonId>) -> Answer<DiaryLink> {
    let now = app.clock.now();
    let found = read(&app, &c, async |tx| views::diary_of_person(tx, c.account.book, person, now).await).await?;
    c.looked(&app, Some(person), None, usize::from(found.is_some())).await?;
    let link = |d: DiaryOf| DiaryLink { person_id: person, path: format!("/d/{}", links(&app).code(d.contact_id.0)), until: d.until };
    let Json(link) = or_missing(found.map(link), &c)?;
    Ok(Json(link))
}

/// Whose diary a link is.
async fn diary_of(app: &App, code: &str, now: Instant) -> Result<Option<DiaryOf>, StoreError> {
    let Some(contact) = links(app).id(code).map(ContactId) else { return Ok(None) };
    let scope = Scope { book: app.config.book, place: app.config.root.clone() };
    let today = now.day(app.config.offset).start(app.config.offset);
    app.db.read(&scope, async |tx| views::diary(tx, app.config.book, contact, today, now).await).await
}

/// `GET /d/{code}`
pub async fn show(State(app): State<App>, Path(code): Path<String>) -> Response {
    let now = app.clock.now();
    match diary_of(&app, &code, now).await {
        Ok(Some(d)) if d.running => match app.protocol().await {
            Ok(protocol) => answer(StatusCode::OK, page::form(&d, &protocol, now, app.config.offset, None)),
            Err(e) => broken(&e),
        },
        other => nothing_to_fill_in(other),
    }
}

/// `POST /d/{code}`
pub async fn record(
    State(app): State<App>,
    Path(code): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let now = app.clock.now();
    let of = match diary_of(&app, &code, now).await {
        Ok(Some(d)) if d.running => d,
        other => return nothing_to_fill_in(other),
    };
    if of.written >= MOST_A_DAY {
        return answer(StatusCode::TOO_MANY_REQUESTS, page::too_many());
    }
    let protocol = match app.protocol().await {
        Ok(p) => p,
        Err(e) => return broken(&e),
    };
    let form = form.map(|Form(f)| f).unwrap_or_default();
    let entry = match Entry::read(&form, &protocol) {
        Ok(e) => e,
        Err(unclear) => return answer(StatusCode::BAD_REQUEST, page::form(&of, &protocol, now, app.config.offset, Some(unclear))),
    };
    match app.door.submit(vec![entry.submission(&app, &of, now)]).await.into_iter().next() {
        // The same id with another time: the button was pressed twice.
        Some(Ok(Fate::Accepted(_) | Fate::IdReused)) => answer(StatusCode::OK, page::thanks(entry.is_ill())),
        // The follow-up ended between the question and the answer.
        Some(Ok(Fate::Refused(_))) => answer(StatusCode::OK, page::ended()),
        Some(Err(e)) => broken(&e),
        None => answer(StatusCode::SERVICE_UNAVAILABLE, page::later()),
    }
}

fn nothing_to_fill_in(found: Result<Option<DiaryOf>, StoreError>) -> Response {
    match found {
        // An end is no error.
        Ok(Some(_)) => answer(StatusCode::OK, page::ended()),
        Ok(None) => answer(StatusCode::NOT_FOUND, page::unknown()),
        Err(e) => broken(&e),
    }
}

fn broken(e: &dyn std::fmt::Display) -> Response {
    tracing::warn!(error = %e, "a diary could not be read or written");
    answer(StatusCode::SERVICE_UNAVAILABLE, page::later())
}

fn answer(status: StatusCode, page: String) -> Response {
    let mut answer = (status, Html(page)).into_response();
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        // The link is the key: it goes to nobody else.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
