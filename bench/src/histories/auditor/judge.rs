//! May this be said? The rules of refusal, from what the facts and refusals say of themselves.

use super::Auditor;
use super::known::*;
use crate::histories::world::{ROOT, SENDER, place};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{QuestionPart, TubeMode, TubeQuestion, TubeRule, ZoneLevel};
use std::collections::BTreeSet;

/// Why not, shortly.
pub type Verdict = Result<(), &'static str>;

/// Refused with this reason unless the condition holds.
pub(super) fn need(condition: bool, otherwise: &'static str) -> Verdict {
    if condition { Ok(()) } else { Err(otherwise) }
}

pub(super) fn said(text: &str) -> bool {
    !text.trim().is_empty()
}

impl Auditor {
    /// Whether the book must take this fact, as fact `index` of a submission whose first facts are known already.
    pub(super) fn judge(&self, fact: &Fact, opened_here: &BTreeSet<RoundId>) -> Verdict {
        if let Some(at) = at_of(fact) {
            need(at <= self.now.plus(Span::days(1)), "more than a day in the future")?;
        }
        let k = &self.known;
        match fact {
            Fact::PlaceListed(f) => need(said(&f.name), "no name"),
            Fact::PersonListed(f) => {
                need(said(&f.name), "no name")?;
                need(f.home.is_within(&place(ROOT)), "home outside the book")?;
                // Of what the keeper says of a person again only the telephone is ever another.
                let replaces = k.people.get(&f.person).is_some_and(|old| old.phone.is_some() && old.phone != f.phone);
                need(!replaces || f.seen.is_some_and(|n| Some(&n) >= k.listed.get(&f.person)), "unseen")
            }
            Fact::RoundOpened(f) => self.judge_round(f),
            Fact::RoundClosed(f) => need(k.rounds.get(&f.round).is_some_and(|r| r.closed.is_none()), "unknown or closed"),
            Fact::RosterWaived(f) => self.judge_waiver(f),
            Fact::Registered(f) => self.judge_swab(f, opened_here),
            Fact::RegistrationVoided(f) => {
                need(said(&f.reason), "no reason")?;
                need(k.swab(&f.tube, f.person).is_some(), "not in the tube")
            }
            Fact::RegistrationReassigned(f) => {
                need(said(&f.reason), "no reason")?;
                need(self.was_in(&f.tube, f.from), "not in the tube")?;
                need(k.people.contains_key(&f.to), "unknown person")?;
                need(k.swab(&f.tube, f.to).is_none(), "in the tube already")
            }
            Fact::TubeSealed(f) => need(k.tubes.get(&f.tube).is_some_and(|t| t.state() == TubeState::Open), "not open"),
            Fact::TubeSpoilt(f) => self.judge_end(&f.tube, &f.reason),
            Fact::TubeLost(f) => self.judge_end(&f.tube, &f.reason),
            Fact::BoxPacked(f) => self.judge_box(f),
            Fact::HandedOver(f) => self.judge_hand_over(f),
            Fact::Received(f) => self.judge_intake(f),
            Fact::PlateRead(f) => {
                need(self.is_laboratory(&f.laboratory), "no laboratory")?;
                need(!k.plates.contains_key(&f.plate), "read before")
            }
            Fact::ResultRead(f) => self.judge_result(f),
            Fact::ResultCorrected(f) => self.judge_correction(f),
            Fact::CaseListed(f) => {
                need(k.people.contains_key(&f.person), "unknown person")?;
                let died = k.cases.iter().any(|c| c.person == f.person && c.state == CaseState::Died);
                need(k.case_of(f.person).is_none() && !died, "a case already")
            }
            Fact::CaseClassified(f) => {
                let case = k.cases.iter().find(|c| c.id == Some(f.case)).ok_or("unknown case")?;
                need(case.state != CaseState::Withdrawn, "withdrawn")?;
                need(f.onset.is_none_or(|o| o.at <= f.at.at), "onset after the classification")
            }
            Fact::ReportFiled(f) => {
                need(said(&f.receipt), "no receipt")?;
                let case = k.cases.iter().position(|c| c.id == Some(f.case)).ok_or("unknown case")?;
                need(self.owes(case, &[DutyKind::Report, DutyKind::ReportCorrection]), "nothing to report")
            }
            Fact::InvestigationFiled(f) => {
                let case = k.cases.iter().position(|c| c.id == Some(f.case)).ok_or("unknown case")?;
                let kind = if f.part == InvestigationPart::Core { DutyKind::InvestigateCore } else { DutyKind::InvestigateFull };
                need(f.decision.as_ref().is_none_or(|d| said(&d.decider) && said(&d.reason)), "no reason")?;
                // Nobody is interviewed in these histories.
                let part = if f.part == InvestigationPart::Core { QuestionPart::Core } else { QuestionPart::Full };
                let asked = self.protocol.questions().iter().any(|q| q.required && q.part == part);
                need(f.decision.is_some() || !asked, "incomplete")?;
                need(self.owes(case, &[kind]), "this part is in already")
            }
            Fact::DutyWaived(f) => {
                need(said(&f.decision.decider) && said(&f.decision.reason), "no reason")?;
                need(self.duties.iter().any(|d| d.id == Some(f.duty) && d.state == DutyState::Open), "no open duty")
            }
            other => {
                let verdict = self.judge_life(other).or_else(|| self.judge_command(other));
                verdict.unwrap_or_else(|| unreachable!("the keeper makes no {}", other.kind()))
            }
        }
    }

