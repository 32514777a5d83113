//! Orders that restrict people, and the appeals against them.

use super::person::ABOVE;
use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{AppealState, OrderKind, OrderState, Sex};
use quell_foundation::*;
use quell_protocol::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which orders.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderFilter {
    /// Residents of this place or of what lies below it.
    pub place: PlaceId,
    /// Orders about this person.
    #[serde(default)]
    pub person: Option<PersonId>,
    /// This order.
    #[serde(default)]
    pub order: Option<OrderId>,
    /// Only those that ended between these times: by their time or before it.
    #[serde(default)]
    pub ended: Option<(Instant, Instant)>,
    /// Only those in force now: not ended, and their time has not run out.
    #[serde(default)]
    pub in_force: bool,
    /// Only those with an appeal that waits for its answer.
    #[serde(default)]
    pub appealed: bool,
}

/// An appeal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppealRecord {
    /// Appeal.
    pub appeal_id: AppealId,
    /// Who appeals.
    pub by: String,
    /// What they say.
    pub text: String,
    /// When.
    pub made_at: Instant,
    /// To be answered by then.
    pub due: Option<Instant>,
    /// State.
    pub state: AppealState,
    /// Answered.
    pub answered_at: Option<Instant>,
    /// The answer's reason.
    pub answer: Option<String>,
    /// Who answered.
    pub decider: Option<String>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderItem {
    /// Order.
    pub order_id: OrderId,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Date of birth.
    pub born: Option<Day>,
    /// Identity number, masked.
    pub identity_masked: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// Names of the places of the home, from the top, as far as they are listed.
    pub home_names: Vec<String>,
    /// What kind.
    pub kind: OrderKind,
    /// The contact record that it rests on.
    pub contact_id: Option<ContactId>,
    /// The case that it rests on.
    pub case_id: Option<CaseId>,
    /// How ill the person is, by that case.
    pub severity: Option<Severity>,
    /// The person lay in a bed while it was in force.
    pub in_bed: bool,
    /// The evidence.
    pub evidence: String,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decider: String,
    /// When.
    pub decided_at: Instant,
    /// From.
    pub starts: Instant,
    /// Of a contact: in an isolation site until then, at home after.
    pub site_until: Option<Instant>,
    /// Until.
    pub ends: Instant,
    /// What it permits.
    pub permits: Option<String>,
    /// The rule of the protocol.
    pub rule: Option<String>,
    /// State as it was last written down.
    pub state: OrderState,
    /// In force now.
    pub in_force: bool,
    /// Ended.
    pub ended_at: Option<Instant>,
    /// Why it ended before its time.
    pub end_reason: Option<String>,
    /// Who decided that.
    pub end_decider: Option<String>,
    /// Appeals, in order.
    pub appeals: Vec<AppealRecord>,
}

/// Orders, the latest decided first.
pub async fn orders(
    tx: &Transaction<'_>,
    book: BookId,
    f: &OrderFilter,
    page: &Paging,
    now: Instant,
) -> Result<Page<OrderItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [decided, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let person = f.person.map(|p| p.to_string());
    let sql = format!(
        "SELECT o.order_id, o.person_id, p.name, p.sex, p.born, p.identity_masked, p.home,
             ARRAY(SELECT l.name FROM quell.place l WHERE l.book_id = $1 AND l.place = ANY({ABOVE}) ORDER BY length(l.place)) AS home_names,
             o.kind, o.contact_id, o.case_id, k.severity, EXISTS (SELECT FROM quell.stay s WHERE s.book_id = $1 AND s.person_id = o.person_id
                 AND s.admitted_at < coalesce(o.ended_at, o.ends) AND coalesce(s.left_at, 'infinity') > o.starts) AS in_bed, o.evidence, o.reason, o.decider, o.decided_at,
             o.starts, o.site_until, o.ends, o.permits, o.rule, o.state, o.ended_at, o.end_reason, o.end_decider,
             o.state = 'in_force' AND o.ends > $3::text::timestamptz AS in_force, coalesce(a.appeals, '[]') AS appeals
         FROM quell.restriction_order o LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = o.person_id
         LEFT JOIN quell.\"case\" k ON k.book_id = $1 AND k.case_id = o.case_id
         LEFT JOIN LATERAL (
             SELECT json_agg(json_build_object('appeal_id', a.appeal_id, 'by', a.by, 'text', a.text, 'made_at', a.made_at, 'due', d.due,
                 'state', a.state, 'answered_at', a.answered_at, 'answer', a.answer, 'decider', a.decider) ORDER BY a.made_at, a.appeal_id)
                 AS appeals, bool_or(a.state = 'open') AS open
             FROM quell.appeal a LEFT JOIN quell.duty d ON d.book_id = $1 AND d.duty_id = a.duty_id
             WHERE a.book_id = $1 AND a.order_id = o.order_id) a ON true
         WHERE o.book_id = $1 AND {} AND ($4::text IS NULL OR o.person_id = $4::text::uuid)
             AND (NOT $5 OR (o.state = 'in_force' AND o.ends > $3::text::timestamptz)) AND (NOT $6 OR coalesce(a.open, false))
             AND ($10::text IS NULL OR o.order_id = $10::text::uuid)
             AND ($11::text IS NULL OR coalesce(o.ended_at, o.ends) BETWEEN $11::text::timestamptz AND $12::text::timestamptz)
             AND ($7::text IS NULL OR (o.decided_at, o.order_id) < ($7::text::timestamptz, $8::text::uuid))
         ORDER BY o.decided_at DESC, o.order_id DESC LIMIT $9",
        within("o.place", 2)
    );
    let (now, order) = (now.to_string(), f.order.map(|o| o.to_string()));
    let (from, to) = f.ended.map(|(from, to)| (from.to_string(), to.to_string())).unzip();
    let params: super::Params<'_> =
        &[&book.0, &f.place.as_str(), &now, &person, &f.in_force, &f.appealed, &decided, &id, &page.rows(), &order, &from, &to];
    let found = list(tx, "orders", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |o: &OrderItem| format!("{}{SEPARATOR}{}", o.decided_at, o.order_id)))
}
