//! What every other crate stands on: typed ids, times, quantities and seeded random streams.
//! Small and stable; no I/O, no clock, no ambient randomness.

mod ids;
mod quantities;
mod random;
mod time;

pub use ids::*;
pub use quantities::*;
pub use random::Stream;
pub use time::*;
