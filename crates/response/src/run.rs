//! One run: a population, a disease, a protocol, a policy, a seed.

use crate::found::Case;
use crate::journal::Deed;
use crate::ledger::{Census, Costs};
use crate::opening::{KnownCase, Opening};
use crate::policy::Policy;
use crate::responder::{Closed, Responder};
use crate::rules::Rules;
use crate::series::Series;
use crate::time::Time;
use quell_epidemic::disease::Disease;
use quell_epidemic::kernel::{Import, Imports, Infection, Rates, Settings, Simulation, World};
use quell_epidemic::population::{Level, Population};
use quell_epidemic::random::Key;
use quell_epidemic::{LAYERS, Layer};

/// What does not change between runs that are compared.
#[derive(Debug)]
pub struct Setup {
    /// The people.
    pub population: Population,
    /// How many of them live where.
    pub census: Census,
    /// The disease.
    pub disease: Disease,
    /// How it spreads among them.
    pub rates: Rates,
    /// Infections from elsewhere on the first day.
    pub imports: u32,
    /// Infections from elsewhere on each later day, on average.
    pub imports_per_day: f64,
    /// Days of a run.
    pub days: u32,
    /// What is known when it begins; none: nobody is infected but those from elsewhere. `days` are those from today on.
    pub opening: Option<Opening>,
    /// Threads of one run; the result is the same for any number.
    pub threads: usize,
}

/// All that a run is made of besides rules, policy and seed: a [`Setup`], or one in which something was exchanged while its people stay where they are.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The people.
    pub population: &'a Population,
    /// How many of them live where.
    pub census: &'a Census,
    /// The disease.
    pub disease: &'a Disease,
    /// How it spreads among them.
    pub rates: &'a Rates,
    /// Infections from elsewhere on the first day.
    pub imports: u32,
    /// Infections from elsewhere on each later day, on average.
    pub imports_per_day: f64,
    /// Days of a run.
    pub days: u32,
    /// What is known when it begins.
    pub opening: Option<&'a Opening>,
    /// Threads of one run; the result is the same for any number.
    pub threads: usize,
}

/// How a run went.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The days.
    pub series: Series,
    /// What it cost.
    pub costs: Costs,
    /// Cases found.
    pub cases: Vec<Case>,
    /// Who was infected at all, each once.
    pub persons: u32,
    /// Infections by setting, in the order of [`Layer::ALL`]; imports are in none.
    pub by_layer: [u64; LAYERS],
    /// Infections by the township of those infected, in the population's order.
    pub by_township: Vec<u64>,
    /// The first day from which on the protocol's number of days had no community-found case.
    pub first_zero: Option<u32>,
    /// The same, if none was found any more until the end.
    pub days_to_zero: Option<u32>,
    /// Changes with anything that happened: all infections, all cases, all costs of a day.
    pub hash: u64,
    /// Bytes of the run and the population at its end.
    pub bytes: usize,
}

impl Setup {
    /// What runs are made of.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            population: &self.population,
            census: &self.census,
            disease: &self.disease,
            rates: &self.rates,
            imports: self.imports,
            imports_per_day: self.imports_per_day,
            days: self.days,
            opening: self.opening.as_ref(),
            threads: self.threads,
        }
    }
    /// Runs a policy.
    pub fn run(&self, rules: &Rules, policy: &Policy, seed: u64, each_day: impl FnMut(u32)) -> Outcome {
        self.scene().run(rules, policy, seed, each_day)
    }
}

impl Scene<'_> {
    /// Runs a policy.
    pub fn run(&self, rules: &Rules, policy: &Policy, seed: u64, each_day: impl FnMut(u32)) -> Outcome {
        self.go(rules, policy, seed, each_day, false, |_, _| ()).0
    }
    /// Runs a policy and writes down what is done; `see` is shown the world at the end, and all deeds in the order of their times.
    pub fn write<T>(
        &self,
        rules: &Rules,
        policy: &Policy,
        seed: u64,
        see: impl FnOnce(&World<'_>, Vec<(Time, Deed)>) -> T,
    ) -> (Outcome, T) {
        self.go(rules, policy, seed, |_| (), true, see)
    }
    fn go<T>(
        &self,
        rules: &Rules,
        policy: &Policy,
        seed: u64,
        mut each_day: impl FnMut(u32),
        writing: bool,
        see: impl FnOnce(&World<'_>, Vec<(Time, Deed)>) -> T,
    ) -> (Outcome, T) {
        let today = self.opening.map_or(0, |o| o.today);
        let days = today + self.days;
        let start = match self.opening {
            Some(opening) => {
                let import = |c: &KnownCase| Import { day: c.infected.max(0.0) as u32, person: c.person, variant: 0 };
                Imports::new(opening.cases.iter().map(import).collect())
            }
            None => Imports::at_start(self.population, seed, self.imports, 0),
        };
        let later = Imports::daily(self.population, seed, self.imports_per_day, today.max(1)..days, 0);
        let settings = Settings { seed, days, threads: self.threads, imports: start.and(later) };
        let mut simulation = Simulation::new(self.population, self.disease, self.rates, settings);
        let mut responder = Responder::new(self.population, self.census, policy, rules, days);
        if let Some(opening) = self.opening {
            responder = responder.with(opening);
        }
        if writing {
            responder = responder.writing();
        }
        while simulation.step(&mut responder) {
            each_day(simulation.world().history().days());
        }
        let bytes = self.population.bytes() + simulation.bytes() + responder.bytes();
        let world = simulation.world();
        let Closed { series, costs, cases, deeds } = responder.close(world);
        let series = series.from(today);
        let cases: Vec<Case> = cases.into_iter().filter(|c| c.found >= f64::from(today)).map(|c| c.since(f64::from(today))).collect();
        let (first_zero, days_to_zero) = series.zero(rules.zero_days, self.opening.is_some_and(|o| !o.cases.is_empty()));
        let mut by_layer = [0; LAYERS];
        world.history().infections().iter().filter_map(Infection::layer).for_each(|layer: Layer| by_layer[layer as usize] += 1);
        let homes = self.population.homes(Level::Township);
        let mut by_township = vec![0; homes.len() as usize];
        world.history().infections().iter().for_each(|i| by_township[homes.find(i.person) as usize] += 1);
        let hash = hash(world.history().hash(), &series, &cases);
        let persons = world.history().persons();
        let outcome = Outcome { series, costs, cases, persons, by_layer, by_township, first_zero, days_to_zero, hash, bytes };
        (outcome, see(world, deeds))
    }
}

fn hash(history: u64, series: &Series, cases: &[Case]) -> u64 {
    let mix = |sum: u64, n: u64| Key::new(sum).with(n).draws().bits();
    let days = series.days().iter().fold(history, |h, d| {
        [d.infections, d.found.all(), d.found.community, d.tests, d.tubes, d.contacts, d.severe, d.deaths].into_iter().fold(h, mix)
    });
    cases.iter().fold(days, |h, c| {
        let ended = [c.investigated, c.admitted, c.discharged].map(|t| t.map_or(0, f64::to_bits));
        [u64::from(c.person), c.found.to_bits()].into_iter().chain(ended).fold(h, mix)
    })
}
