//! Successive halving over seeds: many candidates in few worlds, the better part of them in more (Jamieson & Talwalkar 2016, AISTATS: "Non-stochastic best arm
//! identification and hyperparameter optimization"); whoever joins later climbs among those who are there (Li et al. 2020, MLSys: "A system for massively
//! parallel hyperparameter tuning"). Candidates meet in the same worlds, so that what is compared is the policy, not luck.

use super::front::{order, ranks};
use super::space::{Is, Space};
use crate::chance::Halton;
use crate::said::Trouble;
use quell_epidemic::random::{Draws, Key};
use quell_response::policy::Policy;
use std::collections::HashSet;

/// Of a rung, one in so many climbs to the next, which has so many times the worlds.
pub(crate) const ETA: usize = 3;
/// Candidates of a generation of the refinement, at least.
const FEWEST: usize = 8;
/// Tries to find a candidate that is not there yet, for each that is wanted.
const TRIES: usize = 40;

/// How much is spent on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Worlds of a candidate by rung, rising.
    pub rungs: Vec<usize>,
    /// Candidates of the first part.
    pub first: usize,
    /// Runs in all.
    pub budget: usize,
}

impl Plan {
    /// With so many worlds at the top, half of the budget for the sequence, the rest around the front. None if that is not enough for four candidates.
    pub(crate) fn new(budget: usize, worlds: usize) -> Option<Self> {
        let mut rungs = vec![worlds];
        let mut fewer = worlds.div_ceil(ETA);
        while fewer >= 2 {
            rungs.push(fewer);
            fewer = fewer.div_ceil(ETA);
            if rungs.last() == Some(&fewer) {
                break;
            }
        }
        rungs.reverse();
        let first = (budget.saturating_sub(worlds) as f64 / 2.0 / Self::each(&rungs)) as usize;
        (first >= 4).then_some(Self { rungs, first, budget })
    }
    /// Runs of a candidate on average.
    fn each(rungs: &[usize]) -> f64 {
        let climb = rungs.windows(2).enumerate().map(|(k, w)| (w[1] - w[0]) as f64 / (ETA as f64).powi(k as i32 + 1));
        rungs.first().map_or(0.0, |r| *r as f64) + climb.sum::<f64>()
    }
    /// The least budget for so many worlds.
    pub(crate) fn least(worlds: usize) -> usize {
        (worlds..).find(|b| Self::new(*b, worlds).is_some()).unwrap_or(usize::MAX)
    }
    fn top(&self) -> usize {
        self.rungs.last().copied().unwrap_or(1)
    }
}

/// Where a candidate is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The base policy: for comparison only.
    Base,
    /// The sequence.
    Sequence,
    /// Changed from the candidate of this number.
    Near(usize),
}

/// A policy, and what came of it so far.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<T> {
    /// Where in the unit cube.
    pub at: Vec<f64>,
    /// What its parameters are.
    pub is: Vec<Is>,
    /// The policy.
    pub policy: Policy,
    /// Where it is from.
    pub origin: Origin,
    /// Its runs in the worlds 0, 1, …
    pub runs: Vec<T>,
}

/// A run that is wanted: the policy and the number of the world.
pub(crate) type Wanted<'a> = (&'a Policy, usize);

/// A search under way. `T` is a run.
pub(crate) struct Search<'a, T, Live> {
    space: &'a Space,
    plan: Plan,
    key: Key,
    /// Makes runs.
    live: Live,
    /// The numbers to be made small, of a run.
    numbers: &'a dyn Fn(&T) -> Vec<f64>,
    candidates: Vec<Candidate<T>>,
    seen: HashSet<String>,
    spent: usize,
    next: u64,
}

