//! Contacts (应隔尽隔): naming, the schedule by the last exposure, and its end.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::state::Count;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{ContactCategory, Exposure, Link, Schedule};

/// Duties that a contact's schedule opens.
pub(crate) const CONTACT_DUTIES: &[DutyKind] = &[
    DutyKind::Isolate,
    DutyKind::ContactTest,
    DutyKind::Release,
    DutyKind::Discharge,
    DutyKind::FollowUp,
    DutyKind::TraceLost,
    DutyKind::Prophylaxis,
];

/// Ends with the contact record, whichever way that ends.
pub(crate) const REVIEW: &[DutyKind] = &[DutyKind::ReviewContact];

impl Act<'_> {
    pub(crate) fn contact_named(&mut self, f: &ContactNamed) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        if let Some(ended) = f.ended {
            self.not_future(ended.at)?;
            if matches!(ended.state, ContactState::Active | ContactState::Covered) {
                return Err(refuse!(
                    "contact.ended",
                    "ended",
                    "a record under management has not ended; leave `ended` out",
                    "在管记录尚未结束，请勿填写 ended"
                ));
            }
        }
        if f.last_exposure.at > f.at.at {
            return Err(refuse!("contact.exposure", "last_exposure", "the last exposure is after the record", "最后暴露时间晚于登记时间"));
        }
        if f.decision.reason.trim().is_empty() || f.decision.decider.trim().is_empty() {
            return Err(refuse!(
                "contact.decision",
                "decision",
                "nobody is restricted without a person who decides and a reason",
                "限制措施须有决定人和依据"
            ));
        }
        if f.first_exposure.is_some_and(|x| x.at > f.last_exposure.at) {
            return Err(refuse!(
                "contact.exposure",
                "first_exposure",
                "the first exposure is after the last",
                "首次暴露时间晚于最后暴露时间"
            ));
        }
        let category = f.category;
        if f.ended.is_none() && self.c.protocol.contact_schedule(category).is_none() {
            return Err(refuse!(
                "contact.category",
                "category",
                "this protocol does not manage contacts of this category",
                "本方案不管理该类别人员"
            ));
        }
        if let Some(c) = &f.case {
            self.case(c)?;
        }
        if f.ended.is_none() && (self.active_case(f.person).is_some() || p.standing == Standing::Dead) {
            return Err(refuse!("contact.is_case", "person", "this person is a case already", "该人员已是感染者"));
        }
        if f.ended.is_none() && p.standing == Standing::HomeMonitoring {
            return Err(refuse!(
                "contact.recovered",
                "person",
                "the person is under home monitoring after discharge, which ends first; watch and test the person there",
                "该人员正在出院后居家监测，监测期内不另按密接管理"
            ));
        }
        if self.s.contacts.get(&f.contact).is_some() {
            return Err(refuse!("contact.exists", "contact", "this contact record exists", "该密接记录已存在"));
        }
        let contact = Contact {
            contact_id: f.contact,
            person_id: f.person,
            place: p.place.clone(),
            case_id: f.case,
            category,
            first_exposure: f.first_exposure.map(|x| x.at),
            last_exposure: f.last_exposure.at,
            context: f.context,
            relation: f.relation.clone(),
            certainty: f.certainty,
            named_at: f.at.at,
            decider: f.decision.decider.clone(),
            reason: f.decision.reason.clone(),
            state: ContactState::Covered,
            until: self.end_of_schedule(category, f.last_exposure.at),
            last_seen: None,
            prophylaxis: false,
        };
        if let Some(ended) = f.ended {
            self.s.contacts.put(Contact { state: ended.state, ..contact });
            return Ok(());
        }
        if self.is_covered(f.person, f.case, category, f.last_exposure.at) {
            return Err(refuse!(
                "contact.covered",
                "person",
                "the person is a contact of this case already, by a later or equal exposure and as strict a schedule",
                "该人员已是该感染者的接触者，且暴露时间相同或更晚、管理同等或更严格"
            ));
        }
        self.add_contact(contact, f.at.at);
        Ok(())
    }

    /// One person, one schedule: of all records the strictest sets it, of the strictest the one with the latest exposure.
    pub(crate) fn add_contact(&mut self, contact: Contact, at: Instant) {
        let rank = |c: &Contact| (self.strictness(c.category), c.last_exposure);
        if self.c.protocol.contact_schedule(contact.category).is_none() {
            return self.s.contacts.put(Contact { state: ContactState::Released, ..contact });
        }
        match self.active_contact(contact.person_id) {
            Some(leads) if rank(&contact) <= rank(&leads) => self.s.contacts.put(Contact { state: ContactState::Covered, ..contact }),
            Some(leads) => {
                self.s.contacts.put(Contact { state: ContactState::Covered, ..leads });
                self.discharge_first(contact.person_id, REVIEW, at);
                self.lead(&contact, at);
            }
            None => self.lead(&contact, at),
        }
    }

    /// The person is a contact of this case already, by a later or equal exposure and as strict a schedule.
    pub(crate) fn is_covered(&self, person: PersonId, case: Option<CaseId>, category: ContactCategory, exposed: Instant) -> bool {
        let as_strict = |c: &Contact| self.strictness(c.category) >= self.strictness(category);
        let of_same_case = |c: &Contact| c.case_id == case && as_strict(c) && c.last_exposure >= exposed;
        self.contacts_in(person, &[ContactState::Active, ContactState::Covered]).iter().any(of_same_case)
    }

    /// How much a category's schedule restricts: central isolation before home isolation before watching.
    fn strictness(&self, category: ContactCategory) -> (bool, bool) {
        self.c.protocol.contact_schedule(category).map_or((false, false), |s| (s.central_days > 0, s.confined))
    }

    /// When the schedule of this category ends after an exposure.
    fn end_of_schedule(&self, category: ContactCategory, last_exposure: Instant) -> Option<Instant> {
        self.c.protocol.contact_schedule(category).map(|s| self.day_end(last_exposure, s.central_days + s.home_days))
    }

    /// The contact records of a person that are in one of these states.
    pub(crate) fn contacts_in(&self, person: PersonId, states: &[ContactState]) -> Vec<Contact> {
        self.s.contacts.group(&Group::Person(person)).into_iter().filter(|c| states.contains(&c.state)).cloned().collect()
    }

    /// All contact records of a person that are under management end in this state.
    pub(crate) fn end_contacts(&mut self, person: PersonId, state: ContactState) {
        for c in self.contacts_in(person, &[ContactState::Active, ContactState::Covered]) {
            self.s.contacts.put(Contact { state, ..c });
        }
    }

    /// The record that set the schedule has ended: the next one does from here on; what has run out by now is released. True if there is
    /// a next one.
    pub(crate) fn lead_next(&mut self, person: PersonId, at: Instant) -> bool {
        // A record from elsewhere, or from under another protocol, can be of a category that this one does not manage.
        let is_over = |c: &Contact| self.c.protocol.contact_schedule(c.category).is_none() || c.until.is_some_and(|u| u <= at);
        let (over, waiting): (Vec<_>, Vec<_>) = self.contacts_in(person, &[ContactState::Covered]).into_iter().partition(is_over);
        over.into_iter().for_each(|c| self.s.contacts.put(Contact { state: ContactState::Released, ..c }));
        let Some(next) = waiting.into_iter().max_by_key(|c| (self.strictness(c.category), c.last_exposure, c.contact_id)) else {
            return false;
        };
        self.lead(&next, at);
        true
    }

    /// This record sets the schedule from here on; of a case that was none, someone looks whether it should.
    fn lead(&mut self, c: &Contact, at: Instant) {
        self.schedule_contact(c, at);
        if c.case_id.and_then(|id| self.s.cases.get(&id)).is_some_and(|x| x.state == CaseState::Withdrawn) {
            self.owe_review(c, at);
        }
    }

    /// This record sets the schedule: opens what the protocol asks from here on; what an earlier schedule asked is superseded.
    pub(crate) fn schedule_contact(&mut self, c: &Contact, at: Instant) {
        let Some(schedule) = self.c.protocol.contact_schedule(c.category) else { return };
        self.supersede_all(c.person_id, CONTACT_DUTIES, at, "a new schedule by a later exposure");
        // Prophylaxis can have made it longer.
        let Some(until) = self.end_of_schedule(c.category, c.last_exposure).max(c.until) else { return };
        let c = &Contact { state: ContactState::Active, until: Some(until), ..c.clone() };
        self.s.contacts.put(c.clone());
        self.order_quarantine(c, &schedule, at);
        self.owe_prophylaxis(c, at);
        self.show_exposure(c.person_id);
        let stay = self.open_stay(c.person_id);
        let bed = stay.as_ref().and_then(|s| self.s.places.get(&s.facility));
        let in_site = bed.is_some_and(|p| p.kind == PlaceKind::IsolationSite);
        if schedule.central_days == 0 && stay.is_some() {
            self.open(DutyKind::Discharge, Link::Discharge, Subject::Person(c.person_id), &c.place, at);
        } else if schedule.central_days == 0 {
            self.home_isolation(c, &schedule, 0, until, at);
        } else if in_site {
            self.stand(c.person_id, Standing::Isolated, at);
            self.central_isolation(c, &schedule, at);
        } else {
            self.open(DutyKind::Isolate, Link::TransferContact, Subject::Person(c.person_id), &c.place, at);
        }
    }

    /// The end of the n-th day after a moment's day.
    pub(crate) fn day_end(&self, from: Instant, n: u32) -> Instant {
        let offset = self.s.config.offset;
        from.day(offset).plus(n as i32 + 1).start(offset)
    }

    /// Tests and end of the days in an isolation site.
    pub(crate) fn central_isolation(&mut self, c: &Contact, s: &Schedule, at: Instant) {
        self.schedule_tests(c, 0, &s.test_days_central, at);
        let end = self.day_end(c.last_exposure, s.central_days);
        let due = end.max(at).plus(self.c.protocol.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0)));
        let rule = self.c.protocol.schedule_path(c.category).to_owned();
        self.open_by(DutyKind::Discharge, Subject::Person(c.person_id), &c.place, at, due, rule);
    }

    /// Tests and end of the days at home.
    pub(crate) fn home_isolation(&mut self, c: &Contact, s: &Schedule, after_days: u32, until: Instant, at: Instant) {
        self.schedule_tests(c, after_days, &s.test_days_home, at);
        self.owe_follow_up(c, at, at);
        if !s.confined {
            // Watched and tested, but free: there is nothing to release the person from.
            if self.s.persons.get(&c.person_id).is_some_and(|p| p.standing == Standing::HomeIsolation) {
                self.stand(c.person_id, Standing::AtHome, at);
            }
            return;
        }
        self.stand(c.person_id, Standing::HomeIsolation, at);
        let due = until.max(at).plus(self.c.protocol.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0)));
        let rule = self.c.protocol.schedule_path(c.category).to_owned();
        self.open_by(DutyKind::Release, Subject::Person(c.person_id), &c.place, at, due, rule);
    }

    /// Opens the tests of these days (counted from the last exposure plus `after`) that have not passed.
    fn schedule_tests(&mut self, c: &Contact, after: u32, days: &[u32], at: Instant) {
        for n in days {
            let due = self.day_end(c.last_exposure, after + n);
            if due > at {
                let rule = self.c.protocol.schedule_path(c.category).to_owned();
                self.open_by(DutyKind::ContactTest, Subject::Person(c.person_id), &c.place, at, due, rule);
            }
        }
    }

    /// True if the part of a contact's schedule that runs asks for this test: the days in an isolation site, or those at home.
    pub(crate) fn still_scheduled(&self, test: &Duty) -> bool {
        let Some(person) = test.person_id else { return false };
        let Some(c) = self.active_contact(person) else { return false };
        let Some(s) = self.c.protocol.contact_schedule(c.category) else { return false };
        let (after, days) = match (self.open_stay(person).is_some(), self.s.persons.get(&person).map(|p| p.standing)) {
            (true, _) => (0, &s.test_days_central),
            (false, Some(Standing::HomeIsolation)) => (s.central_days, &s.test_days_home),
            (false, _) if !s.confined => (0, &s.test_days_home),
            _ => return false, // On the way to an isolation site.
        };
        let in_bed_since = |s: &Stay| s.admitted_at > test.opened_at;
        let asks = days.iter().any(|n| self.day_end(c.last_exposure, after + n) == test.due)
            && Self::first_of(&self.s.stays, person, in_bed_since).is_none();
        // A schedule that was begun anew since (a case that was none) asked for its tests itself.
        let asked_otherwise = |d: &Duty| d.opened_seq > test.opened_seq || (d.kind == DutyKind::ContactTest && d.due == test.due);
        asks && self
            .open_duties(person, &[DutyKind::ContactTest, DutyKind::Discharge, DutyKind::Release])
            .iter()
            .all(|d| d.rule != test.rule || !asked_otherwise(d))
    }

    /// The case of these contacts was none: each is looked at again, for someone may stay restricted only for another reason.
    pub(crate) fn review_contacts_of(&mut self, case: CaseId, at: Instant) {
        let of_case = self.s.contacts.group(&Group::Case(case)).into_iter().filter(|c| c.state == ContactState::Active).cloned();
        for c in of_case.collect::<Vec<_>>() {
            self.owe_review(&c, at);
        }
    }

    /// Opens the review of a contact whose case was withdrawn.
    pub(crate) fn owe_review(&mut self, c: &Contact, at: Instant) {
        if self.open_duties(c.person_id, REVIEW).is_empty() {
            self.open(DutyKind::ReviewContact, Link::ReleaseContact, Subject::Person(c.person_id), &c.place, at);
        }
    }

    pub(crate) fn contact_dropped(&mut self, f: &ContactDropped) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = f.contact;
        let managed = |c: &&Contact| matches!(c.state, ContactState::Active | ContactState::Covered);
        let Some(c) = self.s.contacts.get(&id).filter(managed).cloned() else {
            return Err(refuse!("contact.unknown", "contact", "no contact {id} under management", "没有在管的密接记录 {id}"));
        };
        match f.taken_over_by {
            Some(message) => self.followed_elsewhere(c, message, f.at.at, &f.decision)?,
            None => self.drop_contact(c, f.at.at, &f.decision),
        }
        Ok(())
    }

    /// Another book follows the person up: no record of the person here is managed any more, and none was wrong.
    fn followed_elsewhere(&mut self, c: Contact, message: MessageId, at: Instant, decision: &Decision) -> Outcome {
        let taken_over = |m: &SentMessage| {
            m.matter.about == Assistance::Contact
                && m.outcome == Some(AssistanceOutcome::TakenOver)
                && m.person_id.is_none_or(|p| p == c.person_id)
        };
        if !self.s.outbox.get(&message).is_some_and(taken_over) {
            return Err(refuse!(
                "contact.not_taken_over",
                "taken_over_by",
                "no message {message} by which another book has taken this person over; wait for its answer",
                "没有外辖区已接管该人员的函件 {message}，请待复函"
            ));
        }
        let lead = self.active_contact(c.person_id).unwrap_or(c);
        self.end_contacts(lead.person_id, ContactState::HandedOver);
        self.drop_contact(lead.clone(), at, decision);
        self.s.contacts.put(Contact { state: ContactState::HandedOver, ..lead });
        Ok(())
    }

    /// A contact record under management was wrong; the next one sets the schedule, or nothing does.
    pub(crate) fn drop_contact(&mut self, c: Contact, at: Instant, decision: &Decision) {
        self.s.contacts.put(Contact { state: ContactState::Dropped, ..c.clone() });
        if c.state == ContactState::Covered {
            return;
        }
        self.discharge_first(c.person_id, REVIEW, at);
        if !self.lead_next(c.person_id, at) {
            self.supersede_all(c.person_id, CONTACT_DUTIES, at, &decision.reason);
            self.supersede_all(c.person_id, &[DutyKind::SecondDose], at, &decision.reason);
            if let Some(t) = self.open_transfer(c.person_id) {
                self.call_off(t, at, &decision.reason);
            }
            if self.open_stay(c.person_id).is_some() {
                self.open(DutyKind::Discharge, Link::Discharge, Subject::Person(c.person_id), &c.place, at);
            } else if self.s.persons.get(&c.person_id).is_some_and(|p| p.standing == Standing::HomeIsolation) {
                self.stand(c.person_id, Standing::AtHome, at);
            }
        }
        self.settle_orders(c.person_id, at, Some(decision));
        self.show_exposure(c.person_id);
    }

    /// Home isolation, home monitoring, or the isolation of a case at home ends.
    pub(crate) fn released(&mut self, f: &Released) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        let case = self.active_case(f.person).filter(|_| self.cared_for_at_home(&p));
        if case.is_none() && !matches!(p.standing, Standing::HomeIsolation | Standing::HomeMonitoring) {
            let s = p.standing;
            let zh = s.zh();
            return Err(refuse!(
                "release.standing",
                "person",
                "the person is {s}: only home isolation, home monitoring and a case's isolation at home are ended this way",
                "该人员状态为{zh}，仅居家隔离、居家监测和居家治疗可解除"
            ));
        }
        check_decision(f.decision.as_ref())?;
        let release = self.open_duties(f.person, &[DutyKind::Release]).first().cloned();
        let tests = self.open_duties(f.person, &[DutyKind::ContactTest, DutyKind::MonitoringTest]);
        if f.decision.is_none() {
            if !self.open_duties(f.person, &[DutyKind::Isolate]).is_empty() {
                return Err(refuse!(
                    "release.isolate",
                    "person",
                    "the person is to be brought to an isolation site",
                    "该人员应转运至集中隔离点"
                ));
            }
            let slack = self.c.protocol.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0));
            if let Some(d) = &release
                && f.at.at < d.due.plus(Span(-slack.0))
            {
                let until = d.due.plus(Span(-slack.0)).at_offset(self.s.config.offset);
                return Err(refuse!(
                    "release.early",
                    "at",
                    "the time runs until {until}; an earlier end needs a decision",
                    "管理期至 {until}，提前解除须有决定"
                ));
            }
            if case.is_some() && release.is_none() {
                return Err(refuse!(
                    "release.decision",
                    "decision",
                    "the protocol does not say in days when the isolation of this case ends: someone decides",
                    "本方案未以天数规定该病例的隔离期限，解除须有决定"
                ));
            }
            if let Some(t) = tests.first() {
                let due = t.due.at_offset(self.s.config.offset);
                return Err(refuse!("release.test", "person", "a test due {due} has not been taken", "应于 {due} 前完成的检测尚未采样"));
            }
        }
        if let Some(d) = release {
            self.discharge(&d, f.at.at);
        }
        self.supersede_all(f.person, &[DutyKind::Isolate, DutyKind::ContactTest, DutyKind::MonitoringTest], f.at.at, "released");
        self.supersede_all(f.person, crate::follow_up::WATCHING, f.at.at, "released");
        if let Some(t) = self.open_transfer(f.person) {
            self.call_off(t, f.at.at, "released");
        }
        let contact = self.active_contact(f.person);
        match case {
            Some(case) => self.go_home_recovered(case, f.at.at),
            None => self.stand(f.person, Standing::AtHome, f.at.at),
        }
        if let Some(c) = contact {
            self.release_contact(c, f.at.at, f.decision.as_ref());
        }
        self.settle_orders(f.person, f.at.at, f.decision.as_ref());
        self.show_exposure(f.person);
        Ok(())
    }

    /// The schedule of this record has ended, and the next one begins. By a decision all of them have.
    pub(crate) fn release_contact(&mut self, c: Contact, at: Instant, decision: Option<&Decision>) {
        let person = c.person_id;
        self.discharge_first(person, REVIEW, at);
        if decision.is_some() {
            self.end_contacts(person, ContactState::Released);
        } else {
            self.s.contacts.put(Contact { state: ContactState::Released, ..c });
            self.lead_next(person, at);
        }
    }

    pub(crate) fn duty_waived(&mut self, f: &DutyWaived) -> Outcome {
        let id = f.duty;
        if f.decision.reason.trim().is_empty() || f.decision.decider.trim().is_empty() {
            return Err(refuse!("waiver.reason", "decision", "a waiver needs a reason and a decider", "豁免须写明理由和决定人"));
        }
        let Some(d) = self.s.duties.get(&id).filter(|d| d.state == DutyState::Open).cloned() else {
            return Err(refuse!("duty.unknown", "duty", "no open duty {id}", "没有未办事项 {id}"));
        };
        let now = self.c.now;
        self.waive(&d, now, &f.decision);
        if d.kind == DutyKind::ReviewLaboratory {
            self.end_review(&d);
        }
        Ok(())
    }

    /// Ends the roster duties of someone who is now in a facility.
    pub(crate) fn off_the_rosters(&mut self, person: PersonId, why: &str) {
        self.waive_rosters(person, why, None, Count::Superseded);
    }
}

pub(crate) fn exposure_by(c: ContactCategory) -> Exposure {
    match c {
        ContactCategory::Close | ContactCategory::Inbound => Exposure::CloseContact,
        ContactCategory::Secondary => Exposure::SecondaryContact,
        ContactCategory::HighRiskSpillover => Exposure::HighRiskSpillover,
        ContactCategory::General => Exposure::None,
    }
}
