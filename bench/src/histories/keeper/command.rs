//! What is said in command: zones, channels, hand-ins, owners, the close of a day.

use super::*;
use quell_protocol::{Control, ZoneLevel};

/// Where zones are drawn: a community, a compound, a building, a unit, and a place outside the book.
const ZONES: [&str; 6] = [
    "50.500237.101.001.c1",
    "50.500237.101.001.c1.b1",
    "50.500237.101.001.c1.b2",
    "50.500237.101.002.c1.b1.u1",
    "50.500237.101.002",
    "50.500238.101",
];

impl Keeper {
    /// Something is decided.
    pub(super) fn command(&mut self, a: &Auditor) -> Vec<Fact> {
        match self.r.below(14) {
            0..=3 => self.zone(a),
            4 => {
                let cases: Vec<CaseId> = a.known.cases.iter().filter_map(|c| c.id).collect();
                let case = self.some(&cases).unwrap_or(CaseId(uuid::Uuid::from_u128(1)));
                let (reason, at) = (self.words(), self.at());
                vec![ChannelJudged { case, control: Control::Controlled, reason, decider: "experts".into(), at }.into()]
            }
            5 | 6 => self.hand_in(a),
            _ => self.close(a),
        }
    }

    fn zone(&mut self, a: &Auditor) -> Vec<Fact> {
        let (reason, at) = (self.words(), self.at());
        let inside = if self.r.chance(0.05) { 6 } else { 5 };
        let any = place(ZONES[self.r.below(inside) as usize]);
        let zones: Vec<PlaceId> = a.known.zones.iter().filter(|z| z.ended.is_none()).map(|z| z.place.clone()).collect();
        if self.r.chance(0.6) && !zones.is_empty() {
            let place = self.some(&zones).filter(|_| !self.r.chance(0.1)).unwrap_or(any);
            return vec![ZoneLifted { place, early: self.r.chance(0.3), reason, decider: "command".into(), at }.into()];
        }
        let level = [ZoneLevel::High, ZoneLevel::High, ZoneLevel::TemporaryControl, ZoneLevel::Low][self.r.below(4) as usize];
        // Some are written down days after they were drawn.
        let days = if self.r.chance(0.4) { self.r.between(1, 7) } else { 0 };
        let at = EventTime::exact(at.at.plus(Span::days(-days)), UtcOffset::CHINA);
        vec![ZoneDesignated { place: any, level, reason, decider: "command".into(), at }.into()]
    }

    fn hand_in(&mut self, a: &Auditor) -> Vec<Fact> {
        let at = self.at();
        let of = |d: &&crate::histories::auditor::Owed| d.key.kind == DutyKind::ReviewHandIn || self.n.is_multiple_of(7);
        let duties: Vec<DutyId> = a.duties.iter().filter(of).filter_map(|d| d.id).collect();
        if self.r.chance(0.5)
            && let Some(duty) = self.some(&duties)
        {
            let decision = Decision { decider: "command".into(), reason: self.words() };
            return vec![HandInReviewed { duty, decision, at }.into()];
        }
        let name = ["sampler@50.500237.101.001", "courier@50.500237"][self.r.below(2) as usize];
        let account = AccountId::new(name).unwrap_or_else(|_| unreachable!("a name"));
        let place = place(COMMUNITIES[self.r.below(2) as usize]);
        let revoked_at = EventTime::exact(self.now.plus(Span::hours(-1)), UtcOffset::CHINA);
        vec![LateHandIn { account, place, revoked_at, at }.into()]
    }

    /// Whatever is overdue gets an owner; then the day is closed.
    fn close(&mut self, a: &Auditor) -> Vec<Fact> {
        let mut kinds: Vec<DutyKind> = a.without_owner().map(|d| d.0).collect();
        kinds.sort();
        kinds.dedup();
        let strange = self.r.chance(0.1);
        if !kinds.is_empty() && !strange {
            let reason = self.words();
            let at = if self.r.chance(0.1) { COMMUNITIES[0] } else { ROOT };
            let own = |kind| OverdueOwned { kind, place: place(at), owner: "office".into(), reason: reason.clone() }.into();
            return kinds.into_iter().map(own).collect();
        }
        let day = a.day.unwrap_or(Day(0)).plus(if self.r.chance(0.1) { 1 } else { 0 });
        vec![DayClosed { day, decider: "command".into() }.into()]
    }
}
