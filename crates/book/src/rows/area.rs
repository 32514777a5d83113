//! Places, people, rounds with their rosters, zones.

use super::CalledBack;
use crate::fact::Ward;
use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use quell_protocol::{Exposure, OccupationClass, PersonTag, ZoneLevel};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

rows! {
    /// A node of the place tree; facilities carry their beds.
    Place [PlaceId] "place" {
        /// Path.
        place: PlaceId,
        /// What it is.
        kind: PlaceKind,
        /// Name.
        name: String,
        /// English name.
        name_en: Option<String>,
        /// Wards of a facility, else empty.
        wards: Vec<Ward>,
        /// Beds of a facility in all.
        beds: i32,
        /// Beds taken now.
        occupied: i32,
        /// People on their way with this facility assigned.
        reserved: i32,
    } key(r) r.place.clone(); groups vec![];

    /// A person and where they stand.
    Person [PersonId] "person" {
        /// Person.
        person_id: PersonId,
        /// Home.
        home: PlaceId,
        /// The place of the tally: the community of the home.
        place: PlaceId,
        /// Name.
        name: String,
        /// Sex.
        sex: Sex,
        /// Date of birth.
        born: Option<Day>,
        /// Keyed hash of the identity number.
        identity_hash: Option<Hash>,
        /// Masked identity number.
        identity_masked: Option<String>,
        /// Telephone.
        phone: Option<String>,
        /// Occupation.
        occupation: OccupationClass,
        /// Tags.
        tags: BTreeSet<PersonTag>,
        /// Where the person stands.
        standing: Standing,
        /// Since when.
        standing_since: Option<Instant>,
        /// Destination when absent.
        away_to: Option<String>,
        /// What the person is exposed to, for the tube mode.
        exposure: Exposure,
        /// Pools that have called the person back.
        recalled: BTreeMap<TubeCode, CalledBack>,
        /// True if there is anything open about the person, so that the door must look.
        attention: bool,
        /// The log position of the fact that said what is known of the person.
        listed_seq: i64,
        /// By which people like this one are found ([`quell_matching::keys`]).
        match_keys: Vec<i64>,
        /// This record is a second one of that person, who goes on under the other.
        same_as: Option<PersonId>,
    } key(r) r.person_id; groups vec![];

    /// A screening round.
    Round [RoundId] "round" {
        /// Round.
        round: RoundId,
        /// Name.
        name: String,
        /// Scope.
        scope: Vec<PlaceId>,
        /// Opened.
        starts: Instant,
        /// Deadline.
        due: Instant,
        /// Pool size chosen for this round.
        pool_size: Option<i32>,
        /// State.
        state: RoundState,
        /// Closed.
        closed_at: Option<Instant>,
    } key(r) r.round.clone(); groups vec![];

    /// One person's duty to be sampled in a round. Whether it is done follows from the registrations.
    Roster [(RoundId, PersonId)] "roster" {
        /// Round.
        round: RoundId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Waived or superseded, and why: never sampled.
        waived: Option<String>,
        /// Who decided, when it was a decision.
        decider: Option<String>,
        /// The round was closed before the person was sampled.
        missed: bool,
    } key(r) (r.round.clone(), r.person_id); groups vec![Group::Person(r.person_id)];

    /// A risk zone, drawn at a time.
    Zone [(PlaceId, i64)] "zone" {
        /// Place.
        place: PlaceId,
        /// Log position of the fact that drew it.
        seq: i64,
        /// Level.
        level: ZoneLevel,
        /// From.
        designated_at: Instant,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// Lifted.
        lifted_at: Option<Instant>,
        /// Last infection found in it.
        last_case_at: Option<Instant>,
    } key(r) (r.place.clone(), r.seq); groups vec![Group::Place(r.place.clone())];
}
