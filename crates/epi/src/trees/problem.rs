//! An outbreak as the engine needs it. Pairs that something joins are kept one by one; all others are alike but for their onsets, and go by the day.
//! So the cost follows the number of ties and of days, not that of pairs.

use super::exposure::{Exposure, Summing};
use super::genetic;
use super::lags::Lags;
use super::near::Near;
use super::outbreak::{Case, Onset, Origin, Outbreak, OutbreakError};
use std::collections::{BTreeMap, HashMap};

/// How many people could have been infected for each who was, where nothing is said of it.
const AT_RISK: f64 = 1.0;
/// The infectivity of those who are not known is not nothing, on any day.
const LEAST: f64 = 1e-3;

/// Somebody who may have infected a case, and is not like any other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Joined {
    /// The infector.
    pub of: u32,
    /// What joins the two: an index of [`Problem::patterns`].
    pub pattern: u16,
    /// How much more probable their genetic distance is if the one infected the other.
    pub genetic: f64,
}

/// What joins a pair. The first is nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pattern {
    /// Ties, a bit a kind.
    pub ties: u64,
    /// How near they are (see [`Near`]).
    pub near: f64,
}

/// A prepared outbreak.
#[derive(Debug, Clone)]
pub struct Problem {
    pub(super) onsets: Vec<Onset>,
    pub(super) windows: Vec<Option<(i32, i32)>>,
    pub(super) origins: Vec<Origin>,
    /// Standard deviation of each kind's weight before anything is seen.
    pub(super) kind_sd: Vec<f64>,
    /// Its mean.
    pub(super) kind_mean: Vec<f64>,
    /// Whether places are known, so that nearness has a weight.
    pub(super) by_place: bool,
    pub(super) patterns: Vec<Pattern>,
    /// By case, in the order of the infectors.
    pub(super) joined: Vec<Vec<Joined>>,
    /// Every pair stands in `joined`.
    pub(super) all_joined: bool,
    pub(super) exposure: Exposure,
    pub(super) lags: Lags,
    /// Days from the first possible onset to the last.
    pub(super) days: usize,
    /// The infectivity of cases that are not known, by day, if they are as many as the known ones.
    pub(super) unseen: Vec<f64>,
    /// Its sum over all cases but the first and the days before their onset, half of the day itself included.
    pub(super) unseen_at_risk: f64,
    /// The same, all of the day included: so that of an outbreak of two days no more are expected than were said to be missing.
    pub(super) unseen_in_all: f64,
    /// Days on which the cases but the first were not infected yet, of all together.
    pub(super) at_risk: f64,
    pub(super) reported: Option<f64>,
}

