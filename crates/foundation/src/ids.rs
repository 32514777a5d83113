//! Typed ids, so that a tube cannot be mistaken for a box. Short texts lie in the id itself: ids are copied a great deal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;
use std::fmt;
use uuid::Uuid;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not a valid {what}: {why}")]
pub struct BadId {
    /// Which kind of id was wanted.
    pub what: &'static str,
    /// What was given.
    pub given: String,
    /// Which rule it breaks.
    pub why: &'static str,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(s: &str) -> Result<Self, BadId> {
                Uuid::parse_str(s).map(Self).map_err(|_| BadId { what: stringify!($name), given: s.into(), why: "a UUID is expected" })
            }
        }
    };
}

uuid_id!(/// One submission; made by its sender (UUIDv7 recommended).
    SubmissionId);
uuid_id!(/// A natural person, unique in one book.
    PersonId);
uuid_id!(/// A case (感染者).
    CaseId);
uuid_id!(/// A transfer (转运) of one person.
    TransferId);
uuid_id!(/// A stay (收治) of one person in one facility.
    StayId);
uuid_id!(/// A duty (应办事项).
    DutyId);
uuid_id!(/// A contact record: one person exposed to one case.
    ContactId);
uuid_id!(/// A decision that restricts a person (管控决定).
    OrderId);
uuid_id!(/// An appeal against an order (申诉).
    AppealId);
uuid_id!(/// A visit of a case to a place: one stretch of its trajectory (行动轨迹).
    VisitId);
uuid_id!(/// A link between two cases: who infected whom (传播关联).
    LinkId);
uuid_id!(/// Two records found to be one person (合并).
    MergeId);
uuid_id!(/// A message from one book to another (协查函).
    MessageId);
uuid_id!(/// An analysis that was asked for, and what came of it.
    AnalysisId);
uuid_id!(/// Contacts of a case that are not known as persons yet (待核实线索).
    LeadId);

macro_rules! code_id {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(#[schemars(with = "String")] SmolStr);
        impl $name {
            /// Checks and wraps a code: 1 to the maximum length, visible ASCII or CJK, no spaces or control characters.
            pub fn new(s: impl Into<SmolStr>) -> Result<Self, BadId> {
                let s = s.into();
                let bad = |why| BadId { what: stringify!($name), given: s.to_string(), why };
                if s.is_empty() { return Err(bad("it is empty")); }
                if s.len() > $max { return Err(bad(concat!("it is longer than ", $max, " bytes"))); }
                if s.chars().any(|c| c.is_whitespace() || c.is_control()) { return Err(bad("it has a space or a control character")); }
                Ok(Self(s))
            }
            /// The code as text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(s: &str) -> Result<Self, BadId> { Self::new(s) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Self::new(SmolStr::deserialize(d)?).map_err(serde::de::Error::custom)
            }
        }
        impl AsRef<str> for $name { fn as_ref(&self) -> &str { &self.0 } }
        impl std::borrow::Borrow<str> for $name { fn borrow(&self) -> &str { &self.0 } }
    };
}

code_id!(/// A tube's barcode (采样管), unique in one book.
    TubeCode, 40);
code_id!(/// A transport box's code (转运箱).
    BoxCode, 40);
code_id!(/// A screening round (核酸轮次), unique in one book, for example `2022-11-26-1`.
    RoundId, 40);
code_id!(/// A laboratory plate or run.
    PlateId, 60);
code_id!(/// The number by which people know a case (EPID number, 病例编号), unique in one book.
    CaseNumber, 60);
code_id!(/// A vehicle, by plate or fleet number.
    VehicleId, 40);
code_id!(/// A protocol file's id, for example `covid-2022-twenty`.
    ProtocolId, 60);
code_id!(/// A group that people belong to: a class, a team (班级、班组).
    GroupId, 60);
code_id!(/// A follow-up team (随访组), unique in one book.
    TeamId, 60);
code_id!(/// A user's account name.
    AccountId, 60);
code_id!(/// The device a submission came from.
    DeviceId, 80);

/// The operating unit that owns a book: normally a county, by its administrative code (Wushan: 500237).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct BookId(pub i32);

impl fmt::Display for BookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A node of the place tree. The id is the path: segments from the top, joined by dots
/// (`50.500237.101.001.c01.b02.u1.0402`: municipality, county, township, community, compound, building, unit, household),
/// so that "below" is a prefix and every level above is known without a look-up.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct PlaceId(#[schemars(with = "String")] SmolStr);

