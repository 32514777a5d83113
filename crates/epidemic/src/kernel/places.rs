//! Where one person meets others, and whom.

use crate::layer::Layer;
use crate::population::{Level, Population};
use crate::random::Draws;
use std::ops::Range;

/// The groups of one person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Places<'a> {
    population: &'a Population,
    person: u32,
    home: Range<u32>,
    unit: Range<u32>,
    /// Layer, own seat, cell and site.
    seat: Option<(Layer, u32, Range<u32>, Range<u32>)>,
    community: Range<u32>,
    activity: f32,
}

/// The layers that are open without any response, in the order in which contacts are drawn; the seat's layer stands for school, work and care.
pub(super) const OPEN: usize = 5;

impl<'a> Places<'a> {
    #[inline]
    pub(super) fn of(population: &'a Population, person: u32) -> Self {
        let who = population.person(person);
        let seat = population.seat(person).and_then(|seat| {
            let cell = population.cells.around(seat);
            Some((Population::seat_layer(who.role())?, seat, cell, population.sites.around(seat)))
        });
        Self {
            population,
            person,
            home: population.around(Level::Household, person),
            unit: population.around(Level::Unit, person),
            seat,
            community: population.around(Level::Community, person),
            activity: population.activity(who.age()),
        }
    }
    /// Members of the household.
    #[inline]
    pub(super) fn household(&self) -> u32 {
        self.home.len() as u32
    }
    /// How many people are met a day in each open layer except at home, as far as those met are as active as the most active (`mean` is the
    /// average activity of all).
    #[inline]
    pub(super) fn daily(&self, mean: f64) -> [(Layer, f64); OPEN - 1] {
        let contacts = &self.population.contacts;
        let activity = f64::from(self.activity) / mean;
        let (seat_layer, seated) = self.seat.as_ref().map_or((Layer::Work, 0.0), |(layer, _, cell, site)| {
            (*layer, self.population.seated(*layer, cell.len() as u32, site.len() as u32).iter().sum())
        });
        [
            (Layer::Unit, contacts.unit.min((self.unit.len() - self.home.len()) as f64)),
            (seat_layer, seated),
            (Layer::Market, contacts.market.min((self.community.len() - 1) as f64) * activity),
            (Layer::Travel, contacts.travel * activity),
        ]
    }
    /// Someone met in a layer; none if nobody is. At markets and elsewhere someone less active is met less often: then it is none, too.
    #[inline]
    pub(super) fn meet(&self, layer: Layer, draws: &mut Draws) -> Option<u32> {
        let met = match layer {
            Layer::Household => return another(&self.home, self.person, draws),
            Layer::Unit => return outside(&self.unit, &self.home, draws),
            Layer::School | Layer::Work | Layer::Care => return self.seated(draws),
            Layer::Market => another(&self.community, self.person, draws)?,
            Layer::Travel => self.elsewhere(draws)?,
            Layer::Vehicle | Layer::Queue => return None,
        };
        let activity = self.population.activity(self.population.person(met).age());
        (draws.unit32() < activity).then_some(met)
    }
    fn seated(&self, draws: &mut Draws) -> Option<u32> {
        let (layer, seat, cell, site) = self.seat.as_ref()?;
        let [near, far] = self.population.seated(*layer, cell.len() as u32, site.len() as u32);
        let met = if draws.unit() * (near + far) < near { another(cell, *seat, draws)? } else { outside(site, cell, draws)? };
        Some(self.population.members[met as usize])
    }
    fn elsewhere(&self, draws: &mut Draws) -> Option<u32> {
        let townships = self.population.homes(Level::Township);
        let there = townships.range(self.population.travel.choose(townships.find(self.person), draws));
        let met = there.start + draws.below(there.len() as u32);
        (met != self.person).then_some(met)
    }
}

/// Another one of a range.
#[inline]
fn another(range: &Range<u32>, own: u32, draws: &mut Draws) -> Option<u32> {
    outside(range, &(own..own + 1), draws)
}

/// One of a range that is not in the part of it.
#[inline]
fn outside(range: &Range<u32>, part: &Range<u32>, draws: &mut Draws) -> Option<u32> {
    let n = range.len() as u32 - part.len() as u32;
    let at = range.start + draws.below(n);
    (n > 0).then(|| if at >= part.start { at + part.len() as u32 } else { at })
}
