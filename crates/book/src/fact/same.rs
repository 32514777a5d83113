//! Who is the same person.

use crate::parts::*;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// Two records are one person. Everything that is open goes on under the one that is kept; the other stays, with its past, and what is
    /// said of it from now on is said of the one kept.
    PersonsMerged {
        /// The merge.
        merge: MergeId,
        /// The record under which the person goes on.
        kept: PersonId,
        /// The second record of the same person.
        gone: PersonId,
        /// Who decided, on which evidence.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A merge was wrong: each record has again what was its own, and the two are remembered as two people.
    MergeUndone {
        /// The merge.
        merge: MergeId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// Two records that look alike are two people; they are not proposed again.
    PersonsDistinct {
        /// One.
        person: PersonId,
        /// The other.
        other: PersonId,
        /// Who decided, on which evidence.
        decision: Decision,
        /// When.
        at: EventTime,
    }
}
