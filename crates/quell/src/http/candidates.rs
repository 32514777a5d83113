//! Windows on whom a case has met: candidates by the registers, events, leads that are not persons yet.

use super::reads::{Answer, PageOf, or_missing, paging, place_of, read};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::Problem;
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use quell_book::LeadState;
use quell_foundation::*;
use quell_protocol::{Proposal, Register};
use quell_store::views;
use serde::Deserialize;

/// Which candidates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidatesOf {
    category: Option<Proposal>,
    register: Option<Register>,
    #[serde(default)]
    unknown: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/cases/{case}/candidates`: it proposes and changes nothing; `contact_named` confirms.
pub async fn candidates(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(case): Path<CaseId>,
    Query(q): Query<CandidatesOf>,
) -> Answer<views::Candidates> {
    let protocol = app.protocol().await.map_err(|e| Problem::store(&e, c.lang))?;
    let filter = views::CandidateFilter { category: q.category, register: q.register, unknown: q.unknown };
    let page = paging(q.after, q.limit);
    // What goes on goes on until now, in whole seconds: a caller's clock of whole seconds is not behind it.
    let now = app.clock.now();
    let now = Instant(now.0 - now.0.rem_euclid(1_000_000));
    let found = read(&app, &c, async |tx| views::candidates(tx, c.account.book, case, &filter, &page, &protocol, now).await).await?;
    let (person, rows) = found.as_ref().map_or((None, 0), |f| (Some(f.person_id), f.items.len()));
    c.looked(&app, person, person.is_some().then_some(&c.account.place), rows).await?;
    or_missing(found, &c)
}

/// Which events.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsOf {
    place: Option<PlaceId>,
    from: Option<Day>,
    to: Option<Day>,
    #[serde(default)]
    cases: bool,
    #[serde(default)]
    unknown: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// How many are listed, of the whole book.
async fn listed_of_events(app: &App, c: &Caller, event: Option<&GroupId>) -> Result<Vec<views::Listed>, Problem> {
    let client = app.db.connection().await.map_err(|e| Problem::store(&e, c.lang))?;
    views::listed_of_events(&client, c.account.book, event).await.map_err(|e| Problem::store(&e, c.lang))
}

/// `GET /v1/exposure-events`
pub async fn exposure_events(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<EventsOf>,
) -> Answer<views::Page<views::EventItem>> {
    let place = place_of(q.place, &c)?;
    let filter = views::EventFilter { place: place.clone(), from: q.from, to: q.to, cases: q.cases, unknown: q.unknown };
    let page = paging(q.after, q.limit);
    let listed = listed_of_events(&app, &c, None).await?;
    let found = read(&app, &c, async |tx| views::exposure_events(tx, c.account.book, &listed, &filter, &page).await).await?;
    c.looked(&app, None, Some(&place), found.items.len()).await?;
    Ok(Json(found))
}

/// `GET /v1/exposure-events/{event}`
pub async fn exposure_event(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(event): Path<GroupId>,
    Query(q): Query<PageOf>,
) -> Answer<views::EventView> {
    let page = paging(q.after, q.limit);
    let listed = listed_of_events(&app, &c, Some(&event)).await?;
    let found = read(&app, &c, async |tx| views::exposure_event(tx, c.account.book, &listed, &event, &page).await).await?;
    let rows = found.as_ref().map_or(0, |f| f.listed.len());
    c.looked(&app, None, found.is_some().then_some(&c.account.place), rows).await?;
    or_missing(found, &c)
}

/// Which leads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadsOf {
    place: Option<PlaceId>,
    case: Option<CaseId>,
    state: Option<LeadState>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/leads`
pub async fn leads(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<LeadsOf>,
) -> Answer<views::Page<views::LeadItem>> {
    let place = place_of(q.place, &c)?;
    let filter = views::LeadFilter { place: place.clone(), case: q.case, state: q.state };
    let page = paging(q.after, q.limit);
    let found = read(&app, &c, async |tx| views::leads(tx, c.account.book, &filter, &page).await).await?;
    c.looked(&app, None, Some(&place), found.items.len()).await?;
    Ok(Json(found))
}
