//! What the auditor keeps: the facts that were accepted, sorted by what they are about, and nothing that follows from them.

use super::Key;
use super::command::{HandIn, ZoneSeen};
use super::life::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Severity, TubeMode};
use std::collections::BTreeMap;

/// When a fact was accepted, and its number among all accepted facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Its number, from 1.
    pub n: usize,
    /// Position of its submission in the log.
    pub seq: i64,
    /// When it happened, as its sender says.
    pub at: Instant,
}

/// A person in a tube.
#[derive(Debug, Clone)]
pub struct Swab {
    /// The tube.
    pub tube: TubeCode,
    /// The person.
    pub person: PersonId,
    /// The round.
    pub round: Option<RoundId>,
    /// Community of the person's home.
    pub place: PlaceId,
    /// The fact that says so; `at` is when the person was swabbed.
    pub mark: Told,
    /// When it was found that the swab is this person's, if it was another's at first.
    pub reassigned: Option<Instant>,
    /// It stands in a tube that it should not be in.
    pub wrong_mode: bool,
    /// The fact that says that it is not this person's.
    pub void: Option<Told>,
}

impl Swab {
    /// True if it has not been voided.
    pub fn stands(&self) -> bool {
        self.void.is_none()
    }
    /// True if it stood when fact `n` was said.
    pub fn stood_at(&self, n: usize) -> bool {
        self.mark.n <= n && self.void.is_none_or(|v| v.n > n)
    }
}

/// A run or a correction.
#[derive(Debug, Clone)]
pub struct Run {
    /// The fact.
    pub mark: Told,
    /// What it says.
    pub result: TestResult,
    /// All its targets are at the exit threshold or above (or it is negative).
    pub high_ct: bool,
    /// The plate, if one was named.
    pub plate: Option<PlateId>,
    /// It corrects what was read.
    pub correction: bool,
    /// What was said before it is taken back: by a correction, or by the repeat that bears one out.
    pub takes_back: bool,
    /// It says once more what is in force.
    pub repeat: bool,
}

/// A tube and what was said of it.
#[derive(Debug, Clone)]
pub struct TubeSeen {
    /// Round of its first registration.
    pub round: Option<RoundId>,
    /// Community of the station.
    pub place: PlaceId,
    /// Mode given with the first person.
    pub mode: TubeMode,
    /// Persons it may hold.
    pub capacity: u32,
    /// Household of a household tube.
    pub household: Option<PlaceId>,
    /// First swab.
    pub opened: Told,
    /// Closed.
    pub sealed: Option<Told>,
    /// Packed into this box.
    pub packed: Option<BoxCode>,
    /// Left the station.
    pub left: Option<Told>,
    /// Taken in by a laboratory, fit to be tested.
    pub received: Option<(Told, PlaceId)>,
    /// Not to be tested any more, and why.
    pub ended: Option<(Told, TubeState)>,
    /// Runs and corrections.
    pub runs: Vec<Run>,
    /// Corrections to negative, which change nothing before the tube is read again.
    pub contests: Vec<Told>,
}

