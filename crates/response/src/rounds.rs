//! Screening rounds: everyone of an area, in tubes of several.
//!
//! Nobody is looked at who is not infected: who comes is counted by township, tubes that hold no infected person are negative but for a few, whose number is drawn.
//! So a round costs as much as there are infections, whatever the number of people.

use crate::ahead::TOGETHER;
use crate::events::{What, Why};
use crate::journal::Deed;
use crate::means::{CATCHMENT_PEOPLE, MORNING, Means, RECALL_HOURS, SAMPLING_HOURS, SWABS_PER_HOUR};
use crate::people::{NumberMap, Stay};
use crate::policy::{Area, Screening};
use crate::queues::{Batch, Laboratory};
use crate::responder::{Purpose, Responder};
use crate::rules::Tube;
use crate::swab;
use crate::time::{Time, hours};
use crate::turnout::Held;
use quell_epidemic::Layer;
use quell_epidemic::kernel::{Gathering, World};
use quell_epidemic::population::{Level, Population};
use std::ops::Range;

/// Townships that share samplers and laboratories.
#[derive(Debug, Clone)]
pub struct Catchment {
    /// Who lives there.
    pub people: Range<u32>,
    townships: Range<u32>,
    /// Their laboratories.
    pub lab: Laboratory,
    samplers: f64,
    /// When the next round can begin: samplers are busy before.
    next: Time,
    /// Tubes of contacts, by day.
    planned: Vec<u32>,
}

impl Catchment {
    /// All catchments, and that of each township. Means are shared out by people.
    pub fn all(population: &Population, means: &Means) -> (Vec<Self>, Vec<u32>) {
        let townships = population.homes(Level::Township);
        let (mut catchments, mut of) = (Vec::<Self>::new(), Vec::new());
        for township in 0..townships.len() {
            let people = townships.range(township);
            match catchments.last_mut() {
                Some(last) if people.end - last.people.start <= CATCHMENT_PEOPLE => {
                    last.people.end = people.end;
                    last.townships.end = township + 1;
                }
                _ => catchments.push(Self {
                    people,
                    townships: township..township + 1,
                    lab: Laboratory::new(1.0),
                    samplers: 1.0,
                    next: 0.0,
                    planned: Vec::new(),
                }),
            }
            of.push(catchments.len() as u32 - 1);
        }
        for c in &mut catchments {
            let share = f64::from(c.people.end - c.people.start) / f64::from(population.len());
            c.lab = Laboratory::new(means.tubes_per_hour * share);
            c.samplers = means.samplers * share;
        }
        (catchments, of)
    }
    /// How many live there.
    pub fn size(&self) -> f64 {
        f64::from(self.people.end - self.people.start)
    }
    /// A tube of a contact on a day.
    pub fn plan(&mut self, day: u32) {
        let day = day as usize;
        if day >= self.planned.len() {
            self.planned.resize(day + 1, 0);
        }
        self.planned[day] += 1;
    }
    /// Tubes of contacts on a day.
    pub fn planned(&self, day: u32) -> u32 {
        self.planned.get(day as usize).copied().unwrap_or(0)
    }
}

/// A round that begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    day: u32,
    /// Hours of sampling.
    hours: f64,
    /// Its tubes in the laboratories.
    pub(crate) batch: Batch,
}

impl Round {
    /// When a share of all has been sampled: only by day.
    pub(crate) fn sampled(&self, share: f64) -> Time {
        let worked = share * self.hours;
        let days = (worked / SAMPLING_HOURS).floor();
        f64::from(self.day) + days + MORNING + hours(worked - days * SAMPLING_HOURS)
    }
}

/// Who waits with whom at a station.
#[derive(Debug, Clone, Default)]
pub struct Queueing {
    today: NumberMap<u32>,
    later: Vec<(u32, u32, u32)>,
    day: u32,
}

