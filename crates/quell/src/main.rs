//! The Quell binary: see `quell --help`.

use clap::Parser;
use std::any::Any;
use std::panic;
use std::process::ExitCode;

/// Whoever reads our output may stop reading (`quell round show … | head`): no fault of ours, and nothing to report. The panic that
/// `println!` makes of it still unwinds, so that a private PostgreSQL is stopped in order.
fn main() -> ExitCode {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !reader_has_gone(info.payload()) {
            report(info);
        }
    }));
    match panic::catch_unwind(|| quell::cli::run(quell::cli::Quell::parse())) {
        Ok(code) => code,
        Err(payload) if reader_has_gone(&*payload) => ExitCode::SUCCESS,
        Err(payload) => panic::resume_unwind(payload),
    }
}

fn reader_has_gone(payload: &(dyn Any + Send)) -> bool {
    payload.downcast_ref::<String>().is_some_and(|m| m.starts_with("failed printing to stdout") && m.contains("Broken pipe"))
}
