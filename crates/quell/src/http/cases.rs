//! Windows on cases and contacts: investigations, contacts to be followed up, orders.

use super::reads::{Answer, AtPlace, or_missing, paging, place_of, read};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::Problem;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use quell_book::ContactState;
use quell_foundation::*;
use quell_protocol::{AnswerKind, ContactCategory, Question, QuestionPart};
use quell_store::views::{self, FollowUpNeed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A question of the protocol in force.
#[derive(Serialize, JsonSchema)]
pub struct QuestionItem {
    /// Its word: the key of the answer.
    id: String,
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
    /// How it is answered: yes_no, number, text, date, choice, choices.
    kind: String,
    /// In which part it is due: core or full.
    part: String,
    /// The part is not complete without it.
    required: bool,
    /// The possible answers of a choice.
    options: Vec<OptionItem>,
}

/// A possible answer.
#[derive(Serialize, JsonSchema)]
pub struct OptionItem {
    /// Its word.
    id: String,
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
}

fn item(q: &Question) -> QuestionItem {
    let kind = match q.kind {
        AnswerKind::YesNo => "yes_no",
        AnswerKind::Number => "number",
        AnswerKind::Text => "text",
        AnswerKind::Date => "date",
        AnswerKind::Choice => "choice",
        AnswerKind::Choices => "choices",
    };
    let part = if q.part == QuestionPart::Core { "core" } else { "full" };
    let options = q.options.iter().map(|o| OptionItem { id: o.id.clone(), zh: o.zh.clone(), en: o.en.clone() }).collect();
    let (id, zh, en) = (q.id.clone(), q.zh.clone(), q.en.clone());
    QuestionItem { id, zh, en, kind: kind.into(), part: part.into(), required: q.required, options }
}

/// `GET /v1/questions`: what an investigation asks under the protocol in force, in order. `unknown` answers every question.
pub async fn questions(State(app): State<App>, Extension(c): Extension<Caller>) -> Answer<Vec<QuestionItem>> {
    let protocol = app.protocol().await.map_err(|e| Problem::store(&e, c.lang))?;
    Ok(Json(protocol.questions().iter().map(item).collect()))
}

/// `GET /v1/cases/{case}/investigation`
pub async fn investigation(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(case): Path<CaseId>,
) -> Answer<views::InvestigationView> {
    let found = read(&app, &c, async |tx| views::investigation(tx, c.account.book, case).await).await?;
    c.looked(&app, found.as_ref().map(|i| i.person_id), None, usize::from(found.is_some())).await?;
    or_missing(found, &c)
}

/// Which contacts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactsOf {
    place: Option<PlaceId>,
    state: Option<ContactState>,
    category: Option<ContactCategory>,
    case: Option<CaseId>,
    need: Option<FollowUpNeed>,
    team: Option<TeamId>,
    #[serde(default)]
    without_team: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/contacts`
pub async fn contacts(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<ContactsOf>,
) -> Answer<views::Page<views::ContactItem>> {
    let place = place_of(q.place, &c)?;
    let ContactsOf { state, category, case, need, team, without_team, .. } = q;
    let filter = views::ContactFilter { place: place.clone(), state, category, case, need, team, without_team };
    let (page, now, offset) = (paging(q.after, q.limit), app.clock.now(), app.config.offset);
    let times = (now, now.day(offset).plus(1).start(offset));
    let found = read(&app, &c, async |tx| views::contacts(tx, c.account.book, &filter, &page, times).await).await?;
    c.looked(&app, None, Some(&place), found.items.len()).await?;
    Ok(Json(found))
}

/// Which orders.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrdersOf {
    place: Option<PlaceId>,
    person: Option<PersonId>,
    #[serde(default)]
    in_force: bool,
    #[serde(default)]
    appealed: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/orders`
pub async fn orders(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<OrdersOf>,
) -> Answer<views::Page<views::OrderItem>> {
    let place = place_of(q.place, &c)?;
    let (in_force, appealed) = (q.in_force, q.appealed);
    let filter = views::OrderFilter { place: place.clone(), person: q.person, order: None, ended: None, in_force, appealed };
    let (page, now) = (paging(q.after, q.limit), app.clock.now());
    let found = read(&app, &c, async |tx| views::orders(tx, c.account.book, &filter, &page, now).await).await?;
    c.looked(&app, q.person, q.person.is_none().then_some(&place), found.items.len()).await?;
    Ok(Json(found))
}

/// `GET /v1/chains`: who infected whom, with what is doubtful about it.
pub async fn chains(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::Chains> {
    let place = place_of(q.place, &c)?;
    let protocol = app.protocol().await.map_err(|e| Problem::store(&e, c.lang))?;
    let found = read(&app, &c, async |tx| views::chains(tx, c.account.book, &place, &protocol).await).await?;
    c.looked(&app, None, Some(&place), found.links.len()).await?;
    Ok(Json(found))
}

/// `GET /v1/cases/{case}/sources`: who may have infected a case, the first to ask about first.
pub async fn sources(State(app): State<App>, Extension(c): Extension<Caller>, Path(case): Path<CaseId>) -> Answer<views::Sources> {
    let protocol = app.protocol().await.map_err(|e| Problem::store(&e, c.lang))?;
    let found = read(&app, &c, async |tx| views::sources(tx, c.account.book, case, &protocol).await).await?;
    let rows = found.as_ref().map_or(0, |s| 1 + s.candidates.len());
    c.looked(&app, found.as_ref().map(|s| s.person_id), None, rows).await?;
    or_missing(found, &c)
}

/// Of which place and days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysAt {
    place: Option<PlaceId>,
    from: Option<Day>,
    to: Option<Day>,
}

/// `GET /v1/indicators`: by default of today, and of the cases of the last seven days.
pub async fn indicators(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<DaysAt>) -> Answer<views::Indicators> {
    let place = place_of(q.place, &c)?;
    let (now, offset) = (app.clock.now(), app.config.offset);
    let to = q.to.unwrap_or_else(|| now.day(offset));
    let days = (q.from.unwrap_or_else(|| to.plus(-6)), to);
    if days.0 > days.1 {
        let (from, to) = days;
        let en = format!("'from' ({from}) is after 'to' ({to}): turn them round, or leave one of them out");
        let zh = format!("from（{from}）晚于 to（{to}），请调换，或只给其一");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "days", c.lang, en, zh));
    }
    read(&app, &c, async |tx| views::indicators(tx, c.account.book, &place, days, offset, now).await).await.map(Json)
}

/// `GET /v1/teams`: follow-up teams, with what they have to do today.
pub async fn teams(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::Teams> {
    let place = place_of(q.place, &c)?;
    let (now, offset) = (app.clock.now(), app.config.offset);
    read(&app, &c, async |tx| views::teams(tx, c.account.book, &place, offset, now).await).await.map(Json)
}

/// Which page of a place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageAt {
    place: Option<PlaceId>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/cases/unlinked`: cases without a known source.
pub async fn unlinked(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<PageAt>,
) -> Answer<views::Page<views::UnlinkedCase>> {
    let place = place_of(q.place, &c)?;
    let page = paging(q.after, q.limit);
    let found = read(&app, &c, async |tx| views::unlinked(tx, c.account.book, &place, &page).await).await?;
    c.looked(&app, None, Some(&place), found.items.len()).await?;
    Ok(Json(found))
}
