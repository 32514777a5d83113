//! The book of the day (日清日结): how the open day balances now, what blocks its close, and the days that are sealed.

use super::shoulds::open_now;
use super::{Page, Paging, always, calendar, head_seq, list, single, within};
use crate::error::StoreError;
use crate::tables::select;
use crate::{closing, log};
use deadpool_postgres::Transaction;
use quell_book::rows::{Ownership, Tally};
use quell_book::{BlockedItem, ClosingView, DaySheet, sheet};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The open day as it stands now, for a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DayView {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// The sheet as the close would seal it now: one line for every kind and place of the tally.
    pub sheet: DaySheet,
    /// What blocks the close: lines that do not balance, and what is overdue without owner and reason.
    pub blocked: Vec<BlockedItem>,
}

/// The balance of the open day, of the places at or below `place` that the reader sees, for looking at while the day goes on. Open
/// tubes and duties are counted from their rows, rosters from the tallies of their rounds; [`day_counted`] and the close itself
/// count rosters from their rows too.
pub async fn day(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<DayView, StoreError> {
    head_seq(tx, book).await?;
    let head = log::head(tx, book, false).await?;
    let (offset, open_day) = calendar(tx, book).await?;
    let day = open_day.unwrap_or_else(|| now.day(offset));
    let open = open_now(tx, book, place, now).await?;
    let tallies = select::<Tally>(tx, book.0, "day = $2::text::date", &[&day.to_string()]).await?;
    let owned = select::<Ownership>(tx, book.0, "day = $2::text::date", &[&day.to_string()]).await?;
    let before = closing::last_sealed(tx, book.0).await?;
    let view = ClosingView { open, tallies, before, owned, log_hash: head.hash };
    balanced(tx, view, head.seq, day, place).await
}

/// The same with everything counted from the rows, exactly as the close counts it: for a county with a round of 462,462 people this
/// takes a second.
pub async fn day_counted(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<DayView, StoreError> {
    let head = log::head(tx, book, false).await?;
    let (offset, open_day) = calendar(tx, book).await?;
    let view = closing::view(tx, book.0, open_day, now, head.hash).await?;
    balanced(tx, view, head.seq, open_day.unwrap_or_else(|| now.day(offset)), place).await
}

/// The part of the balance that lies within `place` and that the reader sees.
async fn balanced(tx: &Transaction<'_>, mut view: ClosingView, as_of_seq: i64, day: Day, place: &PlaceId) -> Result<DayView, StoreError> {
    let scope = scope(tx).await?;
    let seen = |p: &PlaceId| p.is_within(place) && p.is_within(&scope);
    view.open.retain(|(_, p), _| seen(p));
    view.tallies.retain(|t| seen(&t.place));
    if let Some(before) = &mut view.before {
        before.sheet.lines.retain(|l| seen(&l.place));
    }
    // Who owns something at a place also owns it below and, for the reader, above what is seen of it.
    view.owned.retain(|o| seen(&o.place) || place.is_within(&o.place) || scope.is_within(&o.place));
    let (sheet, blocked) = sheet(day, &view);
    Ok(DayView { as_of_seq, sheet, blocked })
}

/// The reader's scope.
async fn scope(tx: &Transaction<'_>) -> Result<PlaceId, StoreError> {
    let row = tx.query_one("SELECT current_setting('quell.scope')", &[]).await.map_err(StoreError::at("scope"))?;
    PlaceId::new(row.get::<_, String>(0)).map_err(|e| StoreError::Unreadable { operation: "scope", detail: e.to_string() })
}

/// A sealed day in a list: its sums at the places that the reader sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SealedDayLine {
    /// The day.
    pub day: Day,
    /// Position of the close in the log.
    pub seq: i64,
    /// Closed.
    pub closed_at: Instant,
    /// By whom.
    pub decider: String,
    /// Hash of the whole sheet.
    #[schemars(with = "String")]
    pub sheet_hash: Hash,
    /// Hash of the day before, this sheet and the log.
    #[schemars(with = "String")]
    pub day_hash: Hash,
    /// Carried in.
    pub carried_in: i64,
    /// Opened and opened again.
    pub opened: i64,
    /// Discharged.
    pub discharged: i64,
    /// Waived.
    pub waived: i64,
    /// Superseded.
    pub superseded: i64,
    /// Carried out.
    pub carried_out: i64,
    /// Of these overdue.
    pub overdue: i64,
}

/// A sealed day with its sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SealedDayView {
    /// The day.
    pub day: Day,
    /// Position of the close in the log.
    pub seq: i64,
    /// Closed.
    pub closed_at: Instant,
    /// By whom.
    pub decider: String,
    /// The lines of the places that the reader sees.
    pub sheet: DaySheet,
    /// Hash of the whole sheet; it matches `sheet` only for a reader who sees the whole book.
    #[schemars(with = "String")]
    pub sheet_hash: Hash,
    /// Hash of the day before, this sheet and the log.
    #[schemars(with = "String")]
    pub day_hash: Hash,
}

