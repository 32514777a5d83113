//! Analyses wait in the database and run one after the other while the server runs: the cores are the door's. A server that dies leaves what
//! it was at to the next one, which begins it again; what was kept is kept.

use super::run::{Failure, make};
use super::{ANALYSTS, AnalysisWanted, place_of};
use crate::apart::apart;
use crate::app::App;
use crate::viewer::Viewer;
use deadpool_postgres::Object;
use quell_analyse::Trouble;
use quell_foundation::*;
use quell_store::analyses::{self, Asked, Done};
use quell_store::{Scope, StoreError, accounts};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two looks for one that waits.
const EVERY: Duration = Duration::from_secs(1);
/// How often one is begun: it may be what brings the server down.
const TRIES: i32 = 3;

/// Starts working on what waits; it ends when the handle is dropped or aborted.
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        loop {
            if let Err(e) = work(&app).await {
                tracing::warn!(error = %e, "analyses wait: the database could not be asked");
            }
            tokio::time::sleep(EVERY * 5).await;
        }
    })
}

/// Works on what waits until the database is away, or at once if another server does.
async fn work(app: &App) -> Result<(), StoreError> {
    // A connection of its own, out of the pool: with it goes the lock.
    let lock = Object::take(app.db.connection().await?);
    if !analyses::take_over(&lock, app.config.book).await? {
        return Ok(());
    }
    // Nobody else works in it: what is there was left by a server that died.
    let dir = app.data.join("analyses").join(app.config.book.to_string());
    let _ = std::fs::remove_dir_all(&dir);
    while !lock.is_closed() {
        let c = app.db.connection().await?;
        match analyses::begin_next(&c, app.config.book, app.clock.now()).await? {
            None => {
                drop(c);
                tokio::time::sleep(EVERY).await;
            }
            Some((asked, begun)) => {
                drop(c);
                let (book, id) = (app.config.book, asked.id);
                let made = if begun > TRIES { Err(too_often()) } else { one(app, &asked, &dir).await };
                // It holds the lines of persons: it goes, whatever came of it.
                let _ = std::fs::remove_dir_all(&dir);
                let (mut c, now) = (app.db.connection().await?, app.clock.now());
                match made {
                    Ok(done) => {
                        analyses::keep(&mut c, book, &asked, &done, now).await?;
                        tracing::info!(analysis = asked.analysis, %id, rows = done.rows, "an analysis is done");
                    }
                    Err(Failure::CalledOff) => tracing::info!(analysis = asked.analysis, %id, "an analysis was called off"),
                    // It waits until the database is back.
                    Err(Failure::Store(e)) => return Err(e),
                    Err(e) => {
                        tracing::warn!(analysis = asked.analysis, %id, error = %e, "an analysis failed");
                        let (zh, en) = match &e {
                            Failure::Trouble(t) => (t.text(true), t.text(false)),
                            _ => (
                                "服务器无法运行该分析，与您的请求无关",
                                "the server could not run it; nothing is wrong with what you asked",
                            ),
                        };
                        analyses::fail(&c, book, id, zh, en, now).await?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn too_often() -> Failure {
    let (zh, en) = (
        format!("已启动 {TRIES} 次，每次服务器都在完成前停止；请缩小范围后重新提交"),
        format!("it was begun {TRIES} times, and each time the server stopped before its end; ask for less"),
    );
    Trouble::new(zh, en).into()
}

/// Set when nobody waits for the work any more: what runs on a thread of its own hears of it so.
#[derive(Default)]
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Makes one in the name of who asked for it, as far as they may still see.
async fn one(app: &App, a: &Asked, dir: &Path) -> Result<Done, Failure> {
    let unreadable = |e: serde_json::Error| Trouble::new(e.to_string(), e.to_string());
    let wanted: AnalysisWanted = serde_json::from_value(a.asked.clone()).map_err(unreadable)?;
    let name = AccountId::new(&a.account).map_err(|e| Trouble::new(e.to_string(), e.to_string()))?;
    let account = accounts::find(&app.db.connection().await?, app.config.book, &name).await?;
    let Some(account) = account.filter(|x| x.active && ANALYSTS.contains(&x.role)) else {
        let (zh, en) = ("提交该分析的账号已停用或已无此权限", "the account that asked for it was revoked, or may not do so any more");
        return Err(Trouble::new(zh, en).into());
    };
    let place = place_of(&wanted, &account.place)?;
    std::fs::create_dir_all(dir)?;
    let stop = Stop::default();
    let (app, id, dir, stopped) = (app.clone(), a.id, dir.to_owned(), stop.0.clone());
    apart(async move || {
        let (book, scope) = (app.config.book, Scope { book: app.config.book, place: account.place.clone() });
        let (account, role) = (account.account.to_string(), account.role);
        let viewer = Viewer { app: &app, scope, account, role, what: "/v1/analyses", deadline: None };
        let still = async || match app.db.connection().await {
            Ok(c) => analyses::is_wanted(&c, book, id).await.unwrap_or(true),
            // While the database is away it is still wanted.
            Err(_) => true,
        };
        make(&viewer, &wanted, &place, &dir, async || !stopped.load(Ordering::Relaxed) && still().await).await
    })
    .await
}
