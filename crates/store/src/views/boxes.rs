//! Transport boxes on their way from the stations to the laboratories: what is in each, who holds it, by when it must be there.
//!
//! A box is a code that its tubes carry; where it is follows from them. It is *packed* until it or one of its tubes was handed over, *on
//! the way* while any tube is, and *received* when none of them waits any more.

use super::{Page, Paging, SEPARATOR, head_seq, list, single, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use futures_util::try_join;
use quell_book::{Condition, TubeState};
use quell_foundation::*;
use quell_protocol::TubeMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a box is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoxState {
    /// Packed, nobody has taken it yet.
    Packed,
    /// Handed over, and not all of it has arrived.
    OnTheWay,
    /// None of its tubes is to be delivered any more: a laboratory has received them, or they were given up.
    Received,
}

impl BoxState {
    /// As in JSON.
    const fn as_str(self) -> &'static str {
        match self {
            BoxState::Packed => "packed",
            BoxState::OnTheWay => "on_the_way",
            BoxState::Received => "received",
        }
    }
}

/// Which boxes.
#[derive(Debug, Clone)]
pub struct BoxFilter {
    /// Packed at this place or below it.
    pub place: PlaceId,
    /// How far.
    pub state: Option<BoxState>,
    /// What a laboratory may see of boxes from anywhere: those that it has received, and those that nobody has received yet.
    pub laboratory: Option<PlaceId>,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BoxItem {
    /// Code.
    #[serde(rename = "box")]
    pub r#box: BoxCode,
    /// How far it is.
    pub state: BoxState,
    /// The place whose stations filled its tubes.
    pub place: PlaceId,
    /// Its name, if it is listed.
    pub place_name: Option<String>,
    /// Tubes that were put in.
    pub tubes: i64,
    /// Of these still to be delivered.
    pub waiting: i64,
    /// Persons in its tubes.
    pub people: i64,
    /// Packed.
    pub packed_at: Instant,
    /// Who took it last.
    pub holder: Option<String>,
    /// Left the station.
    pub left_at: Option<Instant>,
    /// The first of it was received by a laboratory.
    pub received_at: Option<Instant>,
    /// Which.
    pub laboratory: Option<PlaceId>,
    /// Its name.
    pub laboratory_name: Option<String>,
    /// How it arrived, when all has: adequate if every tube was taken in, not adequate if one was given up before that.
    pub condition: Option<Condition>,
    /// To be delivered by then: the earliest deadline of what is still to be delivered.
    pub due: Option<Instant>,
    /// Past that.
    pub overdue: bool,
}

/// A tube in a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BoxedTube {
    /// Barcode.
    pub tube: TubeCode,
    /// Mode.
    pub mode: TubeMode,
    /// Persons in it.
    pub people: i32,
    /// State.
    pub state: TubeState,
    /// Sealed.
    pub sealed_at: Option<Instant>,
    /// To be delivered by then.
    pub deliver_due: Option<Instant>,
}

/// A box passed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoxHandOver {
    /// Who gave.
    pub from: String,
    /// Who took.
    pub to: String,
    /// When.
    pub at: Instant,
    /// Temperature in it.
    pub temperature_c: Option<Celsius>,
}

/// A box with what is in it and through whose hands it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoxView {
    /// The box.
    #[serde(flatten)]
    pub item: BoxItem,
    /// Its tubes, by barcode.
    pub contents: Vec<BoxedTube>,
    /// Its hand-overs, in the order of time.
    pub hand_overs: Vec<BoxHandOver>,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

/// SQL: a tube `t` is still to be delivered.
const WAITS: &str = "t.state IN ('sealed', 'in_transit')";

/// SQL: the columns of a [`BoxItem`] but names, for these rows of boxes. `$2`: now.
fn item(boxes: &str) -> String {
    format!(
        "SELECT b.box, b.place, b.tubes::bigint AS tubes, b.packed_at, b.holder, n.waiting, n.people, n.left_at, n.received_at, n.laboratory,
             n.due, coalesce(n.due < $2::text::timestamptz, false) AS overdue,
             CASE WHEN n.waiting = 0 THEN 'received' WHEN b.holder IS NOT NULL OR n.left_at IS NOT NULL THEN 'on_the_way' ELSE 'packed' END
                 AS state,
             CASE WHEN n.waiting = 0 THEN CASE WHEN n.refused THEN 'not_adequate' ELSE 'adequate' END END AS condition
         FROM {boxes} b CROSS JOIN LATERAL (
             SELECT count(*) FILTER (WHERE {WAITS}) AS waiting, coalesce(sum(t.members), 0)::bigint AS people, min(t.left_at) AS left_at,
                 min(t.received_at) AS received_at, (array_agg(t.laboratory ORDER BY t.received_at))[1] AS laboratory,
                 min(t.deliver_due) FILTER (WHERE {WAITS}) AS due,
                 coalesce(bool_or(t.state IN ('spoilt', 'lost') AND t.received_at IS NULL), false) AS refused
             FROM quell.tube t WHERE t.book_id = $1 AND t.box = b.box) n"
    )
}

/// SQL: names to the items `x`.
const NAMED: &str = "SELECT x.*, l.name AS place_name, a.name AS laboratory_name FROM x
    LEFT JOIN quell.place l ON l.book_id = $1 AND l.place = x.place
    LEFT JOIN quell.place a ON a.book_id = $1 AND a.place = x.laboratory";

