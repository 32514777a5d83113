//! Risk zones: where they are, since when, by whose decision, and when they may be lifted.

use super::places::names_above;
use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use quell_protocol::ZoneLevel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A risk zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneItem {
    /// Place.
    pub place: PlaceId,
    /// Its name, if it is listed.
    pub place_name: Option<String>,
    /// Names of the listed places above it, from below the book's root down.
    pub names: Vec<String>,
    /// Level.
    pub level: ZoneLevel,
    /// Since when.
    pub designated_at: Instant,
    /// Who decided.
    pub decider: String,
    /// Why.
    pub reason: String,
    /// The last infection found in it.
    pub last_case_at: Option<Instant>,
    /// It may be lifted then, if no other infection is found in it.
    pub lift_due: Option<Instant>,
    /// Lifted.
    pub lifted_at: Option<Instant>,
    /// Position in the log of the fact that drew it.
    pub seq: i64,
}

/// The zones at a place, below it, and those that the place lies in; the latest first.
pub async fn zones(
    tx: &Transaction<'_>,
    book: BookId,
    place: &PlaceId,
    in_force: bool,
    page: &Paging,
) -> Result<Page<ZoneItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [at, seq] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let sql = format!(
        "SELECT z.place, l.name AS place_name, {} AS names, z.level, z.designated_at, z.decider, z.reason, z.last_case_at, z.lifted_at, z.seq,
             CASE WHEN z.lifted_at IS NULL THEN (
                 SELECT min(d.due) FROM quell.duty d WHERE d.book_id = $1 AND d.state = 'open' AND d.person_id IS NULL
                     AND d.subject = z.place AND d.kind = 'lift_zone') END AS lift_due
         FROM quell.zone z LEFT JOIN quell.place l ON l.book_id = $1 AND l.place = z.place
         WHERE z.book_id = $1 AND ({} OR starts_with($2::text, z.place || '.')) AND (NOT $3::boolean OR z.lifted_at IS NULL)
             AND ($4::text IS NULL OR (z.designated_at, z.seq) < ($4::text::timestamptz, $5::text::bigint))
         ORDER BY z.designated_at DESC, z.seq DESC LIMIT $6",
        names_above("z.place", "l.name"),
        within("z.place", 2)
    );
    let params: super::Params<'_> = &[&book.0, &place.as_str(), &in_force, &at, &seq, &page.rows()];
    let found = list(tx, "zones", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |z: &ZoneItem| format!("{}{SEPARATOR}{}", z.designated_at, z.seq)))
}
