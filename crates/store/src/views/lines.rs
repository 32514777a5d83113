//! Line lists: cases, contacts and follow-ups, one flat line each, for files. A list is one statement, which is read some lines at a time:
//! all of it is of one moment, and a long one takes no more memory than a short one.

use super::{Params, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{CaseState, Certainty, Classification, ContactState, ExposureContext, FollowUpOutcome, OrderKind, Sex};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Control, OccupationClass, Setting, Severity};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::marker::PhantomData;
use tokio_postgres::Portal;

/// Lines that are read at a time.
const AT_A_TIME: i32 = 1_000;
/// Names of places that are remembered from one part of a list to the next.
const NAMES: usize = 50_000;

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
    #[serde(default)]
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

/// A line of a list.
pub trait Line: DeserializeOwned {
    /// Who it is about.
    fn who(&mut self) -> &mut LinePerson;
}

impl Line for CaseLine {
    fn who(&mut self) -> &mut LinePerson {
        &mut self.who
    }
}

impl Line for ContactLine {
    fn who(&mut self) -> &mut LinePerson {
        &mut self.who
    }
}

impl Line for FollowUpLine {
    fn who(&mut self) -> &mut LinePerson {
        &mut self.who
    }
}

/// A list that is being read.
pub struct Lines<'t, T> {
    tx: &'t Transaction<'t>,
    book: BookId,
    what: &'static str,
    portal: Portal,
    /// What places are called: nothing for those that are not listed.
    names: HashMap<PlaceId, Option<String>>,
    of: PhantomData<T>,
}

impl<'t, T: Line> Lines<'t, T> {
    async fn open(tx: &'t Transaction<'t>, book: BookId, what: &'static str, sql: &str, place: &PlaceId) -> Result<Self, StoreError> {
        let statement = tx.prepare_cached(&format!("SELECT row_to_json(x)::text FROM ({sql}) x")).await.map_err(StoreError::at(what))?;
        let params: Params<'_> = &[&book.0, &place.as_str()];
        let portal = tx.bind(&statement, params).await.map_err(StoreError::at(what))?;
        Ok(Self { tx, book, what, portal, names: HashMap::new(), of: PhantomData })
    }

    /// The next lines; none when all were read.
    ///
    /// # Errors
    /// If the database refuses, or a line cannot be read.
    pub async fn next(&mut self) -> Result<Vec<T>, StoreError> {
        let rows = self.tx.query_portal(&self.portal, AT_A_TIME).await.map_err(StoreError::at(self.what))?;
        let unreadable = |e: serde_json::Error| StoreError::Unreadable { operation: self.what, detail: e.to_string() };
        let mut lines: Vec<T> = rows.iter().map(|r| serde_json::from_str(r.get(0)).map_err(unreadable)).collect::<Result<_, _>>()?;
        self.read_names(lines.iter_mut().map(|l| l.who().home.clone())).await?;
        for line in &mut lines {
            let who = line.who();
            who.home_names = above(&who.home).filter_map(|p| self.names.get(&p)?.clone()).collect();
        }
        Ok(lines)
    }

    /// Reads what the places above these homes are called, once each.
    async fn read_names(&mut self, homes: impl Iterator<Item = PlaceId>) -> Result<(), StoreError> {
        const SQL: &str = "SELECT l.place, l.name FROM unnest($2::text[]) AS k(place) CROSS JOIN LATERAL
            (SELECT place, name FROM quell.place WHERE book_id = $1 AND place = k.place OFFSET 0) l";
        if self.names.len() > NAMES {
            self.names.clear();
        }
        let wanted: HashSet<PlaceId> = homes.flat_map(|h| above(&h).collect::<Vec<_>>()).filter(|p| !self.names.contains_key(p)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let mut places: Vec<&str> = wanted.iter().map(PlaceId::as_str).collect();
        places.sort_unstable();
        let statement = self.tx.prepare_cached(SQL).await.map_err(StoreError::at("names of places"))?;
        let rows = self.tx.query(&statement, &[&self.book.0, &places]).await.map_err(StoreError::at("names of places"))?;
        let mut found: HashMap<&str, String> = rows.iter().map(|r| (r.get(0), r.get(1))).collect();
        let named: Vec<(PlaceId, Option<String>)> = wanted.iter().map(|p| (p.clone(), found.remove(p.as_str()))).collect();
        self.names.extend(named);
        Ok(())
    }
}

/// A place and all above it, from the top.
fn above(place: &PlaceId) -> impl Iterator<Item = PlaceId> {
    (1..=place.depth()).map(|depth| place.at_depth(depth))
}

/// SQL: the person `p` of a line as JSON.
const WHO: &str = "json_build_object('person_id', p.person_id, 'name', p.name, 'sex', p.sex, 'born', p.born,
    'identity_masked', p.identity_masked, 'phone', p.phone, 'home', p.home, 'occupation', p.occupation) AS who";

