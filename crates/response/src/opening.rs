//! Beginning in the middle: a run that starts from what is known today.
//!
//! The run begins some weeks before today. Until today nothing happens but what is known to have happened: cases are infected, found, isolated, contacts told, zones
//! drawn, each at its time and by the same rules as afterwards, so that beds, zones and schedules stand as they should. Whom the known cases infected besides, and who
//! has not been found yet, is drawn by the physics; as many of them have been found already, only a share is kept.

use crate::time::Time;

/// A case that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownCase {
    /// Who.
    pub person: u32,
    /// When it was infected, days since the run's start; what lies before it counts as its first day.
    pub infected: Time,
    /// When it was sampled.
    pub sampled: Time,
    /// When it was found.
    pub found: Time,
    /// When its contacts were named, if they were.
    pub investigated: bool,
}

/// A contact who is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownContact {
    /// Who.
    pub person: u32,
    /// When it was exposed last.
    pub exposed: Time,
    /// When it was told.
    pub told: Time,
    /// Secondary, not close.
    pub secondary: bool,
}

/// What is known today.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Today, in days since the run's start.
    pub today: u32,
    /// Share of the infections by known cases before today that nobody has found yet.
    pub unfound: f64,
    /// Cases.
    pub cases: Vec<KnownCase>,
    /// Contacts.
    pub contacts: Vec<KnownContact>,
    /// Pooled tubes that wait in laboratories.
    pub tubes_waiting: f64,
}
