//! Cases, and the count of days towards zero in the community (社会面清零).

use super::{Page, Paging, SEPARATOR, always, calendar, head_seq, list, single, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{CaseState, Classification};
use quell_foundation::*;
use quell_protocol::{Control, Setting, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which cases.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CaseFilter {
    /// Residents of this place or of what lies below it.
    pub place: PlaceId,
    /// Found on this day of the book or later.
    #[serde(default)]
    pub from: Option<Day>,
    /// Found on this day of the book or earlier.
    #[serde(default)]
    pub to: Option<Day>,
    /// Community-found or controlled.
    #[serde(default)]
    pub control: Option<Control>,
    /// State.
    #[serde(default)]
    pub state: Option<CaseState>,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseItem {
    /// Case.
    pub case_id: CaseId,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// Community.
    pub place: PlaceId,
    /// The tube it was found by.
    pub tube: Option<TubeCode>,
    /// Round of that tube.
    pub round: Option<RoundId>,
    /// Found.
    pub found_at: Instant,
    /// Day of the book on which it was found.
    pub found_on: Day,
    /// Sampled.
    pub sampled_at: Option<Instant>,
    /// Classification.
    pub classification: Classification,
    /// Severity.
    pub severity: Option<Severity>,
    /// Onset of symptoms.
    pub onset: Option<Instant>,
    /// Where found.
    pub setting: Setting,
    /// Community-found or controlled.
    pub control: Option<Control>,
    /// What else its source said.
    pub note: Option<String>,
    /// The number by which people know it.
    pub number: Option<CaseNumber>,
    /// State.
    pub state: CaseState,
    /// Reported.
    pub reported_at: Option<Instant>,
    /// Receipt of the report.
    pub receipt: Option<String>,
    /// Ended.
    pub ended_at: Option<Instant>,
    /// Duties about the person that are open.
    pub open_duties: i64,
    /// Of these overdue.
    pub overdue_duties: i64,
}

/// Cases, the latest found first.
pub async fn cases(tx: &Transaction<'_>, book: BookId, f: &CaseFilter, page: &Paging, now: Instant) -> Result<Page<CaseItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let (offset, _) = calendar(tx, book).await?;
    let [found, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let from = f.from.map(|d| d.start(offset).to_string());
    let to = f.to.map(|d| d.plus(1).start(offset).to_string());
    let control = f.control.map(word).transpose()?;
    let state = f.state.map(CaseState::as_str);
    let sql = format!(
        "SELECT c.case_id, c.person_id, p.name, p.home, c.place, c.tube, c.round, c.found_at, {} AS found_on, c.sampled_at,
             c.classification, c.severity, c.onset, c.setting, c.control, c.note, c.number, c.state, c.reported_at, c.receipt, c.ended_at,
             d.open_duties, d.overdue_duties
         FROM quell.\"case\" c LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         CROSS JOIN LATERAL (
             SELECT count(*) AS open_duties, count(*) FILTER (WHERE d.due < $3::text::timestamptz) AS overdue_duties
             FROM quell.duty d WHERE d.book_id = $1 AND d.person_id = c.person_id AND d.state = 'open') d
         WHERE c.book_id = $1 AND {} AND ($5::text IS NULL OR c.found_at >= $5::text::timestamptz)
             AND ($6::text IS NULL OR c.found_at < $6::text::timestamptz) AND ($7::text IS NULL OR c.control = $7::text)
             AND ($8::text IS NULL OR c.state = $8::text)
             AND ($9::text IS NULL OR (c.found_at, c.case_id) < ($9::text::timestamptz, $10::text::uuid))
         ORDER BY c.found_at DESC, c.case_id DESC LIMIT $11",
        local_day("c.found_at", 4),
        within("c.place", 2)
    );
    let minutes = i32::from(offset.0);
    let params: super::Params<'_> =
        &[&book.0, &f.place.as_str(), &now.to_string(), &minutes, &from, &to, &control, &state, &found, &id, &page.rows()];
    let found = list(tx, "cases", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |c: &CaseItem| format!("{}{SEPARATOR}{}", c.found_at, c.case_id)))
}

/// SQL: the day of the book of a time; `$n` has the offset in minutes.
fn local_day(column: &str, n: usize) -> String {
    format!("(({column} AT TIME ZONE 'UTC') + make_interval(mins => ${n}::integer))::date")
}

/// A word of a closed list, as the database has it.
pub(super) fn word(w: impl Serialize) -> Result<String, StoreError> {
    let bad = |detail: String| StoreError::Unreadable { operation: "word", detail };
    match serde_json::to_value(w) {
        Ok(serde_json::Value::String(s)) => Ok(s),
        Ok(other) => Err(bad(other.to_string())),
        Err(e) => Err(bad(e.to_string())),
    }
}

/// The cases of a day. Withdrawn cases are counted only as withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseDay {
    /// Day of the book on which they were found.
    pub day: Day,
    /// Found in the community (社会面).
    pub community_found: i64,
    /// How they were found is not known.
    pub unknown_channel: i64,
    /// Found under control (管控中).
    pub controlled: i64,
    /// Of both: confirmed cases.
    pub confirmed: i64,
    /// Of both: without symptoms.
    pub asymptomatic: i64,
    /// Withdrawn.
    pub withdrawn: i64,
}

/// Cases by day and how far the community is from zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseCounts {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// Days on which cases were found, in order.
    pub days: Vec<CaseDay>,
    /// All cases that were not withdrawn.
    pub total: i64,
    /// Of these under management.
    pub active: i64,
    /// Recovered.
    pub recovered: i64,
    /// Died.
    pub died: i64,
    /// The last day on which a case was found in the community.
    pub last_community_day: Option<Day>,
    /// Days since then (today: 0); none if there never was one.
    pub days_since_community: Option<i32>,
}

