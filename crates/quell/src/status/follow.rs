//! Fills the table by one scan of the book in portions, then follows the log. What the facts touched is read again as it is now, in one
//! view of the database for a whole round, so that what the table says is never newer than the position it names.
//!
//! *Invariant:* the position moves only when everything up to the end of the log, as it was when the round began, is in the table. If the
//! book no longer holds what was followed (a restore, a rollback), all is forgotten and read anew.

use super::touched::Touched;
use super::{Known, People, Position, Status, snapshot};
use crate::app::DataOptions;
use crate::metrics;
use quell_book::BookConfig;
use quell_foundation::*;
use quell_store::views::{self, StatusRow};
use quell_store::{Database, Scope, StoreError, schema};
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
/// Between snapshots.
const KEEP: Duration = Duration::from_secs(600);
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
    /// The directory in which the table is kept for the next start.
    keep: PathBuf,
    kept: std::time::Instant,
    db: Option<Database>,
    following: Option<Following>,
}

/// A book that is followed.
struct Following {
    people: Arc<People>,
    seq: i64,
    hash: Hash,
    /// Who is the last that was scanned; none when the scan is over.
    scanned: Option<PersonId>,
    /// New zones whose people have to be looked through, and who was the last of the first of them.
    sweeps: VecDeque<PlaceId>,
    swept: (String, PersonId),
}

impl Follower {
    /// Keeps the statuses of a book, and in this directory a snapshot of them.
    pub fn new(status: Arc<Status>, source: Source, keep: &Path) -> Self {
        Self { status, source, keep: keep.into(), kept: std::time::Instant::now(), db: None, following: None }
    }

    /// Follows until told to stop.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        self.take_up();
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
                    // It may lead to a server that does not answer any more, or that listens elsewhere now.
                    self.db = None;
                    if let Broken::Gone(_) = e {
                        self.status.set_people(None);
                        self.following = None;
                    }
                    RETRY
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                told = stop.changed() => if told.is_err() {
                    // Nobody is left who could tell it to stop: without an end it would ask the database without a pause.
                    break;
                }
            }
        }
        self.keep();
    }

    /// Begins with what was kept at the last stop, if that can be used.
    fn take_up(&mut self) {
        let book = match &self.source {
            Source::Book { config, .. } => Some(config.book.0),
            Source::Data { book, .. } => *book,
        };
        let Some(file) = snapshot::find(&self.keep, book) else { return };
        match snapshot::read(&file, &self.status.key, self.status.clock.now()) {
            Ok(people) => {
                let (position, people) = (people.position(), Arc::new(people));
                let age_s = position.age().as_secs();
                tracing::info!(
                    people = people.table.len(),
                    seq = position.seq,
                    age_s,
                    "statuses can be looked up as they were at the last stop"
                );
                self.following = Some(Following { scanned: None, ..Following::new(people.clone(), position.seq, position.hash) });
                metrics::statuses_of(&people);
                self.status.set_people(Some(people));
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => tracing::warn!(file = %file.display(), error = %e, "kept statuses cannot be used; the book is read instead"),
        }
    }

    /// Keeps what is known for the next start.
    fn keep(&mut self) {
        self.kept = std::time::Instant::now();
        let Some(people) = self.following.as_ref().filter(|f| f.scanned.is_none() && f.sweeps.is_empty()).map(|f| &f.people) else {
            return;
        };
        if let Err(e) = snapshot::write(people, &self.keep) {
            tracing::warn!(error = %e, "statuses could not be kept for the next start");
        }
    }

    /// Goes on with the scan, or with the log; true if its end was reached.
    async fn round(&mut self) -> Result<bool, Broken> {
        if self.db.is_none() {
            self.db = Some(Database::to_follow(&self.url()?)?);
        }
        let Some(db) = &self.db else { return Ok(false) };
        let status = &self.status;
        if self.following.is_none() {
            let config = self.config(db).await?;
            let people = Arc::new(People::new(config, &status.key, status.clock.now()));
            self.following = Some(in_time(Following::begin(db, people)).await?);
        }
        let Some(f) = &mut self.following else { return Ok(false) };
        if f.scanned.is_some() {
            in_time(f.scan(db)).await?;
            return Ok(false);
        }
        if !f.sweeps.is_empty() {
            in_time(f.sweep(db)).await?;
            return Ok(false);
        }
        let (as_of, read) = (status.clock.now(), std::time::Instant::now());
        if !in_time(f.follow(db)).await? {
            return Ok(false);
        }
        f.people.followed(Position::read(f.seq, f.hash, as_of, read));
        if status.people().is_none() {
            tracing::info!(people = f.people.table.len(), seq = f.seq, "statuses can be looked up");
            metrics::statuses_of(&f.people);
            status.set_people(Some(f.people.clone()));
            self.keep();
        } else if self.kept.elapsed() > KEEP {
            self.keep();
        }
        Ok(true)
    }

    fn url(&self) -> Result<String, Broken> {
        match &self.source {
            Source::Book { url, .. } => Ok(url.clone()),
            Source::Data { options, .. } => options.running().map_err(|e| Broken::Start(e.to_string())),
        }
    }

    async fn config(&self, db: &Database) -> Result<BookConfig, Broken> {
        match &self.source {
            Source::Book { config, .. } => Ok(config.clone()),
            Source::Data { book, .. } => {
                let books = in_time(async { Ok(schema::books(&*db.connection().await?).await?) }).await?;
                let mut fitting = books.into_iter().filter(|b| book.is_none_or(|w| b.book.0 == w));
                let found = fitting.next().filter(|_| fitting.next().is_none());
                found.ok_or_else(|| Broken::Start("there is no such book, or several: say which with --book".into()))
            }
        }
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Broken>>) -> Result<T, Broken> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(Broken::Hangs))
}

