//! What goes wrong on purpose, so that a rehearsal shows how it is caught, and what has gone wrong so far.

use quell_foundation::*;
use std::collections::BTreeMap;

/// Everything that is staged. Each happens at the first occasion from its time on.
#[derive(Debug, Default)]
pub(super) struct Incidents {
    /// How often each has happened, by name.
    pub happened: BTreeMap<&'static str, u32>,
    /// Registrations of the wrong person, to be put right: when, tube, who was registered, whose swab it is.
    pub bindings: Vec<(Instant, TubeCode, PersonId, PersonId)>,
    /// Tubes that were not in their box, and when they are given up.
    pub missing: Vec<(Instant, TubeCode)>,
    /// A positive that is none.
    pub dispute: Option<Dispute>,
}

/// A single positive that the person doubts: a second sample is taken, and the transfer waits for it.
#[derive(Debug)]
pub(super) struct Dispute {
    /// The tube with the wrong result.
    pub tube: TubeCode,
    /// Whose it is.
    pub person: PersonId,
    /// When it was read.
    pub read_at: Instant,
    /// The second sample.
    pub second: Option<TubeCode>,
    /// The second sample was negative.
    pub cleared: bool,
    /// The first result was corrected.
    pub corrected: bool,
}

impl Incidents {
    pub(super) fn note(&mut self, what: &'static str) {
        *self.happened.entry(what).or_default() += 1;
    }
    pub(super) fn count(&self, what: &'static str) -> u32 {
        self.happened.get(what).copied().unwrap_or(0)
    }
    /// True the first time it is asked, which is noted.
    pub(super) fn first(&mut self, what: &'static str) -> bool {
        let first = self.count(what) == 0;
        if first {
            self.note(what);
        }
        first
    }
}
