//! What facts are made of besides plain values.

use crate::kinds::PlaceKind;
use quell_foundation::*;
use quell_protocol::FacilityKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// The kind of facility as a kind of place.
pub fn facility_place_kind(kind: FacilityKind) -> Option<PlaceKind> {
    match kind {
        FacilityKind::ShelterHospital => Some(PlaceKind::ShelterHospital),
        FacilityKind::DesignatedHospital => Some(PlaceKind::DesignatedHospital),
        FacilityKind::IsolationSite => Some(PlaceKind::IsolationSite),
        FacilityKind::Home => None,
    }
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
