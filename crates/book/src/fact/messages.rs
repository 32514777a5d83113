//! Messages between the books of different jurisdictions (协查函): what is asked, answered, and how far it has come.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// Another jurisdiction is asked to see to something. The message is in the book at once; it is delivered until it has arrived.
    AssistanceRequested {
        /// The message.
        message: MessageId,
        /// The book that is asked.
        to: BookId,
        /// The case here that it is about, if there is one. Its id stays here.
        #[serde(default, skip_serializing_if = "Option::is_none")] case: Option<CaseId>,
        /// The person here that it is about, if there is one. The record stays here.
        #[serde(default, skip_serializing_if = "Option::is_none")] person: Option<PersonId>,
        /// A message that nobody took over, in whose place this one is sent.
        #[serde(default, skip_serializing_if = "Option::is_none")] instead_of: Option<MessageId>,
        /// What is asked: all that the other book is told.
        matter: Matter,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// Another jurisdiction asks for something. Said by its book.
    AssistanceReceived {
        /// The message.
        message: MessageId,
        /// The book that asks.
        from: BookId,
        /// What is asked.
        matter: Matter,
        /// Who decided there, and why.
        decision: Decision,
        /// An answer is wanted by then.
        due: EventTime,
        /// When it was asked.
        at: EventTime,
    }
    /// What another jurisdiction asked for was seen to, or cannot be. The answer goes back to its book.
    AssistanceAnswered {
        /// The message.
        message: MessageId,
        /// What came of it.
        outcome: AssistanceOutcome,
        /// The contact record here, of a contact that was taken over.
        #[serde(default, skip_serializing_if = "Option::is_none")] contact: Option<ContactId>,
        /// The book that it concerns, as far as is known.
        #[serde(default, skip_serializing_if = "Option::is_none")] forward_to: Option<BookId>,
        /// Who decided, and what was found.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// The answer of another jurisdiction. Said by its book.
    AssistanceAnswerReceived {
        /// The message that it answers.
        message: MessageId,
        /// The book that answers.
        from: BookId,
        /// What came of it.
        outcome: AssistanceOutcome,
        /// The contact record there.
        #[serde(default, skip_serializing_if = "Option::is_none")] contact: Option<ContactId>,
        /// The book that it concerns, as far as is known there.
        #[serde(default, skip_serializing_if = "Option::is_none")] forward_to: Option<BookId>,
        /// Who decided there, and what was found.
        decision: Decision,
        /// When it was answered.
        at: EventTime,
    }
    /// A message is durably in the other book. Said by the door itself, with the other book's receipt.
    MessageAcknowledged {
        /// The message.
        message: MessageId,
        /// The request, or the answer to it.
        leg: Leg,
        /// Its position in the other book's log.
        seq: i64,
        /// When the receipt came.
        at: EventTime,
    }
    /// The other book will not have a message. Said by the door itself.
    MessageRefused {
        /// The message.
        message: MessageId,
        /// The request, or the answer to it.
        leg: Leg,
        /// The other book's words.
        reason: String,
        /// When.
        at: EventTime,
    }
}
