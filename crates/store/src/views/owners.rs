//! What is open and overdue by who is responsible for it, and whether someone has taken charge of it on the open day.

use super::shoulds::open_now;
use super::{calendar, head_seq, list, within};
use crate::error::StoreError;
use crate::tables::select;
use deadpool_postgres::Transaction;
use quell_book::rows::Ownership;
use quell_book::{DutyKind, OwnedLine, Role};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The open duties of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerLine {
    /// Kind of duty.
    pub kind: DutyKind,
    /// Who must do it.
    pub role: Role,
    /// Open now.
    pub open: i64,
    /// Of these overdue.
    pub overdue: i64,
    /// Of the overdue: someone has taken charge, with a reason.
    pub owned: i64,
    /// Of the overdue: nobody has. These block the close of the day.
    pub not_owned: i64,
    /// The earliest deadline that has passed.
    pub oldest_due: Option<Instant>,
    /// Who has taken charge where.
    pub owners: Vec<OwnedLine>,
}

/// The open duties at a place, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Owners {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// Kinds of which anything is open: those with the most overdue first.
    pub items: Vec<OwnerLine>,
}

#[derive(Deserialize)]
struct Oldest {
    kind: DutyKind,
    due: Instant,
}

/// The earliest open deadline of each kind. `$2` the place.
const OLDEST: &str = "
    SELECT kind, min(due) AS due FROM (
        SELECT d.kind, d.due FROM quell.duty d WHERE d.book_id = $1 AND d.state = 'open' AND {duty}
      UNION ALL
        SELECT CASE t.state WHEN 'open' THEN 'seal' WHEN 'received' THEN 'test' ELSE 'deliver' END,
            min(CASE t.state WHEN 'open' THEN t.seal_due WHEN 'received' THEN t.test_due ELSE t.deliver_due END)
        FROM quell.tube t WHERE t.book_id = $1 AND t.state IN ('open', 'sealed', 'in_transit', 'received') AND {tube} GROUP BY t.state
      UNION ALL
        SELECT 'result', min(coalesce(t.test_due, t.deliver_due, t.seal_due))
        FROM quell.tube t WHERE t.book_id = $1 AND t.state IN ('open', 'sealed', 'in_transit', 'received') AND t.members > 0 AND {tube}
      UNION ALL
        SELECT 'sample', x.due FROM quell.round x JOIN quell.tally y ON y.book_id = $1 AND y.round = x.round AND y.round <> ''
        WHERE x.book_id = $1 AND y.kind = 'sample' AND {tally} GROUP BY x.round, x.due
        HAVING sum(y.opened + y.reopened - y.discharged - y.waived - y.superseded) > 0
    ) o WHERE due IS NOT NULL GROUP BY kind";

/// Who is responsible for what is open at a place or below it.
pub async fn owners(tx: &Transaction<'_>, book: BookId, place: &PlaceId, now: Instant) -> Result<Owners, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let (offset, open_day) = calendar(tx, book).await?;
    let day = open_day.unwrap_or_else(|| now.day(offset)).to_string();
    let open = open_now(tx, book, place, now).await?;
    let owned = select::<Ownership>(tx, book.0, "day = $2::text::date", &[&day]).await?;
    let sql =
        OLDEST.replace("{duty}", &within("d.place", 2)).replace("{tube}", &within("t.place", 2)).replace("{tally}", &within("y.place", 2));
    let oldest: Vec<Oldest> = list(tx, "oldest", &sql, &[&book.0, &place.as_str()]).await?;
    let mut lines: BTreeMap<DutyKind, OwnerLine> = BTreeMap::new();
    for ((kind, at), n) in &open {
        let line = lines.entry(*kind).or_insert_with(|| OwnerLine {
            kind: *kind,
            role: kind.responsible(),
            open: 0,
            overdue: 0,
            owned: 0,
            not_owned: 0,
            oldest_due: oldest.iter().find(|o| o.kind == *kind && o.due < now).map(|o| o.due),
            owners: Vec::new(),
        });
        line.open += n.open;
        line.overdue += n.overdue;
        // As the close has it: whoever owns a kind at a place owns it below, too.
        let taken = owned.iter().any(|o| o.kind == *kind && at.is_within(&o.place));
        *(if taken { &mut line.owned } else { &mut line.not_owned }) += n.overdue;
    }
    for o in owned.into_iter().filter(|o| o.place.is_within(place) || place.is_within(&o.place)) {
        if let Some(line) = lines.get_mut(&o.kind) {
            line.owners.push(OwnedLine { kind: o.kind, place: o.place, owner: o.owner, reason: o.reason });
        }
    }
    let mut items: Vec<OwnerLine> = lines.into_values().collect();
    for line in &mut items {
        line.owners.sort_by(|a, b| a.place.cmp(&b.place));
    }
    items.sort_by_key(|l| (std::cmp::Reverse(l.overdue), std::cmp::Reverse(l.open), l.kind));
    Ok(Owners { as_of_seq, items })
}
