//! The first answer: rates and the probability of each infector by expectation and maximisation.

use super::edges::{Edge, sorted};
use super::outbreak::Origin;
use super::problem::Problem;
use super::rates::LN_EXPECTED_SD;

/// Rounds at most; it ends when the rates do not move any more.
const ROUNDS: usize = 60;
/// Change of the logarithms of the rates at which it ends.
const STILL: f64 = 2e-3;
/// For so many rounds imports are taken to be few, or the search would end where all are.
const SETTLING: usize = 8;
const FEW: f64 = 1e-3;
/// Imports that are expected before anything is seen, in the whole outbreak, besides its first case: one; but of few cases no more than this share, or two
/// cases would both be imported as readily as not.
const IMPORTS: f64 = 1.0;
const IMPORTED: f64 = 0.25;
/// The share of infections that are among the cases, where nothing is said of it: how it is spread out, as a gamma prior on the rate of the others.
const REPORTED: f64 = 0.98;
/// How much that share counts, given or not: in cases.
const SAID: f64 = 100.0;
/// The size of the gamma distribution of infectiousness with which the first answer is computed; the posterior learns it.
const SIZE: f64 = 3.0;
/// Infectors less probable than this are not told.
const TOLD: f64 = 1e-3;

/// The first answer.
#[derive(Debug, Clone, PartialEq)]
pub struct First {
    /// By case, the most probable infector first.
    pub infectors: Vec<Vec<Edge>>,
    /// The rate at which a case infects another to whom nothing ties it.
    pub rate: f64,
    /// The logarithm of the factor of each kind of tie, and of nearness where places are known.
    pub weights: Vec<f64>,
    /// The rate at which somebody who is no case yet is infected elsewhere, a day.
    pub imports: f64,
    /// The infectivity of those who are not among the cases, as a share of that of the cases.
    pub unseen: f64,
}

impl Problem {
    /// Prior of the rate of imports: shape and rate of a gamma distribution.
    pub(super) fn imports_prior(&self) -> (f64, f64) {
        (IMPORTS, self.at_risk * (IMPORTS / (IMPORTED * self.later())).max(1.0))
    }
    /// The share of infections that are among the cases, as it was given or is usual.
    pub(super) fn said(&self) -> f64 {
        self.reported.unwrap_or(REPORTED)
    }
    /// Prior of the infectivity of those who are not among the cases: shape and rate of a gamma distribution.
    pub(super) fn unseen_prior(&self) -> (f64, f64) {
        let missing = (1.0 - self.said()).max(1e-3);
        // With `unseen` = s, the expected number of cases whom they infected is `s * unseen_in_all`, of all but the first.
        let mean = missing * self.later() / self.unseen_in_all;
        (SAID * missing, SAID * missing / mean)
    }
}

/// The most probable infectors.
pub fn first(p: &Problem) -> First {
    let n = p.cases();
    let at_risk = p.exposure.all();
    let ((shape, rate), imports) = (p.unseen_prior(), p.imports_prior());
    let mut f = First {
        infectors: Vec::new(),
        rate: n as f64 / at_risk.max(1.0),
        weights: (0..p.weights()).map(|k| p.weight_mean(k)).collect(),
        imports: FEW * IMPORTS / p.at_risk,
        unseen: FEW * shape / rate,
    };
    let mut infectious = vec![1.0; n];
    let densities = densities(p);
    let scale: Vec<f64> = (0..n).map(|i| p.onsets[i].days().map(|(d, w)| w * p.scale(i, d)).sum()).collect();
    for round in 0..ROUNDS {
        let e = expect(p, &f, &infectious, &densities);
        let before = (f.rate, f.weights.clone());
        let weighed: Vec<f64> = infectious.iter().zip(&scale).map(|(own, s)| own * s).collect();
        maximise(p, &mut f, &e.by_pattern, &weighed);
        let factors = p.factors(&f.weights);
        for (i, own) in infectious.iter_mut().enumerate() {
            let exposed = p.exposure.weighed(i, &factors) * f.rate * scale[i];
            *own = (SIZE + e.offspring[i]) / (SIZE + exposed);
        }
        if round >= SETTLING {
            f.imports = (imports.0 + e.imported) / (imports.1 + p.at_risk);
            f.unseen = (shape + e.unseen) / (rate + p.unseen_at_risk);
        }
        let moved = before.1.iter().zip(&f.weights).map(|(a, b)| (a - b).abs()).fold((before.0 / f.rate).ln().abs(), f64::max);
        if round > SETTLING && moved < STILL {
            break;
        }
    }
    f.infectors = edges(p, &f, &infectious, &densities);
    f
}

/// The density of the interval of each joined pair.
fn densities(p: &Problem) -> Vec<Vec<f64>> {
    let of_case = |(j, joined): (usize, &Vec<super::problem::Joined>)| joined.iter().map(|c| p.mean_density(j, c.of as usize)).collect();
    p.joined.iter().enumerate().map(of_case).collect()
}

