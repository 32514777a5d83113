//! Screening rounds: how far each is, what became of its tubes, how fast it goes and when it will end.
//!
//! Progress comes from the tallies of the round; tubes from their index by round; what was missed from the partial index of
//! roster rows that ended.

use super::shoulds::names;
use super::{Page, Paging, always, head_seq, list, single, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{PlaceKind, RoundState, TestResult, TubeState};
use quell_foundation::*;
use quell_protocol::TubeMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long before now the pace is measured, in minutes.
const PACE_MINUTES: i64 = 60;
/// From how many tubes, the latest begun that have a result, the time from swab to result is taken for the forecast.
const TURNAROUND_TUBES: i64 = 1000;
/// Most positive and indeterminate tubes that the view of a round lists, the latest first.
const MAX_POSITIVE: i64 = 500;

/// Sampling in numbers. `should = sampled + waived + superseded + open`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// On the roster.
    pub should: i64,
    /// Sampled.
    pub sampled: i64,
    /// Of these before the round's deadline.
    pub in_time: i64,
    /// Excluded or waived.
    pub waived: i64,
    /// Overtaken by a later fact (became a case, entered a facility, died) or missed at the closing.
    pub superseded: i64,
    /// Of the superseded: missed at the closing.
    pub missed: i64,
    /// Still to be sampled.
    pub open: i64,
}

impl Progress {
    pub(super) fn add(&mut self, o: &Progress) {
        self.should += o.should;
        self.sampled += o.sampled;
        self.in_time += o.in_time;
        self.waived += o.waived;
        self.superseded += o.superseded;
        self.missed += o.missed;
        self.open += o.open;
    }
}

/// A round in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoundItem {
    /// The round.
    pub round: RoundId,
    /// Its name.
    pub name: String,
    /// Places in scope.
    pub scope: Vec<PlaceId>,
    /// Sampling started.
    pub starts: Instant,
    /// To be finished by.
    pub due: Instant,
    /// Pool size chosen for it.
    pub pool_size: Option<i32>,
    /// State.
    pub state: RoundState,
    /// Closed.
    pub closed_at: Option<Instant>,
}

/// Progress of one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceProgress {
    /// The place.
    pub place: PlaceId,
    /// What it is, if it is listed.
    pub kind: Option<PlaceKind>,
    /// Its name, if it is listed.
    pub name: Option<String>,
    /// Its English name.
    pub name_en: Option<String>,
    /// Sampling.
    #[serde(flatten)]
    pub progress: Progress,
}

/// How many tubes are in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TubeCount {
    /// State.
    pub state: TubeState,
    /// Result in force, when there is one.
    pub result: Option<TestResult>,
    /// Tubes.
    pub tubes: i64,
    /// Persons in them.
    pub persons: i64,
}

/// Results in persons, counted where they were sampled. `registered = resulted + pending + superseded`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultProgress {
    /// Registered to tubes of this round, repeats included.
    pub registered: i64,
    /// Have a result.
    pub resulted: i64,
    /// Voided, or in a tube that was spoilt or lost.
    pub superseded: i64,
    /// Wait for their result.
    pub pending: i64,
}

impl ResultProgress {
    pub(super) fn add(&mut self, o: &ResultProgress) {
        self.registered += o.registered;
        self.resulted += o.resulted;
        self.superseded += o.superseded;
        self.pending += o.pending;
    }
}

/// A tube that was not negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PositiveTube {
    /// The tube.
    pub tube: TubeCode,
    /// Where it was filled.
    pub place: PlaceId,
    /// Mode.
    pub mode: TubeMode,
    /// Persons in it: more than one is a pool, whose members are recalled.
    pub members: i32,
    /// Positive or indeterminate.
    pub result: TestResult,
    /// When.
    pub resulted_at: Option<Instant>,
    /// Members whose recall is open.
    pub recalls_open: i64,
}