#[derive(Deserialize)]
struct Totals {
    total: i64,
    active: i64,
    recovered: i64,
    died: i64,
}

/// Cases of the residents of a place by day of finding and by channel, up to now.
pub async fn case_counts(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<CaseCounts, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let (offset, _) = calendar(tx, book).await?;
    let today = now.day(offset);
    let sql = format!(
        "SELECT {} AS day,
             count(*) FILTER (WHERE state <> 'withdrawn' AND control = 'community_found') AS community_found,
             count(*) FILTER (WHERE state <> 'withdrawn' AND control = 'controlled') AS controlled,
             count(*) FILTER (WHERE state <> 'withdrawn' AND control IS NULL) AS unknown_channel,
             count(*) FILTER (WHERE state <> 'withdrawn' AND classification = 'confirmed') AS confirmed,
             count(*) FILTER (WHERE state <> 'withdrawn' AND classification = 'asymptomatic') AS asymptomatic,
             count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn
         FROM quell.\"case\" WHERE book_id = $1 AND {} GROUP BY 1 ORDER BY 1",
        local_day("found_at", 3),
        within("place", 2)
    );
    let days: Vec<CaseDay> = list(tx, "cases by day", &sql, &[&book.0, &place.as_str(), &i32::from(offset.0)]).await?;
    let sql = format!(
        "SELECT count(*) FILTER (WHERE state <> 'withdrawn') AS total, count(*) FILTER (WHERE state = 'active') AS active,
             count(*) FILTER (WHERE state = 'recovered') AS recovered, count(*) FILTER (WHERE state = 'died') AS died
         FROM quell.\"case\" WHERE book_id = $1 AND {}",
        within("place", 2)
    );
    let t: Totals = always("cases", single(tx, "cases", &sql, &[&book.0, &place.as_str()]).await?)?;
    let last_community_day = days.iter().filter(|d| d.community_found > 0 && d.day <= today).map(|d| d.day).max();
    let days_since_community = last_community_day.map(|d| today.0 - d.0);
    let Totals { total, active, recovered, died } = t;
    Ok(CaseCounts { as_of_seq, days, total, active, recovered, died, last_community_day, days_since_community })
}
