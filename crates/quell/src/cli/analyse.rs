//! `quell analyse`: no data directory, no database; tables in, tables out.

use super::Context;
use quell_analyse::{Analyse, Setting};
use std::io::Write;
use std::process::ExitCode;

pub(super) fn without_data(ctx: &Context, command: &Analyse) -> ExitCode {
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    let (mut out, mut err) = (std::io::BufWriter::new(stdout.lock()), stderr.lock());
    let mut to = Setting { chinese: ctx.chinese, json: ctx.json, out: &mut out, err: &mut err };
    let done = quell_analyse::run(command, &mut to);
    drop(out);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            // Nobody is left to be told if this fails.
            let _ = writeln!(err, "quell: {}", trouble.text(ctx.chinese));
            ExitCode::from(2)
        }
    }
}
