//! `quell analyse …` without the rest of the program: for scripts that compare it with others.

use clap::Parser;
use quell_analyse::{Analyse, Setting};
use std::io::{stderr, stdout};
use std::process::ExitCode;

/// The analysis engine.
#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Analyse,
}

fn main() -> ExitCode {
    let line = Line::parse();
    match quell_analyse::run(&line.command, &mut Setting { chinese: false, json: false, out: &mut stdout(), err: &mut stderr() }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}
