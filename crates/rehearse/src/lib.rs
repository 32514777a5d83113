//! Synthetic places and people: a county to rehearse a response in.
//!
//! Made of real divisions (`county`), made-up residents with the shape of the 2020 census (`people`), and stations,
//! laboratories, facilities and vehicles sized by the rules that were in force in 2022 (`capacity`).
//! Everything follows from a seed through one named [`quell_foundation::Stream`] per mechanism and community: a draw more in one
//! mechanism or community moves nothing in the others. No clock, no storage, no network.
//!
//! [`life`] lives screening days in such a county and emits the submissions that its staff would hand in.
//!
//! Entry points: [`wushan`], [`city`], [`write_roster_csv`], [`life::Life`].

mod capacity;
mod county;
mod kinds;
pub mod life;
mod people;
mod roster;
mod share;

pub use capacity::{Facility, Laboratory, Station, Vehicle};
pub use county::{County, PlaceRow, city, wushan};
pub use kinds::{PlaceKind, Sex};
pub use people::{Resident, census, identity_check_digit};
pub use quell_protocol::{OccupationClass, PersonTag};
pub use roster::write_roster_csv;
