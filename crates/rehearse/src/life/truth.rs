//! Who is really infected, which nobody in the county knows: a small outbreak that spreads from day to day, and how much virus a
//! swab would hold. Deliberately simple; the numbers are assumptions of a plausible size for Omicron, not estimates, unless a source
//! is named beside them.

use super::{Life, clock, lot};
use crate::county::County;
use quell_book::Standing;
use quell_foundation::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// Days from infection until a swab can show anything. Protocol facts: latent period 3.1 d (BA.1.1, Hangzhou); a PCR shows it a little before.
const SILENT_DAYS: f64 = 1.5;
/// Days from infection to the most virus.
const PEAK_DAYS: f64 = 4.0;
/// Days from infection until nothing is found any more: shortest, longest.
const CLEAR_DAYS: (f64, f64) = (11.0, 15.0);
/// Ct at the peak: mean and standard deviation.
const PEAK_CT: (f64, f64) = (22.0, 2.5);
/// Ct at which a target is no longer amplified.
const LIMIT_CT: f64 = 40.0;
/// A person infects others while the Ct is below this.
const INFECTIOUS_BELOW_CT: f64 = 31.0;
/// Incubation: log-normal, BA.5.1.3, Sanya (protocol `epidemiology.incubation`).
const INCUBATION: (f64, f64) = (0.928, 0.456);
/// Share of the infected who fall ill enough to notice. Chongqing reported 2 to 4 % as confirmed, most of the rest by definition; assumption.
const SYMPTOMATIC: f64 = 0.3;
/// Of these, the share with more than a mild illness.
const MODERATE: f64 = 0.05;
/// Chance a day to infect each member of the household.
const TO_HOUSEHOLD: f64 = 0.25;
/// Chance a day to infect each of the nearest neighbours of the unit.
const TO_NEIGHBOUR: f64 = 0.01;
/// How many neighbours come near.
const NEIGHBOURS: usize = 20;
/// Chance a day to infect someone of the community, tried twice.
const TO_COMMUNITY: f64 = 0.25;
/// What is left of the last two inside a risk zone, where people stay in.
const INSIDE_ZONE: f64 = 0.1;
/// Chance of each other member of such a household to be infected before the first day.
const HOUSEHOLD_BEFORE: f64 = 0.6;
/// Others of the community infected before the first day, for each such household.
const COMMUNITY_BEFORE: u32 = 2;
/// Residents for each household into which infection was brought from outside, at least one and at most three households.
const PEOPLE_PER_IMPORT: u32 = 20_000;

/// One infection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Infection {
    at: Instant,
    peak_ct: f64,
    clear_days: f64,
    /// When the person notices, if ever.
    onset: Option<Instant>,
    moderate: bool,
}

impl Infection {
    fn days(&self, now: Instant) -> f64 {
        now.since(self.at).seconds() as f64 / 86_400.0
    }
    /// The Ct that a single swab would give; `None` where nothing is amplified. Straight lines in Ct (that is, exponential growth and
    /// decay of the virus) from the limit to the peak and back.
    pub(super) fn ct(&self, now: Instant) -> Option<f64> {
        let d = self.days(now);
        let from_peak =
            if d < PEAK_DAYS { (PEAK_DAYS - d) / (PEAK_DAYS - SILENT_DAYS) } else { (d - PEAK_DAYS) / (self.clear_days - PEAK_DAYS) };
        let ct = self.peak_ct + (LIMIT_CT - self.peak_ct) * from_peak;
        (d >= SILENT_DAYS && ct < LIMIT_CT).then_some(ct)
    }
    pub(super) fn onset_by(&self, now: Instant) -> Option<Instant> {
        self.onset.filter(|o| *o <= now)
    }
    pub(super) fn is_moderate(&self) -> bool {
        self.moderate
    }
}

/// All infections.
pub(super) struct Truth {
    stream: Stream,
    infections: BTreeMap<PersonId, Infection>,
    /// Who has not yet thought of going to the clinic: when they would.
    pub(super) to_clinic: BTreeMap<(Instant, PersonId), ()>,
}

