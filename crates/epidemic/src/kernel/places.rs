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
    age: u8,
    home: Range<u32>,
    unit: Range<u32>,
    /// Layer, own seat and cell. The site is looked up for those who are met elsewhere in it.
    seat: Option<(Layer, u32, Range<u32>)>,
    community: Range<u32>,
    activity: f32,
}

/// Who is met: a person, or whoever sits on a seat. Seats are looked up many at once, see `spread`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    Person(u32),
    Seat(u32),
}

/// The layers that are open without any response, in the order in which contacts are drawn; the seat's layer stands for school, work and care.
pub(super) const OPEN: usize = 5;

impl<'a> Places<'a> {
    #[inline]
    pub(super) fn of(population: &'a Population, person: u32) -> Self {
        let who = population.person(person);
        let seat =
            population.seat(person).and_then(|seat| Some((Population::seat_layer(who.role())?, seat, population.cells.around(seat))));
        Self {
            population,
            person,
            age: who.age(),
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
    /// average activity of all) and, at a site, as there are others to be met.
    #[inline]
    pub(super) fn daily(&self, mean: f64) -> [(Layer, f64); OPEN - 1] {
        let contacts = &self.population.contacts;
        let activity = f64::from(self.activity) / mean;
        let (seat_layer, seated) = self.seat.as_ref().map_or((Layer::Work, 0.0), |(layer, _, cell)| {
            let [near, far] = self.population.seated(*layer, self.age, cell.len() as u32);
            (*layer, near + far)
        });
        [
            (Layer::Unit, contacts.unit.min((self.unit.len() - self.home.len()) as f64)),
            (seat_layer, seated),
            (Layer::Market, contacts.market.min((self.community.len() - 1) as f64) * activity),
            (Layer::Travel, contacts.travel * activity),
        ]
    }
    /// Someone met in a layer; none if nobody is.
    #[inline]
    pub(super) fn meet(&self, layer: Layer, draws: &mut Draws) -> Option<Met> {
        match layer {
            Layer::Household => another(&self.home, self.person, draws).map(Met::Person),
            Layer::Unit => outside(&self.unit, &self.home, draws).map(Met::Person),
            Layer::School | Layer::Work | Layer::Care => self.seated(draws).map(Met::Seat),
            Layer::Market => another(&self.community, self.person, draws).map(Met::Person),
            Layer::Travel => self.elsewhere(draws).map(Met::Person),
            Layer::Vehicle | Layer::Queue => None,
        }
    }
    #[inline]
    fn seated(&self, draws: &mut Draws) -> Option<u32> {
        let (layer, seat, cell) = self.seat.as_ref()?;
        let [near, far] = self.population.seated(*layer, self.age, cell.len() as u32);
        let u = draws.unit() * (near + far) - near;
        if u < 0.0 {
            return another(cell, *seat, draws);
        }
        let site = self.population.sites.around(*seat);
        // Where fewer sit elsewhere at the site than would be met, all of them are.
        let there = (site.len() - cell.len()) as f64;
        if u < there { outside(&site, cell, draws) } else { None }
    }
    #[inline]
    fn elsewhere(&self, draws: &mut Draws) -> Option<u32> {
        let townships = self.population.homes(Level::Township);
        let there = townships.range(self.population.travel.choose(townships.find(self.person), draws));
        let met = there.start + draws.below(there.len() as u32);
        (met != self.person).then_some(met)
    }
}

/// How active someone has to be to be met here: activity counts at markets and elsewhere.
#[inline]
pub(super) fn is_public(layer: Layer) -> bool {
    matches!(layer, Layer::Market | Layer::Travel)
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
