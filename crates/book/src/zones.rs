//! Risk zones and the protocol in force.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::ZoneLevel;

impl Act<'_> {
    pub(crate) fn zone_designated(&mut self, f: &ZoneDesignated) -> Outcome {
        self.not_future(f.at)?;
        if f.reason.trim().is_empty() || f.decider.trim().is_empty() {
            return Err(refuse!(
                "zone.reason",
                "reason",
                "a restriction needs a reason and a person who decides",
                "划定风险区须写明理由和决定人"
            ));
        }
        if !f.place.is_within(&self.s.config.root) {
            let p = &f.place;
            return Err(refuse!("zone.place", "place", "{p} lies outside this book", "{p} 不在本台账辖区内"));
        }
        let p = &f.place;
        let old = self.zone_in_force(p);
        let days = old.as_ref().and_then(|old| self.days_after(old.level, f.level)).or_else(|| self.days_of(f.level));
        if let Some(old) = old {
            if old.level == f.level {
                return Err(refuse!("zone.exists", "place", "{p} is such a zone already", "{p} 已是同级风险区"));
            }
            for d in self.lift_duties(p) {
                self.supersede(&d, f.at.at, "another level");
            }
            self.s.zones.put(Zone { lifted_at: Some(f.at.at), ..old });
        }
        self.s.zones.put(Zone {
            place: p.clone(),
            seq: self.c.seq,
            level: f.level,
            designated_at: f.at.at,
            reason: f.reason.clone(),
            decider: f.decider.clone(),
            lifted_at: None,
            last_case_at: None,
        });
        self.owe_lift(p, f.level, days, f.at.at);
        Ok(())
    }

    fn zone_in_force(&self, place: &PlaceId) -> Option<Zone> {
        self.s.zones.group(&Group::Place(place.clone())).into_iter().find(|z| z.lifted_at.is_none()).cloned()
    }

    /// Days without a new infection after which a zone of this level is lifted.
    fn days_of(&self, level: ZoneLevel) -> Option<u32> {
        self.c.protocol.zone_rule(level)?.days_without_new_case
    }

    /// The same for one that has just fallen from a higher level.
    fn days_after(&self, from: ZoneLevel, level: ZoneLevel) -> Option<u32> {
        self.c.protocol.zone_rule(from).filter(|r| r.then_level == Some(level))?.days_at_next_level
    }

    /// A zone is lifted when the days without a new infection have passed, and not later.
    fn owe_lift(&mut self, place: &PlaceId, level: ZoneLevel, days: Option<u32>, from: Instant) {
        if let Some(rule) = self.c.protocol.zone_rule(level) {
            let Some(days) = days else { return };
            let due = self.day_end(from, days);
            self.open_by(DutyKind::LiftZone, Subject::Place(place.clone()), place, from, due, rule.rule.into());
        }
    }

    fn lift_duties(&self, place: &PlaceId) -> Vec<Duty> {
        self.s.duties.group(&Group::Place(place.clone())).into_iter().cloned().collect()
    }

    pub(crate) fn zone_lifted(&mut self, f: &ZoneLifted) -> Outcome {
        self.not_future(f.at)?;
        let Some(z) = self.zone_in_force(&f.place) else {
            let p = &f.place;
            return Err(refuse!("zone.unknown", "place", "{p} is no zone in force", "{p} 不是现行风险区"));
        };
        if f.reason.trim().is_empty() || f.decider.trim().is_empty() {
            return Err(refuse!(
                "zone.reason",
                "reason",
                "a lifting needs a reason and a person who decides",
                "解除风险区须写明理由和决定人"
            ));
        }
        let duties = self.lift_duties(&z.place);
        // Due is the end of the last day; the zone may be lifted in the course of that day.
        let too_early = duties.iter().map(|d| d.due).max().filter(|due| f.at.at.plus(Span::days(1)) < *due);
        if let (Some(due), false) = (too_early, f.early) {
            let (p, due) = (&f.place, EventTime::exact(due, self.s.config.offset));
            return Err(refuse!(
                "zone.too_early",
                "at",
                "{p} has had an infection too lately: its days end at {due}. To lift it before, say that it is early and why",
                "{p} 最近仍有感染者，期满时间为 {due}。如需提前解除，请注明 early 并写明理由"
            ));
        }
        let decision = Decision { reason: f.reason.clone(), decider: f.decider.clone() };
        for d in duties {
            if too_early.is_some() {
                self.waive(&d, f.at.at, &decision);
            } else {
                self.discharge(&d, f.at.at);
            }
        }
        self.s.zones.put(Zone { lifted_at: Some(f.at.at), ..z });
        Ok(())
    }

    /// A new infection in a zone starts its count of days again, in every zone that contains the home.
    pub(crate) fn case_in_zone(&mut self, home: &PlaceId, at: Instant) {
        if self.s.zones.is_empty() {
            return;
        }
        let mut here = Some(home.clone());
        while let Some(p) = here {
            if let Some(z) = self.zone_in_force(&p) {
                self.count_again(z, at);
            }
            here = p.parent();
        }
    }

    /// The days of a zone count from its last infection; one that is reported late does not shorten them.
    fn count_again(&mut self, z: Zone, at: Instant) {
        if at <= z.last_case_at.unwrap_or(z.designated_at) {
            return;
        }
        for d in self.lift_duties(&z.place) {
            self.supersede(&d, at, "a new infection in the zone");
        }
        self.owe_lift(&z.place, z.level, self.days_of(z.level), at);
        self.s.zones.put(Zone { last_case_at: Some(at), ..z });
    }

    pub(crate) fn protocol_adopted(&mut self, f: &ProtocolAdopted) -> Outcome {
        self.not_future(f.at)?;
        if self.s.protocol.as_ref() == Some(&(f.protocol.clone(), f.content)) {
            return Err(refuse!("protocol.same", "protocol", "this protocol is in force already", "该方案已在执行"));
        }
        self.s.protocol = Some((f.protocol.clone(), f.content));
        Ok(())
    }
}
