//! A small mutator for the short form: the same seed gives the same inputs everywhere.

use quell_foundation::Stream;

/// Longest input that it makes.
pub const LONGEST: usize = 16 * 1024;

/// Changes an input in one to eight places; `others` are inputs to take parts from.
pub fn mutate(r: &mut Stream, input: &[u8], others: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut out = input.to_vec();
    for _ in 0..1 + r.below(8) {
        change(r, &mut out, others, words);
    }
    out.truncate(LONGEST);
    out
}

fn change(r: &mut Stream, out: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str]) {
    let at = r.below(out.len() as u64 + 1) as usize;
    // Mostly short, sometimes long.
    let most = 1 << r.below(10);
    let to = (at + 1 + r.below(most) as usize).min(out.len());
    match r.below(9) {
        0 if at < out.len() => out[at] ^= 1 << r.below(8),
        1 if at < out.len() => out[at] = r.below(256) as u8,
        2 if at < to => drop(out.drain(at..to)),
        3 if at < to => {
            let part = out[at..to].to_vec();
            let times = 1 + r.below(20) as usize;
            drop(out.splice(at..at, part.repeat(times)));
        }
        4 => {
            let word = r.pick(words).copied().unwrap_or("0").as_bytes().to_vec();
            drop(out.splice(at..at, word));
        }
        5 => {
            let word = r.pick(words).copied().unwrap_or("0").as_bytes().to_vec();
            drop(out.splice(at..to.max(at), word));
        }
        6 => {
            let Some(other) = r.pick(others).filter(|o| !o.is_empty()) else { return };
            let from = r.below(other.len() as u64) as usize;
            let part = other[from..].to_vec();
            drop(out.splice(at..to.max(at), part));
        }
        7 => {
            let noise: Vec<u8> = (0..r.below(40)).map(|_| r.below(256) as u8).collect();
            drop(out.splice(at..at, noise));
        }
        _ => out.extend((0..r.below(200)).map(|_| r.below(256) as u8)),
    }
}
