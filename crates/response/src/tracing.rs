//! Investigation: whom a case met, as far as it is known, and what contacts are told.

use crate::events::{What, Why};
use crate::journal::Deed;
use crate::people::{Quarantine, Record, Stay};
use crate::policy::Recall;
use crate::responder::{Purpose, Responder};
use crate::rules::Schedule;
use crate::time::Time;
use quell_epidemic::kernel::{Infection, NOBODY, World};
use quell_epidemic::population::{Level, Population};
use quell_epidemic::{
    Layer,
    random::{Draws, Key},
};
use std::ops::Range;

/// Who infected whom, forward: for each infection the first of those it caused, and for each the next of the same infector.
#[derive(Debug, Clone, Default)]
pub struct Chains {
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Chains {
    /// The next infection, and the one that caused it.
    pub fn add(&mut self, infection: u32, infector: u32) {
        debug_assert_eq!(infection as usize, self.first.len(), "in the order of the history");
        self.first.push(NOBODY);
        let next = self.first.get_mut(infector as usize).map_or(NOBODY, |first| std::mem::replace(first, infection));
        self.next.push(next);
    }
    /// Those that an infection caused, the latest first.
    pub fn caused_by(&self, infection: u32) -> impl Iterator<Item = u32> + '_ {
        let link = |n: u32| (n != NOBODY).then_some(n);
        std::iter::successors(link(self.first[infection as usize]), move |n| link(self.next[*n as usize]))
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        (self.first.capacity() + self.next.capacity()) * size_of::<u32>()
    }
}

/// The time of day at which contacts are swabbed: ten o'clock. Assumption.
const ROUND_OF_SWABS: f64 = 10.0 / 24.0;

/// The end of the last of so many days after a time's day: as the book counts them.
pub(crate) fn day_end(from: Time, days: Time) -> Time {
    from.floor() + days + 1.0
}

impl Schedule {
    /// The end of the schedule of an exposure.
    fn end(&self, exposed: Time) -> Time {
        day_end(exposed, self.central + self.home)
    }
    /// When the tests of a schedule that ends then are taken.
    fn tests(&self, until: Time) -> impl Iterator<Item = Time> + '_ {
        let day = until - 1.0 - self.central - self.home;
        self.tests.iter().map(move |d| day + d + ROUND_OF_SWABS)
    }
}

fn recall(recall: &Recall, layer: Layer) -> f64 {
    match layer {
        Layer::Household => recall.household,
        Layer::Unit => recall.unit,
        Layer::School => recall.school,
        Layer::Work => recall.work,
        Layer::Care => recall.care,
        Layer::Market => recall.market,
        Layer::Travel => recall.travel,
        Layer::Vehicle => recall.vehicle,
        Layer::Queue => recall.queue,
    }
}

/// Room for the contacts that most cases have at most.
const MANY: usize = 64;

/// What a case knows of others.
#[derive(Debug, Clone, Copy)]
struct Memory(Key);

impl Memory {
    /// Whether it knows somebody of whom this share is known.
    #[inline]
    fn has(self, other: u32, share: f64) -> bool {
        self.0.with(u64::from(other)).draws().unit() < share
    }
}

