//! Every parser of outside input as a function of bytes that panics when a property does not hold: docs/fuzzing.md lists them.
//! `tests/short.rs` runs them for seconds with every test, `bench/fuzz` for as long as is wanted, guided by coverage.

#![allow(clippy::unwrap_used, reason = "a target fails by panicking")]

pub mod choice;
pub mod mutate;
pub mod regressions;
pub mod shape;
pub mod targets;
pub mod words;

pub use targets::TARGETS;

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// One parser, or some that stand behind each other, with what must hold of it.
pub struct Target {
    /// Its name: of its directory of regressions, too.
    pub name: &'static str,
    /// What is read, and what must hold.
    pub about: &'static str,
    /// Reads an input; panics if something does not hold.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that its inputs are made of.
    pub words: &'static [&'static str],
}

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|t| t.name == name)
}

/// Longest that an input of some kilobytes may take, in the processor's time: a thousand times the usual, so that only work that grows
/// faster than the input gets there.
pub const MOST: Duration = Duration::from_secs(3);

/// Runs a target and measures the processor's time that it took; other programs do not count.
pub fn timed(target: &Target, input: &[u8]) -> Duration {
    let before = clock_gettime(ClockId::ThreadCPUTime);
    (target.run)(input);
    let after = clock_gettime(ClockId::ThreadCPUTime);
    let nanoseconds = (after.tv_sec - before.tv_sec) * 1_000_000_000 + (after.tv_nsec - before.tv_nsec);
    Duration::from_nanos(nanoseconds.unsigned_abs())
}
