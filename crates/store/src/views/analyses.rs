//! Analyses of the book, and the people that live where, for their rates.

use super::{Page, Paging, SEPARATOR, head_seq, list, single, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an analysis stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisState {
    /// It waits for its turn.
    Queued,
    /// It runs.
    Running,
    /// Its result is there.
    Done,
    /// There is no result, and why is said.
    Failed,
    /// It was called off.
    Cancelled,
}

/// A table of the snapshot that an analysis was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotTable {
    /// File name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of the file.
    #[schemars(with = "String")]
    pub sha256: Hash,
}

/// An analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnalysisItem {
    /// Its id.
    pub analysis_id: AnalysisId,
    /// Of what lies at this place and below.
    pub place: PlaceId,
    /// Its name.
    pub analysis: String,
    /// What was asked.
    pub asked: serde_json::Value,
    /// Who asked.
    pub account: String,
    /// In which role.
    pub role: String,
    /// When.
    pub asked_at: Instant,
    /// How it stands.
    pub state: AnalysisState,
    /// Begun.
    pub started_at: Option<Instant>,
    /// Ended.
    pub ended_at: Option<Instant>,
    /// The log position that its snapshot shows.
    pub as_of_seq: Option<i64>,
    /// The tables of that snapshot.
    pub tables: Option<Vec<SnapshotTable>>,
    /// Hash over all of them.
    #[schemars(with = "Option<String>")]
    pub inputs_hash: Option<Hash>,
    /// The program that made it.
    pub version: Option<String>,
    /// The command line that makes it again from the tables.
    pub command: Option<Vec<String>>,
    /// Hash of the result.
    #[schemars(with = "Option<String>")]
    pub result_hash: Option<Hash>,
    /// Rows of the result.
    pub rows: Option<i64>,
    /// Whether there is a second table.
    pub second: bool,
    /// Whether there is a picture.
    pub picture: bool,
    /// What was said beside the result: warnings, diagnostics.
    pub said: Option<String>,
    /// Why there is none, in Chinese.
    pub failure_zh: Option<String>,
    /// The same in English.
    pub failure_en: Option<String>,
}

const COLUMNS: &str = "a.analysis_id, a.place, a.analysis, a.asked, a.account, a.role, a.asked_at, a.state, a.started_at, a.ended_at,
    a.as_of_seq, a.tables, a.inputs_hash, a.version, a.command, a.result_hash, a.rows, a.second IS NOT NULL AS second,
    a.picture IS NOT NULL AS picture, a.said, a.failure_zh, a.failure_en";

/// Analyses of a place and below, the latest first.
pub async fn analyses(tx: &Transaction<'_>, book: BookId, place: &PlaceId, page: &Paging) -> Result<Page<AnalysisItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [asked, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let sql = format!(
        "SELECT {COLUMNS} FROM quell.analysis a WHERE a.book_id = $1 AND {}
             AND ($3::text IS NULL OR (a.asked_at, a.analysis_id) < ($3::text::timestamptz, $4::text::uuid))
         ORDER BY a.asked_at DESC, a.analysis_id DESC LIMIT $5",
        within("a.place", 2)
    );
    let found = list(tx, "analyses", &sql, &[&book.0, &place.as_str(), &asked, &id, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |a: &AnalysisItem| format!("{}{SEPARATOR}{}", a.asked_at, a.analysis_id)))
}

/// One analysis.
pub async fn analysis(tx: &Transaction<'_>, book: BookId, id: AnalysisId) -> Result<Option<AnalysisItem>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM quell.analysis a WHERE a.book_id = $1 AND a.analysis_id = $2");
    single(tx, "analysis", &sql, &[&book.0, &id.0]).await
}

/// A part of what came of an analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisPart {
    /// The result.
    #[default]
    Result,
    /// The second table.
    Second,
    /// The picture.
    Picture,
}

/// A part of what came of an analysis, with its name and place; none if the analysis, or that part of it, is not there.
pub async fn analysis_part(
    tx: &Transaction<'_>,
    book: BookId,
    id: AnalysisId,
    part: AnalysisPart,
) -> Result<Option<(String, PlaceId, String)>, StoreError> {
    let column = match part {
        AnalysisPart::Result => "result",
        AnalysisPart::Second => "second",
        AnalysisPart::Picture => "picture",
    };
    let sql =
        format!("SELECT analysis, place, {column} FROM quell.analysis WHERE book_id = $1 AND analysis_id = $2 AND {column} IS NOT NULL");
    let row = tx.query_opt(&sql, &[&book.0, &id.0]).await.map_err(StoreError::at("analysis"))?;
    let place = |r: &tokio_postgres::Row| PlaceId::new(r.get::<_, String>(1));
    let unreadable = |e: BadId| StoreError::Unreadable { operation: "analysis", detail: e.to_string() };
    row.map(|r| Ok((r.get(0), place(&r).map_err(unreadable)?, r.get(2)))).transpose()
}

/// How many people live at each place of some depth, at a place and below.
pub async fn population(tx: &Transaction<'_>, book: BookId, place: &PlaceId, depth: usize) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = format!(
        "SELECT array_to_string((string_to_array(p.home, '.'))[1:$3], '.') AS at, count(*) FROM quell.person p
         WHERE p.book_id = $1 AND {} GROUP BY 1 ORDER BY 1",
        within("p.home", 2)
    );
    let depth = depth as i32;
    let rows = tx.query(&sql, &[&book.0, &place.as_str(), &depth]).await.map_err(StoreError::at("population"))?;
    Ok(rows.iter().map(|r| (r.get(0), r.get(1))).collect())
}
