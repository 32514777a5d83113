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

    /// An event at which people met; its participants are memberships of the same code.
    Event [GroupId] "event" {
        /// The event.
        event: GroupId,
        /// Its name.
        name: String,
        /// What kind of event it was.
        kind: EventKind,
        /// Where, if it is a listed place.
        venue: Option<PlaceId>,
        /// Community of that place; without one the root of the book. Whoever may see a participant sees the event too.
        place: PlaceId,
        /// What else is known of it.
        description: Option<String>,
        /// From when.
        starts: Instant,
        /// To when.
        ends: Instant,
        /// How many people were there, if it is known.
        expected: Option<i32>,
        /// When it was said last.
        listed_at: Instant,
        /// Withdrawn.
        withdrawn_at: Option<Instant>,
        /// Why.
        reason: Option<String>,
        /// By whom.
        decider: Option<String>,
    } key(r) r.event.clone(); groups vec![];

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
