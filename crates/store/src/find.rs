//! Set-based look-ups for imports: what the book already has of a chunk of rows, and what it would answer. Nothing is written here.

use crate::batch::Writer;
use crate::error::StoreError;
use crate::log::{Answer, Incoming};
use crate::tables::select;
use deadpool_postgres::GenericClient;
use quell_book::rows::{Case, CheckIn, Event, Membership, Person, Place, Team, Tube};
use quell_book::{Changes, DutyKind, Refusal, Venue};
use quell_foundation::*;
use serde::Serialize;
use std::collections::HashSet;
use std::sync::Arc;

fn uuids(ids: impl IntoIterator<Item = uuid::Uuid>) -> Vec<uuid::Uuid> {
    ids.into_iter().collect()
}

/// Persons with one of these ids or one of these identity hashes.
///
/// # Errors
/// If the database refuses.
pub async fn persons(c: &impl GenericClient, book: BookId, ids: &[PersonId], identities: &[Hash]) -> Result<Vec<Person>, StoreError> {
    let ids = uuids(ids.iter().map(|p| p.0));
    let hashes: Vec<String> = identities.iter().map(ToString::to_string).collect();
    select(c, book.0, "(person_id = ANY($2) OR identity_hash = ANY($3))", &[&ids, &hashes]).await
}

/// Persons who have one of these names and one of these homes.
///
/// # Errors
/// If the database refuses.
pub async fn namesakes(c: &impl GenericClient, book: BookId, names: &[&str], homes: &[&str]) -> Result<Vec<Person>, StoreError> {
    // `|| ''` keeps the planner from the index by name: a common name has thousands of holders, a home has few.
    select(c, book.0, "home = ANY($2) AND (name || '') = ANY($3)", &[&homes, &names]).await
}

/// Places with one of these paths.
///
/// # Errors
/// If the database refuses.
pub async fn places(c: &impl GenericClient, book: BookId, paths: &[PlaceId]) -> Result<Vec<Place>, StoreError> {
    let paths: Vec<&str> = paths.iter().map(PlaceId::as_str).collect();
    select(c, book.0, "place = ANY($2)", &[&paths]).await
}

/// Which of these paths are listed places.
///
/// # Errors
/// If the database refuses.
pub async fn listed(c: &impl GenericClient, book: BookId, paths: &[PlaceId]) -> Result<HashSet<PlaceId>, StoreError> {
    let texts: Vec<&str> = paths.iter().map(PlaceId::as_str).collect();
    let statement =
        c.prepare_cached("SELECT place FROM quell.place WHERE book_id = $1 AND place = ANY($2)").await.map_err(StoreError::at("places"))?;
    let rows = c.query(&statement, &[&book.0, &texts]).await.map_err(StoreError::at("places"))?;
    let found: HashSet<&str> = rows.iter().map(|r| r.get(0)).collect();
    Ok(paths.iter().filter(|p| found.contains(p.as_str())).cloned().collect())
}

/// The groups of these persons.
///
/// # Errors
/// If the database refuses.
pub async fn memberships(c: &impl GenericClient, book: BookId, persons: &[PersonId]) -> Result<Vec<Membership>, StoreError> {
    select(c, book.0, "person_id = ANY($2)", &[&uuids(persons.iter().map(|p| p.0))]).await
}

/// All follow-up teams, the ended ones too.
///
/// # Errors
/// If the database refuses.
pub async fn teams(c: &impl GenericClient, book: BookId) -> Result<Vec<Team>, StoreError> {
    select(c, book.0, "true", &[]).await
}

/// Which of these groups are events that stand.
///
/// # Errors
/// If the database refuses.
pub async fn events(c: &impl GenericClient, book: BookId, groups: &[GroupId]) -> Result<HashSet<GroupId>, StoreError> {
    let codes: Vec<&str> = groups.iter().map(GroupId::as_str).collect();
    let found: Vec<Event> = select(c, book.0, "event = ANY($2) AND withdrawn_at IS NULL", &[&codes]).await?;
    Ok(found.into_iter().map(|e| e.event).collect())
}

/// Check-ins with these keys.
///
/// # Errors
/// If the database refuses.
pub async fn check_ins(c: &impl GenericClient, book: BookId, keys: &[(PersonId, Instant, Venue)]) -> Result<Vec<CheckIn>, StoreError> {
    crate::hot::check_ins(c, book.0, keys).await
}

