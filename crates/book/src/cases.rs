//! Cases and their reporting (报): what a positive brings, classification, reports, withdrawal.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::kinds::*;
use crate::overtaken::BECAME_A_CASE;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::sampling::in_closed_loop;
use crate::state::Count;
use crate::stay::before_admission;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{Exposure, Link, Setting, Severity, ZoneLevel};
use std::collections::BTreeMap;

/// Duties that end when a case is withdrawn.
pub(crate) const CASE_DUTIES: &[DutyKind] = &[
    DutyKind::Report,
    DutyKind::InvestigateCore,
    DutyKind::InvestigateFull,
    DutyKind::Transfer,
    DutyKind::Admit,
    DutyKind::ExitTest,
    DutyKind::Observe,
    DutyKind::Discharge,
    DutyKind::Release,
    DutyKind::SymptomTest,
];
/// Those of them that outlast the case: it is reported and investigated after recovery and death too.
const CASE_PAPERS: &[DutyKind] = &[DutyKind::Report, DutyKind::InvestigateCore, DutyKind::InvestigateFull];
/// Those of them that end with the case's care.
pub(crate) const CARE_DUTIES: &[DutyKind] = &[
    DutyKind::Transfer,
    DutyKind::Admit,
    DutyKind::ExitTest,
    DutyKind::Observe,
    DutyKind::Discharge,
    DutyKind::Release,
    DutyKind::SymptomTest,
];
/// Duties of a contact's schedule and of sampling that end when the person becomes a case.
const OVERTAKEN_BY_CASE: &[DutyKind] = &[
    DutyKind::Recall,
    DutyKind::Resample,
    DutyKind::ContactTest,
    DutyKind::MonitoringTest,
    DutyKind::Isolate,
    DutyKind::Release,
    DutyKind::Discharge,
    DutyKind::ReviewContact,
    DutyKind::FollowUp,
    DutyKind::TraceLost,
    DutyKind::SymptomTest,
    DutyKind::Prophylaxis,
    DutyKind::SecondDose,
];

