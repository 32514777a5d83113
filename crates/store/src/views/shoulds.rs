//! The five shoulds and the chain (应检尽检 应隔尽隔 应收尽收 应治尽治 应解尽解), at a place and one level below it.
//!
//! What was opened and how it ended comes from the tallies; what is open and overdue now from the tallies of the rounds (for
//! whole rosters) and from the rows of tubes and duties that are open, by their partial indexes.

use super::{head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{DutyKind, PlaceKind, Should};
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
    for (kind, at, numbers) in numbers(tx, book, place, now).await? {
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
) -> Result<Vec<(DutyKind, PlaceId, Numbers)>, StoreError> {
    let sql = NUMBERS.replace("{t}", &within("t.place", 2)).replace("{d}", &within("place", 2));
    let s = tx.prepare_cached(&sql).await.map_err(StoreError::at("shoulds"))?;
    let rows = tx.query(&s, &[&book.0, &place.as_str(), &now.to_string()]).await.map_err(StoreError::at("shoulds"))?;
    rows.iter()
        .map(|r| {
            let bad = |detail: String| StoreError::Unreadable { operation: "shoulds", detail };
            let kind = r.get::<_, &str>(0).parse().map_err(bad)?;
            let at = PlaceId::new(r.get::<_, &str>(1)).map_err(|e| bad(e.to_string()))?;
            let done: i64 = r.get(3);
            let numbers = Numbers {
                should: r.get(2),
                done,
                // A correction that opens a duty again does not say whether the one taken back had been in time.
                in_time: r.get::<_, i64>(4).min(done),
                waived: r.get(5),
                superseded: r.get(6),
                open: r.get(7),
                overdue: r.get(8),
            };
            Ok((kind, at, numbers))
        })
        .collect()
}

/// `quell_book::State::count_open` says the same of what is open, row by row.
const NUMBERS: &str = "
WITH now AS (SELECT $3::text::timestamptz AS t), counted AS (
    SELECT t.kind, t.place, sum(opened)::bigint AS opened, (sum(discharged) - sum(reopened))::bigint AS done,
           sum(in_time)::bigint AS in_time, sum(waived)::bigint AS waived, sum(superseded)::bigint AS superseded
    FROM quell.tally t WHERE t.book_id = $1 AND {t} GROUP BY t.kind, t.place
), items AS (
    SELECT 'sample' AS kind, t.place, x.due,
           sum(t.opened + t.reopened - t.discharged - t.waived - t.superseded)::bigint AS n
    FROM quell.tally t JOIN quell.round x ON x.book_id = t.book_id AND x.round = t.round
    WHERE t.book_id = $1 AND t.kind = 'sample' AND {t} GROUP BY t.place, x.round, x.due
  UNION ALL
    SELECT CASE state WHEN 'open' THEN 'seal' WHEN 'received' THEN 'test' ELSE 'deliver' END, place,
           CASE state WHEN 'open' THEN seal_due WHEN 'received' THEN test_due ELSE deliver_due END, 1
    FROM quell.tube WHERE book_id = $1 AND state IN ('open', 'sealed', 'in_transit', 'received') AND {d}
        AND CASE state WHEN 'open' THEN seal_due WHEN 'received' THEN test_due ELSE deliver_due END IS NOT NULL
  UNION ALL
    SELECT 'result', place, coalesce(test_due, deliver_due, seal_due), members
    FROM quell.tube WHERE book_id = $1 AND state IN ('open', 'sealed', 'in_transit', 'received') AND members > 0 AND {d}
  UNION ALL
    SELECT kind, place, due, 1 FROM quell.duty WHERE book_id = $1 AND state = 'open' AND {d}
), open AS (
    SELECT kind, place, sum(n)::bigint AS open, coalesce(sum(n) FILTER (WHERE due < now.t), 0)::bigint AS overdue
    FROM items, now GROUP BY kind, place
)
SELECT kind, place, coalesce(c.opened, 0), coalesce(c.done, 0), coalesce(c.in_time, 0), coalesce(c.waived, 0),
       coalesce(c.superseded, 0), coalesce(o.open, 0), coalesce(o.overdue, 0)
FROM counted c FULL JOIN open o USING (kind, place)";

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
