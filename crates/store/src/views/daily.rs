//! The report of one day, open or sealed, for a place: its balance, its cases, how far the rounds were, what is overdue and who sees to it, beds.
//!
//! Of a sealed day the balance is what was sealed; cases, rounds and beds are as they stood when the day ended. Of the open day all is as of
//! now.

use super::case::case_counts;
use super::day::{day as open_day_view, sealed_day};
use super::shoulds::names;
use super::{calendar, in_scope, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{Balance, DaySheet, DutyKind, PlaceKind};
use quell_foundation::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most rounds that a report shows, the latest first.
const MAX_ROUNDS: i64 = 20;

/// Who sealed a day, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// By whom.
    pub decider: String,
    /// When.
    pub at: Instant,
    /// Hash of the day before, this sheet and the log.
    pub day_hash: Hash,
}

/// One kind of duty on the day: the sum over the places. `carried_in + opened = discharged + waived + superseded + carried_out`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyKind {
    /// Kind.
    pub kind: DutyKind,
    /// Open at the end of the day before.
    pub carried_in: i64,
    /// Opened, and opened again.
    pub opened: i64,
    /// Discharged.
    pub discharged: i64,
    /// Of these in time.
    pub in_time: i64,
    /// Waived.
    pub waived: i64,
    /// Superseded.
    pub superseded: i64,
    /// Open at the end.
    pub carried_out: i64,
    /// Of these overdue.
    pub overdue: i64,
}

impl DailyKind {
    /// Adds another line; the kind stays.
    pub fn add(&mut self, o: &DailyKind) {
        self.carried_in += o.carried_in;
        self.opened += o.opened;
        self.discharged += o.discharged;
        self.in_time += o.in_time;
        self.waived += o.waived;
        self.superseded += o.superseded;
        self.carried_out += o.carried_out;
        self.overdue += o.overdue;
    }
}

/// The cases of the day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DailyCases {
    /// New, found in the community (社会面).
    pub community_found: i64,
    /// New, found under control (管控中).
    pub controlled: i64,
    /// New; how they were found is not known.
    pub unknown_channel: i64,
    /// Of the new: without symptoms.
    pub asymptomatic: i64,
    /// All that were found up to this day and not withdrawn.
    pub total: i64,
    /// Days since the last one found in the community; none if there never was one.
    pub days_since_community: Option<i32>,
}

/// A round that was under way on the day, as far as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyRound {
    /// Round.
    pub round: RoundId,
    /// Name.
    pub name: String,
    /// On the roster.
    pub should: i64,
    /// Sampled.
    pub sampled: i64,
    /// Excluded or waived.
    pub waived: i64,
    /// Overtaken, or missed at the closing.
    pub superseded: i64,
    /// Have a result, in persons.
    pub resulted: i64,
    /// Wait for their result, in persons.
    pub pending: i64,
}

/// What is overdue of a kind at a place of the tally, and who sees to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueOwned {
    /// Kind.
    pub kind: DutyKind,
    /// Place.
    pub place: PlaceId,
    /// Its name, if it is listed.
    pub name: Option<String>,
    /// How many.
    pub overdue: i64,
    /// Who sees to it, and why it is late; none if nobody has said.
    pub owned: Option<(String, String)>,
}

/// Beds of one kind of facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyBeds {
    /// Kind.
    pub kind: PlaceKind,
    /// Facilities.
    pub facilities: i64,
    /// Beds.
    pub beds: i64,
    /// Taken.
    pub occupied: i64,
}

/// The report of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyReport {
    /// The day.
    pub day: Day,
    /// The place.
    pub place: PlaceId,
    /// Its name, if it is listed.
    pub name: Option<String>,
    /// Its English name.
    pub name_en: Option<String>,
    /// Who sealed it; none while it is open.
    pub sealed: Option<Sealed>,
    /// The balance by kind, in the order of kinds.
    pub balance: Vec<DailyKind>,
    /// Cases.
    pub cases: DailyCases,
    /// Rounds, the latest first.
    pub rounds: Vec<DailyRound>,
    /// What is overdue, by kind and place.
    pub overdue: Vec<OverdueOwned>,
    /// Beds.
    pub beds: Vec<DailyBeds>,
}

/// The report of a day for a place; none if the day is neither sealed nor open. To be read under the scope of the whole book: who lies in a
/// bed at the place can live elsewhere. It has numbers of the place alone, and nobody's name but those of owners.
pub async fn daily_report(
    tx: &Transaction<'_>,
    book: BookId,
    day: Day,
    place: &PlaceId,
    now: Instant,
) -> Result<Option<DailyReport>, StoreError> {
    let (offset, open) = calendar(tx, book).await?;
    let (sheet, sealed) = match sealed_day(tx, book, day, place).await? {
        Some(d) => (d.sheet, Some(Sealed { decider: d.decider, at: d.closed_at, day_hash: d.day_hash })),
        None if day == open.unwrap_or_else(|| now.day(offset)) => (open_day_view(tx, book, place, now).await?.sheet, None),
        None => return Ok(None),
    };
    let until = if sealed.is_some() { day.plus(1).start(offset).min(now) } else { now };
    let overdue = overdue(tx, book, &sheet).await?;
    let named = names(tx, book, [place].into_iter()).await?.remove(place);
    Ok(Some(DailyReport {
        day,
        place: place.clone(),
        name: named.as_ref().map(|n| n.name.clone()),
        name_en: named.and_then(|n| n.name_en),
        balance: by_kind(&sheet.lines),
        cases: cases(tx, book, day, place, now).await?,
        rounds: rounds(tx, book, day, place, [day.start(offset), until]).await?,
        overdue,
        beds: beds(tx, book, place, until).await?,
        sealed,
    }))
}

