//! What can happen in a response.

use crate::people::Stay;

/// Why somebody is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Came to a clinic, or lies in a hospital.
    Symptoms,
    /// A contact, by the schedule, or ill under quarantine.
    Contact,
    /// A screening round.
    Round,
    /// Member of a positive pool.
    Recall,
    /// Everyone in a risk zone.
    Zone,
    /// A regular test of an occupation.
    Occupation,
}

/// An event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    /// A case that was known when the run began is found.
    Known { person: u32, sampled: f32, investigated: bool },
    /// First symptom.
    Onset { infection: u32 },
    /// Comes to a clinic.
    Comes { infection: u32 },
    /// Becomes severe.
    Severe { infection: u32 },
    /// Dies.
    Dies { infection: u32 },
    /// A swab of one person into a tube of its own.
    Swab { person: u32, why: Why },
    /// A swab of somebody ill, who is swabbed so many times more if it is negative.
    SwabIll { person: u32, why: Why, again: u8 },
    /// The result of a tube of one's own is positive; where the person was held when it was filled.
    Positive { person: u32, sampled: f32, why: Why, held: Stay },
    /// It is negative, and someone waits for it.
    Negative { person: u32 },
    /// The result of a tube of several is positive.
    PoolPositive { pool: u32 },
    /// A case's zone is drawn.
    ZoneDue { case: u32 },
    /// A case was asked for contacts.
    Investigated { case: u32 },
    /// A contact was told; category 0 is close, 1 secondary.
    Called { person: u32, exposed: f32, category: u8 },
    /// Is brought to a facility, if that is wanted still.
    Arrives { person: u32, serial: u16, stay: Stay },
    /// The next part of a contact's schedule.
    QuarantineStep { person: u32 },
    /// A case's exit test.
    ExitTest { case: u32 },
    /// A case is let go.
    Discharge { case: u32 },
    /// Monitoring after discharge is over.
    MonitoringOver { person: u32, serial: u16 },
    /// Everyone of a zone is tested.
    ZoneTest { zone: u32, serial: u16 },
    /// A zone is lifted or lowered.
    ZoneReview { zone: u32, serial: u16 },
    /// An infected person's regular test at work.
    AtWork { infection: u32 },
    /// Temporary control is over.
    ControlOver { compound: u32 },
}
