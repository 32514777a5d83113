//! `quell serve`

use super::{CliError, Context};
use crate::app::{App, Ready};
use crate::checkpoint::{self, Target};
use crate::http::{self, connections};
use crate::metrics;
use crate::status::{Follower, Source, Status};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// Options of `serve`.
#[derive(clap::Args)]
pub struct Serve {
    /// Address to listen on. TLS is the reverse proxy's.
    #[arg(long, default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// Serve another book of the same database on an address of its own. Can be given several times. Metrics, status and checkpoints are
    /// those of the book that --book names.
    #[arg(long, value_name = "BOOK=ADDRESS")]
    also: Vec<Also>,
    /// Second address, for Prometheus and supervisors: /metrics, /healthz, /readyz. Keep it away from the public.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Third address, for doors that ask for the status of a person: GET /v1/status/CODE, without an account. 'quell status' does the
    /// same in a process of its own.
    #[arg(long, value_name = "ADDRESS")]
    status: Option<SocketAddr>,
    /// How to appeal against a restriction, in the words of this place, for those answers. Default: ask your community.
    #[arg(long, value_name = "TEXT", requires = "status")]
    appeal: Option<String>,
    /// Second place for checkpoints of the book's logs: a file (best on another disk), or http://HOST:PORT of a 'quell checkpoint
    /// receive' on another machine. Can be given several times.
    #[arg(long, value_name = "FILE or http://URL")]
    checkpoint: Vec<Target>,
    /// Seconds between checkpoints.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    checkpoint_every: u64,
    /// Log as JSON lines.
    #[arg(long)]
    log_json: bool,
}

/// Another book, and where it is served.
#[derive(Debug, Clone, Copy)]
struct Also {
    book: i32,
    listen: SocketAddr,
}

impl FromStr for Also {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let (book, listen) = s.split_once('=').ok_or("BOOK=ADDRESS is expected, for example 500238=127.0.0.1:8421")?;
        let book = book.parse().map_err(|e| format!("'{book}' is no number of a book: {e}"))?;
        Ok(Self { book, listen: listen.parse().map_err(|e| format!("'{listen}' is no address: {e}"))? })
    }
}

/// What a book does by itself while it is served: what has run out ends, messages go out, and analyses are made.
fn by_itself(app: &App) -> [JoinHandle<()>; 3] {
    [crate::expiry::start(app), crate::messages::start(app), crate::analyses::queue::start(app)]
}

/// Another book of the same database: served on its address until told to stop, or until its door breaks.
async fn also_serve(ready: &Ready, a: Also, stop: watch::Receiver<bool>) -> Result<JoinHandle<Result<(), String>>, CliError> {
    let config = ready.book(Some(a.book)).await?;
    let app = super::open_book(ready, &config).await?;
    let listener = listen(a.listen, "--also")?;
    tracing::info!(listen = %a.listen, book = %config.book, root = %config.root, "quell serves another book");
    Ok(tokio::spawn(async move {
        let (door, own) = (app.door.clone(), by_itself(&app));
        let stopped = async move {
            let mut stop = stop;
            let _ = stop.wait_for(|s| *s).await; // A sender that is gone says the same.
        };
        let served = tokio::select! {
            () = door.ended() => Err(format!("the desk of book {} has broken: nothing more can be written; start again", config.book)),
            served = http::serve(app, listener, stopped) => served.map_err(|e| e.to_string()),
        };
        own.iter().for_each(JoinHandle::abort);
        served
    }))
}

