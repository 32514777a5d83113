//! The command board: everything in small, in one call.

use super::case::{CaseDay, case_counts};
use super::facility::{BedTotal, totals};
use super::round::{Progress, ResultProgress, counted};
use super::shoulds::{Kinds, ShouldLine, numbers, should_lines};
use super::{calendar, day, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::TubeState;
use quell_foundation::*;
use quell_protocol::ZoneLevel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most open rounds that the board shows, the latest first.
const MAX_ROUNDS: i64 = 5;

/// An open round in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoundSummary {
    /// Round.
    pub round: RoundId,
    /// Name.
    pub name: String,
    /// Started.
    pub starts: Instant,
    /// To be finished by.
    pub due: Instant,
    /// Sampling.
    #[serde(default)]
    pub progress: Progress,
    /// Results, in persons.
    #[serde(default)]
    pub results: ResultProgress,
}

/// Tubes in a state before the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TubesOnTheWay {
    /// State.
    pub state: TubeState,
    /// Tubes.
    pub tubes: i64,
    /// Persons in them.
    pub persons: i64,
    /// Tubes past the time of their link.
    pub overdue: i64,
    /// The first swab of the oldest.
    pub oldest: Option<Instant>,
}

/// Cases in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseSummary {
    /// Found today.
    pub today: CaseDay,
    /// All that were not withdrawn.
    pub total: i64,
    /// Under management.
    pub active: i64,
    /// Recovered.
    pub recovered: i64,
    /// Died.
    pub died: i64,
    /// Days since the last case found in the community (社会面清零); none if there never was one.
    pub days_since_community: Option<i32>,
}

/// Zones in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneCount {
    /// Level.
    pub level: ZoneLevel,
    /// How many.
    pub zones: i64,
}

/// The board of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Board {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// The place.
    pub place: PlaceId,
    /// The day of the book that is open.
    pub open_day: Option<Day>,
    /// The last day that was sealed.
    pub last_sealed: Option<Day>,
    /// The five shoulds and the chain.
    pub shoulds: Vec<ShouldLine>,
    /// The open rounds, the latest first, at most five.
    pub rounds: Vec<RoundSummary>,
    /// Tubes on their way.
    pub tubes: Vec<TubesOnTheWay>,
    /// Cases.
    pub cases: CaseSummary,
    /// Beds by kind of facility.
    pub beds: Vec<BedTotal>,
    /// Zones in force at or below the place.
    pub zones: Vec<ZoneCount>,
}

/// The board of a place now.
pub async fn board(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<Board, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let (offset, open_day) = calendar(tx, book).await?;
    let mut kinds = Kinds::new();
    for ((kind, _), n) in numbers(tx, book, place, now).await? {
        *kinds.entry(kind).or_default() += n;
    }
    let counts = case_counts(tx, book, place, now).await?;
    let today = now.day(offset);
    let none = CaseDay { day: today, community_found: 0, controlled: 0, unknown_channel: 0, confirmed: 0, asymptomatic: 0, withdrawn: 0 };
    let cases = CaseSummary {
        today: counts.days.into_iter().find(|d| d.day == today).unwrap_or(none),
        total: counts.total,
        active: counts.active,
        recovered: counts.recovered,
        died: counts.died,
        days_since_community: counts.days_since_community,
    };
    Ok(Board {
        as_of_seq,
        place: place.clone(),
        open_day,
        last_sealed: day::last_sealed(tx, book).await?,
        shoulds: should_lines(&kinds),
        rounds: open_rounds(tx, book, place).await?,
        tubes: tubes(tx, book, place, now).await?,
        cases,
        beds: totals(tx, book, place).await?,
        zones: zones(tx, book, place).await?,
    })
}

async fn open_rounds(tx: &Transaction<'_>, book: BookId, place: &PlaceId) -> Result<Vec<RoundSummary>, StoreError> {
    let sql = "SELECT round, name, starts, due FROM quell.round WHERE book_id = $1 AND state = 'open' ORDER BY starts DESC, round LIMIT $2";
    let mut rounds: Vec<RoundSummary> = list(tx, "rounds", sql, &[&book.0, &MAX_ROUNDS]).await?;
    for r in &mut rounds {
        let (places, results) = counted(tx, book, &r.round, place).await?;
        places.values().for_each(|p| r.progress.add(p));
        r.results = results;
    }
    Ok(rounds)
}

async fn tubes(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<Vec<TubesOnTheWay>, StoreError> {
    let sql = format!(
        "SELECT state, count(*) AS tubes, sum(members)::bigint AS persons, min(opened_at) AS oldest,
             count(*) FILTER (WHERE CASE state WHEN 'open' THEN seal_due WHEN 'received' THEN test_due ELSE deliver_due END
                 < (SELECT $3::text::timestamptz)) AS overdue
         FROM quell.tube WHERE book_id = $1 AND state IN ('open', 'sealed', 'in_transit', 'received') AND {} GROUP BY state ORDER BY state",
        within("place", 2)
    );
    list(tx, "tubes on their way", &sql, &[&book.0, &place.as_str(), &now.to_string()]).await
}

async fn zones(tx: &Transaction<'_>, book: BookId, place: &PlaceId) -> Result<Vec<ZoneCount>, StoreError> {
    let sql = format!(
        "SELECT level, count(*) AS zones FROM quell.zone WHERE book_id = $1 AND lifted_at IS NULL AND {} AND {} GROUP BY level ORDER BY level",
        within("place", 2),
        super::in_scope("place")
    );
    list(tx, "zones", &sql, &[&book.0, &place.as_str()]).await
}
