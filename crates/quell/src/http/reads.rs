//! Windows: reads under the second wall (row-level security by the account's place). Whoever is shown persons is written down
//! before the answer is given.

use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::Problem;
use crate::status::PersonCodes;
use crate::viewer::place_within;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use quell_book::{CaseState, DutyKind, Role};
use quell_foundation::*;
use quell_protocol::{Control, Link};
use quell_store::views::{self, Paging};
use quell_store::{Scope, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) type Answer<T> = Result<Json<T>, Problem>;

/// Runs a view under the caller's scope.
pub(super) async fn read<T, F>(app: &App, caller: &Caller, f: F) -> Result<T, Problem>
where
    F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
{
    app.db.read_until(&caller.scope(), caller.deadline, f).await.map_err(|e| Problem::store(&e, caller.lang))
}

/// Runs a view over the whole book, for those who work with people from anywhere in it: laboratories and facilities.
/// The caller checks what may be shown.
pub(super) async fn read_book<T, F>(app: &App, caller: &Caller, f: F) -> Result<T, Problem>
where
    F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
{
    let scope = Scope { book: caller.account.book, place: app.config.root.clone() };
    app.db.read_until(&scope, caller.deadline, f).await.map_err(|e| Problem::store(&e, caller.lang))
}

pub(super) fn or_missing<T>(found: Option<T>, caller: &Caller) -> Answer<T> {
    found.map(Json).ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "not-found", caller.lang, "nothing by this name in your jurisdiction", "在您的辖区内没有找到")
    })
}

/// The place asked for, or the caller's own. Outside of it nothing is shown.
pub(super) fn place_of(asked: Option<PlaceId>, caller: &Caller) -> Result<PlaceId, Problem> {
    place_within(asked, &caller.account.place).map_err(|o| Problem::new(StatusCode::FORBIDDEN, "scope", caller.lang, o.en, o.zh))
}

/// A place to look at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtPlace {
    pub(super) place: Option<PlaceId>,
}

/// A page of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageOf {
    pub(super) after: Option<String>,
    pub(super) limit: Option<u32>,
}

pub(super) fn paging(after: Option<String>, limit: Option<u32>) -> Paging {
    Paging { after, limit: limit.unwrap_or_else(|| Paging::default().limit) }
}

/// `GET /v1/shoulds`
pub async fn shoulds(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::Shoulds> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    read(&app, &c, async |tx| views::shoulds(tx, c.account.book, &place, now).await).await.map(Json)
}

/// `GET /v1/board`
pub async fn board(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::Board> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    read(&app, &c, async |tx| views::board(tx, c.account.book, &place, now).await).await.map(Json)
}

/// Which items of a kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemsOf {
    kind: DutyKind,
    place: Option<PlaceId>,
    round: Option<RoundId>,
    #[serde(default)]
    overdue: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/items/{state}`: the list behind a number; state is open, done, waived (superseded ones, too) or missed (of rounds).
pub async fn items(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(state): Path<String>,
    Query(q): Query<ItemsOf>,
) -> Answer<views::Page<views::Item>> {
    let place = place_of(q.place, &c)?;
    if c.account.role == Role::Courier && q.kind.responsible() != Role::Courier {
        let (en, zh) = ("a courier sees the duties of couriers: ask with kind=deliver", "转运员只能查看转运任务：请加参数 kind=deliver");
        return Err(Problem::new(StatusCode::FORBIDDEN, "role", c.lang, en, zh));
    }
    let end = match (state.as_str(), q.kind) {
        ("open", _) => views::End::Open,
        ("done", _) => views::End::Done,
        ("waived", _) => views::End::Waived,
        ("missed", DutyKind::Sample) => views::End::Missed,
        _ => {
            let en = format!("'{state}' is no list of {}: ask for open, done or waived; or for missed with kind=sample", q.kind);
            let zh = format!("{}没有“{state}”清单：请查询 open、done、waived；missed 仅用于 kind=sample", q.kind.zh());
            return Err(Problem::new(StatusCode::BAD_REQUEST, "state", c.lang, en, zh));
        }
    };
    let filter = views::ItemFilter { kind: q.kind, place: place.clone(), round: q.round, only_overdue: q.overdue };
    let (page, now, book) = (paging(q.after, q.limit), app.clock.now(), c.account.book);
    let found = read(&app, &c, async |tx| views::items(tx, book, &filter, &page, now, end).await).await?;
    c.looked(&app, None, Some(&place), found.items.len()).await?;
    Ok(Json(found))
}

/// `GET /v1/rounds`
pub async fn rounds(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<PageOf>,
) -> Answer<views::Page<views::RoundItem>> {
    let page = paging(q.after, q.limit);
    read(&app, &c, async |tx| views::rounds(tx, c.account.book, &page).await).await.map(Json)
}

/// `GET /v1/rounds/{round}`
pub async fn round(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(id): Path<RoundId>,
    Query(q): Query<AtPlace>,
) -> Answer<views::RoundView> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    let found = read(&app, &c, async |tx| views::round(tx, c.account.book, &id, &place, now).await).await?;
    or_missing(found, &c)
}

/// `GET /v1/rounds/{round}/links`
pub async fn links(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(id): Path<RoundId>,
    Query(q): Query<AtPlace>,
) -> Answer<views::ChainSpeed> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    read(&app, &c, async |tx| views::links(tx, c.account.book, &id, &place, now).await).await.map(Json)
}

/// A text to find persons by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    text: String,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/persons?text=…`: name, telephone, home, the code of a door, or identity number (which is compared by its keyed hash).
pub async fn find_persons(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<Find>,
) -> Answer<views::Page<views::PersonHit>> {
    let page = paging(q.after, q.limit);
    let scanned = PersonCodes::new(&app.key, c.account.book).person(&q.text).map(|p| p.to_string());
    let text = scanned.unwrap_or_else(|| app.key.search_text(&q.text));
    let found = read(&app, &c, async |tx| views::find_persons(tx, c.account.book, &text, &page).await).await?;
    c.looked(&app, None, Some(&c.account.place.clone()), found.items.len()).await?;
    Ok(Json(found))
}

