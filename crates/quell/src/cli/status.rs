//! `quell status`

use super::serve::{listen, log_to_stderr, stop_signal};
use super::{CliError, Context};
use crate::app::StartError;
use crate::clock::Clock;
use crate::identity::IdentityKey;
use crate::metrics;
use crate::status::{Follower, Serving, Source, Status};
use axum::http::header;
use axum::routing::get;
use std::net::SocketAddr;

/// Options of `status`.
#[derive(clap::Args)]
pub struct StatusOptions {
    /// Address for doors to ask: GET /v1/status/CODE. TLS is the reverse proxy's.
    #[arg(long, default_value = "127.0.0.1:8430")]
    listen: SocketAddr,
    /// Second address, for Prometheus: /metrics.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// How to appeal against a restriction, in the words of this place: it stands in the answer. Default: ask your community.
    #[arg(long, value_name = "TEXT")]
    appeal: Option<String>,
    /// Log as JSON lines.
    #[arg(long)]
    log_json: bool,
}

/// Answers doors beside the server, as a process of its own: it goes on when that one is killed. It starts no PostgreSQL and changes
/// nothing.
pub(super) async fn run(ctx: &Context, o: StatusOptions) -> Result<(), CliError> {
    log_to_stderr(o.log_json);
    let path = ctx.data.data.join("identity.key");
    let key = IdentityKey::read(&path).map_err(|source| StartError::Io { path, source })?;
    let status = Status::new(Clock::of(&ctx.data.data), key, o.appeal);
    let follower = Follower::new(status.clone(), Source::Data { options: ctx.data.clone(), book: ctx.book }, &ctx.data.data);
    if let Some(address) = o.metrics {
        metrics::start().map_err(CliError::Failed)?;
        let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        let service = axum::Router::new().route("/metrics", get(async move || (kind, metrics::status_text())));
        let listener = listen(address, "--metrics")?;
        tokio::spawn(async move { axum::serve(listener, service).await }); // It ends with the process.
    }
    let serving = open(o.listen, "--listen", follower, status).await?;
    tracing::info!(listen = %o.listen, "status look-ups; Ctrl-C stops them in order");
    stop_signal().await;
    serving.stop().await;
    Ok(())
}

/// Begins to serve look-ups on an address.
pub(super) async fn open(
    address: SocketAddr,
    option: &str,
    follower: Follower,
    status: std::sync::Arc<Status>,
) -> Result<Serving, CliError> {
    let listener = listen(address, option)?.into_std().map_err(|e| CliError::Failed(e.to_string()))?;
    Serving::start(follower, status, listener).map_err(|e| CliError::Failed(e.to_string()))
}
