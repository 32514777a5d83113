//! Whatever else can break, struck into a running screening on the real binary. The trials are `bench/src/ordeal/faults.rs`; `bench/faults`
//! runs them in their long form. Those that need a small file system or a control group run where the user may make them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use quell_bench::ordeal::Program;
use quell_bench::ordeal::faults::{self, Fault};

async fn survives(fault: Fault) {
    let home = common::temp();
    match faults::run(&Program::at(env!("CARGO_BIN_EXE_quell")), home.path(), fault, 1, false).await {
        Ok(found) => {
            println!("{fault:?}: {found:?}");
            assert!(found.audit.is_clean() && found.audit.acknowledged > 20, "{found:?}");
        }
        Err(e) if e.downcast_ref::<faults::NotHere>().is_some() => println!("{fault:?}: not tried: {e}"),
        Err(e) => panic!("{fault:?}: {e}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_is_cut_at_every_step() {
    survives(Fault::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs() {
    survives(Fault::Hang).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_restarts() {
    survives(Fault::Restart).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_only_be_read() {
    survives(Fault::ReadOnly).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk() {
    survives(Fault::DiskFull).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails() {
    survives(Fault::DiskReadOnly).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_that_runs_out() {
    survives(Fault::OutOfMemory).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_jump_a_day() {
    survives(Fault::ClockSteps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_is_killed() {
    survives(Fault::Migration).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_everyone_works() {
    survives(Fault::Backup).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_that_come_back_after_three_days() {
    survives(Fault::LateSenders).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database() {
    survives(Fault::TwoServers).await;
}
