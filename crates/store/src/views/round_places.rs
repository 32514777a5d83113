//! A round at the places one level below a place, each with its own forecast: where it will be finished, and where it will not.

use super::round::{Forecast, Progress, ResultProgress, by_place, item, pace_window, turnaround};
use super::shoulds::names;
use super::{head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::PlaceKind;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A round at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoundPlace {
    /// The place.
    pub place: PlaceId,
    /// What it is, if it is listed.
    pub kind: Option<PlaceKind>,
    /// Its name, if it is listed.
    pub name: Option<String>,
    /// On the roster. `should = sampled + waived + superseded + open`.
    pub should: i64,
    /// Sampled.
    pub sampled: i64,
    /// Excluded or waived.
    pub waived: i64,
    /// Overtaken by a later fact, or missed at the closing.
    pub superseded: i64,
    /// Still to be sampled.
    pub open: i64,
    /// Swabs of stations of this place that have a result, in persons.
    pub resulted: i64,
    /// Swabs that wait for one.
    pub pending: i64,
    /// Persons sampled in the last hour.
    pub per_hour: f64,
    /// When the last one will be sampled at this pace; none if nobody is open or nobody was sampled lately.
    pub sampling_ends: Option<Instant>,
    /// When the last result will be there.
    pub last_result: Option<Instant>,
}

/// A round at the places one level below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoundPlaces {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// To be finished by.
    pub due: Instant,
    /// The places, in the order of their paths: those where there is anything to count.
    pub items: Vec<RoundPlace>,
}

/// What is counted of one place.
#[derive(Default)]
struct Below {
    progress: Progress,
    results: ResultProgress,
    /// Persons in the tubes begun in the minutes of the pace.
    recent: i64,
    /// When the youngest tube on its way was begun.
    youngest: Option<Instant>,
}

#[derive(Deserialize)]
struct TubesAt {
    place: PlaceId,
    recent: i64,
    youngest: Option<Instant>,
}

/// A round one level below a place; none if there is no such round.
pub async fn round_places(
    tx: &Transaction<'_>,
    book: BookId,
    id: &RoundId,
    place: &PlaceId,
    now: Instant,
) -> Result<Option<RoundPlaces>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let Some(round) = item(tx, book, id).await? else { return Ok(None) };
    let (minutes, since) = pace_window(&round, now);
    let depth = place.depth() + 1;
    let mut below: BTreeMap<PlaceId, Below> = BTreeMap::new();
    let (sampling, results) = by_place(tx, book, id, place).await?;
    for (at, progress) in sampling.iter().filter(|(p, _)| *p != place) {
        below.entry(at.at_depth(depth)).or_default().progress.add(progress);
    }
    for (at, r) in results.iter().filter(|(p, _)| *p != place) {
        below.entry(at.at_depth(depth)).or_default().results.add(r);
    }
    for t in tubes(tx, book, id, place, since, now).await?.into_iter().filter(|t| t.place != *place) {
        if let Some(b) = below.get_mut(&t.place.at_depth(depth)) {
            b.recent += t.recent;
            b.youngest = b.youngest.max(t.youngest);
        }
    }
    // Laboratories work for all of them: the time to a result is that of the whole place.
    let waits = below.values().any(|b| b.progress.open + b.results.pending > 0);
    let turnaround_s = if waits { turnaround(tx, book, id, place, now).await? } else { None };
    let names = names(tx, book, below.keys()).await?;
    let items = below.into_iter().map(|(at, b)| {
        let (p, ResultProgress { resulted, pending, .. }) = (b.progress, b.results);
        let f = Forecast { minutes, registered: b.recent, youngest: b.youngest, open: p.open, pending, turnaround_s }.pace(now);
        let named = names.get(&at);
        RoundPlace {
            kind: named.map(|n| n.kind),
            name: named.map(|n| n.name.clone()),
            place: at,
            should: p.should,
            sampled: p.sampled,
            waived: p.waived,
            superseded: p.superseded,
            open: p.open,
            resulted,
            pending,
            per_hour: f.per_hour,
            sampling_ends: f.sampling_ends,
            last_result: f.last_result,
        }
    });
    Ok(Some(RoundPlaces { as_of_seq, due: round.due, items: items.collect() }))
}

/// What the pace needs of the tubes, by the place where they were filled.
async fn tubes(
    tx: &Transaction<'_>,
    book: BookId,
    id: &RoundId,
    place: &PlaceId,
    since: Instant,
    now: Instant,
) -> Result<Vec<TubesAt>, StoreError> {
    let sql = format!(
        "SELECT place,
             coalesce(sum(members) FILTER (WHERE opened_at > (SELECT $4::text::timestamptz) AND opened_at <= (SELECT $5::text::timestamptz)), 0)::bigint
                 AS recent,
             max(opened_at) FILTER (WHERE state NOT IN ('resulted', 'spoilt', 'lost')) AS youngest
         FROM quell.tube WHERE book_id = $1 AND round = $2 AND {} GROUP BY place",
        within("place", 3)
    );
    let params: super::Params<'_> = &[&book.0, &id.as_str(), &place.as_str(), &since.to_string(), &now.to_string()];
    list(tx, "tubes of a round", &sql, params).await
}
