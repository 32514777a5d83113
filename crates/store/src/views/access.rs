//! The log of submissions and the log of looks at people.

use super::{Page, Paging, SEES_ALL, SEPARATOR, head_seq, list};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line of the book's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogLine {
    /// Position, from 1.
    pub seq: i64,
    /// Submission.
    pub submission_id: SubmissionId,
    /// Who sent it.
    pub sender: String,
    /// From which device.
    pub device: Option<DeviceId>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Number of its facts.
    pub facts: i64,
    /// Hash of the facts as they are kept.
    #[schemars(with = "String")]
    pub content_hash: Hash,
    /// Hash of the log up to here.
    #[schemars(with = "String")]
    pub log_hash: Hash,
}

/// The log behind a position, in order. Submissions are not bound to a place: only a reader who sees the whole book sees them.
pub async fn submissions(tx: &Transaction<'_>, book: BookId, after_seq: i64, limit: u32) -> Result<Page<LogLine>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let page = Paging::first(limit);
    let sql = format!(
        "SELECT seq, submission_id, sender, device, recorded_at, facts, content_hash, log_hash
         FROM quell.submission WHERE book_id = $1 AND seq > $2 AND {SEES_ALL} ORDER BY seq LIMIT $3"
    );
    let found = list(tx, "submissions", &sql, &[&book.0, &after_seq, &page.rows()]).await?;
    Ok(Page::new(found, &page, as_of_seq, |l: &LogLine| l.seq.to_string()))
}

/// Which looks.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct AccessFilter {
    /// At this person.
    #[serde(default)]
    pub person_id: Option<PersonId>,
    /// By this account.
    #[serde(default)]
    pub account: Option<String>,
    /// From this time on.
    #[serde(default)]
    pub from: Option<Instant>,
    /// Before this time.
    #[serde(default)]
    pub to: Option<Instant>,
}

/// A look at people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// Its id.
    pub access_id: uuid::Uuid,
    /// When.
    pub at: Instant,
    /// Who.
    pub account: String,
    /// In which role.
    pub role: String,
    /// At what.
    pub what: String,
    /// At whom, when it was one person.
    pub person_id: Option<PersonId>,
    /// At which place, when it was a list.
    pub place: Option<PlaceId>,
    /// How many people were shown.
    pub rows: i32,
}

/// Looks at people, the latest first. A reader who does not see the whole book sees the looks at people and places of its own scope.
pub async fn access_log(tx: &Transaction<'_>, book: BookId, f: &AccessFilter, page: &Paging) -> Result<Page<Access>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [at, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let (from, to) = (f.from.map(|t| t.to_string()), f.to.map(|t| t.to_string()));
    let person = f.person_id.map(|p| p.0);
    let sql = format!(
        "SELECT a.access_id, a.at, a.account, a.role, a.what, a.person_id, a.place, a.rows FROM quell.audit a
         WHERE a.book_id = $1 AND a.kind = 'look' AND ($2::uuid IS NULL OR a.person_id = $2::uuid) AND ($3::text IS NULL OR a.account = $3::text)
             AND ($4::text IS NULL OR a.at >= $4::text::timestamptz) AND ($5::text IS NULL OR a.at < $5::text::timestamptz)
             AND ($6::text IS NULL OR (a.at, a.access_id) < ($6::text::timestamptz, $7::text::uuid))
             AND ({SEES_ALL} OR {} OR (a.place IS NULL AND EXISTS (
                 SELECT FROM quell.person p WHERE p.book_id = $1 AND p.person_id = a.person_id)))
         ORDER BY a.at DESC, a.access_id DESC LIMIT $8",
        super::in_scope("a.place")
    );
    let params: super::Params<'_> = &[&book.0, &person, &f.account, &from, &to, &at, &id, &page.rows()];
    let found = list(tx, "access log", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |a: &Access| format!("{}{SEPARATOR}{}", a.at, a.access_id)))
}