/// People who stand near enough in a queue to meet: neighbours in the order of homes. Assumption.
const NEAR: u32 = 16;
/// How many of them one meets, and how close that is relative to other contacts: out of doors, masked, a metre apart. Assumptions; a few infections in queues were
/// reported in 2022, and no rate.
const MET: f32 = 3.0;
const CLOSE: f32 = 0.05;

impl Queueing {
    /// A new day.
    pub fn clear(&mut self) {
        self.today.clear();
        self.day += 1;
        let day = self.day;
        self.later.retain(|(on, person, first)| {
            if *on == day {
                self.today.insert(*person, *first);
            }
            *on > day
        });
    }
    fn add(&mut self, on: u32, person: u32, first: u32) {
        if on == self.day {
            self.today.insert(person, first);
        } else {
            self.later.push((on, person, first));
        }
    }
    /// The queue of an infected person.
    pub fn gathering(&self, person: u32, out: &mut Vec<Gathering>) {
        if let Some(first) = self.today.get(&person) {
            out.push(Gathering { layer: Layer::Queue, group: u64::from(*first), size: NEAR, contacts: MET, intensity: CLOSE });
        }
    }
    /// Whoever stands there.
    pub fn member(group: u64, number: u32) -> u32 {
        group as u32 + number
    }
}

/// A pool that is called positive by mistake lies so many cycles below the limit. Assumption: contamination is weak.
const FALSE_CYCLES: f32 = 1.0;

/// An infected person who comes to a round: tube (its first and last person), person, when.
type Comer = (Range<u32>, u32, Time);

