//! Leads: contacts of a case that are not known as persons yet.

use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{LeadKind, LeadState, Venue};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which leads.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LeadFilter {
    /// Of cases at this place or below.
    pub place: PlaceId,
    /// Of this case.
    #[serde(default)]
    pub case: Option<CaseId>,
    /// In this state; by default those that are open, of one case all.
    #[serde(default)]
    pub state: Option<LeadState>,
}

/// A person of a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeadPerson {
    /// Person.
    pub person_id: PersonId,
    /// Name, if the reader may see the person.
    pub name: Option<String>,
    /// The contact record of this case, if someone has decided on one.
    pub contact_id: Option<ContactId>,
}

/// A lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeadItem {
    /// Lead.
    pub lead_id: LeadId,
    /// Case.
    pub case_id: CaseId,
    /// One person or a group.
    pub kind: LeadKind,
    /// What is known.
    pub description: String,
    /// Telephone.
    pub phone: Option<String>,
    /// How many they are.
    pub expected: i64,
    /// How many of them are persons by now.
    pub identified: i64,
    /// How many are still unknown.
    pub unknown: i64,
    /// Those who are persons.
    pub persons: Vec<LeadPerson>,
    /// Where they met.
    pub venue: Option<Venue>,
    /// Its name, if it is a listed place.
    pub venue_name: Option<String>,
    /// The visit on which they met.
    pub visit_id: Option<VisitId>,
    /// Last exposure.
    pub last_exposure: Instant,
    /// When it was noted.
    pub noted_at: Instant,
    /// To be identified by then.
    pub due: Option<Instant>,
    /// State.
    pub state: LeadState,
    /// Resolved or closed.
    pub ended_at: Option<Instant>,
    /// Why it was closed.
    pub reason: Option<String>,
    /// Who decided that.
    pub decider: Option<String>,
}

/// Leads, those noted first first: they wait longest.
pub async fn leads(tx: &Transaction<'_>, book: BookId, f: &LeadFilter, page: &Paging) -> Result<Page<LeadItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [noted, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let sql = format!(
        "SELECT l.lead_id, l.case_id, l.kind, l.description, l.phone, l.expected, n.identified, l.expected - n.identified AS unknown,
             coalesce(n.persons, '[]') AS persons, l.venue, v.name AS venue_name, l.visit_id, l.last_exposure, l.noted_at,
             (SELECT d.due FROM quell.duty d WHERE d.book_id = $1 AND d.duty_id = l.duty_id AND d.state = 'open') AS due,
             l.state, l.ended_at, l.reason, l.decider
         FROM quell.lead l LEFT JOIN quell.place v ON v.book_id = $1 AND v.place = l.venue
         CROSS JOIN LATERAL (
             SELECT count(*) AS identified, json_agg(json_build_object('person_id', i.id, 'name', p.name, 'contact_id', c.contact_id)
                 ORDER BY i.id) AS persons
             FROM jsonb_array_elements_text(l.persons) AS i(id) LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = i.id::uuid
             LEFT JOIN LATERAL (SELECT c.contact_id FROM quell.contact c WHERE c.book_id = $1 AND c.person_id = i.id::uuid
                 AND c.case_id = l.case_id AND c.state <> 'dropped' ORDER BY c.named_at DESC, c.contact_id LIMIT 1) c ON true) n
         WHERE l.book_id = $1 AND {} AND ($3::text IS NULL OR l.case_id = $3::text::uuid)
             AND l.state = coalesce($4::text, CASE WHEN $3::text IS NULL THEN 'open' ELSE l.state END)
             AND ($5::text IS NULL OR (l.noted_at, l.lead_id) > ($5::text::timestamptz, $6::text::uuid))
         ORDER BY l.noted_at, l.lead_id LIMIT $7",
        within("l.place", 2)
    );
    let (case, state) = (f.case.map(|c| c.to_string()), f.state.map(LeadState::as_str));
    let params: super::Params<'_> = &[&book.0, &f.place.as_str(), &case, &state, &noted, &id, &page.rows()];
    let found = list(tx, "leads", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |l: &LeadItem| format!("{}{SEPARATOR}{}", l.noted_at, l.lead_id)))
}
