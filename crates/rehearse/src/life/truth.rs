//! Who is really infected, which nobody in the county knows: the epidemic of [`quell_epidemic`] among its residents. It is lived a day at a time, at the
//! end of each day, with what the staff had told people by then: whoever is infected on a day has nothing in the throat before the next.

use super::{Life, Plan, clock, lot};
use crate::county::County;
use quell_book::{Replay, Standing};
use quell_epidemic::Layer;
use quell_epidemic::disease::{self, Course, Disease};
use quell_epidemic::kernel::{Import, Imports, Meeting, NOBODY, NoResponse, Rates, Response, Settings, Simulation, World};
use quell_epidemic::population::{self, Given, Home, Population};
use quell_epidemic::random::Key;
use quell_foundation::*;
use quell_protocol::{Protocol, ZoneLevel};
use self_cell::self_cell;
use std::collections::BTreeMap;
use std::ops::Range;

/// Ct at which a target is no longer amplified.
const LIMIT_CT: f64 = 40.0;
/// Days before the first screening day on which infection is brought into a few households.
const LEAD: u32 = 4;
/// Residents for each household into which it is brought, at least one and at most three households, where the plan says nothing.
const PEOPLE_PER_IMPORT: u32 = 20_000;
/// The first of them falls ill within this part of the first day, and by then has infected others: a day without anyone to find shows nothing.
const FALLS_ILL: Range<f32> = 0.0..0.4;
/// People infected by then, at least.
const INFECTED_BY_THEN: usize = 4;
/// What is left of contact in a stairwell inside a risk zone or with someone who must stay at home. Assumption.
const STAIRWELL: f32 = 0.3;

/// One infection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Infection {
    at: Instant,
    course: Course,
    /// Ct of one copy per millilitre, and what each power of ten takes from it.
    ct: (f64, f64),
    /// When the person notices, if ever.
    onset: Option<Instant>,
    severe: bool,
    infector: Option<PersonId>,
}

impl Infection {
    /// The Ct that a single swab would give; `None` where nothing is amplified.
    pub(super) fn ct(&self, now: Instant) -> Option<f64> {
        let load = self.course.load((now.since(self.at).seconds() as f64 / 86_400.0) as f32)?;
        let ct = self.ct.0 - self.ct.1 * f64::from(load);
        (ct < LIMIT_CT).then_some(ct)
    }
    pub(super) fn onset_by(&self, now: Instant) -> Option<Instant> {
        self.onset.filter(|o| *o <= now)
    }
    /// When, and whether it was brought from elsewhere.
    pub(super) fn exposure(&self) -> (Instant, bool) {
        (self.at, self.infector.is_none())
    }
    pub(super) fn is_moderate(&self) -> bool {
        self.severe
    }
}

/// An infection as it really was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrueInfection {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Instant,
    /// By whom; none if it was brought from elsewhere.
    pub infector: Option<PersonId>,
    /// When the person falls ill, if ever.
    pub onset: Option<Instant>,
}

/// What an epidemic needs and never changes.
struct Stage {
    population: Population,
    disease: Disease,
    rates: Rates,
}

type Run<'a> = Simulation<'a>;

self_cell!(
    struct Epidemic {
        owner: Stage,
        #[covariant]
        dependent: Run,
    }
);

/// All infections.
pub(super) struct Truth {
    epidemic: Option<Epidemic>,
    /// The beginning of the epidemic's first day.
    start: Instant,
    infections: BTreeMap<PersonId, Infection>,
    /// Who has not yet thought of going to the clinic: when they would.
    pub(super) to_clinic: BTreeMap<(Instant, PersonId), ()>,
}

/// Residents as a population: their numbers are the same.
fn residents(county: &County, seed: u64, first_day: Day) -> Option<Population> {
    let mut people: Vec<Given> = Vec::with_capacity(county.residents.len());
    let mut before: Option<&PlaceId> = None;
    let (mut home, mut household) = (Home::default(), 0);
    for resident in &county.residents {
        if let Some(last) = before.filter(|b| **b != resident.home) {
            let levels = [&mut home.township, &mut home.community, &mut home.compound, &mut home.building, &mut home.unit];
            for (depth, level) in (super::COMMUNITY - 1..).zip(levels) {
                *level += u32::from(last.at_depth(depth) != resident.home.at_depth(depth));
            }
            household += 1;
        }
        before = Some(&resident.home);
        let days = f64::from(first_day.0 - resident.born.0);
        people.push(Given { home, household, age: (days / 365.2425).clamp(0.0, 100.0) as u8 });
    }
    population::preset("town")?.society.seat(&people, seed).ok()
}

/// The disease of a protocol: as it was when the protocol was in force.
fn disease_of(protocol: &Protocol) -> Option<Disease> {
    let name = if protocol.is_called("covid-19") { "covid-ba5" } else { protocol.meta.disease.as_str() };
    disease::preset(name).or_else(|| disease::preset("covid-ba5"))?.ok()
}