pub(super) async fn run(ctx: &Context, o: Serve) -> Result<(), CliError> {
    log_to_stderr(o.log_json);
    let (ready, app) = ctx.open().await?;
    let own = ready.server.lock().is_ok_and(|s| s.is_some());
    if !own && ctx.data.database_url.is_none() {
        // It would lose its database when the other one stops.
        let data = ctx.data.data.display();
        return Err(ctx.failed(
            format!("another quell works on {data}: stop it first, or give both the same PostgreSQL with --database-url"),
            format!("另一个 quell 正在使用 {data}：请先停止它，或用 --database-url 让两者共用一个 PostgreSQL"),
        ));
    }
    if app.clock.is_simulated() {
        tracing::warn!(now = %app.clock.now(), "this book lives in simulated time, as the demo left it");
    }
    let listener = listen(o.listen, "--listen")?;
    if let Some(address) = o.metrics {
        metrics::start().map_err(CliError::Failed)?;
        let (listener, service) = (listen(address, "--metrics")?, http::health::service(app.clone()));
        tracing::info!(metrics = %address, "counts for Prometheus under /metrics");
        // It ends with the process.
        tokio::spawn(async move { axum::serve(listener, service).await });
    }
    let statuses = match o.status {
        None => None,
        Some(address) => {
            let status = Status::new(app.clock.clone(), app.key.clone(), o.appeal);
            let follower =
                Follower::new(status.clone(), Source::Book { url: app.db.url().to_owned(), config: app.config.clone() }, &ready.data);
            tracing::info!(status = %address, "status look-ups under /v1/status");
            Some(super::status::open(address, "--status", follower, status).await?)
        }
    };
    let by_itself = by_itself(&app);
    let (stop, stopped) = watch::channel(false);
    let mut others = JoinSet::new();
    for a in o.also {
        let other = also_serve(&ready, a, stopped.clone()).await?;
        others.spawn(async move { other.await.unwrap_or_else(|e| Err(e.to_string())) });
    }
    let keepers = checkpoint::keep(&app, &o.checkpoint, Duration::from_secs(o.checkpoint_every));
    let book = app.config.book;
    tracing::info!(listen = %o.listen, %book, root = %app.config.root, "quell serves; Ctrl-C stops it in order");
    let door = app.door.clone();
    tokio::select! {
        () = door.ended() => return Err(CliError::Failed("the door's desk has broken: nothing more can be written; start again".into())),
        served = http::serve(app, listener, stop_signal()) => served.map_err(|e| CliError::Failed(e.to_string()))?,
        broken = ready.keep_server(&ctx.data) => return Err(broken.into()),
        Some(ended) = others.join_next() => return Err(CliError::Failed(ended.map_err(|e| e.to_string()).and_then(|e| e).err().unwrap_or_default())),
    }
    let _ = stop.send(true); // Fails only if there is no other book.
    while others.join_next().await.is_some() {}
    if let Some(statuses) = statuses {
        statuses.stop().await;
    }
    by_itself.iter().for_each(JoinHandle::abort);
    keepers.stop().await;
    ready.stop();
    tracing::info!("stopped");
    Ok(())
}

pub(super) fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, CliError> {
    let failed = |e| CliError::Failed(format!("cannot listen on {address}: {e}; choose another address with {option}"));
    connections::listen(address).map_err(failed)
}

/// Logs go to standard error, so that output can be piped. `RUST_LOG` filters.
pub(super) fn log_to_stderr(json: bool) {
    // Of PostgreSQL's notices only warnings: "already exists, skipping" is no news.
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,tokio_postgres=warn".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // A line that cannot be written because the disk is full must not be complained of where it could not be written: that panics.
    let log = log.log_internal_errors(false);
    // A second call (tests) leaves the first in place.
    let _ = if json { log.json().try_init() } else { log.try_init() };
}

pub(super) async fn stop_signal() {
    let ctrl_c = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut term) => {
            tokio::select! { _ = ctrl_c => {}, _ = term.recv() => {} }
        }
        Err(_) => {
            let _ = ctrl_c.await;
        }
    }
}

/// Only what went wrong: for commands whose own output is what the user looks at.
pub(super) fn log_to_stderr_quietly() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = log.log_internal_errors(false).with_ansi(std::io::stderr().is_terminal()).try_init();
}