impl Truth {
    /// Infection brought into a few households some days before the first day. The first of the infected falls ill in the first night.
    pub(super) fn new(seed: u64, county: &County, first_day: Day) -> Self {
        let mut t = Truth { stream: Stream::named(seed, "life truth"), infections: BTreeMap::new(), to_clinic: BTreeMap::new() };
        let people = county.residents.len();
        let imports = (people as u32 / PEOPLE_PER_IMPORT).clamp(1, 3);
        for n in 0..imports {
            // Someone who does not live alone, as far as a few tries find them.
            let first = (0..50).map(|_| t.stream.below(people as u64) as usize).find(|i| household(county, *i).len() > 1).unwrap_or(0);
            let brought = clock(first_day, 5 * 60).plus(Span::hours(-96 + t.stream.between(0, 12)));
            t.infect(county, first, brought);
            if n == 0 {
                t.falls_ill(county.residents.get(first).map(|r| r.id), clock(first_day, 4 * 60));
            }
            for i in household(county, first) {
                if i != first && t.stream.chance(HOUSEHOLD_BEFORE) {
                    let later = brought.plus(Span::hours(t.stream.between(24, 72)));
                    t.infect(county, i, later);
                }
            }
            let community = around(county, first, super::COMMUNITY);
            for _ in 0..COMMUNITY_BEFORE {
                let other = community.start + t.stream.below(community.len() as u64) as usize;
                let later = brought.plus(Span::hours(t.stream.between(24, 72)));
                t.infect(county, other, later);
            }
        }
        t
    }

    fn falls_ill(&mut self, person: Option<PersonId>, at: Instant) {
        if let Some(id) = person
            && let Some(i) = self.infections.get_mut(&id)
        {
            i.onset = Some(at);
            self.to_clinic.retain(|(_, p), ()| *p != id);
            self.to_clinic.insert((at, id), ());
        }
    }

    /// The infection of a person.
    pub(super) fn of(&self, person: PersonId) -> Option<&Infection> {
        self.infections.get(&person)
    }

    /// True if the person was ever infected.
    pub(super) fn is_infected(&self, person: PersonId) -> bool {
        self.infections.contains_key(&person)
    }

    /// How many were ever infected.
    pub(super) fn count(&self) -> usize {
        self.infections.len()
    }

    fn infect(&mut self, county: &County, resident: usize, at: Instant) {
        let Some(r) = county.residents.get(resident) else { return };
        // Always the same number of draws.
        let peak_ct = (PEAK_CT.0 + PEAK_CT.1 * self.stream.normal()).clamp(15.0, 32.0);
        let clear_days = CLEAR_DAYS.0 + (CLEAR_DAYS.1 - CLEAR_DAYS.0) * self.stream.unit();
        let incubation = (INCUBATION.0 + INCUBATION.1 * self.stream.normal()).exp();
        let (ill, moderate) = (self.stream.chance(SYMPTOMATIC), self.stream.chance(MODERATE));
        let onset = ill.then(|| at.plus(Span((incubation * 86_400.0) as i64)));
        if self.infections.contains_key(&r.id) {
            return;
        }
        self.infections.insert(r.id, Infection { at, peak_ct, clear_days, onset, moderate: ill && moderate });
        if let Some(onset) = onset {
            self.to_clinic.insert((onset, r.id), ());
        }
    }
}

/// Residents who share the home of this one up to a depth of the tree: they stand side by side.
pub(super) fn around(county: &County, resident: usize, depth: usize) -> Range<usize> {
    let Some(home) = county.residents.get(resident).map(|r| r.home.at_depth(depth)) else { return 0..0 };
    let same = |i: &usize| county.residents.get(*i).is_some_and(|r| r.home.is_within(&home));
    let start = (0..resident).rev().take_while(same).last().unwrap_or(resident);
    let end = (resident..county.residents.len()).take_while(same).last().unwrap_or(resident);
    start..end + 1
}

/// Residents of the same household.
pub(super) fn household(county: &County, resident: usize) -> Range<usize> {
    around(county, resident, 8)
}

