//! What the loaded rows point to, and the facts will touch.

use super::Needs;
use crate::fact::Fact;
use crate::kinds::{CaseState, Classification, Condition, DutyState, SubjectKind, TestResult};
use crate::same::{about_whom, in_order, with_person};
use crate::state::State;
use crate::table::Group;
use crate::testing::is_alarming;
use quell_foundation::*;
use quell_protocol::TubeMode;
use std::collections::{BTreeMap, BTreeSet};

impl Needs {
    /// What the loaded rows point to and the facts will touch. Call until [`Needs::minus`] leaves nothing.
    pub fn follow(state: &State, facts: &[&Fact]) -> Needs {
        let mut n = Needs::default();
        for fact in facts {
            n.follow_fact(state, fact);
        }
        n.follow_merged(state, facts);
        n.follow_new_members(state, facts);
        n.follow_teams(state, facts);
        n
    }

    /// What is said of a second record is said of the one that was kept, be it merged before or in this batch.
    fn follow_merged(&mut self, s: &State, facts: &[&Fact]) {
        let in_batch: BTreeMap<PersonId, PersonId> =
            facts.iter().filter_map(|f| if let Fact::PersonsMerged(m) = f { Some((m.gone, m.kept)) } else { None }).collect();
        for fact in facts {
            let Some(person) = about_whom(fact) else { continue };
            let before = s.persons.known(&person).flatten().and_then(|p| p.same_as);
            for kept in before.into_iter().chain(in_batch.get(&person).copied()) {
                let fact = with_person((*fact).clone(), kept);
                self.name(&fact);
                self.follow_fact(s, &fact);
                self.follow_person(s, person);
                // The swab can be of a tube that the same batch ends or corrects.
                self.follow_person(s, kept);
                self.follow_open(s, kept);
            }
        }
    }

    /// The tubes of a second record, its case with all that hangs on it, and whoever goes on under the other.
    fn follow_merge(&mut self, s: &State, kept: PersonId, gone: PersonId) {
        self.follow_person(s, kept);
        self.follow_person(s, gone);
        let swabs = s.registrations.loaded_group(&Group::Person(gone));
        self.tubes.extend(swabs.into_iter().map(|r| r.tube.clone()));
        let cases: Vec<CaseId> = s.cases.loaded_group(&Group::Person(gone)).into_iter().map(|c| c.case_id).collect();
        for case in cases {
            self.linked.insert(case);
            self.follow_withdrawal(s, case);
        }
    }

    fn follow_unmerge(&mut self, s: &State, merge: MergeId) {
        let Some(m) = s.merges.get(&merge) else { return };
        self.follow_merge(s, m.kept, m.gone);
        self.distincts.insert(in_order(m.kept, m.gone));
        self.contacts.extend(m.moved.contacts.iter().flat_map(|(old, new)| std::iter::once(*old).chain(*new)));
        self.contacts.extend(&m.moved.case_contacts);
        self.links.extend(&m.moved.links);
        self.leads.extend(&m.moved.leads);
        if let Some((case, _)) = &m.moved.case {
            self.cases.insert(case.case_id);
        }
        m.moved.rosters.iter().for_each(|(round, person)| self.on_roster(round, *person));
        let moved = m.moved.case_contacts.iter().filter_map(|c| s.contacts.known(c).flatten());
        let people: Vec<PersonId> = moved.map(|c| c.person_id).collect();
        people.into_iter().for_each(|p| self.dossier(p));
    }

