//! The daily close (日清日结): conservation is checked from the rows, what is overdue has an owner and a reason,
//! and the sheet of the day is chained by hash to the day before.

use crate::act::{Act, Outcome};
use crate::fact::*;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::state::{ClosingView, Open, OpenCounts, State};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One line of the balance: a kind of duty at a place.
/// `carried_in + opened + reopened = discharged + waived + superseded + carried_out`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Balance {
    /// Kind.
    pub kind: DutyKind,
    /// Place of the tally.
    pub place: PlaceId,
    /// Open at the end of the day before.
    pub carried_in: i64,
    /// Opened on this day.
    pub opened: i64,
    /// Opened again on this day.
    pub reopened: i64,
    /// Discharged on this day.
    pub discharged: i64,
    /// Of these in time.
    pub in_time: i64,
    /// Waived.
    pub waived: i64,
    /// Superseded.
    pub superseded: i64,
    /// Open now, counted from the rows.
    pub carried_out: i64,
    /// Of these overdue.
    pub overdue: i64,
}

impl Balance {
    /// How far the line is from balancing; 0 when it does.
    pub fn difference(&self) -> i64 {
        self.carried_in + self.opened + self.reopened - self.discharged - self.waived - self.superseded - self.carried_out
    }
}

/// The sheet of a day: every line, and who owns what is overdue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DaySheet {
    /// The day.
    pub day: Day,
    /// The lines that are not all zero.
    pub lines: Vec<Balance>,
    /// Owners and reasons of what is overdue.
    pub owned: Vec<OwnedLine>,
}

/// Who owns what is overdue of a kind below a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnedLine {
    /// Kind.
    pub kind: DutyKind,
    /// Place.
    pub place: PlaceId,
    /// Owner.
    pub owner: String,
    /// Reason.
    pub reason: String,
}

/// Something that blocks the close of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockedItem {
    /// Kind.
    pub kind: DutyKind,
    /// Place.
    pub place: PlaceId,
    /// Overdue items without owner and reason.
    pub overdue_without_owner: i64,
    /// By how much the line does not balance.
    pub difference: i64,
}

/// The lines of a day, from the sheet before, the day's tallies and the open items counted from the rows.
pub fn balance(view: &ClosingView) -> Vec<Balance> {
    let mut lines: BTreeMap<(DutyKind, PlaceId), Balance> = BTreeMap::new();
    let before = view.before.as_ref().map(|d| d.sheet.lines.as_slice()).unwrap_or_default();
    for b in before.iter().filter(|b| b.carried_out != 0) {
        line(&mut lines, b.kind, &b.place).carried_in = b.carried_out;
    }
    for t in &view.tallies {
        let l = line(&mut lines, t.kind, &t.place);
        l.opened += t.opened;
        l.reopened += t.reopened;
        l.discharged += t.discharged;
        l.in_time += t.in_time;
        l.waived += t.waived;
        l.superseded += t.superseded;
    }
    for ((kind, place), open) in &view.open {
        let l = line(&mut lines, *kind, place);
        l.carried_out = open.open;
        l.overdue = open.overdue;
    }
    lines.into_values().collect()
}

fn line<'a>(lines: &'a mut BTreeMap<(DutyKind, PlaceId), Balance>, kind: DutyKind, place: &PlaceId) -> &'a mut Balance {
    lines.entry((kind, place.clone())).or_insert_with(|| Balance {
        kind,
        place: place.clone(),
        carried_in: 0,
        opened: 0,
        reopened: 0,
        discharged: 0,
        in_time: 0,
        waived: 0,
        superseded: 0,
        carried_out: 0,
        overdue: 0,
    })
}

/// The sheet of a day and what blocks its close.
pub fn sheet(day: Day, view: &ClosingView) -> (DaySheet, Vec<BlockedItem>) {
    let lines = balance(view);
    let owner = |kind: DutyKind, place: &PlaceId| view.owned.iter().any(|o| o.kind == kind && place.is_within(&o.place));
    let blocked = lines
        .iter()
        .map(|l| BlockedItem {
            kind: l.kind,
            place: l.place.clone(),
            overdue_without_owner: if l.overdue > 0 && !owner(l.kind, &l.place) { l.overdue } else { 0 },
            difference: l.difference(),
        })
        .filter(|b| b.overdue_without_owner != 0 || b.difference != 0)
        .collect();
    let mut owned: Vec<OwnedLine> = view
        .owned
        .iter()
        .map(|o| OwnedLine { kind: o.kind, place: o.place.clone(), owner: o.owner.clone(), reason: o.reason.clone() })
        .collect();
    // The sheet is hashed: its order must not depend on where the rows came from.
    owned.sort_by(|a, b| (a.kind, &a.place).cmp(&(b.kind, &b.place)));
    (DaySheet { day, lines, owned }, blocked)
}