fn by_kind(lines: &[Balance]) -> Vec<DailyKind> {
    let mut kinds: BTreeMap<DutyKind, DailyKind> = BTreeMap::new();
    for l in lines {
        let line = DailyKind {
            kind: l.kind,
            carried_in: l.carried_in,
            opened: l.opened + l.reopened,
            discharged: l.discharged,
            in_time: l.in_time,
            waived: l.waived,
            superseded: l.superseded,
            carried_out: l.carried_out,
            overdue: l.overdue,
        };
        kinds.entry(l.kind).and_modify(|sum| sum.add(&line)).or_insert(line);
    }
    kinds.into_values().collect()
}

/// What is overdue, each with the owner named nearest to it.
async fn overdue(tx: &Transaction<'_>, book: BookId, sheet: &DaySheet) -> Result<Vec<OverdueOwned>, StoreError> {
    let late: Vec<&Balance> = sheet.lines.iter().filter(|l| l.overdue > 0).collect();
    let named = names(tx, book, late.iter().map(|l| &l.place)).await?;
    let nearest = |l: &Balance| {
        let above = sheet.owned.iter().filter(|o| o.kind == l.kind && l.place.is_within(&o.place));
        above.max_by_key(|o| o.place.depth()).map(|o| (o.owner.clone(), o.reason.clone()))
    };
    let name = |p: &PlaceId| named.get(p).map(|n| n.name.clone());
    let line =
        |l: &&Balance| OverdueOwned { kind: l.kind, place: l.place.clone(), name: name(&l.place), overdue: l.overdue, owned: nearest(l) };
    Ok(late.iter().map(line).collect())
}

async fn cases(tx: &Transaction<'_>, book: BookId, day: Day, place: &PlaceId, now: Instant) -> Result<DailyCases, StoreError> {
    let counts = case_counts(tx, book, place, now).await?;
    let mut sum = DailyCases::default();
    for d in counts.days.iter().filter(|d| d.day <= day) {
        sum.total += d.community_found + d.controlled + d.unknown_channel;
        if d.community_found > 0 {
            sum.days_since_community = Some(day.0 - d.day.0);
        }
        if d.day == day {
            (sum.community_found, sum.controlled, sum.unknown_channel) = (d.community_found, d.controlled, d.unknown_channel);
            sum.asymptomatic = d.asymptomatic;
        }
    }
    Ok(sum)
}

/// The rounds that were under way between these times, counted up to the end of the day from their tallies.
async fn rounds(
    tx: &Transaction<'_>,
    book: BookId,
    day: Day,
    place: &PlaceId,
    [from, until]: [Instant; 2],
) -> Result<Vec<DailyRound>, StoreError> {
    let sql = format!(
        "SELECT r.round, r.name, t.* FROM quell.round r CROSS JOIN LATERAL (
             SELECT coalesce(sum(opened) FILTER (WHERE kind = 'sample'), 0)::bigint AS should,
                 coalesce(sum(discharged - reopened) FILTER (WHERE kind = 'sample'), 0)::bigint AS sampled,
                 coalesce(sum(waived) FILTER (WHERE kind = 'sample'), 0)::bigint AS waived,
                 coalesce(sum(superseded) FILTER (WHERE kind = 'sample'), 0)::bigint AS superseded,
                 coalesce(sum(discharged - reopened) FILTER (WHERE kind = 'result'), 0)::bigint AS resulted,
                 coalesce(sum(opened - discharged + reopened - superseded) FILTER (WHERE kind = 'result'), 0)::bigint AS pending
             FROM quell.tally
             WHERE book_id = $1 AND round = r.round AND round <> '' AND kind IN ('sample', 'result') AND day <= $3::text::date AND {}) t
         WHERE r.book_id = $1 AND r.starts < $5::text::timestamptz AND (r.closed_at IS NULL OR r.closed_at >= $4::text::timestamptz)
         ORDER BY r.starts DESC, r.round LIMIT $6",
        within("place", 2)
    );
    let params: super::Params<'_> = &[&book.0, &place.as_str(), &day.to_string(), &from.to_string(), &until.to_string(), &MAX_ROUNDS];
    let found: Vec<DailyRound> = list(tx, "rounds of a day", &sql, params).await?;
    Ok(found.into_iter().filter(|r| r.should > 0 || r.resulted + r.pending > 0).collect())
}

async fn beds(tx: &Transaction<'_>, book: BookId, place: &PlaceId, until: Instant) -> Result<Vec<DailyBeds>, StoreError> {
    let sql = format!(
        "SELECT f.kind, count(*) AS facilities, sum(f.beds)::bigint AS beds, sum(s.n)::bigint AS occupied
         FROM quell.place f CROSS JOIN LATERAL (
             SELECT count(*) AS n FROM quell.stay y WHERE y.book_id = $1 AND y.facility = f.place
                 AND y.admitted_at <= $3::text::timestamptz AND (y.left_at IS NULL OR y.left_at > $3::text::timestamptz)) s
         WHERE f.book_id = $1 AND f.kind IN ('shelter_hospital', 'designated_hospital', 'isolation_site') AND f.beds > 0 AND {} AND {}
         GROUP BY f.kind ORDER BY f.kind",
        within("f.place", 2),
        in_scope("f.place")
    );
    list(tx, "beds of a day", &sql, &[&book.0, &place.as_str(), &until.to_string()]).await
}
