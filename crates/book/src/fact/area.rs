//! Places, people, zones, the protocol in force.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use quell_protocol::{OccupationClass, PersonTag, ZoneLevel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

facts! {
    /// A place exists (or its name or capacity has changed).
    PlaceListed {
        /// Its path.
        place: PlaceId,
        /// What it is.
        kind: PlaceKind,
        /// Its name.
        name: String,
        /// Its name in English.
        #[serde(default, skip_serializing_if = "Option::is_none")] name_en: Option<String>,
        /// Wards of a facility.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] wards: Vec<Ward>,
    }
    /// A person lives here (or what is known of them has changed).
    PersonListed {
        /// The person.
        person: PersonId,
        /// Full name.
        name: String,
        /// Sex.
        sex: Sex,
        /// Date of birth.
        #[serde(default, skip_serializing_if = "Option::is_none")] born: Option<Day>,
        /// Home: a place of the tree, normally a household.
        home: PlaceId,
        /// Identity number as given; replaced by `identity` before anything is stored.
        #[serde(default, skip_serializing_if = "Option::is_none")] id_number: Option<String>,
        /// Identity number as kept.
        #[serde(default, skip_serializing_if = "Option::is_none")] identity: Option<Identity>,
        /// Telephone.
        #[serde(default, skip_serializing_if = "Option::is_none")] phone: Option<String>,
        /// Occupation, as far as it matters to testing.
        #[serde(default = "general")] occupation: OccupationClass,
        /// What matters about the person.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] tags: BTreeSet<PersonTag>,
        /// Of someone who is listed already: the version that the editor saw (`listed_seq` of the person). Needed to replace what
        /// is known; what nobody has said yet can be added without.
        #[serde(default, skip_serializing_if = "Option::is_none")] seen: Option<i64>,
    }
    /// A person is away from home.
    PersonAbsent {
        /// The person.
        person: PersonId,
        /// Where to.
        destination: String,
        /// Since when.
        at: EventTime,
    }
    /// An absent person is back.
    PersonReturned {
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
    }
    /// A risk zone was drawn.
    ZoneDesignated {
        /// The place: compound, building or unit.
        place: PlaceId,
        /// The level.
        level: ZoneLevel,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// From when.
        at: EventTime,
    }
    /// A risk zone was lifted.
    ZoneLifted {
        /// The place.
        place: PlaceId,
        /// Lifted before the days without a new infection have passed: a decision, for this reason.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] early: bool,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// From when.
        at: EventTime,
    }
    /// The response runs under this protocol from now on.
    ProtocolAdopted {
        /// The protocol.
        protocol: ProtocolId,
        /// SHA-256 of the protocol file.
        #[schemars(with = "String")] content: Hash,
        /// Who decided.
        decider: String,
        /// From when.
        at: EventTime,
    }
}

fn general() -> OccupationClass {
    OccupationClass::General
}
