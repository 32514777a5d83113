//! How much each case exposed the others: how many there are by what joins them to it, each by the share of its infectious time during which they were not
//! infected yet.

use super::lags::Lags;
use std::collections::BTreeMap;

/// The last case exposes nobody; so that others may be compared with it, it exposes a little.
const LEAST: f64 = 0.05;

/// The exposures of all cases.
#[derive(Debug, Clone)]
pub(super) struct Exposure {
    /// Where each case's entries begin, and where the last one's end.
    begin: Vec<usize>,
    pattern: Vec<u16>,
    at_risk: Vec<f64>,
    /// How much a case to whom nobody is joined exposes all others, by the day of its onset.
    by_onset: Vec<f64>,
}

impl Exposure {
    /// By how much a case exposes the others more or less than the sums say, if it fell ill on this day instead of on that one.
    pub fn scale(&self, day: i32, instead_of: i32) -> f64 {
        let at = |d: i32| usize::try_from(d).ok().and_then(|d| self.by_onset.get(d)).copied().unwrap_or(0.0).max(LEAST);
        at(day) / at(instead_of)
    }
    /// Pattern and exposure of a case.
    pub fn of(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let entries = self.begin[i]..self.begin[i + 1];
        self.pattern[entries.clone()].iter().map(|p| usize::from(*p)).zip(self.at_risk[entries].iter().copied())
    }
    /// The sum over all cases.
    pub fn all(&self) -> f64 {
        self.at_risk.iter().sum()
    }
    /// How much a case exposes the others, given each pattern's factor.
    pub fn weighed(&self, i: usize, factors: &[f64]) -> f64 {
        self.of(i).map(|(p, e)| e * factors[p]).sum()
    }
}

/// Exposures while they are summed up: all pairs by the number of days between them, and then what is joined moves from the first pattern to its own.
pub(super) struct Summing<'a> {
    lags: &'a Lags,
    day: &'a [i32],
    by_case: Vec<BTreeMap<u16, f64>>,
    /// People who were not infected, for each who was; and the day after the last onset, until which they were not.
    spared: f64,
    end: i32,
    by_onset: Vec<f64>,
}

impl<'a> Summing<'a> {
    /// Before anything is joined; `day`: each case's onset; `spared`: how many people were not infected, for each who was; `days`: from the first
    /// possible onset to the last.
    pub fn new(lags: &'a Lags, day: &'a [i32], spared: f64, days: i32) -> Self {
        let mut by_day: BTreeMap<i32, f64> = BTreeMap::new();
        for d in day {
            *by_day.entry(*d).or_default() += 1.0;
        }
        let others = spared * day.len() as f64;
        let end = by_day.keys().last().map_or(0, |d| d + 1);
        let all =
            |from: i32| by_day.range(from + 1..).map(|(d, n)| n * lags.until(d - from)).sum::<f64>() + others * lags.before(end - from);
        let by_onset: Vec<f64> = (0..days).map(all).collect();
        let by_case = day.iter().map(|d| BTreeMap::from([(0, by_onset[*d as usize])])).collect();
        Self { lags, day, spared, end, by_case, by_onset }
    }
    /// The pair has another pattern than the first; and so have, perhaps, those who were not infected and are like the second.
    pub fn joined(&mut self, i: u32, j: u32, pattern: u16, like: u16) {
        self.moved(i, pattern, self.lags.until(self.day[j as usize] - self.day[i as usize]));
        self.moved(i, like, self.spared * self.lags.before(self.end - self.day[i as usize]));
    }
    fn moved(&mut self, i: u32, pattern: u16, at_risk: f64) {
        if at_risk > 0.0 && pattern != 0 {
            let entries = &mut self.by_case[i as usize];
            *entries.entry(0).or_default() -= at_risk;
            *entries.entry(pattern).or_default() += at_risk;
        }
    }
    pub fn done(self) -> Exposure {
        let mut done = Exposure { begin: vec![0], pattern: Vec::new(), at_risk: Vec::new(), by_onset: self.by_onset };
        for entries in self.by_case {
            // What was taken away again leaves rounding errors.
            for (pattern, sum) in entries.into_iter().filter(|(_, sum)| *sum > 1e-9) {
                done.pattern.push(pattern);
                done.at_risk.push(sum);
            }
            done.begin.push(done.pattern.len());
        }
        done
    }
}
