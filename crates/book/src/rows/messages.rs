//! Messages to other books and from them.

use crate::kinds::*;
use crate::parts::Matter;
use crate::table::{Group, Row};
use quell_foundation::*;
use serde::{Deserialize, Serialize};

rows! {
    /// A request to another book: a line of the outbox.
    SentMessage [MessageId] "outbox" {
        /// Message.
        message_id: MessageId,
        /// The book that is asked.
        to_book: BookId,
        /// Community of the case or person that it is about, or the whole book.
        place: PlaceId,
        /// The case here.
        case_id: Option<CaseId>,
        /// The person here.
        person_id: Option<PersonId>,
        /// The message in whose place it is sent.
        instead_of: Option<MessageId>,
        /// What is asked.
        matter: Matter,
        /// Who decided.
        decider: String,
        /// Why.
        reason: String,
        /// When.
        asked_at: Instant,
        /// An answer is wanted by then.
        due: Instant,
        /// The duty that is open about it, or was last.
        duty_id: DutyId,
        /// How far the request has come.
        delivery: Delivery,
        /// When the other book's receipt, or its refusal, came.
        delivered_at: Option<Instant>,
        /// Its position in the other book's log.
        receipt_seq: Option<i64>,
        /// Why the other book will not have it.
        refused: Option<String>,
        /// Answered.
        answered_at: Option<Instant>,
        /// What came of it.
        outcome: Option<AssistanceOutcome>,
        /// The contact record there.
        contact_id: Option<ContactId>,
        /// The book that it concerns, as far as is known there.
        forward_to: Option<BookId>,
        /// Who answered.
        answer_decider: Option<String>,
        /// What was found there.
        answer_reason: Option<String>,
    } key(r) r.message_id; groups vec![];

    /// A request of another book: a line of the inbox.
    ReceivedMessage [MessageId] "inbox" {
        /// Message.
        message_id: MessageId,
        /// The book that asks.
        from_book: BookId,
        /// The whole book: nobody knows yet which community it concerns.
        place: PlaceId,
        /// What is asked.
        matter: Matter,
        /// Who decided there.
        decider: String,
        /// Why.
        reason: String,
        /// When it was asked.
        asked_at: Instant,
        /// When it came.
        received_at: Instant,
        /// An answer is wanted by then.
        due: Instant,
        /// The duty that is open about it, or was last.
        duty_id: DutyId,
        /// Answered.
        answered_at: Option<Instant>,
        /// What came of it.
        outcome: Option<AssistanceOutcome>,
        /// The contact record here.
        contact_id: Option<ContactId>,
        /// The book that it concerns, as far as is known.
        forward_to: Option<BookId>,
        /// Who answered.
        answer_decider: Option<String>,
        /// What was found.
        answer_reason: Option<String>,
        /// How far the answer has come.
        delivery: Option<Delivery>,
        /// When the other book's receipt, or its refusal, came.
        delivered_at: Option<Instant>,
        /// Its position in the other book's log.
        receipt_seq: Option<i64>,
        /// Why the other book will not have it.
        refused: Option<String>,
    } key(r) r.message_id; groups vec![];
}
