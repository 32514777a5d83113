//! Follow-up teams: which there are, whether they are at work, and whom they see.

use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A follow-up team exists, or what is known of it has changed. Said again it replaces what was said before; of a team that was
    /// ended it begins it again.
    TeamListed {
        /// The team.
        team: TeamId,
        /// Its name.
        name: String,
        /// Its name in English.
        #[serde(default, skip_serializing_if = "Option::is_none")] name_en: Option<String>,
        /// The places it covers, each with all that lies below, 1 to 200.
        places: Vec<PlaceId>,
        /// How many people it can see a day.
        capacity: u32,
        /// Who is in it, by name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] members: Vec<String>,
        /// When.
        at: EventTime,
    }
    /// A team is not at work: its people are spread at once over the others that cover them.
    TeamAbsent {
        /// The team.
        team: TeamId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<String>,
        /// Since when.
        at: EventTime,
    }
    /// An absent team is back at work: its own people come back to it.
    TeamReturned {
        /// The team.
        team: TeamId,
        /// When.
        at: EventTime,
    }
    /// A team does not exist any more.
    TeamEnded {
        /// The team.
        team: TeamId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<String>,
        /// When.
        at: EventTime,
    }
    /// People under follow-up were assigned to a team by hand, each with the household.
    FollowUpAssigned {
        /// The persons, 1 to 1000.
        persons: Vec<PersonId>,
        /// The team.
        team: TeamId,
        /// When.
        at: EventTime,
    }
}
