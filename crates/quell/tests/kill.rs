//! The real binary, killed at random moments of a running screening: the server, a session of PostgreSQL, all of it, and both at once.
//! What was acknowledged is in the book once, every submission is whole or absent, and `quell verify` says so. The trial itself is
//! `bench/src/ordeal`, which `bench/kill` runs in its long form.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use quell::clock::Clock;
use quell_bench::ordeal::{Program, kill};
use std::time::Duration;

/// Kills; KILL_MOMENTS=60 for a longer look.
const MOMENTS: u64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let seed = number("KILL_SEED").unwrap_or_else(|| Clock::real().now().0 as u64);
    let moments = number("KILL_MOMENTS").unwrap_or(MOMENTS);
    println!("KILL_SEED={seed} KILL_MOMENTS={moments}");
    let home = common::temp();
    let plan = kill::Plan { moments, seed, desks: 6, pause: Duration::from_millis(40) };
    let mut told = |victim, acknowledged| println!("{victim:?}: {acknowledged} acknowledged");
    let program = Program::at(env!("CARGO_BIN_EXE_quell"));
    let audit = kill::run(&program, &home.path().join("data"), plan, &mut told).await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
    assert!(audit.acknowledged > 8 * moments as usize, "hardly any load: {audit:?}");
}