impl<'a, T, Live: FnMut(&[Wanted<'_>]) -> Result<Vec<T>, Trouble>> Search<'a, T, Live> {
    /// Before the first run.
    pub(crate) fn new(space: &'a Space, plan: Plan, seed: u64, live: Live, numbers: &'a dyn Fn(&T) -> Vec<f64>) -> Self {
        let key = Key::new(seed).with(SEARCH);
        Self { space, plan, key, live, numbers, candidates: Vec::new(), seen: HashSet::new(), spent: 0, next: 0 }
    }

    /// All candidates, the base policy first; and how many runs were spent.
    ///
    /// # Errors
    /// If a run cannot be kept, or values exclude each other.
    pub(crate) fn run(mut self) -> Result<(Vec<Candidate<T>>, usize), Trouble> {
        self.candidates.push(Candidate {
            at: Vec::new(),
            is: Vec::new(),
            policy: self.space.base.clone(),
            origin: Origin::Base,
            runs: Vec::new(),
        });
        self.give(&[0], self.plan.top())?;
        let sequence = Halton::new(self.key.with(0), self.space.paths().count());
        self.add_points(&sequence, self.plan.first)?;
        self.climb()?;
        let mut generation = 0;
        let fewest = FEWEST.max(self.plan.first / 8);
        while self.spent + self.plan.rungs[0] <= self.plan.budget {
            generation += 1;
            let room = ((self.plan.budget - self.spent) / self.plan.rungs[0]).min(fewest);
            let before = self.candidates.len();
            self.around_front(room, self.key.with(generation))?;
            let missing = room - (self.candidates.len() - before);
            self.add_points(&sequence, missing)?;
            let spent = self.spent;
            self.climb()?;
            if self.spent == spent {
                // The space has no more candidates, or the budget no more rungs.
                break;
            }
        }
        Ok((self.candidates, self.spent))
    }

    /// Adds a candidate unless it is there.
    fn add(&mut self, at: Vec<f64>, origin: Origin) -> Result<bool, Trouble> {
        let (is, policy) = self.space.candidate(&at)?;
        let new = self.seen.insert(is.iter().map(|i| i.text() + "\n").collect());
        if new {
            self.candidates.push(Candidate { at, is, policy, origin, runs: Vec::new() });
        }
        Ok(new)
    }

    fn add_points(&mut self, sequence: &Halton, wanted: usize) -> Result<(), Trouble> {
        let (mut found, mut tries) = (0, 0);
        while found < wanted && tries < wanted * TRIES {
            let at = sequence.point(self.next);
            self.next += 1;
            tries += 1;
            found += usize::from(self.add(at, Origin::Sequence)?);
        }
        Ok(())
    }

    /// Children of the front's members: each of a parent drawn from the front of the highest rung that has any.
    fn around_front(&mut self, wanted: usize, key: Key) -> Result<(), Trouble> {
        let front = self.front();
        let (mut found, mut draws) = (0, key.draws());
        for _ in 0..wanted * TRIES {
            if found == wanted || front.is_empty() {
                break;
            }
            let parent = front[draws.scaled(front.len() as u32) as usize];
            let at = self.space.near(&self.candidates[parent].at, &mut draws);
            found += usize::from(self.add(at, Origin::Near(parent))?);
        }
        Ok(())
    }

    /// Runs candidates until they have so many worlds each; the first ones as far as the budget reaches.
    fn give(&mut self, who: &[usize], worlds: usize) -> Result<(), Trouble> {
        let mut wanted: Vec<(usize, usize)> = Vec::new();
        for k in who {
            let has = self.candidates[*k].runs.len();
            if self.spent + wanted.len() + worlds.saturating_sub(has) <= self.plan.budget {
                wanted.extend((has..worlds).map(|world| (*k, world)));
            }
        }
        let asked: Vec<Wanted<'_>> = wanted.iter().map(|(k, world)| (&self.candidates[*k].policy, *world)).collect();
        let runs = (self.live)(&asked)?;
        self.spent += runs.len();
        for ((k, _), run) in wanted.iter().zip(runs) {
            self.candidates[*k].runs.push(run);
        }
        Ok(())
    }

    /// New candidates get their first worlds; then, rung by rung, the best third of those who are on it is on the next.
    fn climb(&mut self) -> Result<(), Trouble> {
        let new: Vec<usize> = (1..self.candidates.len()).filter(|k| self.candidates[*k].runs.is_empty()).collect();
        self.give(&new, self.plan.rungs[0])?;
        // Those for whom nothing is left were never candidates.
        self.candidates.retain(|c| !c.runs.is_empty());
        for rung in 1..self.plan.rungs.len() {
            let (here, above) = (self.plan.rungs[rung - 1], self.plan.rungs[rung]);
            let on = on_rung(&self.candidates, here);
            let best = order(&self.means(&on, here));
            let climbing: Vec<usize> = best.iter().take(on.len().div_ceil(ETA)).map(|k| on[*k]).collect();
            self.give(&climbing, above)?;
        }
        Ok(())
    }

    /// Means over the first worlds.
    fn means(&self, who: &[usize], worlds: usize) -> Vec<Vec<f64>> {
        who.iter().map(|k| mean(self.candidates[*k].runs.iter().take(worlds).map(self.numbers))).collect()
    }

    fn front(&self) -> Vec<usize> {
        let Some((worlds, on)) = highest(&self.candidates, &self.plan.rungs) else { return Vec::new() };
        let ranks = ranks(&self.means(&on, worlds));
        on.into_iter().zip(ranks).filter(|(_, r)| *r == 0).map(|(k, _)| k).collect()
    }
}

