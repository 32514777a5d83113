//! `quell rehearse`: no data directory, no database; a simulated population.

use super::Context;
use quell_study::{Rehearse, Setting};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

pub(super) fn without_data(ctx: &Context, command: &Rehearse) -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut to = Setting { chinese: ctx.chinese, json: ctx.json, out: &mut out, terminal: std::io::stderr().is_terminal() };
    let done = quell_study::run(command, &mut to);
    drop(out);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            // Nobody is left to be told if this fails.
            let _ = writeln!(std::io::stderr(), "quell: {}", trouble.text(ctx.chinese));
            ExitCode::from(2)
        }
    }
}
