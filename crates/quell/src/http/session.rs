//! Logging in and out, and what the server says about itself.

use crate::app::App;
use crate::auth;
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use quell_foundation::*;
use quell_store::accounts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name and password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// Account name.
    pub account: AccountId,
    /// Password.
    pub password: String,
}

/// A token and what it stands for.
#[derive(Serialize, JsonSchema)]
pub struct Session {
    /// For `Authorization: Bearer …`.
    pub token: String,
    /// When it ends.
    pub expires: Instant,
    /// Account.
    pub account: AccountId,
    /// Role.
    pub role: quell_book::Role,
    /// Place.
    pub place: PlaceId,
}

/// `POST /v1/session`
pub async fn log_in(State(app): State<App>, Extension(lang): Extension<Chinese>, Json(l): Json<LogIn>) -> Result<Json<Session>, Problem> {
    let found = auth::log_in(&app.db, &app.clock, app.config.book, &l.account, &l.password).await.map_err(|e| Problem::store(&e, lang))?;
    match found {
        Some((token, expires, a)) => Ok(Json(Session { token, expires, account: a.account, role: a.role, place: a.place })),
        None => Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "log-in",
            lang,
            "name and password do not match an active account",
            "账号或密码不正确，或账号已停用",
        )),
    }
}

/// `DELETE /v1/session`
pub async fn log_out(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<StatusCode, Problem> {
    let c = app.db.connection().await.map_err(|e| Problem::store(&e, caller.lang))?;
    accounts::drop_token(&c, caller.account.book, caller.token).await.map_err(|e| Problem::store(&e, caller.lang))?;
    if let Ok(mut cache) = app.tokens.lock() {
        cache.remove(&caller.token);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What the server says about itself.
#[derive(Serialize, JsonSchema)]
pub struct Health {
    /// Program version.
    pub version: &'static str,
    /// Book.
    pub book: BookId,
    /// Its root place.
    pub root: PlaceId,
    /// Position of the log.
    pub seq: i64,
    /// The book's open day.
    pub open_day: Option<Day>,
    /// Protocol in force.
    pub protocol: ProtocolId,
    /// The server's time.
    pub now: Instant,
    /// Minutes by which the book's local time is ahead of UTC: 480 in China. Its days end by that.
    pub offset_minutes: i16,
}

/// `GET /v1/health`
pub async fn health(State(app): State<App>, Extension(lang): Extension<Chinese>) -> Result<Json<Health>, Problem> {
    let c = app.db.connection().await.map_err(|e| Problem::store(&e, lang))?;
    let head = quell_store::log::head(&c, app.config.book, false).await.map_err(|e| Problem::store(&e, lang))?;
    let protocol = head.protocol.map_or_else(|| app.default_protocol.id().clone(), |p| p.0);
    Ok(Json(Health {
        version: env!("CARGO_PKG_VERSION"),
        book: app.config.book,
        root: app.config.root.clone(),
        seq: head.seq,
        open_day: head.open_day,
        protocol,
        now: app.clock.now(),
        offset_minutes: app.config.offset.0,
    }))
}
