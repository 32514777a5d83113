//! What ends by itself ends on time: every minute the server looks whose follow-up, isolation or monitoring at home has run out, and
//! says so by the door, one submission a person. Whoever is late (a server that was down) says it when it is back; doors do not wait for
//! it, they go by the end itself.

use crate::app::App;
use quell_book::TimeRanOut;
use quell_foundation::*;
use quell_protocol::Link;
use quell_store::StoreError;
use quell_store::due::{self, RanOut};
use quell_store::log::{Answer, Incoming, Sender};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(60);
/// People of one look; if there are more, the next one follows at once.
const AT_ONCE: i64 = 2000;

/// Starts the looks; they end when the handle is dropped or aborted.
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        loop {
            match once(&app).await {
                Ok(n) if n > 0 => tracing::info!(people = n, "follow-up, isolation or monitoring at home has ended by its time"),
                Ok(_) => {}
                Err(e) => tracing::warn!(error = %e, "who is at the end of their time could not be asked; tried again in a minute"),
            }
            tokio::time::sleep(EVERY).await;
        }
    })
}

/// Ends what has run out by now; how many people that were.
///
/// # Errors
/// If the database cannot be asked. What the door does not take is said again next time.
pub async fn once(app: &App) -> Result<usize, StoreError> {
    let mut ended = 0;
    loop {
        let now = app.clock.now();
        let slack = app.protocol().await?.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0));
        let c = app.db.connection().await?;
        let over = due::ran_out(&c, app.config.book, now, slack, AT_ONCE).await?;
        drop(c);
        let asked = over.len();
        let answers = app.door.submit(over.into_iter().map(|p| submission(app, p, now)).collect()).await;
        let taken = answers.iter().filter(|a| matches!(a, Ok(Answer::Accepted(_)))).count();
        ended += taken;
        if asked < AT_ONCE as usize || taken == 0 {
            return Ok(ended);
        }
    }
}

/// The same end is the same submission, whichever server says it and how often.
fn submission(app: &App, p: RanOut, now: Instant) -> Incoming {
    let end = p.end.0.to_be_bytes();
    let id = derived_uuid(&[b"time ran out", &app.config.book.0.to_be_bytes(), p.person.0.as_bytes(), &end]);
    let sender = Sender { account: "clock".into(), scope: app.config.root.clone(), device: None };
    let fact = TimeRanOut { person: p.person, at: EventTime::exact(now, app.config.offset) };
    Incoming::new(SubmissionId(id), sender, vec![fact.into()])
}
