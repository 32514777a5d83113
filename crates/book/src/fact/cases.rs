//! Cases and contacts.

use crate::kinds::*;
use quell_foundation::*;
use quell_protocol::{Control, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A case that was found elsewhere or before this book began.
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
