//! What those in command say: zones, the channel of a case, hand-ins of revoked accounts, owners, the close of a day.

use super::Auditor;
use super::judge::{Verdict, need, said};
use super::known::*;
use super::life::day_end;
use super::wants::{Key, Want, key};
use crate::histories::world::{ROOT, place};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::ZoneLevel;

/// A risk zone.
#[derive(Debug, Clone)]
pub struct ZoneSeen {
    /// Where.
    pub place: PlaceId,
    /// Its level.
    pub level: ZoneLevel,
    /// Drawn.
    pub drawn: Told,
    /// Infections found in it, each later than those before.
    pub infections: Vec<Told>,
    /// Lifted, or drawn anew at another level.
    pub ended: Option<Told>,
    /// Lifted because its time was up.
    pub lifted: bool,
}

/// What a revoked account handed in of the time before.
#[derive(Debug, Clone)]
pub struct HandIn {
    /// The fact.
    pub mark: Told,
    /// The account.
    pub account: AccountId,
    /// Its place.
    pub place: PlaceId,
    /// Someone has looked at it.
    pub reviewed: Option<Told>,
}

impl Auditor {
    /// The verdict on what is said in command; nothing about any other fact.
    pub(super) fn judge_command(&self, fact: &Fact) -> Option<Verdict> {
        Some(match fact {
            Fact::ZoneDesignated(f) => need(said(&f.reason) && said(&f.decider), "no reason")
                .and(need(f.place.is_within(&place(ROOT)), "outside the book"))
                .and(need(self.zone(&f.place).is_none_or(|z| z.level != f.level), "such a zone already")),
            Fact::ZoneLifted(f) => self.judge_lifting(f),
            Fact::ChannelJudged(f) => {
                let stands = |c: &CaseSeen| c.id == Some(f.case) && c.state != CaseState::Withdrawn;
                need(said(&f.reason), "no reason").and(need(self.known.cases.iter().any(stands), "unknown or withdrawn case"))
            }
            Fact::LateHandIn(_) => Ok(()),
            Fact::HandInReviewed(f) => {
                let open =
                    self.duties.iter().any(|d| d.id == Some(f.duty) && d.state == DutyState::Open && d.key.kind == DutyKind::ReviewHandIn);
                need(said(&f.decision.decider) && said(&f.decision.reason), "no reason").and(need(open, "no such review"))
            }
            Fact::OverdueOwned(f) => need(said(&f.owner) && said(&f.reason), "no owner"),
            Fact::DayClosed(f) => self.judge_close(f),
            _ => return None,
        })
    }

    /// The zone in force at exactly this place.
    fn zone(&self, place: &PlaceId) -> Option<&ZoneSeen> {
        self.known.zones.iter().find(|z| z.place == *place && z.ended.is_none())
    }

    /// The zone by which people who live here are sampled: the innermost.
    pub(super) fn zone_of(&self, home: &PlaceId) -> Option<&ZoneSeen> {
        self.known.zones.iter().filter(|z| z.ended.is_none() && home.is_within(&z.place)).max_by_key(|z| z.place.depth())
    }

    fn lift_owed(&self, place: &PlaceId) -> Option<&super::Owed> {
        let of = |d: &&super::Owed| d.key.kind == DutyKind::LiftZone && d.key.subject.as_deref() == Some(place.as_str());
        self.duties.iter().filter(of).find(|d| d.state == DutyState::Open)
    }

    /// In the course of its last day a zone may be lifted.
    fn too_early(&self, f: &ZoneLifted) -> bool {
        self.lift_owed(&f.place).and_then(|d| d.due).is_some_and(|due| f.at.at.plus(Span::days(1)) < due)
    }

    fn judge_lifting(&self, f: &ZoneLifted) -> Verdict {
        need(self.zone(&f.place).is_some(), "no zone")?;
        need(said(&f.reason) && said(&f.decider), "no reason")?;
        need(f.early || !self.too_early(f), "too early")
    }

    /// The open day is closed when it has begun and whatever is overdue has an owner.
    fn judge_close(&self, f: &DayClosed) -> Verdict {
        need(self.day == Some(f.day), "not the open day")?;
        need(f.day <= self.now.day(UtcOffset::CHINA), "not begun")?;
        need(self.without_owner().next().is_none(), "overdue without an owner")
    }

    /// Kinds and places of what is overdue and has no owner today.
    pub fn without_owner(&self) -> impl Iterator<Item = (DutyKind, &PlaceId)> {
        let overdue = |d: &&super::Owed| d.state == DutyState::Open && d.due.is_some_and(|due| due < self.now);
        let owned = |d: &super::Owed| {
            self.known.owned.iter().any(|(day, kind, place)| Some(*day) == self.day && *kind == d.key.kind && d.place.is_within(place))
        };
        self.duties.iter().filter(overdue).filter(move |d| !owned(d)).map(|d| (d.key.kind, &d.place))
    }