/// SQL: what a laboratory in parameter `$n` may see of the boxes `b`.
fn of_laboratory(n: usize) -> String {
    // No EXISTS: under an OR that would be answered by a hash of all tubes there are, where a page looks into a hundred boxes.
    let of = |what: &str| format!("(SELECT true FROM quell.tube t WHERE t.book_id = $1 AND t.box = b.box AND {what} LIMIT 1) IS TRUE");
    format!(
        "(${n}::text IS NULL OR {} OR ({} AND NOT {}))",
        of(&format!("(t.laboratory = ${n}::text OR starts_with(t.laboratory, ${n}::text || '.'))")),
        of(WAITS),
        of("t.laboratory IS NOT NULL")
    )
}

/// Boxes: those packed or on the way by when they must be delivered, the most urgent first; others the latest packed first.
pub async fn boxes(tx: &Transaction<'_>, book: BookId, f: &BoxFilter, page: &Paging, now: Instant) -> Result<Page<BoxItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [at, code] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let urgent = matches!(f.state, Some(BoxState::Packed | BoxState::OnTheWay));
    let sql = if urgent { by_deadline() } else { latest(f.state.is_some()) };
    let (now, state, lab) = (now.to_string(), f.state.map(BoxState::as_str), f.laboratory.as_ref().map(PlaceId::as_str));
    let params: super::Params<'_> = &[&book.0, &now, &f.place.as_str(), &state, &lab, &at, &code, &page.rows()];
    let found = list(tx, "boxes", &sql, params).await?;
    let key = move |b: &BoxItem| {
        let at = if urgent { b.due.unwrap_or(b.packed_at) } else { b.packed_at };
        format!("{at}{SEPARATOR}{}", b.r#box)
    };
    Ok(Page::new(found, page, as_of_seq, key))
}

/// SQL of boxes under way: few, found by the index of the tubes that wait. `$3` place, `$4` state, `$5` laboratory, `$6`, `$7` cursor,
/// `$8` rows.
fn by_deadline() -> String {
    let key = "coalesce(x.due, x.packed_at)";
    format!(
        "WITH x AS (SELECT x.*, {key} AS k FROM (
                 {items} WHERE b.book_id = $1 AND {within} AND {lab}
                     AND b.box IN (SELECT t.box FROM quell.tube t WHERE t.book_id = $1 AND t.box IS NOT NULL AND {WAITS})) x
             WHERE x.state = $4::text AND ($6::text IS NULL OR ({key}, x.box) > ($6::text::timestamptz, $7::text COLLATE \"C\"))
             ORDER BY {key}, x.box LIMIT $8)
         {NAMED} ORDER BY x.k, x.box",
        items = item("quell.box"),
        within = within("b.place", 3),
        lab = of_laboratory(5)
    )
}

/// SQL of all boxes, or of those received: as many of the latest as fill a page are looked into. The same parameters.
fn latest(received: bool) -> String {
    let waits = format!("AND NOT EXISTS (SELECT FROM quell.tube t WHERE t.book_id = $1 AND t.box = b.box AND {WAITS})");
    let boxes = format!(
        "(SELECT * FROM quell.box b WHERE b.book_id = $1 AND {within} {received} AND {lab} AND ($4::text IS NULL OR $4::text = 'received')
             AND ($6::text IS NULL OR (b.packed_at, b.box) < ($6::text::timestamptz, $7::text COLLATE \"C\"))
         ORDER BY b.packed_at DESC, b.box DESC LIMIT $8)",
        within = within("b.place", 3),
        received = if received { waits.as_str() } else { "" },
        lab = of_laboratory(5)
    );
    format!("WITH x AS ({}) {NAMED} ORDER BY x.packed_at DESC, x.box DESC", item(&boxes))
}

/// One box; none if there is no such box in the reader's scope or, for a `laboratory`, it is none that it may see.
pub async fn transport_box(
    tx: &Transaction<'_>,
    book: BookId,
    code: &BoxCode,
    laboratory: Option<&PlaceId>,
    now: Instant,
) -> Result<Option<BoxView>, StoreError> {
    const CONTENTS: &str = "SELECT t.tube, t.mode, t.members AS people, t.state, t.sealed_at, t.deliver_due
        FROM quell.tube t WHERE t.book_id = $1 AND t.box = $2 ORDER BY t.tube";
    const HAND_OVERS: &str = "SELECT h.given_by AS from, h.taken_by AS to, h.at, h.temperature AS temperature_c
        FROM quell.hand_over h WHERE h.book_id = $1 AND h.box = $2 ORDER BY h.at, h.seq, h.idx";
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!("WITH x AS ({} WHERE b.book_id = $1 AND b.box = $3 AND {}) {NAMED}", item("quell.box"), of_laboratory(4));
    let (code, lab) = (code.as_str(), laboratory.map(PlaceId::as_str));
    let Some(item) = single(tx, "box", &sql, &[&book.0, &now.to_string(), &code, &lab]).await? else { return Ok(None) };
    let by: super::Params<'_> = &[&book.0, &code];
    let (contents, hand_overs) = try_join!(list(tx, "contents", CONTENTS, by), list(tx, "hand-overs", HAND_OVERS, by))?;
    Ok(Some(BoxView { item, contents, hand_overs, as_of_seq }))
}
