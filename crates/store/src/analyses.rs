//! Analyses that wait, run and end. One server at a time works on those of a book; whoever takes its place begins again what it left.

use crate::audit::{self, Entry};
use crate::error::StoreError;
use crate::views::SnapshotTable;
use deadpool_postgres::GenericClient;
use quell_book::Role;
use quell_foundation::*;
use serde_json::Value;

/// An analysis that somebody asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Its id, from whoever asks.
    pub id: AnalysisId,
    /// Of what lies at this place and below.
    pub place: PlaceId,
    /// Its name: `rt`, `trees` …
    pub analysis: String,
    /// The whole request.
    pub asked: Value,
    /// Who asks.
    pub account: String,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Instant,
}

/// Where an analysis came from: enough to make it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The log position that the snapshot shows.
    pub as_of_seq: i64,
    /// Its tables.
    pub tables: Vec<SnapshotTable>,
    /// Hash over all of them.
    pub inputs: Hash,
    /// The program.
    pub version: String,
    /// The command line that was run on the tables.
    pub command: Vec<String>,
}

/// What came of an analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// How it was made.
    pub made: Made,
    /// The result, as CSV.
    pub result: String,
    /// Rows of the result.
    pub rows: i64,
    /// A second table, as CSV.
    pub second: Option<String>,
    /// A picture, as SVG.
    pub picture: Option<String>,
    /// What was said beside it.
    pub said: String,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It waits.
    New,
    /// It was asked before: nothing has changed.
    Same,
    /// Something else was asked under this id.
    Other,
}

/// Lets an analysis wait for its turn. The same request again changes nothing.
pub async fn put(c: &impl GenericClient, book: BookId, a: &Asked) -> Result<Put, StoreError> {
    const INSERT: &str = "INSERT INTO quell.analysis (book_id, analysis_id, place, analysis, asked, account, role, asked_at, state)
        VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8::text::timestamptz, 'queued') ON CONFLICT DO NOTHING";
    const SAME: &str = "SELECT place = $3 AND analysis = $4 AND asked = $5::text::jsonb AND account = $6
        FROM quell.analysis WHERE book_id = $1 AND analysis_id = $2";
    let (place, asked) = (a.place.as_str(), a.asked.to_string());
    let new = c.execute(INSERT, &[&book.0, &a.id.0, &place, &a.analysis, &asked, &a.account, &a.role.as_str(), &a.at.to_string()]).await;
    if new.map_err(StoreError::at("analysis"))? > 0 {
        return Ok(Put::New);
    }
    let row = c.query_one(SAME, &[&book.0, &a.id.0, &place, &a.analysis, &asked, &a.account]).await.map_err(StoreError::at("analysis"))?;
    Ok(if row.get(0) { Put::Same } else { Put::Other })
}

/// Becomes the one that works on the analyses of a book, for as long as this connection lives; false if another is. What the one before
/// left half done waits again.
pub async fn take_over(c: &tokio_postgres::Client, book: BookId) -> Result<bool, StoreError> {
    // 0x514e41 is "QNA": the analyses' locks, one a book.
    const LOCK: &str = "SELECT pg_try_advisory_lock(x'514e41'::integer, $1)";
    const AGAIN: &str = "UPDATE quell.analysis SET state = 'queued', started_at = NULL WHERE book_id = $1 AND state = 'running'";
    let locked: bool = c.query_one(LOCK, &[&book.0]).await.map_err(StoreError::at("analyses"))?.get(0);
    if locked {
        c.execute(AGAIN, &[&book.0]).await.map_err(StoreError::at("analyses"))?;
    }
    Ok(locked)
}

/// Begins the one that has waited longest; and how often it was begun, this time counted.
pub async fn begin_next(c: &impl GenericClient, book: BookId, now: Instant) -> Result<Option<(Asked, i32)>, StoreError> {
    const SQL: &str = "UPDATE quell.analysis a SET state = 'running', started_at = $2::text::timestamptz, begun = begun + 1
        WHERE book_id = $1 AND analysis_id = (SELECT analysis_id FROM quell.analysis WHERE book_id = $1 AND state = 'queued'
            ORDER BY asked_at, analysis_id LIMIT 1)
        RETURNING analysis_id, place, analysis, asked::text, account, role, (extract(epoch FROM asked_at) * 1000000)::bigint, begun";
    let row = c.query_opt(SQL, &[&book.0, &now.to_string()]).await.map_err(StoreError::at("analyses"))?;
    let unreadable = |detail: String| StoreError::Unreadable { operation: "analysis", detail };
    row.map(|r| {
        let asked = Asked {
            id: AnalysisId(r.get(0)),
            place: PlaceId::new(r.get::<_, String>(1)).map_err(|e| unreadable(e.to_string()))?,
            analysis: r.get(2),
            asked: serde_json::from_str(r.get(3)).map_err(|e| unreadable(e.to_string()))?,
            account: r.get(4),
            role: r.get::<_, &str>(5).parse().map_err(unreadable)?,
            at: Instant(r.get(6)),
        };
        Ok((asked, r.get(7)))
    })
    .transpose()
}

