//! Messages between books (协查函). A contact, an exposure or a case that concerns another jurisdiction becomes a message to its book: a
//! line of the outbox here, delivered until the other book has given a receipt for it, and a line of the inbox there. Who asked has a duty
//! open until the answer comes, who is asked owes it by the asker's deadline; what nobody took over is settled by someone, not forgotten.
//!
//! Who may speak for another book is the door's matter; what is delivered when, the server's.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use quell_foundation::*;

/// The rule by which another jurisdiction answers.
const RULE: &str = "reporting.regional_coordination";
/// For a protocol that does not say: nobody who was exposed is forgotten for that. (Set by Quell, as in the protocols without a source.)
const ANSWER_WITHIN: Span = Span::hours(24);
/// No message gives more time than this.
const LONGEST: Span = Span::days(30);

impl Act<'_> {
    fn answer_within(&self) -> Span {
        self.c.protocol.reporting.regional_coordination.as_ref().map_or(ANSWER_WITHIN, |p| p.value.0)
    }

    pub(crate) fn assistance_requested(&mut self, f: &AssistanceRequested) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        check_matter(&f.matter, f.at)?;
        if f.to == self.s.config.book {
            return Err(refuse!("message.self", "to", "this is the book itself; name another one", "不能向本台账发函，请填写其他辖区"));
        }
        if self.s.outbox.get(&f.message).is_some() {
            return Err(exists());
        }
        let case = f.case.as_ref().map(|c| self.case(c)).transpose()?;
        let person = f.person.map(|p| self.person(p)).transpose()?;
        if let Some(old) = f.instead_of {
            self.settle_by_another(old, f.at.at)?;
        }
        let place = case.map(|c| c.place).or(person.map(|p| p.place)).unwrap_or_else(|| self.s.config.root.clone());
        let due = f.at.at.plus(self.answer_within());
        let duty = self.open_by(DutyKind::AwaitAssistance, Subject::Message(f.message), &place, f.at.at, due, RULE.into());
        self.s.outbox.put(SentMessage {
            message_id: f.message,
            to_book: f.to,
            place,
            case_id: f.case,
            person_id: f.person,
            instead_of: f.instead_of,
            matter: f.matter.clone(),
            decider: f.decision.decider.clone(),
            reason: f.decision.reason.clone(),
            asked_at: f.at.at,
            due,
            duty_id: duty,
            delivery: Delivery::Queued,
            delivered_at: None,
            receipt_seq: None,
            refused: None,
            answered_at: None,
            outcome: None,
            contact_id: None,
            forward_to: None,
            answer_decider: None,
            answer_reason: None,
        });
        Ok(())
    }

    /// A message that nobody took over is settled by another one in its place.
    fn settle_by_another(&mut self, old: MessageId, at: Instant) -> Outcome {
        let open = self.s.outbox.get(&old).and_then(|m| self.s.duties.get(&m.duty_id));
        let settle = |d: &&Duty| d.kind == DutyKind::SettleMessage && d.state == DutyState::Open;
        let Some(duty) = open.filter(settle).cloned() else {
            return Err(refuse!(
                "message.not_returned",
                "instead_of",
                "no message {old} came back without having been taken over",
                "没有待处置的退回函件 {old}"
            ));
        };
        self.discharge(&duty, at);
        Ok(())
    }

    pub(crate) fn assistance_received(&mut self, f: &AssistanceReceived) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        check_matter(&f.matter, f.at)?;
        if f.from == self.s.config.book {
            return Err(refuse!("message.self", "from", "a book asks others, not itself", "来函台账不能是本台账"));
        }
        if f.due.at < f.at.at || f.due.at.since(f.at.at) > LONGEST {
            return Err(refuse!(
                "message.due",
                "due",
                "an answer is wanted after it was asked for, and at most 30 days later",
                "复函期限须晚于发函时间，且不超过 30 天"
            ));
        }
        if self.s.inbox.get(&f.message).is_some() {
            return Err(exists());
        }
        let (place, now) = (self.s.config.root.clone(), self.c.now);
        let duty = self.open_by(DutyKind::TakeOver, Subject::Message(f.message), &place, now, f.due.at, RULE.into());
        self.s.inbox.put(ReceivedMessage {
            message_id: f.message,
            from_book: f.from,
            place,
            matter: f.matter.clone(),
            decider: f.decision.decider.clone(),
            reason: f.decision.reason.clone(),
            asked_at: f.at.at,
            received_at: now,
            due: f.due.at,
            duty_id: duty,
            answered_at: None,
            outcome: None,
            contact_id: None,
            forward_to: None,
            answer_decider: None,
            answer_reason: None,
            delivery: None,
            delivered_at: None,
            receipt_seq: None,
            refused: None,
        });
        Ok(())
    }

    pub(crate) fn assistance_answered(&mut self, f: &AssistanceAnswered) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = f.message;
        let Some(m) = self.s.inbox.get(&id).filter(|m| m.answered_at.is_none()).cloned() else {
            return Err(refuse!("message.unknown", "message", "no message {id} that waits for its answer", "没有待答复的函件 {id}"));
        };
        let taken_over = f.outcome == AssistanceOutcome::TakenOver;
        if taken_over && m.matter.about == Assistance::Contact && f.contact.is_none() {
            return Err(refuse!(
                "message.contact",
                "contact",
                "whoever is taken over has a contact record here: name the contact first, then give its id",
                "接管须有本辖区密接记录：请先登记密接，再填写其编号"
            ));
        }
        if f.contact.is_some_and(|c| !taken_over || self.s.contacts.get(&c).is_none()) {
            return Err(refuse!(
                "message.contact",
                "contact",
                "the contact record of one who was taken over is in this book; otherwise give none",
                "仅接管时填写密接记录，且须在本台账中"
            ));
        }
        if f.forward_to.is_some() && f.outcome != AssistanceOutcome::NotOurs {
            return Err(refuse!(
                "message.forward",
                "forward_to",
                "another book is named only if it is not this one's matter",
                "仅结果为“不属本辖区”时填写应转辖区"
            ));
        }
        self.discharge_if_open(m.duty_id, f.at.at);
        self.s.inbox.put(ReceivedMessage {
            answered_at: Some(f.at.at),
            outcome: Some(f.outcome),
            contact_id: f.contact,
            forward_to: f.forward_to,
            answer_decider: Some(f.decision.decider.clone()),
            answer_reason: Some(f.decision.reason.clone()),
            delivery: Some(Delivery::Queued),
            ..m
        });
        Ok(())
    }

    fn discharge_if_open(&mut self, duty: DutyId, at: Instant) {
        if let Some(d) = self.s.duties.get(&duty).filter(|d| d.state == DutyState::Open).cloned() {
            self.discharge(&d, at);
        }
    }

    pub(crate) fn assistance_answer_received(&mut self, f: &AssistanceAnswerReceived) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let (id, from) = (f.message, f.from);
        let waits = |m: &&SentMessage| m.to_book == from && m.answered_at.is_none();
        let Some(m) = self.s.outbox.get(&id).filter(waits).cloned() else {
            return Err(refuse!(
                "message.unknown",
                "message",
                "no message {id} to {from} waits for its answer",
                "没有发往 {from} 且待复函的函件 {id}"
            ));
        };
        self.discharge_if_open(m.duty_id, f.at.at);
        let in_vain = matches!(f.outcome, AssistanceOutcome::NotFound | AssistanceOutcome::NotOurs);
        let duty_id = if in_vain { self.owe_settlement(id, &m.place, f.at.at) } else { m.duty_id };
        // Whoever answers has it, whether or not the receipt has come.
        let arrived = m.delivery == Delivery::Acknowledged;
        self.s.outbox.put(SentMessage {
            duty_id,
            delivery: Delivery::Acknowledged,
            delivered_at: if arrived { m.delivered_at } else { Some(self.c.now) },
            refused: None,
            answered_at: Some(f.at.at),
            outcome: Some(f.outcome),
            contact_id: f.contact,
            forward_to: f.forward_to,
            answer_decider: Some(f.decision.decider.clone()),
            answer_reason: Some(f.decision.reason.clone()),
            ..m
        });
        Ok(())
    }

    fn owe_settlement(&mut self, message: MessageId, place: &PlaceId, at: Instant) -> DutyId {
        let due = at.plus(self.answer_within());
        self.open_by(DutyKind::SettleMessage, Subject::Message(message), place, at, due, RULE.into())
    }

    pub(crate) fn message_acknowledged(&mut self, f: &MessageAcknowledged) -> Outcome {
        self.not_future(f.at)?;
        let (id, at, seq) = (f.message, Some(f.at.at), Some(f.seq));
        match f.leg {
            Leg::Request => {
                let m = self.s.outbox.get(&id).filter(|m| m.delivery == Delivery::Queued).cloned().ok_or_else(|| not_queued(id))?;
                self.s.outbox.put(SentMessage { delivery: Delivery::Acknowledged, delivered_at: at, receipt_seq: seq, ..m });
            }
            Leg::Answer => {
                let m = self.s.inbox.get(&id).filter(|m| m.delivery == Some(Delivery::Queued)).cloned().ok_or_else(|| not_queued(id))?;
                self.s.inbox.put(ReceivedMessage { delivery: Some(Delivery::Acknowledged), delivered_at: at, receipt_seq: seq, ..m });
            }
        }
        Ok(())
    }

    pub(crate) fn message_refused(&mut self, f: &MessageRefused) -> Outcome {
        self.not_future(f.at)?;
        let (id, at, refused) = (f.message, f.at.at, Some(f.reason.clone()));
        match f.leg {
            Leg::Request => {
                let m = self.s.outbox.get(&id).filter(|m| m.delivery == Delivery::Queued).cloned().ok_or_else(|| not_queued(id))?;
                if let Some(d) = self.s.duties.get(&m.duty_id).filter(|d| d.state == DutyState::Open).cloned() {
                    self.supersede(&d, at, "the other book will not have the message");
                }
                let duty_id = self.owe_settlement(id, &m.place, at);
                self.s.outbox.put(SentMessage { duty_id, delivery: Delivery::Refused, delivered_at: Some(at), refused, ..m });
            }
            Leg::Answer => {
                let m = self.s.inbox.get(&id).filter(|m| m.delivery == Some(Delivery::Queued)).cloned().ok_or_else(|| not_queued(id))?;
                let duty_id = self.owe_settlement(id, &m.place, at);
                self.s.inbox.put(ReceivedMessage { duty_id, delivery: Some(Delivery::Refused), delivered_at: Some(at), refused, ..m });
            }
        }
        Ok(())
    }
}