/// How fast a round goes, and when it will end if it goes on like that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pace {
    /// Minutes that were looked at: the last 60, or since the first sample if that is less.
    pub minutes: i64,
    /// Persons in the tubes that were begun in these minutes (at the stations of the place).
    pub registered: i64,
    /// Per hour.
    pub per_hour: f64,
    /// 90th percentile of the time from the first swab of a tube to its result, in seconds, over the last thousand tubes that were
    /// begun before now and have a result. None when nothing is open or pending.
    pub turnaround_s: Option<f64>,
    /// When the last person will be sampled: now + open / pace. None when nobody is open or nobody was sampled lately.
    pub sampling_ends: Option<Instant>,
    /// When the last result will be there: the last sample (or the youngest tube on its way) + turnaround, but not before now.
    pub last_result: Option<Instant>,
}

/// A round at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoundView {
    /// The round.
    #[serde(flatten)]
    pub round: RoundItem,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// The place looked at.
    pub place: PlaceId,
    /// Sampling there in all.
    pub progress: Progress,
    /// One level below, in the order of their paths.
    pub below: Vec<PlaceProgress>,
    /// Tubes filled at stations of the place, by state and result.
    pub tubes: Vec<TubeCount>,
    /// Results of these tubes, in persons.
    pub results: ResultProgress,
    /// The tubes that were not negative, the latest first (at most 500; `tubes` counts them all).
    pub positive: Vec<PositiveTube>,
    /// Pace and forecast.
    pub pace: Pace,
}

const ROUND: &str = "round, name, scope, starts, due, pool_size, state, closed_at";

/// The rounds, the latest first. Rounds are not bound to a place: every reader sees which there are.
pub async fn rounds(tx: &Transaction<'_>, book: BookId, page: &Paging) -> Result<Page<RoundItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [starts, round] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let sql = format!(
        "SELECT {ROUND} FROM quell.round WHERE book_id = $1 AND ($2::text IS NULL OR (starts, round) < ($2::text::timestamptz, $3::text))
         ORDER BY starts DESC, round DESC LIMIT $4"
    );
    let found = list(tx, "rounds", &sql, &[&book.0, &starts, &round, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |r: &RoundItem| format!("{}{}{}", r.starts, super::SEPARATOR, r.round)))
}

/// One round at a place and one level below it; none if there is no such round.
pub async fn round(
    tx: &Transaction<'_>,
    book: BookId,
    id: &RoundId,
    place: &PlaceId,
    now: Instant,
) -> Result<Option<RoundView>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let Some(item) = item(tx, book, id).await? else { return Ok(None) };
    let (places, results) = counted(tx, book, id, place).await?;
    let mut progress = Progress::default();
    let mut children: BTreeMap<PlaceId, Progress> = BTreeMap::new();
    for (at, p) in &places {
        progress.add(p);
        if at != place {
            children.entry(at.at_depth(place.depth() + 1)).or_default().add(p);
        }
    }
    let names = names(tx, book, children.keys()).await?;
    let below = children
        .into_iter()
        .map(|(p, progress)| {
            let n = names.get(&p);
            PlaceProgress {
                kind: n.map(|n| n.kind),
                name: n.map(|n| n.name.clone()),
                name_en: n.and_then(|n| n.name_en.clone()),
                place: p,
                progress,
            }
        })
        .collect();
    let (minutes, since) = pace_window(&item, now);
    let sums = tubes(tx, book, id, place, since, now).await?;
    let positive = positive(tx, book, id, place).await?;
    let waits = progress.open + results.pending > 0;
    let turnaround_s = if waits { turnaround(tx, book, id, place, now).await? } else { None };
    let on_the_way = |t: &&TubeSums| !matches!(t.count.state, TubeState::Resulted | TubeState::Spoilt | TubeState::Lost);
    let youngest = sums.iter().filter(on_the_way).map(|t| t.youngest).max();
    let registered = sums.iter().map(|t| t.recent).sum();
    let pace = Forecast { minutes, registered, youngest, open: progress.open, pending: results.pending, turnaround_s }.pace(now);
    let tubes = sums.into_iter().map(|s| s.count).collect();
    Ok(Some(RoundView { round: item, as_of_seq, place: place.clone(), progress, below, tubes, results, positive, pace }))
}

