//! The five shoulds and the chain (应检尽检 应隔尽隔 应收尽收 应治尽治 应解尽解), at a place and one level below it.
//!
//! What was opened and how it ended comes from the tallies (of sealed days in sum); what is open and overdue now from the tallies of the rounds (for
//! whole rosters) and from the rows of tubes and duties that are open, by their partial indexes.

use super::{head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::{GenericClient, Transaction};
use quell_book::{DutyKind, Open, OpenCounts, PlaceKind, Should};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// The numbers of one kind of duty. `should = done + waived + superseded + open`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Numbers {
    /// Who (or what) should be: every duty ever opened.
    pub should: i64,
    /// Done, less those that a correction opened again.
    pub done: i64,
    /// Of the done, in time.
    pub in_time: i64,
    /// Waived by a decision or by the round's exclusions.
    pub waived: i64,
    /// Overtaken by a later fact; for sampling also: missed when the round was closed.
    pub superseded: i64,
    /// Of the superseded: people who were missed when their round was closed.
    pub missed: i64,
    /// Open now.
    pub open: i64,
    /// Of these overdue.
    pub overdue: i64,
}

impl AddAssign for Numbers {
    fn add_assign(&mut self, o: Self) {
        self.should += o.should;
        self.done += o.done;
        self.in_time += o.in_time;
        self.waived += o.waived;
        self.superseded += o.superseded;
        self.missed += o.missed;
        self.open += o.open;
        self.overdue += o.overdue;
    }
}

/// The numbers of one kind of duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KindLine {
    /// Kind.
    pub kind: DutyKind,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// The numbers of one should: the sum over its kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShouldLine {
    /// Which.
    pub should_what: Should,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// By kind; kinds that never occurred are left out.
    pub kinds: Vec<KindLine>,
}

/// The shoulds of one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceShoulds {
    /// The place.
    pub place: PlaceId,
    /// What it is, if it is listed.
    pub kind: Option<PlaceKind>,
    /// Its name, if it is listed.
    pub name: Option<String>,
    /// Its English name.
    pub name_en: Option<String>,
    /// All six, in order.
    pub shoulds: Vec<ShouldLine>,
}

/// The shoulds of a place and of the places one level below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shoulds {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// The place itself.
    pub place: PlaceShoulds,
    /// One level below, in the order of their paths: those where there is anything to count. What is counted at the place itself
    /// (not below it) is in `place` only.
    pub below: Vec<PlaceShoulds>,
}

/// Numbers by kind.
pub(super) type Kinds = BTreeMap<DutyKind, Numbers>;

/// The shoulds at a place now.
pub async fn shoulds(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<Shoulds, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let mut total = Kinds::new();
    let mut below: BTreeMap<PlaceId, Kinds> = BTreeMap::new();
    let depth = place.depth() + 1;
    for ((kind, at), numbers) in numbers(tx, book, place, now).await? {
        *total.entry(kind).or_default() += numbers;
        if at != *place {
            *below.entry(at.at_depth(depth)).or_default().entry(kind).or_default() += numbers;
        }
    }
    let names = names(tx, book, below.keys().chain([place])).await?;
    let below = below.into_iter().map(|(p, kinds)| place_shoulds(p, &kinds, &names)).collect();
    Ok(Shoulds { as_of_seq, place: place_shoulds(place.clone(), &total, &names), below })
}

fn place_shoulds(place: PlaceId, kinds: &Kinds, names: &BTreeMap<PlaceId, Named>) -> PlaceShoulds {
    let n = names.get(&place);
    PlaceShoulds {
        kind: n.map(|n| n.kind),
        name: n.map(|n| n.name.clone()),
        name_en: n.and_then(|n| n.name_en.clone()),
        shoulds: should_lines(kinds),
        place,
    }
}

/// All six shoulds with their kinds.
pub(super) fn should_lines(kinds: &Kinds) -> Vec<ShouldLine> {
    Should::ALL
        .iter()
        .map(|s| {
            let lines: Vec<KindLine> =
                kinds.iter().filter(|(k, _)| k.should() == *s).map(|(k, n)| KindLine { kind: *k, numbers: *n }).collect();
            let mut numbers = Numbers::default();
            for l in &lines {
                numbers += l.numbers;
            }
            ShouldLine { should_what: *s, numbers, kinds: lines }
        })
        .collect()
}

