//! Cases, their investigation, their contacts, and zones, as the rehearsal has them.

use super::{COMPOUND, Script};
use crate::life::truth::household;
use crate::life::{Batch, Life, event};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{ContactCategory, Control, Setting, Severity, ZoneLevel};
use quell_response::journal::Deed;
use std::ops::Range;

const TEAM: &str = "county investigation team";
const COMMAND: &str = crate::life::registry::COMMAND;

/// A case of which nothing else is said.
pub(super) fn listed(case: CaseId, person: PersonId, classification: Classification, at: Instant) -> CaseListed {
    CaseListed {
        case,
        person,
        classification,
        severity: None,
        onset: None,
        at: event(at),
        control: None,
        note: None,
        number: None,
        sampled: None,
        reported: None,
        setting: None,
        ended: None,
    }
}

impl Life {
    /// Cases that the rehearsal found: the book's, which it made of their results, or one that is listed because a hospital saw it without a swab.
    pub(super) fn list_cases(&mut self, script: &mut Script, due: &[(Instant, Deed)]) {
        let mut batch = self.begin(Role::Investigator, "cases listed");
        for (at, deed) in due {
            let Deed::Found { case: number } = deed else { continue };
            let Some(found) = script.cases.get(*number as usize) else { continue };
            let Some(person) = self.person(found.person) else { continue };
            if self.case_of(person).is_none() {
                let case = CaseId(self.ids.uuid_v7((batch.at.0 / 1_000).unsigned_abs()));
                let control = if found.community { Control::CommunityFound } else { Control::Controlled };
                let listed = CaseListed {
                    severity: Some(Severity::Severe),
                    onset: self.truth.of(person).and_then(|i| i.onset_by(*at)).map(event),
                    control: Some(control),
                    setting: Some(Setting::Clinic),
                    ..listed(case, person, Classification::Confirmed, *at)
                };
                self.post(&mut batch, "investigation-1", vec![listed.into()]);
                self.incidents.note("case without a swab");
            }
            script.ids[*number as usize] = self.case_of(person).map(|c| c.case_id);
        }
        self.end(batch);
    }

    /// Investigations, contacts who are told, and cases that became severe.
    pub(super) fn investigate_and_tell(&mut self, script: &Script, due: &[(Instant, Deed)]) {
        let mut batch = self.begin(Role::Investigator, "investigations");
        for (at, deed) in due {
            match deed {
                Deed::Investigated { case } => self.investigate_as_rehearsed(script, &mut batch, *at, *case),
                Deed::Told { person, case, exposed, secondary } => {
                    let case = case.and_then(|n| script.ids.get(n as usize).copied().flatten());
                    let exposed = script.instant(*exposed).min(*at);
                    let category = if *secondary { ContactCategory::Secondary } else { ContactCategory::Close };
                    self.tell(&mut batch, *at, *person, case, exposed, category);
                }
                Deed::Severe { person } => {
                    if let Some(case) = self.person(*person).and_then(|p| self.case_of(p)).filter(|c| c.severity != Some(Severity::Severe))
                    {
                        let classified = self.classified(&case, *at, Severity::Severe);
                        self.post(&mut batch, "investigation-1", vec![classified]);
                    }
                }
                _ => {}
            }
        }
        self.end(batch);
    }

    fn investigate_as_rehearsed(&mut self, script: &Script, batch: &mut Batch, at: Instant, number: u32) {
        let id = script.ids.get(number as usize).copied().flatten();
        let Some(case) = id.and_then(|id| self.book.state.cases.get(&id).cloned()) else { return };
        let summary = Some("household, class or workplace, last exposures".to_owned());
        let facts = self.asked(&case, InvestigationPart::Core, summary, at);
        self.post(batch, "investigation-1", facts);
        if let Some(i) = self.truth.of(case.person_id).copied()
            && i.onset_by(at).is_some()
        {
            let severity = case.severity.unwrap_or(if i.is_moderate() { Severity::Moderate } else { Severity::Mild });
            let classified = self.classified(&case, at, severity);
            self.post(batch, "investigation-1", vec![classified]);
        }
    }