/// The residents as a population, the disease of the protocol, and how it spreads among them.
pub(super) fn stage(plan: &Plan, county: &County) -> Option<(Population, Disease, Rates)> {
    let population = residents(county, plan.seed, plan.first_day)?;
    let disease = disease_of(&plan.protocol)?;
    let rates = Rates::calibrate(&population, &disease).ok()?;
    Some((population, disease, rates))
}

impl Truth {
    /// All infections of an epidemic that is over.
    pub(super) fn whole(county: &County, start: Instant, world: &World<'_>) -> Self {
        let mut truth = Truth { epidemic: None, start, infections: BTreeMap::new(), to_clinic: BTreeMap::new() };
        truth.add(county, world, 0);
        truth
    }

    /// Infection brought into a few households some days before the first day. The first of the infected falls ill on it.
    pub(super) fn new(plan: &Plan, county: &County) -> Self {
        let (seed, first_day) = (plan.seed, plan.first_day);
        let start = clock(first_day.plus(-(LEAD as i32)), 0);
        let mut truth = Truth { epidemic: None, start, infections: BTreeMap::new(), to_clinic: BTreeMap::new() };
        truth.epidemic = stage(plan, county).map(|(population, disease, rates)| {
            Epidemic::new(Stage { population, disease, rates }, |stage| begin(stage, seed, plan.imports))
        });
        truth.take(county, 0);
        truth
    }

    /// Takes what was infected since, from one index of the history on.
    fn take(&mut self, county: &County, from: usize) {
        let Some(epidemic) = self.epidemic.take() else { return };
        self.add(county, epidemic.borrow_dependent().world(), from);
        self.epidemic = Some(epidemic);
    }

    fn add(&mut self, county: &County, world: &World<'_>, from: usize) {
        let history = world.history().infections();
        let person = |n: u32| county.residents.get(n as usize).map(|r| r.id);
        for infection in &history[from..] {
            let Some(id) = person(infection.person) else { continue };
            let course = world.course(infection);
            let law = &world.disease().file().variants[usize::from(infection.variant)].course;
            let at = self.start.plus(Span((f64::from(infection.time()) * 86_400.0) as i64));
            let onset = course.onset.map(|o| at.plus(Span((f64::from(o) * 86_400.0) as i64)));
            let infector = (infection.infector != NOBODY).then(|| person(history[infection.infector as usize].person)).flatten();
            let severe = world.outcome(infection, &course).severe.is_some();
            self.infections.insert(id, Infection { at, course, ct: (law.ct_of_one, law.ct_per_log), onset, severe, infector });
            if let Some(onset) = onset {
                self.to_clinic.insert((onset, id), ());
            }
        }
    }

    /// The infection of a person.
    pub(super) fn of(&self, person: PersonId) -> Option<&Infection> {
        self.infections.get(&person)
    }

    /// True if the person was ever infected.
    pub(super) fn is_infected(&self, person: PersonId) -> bool {
        self.infections.contains_key(&person)
    }

    /// True if the person was infected by then.
    pub(super) fn infected_by(&self, person: PersonId, at: Instant) -> bool {
        self.of(person).is_some_and(|i| i.at <= at)
    }

    /// How many were ever infected.
    pub(super) fn count(&self) -> usize {
        self.infections.len()
    }
}

/// The days before the first: of those into whose household infection could be brought, the first with whom it is there to be found.
fn begin(stage: &Stage, seed: u64, imports: Option<u32>) -> Simulation<'_> {
    let people = stage.population.len();
    let imports = imports.unwrap_or(people / PEOPLE_PER_IMPORT).clamp(1, imports.map_or(3, |n| n.max(1)));
    let mut draws = Key::new(seed).with(1 << 42).draws();
    let mut tried = 0;
    loop {
        tried += 1;
        let brought: Vec<Import> = (0..imports).map(|_| Import { day: 0, person: draws.below(people), variant: 0 }).collect();
        let first = brought[0].person;
        let settings = Settings { seed, days: u32::from(u16::MAX), threads: 1, imports: Imports::new(brought) };
        let mut run = Simulation::new(&stage.population, &stage.disease, &stage.rates, settings);
        (0..LEAD).for_each(|_| {
            run.step(&mut NoResponse);
        });
        let history = run.world().history();
        let ill = history.infections().iter().find(|i| i.person == first).is_some_and(|i| {
            let onset = run.world().course(i).onset.map(|o| i.time() + o - LEAD as f32);
            onset.is_some_and(|o| FALLS_ILL.contains(&o))
        });
        // A disease that takes weeks to show has none who do; then any will do.
        if tried > 2_000 || ill && history.infections().len() >= INFECTED_BY_THEN {
            return run;
        }
    }
}

/// Where somebody is, as far as others can be infected.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Whereabouts {
    Free,
    AtHome,
    Away,
}

/// What the staff have told people, when the day is over.
struct Told<'a> {
    county: &'a County,
    book: &'a Replay,
    zones: &'a BTreeMap<PlaceId, ZoneLevel>,
    start: Instant,
}

