//! A county's people and the records that are kept of them twice, with known truth: for measuring.
//!
//! Nobody here exists. Parameters stand first in their modules, with their source, or said to be an assumption.

mod county;
mod errors;
mod names;
mod trial;

pub use county::County;
pub use errors::Errors;
pub use trial::{Measured, Point, run};

use crate::Particulars;
use quell_foundation::Stream;

/// Records with the truth: which person each is of.
#[derive(Debug, Clone, Default)]
pub struct Set {
    /// The records, in no order.
    pub records: Vec<Particulars>,
    /// Of each record, the number of its person.
    pub person: Vec<u32>,
}

/// A county and second records of some of its people, distorted. The same seed gives the same set on every machine.
pub fn generate(county: &County, errors: &Errors, seed: u64) -> Set {
    let people = county.people(seed);
    let mut choice = Stream::named(seed, "second records");
    let mut distort = errors::Distort::new(errors, county, seed);
    let mut pairs: Vec<(Particulars, u32)> = Vec::with_capacity(people.len() * 12 / 10);
    for (number, person) in (0..).zip(&people) {
        if choice.chance(county.second_records) {
            pairs.push((distort.again(person, &people), number));
        }
        pairs.push((distort.registered(person), number));
    }
    choice.shuffle(&mut pairs);
    let (records, person) = pairs.into_iter().unzip();
    Set { records, person }
}
