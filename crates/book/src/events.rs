//! Exposure events (聚集活动): a wedding, a funeral, a meal at which a case was. Who took part is a register like others; how many were
//! there is kept beside it, so that those who are not known yet are counted and not forgotten.

use crate::act::{Act, Outcome};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::refuse;
use crate::rows::*;
use quell_foundation::*;

/// Whoever is together for longer is a group (`member_listed`). No source: the longest pilgrimages and fairs fit.
pub const LONGEST_EVENT: Span = Span::days(31);

/// Most people of an event.
const MOST: u32 = 1_000_000;

/// Most characters of a name.
const NAME: usize = 100;

/// Most characters of a description.
const DESCRIPTION: usize = 2_000;

impl Act<'_> {
    pub(crate) fn event_listed(&mut self, f: &EventListed) -> Outcome {
        self.not_future(f.at)?;
        self.not_future(f.to)?;
        check_texts(f)?;
        let (starts, ends) = (f.from.at, f.to.end());
        if ends < starts || ends.since(starts) > LONGEST_EVENT {
            let days = LONGEST_EVENT.seconds() / 86_400;
            return Err(refuse!(
                "event.length",
                "to",
                "it ends before it begins or lasts longer than {days} days; correct the times, or list whoever is together for longer as a group",
                "活动结束早于开始或超过 {days} 天；请改正时间，长期在一起者请按群体登记"
            ));
        }
        if let Some(p) = &f.place
            && self.s.places.get(p).is_none()
        {
            return Err(refuse!("place.unknown", "place", "no place {p} in this book; list it first", "台账中没有地点 {p}，请先登记"));
        }
        let old = self.s.events.get(&f.event);
        if old.and_then(|o| o.withdrawn_at).is_some_and(|w| f.at.at <= w) {
            return Err(refuse!(
                "event.withdrawn",
                "at",
                "the event was withdrawn since; if it took place all the same, say so again with the time of now",
                "该活动此后已撤销；如确有此活动，请以当前时间重新登记"
            ));
        }
        let row = Event {
            event: f.event.clone(),
            name: f.name.clone(),
            kind: f.kind,
            venue: f.place.clone(),
            place: f.place.as_ref().map_or_else(|| self.s.config.root.clone(), |p| self.s.tally_place(p)),
            description: f.description.clone(),
            starts,
            ends,
            expected: f.expected.map(|n| n as i32),
            listed_at: f.at.at,
            withdrawn_at: None,
            reason: None,
            decider: None,
        };
        if old.is_none_or(|o| Event { listed_at: o.listed_at, ..row.clone() } != *o) {
            self.s.events.put(row);
        }
        Ok(())
    }

    pub(crate) fn event_withdrawn(&mut self, f: &EventWithdrawn) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = &f.event;
        let Some(event) = self.s.events.get(id).filter(|e| e.withdrawn_at.is_none()).cloned() else {
            return Err(refuse!("event.unknown", "event", "no event {id} that stands", "没有有效的聚集活动 {id}"));
        };
        self.s.events.put(Event {
            withdrawn_at: Some(f.at.at),
            reason: Some(f.decision.reason.clone()),
            decider: Some(f.decision.decider.clone()),
            ..event
        });
        Ok(())
    }
}

fn check_texts(f: &EventListed) -> Outcome {
    if f.name.trim().is_empty() || f.name.chars().count() > NAME {
        return Err(refuse!("event.name", "name", "an event has a name of 1 to {NAME} characters", "活动须有名称（1 至 {NAME} 字）"));
    }
    if f.description.as_ref().is_some_and(|d| d.chars().count() > DESCRIPTION) {
        return Err(refuse!(
            "event.description",
            "description",
            "the description is longer than {DESCRIPTION} characters",
            "活动说明超过 {DESCRIPTION} 字"
        ));
    }
    if f.expected.is_some_and(|n| !(1..=MOST).contains(&n)) {
        return Err(refuse!(
            "event.expected",
            "expected",
            "say how many people were there, 1 to {MOST}, or leave it out while nobody knows",
            "请填写参加人数（1 至 {MOST}），尚不清楚时不填"
        ));
    }
    Ok(())
}
