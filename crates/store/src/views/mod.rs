//! What can be read of a book: one file a view.
//!
//! Every view runs in a transaction of [`crate::Database::read`]: as role `quell_reader`, so that row-level security hides what
//! lies outside the reader's scope. Every view is set-based (a fixed number of statements, whatever the size of the book), takes the
//! time as a parameter, and says in `as_of_seq` which position of the log it reflects: that one or a later one.
//!
//! Lists are paged by key: a page has at most [`MAX_LIMIT`] items, and its `next` is handed in as `after` for the page that follows.

mod access;
mod analyses;
mod board;
mod boxes;
mod candidates;
mod candidates_sql;
mod case;
mod chains;
mod contacts;
mod daily;
mod day;
mod diary;
mod events;
mod facility;
mod find;
mod indicators;
mod investigation;
mod items;
mod items_sql;
mod leads;
mod lines;
mod links;
mod messages;
mod orders;
mod owners;
mod person;
mod person_status;
mod places;
mod plates;
mod rehearsal;
mod roster;
mod round;
mod round_places;
mod shoulds;
mod sources;
mod statuses;
mod teams;
mod transfers;
mod tube;
mod zones;

pub use access::{Access, AccessFilter, LogLine, access_log, submissions};
pub use analyses::{AnalysisItem, AnalysisPart, AnalysisState, SnapshotTable, analyses, analysis, analysis_part, population};
pub use board::{Board, CaseSummary, RoundSummary, TubesOnTheWay, ZoneCount, board};
pub use boxes::{BoxFilter, BoxHandOver, BoxItem, BoxState, BoxView, BoxedTube, boxes, transport_box};
pub use candidates::{Candidate, CandidateCount, CandidateFilter, Candidates, Evidence, KnownCase, KnownContact, candidates};
pub use case::{CaseCounts, CaseDay, CaseFilter, CaseItem, case_counts, cases};
pub use chains::{Chains, Cluster, LinkItem, SharedEvent, UnlinkedCase, chains, unlinked};
pub use contacts::{ContactFilter, ContactItem, FollowUpNeed, contacts};
pub use daily::{DailyBeds, DailyCases, DailyKind, DailyReport, DailyRound, OverdueOwned, Sealed, daily_report};
pub use day::{DayView, SealedDayLine, SealedDayView, day, day_counted, sealed_day, sealed_days};
pub use diary::{DiaryOf, diary, diary_of_person};
pub use events::{EventFilter, EventItem, EventView, Known, Listed, Participant, exposure_event, exposure_events, listed_of_events};
pub use facility::{BedItem, BedTotal, Facilities, FacilityItem, OpenDuty, Releasable, WardItem, beds, facilities, releasable};
pub use find::{PersonHit, find_persons};
pub use indicators::{CaseNumbers, ContactNumbers, Delay, Indicators, PlaceIndicators, TeamDay, indicators};
pub use investigation::{AnswerKept, InterviewRecord, InvestigationView, RecordKept, VisitRecord, investigation};
pub use items::{End, Item, ItemFilter, items};
pub use leads::{LeadFilter, LeadItem, LeadPerson, leads};
pub use lines::{
    CaseLine, ContactLine, FollowUpLine, Line, LineCase, LineOrder, LinePerson, Lines, case_lines, contact_lines, follow_up_lines,
};
pub use links::{ChainSpeed, LinkName, LinkSpeed, Waiting, links};
pub use messages::{MessageBox, MessageFilter, MessageItem, MessageState, messages};
pub use orders::{AppealRecord, OrderFilter, OrderItem, orders};
pub use owners::{OwnerLine, Owners, owners};
pub use person::{
    CaseRecord, ContactRecord, DutyRecord, FollowUpRecord, ObservationRecord, PersonView, ProphylaxisRecord, RegistrationRecord,
    RosterRecord, StayRecord, TransferRecord, ZoneRecord, person,
};
pub use person_status::{NegativeTest, PersonStatus, Restriction, person_status};
pub use places::{PlaceFilter, PlaceItem, place_item, places};
pub use plates::{PlateItem, plates};
pub use rehearsal::{HomeLine, MeansThere, homes, means, names_of};
pub use roster::{RosterPage, RosterRow, roster};
pub use round::{Pace, PlaceProgress, PositiveTube, Progress, ResultProgress, RoundItem, RoundView, TubeCount, round, rounds};
pub use round_places::{RoundPlace, RoundPlaces, round_places};
pub use shoulds::{KindLine, Numbers, PlaceShoulds, ShouldLine, Shoulds, carry, shoulds};
pub use sources::{SourceItem, Sources, sources};
pub use statuses::{
    Behind, Held, StatusRow, ZoneRow, behind, living_at, log_hash, negatives, other_records, persons_about, statuses_after, statuses_of,
    zones_in_force,
};
pub use teams::{TeamItem, Teams, Workload, teams};
pub use transfers::{MovedAs, TransferFilter, TransferItem, VehicleItem, transfers, vehicles};
pub use tube::{HandOverRecord, ResultRecord, TubeMember, TubeView, tube};
pub use zones::{ZoneItem, zones};

use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::ToSql;

/// Most items of a page.
pub const MAX_LIMIT: u32 = 1000;

/// Between the parts of a cursor: a control character, which no code contains (`chr(31)` in SQL).
const SEPARATOR: char = '\u{1f}';

/// Parameters of a statement.
type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Which page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Paging {
    /// The `next` of the page before; none for the first page.
    #[serde(default)]
    pub after: Option<String>,
    /// How many items, 1 to [`MAX_LIMIT`] (beyond that it is brought back to these bounds).
    #[serde(default = "default_limit")]
    pub limit: u32,
}

