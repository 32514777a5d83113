//! Reporting and investigation (报, 流调): reports with their receipts, core and full investigation, contacts, corrections.

use super::truth::{household, neighbours};
use super::{Batch, Life, event};
use quell_book::rows::{Case, Contact, Duty};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{ContactCategory, QuestionPart, Severity};

/// Neighbours of the unit who are named as contacts of a case, at most. Assumption: two floors.
const NEIGHBOURS_NAMED: usize = 12;
/// Minutes from a case to the decision about its building: earliest, latest.
const ZONE_DECISION: (i64, i64) = (30, 90);

impl Life {
    /// A case that appeared or changed in the book.
    pub(super) fn notice_case(&mut self, case: &Case) {
        match case.state {
            CaseState::Active if !self.named.contains_key(&case.case_id) => {
                self.named.insert(case.case_id, Vec::new());
                let u = super::lot("zone decision", case.case_id.0.as_bytes());
                let minutes = ZONE_DECISION.0 + ((ZONE_DECISION.1 - ZONE_DECISION.0) as f64 * u) as i64;
                self.to_zone.push((case.found_at.plus(Span::minutes(minutes)), case.case_id));
            }
            CaseState::Withdrawn if self.named.contains_key(&case.case_id) && !self.withdrawn.contains(&case.case_id) => {
                self.withdrawn.push(case.case_id);
            }
            _ => {}
        }
    }

    /// The contact record of a person under management.
    pub(super) fn contact_of(&self, person: PersonId) -> Option<Contact> {
        let all = self.book.state.contacts.group(&Group::Person(person));
        all.into_iter().find(|c| c.state == ContactState::Active).cloned()
    }

    /// The case of a person under management.
    pub(super) fn case_of(&self, person: PersonId) -> Option<Case> {
        let all = self.book.state.cases.group(&Group::Person(person));
        all.into_iter().find(|c| c.state == CaseState::Active).cloned()
    }

    fn case_in(&self, duty: &Duty) -> Option<Case> {
        let id: CaseId = duty.subject.parse().ok()?;
        self.book.state.cases.get(&id).cloned()
    }

    /// Reports, investigations and contacts.
    pub(super) fn report_and_investigate(&mut self) {
        self.file_reports();
        let mut batch = self.begin(Role::Investigator, "investigations");
        for (at, id) in self.desk.ready(DutyKind::InvestigateCore, self.now) {
            self.investigate(&mut batch, at, id);
        }
        self.investigate_in_full(&mut batch);
        for case in std::mem::take(&mut self.withdrawn) {
            self.drop_contacts(&mut batch, case);
        }
        self.end(batch);
    }

    /// Reports that are owed, and their corrections.
    pub(super) fn file_reports(&mut self) {
        for (role, kind, label) in
            [(Role::Laboratory, DutyKind::Report, "cases reported"), (Role::Investigator, DutyKind::ReportCorrection, "reports corrected")]
        {
            let mut batch = self.begin(role, label);
            for (at, id) in self.desk.ready(kind, self.now) {
                self.file_report(&mut batch, at, id);
            }
            self.end(batch);
        }
    }

    /// The rest of the interviews.
    pub(super) fn investigate_in_full(&mut self, batch: &mut Batch) {
        for (at, id) in self.desk.ready(DutyKind::InvestigateFull, self.now) {
            let Some(case) = self.open_duty(id).and_then(|d| self.case_in(&d)) else { continue };
            let summary = Some("places and people of the days before the sample, by interview and records".to_owned());
            let facts = self.asked(&case, InvestigationPart::Full, summary, at);
            self.post(batch, "investigation-1", facts);
        }
    }

    /// An interview for a part of the investigation, and that this part is handed in.
    pub(super) fn asked(&self, case: &Case, part: InvestigationPart, summary: Option<String>, at: Instant) -> Vec<Fact> {
        let questions = match part {
            InvestigationPart::Core => QuestionPart::Core,
            InvestigationPart::Full => QuestionPart::Full,
        };
        let filed = InvestigationFiled { case: case.case_id, part, at: event(at), summary, decision: None };
        vec![self.interview(case, questions, at).into(), filed.into()]
    }

