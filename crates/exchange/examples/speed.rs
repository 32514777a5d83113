//! How fast the writers are: `cargo run --release -p quell-exchange --example speed -- 100000`.

#![allow(clippy::unwrap_used, reason = "the sample is written here")]

#[path = "../tests/sample/mod.rs"]
mod sample;

use quell_exchange::fhir::{Kind, Options, bundle};
use quell_exchange::{CaseRecord, Lang, Lines, Set, WriteError, godata, hl7, sormas, table};
use quell_foundation::{EventTime, Instant, UtcOffset};
use std::io::{Cursor, Write, sink};
use std::time::Instant as Clock;

fn all(lines: Result<Box<dyn Lines<CaseRecord> + '_>, WriteError>, cases: &[CaseRecord]) -> Result<(), WriteError> {
    let mut lines = lines?;
    cases.iter().try_for_each(|c| lines.write(c))?;
    lines.finish()
}

fn timed<E: std::fmt::Display>(what: &str, rows: usize, work: impl FnOnce() -> Result<(), E>) {
    let start = Clock::now();
    let outcome = work().map_or_else(|e| e.to_string(), |()| "done".into());
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:10} {rows} rows {seconds:.2} s, {:.0} rows/s: {outcome}", rows as f64 / seconds);
}

fn main() {
    let rows: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let some = sample::set().cases;
    let cases: Vec<CaseRecord> = (0..rows)
        .map(|i| {
            let mut case = some[i % some.len()].clone();
            case.case = format!("0190f3c4-7a00-7002-8000-{i:012x}");
            case
        })
        .collect();
    timed("csv", rows, || all(table::csv(sink(), Lang::Zh, true), &cases));
    timed("xlsx", rows, || all(table::xlsx(Cursor::new(Vec::new()), Lang::Zh, Instant(0)), &cases));
    let place = |_: &str| sormas::Place::default();
    let options = sormas::Options { dates: sormas::DateFormat::MonthFirst, separator: ',', place: &place };
    timed("sormas", rows, || all(sormas::csv(sink(), &options), &cases));
    timed("godata", rows, || all(godata::json(sink()), &cases));
    let options =
        Options { source: "https://example.org/book/1", disease: "covid-19", made: EventTime::exact(Instant(0), UtcOffset::CHINA) };
    let set = Set { cases, ..Set::default() };
    timed("fhir", rows, || bundle(&set, Kind::Transaction, &options, &mut std::io::BufWriter::new(sink())));
    let message = include_bytes!("../tests/golden/oru.hl7");
    timed("hl7", rows, || (0..rows).try_for_each(|_| hl7::read(message, UtcOffset::CHINA).map(drop).map_err(|_| "refused")));
    let _ = std::io::stdout().flush();
}
