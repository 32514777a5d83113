//! The Quell binary: see `quell --help`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    quell::cli::run(quell::cli::Quell::parse())
}
