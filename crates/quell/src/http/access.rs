//! Who is calling: the token is checked, the role compared with the route's, and looks at persons are written down.

use crate::app::App;
use crate::http::admit::Deadline;
use crate::http::problem::{Chinese, Problem};
use crate::http::routes::{Access, Route};
use crate::viewer::Viewer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quell_book::Role;
use quell_foundation::*;
use quell_store::accounts::{self, Account};
use quell_store::{Scope, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Tokens that were checked lately, for at most [`TRUST`].
pub type TokenCache = Mutex<HashMap<Hash, (Arc<Account>, Instant)>>;

/// How long a checked token is trusted without asking the database again (also how long a revoked account lingers).
const TRUST: Span = Span(30);
/// The one door.
const HAND_IN: &str = "/v1/submissions";
/// Most tokens remembered.
const REMEMBERED: usize = 20_000;

/// The caller of a route.
#[derive(Clone)]
pub struct Caller {
    /// The account.
    pub account: Arc<Account>,
    /// When it was revoked: it may only hand in what happened before.
    pub revoked: Option<Instant>,
    /// The hash of its token.
    pub token: Hash,
    /// Language.
    pub lang: Chinese,
    /// The route, for the access log.
    pub route: &'static str,
    /// When the caller will not wait any longer.
    pub deadline: std::time::Instant,
}

impl Caller {
    /// What the caller may see.
    pub fn scope(&self) -> Scope {
        Scope { book: self.account.book, place: self.account.place.clone() }
    }
    /// The caller as one who looks at persons.
    pub fn viewer<'a>(&self, app: &'a App) -> Viewer<'a> {
        let (account, role) = (self.account.account.to_string(), self.account.role);
        Viewer { app, scope: self.scope(), account, role, what: self.route, deadline: Some(self.deadline) }
    }
    /// Writes a look at persons down. It must succeed before anything is shown.
    pub async fn looked(&self, app: &App, person: Option<PersonId>, place: Option<&PlaceId>, rows: usize) -> Result<(), Problem> {
        self.viewer(app).looked(person, place, rows).await.map_err(|e| Problem::store(&e, self.lang))
    }
}

/// Lets a request through if its route's access rule allows the caller.
pub async fn guard(State((app, route)): State<(App, &'static Route)>, mut request: Request, next: Next) -> Response {
    let lang = Chinese::of(request.headers());
    request.extensions_mut().insert(lang);
    if matches!(route.access, Access::Public) {
        return next.run(request).await;
    }
    let Some(token) = bearer(request.headers()) else {
        return Problem::new(
            StatusCode::UNAUTHORIZED,
            "no-token",
            lang,
            "log in first: POST /v1/session gives a token for the header 'Authorization: Bearer …'",
            "请先登录：POST /v1/session 获取令牌",
        )
        .into_response();
    };
    let (account, revoked) = match who(&app, token, route, lang).await {
        Ok(found) => found,
        Err(p) => return p.into_response(),
    };
    if let Access::Roles(roles) = route.access
        && !roles.contains(&account.role)
    {
        let role = account.role;
        let zh = role.zh();
        return Problem::new(StatusCode::FORBIDDEN, "role", lang, format!("the role {role} may not do this"), format!("{zh}无此权限"))
            .into_response();
    }
    if account.role == Role::PeerBook && !matches!(route.access, Access::AccountOrPeer) {
        let (en, zh) = ("another book hands in its messages, and sees nothing here", "外辖区台账只能提交函件，不能查看本台账");
        return Problem::new(StatusCode::FORBIDDEN, "role", lang, en, zh).into_response();
    }
    let deadline = request.extensions().get::<Deadline>().map_or_else(std::time::Instant::now, |d| d.0);
    request.extensions_mut().insert(Caller { account, revoked, token, lang, route: route.path, deadline });
    next.run(request).await
}

/// The hash of the token in `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<Hash> {
    let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    Some(Hash::of(token.as_bytes()))
}

/// The account behind a token, and when it was revoked: such a one is let in to hand in what its device still holds, and for nothing else.
async fn who(app: &App, token: Hash, route: &Route, lang: Chinese) -> Result<(Arc<Account>, Option<Instant>), Problem> {
    let store = |e: StoreError| Problem::store(&e, lang);
    if let Some(account) = account_of(app, token).await.map_err(store)? {
        return Ok((account, None));
    }
    let c = app.db.connection().await.map_err(store)?;
    let revoked = accounts::revoked_by_token(&c, token, app.clock.now()).await.map_err(store)?;
    let Some((account, at)) = revoked.filter(|(a, _)| a.book == app.config.book) else {
        let (en, zh) = ("the token is unknown or has expired; log in again", "令牌无效或已过期，请重新登录");
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "token", lang, en, zh));
    };
    if route.path == HAND_IN {
        return Ok((Arc::new(account), Some(at)));
    }
    let at = at.at_offset(app.config.offset);
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "revoked",
        lang,
        format!("this account was revoked at {at}; its device may still hand in what it holds from before, and nothing else"),
        format!("该账号已于 {at} 停用；设备仅可补报停用前的内容，不能进行其他操作"),
    ))
}

async fn account_of(app: &App, token: Hash) -> Result<Option<Arc<Account>>, StoreError> {
    let now = app.clock.now();
    if let Ok(cache) = app.tokens.lock()
        && let Some((a, until)) = cache.get(&token)
        && *until > now
    {
        return Ok(Some(a.clone()));
    }
    let c = app.db.connection().await?;
    // A token of another book of the same database opens nothing here.
    let Some((account, expires)) = accounts::by_token(&c, token, now).await?.filter(|(a, _)| a.book == app.config.book) else {
        return Ok(None);
    };
    let account = Arc::new(account);
    if let Ok(mut cache) = app.tokens.lock() {
        if cache.len() >= REMEMBERED {
            cache.clear();
        }
        cache.insert(token, (account.clone(), expires.min(now.plus(TRUST))));
    }
    Ok(Some(account))
}