impl Act<'_> {
    /// A positive single sample makes a case.
    pub(crate) fn open_case(&mut self, person: PersonId, t: &Tube, sampled_at: Instant, at: Instant) {
        let Some(p) = self.s.persons.get(&person).cloned() else { return };
        if p.standing == Standing::Dead && Self::first_of(&self.s.cases, person, |c| c.state == CaseState::Died).is_some() {
            return; // Another tube of someone who died as a case.
        }
        let setting = self.setting_of(&p, t.round.is_some(), sampled_at);
        // Where infections without symptoms are a class of their own, it is one until someone has asked.
        let (classification, severity) = match self.c.protocol.knows_asymptomatic() {
            true => (Classification::Asymptomatic, Some(Severity::Asymptomatic)),
            false => (Classification::Confirmed, None),
        };
        let case = Case {
            case_id: CaseId(self.here().derive(&format!("case:{person}"))),
            person_id: person,
            place: p.place.clone(),
            tube: Some(t.tube.clone()),
            round: t.round.clone(),
            found_at: at,
            sampled_at: Some(sampled_at),
            classification,
            severity,
            onset: None,
            setting,
            control: Some(self.c.protocol.channel(setting)),
            note: None,
            number: None,
            state: CaseState::Active,
            reported_at: None,
            receipt: None,
            ended_at: None,
            opened_seq: self.c.seq,
        };
        self.start_case(case, &p, at);
    }

    /// Where a person was when swabbed, from what is known before the result. Whoever was isolated, or whose home became a zone, between swab and result was
    /// in the community until then.
    fn setting_of(&self, p: &Person, in_round: bool, sampled_at: Instant) -> Setting {
        let isolated = || self.open_stay(p.person_id).is_some_and(|s| s.admitted_at <= sampled_at);
        let kept_at_home = || self.active_contact(p.person_id).is_none_or(|c| c.named_at <= sampled_at);
        match p.standing {
            Standing::Isolated if isolated() => return Setting::IsolationSite,
            Standing::HomeIsolation | Standing::HomeMonitoring if kept_at_home() => return Setting::HomeIsolation,
            _ => {}
        }
        if self.zone_at(&p.home).is_some_and(|z| z.level == ZoneLevel::High && z.designated_at <= sampled_at) {
            return Setting::HighRiskZone;
        }
        if in_closed_loop(p.occupation) {
            return Setting::ClosedLoop;
        }
        match p.exposure {
            Exposure::Recalled => Setting::Recall,
            Exposure::CloseContact | Exposure::SecondaryContact | Exposure::HighRiskSpillover => Setting::ContactTracing,
            Exposure::Symptomatic => Setting::Clinic,
            _ if in_round => Setting::RoundScreening,
            _ => Setting::Other,
        }
    }

    /// Puts a case into the book with its duties, and ends what it overtakes.
    pub(crate) fn start_case(&mut self, case: Case, p: &Person, at: Instant) {
        let (id, person, place) = (case.case_id, p.person_id, p.place.clone());
        // A new case has no contacts, links and leads yet: all of them will be in memory, if it is withdrawn or merged in the same batch.
        self.s.contacts.know_groups([Group::Case(id)]);
        self.s.links.know_groups([Group::Case(id)]);
        self.s.leads.know_groups([Group::Case(id)]);
        self.supersede_all(person, OVERTAKEN_BY_CASE, at, BECAME_A_CASE);
        self.end_contacts(person, ContactState::Converted);
        if let Some(t) = self.open_transfer(person) {
            self.call_off(t, at, "became a case: a transfer to a hospital replaces it");
        }
        self.waive_rosters(person, "case", None, Count::Superseded);
        self.open(DutyKind::Report, Link::StatutoryReport, Subject::Case(id, person), &place, at);
        self.open(DutyKind::InvestigateCore, Link::CoreInvestigation, Subject::Case(id, person), &place, at);
        self.open(DutyKind::InvestigateFull, Link::FullInvestigation, Subject::Case(id, person), &place, at);
        if p.standing == Standing::Dead {
            self.s.cases.put(Case { state: CaseState::Died, ended_at: Some(at), ..case });
        } else {
            self.s.cases.put(case.clone());
            self.stand(person, Standing::Infected, at);
            self.owe_care(&case, at);
            self.show_exposure(person);
            // What was read of a stay before says nothing about this case.
            if let Some(stay) = self.open_stay(person) {
                self.s.stays.put(Stay { exit_passes: 0, last_pass_at: None, ..stay });
            }
        }
        self.case_in_zone(&p.home, at);
    }

    /// Open duties of these kinds about a case, earliest due first.
    pub(crate) fn case_duties(&self, case: &Case, kinds: &[DutyKind]) -> Vec<Duty> {
        let id = case.case_id.to_string();
        self.open_duties(case.person_id, kinds).into_iter().filter(|d| d.subject == id).collect()
    }

    /// Discharges the open duties of these kinds about a case, for what is filed is the case as it is now; tells whether there was one.
    pub(crate) fn discharge_about(&mut self, case: &Case, kinds: &[DutyKind], at: Instant) -> bool {
        let due = self.case_duties(case, kinds);
        due.iter().for_each(|d| self.discharge(d, at));
        !due.is_empty()
    }

    pub(crate) fn case(&self, id: &CaseId) -> Result<Case, Refusal> {
        let found = self
            .s
            .cases
            .get(id)
            .cloned()
            .ok_or_else(|| refuse!("case.unknown", "case", "no case {id} in this book", "台账中没有感染者 {id}"))?;
        if found.state == CaseState::Withdrawn {
            return Err(refuse!("case.withdrawn", "case", "case {id} was withdrawn", "感染者 {id} 已撤销"));
        }
        Ok(found)
    }

    pub(crate) fn case_classified(&mut self, f: &CaseClassified) -> Outcome {
        self.not_future(f.at)?;
        let case = self.case(&f.case)?;
        if f.onset.is_some_and(|o| o.at > f.at.at) {
            return Err(refuse!("case.onset", "onset", "the onset is after the classification", "发病时间晚于定性时间"));
        }
        if f.classification == Classification::NotACase {
            self.withdraw_case(case, f.at.at, &format!("{}: not a case", f.decider));
            return Ok(());
        }
        let changed = case.classification != f.classification || case.severity != Some(f.severity);
        let case =
            Case { classification: f.classification, severity: Some(f.severity), onset: f.onset.map(|o| o.at).or(case.onset), ..case };
        self.s.cases.put(case.clone());
        if changed && case.reported_at.is_some() {
            self.owe_report_correction(&case, f.at.at);
        }
        if case.state == CaseState::Active
            && let Some(p) = self.s.persons.get(&case.person_id).cloned()
        {
            self.move_if_unfit(&p, &case, f.at.at);
            self.review_care(case.person_id, f.at.at);
        }
        Ok(())
    }

    pub(crate) fn owe_report_correction(&mut self, case: &Case, at: Instant) {
        if self.case_duties(case, &[DutyKind::ReportCorrection]).is_empty() {
            let subject = Subject::Case(case.case_id, case.person_id);
            self.open(DutyKind::ReportCorrection, Link::ReportCorrection, subject, &case.place, at);
        }
    }

    /// The discharge date of a reported case is reported too.
    pub(crate) fn owe_discharge_entry(&mut self, case: &Case, at: Instant) {
        let subject = Subject::Case(case.case_id, case.person_id);
        self.open(DutyKind::ReportCorrection, Link::DischargeEntry, subject, &case.place, at);
    }

    pub(crate) fn channel_judged(&mut self, f: &ChannelJudged) -> Outcome {
        self.not_future(f.at)?;
        if f.reason.trim().is_empty() {
            return Err(refuse!("channel.reason", "reason", "a judgement needs a reason", "判定须写明理由"));
        }
        let case = self.case(&f.case)?;
        self.s.cases.put(Case { control: Some(f.control), ..case });
        Ok(())
    }

    pub(crate) fn report_filed(&mut self, f: &ReportFiled) -> Outcome {
        self.not_future(f.at)?;
        let Some(case) = self.s.cases.get(&f.case).cloned() else {
            let id = f.case;
            return Err(refuse!("case.unknown", "case", "no case {id} in this book", "台账中没有感染者 {id}"));
        };
        if f.receipt.trim().is_empty() {
            return Err(refuse!("report.receipt", "receipt", "give the receipt number of the statutory system", "请填写网络直报回执号"));
        }
        if !self.discharge_about(&case, &[DutyKind::Report, DutyKind::ReportCorrection], f.at.at) {
            return Err(refuse!("report.not_due", "case", "nothing about this case waits to be reported", "该感染者没有待报告事项"));
        }
        self.s.cases.put(Case { reported_at: case.reported_at.or(Some(f.at.at)), receipt: Some(f.receipt.clone()), ..case });
        Ok(())
    }

    /// Takes a case back: it was never one. Everything that followed is ended or put right, visibly.
    pub(crate) fn withdraw_case(&mut self, case: Case, at: Instant, why: &str) {
        let before = case.state;
        let kinds: &[DutyKind] = if before == CaseState::Active { CASE_DUTIES } else { CASE_PAPERS };
        let about = |d: &Duty| d.subject_kind != SubjectKind::Case || d.subject == case.case_id.to_string();
        for d in self.open_duties(case.person_id, kinds).into_iter().filter(about) {
            self.supersede(&d, at, why);
        }
        let case = Case { state: CaseState::Withdrawn, classification: Classification::NotACase, ended_at: Some(at), ..case };
        self.s.cases.put(case.clone());
        if case.reported_at.is_some() {
            self.owe_report_correction(&case, at);
        } else {
            self.case_duties(&case, &[DutyKind::ReportCorrection]).iter().for_each(|d| self.supersede(d, at, why));
        }
        self.review_contacts_of(case.case_id, at);
        self.end_leads_of(case.case_id, at, why);
        let standing = self.s.persons.get(&case.person_id).map(|p| p.standing);
        match (before, standing) {
            (CaseState::Active, _) => self.no_longer_infected(&case, at, why),
            (CaseState::Recovered, Some(Standing::HomeMonitoring)) => {
                self.supersede_all(case.person_id, &[DutyKind::MonitoringTest, DutyKind::Release], at, why);
                self.stand(case.person_id, Standing::AtHome, at);
            }
            _ => {}
        }
        if before == CaseState::Recovered {
            self.overtaken_by(&case).into_iter().for_each(|c| self.s.contacts.put(Contact { state: ContactState::Released, ..c }));
        }
        self.owe_again(&case, before, at);
        self.settle_orders(case.person_id, at, None);
        self.show_exposure(case.person_id);
    }

    /// The contact records that this case had overtaken: none of before another case from which the person has recovered.
    fn overtaken_by(&self, case: &Case) -> Vec<Contact> {
        let group = Group::Person(case.person_id);
        let ended = self.s.cases.group(&group).into_iter().filter(|c| c.state == CaseState::Recovered).filter_map(|c| c.ended_at).max();
        let converted = self.contacts_in(case.person_id, &[ContactState::Converted]).into_iter();
        converted.filter(|c| ended.is_none_or(|e| c.last_exposure > e)).collect()
    }

    /// The person of a withdrawn case: the transfer is called off, the bed is to be left, a contact is a contact again.
    fn no_longer_infected(&mut self, case: &Case, at: Instant, why: &str) {
        let person = case.person_id;
        if let Some(t) = self.open_transfer(person) {
            self.call_off(t, at, why);
        }
        let in_bed = self.open_stay(person).is_some();
        // Whoever lies in a bed without being infected is no patient any more, and not free yet.
        self.stand(person, if in_bed { Standing::Isolated } else { Standing::AtHome }, at);
        self.overtaken_by(case).into_iter().for_each(|c| self.s.contacts.put(Contact { state: ContactState::Covered, ..c }));
        self.lead_next(person, at);
        if in_bed && self.open_duties(person, &[DutyKind::Discharge, DutyKind::Isolate]).is_empty() {
            self.open(DutyKind::Discharge, Link::Discharge, Subject::Person(person), &case.place, at);
        }
        if in_bed && self.open_duties(person, &[DutyKind::Observe]).is_empty() {
            self.owe_observation(person, &case.place, at);
        }
    }

    pub(crate) fn died(&mut self, f: &Died) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        if p.standing == Standing::Dead {
            return Err(refuse!("person.dead", "person", "the death is recorded already", "该人员死亡已登记"));
        }
        if self.open_stay(f.person).is_some_and(|s| f.at.at < s.admitted_at) {
            return Err(before_admission());
        }
        self.recalled(f.person, BTreeMap::clear);
        if let Some(case) = self.active_case(f.person) {
            self.s.cases.put(Case { state: CaseState::Died, ended_at: Some(f.at.at), ..case.clone() });
            self.owe_discharge_entry(&case, f.at.at);
        }
        self.supersede_all(f.person, CARE_DUTIES, f.at.at, "died");
        self.supersede_all(f.person, OVERTAKEN_BY_CASE, f.at.at, "died");
        self.end_contacts(f.person, ContactState::Released);
        if let Some(t) = self.open_transfer(f.person) {
            self.call_off(t, f.at.at, "died");
        }
        if let Some(stay) = self.open_stay(f.person) {
            self.leave_bed(stay, f.at.at, None);
        }
        self.waive_rosters(f.person, "dead", None, Count::Superseded);
        self.stand(f.person, Standing::Dead, f.at.at);
        self.settle_orders(f.person, f.at.at, None);
        Ok(())
    }
}
