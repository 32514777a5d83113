//! The auditor: keeps the facts that were accepted and says, by definition, what the book must say. It shares no decision with the book;
//! where both ask the protocol, they ask for its values.

mod care_judge;
mod care_note;
mod care_wants;
pub mod command;
mod judge;
pub mod known;
pub mod life;
mod note;
mod wants;

pub use judge::at_of;
use known::Known;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::Protocol;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
pub use wants::Key;
use wants::Want;

/// A duty and what became of it.
#[derive(Debug, Clone)]
pub struct Owed {
    /// Which.
    pub key: Key,
    /// Its id, once it is known.
    pub id: Option<DutyId>,
    /// Where it is counted.
    pub place: PlaceId,
    /// Since when.
    pub since: Instant,
    /// By when.
    pub due: Option<Instant>,
    /// The submission that brought it.
    pub opened_seq: i64,
    /// State.
    pub state: DutyState,
    /// The submission that ended it.
    pub ended_seq: Option<i64>,
    /// Number of the fact that ended it.
    pub ended_n: Option<usize>,
    /// Whether it was done in time.
    pub in_time: Option<bool>,
}

/// Of these one is open at a time: one tube asks one person for one more swab, however often it is read; one report corrects whatever has
/// changed before; who has passed the tests is let out once.
const ONE_AT_A_TIME: &[DutyKind] = &[
    DutyKind::Recall,
    DutyKind::Resample,
    DutyKind::ReportCorrection,
    DutyKind::Transfer,
    DutyKind::ExitTest,
    DutyKind::Discharge,
    DutyKind::ReviewContact,
    DutyKind::FollowUp,
    DutyKind::ReviewHandIn,
];

/// Counts of a kind of duty: opened, reopened, discharged, of these in time, waived, superseded.
pub type Counts = [i64; 6];

/// What must become of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Accepted at this position.
    Accepted(i64),
    /// The receipt of the submission at this position once more.
    Repeated(i64),
    /// The id stands for other content.
    IdReused,
    /// Refused because of this fact, and why.
    Refused(usize, &'static str),
}

/// What the auditor knows and has derived.
#[derive(Clone)]
pub struct Auditor {
    /// The rules.
    pub protocol: Arc<Protocol>,
    /// The time.
    pub now: Instant,
    /// Last position of the log.
    pub seq: i64,
    /// The day of the book that is open.
    pub day: Option<Day>,
    /// What was said.
    pub known: Known,
    /// Duties.
    pub duties: Vec<Owed>,
    /// Counts by day, kind, place and round.
    pub tallies: BTreeMap<(Day, DutyKind, PlaceId, String), Counts>,
    waived: BTreeSet<DutyId>,
    covered: BTreeSet<Key>,
    settled: BTreeSet<Key>,
    waived_early: BTreeSet<Key>,
    ending: bool,
    receipts: BTreeMap<SubmissionId, (i64, Arc<[Fact]>)>,
}

impl Auditor {
    /// An auditor of an empty book under this protocol.
    pub fn new(protocol: Arc<Protocol>, now: Instant) -> Self {
        Self {
            protocol,
            now,
            seq: 0,
            day: None,
            known: Known::default(),
            duties: vec![],
            tallies: BTreeMap::new(),
            waived: BTreeSet::new(),
            covered: BTreeSet::new(),
            settled: BTreeSet::new(),
            waived_early: BTreeSet::new(),
            ending: false,
            receipts: BTreeMap::new(),
        }
    }

    /// What must become of a submission by a sender of this place; if it is accepted, it is known from now on.
    pub fn submit(&mut self, id: SubmissionId, scope: &PlaceId, facts: &[Fact]) -> Expected {
        if let Some((seq, before)) = self.receipts.get(&id) {
            return if **before == *facts { Expected::Repeated(*seq) } else { Expected::IdReused };
        }
        let mut next = self.clone();
        next.seq += 1;
        next.day.get_or_insert(self.now.day(UtcOffset::CHINA));
        let mut opened_here = BTreeSet::new();
        let everywhere = scope.as_str() == super::world::ROOT;
        if let Some((i, _)) = facts.iter().enumerate().find(|(_, f)| !everywhere && self.acts_outside(f, scope)) {
            return Expected::Refused(i, "outside the sender's place");
        }
        if let (Some(i), true) = (facts.iter().position(|f| matches!(f, Fact::DayClosed(_))), facts.len() > 1) {
            return Expected::Refused(i, "a close stands alone");
        }
        if let Some(i) = self.judge_many(facts) {
            return Expected::Refused(i, "many corrections at once");
        }
        for (i, fact) in facts.iter().enumerate() {
            if let Err(why) = next.judge(fact, &opened_here) {
                return Expected::Refused(i, why);
            }
            if let Fact::RoundOpened(f) = fact {
                opened_here.insert(f.round.clone());
            }
            next.note(fact);
            next.reconcile(true);
            next.reconcile(false);
        }
        // Rosters are made and closed when the submission is through.
        next.ending = true;
        next.make_rosters();
        next.reconcile(true);
        next.reconcile(false);
        next.ending = false;
        next.receipts.insert(id, (next.seq, facts.into()));
        *self = next;
        Expected::Accepted(self.seq)
    }

