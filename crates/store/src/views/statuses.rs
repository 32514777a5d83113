//! The statuses of many: what a table of everyone's status in memory is filled from and kept by ([`super::person_status`] is the same
//! for one). Names, accounts and free text stay behind: this is for doors, where nobody has logged in.

use super::person_status::{NEGATIVE, RECORDS, RESTRICTED, ZONE_IN_FORCE, ZONE_UNTIL};
use super::within;
use crate::error::StoreError;
use crate::log::unpack;
use deadpool_postgres::Transaction;
use quell_book::Fact;
use quell_foundation::*;
use quell_protocol::ZoneLevel;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// What restricts a person, without a word that anybody typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// As in [`super::Restriction`]: `case`, `isolation`, `home_isolation`, `awaiting_isolation`, `home_monitoring`, `recall`.
    pub kind: String,
    /// Since when.
    pub since: Option<Instant>,
    /// When it ends, as far as it is fixed.
    pub until: Option<Instant>,
}

/// The status of one of many.
#[derive(Debug, Clone)]
pub struct StatusRow {
    /// Person.
    pub person: PersonId,
    /// Home, to find the zones by.
    pub home: String,
    /// Died: there is no status any more.
    pub dead: bool,
    /// The latest swab with a negative result, in seconds since 1970.
    pub negative: Option<i64>,
    /// What restricts the person, besides zones.
    pub held: Vec<Held>,
}

/// A zone that restricts those who live in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneRow {
    /// Place.
    pub place: PlaceId,
    /// Level.
    pub level: ZoneLevel,
    /// Since when.
    pub since: Instant,
    /// When it ends, as far as it is fixed.
    pub until: Option<Instant>,
}

/// What the log says behind a position.
pub struct Behind {
    /// The log's position when it was read.
    pub head: i64,
    /// The last position that was read: the same, or an earlier one if there was too much.
    pub seq: i64,
    /// Hash of the log there; none if nothing was read.
    pub hash: Option<Hash>,
    /// The facts, in order.
    pub facts: Vec<Fact>,
}

fn unreadable(operation: &'static str) -> impl Fn(String) -> StoreError {
    move |detail| StoreError::Unreadable { operation, detail }
}

async fn rows(tx: &Transaction<'_>, what: &'static str, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
    let s = tx.prepare_cached(sql).await.map_err(StoreError::at(what))?;
    tx.query(&s, params).await.map_err(StoreError::at(what))
}

/// The hash that the log has at a position; none if it does not reach so far.
pub async fn log_hash(tx: &Transaction<'_>, book: BookId, seq: i64) -> Result<Option<Hash>, StoreError> {
    if seq == 0 {
        return Ok(Some(Hash::default()));
    }
    let sql = "SELECT log_hash FROM quell.submission WHERE book_id = $1 AND seq = $2";
    let found = rows(tx, "log", sql, &[&book.0, &seq]).await?;
    found.first().map(|r| r.get::<_, &str>(0).parse()).transpose().map_err(|e: BadId| unreadable("log")(e.to_string()))
}

/// The facts behind a position, of at most so many submissions.
pub async fn behind(tx: &Transaction<'_>, book: BookId, seq: i64, limit: i64) -> Result<Behind, StoreError> {
    let head = super::head_seq(tx, book).await?;
    let mut out = Behind { head, seq, hash: None, facts: Vec::new() };
    let sql = "SELECT seq, log_hash, body FROM quell.submission WHERE book_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
    for r in rows(tx, "log", sql, &[&book.0, &seq, &head, &limit]).await? {
        out.seq = r.get(0);
        out.hash = Some(r.get::<_, &str>(1).parse().map_err(|e: BadId| unreadable("log")(e.to_string()))?);
        out.facts.extend(unpack(r.get(2))?.1);
    }
    Ok(out)
}

/// SQL of [`StatusRow`] for the records `q`: a second record has the status of the one under which the person goes on.
fn statuses() -> String {
    format!(
        "SELECT q.person_id, p.home, p.standing = 'dead', n.at,
            (SELECT json_agg(json_build_object('kind', r.kind, 'since', r.since, 'until', r.until))::text FROM ({RESTRICTED}) r)
        FROM quell.person q
        CROSS JOIN LATERAL (SELECT q.* WHERE q.same_as IS NULL
            UNION ALL SELECT k.* FROM quell.person k WHERE k.book_id = $1 AND k.person_id = q.same_as) p
        LEFT JOIN LATERAL (SELECT floor(extract(epoch FROM g.sampled_at))::bigint AS at
            FROM quell.registration g JOIN quell.tube t ON t.book_id = $1 AND t.tube = g.tube
            WHERE g.book_id = $1 AND g.person_id = ANY({RECORDS}) AND {NEGATIVE} ORDER BY g.sampled_at DESC LIMIT 1) n ON true"
    )
}

fn status(r: &Row) -> Result<StatusRow, StoreError> {
    let held = r.get::<_, Option<&str>>(4).map(serde_json::from_str).transpose();
    let held = held.map_err(|e| unreadable("statuses")(e.to_string()))?.unwrap_or_default();
    Ok(StatusRow { person: PersonId(r.get(0)), home: r.get(1), dead: r.get(2), negative: r.get(3), held })
}

