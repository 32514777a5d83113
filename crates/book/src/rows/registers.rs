//! Registers: groups and their members, who was where.

use crate::fact::Venue;
use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use serde::{Deserialize, Serialize};

rows! {
    /// A person in a group.
    Membership [(GroupId, PersonId)] "membership" {
        /// The group.
        group_id: GroupId,
        /// Person.
        person_id: PersonId,
        /// Community of the person's home.
        place: PlaceId,
        /// What kind of group it is.
        kind: GroupKind,
        /// Its name.
        name: Option<String>,
        /// Since when, if not always.
        starts: Option<Instant>,
        /// Until when, if it has ended.
        ends: Option<Instant>,
        /// Log position of the fact that said so last.
        seq: i64,
    } key(r) (r.group_id.clone(), r.person_id); groups vec![];

    /// A person at a venue, or in a vehicle. Whole populations: as little as will do.
    CheckIn [(PersonId, Instant, Venue)] "check_in" {
        /// Person.
        person_id: PersonId,
        /// Where.
        venue: Venue,
        /// Community of the person's home.
        place: PlaceId,
        /// Came.
        starts: Instant,
        /// Left, if it is known.
        ends: Option<Instant>,
        /// Seat.
        seat: Option<String>,
    } key(r) (r.person_id, r.starts, r.venue.clone()); groups vec![];
}
