//! How good the tracing is (the indicators of the WHO for Ebola and of Go.Data's dashboards): were the contacts seen, were new cases
//! known before they fell ill, how long did it take. Of a place, of each place below it, and of each team.

use super::{head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use futures_util::try_join;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A delay over several cases, in hours. It is counted from the onset, or, where there was none, from the first positive sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Delay {
    /// Cases of which both ends are known.
    pub cases: i64,
    /// Half took no longer.
    pub median_h: Option<f64>,
    /// Nine of ten took no longer.
    pub p90_h: Option<f64>,
}

/// The contacts under management now, each person once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactNumbers {
    /// People.
    pub people: i64,
    /// Seen on the day asked for (its last moment is now, if it is today).
    pub seen: i64,
    /// Of the people, what part was seen; none if there are none.
    pub share_seen: Option<f64>,
    /// A follow-up is overdue.
    pub overdue: i64,
    /// Looked for, because they were not found.
    pub lost: i64,
    /// Of the people, what part is looked for.
    pub share_lost: Option<f64>,
    /// Fell ill, and wait to be sampled.
    pub ill: i64,
}

/// The cases found on the days asked for, without those that were withdrawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseNumbers {
    /// Cases.
    pub cases: i64,
    /// Listed as contacts before they were found.
    pub were_contacts: i64,
    /// What part that is; none if there are no cases.
    pub share_were_contacts: Option<f64>,
    /// Contacts listed of them, by case.
    pub contacts_per_case: Option<f64>,
    /// Cases of which no contact is listed.
    pub without_contacts: i64,
    /// From onset to report to the statutory system.
    pub to_report: Delay,
    /// From onset to isolation: a bed, or an order that confines; nothing if that came before.
    pub to_isolation: Delay,
}

/// The indicators of one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceIndicators {
    /// The place.
    pub place: PlaceId,
    /// Its name.
    pub name: Option<String>,
    /// Contacts.
    pub contacts: ContactNumbers,
    /// Cases.
    pub cases: CaseNumbers,
}

/// What one team did on the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamDay {
    /// The listed team, if it was one: whoever went, of the person's team.
    pub team_id: Option<TeamId>,
    /// Its name, or whoever followed up; empty: nobody is named, or the person's own word.
    pub by: String,
    /// Follow-ups tried.
    pub tried: i64,
    /// Seen without symptoms.
    pub seen_ok: i64,
    /// Seen with symptoms.
    pub seen_not_ok: i64,
    /// Not found.
    pub missed: i64,
    /// Not tried, or not done.
    pub not_done: i64,
}

/// The indicators of a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Indicators {
    /// Cases found from this day of the book …
    pub from: Day,
    /// … to this one; contacts seen on this one.
    pub to: Day,
    /// The place.
    pub total: PlaceIndicators,
    /// The places right below it that have any.
    pub below: Vec<PlaceIndicators>,
    /// Teams, on the last day.
    pub teams: Vec<TeamDay>,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

/// Numbers of the place itself (`at` is none), or of one right below it.
#[derive(Deserialize)]
struct At<T> {
    at: Option<PlaceId>,
    #[serde(flatten)]
    numbers: T,
}

/// SQL: the place right below `$2` in which `column` lies; a place with nothing below is itself.
fn right_below(column: &str) -> String {
    format!("array_to_string((string_to_array({column}, '.'))[1:1 + array_length(string_to_array($2::text, '.'), 1)], '.')")
}

/// SQL: the delay until `end`, in hours, never less than none.
fn delay(end: &str) -> String {
    // `greatest` alone would take an end that is not known for none.
    let hours = format!("CASE WHEN {end} IS NOT NULL THEN greatest(0, extract(epoch FROM {end} - c.ill) / 3600)::float8 END");
    format!(
        "json_build_object('cases', count({end}), 'median_h', percentile_cont(0.5) WITHIN GROUP (ORDER BY {hours}),
             'p90_h', percentile_cont(0.9) WITHIN GROUP (ORDER BY {hours}))"
    )
}