/// The sealed days, the latest first, summed over the places at or below `place` that the reader sees.
pub async fn sealed_days(tx: &Transaction<'_>, book: BookId, place: &PlaceId, page: &Paging) -> Result<Page<SealedDayLine>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!(
        "SELECT d.day, d.seq, d.closed_at, d.decider, d.sheet_hash, d.day_hash, l.*
         FROM quell.sealed_day d CROSS JOIN LATERAL (
             SELECT coalesce(sum(l.carried_in), 0)::bigint AS carried_in, coalesce(sum(l.opened + l.reopened), 0)::bigint AS opened,
                 coalesce(sum(l.discharged), 0)::bigint AS discharged, coalesce(sum(l.waived), 0)::bigint AS waived,
                 coalesce(sum(l.superseded), 0)::bigint AS superseded, coalesce(sum(l.carried_out), 0)::bigint AS carried_out,
                 coalesce(sum(l.overdue), 0)::bigint AS overdue
             FROM jsonb_to_recordset(d.sheet->'lines') AS l(place text, carried_in bigint, opened bigint, reopened bigint,
                 discharged bigint, waived bigint, superseded bigint, carried_out bigint, overdue bigint)
             WHERE {} AND {}) l
         WHERE d.book_id = $1 AND ($3::text IS NULL OR d.day < $3::text::date) ORDER BY d.day DESC LIMIT $4",
        within("l.place", 2),
        super::in_scope("l.place")
    );
    let found = list(tx, "sealed days", &sql, &[&book.0, &place.as_str(), &page.after, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |d: &SealedDayLine| d.day.to_string()))
}

/// One sealed day with its sheet; none if it is not sealed.
pub async fn sealed_day(tx: &Transaction<'_>, book: BookId, day: Day, place: &PlaceId) -> Result<Option<SealedDayView>, StoreError> {
    let scope = scope(tx).await?;
    let sql = "SELECT day, seq, closed_at, decider, sheet, sheet_hash, day_hash FROM quell.sealed_day
        WHERE book_id = $1 AND day = $2::text::date";
    let found: Option<SealedDayView> = single(tx, "sealed day", sql, &[&book.0, &day.to_string()]).await?;
    Ok(found.map(|mut d| {
        let seen = |p: &PlaceId| p.is_within(place) && p.is_within(&scope);
        d.sheet.lines.retain(|l| seen(&l.place));
        d.sheet.owned.retain(|o| seen(&o.place));
        d
    }))
}

#[derive(Deserialize)]
struct Last {
    day: Option<Day>,
}

/// The last sealed day.
pub(super) async fn last_sealed(tx: &Transaction<'_>, book: BookId) -> Result<Option<Day>, StoreError> {
    let sql = "SELECT max(day) AS day FROM quell.sealed_day WHERE book_id = $1";
    let last: Last = always("sealed day", single(tx, "sealed day", sql, &[&book.0]).await?)?;
    Ok(last.day)
}
