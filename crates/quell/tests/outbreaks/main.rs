//! Four outbreaks from the first word to the last release, as the people who run them see them: over HTTP and at the command line, on a
//! real PostgreSQL, with a clock that goes through the days. How to read and run them: docs/outbreaks.md.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

#[path = "../common/mod.rs"]
mod server;

mod common;
mod covid;
mod ebola;
mod measles;
mod mpox;
mod neighbour;
