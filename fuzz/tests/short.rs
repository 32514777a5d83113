//! The short form: what once broke something, and some seconds of every target with inputs that follow from a seed.
//! `QUELL_FUZZ_SEED=n` begins elsewhere, `QUELL_FUZZ_SECONDS=n` goes on longer, `QUELL_FUZZ_TARGET=name` runs one target.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use quell_foundation::Stream;
use quell_fuzz::mutate::mutate;
use quell_fuzz::{MOST, TARGETS, Target, regressions, timed};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// All targets together.
const SECONDS: u64 = 30;
/// At least so many inputs a target, however slow the machine.
const LEAST: u64 = 30;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |v| v.parse().unwrap())
}

fn chosen() -> Vec<&'static Target> {
    let name = std::env::var("QUELL_FUZZ_TARGET").ok();
    TARGETS.iter().filter(|t| name.as_ref().is_none_or(|n| n == t.name)).collect()
}

/// Where the last panic was. A panic that a target is made to contain would otherwise fill the screen.
static WHERE: Mutex<String> = Mutex::new(String::new());

fn note_panics() {
    std::panic::set_hook(Box::new(|info| {
        if let (Some(at), Ok(mut last)) = (info.location(), WHERE.lock()) {
            *last = at.to_string();
        }
    }));
}

/// Why a target does not hold for this input.
fn fault(target: &Target, input: &[u8]) -> Option<String> {
    match catch_unwind(AssertUnwindSafe(|| timed(target, input))) {
        Ok(took) if took > MOST => Some(format!("took {took:?} for {} bytes", input.len())),
        Ok(_) => None,
        Err(p) => {
            let said = p.downcast_ref::<String>().map(String::as_str).or_else(|| p.downcast_ref::<&str>().copied());
            Some(format!("{} at {}", said.unwrap_or_default(), WHERE.lock().unwrap()))
        }
    }
}

fn shown(input: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(input).chars().take(400).collect();
    format!("{text:?}")
}

#[test]
fn what_once_broke_something_does_not() {
    for t in chosen() {
        let seeds = (t.seeds)().into_iter().enumerate().map(|(i, s)| (format!("seed {i}"), s));
        for (name, input) in seeds.chain(regressions::of(t.name).unwrap()) {
            if let Some(why) = fault(t, &input) {
                panic!("{}: {name}: {why}", t.name);
            }
        }
    }
}

#[test]
fn a_few_seconds_of_every_target() {
    let seed = number("QUELL_FUZZ_SEED", 1);
    let (targets, all) = (chosen(), Duration::from_secs(number("QUELL_FUZZ_SECONDS", SECONDS)));
    note_panics();
    let mut broken = Vec::new();
    for t in &targets {
        let mut inputs = (t.seeds)();
        inputs.extend(regressions::of(t.name).unwrap().into_iter().map(|r| r.1));
        let (begin, share) = (Instant::now(), all / targets.len() as u32);
        for n in 0.. {
            if n >= LEAST && begin.elapsed() >= share {
                println!("{}: {n} inputs", t.name);
                break;
            }
            let mut r = Stream::named(seed, &format!("{} {n}", t.name));
            let from = r.pick(&inputs).cloned().unwrap_or_default();
            let input = mutate(&mut r, &from, &inputs, t.words);
            if let Some(why) = fault(t, &input) {
                broken.push(format!("{}, seed {seed}, input {n}: {why}\n    {}", t.name, shown(&input)));
                if let Some(to) = std::env::var_os("QUELL_FUZZ_KEEP") {
                    std::fs::write(std::path::Path::new(&to).join(format!("{}-{n}", t.name)), &input).unwrap();
                }
                break;
            }
        }
    }
    drop(std::panic::take_hook());
    assert!(broken.is_empty(), "{} targets do not hold:\n{}", broken.len(), broken.join("\n"));
}
