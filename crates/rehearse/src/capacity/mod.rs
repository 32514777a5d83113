//! What a county responds with: sampling stations, laboratories, facilities and vehicles, sized by rule from the population.

mod facilities;
mod laboratories;
mod stations;
mod vehicles;

pub use facilities::Facility;
pub use laboratories::Laboratory;
pub use stations::Station;
pub use vehicles::Vehicle;

pub(crate) use facilities::facilities;
pub(crate) use laboratories::laboratories;
pub(crate) use stations::stations;
pub(crate) use vehicles::vehicles;

/// `amount` per `per` people, rounded up.
fn needed(population: u32, amount: f64, per: f64) -> u32 {
    (f64::from(population) * amount / per).ceil() as u32
}