/// One round; none if there is no such round.
pub(super) async fn item(tx: &Transaction<'_>, book: BookId, id: &RoundId) -> Result<Option<RoundItem>, StoreError> {
    let sql = format!("SELECT {ROUND} FROM quell.round WHERE book_id = $1 AND round = $2");
    single(tx, "round", &sql, &[&book.0, &id.as_str()]).await
}

/// Sampling by place of the tally, and results in persons.
pub(super) async fn counted(
    tx: &Transaction<'_>,
    book: BookId,
    id: &RoundId,
    place: &PlaceId,
) -> Result<(BTreeMap<PlaceId, Progress>, ResultProgress), StoreError> {
    let (places, results) = by_place(tx, book, id, place).await?;
    let mut all = ResultProgress::default();
    results.values().for_each(|r| all.add(r));
    Ok((places, all))
}

/// Sampling and results by place.
pub(super) type ByPlace = (BTreeMap<PlaceId, Progress>, BTreeMap<PlaceId, ResultProgress>);

/// Sampling and results in persons, each by place of the tally, from the tallies.
pub(super) async fn by_place(tx: &Transaction<'_>, book: BookId, id: &RoundId, place: &PlaceId) -> Result<ByPlace, StoreError> {
    let sql = format!(
        "SELECT kind, place, sum(opened)::bigint, (sum(discharged) - sum(reopened))::bigint, sum(in_time)::bigint, sum(waived)::bigint,
             sum(superseded)::bigint, 0::bigint
         FROM quell.tally WHERE book_id = $1 AND round = $2 AND round <> '' AND kind IN ('sample', 'result') AND {within}
         GROUP BY kind, place
       UNION ALL
         SELECT 'missed', place, 0, 0, 0, 0, 0, count(*)
         FROM quell.roster WHERE book_id = $1 AND round = $2 AND (waived IS NOT NULL OR missed) AND missed AND {within}
         GROUP BY place",
        within = within("place", 3)
    );
    let s = tx.prepare_cached(&sql).await.map_err(StoreError::at("round"))?;
    let rows = tx.query(&s, &[&book.0, &id.as_str(), &place.as_str()]).await.map_err(StoreError::at("round"))?;
    let mut places: BTreeMap<PlaceId, Progress> = BTreeMap::new();
    let mut results: BTreeMap<PlaceId, ResultProgress> = BTreeMap::new();
    for r in rows {
        let at = PlaceId::new(r.get::<_, &str>(1)).map_err(|e| StoreError::Unreadable { operation: "round", detail: e.to_string() })?;
        let (opened, done, superseded): (i64, i64, i64) = (r.get(2), r.get(3), r.get(6));
        match r.get::<_, &str>(0) {
            "sample" => {
                let p = places.entry(at).or_default();
                p.should += opened;
                p.sampled += done;
                p.in_time += r.get::<_, i64>(4).min(done);
                p.waived += r.get::<_, i64>(5);
                p.superseded += superseded;
                p.open += opened - done - r.get::<_, i64>(5) - superseded;
            }
            "result" => {
                let pending = opened - done - superseded;
                results.entry(at).or_default().add(&ResultProgress { registered: opened, resulted: done, superseded, pending });
            }
            _ => places.entry(at).or_default().missed += r.get::<_, i64>(7),
        }
    }
    Ok((places, results))
}

#[derive(Deserialize)]
struct TubeSums {
    #[serde(flatten)]
    count: TubeCount,
    /// Persons in the tubes begun in the minutes of the pace.
    recent: i64,
    /// When the youngest was begun.
    youngest: Instant,
}

/// The tubes in one pass: by state and result, and what the pace needs of them.
async fn tubes(
    tx: &Transaction<'_>,
    book: BookId,
    id: &RoundId,
    place: &PlaceId,
    since: Instant,
    now: Instant,
) -> Result<Vec<TubeSums>, StoreError> {
    let sql = format!(
        "SELECT state, result, count(*) AS tubes, sum(members)::bigint AS persons, max(opened_at) AS youngest,
             coalesce(sum(members) FILTER (WHERE opened_at > (SELECT $4::text::timestamptz) AND opened_at <= (SELECT $5::text::timestamptz)), 0)::bigint AS recent
         FROM quell.tube WHERE book_id = $1 AND round = $2 AND {} GROUP BY state, result ORDER BY state, result",
        within("place", 3)
    );
    let params: super::Params<'_> = &[&book.0, &id.as_str(), &place.as_str(), &since.to_string(), &now.to_string()];
    list(tx, "tubes of a round", &sql, params).await
}