    /// People who are registered in the same batch to a tube that the batch also ends or corrects.
    fn follow_new_members(&mut self, s: &State, facts: &[&Fact]) {
        let boxes: BTreeSet<&BoxCode> = facts
            .iter()
            .filter_map(|f| match f {
                Fact::Received(f) if f.condition == Condition::NotAdequate => f.r#box.as_ref(),
                _ => None,
            })
            .collect();
        for fact in facts {
            if let Fact::BoxPacked(f) = fact
                && boxes.contains(&f.r#box)
            {
                f.tubes.iter().for_each(|t| self.follow_tube(s, t));
            }
        }
        let mut rounds = Vec::new();
        for fact in facts {
            if let Fact::Registered(f) = fact
                && self.members.contains(&f.tube)
            {
                self.follow_person(s, f.person);
                self.follow_open(s, f.person);
                rounds.extend(f.round.iter().map(|r| (&f.tube, r)));
            }
        }
        for fact in facts {
            if let Fact::RegistrationReassigned(f) = fact {
                rounds.iter().filter(|(t, _)| **t == f.tube).for_each(|(_, r)| self.on_roster(r, f.to));
            }
        }
    }

    fn follow_fact(&mut self, s: &State, fact: &Fact) {
        match fact {
            Fact::Registered(f) if s.loaded_brief(f.person).is_some_and(|p| p.attention) => self.follow_person(s, f.person),
            Fact::RegistrationVoided(f) => self.follow_void(s, &f.tube, f.person),
            Fact::RegistrationReassigned(f) => {
                self.follow_void(s, &f.tube, f.from);
                self.follow_person(s, f.to);
                self.follow_open(s, f.to);
                if let Some(round) = s.tubes.get(&f.tube).and_then(|t| t.round.as_ref()) {
                    self.on_roster(round, f.to);
                }
            }
            Fact::TubeSpoilt(f) => self.follow_tube(s, &f.tube),
            Fact::TubeLost(f) => self.follow_tube(s, &f.tube),
            Fact::ResultRead(f) => self.follow_result(s, f),
            Fact::ResultCorrected(f) => {
                self.follow_tube(s, &f.tube);
                self.follow_withdrawals(s, &f.tube);
            }
            Fact::Received(f) => self.follow_intake(s, f),
            Fact::BoxPacked(_) | Fact::HandedOver(_) => {}
            Fact::CaseClassified(f) => {
                self.follow_case(s, &f.case);
                if f.classification == Classification::NotACase && s.cases.get(&f.case).is_some() {
                    self.follow_withdrawal(s, f.case);
                }
            }
            Fact::ChannelJudged(f) => self.follow_case(s, &f.case),
            Fact::ReportFiled(f) => self.follow_case(s, &f.case),
            Fact::InvestigationFiled(f) => self.follow_case(s, &f.case),
            // An onset changes the care of the case.
            Fact::Interviewed(f) => self.follow_case(s, &f.case),
            Fact::CaseListed(f) => {
                self.follow_person(s, f.person);
                self.follow_open(s, f.person);
                if f.ended.is_some_and(|e| e.state == CaseState::Withdrawn) && s.cases.known(&f.case).flatten().is_some() {
                    self.follow_withdrawal(s, f.case);
                }
            }
            Fact::LeadNoted(f) => self.follow_case(s, &f.case),
            Fact::LeadResolved(f) => self.follow_lead(s, &f.lead),
            Fact::LeadClosed(f) => self.follow_lead(s, &f.lead),
            Fact::ContactNamed(f) => self.follow_person(s, f.person),
            Fact::FollowedUp(f) => self.follow_person(s, f.person),
            Fact::FollowUpAssigned(f) => f.persons.iter().for_each(|p| self.follow_assigned(s, *p)),
            Fact::VaccinationStated(f) => self.follow_person(s, f.person),
            Fact::ProphylaxisGiven(f) => self.follow_person(s, f.person),
            Fact::ProphylaxisDeclined(f) => self.follow_person(s, f.person),
            Fact::TimeRanOut(f) => self.follow_person(s, f.person),
            Fact::OrderIssued(f) => self.follow_person(s, f.person),
            Fact::OrderLifted(f) => self.follow_order(s, &f.order),
            Fact::AppealMade(f) => self.follow_order(s, &f.order),
            Fact::AppealAnswered(f) => {
                if let Some(a) = s.appeals.get(&f.appeal) {
                    self.orders.insert(a.order_id);
                    self.duties.extend(a.duty_id);
                    self.follow_person(s, a.person_id);
                }
            }
            Fact::AssistanceRequested(_) | Fact::AssistanceAnswered(_) | Fact::AssistanceAnswerReceived(_) | Fact::MessageRefused(_) => {
                self.follow_message(s, fact);
            }
            Fact::ContactDropped(f) => {
                if let Some(c) = s.contacts.get(&f.contact) {
                    self.follow_person(s, c.person_id);
                }
            }
            Fact::TransferRequested(f) => self.follow_person(s, f.person),
            Fact::VehicleAssigned(f) => self.follow_transfer(s, &f.transfer),
            Fact::PickedUp(f) => self.follow_transfer(s, &f.transfer),
            Fact::Arrived(f) => self.follow_transfer(s, &f.transfer),
            Fact::TransferCalledOff(f) => self.follow_transfer(s, &f.transfer),
            Fact::PersonAbsent(f) => self.follow_person(s, f.person),
            Fact::PersonReturned(f) => self.follow_person(s, f.person),
            Fact::PersonsMerged(f) => self.follow_merge(s, f.kept, f.gone),
            Fact::MergeUndone(f) => self.follow_unmerge(s, f.merge),
            Fact::Admitted(f) => self.follow_person(s, f.person),
            Fact::Observed(f) => self.follow_person(s, f.person),
            Fact::Released(f) => self.follow_person(s, f.person),
            Fact::Died(f) => self.follow_person(s, f.person),
            Fact::Discharged(f) => {
                if let Some(stay) = s.stays.get(&f.stay) {
                    self.place(&stay.facility);
                    self.follow_person(s, stay.person_id);
                }
            }
            Fact::LaboratoryReviewed(f) => {
                self.duties.extend(s.laboratory_days.values().filter(|d| d.laboratory == f.laboratory).filter_map(|d| d.review));
            }
            Fact::DutyWaived(f) => {
                if let Some(d) = s.duties.get(&f.duty) {
                    if let Some(p) = d.person_id {
                        self.follow_person(s, p);
                    }
                    if d.subject_kind == SubjectKind::Place && d.state == DutyState::Open {
                        self.place_duties.insert(d.place.clone());
                    }
                }
            }
            _ => {}
        }
    }

    /// A negative pool releases its members without a look at them, unless it bears out a correction.
    fn follow_result(&mut self, s: &State, f: &crate::fact::ResultRead) {
        let tube = s.tubes.get(&f.tube);
        let corrected = tube.is_some_and(|t| is_alarming(t.result));
        if f.result != TestResult::Negative || corrected || tube.is_none_or(|t| t.mode != TubeMode::Pooled) {
            self.follow_tube(s, &f.tube);
        }
        if corrected || f.result == TestResult::Positive {
            self.follow_withdrawals(s, &f.tube);
        }
    }

    fn follow_intake(&mut self, s: &State, f: &crate::fact::Received) {
        if f.condition == Condition::NotAdequate {
            let inside = f.r#box.iter().flat_map(|b| s.tubes.group(&Group::Box(b.clone()))).map(|t| t.tube.clone());
            for t in inside.chain(f.tubes.iter().cloned()).collect::<Vec<_>>() {
                self.follow_tube(s, &t);
            }
        }
    }

    /// A registration that is void: what it discharged may be open again.
    fn follow_void(&mut self, s: &State, tube: &TubeCode, person: PersonId) {
        self.follow_tube(s, tube);
        self.follow_withdrawals(s, tube);
        if let Some(round) = s.tubes.get(tube).and_then(|t| t.round.as_ref()) {
            self.on_roster(round, person);
        }
        for r in s.registrations.loaded_group(&Group::Tube(tube.clone())).into_iter().filter(|r| r.person_id == person) {
            self.follow_ended(s, person, r.seq);
        }
    }

    /// What ended at a position of the log may be owed again: of the tubes that have brought it is asked whether they still want it.
    fn follow_ended(&mut self, s: &State, person: PersonId, seq: i64) {
        let ended = s.duties.loaded_group(&Group::Ended(person, seq)).into_iter();
        ended.filter_map(|d| d.tube.as_ref()).for_each(|t| self.whole_tube(t));
        self.ended.insert((person, seq));
        self.follow_open(s, person);
    }

    /// What is open may end in this batch, and be owed again in it.
    fn follow_open(&mut self, s: &State, person: PersonId) {
        let open = s.duties.loaded_group(&Group::Person(person)).into_iter().filter(|d| d.kind.is_sampling());
        open.filter_map(|d| d.tube.as_ref()).for_each(|t| self.whole_tube(t));
    }

    /// A tube whose members the facts will touch.
    fn follow_tube(&mut self, s: &State, tube: &TubeCode) {
        self.whole_tube(tube);
        let members = s.registrations.loaded_group(&Group::Tube(tube.clone()));
        let people: Vec<PersonId> = members.iter().map(|r| r.person_id).collect();
        for p in people {
            self.follow_person(s, p);
        }
    }

    /// The cases that came from a tube, or come from it in this batch, may be withdrawn.
    fn follow_withdrawals(&mut self, s: &State, tube: &TubeCode) {
        for member in s.registrations.loaded_group(&Group::Tube(tube.clone())) {
            self.follow_open(s, member.person_id);
            let cases = s.cases.loaded_group(&Group::Person(member.person_id)).into_iter();
            let of_tube: Vec<CaseId> = cases.filter(|c| c.tube.as_ref() == Some(tube)).map(|c| c.case_id).collect();
            of_tube.into_iter().for_each(|c| self.follow_withdrawal(s, c));
        }
    }

    /// The contacts of a case that may be withdrawn are looked at again; what it overtook may be owed again.
    fn follow_withdrawal(&mut self, s: &State, case: CaseId) {
        self.case_contacts.insert(case);
        if let Some(c) = s.cases.get(&case) {
            self.follow_ended(s, c.person_id, c.opened_seq);
        }
        for c in s.contacts.loaded_group(&Group::Case(case)) {
            self.dossier(c.person_id);
        }
    }

    fn follow_case(&mut self, s: &State, case: &CaseId) {
        if let Some(c) = s.cases.get(case) {
            self.follow_person(s, c.person_id);
        }
    }

    fn follow_lead(&mut self, s: &State, l: &LeadId) {
        if let Some(l) = s.leads.get(l) {
            self.follow_person(s, l.person_id);
        }
    }

    fn follow_order(&mut self, s: &State, o: &OrderId) {
        if let Some(o) = s.orders.get(o) {
            self.follow_person(s, o.person_id);
            self.contacts.extend(o.contact_id);
        }
    }

    fn follow_transfer(&mut self, s: &State, t: &TransferId) {
        if let Some(t) = s.transfers.get(t) {
            self.places.extend(t.facility.iter().cloned());
            self.follow_person(s, t.person_id);
        }
    }

    /// A person with everything about them, and the facilities and zones that a change would touch.
    pub(super) fn follow_person(&mut self, s: &State, p: PersonId) {
        self.dossier(p);
        let group = Group::Person(p);
        for stay in s.stays.loaded_group(&group).into_iter().filter(|x| x.left_at.is_none()) {
            self.place(&stay.facility);
        }
        for t in s.transfers.loaded_group(&group) {
            self.places.extend(t.facility.iter().cloned());
        }
        for c in s.cases.loaded_group(&group).into_iter().filter(|c| c.state == CaseState::Active) {
            self.cases.insert(c.case_id);
        }
        self.cases.extend(s.contacts.loaded_group(&group).into_iter().filter_map(|c| c.case_id));
        for r in s.roster.loaded_group(&group) {
            self.roster.insert((r.round.clone(), p));
        }
        let zones: Vec<PlaceId> = s.zones.values().filter(|z| z.lifted_at.is_none()).map(|z| z.place.clone()).collect();
        self.place_duties.extend(zones);
    }
}