/// `GET /v1/persons/{person}`: everything known of a person.
pub async fn person(State(app): State<App>, Extension(c): Extension<Caller>, Path(id): Path<PersonId>) -> Answer<views::PersonView> {
    let now = app.clock.now();
    let mut found = read(&app, &c, async |tx| views::person(tx, c.account.book, id, now).await).await?;
    if found.is_none() && c.account.role == Role::Ward {
        // A ward sees its own patients, wherever they live.
        let anywhere = read_book(&app, &c, async |tx| views::person(tx, c.account.book, id, now).await).await?;
        found = anywhere.filter(|p| p.stays.iter().any(|s| s.left_at.is_none() && s.facility.is_within(&c.account.place)));
    }
    c.looked(&app, Some(id), None, usize::from(found.is_some())).await?;
    or_missing(found, &c)
}

/// `GET /v1/persons/{person}/status`: what a door needs to know.
pub async fn person_status(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(id): Path<PersonId>,
) -> Answer<views::PersonStatus> {
    let now = app.clock.now();
    let found = read(&app, &c, async |tx| views::person_status(tx, c.account.book, id, now).await).await?;
    c.looked(&app, Some(id), None, usize::from(found.is_some())).await?;
    or_missing(found, &c)
}

/// The code of a person.
#[derive(Serialize, JsonSchema)]
pub struct CodeOfPerson {
    /// Person.
    pub person_id: PersonId,
    /// What doors scan: 27 letters and digits that tell nothing.
    pub code: String,
}

/// `GET /v1/persons/{person}/code`: for a card or a screen.
pub async fn person_code(State(app): State<App>, Extension(c): Extension<Caller>, Path(id): Path<PersonId>) -> Answer<CodeOfPerson> {
    let now = app.clock.now();
    let found = read(&app, &c, async |tx| views::person_status(tx, c.account.book, id, now).await).await?;
    c.looked(&app, Some(id), None, usize::from(found.is_some())).await?;
    let code = |_| CodeOfPerson { person_id: id, code: PersonCodes::new(&app.key, c.account.book).code(id) };
    or_missing(found.map(code), &c)
}

/// `GET /v1/tubes/{tube}`
pub async fn tube(State(app): State<App>, Extension(c): Extension<Caller>, Path(code): Path<TubeCode>) -> Answer<views::TubeView> {
    let now = app.clock.now();
    let mut found = read(&app, &c, async |tx| views::tube(tx, c.account.book, &code, now).await).await?;
    if found.is_none() && c.account.role == Role::Laboratory {
        // A laboratory sees the tubes it has received, wherever they were filled.
        let anywhere = read_book(&app, &c, async |tx| views::tube(tx, c.account.book, &code, now).await).await?;
        found = anywhere.filter(|t| t.laboratory.as_ref().is_some_and(|l| l.is_within(&c.account.place)));
    }
    c.looked(&app, None, None, found.as_ref().map_or(0, |t| t.members.max(0) as usize)).await?;
    or_missing(found, &c)
}

