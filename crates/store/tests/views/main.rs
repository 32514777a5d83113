//! The views on a real PostgreSQL: every number of a small book by hand, scopes, paging, and how long a county's views take.

#![allow(clippy::unwrap_used, reason = "a test panics where something fails")]

mod fixture;
mod numbers;
mod people;
mod scope;
mod speed;