/// The nearest neighbours of the unit: residents around the household, at most `most` of them.
pub(super) fn neighbours(county: &County, resident: usize, most: usize) -> Vec<usize> {
    let (home, unit) = (household(county, resident), around(county, resident, 7));
    let mut near: Vec<usize> = unit.filter(|i| !home.contains(i)).collect();
    near.sort_by_key(|i| (i.abs_diff(resident), *i));
    near.truncate(most);
    near
}

impl Life {
    /// The position of a resident in the county; `None` for someone who is not a resident (a walk-in).
    pub(super) fn resident(&self, person: PersonId) -> Option<usize> {
        self.county.residents.binary_search_by_key(&person, |r| r.id).ok()
    }

    /// Once a day at 04:00 the infectious infect others.
    pub(super) fn truth_moves_on(&mut self) {
        if self.minute() != 4 * 60 || self.day_number() < 1 {
            return;
        }
        let now = self.now;
        let infectious: Vec<PersonId> =
            self.truth.infections.iter().filter(|(_, i)| i.ct(now).is_some_and(|ct| ct < INFECTIOUS_BELOW_CT)).map(|(id, _)| *id).collect();
        for id in infectious {
            self.spread(id);
        }
    }

    fn spread(&mut self, source: PersonId) {
        let (Some(me), Some(person)) = (self.resident(source), self.book.state.persons.get(&source)) else { return };
        let (at_home, free) = match person.standing {
            Standing::AtHome => (true, true),
            Standing::Infected | Standing::HomeIsolation => (true, false),
            _ => (false, false),
        };
        let outside = if self.zone_over(&person.home).is_some() { INSIDE_ZONE } else { 1.0 };
        let (county, truth, now) = (&self.county, &mut self.truth, self.now);
        let mut struck = Vec::new();
        if at_home {
            struck.extend(household(county, me).filter(|i| *i != me && truth.stream.chance(TO_HOUSEHOLD)));
        }
        if free {
            struck.extend(neighbours(county, me, NEIGHBOURS).into_iter().filter(|_| truth.stream.chance(TO_NEIGHBOUR * outside)));
            let community = around(county, me, super::COMMUNITY);
            for _ in 0..2 {
                let other = community.start + truth.stream.below(community.len() as u64) as usize;
                if truth.stream.chance(TO_COMMUNITY * outside) && other != me {
                    struck.push(other);
                }
            }
        }
        for i in struck {
            let away = county
                .residents
                .get(i)
                .and_then(|r| self.book.state.persons.get(&r.id))
                .is_none_or(|p| matches!(p.standing, Standing::Absent | Standing::Inpatient | Standing::Isolated | Standing::Dead));
            if !away {
                truth.infect(county, i, now);
            }
        }
    }

    /// The least Ct of the people in a tube when it was filled. Ten swabs share twice the liquid of one: one cycle more.
    pub(super) fn true_ct(&self, persons: &[PersonId], at: Instant) -> Option<f64> {
        let cts = persons.iter().filter_map(|p| self.truth.of(*p)?.ct(at));
        let least = cts.min_by(f64::total_cmp)?;
        let ct = if persons.len() > 1 { least + 1.0 } else { least };
        (ct < LIMIT_CT).then_some(ct)
    }

    /// Who goes to the fever clinic by now: half of those who fall ill, from half past six of the next morning on.
    pub(super) fn clinic_visits(&mut self) -> Vec<PersonId> {
        let now = self.now;
        let due: Vec<(Instant, PersonId)> = self.truth.to_clinic.keys().take_while(|(onset, _)| *onset <= now).copied().collect();
        due.iter().for_each(|key| {
            self.truth.to_clinic.remove(key);
        });
        let first = self.plan.first_day;
        let goes = |(onset, p): &(Instant, PersonId)| onset.day(UtcOffset::CHINA) == first || lot("clinic", p.0.as_bytes()) < 0.5;
        due.into_iter().filter(goes).map(|(_, p)| p).collect()
    }
}
