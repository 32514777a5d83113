//! What a response can do to the physics. The kernel knows no policy: it asks.

use super::world::World;
use crate::layer::Layer;

/// A contact that would infect, if nothing prevents it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meeting {
    /// The day.
    pub day: u32,
    /// Time of the day, 0 to 1.
    pub time: f32,
    /// Who is infectious.
    pub infector: u32,
    /// The infection of the infector: an index into the history.
    pub infection: u32,
    /// Who is met.
    pub target: u32,
    /// Where.
    pub layer: Layer,
}

/// People whom the response brings together on one day: in a vehicle, or waiting to be sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gathering {
    /// Which layer; [`Layer::Vehicle`] or [`Layer::Queue`].
    pub layer: Layer,
    /// The response's own number of the group, which [`Response::member`] gets.
    pub group: u64,
    /// How many people are there, the person asked about included.
    pub size: u32,
    /// How many of them the person meets, on average.
    pub contacts: f32,
    /// How close these contacts are, on the scale of the disease's intensities.
    pub intensity: f32,
}

/// What changes at the end of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    pub(super) doses: Vec<(u32, u8)>,
    pub(super) imports: Vec<(u32, u8)>,
    pub(super) stop: bool,
}

impl Changes {
    /// A person is vaccinated, which gives this status from tomorrow on.
    pub fn vaccinate(&mut self, person: u32, status: u8) {
        self.doses.push((person, status));
    }
    /// A person brings an infection from elsewhere tomorrow.
    pub fn import(&mut self, person: u32, variant: u8) {
        self.imports.push((person, variant));
    }
    /// This was the last day.
    pub fn stop(&mut self) {
        self.stop = true;
    }
}

/// A response. The same answers must come from the same past: the kernel asks from several threads, in any order.
pub trait Response: Sync {
    /// Whether [`Response::gathering`] is to be asked at all.
    const GATHERS: bool = false;

    /// By how much people's contact in a layer can exceed what it is without a response: a bound on what [`Response::factor`] answers there, 1 to 64.
    /// Those who must stay at home meet each other more. Asked once, before the first day; not of [`Layer::Vehicle`] and [`Layer::Queue`], where
    /// nobody meets but by [`Response::gathering`].
    ///
    /// A bound costs time, not truth: contacts beyond the ordinary are drawn apart, under keys of their own, so a response lives in the same world,
    /// whatever its bounds, until it answers something else.
    fn most(&self, _layer: Layer) -> f32 {
        1.0
    }
    /// By what the chance that this meeting infects is multiplied: 0 if a layer is closed or one of the two is kept away, less than 1 for masks, more
    /// than 1 where people meet more than without a response, as far as [`Response::most`] says; what is above that counts as that.
    fn factor(&self, _world: &World<'_>, _meeting: &Meeting) -> f32 {
        1.0
    }
    /// Where the response brings this person, who is infectious, together with others on this day.
    fn gathering(&self, _world: &World<'_>, _day: u32, _person: u32, _out: &mut Vec<Gathering>) {}
    /// A member of a group, by number from 0 to `size` − 1.
    fn member(&self, _group: u64, _number: u32) -> u32 {
        0
    }
    /// The day is over; `world.history().on(day)` are its infections.
    fn evening(&mut self, _world: &World<'_>, _day: u32, _changes: &mut Changes) {}
}

/// Nobody does anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoResponse;

impl Response for NoResponse {}
