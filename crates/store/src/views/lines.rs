//! Line lists: cases, contacts, links and follow-ups, one flat line each, for files. A page is one statement.

use super::person::ABOVE;
use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{CaseState, Certainty, Classification, ContactState, ExposureContext, FollowUpOutcome, OrderKind, Sex};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Control, OccupationClass, Setting, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Who a line is about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LinePerson {
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub born: Option<Day>,
    /// Masked identity number.
    pub identity_masked: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Home.
    pub home: PlaceId,
    /// Names of the places of the home, from the top, as far as they are listed.
    pub home_names: Vec<String>,
    /// Occupation.
    pub occupation: OccupationClass,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CaseLine {
    /// Case.
    pub case_id: CaseId,
    /// Who.
    pub who: LinePerson,
    /// Classification.
    pub classification: Classification,
    /// Severity.
    pub severity: Option<Severity>,
    /// Onset.
    pub onset: Option<Instant>,
    /// Sampled.
    pub sampled_at: Option<Instant>,
    /// Found.
    pub found_at: Instant,
    /// Reported.
    pub reported_at: Option<Instant>,
    /// First bed since it was found, or the bed in which it was found.
    pub isolated_at: Option<Instant>,
    /// Where found.
    pub setting: Setting,
    /// Community-found or controlled.
    pub control: Option<Control>,
    /// Was a listed contact before.
    pub was_contact: bool,
    /// State.
    pub state: CaseState,
    /// Ended.
    pub ended_at: Option<Instant>,
    /// Answers in force, by question.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// What else its source said.
    pub note: Option<String>,
    /// The number by which people know it.
    pub number: Option<CaseNumber>,
}

/// A contact record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ContactLine {
    /// Contact record.
    pub contact_id: ContactId,
    /// Case.
    pub case_id: Option<CaseId>,
    /// The number by which people know that case.
    pub case_number: Option<CaseNumber>,
    /// The case as which the person was found since, if they were.
    pub became: Option<LineCase>,
    /// Who.
    pub who: LinePerson,
    /// Category.
    pub category: ContactCategory,
    /// First exposure.
    pub first_exposure: Option<Instant>,
    /// Last exposure.
    pub last_exposure: Instant,
    /// Where or how they met.
    pub context: Option<ExposureContext>,
    /// What the person is to the case.
    pub relation: Option<String>,
    /// How certain the exposure is.
    pub certainty: Option<Certainty>,
    /// When it was named.
    pub named_at: Instant,
    /// Who decided.
    pub decider: String,
    /// On which evidence.
    pub reason: String,
    /// State.
    pub state: ContactState,
    /// End of the schedule.
    pub until: Option<Instant>,
    /// Last seen.
    pub last_seen: Option<Instant>,
    /// Someone looks for the person.
    pub lost: bool,
    /// The team that sees the person, by name.
    pub team: Option<String>,
    /// The order that this record is.
    pub order: Option<LineOrder>,
}

/// The case that a contact became.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LineCase {
    /// Case.
    pub case_id: CaseId,
    /// The number by which people know it.
    pub number: Option<CaseNumber>,
}

/// The order of a contact record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LineOrder {
    /// Kind.
    pub kind: OrderKind,
    /// From.
    pub starts: Instant,
    /// In an isolation site until then.
    pub site_until: Option<Instant>,
    /// Until.
    pub ends: Instant,
}

/// A follow-up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FollowUpLine {
    /// Log position.
    pub seq: i64,
    /// Fact in the submission.
    pub idx: i32,
    /// Contact record.
    pub contact_id: ContactId,
    /// Who.
    pub who: LinePerson,
    /// Last exposure of that record.
    pub last_exposure: Instant,
    /// When.
    pub at: Instant,
    /// How it went.
    pub outcome: FollowUpOutcome,
    /// Temperature.
    pub temperature: Option<Celsius>,
    /// Symptoms.
    pub symptoms: Vec<String>,
    /// Who followed up.
    pub by: Option<String>,
    /// What else was said.
    pub note: Option<String>,
}

/// SQL: the person `p` of a line as JSON.
fn who() -> String {
    format!(
        "json_build_object('person_id', p.person_id, 'name', p.name, 'sex', p.sex, 'born', p.born,
            'identity_masked', p.identity_masked, 'phone', p.phone, 'home', p.home, 'occupation', p.occupation, 'home_names',
            ARRAY(SELECT l.name FROM quell.place l WHERE l.book_id = $1 AND l.place = ANY({ABOVE}) ORDER BY length(l.place))) AS who"
    )
}