fn default_limit() -> u32 {
    100
}

impl Default for Paging {
    fn default() -> Self {
        Self { after: None, limit: default_limit() }
    }
}

impl Paging {
    /// The first page.
    pub fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }
    /// How many items the page may have.
    fn size(&self) -> usize {
        self.limit.clamp(1, MAX_LIMIT) as usize
    }
    /// How many rows to ask for: one more than the page holds tells whether another follows.
    fn rows(&self) -> i64 {
        self.size() as i64 + 1
    }
    /// The parts of the cursor.
    fn parts<const N: usize>(&self) -> Result<Option<[&str; N]>, StoreError> {
        let Some(after) = &self.after else { return Ok(None) };
        let mut parts = after.splitn(N, SEPARATOR);
        let mut out = [""; N];
        for o in &mut out {
            *o = parts.next().ok_or_else(|| bad_cursor(after))?;
        }
        Ok(Some(out))
    }
}

fn bad_cursor(given: &str) -> StoreError {
    StoreError::Unreadable {
        operation: "after",
        detail: format!("'{given}' is no cursor of this list; take the `next` of the page before"),
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    /// The items: as many as asked for, or fewer, even none, where finding more would take too long; `next` tells whether there are.
    pub items: Vec<T>,
    /// Hand this in as `after` to get the page that follows; none when this is the last.
    pub next: Option<String>,
    /// Position of the log that the page reflects: this one or a later one.
    pub as_of_seq: i64,
}

impl<T> Page<T> {
    /// A page from one row more than it may hold.
    fn new(mut items: Vec<T>, paging: &Paging, as_of_seq: i64, key: impl Fn(&T) -> String) -> Self {
        let more = items.len() > paging.size();
        items.truncate(paging.size());
        let next = items.last().filter(|_| more).map(key);
        Self { items, next, as_of_seq }
    }
}

/// Position of the log; read before anything else of a view. From here to the end of the transaction statements are planned with
/// their parameters: a plan for all parameters alike would read a whole round where one page of one place is wanted.
async fn head_seq(tx: &Transaction<'_>, book: BookId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT head_seq, set_config('plan_cache_mode', 'force_custom_plan', true) FROM quell.book WHERE book_id = $1";
    let s = tx.prepare_cached(SQL).await.map_err(StoreError::at("head"))?;
    let row = tx.query_opt(&s, &[&book.0]).await.map_err(StoreError::at("head"))?.ok_or(StoreError::NoBook(book))?;
    Ok(row.get(0))
}

/// Offset of the book's days from UTC, and its open day.
async fn calendar(tx: &Transaction<'_>, book: BookId) -> Result<(UtcOffset, Option<Day>), StoreError> {
    let sql = "SELECT offset_minutes, open_day::text FROM quell.book WHERE book_id = $1";
    let s = tx.prepare_cached(sql).await.map_err(StoreError::at("calendar"))?;
    let row = tx.query_opt(&s, &[&book.0]).await.map_err(StoreError::at("calendar"))?.ok_or(StoreError::NoBook(book))?;
    let day = row.get::<_, Option<String>>(1).map(|d| d.parse()).transpose();
    let day = day.map_err(|e: BadTime| StoreError::Unreadable { operation: "calendar", detail: e.to_string() })?;
    Ok((UtcOffset(row.get(0)), day))
}

/// The rows of a query, by way of JSON: the column names are the fields of `T`.
async fn list<T: DeserializeOwned>(tx: &Transaction<'_>, what: &'static str, sql: &str, params: Params<'_>) -> Result<Vec<T>, StoreError> {
    let sql = format!("SELECT coalesce(json_agg(x), '[]')::text FROM ({sql}) x");
    let s = tx.prepare_cached(&sql).await.map_err(StoreError::at(what))?;
    let row = tx.query_one(&s, params).await.map_err(StoreError::at(what))?;
    serde_json::from_str(row.get(0)).map_err(|e| StoreError::Unreadable { operation: what, detail: e.to_string() })
}

/// The only row of a query, or none.
async fn single<T: DeserializeOwned>(
    tx: &Transaction<'_>,
    what: &'static str,
    sql: &str,
    params: Params<'_>,
) -> Result<Option<T>, StoreError> {
    Ok(list(tx, what, sql, params).await?.into_iter().next())
}

/// A row that a query with aggregates always has.
fn always<T>(what: &'static str, row: Option<T>) -> Result<T, StoreError> {
    row.ok_or_else(|| StoreError::Unreadable { operation: what, detail: "the query gave no row".into() })
}

/// SQL: the place in `column` is the place in parameter `$n` or lies below it. `'.'` and `'/'` are neighbours in ASCII, so that
/// everything below lies in one range of the index; the last condition leaves out neighbours such as `50-a` of `50`.
pub(crate) fn within(column: &str, n: usize) -> String {
    format!(
        "({column} >= ${n}::text COLLATE \"C\" AND {column} < (${n}::text || '/') COLLATE \"C\" \
         AND ({column} = ${n}::text COLLATE \"C\" OR {column} >= (${n}::text || '.') COLLATE \"C\"))"
    )
}

/// SQL: the reader sees the whole book; what is not bound to a place (the log) is shown to nobody else.
const SEES_ALL: &str = "EXISTS (SELECT FROM quell.book b WHERE b.book_id = $1 AND
    (b.root = current_setting('quell.scope') OR starts_with(b.root, current_setting('quell.scope') || '.')))";

/// SQL: what has no row-level security of its own lies in the reader's scope.
fn in_scope(column: &str) -> String {
    format!("({column} = current_setting('quell.scope') OR starts_with({column}, current_setting('quell.scope') || '.'))")
}