/// The indicators of a place, from one day of the book to another, as of now.
pub async fn indicators(
    tx: &Transaction<'_>,
    book: BookId,
    place: &PlaceId,
    days: (Day, Day),
    offset: UtcOffset,
    now: Instant,
) -> Result<Indicators, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let (from, to) = days;
    let [begin, day, end] = [from.start(offset), to.start(offset), to.plus(1).start(offset)].map(|t| t.to_string());
    let now = now.to_string();
    let contacts = format!(
        "SELECT {at} AS at, count(*) AS people, count(*) FILTER (WHERE s.seen) AS seen,
             count(*) FILTER (WHERE s.seen)::float8 / nullif(count(*), 0) AS share_seen,
             count(*) FILTER (WHERE d.overdue) AS overdue, count(*) FILTER (WHERE d.lost) AS lost,
             count(*) FILTER (WHERE d.lost)::float8 / nullif(count(*), 0) AS share_lost, count(*) FILTER (WHERE d.ill) AS ill
         FROM quell.contact c
         LEFT JOIN (SELECT person_id, bool_or(kind = 'follow_up' AND due < $5::text::timestamptz) AS overdue,
                 bool_or(kind = 'trace_lost') AS lost, bool_or(kind = 'symptom_test') AS ill
             FROM quell.duty WHERE book_id = $1 AND state = 'open' AND kind IN ('follow_up', 'trace_lost', 'symptom_test') AND {duty}
             GROUP BY person_id) d ON d.person_id = c.person_id
         LEFT JOIN (SELECT person_id, true AS seen FROM quell.follow_up
             WHERE book_id = $1 AND at >= $3::text::timestamptz AND at < $4::text::timestamptz AND outcome IN ('seen_ok', 'seen_not_ok')
             GROUP BY person_id) s ON s.person_id = c.person_id
         WHERE c.book_id = $1 AND c.state = 'active' AND {contact} GROUP BY GROUPING SETS ((1), ())",
        at = right_below("c.place"),
        duty = within("place", 2),
        contact = within("c.place", 2)
    );
    let cases = format!(
        "SELECT {at} AS at, count(*) AS cases, count(*) FILTER (WHERE c.was_contact) AS were_contacts,
             count(*) FILTER (WHERE c.was_contact)::float8 / nullif(count(*), 0) AS share_were_contacts,
             avg(c.contacts)::float8 AS contacts_per_case, count(*) FILTER (WHERE c.contacts = 0) AS without_contacts,
             {to_report} AS to_report, {to_isolation} AS to_isolation
         FROM (SELECT c.place, c.reported_at, i.ill, EXISTS (SELECT FROM quell.contact k WHERE k.book_id = $1
                     AND k.person_id = c.person_id AND k.named_at <= c.found_at AND k.state <> 'dropped') AS was_contact,
                 (SELECT count(*) FROM quell.contact k WHERE k.book_id = $1 AND k.case_id = c.case_id AND k.state <> 'dropped') AS contacts,
                 least((SELECT min(y.admitted_at) FROM quell.stay y WHERE y.book_id = $1 AND y.person_id = c.person_id
                         AND (y.left_at IS NULL OR y.left_at > i.ill)),
                     (SELECT min(o.starts) FROM quell.restriction_order o WHERE o.book_id = $1 AND o.person_id = c.person_id
                         AND o.kind IN ('isolation', 'quarantine') AND coalesce(o.ended_at, o.ends) > i.ill)) AS isolated_at
             FROM quell.\"case\" c CROSS JOIN LATERAL (SELECT coalesce(c.onset, c.sampled_at, c.found_at) AS ill) i
             WHERE c.book_id = $1 AND c.state <> 'withdrawn' AND {case}
                 AND c.found_at >= $3::text::timestamptz AND c.found_at < $4::text::timestamptz) c
         GROUP BY GROUPING SETS ((1), ())",
        at = right_below("c.place"),
        to_report = delay("c.reported_at"),
        to_isolation = delay("c.isolated_at"),
        case = within("c.place", 2)
    );
    let teams = format!(
        "SELECT f.team_id, coalesce(min(t.name), f.team_id, min(f.by), '') AS by, count(*) AS tried,
             count(*) FILTER (WHERE f.outcome = 'seen_ok') AS seen_ok,
             count(*) FILTER (WHERE f.outcome = 'seen_not_ok') AS seen_not_ok, count(*) FILTER (WHERE f.outcome = 'missed') AS missed,
             count(*) FILTER (WHERE f.outcome IN ('not_attempted', 'not_performed')) AS not_done
         FROM quell.follow_up f LEFT JOIN quell.team t ON t.book_id = $1 AND t.team_id = f.team_id
         WHERE f.book_id = $1 AND f.at >= $3::text::timestamptz AND f.at < $4::text::timestamptz AND {}
         GROUP BY f.team_id, CASE WHEN f.team_id IS NULL THEN coalesce(f.by, '') END ORDER BY tried DESC, 2, 1",
        within("f.place", 2)
    );
    let by: [&(dyn tokio_postgres::types::ToSql + Sync); 5] = [&book.0, &place.as_str(), &day, &end, &now];
    let found: [&(dyn tokio_postgres::types::ToSql + Sync); 4] = [&book.0, &place.as_str(), &begin, &end];
    let (contacts, cases, teams) = try_join!(
        list::<At<ContactNumbers>>(tx, "contacts seen", &contacts, &by),
        list::<At<CaseNumbers>>(tx, "cases known before", &cases, &found),
        list::<TeamDay>(tx, "teams", &teams, &by[..4]),
    )?;
    let mut lines: BTreeMap<Option<PlaceId>, (ContactNumbers, CaseNumbers)> = BTreeMap::from([(None, Default::default())]);
    contacts.into_iter().for_each(|c| lines.entry(c.at).or_default().0 = c.numbers);
    cases.into_iter().for_each(|c| lines.entry(c.at).or_default().1 = c.numbers);
    let places: Vec<&str> = lines.keys().map(|at| at.as_ref().unwrap_or(place).as_str()).collect();
    let names = "SELECT p.place, p.name FROM quell.place p WHERE p.book_id = $1 AND p.place = ANY($2::text[])";
    let names = list::<Named>(tx, "place names", names, &[&book.0, &places]).await?;
    let names: BTreeMap<PlaceId, String> = names.into_iter().map(|n| (n.place, n.name)).collect();
    let line = |of: PlaceId, (contacts, cases)| PlaceIndicators { name: names.get(&of).cloned(), place: of, contacts, cases };
    let total = line(place.clone(), lines.remove(&None).unwrap_or_default());
    let below = lines.into_iter().filter_map(|(at, numbers)| Some(line(at?, numbers))).collect();
    Ok(Indicators { from, to, total, below, teams, as_of_seq })
}

#[derive(Deserialize)]
struct Named {
    place: PlaceId,
    name: String,
}
