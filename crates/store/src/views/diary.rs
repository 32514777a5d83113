//! What the page of a symptom diary needs to know, and no more: it is read by whoever holds the link.

use super::single;
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use serde::{Deserialize, Serialize};

/// Whose diary a contact record is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DiaryOf {
    /// Contact record.
    pub contact_id: ContactId,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: String,
    /// Until when the follow-up runs.
    pub until: Option<Instant>,
    /// It runs now.
    pub running: bool,
    /// How often the person has written in it since a given moment.
    pub written: i64,
}

const SQL: &str = "SELECT c.contact_id, c.person_id, p.name, c.until,
        c.state IN ('active', 'covered') AND (c.until IS NULL OR c.until > $3::text::timestamptz) AS running,
        (SELECT count(*) FROM quell.follow_up f WHERE f.book_id = $1 AND f.person_id = c.person_id AND f.self_reported
             AND f.at >= $4::text::timestamptz) AS written
    FROM quell.contact c JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id WHERE c.book_id = $1 AND ";

/// The diary of a contact record. `since`: from when on what was written is counted.
pub async fn diary(
    tx: &Transaction<'_>,
    book: BookId,
    contact: ContactId,
    since: Instant,
    now: Instant,
) -> Result<Option<DiaryOf>, StoreError> {
    let (now, since) = (now.to_string(), since.to_string());
    single(tx, "diary", &format!("{SQL} c.contact_id = $2"), &[&book.0, &contact.0, &now, &since]).await
}

/// The diary of a person who is under follow-up now.
pub async fn diary_of_person(tx: &Transaction<'_>, book: BookId, person: PersonId, now: Instant) -> Result<Option<DiaryOf>, StoreError> {
    let now = now.to_string();
    let sql = format!("{SQL} c.person_id = $2 AND c.state = 'active'");
    let found: Option<DiaryOf> = single(tx, "diary", &sql, &[&book.0, &person.0, &now, &now]).await?;
    Ok(found.filter(|d| d.running))
}
