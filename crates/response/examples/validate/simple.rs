//! Populations, diseases and rules so simple that a published model can be told in them.

use quell_epidemic::disease::{DiseaseFile, Law, PRESETS};
use quell_epidemic::kernel::{History, Imports, Infection, Rates, Response, Settings, Simulation};
use quell_epidemic::population::{Builder, Contacts, Home, Population};
use quell_protocol::{builtin, load};
use quell_response::Rules;

/// Nobody meets anybody.
pub const ALONE: Contacts =
    Contacts { unit: 0.0, school: [0.0; 9], work: 0.0, care: 0.0, market: 0.0, travel: 0.0, own_cell: 1.0, activity: [1.0; 9] };

/// People who live alone and meet everyone alike.
pub fn mixed(people: u32) -> Population {
    let mut builder = Builder::new();
    (0..people).for_each(|k| {
        builder.household(Home { unit: k, building: k, ..Home::default() }, &[(30, 0)]);
    });
    builder.build(Contacts { market: 10.0, ..ALONE }, None).unwrap()
}

/// The file of a preset, to be changed.
pub fn file(name: &str) -> DiseaseFile {
    let (_, text) = PRESETS.iter().find(|(n, _)| *n == name).unwrap();
    toml::from_str(text).unwrap()
}

/// A disease that nobody dies of, that everyone has with symptoms and infects with alike, always on the same time line, and after which one is immune for good.
pub fn plain(reproduction: f64, household_attack: f64) -> DiseaseFile {
    let mut file = file("covid-ancestral");
    let v = &mut file.variants[0];
    v.transmission.reproduction = reproduction;
    v.transmission.household_attack = household_attack;
    v.transmission.household_exponent = 0.0;
    v.transmission.dispersion = f64::INFINITY;
    v.transmission.dispersion_home = f64::INFINITY;
    v.course.incubation = Law::fixed(5.0);
    v.course.peak_after_onset = Law::fixed(0.0);
    v.course.peak_load = Law::fixed(9.0);
    v.course.asymptomatic = [0.0; 9];
    v.severity.severe = [0.0; 9];
    v.susceptibility.by_age = [1.0; 9];
    file.immunity.refractory = 10_000.0;
    file
}

/// The rules of a protocol that comes with Quell.
pub fn rules(id: &str) -> Rules {
    Rules::of(&load(id, builtin(&id.parse().unwrap()).unwrap()).unwrap())
}

/// Lives `days` days under a response and answers what happened; `goes_on` may end it earlier.
pub fn live<R: Response>(
    (people, disease, rates): (&Population, &quell_epidemic::disease::Disease, &Rates),
    response: &mut R,
    (seed, days): (u64, u32),
    imports: Imports,
    goes_on: impl Fn(&History) -> bool,
) -> History {
    let mut run = Simulation::new(people, disease, rates, Settings { seed, days, threads: 1, imports });
    while run.step(response) && goes_on(run.world().history()) {}
    run.world().history().clone()
}

/// How many infections of a kind each generation has, those from elsewhere first; only the first three.
pub fn generations(history: &History, counts: impl Fn(&Infection) -> bool) -> [f64; 3] {
    let mut number = [0.0; 3];
    let mut of: Vec<usize> = Vec::new();
    for infection in history.infections() {
        let generation = of.get(infection.infector as usize).map_or(0, |g| g + 1);
        of.push(generation);
        if let Some(n) = number.get_mut(generation).filter(|_| counts(infection)) {
            *n += 1.0;
        }
    }
    number
}

/// Infections that no other caused.
pub fn is_import(infection: &Infection) -> bool {
    infection.infector == quell_epidemic::kernel::NOBODY
}
