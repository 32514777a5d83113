//! How much each case exposed the others: how many there are by what joins them to it, each by the share of its infectious time during which they were not
//! infected yet. An onset is within a day, so that of the day itself half counts: were it nothing, whoever fell ill on the first day after a case would not
//! have been exposed, and any rate would explain it.

use super::lags::Lags;
use super::outbreak::Onset;
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
    /// How much a case to whom nobody is joined exposes all others, by the day of its onset; and each case, over the days of its own.
    by_onset: Vec<f64>,
    usual: Vec<f64>,
    /// By pattern, how many pairs there are of which the second fell ill after the first, and people who were not infected at all.
    later: Vec<f64>,
}

impl Exposure {
    /// By how much a case exposes the others more or less than the sums say, if it fell ill on this day.
    pub fn scale(&self, i: usize, day: i32) -> f64 {
        let on = usize::try_from(day).ok().and_then(|d| self.by_onset.get(d)).copied();
        on.unwrap_or(0.0).max(LEAST) / self.usual[i]
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
    /// How many infections all cases together would make of those who fell ill later, had these stayed susceptible for as long as each case is infectious,
    /// given each pattern's factor. Unlike what they expose this does not shrink where all fall ill within days.
    pub fn in_the_end(&self, factors: &[f64]) -> f64 {
        self.later.iter().zip(factors).map(|(n, f)| n * f).sum()
    }
    /// By pattern, of how many pairs that is the sum.
    pub fn later(&self) -> &[f64] {
        &self.later
    }
}

/// Exposures while they are summed up: all pairs by the number of days between them, and then what is joined moves from the first pattern to its own.
pub(super) struct Summing<'a> {
    lags: &'a Lags,
    onsets: &'a [&'a Onset],
    by_case: Vec<BTreeMap<u16, f64>>,
    later: BTreeMap<u16, f64>,
    /// People who were not infected, for each who was; and the day after the last onset, until which they were not.
    spared: f64,
    end: i32,
    by_onset: Vec<f64>,
    usual: Vec<f64>,
    /// The case that was looked at last.
    of: Option<(u32, Shares)>,
}

/// By day of onset, how much somebody is exposed to a case, and how probable it is that the case fell ill before.
struct Shares {
    exposed: Vec<f64>,
    later: Vec<f64>,
}

impl Shares {
    fn new(lags: &Lags, onset: &Onset, days: i32) -> Self {
        let of = |at: &dyn Fn(i32) -> f64| (0..days).map(|t| onset.days().map(|(d, p)| p * at(t - d)).sum()).collect();
        Self { exposed: of(&|lag| lags.until(lag)), later: of(&|lag| f64::from(u8::from(lag > 0))) }
    }
    /// Both, of somebody who may have fallen ill on several days.
    fn at(&self, onset: &Onset) -> (f64, f64) {
        onset.days().fold((0.0, 0.0), |(e, l), (d, p)| (e + p * self.exposed[d as usize], l + p * self.later[d as usize]))
    }
}

impl<'a> Summing<'a> {
    /// Before anything is joined; `spared`: how many people were not infected, for each who was; `days`: from the first possible onset to the last.
    pub fn new(lags: &'a Lags, onsets: &'a [&'a Onset], spared: f64, days: i32) -> Self {
        let mut by_day = vec![0.0; days as usize];
        for (d, p) in onsets.iter().flat_map(|o| o.days()) {
            by_day[d as usize] += p;
        }
        let others = spared * onsets.len() as f64;
        let mut later = vec![0.0; days as usize];
        for d in (1..days as usize).rev() {
            later[d - 1] = later[d] + by_day[d];
        }
        let by_onset = (0..days).map(|from| {
            let last = (from + lags.longest()).min(days - 1);
            let within = (from + 1..=last).map(|d| by_day[d as usize] * lags.until(d - from)).sum::<f64>();
            within + later[last as usize] + others * lags.before(days - from)
        });
        let by_onset: Vec<f64> = by_onset.collect();
        let mean = |of: &[f64], o: &Onset| o.days().map(|(d, p)| p * of[d as usize]).sum::<f64>();
        let mut sum = Self {
            lags,
            onsets,
            by_case: Vec::with_capacity(onsets.len()),
            later: BTreeMap::new(),
            spared,
            end: days,
            usual: onsets.iter().map(|o| mean(&by_onset, o).max(LEAST)).collect(),
            by_onset,
            of: None,
        };
        let mut all_later = 0.0;
        for o in onsets {
            // Nobody exposes itself.
            let own = if o.is_known() { (0.0, 0.0) } else { Shares::new(lags, o, days).at(o) };
            sum.by_case.push(BTreeMap::from([(0, mean(&sum.by_onset, o) - own.0)]));
            all_later += others + mean(&later, o) - own.1;
        }
        sum.later.insert(0, all_later);
        sum
    }
    /// The pair has another pattern than the first; and so have, perhaps, those who were not infected and are like the second. Pairs of a case follow each other.
    pub fn joined(&mut self, i: u32, j: u32, pattern: u16, like: u16) {
        if pattern == 0 && like == 0 {
            return;
        }
        let (from, to) = (self.onsets[i as usize], self.onsets[j as usize]);
        let (exposed, later) = if from.is_known() && to.is_known() {
            let lag = to.first() - from.first();
            (self.lags.until(lag), f64::from(u8::from(lag > 0)))
        } else {
            if self.of.as_ref().is_none_or(|(of, _)| *of != i) {
                self.of = Some((i, Shares::new(self.lags, from, self.end)));
            }
            self.of.as_ref().map_or((0.0, 0.0), |(_, shares)| shares.at(to))
        };
        self.moved(i, pattern, exposed, later);
        self.moved(i, like, self.spared * self.lags.before(self.end - from.mean()), self.spared);
    }
    fn moved(&mut self, i: u32, pattern: u16, exposed: f64, later: f64) {
        if pattern == 0 {
            return;
        }
        for (entries, n) in [(&mut self.by_case[i as usize], exposed), (&mut self.later, later)] {
            if n > 0.0 {
                *entries.entry(0).or_default() -= n;
                *entries.entry(pattern).or_default() += n;
            }
        }
    }
    /// `patterns`: how many there are.
    pub fn done(self, patterns: usize) -> Exposure {
        let mut later = vec![0.0; patterns];
        for (pattern, n) in self.later {
            later[usize::from(pattern)] = n.max(0.0);
        }
        // Where all fell ill on one day, there is still a rate.
        later[0] = later[0].max(LEAST);
        let (by_onset, usual) = (self.by_onset, self.usual);
        let mut done = Exposure { begin: vec![0], pattern: Vec::new(), at_risk: Vec::new(), by_onset, usual, later };
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
