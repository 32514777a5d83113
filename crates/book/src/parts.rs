//! What facts are made of besides plain values.

use crate::kinds::{Assistance, CaseState, ContactState, PlaceKind, Sex};
use quell_foundation::*;
use quell_protocol::{ContactCategory, FacilityKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An identity number, as it is kept: never the number itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// HMAC-SHA-256 of the number under the book's key.
    #[schemars(with = "String")]
    pub hash: Hash,
    /// For people to recognise: `500237********1234`.
    pub masked: String,
}

/// Cycle threshold of one target of a PCR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetCt {
    /// The gene, for example `ORF1ab` or `N`.
    pub target: String,
    /// The cycle threshold; absent when nothing was amplified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ct: Option<Ct>,
}

/// A ward of a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ward {
    /// Its code, unique in the facility.
    pub ward: String,
    /// Number of beds; they are numbered from 1.
    pub beds: u32,
}

/// A decision that goes beyond or against a rule: by whom and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The account or office that decided.
    pub decider: String,
    /// Why.
    pub reason: String,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseEnded {
    /// Recovered, died or withdrawn.
    pub state: CaseState,
    /// When.
    pub at: EventTime,
}

/// How a contact record ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactEnded {
    /// Released, converted or dropped.
    pub state: ContactState,
    /// When.
    pub at: EventTime,
}

/// The kind of facility as a kind of place.
pub fn facility_place_kind(kind: FacilityKind) -> Option<PlaceKind> {
    match kind {
        FacilityKind::ShelterHospital => Some(PlaceKind::ShelterHospital),
        FacilityKind::DesignatedHospital => Some(PlaceKind::DesignatedHospital),
        FacilityKind::IsolationSite => Some(PlaceKind::IsolationSite),
        FacilityKind::Home => None,
    }
}

/// Where someone can be checked in: a place of the tree, or a vehicle (written `vehicle:渝A12345`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Venue {
    /// A place.
    Place(PlaceId),
    /// A vehicle on a trip.
    Vehicle(VehicleId),
}

/// What stands before the code of a vehicle. No place has a colon.
const VEHICLE: &str = "vehicle:";

impl fmt::Display for Venue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Venue::Place(p) => p.fmt(f),
            Venue::Vehicle(v) => write!(f, "{VEHICLE}{v}"),
        }
    }
}

impl FromStr for Venue {
    type Err = BadId;
    fn from_str(s: &str) -> Result<Self, BadId> {
        match s.strip_prefix(VEHICLE) {
            Some(v) => VehicleId::new(v).map(Venue::Vehicle),
            None => PlaceId::new(s).map(Venue::Place),
        }
    }
}

impl Serialize for Venue {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Venue {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Venue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Venue".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "The path of a place, or `vehicle:` and the code of a vehicle."})
    }
}

/// One line of a venue's register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInLine {
    /// The person.
    pub person: PersonId,
    /// Came, or got on.
    pub from: EventTime,
    /// Left, or got off, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<EventTime>,
    /// Seat of a vehicle: its row is the last number in it (`12F`, `03车12F`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<String>,
}

/// An answer to a question of the protocol, as it is said and kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AnswerGiven {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text, a choice, a date (ISO 8601), or `unknown`.
    Text(String),
    /// Several choices.
    Choices(Vec<String>),
}

/// What another jurisdiction must know of a person to find them, and no more. The identity number itself is in no book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Particulars {
    /// Name.
    pub name: String,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Day>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where the person lives or stays there, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What another jurisdiction is asked to see to: all that leaves the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// Kind.
    pub about: Assistance,
    /// Number of the case, as the two jurisdictions call it: nobody's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_number: Option<String>,
    /// The person to be found; of an exposure nobody, for the case's name is not needed to look for who was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Particulars>,
    /// The place there, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Category of a contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<ContactCategory>,
    /// Beginning of the exposure, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_exposure: Option<EventTime>,
    /// End of the exposure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_exposure: Option<EventTime>,
    /// What shows it.
    pub evidence: String,
}