const SEARCH: u64 = 0x5ea2c4;
const BOOTSTRAP: u64 = 0xb007;

/// Candidates, the base left out, who have so many worlds.
fn on_rung<T>(candidates: &[Candidate<T>], worlds: usize) -> Vec<usize> {
    (1..candidates.len()).filter(|k| candidates[*k].runs.len() >= worlds).collect()
}

/// The highest rung that somebody is on, and who is.
pub(crate) fn highest<T>(candidates: &[Candidate<T>], rungs: &[usize]) -> Option<(usize, Vec<usize>)> {
    rungs.iter().rev().map(|worlds| (*worlds, on_rung(candidates, *worlds))).find(|(_, on)| !on.is_empty())
}

/// Mean of each number.
fn mean(runs: impl Iterator<Item = Vec<f64>>) -> Vec<f64> {
    let (mut sum, mut n) = (Vec::new(), 0.0);
    for run in runs {
        n += 1.0;
        sum.resize(run.len(), 0.0);
        sum.iter_mut().zip(run).for_each(|(s, x)| *s += x);
    }
    sum.iter().map(|s| s / n).collect()
}

/// Whether each is on the front by its means over the worlds; and in which share of the worlds drawn anew, with replacement and for all alike, it would be
/// (bootstrap: Efron 1979, Annals of Statistics 7:1). `values` are numbers by candidate and world.
pub(crate) fn certainty(values: &[Vec<Vec<f64>>], seed: u64) -> Vec<(bool, f64)> {
    const TIMES: usize = 400;
    let worlds = values.first().map_or(0, Vec::len) as u32;
    let on = |drawn: &[usize]| -> Vec<bool> {
        let means: Vec<Vec<f64>> = values.iter().map(|v| mean(drawn.iter().map(|w| v[*w].clone()))).collect();
        ranks(&means).into_iter().map(|r| r == 0).collect()
    };
    let all: Vec<usize> = (0..worlds as usize).collect();
    let mut times = vec![0u32; values.len()];
    let mut draws: Draws = Key::new(seed).with(BOOTSTRAP).draws();
    for _ in 0..TIMES {
        let drawn: Vec<usize> = all.iter().map(|_| draws.scaled(worlds) as usize).collect();
        times.iter_mut().zip(on(&drawn)).for_each(|(n, on)| *n += u32::from(on));
    }
    on(&all).into_iter().zip(times).map(|(on, n)| (on, f64::from(n) / TIMES as f64)).collect()
}
