//! What the tests share.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_epidemic::kernel::Rates;
use quell_epidemic::{disease, population};
use quell_protocol::{Protocol, builtin, load};
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{Rules, Setup};

/// A town with a disease.
pub fn town(people: u32, disease: &str, days: u32) -> Setup {
    let population = population::preset("town").unwrap().with_people(people).generate(1, 1).unwrap();
    let disease = disease::preset(disease).unwrap().unwrap();
    let rates = Rates::calibrate(&population, &disease).unwrap();
    let census = Census::of(&population);
    Setup { population, census, disease, rates, imports: 10, imports_per_day: 0.0, days, opening: None, threads: 1 }
}

pub fn protocol(id: &str) -> Protocol {
    load(id, builtin(&id.parse().unwrap()).unwrap()).unwrap()
}

pub fn rules(id: &str) -> Rules {
    Rules::of(&protocol(id))
}

pub fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}
