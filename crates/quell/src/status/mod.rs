//! Where a person stands, for doors: entrances, buses, markets. Everybody's status lies in memory, filled by one scan of the book and kept
//! by following its log, so that look-ups go on when PostgreSQL is down or the desk is overrun; each answer says how old it is.
//!
//! [`PersonCodes`] is what is scanned, [`Table`] who is known, [`Follower`] keeps it, [`Status::look`] answers, [`Serving`] is the address
//! of its own, with a page for who has no scanner but a browser. *Invariants:* an answer is never newer than the time that it names; nothing here can be set by hand; who was looked up is
//! kept nowhere (docs/decisions/0007-status-at-doors.md).

mod answer;
mod code;
mod follow;
mod page;
mod serve;
pub mod snapshot;
mod table;
mod touched;
mod zones;

pub use answer::{Answer, Hold, Negative, Verdict};
pub use code::{Codes, PersonCodes};
pub use follow::{Follower, Source};
pub use serve::Serving;
pub use table::{Known, Table};
pub use zones::Zones;

use crate::clock::Clock;
use crate::identity::IdentityKey;
use quell_book::BookConfig;
use quell_foundation::*;
use quell_store::views::ZoneRow;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

/// The statuses of a book's people, once they are known.
pub struct Status {
    clock: Clock,
    key: IdentityKey,
    /// How to appeal, in the words of this place; else the usual way.
    appeal: Option<String>,
    people: RwLock<Option<Arc<People>>>,
}

/// The people of a book.
pub struct People {
    /// The book.
    pub config: BookConfig,
    /// Their codes.
    pub codes: PersonCodes,
    /// Their statuses.
    pub table: Table,
    zones: RwLock<Zones>,
    position: RwLock<Position>,
}

/// How far the log was followed.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// Everything up to this position is in the table.
    pub seq: i64,
    /// The log's hash there.
    pub hash: Hash,
    /// The log was not longer than that at this time.
    pub as_of: Instant,
    /// When that was, by a clock that nobody sets.
    read: std::time::Instant,
    /// How old it was then: it came from a file.
    older: Duration,
}

impl Position {
    /// Read now, beginning at this time.
    pub fn read(seq: i64, hash: Hash, as_of: Instant, read: std::time::Instant) -> Self {
        Self { seq, hash, as_of, read, older: Duration::ZERO }
    }
    /// Read before this program began.
    pub fn read_before(seq: i64, hash: Hash, as_of: Instant, now: Instant) -> Self {
        let older = Duration::from_micros(now.0.saturating_sub(as_of.0).max(0) as u64);
        Self { seq, hash, as_of, read: std::time::Instant::now(), older }
    }
    /// How long ago that was.
    pub fn age(&self) -> Duration {
        self.older + self.read.elapsed()
    }
}

impl People {
    /// Nobody yet.
    pub fn new(config: BookConfig, key: &IdentityKey, now: Instant) -> Self {
        let position = Position::read(0, Hash::default(), now, std::time::Instant::now());
        Self {
            codes: PersonCodes::new(key, config.book),
            config,
            table: Table::default(),
            zones: RwLock::default(),
            position: RwLock::new(position),
        }
    }
    /// How far the log was followed.
    pub fn position(&self) -> Position {
        *self.position.read().unwrap_or_else(PoisonError::into_inner)
    }
    /// The log was followed up to here, which was its end when reading began.
    pub fn followed(&self, position: Position) {
        *self.position.write().unwrap_or_else(PoisonError::into_inner) = position;
    }
    /// The zones they live in.
    pub fn zones(&self) -> RwLockReadGuard<'_, Zones> {
        self.zones.read().unwrap_or_else(PoisonError::into_inner)
    }
    /// The zones that were kept.
    pub fn set_zones(&self, zones: Zones) {
        *self.zones.write().unwrap_or_else(PoisonError::into_inner) = zones;
    }
    /// These zones are in force now; the places that are zones for the first time.
    pub fn zones_in_force(&self, in_force: Vec<ZoneRow>) -> Vec<PlaceId> {
        self.zones.write().unwrap_or_else(PoisonError::into_inner).set(in_force)
    }
}

impl Status {
    /// Nothing is known yet. `appeal`: whom to ask, in the words of this place.
    pub fn new(clock: Clock, key: IdentityKey, appeal: Option<String>) -> Arc<Self> {
        Arc::new(Self { clock, key, appeal, people: RwLock::default() })
    }
    /// How to appeal, in the words of this place.
    pub fn appeal(&self) -> Option<&str> {
        self.appeal.as_deref()
    }
    /// The people, once they are known.
    pub fn people(&self) -> Option<Arc<People>> {
        self.people.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// These people are known now, or none of them any more.
    pub fn set_people(&self, people: Option<Arc<People>>) {
        *self.people.write().unwrap_or_else(PoisonError::into_inner) = people;
    }
}
