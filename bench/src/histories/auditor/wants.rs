//! What ought to be done, by definition: for everything that was said, the duties that it brings, and whether they are done.

use super::Auditor;
use super::known::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Link, TubeMode};

/// What makes a duty this one and no other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Kind.
    pub kind: DutyKind,
    /// The person.
    pub person: Option<PersonId>,
    /// The tube that brought it, or that it is about.
    pub tube: Option<TubeCode>,
    /// The case.
    pub case: Option<usize>,
    /// The round.
    pub round: Option<RoundId>,
    /// The place or account, when it is about one.
    pub subject: Option<String>,
    /// Number of the fact that brought it.
    pub cause: usize,
    /// Which of several that one fact brings.
    pub nth: i64,
}

/// A duty whose cause stands.
#[derive(Debug, Clone)]
pub struct Want {
    /// Which.
    pub key: Key,
    /// Where it is counted.
    pub place: PlaceId,
    /// Since when.
    pub since: Instant,
    /// By when.
    pub due: Option<Instant>,
    /// When it was done.
    pub done: Option<Instant>,
}

pub(super) fn key(kind: DutyKind, cause: usize) -> Key {
    Key { kind, person: None, tube: None, case: None, round: None, subject: None, cause, nth: 0 }
}

impl Auditor {
    pub(super) fn due(&self, since: Instant, link: Link) -> Option<Instant> {
        self.protocol.deadline(link).map(|d| since.plus(d))
    }

    /// Every duty whose cause stands, done or not. `fresh`: with what the last fact brings
    /// only to end it at once.
    pub(super) fn wants(&self, fresh: bool) -> Vec<Want> {
        let mut all = Vec::new();
        self.round_wants(fresh, &mut all);
        for (code, t) in &self.known.tubes {
            self.tube_wants(code, t, fresh, &mut all);
            self.test_wants(code, t, &mut all);
        }
        for s in self.known.swabs.iter().filter(|s| s.stands()) {
            self.swab_wants(s, fresh, &mut all);
        }
        for (i, c) in self.known.cases.iter().enumerate() {
            self.case_wants(i, c, &mut all);
        }
        self.command_wants(&mut all);
        for person in self.known.lives.keys() {
            self.life_wants(*person, fresh, &mut all);
        }
        all
    }

    /// Someone in scope of a round is sampled. Who is excused at its opening has been counted, too: should, and need not.
    fn round_wants(&self, fresh: bool, all: &mut Vec<Want>) {
        for (id, r) in &self.known.rounds {
            for (person, (place, excuse)) in &r.roster {
                let swab = self.known.counting(id, *person);
                let missed = r.closed.is_some_and(|c| {
                    (self.ending || c.seq < self.seq)
                        && !self.known.swabs.iter().any(|s| {
                            s.person == *person
                                && s.round.as_ref() == Some(id)
                                && (s.mark.seq > c.seq || s.void.is_none_or(|v| v.seq > c.seq))
                        })
                });
                let opening = fresh && self.ending && self.seq == r.opened.seq;
                if swab.is_none() && (excuse.is_some() || missed) && !opening {
                    continue;
                }
                let key = Key { person: Some(*person), round: Some(id.clone()), ..key(DutyKind::Sample, r.opened.n) };
                all.push(Want { key, place: place.clone(), since: r.starts, due: Some(r.due), done: swab.map(|s| s.mark.at) });
            }
        }
    }