impl Following {
    fn new(people: Arc<People>, seq: i64, hash: Hash) -> Self {
        let first = PersonId(Uuid::nil());
        Self { people, seq, hash, scanned: Some(first), sweeps: VecDeque::new(), swept: (String::new(), first) }
    }

    async fn begin(db: &Database, people: Arc<People>) -> Result<Self, Broken> {
        let scope = people.scope();
        let read = db.read_still(&scope, async |tx| {
            let head = quell_store::log::head(tx, scope.book, false).await?;
            Ok((head, views::zones_in_force(tx, scope.book).await?))
        });
        let (head, zones) = read.await?;
        people.zones_in_force(zones);
        Ok(Self::new(people, head.seq, head.hash))
    }

    /// The next portion of everyone. What changes meanwhile stands in the log behind the position where the scan began.
    async fn scan(&mut self, db: &Database) -> Result<(), Broken> {
        let (after, scope) = (self.scanned.unwrap_or(PersonId(Uuid::nil())), self.people.scope());
        let portion = db.read(&scope, async |tx| views::statuses_after(tx, scope.book, after, PORTION).await).await?;
        self.people.put(&portion);
        self.scanned = portion.last().filter(|_| portion.len() as i64 == PORTION).map(|r| r.person);
        Ok(())
    }

    /// The next portion of those who live in a new zone.
    async fn sweep(&mut self, db: &Database) -> Result<(), Broken> {
        let (Some(place), scope) = (self.sweeps.front(), self.people.scope()) else { return Ok(()) };
        let portion = db.read(&scope, async |tx| views::living_at(tx, scope.book, place, &self.swept, PORTION).await).await?;
        let zones = self.people.zones();
        portion.iter().for_each(|(home, person)| self.people.table.put_zone(*person, zones.around(home)));
        drop(zones);
        self.swept = match portion.into_iter().last() {
            Some(last) => last,
            None => {
                self.sweeps.pop_front();
                (String::new(), PersonId(Uuid::nil()))
            }
        };
        Ok(())
    }

    /// The next round of the log; true if its end was reached and nothing is left to do.
    async fn follow(&mut self, db: &Database) -> Result<bool, Broken> {
        let (people, scope, was) = (self.people.clone(), self.people.scope(), (self.seq, self.hash));
        let sweeps = &mut self.sweeps;
        let read = db.read_still(&scope, async |tx| {
            if views::log_hash(tx, scope.book, was.0).await? != Some(was.1) {
                return Ok(None);
            }
            let behind = views::behind(tx, scope.book, was.0, ROUND).await?;
            if behind.seq > was.0 {
                // Kept outside: a round that breaks off must not forget them.
                sweeps.extend(people.zones_in_force(views::zones_in_force(tx, scope.book).await?));
                people.follow_facts(tx, &Touched::by(&behind.facts)).await?;
            }
            Ok(Some(behind))
        });
        let Some(behind) = read.await? else { return Err(Broken::Gone(was.0)) };
        (self.seq, self.hash) = (behind.seq, behind.hash.unwrap_or(was.1));
        Ok(behind.seq == behind.head && self.sweeps.is_empty())
    }
}

impl People {
    /// The whole book.
    fn scope(&self) -> Scope {
        Scope { book: self.config.book, place: self.config.root.clone() }
    }

    /// Puts into the table what was read.
    fn put(&self, rows: &[StatusRow]) {
        let zones = self.zones();
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
        let touched: Vec<Uuid> = again.iter().map(|p| p.0).collect();
        again.extend(views::other_records(tx, book, &touched).await?);
        let again: Vec<Uuid> = again.into_iter().map(|p| p.0).collect();
        for portion in again.chunks(PORTION as usize) {
            self.put(&views::statuses_of(tx, book, portion).await?);
        }
        Ok(())
    }
}