/// Numbers by kind and place of the tally, for everything within a place.
pub(super) async fn numbers(
    tx: &Transaction<'_>,
    book: BookId,
    place: &PlaceId,
    now: Instant,
) -> Result<BTreeMap<(DutyKind, PlaceId), Numbers>, StoreError> {
    let sql = COUNTED.replace("{within}", &within("place", 2));
    let s = tx.prepare_cached(&sql).await.map_err(StoreError::at("shoulds"))?;
    let mut out = BTreeMap::new();
    for r in tx.query(&s, &[&book.0, &place.as_str()]).await.map_err(StoreError::at("shoulds"))? {
        let done: i64 = r.get(3);
        // A correction that opens a duty again does not say whether the one taken back had been in time.
        let in_time = r.get::<_, i64>(4).min(done);
        let numbers = Numbers { should: r.get(2), done, in_time, waived: r.get(5), superseded: r.get(6), ..Numbers::default() };
        out.insert(kind_and_place(&r)?, numbers);
    }
    let sql = format!(
        "SELECT 'sample', place, count(*) FROM quell.roster WHERE book_id = $1 AND missed AND {} GROUP BY place",
        within("place", 2)
    );
    let s = tx.prepare_cached(&sql).await.map_err(StoreError::at("missed"))?;
    for r in tx.query(&s, &[&book.0, &place.as_str()]).await.map_err(StoreError::at("missed"))? {
        out.entry(kind_and_place(&r)?).or_default().missed = r.get(2);
    }
    for (key, open) in open_now(tx, book, place, now).await? {
        let n = out.entry(key).or_default();
        (n.open, n.overdue) = (open.open, open.overdue);
    }
    Ok(out)
}

