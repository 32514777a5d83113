//! Cases and contacts.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use quell_protocol::{Control, Setting, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A case that was found elsewhere or before this book began. Listed again with the same id, it adds what nobody has said yet and
    /// how the case ended; what is known is changed by `case_classified` and the like.
    CaseListed {
        /// The case.
        case: CaseId,
        /// The person.
        person: PersonId,
        /// Classification.
        classification: Classification,
        /// Severity, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] severity: Option<Severity>,
        /// Symptom onset, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] onset: Option<EventTime>,
        /// When it was confirmed.
        at: EventTime,
        /// Found in the community or under control, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] control: Option<Control>,
        /// What else the source says.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<String>,
        /// The number by which people know it; no other case of this book has it.
        #[serde(default, skip_serializing_if = "Option::is_none")] number: Option<CaseNumber>,
        /// First sampled.
        #[serde(default, skip_serializing_if = "Option::is_none")] sampled: Option<EventTime>,
        /// Reported to the statutory system.
        #[serde(default, skip_serializing_if = "Option::is_none")] reported: Option<EventTime>,
        /// Where the person was found.
        #[serde(default, skip_serializing_if = "Option::is_none")] setting: Option<Setting>,
        /// How it ended. A case that was over when it was listed is written down and opens no duty.
        #[serde(default, skip_serializing_if = "Option::is_none")] ended: Option<CaseEnded>,
    }
    /// A case was classified.
    CaseClassified {
        /// The case.
        case: CaseId,
        /// Classification.
        classification: Classification,
        /// Severity.
        severity: Severity,
        /// Symptom onset.
        #[serde(default, skip_serializing_if = "Option::is_none")] onset: Option<EventTime>,
        /// When.
        at: EventTime,
        /// Who decided.
        decider: String,
    }
    /// How a case was found was judged anew.
    ChannelJudged {
        /// The case.
        case: CaseId,
        /// Found in the community or under control.
        control: Control,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// When.
        at: EventTime,
    }
    /// A case (or its change) was reported to the statutory system.
    ReportFiled {
        /// The case.
        case: CaseId,
        /// The receipt number of the statutory system.
        receipt: String,
        /// When.
        at: EventTime,
    }
}
