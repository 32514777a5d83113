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
    /// An event at which people met: a wedding, a funeral, a meal. Who took part is listed afterwards, as members (`member_listed`, kind
    /// `event`). Said again it replaces what was said of it; said later than its withdrawal, it stands again.
    EventListed {
        /// The event, by the code under which its participants are listed.
        event: GroupId,
        /// Its name.
        name: String,
        /// What kind of event it was.
        kind: EventKind,
        /// Where, if it is a listed place.
        #[serde(default, skip_serializing_if = "Option::is_none")] place: Option<PlaceId>,
        /// What else is known of it.
        #[serde(default, skip_serializing_if = "Option::is_none")] description: Option<String>,
        /// From when.
        from: EventTime,
        /// To when: at most 31 days later.
        to: EventTime,
        /// How many people were there, if it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")] expected: Option<u32>,
        /// When it was said.
        at: EventTime,
    }
    /// There was no such event, or nobody met at it. It proposes nobody from then on.
    EventWithdrawn {
        /// The event.
        event: GroupId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
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
