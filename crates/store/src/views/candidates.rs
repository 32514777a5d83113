//! Who may be a contact of a case, by every register of the book: one row a person with the evidence and the rule of the protocol.
//! It proposes; a person decides (`contact_named`). Nothing is written here, and nobody is restricted by a match.

use super::candidates_sql::sql;
use super::{Paging, SEPARATOR, head_seq};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{CaseState, Certainty, ContactState, EventKind, ExposureContext};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Proposal, Protocol, Register};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which candidates.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct CandidateFilter {
    /// Only those of whom this is proposed; `none` shows whom the rules make no contact. By default all but those.
    #[serde(default)]
    pub category: Option<Proposal>,
    /// Only those whom this register shows.
    #[serde(default)]
    pub register: Option<Register>,
    /// Without those who are a contact of this case, or a case, already.
    #[serde(default)]
    pub unknown: bool,
}

/// One meeting that a register shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The register.
    pub register: Register,
    /// Path of the rule in the protocol.
    pub rule: String,
    /// What the rule makes of it.
    pub proposal: Proposal,
    /// How certain it is that they met.
    pub certainty: Certainty,
    /// The visit of the case.
    pub visit_id: Option<VisitId>,
    /// Where: a place, a vehicle, a group, an event, a ward, a tube.
    pub place: String,
    /// The kind of that event.
    pub event: Option<EventKind>,
    /// Its name.
    pub event_name: Option<String>,
    /// Together from, or there from.
    pub starts: Instant,
    /// To.
    pub ends: Instant,
    /// Minutes together, as far as the times are known.
    pub overlap_min: Option<i64>,
    /// Minutes between them, where they were not there at once.
    pub gap_min: Option<i64>,
    /// Rows between their seats, if both are known and in the same carriage.
    pub rows_apart: Option<i64>,
    /// Times or seats are known only in part: it counts as far as it may be true, and is less certain.
    pub unsure: bool,
}

/// A contact record of the same person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KnownContact {
    /// Contact record.
    pub contact_id: ContactId,
    /// Of this case, or of another one.
    pub case_id: Option<CaseId>,
    /// Category.
    pub category: ContactCategory,
    /// State.
    pub state: ContactState,
}

/// A case of the same person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KnownCase {
    /// Case.
    pub case_id: CaseId,
    /// State.
    pub state: CaseState,
}

/// Someone whom the registers show near the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// Community.
    pub place: Option<PlaceId>,
    /// What is proposed: the strictest of all the evidence.
    pub proposal: Proposal,
    /// How certain that evidence is.
    pub certainty: Certainty,
    /// Where or how they met, by that evidence.
    pub context: ExposureContext,
    /// First exposure, by all evidence of that category.
    pub first_exposure: Instant,
    /// Last exposure.
    pub last_exposure: Instant,
    /// How many meetings the registers show.
    pub meetings: i64,
    /// The strictest of them, at most five.
    pub evidence: Vec<Evidence>,
    /// Contact records of this person that stand.
    pub contacts: Vec<KnownContact>,
    /// Cases of this person that stand.
    pub cases: Vec<KnownCase>,
    /// For the record if it is confirmed: the same each time, so that nobody is confirmed twice.
    pub contact_id: ContactId,
}

impl Candidate {
    /// True if a record of this case, or a case, stands already.
    pub fn is_known(&self, case: CaseId) -> bool {
        !self.cases.is_empty() || self.contacts.iter().any(|c| c.case_id == Some(case))
    }
}

/// How many candidates there are of each kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CandidateCount {
    /// What is proposed.
    pub proposal: Proposal,
    /// Persons.
    pub persons: i64,
}

/// Candidates of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidates {
    /// Case.
    pub case_id: CaseId,
    /// The person of the case.
    pub person_id: PersonId,
    /// From when the case could infect.
    pub from: Instant,
    /// Until when: it can infect no more, has recovered or died; or until now.
    pub to: Instant,
    /// Persons by what is proposed, on all pages together.
    pub counts: Vec<CandidateCount>,
    /// The page: the strictest and latest first.
    pub items: Vec<Candidate>,
    /// Hand this in as `after` to get the page that follows; none when this is the last.
    pub next: Option<String>,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

#[derive(Deserialize)]
struct Found {
    person_id: PersonId,
    from: Instant,
    to: Instant,
    counts: Vec<CandidateCount>,
    items: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    rank: i64,
    #[serde(flatten)]
    candidate: RowOfPerson,
}

#[derive(Deserialize)]
struct RowOfPerson {
    person_id: PersonId,
    name: Option<String>,
    phone: Option<String>,
    home: Option<PlaceId>,
    place: Option<PlaceId>,
    first_exposure: Instant,
    last_exposure: Instant,
    meetings: i64,
    evidence: Vec<Evidence>,
    contacts: Vec<KnownContact>,
    cases: Vec<KnownCase>,
}

