//! Stays (收): admission to a bed, observation, exit tests, discharge by the rule.

use crate::act::{Act, Outcome, Subject};
use crate::cases::CARE_DUTIES;
use crate::contacts::CONTACT_DUTIES;
use crate::fact::*;
use crate::follow_up::check_temperature;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::overtaken::MONITORING;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{ExitRule, Link, Severity, TubeMode};

/// The rule by which a patient is seen.
const EVERY_ROUND: &str = "facilities.observations_per_day";

impl Act<'_> {
    pub(crate) fn admitted(&mut self, f: &Admitted) -> Outcome {
        self.not_future(f.at)?;
        let person = self.person(f.person)?;
        if person.standing == Standing::Dead {
            return Err(refuse!("person.dead", "person", "the death of this person is recorded", "该人员死亡已登记"));
        }
        if self.s.stays.get(&f.stay).is_some() {
            return Err(refuse!("stay.exists", "stay", "this stay exists", "该收治记录已存在"));
        }
        let place = self.check_facility(&person, &f.facility, f.decision.as_ref())?;
        self.check_bed(&place, f)?;
        if let Some(old) = self.open_stay(f.person) {
            if f.at.at < old.admitted_at {
                return Err(before_admission());
            }
            self.leave_bed(old, f.at.at, Some("moved to another facility"));
        }
        if let Some(t) = self.open_transfer(f.person) {
            self.unreserve(&t);
            let arrived_at = t.arrived_at.or(Some(f.at.at));
            let picked_up_at = t.picked_up_at.or(Some(f.at.at));
            self.s.transfers.put(Transfer { state: TransferState::Admitted, arrived_at, picked_up_at, ..t });
        }
        let place = self.s.places.get(&f.facility).cloned().unwrap_or(place);
        if place.occupied + place.reserved >= place.beds && f.decision.is_none() {
            let (name, n) = (&place.name, place.reserved);
            return Err(refuse!(
                "facility.reserved",
                "facility",
                "all free beds of {name} are promised to {n} people on their way; choose another facility, or hand in a decision",
                "{name} 的空床均已预留给途中的 {n} 人，请选择其他收治点或提交决定"
            ));
        }
        self.s.places.put(Place { occupied: place.occupied + 1, ..place });
        self.s.stays.put(Stay {
            stay_id: f.stay,
            person_id: f.person,
            place: person.place.clone(),
            facility: f.facility.clone(),
            ward: f.ward.clone(),
            bed: f.bed as i32,
            admitted_at: f.at.at,
            left_at: None,
            exit_passes: 0,
            last_pass_at: None,
            override_reason: f.decision.as_ref().map(|d| format!("{}: {}", d.decider, d.reason)),
        });
        self.discharge_first(f.person, &[DutyKind::Transfer, DutyKind::Isolate, DutyKind::Admit], f.at.at);
        self.off_the_rosters(f.person, "in a facility");
        self.begin_stay(&person, f.at.at);
        Ok(())
    }

    fn check_bed(&self, place: &Place, f: &Admitted) -> Outcome {
        let (name, w, b) = (&place.name, &f.ward, f.bed);
        let Some(ward) = place.wards.iter().find(|x| x.ward == f.ward) else {
            return Err(refuse!("bed.ward", "ward", "{name} has no ward {w}", "{name} 没有病区 {w}"));
        };
        if b == 0 || b > ward.beds {
            let n = ward.beds;
            return Err(refuse!("bed.number", "bed", "ward {w} has beds 1 to {n}", "病区 {w} 床位号为 1 至 {n}"));
        }
        if !self.s.stays.group(&Group::Bed(place.place.clone(), w.clone(), b)).is_empty() {
            return Err(refuse!(
                "bed.taken",
                "bed",
                "bed {b} of ward {w} is taken; choose a free one",
                "病区 {w} 第 {b} 床已有人，请选择空床"
            ));
        }
        Ok(())
    }

    /// What begins with a stay: observation, and the tests on which its end depends.
    fn begin_stay(&mut self, person: &Person, at: Instant) {
        let id = person.person_id;
        self.supersede_all(id, &[DutyKind::Observe], at, "moved");
        self.owe_observation(id, &person.place, at);
        if self.active_case(id).is_some() {
            self.stand(id, Standing::Inpatient, at);
            self.supersede_all(id, &[DutyKind::Release], at, "moved");
            if let Some(rule) = self.c.protocol.exit_rule() {
                self.supersede_all(id, &[DutyKind::ExitTest, DutyKind::Discharge], at, "moved");
                let due = at.plus(rule.first_test_after);
                self.open_by(DutyKind::ExitTest, Subject::Person(id), &person.place, at, due, "discharge.exit_rule".into());
            } else {
                self.supersede_all(id, &[DutyKind::Discharge], at, "moved");
                self.owe_end_of_stay(id, at, None);
            }
        } else {
            self.stand(id, Standing::Isolated, at);
            self.show_exposure(id);
            self.supersede_all(id, &[DutyKind::MonitoringTest, DutyKind::Release], at, "in a facility");
            if let Some(c) = self.active_contact(id)
                && let Some(s) = self.c.protocol.contact_schedule(c.category)
            {
                self.supersede_all(id, CONTACT_DUTIES, at, "in an isolation site");
                self.central_isolation(&c, &s, at);
            }
        }
    }

    /// Where no exit tests decide it, a patient is let go when the protocol's days after the onset are over, and not while ill: who is seen
    /// ill is looked at again the next day.
    pub(crate) fn owe_end_of_stay(&mut self, person: PersonId, at: Instant, seen_ill: Option<Instant>) {
        let (Some(case), None) = (self.active_case(person).filter(|_| self.open_stay(person).is_some()), self.c.protocol.exit_rule())
        else {
            return;
        };
        let Some((days, rule)) = self.c.protocol.stay_days() else { return };
        let slack = self.c.protocol.deadline(Link::Discharge).unwrap_or(Span::hours(0));
        let owed = self.open_duties(person, &[DutyKind::Discharge]).into_iter().next();
        let since = owed.as_ref().map_or(at, |d| d.opened_at);
        let over = self.day_end(case.onset.unwrap_or(case.found_at), days).max(since).plus(slack);
        let tomorrow = seen_ill.map(|seen| self.day_end(seen, 1)).filter(|t| *t > over);
        let due = tomorrow.unwrap_or(over);
        let stands = |d: &Duty| d.due == due || (d.due > due && (seen_ill.is_some() || d.rule == EVERY_ROUND));
        if owed.as_ref().is_some_and(stands) {
            return;
        }
        if let Some(d) = owed {
            self.supersede(&d, at, if seen_ill.is_some() { "still ill" } else { "the onset is another" });
        }
        let rule = if tomorrow.is_some() { EVERY_ROUND } else { rule };
        self.open_by(DutyKind::Discharge, Subject::Person(person), &case.place, at, due, rule.into());
    }

    /// The next observation is due after the interval that the protocol's number of rounds a day gives.
    pub(crate) fn owe_observation(&mut self, person: PersonId, place: &PlaceId, at: Instant) {
        let per_day = self.c.protocol.observations_per_day();
        if per_day > 0 {
            let due = at.plus(Span(86_400 / i64::from(per_day)));
            self.open_by(DutyKind::Observe, Subject::Person(person), place, at, due, EVERY_ROUND.into());
        }
    }

    pub(crate) fn observed(&mut self, f: &Observed) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        if f.oxygen.is_some_and(|o| o > 100) {
            return Err(refuse!("observation.oxygen", "oxygen", "oxygen saturation is at most 100 per cent", "血氧饱和度不超过 100%"));
        }
        check_temperature(f.temperature)?;
        self.s.observations.put(Observation {
            seq: self.c.seq,
            idx: self.index as i32,
            person_id: f.person,
            place: p.place.clone(),
            at: f.at.at,
            temperature: f.temperature,
            oxygen: f.oxygen.map(i32::from),
            symptoms: f.symptoms.clone(),
            severity: f.severity,
        });
        self.discharge_first(f.person, &[DutyKind::Observe], f.at.at);
        if self.open_stay(f.person).is_some() || self.cared_for_at_home(&p) {
            self.owe_observation(f.person, &p.place, f.at.at);
        }
        if f.severity.is_some_and(|s| s != Severity::Asymptomatic) {
            self.owe_end_of_stay(f.person, f.at.at, Some(f.at.at));
        }
        if let (Some(severity), Some(case)) = (f.severity, self.active_case(f.person))
            && Some(severity) != case.severity
        {
            self.s.cases.put(Case { severity: Some(severity), ..case.clone() });
            self.move_if_unfit(&p, &case, f.at.at);
            self.review_care(f.person, f.at.at);
        }
        Ok(())
    }

    /// A patient whose severity now asks for another kind of facility must be moved.
    pub(crate) fn move_if_unfit(&mut self, p: &Person, case: &Case, at: Instant) {
        let Some(stay) = self.open_stay(p.person_id) else { return };
        let wanted = self.wanted_facility(p).and_then(facility_place_kind);
        let here = self.s.places.get(&stay.facility).map(|x| x.kind);
        if wanted == Some(PlaceKind::DesignatedHospital)
            && here != wanted
            && self.open_duties(p.person_id, &[DutyKind::Transfer]).is_empty()
        {
            self.open(DutyKind::Transfer, Link::TransferCase, Subject::Case(case.case_id, p.person_id), &p.place, at);
        }
    }

    /// A single sample of a case in a facility was read: an exit test.
    pub(crate) fn exit_test_read(&mut self, person: PersonId, t: &Tube, sampled_at: Instant, at: Instant) {
        let (Some(stay), Some(rule)) = (self.open_stay(person), self.c.protocol.exit_rule()) else { return };
        if sampled_at < stay.admitted_at || t.mode != TubeMode::Single {
            return; // Taken before the stay, or in a tube for several: it says nothing about the stay's end.
        }
        let passed = exit_test_passed(t, &rule);
        let spaced = stay.last_pass_at.is_none_or(|last| sampled_at.since(last) >= rule.min_gap);
        let (exit_passes, last_pass_at) = match (passed, spaced) {
            (true, true) => (stay.exit_passes + 1, Some(sampled_at)),
            (true, false) => (stay.exit_passes, stay.last_pass_at),
            (false, _) => (0, None),
        };
        let stay = Stay { exit_passes, last_pass_at, ..stay };
        self.s.stays.put(stay.clone());
        if exit_passes >= rule.consecutive as i32 {
            self.supersede_all(person, &[DutyKind::ExitTest], at, "criteria met");
            if self.open_duties(person, &[DutyKind::Discharge]).is_empty() {
                self.open(DutyKind::Discharge, Link::Discharge, Subject::Person(person), &stay.place, at);
            }
        } else {
            self.owe_exit_test(&stay, sampled_at.plus(rule.repeat_after).max(at), at, "an exit test failed");
        }
    }

    /// True if this exit test is one of the present stay, which lacks passes, and no other is owed.
    pub(crate) fn still_to_pass(&self, test: &Duty) -> bool {
        let Some((person, rule)) = test.person_id.zip(self.c.protocol.exit_rule()) else { return false };
        let of_stay = |s: Stay| test.opened_at >= s.admitted_at && s.exit_passes < rule.consecutive as i32;
        self.open_stay(person).is_some_and(of_stay) && self.open_duties(person, &[DutyKind::ExitTest]).is_empty()
    }

    /// Another exit test is due; without it there is no discharge.
    fn owe_exit_test(&mut self, stay: &Stay, due: Instant, at: Instant, why: &str) {
        let person = stay.person_id;
        self.supersede_all(person, &[DutyKind::Discharge], at, why);
        if self.open_duties(person, &[DutyKind::ExitTest]).is_empty() {
            self.open_by(DutyKind::ExitTest, Subject::Person(person), &stay.place, at, due, "discharge.exit_rule".into());
        }
    }

    /// The sample of an exit test was another's: passes that rest on it count no more.
    pub(crate) fn withdraw_exit_test(&mut self, person: PersonId, t: &Tube, sampled_at: Instant, at: Instant, why: &str) {
        let (Some(stay), Some(rule)) = (self.open_stay(person), self.c.protocol.exit_rule()) else { return };
        let counted = stay.exit_passes > 0 && sampled_at >= stay.admitted_at && exit_test_passed(t, &rule);
        if self.active_case(person).is_some() && counted {
            let stay = Stay { exit_passes: 0, last_pass_at: None, ..stay };
            self.s.stays.put(stay.clone());
            self.owe_exit_test(&stay, at.plus(rule.repeat_after), at, why);
        }
    }

    pub(crate) fn discharged(&mut self, f: &Discharged) -> Outcome {
        self.not_future(f.at)?;
        let Some(stay) = self.s.stays.get(&f.stay).cloned() else {
            return Err(refuse!("stay.unknown", "stay", "no such stay", "没有该收治记录"));
        };
        if stay.left_at.is_some() {
            return Err(refuse!("stay.ended", "stay", "this stay has ended already", "该收治已结束"));
        }
        if f.at.at < stay.admitted_at {
            return Err(before_admission());
        }
        check_decision(f.decision.as_ref())?;
        let case = self.active_case(stay.person_id);
        let contact = self.active_contact(stay.person_id);
        if f.decision.is_none() {
            self.check_criteria(&stay, case.as_ref(), contact.as_ref(), f.at.at)?;
        }
        let person = stay.person_id;
        let why = f.decision.as_ref().map(|d| format!("{}: {}", d.decider, d.reason));
        self.discharge_first(person, &[DutyKind::Discharge], f.at.at);
        self.supersede_all(person, &[DutyKind::Observe, DutyKind::ExitTest], f.at.at, "discharged");
        self.leave_bed(stay, f.at.at, why.as_deref());
        if let Some(t) = self.open_transfer(person) {
            self.call_off(t, f.at.at, "discharged");
        }
        match (case, contact) {
            (Some(case), _) => self.go_home_recovered(case, f.at.at),
            (None, Some(c)) => self.go_home_contact(c, f.at.at, f.decision.as_ref()),
            (None, None) => self.stand(person, Standing::AtHome, f.at.at),
        }
        self.settle_orders(person, f.at.at, f.decision.as_ref());
        self.show_exposure(person);
        Ok(())
    }

    fn check_criteria(&self, stay: &Stay, case: Option<&Case>, contact: Option<&Contact>, at: Instant) -> Outcome {
        if case.is_some()
            && let Some(rule) = self.c.protocol.exit_rule()
            && stay.exit_passes < rule.consecutive as i32
        {
            let (have, need, gap, ct) = (stay.exit_passes, rule.consecutive, rule.min_gap, rule.ct_at_least.value());
            return Err(refuse!(
                "discharge.exit_tests",
                "stay",
                "{have} of {need} exit tests passed (Ct at least {ct}, {gap} apart); take the next test, or hand in a decision",
                "出舱核酸已通过 {have} 次，须连续 {need} 次（Ct≥{ct}，间隔 {gap}）；请继续检测或提交决定"
            ));
        }
        if let (Some(case), Some(days)) = (case, self.c.protocol.isolation_days()) {
            let end = self.day_end(case.onset.unwrap_or(case.found_at), days);
            if at < end {
                return Err(too_early(end.at_offset(self.s.config.offset)));
            }
        }
        if case.is_none()
            && let Some(c) = contact
            && let Some(s) = self.c.protocol.contact_schedule(c.category)
        {
            let end = self.day_end(c.last_exposure, s.central_days);
            if at < end {
                return Err(too_early(end.at_offset(self.s.config.offset)));
            }
            if !self.open_duties(stay.person_id, &[DutyKind::ContactTest]).is_empty() {
                return Err(refuse!("discharge.tests", "stay", "a scheduled test has not been taken", "应做的核酸检测尚未完成"));
            }
        }
        Ok(())
    }

    /// Ends a stay and frees its bed.
    pub(crate) fn leave_bed(&mut self, stay: Stay, at: Instant, why: Option<&str>) {
        if let Some(p) = self.s.places.get(&stay.facility).cloned() {
            self.s.places.put(Place { occupied: p.occupied - 1, ..p });
        }
        let override_reason = why.map(str::to_owned).or(stay.override_reason.clone());
        self.s.stays.put(Stay { left_at: Some(at), override_reason, ..stay });
    }

    pub(crate) fn go_home_recovered(&mut self, case: Case, at: Instant) {
        let person = case.person_id;
        self.supersede_all(person, CARE_DUTIES, at, "discharged");
        self.s.cases.put(Case { state: CaseState::Recovered, ended_at: Some(at), ..case.clone() });
        self.owe_discharge_entry(&case, at);
        let Some(schedule) = self.c.protocol.home_monitoring() else {
            self.stand(person, Standing::AtHome, at);
            return;
        };
        self.stand(person, Standing::HomeMonitoring, at);
        for n in &schedule.test_days_home {
            let due = self.day_end(at, *n);
            self.open_by(DutyKind::MonitoringTest, Subject::Person(person), &case.place, at, due, MONITORING.into());
        }
        let slack = self.c.protocol.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0));
        let due = self.day_end(at, schedule.home_days).plus(slack);
        self.open_by(DutyKind::Release, Subject::Person(person), &case.place, at, due, MONITORING.into());
    }

    fn go_home_contact(&mut self, c: Contact, at: Instant, decision: Option<&Decision>) {
        let schedule = self.c.protocol.contact_schedule(c.category);
        self.supersede_all(c.person_id, CONTACT_DUTIES, at, "left the isolation site");
        match (schedule, c.until) {
            (Some(s), Some(until)) if s.home_days > 0 => {
                self.stand(c.person_id, Standing::AtHome, at);
                self.home_isolation(&c, &s, s.central_days, until, at);
            }
            _ => {
                self.stand(c.person_id, Standing::AtHome, at);
                self.release_contact(c, at, decision);
            }
        }
    }
}

/// Nobody leaves a bed before lying in it.
pub(crate) fn before_admission() -> Refusal {
    refuse!("stay.order", "at", "this is before the admission; check the time", "时间早于入院时间，请核对")
}

fn too_early(until: impl std::fmt::Display) -> Refusal {
    refuse!("discharge.early", "at", "isolation runs until {until}; an earlier end needs a decision", "隔离期至 {until}，提前解除须有决定")
}

/// Negative, or every target at the protocol's cycle threshold or above.
fn exit_test_passed(t: &Tube, rule: &ExitRule) -> bool {
    let below = t.targets.iter().filter_map(|x| x.ct).any(|ct| ct < rule.ct_at_least);
    match t.result {
        Some(TestResult::Negative) => true,
        Some(TestResult::Positive | TestResult::Indeterminate) => !t.targets.is_empty() && !below,
        _ => false,
    }
}
