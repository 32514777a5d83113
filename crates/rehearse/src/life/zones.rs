//! Risk zones: the building of each case, by decision; lifted when due, or when the case was none.

use super::registry::COMMAND;
use super::{BUILDING, Life, event};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Setting, ZoneLevel};

impl Life {
    /// Zones that are decided on, and zones that end.
    pub(super) fn draw_and_lift_zones(&mut self) {
        let mut batch = self.begin(Role::Commander, "risk zones");
        let (due, later) = std::mem::take(&mut self.to_zone).into_iter().partition(|z| z.0 <= self.now);
        self.to_zone = later;
        for (at, case) in due {
            self.draw(&mut batch, at, case);
        }
        for (at, id) in self.desk.ready(DutyKind::LiftZone, self.now) {
            if let Some(place) = self.open_duty(id).map(|d| d.place) {
                self.lift(&mut batch, place, at, false, "the days without a new infection have passed");
            }
        }
        self.lift_groundless(&mut batch);
        self.end(batch);
    }

    fn draw(&mut self, batch: &mut super::Batch, at: Instant, case: CaseId) {
        let Some(case) = self.book.state.cases.get(&case).filter(|c| c.state == CaseState::Active).cloned() else { return };
        let Some(home) = self.book.state.persons.get(&case.person_id).map(|p| p.home.clone()) else { return };
        let away = matches!(case.setting, Setting::IsolationSite);
        if away || self.zone_over(&home).is_some() || self.plan.protocol.zone_rule(ZoneLevel::High).is_none() {
            return;
        }
        let zone = ZoneDesignated {
            place: home.at_depth(BUILDING),
            level: ZoneLevel::High,
            reason: format!("case {} lives in this building", case.case_id),
            decider: COMMAND.to_owned(),
            at: event(at),
        };
        if self.post(batch, "command-1", vec![zone.into()]) {
            self.incidents.note("zone drawn");
        }
    }

    fn lift(&mut self, batch: &mut super::Batch, place: PlaceId, at: Instant, early: bool, reason: &str) {
        let fact = ZoneLifted { place, early, reason: reason.to_owned(), decider: COMMAND.to_owned(), at: event(at) };
        if self.post(batch, "command-1", vec![fact.into()]) {
            self.incidents.note("zone lifted");
        }
    }

    /// A zone for whose building only a withdrawn case spoke is lifted at once.
    fn lift_groundless(&mut self, batch: &mut super::Batch) {
        let Some(person) = self.incidents.dispute.as_ref().filter(|d| d.corrected).map(|d| d.person) else { return };
        let Some(home) = self.book.state.persons.get(&person).map(|p| p.home.clone()) else { return };
        let Some((place, _)) = self.zone_over(&home) else { return };
        let others = self.named.keys().filter_map(|id| self.book.state.cases.get(id)).any(|c| {
            let here = self.book.state.persons.get(&c.person_id).is_some_and(|p| p.home.is_within(&place));
            here && c.state != CaseState::Withdrawn
        });
        if !others {
            self.lift(batch, place, self.now, true, "the only case of the building was withdrawn");
        }
    }
}