/// What is open now by kind and place: whoever is to be sampled from the tallies of the rounds, all else from the rows.
pub(super) async fn open_now(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<OpenCounts, StoreError> {
    let sql = OPEN.replace("{t}", &within("t.place", 2)).replace("{within}", &within("place", 2));
    let s = tx.prepare_cached(&sql).await.map_err(StoreError::at("open"))?;
    let rows = tx.query(&s, &[&book.0, &place.as_str(), &now.to_string()]).await.map_err(StoreError::at("open"))?;
    rows.iter().map(|r| Ok((kind_and_place(r)?, Open { open: r.get(2), overdue: r.get(3) }))).collect()
}

fn kind_and_place(r: &tokio_postgres::Row) -> Result<(DutyKind, PlaceId), StoreError> {
    let bad = |detail: String| StoreError::Unreadable { operation: "shoulds", detail };
    Ok((r.get::<_, &str>(0).parse().map_err(bad)?, PlaceId::new(r.get::<_, &str>(1)).map_err(|e| bad(e.to_string()))?))
}

/// The days that are carried, and those after them.
const COUNTED: &str = "
SELECT kind, place, sum(opened)::bigint, (sum(discharged) - sum(reopened))::bigint, sum(in_time)::bigint, sum(waived)::bigint,
       sum(superseded)::bigint
FROM (
    SELECT kind, place, opened, reopened, discharged, in_time, waived, superseded
    FROM quell.tally_before WHERE book_id = $1 AND {within}
  UNION ALL
    SELECT kind, place, opened, reopened, discharged, in_time, waived, superseded
    FROM quell.tally WHERE book_id = $1 AND {within}
        AND day > (SELECT coalesce(tallied_through, '-infinity') FROM quell.book WHERE book_id = $1)
) t GROUP BY kind, place";

/// `quell_book::State::count_open` says the same, row by row. A tube on its way is one duty of its link and, for each of its members, a
/// result to come: both are summed in one pass over the tubes.
const OPEN: &str = "
WITH now AS (SELECT $3::text::timestamptz AS t), tubes AS (
    SELECT t.state, t.place, count(d.due) AS n, count(*) FILTER (WHERE d.due < now.t) AS late, sum(t.members) AS results,
           sum(t.members) FILTER (WHERE coalesce(t.test_due, t.deliver_due, t.seal_due) < now.t) AS results_late
    FROM now, quell.tube t
        CROSS JOIN LATERAL (SELECT CASE t.state WHEN 'open' THEN t.seal_due WHEN 'received' THEN t.test_due ELSE t.deliver_due END AS due) d
    WHERE t.book_id = $1 AND t.state IN ('open', 'sealed', 'in_transit', 'received') AND {t} GROUP BY t.state, t.place
), items AS (
    SELECT 'sample' AS kind, t.place, sum(n)::bigint AS n, sum(n) FILTER (WHERE t.due < now.t)::bigint AS late
    FROM now, (
        SELECT t.place, x.due, sum(t.opened + t.reopened - t.discharged - t.waived - t.superseded) AS n
        FROM quell.round x JOIN quell.tally t ON t.book_id = $1 AND t.round = x.round AND t.round <> ''
        WHERE x.book_id = $1 AND t.kind = 'sample' AND {t} GROUP BY t.place, x.round, x.due) t
    GROUP BY t.place
  UNION ALL
    SELECT CASE state WHEN 'open' THEN 'seal' WHEN 'received' THEN 'test' ELSE 'deliver' END, place, n, late FROM tubes
  UNION ALL
    SELECT 'result', place, results, results_late FROM tubes
  UNION ALL
    SELECT kind, place, count(*), count(*) FILTER (WHERE due < now.t)
    FROM now, quell.duty WHERE book_id = $1 AND state = 'open' AND {within} GROUP BY kind, place
)
SELECT kind, place, sum(n)::bigint, coalesce(sum(late), 0)::bigint FROM items WHERE n <> 0 GROUP BY kind, place";

/// Adds the tallies of the days up to and including `day`, which is sealed, to those that are carried: the close calls it, in its own
/// transaction. Days that were carried before are not added again.
pub async fn carry(c: &impl GenericClient, book: BookId, day: Day) -> Result<(), StoreError> {
    const ADD: &str = "
        INSERT INTO quell.tally_before AS b (book_id, kind, place, opened, reopened, discharged, in_time, waived, superseded)
        SELECT $1, kind, place, sum(opened), sum(reopened), sum(discharged), sum(in_time), sum(waived), sum(superseded)
        FROM quell.tally WHERE book_id = $1 AND day <= $2::text::date
            AND day > (SELECT coalesce(tallied_through, '-infinity') FROM quell.book WHERE book_id = $1)
        GROUP BY kind, place
        ON CONFLICT (book_id, kind, place) DO UPDATE SET opened = b.opened + excluded.opened,
            reopened = b.reopened + excluded.reopened, discharged = b.discharged + excluded.discharged,
            in_time = b.in_time + excluded.in_time, waived = b.waived + excluded.waived,
            superseded = b.superseded + excluded.superseded";
    const MARK: &str = "UPDATE quell.book SET tallied_through = greatest(tallied_through, $2::text::date) WHERE book_id = $1";
    let day = day.to_string();
    c.execute(ADD, &[&book.0, &day]).await.map_err(StoreError::at("carry"))?;
    c.execute(MARK, &[&book.0, &day]).await.map_err(StoreError::at("carry"))?;
    Ok(())
}

/// What a place is called.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    place: PlaceId,
    pub kind: PlaceKind,
    pub name: String,
    pub name_en: Option<String>,
}

/// The names of places.
pub(super) async fn names(
    tx: &Transaction<'_>,
    book: BookId,
    places: impl Iterator<Item = &PlaceId>,
) -> Result<BTreeMap<PlaceId, Named>, StoreError> {
    let wanted: Vec<&str> = places.map(PlaceId::as_str).collect();
    let sql = "SELECT place, kind, name, name_en FROM quell.place WHERE book_id = $1 AND place = ANY($2)";
    let found: Vec<Named> = list(tx, "place names", sql, &[&book.0, &wanted]).await?;
    Ok(found.into_iter().map(|n| (n.place.clone(), n)).collect())
}