    /// A case is confirmed, as ill as it is said to be.
    pub(super) fn classified(&self, case: &Case, at: Instant, severity: Severity) -> Fact {
        let onset = self.truth.of(case.person_id).and_then(|i| i.onset_by(at)).map(event);
        let (classification, decider) = (Classification::Confirmed, "county expert group".to_owned());
        CaseClassified { case: case.case_id, classification, severity, onset, at: event(at), decider }.into()
    }

    fn file_report(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        // A report and its correction may have been filed together.
        let Some(case) = self.open_duty(id).and_then(|d| self.case_in(&d)) else { return };
        let receipt = format!("R{}-{:06}", case.found_at.day(UtcOffset::CHINA), self.counted.accepted % 1_000_000);
        let at = event(at.max(self.now.plus(Span(-840))));
        self.post(batch, "reporting-1", vec![ReportFiled { case: case.case_id, receipt, at }.into()]);
    }

    /// Core information, classification, and the contacts that follow from it.
    fn investigate(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(case) = self.open_duty(id).and_then(|d| self.case_in(&d)) else { return };
        let summary = Some("household, neighbours of the unit, last exposure".to_owned());
        let mut facts = self.asked(&case, InvestigationPart::Core, summary, at);
        if let Some(i) = self.truth.of(case.person_id)
            && i.onset_by(at).is_some()
        {
            let severity = if i.is_moderate() { Severity::Moderate } else { Severity::Mild };
            facts.push(self.classified(&case, at, severity));
        }
        self.post(batch, "investigation-1", facts);
        self.name_contacts(batch, &case, at);
    }

    fn name_contacts(&mut self, batch: &mut Batch, case: &Case, at: Instant) {
        let Some(me) = self.resident(case.person_id) else { return };
        let home = household(&self.county, me).filter(|i| *i != me).map(|i| (i, ExposureContext::Household, case.found_at));
        let seen = case.sampled_at.unwrap_or(case.found_at).min(at);
        let near = neighbours(&self.county, me, NEIGHBOURS_NAMED).into_iter().map(|i| (i, ExposureContext::Unit, seen));
        let near_ones: Vec<_> =
            home.chain(near).filter_map(|(i, context, last)| Some((self.county.residents.get(i)?.id, context, last))).collect();
        let (mut facts, mut ids): (Vec<Fact>, Vec<ContactId>) = (Vec::new(), Vec::new());
        for (person, context, last) in near_ones {
            let why = if context == ExposureContext::Household { "same household" } else { "same stairwell, shared lift and landing" };
            let reachable = self
                .book
                .state
                .persons
                .get(&person)
                .is_some_and(|p| matches!(p.standing, Standing::AtHome | Standing::HomeIsolation | Standing::Isolated));
            if !reachable || self.case_of(person).is_some() || self.contact_of(person).is_some() {
                continue;
            }
            let contact = ContactId(self.ids.uuid_v7((batch.at.0 / 1_000).unsigned_abs()));
            let decision = Decision { decider: "county investigation team".to_owned(), reason: format!("{why} as the case") };
            let (case, category) = (Some(case.case_id), ContactCategory::Close);
            let named = ContactNamed {
                contact,
                person,
                case,
                category,
                first_exposure: None,
                last_exposure: event(last),
                context: Some(context),
                relation: None,
                certainty: Some(Certainty::High),
                decision,
                ended: None,
                at: event(at),
            };
            facts.push(named.into());
            ids.push(contact);
        }
        let known = self.plan.protocol.contact_schedule(ContactCategory::Close).is_some();
        if known && !facts.is_empty() && self.post(batch, "investigation-1", facts) {
            self.incidents.note("contacts named");
            self.named.entry(case.case_id).or_default().extend(ids);
        }
    }

    /// A case that was none has no contacts.
    fn drop_contacts(&mut self, batch: &mut Batch, case: CaseId) {
        let active = |id: &ContactId| self.book.state.contacts.get(id).is_some_and(|c| c.state == ContactState::Active);
        let ids: Vec<ContactId> = self.named.get(&case).into_iter().flatten().copied().filter(active).collect();
        let drop = |contact| {
            let decision = Decision { decider: "county investigation team".to_owned(), reason: "the case was withdrawn".to_owned() };
            Fact::from(ContactDropped { contact, taken_over_by: None, decision, at: event(self.now) })
        };
        let facts: Vec<Fact> = ids.into_iter().map(drop).collect();
        if !facts.is_empty() && self.post(batch, "investigation-1", facts) {
            self.incidents.note("contacts dropped");
        }
    }
}