    /// Work with samples acts where it is done, all else where its subject is counted.
    fn acts_outside(&self, fact: &Fact, scope: &PlaceId) -> bool {
        let k = &self.known;
        let tube = |t: &TubeCode| k.tubes.get(t).map(|t| t.place.clone());
        let tested = |t: &TubeCode| k.tubes.get(t).and_then(|t| t.received.as_ref()).map(|r| r.1.clone());
        let person = |p: &PersonId| k.people.get(p).map(|p| p.home.at_depth(4));
        let case = |id: &CaseId| k.cases.iter().find(|c| c.id == Some(*id)).map(|c| c.place.clone());
        let places: Vec<Option<PlaceId>> = match fact {
            Fact::PlaceListed(f) => vec![Some(f.place.clone())],
            Fact::PersonListed(f) => vec![Some(f.home.clone())],
            Fact::RoundOpened(f) => f.scope.iter().cloned().map(Some).collect(),
            Fact::RoundClosed(f) => k.rounds.get(&f.round).map(|r| r.scope.iter().cloned().map(Some).collect()).unwrap_or_default(),
            Fact::RosterWaived(f) => vec![k.rounds.get(&f.round).and_then(|r| r.roster.get(&f.person)).map(|r| r.0.clone())],
            Fact::Registered(f) => vec![Some(f.station.clone())],
            Fact::RegistrationVoided(f) => vec![tube(&f.tube)],
            Fact::RegistrationReassigned(f) => vec![tube(&f.tube)],
            Fact::TubeSealed(f) => vec![tube(&f.tube)],
            Fact::TubeSpoilt(f) => vec![tube(&f.tube)],
            Fact::TubeLost(f) => vec![tube(&f.tube)],
            Fact::BoxPacked(f) => f.tubes.iter().map(tube).collect(),
            Fact::HandedOver(f) => {
                let packed = f.r#box.as_ref().and_then(|b| k.boxes.get(b)).and_then(|b| b.first()).and_then(tube);
                vec![packed, f.tube.as_ref().and_then(tube)]
            }
            Fact::Received(f) => vec![Some(f.laboratory.clone())],
            Fact::PlateRead(f) => vec![Some(f.laboratory.clone())],
            Fact::ResultRead(f) => vec![tested(&f.tube)],
            Fact::ResultCorrected(f) => vec![tested(&f.tube)],
            Fact::CaseListed(f) => vec![person(&f.person)],
            Fact::CaseClassified(f) => vec![case(&f.case)],
            Fact::ReportFiled(f) => vec![case(&f.case)],
            Fact::InvestigationFiled(f) => vec![case(&f.case)],
            Fact::DutyWaived(f) => vec![self.duties.iter().find(|d| d.id == Some(f.duty)).map(|d| d.place.clone())],
            other => self.life_acts(other).or_else(|| self.command_acts(other)).unwrap_or_default().into_iter().map(Some).collect(),
        };
        places.into_iter().flatten().any(|p| !p.is_within(scope))
    }

    fn count(&mut self, key: &Key, place: &PlaceId, which: &[usize]) {
        let Some(day) = self.day else { return };
        let round = match key.kind {
            DutyKind::Sample | DutyKind::Result | DutyKind::Seal | DutyKind::Deliver | DutyKind::Test => key.round.as_ref(),
            _ => None,
        };
        let counts = self.tallies.entry((day, key.kind, place.clone(), round.map(ToString::to_string).unwrap_or_default())).or_default();
        which.iter().for_each(|i| counts[*i] += 1);
    }

