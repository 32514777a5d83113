//! People, sorted by home, and the groups in which they meet.
//!
//! Persons are numbered 0 … n − 1 in the order of their homes, so that a household, a stairwell unit, a building, a compound, a community and a township are
//! ranges of numbers. Whoever learns, works or lives in a nursing home has a *seat*; seats are sorted so that a *cell* (a class, a team, a floor) is a
//! range of seats, and a *site* (a school, a workplace, a home) a range of cells. Static memory is about 11 bytes a person.

mod builder;
mod cuts;
mod description;
mod generate;
mod given;
mod person;
mod presets;
mod travel;

pub use builder::{BuildError, Builder, Home};
pub use cuts::Cuts;
pub use description::{
    Ages, Care, Description, DescriptionError, Distance, Divisions, Homes, Households, Layout, Pattern, Repeated, Schools, Society, Stage,
    Township, Work,
};
pub use given::Given;
pub use person::{OLDEST, Person, READINESS, Role};
pub use presets::{PRESETS, preset};
pub use travel::Travel;

use crate::layer::Layer;
use std::ops::Range;

/// A level of the homes, from the household up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Those who live together.
    Household,
    /// A stairwell, or a row of houses.
    Unit,
    /// A building.
    Building,
    /// A compound, or a villagers' group.
    Compound,
    /// A community or village.
    Community,
    /// A township, town or subdistrict.
    Township,
}

/// How many levels.
pub const LEVELS: usize = 6;

/// How many people someone meets on an ordinary day, by setting. A group smaller than this is met whole.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Of the same stairwell unit, other households.
    pub unit: f64,
    /// At school, by age in tens.
    pub school: Vec10,
    /// At work.
    pub work: f64,
    /// In a nursing home.
    pub care: f64,
    /// At the market and in the streets of the own community.
    pub market: f64,
    /// Elsewhere, in the own township or where one travels.
    pub travel: f64,
    /// Of the contacts in school, work and care, the share in the own class, team or floor; the others are anywhere at the site.
    pub own_cell: f64,
    /// How active people are at markets and elsewhere, by age from 0 in tens (the last for all older), relative to the most active.
    pub activity: Vec10,
}

/// One value for each ten years of age: 0–9, 10–19 … 80 and over.
pub type Vec10 = [f64; 9];

/// The value for an age.
pub(crate) fn of_age(values: &Vec10, age: u8) -> f64 {
    values[usize::from(age / 10).min(8)]
}

/// All people and groups; never changes in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    pub(crate) people: Vec<Person>,
    /// The seat of each person; [`NO_SEAT`] of those who have none.
    pub(crate) seats: Vec<u32>,
    /// Who sits on each seat.
    pub(crate) members: Vec<u32>,
    /// Seats into cells.
    pub(crate) cells: Cuts,
    /// Seats into sites.
    pub(crate) sites: Cuts,
    /// Persons into homes, by level.
    pub(crate) homes: [Cuts; LEVELS],
    pub(crate) travel: Travel,
    pub(crate) contacts: Contacts,
    /// Activity by age, single years.
    pub(crate) activity: Vec<f32>,
}

/// The seat of somebody who has none.
pub const NO_SEAT: u32 = u32::MAX;

impl Population {
    /// How many people.
    pub fn len(&self) -> u32 {
        self.people.len() as u32
    }
    /// Whether nobody lives here.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
    /// What is known of a person.
    #[inline]
    pub fn person(&self, person: u32) -> Person {
        self.people[person as usize]
    }
    /// The homes of a level.
    pub fn homes(&self, level: Level) -> &Cuts {
        &self.homes[level as usize]
    }
    /// Who lives in the same household, unit, … as this person, the person included.
    #[inline]
    pub fn around(&self, level: Level, person: u32) -> Range<u32> {
        self.homes[level as usize].around(person)
    }
    /// The person's seat.
    #[inline]
    pub fn seat(&self, person: u32) -> Option<u32> {
        let seat = self.seats[person as usize];
        (seat != NO_SEAT).then_some(seat)
    }
    /// Seats cut into classes, teams and floors.
    pub fn cells(&self) -> &Cuts {
        &self.cells
    }
    /// Seats cut into schools, workplaces and nursing homes.
    pub fn sites(&self) -> &Cuts {
        &self.sites
    }
    /// Who sits on these seats.
    #[inline]
    pub fn members(&self, seats: Range<u32>) -> &[u32] {
        &self.members[seats.start as usize..seats.end as usize]
    }
    /// The layer of the person's seat.
    #[inline]
    pub fn seat_layer(role: Role) -> Option<Layer> {
        match role {
            Role::Home => None,
            Role::Pupil | Role::Teacher => Some(Layer::School),
            Role::Worker => Some(Layer::Work),
            Role::Resident | Role::Carer => Some(Layer::Care),
        }
    }
    /// How people of one township meet those of another.
    pub fn travel(&self) -> &Travel {
        &self.travel
    }
    /// How many people are met in a day, by setting.
    pub fn contacts(&self) -> &Contacts {
        &self.contacts
    }
    /// How active a person of this age is at markets and elsewhere: 1 is the most active.
    #[inline]
    pub fn activity(&self, age: u8) -> f32 {
        self.activity[usize::from(age)]
    }
    /// How many people this person meets a day in a layer, on average, as far as they are there.
    pub fn daily(&self, person: u32, layer: Layer) -> f64 {
        let who = self.person(person);
        let others = |n: u32| f64::from(n.saturating_sub(1));
        let most = |number: f64, n: u32| number.min(others(n));
        match layer {
            Layer::Household => others(self.around(Level::Household, person).len() as u32),
            Layer::Unit => {
                let (unit, own) = (self.around(Level::Unit, person).len(), self.around(Level::Household, person).len());
                self.contacts.unit.min((unit - own) as f64)
            }
            Layer::Market => {
                most(self.contacts.market, self.around(Level::Community, person).len() as u32) * f64::from(self.activity(who.age()))
            }
            Layer::Travel => self.contacts.travel * f64::from(self.activity(who.age())),
            Layer::School | Layer::Work | Layer::Care => match self.seat(person) {
                Some(seat) if Self::seat_layer(who.role()) == Some(layer) => {
                    let (cell, site) = (self.cells.around(seat).len() as u32, self.sites.around(seat).len() as u32);
                    let [near, far] = self.seated(layer, who.age(), cell);
                    near + far.min(f64::from(site - cell))
                }
                _ => 0.0,
            },
            Layer::Vehicle | Layer::Queue => 0.0,
        }
    }
    /// How many are met in a cell of `cell` people, and elsewhere at a site that is large enough.
    #[inline]
    pub(crate) fn seated(&self, layer: Layer, age: u8, cell: u32) -> [f64; 2] {
        let number = match layer {
            Layer::School => of_age(&self.contacts.school, age),
            Layer::Care => self.contacts.care,
            _ => self.contacts.work,
        };
        [(number * self.contacts.own_cell).min(f64::from(cell - 1)), number * (1.0 - self.contacts.own_cell)]
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let homes: usize = self.homes.iter().map(Cuts::bytes).sum();
        let words = (self.seats.capacity() + self.members.capacity()) * size_of::<u32>();
        self.people.capacity() * size_of::<Person>() + words + homes + self.cells.bytes() + self.sites.bytes() + self.travel.bytes()
    }
}
