//! What is compared of one person.

use quell_foundation::{Day, Hash, PlaceId};

/// Sex as written on a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
}

/// What one record says of one person. Only the name is always there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Particulars {
    /// The name as written: characters, pinyin or any other script, with whatever stands around it.
    pub name: String,
    /// Sex.
    pub sex: Option<Sex>,
    /// Date of birth. Where a form knows the year alone it writes 1 January; that is understood.
    pub born: Option<Day>,
    /// Keyed hash of the identity number. Hashes of two kinds of document say nothing about each other: give one kind only.
    pub identity: Option<Hash>,
    /// Telephones, as written.
    pub phones: Vec<String>,
    /// Home, as exactly as the record knows it: a household, or a community only.
    pub home: Option<PlaceId>,
}

impl Particulars {
    /// A record that knows a name only.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
