//! The speed of the chain (全链条提速, 打通堵点): how long each link takes, what waits where now, and where it jams.
//!
//! Tubes: first swab → sealed → left the station → received → resulted. Cases found in the round: resulted → reported → picked
//! up → admitted. A link is measured from the tube or case that has passed it; what has not yet passed it is waiting there.

use super::{always, head_seq, list, single, within};
use crate::error::StoreError;
use crate::hot::PgTime;
use deadpool_postgres::Transaction;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkName {
    /// First swab of a tube → sealed.
    SampledToSealed,
    /// Sealed → left the station.
    SealedToLeft,
    /// Left the station → received by a laboratory.
    LeftToReceived,
    /// Received → result.
    ReceivedToResulted,
    /// Result that made a case → reported.
    ResultedToReported,
    /// Reported → in the vehicle.
    ReportedToPickedUp,
    /// In the vehicle → in a bed.
    PickedUpToAdmitted,
}

impl LinkName {
    /// In English.
    pub const fn en(self) -> &'static str {
        match self {
            LinkName::SampledToSealed => "sampled → sealed",
            LinkName::SealedToLeft => "sealed → left",
            LinkName::LeftToReceived => "left → received",
            LinkName::ReceivedToResulted => "received → resulted",
            LinkName::ResultedToReported => "resulted → reported",
            LinkName::ReportedToPickedUp => "reported → picked up",
            LinkName::PickedUpToAdmitted => "picked up → admitted",
        }
    }
    /// In Simplified Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            LinkName::SampledToSealed => "采样→封管",
            LinkName::SealedToLeft => "封管→离站",
            LinkName::LeftToReceived => "离站→接收",
            LinkName::ReceivedToResulted => "接收→出结果",
            LinkName::ResultedToReported => "出结果→报告",
            LinkName::ReportedToPickedUp => "报告→接转",
            LinkName::PickedUpToAdmitted => "接转→收治",
        }
    }
}

/// What waits at a link now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Waiting {
    /// Tubes or cases that wait.
    pub count: i64,
    /// Since when the first of them waits.
    pub oldest: Option<Instant>,
    /// All their waiting together, in seconds.
    pub total_s: f64,
}

/// The speed of one link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkSpeed {
    /// Which.
    pub link: LinkName,
    /// Tubes or cases that have passed it.
    pub passed: i64,
    /// Half of them needed at most this, in seconds.
    pub median_s: Option<f64>,
    /// Nine of ten needed at most this, in seconds.
    pub p90_s: Option<f64>,
    /// The slowest, in seconds.
    pub worst_s: Option<f64>,
    /// What waits there now.
    pub waiting: Waiting,
}

/// The chain of a round at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChainSpeed {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// The seven links in order. The tubes are those filled at stations of the place, the cases those who live there.
    pub links: Vec<LinkSpeed>,
    /// The link of the tubes (the first four) that jams: where the waiting of all that waits now is the longest in sum;
    /// when nothing waits, the one with the longest median.
    pub bottleneck: Option<LinkName>,
    /// The same for the links of the cases.
    pub case_bottleneck: Option<LinkName>,
    /// Median time from the first swab to the result, in seconds.
    pub swab_to_result_s: Option<f64>,
}

const TUBE_LINKS: [LinkName; 4] =
    [LinkName::SampledToSealed, LinkName::SealedToLeft, LinkName::LeftToReceived, LinkName::ReceivedToResulted];
const CASE_LINKS: [LinkName; 3] = [LinkName::ResultedToReported, LinkName::ReportedToPickedUp, LinkName::PickedUpToAdmitted];

/// Passed, median, 90th percentile and worst of one link: `q` has the three, or is null when nothing passed.
#[derive(Debug, Deserialize)]
struct Passed {
    n: i64,
    q: Option<[f64; 3]>,
}

/// The speed of the chain of a round, at a place, now.
pub async fn links(tx: &Transaction<'_>, book: BookId, round: &RoundId, place: &PlaceId, now: Instant) -> Result<ChainSpeed, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let (tubes, swab_to_result_s) = tube_links(tx, book, round, place, now).await?;
    let cases = case_links(tx, book, round, place, now).await?;
    let (bottleneck, case_bottleneck) = (jam(&tubes), jam(&cases));
    Ok(ChainSpeed { as_of_seq, links: tubes.into_iter().chain(cases).collect(), bottleneck, case_bottleneck, swab_to_result_s })
}

