//! Follow-up teams with their workload: how many people each sees, who of them is to be seen today, who was missed.

use super::{head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use futures_util::try_join;
use quell_book::TeamState;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a team has to do, of the people at the place asked for, as far as the reader sees them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Workload {
    /// People under follow-up.
    pub people: i64,
    /// To be seen today, and not seen yet; the overdue too.
    pub due: i64,
    /// To be seen, and the time is over.
    pub overdue: i64,
    /// Looked for, because they were not found.
    pub lost: i64,
    /// People seen today, whosever they are now.
    pub seen: i64,
    /// Visits tried today.
    pub tried: i64,
}

/// A follow-up team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamItem {
    /// The team.
    pub team_id: TeamId,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// The places it covers, with all below.
    pub places: Vec<PlaceId>,
    /// Their names, as far as they are listed.
    pub place_names: Vec<String>,
    /// Who is in it.
    pub members: Vec<String>,
    /// How many people it can see a day.
    pub capacity: i64,
    /// State.
    pub state: TeamState,
    /// Since when.
    pub state_since: Instant,
    /// Why it is absent.
    pub reason: Option<String>,
    /// All people who are with it now.
    pub people: i64,
    /// Of its capacity, what part that is; above 1 it has more than it can see.
    pub share: f64,
    /// What it has to do.
    #[serde(default)]
    pub workload: Workload,
}

/// The teams of a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Teams {
    /// The teams that have not ended, by id: those that cover the place, a part of it, or more than it.
    pub items: Vec<TeamItem>,
    /// People under follow-up whom no team that is present covers.
    pub nobody: Workload,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

/// Numbers of one team, or of nobody.
#[derive(Deserialize)]
struct Of {
    team_id: Option<TeamId>,
    #[serde(flatten)]
    numbers: Workload,
}

/// The teams of a place with what they have to do today. A book has at most 2,000 teams, so that one answer holds them.
pub async fn teams(tx: &Transaction<'_>, book: BookId, place: &PlaceId, offset: UtcOffset, now: Instant) -> Result<Teams, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let today = now.day(offset);
    let [begin, end] = [today.start(offset), today.plus(1).start(offset)].map(|t| t.to_string());
    let now = now.to_string();
    let teams = format!(
        "SELECT t.team_id, t.name, t.name_en, t.places, ARRAY(SELECT l.name FROM quell.place l
                 WHERE l.book_id = $1 AND l.place = ANY(ARRAY(SELECT jsonb_array_elements_text(t.places))) ORDER BY l.place) AS place_names,
             t.members, t.capacity, t.state, t.state_since, t.reason, t.people, t.people::float8 / t.capacity AS share
         FROM quell.team t WHERE t.book_id = $1 AND t.state <> 'ended' AND ({} OR starts_with($2::text, t.place || '.'))
         ORDER BY t.team_id",
        within("t.place", 2)
    );
    let owed = format!(
        "SELECT a.team_id, count(*) AS people, count(*) FILTER (WHERE d.due) AS due, count(*) FILTER (WHERE d.overdue) AS overdue,
             count(*) FILTER (WHERE d.lost) AS lost, 0 AS seen, 0 AS tried
         FROM quell.follow_up_assignment a
         LEFT JOIN (SELECT person_id, bool_or(kind = 'follow_up' AND due <= $3::text::timestamptz) AS due,
                 bool_or(kind = 'follow_up' AND due < $4::text::timestamptz) AS overdue, bool_or(kind = 'trace_lost') AS lost
             FROM quell.duty WHERE book_id = $1 AND state = 'open' AND kind IN ('follow_up', 'trace_lost') AND {duty}
             GROUP BY person_id) d ON d.person_id = a.person_id
         WHERE a.book_id = $1 AND a.active AND {here} GROUP BY a.team_id",
        duty = within("place", 2),
        here = within("a.place", 2)
    );
    let done = format!(
        "SELECT f.team_id, 0 AS people, 0 AS due, 0 AS overdue, 0 AS lost, count(*) AS tried,
             count(DISTINCT f.person_id) FILTER (WHERE f.outcome IN ('seen_ok', 'seen_not_ok')) AS seen
         FROM quell.follow_up f WHERE f.book_id = $1 AND f.at >= $3::text::timestamptz AND f.at < $4::text::timestamptz
             AND f.team_id IS NOT NULL AND {} GROUP BY f.team_id",
        within("f.place", 2)
    );
    let place = place.as_str();
    let at: super::Params<'_> = &[&book.0, &place];
    let by: super::Params<'_> = &[&book.0, &place, &end, &now];
    let on: super::Params<'_> = &[&book.0, &place, &begin, &end];
    let (mut items, owed, done) = try_join!(
        list::<TeamItem>(tx, "teams", &teams, at),
        list::<Of>(tx, "workload", &owed, by),
        list::<Of>(tx, "visits of teams", &done, on),
    )?;
    let mut of: BTreeMap<Option<TeamId>, Workload> = owed.into_iter().map(|w| (w.team_id, w.numbers)).collect();
    for Of { team_id, numbers } in done {
        let w = of.entry(team_id).or_default();
        (w.seen, w.tried) = (numbers.seen, numbers.tried);
    }
    for t in &mut items {
        t.workload = of.remove(&Some(t.team_id.clone())).unwrap_or_default();
    }
    Ok(Teams { items, nobody: of.remove(&None).unwrap_or_default(), as_of_seq })
}
