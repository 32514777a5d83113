//! The run: a calendar of contacts, decided day by day.
//!
//! When person i is infected, the number of contacts in each layer that would infect a fully susceptible person is Poisson with the mean that the rate, the
//! person's contacts and infectiousness give over the whole course; each gets a time by the profile of infectiousness and a person of the group. On
//! its day a contact infects with the probability that susceptibility and the response leave. All contacts on one person on one day are decided by the
//! earliest. Chance is keyed (see [`crate::random`]), so neither order nor threads matter.

mod calendar;
mod history;
mod imports;
mod places;
mod rates;
mod response;
mod spread;
mod world;

pub use calendar::Calendar;
pub use history::{History, Infection, NOBODY};
pub use imports::{Import, Imports};
pub use rates::{Rates, RatesError};
pub use response::{Changes, Gathering, Meeting, NoResponse, Response};
pub use world::World;

use crate::disease::Disease;
use crate::population::Population;
use crate::random::Key;
use history::DAY;
use spread::Contact;

/// How a run is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where all chance comes from.
    pub seed: u64,
    /// Days 0 … `days` − 1 are run.
    pub days: u32,
    /// How many threads; the history is the same for any number.
    pub threads: usize,
    /// Who brings infections from elsewhere.
    pub imports: Imports,
}

/// A run.
#[derive(Debug)]
pub struct Simulation<'a> {
    world: World<'a>,
    settings: Settings,
    /// One for each thread, which alone writes to it.
    calendars: Vec<Calendar<Contact>>,
    candidates: Vec<Contact>,
    imports: Vec<Import>,
    day: u32,
    stopped: bool,
}

/// Fewer contacts or infections than this are not worth a second thread.
const WORTH_A_THREAD: usize = 4_096;
/// The tag of an import among the candidates: no layer has it.
const IMPORT: u16 = 0xf000;

impl<'a> Simulation<'a> {
    /// Before the first day.
    pub fn new(population: &'a Population, disease: &'a Disease, rates: &'a Rates, settings: Settings) -> Self {
        let history = History::new(population.len());
        let world = World { population, disease, rates, key: Key::new(settings.seed), history, doses: Vec::new() };
        let calendars = (0..settings.threads.max(1)).map(|_| Calendar::new(settings.days)).collect();
        Self { world, calendars, candidates: Vec::new(), imports: Vec::new(), day: 0, stopped: false, settings }
    }
    /// What is so now.
    pub fn world(&self) -> &World<'a> {
        &self.world
    }
    /// Lives all days that are left, or until the response stops.
    pub fn run<R: Response>(&mut self, response: &mut R) {
        while self.step(response) {}
    }
    /// Lives one day; false if there is none left.
    pub fn step<R: Response>(&mut self, response: &mut R) -> bool {
        if self.stopped || self.day >= self.settings.days {
            return false;
        }
        if R::GATHERS {
            self.gather(response);
        }
        self.decide(response);
        let first = self.infect();
        self.draw(first);
        self.world.history.end_day();
        let mut changes = Changes::default();
        response.evening(&self.world, self.day, &mut changes);
        self.day += 1;
        self.change(changes);
        true
    }
    /// Bytes that the run holds besides the population.
    pub fn bytes(&self) -> usize {
        let calendars: usize = self.calendars.iter().map(Calendar::bytes).sum();
        self.world.bytes() + calendars + self.candidates.capacity() * size_of::<Contact>()
    }

    fn gather<R: Response>(&mut self, response: &R) {
        let history = &self.world.history;
        let from = history.since(self.day.saturating_sub(self.world.disease.longest())) as u32;
        for index in from..history.infections().len() as u32 {
            spread::gather(&self.world, self.day, index, response, &mut self.calendars[0]);
        }
    }

    /// Which of the day's contacts infect, as far as each is looked at alone.
    fn decide<R: Response>(&mut self, response: &R) {
        let (world, day) = (&self.world, self.day);
        let waiting: usize = self.calendars.iter().map(|c| c.count(day)).sum();
        let work = |calendar: &mut Calendar<Contact>, found: &mut Vec<Contact>| {
            calendar.take(day, |contact| {
                if spread::accepted(world, day, &contact, response) {
                    found.push(contact);
                }
            });
        };
        self.candidates.clear();
        if waiting < WORTH_A_THREAD || self.calendars.len() == 1 {
            self.calendars.iter_mut().for_each(|calendar| work(calendar, &mut self.candidates));
            return;
        }
        let mut found: Vec<Vec<Contact>> = vec![Vec::new(); self.calendars.len()];
        std::thread::scope(|scope| {
            for (calendar, found) in self.calendars.iter_mut().zip(&mut found) {
                scope.spawn(move || work(calendar, found));
            }
        });
        found.iter().for_each(|f| self.candidates.extend_from_slice(f));
    }

    /// The earliest contact of each person becomes an infection. Answers where the new ones begin.
    fn infect(&mut self) -> usize {
        let (world, day) = (&mut self.world, self.day);
        let arriving = self.settings.imports.on(day).iter().chain(&self.imports);
        for import in arriving.filter(|i| i.person < world.population.len() && usize::from(i.variant) < world.disease.file().variants.len()) {
            let when = (world.key.with(u64::from(import.person)).with(imports::ARRIVAL + u64::from(day)).draws().bits() >> 48) as u16;
            if world.susceptibility(import.person, import.variant, ticks_as_days(day, when)) > 0.0 {
                self.candidates.push(Contact { target: import.person, infection: u32::from(import.variant), when, tag: IMPORT });
            }
        }
        let infector = |c: &Contact| match c.tag {
            IMPORT => 0,
            _ => u64::from(world.history.infections()[c.infection as usize].person) + 1,
        };
        // Ties at one tick go to the infector with the lower number, so that nothing depends on the order of the calendar.
        self.candidates.sort_unstable_by(|a, b| (a.target, a.when).cmp(&(b.target, b.when)).then_with(|| (infector(a), a.tag).cmp(&(infector(b), b.tag))));
        self.candidates.dedup_by_key(|c| c.target);
        let first = world.history.infections().len();
        for c in &self.candidates {
            let ticks = world::ticks(day, c.when);
            match c.tag {
                IMPORT => world.history.push(c.target, NOBODY, ticks, u8::MAX, c.infection as u8),
                _ => {
                    let variant = world.history.infections()[c.infection as usize].variant;
                    world.history.push(c.target, c.infection, ticks, c.layer() as u8, variant);
                }
            }
        }
        first
    }

    /// Draws the contacts of the new infections.
    fn draw(&mut self, first: usize) {
        let (world, last) = (&self.world, self.world.history.infections().len());
        if last - first < WORTH_A_THREAD || self.calendars.len() == 1 {
            (first..last).for_each(|index| spread::draw(world, index as u32, &mut self.calendars[0]));
            return;
        }
        let part = (last - first).div_ceil(self.calendars.len());
        std::thread::scope(|scope| {
            for (k, calendar) in self.calendars.iter_mut().enumerate() {
                let from = first + k * part;
                scope.spawn(move || (from..last.min(from + part)).for_each(|index| spread::draw(world, index as u32, calendar)));
            }
        });
    }

    fn change(&mut self, changes: Changes) {
        changes.doses.iter().for_each(|(person, status)| self.world.vaccinate(*person, *status, self.day));
        self.imports = changes.imports.iter().map(|(person, variant)| Import { day: self.day, person: *person, variant: *variant }).collect();
        self.stopped = changes.stop;
    }
}

fn ticks_as_days(day: u32, when: u16) -> f32 {
    day as f32 + f32::from(when) / DAY as f32
}