    /// A contact who is told. Whom the book covers already, by the same case and a later exposure, is not named again.
    fn tell(&mut self, batch: &mut Batch, at: Instant, number: u32, case: Option<CaseId>, exposed: Instant, category: ContactCategory) {
        let Some(person) = self.person(number) else { return };
        let Some(row) = self.book.state.persons.get(&person) else { return };
        let managed_otherwise = matches!(row.standing, Standing::Dead | Standing::HomeMonitoring) || self.case_of(person).is_some();
        if managed_otherwise || self.plan.protocol.contact_schedule(category).is_none() {
            return;
        }
        let source = case.and_then(|c| self.book.state.cases.get(&c)).and_then(|c| self.resident(c.person_id));
        let at_home = source.is_some_and(|i| household(&self.county, i).contains(&(number as usize)));
        let contact = ContactId(self.ids.uuid_v7((batch.at.0 / 1_000).unsigned_abs()));
        let reason = if at_home { "same household as the case" } else { "named by a case, or on the list of a class or team" };
        let named = ContactNamed {
            contact,
            person,
            case,
            category,
            first_exposure: None,
            last_exposure: event(exposed),
            context: at_home.then_some(ExposureContext::Household),
            relation: None,
            certainty: Some(Certainty::Medium),
            decision: Decision { decider: TEAM.to_owned(), reason: reason.to_owned() },
            ended: None,
            at: event(at),
        };
        match self.attempt(batch, "investigation-1", vec![named.into()]) {
            Ok(()) => self.incidents.note("contact told"),
            Err(refusal) if refusal.rule == "contact.covered" => {}
            Err(refusal) => self.surprises.push(format!("{at} contact told: {refusal}")),
        }
    }

    /// Zones that are drawn, lowered and lifted.
    pub(super) fn draw_as_rehearsed(&mut self, script: &Script, due: &[(Instant, Deed)]) {
        let mut batch = self.begin(Role::Commander, "risk zones");
        for (at, deed) in due {
            match deed {
                Deed::ZoneDrawn { people } => self.zone(&mut batch, *at, people, script.zone_depth, ZoneLevel::High),
                Deed::Controlled { people } if self.zone_at(people, COMPOUND).is_none() => {
                    self.zone(&mut batch, *at, people, COMPOUND, ZoneLevel::TemporaryControl);
                }
                Deed::ZoneLowered { people } => {
                    if let Some(level) = script.lower {
                        self.zone(&mut batch, *at, people, script.zone_depth, level);
                    }
                }
                Deed::ZoneLifted { people } => self.lift_as_rehearsed(&mut batch, *at, people, script.zone_depth),
                Deed::ControlOver { people } if self.zone_at(people, COMPOUND) == Some(ZoneLevel::TemporaryControl) => {
                    self.lift_as_rehearsed(&mut batch, *at, people, COMPOUND);
                }
                _ => {}
            }
        }
        self.end(batch);
    }

    fn place_of(&self, people: &Range<u32>, depth: usize) -> Option<PlaceId> {
        self.county.residents.get(people.start as usize).map(|r| r.home.at_depth(depth))
    }

    /// The zone that is drawn just there. One place has one: a high-risk zone takes the place of temporary control.
    fn zone_at(&self, people: &Range<u32>, depth: usize) -> Option<ZoneLevel> {
        self.place_of(people, depth).and_then(|p| self.zones.get(&p).copied())
    }

    fn zone(&mut self, batch: &mut Batch, at: Instant, people: &Range<u32>, depth: usize, level: ZoneLevel) {
        let Some(place) = self.place_of(people, depth) else { return };
        let reason = "a case lives here".to_owned();
        let zone = ZoneDesignated { place, level, reason, decider: COMMAND.to_owned(), at: event(at) };
        if self.post(batch, "command-1", vec![zone.into()]) {
            self.incidents.note("zone drawn");
        }
    }

    fn lift_as_rehearsed(&mut self, batch: &mut Batch, at: Instant, people: &Range<u32>, depth: usize) {
        let Some(place) = self.place_of(people, depth) else { return };
        let reason = "the days without a new infection have passed".to_owned();
        let lifted = |early| -> Fact {
            ZoneLifted { place: place.clone(), early, reason: reason.clone(), decider: COMMAND.to_owned(), at: event(at) }.into()
        };
        match self.attempt(batch, "command-1", vec![lifted(false)]) {
            Err(refusal) if refusal.rule == "zone.too_early" => {
                self.incidents.note("zone lifted early");
                self.post(batch, "command-1", vec![lifted(true)]);
            }
            Err(refusal) => self.surprises.push(format!("{at} zone lifted: {refusal}")),
            Ok(()) => self.incidents.note("zone lifted"),
        }
    }
}
