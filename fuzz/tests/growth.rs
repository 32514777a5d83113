//! What is eight times as long takes about eight times as long: nobody can make Quell busy with a small file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use quell_fuzz::{TARGETS, Target, timed};
use std::time::Duration;

const SHORT: usize = 16 * 1024;
const TIMES: usize = 8;
/// Work that grows with the square would take 64 times as long.
const MOST: u32 = 28;
/// Below this a measurement says nothing.
const FLOOR: Duration = Duration::from_millis(8);
/// Seeds and words of a target that are repeated.
const PATTERNS: usize = 12;

fn repeated(pattern: &[u8], length: usize) -> Vec<u8> {
    pattern.iter().copied().cycle().take(length).collect()
}

/// The least of two: what else the machine does only adds.
fn least(target: &Target, input: &[u8]) -> Duration {
    timed(target, input).min(timed(target, input))
}

#[test]
#[ignore = "minutes without --release"]
fn time_grows_with_the_length() {
    let mut slow = Vec::new();
    for t in TARGETS {
        let seeds = (t.seeds)();
        let patterns = seeds.iter().map(Vec::as_slice).chain(t.words.iter().map(|w| w.as_bytes()));
        for pattern in patterns.filter(|p| !p.is_empty()).step_by(1 + (seeds.len() + t.words.len()) / PATTERNS) {
            let long = repeated(pattern, SHORT * TIMES);
            if timed(t, &long) < FLOOR * MOST {
                continue;
            }
            let (short, long) = (least(t, &repeated(pattern, SHORT)).max(FLOOR), least(t, &long));
            if long > short * MOST {
                let shown: String = String::from_utf8_lossy(pattern).chars().take(80).collect();
                slow.push(format!("{}: {short:?}, then {long:?} for {shown:?}", t.name));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}
