//! One person, once (一人一档): two records that are one person go on as one, and can be told apart again.
//!
//! Nothing of the past is rewritten: swabs, results and papers stay with the record under which they were made. What is open goes on
//! under the record that is kept, and so does what is said of the second one later: a list that was printed before the merge, a device
//! that was offline. Only where a correction has opened something about the second record itself, it is answered there.

use crate::act::{Act, Outcome};
use crate::contacts::{CONTACT_DUTIES, REVIEW};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::state::{Count, State};
use crate::table::Group;
use quell_foundation::*;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Why the second record owes nothing any more.
const SAME_PERSON: &str = "goes on under another record of the same person";
/// Papers of a case that was withdrawn: they stay where they are.
const PAPERS: &[DutyKind] = &[DutyKind::ReportCorrection];

macro_rules! about {
    ($($kind:ident)*) => {
        /// The person of a fact that is said of whoever it may be now.
        pub(crate) fn about_whom(fact: &Fact) -> Option<PersonId> {
            match fact {
                $(Fact::$kind(f) => Some(f.person),)*
                _ => None,
            }
        }
        /// The same said of another record.
        pub(crate) fn with_person(mut fact: Fact, person: PersonId) -> Fact {
            match &mut fact {
                $(Fact::$kind(f) => f.person = person,)*
                _ => {}
            }
            fact
        }
    };
}

about! {
    PersonAbsent PersonReturned Registered CaseListed ContactNamed FollowedUp VaccinationStated ProphylaxisGiven ProphylaxisDeclined OrderIssued
    TransferRequested Admitted Observed Released Died
}

/// A pair, the lesser id first.
pub(crate) fn in_order(a: PersonId, b: PersonId) -> (PersonId, PersonId) {
    (a.min(b), a.max(b))
}

/// The fact as it is to be applied: of a second record it is said of the one that was kept.
pub(crate) fn said_of_the_kept<'a>(s: &State, fact: &'a Fact) -> Cow<'a, Fact> {
    // Whoever was merged asks for attention, and is loaded whole.
    let merged = about_whom(fact).and_then(|p| s.persons.known(&p).flatten()).and_then(|p| Some((p.person_id, p.same_as?)));
    match merged {
        Some((gone, kept)) if !is_owed_itself(s, gone) && !is_of_its_past(s, gone, fact) => Cow::Owned(with_person(fact.clone(), kept)),
        _ => Cow::Borrowed(fact),
    }
}

/// Something is open about the second record itself: a correction came after the merge.
fn is_owed_itself(s: &State, gone: PersonId) -> bool {
    s.duties.group(&Group::Person(gone)).iter().any(|d| !PAPERS.contains(&d.kind))
}

/// A follow-up that belongs to a contact record of the second one that was over before the merge: the past is not moved.
fn is_of_its_past(s: &State, gone: PersonId, fact: &Fact) -> bool {
    let Fact::FollowedUp(f) = fact else { return false };
    let over = |c: &Contact| {
        Some(c.contact_id) == f.contact && matches!(c.state, ContactState::Released | ContactState::Converted | ContactState::HandedOver)
    };
    s.contacts.group(&Group::Person(gone)).iter().copied().any(over)
}

