//! Who is the same person, and who was found not to be.

use super::Case;
use crate::table::{Group, Row};
use quell_foundation::*;
use serde::{Deserialize, Serialize};

/// What a merge has moved from the second record to the first: enough to move it back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Contact records that were under management: the second record's, and the first one's that took its place, if any.
    pub contacts: Vec<(ContactId, Option<ContactId>)>,
    /// The second record's case, as it was, which is the same as this case of the first.
    pub case: Option<(Case, CaseId)>,
    /// Contact records of the second record's case.
    pub case_contacts: Vec<ContactId>,
    /// Links that named the second record's case.
    pub links: Vec<LinkId>,
    /// Leads of the second record's case.
    pub leads: Vec<LeadId>,
    /// Places on rosters that are not owed twice.
    pub rosters: Vec<(RoundId, PersonId)>,
}

rows! {
    /// Two records were found to be one person.
    Merge [MergeId] "person_merge" {
        /// Merge.
        merge_id: MergeId,
        /// The record under which the person goes on.
        kept: PersonId,
        /// The second record.
        gone: PersonId,
        /// Community of the second record.
        place: PlaceId,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// When.
        merged_at: Instant,
        /// What was moved.
        moved: Moved,
        /// Undone.
        undone_at: Option<Instant>,
        /// Why.
        undo_reason: Option<String>,
        /// Who decided that.
        undo_decider: Option<String>,
    } key(r) r.merge_id; groups if r.undone_at.is_none() { vec![Group::Person(r.kept)] } else { vec![] };

    /// Two records were found to be two people.
    Distinct [(PersonId, PersonId)] "distinct_person" {
        /// One.
        person_id: PersonId,
        /// The other, whose id is greater.
        other_id: PersonId,
        /// Community of the first.
        place: PlaceId,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// When.
        at: Instant,
    } key(r) (r.person_id, r.other_id); groups vec![];
}