/// Tubes that a laboratory has received in the same boxes as these, beside these, and that have no result.
///
/// # Errors
/// If the database refuses.
pub async fn waiting_in_boxes(
    c: &impl GenericClient,
    book: BookId,
    laboratory: &PlaceId,
    tubes: impl IntoIterator<Item = &TubeCode>,
) -> Result<Vec<TubeCode>, StoreError> {
    const SQL: &str = "
        WITH named AS (SELECT t.tube, t.box FROM unnest($3::text[]) n(tube) JOIN quell.tube t ON t.book_id = $1 AND t.tube = n.tube),
            boxes AS (SELECT DISTINCT box FROM named WHERE box IS NOT NULL)
        SELECT t.tube FROM boxes JOIN quell.tube t ON t.book_id = $1 AND t.box = boxes.box
        WHERE t.state = 'received' AND t.laboratory = $2 AND NOT EXISTS (SELECT FROM named n WHERE n.tube = t.tube) ORDER BY t.tube";
    let named: Vec<&str> = tubes.into_iter().map(TubeCode::as_str).collect();
    let rows = c.query(SQL, &[&book.0, &laboratory.as_str(), &named]).await.map_err(StoreError::at("tubes of boxes"))?;
    // What is no tube code was never written.
    Ok(rows.iter().filter_map(|r| TubeCode::new(r.get::<_, String>(0)).ok()).collect())
}

/// Number of persons and of places in the book.
///
/// # Errors
/// If the database refuses.
pub async fn sizes(c: &impl GenericClient, book: BookId) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT (SELECT count(*) FROM quell.person WHERE book_id = $1), (SELECT count(*) FROM quell.place WHERE book_id = $1)";
    let row = c.query_one(sql, &[&book.0]).await.map_err(StoreError::at("sizes"))?;
    Ok((row.get(0), row.get(1)))
}

/// Cases with one of these ids.
///
/// # Errors
/// If the database refuses.
pub async fn cases(c: &impl GenericClient, book: BookId, ids: &[CaseId]) -> Result<Vec<Case>, StoreError> {
    let ids = uuids(ids.iter().map(|x| x.0));
    select(c, book.0, "case_id = ANY($2)", &[&ids]).await
}

/// Tubes with one of these codes.
///
/// # Errors
/// If the database refuses.
pub async fn tubes(c: &impl GenericClient, book: BookId, codes: &[TubeCode]) -> Result<Vec<Tube>, StoreError> {
    let codes: Vec<&str> = codes.iter().map(TubeCode::as_str).collect();
    select(c, book.0, "tube = ANY($2)", &[&codes]).await
}

/// Duties of one kind, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyCount {
    /// The kind.
    pub kind: DutyKind,
    /// Opened up to that moment.
    pub opened: i64,
    /// Of these not ended up to that moment.
    pub open: i64,
    /// Of the open ones past their deadline at that moment.
    pub overdue: i64,
}

/// The duties about these persons as they stood at a moment: what happened later by event time is left out.
///
/// # Errors
/// If the database refuses.
pub async fn duties(c: &impl GenericClient, book: BookId, persons: &[PersonId], at: Instant) -> Result<Vec<DutyCount>, StoreError> {
    let ids = uuids(persons.iter().map(|p| p.0));
    let sql = "SELECT kind, count(*), count(*) FILTER (WHERE ended_at IS NULL OR ended_at > t.at),
                   count(*) FILTER (WHERE (ended_at IS NULL OR ended_at > t.at) AND due < t.at)
               FROM quell.duty, (SELECT $3::text::timestamptz AS at) t
               WHERE book_id = $1 AND person_id = ANY($2) AND opened_at <= t.at GROUP BY kind ORDER BY kind";
    let rows = c.query(sql, &[&book.0, &ids, &at.to_string()]).await.map_err(StoreError::at("duties"))?;
    rows.iter()
        .map(|r| {
            let kind = r.get::<_, &str>(0).parse().map_err(|detail| StoreError::Unreadable { operation: "duties", detail })?;
            Ok(DutyCount { kind, opened: r.get(1), open: r.get(2), overdue: r.get(3) })
        })
        .collect()
}

/// What the book would answer to a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Would {
    /// Accept it.
    Accept,
    /// Give the first receipt: it is in the book already.
    Repeat,
    /// Refuse it.
    Refuse(Refusal),
}

/// What a batch would do.
#[derive(Debug, Default)]
pub struct DryRun {
    /// The answers, in the order of the submissions.
    pub answers: Vec<Would>,
    /// The rows that would change.
    pub changes: Changes,
    /// The log's position; rows made by the batch would have later ones.
    pub seq: i64,
}

/// Decides on a batch and throws the outcome away. No lock is taken: what others write meanwhile may change the answers.
///
/// # Errors
/// If the database refuses.
pub async fn dry_run(writer: &Writer, now: Instant, batch: Vec<Incoming>) -> Result<DryRun, StoreError> {
    let (decided, _) = writer.decide(None, now, Arc::new(batch)).await?;
    let would = |a: &Answer| match a {
        Answer::Accepted(r) if !r.repeat => Would::Accept,
        Answer::Accepted(_) | Answer::IdReused => Would::Repeat,
        Answer::Refused(r) => Would::Refuse(r.clone()),
    };
    let (answers, seq) = (decided.answers().iter().map(would).collect(), decided.seq_before());
    Ok(DryRun { answers, seq, changes: decided.into_changes() })
}
