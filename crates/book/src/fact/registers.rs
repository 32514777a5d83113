//! Registers: who belongs to which group, who was where. They show who may have met a case; they restrict nobody.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A person belongs to a group: a class, a team, any other that has a list. Said again it replaces what was said of the two before.
    MemberListed {
        /// The group.
        group: GroupId,
        /// What kind of group it is.
        kind: GroupKind,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")] name: Option<String>,
        /// The person.
        person: PersonId,
        /// Since when, if not always.
        #[serde(default, skip_serializing_if = "Option::is_none")] from: Option<EventTime>,
        /// Until when, if it has ended.
        #[serde(default, skip_serializing_if = "Option::is_none")] to: Option<EventTime>,
        /// When it was said.
        at: EventTime,
    }
    /// The register of a venue, or of a trip of a vehicle: who came when. A line again, with its end, adds the end; a venue's whole day may
    /// be handed in again.
    CheckedIn {
        /// The place or vehicle.
        venue: Venue,
        /// Who came, 1 to 1000.
        people: Vec<CheckInLine>,
        /// When it was handed over.
        at: EventTime,
    }
}