    /// Compares the duties that ought to be with those there are: what is new is opened, what is done discharged, what has lost its
    /// ground superseded, and what was done by a fact that does not stand any more is open again.
    fn reconcile(&mut self, fresh: bool) {
        let wants = self.wants(fresh);
        let by_key: BTreeMap<&Key, &Want> = wants.iter().map(|w| (&w.key, w)).collect();
        for i in 0..self.duties.len() {
            // What was waived or has lost its ground stays so, but for a place on a roster.
            if matches!(self.duties[i].state, DutyState::Waived | DutyState::Superseded) && self.duties[i].key.kind != DutyKind::Sample {
                continue;
            }
            let d = self.duties[i].clone();
            let want = by_key.get(&d.key).copied();
            let end = match (d.state, want) {
                (DutyState::Open, _) if d.id.is_some_and(|id| self.waived.contains(&id)) => (DutyState::Waived, None),
                (DutyState::Open, _) if self.waived_early.contains(&d.key) => (DutyState::Waived, None),
                (DutyState::Open, Some(w)) => {
                    self.duties[i].due = w.due;
                    let Some(done) = w.done else { continue };
                    (DutyState::Discharged, Some(w.due.is_none_or(|due| done <= due)))
                }
                (DutyState::Open, None) if d.key.kind == DutyKind::Sample && self.excused_by_decision(&d.key) => (DutyState::Waived, None),
                (DutyState::Open, None) => (DutyState::Superseded, None),
                // Missed when the round was closed, and yet sampled before.
                (DutyState::Superseded, Some(Want { done: Some(done), due, .. })) if d.key.kind == DutyKind::Sample => {
                    self.count(&d.key, &d.place, &[1]);
                    (DutyState::Discharged, Some(due.is_none_or(|due| *done <= due)))
                }
                // One exit test at a time.
                (DutyState::Discharged, Some(Want { done: None, .. })) if d.key.kind == DutyKind::ExitTest && self.is_owed(&d.key) => {
                    self.settled.insert(d.key);
                    continue;
                }
                (DutyState::Discharged, Some(Want { done: None, .. })) if self.settled.contains(&d.key) => continue,
                (DutyState::Discharged, Some(Want { done: None, .. })) => {
                    (self.duties[i].state, self.duties[i].ended_seq, self.duties[i].in_time) = (DutyState::Open, None, None);
                    self.count(&d.key, &d.place, &[1]);
                    continue;
                }
                _ => continue,
            };
            self.end(i, end);
        }
        let there: BTreeSet<&Key> = self.duties.iter().map(|d| &d.key).collect();
        let new: Vec<Want> = wants.into_iter().filter(|w| !there.contains(&w.key) && !self.covered.contains(&w.key)).collect();
        for w in new {
            if ONE_AT_A_TIME.contains(&w.key.kind) && w.key.nth == 0 && self.is_owed(&w.key) {
                self.covered.insert(w.key);
            } else {
                self.open(w);
            }
        }
    }

    /// True if a duty that asks for the same is open.
    fn is_owed(&self, key: &Key) -> bool {
        let what = |k: &Key| Key { cause: 0, nth: 0, ..k.clone() };
        self.duties.iter().any(|d| d.state == DutyState::Open && d.key.kind == key.kind && what(&d.key) == what(key))
    }

    fn open(&mut self, w: Want) {
        self.count(&w.key, &w.place, &[0]);
        let due = w.due;
        self.duties.push(Owed {
            key: w.key,
            id: None,
            place: w.place,
            since: w.since,
            due,
            opened_seq: self.seq,
            state: DutyState::Open,
            ended_seq: None,
            ended_n: None,
            in_time: None,
        });
        if let Some(done) = w.done {
            self.end(self.duties.len() - 1, (DutyState::Discharged, Some(due.is_none_or(|due| done <= due))));
        }
    }

    fn end(&mut self, i: usize, (state, in_time): (DutyState, Option<bool>)) {
        let d = &mut self.duties[i];
        (d.state, d.in_time, d.ended_seq, d.ended_n) = (state, in_time, Some(self.seq), Some(self.known.n));
        let (key, place) = (d.key.clone(), d.place.clone());
        match (state, in_time) {
            (DutyState::Discharged, Some(true)) => self.count(&key, &place, &[2, 3]),
            (DutyState::Discharged, _) => self.count(&key, &place, &[2]),
            (DutyState::Waived, _) => self.count(&key, &place, &[4]),
            _ => self.count(&key, &place, &[5]),
        }
    }

    /// What was accepted so far about the people who are named in these differences (p1, p2 …), and about their tubes.
    pub fn story(&self, differences: &[String]) -> Vec<String> {
        let words = differences.iter().flat_map(|d| d.split(|c: char| !c.is_alphanumeric()));
        let people: BTreeSet<PersonId> =
            words.filter_map(|w| Some(PersonId(uuid::Uuid::from_u128(w.strip_prefix('p')?.parse().ok()?)))).collect();
        let tubes = self.known.swabs.iter().filter(|s| people.contains(&s.person)).map(|s| s.tube.to_string());
        let names: BTreeSet<String> = people.iter().map(ToString::to_string).chain(tubes).map(|n| format!("\"{n}\"")).collect();
        let mut said: Vec<_> = self.receipts.values().collect();
        said.sort_by_key(|(seq, _)| *seq);
        let lines =
            said.into_iter().flat_map(|(seq, facts)| facts.iter().map(move |f| (seq, serde_json::to_string(f).unwrap_or_default())));
        lines.filter(|(_, f)| names.iter().any(|n| f.contains(n))).map(|(seq, f)| format!("{seq}: {f}")).collect()
    }

    fn excused_by_decision(&self, key: &Key) -> bool {
        let excuse = key.round.as_ref().and_then(|r| self.known.rounds.get(r)).zip(key.person).and_then(|(r, p)| r.roster.get(&p));
        matches!(excuse, Some((_, Some(known::Excuse::Waived(_)))))
    }
}