impl Responder<'_> {
    fn hides(&self, world: &World<'_>, person: u32) -> bool {
        Self::trait_of(world, Purpose::Hides, person) < self.policy.compliance.hide
    }
    /// What a case (person and infection) knows.
    fn memory(world: &World<'_>, (person, index): (u32, u32)) -> Memory {
        Memory(Self::key(world, Purpose::Recalls, person).with(u64::from(index)))
    }
    /// From when on a case that was investigated is asked for contacts.
    fn asked_from(&self, world: &World<'_>, number: u32) -> Time {
        let case = &self.cases[number as usize];
        let infection = world.history().infections()[case.infection as usize];
        let onset = world.course(&infection).onset.map(|o| f64::from(infection.time() + o));
        let begin = onset.filter(|o| case.investigated.is_some_and(|now| *o <= now)).unwrap_or(case.sampled);
        begin - self.rules.lookback
    }
    /// Somebody infected by a case outside its home, and when they met, if the case names them.
    fn names(&self, world: &World<'_>, number: u32, other: &Infection) -> Option<(u32, Time)> {
        let case = &self.cases[number as usize];
        let (time, layer) = (f64::from(other.time()), other.layer().unwrap_or(Layer::Travel));
        let asked = (self.asked_from(world, number)..=case.found).contains(&time) && layer != Layer::Household;
        let share = recall(&self.policy.tracing.recall, layer);
        (asked && Self::memory(world, (case.person, case.infection)).has(other.person, share)).then_some((other.person, time))
    }
    /// A day of the response is lived before the day's infections are known. Whoever was infected on it by a case that was found and asked on the same day is called
    /// on the next morning.
    pub(crate) fn named_late(&mut self, world: &World<'_>, tomorrow: Time, infection: &Infection) {
        let Some(source) = world.history().infections().get(infection.infector as usize) else { return };
        let number = self.people.get(source.person).and_then(|r| r.case());
        let Some(number) = number.filter(|n| self.cases[*n as usize].infection == infection.infector) else { return };
        if self.cases[number as usize].investigated.is_none() || self.rules.close.is_none() || self.hides(world, source.person) {
            return;
        }
        if let Some((person, time)) = self.names(world, number, infection) {
            self.cases[number as usize].contacts += 1;
            self.write_named(person, Some(number));
            self.call(tomorrow, person, time, 0);
        }
    }
    /// A case has been asked.
    pub(crate) fn investigated(&mut self, world: &World<'_>, now: Time, number: u32) {
        let case = &mut self.cases[number as usize];
        case.investigated = Some(now);
        let (person, index, found) = (case.person, case.infection, case.found);
        self.write(now, || Deed::Investigated { case: number });
        if self.rules.close.is_none() || self.hides(world, person) {
            return;
        }
        let infection = world.history().infections()[index as usize];
        let from = self.asked_from(world, number);
        let known = self.policy.tracing.recall;
        let memory = Self::memory(world, (person, index));
        let mut contacts: Vec<(u32, Time)> = Vec::with_capacity(MANY);

        for caused in self.chains.caused_by(index) {
            contacts.extend(self.names(world, number, &world.history().infections()[caused as usize]));
        }
        // Whoever infected the case was met when it was infected, if one asks so far back.
        if let Some(source) = world.history().infections().get(infection.infector as usize) {
            let (time, layer) = (f64::from(infection.time()), infection.layer().unwrap_or(Layer::Travel));
            let asked = time >= from - self.policy.tracing.backward_days;
            if asked && layer != Layer::Household && memory.has(source.person, recall(&known, layer)) {
                contacts.push((source.person, time));
            }
        }
        let population = world.population();
        for other in population.around(Level::Household, person).filter(|o| *o != person) {
            if memory.has(other, known.household) {
                contacts.push((other, found));
            }
        }
        // What is known of a class or a team is its list; whoever is on it counts as met on the last day outside.
        let seat = population.seat(person).and_then(|s| Some((Population::seat_layer(population.person(person).role())?, s)));
        if let Some((layer, seat)) = seat {
            let share = recall(&known, layer);
            for other in population.members(population.cells().around(seat)).iter().filter(|o| **o != person) {
                // Whoever is held was not there.
                if memory.has(*other, share) && !self.people.stay(*other).restricts() {
                    contacts.push((*other, found));
                }
            }
        }
        self.strangers(world, person, index, found - from.min(found), &mut contacts);
        contacts.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        contacts.dedup_by_key(|c| c.0);
        self.cases[number as usize].contacts = contacts.len() as u32;
        for (other, exposed) in contacts {
            self.write_named(other, Some(number));
            self.call(now, other, exposed, 0);
        }
    }
    /// People met on the stairs, at the market and elsewhere who were not infected: so many as one meets in that time, as far as they are known.
    fn strangers(&self, world: &World<'_>, person: u32, index: u32, days: Time, contacts: &mut Vec<(u32, Time)>) {
        let population = world.population();
        let infected = f64::from(world.history().infections()[index as usize].time());
        for layer in [Layer::Unit, Layer::Market, Layer::Travel] {
            let mut draws = Self::key(world, Purpose::Meets, person).with(u64::from(index)).with(layer as u64).draws();
            let mean = population.daily(person, layer) * days * recall(&self.policy.tracing.recall, layer);
            let met = draws.poisson(mean);
            if met == 0 {
                continue;
            }
            let near = neighbours(population, layer, person);
            for _ in 0..met {
                if let Some(other) = someone(population, near.clone(), person, &mut draws).filter(|o| *o != person) {
                    contacts.push((other, infected.max(0.0) + draws.unit() * days));
                }
            }
        }
    }
    /// Puts a contact on the callers' list.
    fn call(&mut self, now: Time, person: u32, exposed: Time, category: u8) {
        let known = self.people.get(person).is_some_and(|r| r.case().is_some() || r.exempt_until() > now || r.stay() == Stay::Dead);
        if !known {
            let told = self.callers.begin(now) + self.callers.takes();
            self.agenda.put(told, What::Called { person, exposed: exposed as f32, category });
        }
    }

    /// A contact is told.
    pub(crate) fn called(&mut self, world: &World<'_>, now: Time, person: u32, exposed: Time, category: u8) {
        let rules = self.rules;
        let Some(schedule) = rules.schedule(category) else { return };
        let record = self.people.of(person);
        if record.case().is_some() || record.stay() == Stay::Dead {
            return;
        }
        let (central_until, until) = (day_end(exposed, schedule.central), schedule.end(exposed));
        if until <= now {
            return;
        }
        self.write_told(now, person, exposed, category != 0);
        let record = self.people.of(person);
        let had = record.quarantine().filter(|q| q.until() > now);
        let own = Quarantine::new(central_until, until, category);
        let merged = had.map_or(own, |q| q.and(own));
        record.set_quarantine(Some(merged));
        let stay = record.stay();
        self.ledger.contacts += u64::from(had.is_none());
        self.today.contacts += u64::from(had.is_none());
        let planned = had.map_or(now, |q| self.last_test(&q));
        if had != Some(merged) {
            let catchment = self.catchment(world, person);
            let due = schedule.tests(merged.until()).filter(|t| *t > now.max(planned));
            let tests = due.map(|t| catchment.plan(t as u32)).count() as u64;
            self.spend(tests, tests);
            self.plan_tests(world, now.max(planned), person);
        }
        if had.is_none() {
            if stay.whereabouts() == crate::people::Whereabouts::Free {
                self.enter(world, now, person, if schedule.confined { Stay::Quarantined } else { Stay::Watched });
            }
            self.ill_already(world, now, person);
            if category == 0 && rules.secondary.is_some() {
                self.contacts_of_contact(world, now, person);
            }
            self.vaccinate_contact(world, now, person);
        }
        let central = schedule.central > 0.0 && self.policy.tracing.central && central_until > now;
        if central && self.people.recorded(person).is_some_and(|r| r.stay() == Stay::Quarantined) {
            self.bring(now, person, Stay::Central);
        }
        let next = if central { merged.central_until() } else { merged.until() };
        if had != Some(merged) {
            self.agenda.put(next, What::QuarantineStep { person });
        }
    }
    /// A contact who is ill when told is swabbed like one who falls ill later.
    fn ill_already(&mut self, world: &World<'_>, now: Time, person: u32) {
        let Some(index) = world.history().latest(person) else { return };
        let infection = world.history().infections()[index as usize];
        let known = self.people.get(person).is_some_and(|r| r.knows(index));
        if !known && world.course(&infection).onset.is_some_and(|o| f64::from(infection.time() + o) <= now) {
            self.swab_ill_soon(now, person);
        }
    }
    /// Those who live with a contact.
    fn contacts_of_contact(&mut self, world: &World<'_>, now: Time, person: u32) {
        for other in world.population().around(Level::Household, person).filter(|o| *o != person) {
            let free = self.people.get(other).is_none_or(|r| r.quarantine().is_none());
            if free
                && Self::key(world, Purpose::Recalls, person).with(u64::from(other)).draws().unit() < self.policy.tracing.recall.household
            {
                self.call(now, other, now, 1);
            }
        }
    }
    /// The last test of a schedule.
    fn last_test(&self, quarantine: &Quarantine) -> Time {
        self.rules.schedule(quarantine.category).and_then(|s| s.tests(quarantine.until()).last()).unwrap_or(0.0)
    }
    /// Puts the swabs of an infected contact that come after a time. Those of all others change nothing but the bill.
    pub(crate) fn plan_tests(&mut self, world: &World<'_>, after: Time, person: u32) {
        let Some(quarantine) = self.people.get(person).and_then(Record::quarantine).filter(|q| q.until() > after) else { return };
        if !world.history().was_infected(person) {
            return;
        }
        let rules = self.rules;
        for time in rules.schedule(quarantine.category).into_iter().flat_map(|s| s.tests(quarantine.until())).filter(|t| *t > after) {
            self.agenda.put(time, What::Swab { person, why: Why::Contact });
        }
    }
    /// The part in an isolation site, or all, is over.
    pub(crate) fn quarantine_step(&mut self, world: &World<'_>, now: Time, person: u32) {
        let Some(record) = self.people.recorded(person) else { return };
        let (stay, Some(quarantine)) = (record.stay(), record.quarantine()) else { return };
        if record.case().is_some() || stay == Stay::Dead {
            return;
        }
        if now + 1e-9 < quarantine.central_until().min(quarantine.until()) && stay == Stay::Central {
            // Prolonged by a later exposure: its own step comes.
            return;
        }
        if now + 1e-9 < quarantine.until() {
            if stay == Stay::Central {
                self.leave(world, now, person, Stay::Quarantined);
            }
            self.agenda.put(quarantine.until(), What::QuarantineStep { person });
            return;
        }
        self.people.of(person).set_quarantine(None);
        if matches!(stay, Stay::Central | Stay::Quarantined | Stay::Watched) {
            self.leave(world, now, person, Stay::Free);
        }
    }
}

/// Those among whom a person meets others in a layer; none if that is anywhere.
fn neighbours(population: &Population, layer: Layer, person: u32) -> Option<Range<u32>> {
    match layer {
        Layer::Unit => Some(population.around(Level::Unit, person)),
        Layer::Market => Some(population.around(Level::Community, person)),
        _ => None,
    }
}

/// Someone whom a person meets among its neighbours, or anywhere.
fn someone(population: &Population, near: Option<Range<u32>>, person: u32, draws: &mut Draws) -> Option<u32> {
    let range = near.unwrap_or_else(|| {
        let townships = population.homes(Level::Township);
        townships.range(population.travel().choose(townships.find(person), draws))
    });
    let n = range.len() as u32;
    (n > 0).then(|| range.start + draws.below(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_known_forward() {
        let mut chains = Chains::default();
        [NOBODY, 0, 0, 1, 0].into_iter().enumerate().for_each(|(n, by)| chains.add(n as u32, by));
        assert_eq!(chains.caused_by(0).collect::<Vec<_>>(), [4, 2, 1]);
        assert_eq!(chains.caused_by(1).collect::<Vec<_>>(), [3]);
        assert_eq!(chains.caused_by(3).count(), 0);
    }
}
