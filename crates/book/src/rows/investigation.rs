//! Investigations of cases: the record as it is, the interviews that made it, where the case has been.

use crate::fact::{AnswerGiven, Venue};
use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An answer in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The answer; null: taken back.
    pub value: Option<AnswerGiven>,
    /// Log position of the interview that gave it.
    pub seq: i64,
    /// Who asked.
    pub by: String,
}

rows! {
    /// The record of a case: the answers in force, and what was handed in.
    Investigation [CaseId] "investigation" {
        /// Case.
        case_id: CaseId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Answers by question.
        answers: BTreeMap<String, Kept>,
        /// Log position of the last interview.
        updated_seq: i64,
        /// When it was said.
        updated_at: Instant,
        /// Core part handed in.
        core_filed_at: Option<Instant>,
        /// Full part handed in.
        full_filed_at: Option<Instant>,
        /// Summary of the last part handed in.
        summary: Option<String>,
    } key(r) r.case_id; groups vec![];

    /// One interview as it was saved: one row a fact, never changed.
    Interview [(i64, i32)] "interview" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Case.
        case_id: CaseId,
        /// Community.
        place: PlaceId,
        /// Who asked.
        interviewer: String,
        /// Who answered, if not the case.
        informant: Option<String>,
        /// What it added or changed.
        answers: BTreeMap<String, Option<AnswerGiven>>,
        /// When.
        at: Instant,
    } key(r) (r.seq, r.idx); groups vec![];

    /// Where a case has been.
    Visit [VisitId] "visit" {
        /// Visit.
        visit_id: VisitId,
        /// Case.
        case_id: CaseId,
        /// Person.
        person_id: PersonId,
        /// Community of the person's home.
        place: PlaceId,
        /// Where, if it is a place of the tree.
        at_place: Option<PlaceId>,
        /// Vehicle.
        vehicle: Option<VehicleId>,
        /// Where, in words.
        description: Option<String>,
        /// From.
        starts: Instant,
        /// To.
        ends: Instant,
        /// How exactly both are known, in seconds: so much later it may have begun, so much earlier ended.
        margin_s: i32,
        /// Companions.
        companions: Vec<String>,
        /// How it is known.
        source: VisitSource,
        /// Log position of the fact.
        seq: i64,
        /// Withdrawn: why.
        withdrawn: Option<String>,
    } key(r) r.visit_id; groups vec![];

    /// A link between two cases.
    Link [LinkId] "link" {
        /// Link.
        link_id: LinkId,
        /// The source, or one of the two.
        source_case: CaseId,
        /// The one infected, or the other of the two.
        target_case: CaseId,
        /// Community of the target.
        place: PlaceId,
        /// It is known who infected whom.
        directed: bool,
        /// How certain it is.
        certainty: Certainty,
        /// Where or how it happened.
        context: Option<ExposureContext>,
        /// When they met.
        contact_at: Option<Instant>,
        /// On which evidence.
        evidence: String,
        /// When it was said.
        stated_at: Instant,
        /// Log position of the fact.
        seq: i64,
        /// Withdrawn: why.
        withdrawn: Option<String>,
    } key(r) r.link_id; groups vec![Group::Case(r.target_case), Group::Case(r.source_case)];

    /// Contacts of a case that are not known as persons yet.
    Lead [LeadId] "lead" {
        /// Lead.
        lead_id: LeadId,
        /// Case.
        case_id: CaseId,
        /// Person of the case.
        person_id: PersonId,
        /// Community of the case.
        place: PlaceId,
        /// One person or a group.
        kind: LeadKind,
        /// What is known.
        description: String,
        /// Telephone.
        phone: Option<String>,
        /// How many they are.
        expected: i32,
        /// Those of them who are persons by now.
        persons: BTreeSet<PersonId>,
        /// Where they met.
        venue: Option<Venue>,
        /// The visit on which they met.
        visit_id: Option<VisitId>,
        /// Last exposure.
        last_exposure: Instant,
        /// When it was noted.
        noted_at: Instant,
        /// The duty to identify them.
        duty_id: Option<DutyId>,
        /// State.
        state: LeadState,
        /// Resolved or closed.
        ended_at: Option<Instant>,
        /// Why it was closed.
        reason: Option<String>,
        /// Who decided that.
        decider: Option<String>,
    } key(r) r.lead_id; groups vec![Group::Case(r.case_id)];
}
