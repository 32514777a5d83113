//! Windows on the chain: places, rosters, boxes, plates, transfers, vehicles, zones, and who is responsible for what is open.

use super::reads::{Answer, AtPlace, PageOf, or_missing, paging, place_of, read, read_book};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::Problem;
use crate::status::PersonCodes;
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use quell_book::{PlaceKind, Role, Sex, Standing, TransferState, tube_rule};
use quell_foundation::*;
use quell_protocol::{Exposure, PersonTag, TubeMode};
use quell_store::views::{self, Page};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which places.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacesOf {
    under: Option<PlaceId>,
    text: Option<String>,
    kind: Option<PlaceKind>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/places`
pub async fn places(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<PlacesOf>) -> Answer<Page<views::PlaceItem>> {
    let filter = views::PlaceFilter { under: place_of(q.under, &c)?, text: q.text, kind: q.kind };
    let page = paging(q.after, q.limit);
    read(&app, &c, async |tx| views::places(tx, c.account.book, &filter, &page).await).await.map(Json)
}

/// `GET /v1/places/{place}`
pub async fn place(State(app): State<App>, Extension(c): Extension<Caller>, Path(id): Path<PlaceId>) -> Answer<views::PlaceItem> {
    let found = read(&app, &c, async |tx| views::place_item(tx, c.account.book, &id).await).await?;
    or_missing(found, &c)
}

/// A page at a place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageAt {
    place: Option<PlaceId>,
    after: Option<String>,
    limit: Option<u32>,
}

/// Someone on the roster of a round.
#[derive(Serialize, JsonSchema)]
pub struct RosterItem {
    /// Person.
    person_id: PersonId,
    /// The code that doors and stations scan.
    code: String,
    /// Name.
    name: String,
    /// Sex.
    sex: Sex,
    /// Date of birth.
    born: Option<Day>,
    /// Home.
    home: PlaceId,
    /// Names of the listed places of the home, from below the book's root down.
    home_names: Vec<String>,
    /// The end of the telephone number.
    phone_end: Option<String>,
    /// Which tube the person goes into, as the door will check.
    tube_mode: TubeMode,
    /// The rule of the protocol that says so.
    tube_rule: String,
    /// What the person is exposed to.
    exposure: Exposure,
    /// Where the person stands.
    standing: Standing,
    /// Tags.
    tags: BTreeSet<PersonTag>,
    /// Excluded or waived, and why.
    waived: Option<String>,
    /// Sampled in this round, at that time.
    sampled_at: Option<Instant>,
    /// The tube of that sample.
    tube: Option<TubeCode>,
}

/// `GET /v1/rounds/{round}/people`: what a station takes with it.
pub async fn roster(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(round): Path<RoundId>,
    Query(q): Query<PageAt>,
) -> Answer<Page<RosterItem>> {
    let place = place_of(q.place, &c)?;
    let page = paging(q.after, q.limit);
    let protocol = app.protocol().await.map_err(|e| Problem::store(&e, c.lang))?;
    let found = read(&app, &c, async |tx| views::roster(tx, c.account.book, &round, &place, &page).await).await?;
    c.looked(&app, None, Some(&place), found.as_ref().map_or(0, |f| f.page.items.len())).await?;
    let Some(found) = found else { return or_missing(None, &c) };
    let codes = PersonCodes::new(&app.key, c.account.book);
    let items = found.page.items.iter().map(|r| {
        let rule = tube_rule(&protocol, &app.config, found.zone_at(&r.home), r.exposure, r.occupation);
        let r = r.clone();
        RosterItem {
            person_id: r.person_id,
            code: codes.code(r.person_id),
            name: r.name,
            sex: r.sex,
            born: r.born,
            home: r.home,
            home_names: r.home_names,
            phone_end: r.phone_end,
            tube_mode: rule.mode,
            tube_rule: rule.rule.to_owned(),
            exposure: r.exposure,
            standing: r.standing,
            tags: r.tags,
            waived: r.waived,
            sampled_at: r.sampled_at,
            tube: r.tube,
        }
    });
    Ok(Json(Page { items: items.collect(), next: found.page.next.clone(), as_of_seq: found.page.as_of_seq }))
}

/// `GET /v1/rounds/{round}/places`
pub async fn round_places(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(round): Path<RoundId>,
    Query(q): Query<AtPlace>,
) -> Answer<views::RoundPlaces> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    let found = read(&app, &c, async |tx| views::round_places(tx, c.account.book, &round, &place, now).await).await?;
    or_missing(found, &c)
}

/// Which boxes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxesOf {
    state: Option<views::BoxState>,
    place: Option<PlaceId>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/boxes`
pub async fn boxes(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<BoxesOf>) -> Answer<Page<views::BoxItem>> {
    let (page, now, book) = (paging(q.after, q.limit), app.clock.now(), c.account.book);
    if c.account.role == Role::Laboratory {
        // Boxes come to a laboratory from anywhere.
        let place = q.place.unwrap_or_else(|| app.config.root.clone());
        let filter = views::BoxFilter { place, state: q.state, laboratory: Some(c.account.place.clone()) };
        return read_book(&app, &c, async |tx| views::boxes(tx, book, &filter, &page, now).await).await.map(Json);
    }
    let filter = views::BoxFilter { place: place_of(q.place, &c)?, state: q.state, laboratory: None };
    read(&app, &c, async |tx| views::boxes(tx, book, &filter, &page, now).await).await.map(Json)
}

/// `GET /v1/boxes/{box}`
pub async fn transport_box(State(app): State<App>, Extension(c): Extension<Caller>, Path(code): Path<BoxCode>) -> Answer<views::BoxView> {
    let (now, book) = (app.clock.now(), c.account.book);
    let found = if c.account.role == Role::Laboratory {
        let here = Some(&c.account.place);
        read_book(&app, &c, async |tx| views::transport_box(tx, book, &code, here, now).await).await?
    } else {
        read(&app, &c, async |tx| views::transport_box(tx, book, &code, None, now).await).await?
    };
    or_missing(found, &c)
}

/// Which plates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatesOf {
    laboratory: Option<PlaceId>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/plates`
pub async fn plates(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<PlatesOf>) -> Answer<Page<views::PlateItem>> {
    let laboratory = place_of(q.laboratory, &c)?;
    let page = paging(q.after, q.limit);
    read_book(&app, &c, async |tx| views::plates(tx, c.account.book, &laboratory, &page).await).await.map(Json)
}

/// Which transfers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransfersOf {
    state: Option<TransferState>,
    #[serde(default)]
    open: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/transfers`
pub async fn transfers(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<TransfersOf>,
) -> Answer<Page<views::TransferItem>> {
    let (page, book) = (paging(q.after, q.limit), c.account.book);
    let filter = views::TransferFilter { state: q.state, open: q.open, to: of_ward(&c) };
    let found = if filter.to.is_some() {
        read_book(&app, &c, async |tx| views::transfers(tx, book, &filter, &page).await).await?
    } else {
        read(&app, &c, async |tx| views::transfers(tx, book, &filter, &page).await).await?
    };
    c.looked(&app, None, Some(&c.account.place), found.items.len()).await?;
    Ok(Json(found))
}

/// The facility of a ward, which sees whoever comes there, wherever they live.
fn of_ward(c: &Caller) -> Option<PlaceId> {
    (c.account.role == Role::Ward).then(|| c.account.place.clone())
}

/// `GET /v1/vehicles`
pub async fn vehicles(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<PageOf>,
) -> Answer<Page<views::VehicleItem>> {
    let (page, book) = (paging(q.after, q.limit), c.account.book);
    match of_ward(&c) {
        Some(here) => read_book(&app, &c, async |tx| views::vehicles(tx, book, Some(&here), &page).await).await.map(Json),
        None => read(&app, &c, async |tx| views::vehicles(tx, book, None, &page).await).await.map(Json),
    }
}

/// Which zones.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZonesOf {
    place: Option<PlaceId>,
    #[serde(default)]
    in_force: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/zones`
pub async fn zones(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<ZonesOf>) -> Answer<Page<views::ZoneItem>> {
    let place = place_of(q.place, &c)?;
    let page = paging(q.after, q.limit);
    read(&app, &c, async |tx| views::zones(tx, c.account.book, &place, q.in_force, &page).await).await.map(Json)
}

/// `GET /v1/owners`
pub async fn owners(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AtPlace>) -> Answer<views::Owners> {
    let place = place_of(q.place, &c)?;
    let now = app.clock.now();
    read(&app, &c, async |tx| views::owners(tx, c.account.book, &place, now).await).await.map(Json)
}
