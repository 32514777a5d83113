//! Infected people who are cared for at home (measles, mpox: `facilities.by_severity`): seen every day, and isolated until the protocol's
//! days after the onset are over, or, where the protocol says the end in words only, until someone decides. Who gets worse is brought to
//! a hospital.

use crate::act::{Act, Subject};
use crate::kinds::*;
use crate::rows::*;
use quell_foundation::*;
use quell_protocol::{FacilityKind, Link};

/// The rule by which isolation at home ends.
const RULE: &str = "isolation.days_after_onset";
/// Duties of care at home.
const HOME_CARE: &[DutyKind] = &[DutyKind::Observe, DutyKind::Release];

impl Act<'_> {
    /// An infected person whom the protocol has cared for at home, and who lies in no bed.
    pub(crate) fn cared_for_at_home(&self, p: &Person) -> bool {
        let out_of_bed = p.standing == Standing::Infected && self.open_stay(p.person_id).is_none();
        out_of_bed && self.active_case(p.person_id).is_some() && self.wanted_facility(p) == Some(FacilityKind::Home)
    }

    /// What a new case is owed: a way to a bed, or care at home.
    pub(crate) fn owe_care(&mut self, case: &Case, at: Instant) {
        let Some(p) = self.s.persons.get(&case.person_id).cloned() else { return };
        if self.wanted_facility(&p) != Some(FacilityKind::Home) {
            self.open(DutyKind::Transfer, Link::TransferCase, Subject::Case(case.case_id, case.person_id), &case.place, at);
        } else if self.cared_for_at_home(&p) {
            self.care_at_home(case, at);
        }
    }

    /// A case has another severity or onset than before: another end of the care at home or in the hospital, or another
    /// place of it.
    pub(crate) fn review_care(&mut self, person: PersonId, at: Instant) {
        let (Some(p), Some(case)) = (self.s.persons.get(&person).cloned(), self.active_case(person)) else { return };
        if self.cared_for_at_home(&p) {
            self.supersede_all(person, &[DutyKind::Transfer], at, "cared for at home");
            self.care_at_home(&case, at);
        } else if self.open_stay(person).is_none() && !self.open_duties(person, HOME_CARE).is_empty() {
            self.supersede_all(person, HOME_CARE, at, "to be brought to a hospital");
            self.owe_care(&case, at);
        }
        self.owe_end_of_stay(person, at, None);
    }

    /// Seen every day; released at the end that the protocol gives, counted from the onset, or from when it was found.
    fn care_at_home(&mut self, case: &Case, at: Instant) {
        let person = case.person_id;
        if self.open_duties(person, &[DutyKind::Observe]).is_empty() {
            self.owe_observation(person, &case.place, at);
        }
        let slack = self.c.protocol.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0));
        let due = self.c.protocol.isolation_days().map(|days| self.day_end(case.onset.unwrap_or(case.found_at), days).plus(slack));
        for d in self.open_duties(person, &[DutyKind::Release]).into_iter().filter(|d| Some(d.due) != due) {
            self.supersede(&d, at, "the onset is another");
        }
        if let Some(due) = due.filter(|_| self.open_duties(person, &[DutyKind::Release]).is_empty()) {
            self.open_by(DutyKind::Release, Subject::Person(person), &case.place, at, due, RULE.into());
        }
    }

    /// A suspect is sampled within the time of the protocol.
    pub(crate) fn owe_suspect_test(&mut self, case: &Case, at: Instant) {
        if let (Classification::Suspect, Some((within, rule))) = (case.classification, self.c.protocol.suspect_sampled_within()) {
            self.open_by(DutyKind::SymptomTest, Subject::Person(case.person_id), &case.place, at, at.plus(within), rule.into());
        }
    }

    /// A positive single sample confirms a case that was suspected.
    pub(crate) fn confirm_suspect(&mut self, case: Case, t: &Tube, sampled_at: Instant, at: Instant) {
        if !matches!(case.classification, Classification::Suspect | Classification::Probable) {
            return;
        }
        let sampled_at = case.sampled_at.or(Some(sampled_at));
        let case =
            Case { classification: Classification::Confirmed, tube: Some(t.tube.clone()), round: t.round.clone(), sampled_at, ..case };
        self.s.cases.put(case.clone());
        if case.reported_at.is_some() {
            self.owe_report_correction(&case, at);
        }
    }

    /// The result that confirmed a suspect was wrong: a suspect again.
    pub(crate) fn suspect_again(&mut self, case: Case, at: Instant) {
        let case = Case { classification: Classification::Suspect, tube: None, round: None, sampled_at: None, ..case };
        self.s.cases.put(case.clone());
        if case.reported_at.is_some() {
            self.owe_report_correction(&case, at);
        }
        self.owe_suspect_test(&case, at);
    }
}