/// The infectiousness of all cases together, by the day of their onset.
fn by_day(p: &Problem, infectious: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; p.days];
    for (o, own) in p.onsets.iter().zip(infectious) {
        for (d, w) in o.days() {
            sum[d as usize] += w * own;
        }
    }
    sum
}

/// The forces that act on a case.
#[derive(Debug, Default)]
struct Forces {
    /// Each of those who are joined to it.
    joined: Vec<f64>,
    /// All others together.
    others: f64,
    imported: f64,
    unseen: f64,
}

impl Forces {
    fn all(&self) -> f64 {
        self.joined.iter().sum::<f64>() + self.others + self.imported + self.unseen
    }
}

/// What one round of expectations needs of the last round.
struct Round<'a> {
    p: &'a Problem,
    f: &'a First,
    infectious: &'a [f64],
    densities: &'a [Vec<f64>],
    factors: Vec<f64>,
    by_day: Vec<f64>,
}

impl<'a> Round<'a> {
    fn new(p: &'a Problem, f: &'a First, infectious: &'a [f64], densities: &'a [Vec<f64>]) -> Self {
        Self { p, f, infectious, densities, factors: p.factors(&f.weights), by_day: by_day(p, infectious) }
    }
    fn forces(&self, j: usize, scratch: &mut Vec<f64>) -> Forces {
        let (p, f) = (self.p, self.f);
        let mut forces = Forces::default();
        if p.origins[j] == Origin::Imported {
            forces.imported = 1.0;
            return forces;
        }
        let mut at_random = 0.0;
        for (c, density) in p.joined[j].iter().zip(&self.densities[j]) {
            let alike = f.rate * density * self.infectious[c.of as usize];
            at_random += alike * self.factors[0];
            forces.joined.push(alike * self.factors[usize::from(c.pattern)] * c.genetic);
        }
        for (t, w) in p.onsets[j].days() {
            if !p.all_joined {
                let before = self.by_day[..=t as usize].iter().rev();
                let all: f64 = before.zip(p.profile(j, t, scratch)).map(|(n, w)| n * w).sum();
                forces.others += w * f.rate * self.factors[0] * all;
            }
            let alone = w * p.alone(j, t);
            forces.unseen += alone * f.unseen * p.unseen[t as usize];
            forces.imported += if p.origins[j] == Origin::Local { 0.0 } else { alone * f.imports };
        }
        forces.others = if forces.others > at_random * (1.0 + 1e-9) { forces.others - at_random } else { 0.0 };
        if forces.all() <= 0.0 {
            forces.imported = 1.0;
        }
        forces
    }
}

struct Events {
    by_pattern: Vec<f64>,
    offspring: Vec<f64>,
    imported: f64,
    unseen: f64,
}

fn expect(p: &Problem, f: &First, infectious: &[f64], densities: &[Vec<f64>]) -> Events {
    let round = Round::new(p, f, infectious, densities);
    let mut e = Events { by_pattern: vec![0.0; p.patterns.len()], offspring: vec![0.0; p.cases()], imported: 0.0, unseen: 0.0 };
    // How many of those whom nothing joins each day's cases are expected to infect, a unit of infectiousness.
    let mut a_unit = vec![0.0; p.days];
    let mut scratch = Vec::new();
    let onset: Vec<i32> = p.onsets.iter().map(super::outbreak::Onset::mean).collect();
    let beginning = p.beginning(&onset);
    for (j, densities) in densities.iter().enumerate() {
        let forces = round.forces(j, &mut scratch);
        let all = forces.all();
        if j != beginning {
            e.imported += forces.imported / all;
            e.unseen += forces.unseen / all;
        }
        e.by_pattern[0] += forces.others / all;
        let share = if forces.others > 0.0 { f.rate * round.factors[0] / all } else { 0.0 };
        for ((c, force), density) in p.joined[j].iter().zip(&forces.joined).zip(densities) {
            let alike = share * density * infectious[c.of as usize];
            e.by_pattern[usize::from(c.pattern)] += force / all;
            e.offspring[c.of as usize] += force / all - alike;
        }
        if share > 0.0 {
            for (t, w) in p.onsets[j].days() {
                let before = a_unit[..=t as usize].iter_mut().rev();
                for (unit, density) in before.zip(p.profile(j, t, &mut scratch)) {
                    *unit += share * w * density;
                }
            }
        }
    }
    for (i, o) in p.onsets.iter().enumerate() {
        let alike: f64 = o.days().map(|(d, w)| w * a_unit[d as usize]).sum();
        e.offspring[i] = (e.offspring[i] + infectious[i] * alike).max(0.0);
    }
    e
}

