//! The run: a calendar of contacts, decided day by day.
//!
//! When person i is infected, the number of contacts in each layer that would infect a fully susceptible person is Poisson with the mean that the rate, the
//! person's contacts and infectiousness give over the whole course; each gets a time by the profile of infectiousness and a person of the group. On
//! its day a contact infects with the probability that susceptibility and the response leave. Where a response can make people meet more than they do
//! without one ([`Response::most`]), contacts beyond the ordinary are drawn beside the others and happen only as far as it does. All contacts on one
//! person on one day are decided by the earliest. Chance is keyed (see [`crate::random`]), so neither order nor threads matter.

mod calendar;
mod contact;
mod history;
mod imports;
mod marks;
mod places;
mod rates;
mod response;
mod spread;
mod world;

pub use calendar::Calendar;
pub use history::{History, Infection, NOBODY};
pub use imports::{Import, Imports};
pub use marks::Marks;
pub use rates::{Rates, RatesError};
pub use response::{Changes, Gathering, Meeting, NoResponse, Response};
pub use world::World;

use crate::disease::Disease;
use crate::layer::Layer;
use crate::population::Population;
use contact::{Contact, MOST_INFECTIONS};
use history::DAY;

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
/// Most contact that a response can make, relative to the ordinary.
const MOST_MORE: f32 = 64.0;

/// By how much contact can exceed the ordinary; 0 for what is no number.
fn more(most: f32) -> f32 {
    if most > 1.0 { most.min(MOST_MORE) - 1.0 } else { 0.0 }
}

impl<'a> Simulation<'a> {
    /// Before the first day.
    pub fn new(population: &'a Population, disease: &'a Disease, rates: &'a Rates, settings: Settings) -> Self {
        let world = World::new(population, disease, rates, settings.seed, settings.days);
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
        if self.day == 0 {
            // Nothing was drawn yet.
            self.world.more = Layer::ALL.map(|layer| more(response.most(layer)));
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
        self.release();
        true
    }
    /// Bytes that the run holds besides the population.
    pub fn bytes(&self) -> usize {
        let calendars: usize = self.calendars.iter().map(Calendar::bytes).sum();
        self.world.bytes() + calendars + self.candidates.capacity() * size_of::<Contact>()
    }

    /// Draws the day's contacts where the response brings those who are infectious together with others.
    fn gather<R: Response>(&mut self, response: &R) {
        let (world, day) = (&self.world, self.day);
        let from = world.history.since(day.saturating_sub(world.disease.longest()));
        let all = from as u32..world.history.infections().len() as u32;
        if all.len() < WORTH_A_THREAD || self.calendars.len() == 1 {
            all.for_each(|index| spread::gather(world, day, index, response, &mut self.calendars[0]));
            return;
        }
        let threads = self.calendars.len();
        std::thread::scope(|scope| {
            for (k, calendar) in self.calendars.iter_mut().enumerate() {
                // In turn, not in parts: those infected lately have more to do than those who are over it.
                let own = all.clone().skip(k).step_by(threads);
                scope.spawn(move || own.for_each(|index| spread::gather(world, day, index, response, calendar)));
            }
        });
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
        for import in arriving.filter(|i| i.person < world.population.len() && usize::from(i.variant) < world.disease.file().variants.len())
        {
            let when = (world.key.with(u64::from(import.person)).with(imports::ARRIVAL + u64::from(day)).draws().bits() >> 52) as u32;
            if world.susceptibility(import.person, import.variant, day as f32 + when as f32 / DAY as f32) > 0.0 {
                self.candidates.push(Contact::import(import.person, import.variant, when));
            }
        }
        self.candidates.sort_unstable_by_key(Contact::precedence);
        self.candidates.dedup_by(|later, earlier| earlier.stands_for(later));
        let first = world.history.infections().len();
        // So many infections do not fit: the run ends here rather than tell a wrong story.
        self.stopped |= first + self.candidates.len() > MOST_INFECTIONS as usize;
        if !self.stopped {
            let lasting = world.disease.file().immunity.refractory as u32;
            for c in &self.candidates {
                world.history.push(c.target, c.infection().unwrap_or(NOBODY), day * DAY + c.when(), c.code(), c.variant());
                if lasting > world.disease.longest() {
                    world.immune.mark(c.target);
                }
            }
        }
        first
    }

    /// Those whose immunity could end while a course of today runs are looked at one by one from now on, unless the run ends before.
    fn release(&mut self) {
        let world = &mut self.world;
        let (lasting, longest) = (world.disease.file().immunity.refractory as u32, world.disease.longest());
        let Some(then) = (self.day + longest + 1).checked_sub(lasting).filter(|_| lasting > longest) else {
            world.released |= lasting <= longest && !world.history.infections().is_empty();
            return;
        };
        if then + lasting >= self.settings.days {
            return;
        }
        for index in world.history.since(then)..world.history.since(then + 1) {
            let person = world.history.infections()[index].person;
            if world.history.latest(person) == Some(index as u32) {
                world.immune.clear(person);
                world.released = true;
            }
        }
    }

    /// Draws the contacts of the new infections.
    fn draw(&mut self, first: usize) {
        let (world, last) = (&self.world, self.world.history.infections().len());
        if last - first < WORTH_A_THREAD || self.calendars.len() == 1 {
            spread::draw(world, first..last, &mut self.calendars[0]);
            return;
        }
        let part = (last - first).div_ceil(self.calendars.len());
        std::thread::scope(|scope| {
            for (k, calendar) in self.calendars.iter_mut().enumerate() {
                let from = first + k * part;
                scope.spawn(move || spread::draw(world, from..last.min(from + part).max(from), calendar));
            }
        });
    }

    fn change(&mut self, changes: Changes) {
        changes.doses.iter().for_each(|(person, status)| self.world.vaccinate(*person, *status, self.day));
        self.imports =
            changes.imports.iter().map(|(person, variant)| Import { day: self.day, person: *person, variant: *variant }).collect();
        self.stopped |= changes.stop;
    }
}
