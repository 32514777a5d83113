//! The HTTP door and windows under `/v1`. *Invariant:* every route stands once in [`routes::all`], with the roles that may
//! call it; the router, the authorisation and the OpenAPI document are all made from that table. What is no route is the [`page`]'s.

mod access;
mod accounts;
mod admit;
mod analyses;
mod candidates;
mod cases;
pub mod connections;
mod diary;
mod events;
mod exports;
pub mod health;
mod imports;
mod lists;
mod messages;
pub mod openapi;
mod page;
mod papers;
pub mod people;
mod preview;
mod problem;
mod protocols;
mod reads;
mod route;
pub mod routes;
mod routes_lists;
pub mod routes_office;
mod session;
mod submissions;
mod trace;

pub use access::{Caller, TokenCache};
pub use problem::{Chinese, Problem};
pub use submissions::BundleAnswer;

/// What a request brings, read without a server: the functions that the handlers call, for those who try them with wrong input.
pub mod parsing {
    pub use super::access::bearer;
    pub use super::admit::{patience, weight};
    pub use super::problem::Chinese;
    pub use super::reads::{AtPlace, CasesOf, Find, ItemsOf, LogFrom, LooksOf, PageOf};
    pub use super::session::LogIn;
    pub use super::submissions::{MAX_BUNDLE, bodies, submission};
    pub use super::trace::given as request_id;
}

use crate::app::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::routing::MethodRouter;
use std::future::Future;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

/// Largest request body: a bundle of some ten thousand registrations.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Largest file that is brought in: 100,000 people with all that is known of them, twice.
const FILE_LIMIT: usize = 32 * 1024 * 1024;

/// The largest body of a route.
fn body_limit(route: &routes::Route) -> usize {
    if route.path == routes_office::IMPORTS { FILE_LIMIT } else { BODY_LIMIT }
}

/// The whole HTTP service.
pub fn service(app: App) -> Router {
    let mut router = Router::new();
    for route in routes::all() {
        let guard = middleware::from_fn_with_state((app.clone(), route), access::guard);
        let admit = middleware::from_fn_with_state((app.clone(), route), admit::admit);
        let trace = middleware::from_fn(move |request: Request, next: Next| trace::request(route.path, request, next));
        // The framework's own limit gives way to one that refuses by the announced length, before anything is read.
        let (own, limit) = (DefaultBodyLimit::disable(), RequestBodyLimitLayer::new(body_limit(route)));
        let handler: MethodRouter<App> = (route.handler)().layer(guard).layer(admit).layer(trace);
        let handler: MethodRouter<App> = handler.layer(own);
        router = router.route(route.path, handler.layer(limit));
    }
    router
        .fallback(page::page)
        .layer(middleware::from_fn_with_state(app.clone(), problem::as_problem))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Serves until told to stop; requests under way are finished.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let gate = app.gate.clone();
    connections::serve(service(app), listener, gate, stop).await
}
