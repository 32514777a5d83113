//! The investigation of a case: its record, who asked what when, where the case has been.

use super::{head_seq, list, single};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{AnswerGiven, LeadState, VisitSource};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An answer in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerKept {
    /// The answer; null: taken back.
    pub value: Option<AnswerGiven>,
    /// Log position of the interview that gave it.
    pub seq: i64,
    /// Who asked.
    pub by: String,
}

/// The record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordKept {
    /// Answers by question.
    pub answers: BTreeMap<String, AnswerKept>,
    /// To be handed in as `seen` with the next interview.
    pub updated_seq: i64,
    /// When the last interview was.
    pub updated_at: Instant,
    /// Core part handed in.
    pub core_filed_at: Option<Instant>,
    /// Full part handed in.
    pub full_filed_at: Option<Instant>,
    /// Summary.
    pub summary: Option<String>,
}

/// One interview, as it was saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InterviewRecord {
    /// Log position.
    pub seq: i64,
    /// Who asked.
    pub interviewer: String,
    /// Who answered, if not the case.
    pub informant: Option<String>,
    /// What it added or changed.
    pub answers: BTreeMap<String, Option<AnswerGiven>>,
    /// When.
    pub at: Instant,
}

/// Where the case has been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VisitRecord {
    /// Visit.
    pub visit_id: VisitId,
    /// Where, if it is a place of the tree.
    pub at_place: Option<PlaceId>,
    /// Its name.
    pub place_name: Option<String>,
    /// Vehicle.
    pub vehicle: Option<VehicleId>,
    /// Where, in words.
    pub description: Option<String>,
    /// From.
    pub starts: Instant,
    /// To.
    pub ends: Instant,
    /// How exactly both are known, in seconds.
    pub margin_s: i32,
    /// Companions.
    pub companions: Vec<String>,
    /// How it is known.
    pub source: VisitSource,
    /// Withdrawn: why.
    pub withdrawn: Option<String>,
}

/// A lead in short; `/v1/leads?case=` has all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeadSummary {
    /// Lead.
    pub lead_id: LeadId,
    /// What is known.
    pub description: String,
    /// How many they are.
    pub expected: i64,
    /// How many are still unknown.
    pub unknown: i64,
    /// State.
    pub state: LeadState,
}

/// The investigation of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InvestigationView {
    /// Case.
    pub case_id: CaseId,
    /// Person.
    pub person_id: PersonId,
    /// The record; none before the first interview.
    pub record: Option<RecordKept>,
    /// Interviews, in order.
    pub interviews: Vec<InterviewRecord>,
    /// Visits, in the order of their beginning.
    pub visits: Vec<VisitRecord>,
    /// Contacts that are not known as persons yet, or were not at first: how many of each lead are still unknown.
    pub leads: Vec<LeadSummary>,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

#[derive(Deserialize)]
struct Whose {
    person_id: PersonId,
}

/// The investigation of a case; none if there is no such case in the reader's scope.
pub async fn investigation(tx: &Transaction<'_>, book: BookId, case: CaseId) -> Result<Option<InvestigationView>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let by_case: super::Params<'_> = &[&book.0, &case.0];
    let sql = "SELECT person_id FROM quell.\"case\" WHERE book_id = $1 AND case_id = $2";
    let Some(Whose { person_id }) = single(tx, "case", sql, by_case).await? else { return Ok(None) };
    let sql = "SELECT answers, updated_seq, updated_at, core_filed_at, full_filed_at, summary FROM quell.investigation
        WHERE book_id = $1 AND case_id = $2";
    let record = single(tx, "investigation", sql, by_case).await?;
    let sql = "SELECT seq, interviewer, informant, answers, at FROM quell.interview WHERE book_id = $1 AND case_id = $2 ORDER BY seq, idx";
    let interviews = list(tx, "interviews", sql, by_case).await?;
    let sql = "SELECT v.visit_id, v.at_place, p.name AS place_name, v.vehicle, v.description, v.starts, v.ends, v.margin_s, v.companions,
            v.source, v.withdrawn
        FROM quell.visit v LEFT JOIN quell.place p ON p.book_id = $1 AND p.place = v.at_place
        WHERE v.book_id = $1 AND v.case_id = $2 ORDER BY v.starts, v.visit_id";
    let visits = list(tx, "visits", sql, by_case).await?;
    let sql = "SELECT lead_id, description, expected, expected - jsonb_array_length(persons) AS unknown, state FROM quell.lead
        WHERE book_id = $1 AND case_id = $2 ORDER BY noted_at, lead_id";
    let leads = list(tx, "leads", sql, by_case).await?;
    Ok(Some(InvestigationView { case_id: case, person_id, record, interviews, visits, leads, as_of_seq }))
}
