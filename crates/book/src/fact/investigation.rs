//! Investigation: interviews, where a case has been, and the parts that are handed in.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

facts! {
    /// An interview, finished or not, was saved. It holds only what it adds or changes; what others have said stays.
    Interviewed {
        /// The case.
        case: CaseId,
        /// Who asked.
        interviewer: String,
        /// Who answered, if not the case: a parent, a neighbour.
        #[serde(default, skip_serializing_if = "Option::is_none")] informant: Option<String>,
        /// Answers by question of the protocol; null takes an answer back.
        answers: BTreeMap<String, Option<AnswerGiven>>,
        /// The record that the interviewer had before them: its `updated_seq` (0: none). Someone else's later answer to the same question is
        /// not overwritten.
        #[serde(default)] seen: i64,
        /// When.
        at: EventTime,
    }
    /// Where a case has been for a while.
    Visited {
        /// The visit.
        visit: VisitId,
        /// The case.
        case: CaseId,
        /// The place, if it is one of the tree.
        #[serde(default, skip_serializing_if = "Option::is_none")] place: Option<PlaceId>,
        /// The vehicle.
        #[serde(default, skip_serializing_if = "Option::is_none")] vehicle: Option<VehicleId>,
        /// Where, in words; needed without a place or a vehicle.
        #[serde(default, skip_serializing_if = "Option::is_none")] description: Option<String>,
        /// From; its precision is that of the text.
        from: EventTime,
        /// To.
        to: EventTime,
        /// Who was with them, by name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] companions: Vec<String>,
        /// How it is known.
        source: VisitSource,
        /// When it was said.
        at: EventTime,
    }
    /// A visit was wrong.
    VisitWithdrawn {
        /// The visit.
        visit: VisitId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A part of an investigation was handed in. What the protocol asks for in it is answered, if only by "unknown", or someone
    /// decides that it cannot be.
    InvestigationFiled {
        /// The case.
        case: CaseId,
        /// Which part.
        part: InvestigationPart,
        /// When.
        at: EventTime,
        /// What was found.
        #[serde(default, skip_serializing_if = "Option::is_none")] summary: Option<String>,
        /// Who decided that it is handed in incomplete, and why.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<Decision>,
    }
    /// Two cases belong together: one infected the other, or they were exposed together.
    LinkStated {
        /// The link.
        link: LinkId,
        /// The source, or one of the two.
        source: CaseId,
        /// The one infected, or the other of the two.
        target: CaseId,
        /// It is known who infected whom.
        #[serde(default = "known")] directed: bool,
        /// How certain it is.
        certainty: Certainty,
        /// Where or how it happened.
        #[serde(default, skip_serializing_if = "Option::is_none")] context: Option<ExposureContext>,
        /// When they met, the last time before the infection.
        #[serde(default, skip_serializing_if = "Option::is_none")] contact_at: Option<EventTime>,
        /// On which evidence.
        evidence: String,
        /// When it was said.
        at: EventTime,
    }
    /// Contacts of a case are known, but not as persons: by a name or a number, or as a group on a bus. They stay open work until they are.
    LeadNoted {
        /// The lead.
        lead: LeadId,
        /// The case.
        case: CaseId,
        /// One person or a group.
        kind: LeadKind,
        /// What is known: a name, what they wore, which table.
        description: String,
        /// Telephone.
        #[serde(default, skip_serializing_if = "Option::is_none")] phone: Option<String>,
        /// How many they are; one if it is a person.
        #[serde(default, skip_serializing_if = "Option::is_none")] expected: Option<u32>,
        /// The place or vehicle.
        #[serde(default, skip_serializing_if = "Option::is_none")] venue: Option<Venue>,
        /// The visit on which they met.
        #[serde(default, skip_serializing_if = "Option::is_none")] visit: Option<VisitId>,
        /// Last exposure.
        last_exposure: EventTime,
        /// When it was noted.
        at: EventTime,
    }
    /// Some of a lead, or all, are persons of this book now. Whether they are contacts is decided for each of them (`contact_named`).
    LeadResolved {
        /// The lead.
        lead: LeadId,
        /// Who they are.
        persons: Vec<PersonId>,
        /// How many there are, if it turned out to be another number.
        #[serde(default, skip_serializing_if = "Option::is_none")] expected: Option<u32>,
        /// When.
        at: EventTime,
    }
    /// Whoever of a lead is still unknown is not looked for any more.
    LeadClosed {
        /// The lead.
        lead: LeadId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A link was wrong.
    LinkWithdrawn {
        /// The link.
        link: LinkId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
}

fn known() -> bool {
    true
}