/// Cases of the residents of a place, in the order in which they were found.
pub async fn case_lines(tx: &Transaction<'_>, book: BookId, place: &PlaceId, page: &Paging) -> Result<Page<CaseLine>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [found, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let who = who();
    let sql = format!(
        "SELECT c.case_id, {who}, c.classification, c.severity, c.onset, c.sampled_at, c.found_at, c.reported_at,
             (SELECT min(greatest(s.admitted_at, c.found_at)) FROM quell.stay s WHERE s.book_id = $1 AND s.person_id = c.person_id
                 AND coalesce(s.left_at > c.found_at, true)) AS isolated_at,
             c.setting, c.control, EXISTS (SELECT FROM quell.contact k WHERE k.book_id = $1 AND k.person_id = c.person_id
                 AND k.named_at <= c.found_at AND k.state <> 'dropped') AS was_contact, c.state, c.ended_at, c.note, c.number,
             coalesce((SELECT json_object_agg(a.key, a.value -> 'value') FROM quell.investigation i, jsonb_each(i.answers) a
                 WHERE i.book_id = $1 AND i.case_id = c.case_id), '{{}}') AS answers
         FROM quell.\"case\" c JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         WHERE c.book_id = $1 AND {} AND ($3::text IS NULL OR (c.found_at, c.case_id) > ($3::text::timestamptz, $4::text::uuid))
         ORDER BY c.found_at, c.case_id LIMIT $5",
        within("c.place", 2)
    );
    let lines = list(tx, "case lines", &sql, &[&book.0, &place.as_str(), &found, &id, &page.rows()]).await?;
    Ok(Page::new(lines, page, as_of_seq, |c: &CaseLine| format!("{}{SEPARATOR}{}", c.found_at, c.case_id)))
}

/// Contact records of the residents of a place, in the order in which they were named.
pub async fn contact_lines(tx: &Transaction<'_>, book: BookId, place: &PlaceId, page: &Paging) -> Result<Page<ContactLine>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [named, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let who = who();
    let sql = format!(
        "SELECT c.contact_id, c.case_id,
             (SELECT n.number FROM quell.\"case\" n WHERE n.book_id = $1 AND n.case_id = c.case_id) AS case_number, {who}, c.category, c.first_exposure, c.last_exposure, c.context, c.relation, c.certainty,
             c.named_at, c.decider, c.reason, c.state, c.until, c.last_seen,
             (SELECT coalesce(t.name, a.team_id) FROM quell.follow_up_assignment a
                 LEFT JOIN quell.team t ON t.book_id = $1 AND t.team_id = a.team_id
                 WHERE a.book_id = $1 AND a.person_id = c.person_id AND a.active) AS team,
             (SELECT json_build_object('case_id', k.case_id, 'number', k.number)
                 FROM quell.\"case\" k WHERE k.book_id = $1 AND k.person_id = c.person_id AND k.state <> 'withdrawn'
                 AND k.found_at >= c.named_at ORDER BY k.found_at, k.case_id LIMIT 1) AS became,
             EXISTS (SELECT FROM quell.duty d WHERE d.book_id = $1 AND d.person_id = c.person_id AND d.state = 'open'
                 AND d.kind = 'trace_lost') AS lost,
             (SELECT json_build_object('kind', o.kind, 'starts', o.starts, 'site_until', o.site_until, 'ends', coalesce(o.ended_at, o.ends))
                 FROM quell.restriction_order o WHERE o.book_id = $1 AND o.person_id = c.person_id AND o.contact_id = c.contact_id
                 ORDER BY o.starts DESC, o.order_id LIMIT 1) AS order
         FROM quell.contact c JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         WHERE c.book_id = $1 AND {} AND ($3::text IS NULL OR (c.named_at, c.contact_id) > ($3::text::timestamptz, $4::text::uuid))
         ORDER BY c.named_at, c.contact_id LIMIT $5",
        within("c.place", 2)
    );
    let lines = list(tx, "contact lines", &sql, &[&book.0, &place.as_str(), &named, &id, &page.rows()]).await?;
    Ok(Page::new(lines, page, as_of_seq, |c: &ContactLine| format!("{}{SEPARATOR}{}", c.named_at, c.contact_id)))
}

/// Follow-ups of the residents of a place, in the order of the log.
pub async fn follow_up_lines(tx: &Transaction<'_>, book: BookId, place: &PlaceId, page: &Paging) -> Result<Page<FollowUpLine>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [seq, idx] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let who = who();
    let sql = format!(
        "SELECT u.seq, u.idx, u.contact_id, {who}, c.last_exposure, u.at, u.outcome, u.temperature, u.symptoms,
             coalesce(u.by, (SELECT t.name FROM quell.team t WHERE t.book_id = $1 AND t.team_id = u.team_id)) AS by, u.note
         FROM quell.follow_up u JOIN quell.person p ON p.book_id = $1 AND p.person_id = u.person_id
         JOIN quell.contact c ON c.book_id = $1 AND c.contact_id = u.contact_id
         WHERE u.book_id = $1 AND {} AND ($3::text IS NULL OR (u.seq, u.idx) > ($3::text::bigint, $4::text::integer))
         ORDER BY u.seq, u.idx LIMIT $5",
        within("u.place", 2)
    );
    let lines = list(tx, "follow-up lines", &sql, &[&book.0, &place.as_str(), &seq, &idx, &page.rows()]).await?;
    Ok(Page::new(lines, page, as_of_seq, |u: &FollowUpLine| format!("{}{SEPARATOR}{}", u.seq, u.idx)))
}