    /// Notes what is said in command; false if it is anything else.
    pub(super) fn note_command(&mut self, fact: &Fact, mark: Told) -> bool {
        match fact {
            Fact::ZoneDesignated(f) => {
                self.end_zone(&f.place, mark, false);
                let (place, level) = (f.place.clone(), f.level);
                self.known.zones.push(ZoneSeen { place, level, drawn: mark, infections: vec![], ended: None, lifted: false });
            }
            Fact::ZoneLifted(f) => {
                let early = self.too_early(f);
                if let Some(key) = self.lift_owed(&f.place).filter(|_| early).map(|d| d.key.clone()) {
                    self.waived_early.insert(key);
                }
                self.end_zone(&f.place, mark, !early);
            }
            Fact::LateHandIn(f) => {
                let (account, place) = (f.account.clone(), f.place.clone());
                self.known.hand_ins.push(HandIn { mark, account, place, reviewed: None });
            }
            Fact::HandInReviewed(f) => {
                let cause = self.duties.iter().find(|d| d.id == Some(f.duty)).map(|d| d.key.cause);
                if let Some(h) = self.known.hand_ins.iter_mut().find(|h| Some(h.mark.n) == cause) {
                    h.reviewed = Some(mark);
                }
            }
            Fact::OverdueOwned(f) => {
                if let Some(day) = self.day {
                    self.known.owned.push((day, f.kind, f.place.clone()));
                }
            }
            Fact::DayClosed(f) => self.day = Some(f.day.plus(1)),
            Fact::ChannelJudged(_) => {}
            _ => return false,
        }
        true
    }

    fn end_zone(&mut self, place: &PlaceId, mark: Told, lifted: bool) {
        if let Some(z) = self.known.zones.iter_mut().find(|z| z.place == *place && z.ended.is_none()) {
            (z.ended, z.lifted) = (Some(mark), lifted);
        }
    }

    /// The days of every zone around a home are counted from the last infection in it; one that is reported late does not shorten them.
    pub(super) fn infection_at(&mut self, person: PersonId, mark: Told) {
        let Some(home) = self.known.people.get(&person).map(|p| p.home.clone()) else { return };
        for z in self.known.zones.iter_mut().filter(|z| z.ended.is_none() && home.is_within(&z.place)) {
            if mark.at > z.infections.last().unwrap_or(&z.drawn).at {
                z.infections.push(mark);
            }
        }
    }

    /// Zones are lifted in time, and hand-ins looked at.
    pub(super) fn command_wants(&self, all: &mut Vec<Want>) {
        for z in &self.known.zones {
            let Some(days) = self.protocol.zone_rule(z.level).and_then(|r| r.days_without_new_case) else { continue };
            let from = z.infections.last().unwrap_or(&z.drawn);
            if z.ended.is_none() || z.lifted {
                let key = Key { subject: Some(z.place.to_string()), ..key(DutyKind::LiftZone, from.n) };
                let (due, done) = (Some(day_end(from.at, days)), z.ended.map(|m| m.at));
                all.push(Want { key, place: z.place.clone(), since: from.at, due, done });
            }
        }
        for h in &self.known.hand_ins {
            let key = Key { subject: Some(h.account.to_string()), ..key(DutyKind::ReviewHandIn, h.mark.n) };
            let (due, done) = (Some(h.mark.at.plus(Span::days(1))), h.reviewed.map(|m| m.at));
            all.push(Want { key, place: h.place.clone(), since: h.mark.at, due, done });
        }
    }

    /// Where what is said in command acts.
    pub(super) fn command_acts(&self, fact: &Fact) -> Option<Vec<PlaceId>> {
        Some(match fact {
            Fact::ZoneDesignated(f) => vec![f.place.clone()],
            Fact::ZoneLifted(f) => vec![f.place.clone()],
            Fact::ChannelJudged(f) => self.known.cases.iter().filter(|c| c.id == Some(f.case)).map(|c| c.place.clone()).collect(),
            Fact::LateHandIn(f) => vec![f.place.clone()],
            Fact::HandInReviewed(f) => self.duties.iter().filter(|d| d.id == Some(f.duty)).map(|d| d.place.clone()).collect(),
            Fact::OverdueOwned(f) => vec![f.place.clone()],
            Fact::DayClosed(_) => vec![place(ROOT)],
            _ => return None,
        })
    }
}
