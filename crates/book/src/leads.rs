//! Leads (线索): contacts who are known by a name, a number or as a group ("32 passengers of bus 12, 9 still unknown") stay open work until
//! they are persons, or someone decides that they are not looked for any more.

use crate::act::{Act, Outcome, Subject};
use crate::brief::unknown_person;
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::Link;
use std::collections::BTreeSet;

/// Most people of a group.
const MOST: u32 = 10_000;

impl Act<'_> {
    pub(crate) fn lead_noted(&mut self, f: &LeadNoted) -> Outcome {
        self.not_future(f.at)?;
        let case = self.case(&f.case)?;
        if self.s.leads.get(&f.lead).is_some() {
            return Err(refuse!("lead.exists", "lead", "this lead exists", "该线索已存在"));
        }
        if f.description.trim().is_empty() {
            return Err(refuse!("lead.description", "description", "say what is known of them", "请写明已知信息"));
        }
        if f.last_exposure.at > f.at.at {
            return Err(refuse!("lead.exposure", "last_exposure", "the last exposure is after the record", "最后暴露时间晚于登记时间"));
        }
        let expected = match (f.kind, f.expected) {
            (LeadKind::Person, None | Some(1)) => 1,
            (LeadKind::Group, Some(n)) if (1..=MOST).contains(&n) => n,
            _ => {
                return Err(refuse!(
                    "lead.expected",
                    "expected",
                    "a group says how many they are, 1 to {MOST}; a person is one",
                    "群体须填写人数（1 至 {MOST}），个人为 1"
                ));
            }
        };
        if let Some(Venue::Place(p)) = &f.venue
            && self.s.places.get(p).is_none()
        {
            return Err(refuse!("place.unknown", "venue", "no place {p} in this book", "台账中没有地点 {p}"));
        }
        if let Some(id) = f.visit
            && self.s.visits.get(&id).is_none_or(|v| v.case_id != f.case)
        {
            return Err(refuse!("visit.unknown", "visit", "no visit {id} of this case", "该感染者没有轨迹 {id}"));
        }
        let subject = Subject::Lead(f.lead, case.person_id);
        let duty_id = self.open(DutyKind::IdentifyLead, Link::IdentifyLead, subject, &case.place, f.at.at);
        self.s.leads.put(Lead {
            lead_id: f.lead,
            case_id: f.case,
            person_id: case.person_id,
            place: case.place,
            kind: f.kind,
            description: f.description.clone(),
            phone: f.phone.clone(),
            expected: expected as i32,
            persons: BTreeSet::new(),
            venue: f.venue.clone(),
            visit_id: f.visit,
            last_exposure: f.last_exposure.at,
            noted_at: f.at.at,
            duty_id,
            state: LeadState::Open,
            ended_at: None,
            reason: None,
            decider: None,
        });
        Ok(())
    }

    fn open_lead(&self, id: LeadId) -> Result<Lead, Refusal> {
        let open = self.s.leads.get(&id).filter(|l| l.state == LeadState::Open).cloned();
        open.ok_or_else(|| refuse!("lead.unknown", "lead", "no open lead {id}", "没有待核实的线索 {id}"))
    }

    pub(crate) fn lead_resolved(&mut self, f: &LeadResolved) -> Outcome {
        self.not_future(f.at)?;
        let lead = self.open_lead(f.lead)?;
        if let Some(id) = f.persons.iter().find(|p| self.s.persons.get(p).is_none()) {
            return Err(unknown_person(*id));
        }
        if let Some(id) = f.persons.iter().find(|p| **p == lead.person_id) {
            return Err(refuse!("lead.itself", "persons", "{id} is the case itself", "{id} 就是该感染者本人"));
        }
        if f.persons.is_empty() && f.expected.is_none() {
            return Err(refuse!("lead.persons", "persons", "name at least one person, or how many they are", "请至少填写一人，或更正人数"));
        }
        let persons: BTreeSet<PersonId> = lead.persons.iter().chain(&f.persons).copied().collect();
        let expected = f.expected.map_or(lead.expected, |n| n.min(MOST) as i32);
        let n = persons.len();
        if n > expected as usize || expected == 0 {
            return Err(refuse!(
                "lead.expected",
                "expected",
                "{n} are known by name, more than the {expected} expected; say with `expected` how many they are",
                "已核实 {n} 人，多于预计的 {expected} 人，请用 expected 更正人数"
            ));
        }
        let all = n == expected as usize;
        let (state, ended_at) = if all { (LeadState::Resolved, Some(f.at.at)) } else { (LeadState::Open, None) };
        if all && let Some(d) = self.lead_duty(&lead) {
            self.discharge(&d, f.at.at);
        }
        self.s.leads.put(Lead { persons, expected, state, ended_at, ..lead });
        Ok(())
    }

    pub(crate) fn lead_closed(&mut self, f: &LeadClosed) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let lead = self.open_lead(f.lead)?;
        if let Some(d) = self.lead_duty(&lead) {
            self.waive(&d, f.at.at, &f.decision);
        }
        let (reason, decider) = (Some(f.decision.reason.clone()), Some(f.decision.decider.clone()));
        self.s.leads.put(Lead { state: LeadState::Closed, ended_at: Some(f.at.at), reason, decider, ..lead });
        Ok(())
    }

    /// The open duty to identify a lead; none where the protocol sets no time, or someone has waived it.
    fn lead_duty(&self, lead: &Lead) -> Option<Duty> {
        self.open_duties(lead.person_id, &[DutyKind::IdentifyLead]).into_iter().find(|d| Some(d.duty_id) == lead.duty_id)
    }

    /// The case was none: nobody it may have met is looked for.
    pub(crate) fn end_leads_of(&mut self, case: CaseId, at: Instant, why: &str) {
        let of_case = self.s.leads.group(&Group::Case(case)).into_iter().filter(|l| l.state == LeadState::Open).cloned();
        for lead in of_case.collect::<Vec<_>>() {
            if let Some(d) = self.lead_duty(&lead) {
                self.supersede(&d, at, why);
            }
            self.s.leads.put(Lead { state: LeadState::Closed, ended_at: Some(at), reason: Some(why.to_owned()), ..lead });
        }
    }
}
