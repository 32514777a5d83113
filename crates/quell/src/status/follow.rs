//! Fills the table by one scan of the book in portions, then follows the log. What the facts touched is read again as it is now, in one
//! view of the database for a whole round, so that what the table says is never newer than the position it names.
//!
//! *Invariant:* the position moves only when everything up to the end of the log, as it was when the round began, is in the table. If the
//! book no longer holds what was followed (a restore, a rollback), all is forgotten and read anew.

use super::touched::Touched;
use super::{Known, People, Status};
use crate::app::DataOptions;
use crate::metrics;
use quell_book::BookConfig;
use quell_foundation::*;
use quell_store::views::{self, StatusRow};
use quell_store::{Database, Scope, StoreError, schema};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// Between looks at the log.
const EVERY: Duration = Duration::from_millis(500);
/// Before the database is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// People of a portion.
const PORTION: i64 = 5_000;
/// Submissions of a round.
const ROUND: i64 = 1_000;
/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

type Tx<'a> = deadpool_postgres::Transaction<'a>;

/// Where the book is.
pub enum Source {
    /// Here.
    Book {
        /// Address of the database.
        url: String,
        /// The book.
        config: BookConfig,
    },
    /// In the database of a data directory on which a server runs, or will.
    Data {
        /// The data directory.
        options: DataOptions,
        /// Which book, if there are several.
        book: Option<i32>,
    },
}

/// Why a round was not finished.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Start(String),
    #[error("the database does not answer")]
    Hangs,
    #[error("the book does not hold position {0} of its log as it was: it was restored or rolled back. All statuses are read anew")]
    Gone(i64),
}

/// Keeps the table.
pub struct Follower {
    status: Arc<Status>,
    source: Source,
    following: Option<Following>,
}

/// A book that is followed.
pub struct Following {
    db: Database,
    people: Arc<People>,
    scope: Scope,
    seq: i64,
    hash: Hash,
    /// Who is the last that was scanned; none when the scan is over.
    scanned: Option<PersonId>,
}

impl Follower {
    /// Keeps the statuses of a book.
    pub fn new(status: Arc<Status>, source: Source) -> Self {
        Self { status, source, following: None }
    }

    /// Follows until told to stop.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut broken = false;
        while !*stop.borrow() {
            let pause = match self.round().await {
                Ok(at_the_end) => {
                    if broken {
                        tracing::info!("statuses follow the book again");
                    }
                    broken = false;
                    if at_the_end { EVERY } else { Duration::ZERO }
                }
                Err(e) => {
                    // Once, then quiet until it works again; each answer says how old it is, and so do the metrics.
                    if !broken {
                        tracing::warn!(error = %e, "statuses do not follow the book; look-ups go on with what is known");
                    }
                    broken = true;
                    if let Broken::Gone(_) = e {
                        self.status.set_people(None);
                        self.following = None;
                    } else if let Some(f) = &mut self.following {
                        f.db = again(&self.source).unwrap_or_else(|| f.db.clone());
                    }
                    RETRY
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Goes on with the scan, or with the log; true if its end was reached.
    async fn round(&mut self) -> Result<bool, Broken> {
        let status = self.status.clone();
        if self.following.is_none() {
            self.following = Some(self.begin().await?);
        }
        let Some(f) = &mut self.following else { return Ok(false) };
        if f.scanned.is_some() {
            in_time(f.scan()).await?;
            return Ok(false);
        }
        let (as_of, read) = (status.clock.now(), std::time::Instant::now());
        if !in_time(f.follow()).await? {
            return Ok(false);
        }
        f.people.followed(f.seq, f.hash, as_of, read);
        if status.people().is_none() {
            tracing::info!(people = f.people.table.len(), seq = f.seq, "statuses can be looked up");
            metrics::statuses_of(&f.people);
            status.set_people(Some(f.people.clone()));
        }
        Ok(true)
    }

    async fn begin(&self) -> Result<Following, Broken> {
        let (url, config) = match &self.source {
            Source::Book { url, config } => (url.clone(), config.clone()),
            Source::Data { options, book } => {
                let url = options.running().map_err(|e| Broken::Start(e.to_string()))?;
                let db = Database::to_follow(&url)?;
                let config = in_time(async { Ok(schema::books(&*db.connection().await?).await?) }).await?;
                (
                    url,
                    the_book(config, *book)
                        .ok_or_else(|| Broken::Start("there is no such book, or several: say which with --book".into()))?,
                )
            }
        };
        let people = People::new(config, &self.status.key, self.status.clock.now());
        in_time(Following::begin(&url, Arc::new(people))).await
    }
}

fn the_book(books: Vec<BookConfig>, wanted: Option<i32>) -> Option<BookConfig> {
    let mut fitting = books.into_iter().filter(|b| wanted.is_none_or(|w| b.book.0 == w));
    fitting.next().filter(|_| fitting.next().is_none())
}

/// A fresh connection, after one broke: it may lead to a server that does not answer any more, or that listens elsewhere now.
fn again(source: &Source) -> Option<Database> {
    let url = match source {
        Source::Book { url, .. } => url.clone(),
        Source::Data { options, .. } => options.running().ok()?,
    };
    Database::to_follow(&url).ok()
}

async fn in_time<T>(work: impl Future<Output = Result<T, Broken>>) -> Result<T, Broken> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(Broken::Hangs))
}

impl Following {
    async fn begin(url: &str, people: Arc<People>) -> Result<Self, Broken> {
        let db = Database::to_follow(url)?;
        let scope = Scope { book: people.config.book, place: people.config.root.clone() };
        let (seq, hash) = db
            .read_still(&scope, async |tx| {
                let head = quell_store::log::head(tx, scope.book, false).await?;
                let in_force = views::zones_in_force(tx, scope.book).await?;
                people.zones.write().unwrap_or_else(PoisonError::into_inner).set(in_force);
                Ok((head.seq, head.hash))
            })
            .await?;
        Ok(Self { db, people, scope, seq, hash, scanned: Some(PersonId(Uuid::nil())) })
    }

