//! What a rehearsal needs to know of a book besides its cases and contacts: who lives where, without names, and what beds and tubes there are.

use super::{single, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use serde::Deserialize;
use std::collections::HashMap;

/// Rows that are read at a time.
const AT_A_TIME: i32 = 20_000;

/// Where a person lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeLine {
    /// Person.
    pub person: PersonId,
    /// Home.
    pub home: PlaceId,
    /// Date of birth.
    pub born: Option<Day>,
}

/// Calls with everyone who lives at a place and below it and is alive, in the order of their homes.
///
/// # Errors
/// If the database refuses, or a row cannot be read.
pub async fn homes(tx: &Transaction<'_>, book: BookId, place: &PlaceId, mut each: impl FnMut(HomeLine)) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT p.person_id::text, p.home, p.born - date '1970-01-01' FROM quell.person p
         WHERE p.book_id = $1 AND {} AND p.standing <> 'dead' ORDER BY p.home, p.person_id",
        within("p.home", 2)
    );
    let at = || StoreError::at("homes");
    let statement = tx.prepare_cached(&sql).await.map_err(at())?;
    let portal = tx.bind(&statement, &[&book.0, &place.as_str()]).await.map_err(at())?;
    loop {
        let rows = tx.query_portal(&portal, AT_A_TIME).await.map_err(at())?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            let (person, home): (&str, &str) = (row.get(0), row.get(1));
            let unreadable = |e: &dyn std::fmt::Display| StoreError::Unreadable { operation: "homes", detail: e.to_string() };
            let person = person.parse().map_err(|e| unreadable(&e))?;
            each(HomeLine { person, home: home.parse().map_err(|e| unreadable(&e))?, born: row.get::<_, Option<i32>>(2).map(Day) });
        }
    }
}

/// What a place is called: its name, and its English name if it has one. Places that are not listed are left out.
///
/// # Errors
/// If the database refuses.
pub async fn names_of(
    tx: &Transaction<'_>,
    book: BookId,
    places: &[PlaceId],
) -> Result<HashMap<PlaceId, (String, Option<String>)>, StoreError> {
    const SQL: &str = "SELECT l.place, l.name, l.name_en FROM quell.place l WHERE l.book_id = $1 AND l.place = ANY($2::text[])";
    let wanted: Vec<&str> = places.iter().map(PlaceId::as_str).collect();
    let rows = tx.query(SQL, &[&book.0, &wanted]).await.map_err(StoreError::at("names of townships"))?;
    let unreadable = |e: &dyn std::fmt::Display| StoreError::Unreadable { operation: "names of townships", detail: e.to_string() };
    let one = |row: &tokio_postgres::Row| {
        let place: &str = row.get(0);
        Ok((place.parse().map_err(|e| unreadable(&e))?, (row.get(1), row.get(2))))
    };
    rows.iter().map(one).collect()
}

/// Beds and tubes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct MeansThere {
    /// Rooms of isolation sites; none if no site is listed.
    pub rooms: Option<i64>,
    /// Beds of shelter hospitals.
    pub shelter_beds: Option<i64>,
    /// Beds of designated hospitals.
    pub hospital_beds: Option<i64>,
    /// Tubes that are sealed and have no result.
    pub tubes_waiting: i64,
}

/// What there is at a place and below it.
///
/// # Errors
/// If the database refuses.
pub async fn means(tx: &Transaction<'_>, book: BookId, place: &PlaceId) -> Result<MeansThere, StoreError> {
    let sql = format!(
        "SELECT (sum(l.beds) FILTER (WHERE l.kind = 'isolation_site'))::bigint AS rooms,
             (sum(l.beds) FILTER (WHERE l.kind = 'shelter_hospital'))::bigint AS shelter_beds,
             (sum(l.beds) FILTER (WHERE l.kind = 'designated_hospital'))::bigint AS hospital_beds,
             (SELECT count(*) FROM quell.tube t WHERE t.book_id = $1 AND t.state IN ('sealed', 'in_transit', 'received') AND {}) AS tubes_waiting
         FROM quell.place l WHERE l.book_id = $1 AND l.kind IN ('isolation_site', 'shelter_hospital', 'designated_hospital') AND {}",
        within("t.place", 2),
        within("l.place", 2)
    );
    let found: Option<MeansThere> = single(tx, "means", &sql, &[&book.0, &place.as_str()]).await?;
    Ok(found.unwrap_or(MeansThere { rooms: None, shelter_beds: None, hospital_beds: None, tubes_waiting: 0 }))
}
