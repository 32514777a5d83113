//! Populations and diseases so simple that theory has an answer.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
#![allow(dead_code, reason = "each test file uses some of them")]

use quell_epidemic::disease::{Disease, DiseaseFile, Family, Law, PRESETS};
use quell_epidemic::kernel::{History, Imports, NoResponse, Rates, Response, Settings, Simulation};
use quell_epidemic::population::{Builder, Contacts, Home, Population};

/// Nobody meets anybody.
pub const ALONE: Contacts =
    Contacts { unit: 0.0, school: [0.0; 9], work: 0.0, care: 0.0, market: 0.0, travel: 0.0, own_cell: 1.0, activity: [1.0; 9] };

/// The file of a preset, to be changed.
pub fn file(name: &str) -> DiseaseFile {
    let (_, text) = PRESETS.iter().find(|(n, _)| *n == name).unwrap();
    toml::from_str(text).unwrap()
}

/// A disease that everyone gets alike: gamma latent times, no symptoms missing, no superspreading, immunity for good.
pub fn plain(reproduction: f64, household_attack: f64) -> DiseaseFile {
    let mut file = file("covid-ancestral");
    let v = &mut file.variants[0];
    v.transmission.reproduction = reproduction;
    v.transmission.household_attack = household_attack;
    v.transmission.household_exponent = 0.0;
    v.transmission.dispersion = f64::INFINITY;
    v.transmission.dispersion_home = f64::INFINITY;
    v.course.incubation = Law { family: Family::Gamma, mean: 4.0, sd: 1.0 };
    v.course.peak_after_onset = Law::fixed(0.0);
    v.course.rise = Law::fixed(1.5);
    v.course.fall = Law::fixed(3.0);
    v.course.peak_load = Law::fixed(8.0);
    v.course.infectious_load = v.course.detectable_load;
    v.course.earliest = 1.0;
    v.course.asymptomatic = [0.0; 9];
    v.susceptibility.by_age = [1.0; 9];
    file.immunity.refractory = 10_000.0;
    file
}

/// People who live alone and meet everyone alike.
pub fn mixed(people: u32) -> Population {
    households(people, 1, Contacts { market: 10.0, ..ALONE })
}

/// Households of one size in one community.
pub fn households(number: u32, size: usize, contacts: Contacts) -> Population {
    let mut builder = Builder::new();
    let members = vec![(30, 0); size];
    (0..number).for_each(|k| {
        builder.household(Home { unit: k, building: k, ..Home::default() }, &members);
    });
    builder.build(contacts, None).unwrap()
}

/// A history, from some imports drawn at the start, under a response.
pub fn under<R: Response>(response: &mut R, people: &Population, disease: &Disease, seed: u64, days: u32, imports: u32) -> History {
    let rates = Rates::calibrate(people, disease).unwrap();
    let imports = Imports::at_start(people, seed, imports, 0);
    let mut run = Simulation::new(people, disease, &rates, Settings { seed, days, threads: 1, imports });
    run.run(response);
    run.world().history().clone()
}

/// The same without a response.
pub fn run(people: &Population, disease: &Disease, seed: u64, days: u32, imports: u32) -> History {
    under(&mut NoResponse, people, disease, seed, days, imports)
}
