//! Whom to ask about: the candidates for the source of a case, with what says that they met.

use super::{head_seq, list, single};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{Doubt, Evidence, SourceSeen, rank_sources};
use quell_foundation::*;
use quell_protocol::Protocol;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most candidates that are shown.
const MOST: usize = 50;

/// A candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceItem {
    /// Its case.
    pub case_id: CaseId,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// Onset, else the first positive sample, else when it was found.
    pub ill: Instant,
    /// Days from then to the same of the case.
    pub days: f64,
    /// What says that they met, the strongest first: named, linked, household, met, group, unit, community.
    pub evidence: Vec<Evidence>,
    /// When they met last, as far as it is known.
    pub met_at: Option<Instant>,
    /// Why it could not be, by the rules of `/v1/chains`.
    pub doubts: Vec<Doubt>,
}

/// The candidates for the source of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sources {
    /// The case.
    pub case_id: CaseId,
    /// Its person.
    pub person_id: PersonId,
    /// Onset, else the first positive sample, else when it was found.
    pub ill: Instant,
    /// The serial interval of the protocol, in days, by which they are ordered last.
    pub serial_interval: Option<f64>,
    /// The first to ask about first: who could have been by the days between; then by evidence; then by the serial interval.
    pub candidates: Vec<SourceItem>,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

#[derive(Deserialize)]
struct Target {
    person_id: PersonId,
    place: PlaceId,
    home: Option<PlaceId>,
    ill: Instant,
}

#[derive(Deserialize)]
struct Found {
    case_id: CaseId,
    person_id: PersonId,
    name: Option<String>,
    home: Option<PlaceId>,
    ill: Instant,
    evidence: Evidence,
    met_at: Option<Instant>,
}

/// SQL: when the case `c` was ill at the latest.
const ILL: &str = "coalesce(c.onset, c.sampled_at, c.found_at)";

/// SQL: the cases that were in the same place, or vehicle, at the same time as the case `$2`, as far as both times are exact.
fn met_in(column: &str) -> String {
    format!(
        "SELECT o.case_id, 'met', least(v.ends, o.ends)
             FROM quell.visit v JOIN quell.visit o ON o.book_id = $1 AND o.{column} = v.{column} AND o.case_id <> v.case_id
                 AND o.withdrawn IS NULL
                 AND o.starts - make_interval(secs => o.margin_s) <= v.ends + make_interval(secs => v.margin_s)
                 AND o.ends + make_interval(secs => o.margin_s) >= v.starts - make_interval(secs => v.margin_s)
             WHERE v.book_id = $1 AND v.case_id = $2::text::uuid AND v.withdrawn IS NULL"
    )
}

/// SQL: the records of the person `$3`: lists stay with the record under which they were made.
const OWN: &str = "
    (SELECT $3::text::uuid AS id UNION SELECT q.person_id FROM quell.person q WHERE q.book_id = $1 AND q.same_as = $3::text::uuid) w";

/// SQL: the cases of whoever is listed as `o`.
const CASES_OF_LISTED: &str = "
    LEFT JOIN quell.person op ON op.book_id = $1 AND op.person_id = o.person_id
    JOIN quell.\"case\" c ON c.book_id = $1 AND c.person_id = coalesce(op.same_as, o.person_id)";

/// SQL: the cases that took part in the same event, as long as both were there.
fn met_at_events() -> String {
    format!(
        "SELECT c.case_id, 'met', least(e.ends, m.ends, o.ends)
             FROM {OWN} JOIN quell.membership m ON m.book_id = $1 AND m.person_id = w.id AND m.kind = 'event'
             JOIN quell.event e ON e.book_id = $1 AND e.event = m.group_id AND e.withdrawn_at IS NULL
             JOIN quell.membership o ON o.book_id = $1 AND o.group_id = e.event AND o.kind = 'event' {CASES_OF_LISTED}
             WHERE greatest(e.starts, m.starts, o.starts) <= least(e.ends, m.ends, o.ends)"
    )
}

/// SQL: the cases of the same class, workplace or other group, where both belonged to it in the days before `$7`.
fn same_groups() -> String {
    format!(
        "SELECT c.case_id, 'group', NULL
             FROM {OWN} JOIN quell.membership m ON m.book_id = $1 AND m.person_id = w.id AND m.kind <> 'event'
             JOIN quell.membership o ON o.book_id = $1 AND o.group_id = m.group_id AND o.kind <> 'event' {CASES_OF_LISTED}
             WHERE greatest(m.starts, o.starts, $7::text::timestamptz - make_interval(days => $8::int))
                     <= least(m.ends, o.ends, $7::text::timestamptz)
                 AND {ILL} BETWEEN $7::text::timestamptz - make_interval(days => $8::int)
                     AND $7::text::timestamptz + make_interval(days => $8::int)"
    )
}

