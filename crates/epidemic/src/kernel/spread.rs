//! From an infection to the contacts that could pass it on, and from those to infections.

use super::calendar::Calendar;
use super::history::{DAY, Infection};
use super::places::{OPEN, Places};
use super::response::{Gathering, Meeting, Response};
use super::world::World;
use crate::layer::Layer;
use crate::random::{Draws, Key};

/// A contact that would infect someone fully susceptible, 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contact {
    pub target: u32,
    /// The infection of the infector: an index into the history.
    pub infection: u32,
    /// Time of the day in ticks.
    pub when: u16,
    /// Layer in the upper 4 bits, the contact's number among those of its infection and layer below.
    pub tag: u16,
}

impl Contact {
    pub(super) fn layer(&self) -> Layer {
        Layer::ALL[usize::from(self.tag >> 12)]
    }
}

/// Most contacts of one infection in one layer; a Poisson mean of 3,000 would be needed to exceed it.
const MOST: u32 = 1 << 12;
/// Purposes below an infection's key; those of the disease stand below 16.
const LAYER: u64 = 16;
const GATHERING: u64 = 32;

/// The numbers of a contact: first its acceptance, then what else is drawn of it.
#[inline]
fn contact(infection: Key, layer: Layer, number: u32) -> (f32, Draws) {
    let mut draws = infection.with(LAYER + layer as u64).with(u64::from(number) + 1).draws();
    (draws.unit32(), draws)
}

/// Draws the contacts of a new infection over its whole course and puts them into the calendar. Those that the target's age, vaccination or
/// earlier infections exclude, whatever may happen until then, are left out at once: their acceptance is already known.
#[inline]
pub(super) fn draw(world: &World<'_>, index: u32, calendar: &mut Calendar<Contact>) {
    let infection = &world.history.infections()[index as usize];
    let key = infection.key(world.key);
    let course = world.course(infection);
    let (status, _) = world.status(infection.person, infection.time());
    let strength = f64::from(course.weight) * world.disease.onward(status);
    let rates = world.rates.variant(infection.variant);
    let places = Places::of(world.population, infection.person);
    let (at_home, abroad) = (strength * f64::from(course.at_home), strength * f64::from(course.abroad));

    let mut means = [(Layer::Household, rates.home(places.household()) * at_home); OPEN];
    for (mean, (layer, daily)) in means[1..].iter_mut().zip(places.daily(world.rates.activity)) {
        // Neighbours on the stairs are infected by what is at home.
        let factor = if layer == Layer::Unit { at_home } else { abroad };
        *mean = (layer, daily * rates.layers[layer as usize] * factor);
    }
    for (layer, mean) in means {
        let n = if mean > 0.0 { key.with(LAYER + layer as u64).draws().poisson(mean).min(MOST) } else { 0 };
        for number in 0..n {
            let (accept, mut draws) = contact(key, layer, number);
            let after = course.when(draws.unit32());
            let Some(target) = places.meet(layer, &mut draws) else { continue };
            put(world, infection, index, (layer, number), after, target, accept, calendar);
        }
    }
}

#[inline]
#[expect(clippy::too_many_arguments, reason = "one contact, taken apart; a struct would be built once, here")]
fn put(
    world: &World<'_>,
    infection: &Infection,
    index: u32,
    (layer, number): (Layer, u32),
    after: f32,
    target: u32,
    accept: f32,
    calendar: &mut Calendar<Contact>,
) {
    // Whoever is infected today infects from tomorrow on.
    let ticks = (infection.ticks + (after * DAY as f32) as u32).max((infection.day() + 1) * DAY);
    if accept >= world.susceptibility_bound(target, infection.variant, ticks as f32 / DAY as f32) {
        return;
    }
    calendar.put(ticks / DAY, Contact { target, infection: index, when: (ticks % DAY) as u16, tag: (layer as u16) << 12 | number as u16 });
}

/// Whether a contact infects.
#[inline]
pub(super) fn accepted<R: Response>(world: &World<'_>, day: u32, contact: &Contact, response: &R) -> bool {
    let infection = &world.history.infections()[contact.infection as usize];
    let time = day as f32 + f32::from(contact.when) / DAY as f32;
    let susceptibility = world.susceptibility(contact.target, infection.variant, time);
    if susceptibility <= 0.0 {
        return false;
    }
    let layer = contact.layer();
    let meeting = Meeting {
        day,
        time: f32::from(contact.when) / DAY as f32,
        infector: infection.person,
        infection: contact.infection,
        target: contact.target,
        layer,
    };
    let factor = susceptibility * response.factor(world, &meeting);
    factor >= 1.0 || self::contact(infection.key(world.key), layer, u32::from(contact.tag & 0x0fff)).0 < factor
}

/// Draws the contacts of a day in the groups into which the response brings someone infectious.
pub(super) fn gather<R: Response>(world: &World<'_>, day: u32, index: u32, response: &R, calendar: &mut Calendar<Contact>) {
    let infection = &world.history.infections()[index as usize];
    let course = world.course(infection);
    let (begin, end) = (day as f32 - infection.time(), (day + 1) as f32 - infection.time());
    let today = course.spent(end) - course.spent(begin);
    if today <= 0.0 {
        return;
    }
    let mut groups: Vec<Gathering> = Vec::new();
    response.gathering(world, day, infection.person, &mut groups);
    let key = infection.key(world.key);
    let (status, _) = world.status(infection.person, begin);
    let strength = f64::from(course.weight * course.abroad * today) * world.disease.onward(status);
    for group in groups.iter().filter(|g| g.size > 1) {
        let per_contact = world.rates.variant(infection.variant).layers[group.layer as usize] * f64::from(group.intensity);
        let met = f64::from(group.contacts.min((group.size - 1) as f32));
        let base = key.with(GATHERING + group.layer as u64).with(u64::from(day)).with(group.group);
        for number in 0..base.draws().poisson(met * per_contact * strength).min(MOST) {
            let mut draws = base.with(u64::from(number) + 1).draws();
            let when = course.when(course.spent(begin) + draws.unit32() * today);
            let target = response.member(group.group, draws.below(group.size));
            if target == infection.person {
                continue;
            }
            // The number stands for day and group in the acceptance, so that no two of them share it.
            let number = (base.with(u64::from(number)).draws().bits() & 0x0fff) as u32;
            let accept = contact(key, group.layer, number).0;
            put(world, infection, index, (group.layer, number), when, target, accept, calendar);
        }
    }
}