/// The statuses of a portion of everyone, by id, behind this one.
pub async fn statuses_after(tx: &Transaction<'_>, book: BookId, after: PersonId, limit: i64) -> Result<Vec<StatusRow>, StoreError> {
    let sql = format!("{} WHERE q.book_id = $1 AND q.person_id > $2 ORDER BY q.person_id LIMIT $3", statuses());
    rows(tx, "statuses", &sql, &[&book.0, &after.0, &limit]).await?.iter().map(status).collect()
}

/// The statuses of these persons.
pub async fn statuses_of(tx: &Transaction<'_>, book: BookId, persons: &[Uuid]) -> Result<Vec<StatusRow>, StoreError> {
    let sql = format!("{} WHERE q.book_id = $1 AND q.person_id = ANY($2)", statuses());
    rows(tx, "statuses", &sql, &[&book.0, &persons]).await?.iter().map(status).collect()
}

/// The members of these tubes; for those of tubes that are negative now, when they were swabbed.
pub async fn negatives(tx: &Transaction<'_>, book: BookId, tubes: &[&str]) -> Result<Vec<(PersonId, Option<i64>)>, StoreError> {
    let sql = format!(
        "SELECT g.person_id, CASE WHEN {NEGATIVE} THEN floor(extract(epoch FROM g.sampled_at))::bigint END
         FROM quell.registration g JOIN quell.tube t ON t.book_id = $1 AND t.tube = g.tube WHERE g.book_id = $1 AND g.tube = ANY($2)"
    );
    Ok(rows(tx, "members", &sql, &[&book.0, &tubes]).await?.iter().map(|r| (PersonId(r.get(0)), r.get(1))).collect())
}

/// The persons whom these things are about; of cases, the contacts too.
pub async fn persons_about(tx: &Transaction<'_>, book: BookId, things: &[Uuid]) -> Result<Vec<PersonId>, StoreError> {
    let sql = "SELECT person_id FROM quell.\"case\" WHERE book_id = $1 AND case_id = ANY($2)
        UNION SELECT person_id FROM quell.contact WHERE book_id = $1 AND (contact_id = ANY($2) OR case_id = ANY($2))
        UNION SELECT kept FROM quell.person_merge WHERE book_id = $1 AND merge_id = ANY($2)
        UNION SELECT gone FROM quell.person_merge WHERE book_id = $1 AND merge_id = ANY($2)
        UNION SELECT person_id FROM quell.transfer WHERE book_id = $1 AND transfer_id = ANY($2)
        UNION SELECT person_id FROM quell.stay WHERE book_id = $1 AND stay_id = ANY($2)
        UNION SELECT person_id FROM quell.restriction_order WHERE book_id = $1 AND order_id = ANY($2)
        UNION SELECT person_id FROM quell.appeal WHERE book_id = $1 AND appeal_id = ANY($2)
        UNION SELECT person_id FROM quell.duty WHERE book_id = $1 AND duty_id = ANY($2) AND person_id IS NOT NULL";
    Ok(rows(tx, "persons", sql, &[&book.0, &things]).await?.iter().map(|r| PersonId(r.get(0))).collect())
}

/// The other records of these persons.
pub async fn other_records(tx: &Transaction<'_>, book: BookId, persons: &[Uuid]) -> Result<Vec<PersonId>, StoreError> {
    let sql = "SELECT same_as FROM quell.person WHERE book_id = $1 AND person_id = ANY($2) AND same_as IS NOT NULL
        UNION SELECT person_id FROM quell.person WHERE book_id = $1 AND same_as = ANY($2)";
    Ok(rows(tx, "records", sql, &[&book.0, &persons]).await?.iter().map(|r| PersonId(r.get(0))).collect())
}

/// The zones in force.
pub async fn zones_in_force(tx: &Transaction<'_>, book: BookId) -> Result<Vec<ZoneRow>, StoreError> {
    let sql = format!(
        "SELECT z.place, z.level, z.designated_at AS since, {ZONE_UNTIL} AS until FROM quell.zone z WHERE z.book_id = $1 AND {ZONE_IN_FORCE}"
    );
    super::list(tx, "zones", &sql, &[&book.0]).await
}

/// A portion of those who live at a place or below it, by home and id, behind this one.
pub async fn living_at(
    tx: &Transaction<'_>,
    book: BookId,
    place: &PlaceId,
    after: &(String, PersonId),
    limit: i64,
) -> Result<Vec<(String, PersonId)>, StoreError> {
    let sql = format!(
        "SELECT home, person_id FROM quell.person WHERE book_id = $1 AND {} AND (home, person_id) > ($3 COLLATE \"C\", $4)
         ORDER BY home, person_id LIMIT $5",
        within("home", 2)
    );
    let (home, person) = (&after.0, &after.1.0);
    let found = rows(tx, "inhabitants", &sql, &[&book.0, &place.as_str(), home, person, &limit]).await?;
    Ok(found.iter().map(|r| (r.get(0), PersonId(r.get(1)))).collect())
}
