//! Attack rates in households of generated people.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use quell_epidemic::kernel::{Import, Imports, NoResponse, Rates, Settings, Simulation};
use quell_epidemic::population::{Level, preset as place};

/// Of the members of households of each size, the share whom the one who brought the disease infected; nobody meets anybody elsewhere.
fn attack(name: &str) -> [f64; 8] {
    let mut description = place("municipality").unwrap().with_people(300_000);
    description.society.contacts = common::ALONE;
    let people = description.generate(1, 2).unwrap();
    let mut file = common::file(name);
    file.variants[0].transmission.reproduction = 2.0;
    let disease = quell_epidemic::disease::Disease::new(file).unwrap();
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let homes = people.homes(Level::Household);
    // Each member as often as any other: the k-th of every household, in turn.
    let first = |k: u32| homes.range(k).start + k % homes.range(k).len() as u32;
    let imports = Imports::new((0..homes.len()).map(|k| Import { day: 0, person: first(k), variant: 0 }).collect());
    let mut run = Simulation::new(&people, &disease, &rates, Settings { seed: 1, days: 50, threads: 1, imports });
    run.run(&mut NoResponse);
    let history = run.world().history();
    let (mut members, mut infected) = ([0.0; 8], [0.0; 8]);
    for infection in history.infections() {
        let home = people.around(Level::Household, infection.person);
        let size = home.len().min(7);
        if infection.day() == 0 {
            members[size] += home.len() as f64 - 1.0;
            members[0] += home.len() as f64 - 1.0;
        } else if history.infections()[infection.infector as usize].day() == 0 {
            infected[size] += 1.0;
            infected[0] += 1.0;
        }
    }
    std::array::from_fn(|k| if members[k] > 0.0 { infected[k] / members[k] } else { 0.0 })
}

/// Madewell et al. 2021, JAMA Network Open 4:e2122240: 18.9 % (16.2 to 22.0) of household members; Madewell et al. 2020, 3:e2031756: 41.5 % with one
/// contact against 22.8 % with three and more, 1.8 times as many. Here every household has a case, so large ones weigh less than in a study.
#[test]
fn ancestral_attack_falls_with_the_size_of_the_household() {
    let rates = attack("covid-ancestral");
    assert!((0.15..0.22).contains(&rates[0]), "{rates:?}");
    assert!(rates[2..8].is_sorted_by(|a, b| a > b), "{rates:?}");
    assert!((1.3..2.4).contains(&(rates[2] / rates[4])), "{rates:?}");
}

/// Madewell et al. 2022, JAMA Network Open 5:e229317: Omicron 42.7 % (35.4 to 50.4).
#[test]
fn omicron_attack_is_that_of_the_studies() {
    let rates = attack("covid-ba5");
    assert!((0.354..0.504).contains(&rates[0]), "{rates:?}");
    assert!(rates[2..8].is_sorted_by(|a, b| a > b), "{rates:?}");
}
