//! Matching a whole set against itself, and counting what was right.

use super::Set;
use crate::{Key, Matcher, Prepared, Verdict};
use std::collections::HashMap;

/// What a set says of the matching.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Records compared.
    pub records: usize,
    /// Pairs of records of one person.
    pub true_pairs: u64,
    /// Of them, those with a key in common.
    pub blocked: u64,
    /// Pairs with a key in common.
    pub candidates: u64,
    /// The most candidates that one record met.
    pub most_candidates: usize,
    /// Score, whether it is one person, and whether identity numbers forbid `Same`, of every candidate.
    scored: Vec<(i32, bool, bool)>,
    /// The thresholds of the matcher.
    thresholds: (i32, i32),
    /// Pairs called the same though they are two people: their places in the set.
    pub wrong: Vec<(u32, u32)>,
    /// Pairs with a key in common that were not called the same though they are one person.
    pub missed: Vec<(u32, u32)>,
}

/// Precision and recall at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Pairs from this score on are called the same.
    pub threshold: i32,
    /// Of them, the share that are.
    pub precision: f64,
    /// Of all pairs of one person, also of those that no key brought together, the share that are called so.
    pub recall: f64,
}

impl Measured {
    /// Precision and recall if this were the threshold. With `forbid`, pairs whose identity numbers differ stay apart, as in the verdict.
    pub fn at(&self, threshold: i32, forbid: bool) -> Point {
        let called = self.scored.iter().filter(|(score, _, forbidden)| *score >= threshold && !(forbid && *forbidden));
        let (mut right, mut all) = (0_u64, 0_u64);
        for (_, truth, _) in called {
            all += 1;
            right += u64::from(*truth);
        }
        let share = |n: u64, of: u64| if of == 0 { 1.0 } else { n as f64 / of as f64 };
        Point { threshold, precision: share(right, all), recall: share(right, self.true_pairs) }
    }
    /// Of the verdict `Same`.
    pub fn same(&self) -> Point {
        self.at(self.thresholds.0, true)
    }
    /// Of the verdicts `Same` and `Possible` together.
    pub fn possible(&self) -> Point {
        self.at(self.thresholds.1, false)
    }
    /// How many pairs a person would have to look at.
    pub fn to_look_at(&self) -> usize {
        let (same, possible) = self.thresholds;
        self.scored.iter().filter(|(score, _, forbidden)| *score >= possible && (*score < same || *forbidden)).count()
    }
    /// The share of true pairs that have a key in common.
    pub fn blocking_recall(&self) -> f64 {
        self.blocked as f64 / self.true_pairs.max(1) as f64
    }
}

/// Compares every record with all that have a key in common with it.
pub fn run(matcher: &Matcher, set: &Set) -> Measured {
    let prepared: Vec<Prepared> = set.records.iter().map(|r| matcher.prepare(r)).collect();
    let keys: Vec<Vec<Key>> = prepared.iter().map(Prepared::keys).collect();
    let mut measured = Measured {
        records: set.records.len(),
        true_pairs: true_pairs(&set.person),
        blocked: 0,
        candidates: 0,
        most_candidates: 0,
        scored: Vec::new(),
        thresholds: matcher.thresholds(),
        wrong: Vec::new(),
        missed: Vec::new(),
    };
    let mut index: HashMap<Key, Vec<u32>> = HashMap::new();
    let mut met: Vec<u32> = Vec::new();
    for (number, record) in (0_u32..).zip(&prepared) {
        met.clear();
        for key in &keys[number as usize] {
            let of_key = index.entry(*key).or_default();
            met.extend(of_key.iter());
            of_key.push(number);
        }
        met.sort_unstable();
        met.dedup();
        measured.candidates += met.len() as u64;
        measured.most_candidates = measured.most_candidates.max(met.len());
        for other in &met {
            let found = matcher.compare(record, &prepared[*other as usize]);
            let truth = set.person[number as usize] == set.person[*other as usize];
            measured.blocked += u64::from(truth);
            measured.scored.push((found.score, truth, found.verdict != Verdict::Same && found.score >= measured.thresholds.0));
            match (truth, found.verdict == Verdict::Same) {
                (false, true) => measured.wrong.push((*other, number)),
                (true, false) => measured.missed.push((*other, number)),
                _ => {}
            }
        }
    }
    measured
}

fn true_pairs(person: &[u32]) -> u64 {
    let mut records: HashMap<u32, u64> = HashMap::new();
    person.iter().for_each(|p| *records.entry(*p).or_default() += 1);
    records.values().map(|n| n * (n - 1) / 2).sum()
}