    /// The next portion of everyone. What changes meanwhile stands in the log behind the position where the scan began.
    async fn scan(&mut self) -> Result<(), Broken> {
        let (after, book) = (self.scanned.unwrap_or(PersonId(Uuid::nil())), self.scope.book);
        let portion = self.db.read(&self.scope, async |tx| views::statuses_after(tx, book, after, PORTION).await).await?;
        self.people.put(&portion);
        self.scanned = portion.last().filter(|_| portion.len() as i64 == PORTION).map(|r| r.person);
        Ok(())
    }

    /// The next round of the log; true if its end was reached.
    async fn follow(&mut self) -> Result<bool, Broken> {
        let (book, people, was) = (self.scope.book, self.people.clone(), (self.seq, self.hash));
        let read = self.db.read_still(&self.scope, async |tx| {
            if views::log_hash(tx, book, was.0).await? != Some(was.1) {
                return Ok(None);
            }
            let behind = views::behind(tx, book, was.0, ROUND).await?;
            if behind.seq > was.0 {
                people.follow_zones(tx).await?;
                people.follow_facts(tx, &Touched::by(&behind.facts)).await?;
            }
            Ok(Some(behind))
        });
        let Some(behind) = read.await? else { return Err(Broken::Gone(was.0)) };
        (self.seq, self.hash) = (behind.seq, behind.hash.unwrap_or(was.1));
        Ok(behind.seq == behind.head)
    }
}

impl People {
    /// Puts into the table what was read.
    pub fn put(&self, rows: &[StatusRow]) {
        let zones = self.zones.read().unwrap_or_else(PoisonError::into_inner);
        for r in rows {
            if r.dead {
                self.table.remove(r.person);
                continue;
            }
            let negative = r.negative.and_then(|s| u32::try_from(s).ok());
            let held = (!r.held.is_empty()).then(|| r.held.clone().into());
            self.table.put(r.person, Known { negative, zone: zones.around(&r.home), held });
        }
    }

    async fn follow_zones(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let book = self.config.book;
        let in_force = views::zones_in_force(tx, book).await?;
        let new = self.zones.write().unwrap_or_else(PoisonError::into_inner).set(in_force);
        for place in new {
            let mut after = (String::new(), PersonId(Uuid::nil()));
            loop {
                let portion = views::living_at(tx, book, &place, &after, PORTION).await?;
                let zones = self.zones.read().unwrap_or_else(PoisonError::into_inner);
                portion.iter().for_each(|(home, person)| self.table.put_zone(*person, zones.around(home)));
                drop(zones);
                match portion.into_iter().last() {
                    Some(last) => after = last,
                    None => break,
                }
            }
        }
        Ok(())
    }

    async fn follow_facts(&self, tx: &Tx<'_>, t: &Touched) -> Result<(), StoreError> {
        let book = self.config.book;
        let mut again: BTreeSet<PersonId> = t.persons.clone();
        again.extend(t.swabbed.iter().filter(|p| self.table.is_held(**p)));
        let things: Vec<Uuid> = t.things.iter().copied().collect();
        if !things.is_empty() {
            again.extend(views::persons_about(tx, book, &things).await?);
        }
        let tubes: Vec<&str> = t.tubes.iter().map(TubeCode::as_str).collect();
        if !tubes.is_empty() {
            again.extend(views::negatives(tx, book, &tubes).await?.into_iter().map(|(p, _)| p));
        }
        let negative: Vec<&str> = t.negative.iter().filter(|c| !t.tubes.contains(*c)).map(TubeCode::as_str).collect();
        if !negative.is_empty() {
            for (person, at) in views::negatives(tx, book, &negative).await? {
                match at.and_then(|s| u32::try_from(s).ok()) {
                    Some(at) if !self.table.is_held(person) => self.table.was_negative(person, at),
                    _ => drop(again.insert(person)),
                }
            }
        }
        let again: Vec<Uuid> = again.into_iter().map(|p| p.0).collect();
        for portion in again.chunks(PORTION as usize) {
            self.put(&views::statuses_of(tx, book, portion).await?);
        }
        Ok(())
    }
}