fn exists() -> Refusal {
    refuse!("message.exists", "message", "this message exists", "该函件已存在")
}

fn not_queued(id: MessageId) -> Refusal {
    refuse!("message.not_queued", "message", "no message {id} waits for its delivery", "没有待送达的函件 {id}")
}

/// A message says what the other jurisdiction needs to act on it, and nothing beyond that.
fn check_matter(m: &Matter, at: EventTime) -> Outcome {
    if m.evidence.trim().is_empty() {
        return Err(refuse!("message.evidence", "matter", "say what shows it (evidence)", "请写明依据（evidence）"));
    }
    match (&m.who, m.about) {
        (Some(_), Assistance::Exposure) => {
            return Err(refuse!(
                "message.minimum",
                "matter",
                "who was at a place is looked for without the case's name: leave 'who' out",
                "查找暴露地人员无需感染者身份，请勿填写 who"
            ));
        }
        (None, Assistance::Exposure) => {}
        (Some(w), _) if !w.name.trim().is_empty() && (w.born.is_some() || w.phone.is_some() || w.address.is_some()) => {}
        (_, _) => {
            return Err(refuse!(
                "message.who",
                "matter",
                "a person is found by a name and at least one of telephone, address, date of birth (who)",
                "查找人员须有姓名，以及电话、住址、出生日期中至少一项（who）"
            ));
        }
    }
    let lacks = match m.about {
        Assistance::Contact => m.category.is_none() || m.last_exposure.is_none(),
        Assistance::Exposure => m.place.as_ref().is_none_or(|p| p.trim().is_empty()) || m.last_exposure.is_none(),
        Assistance::CaseElsewhere => false,
    };
    if lacks {
        return Err(refuse!(
            "message.exposure",
            "matter",
            "a contact has a category and a last exposure, an exposure a place and a last exposure",
            "密接协查须填写类别和最后暴露时间，暴露地协查须填写地点和最后暴露时间"
        ));
    }
    let in_order = |first: EventTime| m.last_exposure.is_none_or(|last| first.at <= last.at);
    if m.last_exposure.is_some_and(|last| last.at > at.at) || !m.first_exposure.is_none_or(in_order) {
        return Err(refuse!(
            "message.exposure",
            "matter",
            "the first exposure is before the last, and both are before the message",
            "首次暴露应早于最后暴露，且均早于发函时间"
        ));
    }
    Ok(())
}