#[derive(Serialize)]
struct Rule {
    register: Register,
    path: &'static str,
    category: Proposal,
    certainty: quell_protocol::Confidence,
    overlap_s: i64,
    within_s: i64,
    rows: Option<u32>,
    otherwise: Proposal,
    stay_s: i64,
    through_isolation: bool,
}

/// Candidates of a case under the rules of a protocol; none if there is no such case in the reader's scope.
pub async fn candidates(
    tx: &Transaction<'_>,
    book: BookId,
    case: CaseId,
    f: &CandidateFilter,
    page: &Paging,
    protocol: &Protocol,
    now: Instant,
) -> Result<Option<Candidates>, StoreError> {
    const WHAT: &str = "candidates";
    let as_of_seq = head_seq(tx, book).await?;
    let [rank, last, person] = page.parts::<3>()?.map_or([None; 3], |p| p.map(Some));
    let (before, after) = protocol.contact_window();
    let rule = |m: quell_protocol::Meeting| Rule {
        register: m.register,
        path: m.rule,
        category: m.category,
        certainty: m.certainty,
        overlap_s: m.overlap.seconds(),
        within_s: m.within.seconds(),
        rows: m.rows,
        otherwise: m.otherwise,
        stay_s: m.stay.seconds(),
        through_isolation: m.through_isolation,
    };
    let unreadable = |e: serde_json::Error| StoreError::Unreadable { operation: WHAT, detail: e.to_string() };
    let rules = serde_json::to_string(&protocol.meetings().into_iter().map(rule).collect::<Vec<_>>()).map_err(unreadable)?;
    let category = f.category.map(super::case::word).transpose()?;
    let register = f.register.map(super::case::word).transpose()?;
    let longest = quell_book::LONGEST_CHECK_IN.seconds() as f64;
    let statement = tx.prepare_cached(sql()).await.map_err(StoreError::at(WHAT))?;
    let params: super::Params<'_> = &[
        &book.0,
        &case.0,
        &now.to_string(),
        &before,
        &after,
        &rules,
        &longest,
        &category,
        &register,
        &f.unknown,
        &rank,
        &last,
        &person,
        &page.rows(),
    ];
    let Some(row) = tx.query_opt(&statement, params).await.map_err(StoreError::at(WHAT))? else { return Ok(None) };
    let found: Found = serde_json::from_str(row.get(0)).map_err(unreadable)?;
    let more = found.items.len() > page.size();
    let kept = &found.items[..found.items.len().min(page.size())];
    let key = |r: &Row| format!("{}{SEPARATOR}{}{SEPARATOR}{}", r.rank, r.candidate.last_exposure, r.candidate.person_id);
    let next = kept.last().filter(|_| more).map(key);
    let Found { person_id, from, to, counts, items } = found;
    let items = items.into_iter().take(page.size()).filter_map(|r| candidate(case, r.candidate)).collect();
    Ok(Some(Candidates { case_id: case, person_id, from, to, counts, items, next, as_of_seq }))
}

/// Everyone has evidence: the first of it decides.
fn candidate(case: CaseId, r: RowOfPerson) -> Option<Candidate> {
    let first = r.evidence.first()?;
    let exposed = r.last_exposure.0.to_be_bytes();
    Some(Candidate {
        proposal: first.proposal,
        certainty: first.certainty,
        context: context(first.register, first.event),
        contact_id: ContactId(derived_uuid(&[b"candidate", case.0.as_bytes(), r.person_id.0.as_bytes(), &exposed])),
        person_id: r.person_id,
        name: r.name,
        phone: r.phone,
        home: r.home,
        place: r.place,
        first_exposure: r.first_exposure,
        last_exposure: r.last_exposure,
        meetings: r.meetings,
        evidence: r.evidence,
        contacts: r.contacts,
        cases: r.cases,
    })
}

/// Where someone met the case, as a contact record says it.
fn context(register: Register, event: Option<EventKind>) -> ExposureContext {
    match register {
        Register::Household => ExposureContext::Household,
        Register::Unit => ExposureContext::Unit,
        Register::Class => ExposureContext::Class,
        Register::Workplace => ExposureContext::Workplace,
        Register::Group => ExposureContext::Other,
        Register::Ward => ExposureContext::Ward,
        Register::Vehicle => ExposureContext::Vehicle,
        Register::Event if event == Some(EventKind::Funeral) => ExposureContext::Funeral,
        Register::Venue | Register::Event => ExposureContext::Venue,
        Register::SamplingQueue => ExposureContext::SamplingQueue,
    }
}