impl PlaceId {
    /// Checks and wraps a path: at most 120 bytes, segments of ASCII letters, digits, `-` and `_`.
    pub fn new(s: impl Into<SmolStr>) -> Result<Self, BadId> {
        let s = s.into();
        let ok = !s.is_empty()
            && s.len() <= 120
            && s.split('.').all(|seg| !seg.is_empty() && seg.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        if ok {
            Ok(Self(s))
        } else {
            Err(BadId {
                what: "PlaceId",
                given: s.to_string(),
                why: "segments of letters, digits, '-' or '_' joined by dots, at most 120 bytes",
            })
        }
    }
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The place above, if any.
    pub fn parent(&self) -> Option<PlaceId> {
        self.0.rsplit_once('.').map(|(p, _)| PlaceId(p.into()))
    }
    /// How many segments the path has (1 for the top).
    pub fn depth(&self) -> usize {
        self.0.bytes().filter(|b| *b == b'.').count() + 1
    }
    /// The ancestor (or self) with `depth` segments; self when it is no deeper than that.
    pub fn at_depth(&self, depth: usize) -> PlaceId {
        match self.0.match_indices('.').nth(depth.saturating_sub(1)) {
            Some((i, _)) => PlaceId(self.0[..i].into()),
            None => self.clone(),
        }
    }
    /// True if `self` is `other` or lies below it.
    pub fn is_within(&self, other: &PlaceId) -> bool {
        self.0.strip_prefix(other.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
    /// The place below with this segment.
    pub fn child(&self, segment: &str) -> Result<PlaceId, BadId> {
        PlaceId::new(format!("{}.{segment}", self.0))
    }
}

impl fmt::Display for PlaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for PlaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlaceId({})", self.0)
    }
}
impl std::str::FromStr for PlaceId {
    type Err = BadId;
    fn from_str(s: &str) -> Result<Self, BadId> {
        Self::new(s)
    }
}
impl<'de> Deserialize<'de> for PlaceId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(SmolStr::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// The place of a fact in the book: which submission, and which fact of it (from 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FactRef {
    /// The submission.
    pub submission: SubmissionId,
    /// Its position in the submission, from 0.
    pub index: u32,
}

impl FactRef {
    /// An id that follows from this fact alone, so that replaying the fact gives the same id.
    pub fn derive(&self, label: &str) -> Uuid {
        derived_uuid(&[self.submission.0.as_bytes(), &self.index.to_be_bytes(), label.as_bytes()])
    }
}

/// A UUID (version 8, RFC 9562) made of the SHA-256 of length-prefixed parts.
pub fn derived_uuid(parts: &[&[u8]]) -> Uuid {
    let mut h = Sha256::new();
    for p in parts {
        h.update((p.len() as u64).to_be_bytes());
        h.update(p);
    }
    let d: [u8; 32] = h.finalize().into();
    let mut b = [0u8; 16];
    b.copy_from_slice(&d[..16]);
    uuid::Builder::from_custom_bytes(b).into_uuid()
}

/// A SHA-256 hash, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
    /// The hash of several parts, each preceded by its length.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut h = Sha256::new();
        for p in parts {
            h.update((p.len() as u64).to_be_bytes());
            h.update(p);
        }
        Self(h.finalize().into())
    }
}
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}
impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}
impl std::str::FromStr for Hash {
    type Err = BadId;
    fn from_str(s: &str) -> Result<Self, BadId> {
        let bad = || BadId { what: "Hash", given: s.into(), why: "64 hexadecimal digits are expected" };
        if s.len() != 64 || !s.is_ascii() {
            return Err(bad());
        }
        let mut out = [0u8; 32];
        for (i, o) in out.iter_mut().enumerate() {
            *o = u8::from_str_radix(&s[2 * i..2 * i + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(out))
    }
}
impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_is_a_prefix_by_segments() {
        let county = PlaceId::new("50.500237").unwrap();
        let village = PlaceId::new("50.500237.101.001").unwrap();
        assert!(village.is_within(&county));
        assert!(!PlaceId::new("50.5002371").unwrap().is_within(&county));
        assert_eq!(village.at_depth(2), county);
        assert_eq!(village.at_depth(9), village);
        assert_eq!(village.depth(), 4);
    }

    #[test]
    fn hash_round_trips_through_text() {
        let h = Hash::of(b"abc");
        assert_eq!(h.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(h.to_string().parse::<Hash>().unwrap(), h);
    }

    #[test]
    fn bad_codes_say_why() {
        assert!(TubeCode::new("T 1").unwrap_err().to_string().contains("space"));
        assert!(PlaceId::new("a..b").is_err());
    }
}
