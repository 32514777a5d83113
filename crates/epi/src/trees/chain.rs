//! One chain: in each sweep every case chooses its infector anew, given who infected all others (Gibbs), uncertain onsets move, and the rates move given
//! the tree. How infectious each case is, is integrated out: whoever has infected many is chosen more readily.

use super::em::First;
use super::forces::Forces;
use super::outbreak::Origin;
use super::posterior::{Draws, Sampling};
use super::problem::Problem;
use super::rates::Rates;
use super::ready::Ready;
use crate::random::Random;

/// Infected elsewhere.
pub(super) const IMPORTED: u32 = u32::MAX;
/// Infected by somebody who is not among the cases.
pub(super) const UNSEEN: u32 = u32::MAX - 1;
/// What one chain brought home.
pub(super) struct Told {
    /// Each case's infector, [`IMPORTED`] or [`UNSEEN`], a tree after the other.
    pub trees: Vec<u32>,
    /// How many each case infected, over all sweeps.
    pub offspring: Vec<u64>,
    pub sweeps: u64,
    pub draws: Draws,
}

pub(super) struct Chain<'p> {
    p: &'p Problem,
    rng: Random,
    rates: Rates,
    onset: Vec<i32>,
    parent: Vec<u32>,
    /// Pattern of the pair of each case and its infector.
    pattern: Vec<u16>,
    offspring: Vec<u32>,
    by_pattern: Vec<u32>,
    imported: u32,
    unseens: u32,
    /// How readily each case infects once more, given whom it infected.
    ready: Ready,
    /// How ready each case is does not depend on whom it infected, for now.
    fixed: bool,
    scratch: Scratch,
}

#[derive(Default)]
struct Scratch {
    profile: Vec<f64>,
    joined: Vec<f64>,
}

impl<'p> Chain<'p> {
    pub fn new(p: &'p Problem, first: &First, seed: u64, n: u64) -> Self {
        let mut rng = Random::new(seed, n);
        let rates = Rates::new(p, first, &mut rng);
        let mut c = Self {
            rates,
            onset: p.onsets.iter().map(super::outbreak::Onset::mean).collect(),
            parent: vec![IMPORTED; p.cases()],
            pattern: vec![0; p.cases()],
            offspring: vec![0; p.cases()],
            by_pattern: vec![0; p.patterns.len()],
            imported: p.cases() as u32,
            unseens: 0,
            ready: Ready::new(p.cases(), p.days),
            fixed: false,
            scratch: Scratch::default(),
            p,
            rng,
        };
        c.begin(first);
        c
    }

    /// Each case's most probable infector, if it fell ill before.
    fn begin(&mut self, first: &First) {
        for (j, edges) in first.infectors.iter().enumerate() {
            let best = edges.first().and_then(|e| e.infector);
            let Some(i) = best.filter(|i| self.onset[*i as usize] < self.onset[j]) else { continue };
            let joined = self.p.joined[j].binary_search_by_key(&i, |c| c.of);
            let pattern = joined.map_or(0, |k| self.p.joined[j][k].pattern);
            self.imported -= 1;
            self.infect(j, i, pattern);
        }
    }

    pub fn run(mut self, s: &Sampling) -> Told {
        let n = self.p.cases();
        let mut told = Told {
            trees: Vec::with_capacity(n * s.sweeps.div_ceil(s.every.max(1))),
            offspring: vec![0; n],
            sweeps: 0,
            draws: Draws::new(self.p),
        };
        let uncertain: Vec<usize> = (0..n).filter(|j| !self.p.onsets[*j].is_known()).collect();
        for sweep in 0..s.warm_up + s.sweeps {
            let warm = sweep < s.warm_up;
            self.sweep();
            if !uncertain.is_empty() {
                self.onsets(&uncertain);
            }
            self.rates.walk_given(self.p, &self.offspring, &self.by_pattern, &mut self.rng, warm);
            self.draw_elsewhere();
            self.all_trees(warm);
            if warm {
                continue;
            }
            told.sweeps += 1;
            for (sum, n) in told.offspring.iter_mut().zip(&self.offspring) {
                *sum += u64::from(*n);
            }
            if (sweep - s.warm_up).is_multiple_of(s.every.max(1)) {
                told.trees.extend(&self.parent);
            }
            let ln_posterior = self.rates.ln_posterior(self.p, &self.offspring, &self.by_pattern);
            told.draws.write(&self.rates, ln_posterior, &self.offspring, (self.imported, self.unseens));
        }
        told
    }