/// The candidates for the source of a case; none if there is no such case in the reader's scope.
pub async fn sources(tx: &Transaction<'_>, book: BookId, case: CaseId, protocol: &Protocol) -> Result<Option<Sources>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!(
        "SELECT c.person_id, c.place, p.home, {ILL} AS ill FROM quell.\"case\" c
         LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id WHERE c.book_id = $1 AND c.case_id = $2"
    );
    let Some(target) = single::<Target>(tx, "case", &sql, &[&book.0, &case.0]).await? else { return Ok(None) };
    let unit = target.home.as_ref().and_then(PlaceId::parent).filter(|u| *u != target.place);
    let (home, unit) = (target.home.as_ref().map(PlaceId::as_str), unit.as_ref().map(PlaceId::as_str));
    // Nobody infects longer ago than the longest serial interval; a month more for dates that are wrong.
    let since = protocol.serial_bounds().map_or(60.0, |b| b.1.ceil() + 30.0) as i64;
    let (by_place, by_vehicle) = (met_in("at_place"), met_in("vehicle"));
    let (by_event, by_group) = (met_at_events(), same_groups());
    let sql = format!(
        "WITH met AS (
             SELECT k.case_id, 'named' AS evidence, k.last_exposure AS met_at FROM quell.contact k
             WHERE k.book_id = $1 AND k.person_id = $3::text::uuid AND k.case_id IS NOT NULL AND k.state <> 'dropped'
           UNION ALL
             SELECT CASE WHEN l.source_case = $2::text::uuid THEN l.target_case ELSE l.source_case END, 'linked', l.contact_at
             FROM quell.link l WHERE l.book_id = $1 AND l.withdrawn IS NULL AND NOT l.directed
                 AND (l.source_case = $2::text::uuid OR l.target_case = $2::text::uuid)
           UNION ALL
             {by_place}
           UNION ALL
             {by_vehicle}
           UNION ALL
             {by_event}
           UNION ALL
             {by_group}
           UNION ALL
             SELECT c.case_id, CASE WHEN p.home = $5::text THEN 'household' WHEN starts_with(p.home, $6::text || '.') THEN 'unit'
                 ELSE 'community' END, NULL
             FROM quell.\"case\" c LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
             WHERE c.book_id = $1 AND c.place = $4::text COLLATE \"C\"
                 AND {ILL} BETWEEN $7::text::timestamptz - make_interval(days => $8::int) AND $7::text::timestamptz + make_interval(days => $8::int)
         )
         SELECT c.case_id, c.person_id, p.name, p.home, {ILL} AS ill, m.evidence, max(m.met_at) AS met_at
         FROM met m JOIN quell.\"case\" c ON c.book_id = $1 AND c.case_id = m.case_id AND c.state <> 'withdrawn'
             AND c.case_id <> $2::text::uuid AND c.person_id <> $3::text::uuid
         LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         GROUP BY c.case_id, c.person_id, p.name, p.home, ill, m.evidence"
    );
    let (id, person) = (case.to_string(), target.person_id.to_string());
    let days = i32::try_from(since).unwrap_or(i32::MAX);
    let params: super::Params<'_> = &[&book.0, &id, &person, &target.place.as_str(), &home, &unit, &target.ill.to_string(), &days];
    let found: Vec<Found> = list(tx, "candidate sources", &sql, params).await?;
    Ok(Some(ranked(case, target, found, protocol, as_of_seq)))
}

fn ranked(case: CaseId, target: Target, found: Vec<Found>, protocol: &Protocol, as_of_seq: i64) -> Sources {
    let mut seen: BTreeMap<CaseId, SourceSeen> = BTreeMap::new();
    for f in &found {
        let s =
            seen.entry(f.case_id).or_insert_with(|| SourceSeen { case: f.case_id, ill: f.ill, evidence: BTreeSet::new(), met_at: None });
        s.evidence.insert(f.evidence);
        s.met_at = s.met_at.max(f.met_at);
    }
    let who: BTreeMap<CaseId, Found> = found.into_iter().map(|f| (f.case_id, f)).collect();
    let candidates = rank_sources(protocol, case, target.ill, seen.into_values().collect())
        .into_iter()
        .take(MOST)
        .filter_map(|r| {
            let f = who.get(&r.seen.case)?;
            Some(SourceItem {
                case_id: f.case_id,
                person_id: f.person_id,
                name: f.name.clone(),
                home: f.home.clone(),
                ill: f.ill,
                days: r.days,
                evidence: r.seen.evidence.into_iter().collect(),
                met_at: r.seen.met_at,
                doubts: r.doubts.into_iter().collect(),
            })
        })
        .collect();
    let serial_interval = protocol.serial_interval_days();
    Sources { case_id: case, person_id: target.person_id, ill: target.ill, serial_interval, candidates, as_of_seq }
}