/// Where it jams: see [`ChainSpeed::bottleneck`].
fn jam(links: &[LinkSpeed]) -> Option<LinkName> {
    let most = |of: fn(&LinkSpeed) -> f64| links.iter().filter(|l| of(l) > 0.0).max_by(|a, b| of(a).total_cmp(&of(b))).map(|l| l.link);
    most(|l| l.waiting.total_s).or_else(|| most(|l| l.median_s.unwrap_or(0.0)))
}

fn speed(link: LinkName, passed: &Passed, waiting: Waiting) -> LinkSpeed {
    // A clock that runs backwards counts as no time at all.
    let q = passed.q.map(|q| q.map(|s| s.max(0.0)));
    LinkSpeed { link, passed: passed.n, median_s: q.map(|q| q[0]), p90_s: q.map(|q| q[1]), worst_s: q.map(|q| q[2]), waiting }
}

/// SQL: count and percentiles of a column of seconds.
fn percentiles(column: &str) -> String {
    format!("json_build_object('n', count({column}), 'q', percentile_cont(ARRAY[0.5, 0.9, 1.0]) WITHIN GROUP (ORDER BY {column}))")
}

/// SQL: a time as seconds since 1970.
fn epoch(column: &str) -> String {
    format!("date_part('epoch', {column})")
}

#[derive(Deserialize)]
struct WaitingAt {
    link: usize,
    #[serde(flatten)]
    waiting: Waiting,
}

async fn tube_links(
    tx: &Transaction<'_>,
    book: BookId,
    round: &RoundId,
    place: &PlaceId,
    now: Instant,
) -> Result<(Vec<LinkSpeed>, Option<f64>), StoreError> {
    // One pass over the round's tubes. The times come as they are, an array each: to sort them here costs a quarter of sorting there.
    let waits = |state: &str, since: &str| {
        format!(
            "json_build_object('count', count(*) FILTER (WHERE state = '{state}'), 'oldest', min({since}) FILTER (WHERE state = '{state}'),
                 'total_s', coalesce(sum(greatest(date_part('epoch', now_at - {since}), 0)) FILTER (WHERE state = '{state}'), 0))"
        )
    };
    let waiting =
        [waits("open", "opened_at"), waits("sealed", "sealed_at"), waits("in_transit", "left_at"), waits("received", "received_at")];
    let sql = format!(
        "SELECT json_build_array({})::text, {} FROM quell.tube, (SELECT $4::text::timestamptz AS now_at) n
         WHERE book_id = $1 AND round = $2 AND {}",
        waiting.join(", "),
        ["opened_at", "sealed_at", "left_at", "received_at", "resulted_at"].map(|t| format!("array_agg({t})")).join(", "),
        within("place", 3)
    );
    let params: super::Params<'_> = &[&book.0, &round.as_str(), &place.as_str(), &now.to_string()];
    let statement = tx.prepare_cached(&sql).await.map_err(StoreError::at("links"))?;
    let row = tx.query_one(&statement, params).await.map_err(StoreError::at("links"))?;
    let waiting: [Waiting; 4] =
        serde_json::from_str(row.get(0)).map_err(|e| StoreError::Unreadable { operation: "links", detail: e.to_string() })?;
    let times: Vec<Vec<Option<PgTime>>> = (1..=5).map(|i| row.get::<_, Option<_>>(i).unwrap_or_default()).collect();
    let passed = |from: usize, to: usize| {
        let spans = times[from].iter().zip(&times[to]).filter_map(|(a, b)| Some(b.as_ref()?.0.0 - a.as_ref()?.0.0)).collect();
        passed(spans)
    };
    let speeds = (0..4).map(|i| speed(TUBE_LINKS[i], &passed(i, i + 1), waiting[i])).collect();
    Ok((speeds, passed(0, 4).q.map(|q| q[0].max(0.0))))
}

/// Count and percentiles (as SQL's `percentile_cont`) of spans in microseconds, in seconds.
fn passed(mut micros: Vec<i64>) -> Passed {
    let Some(last) = micros.len().checked_sub(1) else { return Passed { n: 0, q: None } };
    let q = [0.5, 0.9, 1.0].map(|p| {
        let at = p * last as f64;
        let (below, share) = (at as usize, at.fract());
        let (_, low, above) = micros.select_nth_unstable(below);
        let (low, high) = (*low as f64, above.iter().min().map_or(*low as f64, |h| *h as f64));
        (low + (high - low) * share) / 1e6
    });
    Passed { n: micros.len() as i64, q: Some(q) }
}