    /// The rates of those who are not among the cases, and of imports: gamma, given how many there are, the first case not counted.
    fn draw_elsewhere(&mut self) {
        let first = self.parent[self.p.beginning(&self.onset)];
        let counted = |all: u32, kind: u32| f64::from(all - u32::from(first == kind));
        let (shape, rate) = self.p.imports_prior();
        self.rates.imports = self.rng.gamma(shape + counted(self.imported, IMPORTED), 1.0) / (rate + self.p.at_risk);
        let (shape, rate) = self.p.unseen_prior();
        self.rates.unseen = self.rng.gamma(shape + counted(self.unseens, UNSEEN), 1.0) / (rate + self.p.unseen_at_risk);
    }

    /// The case has infected one more or one less: so it is as ready as that makes it.
    fn changed(&mut self, i: usize) {
        if self.fixed {
            return;
        }
        self.ready.change(i, self.onset[i] as usize, readiness(&self.rates, &self.offspring, i));
    }
    fn infect(&mut self, j: usize, i: u32, pattern: u16) {
        self.parent[j] = i;
        self.pattern[j] = pattern;
        self.by_pattern[usize::from(pattern)] += 1;
        self.offspring[i as usize] += 1;
    }
    fn release(&mut self, j: usize) {
        match self.parent[j] {
            IMPORTED => self.imported -= 1,
            UNSEEN => self.unseens -= 1,
            i => {
                self.by_pattern[usize::from(self.pattern[j])] -= 1;
                self.offspring[i as usize] -= 1;
                self.changed(i as usize);
            }
        }
    }

    /// How infectious each case is, is drawn given the tree; then the rates, given that and all trees together; then a tree, given both.
    fn all_trees(&mut self, warm_up: bool) {
        let size = self.rates.size();
        let (rates, offspring, rng) = (&self.rates, &self.offspring, &mut self.rng);
        self.ready.set(&self.onset, |i| rng.gamma(size + f64::from(offspring[i]), 1.0) / (size + rates.exposed()[i]));
        let forces = Forces::new(self.p, &self.onset, &self.ready, self.rates.scale());
        self.rates.walk_given_all(self.p, &forces, &mut self.rng, warm_up);
        self.fixed = true;
        self.choose_all();
        self.fixed = false;
    }

    /// Every case chooses its infector, given who infected all others.
    fn sweep(&mut self) {
        self.ready.set(&self.onset, |i| readiness(&self.rates, &self.offspring, i));
        self.choose_all();
    }

    fn choose_all(&mut self) {
        let beginning = self.p.beginning(&self.onset);
        for j in 0..self.p.cases() {
            if self.p.origins[j] == Origin::Imported {
                continue;
            }
            self.release(j);
            if j == beginning {
                self.nobody(j, self.beginner(j));
            } else {
                self.choose(j);
            }
        }
    }

    /// Who infected the first case: somebody elsewhere, unless it was infected here.
    fn beginner(&self, j: usize) -> u32 {
        if self.p.origins[j] == Origin::Local { UNSEEN } else { IMPORTED }
    }
    /// Infected elsewhere, or by somebody who is not among the cases.
    fn nobody(&mut self, j: usize, whom: u32) {
        self.parent[j] = whom;
        if whom == UNSEEN {
            self.unseens += 1;
        } else {
            self.imported += 1;
        }
    }