async fn positive(tx: &Transaction<'_>, book: BookId, id: &RoundId, place: &PlaceId) -> Result<Vec<PositiveTube>, StoreError> {
    let sql = format!(
        "SELECT t.tube, t.place, t.mode, t.members, t.result, t.resulted_at, (
             SELECT count(*) FROM quell.registration g JOIN quell.duty d
                 ON d.book_id = $1 AND d.person_id = g.person_id AND d.state = 'open' AND d.kind = 'recall'
             WHERE g.book_id = $1 AND g.tube = t.tube AND g.void_seq IS NULL) AS recalls_open
         FROM quell.tube t
         WHERE t.book_id = $1 AND t.round = $2 AND t.result IN ('positive', 'indeterminate') AND {}
         ORDER BY t.resulted_at DESC, t.tube LIMIT {MAX_POSITIVE}",
        within("t.place", 3)
    );
    list(tx, "positive tubes", &sql, &[&book.0, &id.as_str(), &place.as_str()]).await
}

#[derive(Deserialize)]
struct Turnaround {
    p90: Option<f64>,
}

/// Seconds from the first swab to the result, at most, of nine in ten of the latest tubes.
pub(super) async fn turnaround(
    tx: &Transaction<'_>,
    book: BookId,
    id: &RoundId,
    place: &PlaceId,
    now: Instant,
) -> Result<Option<f64>, StoreError> {
    let sql = format!(
        "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY s) AS p90 FROM (
             SELECT date_part('epoch', resulted_at - opened_at) AS s FROM quell.tube
             WHERE book_id = $1 AND round = $2 AND {} AND resulted_at IS NOT NULL AND opened_at <= $4::text::timestamptz
             ORDER BY opened_at DESC LIMIT {TURNAROUND_TUBES}) t",
        within("place", 3)
    );
    let found = single(tx, "turnaround", &sql, &[&book.0, &id.as_str(), &place.as_str(), &now.to_string()]).await?;
    Ok(always::<Turnaround>("turnaround", found)?.p90)
}

/// Minutes that the pace is measured over, and their beginning.
pub(super) fn pace_window(r: &RoundItem, now: Instant) -> (i64, Instant) {
    let minutes = (now.since(r.starts).0 / 60).clamp(1, PACE_MINUTES);
    (minutes, now.plus(Span::minutes(-minutes)))
}

/// What a forecast needs.
pub(super) struct Forecast {
    /// Minutes that the pace is measured over.
    pub minutes: i64,
    /// Persons in the tubes begun in these minutes.
    pub registered: i64,
    /// When the youngest tube on its way was begun.
    pub youngest: Option<Instant>,
    /// Persons still to be sampled.
    pub open: i64,
    /// Persons who wait for a result.
    pub pending: i64,
    /// Time to a result, in seconds.
    pub turnaround_s: Option<f64>,
}

impl Forecast {
    /// Pace and forecast.
    pub(super) fn pace(&self, now: Instant) -> Pace {
        let &Forecast { minutes, registered, youngest, open, pending, turnaround_s } = self;
        let per_hour = registered as f64 * 60.0 / minutes as f64;
        let sampling_ends = (open > 0 && per_hour > 0.0).then(|| now.plus(Span((open as f64 / per_hour * 3600.0).ceil() as i64)));
        let last_result = match (sampling_ends.or(youngest.filter(|_| pending > 0)), turnaround_s) {
            (Some(at), Some(t)) => Some(at.plus(Span(t.ceil() as i64)).max(now)),
            _ => None,
        };
        Pace { minutes, registered, per_hour, turnaround_s, sampling_ends, last_result }
    }
}