impl Problem {
    /// Prepares an outbreak.
    ///
    /// # Errors
    /// If windows are out of order, ties name cases or kinds that are not there, or onsets lie too far apart.
    pub fn new(o: &Outbreak) -> Result<Self, OutbreakError> {
        o.check()?;
        let begin = o.cases.iter().map(|c| c.onset.first()).min().unwrap_or(0);
        let cases: Vec<Case> = o.cases.iter().map(|c| from_day(c, begin)).collect();
        let lags = Lags::new(o);
        let days = cases.iter().map(|c| c.onset.last() + 1).max().unwrap_or(1) as usize;
        let near = Near::new(&cases);
        let mut book = Pairs::new(o, near.as_ref());
        let others = (o.population.unwrap_or(AT_RISK * cases.len() as f64) - cases.len() as f64).max(0.0);
        let spared = others / cases.len() as f64;
        let exposure = book.exposure(&cases, &lags, spared, near.as_ref());
        let joined = book.joined(&cases, lags.longest(), near.as_ref());
        let unseen = infectivity(&cases, &lags, days);
        // The first case is why there is an outbreak to look at: that it was infected says nothing of how often others are infected elsewhere.
        let later = || {
            let mut days: Vec<i32> = cases.iter().map(|c| c.onset.mean()).collect();
            days.sort_unstable();
            days.into_iter().skip(1)
        };
        let risen: Vec<f64> = unseen.iter().scan(0.0, |sum, x| Some(std::mem::replace(sum, *sum + x))).collect();
        let unseen_until = |share: f64| later().map(|d| risen[d as usize] + share * unseen[d as usize]).sum::<f64>().max(LEAST);
        let unseen_spared = others * unseen.iter().sum::<f64>();
        Ok(Self {
            windows: cases.iter().map(|c| c.exposed).collect(),
            origins: cases.iter().map(|c| c.origin).collect(),
            kind_sd: o.kinds.iter().map(|k| k.sd).collect(),
            kind_mean: o.kinds.iter().map(|k| k.mean(cases.len())).collect(),
            by_place: near.is_some(),
            patterns: book.patterns,
            joined,
            all_joined: near.as_ref().is_some_and(|n| n.every_pair),
            exposure,
            days,
            unseen_at_risk: unseen_until(0.5) + unseen_spared,
            unseen_in_all: unseen_until(1.0) + unseen_spared,
            at_risk: later().map(|d| f64::from(d) + 0.5).sum::<f64>().max(0.5) + others * days as f64,
            unseen,
            reported: o.reported,
            onsets: cases.into_iter().map(|c| c.onset).collect(),
            lags,
        })
    }
    /// Cases.
    pub fn cases(&self) -> usize {
        self.onsets.len()
    }
    /// How many weights there are: one a kind of tie, and one for nearness where places are known.
    pub(super) fn weights(&self) -> usize {
        self.kind_sd.len() + usize::from(self.by_place)
    }
    /// The first case by these onsets: nobody else can have infected it.
    pub(super) fn beginning(&self, onset: &[i32]) -> usize {
        (0..onset.len()).min_by_key(|j| onset[*j]).unwrap_or(0)
    }
    /// Cases besides the first.
    pub(super) fn later(&self) -> f64 {
        (self.cases().max(2) - 1) as f64
    }
    /// Mean of a weight before anything is seen.
    pub(super) fn weight_mean(&self, k: usize) -> f64 {
        self.kind_mean.get(k).copied().unwrap_or(0.0)
    }
    /// Standard deviation of a weight before anything is seen.
    pub(super) fn weight_sd(&self, k: usize) -> f64 {
        self.kind_sd.get(k).copied().unwrap_or(1.0)
    }
    /// By how much a weight acts in a pattern.
    pub(super) fn acts(&self, pattern: Pattern, k: usize) -> f64 {
        if k < self.kind_sd.len() { f64::from(u8::from(pattern.ties >> k & 1 == 1)) } else { pattern.near }
    }
    /// By how much each pattern multiplies the rate.
    pub(super) fn factors(&self, weights: &[f64]) -> Vec<f64> {
        let of = |p: &Pattern| weights.iter().enumerate().map(|(k, w)| w * self.acts(*p, k)).sum::<f64>().exp();
        self.patterns.iter().map(of).collect()
    }
    /// Densities of intervals of 0, 1, 2 … days before an onset, given the exposure window; written to `scratch` if there is one.
    pub(super) fn profile<'a>(&'a self, j: usize, onset: i32, scratch: &'a mut Vec<f64>) -> &'a [f64] {
        let lags = &self.lags;
        let Some((from, to)) = self.windows[j] else { return lags.as_slice() };
        scratch.clear();
        scratch.extend((0..=lags.longest()).map(|lag| {
            let start = onset - lag;
            lags.within(lag, (from.saturating_sub(start), to.saturating_sub(start)))
        }));
        scratch
    }
    /// The density of an interval, given the exposure window of the infected.
    pub(super) fn density(&self, j: usize, onset: i32, lag: i32) -> f64 {
        let lags = &self.lags;
        match self.windows[j] {
            None => lags.at(lag),
            Some((from, to)) => lags.within(lag, (from.saturating_sub(onset - lag), to.saturating_sub(onset - lag))),
        }
    }
    /// The same of a pair, over all days on which both may have fallen ill.
    pub(super) fn mean_density(&self, j: usize, i: usize) -> f64 {
        let from = &self.onsets[i];
        self.onsets[j].days().map(|(t, p)| from.days().map(|(s, q)| p * q * self.density(j, t, t - s)).sum::<f64>()).sum()
    }
    /// By how much a case exposes the others more or less, if it fell ill on this day, than over all days of its onset.
    pub(super) fn scale(&self, i: usize, onset: i32) -> f64 {
        if self.onsets[i].is_known() { 1.0 } else { self.exposure.scale(i, onset) }
    }
    /// What an exposure window says of an infection by nobody among the cases.
    pub(super) fn alone(&self, j: usize, onset: i32) -> f64 {
        self.windows[j].map_or(1.0, |w| self.lags.alone(onset, w))
    }
}

fn from_day(c: &Case, begin: i32) -> Case {
    let weights = c.onset.days().map(|d| d.1).collect();
    let onset = Onset::of(c.onset.first() - begin, weights).unwrap_or_else(|| Onset::on(c.onset.first() - begin));
    Case { onset, exposed: c.exposed.map(|(a, b)| (a.saturating_sub(begin), b.saturating_sub(begin))), ..*c }
}