    fn choose(&mut self, j: usize) {
        let (p, t) = (self.p, self.onset[j]);
        let mut scratch = std::mem::take(&mut self.scratch);
        let profile = p.profile(j, t, &mut scratch.profile);
        let factors = self.rates.factors();
        let density = |i: u32| usize::try_from(t - self.onset[i as usize]).ok().and_then(|l| profile.get(l)).copied().unwrap_or(0.0);
        let (mut all, mut at_random) = (0.0, 0.0);
        scratch.joined.clear();
        for c in &p.joined[j] {
            let alike = density(c.of) * self.ready.of(c.of);
            at_random += alike;
            all += alike * factors[usize::from(c.pattern)] * c.genetic;
            scratch.joined.push(all);
        }
        let by_joined = all;
        if !p.all_joined {
            let sum = self.ready.force(t, profile);
            // What is left when those who are joined are taken away; rounding leaves a little even where nobody is.
            if sum > at_random * (1.0 + 1e-9) {
                all += factors[0] * (sum - at_random);
            }
        }
        let alone = p.alone(j, t);
        let (before, unseen) = (all, alone * self.rates.unseen * p.unseen[t as usize]);
        all += unseen;
        let imported = if p.origins[j] == Origin::Local { 0.0 } else { alone * self.rates.imports };
        all += imported;
        let drawn = self.rng.uniform() * all;
        let n = scratch.joined.partition_point(|w| *w <= drawn);
        let chosen = if drawn >= before {
            None
        } else if let Some(c) = p.joined[j].get(n).filter(|_| drawn < by_joined) {
            Some((c.of, c.pattern))
        } else {
            // Those who are joined are passed over.
            let other = |i: u32| i as usize != j && p.joined[j].binary_search_by_key(&i, |c| c.of).is_err();
            self.ready.draw(t, profile, &mut self.rng, other).map(|i| (i, 0))
        };
        match chosen {
            Some((i, pattern)) => {
                self.infect(j, i, pattern);
                self.changed(i as usize);
            }
            None => self.nobody(j, if drawn < before + unseen { UNSEEN } else { IMPORTED }),
        }
        self.scratch = scratch;
    }

    /// Uncertain onsets move, each given its infector's onset and those of whom it infected.
    fn onsets(&mut self, uncertain: &[usize]) {
        let p = self.p;
        let mut infected: Vec<Vec<u32>> = vec![Vec::new(); p.cases()];
        for (j, i) in self.parent.iter().enumerate().filter(|(_, i)| **i < UNSEEN) {
            infected[*i as usize].push(j as u32);
        }
        let mut weights = Vec::new();
        let mut beginning = p.beginning(&self.onset);
        for &j in uncertain {
            weights.clear();
            // Who else may be the first case, if this one may.
            let other = if j == beginning || p.onsets[j].first() <= self.onset[beginning] { self.first_but(j) } else { Some(beginning) };
            for (t, w) in p.onsets[j].days() {
                let first = other.is_none_or(|o| (t, j) < (self.onset[o], o));
                let second = other.filter(|_| first).map_or(1.0, |o| self.alone(o, self.onset[o]));
                let from = match self.parent[j] {
                    i if first => f64::from(u8::from(i == self.beginner(j))) * p.alone(j, t) * second,
                    IMPORTED | UNSEEN => self.alone(j, t) * other.map_or(1.0, |o| self.may_begin(o, j)),
                    i => p.density(j, t, t - self.onset[i as usize]),
                };
                let to: f64 =
                    infected[j].iter().map(|k| p.density(*k as usize, self.onset[*k as usize], self.onset[*k as usize] - t)).product();
                // How many it infected, and how many it could have.
                let size = self.rates.size();
                let exposed = self.rates.exposed_at(j, p.scale(j, t));
                let made = (size + exposed).powf(-(size + f64::from(self.offspring[j])));
                weights.push(w * from * to * made);
            }
            if let Some(k) = self.rng.choose(&weights) {
                self.onset[j] = p.onsets[j].first() + k as i32;
                self.rates.rescale(j, p.scale(j, self.onset[j]));
                if other != Some(beginning) || self.onset[j] <= self.onset[beginning] {
                    beginning = p.beginning(&self.onset);
                }
            }
        }
    }

    /// The first case but this one.
    fn first_but(&self, j: usize) -> Option<usize> {
        (0..self.onset.len()).filter(|o| *o != j).min_by_key(|o| self.onset[*o])
    }
    /// The force by which a case was infected by nobody among the cases, if it was, on this day and not as the first one.
    fn alone(&self, j: usize, t: i32) -> f64 {
        match self.parent[j] {
            IMPORTED => self.p.alone(j, t) * self.rates.imports,
            UNSEEN => self.p.alone(j, t) * self.rates.unseen * self.p.unseen[t as usize],
            _ => 1.0,
        }
    }
    /// Whether a case may be the first one, 1 or 0, if `j` is not.
    fn may_begin(&self, other: usize, j: usize) -> f64 {
        let by = self.parent[other];
        f64::from(u8::from(by == self.beginner(other) || by == j as u32 || self.p.origins[other] == Origin::Imported))
    }
}

/// How readily a case infects another one.
fn readiness(rates: &Rates, offspring: &[u32], i: usize) -> f64 {
    let size = rates.size();
    (size + f64::from(offspring[i])) / (size + rates.exposed()[i])
}