    /// An open tube is sealed, a sealed one delivered, a received one tested.
    fn tube_wants(&self, code: &TubeCode, t: &TubeSeen, fresh: bool, all: &mut Vec<Want>) {
        let mut push = |kind, cause: usize, since: Instant, due: Option<Instant>, done: Option<Instant>| {
            if due.is_some() && (done.is_some() || t.ended.is_none() || (fresh && cause == self.known.n)) {
                let key = Key { tube: Some(code.clone()), round: t.round.clone(), ..key(kind, cause) };
                all.push(Want { key, place: t.place.clone(), since, due, done });
            }
        };
        let received = t.received.as_ref().map(|(m, _)| *m);
        push(DutyKind::Seal, t.opened.n, t.opened.at, self.due(t.opened.at, Link::Seal), t.closed().map(|m| m.at));
        if let Some(from) = t.closed() {
            push(DutyKind::Deliver, from.n, from.at, self.due(from.at, Link::Deliver), received.map(|m| m.at));
        }
        if let Some(from) = received {
            push(DutyKind::Test, from.n, from.at, self.test_due(t), t.answered().map(|r| r.mark.at));
        }
    }

    /// By when a received tube is to have a result.
    pub fn test_due(&self, t: &TubeSeen) -> Option<Instant> {
        let link = if t.mode == TubeMode::Single { Link::TestSingle } else { Link::TestPooled };
        t.received.as_ref().and_then(|(m, _)| self.due(m.at, link))
    }

    /// A failed run is repeated, and a result that was called negative by hand is read again; a swab that is not negative has an owner.
    fn test_wants(&self, code: &TubeCode, t: &TubeSeen, all: &mut Vec<Want>) {
        for (i, run) in t.runs.iter().enumerate().filter(|(_, r)| r.result == TestResult::Failed) {
            let earlier = t.runs[..i].iter().any(|r| r.result != TestResult::Failed);
            let next = t.runs[i + 1..].iter().find(|r| r.result != TestResult::Failed);
            if !earlier && (next.is_some() || t.ended.is_none()) {
                let key = Key { tube: Some(code.clone()), ..key(DutyKind::Retest, run.mark.n) };
                let due = self.due(run.mark.at, Link::Retest);
                all.push(Want { key, place: t.place.clone(), since: run.mark.at, due, done: next.map(|r| r.mark.at) });
            }
        }
        for contest in &t.contests {
            let next = t.runs.iter().find(|r| r.mark.n > contest.n && r.result != TestResult::Failed);
            if next.is_none_or(|r| r.result == TestResult::Negative) {
                let key = Key { tube: Some(code.clone()), ..key(DutyKind::ConfirmCorrection, contest.n) };
                let due = self.protocol.deadline(Link::Retest).unwrap_or(Span::days(1));
                let (due, done) = (Some(contest.at.plus(due)), next.map(|r| r.mark.at));
                all.push(Want { key, place: t.place.clone(), since: contest.at, due, done });
            }
        }
        self.owner_wants(code, t, all);
    }

    /// A swab that is not negative has an owner.
    fn owner_wants(&self, code: &TubeCode, t: &TubeSeen, all: &mut Vec<Want>) {
        let said = || t.runs.iter().rev().filter(|r| r.result != TestResult::Failed);
        let alarming = said().take_while(|r| matches!(r.result, TestResult::Positive | TestResult::Indeterminate)).last();
        let swabs = || self.known.swabs.iter().filter(|s| s.tube == *code);
        let Some((run, void)) = alarming.map(|r| r.mark).zip(swabs().filter_map(|s| s.void).max_by_key(|m| m.n)) else { return };
        let from = if void.n > run.n { void } else { run };
        let owner = swabs().find(|s| s.stands() && s.mark.n > from.n).and_then(|s| s.reassigned);
        if self.known.members_at(code, from.n) == 0 && (owner.is_some() || self.known.members(code).is_empty()) {
            let key = Key { tube: Some(code.clone()), ..key(DutyKind::IdentifySwab, from.n) };
            all.push(Want { key, place: t.place.clone(), since: from.at, due: self.due(from.at, Link::Recall), done: owner });
        }
    }