    fn judge_round(&self, f: &RoundOpened) -> Verdict {
        need(!self.known.rounds.contains_key(&f.round), "opened before")?;
        need(!f.scope.is_empty() && f.scope.iter().all(|p| p.is_within(&place(ROOT))), "scope")?;
        need(f.due.is_none_or(|d| d.at > f.at.at), "due before it begins")?;
        need(f.pool_size.is_none_or(|n| (1..=20).contains(&n)), "pool size")
    }

    fn judge_waiver(&self, f: &RosterWaived) -> Verdict {
        need(said(&f.reason), "no reason")?;
        let round = self.known.rounds.get(&f.round).ok_or("unknown round")?;
        let (_, excuse) = round.roster.get(&f.person).ok_or("not on the roster")?;
        let over = round.closed.is_some_and(|c| c.seq < self.seq && self.known.counting(&f.round, f.person).is_none())
            && !self.open_again(&f.round, f.person);
        need(excuse.is_none() && !over && self.known.counting(&f.round, f.person).is_none(), "sampled, waived or missed")
    }

    /// True if the person was sampled in a round that is over, and is not any more.
    fn open_again(&self, round: &RoundId, person: PersonId) -> bool {
        let of = |d: &&super::Owed| d.key.kind == DutyKind::Sample && d.key.round.as_ref() == Some(round) && d.key.person == Some(person);
        self.duties.iter().find(of).is_some_and(|d| d.state == DutyState::Open)
    }

    fn judge_swab(&self, f: &Registered, opened_here: &BTreeSet<RoundId>) -> Verdict {
        let k = &self.known;
        need(k.people.contains_key(&f.person), "unknown person")?;
        need(k.places.contains_key(&f.station), "unknown station")?;
        if let Some(id) = &f.round {
            let round = k.rounds.get(id).ok_or("unknown round")?;
            need(!opened_here.contains(id), "the round has no roster yet")?;
            need(round.closed.is_none_or(|c| f.at.at <= c.at), "the round was closed before")?;
            need(f.at.at >= round.starts.plus(Span::days(-1)), "the round began long after")?;
        }
        let rule = self.tube_rule(f.person);
        let Some(t) = k.tubes.get(&f.tube) else {
            let mode = f.mode.ok_or("no mode")?;
            return need(mode <= rule.mode || f.already_swabbed, "wrong mode");
        };
        need(t.round == f.round, "the tube belongs to another round")?;
        need(f.mode.is_none_or(|m| m == t.mode), "another mode")?;
        need(k.swab(&f.tube, f.person).is_none(), "in the tube already")?;
        let in_time = match t.state() {
            TubeState::Open => true,
            TubeState::Sealed | TubeState::InTransit | TubeState::Received => t.closed().is_some_and(|s| f.at.at <= s.at),
            _ => false,
        };
        need(in_time, "the tube is not open")?;
        need(t.mode <= rule.mode || f.already_swabbed, "wrong mode")?;
        let home = k.people.get(&f.person).map(|p| &p.home);
        need(t.household.is_none() || t.household.as_ref() == home || f.already_swabbed, "another household")?;
        need((k.members(&f.tube).len() as u32) < t.capacity || f.already_swabbed, "full")
    }