impl TubeSeen {
    /// The run or correction in force: the last that says something of the tube.
    pub fn in_force(&self) -> Option<&Run> {
        self.runs.iter().rev().find(|r| r.result != TestResult::Failed)
    }
    /// The first that says something: everyone in the tube has a result since.
    pub fn answered(&self) -> Option<&Run> {
        self.runs.iter().find(|r| r.result != TestResult::Failed)
    }
    /// The result in force.
    pub fn result(&self) -> Option<TestResult> {
        self.in_force().map(|r| r.result)
    }
    /// Where it is on its way.
    pub fn state(&self) -> TubeState {
        match self {
            TubeSeen { ended: Some((_, how)), .. } => *how,
            t if t.in_force().is_some() => TubeState::Resulted,
            TubeSeen { received: Some(_), .. } => TubeState::Received,
            TubeSeen { left: Some(_), .. } => TubeState::InTransit,
            TubeSeen { sealed: Some(_), .. } => TubeState::Sealed,
            _ => TubeState::Open,
        }
    }
    /// Nobody is swabbed into it after this: it was sealed, or it left without.
    pub fn closed(&self) -> Option<Told> {
        self.sealed.or(self.left).or(self.received.as_ref().map(|(m, _)| *m))
    }
    /// The runs that call for more than a negative does and were not corrected since.
    pub fn alarms(&self) -> impl Iterator<Item = &Run> {
        let corrected = self.runs.iter().rposition(|r| r.takes_back).unwrap_or(0);
        self.runs[corrected..].iter().filter(|r| !r.repeat && matches!(r.result, TestResult::Positive | TestResult::Indeterminate))
    }
    /// True while its members wait for a result of it.
    pub fn on_its_way(&self) -> bool {
        matches!(self.state(), TubeState::Open | TubeState::Sealed | TubeState::InTransit | TubeState::Received)
    }
    /// True if the result in force calls for more than a negative does.
    pub fn alarming(&self) -> bool {
        matches!(self.result(), Some(TestResult::Positive | TestResult::Indeterminate))
    }
}

/// What became of a wish for another swab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Not fulfilled.
    Open,
    /// By a swab of this time.
    Done(Instant),
    /// The person became a case.
    Overtaken,
}

/// A round and who was on its roster when it was opened.
#[derive(Debug, Clone)]
pub struct RoundSeen {
    /// The places in scope.
    pub scope: Vec<PlaceId>,
    /// Begin.
    pub starts: Instant,
    /// Deadline.
    pub due: Instant,
    /// Pool size, if smaller.
    pub pool_size: Option<u32>,
    /// The fact that opened it.
    pub opened: Told,
    /// Its end.
    pub closed: Option<Told>,
    /// Who should be sampled, where they are counted, and what excused them.
    pub roster: BTreeMap<PersonId, (PlaceId, Option<Excuse>)>,
}

/// Why someone on a roster need not be sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excuse {
    /// A decision.
    Waived(Told),
    /// What happened to the person, when the round was opened or since.
    Overtaken(Told),
}

/// A case.
#[derive(Debug, Clone)]
pub struct CaseSeen {
    /// Its id, once it is known: of a case that was found by a tube only the book knows it.
    pub id: Option<CaseId>,
    /// The person.
    pub person: PersonId,
    /// Where it is counted.
    pub place: PlaceId,
    /// The tube it was found by.
    pub tube: Option<TubeCode>,
    /// Found.
    pub found: Told,
    /// Classification.
    pub classification: Classification,
    /// Severity.
    pub severity: Option<Severity>,
    /// The last change of classification or severity, or the end, that has to be reported.
    pub changes: Vec<(Told, &'static str)>,
    /// Reports.
    pub reports: Vec<Told>,
    /// Core and full investigation.
    pub investigated: BTreeMap<&'static str, Told>,
    /// State.
    pub state: CaseState,
    /// The recovery or death that has to be entered.
    pub entry: Option<Told>,
    /// When it ended.
    pub ended: Option<Told>,
}

/// Everything that was said.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Facts accepted so far.
    pub n: usize,
    /// Places.
    pub places: BTreeMap<PlaceId, PlaceListed>,
    /// People.
    pub people: BTreeMap<PersonId, PersonListed>,
    /// Which position of the log said last what is known of a person.
    pub listed: BTreeMap<PersonId, i64>,
    /// Rounds.
    pub rounds: BTreeMap<RoundId, RoundSeen>,
    /// Swabs, in the order of the log.
    pub swabs: Vec<Swab>,
    /// Tubes.
    pub tubes: BTreeMap<TubeCode, TubeSeen>,
    /// Boxes.
    pub boxes: BTreeMap<BoxCode, Vec<TubeCode>>,
    /// Plates, and whether their controls were good.
    pub plates: BTreeMap<PlateId, bool>,
    /// Cases.
    pub cases: Vec<CaseSeen>,
    /// Contact records.
    pub contacts: Vec<ContactSeen>,
    /// Ways to a facility.
    pub ways: Vec<WaySeen>,
    /// Stays.
    pub stays: Vec<StaySeen>,
    /// Zones.
    pub zones: Vec<ZoneSeen>,
    /// What revoked accounts handed in.
    pub hand_ins: Vec<HandIn>,
    /// On which day what has had an owner where.
    pub owned: Vec<(Day, DutyKind, PlaceId)>,
    /// Duties that a case had overtaken, and the fact by which it was none: they are owed again since.
    pub again: BTreeMap<Key, Told>,
    /// What has become of people.
    pub lives: BTreeMap<PersonId, Vec<Turn>>,
}

