//! A fact that may be said is noted: put to what it is about, and nothing else.

use super::Auditor;
use super::care_note::new_case;
use super::judge::at_of;
use super::known::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Severity, TubeMode};
use std::collections::BTreeMap;

impl Auditor {
    /// Notes a fact that was judged.
    pub(super) fn note(&mut self, fact: &Fact) {
        self.known.n += 1;
        let mark = Told { n: self.known.n, seq: self.seq, at: at_of(fact).unwrap_or(self.now) };
        match fact {
            Fact::PlaceListed(f) => drop(self.known.places.insert(f.place.clone(), (**f).clone())),
            Fact::PersonListed(f) => self.note_person(f),
            Fact::RoundOpened(f) => self.note_round(f, mark),
            Fact::RoundClosed(f) => {
                if let Some(r) = self.known.rounds.get_mut(&f.round) {
                    r.closed = Some(mark);
                }
            }
            Fact::RosterWaived(f) => {
                if let Some((_, excuse)) = self.known.rounds.get_mut(&f.round).and_then(|r| r.roster.get_mut(&f.person)) {
                    *excuse = Some(Excuse::Waived(mark));
                }
            }
            Fact::Registered(f) => self.note_swab(f, mark),
            Fact::RegistrationVoided(f) => self.void(&f.tube, f.person, mark),
            Fact::RegistrationReassigned(f) => self.note_reassigned(f, mark),
            Fact::TubeSealed(f) => self.tube(&f.tube, |t| t.sealed = Some(mark)),
            Fact::TubeSpoilt(f) => self.tube(&f.tube, |t| t.ended = Some((mark, TubeState::Spoilt))),
            Fact::TubeLost(f) => self.tube(&f.tube, |t| t.ended = Some((mark, TubeState::Lost))),
            Fact::BoxPacked(f) => {
                self.known.boxes.insert(f.r#box.clone(), f.tubes.clone());
                f.tubes.iter().for_each(|t| self.tube(t, |t| t.packed = Some(f.r#box.clone())));
            }
            Fact::HandedOver(f) => {
                let tubes = match (&f.r#box, &f.tube) {
                    (Some(b), _) => self.known.boxes.get(b).cloned().unwrap_or_default(),
                    (_, t) => t.iter().cloned().collect(),
                };
                for code in tubes {
                    // What is still open has only changed hands.
                    self.tube(&code, |t| {
                        if t.state() == TubeState::Sealed {
                            t.left = Some(mark);
                        }
                    });
                }
            }
            Fact::Received(f) => {
                for code in self.taken_in(f) {
                    self.tube(&code, |t| {
                        // What was still open is closed by its arrival.
                        t.sealed = t.closed().or(Some(mark));
                        match f.condition {
                            Condition::Adequate => t.received = Some((mark, f.laboratory.clone())),
                            Condition::NotAdequate => t.ended = Some((mark, TubeState::Spoilt)),
                        }
                    });
                }
            }
            Fact::PlateRead(f) => drop(self.known.plates.insert(f.plate.clone(), f.positive_control_ok && f.negative_control_ok)),
            Fact::ResultRead(f) => {
                let run = Run { plate: f.plate.clone(), ..self.run(f.result, &f.targets, mark) };
                let takes_back = f.result == TestResult::Negative && self.contested(&f.tube);
                self.note_run(&f.tube, Run { takes_back, ..run });
            }
            // Nobody is released by a word: the next reading decides.
            Fact::ResultCorrected(f) if f.result == TestResult::Negative => self.tube(&f.tube, |t| t.contests.push(mark)),
            Fact::ResultCorrected(f) => {
                let run = self.run(f.result, &f.targets, mark);
                // A negative has asked for nothing that could be taken back; what was asked before it stays.
                let takes_back = self.known.tubes.get(&f.tube).is_some_and(TubeSeen::alarming);
                self.note_run(&f.tube, Run { correction: true, takes_back, ..run });
            }
            Fact::CaseListed(f) => self.note_case(f, mark),
            Fact::CaseClassified(f) => self.note_classified(f, mark),
            Fact::ReportFiled(f) => self.case(f.case, |c| c.reports.push(mark)),
            Fact::InvestigationFiled(f) => self.case(f.case, |c| {
                c.investigated.entry(f.part.as_str()).or_insert(mark);
            }),
            Fact::DutyWaived(f) => {
                self.waived.insert(f.duty);
            }
            other => {
                if !self.note_command(other, mark) {
                    self.note_life(other, mark);
                }
            }
        }
        self.find_cases(mark);
        let single = |s: &&Swab| self.known.tubes.get(&s.tube).is_some_and(|t| t.mode == TubeMode::Single);
        let not_theirs = self.known.swabs.iter().filter(single).find(|s| s.void.is_some_and(|v| v.n == mark.n)).cloned();
        if let Some(swab) = not_theirs {
            self.note_not_theirs(&swab, mark);
        }
    }

    fn tube(&mut self, code: &TubeCode, change: impl FnOnce(&mut TubeSeen)) {
        if let Some(t) = self.known.tubes.get_mut(code) {
            change(t);
        }
    }

    fn case(&mut self, id: CaseId, change: impl FnOnce(&mut CaseSeen)) {
        if let Some(c) = self.known.cases.iter_mut().find(|c| c.id == Some(id)) {
            change(c);
        }
    }

    fn void(&mut self, tube: &TubeCode, person: PersonId, mark: Told) {
        if let Some(s) = self.known.swabs.iter_mut().find(|s| s.tube == *tube && s.person == person && s.stands()) {
            s.void = Some(mark);
        }
    }

    /// Whoever is away, dead or a case is excused from the rounds that are open, unless sampled already.
    pub(super) fn excuse(&mut self, person: PersonId, why: Excuse) {
        let open: Vec<RoundId> = self.known.rounds.iter().filter(|(_, r)| r.closed.is_none()).map(|(id, _)| id.clone()).collect();
        for id in open.into_iter().filter(|id| self.known.counting(id, person).is_none()).collect::<Vec<_>>() {
            if let Some((_, excuse)) = self.known.rounds.get_mut(&id).and_then(|r| r.roster.get_mut(&person)) {
                excuse.get_or_insert(why);
            }
        }
    }

    fn note_round(&mut self, f: &RoundOpened, mark: Told) {
        let due = f.due.map(|d| d.at).or(self.protocol.round_length().map(|l| f.at.at.plus(l))).unwrap_or(f.at.at);
        let (scope, starts, pool_size) = (f.scope.clone(), f.at.at, f.pool_size);
        let round = RoundSeen { scope, starts, due, pool_size, opened: mark, closed: None, roster: BTreeMap::new() };
        self.known.rounds.insert(f.round.clone(), round);
    }

    /// Everyone whose home lies in the scope is on the roster, as things are after the submission that opens the round; cases, people in
    /// isolation and absent people are excluded.
    pub(super) fn make_rosters(&mut self) {
        let k = &self.known;
        let made: Vec<(RoundId, BTreeMap<_, _>)> = k
            .rounds
            .iter()
            .filter(|(_, r)| r.opened.seq == self.seq)
            .map(|(id, r)| {
                let inside = k.people.values().filter(|p| r.scope.iter().any(|s| p.home.is_within(s)));
                let line = |p: &PersonListed| {
                    let out = !matches!(self.standing(p.person), Standing::AtHome | Standing::HomeIsolation);
                    (p.person, (p.home.at_depth(4), out.then_some(Excuse::Waived(r.opened))))
                };
                (id.clone(), inside.map(line).collect())
            })
            .collect();
        for (id, roster) in made {
            if let Some(r) = self.known.rounds.get_mut(&id) {
                r.roster = roster;
            }
        }
    }

    fn note_swab(&mut self, f: &Registered, mark: Told) {
        let rule = self.tube_rule(f.person);
        let home = self.known.people.get(&f.person).map(|p| p.home.clone());
        let pool = f.round.as_ref().and_then(|r| self.known.rounds.get(r)).and_then(|r| r.pool_size);
        let elsewhere = self.protocol.screening.as_ref().map(|s| (s.pool_size.elsewhere.value.0, s.household_max.value.0));
        let (pooled, household) = elsewhere.unwrap_or((1, 1));
        // Where the person is to be pooled, as many as are pooled there.
        let pooled = if rule.mode == TubeMode::Pooled { rule.max_persons } else { pooled };
        let t = self.known.tubes.entry(f.tube.clone()).or_insert_with(|| {
            let mode = f.mode.unwrap_or(rule.mode);
            TubeSeen {
                round: f.round.clone(),
                place: f.station.at_depth(4),
                mode,
                capacity: match mode {
                    TubeMode::Single => 1,
                    TubeMode::Household => household,
                    TubeMode::Pooled => pool.map_or(pooled, |p| p.min(pooled)),
                },
                household: home.filter(|_| mode == TubeMode::Household),
                opened: mark,
                sealed: None,
                packed: None,
                left: None,
                received: None,
                ended: None,
                runs: vec![],
                contests: vec![],
            }
        });
        let wrong_mode = t.mode > rule.mode;
        let place = self.known.community(f.person);
        let swab =
            Swab { tube: f.tube.clone(), person: f.person, round: f.round.clone(), place, mark, reassigned: None, wrong_mode, void: None };
        self.known.swabs.push(swab);
    }

    fn note_reassigned(&mut self, f: &RegistrationReassigned, mark: Told) {
        let Some(from) = self.known.swabs.iter().rev().find(|s| s.tube == f.tube && s.person == f.from).cloned() else { return };
        self.void(&f.tube, f.from, mark);
        let sampled = Told { at: from.mark.at, ..mark };
        let place = self.known.community(f.to);
        let mode = self.known.tubes.get(&f.tube).map(|t| t.mode);
        let wrong_mode = mode.is_some_and(|m| m > self.tube_rule(f.to).mode);
        self.known.swabs.push(Swab { person: f.to, place, mark: sampled, reassigned: Some(mark.at), wrong_mode, void: None, ..from });
    }

    fn note_person(&mut self, f: &PersonListed) {
        let same = |old: &PersonListed| PersonListed { seen: None, ..old.clone() } == PersonListed { seen: None, ..f.clone() };
        if !self.known.people.get(&f.person).is_some_and(same) {
            self.known.listed.insert(f.person, self.seq);
        }
        self.known.people.insert(f.person, f.clone());
    }

    fn run(&self, result: TestResult, targets: &[TargetCt], mark: Told) -> Run {
        let threshold = self.protocol.exit_rule().map(|e| e.ct_at_least);
        let high_ct = targets.iter().filter_map(|t| t.ct).all(|ct| threshold.is_none_or(|x| ct >= x));
        let high_ct = result == TestResult::Negative || (high_ct && !targets.is_empty());
        Run { mark, result, high_ct, plate: None, correction: false, takes_back: false, repeat: false }
    }

    fn note_run(&mut self, code: &TubeCode, run: Run) {
        let max = self.protocol.max_runs() as usize;
        self.tube(code, |t| {
            let (result, mark) = (run.result, run.mark);
            let repeat = t.result() == Some(result);
            t.runs.push(Run { repeat, ..run });
            let runs = t.runs.iter().filter(|r| !r.correction).count();
            if result == TestResult::Failed && t.in_force().is_none() && runs >= max {
                t.ended = Some((mark, TubeState::Spoilt));
            }
        });
    }

    fn note_case(&mut self, f: &CaseListed, mark: Told) {
        let case = new_case(f.person, self.known.community(f.person), mark, (f.classification, f.severity));
        self.begin_case(CaseSeen { id: Some(f.case), ..case }, mark);
    }

    fn note_classified(&mut self, f: &CaseClassified, mark: Told) {
        let Some(i) = self.known.cases.iter().position(|c| c.id == Some(f.case)) else { return };
        if f.classification == Classification::NotACase {
            return self.withdraw(i, mark);
        }
        let c = &mut self.known.cases[i];
        if (c.classification, c.severity) != (f.classification, Some(f.severity)) {
            c.changes.push((mark, "classified"));
        }
        (c.classification, c.severity) = (f.classification, Some(f.severity));
        let (person, active) = (c.person, c.state == CaseState::Active);
        if active {
            self.note_unfit(person, mark);
        }
    }

    /// Cases follow from swabs that are alone in their tube: whoever has a positive one and is no case becomes one, and a case whose tube is not positive or
    /// not the person's any more is withdrawn.
    fn find_cases(&mut self, mark: Told) {
        let positive = |tube: &TubeCode| self.known.tubes.get(tube).is_some_and(|t| t.result() == Some(TestResult::Positive));
        let stands = |tube: &TubeCode, person: PersonId| positive(tube) && self.known.swab(tube, person).is_some();
        let cases = self.known.cases.iter().enumerate();
        let wrong = cases.filter(|(_, c)| c.state != CaseState::Withdrawn && c.tube.as_ref().is_some_and(|t| !stands(t, c.person)));
        for i in wrong.map(|(i, _)| i).collect::<Vec<_>>() {
            self.withdraw(i, mark);
        }
        // Only what this fact has brought: a run, or a person for a swab.
        let read = |t: &TubeSeen| t.runs.iter().any(|r| r.mark.n == mark.n && !r.repeat && r.result != TestResult::Failed);
        let here = |s: &&Swab| s.stands() && (s.mark.n == mark.n || self.known.tubes.get(&s.tube).is_some_and(read));
        let concerned: Vec<Swab> = self.known.swabs.iter().filter(here).cloned().collect();
        for s in concerned {
            let Some((result, mode)) = self.known.tubes.get(&s.tube).and_then(|t| t.result().map(|r| (r, t.mode))) else { continue };
            if self.known.members(&s.tube).len() > 1 {
                continue;
            }
            let died = self.known.cases.iter().any(|c| c.person == s.person && c.state == CaseState::Died);
            if self.known.case_of(s.person).is_some() {
                if mode == TubeMode::Single {
                    self.note_exit_test(&s, mark);
                }
            } else if result == TestResult::Positive && !died {
                let severity = (Classification::Asymptomatic, Some(Severity::Asymptomatic));
                let case = new_case(s.person, self.known.community(s.person), mark, severity);
                self.begin_case(CaseSeen { tube: Some(s.tube.clone()), ..case }, mark);
            }
        }
    }
}