/// Each case's infectors with their probabilities.
fn edges(p: &Problem, f: &First, infectious: &[f64], densities: &[Vec<f64>]) -> Vec<Vec<Edge>> {
    let round = Round::new(p, f, infectious, densities);
    let mut of_day: Vec<Vec<u32>> = vec![Vec::new(); p.days];
    for (i, o) in p.onsets.iter().enumerate() {
        of_day[o.mean() as usize].push(i as u32);
    }
    for day in &mut of_day {
        day.sort_by(|a, b| infectious[*b as usize].total_cmp(&infectious[*a as usize]).then(a.cmp(b)));
    }
    let mut scratch = Vec::new();
    let of_case = |j: usize| {
        let forces = round.forces(j, &mut scratch);
        let all = forces.all();
        let elsewhere = Edge { infector: None, probability: (forces.imported + forces.unseen) / all };
        let joined = p.joined[j].iter().zip(&forces.joined);
        let mut found: Vec<Edge> = joined.map(|(c, force)| Edge { infector: Some(c.of), probability: force / all }).collect();
        if forces.others > 0.0 {
            let t = p.onsets[j].mean();
            for (day, density) in of_day[..=t as usize].iter().rev().zip(p.profile(j, t, &mut scratch)) {
                let each = f.rate * round.factors[0] * density / all;
                // From the most infectious one down: the rest is as improbable as the first that is not told.
                let told = day.iter().map(|i| (*i, each * infectious[*i as usize])).take_while(|(_, q)| *q >= TOLD);
                let alike = |i: u32| i as usize != j && p.joined[j].binary_search_by_key(&i, |c| c.of).is_err();
                found.extend(told.filter(|(i, _)| alike(*i)).map(|(i, q)| Edge { infector: Some(i), probability: q }));
            }
        }
        found.push(elsewhere);
        sorted(found, TOLD)
    };
    (0..p.cases()).map(of_case).collect()
}

/// Newton's method on the Poisson regression of infections by pattern, with the exposure as offset.
fn maximise(p: &Problem, f: &mut First, events: &[f64], infectious: &[f64]) {
    let mut exposed = vec![0.0; p.patterns.len()];
    for (i, own) in infectious.iter().enumerate() {
        for (k, e) in p.exposure.of(i) {
            exposed[k] += own * e;
        }
    }
    let acts = |pattern: usize, k: usize| if k == 0 { 1.0 } else { p.acts(p.patterns[pattern], k - 1) };
    let unknowns = p.weights() + 1;
    for _ in 0..3 {
        let factors = p.factors(&f.weights);
        let mut slope = vec![0.0; unknowns];
        let mut curve = vec![vec![0.0; unknowns]; unknowns];
        for (pattern, (seen, (e, w))) in events.iter().zip(exposed.iter().zip(&factors)).enumerate() {
            let expected = f.rate * w * e;
            for a in 0..unknowns {
                slope[a] += acts(pattern, a) * (seen - expected);
                for (b, c) in curve[a].iter_mut().enumerate() {
                    *c += acts(pattern, a) * acts(pattern, b) * expected;
                }
            }
        }
        for k in 1..unknowns {
            let precision = p.weight_sd(k - 1).powi(-2);
            slope[k] -= (f.weights[k - 1] - p.weight_mean(k - 1)) * precision;
            curve[k][k] += precision;
        }
        // How many are expected in the end has a prior; how much each unknown moves it:
        let later: Vec<f64> = p.exposure.later().iter().zip(&factors).map(|(n, w)| f.rate * n * w).collect();
        let in_the_end: f64 = later.iter().sum();
        let moves: Vec<f64> =
            (0..unknowns).map(|a| later.iter().enumerate().map(|(pattern, n)| acts(pattern, a) * n).sum::<f64>() / in_the_end).collect();
        let precision = LN_EXPECTED_SD.powi(-2);
        for a in 0..unknowns {
            slope[a] -= (in_the_end / p.later()).ln() * precision * moves[a];
            for b in 0..unknowns {
                curve[a][b] += precision * moves[a] * moves[b];
            }
        }
        let step = solve(curve, slope);
        f.rate *= step[0].clamp(-1.0, 1.0).exp();
        for (w, s) in f.weights.iter_mut().zip(&step[1..]) {
            *w += s.clamp(-1.0, 1.0);
        }
    }
}

/// Solves a symmetric positive definite system.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        let (upper, lower) = a.split_at_mut(k + 1);
        let pivot = &upper[k];
        for (i, row) in lower.iter_mut().enumerate() {
            let factor = row[k] / pivot[k].max(f64::MIN_POSITIVE);
            for (x, p) in row.iter_mut().zip(pivot).skip(k) {
                *x -= factor * p;
            }
            b[k + 1 + i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - known) / a[k][k].max(f64::MIN_POSITIVE);
    }
    b
}
