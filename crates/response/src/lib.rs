//! A response with its limits, in a simulated population: the same protocol file that runs the real one, against the physics of [`quell_epidemic`].
//!
//! Cases are found by symptoms, as contacts, in zones and in screening rounds; investigated, brought to beds, let go; their contacts are told, isolated, tested;
//! zones are drawn and lifted. Delays are no parameters: they come out of [`queues`], whose [`means`] are limited. What the protocol leaves open is
//! a [`policy`]. What it costs, and whom, is booked in a [`ledger`].
//!
//! Chance is keyed by person, day and purpose (see [`quell_epidemic::random`]): two policies are the same world until they differ.

mod ahead;
mod events;
mod found;
pub mod journal;
pub mod ledger;
pub mod means;
mod measures;
pub mod occupations;
mod opening;
mod people;
pub mod policy;
pub mod queues;
mod responder;
mod rounds;
mod rules;
mod run;
mod series;
mod swab;
pub mod time;
mod tracing;
mod transfer;
mod turnout;
mod zones;

pub use events::Why;
pub use found::Case;
pub use opening::{KnownCase, KnownContact, Opening};
pub use people::{STAYS, Stay};
pub use responder::{Closed, Responder};
pub use rules::{Exit, Rules, Schedule, Tube};
pub use run::{Outcome, Scene, Setup};
pub use series::{Day, Found, FoundCases, Series};
