//! The keeping of the book itself.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// An account that was revoked hands in what its device held from before. Said by the door itself.
    LateHandIn {
        /// The account.
        account: AccountId,
        /// Its place.
        place: PlaceId,
        /// When it was revoked.
        revoked_at: EventTime,
        /// When it hands in.
        at: EventTime,
    }
    /// Someone has looked at what a revoked account handed in.
    HandInReviewed {
        /// The duty.
        duty: DutyId,
        /// Who decided that it stands, or what was corrected.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// Someone has looked into why a laboratory's positive share is so far from the others'.
    LaboratoryReviewed {
        /// The laboratory.
        laboratory: PlaceId,
        /// Who decided, and what was found.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A duty need not be done.
    DutyWaived {
        /// The duty.
        duty: DutyId,
        /// Who decided, and why.
        decision: Decision,
    }
    /// Overdue items of one kind below a place have an owner who says why they are open.
    OverdueOwned {
        /// The kind of duty.
        kind: DutyKind,
        /// The place.
        place: PlaceId,
        /// Who will see to them.
        owner: String,
        /// Why they are open.
        reason: String,
    }
    /// The day's book was balanced and sealed.
    DayClosed {
        /// The day; it must be the one that is open.
        day: Day,
        /// Who closed it.
        decider: String,
    }
}