impl Known {
    /// Those in a tube now.
    pub fn members(&self, tube: &TubeCode) -> Vec<&Swab> {
        self.swabs.iter().filter(|s| s.tube == *tube && s.stands()).collect()
    }
    /// The swab of a person in a tube, if it stands.
    pub fn swab(&self, tube: &TubeCode, person: PersonId) -> Option<&Swab> {
        self.swabs.iter().find(|s| s.tube == *tube && s.person == person && s.stands())
    }
    /// The case of a person under management.
    pub fn case_of(&self, person: PersonId) -> Option<&CaseSeen> {
        self.cases.iter().find(|c| c.person == person && c.state == CaseState::Active)
    }
    /// How many were in a tube when fact `n` was said.
    pub fn members_at(&self, tube: &TubeCode, n: usize) -> usize {
        self.swabs.iter().filter(|s| s.tube == *tube && s.stood_at(n)).count()
    }
    /// True if the person was a case under management when fact `n` was said, by a fact before it.
    pub fn was_case(&self, person: PersonId, n: usize) -> bool {
        self.cases.iter().any(|c| c.person == person && c.found.n < n && c.entry.or(c.ended).is_none_or(|e| e.n > n))
    }
    /// The swab by which a person is sampled in a round: the first that stands.
    pub fn counting(&self, round: &RoundId, person: PersonId) -> Option<&Swab> {
        let (_, excuse) = self.rounds.get(round)?.roster.get(&person)?;
        let first = self.swabs.iter().find(|s| s.stands() && s.person == person && s.round.as_ref() == Some(round));
        first.filter(|_| excuse.is_none())
    }
    /// What became of a wish for a single swab of this person, made at `from` by fact `n`: the first that is taken then or later and
    /// recorded since fulfils it; if that is voided, the wish is open again. Whoever becomes a case while it is open is looked after
    /// otherwise, and of a case nothing is asked again; nor of the dead.
    pub fn asked(&self, person: PersonId, from: Instant, mut n: usize) -> Asked {
        let single = |s: &&Swab| self.tubes.get(&s.tube).is_some_and(|t| t.mode == TubeMode::Single);
        loop {
            let swab = self.swabs.iter().filter(single).find(|s| s.person == person && s.mark.at >= from && s.mark.n > n);
            let until = swab.map_or(usize::MAX, |s| s.mark.n);
            let died = self.death(person).unwrap_or(usize::MAX);
            if (n..until).contains(&died) || self.cases.iter().any(|c| c.person == person && (n..until).contains(&c.found.n)) {
                return Asked::Overtaken;
            }
            match swab {
                None => return Asked::Open,
                Some(s) => match s.void {
                    Some(void) if !self.was_case(person, void.n) && died > void.n => n = void.n,
                    _ => return Asked::Done(s.mark.at),
                },
            }
        }
    }
    /// The fact that says that the person died.
    pub fn death(&self, person: PersonId) -> Option<usize> {
        self.lives.get(&person)?.iter().find(|t| t.what == What::Died).map(|t| t.mark.n)
    }
    /// Where a person is counted.
    pub fn community(&self, person: PersonId) -> PlaceId {
        self.people.get(&person).map_or_else(|| super::super::world::place(super::super::world::ROOT), |p| p.home.at_depth(4))
    }
}