impl DaySheet {
    /// SHA-256 of the sheet's canonical JSON.
    pub fn hash(&self) -> Hash {
        // A sheet holds only integers and text, so that its JSON cannot fail.
        Hash::of(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }
}

impl SealedDay {
    /// The hash that the chain of days needs: of the day before, the sheet and the log's head before the close.
    pub fn chain(before: Option<&SealedDay>, day: Day, sheet_hash: Hash, log_hash: Hash) -> Hash {
        let before = before.map_or(Hash([0; 32]), |d| d.day_hash);
        Hash::of_parts(&[&before.0, &day.0.to_be_bytes(), &sheet_hash.0, &log_hash.0])
    }
}

impl Act<'_> {
    pub(crate) fn overdue_owned(&mut self, f: &OverdueOwned) -> Outcome {
        if f.owner.trim().is_empty() || f.reason.trim().is_empty() {
            return Err(refuse!("owner.reason", "reason", "what stays open needs an owner and a reason", "未办事项须有责任人和原因"));
        }
        let day = self.s.open_day.unwrap_or_else(|| self.c.now.day(self.s.config.offset));
        self.s.ownerships.put(Ownership { day, kind: f.kind, place: f.place.clone(), owner: f.owner.clone(), reason: f.reason.clone() });
        Ok(())
    }

    pub(crate) fn day_closed(&mut self, f: &DayClosed) -> Outcome {
        let open_day = self.s.open_day.unwrap_or(f.day);
        if f.day != open_day {
            let d = f.day;
            return Err(refuse!(
                "close.day",
                "day",
                "{d} is not the open day; the book's open day is {open_day}",
                "{d} 不是当前未结日，当前未结日为 {open_day}"
            ));
        }
        if f.day > self.c.now.day(self.s.config.offset) {
            return Err(refuse!("close.future", "day", "the day has not begun", "该日尚未开始"));
        }
        let Some(view) = self.s.closing.clone() else {
            return Err(refuse!("close.alone", "day", "a close is handed in as a submission of its own", "日结须单独上报"));
        };
        let (sheet, blocked) = sheet(f.day, &view);
        if let Some(b) = blocked.iter().find(|b| b.difference != 0) {
            let (k, p, n) = (b.kind, &b.place, b.difference);
            let zh = k.zh();
            return Err(refuse!(
                "close.balance",
                "day",
                "the book does not balance: {k} at {p} is off by {n}; run quell verify",
                "台账不平：{p} 的{zh}相差 {n}，请运行 quell verify 核查"
            ));
        }
        if let Some(b) = blocked.first() {
            let (k, p, n, more) = (b.kind, &b.place, b.overdue_without_owner, blocked.len() - 1);
            let zh = k.zh();
            return Err(refuse!(
                "close.owner",
                "day",
                "{n} overdue {k} at {p} (and {more} more lines) have no owner and reason; give them one",
                "{p} 有 {n} 项逾期{zh}（另有 {more} 类）没有责任人和原因，请先落实"
            ));
        }
        let sheet_hash = sheet.hash();
        let day_hash = SealedDay::chain(view.before.as_ref(), f.day, sheet_hash, view.log_hash);
        self.s.sealed_days.put(SealedDay {
            day: f.day,
            seq: self.c.seq,
            closed_at: self.c.now,
            decider: f.decider.clone(),
            sheet,
            sheet_hash,
            day_hash,
        });
        self.s.open_day = Some(f.day.plus(1));
        Ok(())
    }
}

impl State {
    /// What a close needs, counted from whole tables (the store counts the same in SQL).
    pub fn closing_view(&self, now: Instant, tallies: Vec<Tally>, before: Option<SealedDay>, log_hash: Hash) -> ClosingView {
        let day = self.open_day;
        let owned = self.ownerships.iter().filter(|o| Some(o.day) == day).cloned().collect();
        ClosingView { open: self.count_open(now), tallies, before, owned, log_hash }
    }

    /// Open items by kind and place, from the rows: rosters, tubes on their way, and duties. Whole tables only.
    pub fn count_open(&self, now: Instant) -> OpenCounts {
        let mut counts = OpenCounts::new();
        let mut add = |kind: DutyKind, place: &PlaceId, due: Option<Instant>, n: i64| {
            if n > 0 {
                let c: &mut Open = counts.entry((kind, place.clone())).or_default();
                c.open += n;
                c.overdue += if due.is_some_and(|d| d < now) { n } else { 0 };
            }
        };
        let sampled: BTreeSet<(&RoundId, PersonId)> =
            self.registrations.values().filter(|r| r.counts).filter_map(|r| r.round.as_ref().map(|x| (x, r.person_id))).collect();
        for r in self.roster.values().filter(|r| r.waived.is_none() && !r.missed && !sampled.contains(&(&r.round, r.person_id))) {
            add(DutyKind::Sample, &r.place, self.rounds.get(&r.round).map(|x| x.due), 1);
        }
        for t in self.tubes.values() {
            match t.state {
                TubeState::Open => add(DutyKind::Seal, &t.place, t.seal_due, i64::from(t.seal_due.is_some())),
                TubeState::Sealed | TubeState::InTransit => {
                    add(DutyKind::Deliver, &t.place, t.deliver_due, i64::from(t.deliver_due.is_some()))
                }
                TubeState::Received => add(DutyKind::Test, &t.place, t.test_due, i64::from(t.test_due.is_some())),
                _ => {}
            }
            if matches!(t.state, TubeState::Open | TubeState::Sealed | TubeState::InTransit | TubeState::Received) {
                // Nobody waits for a result longer than the tube itself may take.
                add(DutyKind::Result, &t.place, t.test_due.or(t.deliver_due).or(t.seal_due), i64::from(t.members));
            }
        }
        for d in self.duties.values().filter(|d| d.state == DutyState::Open) {
            add(d.kind, &d.place, Some(d.due), 1);
        }
        counts
    }
}