/// Whether an analysis that runs is still wanted.
pub async fn is_wanted(c: &impl GenericClient, book: BookId, id: AnalysisId) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT state = 'running' FROM quell.analysis WHERE book_id = $1 AND analysis_id = $2";
    let row = c.query_opt(SQL, &[&book.0, &id.0]).await.map_err(StoreError::at("analysis"))?;
    Ok(row.is_some_and(|r| r.get(0)))
}

/// Keeps what came of an analysis that runs; nothing if it was cancelled meanwhile.
pub async fn keep(c: &mut impl GenericClient, book: BookId, a: &Asked, d: &Done, now: Instant) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE quell.analysis SET state = 'done', ended_at = $3::text::timestamptz, as_of_seq = $4, tables = $5::text::jsonb,
            inputs_hash = $6, version = $7, command = $8, result = $9, result_hash = $10, rows = $11, second = $12, picture = $13, said = $14
        WHERE book_id = $1 AND analysis_id = $2 AND state = 'running'";
    let tables = serde_json::to_string(&d.made.tables).unwrap_or_default();
    let result = Hash::of(d.result.as_bytes());
    let tx = c.transaction().await.map_err(StoreError::at("analysis"))?;
    audit::append(&tx, book, &[Entry::analysis_kept(&a.account, &a.place, a.id, d.made.inputs, result, now)]).await?;
    let (made, hash, inputs) = (&d.made, result.to_string(), d.made.inputs.to_string());
    let kept = tx
        .execute(
            SQL,
            &[
                &book.0,
                &a.id.0,
                &now.to_string(),
                &made.as_of_seq,
                &tables,
                &inputs,
                &made.version,
                &made.command,
                &d.result,
                &hash,
                &d.rows,
                &d.second,
                &d.picture,
                &d.said,
            ],
        )
        .await
        .map_err(StoreError::at("analysis"))?;
    if kept > 0 {
        tx.commit().await.map_err(StoreError::at("analysis"))?;
    }
    Ok(kept > 0)
}

/// Keeps an analysis that was made at once, without waiting for its turn.
pub async fn keep_at_once(c: &mut impl GenericClient, book: BookId, a: &Asked, d: &Done, now: Instant) -> Result<(), StoreError> {
    const SQL: &str =
        "INSERT INTO quell.analysis (book_id, analysis_id, place, analysis, asked, account, role, asked_at, state, begun, started_at)
        VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8::text::timestamptz, 'running', 1, $8::text::timestamptz)";
    let mut tx = c.transaction().await.map_err(StoreError::at("analysis"))?;
    let (place, asked, role, at) = (a.place.as_str(), a.asked.to_string(), a.role.as_str(), a.at.to_string());
    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 8] = [&book.0, &a.id.0, &place, &a.analysis, &asked, &a.account, &role, &at];
    tx.execute(SQL, &params).await.map_err(StoreError::at("analysis"))?;
    keep(&mut tx, book, a, d, now).await?;
    tx.commit().await.map_err(StoreError::at("analysis"))
}

/// Why there is no result, in both languages; nothing if the analysis was cancelled meanwhile.
pub async fn fail(c: &impl GenericClient, book: BookId, id: AnalysisId, zh: &str, en: &str, now: Instant) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE quell.analysis SET state = 'failed', ended_at = $3::text::timestamptz, failure_zh = $4, failure_en = $5
        WHERE book_id = $1 AND analysis_id = $2 AND state = 'running'";
    c.execute(SQL, &[&book.0, &id.0, &now.to_string(), &zh, &en]).await.map_err(StoreError::at("analysis"))?;
    Ok(())
}

/// Calls an analysis off that has not ended; true if there was one.
pub async fn cancel(c: &impl GenericClient, book: BookId, id: AnalysisId, now: Instant) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE quell.analysis SET state = 'cancelled', ended_at = $3::text::timestamptz
        WHERE book_id = $1 AND analysis_id = $2 AND state IN ('queued', 'running')";
    Ok(c.execute(SQL, &[&book.0, &id.0, &now.to_string()]).await.map_err(StoreError::at("analysis"))? > 0)
}
