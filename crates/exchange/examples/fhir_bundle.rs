//! Writes the sample outbreak of the tests as FHIR, for a foreign library to judge (scripts/check-fhir): a directory with a
//! collection, a transaction and NDJSON.

#![allow(clippy::unwrap_used, reason = "the sample is written here")]

#[path = "../tests/sample/mod.rs"]
mod sample;

use quell_exchange::fhir::{Kind, Options, bundle, ndjson};
use quell_foundation::{EventTime, Instant, UtcOffset};
use std::fs::File;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("fhir_bundle: name a directory to write to");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&dir)?;
    let set = sample::set();
    let made = EventTime::exact(Instant(1_670_202_000_000_000), UtcOffset::CHINA);
    let options = Options { source: "https://example.org/book/500237", disease: "covid-19", made };
    bundle(&set, Kind::Collection, &options, &mut File::create(dir.join("collection.json"))?)?;
    bundle(&set, Kind::Transaction, &options, &mut File::create(dir.join("transaction.json"))?)?;
    bundle(&Default::default(), Kind::Collection, &options, &mut File::create(dir.join("empty.json"))?)?;
    ndjson(&set, None, &options, &mut File::create(dir.join("all.ndjson"))?)
}
