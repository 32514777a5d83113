//! How things stand, for a live summary.

use super::Life;
use quell_book::{CaseState, ContactState, DutyKind, PlaceKind, TubeState};
use quell_foundation::*;
use quell_protocol::Control;
use serde::Serialize;
use std::collections::BTreeMap;

/// Submissions and facts so far.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counted {
    pub accepted: u64,
    pub refused: u64,
    pub repeated: u64,
    pub facts: u64,
}

/// Duties of one kind since the beginning: `opened + reopened = discharged + waived + superseded + open`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DutyCount {
    /// Opened, once or again.
    pub opened: i64,
    /// Discharged.
    pub discharged: i64,
    /// Of these in time.
    pub in_time: i64,
    /// Waived.
    pub waived: i64,
    /// Superseded.
    pub superseded: i64,
    /// Not ended.
    pub open: i64,
}

/// How things stand in the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LifeSummary {
    /// The time up to which the county has lived.
    pub now: Instant,
    /// Number of the screening day; 0 is the evening before.
    pub day: i32,
    /// Days sealed, the evening before included.
    pub days_closed: u32,
    /// Submissions accepted.
    pub submissions: u64,
    /// Submissions that were rightly refused.
    pub refused: u64,
    /// Submissions sent twice.
    pub repeated: u64,
    /// Facts accepted.
    pub facts: u64,
    /// Duties by kind.
    pub duties: BTreeMap<&'static str, DutyCount>,
    /// Tubes by where they are.
    pub tubes: BTreeMap<&'static str, u64>,
    /// Cases found in the community, withdrawn ones left out.
    pub cases_community: u32,
    /// Cases found under control, withdrawn ones left out.
    pub cases_controlled: u32,
    /// Cases discharged.
    pub recovered: u32,
    /// Cases withdrawn.
    pub withdrawn: u32,
    /// Contacts under management.
    pub contacts: u32,
    /// Risk zones in force.
    pub zones: u32,
    /// Beds by kind of facility: taken, promised, all.
    pub beds: BTreeMap<&'static str, [i32; 3]>,
    /// How often each incident has happened.
    pub incidents: BTreeMap<&'static str, u32>,
    /// People who were ever infected in truth: known only to the rehearsal.
    pub truly_infected: u32,
}

impl Life {
    /// How things stand. Costs a look at every tally, tube, case and contact: for a display, not for every submission.
    pub fn summary(&self) -> LifeSummary {
        let mut duties: BTreeMap<&'static str, DutyCount> = BTreeMap::new();
        for t in self.book.tallies.values() {
            let d = duties.entry(DutyKind::as_str(t.kind)).or_default();
            d.opened += t.opened + t.reopened;
            d.discharged += t.discharged;
            d.in_time += t.in_time;
            d.waived += t.waived;
            d.superseded += t.superseded;
        }
        for d in duties.values_mut() {
            d.open = d.opened - d.discharged - d.waived - d.superseded;
        }
        let mut tubes: BTreeMap<&'static str, u64> = BTreeMap::new();
        for state in self.tubes.values() {
            *tubes.entry(TubeState::as_str(*state)).or_default() += 1;
        }
        let mut beds: BTreeMap<&'static str, [i32; 3]> = BTreeMap::new();
        for p in self.county.facilities.iter().filter_map(|f| self.book.state.places.get(&f.place)) {
            let b = beds.entry(PlaceKind::as_str(p.kind)).or_default();
            *b = [b[0] + p.occupied, b[1] + p.reserved, b[2] + p.beds];
        }
        let cases = |want: &dyn Fn(&quell_book::rows::Case) -> bool| self.book.state.cases.values().filter(|c| want(c)).count() as u32;
        LifeSummary {
            now: self.now,
            day: self.day_number(),
            days_closed: self.days_closed,
            submissions: self.counted.accepted,
            refused: self.counted.refused,
            repeated: self.counted.repeated,
            facts: self.counted.facts,
            duties,
            tubes,
            cases_community: cases(&|c| c.state != CaseState::Withdrawn && c.control == Some(Control::CommunityFound)),
            cases_controlled: cases(&|c| c.state != CaseState::Withdrawn && c.control == Some(Control::Controlled)),
            recovered: cases(&|c| c.state == CaseState::Recovered),
            withdrawn: cases(&|c| c.state == CaseState::Withdrawn),
            contacts: self.book.state.contacts.values().filter(|c| c.state == ContactState::Active).count() as u32,
            zones: self.zones.len() as u32,
            beds,
            incidents: self.incidents.happened.clone(),
            truly_infected: self.truth.count() as u32,
        }
    }
}
