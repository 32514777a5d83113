//! What happened: one record an infection.

use super::marks::Marks;
use crate::layer::Layer;
use crate::random::Key;

/// Nobody: the infector of an import.
pub const NOBODY: u32 = u32::MAX;

/// One infection, 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Infection {
    /// Who.
    pub person: u32,
    /// The infection that caused it, an index into the history; [`NOBODY`] of an import.
    pub infector: u32,
    /// When, in 1/4,096 of a day (21 seconds) since the start.
    pub ticks: u32,
    pub(super) layer: u8,
    /// Which variant.
    pub variant: u8,
    /// How often this person was infected before in this run.
    pub episode: u8,
}

/// Ticks of a day.
pub(crate) const DAY: u32 = 1 << 12;

impl Infection {
    /// The day on which it happened.
    #[inline]
    pub fn day(&self) -> u32 {
        self.ticks / DAY
    }
    /// Days since the start, with the time of day.
    #[inline]
    pub fn time(&self) -> f32 {
        self.ticks as f32 / DAY as f32
    }
    /// The setting; none of an import.
    pub fn layer(&self) -> Option<Layer> {
        Layer::ALL.get(usize::from(self.layer)).copied()
    }
    /// The key of all that is drawn about this infection.
    #[inline]
    pub fn key(&self, seed: Key) -> Key {
        seed.with(u64::from(self.person)).with(u64::from(self.episode))
    }
}

/// All infections so far, by day and within a day by person; and the latest of each person.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    infections: Vec<Infection>,
    /// Who was infected at all: a look here, where eight million are a megabyte, spares nearly all people a look into `latest`.
    ever: Marks,
    /// Index of a person's latest infection plus one; 0 if there is none. Zeroed by the operating system page by page as it is touched.
    latest: Vec<u32>,
    /// Where each day begins; then the end.
    days: Vec<u32>,
}

impl History {
    pub(super) fn new(people: u32) -> Self {
        Self { infections: Vec::new(), ever: Marks::new(people), latest: vec![0; people as usize], days: vec![0] }
    }
    pub(super) fn push(&mut self, person: u32, infector: u32, ticks: u32, layer: u8, variant: u8) {
        let episode = self.latest(person).map_or(0, |i| self.infections[i as usize].episode.saturating_add(1));
        if self.infections.len() == self.infections.capacity() {
            // By a thirty-second, not by doubling: the history is the largest thing of a large epidemic.
            self.infections.reserve_exact(self.infections.len() / 32 + 1024);
        }
        self.infections.push(Infection { person, infector, ticks, layer, variant, episode });
        self.ever.mark(person);
        self.latest[person as usize] = self.infections.len() as u32;
    }
    pub(super) fn end_day(&mut self) {
        self.days.push(self.infections.len() as u32);
    }
    /// All infections.
    pub fn infections(&self) -> &[Infection] {
        &self.infections
    }
    /// How many days are over.
    pub fn days(&self) -> u32 {
        self.days.len() as u32 - 1
    }
    /// The infections of a day that is over; empty of any other.
    pub fn on(&self, day: u32) -> &[Infection] {
        let at = |d: u32| self.days.get(d as usize).map(|n| *n as usize);
        at(day).zip(at(day + 1)).map_or(&[], |(a, b)| &self.infections[a..b])
    }
    /// The index of the first infection on or after a day.
    pub fn since(&self, day: u32) -> usize {
        self.days.get(day as usize).map_or(self.infections.len(), |n| *n as usize)
    }
    /// The index of a person's latest infection.
    #[inline]
    pub fn latest(&self, person: u32) -> Option<u32> {
        if self.ever.has(person) { self.latest[person as usize].checked_sub(1) } else { None }
    }
    /// Whether a person was infected at all.
    #[inline]
    pub fn was_infected(&self, person: u32) -> bool {
        self.ever.has(person)
    }
    /// How many persons were infected at least once.
    pub fn persons(&self) -> u32 {
        self.infections.iter().filter(|i| i.episode == 0).count() as u32
    }
    /// A number that changes if anything of the history does: who, when, by whom, where, with what.
    pub fn hash(&self) -> u64 {
        let seed = Key::new(self.infections.len() as u64);
        let each = |i: &Infection| {
            let infector = self.infections.get(i.infector as usize).map_or(u64::MAX, |j| u64::from(j.person));
            let what = u64::from(i.layer) << 16 | u64::from(i.variant) << 8 | u64::from(i.episode);
            seed.with(u64::from(i.person)).with(infector).with(u64::from(i.ticks)).with(what).draws().bits()
        };
        // A sum: the order of the records says nothing that they do not say themselves.
        self.infections.iter().fold(0, |sum, i| sum.wrapping_add(each(i)))
    }
    /// Bytes held, as far as they were touched: `latest` counts whole.
    pub fn bytes(&self) -> usize {
        self.infections.capacity() * size_of::<Infection>()
            + self.ever.bytes()
            + (self.latest.capacity() + self.days.capacity()) * size_of::<u32>()
    }
}
