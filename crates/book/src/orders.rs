//! Orders that restrict people (管控决定): each has a reason, evidence, someone who decided, and an end at which it ends by itself;
//! whoever is restricted can appeal, and someone else answers.
//!
//! The order of a contact is the decision of the contact record. That of an infected person is decided by a fact of its own.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{Link, Schedule};

/// No order runs longer: what must go on is decided anew, with its reason. (Set by Quell: no source gives a limit.)
const LONGEST: Span = Span::days(30);

impl Act<'_> {
    fn orders_in_force(&self, person: PersonId) -> Vec<RestrictionOrder> {
        self.s.orders.group(&Group::Person(person)).into_iter().cloned().collect()
    }

    /// The order that a contact record's schedule is; any other of the person's quarantine is replaced by it.
    pub(crate) fn order_quarantine(&mut self, c: &Contact, s: &Schedule, at: Instant) {
        let old = self.orders_in_force(c.person_id).into_iter().filter(|o| o.kind == OrderKind::Quarantine);
        let (same, others): (Vec<_>, Vec<_>) = old.partition(|o| s.confined && o.contact_id == Some(c.contact_id));
        for o in others {
            self.end_order(o, if s.confined { OrderState::Replaced } else { OrderState::Lifted }, at, None);
        }
        let (true, Some(ends), true) = (s.confined, c.until, same.is_empty()) else { return };
        self.s.orders.put(RestrictionOrder {
            order_id: OrderId(self.here().derive(&format!("order:{}", c.contact_id))),
            person_id: c.person_id,
            place: c.place.clone(),
            kind: OrderKind::Quarantine,
            contact_id: Some(c.contact_id),
            case_id: c.case_id,
            evidence: format!("密切接触者登记 contact record {}", c.contact_id),
            reason: c.reason.clone(),
            decider: c.decider.clone(),
            decided_at: c.named_at,
            starts: at,
            site_until: (s.central_days > 0).then(|| self.day_end(c.last_exposure, s.central_days)),
            ends,
            permits: None,
            rule: Some(self.c.protocol.schedule_path(c.category).to_owned()),
            state: OrderState::InForce,
            ended_at: None,
            end_reason: None,
            end_decider: None,
        });
    }

    fn end_order(&mut self, o: RestrictionOrder, how: OrderState, at: Instant, decision: Option<&Decision>) {
        // Past its end it was in force no more, whoever ends it now.
        let (state, ended_at) = if o.ends <= at { (OrderState::Expired, o.ends) } else { (how, at) };
        let (end_reason, end_decider) = decision.map(|d| (d.reason.clone(), d.decider.clone())).unzip();
        self.s.orders.put(RestrictionOrder { state, ended_at: Some(ended_at), end_reason, end_decider, ..o });
    }

    /// Ends the orders that nothing in the book calls for any more.
    pub(crate) fn settle_orders(&mut self, person: PersonId, at: Instant, decision: Option<&Decision>) {
        for o in self.orders_in_force(person) {
            let stands = match o.kind {
                // An infected person is isolated by the order that is there until another one is decided.
                OrderKind::Quarantine => {
                    self.active_case(person).is_some() || self.active_contact(person).is_some_and(|c| o.contact_id == Some(c.contact_id))
                }
                OrderKind::Isolation => self.active_case(person).is_some(),
                OrderKind::Monitoring => self.s.persons.get(&person).is_some_and(|p| p.standing == Standing::HomeMonitoring),
            };
            if !stands {
                self.end_order(o, OrderState::Lifted, at, decision);
            }
        }
    }

    pub(crate) fn order_issued(&mut self, f: &OrderIssued) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let p = self.person(f.person)?;
        if self.s.orders.get(&f.order).is_some() {
            return Err(refuse!("order.exists", "order", "this order exists", "该决定已存在"));
        }
        if f.evidence.trim().is_empty() {
            return Err(refuse!(
                "order.evidence",
                "evidence",
                "nobody is restricted without evidence: name it",
                "限制措施须有依据，请写明"
            ));
        }
        if f.ends.at <= f.starts.at || f.ends.at.since(f.starts.at) > LONGEST {
            return Err(refuse!(
                "order.ends",
                "ends",
                "an order ends after it begins, and at most 30 days later; what must go on is decided anew",
                "决定须有截止时间，且最长 30 天；确需继续的须重新作出决定"
            ));
        }
        let case = self.active_case(f.person);
        let grounds = match f.kind {
            OrderKind::Isolation => case.is_some(),
            OrderKind::Monitoring => p.standing == Standing::HomeMonitoring,
            OrderKind::Quarantine => {
                return Err(refuse!(
                    "order.quarantine",
                    "kind",
                    "quarantine is decided by naming the contact record, which has the exposure and the end",
                    "隔离医学观察由登记密接时决定，请登记密接及其暴露"
                ));
            }
        };
        if !grounds {
            return Err(refuse!(
                "order.grounds",
                "person",
                "nothing in this book calls for it: the person is no case, or not under monitoring",
                "台账中没有采取该措施的依据：该人员不是感染者或不在监测期"
            ));
        }
        for o in self.orders_in_force(f.person) {
            self.end_order(o, OrderState::Replaced, f.at.at, None);
        }
        self.s.orders.put(RestrictionOrder {
            order_id: f.order,
            person_id: f.person,
            place: p.place.clone(),
            kind: f.kind,
            contact_id: None,
            case_id: case.map(|c| c.case_id),
            evidence: f.evidence.clone(),
            reason: f.decision.reason.clone(),
            decider: f.decision.decider.clone(),
            decided_at: f.at.at,
            starts: f.starts.at,
            site_until: None,
            ends: f.ends.at,
            permits: f.permits.clone(),
            rule: None,
            state: OrderState::InForce,
            ended_at: None,
            end_reason: None,
            end_decider: None,
        });
        Ok(())
    }

    pub(crate) fn order_lifted(&mut self, f: &OrderLifted) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = f.order;
        let Some(o) = self.s.orders.get(&id).filter(|o| o.state == OrderState::InForce).cloned() else {
            return Err(refuse!("order.unknown", "order", "no order {id} in force", "没有执行中的决定 {id}"));
        };
        self.lift(o, f.at.at, &f.decision);
        Ok(())
    }

    /// Ends an order with what it rests on: the contact record is dropped, a patient is to be let go.
    fn lift(&mut self, o: RestrictionOrder, at: Instant, decision: &Decision) {
        let contact = o.contact_id.and_then(|id| self.s.contacts.get(&id).cloned());
        self.end_order(o.clone(), OrderState::Lifted, at, Some(decision));
        match contact.filter(|c| matches!(c.state, ContactState::Active | ContactState::Covered)) {
            Some(c) => self.drop_contact(c, at, decision),
            None if self.open_stay(o.person_id).is_some() => self.discharge_now(o.person_id, &o.place, at),
            None => {}
        }
    }

    /// Whoever lies in a bed is discharged now, not when the protocol's days are over.
    fn discharge_now(&mut self, person: PersonId, place: &PlaceId, at: Instant) {
        let Some(soon) = self.c.protocol.deadline(Link::Discharge).map(|d| at.plus(d)) else { return };
        let (later, now): (Vec<_>, Vec<_>) = self.open_duties(person, &[DutyKind::Discharge]).into_iter().partition(|d| d.due > soon);
        later.iter().for_each(|d| self.supersede(d, at, "the order was lifted"));
        if now.is_empty() {
            self.open(DutyKind::Discharge, Link::Discharge, Subject::Person(person), place, at);
        }
    }

    pub(crate) fn appeal_made(&mut self, f: &AppealMade) -> Outcome {
        self.not_future(f.at)?;
        let id = f.order;
        let Some(o) = self.s.orders.get(&id).cloned() else {
            return Err(refuse!("order.unknown", "order", "no order {id} in this book", "台账中没有决定 {id}"));
        };
        if self.s.appeals.get(&f.appeal).is_some() {
            return Err(refuse!("appeal.exists", "appeal", "this appeal exists", "该申诉已存在"));
        }
        if f.by.trim().is_empty() || f.text.trim().is_empty() {
            return Err(refuse!("appeal.text", "text", "an appeal says who appeals, and why", "申诉须写明申诉人和理由"));
        }
        let duty = self.open(DutyKind::AnswerAppeal, Link::AnswerAppeal, Subject::Person(o.person_id), &o.place, f.at.at);
        self.s.appeals.put(Appeal {
            appeal_id: f.appeal,
            order_id: o.order_id,
            person_id: o.person_id,
            place: o.place,
            by: f.by.clone(),
            text: f.text.clone(),
            made_at: f.at.at,
            duty_id: duty,
            state: AppealState::Open,
            answered_at: None,
            answer: None,
            decider: None,
        });
        Ok(())
    }

    pub(crate) fn appeal_answered(&mut self, f: &AppealAnswered) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = f.appeal;
        let Some(a) = self.s.appeals.get(&id).filter(|a| a.state == AppealState::Open).cloned() else {
            return Err(refuse!("appeal.unknown", "appeal", "no open appeal {id}", "没有待答复的申诉 {id}"));
        };
        let order = self.s.orders.get(&a.order_id).cloned();
        let same = |o: &RestrictionOrder| o.decider.trim() == f.decision.decider.trim();
        if order.as_ref().is_some_and(same) {
            return Err(refuse!(
                "appeal.decider",
                "decision",
                "whoever decided the order does not answer the appeal against it; someone else does",
                "申诉不得由原决定人答复，请由他人答复"
            ));
        }
        let open = |d: &&Duty| d.state == DutyState::Open;
        if let Some(d) = a.duty_id.and_then(|d| self.s.duties.get(&d)).filter(open).cloned() {
            self.discharge(&d, f.at.at);
        }
        let state = if f.granted { AppealState::Granted } else { AppealState::Refused };
        let (answer, decider) = (Some(f.decision.reason.clone()), Some(f.decision.decider.clone()));
        self.s.appeals.put(Appeal { state, answered_at: Some(f.at.at), answer, decider, ..a });
        if let Some(o) = order.filter(|o| f.granted && o.state == OrderState::InForce) {
            self.lift(o, f.at.at, &f.decision);
        }
        Ok(())
    }

    /// The time of isolation, monitoring or follow-up at home has run out: it ends without anyone's act. Tests that were not taken stay
    /// owed; nobody is held for them.
    pub(crate) fn time_ran_out(&mut self, f: &TimeRanOut) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        let slack = self.c.protocol.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0));
        let release = self.open_duties(f.person, &[DutyKind::Release]).into_iter().next();
        let contact = self.active_contact(f.person);
        let case = self.active_case(f.person).filter(|_| self.cared_for_at_home(&p));
        let end = match (&contact, p.standing) {
            (Some(c), _) => c.until,
            (None, Standing::HomeMonitoring | Standing::Infected) => release.as_ref().map(|d| d.due.plus(Span(-slack.0))),
            (None, _) => None,
        };
        let Some(end) = end.filter(|e| *e <= f.at.at && self.open_stay(f.person).is_none()) else {
            return Err(refuse!("time.not_over", "person", "no time of this person's at home has run out", "该人员没有到期的居家管理"));
        };
        if let Some(d) = release {
            self.discharge(&d, end.max(d.opened_at));
        }
        self.supersede_all(f.person, &[DutyKind::Isolate], end, "the time has run out");
        self.supersede_all(f.person, crate::follow_up::WATCHING, end, "the time has run out");
        if let Some(t) = self.open_transfer(f.person) {
            self.call_off(t, f.at.at, "the time has run out");
        }
        if matches!(p.standing, Standing::HomeIsolation | Standing::HomeMonitoring) {
            self.stand(f.person, Standing::AtHome, end);
        }
        if let Some(case) = case {
            self.go_home_recovered(case, end);
        }
        if let Some(c) = contact {
            self.release_contact(c, f.at.at, None);
        }
        self.settle_orders(f.person, f.at.at, None);
        self.show_exposure(f.person);
        Ok(())
    }
}
