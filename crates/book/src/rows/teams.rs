//! Follow-up teams, and who is with which.

use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use serde::{Deserialize, Serialize};

rows! {
    /// A follow-up team. All of them are held in memory, the ended ones too.
    Team [TeamId] "team" {
        /// Team.
        team_id: TeamId,
        /// The innermost place that holds all it covers.
        place: PlaceId,
        /// Name.
        name: String,
        /// English name.
        name_en: Option<String>,
        /// The places it covers, each with all that lies below.
        places: Vec<PlaceId>,
        /// Who is in it.
        members: Vec<String>,
        /// How many people it can see a day.
        capacity: i32,
        /// State.
        state: TeamState,
        /// Since when it is in this state.
        state_since: Instant,
        /// Why it is absent or was ended.
        reason: Option<String>,
        /// How many people are with it now.
        people: i32,
    } key(r) r.team_id.clone(); groups vec![];

    /// Who sees a person under follow-up: one row a person who is or was.
    FollowUpAssignment [PersonId] "follow_up_assignment" {
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Home.
        home: PlaceId,
        /// The home is a household: who lives in it is seen by one team.
        household: bool,
        /// The team that sees the person now. None: no team that is present covers the home.
        team_id: Option<TeamId>,
        /// The team that the person belongs to: another than the one above while that one is absent.
        own_team: Option<TeamId>,
        /// Someone chose the own team.
        by_hand: bool,
        /// Since when this team sees the person.
        since: Option<Instant>,
        /// The person is under follow-up.
        active: bool,
    } key(r) r.person_id; groups if r.active && r.household { vec![Group::Place(r.home.clone())] } else { vec![] };
}
