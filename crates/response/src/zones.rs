//! Risk zones: drawn around a case, tested, lifted; and temporary control of the compound.

use crate::events::{What, Why};
use crate::journal::{Deed, Swab};
use crate::ledger::ZONE;
use crate::people::{NumberMap, Stay, Whereabouts};
use crate::responder::{Purpose, Responder};
use crate::rules::{Rules, Tube};
use crate::swab;
use crate::time::Time;
use quell_epidemic::kernel::World;
use quell_epidemic::population::{Level, Population};
use quell_protocol::UnitArea;
use std::ops::Range;

/// One zone.
#[derive(Debug, Clone, PartialEq)]
struct Zone {
    people: Range<u32>,
    /// The household of the first of them.
    home: u32,
    from: Time,
    /// When it was lowered: people may move within it.
    lowered: Time,
    /// When it was lifted.
    until: Time,
    /// Counts what was planned anew.
    serial: u16,
    /// The day on which everyone was tested last.
    tested: Option<u32>,
}

/// All zones.
#[derive(Debug)]
pub struct Zones {
    level: Level,
    zones: Vec<Zone>,
    /// The latest zone of each place of the level.
    latest: NumberMap<u32>,
    /// Temporary control, by compound.
    control: NumberMap<(Time, Time)>,
    people: u64,
}

const NOT_YET: Time = f64::INFINITY;

impl Zones {
    /// None yet.
    pub fn new(rules: &Rules) -> Self {
        let level = rules.high.as_ref().map_or(Level::Building, |z| match z.area {
            UnitArea::Household => Level::Household,
            UnitArea::Unit => Level::Unit,
            UnitArea::Building => Level::Building,
            UnitArea::Compound => Level::Compound,
        });
        Self { level, zones: Vec::new(), latest: NumberMap::default(), control: NumberMap::default(), people: 0 }
    }
    fn zone(&self, population: &Population, person: u32) -> Option<&Zone> {
        if self.latest.is_empty() {
            return None;
        }
        let place = population.homes(self.level).find(person);
        self.latest.get(&place).map(|n| &self.zones[*n as usize])
    }
    /// Reads the zones of these people, no look waiting for another, so that they are near when their turn comes.
    pub(crate) fn fetch(&self, population: &Population, people: impl Iterator<Item = u32>) {
        let lowered = people.filter_map(|p| self.zone(population, p)).fold(0, |sum: u32, z| sum.wrapping_add(u32::from(z.serial)));
        std::hint::black_box(lowered);
    }
    fn controlled(&self, population: &Population, person: u32) -> Option<(Time, Time)> {
        if self.control.is_empty() {
            return None;
        }
        self.control.get(&population.homes(Level::Compound).find(person)).copied()
    }
    /// Since when a person has lived in a zone that stands at a time; none outside.
    pub(crate) fn since(&self, population: &Population, person: u32, time: Time) -> Option<Time> {
        let zone = self.zone(population, person).filter(|z| z.from <= time && time < z.until).map(|z| z.from);
        let control = self.controlled(population, person).filter(|c| c.0 <= time && time < c.1).map(|c| c.0);
        match (zone, control) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
    /// Whether a person lives in a high-risk zone at a time.
    pub(crate) fn is_high(&self, population: &Population, person: u32, time: Time) -> bool {
        self.zone(population, person).is_some_and(|z| z.from <= time && time < z.lowered.min(z.until))
    }
    /// Where the zone keeps a person at a time.
    #[inline]
    pub(crate) fn whereabouts(&self, population: &Population, person: u32, time: Time) -> Whereabouts {
        let controlled = self.controlled(population, person).is_some_and(|c| c.0 <= time && time < c.1);
        match self.zone(population, person) {
            _ if controlled => Whereabouts::AtHome,
            Some(z) if z.from <= time && time < z.lowered.min(z.until) => Whereabouts::AtHome,
            Some(z) if z.lowered <= time && time < z.until => Whereabouts::InZone,
            _ => Whereabouts::Free,
        }
    }
    /// How many live in zones now.
    pub fn people(&self) -> u64 {
        self.people
    }
}

impl Responder<'_> {
    /// The zone of a case, where the protocol has zones: a new one, or the one that stands begins anew.
    pub(crate) fn draw_zone(&mut self, world: &World<'_>, now: Time, case: u32) {
        let rules = self.rules;
        let Some(rule) = rules.high.as_ref().filter(|_| self.policy.zones.drawn) else { return };
        let person = self.cases[case as usize].person;
        let homes = world.population().homes(self.zones.level);
        let place = homes.find(person);
        let standing = self.zones.latest.get(&place).copied().filter(|n| self.zones.zones[*n as usize].until > now);
        let number = match standing {
            Some(number) => {
                let zone = &mut self.zones.zones[number as usize];
                zone.serial += 1;
                let lowered = std::mem::replace(&mut zone.lowered, NOT_YET) != NOT_YET;
                let people = zone.people.clone();
                if lowered {
                    self.write(now, || Deed::ZoneDrawn { people });
                }
                number
            }
            None => {
                let people = homes.range(place);
                people.clone().for_each(|p| self.people.marked.mark(p));
                self.write(now, || Deed::ZoneDrawn { people: people.clone() });
                self.zones.people += people.len() as u64;
                self.held[Self::township(world, person) as usize] += people.len() as u32;
                let home = world.population().homes(Level::Household).find(people.start);
                self.zones.zones.push(Zone { people, home, from: now, lowered: NOT_YET, until: NOT_YET, serial: 0, tested: None });
                self.zones.latest.insert(place, self.zones.zones.len() as u32 - 1);
                self.zones.zones.len() as u32 - 1
            }
        };
        let serial = self.zones.zones[number as usize].serial;
        for day in &rule.tests {
            self.agenda.put(((now + day).floor() + 0.4).max(now), What::ZoneTest { zone: number, serial });
        }
        self.agenda.put(now + rule.clear, What::ZoneReview { zone: number, serial });
    }