/// How infectious all cases together are, by day, as if each day's cases were spread over the days around it: those of whom nobody knows need not
/// have fallen ill on the days of the known ones. On no day it is nothing.
fn infectivity(cases: &[Case], lags: &Lags, days: usize) -> Vec<f64> {
    const AROUND: i32 = 3;
    let mut fell_ill = vec![0.0; days];
    for (d, p) in cases.iter().flat_map(|c| c.onset.days()) {
        for day in (d - AROUND..=d + AROUND).filter_map(|d| usize::try_from(d).ok()).filter(|d| *d < days) {
            fell_ill[day] += p / f64::from(2 * AROUND + 1);
        }
    }
    let on = |t: usize| fell_ill[..=t].iter().rev().zip(lags.as_slice()).map(|(n, w)| n * w).sum::<f64>();
    (0..days).map(|t| on(t) + LEAST).collect()
}

/// What joins pairs: ties and genomes of each ordered pair that has any.
struct Pairs {
    patterns: Vec<Pattern>,
    index: HashMap<(u64, u64), u16>,
    tied: BTreeMap<(u32, u32), u64>,
    /// Kinds of which there are others, a bit a kind.
    open: u64,
    genetic: HashMap<(u32, u32), f64>,
}

impl Pairs {
    fn new(o: &Outbreak, near: Option<&Near>) -> Self {
        let mut tied: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for t in &o.ties {
            *tied.entry((t.a, t.b)).or_default() |= 1 << t.kind;
            if !t.directed {
                *tied.entry((t.b, t.a)).or_default() |= 1 << t.kind;
            }
        }
        let open = o.kinds.iter().enumerate().filter(|(_, k)| k.open).map(|(n, _)| 1 << n).sum();
        let mut pairs = Self { patterns: Vec::new(), index: HashMap::new(), tied, open, genetic: genetic::ratios(o) };
        pairs.pattern(0, near.map_or(0.0, Near::far));
        pairs
    }
    fn pattern(&mut self, ties: u64, near: f64) -> u16 {
        *self.index.entry((ties, near.to_bits())).or_insert_with(|| {
            self.patterns.push(Pattern { ties, near });
            (self.patterns.len() - 1).min(usize::from(u16::MAX)) as u16
        })
    }
    fn of(&mut self, i: u32, j: u32, near: Option<&Near>) -> u16 {
        let ties = self.tied.get(&(i, j)).copied().unwrap_or(0);
        self.pattern(ties, near.map_or(0.0, |n| n.of(i, j)))
    }

    /// What joins a case to people who were not infected and belong where another case does: its large groups and its place, but not its contacts and
    /// its household, of whom nobody else is known.
    fn like(&mut self, i: u32, j: u32, near: Option<&Near>) -> u16 {
        let ties = self.tied.get(&(i, j)).copied().unwrap_or(0) & self.open;
        self.pattern(ties, near.map_or(0.0, |n| n.of(i, j)))
    }

    fn exposure(&mut self, cases: &[Case], lags: &Lags, spared: f64, near: Option<&Near>) -> Exposure {
        let onsets: Vec<&Onset> = cases.iter().map(|c| &c.onset).collect();
        let mut sum = Summing::new(lags, &onsets, spared, cases.iter().map(|c| c.onset.last() + 1).max().unwrap_or(1));
        for (i, j) in self.tied.keys().copied().collect::<Vec<_>>() {
            sum.joined(i, j, self.of(i, j, near), self.like(i, j, near));
        }
        let Some(n) = near else { return sum.done(self.patterns.len()) };
        for i in 0..cases.len() as u32 {
            for j in n.neighbours(i).filter(|j| *j != i) {
                if !self.tied.contains_key(&(i, j)) {
                    sum.joined(i, j, self.of(i, j, near), self.like(i, j, near));
                }
            }
        }
        sum.done(self.patterns.len())
    }

    fn joined(&mut self, cases: &[Case], longest: i32, near: Option<&Near>) -> Vec<Vec<Joined>> {
        let mut infectors: Vec<Vec<u32>> = vec![Vec::new(); cases.len()];
        for (i, j) in self.tied.keys().chain(self.genetic.keys()) {
            infectors[*j as usize].push(*i);
        }
        if let Some(n) = near {
            for (j, of) in infectors.iter_mut().enumerate() {
                of.extend(n.neighbours(j as u32).filter(|i| *i != j as u32));
            }
        }
        let of_case = |pairs: &mut Self, j: usize, mut of: Vec<u32>| {
            of.sort_unstable();
            of.dedup();
            let to = &cases[j].onset;
            let possible = |from: &Onset| to.last() > from.first() && to.first() - from.last() <= longest;
            let mut found = Vec::new();
            for i in of.into_iter().filter(|i| possible(&cases[*i as usize].onset)) {
                let genetic = pairs.genetic.get(&(i, j as u32)).copied().unwrap_or(1.0);
                found.push(Joined { of: i, pattern: pairs.of(i, j as u32, near), genetic });
            }
            found
        };
        infectors.into_iter().enumerate().map(|(j, of)| of_case(self, j, of)).collect()
    }
}
