//! Accounts of staff over HTTP: seen, made, changed and revoked by an administrator, within its own place.

use super::reads::{Answer, PageOf, paging};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use crate::staff::{self, By, StaffError, Wanted};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use quell_book::Role;
use quell_foundation::*;
use quell_store::accounts::{self, Account};
use quell_store::views::{MAX_LIMIT, Page};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An account, without its password.
#[derive(Serialize, JsonSchema)]
pub struct AccountItem {
    /// Name.
    account: AccountId,
    /// Role.
    role: Role,
    /// Place.
    place: PlaceId,
    /// False: it may not log in.
    active: bool,
    /// Since when it is revoked.
    revoked_at: Option<Instant>,
}

impl AccountItem {
    fn of(a: Account, revoked_at: Option<Instant>) -> Self {
        Self { account: a.account, role: a.role, place: a.place, active: a.active, revoked_at }
    }
}

/// `GET /v1/accounts`: those of the caller's place and below, by name.
pub async fn list(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<PageOf>) -> Answer<Page<AccountItem>> {
    let page = paging(q.after, q.limit);
    let size = page.limit.clamp(1, MAX_LIMIT) as usize;
    let store = |e| Problem::store(&e, c.lang);
    let db = app.db.connection().await.map_err(store)?;
    let head = quell_store::log::head(&db, c.account.book, false).await.map_err(store)?;
    // One more than the page holds tells whether another follows.
    let found = accounts::page(&db, c.account.book, &c.account.place, page.after.as_deref(), size as i64 + 1).await.map_err(store)?;
    let more = found.len() > size;
    let items: Vec<AccountItem> = found.into_iter().take(size).map(|(a, revoked)| AccountItem::of(a, revoked)).collect();
    let next = items.last().filter(|_| more).map(|a| a.account.to_string());
    Ok(Json(Page { items, next, as_of_seq: head.seq }))
}

/// What an account is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountWanted {
    /// Role.
    role: Role,
    /// Its place; your own by default.
    #[serde(default)]
    place: Option<PlaceId>,
    /// A new password of at least 8 characters. An account that is active keeps its own without one.
    #[serde(default)]
    password: Option<String>,
}

/// `PUT /v1/accounts/{account}`: makes an account or changes it; one that was revoked is given back with a new password.
pub async fn put(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(name): Path<AccountId>,
    Json(w): Json<AccountWanted>,
) -> Answer<AccountItem> {
    let by = By { name: c.account.account.as_str(), place: &c.account.place };
    let place = w.place.unwrap_or_else(|| c.account.place.clone());
    let wanted = Wanted { name, role: w.role, place, password: w.password, active: true };
    let done = staff::put(&app, &by, wanted).await.map_err(|e| problem(&e, c.lang))?;
    Ok(Json(AccountItem::of(done, None)))
}

/// Why an account is revoked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationReason {
    /// For the audit log.
    reason: String,
}

/// `POST /v1/accounts/{account}/revoke`: it may not log in any more; what its devices hold from before can still be handed in.
pub async fn revoke(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(name): Path<AccountId>,
    Json(r): Json<RevocationReason>,
) -> Answer<AccountItem> {
    let by = By { name: c.account.account.as_str(), place: &c.account.place };
    let (account, since) = staff::revoke(&app, &by, &name, &r.reason).await.map_err(|e| problem(&e, c.lang))?;
    Ok(Json(AccountItem::of(account, since)))
}

fn problem(e: &StaffError, lang: Chinese) -> Problem {
    let (status, kind) = match e {
        StaffError::Store(e) => return Problem::store(e, lang),
        StaffError::Unknown => (StatusCode::NOT_FOUND, "not-found"),
        StaffError::Outside(..) => (StatusCode::FORBIDDEN, "scope"),
        StaffError::Own => (StatusCode::CONFLICT, "own-account"),
        StaffError::Peer => (StatusCode::UNPROCESSABLE_ENTITY, "peer"),
        StaffError::Password | StaffError::NoPassword => (StatusCode::UNPROCESSABLE_ENTITY, "password"),
        StaffError::Reason => (StatusCode::UNPROCESSABLE_ENTITY, "reason"),
        StaffError::Hash(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    };
    Problem::new(status, kind, lang, e.to_string(), e.zh())
}
