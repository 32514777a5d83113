//! Writes checkpoints while the server runs: a task for each second place, so that one that hangs holds up nothing but itself. Nothing
//! is queued for a place that is away: when it is back it gets the newest state and the number of those that it missed.

use super::post::{PostError, post};
use super::{Ledger, LedgerError, Line, Written};
use crate::app::App;
use crate::metrics;
use hyper::Uri;
use quell_foundation::*;
use quell_store::StoreError;
use quell_store::checkpoint::{self, Heads};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// When nothing changes, a line is written all the same after this time: it shows that the book lives.
const HEARTBEAT: Span = Span(600);
/// A place that was away is tried again after this time, or after the usual one if that is shorter.
const RETRY: Duration = Duration::from_secs(10);
/// How long the last checkpoints may hold up an orderly stop.
const LAST: Duration = Duration::from_secs(12);

/// A second place, as it is given at the command line.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A file.
    File(PathBuf),
    /// A receiver.
    Http(Uri),
}

impl FromStr for Target {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        match s.split_once("://") {
            Some(("http", _)) => match s.parse::<Uri>() {
                Ok(uri) if uri.host().is_some_and(|h| !h.is_empty()) => Ok(Self::Http(uri)),
                Ok(_) => Err("the address has no host".into()),
                Err(e) => Err(e.to_string()),
            },
            Some((scheme, _)) => Err(format!("{scheme}:// is not known: give a file or http://… (TLS is a tunnel's or a proxy's)")),
            None => Ok(Self::File(s.into())),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(p) => p.display().fmt(f),
            // What stands behind the path may be a secret.
            Self::Http(u) => write!(f, "http://{}{}", u.authority().map_or("", |a| a.as_str().rsplit('@').next().unwrap_or("")), u.path()),
        }
    }
}

/// The tasks that write checkpoints.
pub struct Keepers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Keepers {
    /// Writes the last checkpoints; waits for them, but not for ever.
    pub async fn stop(self) {
        let _ = self.stop.send(true); // Fails only if there is no task.
        let all = async {
            for task in self.tasks {
                let _ = task.await; // A task that panicked has said so.
            }
        };
        if tokio::time::timeout(LAST, all).await.is_err() {
            tracing::warn!("a last checkpoint could not be written in time");
        }
    }
}

/// Begins to write checkpoints to these places.
pub fn keep(app: &App, targets: &[Target], every: Duration) -> Keepers {
    let (stop, stopped) = watch::channel(false);
    let start = |target: &Target| {
        let place = match target {
            Target::File(path) => Place::File(Some(Ledger::new(path))),
            Target::Http(uri) => Place::Http { uri: uri.clone(), last: None },
        };
        metrics::checkpoints_to(&target.to_string());
        let keeper = Keeper { app: app.clone(), name: target.to_string(), place, missed: 0 };
        tokio::spawn(keeper.run(every, stopped.clone()))
    };
    Keepers { tasks: targets.iter().map(start).collect(), stop }
}

/// Why a checkpoint was not written.
#[derive(Debug, thiserror::Error)]
enum Missed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Post(#[from] PostError),
    #[error(
        "the book does not hold what its checkpoint of {at} saw (position {seq} of the log, {audit_seq} of the audit log): it was rolled back \
         or rewritten. Run 'quell verify --checkpoint'; after a restore that was meant, begin a new file"
    )]
    Gone { at: Instant, seq: i64, audit_seq: i64 },
    #[error("{0}")]
    Broken(String),
}

enum Place {
    /// Lent to the thread that writes; none if that thread broke.
    File(Option<Ledger>),
    Http {
        uri: Uri,
        /// The last line that the receiver has, as far as is known.
        last: Option<Box<Written>>,
    },
}

impl Place {
    /// Works on the file on a thread that may wait for the disk.
    async fn on_disk<T: Send + 'static>(
        slot: &mut Option<Ledger>,
        work: impl FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Missed> {
        let mut ledger = slot.take().ok_or_else(|| Missed::Broken("the thread that wrote to it broke".into()))?;
        let (ledger, done) = tokio::task::spawn_blocking(move || {
            let done = work(&mut ledger);
            (ledger, done)
        })
        .await
        .map_err(|e| Missed::Broken(e.to_string()))?;
        *slot = Some(ledger);
        Ok(done?)
    }

