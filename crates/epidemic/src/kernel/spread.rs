//! From an infection to the contacts that could pass it on, and from those to infections.

use super::calendar::Calendar;
use super::contact::{BEYOND, Contact, LAYER, MORE, drawn};
use super::history::DAY;
use super::places::{Met, OPEN, Places, is_public};
use super::response::{Gathering, Meeting, Response};
use super::world::World;
use crate::layer::{LAYERS, Layer};

/// Most contacts of one infection in one layer.
const MOST: u32 = 1 << 12;
/// Purposes below an infection's key: from here on those of gatherings, by layer.
const GATHERING: u64 = 32;
/// So many infections are drawn together: their contacts fit the nearest cache.
const TOGETHER: usize = 64;

/// A contact before it is known who sits there.
#[derive(Debug, Clone, Copy)]
struct Draft {
    met: Met,
    /// The infection, with [`BEYOND`] or without.
    source: u32,
    variant: u8,
    layer: Layer,
    ticks: u32,
    accept: u16,
}

/// Draws the contacts of new infections over their whole courses and puts them into the calendar.
///
/// Memory is what this costs, so it goes in passes, in each of which no look-up waits for another: first what is drawn, then who sits there,
/// then who is immune whatever happens; those are left out.
pub(super) fn draw(world: &World<'_>, new: std::ops::Range<usize>, calendar: &mut Calendar<Contact>) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut targets: Vec<u32> = Vec::new();
    for part in new.clone().step_by(TOGETHER) {
        drafts.clear();
        (part..new.end.min(part + TOGETHER)).for_each(|index| draft(world, index as u32, &mut drafts));
        targets.clear();
        targets.extend(drafts.iter().map(|d| match d.met {
            Met::Person(person) => person,
            Met::Seat(seat) => world.population.members[seat as usize],
        }));
        for (d, target) in drafts.iter().zip(&targets) {
            if !world.immune.has(*target) {
                calendar.put(d.ticks / DAY, Contact::new(*target, (d.source, d.variant), d.layer, d.ticks, d.accept));
            }
        }
    }
}

#[inline]
fn draft(world: &World<'_>, index: u32, drafts: &mut Vec<Draft>) {
    let infection = &world.history.infections()[index as usize];
    let variant = infection.variant;
    let key = infection.key(world.key);
    let course = world.course(infection);
    let strength = f64::from(course.weight) * world.disease.onward(world.status(infection.person, infection.time()));
    let rates = world.rates.variant(variant);
    let places = Places::of(world.population, infection.person);
    let (at_home, abroad) = (strength * f64::from(course.at_home), strength * f64::from(course.abroad));

    let mut means = [(Layer::Household, rates.home(places.household()) * at_home); OPEN];
    for (mean, (layer, daily)) in means[1..].iter_mut().zip(places.daily(world.rates.activity)) {
        // Neighbours on the stairs are infected by what is at home.
        let factor = if layer == Layer::Unit { at_home } else { abroad };
        *mean = (layer, daily * rates.layers[layer as usize] * factor);
    }
    // Whoever is infected today infects from tomorrow on.
    let tomorrow = (infection.day() + 1) * DAY;
    // Contacts as they are without a response; then those beyond, if there can be any.
    let passes = if world.more == [0.0; LAYERS] { 1 } else { 2 };
    for (purpose, source) in [(LAYER, index), (MORE, index | BEYOND)].into_iter().take(passes) {
        for (layer, ordinary) in means {
            let mean = if purpose == MORE { ordinary * f64::from(world.more[layer as usize]) } else { ordinary };
            if mean <= 0.0 {
                continue;
            }
            let base = key.with(purpose + layer as u64);
            for number in 0..base.draws().poisson(mean).min(MOST) {
                let (accept, mut draws) = drawn(base, number);
                let ticks = (infection.ticks + (course.when(draws.unit32()) * DAY as f32) as u32).max(tomorrow);
                if let Some(met) = places.meet(layer, &mut draws) {
                    drafts.push(Draft { met, source, variant, layer, ticks, accept });
                }
            }
        }
    }
}

/// Whether a contact of a day infects.
#[inline]
pub(super) fn accepted<R: Response>(world: &World<'_>, day: u32, contact: &Contact, response: &R) -> bool {
    let time = day as f32 + contact.when() as f32 / DAY as f32;
    let mut left = world.susceptibility(contact.target, contact.variant(), time);
    if is_public(contact.layer()) {
        left *= world.population.activity(world.population.person(contact.target).age());
    }
    if !contact.happens(left) {
        return false;
    }
    let factor = asked(world, day, contact, response);
    // Poisson with mean m, of which min(factor, 1) happen, and with mean m × more, of which what the factor exceeds 1 by, relative to `more`, happens:
    // together Poisson with mean m × factor (thinning and superposition: Kingman 1993, Poisson Processes, chapters 2 and 5).
    let share = if contact.is_beyond() { (factor - 1.0) / world.more[contact.layer() as usize] } else { factor };
    contact.happens(left * share.min(1.0))
}

#[inline]
fn asked<R: Response>(world: &World<'_>, day: u32, contact: &Contact, response: &R) -> f32 {
    let Some(infection) = contact.infection() else { return 1.0 };
    let meeting = Meeting {
        day,
        time: contact.when() as f32 / DAY as f32,
        infector: world.history.infections()[infection as usize].person,
        infection,
        target: contact.target,
        layer: contact.layer(),
    };
    response.factor(world, &meeting)
}

/// Draws the contacts of a day in the groups into which the response brings someone infectious.
pub(super) fn gather<R: Response>(world: &World<'_>, day: u32, index: u32, response: &R, calendar: &mut Calendar<Contact>) {
    let infection = &world.history.infections()[index as usize];
    // Most are brought nowhere, and a course costs more than to ask.
    let mut groups: Vec<Gathering> = Vec::new();
    response.gathering(world, day, infection.person, &mut groups);
    if groups.is_empty() {
        return;
    }
    let course = world.course(infection);
    let (begin, end) = (day as f32 - infection.time(), (day + 1) as f32 - infection.time());
    let today = course.spent(end) - course.spent(begin);
    if today <= 0.0 {
        return;
    }
    let key = infection.key(world.key);
    let onward = world.disease.onward(world.status(infection.person, infection.time()));
    let strength = f64::from(course.weight * course.abroad * today) * onward;
    for group in groups.iter().filter(|g| g.size > 1) {
        let per_contact = world.rates.variant(infection.variant).layers[group.layer as usize] * f64::from(group.intensity);
        let met = f64::from(group.contacts.min((group.size - 1) as f32));
        let base = key.with(GATHERING + group.layer as u64).with(u64::from(day)).with(group.group);
        for number in 0..base.draws().poisson(met * per_contact * strength).min(MOST) {
            let (accept, mut draws) = drawn(base, number);
            let after = course.when(course.spent(begin) + draws.unit32() * today);
            let ticks = (infection.ticks + (after * DAY as f32) as u32).clamp(day * DAY, (day + 1) * DAY - 1);
            let target = response.member(group.group, draws.below(group.size));
            if target != infection.person && !world.immune.has(target) {
                calendar.put(day, Contact::new(target, (index, infection.variant), group.layer, ticks, accept));
            }
        }
    }
}
