//! Where transmission comes from, and two cities in 2022.

use crate::simple::{file, is_import, live, mixed};
use quell_epidemic::disease::{Disease, preset};
use quell_epidemic::kernel::{Imports, NoResponse, Rates};
use quell_epidemic::population;
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{Outcome, Setup};

/// Ferretti et al. 2020, Science 368:eabb6936: infections by one person before onset, after onset, without ever having symptoms; 0.2 by the environment besides.
pub const FERRETTI: [f64; 3] = [0.9, 0.8, 0.1];

/// The same among the infections that people from elsewhere cause in a run, with 1.8 from person to person.
pub fn sources(imports: u32, seed: u64) -> [f64; 3] {
    let mut file = file("covid-ancestral");
    let v = &mut file.variants[0];
    (v.transmission.reproduction, v.transmission.household_attack, v.transmission.dispersion) = (1.8, 0.0, f64::INFINITY);
    let disease = Disease::new(file).unwrap();
    let people = mixed(100 * imports);
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let first = Imports::at_start(&people, seed, imports, 0);
    let history = live((&people, &disease, &rates), &mut NoResponse, (seed, 25), first, |_| true);
    let all = history.infections();
    let brought = all.iter().filter(|i| is_import(i)).count() as f64;
    let mut caused = [0.0; 3];
    for infection in all {
        let Some(source) = all.get(infection.infector as usize).filter(|s| is_import(s)) else { continue };
        let course = disease.course(0, source.key(quell_epidemic::random::Key::new(seed)), people.person(source.person));
        let after = infection.time() - source.time();
        caused[course.onset.map_or(2, |onset| usize::from(after >= onset))] += 1.0;
    }
    caused.map(|n| n / brought)
}

/// Beijing, BF.7 (Leung et al. 2023, Nature Medicine 29:579): R of 3.44, infections at their peak on 11 December 2022, 75.7 % (60.7 to 84.4) infected by 22
/// December, 92.3 % by 31 January 2023.
pub const BEIJING: [(u32, f64, [f64; 2]); 2] = [(11, 0.757, [0.607, 0.844]), (51, 0.923, [0.914, 0.931])];

/// A city without a response.
#[derive(Debug, Clone, Copy)]
pub struct Wave {
    /// Growth a day, from 0.1 to 2 % infected.
    pub growth: f64,
    /// Share infected so many days after the peak as in [`BEIJING`].
    pub after: [f64; 2],
}

/// A wave of BA.5 in a city; from the day on which 2 % are infected people leave out a share of their contacts outside the home and the stairwell.
pub fn wave(people: u32, left_out: f64, seed: u64) -> Wave {
    const DAYS: u32 = 130;
    let population = population::preset("municipality").unwrap().with_people(people).generate(seed, 1).unwrap();
    let disease = preset("covid-ba5").unwrap().unwrap();
    let setup = city(population, disease, (20, DAYS));
    let rules = crate::simple::rules("covid-2022-twenty");
    let nothing = Policy { response: false, ..Policy::default() };
    let run = |policy: &Policy| -> Vec<f64> {
        setup.run(&rules, policy, seed, |_| {}).series.days().iter().map(|d| d.infections as f64 / f64::from(people)).collect()
    };
    let share = |days: &[f64], day: usize| days[..=day].iter().sum::<f64>();
    let free = run(&nothing);
    let day = |wanted: f64| (0..free.len()).find(|d| share(&free, *d) >= wanted).unwrap();
    let (from, to) = (day(0.001), day(0.02));
    let growth = (free[to] / free[from]).ln() / (to - from) as f64;
    let lived = if left_out == 0.0 {
        free
    } else {
        let closure = format!(
            "response = false
closures = [{{ settings = [\"school\", \"work\", \"market\", \"travel\"], effect = {left_out}, when_cases = 0, from_day = {to} }}]"
        );
        run(&Policy::parse(&closure).unwrap())
    };
    let peak = (0..lived.len()).max_by(|a, b| lived[*a].total_cmp(&lived[*b])).unwrap();
    Wave { growth, after: BEIJING.map(|(days, _, _)| share(&lived, (peak + days as usize).min(lived.len() - 1))) }
}

fn city(population: population::Population, disease: Disease, (imports, days): (u32, u32)) -> Setup {
    let rates = Rates::calibrate(&population, &disease).unwrap();
    let census = Census::of(&population);
    Setup { population, census, disease, rates, imports, imports_per_day: 0.0, days, opening: None, threads: 1 }
}

/// Shanghai, BA.2, 26 February to 30 June 2022: infected (Chen X. et al. 2022, Emerging Microbes & Infections 11:2800; 626,000 were reported by 31 May: Chen Z. et al.
/// 2022, Lancet Regional Health Western Pacific 29:100592). Early R of 2.1 to 2.4; standstill from 28 March in the east and 1 April in the west, when about 0.1 %
/// had been found within a week; most were found in the second week of April.
pub const SHANGHAI: f64 = 0.0274;

/// A policy like that: nobody looks for three weeks; then cases, contacts and zones by the protocol, and once 0.1 % were found in a week everything is closed and
/// everyone swabbed every second day, ten in a tube. Shelter beds for 1.2 % of the people open within a month, as there.
const STANDSTILL: &str = "name = \"standstill\"
symptoms = { from_day = 21 }
screening = { area = \"everywhere\", every_days = 2, from_cases = TRIGGER, pool = 10 }
closures = [{ settings = [\"school\", \"work\", \"market\", \"travel\"], effect = 0.9, when_cases = TRIGGER, everywhere = true, until_clear_days = 3 }]
compliance = { at_home = 0.9, miss = 0.05, evade = 0.01 }
means = { opened_per_day = BEDS }
";

/// A city with R of 2.3 under such a policy.
pub fn standstill(people: u32, seed: u64) -> Outcome {
    let mut file = file("covid-ba5");
    file.variants[0].transmission.reproduction = 2.3;
    let (trigger, beds) = ((people / 1_000).to_string(), (people / 2_500).to_string());
    let population = population::preset("municipality").unwrap().with_people(people).generate(seed, 1).unwrap();
    let setup = city(population, Disease::new(file).unwrap(), (people / 20_000, 100));
    let policy = Policy::parse(&STANDSTILL.replace("TRIGGER", &trigger).replace("BEDS", &beds)).unwrap();
    setup.run(&crate::simple::rules("covid-2022-ninth"), &policy, seed, |_| {})
}
