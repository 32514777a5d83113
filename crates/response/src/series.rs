//! The days of a run.

use crate::events::Why;
use crate::people::STAYS;
use serde::Serialize;

/// How an infection was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// At a clinic or in a hospital.
    Symptoms,
    /// As a contact.
    Contact,
    /// In a round, or by the recall of its pools.
    Screening,
    /// In a zone's tests.
    Zone,
}

impl Found {
    /// By the reason of the swab.
    pub fn of(why: Why) -> Self {
        match why {
            Why::Symptoms => Self::Symptoms,
            Why::Contact => Self::Contact,
            Why::Round | Why::Recall | Why::Occupation => Self::Screening,
            Why::Zone => Self::Zone,
        }
    }
}

/// Cases found on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FoundCases {
    /// At clinics and in hospitals.
    pub symptoms: u64,
    /// As contacts.
    pub contacts: u64,
    /// In rounds, and by regular tests of occupations.
    pub screening: u64,
    /// In zones.
    pub zones: u64,
    /// Of all, those found in the community by the protocol's definition (社会面).
    pub community: u64,
}

impl FoundCases {
    /// One more.
    pub fn add(&mut self, how: Found, community: bool) {
        *match how {
            Found::Symptoms => &mut self.symptoms,
            Found::Contact => &mut self.contacts,
            Found::Screening => &mut self.screening,
            Found::Zone => &mut self.zones,
        } += 1;
        self.community += u64::from(community);
    }
    /// All.
    pub fn all(&self) -> u64 {
        self.symptoms + self.contacts + self.screening + self.zones
    }
}

/// One day.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Day {
    /// Which, from 0.
    pub day: u32,
    /// Infections on it, known or not.
    pub infections: u64,
    /// Cases found on it.
    pub found: FoundCases,
    /// How many were in each stay at its end, in the order of [`crate::people::Stay`].
    pub stays: [i64; STAYS],
    /// How many lived in risk zones at its end.
    pub in_zones: u64,
    /// Cases at home that should have been in a bed, at its end.
    pub waiting_for_bed: u64,
    /// People swabbed.
    pub tests: u64,
    /// Tubes.
    pub tubes: u64,
    /// Tubes that were thrown away on it, having waited too long in a laboratory.
    pub tubes_spoilt: f64,
    /// Contacts told.
    pub contacts: u64,
    /// Became severe.
    pub severe: u64,
    /// Died.
    pub deaths: u64,
    /// Hours until the next case is investigated, at its end.
    pub investigation_hours: f64,
    /// Hours that single or pooled tubes wait, whichever is longer, in the most loaded laboratory, at its end.
    pub laboratory_hours: f64,
}

/// A single quiet day at the end of a run is no end of an outbreak: zero lasts if it lasts three days, as many as the stricter definitions of cities asked for in
/// 2022 (protocol facts: alternatives of `social_zero_days`), or the protocol's number if that is more.
pub const LASTING: usize = 3;

/// All days.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series(Vec<Day>);

impl Series {
    /// One more day.
    pub fn push(&mut self, day: Day) {
        self.0.push(day);
    }
    /// The days.
    pub fn days(&self) -> &[Day] {
        &self.0
    }
    /// The latest day.
    pub fn last_mut(&mut self) -> Option<&mut Day> {
        self.0.last_mut()
    }
    /// Only the days from one on, which becomes day 0.
    pub fn from(self, first: u32) -> Self {
        let days = self.0.into_iter().filter(|d| d.day >= first).map(|d| Day { day: d.day - first, ..d });
        Self(days.collect())
    }
    /// Cases found so far.
    pub fn found(&self) -> u64 {
        self.0.iter().map(|d| d.found.all()).sum()
    }
    /// Community-found cases of the latest days.
    pub fn community(&self, latest: usize) -> u64 {
        self.0.iter().rev().take(latest).map(|d| d.found.community).sum()
    }
    /// The first day from which on `zero_days` days in a row have no community-found case, after the first case was found (or from the first day, if cases are
    /// `known` already); and the first of such days after which none is found to the end, if that is [`LASTING`] days at least. None where there is no such day.
    pub fn zero(&self, zero_days: u32, known: bool) -> (Option<u32>, Option<u32>) {
        let Some(first) = self.0.iter().position(|d| known || d.found.all() > 0) else { return (None, None) };
        let n = zero_days.max(1) as usize;
        let clear = |d: &Day| d.found.community == 0;
        let reached = (first..self.0.len()).find(|k| self.0.len() - k >= n && self.0[*k..*k + n].iter().all(clear));
        let last = self.0.iter().rposition(|d| !clear(d)).map_or(first, |k| (k + 1).max(first));
        let lasting = (self.0.len() - last >= n.max(LASTING)).then_some(last);
        (reached.map(|k| self.0[k].day), lasting.map(|k| self.0[k].day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(community: &[u64]) -> Series {
        let day = |(k, n): (usize, &u64)| {
            let mut d = Day { day: k as u32, ..Day::default() };
            d.found.symptoms = *n;
            d.found.community = *n;
            d
        };
        Series(community.iter().enumerate().map(day).collect())
    }

    #[test]
    fn zero_is_reached_after_the_first_case() {
        assert_eq!(series(&[0, 0, 2, 0, 1, 0, 0, 0]).zero(1, false), (Some(3), Some(5)));
        assert_eq!(series(&[0, 0, 2, 0, 1, 0, 0, 0]).zero(3, false), (Some(5), Some(5)));
        assert_eq!(series(&[0, 0, 2, 0, 1, 0, 0]).zero(3, false), (None, None));
        assert_eq!(series(&[0, 0, 0]).zero(1, false), (None, None), "nothing was found");
        assert_eq!(series(&[0, 1, 0]).zero(1, true), (Some(0), None), "one quiet day is not the end");
        assert_eq!(series(&[0, 1, 0, 0, 0]).zero(1, true), (Some(0), Some(2)), "cases were known before");
    }
}