impl Told<'_> {
    fn whereabouts(&self, resident: u32, at: Instant) -> Whereabouts {
        let row = self.county.residents.get(resident as usize).and_then(|r| self.book.state.persons.get(&r.id));
        let Some(person) = row else { return Whereabouts::Free };
        let since = person.standing_since.is_none_or(|since| since <= at);
        match person.standing {
            Standing::Absent | Standing::Inpatient | Standing::Isolated | Standing::Dead if since => Whereabouts::Away,
            Standing::Infected | Standing::HomeIsolation | Standing::HomeMonitoring if since => Whereabouts::AtHome,
            _ if super::zone_over(self.zones, &person.home).is_some() => Whereabouts::AtHome,
            _ => Whereabouts::Free,
        }
    }
}

impl Response for Told<'_> {
    fn factor(&self, _world: &World<'_>, meeting: &Meeting) -> f32 {
        let at = self.start.plus(Span((f64::from(meeting.day) * 86_400.0 + f64::from(meeting.time) * 86_400.0) as i64));
        let both = [meeting.infector, meeting.target].map(|p| self.whereabouts(p, at));
        match meeting.layer {
            _ if both.contains(&Whereabouts::Away) => 0.0,
            _ if both == [Whereabouts::Free; 2] => 1.0,
            Layer::Household => 1.0,
            Layer::Unit => STAIRWELL,
            _ => 0.0,
        }
    }
}

/// Residents who share the home of this one up to a depth of the tree: they stand side by side.
pub(super) fn around(county: &County, resident: usize, depth: usize) -> Range<usize> {
    let Some(home) = county.residents.get(resident).map(|r| r.home.at_depth(depth)) else { return 0..0 };
    let same = |i: &usize| county.residents.get(*i).is_some_and(|r| r.home.is_within(&home));
    let start = (0..resident).rev().take_while(same).last().unwrap_or(resident);
    let end = (resident..county.residents.len()).take_while(same).last().unwrap_or(resident);
    start..end + 1
}

/// Residents of the same household.
pub(super) fn household(county: &County, resident: usize) -> Range<usize> {
    around(county, resident, 8)
}

/// The nearest neighbours of the unit: residents around the household, at most `most` of them.
pub(super) fn neighbours(county: &County, resident: usize, most: usize) -> Vec<usize> {
    let (home, unit) = (household(county, resident), around(county, resident, 7));
    let mut near: Vec<usize> = unit.filter(|i| !home.contains(i)).collect();
    near.sort_by_key(|i| (i.abs_diff(resident), *i));
    near.truncate(most);
    near
}

impl Life {
    /// Every infection until now, which nobody in the county knows, in the order of persons.
    pub fn infections(&self) -> impl Iterator<Item = TrueInfection> + '_ {
        self.truth.infections.iter().map(|(person, i)| TrueInfection { person: *person, at: i.at, infector: i.infector, onset: i.onset })
    }

    /// The position of a resident in the county; `None` for someone who is not a resident (a walk-in).
    pub(super) fn resident(&self, person: PersonId) -> Option<usize> {
        self.county.residents.binary_search_by_key(&person, |r| r.id).ok()
    }

    /// At the end of a day its infections happen.
    pub(super) fn truth_moves_on(&mut self) {
        if self.minute() != 24 * 60 || self.day_number() < 1 {
            return;
        }
        let mut told = Told { county: &self.county, book: &self.book, zones: &self.zones, start: self.truth.start };
        let mut from = 0;
        if let Some(epidemic) = &mut self.truth.epidemic {
            epidemic.with_dependent_mut(|_, run| {
                from = run.world().history().infections().len();
                run.step(&mut told);
            });
        }
        self.truth.take(&self.county, from);
    }

    /// The least Ct of the people in a tube when it was filled. Ten swabs share twice the liquid of one: one cycle more.
    pub(super) fn true_ct(&self, persons: &[PersonId], at: Instant) -> Option<f64> {
        let cts = persons.iter().filter_map(|p| self.truth.of(*p)?.ct(at));
        let least = cts.min_by(f64::total_cmp)?;
        let ct = if persons.len() > 1 { least + 1.0 } else { least };
        (ct < LIMIT_CT).then_some(ct)
    }

    /// Who goes to the fever clinic by now: half of those who fall ill, from half past six of the next morning on.
    pub(super) fn clinic_visits(&mut self) -> Vec<PersonId> {
        let now = self.now;
        let due: Vec<(Instant, PersonId)> = self.truth.to_clinic.keys().take_while(|(onset, _)| *onset <= now).copied().collect();
        due.iter().for_each(|key| {
            self.truth.to_clinic.remove(key);
        });
        let first = self.plan.first_day;
        let goes = |(onset, p): &(Instant, PersonId)| onset.day(UtcOffset::CHINA) == first || lot("clinic", p.0.as_bytes()) < 0.5;
        due.into_iter().filter(goes).map(|(_, p)| p).collect()
    }
}
