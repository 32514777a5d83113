//! What a response did, deed by deed, for whoever writes it down as its offices would. Kept only where it is asked for: it names everyone who is swabbed,
//! the many who are not infected, too, so it costs as much as there are people.

use crate::people::{NumberMap, Stay};
use crate::responder::Responder;
use crate::time::Time;
use std::ops::Range;

/// What a swab is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swab {
    /// A screening round.
    Round,
    /// Everyone of a risk zone.
    Zone,
    /// Outside rounds: the ill, contacts, those of a positive pool, occupations.
    Own,
    /// An exit test of a case.
    Exit,
}

/// Something that was done. People, cases and townships are numbers, in the order of the population and of the cases found.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// A round begins in these townships.
    RoundBegins {
        /// Who takes part.
        townships: Vec<u32>,
    },
    /// The swabs of these people are in one tube.
    Tube {
        /// Whose.
        people: Vec<u32>,
        /// What for.
        swab: Swab,
        /// When its result is there; none if it waits so long that it is thrown away.
        result: Option<Time>,
        /// Cycle threshold, where it is positive.
        ct: Option<f32>,
    },
    /// A case is found.
    Found {
        /// Which, an index into the cases.
        case: u32,
    },
    /// A case was asked for contacts.
    Investigated {
        /// Which.
        case: u32,
    },
    /// A contact is told.
    Told {
        /// Who.
        person: u32,
        /// Whose contact, as far as that is a case.
        case: Option<u32>,
        /// When they met last.
        exposed: Time,
        /// A contact of a contact.
        secondary: bool,
    },
    /// A bed is asked for.
    Wanted {
        /// For whom.
        person: u32,
    },
    /// A bed and a seat are there.
    Rides {
        /// For whom.
        person: u32,
        /// Where to.
        stay: Stay,
    },
    /// The way is not made after all.
    CalledOff {
        /// Whose.
        person: u32,
        /// Where to.
        stay: Stay,
    },
    /// What a person is told to do changes.
    Entered {
        /// Who.
        person: u32,
        /// Until now.
        from: Stay,
        /// From now on.
        to: Stay,
    },
    /// A high-risk zone is drawn around these people.
    ZoneDrawn {
        /// Who lives in it.
        people: Range<u32>,
    },
    /// It is lowered.
    ZoneLowered {
        /// Who lives in it.
        people: Range<u32>,
    },
    /// It is lifted.
    ZoneLifted {
        /// Who lives in it.
        people: Range<u32>,
    },
    /// A compound comes under temporary control.
    Controlled {
        /// Who lives in it.
        people: Range<u32>,
    },
    /// That is over.
    ControlOver {
        /// Who lives in it.
        people: Range<u32>,
    },
    /// An infected person becomes severely ill.
    Severe {
        /// Who.
        person: u32,
    },
}

/// Deeds, and when.
#[derive(Debug, Default)]
pub struct Journal {
    deeds: Vec<(Time, Deed)>,
    /// The case that named a contact who waits to be told.
    named: NumberMap<u32>,
    /// Tubes of the round that is being held that are positive, by their first person: Ct, and when the result is there.
    positive: NumberMap<(f32, Time)>,
}

impl Journal {
    /// All of them in the order of their times; those of the same time as they were done.
    pub fn in_order(mut self) -> Vec<(Time, Deed)> {
        self.deeds.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.deeds
    }
}

impl Responder<'_> {
    /// Keeps a journal from now on.
    #[must_use]
    pub fn writing(mut self) -> Self {
        self.journal = Some(Journal::default());
        self
    }
    /// Whether a journal is kept.
    pub(crate) fn writes(&self) -> bool {
        self.journal.is_some()
    }
    /// Writes down what is done at a time, if a journal is kept.
    #[inline]
    pub(crate) fn write(&mut self, at: Time, deed: impl FnOnce() -> Deed) {
        if let Some(journal) = &mut self.journal {
            journal.deeds.push((at, deed()));
        }
    }
    /// Remembers that a tube of the round is positive.
    pub(crate) fn write_positive(&mut self, first: u32, ct: f32, result: Time) {
        if let Some(journal) = &mut self.journal {
            journal.positive.insert(first, (ct, result));
        }
    }
    /// The positive tubes of the round, which are forgotten with this.
    pub(crate) fn written_positive(&mut self) -> NumberMap<(f32, Time)> {
        self.journal.as_mut().map(|j| std::mem::take(&mut j.positive)).unwrap_or_default()
    }
    /// Remembers whose contact somebody is until they are told.
    #[inline]
    pub(crate) fn write_named(&mut self, person: u32, case: Option<u32>) {
        if let (Some(journal), Some(case)) = (&mut self.journal, case) {
            journal.named.insert(person, case);
        }
    }
    /// Writes down that a contact is told.
    #[inline]
    pub(crate) fn write_told(&mut self, at: Time, person: u32, exposed: Time, secondary: bool) {
        if let Some(journal) = &mut self.journal {
            let case = journal.named.get(&person).copied().filter(|_| !secondary);
            journal.deeds.push((at, Deed::Told { person, case, exposed, secondary }));
        }
    }
}