    /// Everyone of a zone who is at home is swabbed: once a day, however many cases are found in it.
    pub(crate) fn test_zone(&mut self, world: &World<'_>, now: Time, number: u32, serial: u16) {
        let zone = &self.zones.zones[number as usize];
        let Some(rule) = self.rules.high.as_ref().filter(|_| zone.serial == serial && zone.until > now && now >= zone.from) else { return };
        let today = Some(now as u32);
        if zone.tested == today {
            return;
        }
        let (mut at, end, mut home, tube) = (zone.people.start, zone.people.end, zone.home, rule.tube);
        self.zones.zones[number as usize].tested = today;
        let population = world.population();
        let catchment = self.catchment_of[Self::township(world, at) as usize] as usize;
        let homes = population.homes(Level::Household);
        while at < end {
            let next = match tube {
                Tube::Single => at + 1,
                Tube::Household(most) => {
                    home += u32::from(homes.range(home).end <= at);
                    homes.range(home).end.min(at + most)
                }
                Tube::Pooled(most) => at + most,
            };
            self.fill_tube(world, now, at..next.min(end), tube, catchment);
            at = next;
        }
    }
    /// One tube of people who are at home now, to the laboratories of a catchment.
    fn fill_tube(&mut self, world: &World<'_>, now: Time, people: Range<u32>, tube: Tube, catchment: usize) {
        let is_here = |p: &u32| self.people.is_at_large(*p);
        let (mut here, mut someone, mut infected) = (0, people.start, false);
        for person in people.clone().filter(is_here) {
            (here, someone) = (here + 1, person);
            infected |= world.history().was_infected(person);
        }
        if here == 0 {
            return;
        }
        let key = |p: u32| Self::key(world, Purpose::Swab, p).with(now.to_bits());
        // Nearly all tubes hold nobody who was ever infected.
        let ct = if infected {
            let taken: Vec<(f32, u8)> = people.clone().filter(is_here).filter_map(|p| swab::taken(world, p, now, key(p))).collect();
            swab::positive(world, self.rules, &taken, tube)
        } else {
            None
        };
        let who: Vec<u32> = if self.writes() { people.clone().filter(is_here).collect() } else { Vec::new() };
        self.spend(here, 1);
        let result = self.catchments[catchment].lab.single(now);
        self.write(now, || Deed::Tube { people: who, swab: Swab::Zone, result, ct });
        let Some(result) = result.filter(|_| ct.is_some()) else { return };
        if here == 1 {
            let held = self.people.stay(someone);
            self.agenda.put(result, What::Positive { person: someone, sampled: now as f32, why: Why::Zone, held });
        } else {
            self.pools.push((people.start, people.end));
            self.agenda.put(result, What::PoolPositive { pool: self.pools.len() as u32 - 1 });
        }
    }
    /// Long enough without a new infection: lowered, then lifted.
    pub(crate) fn review_zone(&mut self, world: &World<'_>, now: Time, number: u32, serial: u16) {
        let Some(rule) = self.rules.high.as_ref() else { return };
        let zone = &mut self.zones.zones[number as usize];
        if zone.serial != serial || zone.until <= now {
            return;
        }
        if zone.lowered == NOT_YET && rule.then > 0.0 {
            zone.lowered = now;
            let people = zone.people.clone();
            self.write(now, || Deed::ZoneLowered { people });
            self.agenda.put(now + rule.then, What::ZoneReview { zone: number, serial });
            return;
        }
        self.book_zone(world, number, now);
        let zone = &mut self.zones.zones[number as usize];
        zone.until = now;
        let people = zone.people.clone();
        self.write(now, || Deed::ZoneLifted { people: people.clone() });
        self.zones.people -= people.len() as u64;
        let held = &mut self.held[Self::township(world, people.start) as usize];
        *held = held.saturating_sub(people.len() as u32);
    }
    /// Books the days in a zone of those who are not held for reasons of their own.
    fn book_zone(&mut self, world: &World<'_>, number: u32, now: Time) {
        let (people, from) =
            (self.zones.zones[number as usize].people.clone(), self.zones.zones[number as usize].from.max(f64::from(self.today_is)));
        let township = Self::township(world, people.start);
        self.people.fetch(people.clone());
        for person in people {
            let (stay, since) = self.people.get(person).map_or((Stay::Free, 0.0), |r| (r.stay(), r.since()));
            if !stay.restricts() && stay != Stay::Dead {
                self.ledger.hold(ZONE, township, world.population().person(person), now - from.max(since));
            }
        }
    }
    /// Books all zones that stand.
    pub(crate) fn book_zones(&mut self, world: &World<'_>, now: Time) {
        let standing: Vec<u32> = (0..).zip(&self.zones.zones).filter(|(_, z)| z.until > now).map(|(n, _)| n).collect();
        standing.into_iter().for_each(|n| self.book_zone(world, n, now));
        let controlled: Vec<u32> = self.zones.control.iter().filter(|(_, c)| c.1 > now).map(|(compound, _)| *compound).collect();
        controlled.into_iter().for_each(|c| self.book_control(world, c, now));
    }