/// `GET /v1/facilities`
pub async fn facilities(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::Facilities> {
    let place = place_of(q.place, &c)?;
    read(&app, &c, async |tx| views::facilities(tx, c.account.book, &place).await).await.map(Json)
}

/// `GET /v1/facilities/{facility}/beds`
pub async fn beds(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(facility): Path<PlaceId>,
    Query(q): Query<PageOf>,
) -> Answer<views::Page<views::BedItem>> {
    let (page, now) = (paging(q.after, q.limit), app.clock.now());
    let facility = place_of(Some(facility), &c)?;
    let found = read_book(&app, &c, async |tx| views::beds(tx, c.account.book, &facility, &page, now).await).await?;
    c.looked(&app, None, Some(&facility), found.items.len()).await?;
    Ok(Json(found))
}

/// `GET /v1/facilities/{facility}/releasable`: who can go home today.
pub async fn releasable(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(facility): Path<PlaceId>,
) -> Answer<Vec<views::Releasable>> {
    let now = app.clock.now();
    let slack = app.default_protocol.deadline(Link::ReleaseContact).unwrap_or_default();
    let facility = place_of(Some(facility), &c)?;
    let found = read_book(&app, &c, async |tx| views::releasable(tx, c.account.book, &facility, slack, now).await).await?;
    c.looked(&app, None, Some(&facility), found.len()).await?;
    Ok(Json(found))
}

/// Which cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasesOf {
    place: Option<PlaceId>,
    from: Option<Day>,
    to: Option<Day>,
    control: Option<Control>,
    state: Option<CaseState>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/cases`
pub async fn cases(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<CasesOf>,
) -> Answer<views::Page<views::CaseItem>> {
    let place = place_of(q.place, &c)?;
    let filter = views::CaseFilter { place: place.clone(), from: q.from, to: q.to, control: q.control, state: q.state };
    let (page, now) = (paging(q.after, q.limit), app.clock.now());
    let found = read(&app, &c, async |tx| views::cases(tx, c.account.book, &filter, &page, now).await).await?;
    c.looked(&app, None, Some(&place), found.items.len()).await?;
    Ok(Json(found))
}

/// `GET /v1/cases/counts`: by day and channel, and days since the last community-found case.
pub async fn case_counts(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::CaseCounts> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    read(&app, &c, async |tx| views::case_counts(tx, c.account.book, &place, now).await).await.map(Json)
}

/// `GET /v1/day`: the balance of the open day and what blocks its close.
pub async fn day(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::DayView> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    read(&app, &c, async |tx| views::day(tx, c.account.book, &place, now).await).await.map(Json)
}

/// `GET /v1/days`
pub async fn days(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<PageOf>,
) -> Answer<views::Page<views::SealedDayLine>> {
    let page = paging(q.after, q.limit);
    let place = c.account.place.clone();
    read(&app, &c, async |tx| views::sealed_days(tx, c.account.book, &place, &page).await).await.map(Json)
}

/// `GET /v1/days/{day}`
pub async fn sealed_day(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(day): Path<Day>,
    Query(q): Query<AtPlace>,
) -> Answer<views::SealedDayView> {
    let place = place_of(q.place, &c)?;
    let found = read(&app, &c, async |tx| views::sealed_day(tx, c.account.book, day, &place).await).await?;
    or_missing(found, &c)
}

/// From where in the log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogFrom {
    after: Option<i64>,
    limit: Option<u32>,
}

/// `GET /v1/log`
pub async fn log(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<LogFrom>) -> Answer<views::Page<views::LogLine>> {
    let limit = q.limit.unwrap_or(100);
    read(&app, &c, async |tx| views::submissions(tx, c.account.book, q.after.unwrap_or(0), limit).await).await.map(Json)
}

/// Which looks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LooksOf {
    person: Option<PersonId>,
    account: Option<String>,
    from: Option<Instant>,
    to: Option<Instant>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/access`: who looked at whom.
pub async fn access(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<LooksOf>,
) -> Answer<views::Page<views::Access>> {
    let filter = views::AccessFilter { person_id: q.person, account: q.account, from: q.from, to: q.to };
    let page = paging(q.after, q.limit);
    read(&app, &c, async |tx| views::access_log(tx, c.account.book, &filter, &page).await).await.map(Json)
}