    /// What a swab brings its person: a result, or another swab.
    fn swab_wants(&self, s: &Swab, fresh: bool, all: &mut Vec<Want>) {
        let Some(t) = self.known.tubes.get(&s.tube) else { return };
        let about = |kind, cause| Key { person: Some(s.person), tube: Some(s.tube.clone()), ..key(kind, cause) };
        let answered = t.answered().map(|r| r.mark.at);
        if answered.is_some() || t.ended.is_none() || (fresh && s.mark.n == self.known.n) {
            let key = Key { round: t.round.clone(), ..about(DutyKind::Result, s.mark.n) };
            let due = self.test_due(t).or(t.closed().and_then(|m| self.due(m.at, Link::Deliver))).or(self.due(t.opened.at, Link::Seal));
            all.push(Want { key, place: t.place.clone(), since: s.mark.at, due, done: answered });
        }
        let mut again = |kind, link, from: Told| {
            let first = about(kind, from.n);
            let later = std::iter::successors(self.known.again.get(&first), |w| self.known.again.get(&about(kind, w.n))).copied();
            for from in [from].into_iter().chain(later) {
                if self.known.death(s.person).is_some_and(|died| died < from.n) {
                    return;
                }
                let asked = self.known.asked(s.person, from.at, from.n);
                if asked != Asked::Overtaken || (fresh && from.n == self.known.n) {
                    let done = if let Asked::Done(at) = asked { Some(at) } else { None };
                    all.push(Want { key: about(kind, from.n), place: s.place.clone(), since: from.at, due: self.due(from.at, link), done });
                }
            }
        };
        if let Some((m, _)) = t.ended {
            again(DutyKind::Resample, Link::Resample, self.concerns(s, m));
        }
        if s.wrong_mode {
            again(DutyKind::Resample, Link::Resample, Told { at: s.reassigned.unwrap_or(s.mark.at), ..s.mark });
        }
        for run in t.alarms() {
            let Some(from) = self.alarmed(s, run) else { continue };
            let pool = self.known.members_at(&s.tube, from.n) > 1;
            match (pool, run.result) {
                _ if self.known.was_case(s.person, from.n) => {}
                (false, TestResult::Indeterminate) => again(DutyKind::Resample, Link::Resample, from),
                (false, _) => {}
                _ => again(DutyKind::Recall, Link::Recall, from),
            }
        }
    }

    /// A case is reported and investigated, its changes and its end are reported too.
    fn case_wants(&self, i: usize, c: &CaseSeen, all: &mut Vec<Want>) {
        let about = |kind, cause| Key { person: Some(c.person), case: Some(i), ..key(kind, cause) };
        let alive = c.state != CaseState::Withdrawn;
        let mut push = |kind, from: Told, link, done: Option<Told>, holds: bool| {
            if holds || done.is_some() {
                let due = self.due(from.at, link);
                all.push(Want { key: about(kind, from.n), place: c.place.clone(), since: from.at, due, done: done.map(|m| m.at) });
            }
        };
        push(DutyKind::Report, c.found, Link::StatutoryReport, c.reports.first().copied(), alive);
        let part = |p: InvestigationPart| c.investigated.get(p.as_str()).copied();
        push(DutyKind::InvestigateCore, c.found, Link::CoreInvestigation, part(InvestigationPart::Core), alive);
        push(DutyKind::InvestigateFull, c.found, Link::FullInvestigation, part(InvestigationPart::Full), alive);
        for (m, _) in c.changes.iter().filter(|(m, _)| c.reports.iter().any(|r| r.n < m.n)) {
            let done = c.reports.iter().find(|r| r.n > m.n).copied();
            push(DutyKind::ReportCorrection, *m, Link::ReportCorrection, done, true);
        }
        if let Some(m) = c.entry {
            let done = c.reports.iter().find(|r| r.n > m.n).map(|r| r.at);
            // What was never reported needs no correction when it was none.
            if done.is_some() || alive || !c.reports.is_empty() {
                let key = Key { nth: 1, ..about(DutyKind::ReportCorrection, m.n) };
                all.push(Want { key, place: c.place.clone(), since: m.at, due: self.due(m.at, Link::DischargeEntry), done });
            }
        }
    }
}