impl Act<'_> {
    pub(crate) fn persons_distinct(&mut self, f: &PersonsDistinct) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        if f.person == f.other {
            return Err(itself());
        }
        self.person(f.person)?;
        self.person(f.other)?;
        self.remember_distinct(f.person, f.other, f.at.at, &f.decision);
        Ok(())
    }

    fn remember_distinct(&mut self, a: PersonId, b: PersonId, at: Instant, d: &Decision) {
        let (person_id, other_id) = in_order(a, b);
        let Some(place) = self.s.persons.get(&person_id).map(|p| p.place.clone()) else { return };
        let (reason, decider) = (d.reason.clone(), d.decider.clone());
        self.s.distincts.put(Distinct { person_id, other_id, place, reason, decider, at });
    }

    pub(crate) fn persons_merged(&mut self, f: &PersonsMerged) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let (kept, gone) = self.check_merge(f)?;
        let at = f.at.at;
        let mut moved = Moved::default();
        self.move_case(&kept, &gone, at, &mut moved);
        self.move_contacts(&kept, &gone, at, &mut moved);
        self.move_rosters(&kept, &gone, &f.decision.decider, &mut moved);
        for d in self.open_duties(gone.person_id, DutyKind::ALL).into_iter().filter(|d| !PAPERS.contains(&d.kind)) {
            self.supersede(&d, at, SAME_PERSON);
        }
        self.stand(gone.person_id, if gone.standing == Standing::Dead { Standing::Dead } else { Standing::AtHome }, at);
        self.settle_orders(gone.person_id, at, Some(&f.decision));
        self.show_exposure(gone.person_id);
        if let Some(p) = self.s.persons.get(&gone.person_id).cloned() {
            self.s.persons.put(Person { same_as: Some(f.kept), attention: true, ..p });
        }
        self.s.merges.put(Merge {
            merge_id: f.merge,
            kept: f.kept,
            gone: f.gone,
            place: gone.place,
            reason: f.decision.reason.clone(),
            decider: f.decision.decider.clone(),
            merged_at: at,
            moved,
            undone_at: None,
            undo_reason: None,
            undo_decider: None,
        });
        Ok(())
    }

    /// The two records, if they can be merged in this direction.
    fn check_merge(&self, f: &PersonsMerged) -> Result<(Person, Person), Refusal> {
        if f.kept == f.gone {
            return Err(itself());
        }
        let (kept, gone) = (self.person(f.kept)?, self.person(f.gone)?);
        if self.s.merges.get(&f.merge).is_some() {
            return Err(refuse!("merge.exists", "merge", "this merge exists", "该合并记录已存在"));
        }
        if kept.same_as.is_some() || gone.same_as.is_some() {
            return Err(refuse!(
                "merge.merged",
                "kept",
                "one of the two was merged into another record already: merge with that one",
                "其中一份档案已并入其他档案，请与该档案合并"
            ));
        }
        if !self.s.merges.group(&Group::Person(f.gone)).is_empty() {
            return Err(refuse!(
                "merge.has_others",
                "gone",
                "other records were merged into this one: keep it, and let the other go",
                "已有其他档案并入该档案，请保留该档案、合并另一份"
            ));
        }
        self.check_free_to_go(&kept, &gone)?;
        Ok((kept, gone))
    }

    /// Whoever lies in a bed, is on the way, or waits for a result stays under the record that says so.
    fn check_free_to_go(&self, kept: &Person, gone: &Person) -> Outcome {
        let id = gone.person_id;
        let case_moves = self.active_case(id).is_some() && self.active_case(kept.person_id).is_some();
        let bound = self.open_stay(id).is_some()
            || self.open_transfer(id).is_some()
            || gone.standing == Standing::HomeMonitoring
            || (self.active_case(id).is_some() && !case_moves)
            || (gone.standing == Standing::Dead && kept.standing != Standing::Dead);
        if bound {
            let s = gone.standing;
            let zh = s.zh();
            return Err(refuse!(
                "merge.bound",
                "gone",
                "the second record is {s}: keep that one and let the other go; if both are under care, end one first",
                "第二份档案状态为{zh}，请保留该档案、合并另一份；两份均在管的，请先结束其一"
            ));
        }
        let under_way =
            |r: &&Registration| {
                r.void_seq.is_none()
                    && self.s.tubes.get(&r.tube).is_some_and(|t| {
                        matches!(t.state, TubeState::Open | TubeState::Sealed | TubeState::InTransit | TubeState::Received)
                    })
            };
        if let Some(r) = self.s.registrations.group(&Group::Person(id)).into_iter().find(under_way) {
            let t = &r.tube;
            return Err(refuse!(
                "merge.swab",
                "gone",
                "a swab of the second record is under way in tube {t}: merge when its result is there, or keep this record",
                "第二份档案有样本在采样管 {t} 中待出结果，请待结果后合并，或保留该档案"
            ));
        }
        // A recall or an appeal has its own answer; it is not handed from one name to another.
        let goes_on = |k: &DutyKind| {
            CONTACT_DUTIES.contains(k) || REVIEW.contains(k) || PAPERS.contains(k) || (case_moves && crate::cases::CASE_DUTIES.contains(k))
        };
        if let Some(d) = self.open_duties(id, DutyKind::ALL).into_iter().find(|d| !goes_on(&d.kind)) {
            let (k, zh) = (d.kind, d.kind.zh());
            return Err(refuse!(
                "merge.open",
                "gone",
                "{k} is open about the second record: do that first, or keep this record",
                "第二份档案尚有未办事项“{zh}”，请先办理，或保留该档案"
            ));
        }
        Ok(())
    }

    /// Two cases of one person are one: contacts and links of the second's go to the first's, and it is withdrawn.
    fn move_case(&mut self, kept: &Person, gone: &Person, at: Instant, moved: &mut Moved) {
        let (Some(second), Some(first)) = (self.active_case(gone.person_id), self.active_case(kept.person_id)) else { return };
        let group = Group::Case(second.case_id);
        for c in self.s.contacts.group(&group).into_iter().cloned().collect::<Vec<_>>() {
            moved.case_contacts.push(c.contact_id);
            self.s.contacts.put(Contact { case_id: Some(first.case_id), ..c });
        }
        let between = |l: &Link| [l.source_case, l.target_case].contains(&first.case_id);
        for l in self.s.links.group(&group).into_iter().filter(|l| !between(l)).cloned().collect::<Vec<_>>() {
            moved.links.push(l.link_id);
            self.s.links.put(renamed(l, second.case_id, first.case_id));
        }
        // Only those of whose identification nobody is in charge: else the merge is refused until they are persons.
        for l in self.s.leads.group(&group).into_iter().filter(|l| l.state == LeadState::Open).cloned().collect::<Vec<_>>() {
            moved.leads.push(l.lead_id);
            self.s.leads.put(Lead { case_id: first.case_id, person_id: first.person_id, place: first.place.clone(), ..l });
        }
        moved.case = Some((second.clone(), first.case_id));
        self.withdraw_case(second, at, SAME_PERSON);
    }

    /// The contact records of the second record that are under management go on under the first.
    fn move_contacts(&mut self, kept: &Person, gone: &Person, at: Instant, moved: &mut Moved) {
        let looked_after = self.active_case(kept.person_id).is_some() || matches!(kept.standing, Standing::Dead | Standing::HomeMonitoring);
        for old in self.contacts_in(gone.person_id, &[ContactState::Active, ContactState::Covered]) {
            let covered = self.is_covered(kept.person_id, old.case_id, old.category, old.last_exposure);
            let new = (!looked_after && !covered).then(|| ContactId(self.here().derive(&format!("merged:{}", old.contact_id))));
            moved.contacts.push((old.contact_id, new));
            self.s.contacts.put(Contact { state: ContactState::Dropped, ..old.clone() });
            if let Some(contact_id) = new {
                let (person_id, place) = (kept.person_id, kept.place.clone());
                self.add_contact(Contact { contact_id, person_id, place, state: ContactState::Covered, ..old }, at);
            }
        }
    }

    /// Nobody is owed twice in a round: who was sampled under either record was sampled.
    fn move_rosters(&mut self, kept: &Person, gone: &Person, decider: &str, moved: &mut Moved) {
        let open = self.s.rounds.values().filter(|r| r.state == RoundState::Open);
        let rounds: BTreeSet<RoundId> = open.map(|r| r.round.clone()).collect();
        for round in rounds {
            let sampled = |p: &Person| self.counting_registration(p.person_id, &round).is_some();
            let owed_twice = if sampled(gone) { kept } else { gone };
            if sampled(owed_twice) {
                continue;
            }
            let key = (round.clone(), owed_twice.person_id);
            let on_roster = self.s.roster.group(&Group::Person(owed_twice.person_id)).into_iter().find(|r| r.round == round).cloned();
            if let Some(row) = on_roster.filter(|r| r.waived.is_none() && !r.missed) {
                self.s.count(DutyKind::Sample, &row.place, Some(&round), Count::Superseded, 1);
                self.s.roster.put(Roster { waived: Some(SAME_PERSON.into()), decider: Some(decider.to_owned()), ..row });
                moved.rosters.push(key);
            }
        }
    }

    pub(crate) fn merge_undone(&mut self, f: &MergeUndone) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = f.merge;
        let Some(m) = self.s.merges.get(&id).filter(|m| m.undone_at.is_none()).cloned() else {
            return Err(refuse!("merge.unknown", "merge", "no merge {id} that stands", "没有有效的合并 {id}"));
        };
        let at = f.at.at;
        let p = self.person(m.gone)?;
        self.s.persons.put(Person { same_as: None, ..p });
        self.refresh_attention(m.gone);
        self.give_back_case(&m, at);
        self.give_back_contacts(&m, at, &f.decision);
        self.give_back_rosters(&m);
        self.remember_distinct(m.kept, m.gone, at, &f.decision);
        for p in [m.kept, m.gone] {
            self.settle_orders(p, at, Some(&f.decision));
            self.show_exposure(p);
        }
        self.s.merges.put(Merge {
            undone_at: Some(at),
            undo_reason: Some(f.decision.reason.clone()),
            undo_decider: Some(f.decision.decider.clone()),
            ..m
        });
        Ok(())
    }

    fn give_back_case(&mut self, m: &Merge, at: Instant) {
        let Some((case, first)) = &m.moved.case else { return };
        let free = self.active_case(m.gone).is_none() && self.s.cases.get(&case.case_id).is_some_and(|c| c.state == CaseState::Withdrawn);
        let Some(p) = self.s.persons.get(&m.gone).cloned().filter(|_| free) else { return };
        for d in self.case_duties(case, PAPERS) {
            self.supersede(&d, at, "the merge was undone");
        }
        self.start_case(case.clone(), &p, at);
        if case.reported_at.is_some() {
            self.case_duties(case, &[DutyKind::Report]).iter().for_each(|d| self.supersede(d, at, "reported before the merge"));
        }
        for id in &m.moved.case_contacts {
            if let Some(c) = self.s.contacts.get(id).filter(|c| c.case_id == Some(*first)).cloned() {
                self.s.contacts.put(Contact { case_id: Some(case.case_id), ..c });
            }
        }
        for id in &m.moved.leads {
            if let Some(l) = self.s.leads.get(id).filter(|l| l.case_id == *first).cloned() {
                self.s.leads.put(Lead { case_id: case.case_id, person_id: case.person_id, place: case.place.clone(), ..l });
            }
        }
        for id in &m.moved.links {
            if let Some(l) = self.s.links.get(id).cloned() {
                self.s.links.put(renamed(l, *first, case.case_id));
            }
        }
    }

    /// What has not run out goes on under the record it came from, unless that is a case by now.
    fn give_back_contacts(&mut self, m: &Merge, at: Instant, decision: &Decision) {
        for (old, new) in &m.moved.contacts {
            let managed = |c: &&Contact| matches!(c.state, ContactState::Active | ContactState::Covered);
            if let Some(c) = new.and_then(|id| self.s.contacts.get(&id)).filter(managed).cloned() {
                self.drop_contact(c, at, decision);
            }
            let goes_on = self.active_case(m.gone).is_none()
                && self.s.persons.get(&m.gone).is_some_and(|p| !matches!(p.standing, Standing::Dead | Standing::HomeMonitoring));
            if let Some(c) = self.s.contacts.get(old).filter(|c| c.until.is_some_and(|u| u > at)).cloned().filter(|_| goes_on) {
                self.add_contact(Contact { state: ContactState::Covered, ..c }, at);
            }
        }
    }

    fn give_back_rosters(&mut self, m: &Merge) {
        for key in &m.moved.rosters {
            let open = self.s.rounds.get(&key.0).is_some_and(|r| r.state == RoundState::Open);
            let row = self.s.roster.get(key).filter(|r| r.waived.as_deref() == Some(SAME_PERSON) && !r.missed).cloned();
            let Some(row) = row.filter(|_| open) else { continue };
            if self.counting_registration(key.1, &key.0).is_none() {
                self.s.count(DutyKind::Sample, &row.place, Some(&key.0), Count::Reopened, 1);
                self.s.roster.put(Roster { waived: None, decider: None, ..row });
            }
        }
    }
}

fn itself() -> Refusal {
    refuse!("merge.itself", "gone", "both are the same record", "两者是同一份档案")
}

/// The link with another name for one of its cases.
fn renamed(l: Link, from: CaseId, to: CaseId) -> Link {
    let name = |c: CaseId| if c == from { to } else { c };
    Link { source_case: name(l.source_case), target_case: name(l.target_case), ..l }
}