    fn judge_end(&self, tube: &TubeCode, reason: &str) -> Verdict {
        need(said(reason), "no reason")?;
        need(self.known.tubes.get(tube).is_some_and(TubeSeen::on_its_way), "unknown or ended")
    }

    fn judge_box(&self, f: &BoxPacked) -> Verdict {
        need(!self.known.boxes.contains_key(&f.r#box), "packed before")?;
        need(!f.tubes.is_empty(), "empty")?;
        let mut seen = BTreeSet::new();
        for code in &f.tubes {
            let t = self.known.tubes.get(code).ok_or("unknown tube")?;
            need(t.state() == TubeState::Sealed && t.packed.is_none() && seen.insert(code), "not sealed, or in a box")?;
        }
        Ok(())
    }

    fn judge_hand_over(&self, f: &HandedOver) -> Verdict {
        match (&f.r#box, &f.tube) {
            (Some(b), None) => need(self.known.boxes.contains_key(b), "unknown box"),
            (None, Some(t)) => need(self.known.tubes.contains_key(t), "unknown tube"),
            _ => Err("a box or a tube"),
        }
    }

    fn judge_intake(&self, f: &Received) -> Verdict {
        need(self.is_laboratory(&f.laboratory), "no laboratory")?;
        need(f.condition == Condition::Adequate || f.reason.as_deref().is_some_and(said), "no reason")?;
        need(f.r#box.is_some() || !f.tubes.is_empty(), "a box or tubes")?;
        if let Some(b) = &f.r#box {
            need(self.known.boxes.contains_key(b), "unknown box")?;
        }
        let mut seen = BTreeSet::new();
        for code in self.taken_in(f) {
            let t = self.known.tubes.get(&code).ok_or("unknown tube")?;
            need(matches!(t.state(), TubeState::Open | TubeState::Sealed | TubeState::InTransit), "received or ended")?;
            need(seen.insert(code), "named twice")?;
        }
        Ok(())
    }

    fn judge_result(&self, f: &ResultRead) -> Verdict {
        let t = self.known.tubes.get(&f.tube).ok_or("unknown tube")?;
        need(matches!(t.state(), TubeState::Received | TubeState::Resulted), "not received")?;
        if let Some(p) = &f.plate {
            need(*self.known.plates.get(p).ok_or("unknown plate")?, "controls failed")?;
        }
        self.contradiction(f.result, &f.targets)?;
        let before = t.in_force().and_then(|r| r.plate.as_ref());
        let elsewhere = f.plate.is_some() && f.plate.as_ref() != before;
        match (t.result(), f.result) {
            (None, _) | (_, TestResult::Failed) => Ok(()),
            (Some(was), is) if was == is => need(self.contested(&f.tube) && elsewhere, "the same result"),
            (Some(TestResult::Positive), TestResult::Negative) => need(self.contested(&f.tube) && elsewhere, "positive before"),
            (Some(TestResult::Positive), _) => Err("positive before"),
            (Some(TestResult::Indeterminate), TestResult::Negative) => need(elsewhere, "not another plate"),
            _ => Ok(()),
        }
    }

    fn judge_correction(&self, f: &ResultCorrected) -> Verdict {
        need(said(&f.reason) && said(&f.decider), "no reason")?;
        let t = self.known.tubes.get(&f.tube).ok_or("unknown tube")?;
        let result = t.result().ok_or("no result")?;
        need(f.result != result && f.result != TestResult::Failed, "not another result")?;
        self.contradiction(f.result, &f.targets)?;
        need(f.result != TestResult::Negative || f.decider != SENDER, "one signature")?;
        need(f.result != TestResult::Negative || !self.contested(&f.tube), "waits already")
    }

    /// Many results at once may not be called negative unless each is read again in the same submission.
    pub(super) fn judge_many(&self, facts: &[Fact]) -> Option<usize> {
        let bare = |(i, f): (usize, &Fact)| match f {
            Fact::ResultCorrected(c) if c.result == TestResult::Negative => {
                let again = |r: &Fact| matches!(r, Fact::ResultRead(r) if r.tube == c.tube && r.result == TestResult::Negative);
                (!facts[i..].iter().any(again)).then_some(i)
            }
            _ => None,
        };
        let bare: Vec<usize> = facts.iter().enumerate().filter_map(bare).collect();
        let many = self.protocol.corrections_at_once().is_some_and(|n| bare.len() >= n as usize);
        bare.first().copied().filter(|_| many)
    }

    /// A correction to negative of this tube waits for its repeat.
    pub(super) fn contested(&self, tube: &TubeCode) -> bool {
        let waits = |d: &&super::Owed| d.key.kind == DutyKind::ConfirmCorrection && d.key.tube.as_ref() == Some(tube);
        self.duties.iter().filter(waits).any(|d| d.state == DutyState::Open)
    }

    /// A negative has no target below the cut-off, a positive has one if it names targets at all.
    fn contradiction(&self, result: TestResult, targets: &[TargetCt]) -> Verdict {
        let below = targets.iter().filter_map(|t| t.ct).any(|ct| self.protocol.is_positive_ct(ct));
        match result {
            TestResult::Negative => need(!below, "negative with a Ct"),
            TestResult::Positive => need(below || targets.is_empty(), "positive without a Ct"),
            _ => Ok(()),
        }
    }

    /// The tubes of an intake: those named, or all of the box.
    pub(super) fn taken_in(&self, f: &Received) -> Vec<TubeCode> {
        match &f.r#box {
            Some(b) if f.tubes.is_empty() => self.known.boxes.get(b).cloned().unwrap_or_default(),
            _ => f.tubes.clone(),
        }
    }

    fn is_laboratory(&self, p: &PlaceId) -> bool {
        self.known.places.get(p).is_some_and(|p| p.kind == PlaceKind::Laboratory)
    }

    /// Registered to the tube, or was until it was found out that the swab is somebody's whom nobody knows yet.
    fn was_in(&self, tube: &TubeCode, person: PersonId) -> bool {
        let k = &self.known;
        let nobodys = k.members(tube).is_empty() && k.tubes.get(tube).is_some_and(TubeSeen::alarming);
        k.swab(tube, person).is_some() || nobodys && k.swabs.iter().any(|s| s.tube == *tube && s.person == person)
    }

    fn owes(&self, case: usize, kinds: &[DutyKind]) -> bool {
        self.duties.iter().any(|d| d.key.case == Some(case) && d.state == DutyState::Open && kinds.contains(&d.key.kind))
    }

    /// The tube that the protocol asks for.
    pub fn tube_rule(&self, person: PersonId) -> TubeRule {
        let occupation = self.known.people.get(&person).map(|p| p.occupation).unwrap_or(quell_protocol::OccupationClass::General);
        let zone = self.known.people.get(&person).and_then(|p| self.zone_of(&p.home));
        // A building of its own, or a part of one.
        let building_affected = zone.is_some_and(|z| z.level == ZoneLevel::High && z.place.depth() >= 6);
        let (zone, exposure) = (zone.map(|z| z.level), self.exposure(person));
        self.protocol.tube_rule(&TubeQuestion { zone, building_affected, exposure, occupation })
    }

    /// True if a pool with others that is not negative has called this person back, and that is not done, or no single sample taken since
    /// was read as negative since.
    pub(super) fn is_recalled(&self, person: PersonId) -> bool {
        let owed = |d: &super::Owed| d.key.kind == DutyKind::Recall && d.key.person == Some(person) && d.state == DutyState::Open;
        self.duties.iter().any(owed) || self.recalls(person).any(|(_, from)| !self.cleared(person, from))
    }

    /// True if this pool has called the person back, and no negative single sample has answered since.
    pub(super) fn is_recalled_by(&self, person: PersonId, pool: &TubeCode) -> bool {
        self.recalls(person).any(|(tube, from)| tube == pool && !self.cleared(person, from))
    }

    /// True if a single sample that was taken and read since is negative.
    fn cleared(&self, person: PersonId, from: Told) -> bool {
        let k = &self.known;
        let negative = |s: &Swab| {
            let t = k.tubes.get(&s.tube).filter(|t| t.mode == TubeMode::Single)?;
            let n = t.in_force().filter(|r| r.result == TestResult::Negative)?.mark.n.max(s.mark.n);
            (k.members_at(&s.tube, n) <= 1).then_some(n)
        };
        let mut mine = k.swabs.iter().filter(|s| s.person == person && s.stands());
        mine.any(|s| s.mark.at >= from.at && negative(s).is_some_and(|n| n > from.n))
    }

    /// What has called this person back: pools with others that are not negative.
    fn recalls(&self, person: PersonId) -> impl Iterator<Item = (&TubeCode, Told)> {
        let k = &self.known;
        k.swabs.iter().filter(move |s| s.person == person && s.stands()).flat_map(move |s| {
            let runs = k.tubes.get(&s.tube).into_iter().flat_map(TubeSeen::alarms);
            runs.filter_map(|r| Some((&s.tube, self.alarmed(s, r)?)))
                .filter(|(_, from)| k.members_at(&s.tube, from.n) > 1 && !k.was_case(person, from.n))
                .collect::<Vec<_>>()
        })
    }

    /// When this run began to concern this person. Who is found to be in the tube later is concerned by the run that is in force then.
    pub(super) fn alarmed(&self, s: &Swab, run: &Run) -> Option<Told> {
        let t = self.known.tubes.get(&s.tube)?;
        let overtaken = |r: &Run| (run.mark.n + 1..s.mark.n).contains(&r.mark.n) && r.result != TestResult::Failed;
        (s.reassigned.is_none() || !t.runs.iter().any(overtaken)).then(|| self.concerns(s, run.mark))
    }

    /// When something about a tube began to concern this person: then, or when it was found that the swab is theirs.
    pub(super) fn concerns(&self, s: &Swab, what: Told) -> Told {
        match s.reassigned {
            Some(at) if s.mark.n > what.n => Told { at, ..s.mark },
            _ => what,
        }
    }
}

/// When a fact happened, if it has a time.
pub fn at_of(fact: &Fact) -> Option<Instant> {
    macro_rules! at { ($($kind:ident)+) => { match fact { $(Fact::$kind(f) => Some(f.at.at),)+ _ => None } } }
    at! { PersonAbsent PersonReturned ZoneDesignated ZoneLifted ProtocolAdopted RoundOpened RoundClosed Registered RegistrationVoided
    RegistrationReassigned TubeSealed TubeSpoilt TubeLost BoxPacked HandedOver Received PlateRead ResultRead ResultCorrected CaseListed
    CaseClassified ChannelJudged ReportFiled InvestigationFiled ContactNamed ContactDropped TransferRequested VehicleAssigned PickedUp
    Arrived TransferCalledOff Admitted Observed FollowedUp Discharged Released Died LateHandIn HandInReviewed LaboratoryReviewed }
}
