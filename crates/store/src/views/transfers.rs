//! Transfers, by how far they are; and the vehicles that they name.

use super::places::above;
use super::{Page, Paging, SEPARATOR, head_seq, list};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::TransferState;
use quell_foundation::*;
use quell_protocol::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which transfers.
#[derive(Debug, Clone, Default)]
pub struct TransferFilter {
    /// How far.
    pub state: Option<TransferState>,
    /// Only those that have not ended: the person is in no bed yet.
    pub open: bool,
    /// Only those to this facility or below it.
    pub to: Option<PlaceId>,
}

/// Why someone is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovedAs {
    /// A case.
    Case,
    /// A contact under management.
    Contact,
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransferItem {
    /// Transfer.
    pub transfer_id: TransferId,
    /// Person.
    pub person_id: PersonId,
    /// The person's name.
    pub name: Option<String>,
    /// What the person is now.
    pub kind: Option<MovedAs>,
    /// State.
    pub state: TransferState,
    /// Where the person is fetched: the home, or the community if the home lies outside the reader's scope.
    pub from: PlaceId,
    /// Names of the listed places of it, from the community down.
    pub from_name: String,
    /// The facility.
    pub to: Option<PlaceId>,
    /// Its name.
    pub to_name: Option<String>,
    /// Vehicle.
    pub vehicle: Option<VehicleId>,
    /// Asked for.
    pub requested_at: Instant,
    /// Vehicle and facility assigned.
    pub assigned_at: Option<Instant>,
    /// In the vehicle.
    pub picked_up_at: Option<Instant>,
    /// At the facility.
    pub arrived_at: Option<Instant>,
    /// To be there by then; of someone who has arrived, to be in a bed by then.
    pub due: Option<Instant>,
    /// Severity, of a case.
    pub severity: Option<Severity>,
    /// Why it was called off.
    pub reason: Option<String>,
}

/// States of a transfer under way, in the words of the partial index `transfer_under_way`.
const UNDER_WAY: &str = "t.state NOT IN ('admitted', 'called_off')";

/// SQL: `to` in parameter `$n` contains the facility of the transfer `t`; a driver and a dispatcher ask without.
fn to(n: usize) -> String {
    format!("(${n}::text IS NULL OR t.facility = ${n}::text OR starts_with(t.facility, ${n}::text || '.'))")
}

/// Transfers: those under way by how long they wait, the longest first; all together the latest first.
pub async fn transfers(tx: &Transaction<'_>, book: BookId, f: &TransferFilter, page: &Paging) -> Result<Page<TransferItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [at, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let waits = f.open || f.state.is_some_and(|s| !matches!(s, TransferState::Admitted | TransferState::CalledOff));
    let (order, than) = if waits { ("ASC", ">") } else { ("DESC", "<") };
    let sql = format!(
        "SELECT t.transfer_id, t.person_id, p.name, t.state, w.from, coalesce((
                 SELECT string_agg(l.name, ' ' ORDER BY length(l.place)) FROM quell.place l
                 WHERE l.book_id = $1 AND l.place = ANY({above}) AND length(l.place) >= length(t.place)), w.from) AS from_name,
             t.facility AS to, f.name AS to_name, t.vehicle, t.requested_at, t.assigned_at, t.picked_up_at, t.arrived_at, t.reason,
             CASE WHEN k.case_id IS NOT NULL THEN 'case' WHEN c.contact_id IS NOT NULL THEN 'contact' END AS kind, k.severity,
             (SELECT min(d.due) FROM quell.duty d WHERE d.book_id = $1 AND d.person_id = t.person_id AND d.state = 'open' AND {under_way}
                 AND d.kind = ANY(CASE t.state WHEN 'arrived' THEN ARRAY['admit'] ELSE ARRAY['transfer', 'isolate'] END)) AS due
         FROM (SELECT * FROM quell.transfer t WHERE t.book_id = $1 AND {which} AND ($2::text IS NULL OR t.state = $2::text) AND {to}
                 AND ($4::text IS NULL OR (t.requested_at, t.transfer_id) {than} ($4::text::timestamptz, $5::text::uuid))
             ORDER BY t.requested_at {order}, t.transfer_id {order} LIMIT $6) t
         LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = t.person_id
         CROSS JOIN LATERAL (SELECT coalesce(p.home, t.place) AS from) w
         LEFT JOIN quell.place f ON f.book_id = $1 AND f.place = t.facility
         LEFT JOIN LATERAL (SELECT case_id, severity FROM quell.\"case\"
             WHERE book_id = $1 AND person_id = t.person_id AND state = 'active' LIMIT 1) k ON true
         LEFT JOIN LATERAL (SELECT contact_id FROM quell.contact
             WHERE book_id = $1 AND person_id = t.person_id AND state = 'active' LIMIT 1) c ON true
         ORDER BY t.requested_at {order}, t.transfer_id {order}",
        above = above("w.from"),
        under_way = UNDER_WAY,
        which = if waits { UNDER_WAY } else { "true" },
        to = to(3)
    );
    let (state, facility) = (f.state.map(TransferState::as_str), f.to.as_ref().map(PlaceId::as_str));
    let found = list(tx, "transfers", &sql, &[&book.0, &state, &facility, &at, &id, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |t: &TransferItem| format!("{}{SEPARATOR}{}", t.requested_at, t.transfer_id)))
}

/// A vehicle, as the transfers tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VehicleItem {
    /// Vehicle.
    pub vehicle: VehicleId,
    /// It has somebody to fetch or somebody in it.
    pub busy: bool,
    /// The transfers that it is on, in the order in which they were assigned.
    pub transfer_ids: Vec<TransferId>,
    /// The last that was heard of it: assigned, picked somebody up, arrived.
    pub last_seen_at: Option<Instant>,
}

/// Every vehicle that a transfer names which the reader sees, by its number. `facility`: only of transfers to there.
pub async fn vehicles(
    tx: &Transaction<'_>,
    book: BookId,
    facility: Option<&PlaceId>,
    page: &Paging,
) -> Result<Page<VehicleItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!(
        "SELECT t.vehicle, bool_or({ON_IT}) AS busy, max(greatest(t.assigned_at, t.picked_up_at, t.arrived_at)) AS last_seen_at,
             coalesce(json_agg(t.transfer_id ORDER BY t.assigned_at, t.transfer_id) FILTER (WHERE {ON_IT}), '[]') AS transfer_ids
         FROM quell.transfer t WHERE t.book_id = $1 AND t.vehicle IS NOT NULL AND {}
             AND ($3::text IS NULL OR t.vehicle COLLATE \"C\" > $3::text)
         GROUP BY t.vehicle ORDER BY t.vehicle COLLATE \"C\" LIMIT $4",
        to(2)
    );
    let facility = facility.map(PlaceId::as_str);
    let found = list(tx, "vehicles", &sql, &[&book.0, &facility, &page.after, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |v: &VehicleItem| v.vehicle.to_string()))
}

/// The vehicle of the transfer `t` is under way for it.
const ON_IT: &str = "t.state IN ('assigned', 'picked_up')";
