//! `quell rehearse` without the rest of Quell: `cargo run --release -p quell-study --example rehearse -- run --people 20000`.

use clap::Parser;
use quell_study::{Rehearse, Setting};
use std::io::IsTerminal;
use std::process::ExitCode;

/// Questions to a rehearsal.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    command: Rehearse,
    /// The result as JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Messages in Chinese.
    #[arg(long, global = true)]
    zh: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut out = std::io::stdout().lock();
    let terminal = std::io::stderr().is_terminal();
    match quell_study::run(&options.command, &mut Setting { chinese: options.zh, json: options.json, out: &mut out, terminal }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{}", trouble.text(options.zh));
            ExitCode::from(2)
        }
    }
}