/// What waits, by the number of the link.
async fn waiting(tx: &Transaction<'_>, sql: &str, params: super::Params<'_>) -> Result<[Waiting; 4], StoreError> {
    let mut out = [Waiting::default(); 4];
    for w in list::<WaitingAt>(tx, "waiting", sql, params).await? {
        if let Some(o) = out.get_mut(w.link) {
            *o = w.waiting;
        }
    }
    Ok(out)
}

#[derive(Deserialize)]
struct CasesPassed {
    passed: [Passed; 3],
}

/// The cases found by a round: by one of its tubes, or by the single sample of a member of one of its pools that was not negative;
/// with their first transfer and stay since they were found.
const CASES: &str = "
    SELECT c.found_at, c.reported_at, t.picked_up_at, y.admitted_at, c.state = 'active' AS active
    FROM quell.\"case\" c
    LEFT JOIN LATERAL (
        SELECT min(t.picked_up_at) AS picked_up_at FROM quell.transfer t
        WHERE t.book_id = $1 AND t.person_id = c.person_id AND t.picked_up_at >= c.found_at) t ON true
    LEFT JOIN LATERAL (
        SELECT min(y.admitted_at) AS admitted_at FROM quell.stay y
        WHERE y.book_id = $1 AND y.person_id = c.person_id AND y.admitted_at >= c.found_at) y ON true
    WHERE c.book_id = $1 AND c.state <> 'withdrawn' AND (c.round = $2 OR EXISTS (
        SELECT FROM quell.registration g JOIN quell.tube u ON u.book_id = $1 AND u.tube = g.tube
        WHERE g.book_id = $1 AND g.person_id = c.person_id AND g.round = $2 AND g.sampled_at <= c.found_at
            AND u.result IN ('positive', 'indeterminate'))) AND ";

async fn case_links(
    tx: &Transaction<'_>,
    book: BookId,
    round: &RoundId,
    place: &PlaceId,
    now: Instant,
) -> Result<Vec<LinkSpeed>, StoreError> {
    let cases = format!("{CASES}{}", within("c.place", 3));
    let sql = format!(
        "SELECT json_build_array({}, {}, {}) AS passed FROM (
             SELECT {} AS found, {} AS reported, {} AS picked_up, {} AS admitted FROM ({cases}) s) s",
        percentiles("reported - found"),
        percentiles("picked_up - reported"),
        percentiles("admitted - picked_up"),
        epoch("found_at"),
        epoch("reported_at"),
        epoch("picked_up_at"),
        epoch("admitted_at")
    );
    let found: CasesPassed = always("links", single(tx, "links", &sql, &[&book.0, &round.as_str(), &place.as_str()]).await?)?;
    // A case waits for its report and for its vehicle at the same time: each counts where it is missing.
    let sql = format!(
        "SELECT link, count(*), min(since) AS oldest, coalesce(sum(greatest(date_part('epoch', $4::text::timestamptz - since), 0)), 0) AS total_s
         FROM ({cases}) s CROSS JOIN LATERAL (VALUES
             (0, found_at, reported_at IS NULL),
             (1, coalesce(reported_at, found_at), picked_up_at IS NULL AND admitted_at IS NULL),
             (2, picked_up_at, picked_up_at IS NOT NULL AND admitted_at IS NULL)) AS w(link, since, waits)
         WHERE active AND waits GROUP BY link"
    );
    let waiting = waiting(tx, &sql, &[&book.0, &round.as_str(), &place.as_str(), &now.to_string()]).await?;
    Ok((0..3).map(|i| speed(CASE_LINKS[i], &found.passed[i], waiting[i])).collect())
}

#[cfg(test)]
mod tests {
    use super::passed;

    #[test]
    fn percentiles_are_those_of_sql() {
        // SELECT percentile_cont(ARRAY[0.5, 0.9, 1]) WITHIN GROUP (ORDER BY s) FROM unnest(ARRAY[4, 1, 3, 2]) s: {2.5,3.7,4}
        let p = passed([4, 1, 3, 2].map(|s| s * 1_000_000).to_vec());
        assert_eq!(p.n, 4);
        p.q.unwrap().iter().zip([2.5, 3.7, 4.0]).for_each(|(a, b)| assert!((a - b).abs() < 1e-9));
        assert_eq!((passed(vec![7_000_000]).q, passed(vec![]).q), (Some([7.0; 3]), None));
    }
}
