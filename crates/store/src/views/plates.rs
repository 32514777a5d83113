//! Plates that laboratories have read, with what was found on them.

use super::{Page, Paging, SEPARATOR, head_seq, list};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use quell_protocol::TubeMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A plate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlateItem {
    /// Code.
    pub plate: PlateId,
    /// Laboratory.
    pub laboratory: PlaceId,
    /// Its name.
    pub laboratory_name: Option<String>,
    /// Mode of its tubes; of a plate with several modes that of one of them, of a plate without results none.
    pub mode: Option<TubeMode>,
    /// Read.
    pub read_at: Instant,
    /// Both controls were as they should be.
    pub valid: bool,
    /// Results read on it, the controls not counted.
    pub wells: i64,
    /// Of these positive.
    pub positive: i64,
    /// Of these indeterminate.
    pub indeterminate: i64,
    /// Of these failed.
    pub failed: i64,
}

/// Plates of the laboratories at a place or below it, the latest first. Tubes come from anywhere: to count them all the caller must read
/// the whole book, after having checked that the laboratory is the reader's.
pub async fn plates(tx: &Transaction<'_>, book: BookId, laboratory: &PlaceId, page: &Paging) -> Result<Page<PlateItem>, StoreError> {
    const SQL: &str = "
        SELECT q.plate, q.laboratory, l.name AS laboratory_name, q.read_at, q.valid, n.wells, n.positive, n.indeterminate, n.failed, (
            SELECT t.mode FROM quell.result r JOIN quell.tube t ON t.book_id = $1 AND t.tube = r.tube
            WHERE r.book_id = $1 AND r.plate = q.plate LIMIT 1) AS mode
        FROM (SELECT * FROM quell.plate q WHERE q.book_id = $1
                AND (q.laboratory = $2::text OR starts_with(q.laboratory, $2::text || '.'))
                AND ($3::text IS NULL OR (q.read_at, q.plate) < ($3::text::timestamptz, $4::text COLLATE \"C\"))
            ORDER BY q.read_at DESC, q.plate DESC LIMIT $5) q
        CROSS JOIN LATERAL (SELECT count(*) AS wells, count(*) FILTER (WHERE r.result = 'positive') AS positive,
                count(*) FILTER (WHERE r.result = 'indeterminate') AS indeterminate, count(*) FILTER (WHERE r.result = 'failed') AS failed
            FROM quell.result r WHERE r.book_id = $1 AND r.plate = q.plate) n
        LEFT JOIN quell.place l ON l.book_id = $1 AND l.place = q.laboratory
        ORDER BY q.read_at DESC, q.plate DESC";
    let as_of_seq = head_seq(tx, book).await?;
    let [at, plate] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let found = list(tx, "plates", SQL, &[&book.0, &laboratory.as_str(), &at, &plate, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |p: &PlateItem| format!("{}{SEPARATOR}{}", p.read_at, p.plate)))
}
