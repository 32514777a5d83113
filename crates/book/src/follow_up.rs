//! Follow-up (随访): contacts at home are seen as often as the protocol asks, looked for when they are not found, sampled when they
//! fall ill. One duty at a time: seen, the next one is owed; not seen, it stays open and is overdue.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::table::Group;
use quell_foundation::*;

/// Duties that end when the watching does.
pub(crate) const WATCHING: &[DutyKind] = &[DutyKind::FollowUp, DutyKind::TraceLost];

/// The rule by which contacts are watched.
const RULE: &str = "follow_up.per_day";

impl Act<'_> {
    /// The end of the part of the day in which a moment lies, where the day has so many equal parts.
    pub(crate) fn part_end(&self, at: Instant, per_day: u32) -> Instant {
        let offset = self.s.config.offset;
        let begin = at.day(offset).start(offset);
        let part = 86_400 / i64::from(per_day.max(1));
        begin.plus(Span((at.since(begin).0 / part + 1) * part))
    }

    /// A contact at home is to be seen by the end of the part of the day in which `from` lies, if the schedule lasts so long.
    pub(crate) fn owe_follow_up(&mut self, c: &Contact, from: Instant, at: Instant) {
        let Some((rule, until)) = self.c.protocol.follow_up_rule().zip(c.until) else { return };
        let due = self.part_end(from, rule.per_day);
        if due <= until {
            self.open_by(DutyKind::FollowUp, Subject::Person(c.person_id), &c.place, at, due, RULE.into());
        }
    }

    pub(crate) fn followed_up(&mut self, f: &FollowedUp) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        let named = |id: ContactId| self.s.contacts.group(&Group::Person(f.person)).into_iter().find(|c| c.contact_id == id).cloned();
        let Some(c) = f.contact.map_or_else(|| self.active_contact(f.person), named) else {
            return Err(refuse!(
                "follow_up.no_contact",
                "person",
                "the person is no contact under management, or the record named is another's; name the contact record first",
                "该人员不是在管密接，或所指记录不属于该人员，请先登记密接"
            ));
        };
        if f.outcome == FollowUpOutcome::SeenOk && !f.symptoms.is_empty() {
            return Err(refuse!(
                "follow_up.symptoms",
                "outcome",
                "whoever has symptoms is seen_not_ok",
                "有症状者的访视结果应为“已访视，有症状”"
            ));
        }
        check_temperature(f.temperature)?;
        self.s.follow_ups.put(FollowUp {
            seq: self.c.seq,
            idx: self.index as i32,
            person_id: f.person,
            contact_id: c.contact_id,
            place: p.place.clone(),
            at: f.at.at,
            outcome: f.outcome,
            temperature: f.temperature,
            symptoms: f.symptoms.clone(),
            by: f.by.clone(),
            team_id: self.visiting_team(f),
            self_reported: f.self_reported,
            note: f.note.clone(),
        });
        if c.state != ContactState::Active {
            let seen = !f.self_reported && matches!(f.outcome, FollowUpOutcome::SeenOk | FollowUpOutcome::SeenNotOk);
            if seen && c.last_seen.is_none_or(|l| l < f.at.at) {
                self.s.contacts.put(Contact { last_seen: Some(f.at.at), ..c });
            }
            return Ok(());
        }
        match f.outcome {
            // Of someone's own word only that all is well can count, and only where the protocol says so: who is ill is seen by someone.
            FollowUpOutcome::SeenOk if f.self_reported && !self.c.protocol.follow_up_rule().is_some_and(|r| r.self_report) => {}
            FollowUpOutcome::SeenNotOk if f.self_reported => {}
            FollowUpOutcome::SeenOk | FollowUpOutcome::SeenNotOk => self.seen(&c, f.at.at),
            FollowUpOutcome::Missed => self.not_found(&c, f.at.at),
            FollowUpOutcome::NotAttempted | FollowUpOutcome::NotPerformed => {}
        }
        if f.outcome == FollowUpOutcome::SeenNotOk {
            self.owe_symptom_test(&c, f.at.at);
        }
        Ok(())
    }

    /// The duty of the part of the day in which the person was seen is done, and the next is owed. Of an earlier part (handed in late) it
    /// is only written down.
    fn seen(&mut self, c: &Contact, at: Instant) {
        let Some(rule) = self.c.protocol.follow_up_rule() else { return };
        if c.last_seen.is_none_or(|l| l < at) {
            self.s.contacts.put(Contact { last_seen: Some(at), ..c.clone() });
            self.discharge_first(c.person_id, &[DutyKind::TraceLost], at);
        }
        let end = self.part_end(at, rule.per_day);
        let Some(duty) = self.open_duties(c.person_id, &[DutyKind::FollowUp]).into_iter().find(|d| d.due <= end) else { return };
        self.discharge(&duty, at);
        self.owe_follow_up(c, end, at);
    }

    /// Not found for as long as the protocol says: someone looks for the person.
    fn not_found(&mut self, c: &Contact, at: Instant) {
        let Some(rule) = self.c.protocol.follow_up_rule() else { return };
        let (Some(lost_after), Some(within)) = (rule.lost_after, rule.trace_within) else { return };
        let since = c.last_seen.map_or(c.named_at, |l| l.max(c.named_at));
        if at.since(since) >= lost_after && self.open_duties(c.person_id, &[DutyKind::TraceLost]).is_empty() {
            let due = at.plus(within);
            self.open_by(DutyKind::TraceLost, Subject::Person(c.person_id), &c.place, at, due, "follow_up.lost_after".into());
        }
    }

    fn owe_symptom_test(&mut self, c: &Contact, at: Instant) {
        let Some(within) = self.c.protocol.follow_up_rule().and_then(|r| r.test_within) else { return };
        if self.open_duties(c.person_id, &[DutyKind::SymptomTest]).is_empty() {
            let due = at.plus(within);
            self.open_by(DutyKind::SymptomTest, Subject::Person(c.person_id), &c.place, at, due, "follow_up.test_within".into());
        }
    }
}

/// Beyond these bounds it is a slip of the finger: files are held to the same ones (mappings/quell-followups.toml). No source; severe
/// hypothermia lies below them.
pub(crate) fn check_temperature(t: Option<Celsius>) -> Outcome {
    if t.is_some_and(|t| !(30.0..=45.0).contains(&t.value())) {
        return Err(refuse!(
            "temperature.body",
            "temperature",
            "a body temperature lies between 30 and 45 °C; check it, or leave it out and say so in the note",
            "体温应在 30 至 45 ℃ 之间，请核对，或留空并在备注中说明"
        ));
    }
    Ok(())
}
