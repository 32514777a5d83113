//! Messages to other books and from them.

use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{AssistanceOutcome, Matter};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which of the two boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageBox {
    /// From other books.
    In,
    /// To other books.
    Out,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Sent and not yet in the other book; of the inbox: answered, and the answer is not yet in the other book.
    Queued,
    /// In the book that is asked, which has not answered.
    Acknowledged,
    /// Answered; of the inbox: and the answer is in the other book.
    Done,
    /// The other book will not have it.
    Refused,
}

/// Which messages.
#[derive(Debug, Clone)]
pub struct MessageFilter {
    /// About this place or what lies below it; those that are about no place in particular are the whole book's.
    pub place: PlaceId,
    /// To other books, or from them.
    pub r#box: MessageBox,
    /// How they stand.
    pub state: Option<MessageState>,
    /// Only what should have been answered.
    pub overdue: bool,
    /// To or from this book.
    pub book: Option<BookId>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MessageItem {
    /// Message.
    pub message_id: MessageId,
    /// The other book.
    pub book: BookId,
    /// Its place here.
    pub place: PlaceId,
    /// The case here.
    pub case_id: Option<CaseId>,
    /// The person here.
    pub person_id: Option<PersonId>,
    /// What is asked.
    pub matter: Matter,
    /// Who asked.
    pub decider: String,
    /// Why.
    pub reason: String,
    /// When.
    pub asked_at: Instant,
    /// When it came; of the outbox when it arrived there.
    pub received_at: Option<Instant>,
    /// An answer is wanted by then.
    pub due: Instant,
    /// Not answered, and past that.
    pub overdue: bool,
    /// How it stands.
    pub state: MessageState,
    /// Its position in the log of the other book: the request's, of the inbox the answer's.
    pub receipt_seq: Option<i64>,
    /// Why the other book will not have it.
    pub refused: Option<String>,
    /// Answered.
    pub answered_at: Option<Instant>,
    /// What came of it.
    pub outcome: Option<AssistanceOutcome>,
    /// The contact record of who was asked.
    pub contact_id: Option<ContactId>,
    /// The book that it concerns.
    pub forward_to: Option<BookId>,
    /// Who answered.
    pub answer_decider: Option<String>,
    /// What was found.
    pub answer_reason: Option<String>,
}

/// Messages of a box, the latest asked first.
pub async fn messages(
    tx: &Transaction<'_>,
    book: BookId,
    f: &MessageFilter,
    page: &Paging,
    now: Instant,
) -> Result<Page<MessageItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [asked, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let rows = match f.r#box {
        MessageBox::Out => {
            "SELECT *, to_book AS book, delivered_at AS received_at, CASE WHEN delivery = 'refused' THEN 'refused'
                 WHEN answered_at IS NOT NULL THEN 'done' ELSE delivery END AS stands FROM quell.outbox"
        }
        MessageBox::In => {
            "SELECT *, from_book AS book, NULL::uuid AS case_id, NULL::uuid AS person_id, CASE WHEN delivery IS NULL THEN 'acknowledged'
                 WHEN delivery = 'acknowledged' THEN 'done' ELSE delivery END AS stands FROM quell.inbox"
        }
    };
    let sql = format!(
        "SELECT m.message_id, m.book, m.place, m.case_id, m.person_id, m.matter, m.decider, m.reason, m.asked_at, m.received_at, m.due,
             m.answered_at IS NULL AND m.due < $3::text::timestamptz AS overdue, m.stands AS state, m.receipt_seq, m.refused, m.answered_at,
             m.outcome, m.contact_id, m.forward_to, m.answer_decider, m.answer_reason
         FROM ({rows}) m
         WHERE m.book_id = $1 AND {} AND ($4::text IS NULL OR m.stands = $4) AND ($5::integer IS NULL OR m.book = $5)
             AND (NOT $6 OR (m.answered_at IS NULL AND m.due < $3::text::timestamptz))
             AND ($7::text IS NULL OR (m.asked_at, m.message_id) < ($7::text::timestamptz, $8::text::uuid))
         ORDER BY m.asked_at DESC, m.message_id DESC LIMIT $9",
        within("m.place", 2)
    );
    let state = f.state.map(|s| match s {
        MessageState::Queued => "queued",
        MessageState::Acknowledged => "acknowledged",
        MessageState::Done => "done",
        MessageState::Refused => "refused",
    });
    let other = f.book.map(|b| b.0);
    let now = now.to_string();
    let params: super::Params<'_> = &[&book.0, &f.place.as_str(), &now, &state, &other, &f.overdue, &asked, &id, &page.rows()];
    let found = list(tx, "messages", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |m: &MessageItem| format!("{}{SEPARATOR}{}", m.asked_at, m.message_id)))
}