    async fn last(&mut self, book: BookId) -> Result<Option<Written>, Missed> {
        match self {
            Place::File(slot) => Self::on_disk(slot, move |l| Ok(l.last(book)?.cloned())).await,
            Place::Http { last, .. } => Ok(last.as_deref().cloned()),
        }
    }

    async fn put(&mut self, next: Written) -> Result<(), Missed> {
        match self {
            Place::File(slot) => Self::on_disk(slot, move |l| l.append(next)).await,
            Place::Http { uri, last } => {
                match post(uri, &next).await {
                    Ok(()) => *last = Some(Box::new(next)),
                    Err(PostError::Conflict(theirs)) => {
                        *last = theirs.clone();
                        return Err(PostError::Conflict(theirs).into());
                    }
                    Err(e) => return Err(e.into()),
                }
                Ok(())
            }
        }
    }
}

/// Writes the checkpoints of one place.
struct Keeper {
    app: App,
    name: String,
    place: Place,
    missed: u32,
}

impl Keeper {
    async fn run(mut self, every: Duration, mut stopped: watch::Receiver<bool>) {
        loop {
            let pause = match self.checkpoint().await {
                Ok(()) => {
                    if self.missed > 0 {
                        tracing::info!(to = self.name, missed = self.missed, "checkpoints are written again");
                    }
                    self.missed = 0;
                    every
                }
                Err(e) => {
                    // Once, then quiet until it works again; the metrics go on telling.
                    match (&e, self.missed) {
                        (Missed::Gone { .. }, 0) => tracing::error!(to = self.name, error = %e, "no checkpoint was written"),
                        (_, 0) => tracing::warn!(to = self.name, error = %e, "no checkpoint was written; it is tried again"),
                        _ => {}
                    }
                    metrics::checkpoint(&self.name, false);
                    self.missed = self.missed.saturating_add(1);
                    every.min(RETRY)
                }
            };
            if *stopped.borrow() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // At the server's orderly end the loop goes round once more.
                told = stopped.changed() => if told.is_err() { return },
            }
        }
    }

    /// Writes how things are, unless the place knows.
    async fn checkpoint(&mut self) -> Result<(), Missed> {
        match self.attempt().await {
            // Its last line is known now.
            Err(Missed::Post(PostError::Conflict(_))) => self.attempt().await,
            other => other,
        }
    }

    async fn attempt(&mut self) -> Result<(), Missed> {
        let book = self.app.config.book;
        let last = self.place.last(book).await?;
        let heads = self.heads(last.as_ref()).await?;
        let mut at = self.app.clock.now();
        if let Some(w) = &last {
            if w.line.heads == heads && at.since(w.line.at) < HEARTBEAT {
                metrics::checkpoint(&self.name, true);
                return Ok(());
            }
            // A clock that was set back must not make the line one that goes back.
            at = at.max(w.line.at);
        }
        let previous = last.map_or(Hash::default(), |w| w.hash);
        let line = Line { book, at, heads, missed: self.missed, previous };
        let next = Written::new(line).map_err(|e| Missed::Broken(e.to_string()))?;
        self.place.put(next).await?;
        metrics::checkpoint(&self.name, true);
        Ok(())
    }

    /// The heads now; what the last line saw must still be in the book.
    async fn heads(&self, last: Option<&Written>) -> Result<Heads, Missed> {
        let book = self.app.config.book;
        let c = self.app.db.connection().await?;
        if let Some(w) = last {
            let seen = &w.line.heads;
            let there = checkpoint::hashes_at(&c, book, seen).await?;
            if there != (Some(seen.log_hash), Some(seen.audit_hash)) {
                return Err(Missed::Gone { at: w.line.at, seq: seen.seq, audit_seq: seen.audit_seq });
            }
        }
        let heads = checkpoint::heads(&c, book).await?;
        drop(c);
        // Looks are committed before they are on the disk: a crash must not put the book behind its checkpoint.
        self.app.db.flush().await?;
        Ok(heads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_files_or_receivers() {
        assert_eq!("a/b".parse(), Ok(Target::File("a/b".into())));
        let receiver: Target = "http://u:p@10.0.0.2:8421/x?secret=1".parse().unwrap();
        assert_eq!(receiver.to_string(), "http://10.0.0.2:8421/x");
        assert!("https://10.0.0.2".parse::<Target>().unwrap_err().contains("https"));
        assert!("http://".parse::<Target>().is_err());
    }
}