/// Cases of the residents of a place, in the order in which they were found.
///
/// # Errors
/// If the database refuses.
pub async fn case_lines<'t>(tx: &'t Transaction<'t>, book: BookId, place: &PlaceId) -> Result<Lines<'t, CaseLine>, StoreError> {
    let sql = format!(
        "SELECT c.case_id, {WHO}, c.classification, c.severity, c.onset, c.sampled_at, c.found_at, c.reported_at,
             (SELECT min(greatest(s.admitted_at, c.found_at)) FROM quell.stay s WHERE s.book_id = $1 AND s.person_id = c.person_id
                 AND coalesce(s.left_at > c.found_at, true)) AS isolated_at,
             c.setting, c.control, EXISTS (SELECT FROM quell.contact k WHERE k.book_id = $1 AND k.person_id = c.person_id
                 AND k.named_at <= c.found_at AND k.state <> 'dropped') AS was_contact, c.state, c.ended_at, c.note, c.number,
             coalesce((SELECT json_object_agg(a.key, a.value -> 'value') FROM quell.investigation i, jsonb_each(i.answers) a
                 WHERE i.book_id = $1 AND i.case_id = c.case_id), '{{}}') AS answers
         FROM quell.\"case\" c JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         WHERE c.book_id = $1 AND {} ORDER BY c.found_at, c.case_id",
        within("c.place", 2)
    );
    Lines::open(tx, book, "case lines", &sql, place).await
}

/// Contact records of the residents of a place, in the order in which they were named.
///
/// # Errors
/// If the database refuses.
pub async fn contact_lines<'t>(tx: &'t Transaction<'t>, book: BookId, place: &PlaceId) -> Result<Lines<'t, ContactLine>, StoreError> {
    // What a few have is gathered once for all.
    let sql = format!(
        "SELECT c.contact_id, c.case_id, n.number AS case_number, {WHO}, c.category, c.first_exposure, c.last_exposure, c.context, c.relation,
             c.certainty, c.named_at, c.decider, c.reason, c.state, c.until, c.last_seen, coalesce(t.name, a.team_id) AS team,
             b.became,
             l.person_id IS NOT NULL AS lost, o.told AS order
         FROM quell.contact c JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         LEFT JOIN quell.\"case\" n ON n.book_id = $1 AND n.case_id = c.case_id
         LEFT JOIN quell.follow_up_assignment a ON a.book_id = $1 AND a.person_id = c.person_id AND a.active
         LEFT JOIN quell.team t ON t.book_id = $1 AND t.team_id = a.team_id
         LEFT JOIN (SELECT DISTINCT d.person_id FROM quell.duty d WHERE d.book_id = $1 AND d.state = 'open' AND d.kind = 'trace_lost') l
             ON l.person_id = c.person_id
         LEFT JOIN (SELECT DISTINCT ON (o.contact_id) o.contact_id, json_build_object('kind', o.kind, 'starts', o.starts,
                 'site_until', o.site_until, 'ends', coalesce(o.ended_at, o.ends)) AS told
             FROM quell.restriction_order o WHERE o.book_id = $1 AND o.contact_id IS NOT NULL
             ORDER BY o.contact_id, o.starts DESC, o.order_id) o ON o.contact_id = c.contact_id
         LEFT JOIN (SELECT DISTINCT ON (x.contact_id) x.contact_id, json_build_object('case_id', k.case_id, 'number', k.number) AS became
             FROM quell.contact x JOIN quell.\"case\" k ON k.book_id = $1 AND k.person_id = x.person_id
             WHERE x.book_id = $1 AND k.state <> 'withdrawn' AND k.found_at >= x.named_at
             ORDER BY x.contact_id, k.found_at, k.case_id) b ON b.contact_id = c.contact_id
         WHERE c.book_id = $1 AND {} ORDER BY c.named_at, c.contact_id",
        within("c.place", 2)
    );
    Lines::open(tx, book, "contact lines", &sql, place).await
}

/// Follow-ups of the residents of a place, in the order of the log.
///
/// # Errors
/// If the database refuses.
pub async fn follow_up_lines<'t>(tx: &'t Transaction<'t>, book: BookId, place: &PlaceId) -> Result<Lines<'t, FollowUpLine>, StoreError> {
    let sql = format!(
        "SELECT u.seq, u.idx, u.contact_id, {WHO}, c.last_exposure, u.at, u.outcome, u.temperature, u.symptoms,
             coalesce(u.by, t.name) AS by, u.note
         FROM quell.follow_up u JOIN quell.person p ON p.book_id = $1 AND p.person_id = u.person_id
         JOIN quell.contact c ON c.book_id = $1 AND c.contact_id = u.contact_id
         LEFT JOIN quell.team t ON t.book_id = $1 AND t.team_id = u.team_id
         WHERE u.book_id = $1 AND {} ORDER BY u.seq, u.idx",
        within("u.place", 2)
    );
    Lines::open(tx, book, "follow-up lines", &sql, place).await
}