    /// Temporary control of the compound of a new case, if the policy wants it.
    pub(crate) fn control(&mut self, world: &World<'_>, now: Time, person: u32) {
        let Some(length) = self.rules.temporary.filter(|_| self.policy.zones.temporary_control) else { return };
        let compounds = world.population().homes(Level::Compound);
        let compound = compounds.find(person);
        let standing = self.zones.control.get(&compound).is_some_and(|c| c.1 > now);
        if !standing {
            compounds.range(compound).for_each(|p| self.people.marked.mark(p));
            self.zones.control.insert(compound, (now, now + length));
            self.write(now, || Deed::Controlled { people: compounds.range(compound) });
            self.agenda.put(now + length, What::ControlOver { compound });
        }
    }
    pub(crate) fn lift_control(&mut self, world: &World<'_>, now: Time, compound: u32) {
        self.write(now, || Deed::ControlOver { people: world.population().homes(Level::Compound).range(compound) });
        self.book_control(world, compound, now);
    }
    fn book_control(&mut self, world: &World<'_>, compound: u32, now: Time) {
        let Some((from, until)) = self.zones.control.get(&compound).copied() else { return };
        let population = world.population();
        let people = population.homes(Level::Compound).range(compound);
        let township = Self::township(world, people.start);
        for person in people {
            let (stay, since) = self.people.get(person).map_or((Stay::Free, 0.0), |r| (r.stay(), r.since()));
            // Whoever lives in a zone is booked there.
            let zone = self.zones.zone(population, person).filter(|z| z.until > from).map_or(until.min(now), |z| z.from);
            if !stay.restricts() && stay != Stay::Dead {
                self.ledger.hold(ZONE, township, population.person(person), zone.min(until).min(now) - from.max(since));
            }
        }
    }
}
