//! Registers (名册、扫码登记): who belongs to which class or team, who was at which venue or in which vehicle. From them candidates for
//! contacts are proposed (`quell_store::views::candidates`); nothing here opens a duty or restricts anyone.

use crate::act::{Act, Outcome};
use crate::brief::unknown_person;
use crate::fact::*;
use crate::kinds::GroupKind;
use crate::refuse;
use crate::rows::*;
use quell_foundation::*;

/// Most lines of one fact: a longer register is handed in as several.
const MOST_LINES: usize = 1_000;

/// Whoever is checked in for longer lives or works there: a group says so. Look-ups by place and time rely on it.
pub const LONGEST_CHECK_IN: Span = Span::hours(24);

impl Act<'_> {
    pub(crate) fn member_listed(&mut self, f: &MemberListed) -> Outcome {
        self.not_future(f.at)?;
        let person = self.person(f.person)?;
        if f.from.zip(f.to).is_some_and(|(from, to)| to.at < from.at) {
            return Err(refuse!("member.order", "to", "it ends before it begins", "结束时间早于开始时间"));
        }
        let event = self.s.events.get(&f.group).filter(|e| e.withdrawn_at.is_none());
        let group = &f.group;
        match (f.kind, event) {
            (GroupKind::Event, None) => {
                return Err(refuse!(
                    "event.unknown",
                    "group",
                    "no event {group} that stands; list it first (event_listed), then its participants",
                    "没有有效的聚集活动 {group}，请先登记活动（event_listed），再登记参加者"
                ));
            }
            (GroupKind::Class | GroupKind::Workplace | GroupKind::Other, Some(_)) => {
                return Err(refuse!(
                    "event.kind",
                    "kind",
                    "{group} is an event: list its participants with the kind 'event', or the group under another code",
                    "{group} 是聚集活动，请以类别“event”登记参加者，或为该群体另用编码"
                ));
            }
            (GroupKind::Event, Some(_)) | (GroupKind::Class | GroupKind::Workplace | GroupKind::Other, None) => {}
        }
        let row = Membership {
            group_id: f.group.clone(),
            person_id: f.person,
            place: person.place,
            kind: f.kind,
            name: f.name.clone(),
            starts: f.from.map(|t| t.at),
            ends: f.to.map(EventTime::end),
            seq: self.c.seq,
        };
        let old = self.s.memberships.get(&(f.group.clone(), f.person));
        if old.is_none_or(|o| Membership { seq: o.seq, ..row.clone() } != *o) {
            self.s.memberships.put(row);
        }
        Ok(())
    }

    pub(crate) fn checked_in(&mut self, f: &CheckedIn) -> Outcome {
        self.not_future(f.at)?;
        if f.people.is_empty() || f.people.len() > MOST_LINES {
            let n = f.people.len();
            return Err(refuse!(
                "check_in.lines",
                "people",
                "a register has 1 to {MOST_LINES} lines, this one has {n}; split it",
                "每条登记须含 1 至 {MOST_LINES} 人，此次为 {n} 人，请拆分"
            ));
        }
        if let Venue::Place(p) = &f.venue
            && self.s.places.get(p).is_none()
        {
            return Err(refuse!("place.unknown", "venue", "no place {p} in this book; list it first", "台账中没有地点 {p}，请先登记"));
        }
        for line in &f.people {
            self.check_in(&f.venue, line)?;
        }
        Ok(())
    }

    fn check_in(&mut self, venue: &Venue, line: &CheckInLine) -> Outcome {
        let id = line.person;
        let person = self.s.persons.get(&id).ok_or_else(|| unknown_person(id))?;
        let (from, to) = (line.from, line.to);
        self.not_future(to.unwrap_or(from))?;
        if [Some(from), to].into_iter().flatten().any(|t| t.precision == Precision::Day) {
            return Err(refuse!(
                "check_in.time",
                "people",
                "the line of person {id} has a day without a time; list whoever is known by days only as a group (member_listed)",
                "人员 {id} 的登记只有日期没有时刻；仅知日期的名单请按群体登记（member_listed）"
            ));
        }
        let ends = to.map(EventTime::end);
        if ends.is_some_and(|e| e < from.at || e.since(from.at) > LONGEST_CHECK_IN) {
            let hours = LONGEST_CHECK_IN.seconds() / 3600;
            return Err(refuse!(
                "check_in.length",
                "people",
                "the line of person {id} ends before it begins or lasts longer than {hours} h; correct it, or list whoever stays so long as a group",
                "人员 {id} 的登记结束早于开始或超过 {hours} 小时；请改正，长期停留者请按群体登记"
            ));
        }
        if line.seat.as_ref().is_some_and(|s| s.chars().count() > 20) {
            return Err(refuse!(
                "check_in.seat",
                "people",
                "the seat of person {id} is longer than 20 characters",
                "人员 {id} 的座位号超过 20 字"
            ));
        }
        let key = (id, from.at, venue.clone());
        let row = match self.s.check_ins.get(&key) {
            // What two registers say of one visit is put together: the longer stay, so that nobody who was there is missed.
            Some(old) => CheckIn { ends: old.ends.max(ends), seat: line.seat.clone().or(old.seat.clone()), ..old.clone() },
            None => {
                CheckIn { person_id: id, venue: venue.clone(), place: person.place.clone(), starts: from.at, ends, seat: line.seat.clone() }
            }
        };
        if self.s.check_ins.get(&key) != Some(&row) {
            self.s.check_ins.put(row);
        }
        Ok(())
    }
}