impl Responder<'_> {
    /// Townships of a catchment that take part.
    fn included(&self, catchment: &Catchment, screening: &Screening, now: Time) -> Vec<u32> {
        // A round is clear when its results are there, not before.
        let waiting = hours(catchment.lab.backlog_hours(now));
        let clear = f64::from(screening.clear_rounds.unwrap_or(self.rules.clear_rounds) * screening.every_days) + 1.0 + waiting;
        let active = |last: Time| now - last < clear;
        let everywhere = self.last_community.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let townships = catchment.townships.clone();
        match screening.area {
            Area::Everywhere if active(everywhere) => townships.collect(),
            Area::Everywhere => Vec::new(),
            Area::Affected => townships.filter(|t| active(self.last_community[*t as usize])).collect(),
        }
    }

    /// Begins the rounds of a day.
    pub(crate) fn begin_rounds(&mut self, world: &World<'_>, day: u32) {
        let Some(screening) = self.policy.screening.as_ref() else { return };
        if self.cases.len() < screening.from_cases as usize || self.cases.is_empty() {
            return;
        }
        let now = f64::from(day);
        let tube = screening.pool.map_or(self.rules.tube, |k| if k == 1 { Tube::Single } else { Tube::Pooled(k) });
        let mut rounds: Vec<Option<Round>> = vec![None; self.catchments.len()];
        let mut taking_part = vec![false; self.catchment_of.len()];
        for (number, round) in rounds.iter_mut().enumerate() {
            let catchment = &self.catchments[number];
            if catchment.next > now + 0.5 {
                continue;
            }
            let townships = self.included(catchment, screening, now);
            if townships.is_empty() {
                continue;
            }
            townships.iter().for_each(|t| taking_part[*t as usize] = true);
            let begun = self.begin_round(world, day, number, &townships, screening, tube);
            self.write(begun.sampled(0.0), || Deed::RoundBegins { townships });
            *round = Some(begun);
        }
        if rounds.iter().any(Option::is_some) {
            let held = Held { day, rounds: &rounds, taking_part: &taking_part, tube, chase: screening.chase };
            self.swab_infected(world, &held);
            if self.writes() {
                self.write_round(world, &held);
            }
        }
    }

    /// Counts who comes, fills the tubes, hands them to the laboratory.
    fn begin_round(&mut self, world: &World<'_>, day: u32, number: usize, townships: &[u32], screening: &Screening, tube: Tube) -> Round {
        let people: u32 = townships.iter().map(|t| self.census.total(*t).saturating_sub(self.held[*t as usize])).sum();
        let compliance = &self.policy.compliance;
        let coming = f64::from(people) * (1.0 - compliance.evade);
        let come = coming * (1.0 - compliance.miss);
        let chased = coming * compliance.miss * screening.chase;
        let tubes = match tube {
            Tube::Single => come,
            Tube::Pooled(n) => come / f64::from(n),
            Tube::Household(_) => {
                let homes = world.population().homes(Level::Household);
                come * f64::from(homes.len()) / f64::from(world.population().len())
            }
        };
        let catchment = &mut self.catchments[number];
        let hours_of_sampling = come / (catchment.samplers * SWABS_PER_HOUR);
        let mut round = Round { day, hours: hours_of_sampling, batch: catchment.lab.batch(0.0, 1.0, 0.0) };
        let (from, to) = (round.sampled(0.0), round.sampled(1.0));
        round.batch = catchment.lab.batch(from, to - from, tubes);
        catchment.lab.book(i64::from(day), chased as u32);
        catchment.next = (f64::from(day) + f64::from(screening.every_days)).max(to.ceil());
        self.spend((come + chased).round() as u64, (tubes + chased).round() as u64);
        self.false_pools(world, day, number, tubes, &round, tube);
        round
    }
    /// A few tubes are called positive though there is nothing in them.
    fn false_pools(&mut self, world: &World<'_>, day: u32, number: usize, tubes: f64, round: &Round, tube: Tube) {
        let mut draws = Self::key(world, Purpose::FalsePool, day).with(number as u64).draws();
        let people = self.catchments[number].people.clone();
        for _ in 0..draws.poisson(tubes * swab::FALSE_POOL) {
            let person = people.start + draws.below(people.end - people.start);
            let tube = self.tube_of(world, person, tube);
            if let Some(result) = round.batch.result(draws.unit()).filter(|_| tube.len() > 1) {
                self.write_positive(tube.start, self.rules.positive_below - FALSE_CYCLES, result);
                self.put_pool(tube, result);
            }
        }
    }
    fn put_pool(&mut self, tube: Range<u32>, result: Time) {
        self.pools.push((tube.start, tube.end));
        self.agenda.put(result, What::PoolPositive { pool: self.pools.len() as u32 - 1 });
    }
    /// Who shares a tube with a person: neighbours.
    pub(crate) fn tube_of(&self, world: &World<'_>, person: u32, tube: Tube) -> Range<u32> {
        let population = world.population();
        match tube {
            Tube::Single => person..person + 1,
            Tube::Household(_) => population.around(Level::Household, person),
            Tube::Pooled(n) => {
                let community = population.around(Level::Community, person);
                let first = community.start + (person - community.start) / n * n;
                first..(first + n).min(community.end)
            }
        }
    }
    /// Whether somebody comes to the round of a day.
    pub(crate) fn comes_to_round(&self, world: &World<'_>, person: u32, day: u32) -> bool {
        let compliance = &self.policy.compliance;
        Self::trait_of(world, Purpose::Evades, person) >= compliance.evade
            && Self::key(world, Purpose::Misses, person).with(u64::from(day)).draws().unit() >= compliance.miss
    }
    /// Which share of a round's people are sampled before a tube, by its first person.
    pub(crate) fn slot(world: &World<'_>, first: u32, day: u32) -> f64 {
        Self::key(world, Purpose::Slot, first).with(u64::from(day)).draws().unit()
    }
    /// When somebody who did not come is sampled after all; none if nobody finds them.
    pub(crate) fn chased(&self, world: &World<'_>, person: u32, round: &Round, held: &Held<'_>) -> Option<Time> {
        let evades = Self::trait_of(world, Purpose::Evades, person) < self.policy.compliance.evade;
        let mut draws = Self::key(world, Purpose::Chased, person).with(u64::from(held.day)).draws();
        (!evades && draws.unit() < held.chase).then(|| round.sampled(1.0) + draws.unit())
    }
    /// Whether somebody is sampled with everyone else now, not for reasons of their own.
    pub(crate) fn in_rounds(&self, world: &World<'_>, person: u32, now: Time) -> bool {
        // Nobody who is not marked is held or lives in a zone.
        if !self.people.marked.has(person) {
            return true;
        }
        let own = self.people.get(person).is_some_and(|r| r.stay() != Stay::Free || r.exempt_until() > now);
        !own && !self.zones.is_high(world.population(), person, now)
    }

    /// The infected among those who come.
    fn swab_infected(&mut self, world: &World<'_>, held: &Held<'_>) {
        let Held { day, rounds, taking_part, tube, .. } = *held;
        let history = world.history();
        let now = f64::from(day);
        let mut comers: Vec<Comer> = Vec::new();
        let first = history.since(day.saturating_sub(world.disease().longest() + 1));
        let lately = &history.infections()[first..];
        for (index, infection) in (first as u32..).zip(lately) {
            if (index as usize - first).is_multiple_of(TOGETHER) {
                let soon = lately[index as usize - first..].iter().take(TOGETHER).map(|i| i.person);
                let latest = soon.clone().filter_map(|p| history.latest(p)).fold(0, u32::wrapping_add);
                std::hint::black_box(latest);
                self.people.fetch(soon.clone());
                self.zones.fetch(world.population(), soon.filter(|p| self.people.marked.has(*p)));
            }
            let person = infection.person;
            if history.latest(person) != Some(index) {
                continue;
            }
            let township = Self::township(world, person) as usize;
            let Some(round) = rounds[self.catchment_of[township] as usize].filter(|_| taking_part[township]) else { continue };
            if !self.in_rounds(world, person, now) {
                continue;
            }
            let tube = self.tube_of(world, person, tube);
            let time = round.sampled(Self::slot(world, tube.start, day));
            if self.comes_to_round(world, person, day) {
                let first = (person / NEAR * NEAR).min(world.population().len().saturating_sub(NEAR));
                self.queueing.add(time as u32, person, first);
                comers.push((tube, person, time));
            } else if let Some(time) = self.chased(world, person, &round, held) {
                self.agenda.put(time, What::Swab { person, why: Why::Recall });
            }
        }
        // Those of each day of infection are in this order already, which a stable sort makes use of.
        comers.sort_by_key(|(tube, person, _)| (tube.start, *person));
        for together in comers.chunk_by(|a, b| a.0 == b.0) {
            let (people, person, time) = &together[0];
            let key = |p: u32| Self::key(world, Purpose::Swab, p).with(u64::from(day));
            let taken: Vec<(f32, u8)> = together.iter().filter_map(|(_, p, t)| swab::taken(world, *p, *t, key(*p))).collect();
            let Some(ct) = swab::positive(world, self.rules, &taken, tube) else { continue };
            let township = Self::township(world, *person) as usize;
            let Some(round) = rounds[self.catchment_of[township] as usize] else { continue };
            let Some(result) = round.batch.result(Self::slot(world, people.start, day)) else { continue };
            let result = result.max(*time + hours(crate::means::RUN_HOURS));
            self.write_positive(people.start, ct, result);
            if people.len() == 1 {
                self.agenda.put(result, What::Positive { person: *person, sampled: *time as f32, why: Why::Round, held: Stay::Free });
            } else {
                self.put_pool(people.clone(), result);
            }
        }
    }

    /// The members of a positive pool stay at home and are swabbed one by one.
    pub(crate) fn recall(&mut self, world: &World<'_>, now: Time, pool: u32) {
        let (first, end) = self.pools[pool as usize];
        for person in first..end {
            if self.people.stay(person) == Stay::Free && self.people.get(person).is_none_or(|r| r.exempt_until() <= now) {
                self.enter(world, now, person, Stay::Recalled);
                self.agenda.put(now + hours(RECALL_HOURS), What::Swab { person, why: Why::Recall });
            }
        }
    }
}
