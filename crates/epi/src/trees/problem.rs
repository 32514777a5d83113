//! What is known of an outbreak, as the engine needs it: candidates for the infector of each case, and the exposure that each case was to the others.

use crate::interval::SerialInterval;
use std::collections::{BTreeMap, HashMap};

/// Where a case was infected, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// Not known.
    #[default]
    Unknown,
    /// Elsewhere.
    Imported,
    /// Here, whether or not the infector is among the cases.
    Local,
}

/// A case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Case {
    /// Onset: the first day that it may have been, from any common day.
    pub earliest: i32,
    /// The last day that it may have been.
    pub latest: i32,
    /// The days on which it was infected: first and last.
    pub exposed: Option<(i32, i32)>,
    /// Where it was infected.
    pub origin: Origin,
}

/// Two cases have something in common, or one names the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Index of a case.
    pub a: u32,
    /// Index of another.
    pub b: u32,
    /// Which kind of tie, from 0.
    pub kind: u8,
    /// Only `a` can have infected `b`, as far as this tie says.
    pub directed: bool,
}

/// Most kinds of tie.
pub const MOST_KINDS: usize = 32;
/// Intervals less probable than this, by their number of days, are taken to be impossible.
const POSSIBLE: f64 = 1e-5;
/// Days before its onset on which a case is infectious at most, for exposure windows.
const BEFORE_ONSET: i32 = 3;
/// By how much it counts when nobody could have infected a case in its window: windows are recalled, and recalled wrongly.
const OUTSIDE: f64 = 1e-3;

/// Somebody who may have infected a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The infector.
    pub of: u32,
    /// What joins the two: an index of [`Problem::patterns`].
    pub pattern: u16,
    /// Density of the interval between the two onsets, a day, given the exposure window.
    pub density: f64,
}

/// An outbreak.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Number of kinds of tie.
    pub kinds: usize,
    /// The combinations of ties that pairs have: bits by kind. The first is none.
    pub patterns: Vec<u32>,
    /// For each case whoever may have infected it.
    pub candidates: Vec<Vec<Candidate>>,
    /// For each case and pattern: how many cases, each by the share of its infectious time during which they were not infected yet.
    pub exposure: Vec<Vec<f64>>,
    /// Whether a case may have been infected elsewhere.
    pub may_be_imported: Vec<bool>,
    /// Days on which the cases were not infected yet, counted from the first onset, of all together.
    pub at_risk: f64,
}

/// Why something is no outbreak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProblemError {
    /// A case's days.
    #[error("case {0}: the first possible day of onset is after the last")]
    Onset(usize),
    /// A case's window.
    #[error("case {0}: the exposure begins after it ends")]
    Window(usize),
    /// A tie.
    #[error("a tie joins cases {0} and {1}, but there are only {2}, and none is tied to itself")]
    Tie(u32, u32, usize),
    /// Kinds.
    #[error("{0} kinds of tie: at most {MOST_KINDS} are possible")]
    Kinds(usize),
}

impl Problem {
    /// Prepares an outbreak.
    ///
    /// # Errors
    /// If days are out of order, or ties name cases that are not there.
    pub fn new(cases: &[Case], ties: &[Tie], interval: &SerialInterval) -> Result<Self, ProblemError> {
        check(cases, ties)?;
        let kinds = ties.iter().map(|t| t.kind as usize + 1).max().unwrap_or(0);
        let (patterns, joined) = joined(ties);
        let lags = Lags::new(interval);
        let mut order: Vec<u32> = (0..cases.len() as u32).collect();
        order.sort_by_key(|c| (cases[*c as usize].earliest, *c));
        let candidates = cases.iter().enumerate().map(|(j, case)| of_case(j as u32, case, cases, &order, &joined, &lags)).collect();
        let mut p = Self {
            kinds,
            candidates,
            exposure: Vec::new(),
            may_be_imported: cases.iter().map(|c| c.origin != Origin::Local).collect(),
            at_risk: at_risk(cases),
            patterns,
        };
        p.exposure = exposure(cases, &joined, p.patterns.len(), &lags);
        Ok(p)
    }
    /// Cases.
    pub fn cases(&self) -> usize {
        self.candidates.len()
    }
    /// By how much each pattern multiplies the rate, if each kind multiplies it by `exp` of this.
    pub fn factors(&self, weights: &[f64]) -> Vec<f64> {
        let kinds = |bits: u32| weights.iter().enumerate().filter(move |(k, _)| bits >> k & 1 == 1).map(|(_, w)| w).sum::<f64>();
        self.patterns.iter().map(|bits| kinds(*bits).exp()).collect()
    }
}

fn check(cases: &[Case], ties: &[Tie]) -> Result<(), ProblemError> {
    for (n, c) in cases.iter().enumerate() {
        if c.earliest > c.latest {
            return Err(ProblemError::Onset(n));
        }
        if c.exposed.is_some_and(|(from, to)| from > to) {
            return Err(ProblemError::Window(n));
        }
    }
    for t in ties {
        if t.kind as usize >= MOST_KINDS {
            return Err(ProblemError::Kinds(t.kind as usize + 1));
        }
        if t.a == t.b || t.a.max(t.b) as usize >= cases.len() {
            return Err(ProblemError::Tie(t.a, t.b, cases.len()));
        }
    }
    Ok(())
}

fn at_risk(cases: &[Case]) -> f64 {
    let first = cases.iter().map(|c| c.earliest).min().unwrap_or(0);
    cases.iter().map(|c| f64::from(c.latest - first + 1)).sum()
}

/// Pattern of each ordered pair that has one.
type Joined = HashMap<(u32, u32), u16>;

fn joined(ties: &[Tie]) -> (Vec<u32>, Joined) {
    let mut bits: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for t in ties {
        *bits.entry((t.a, t.b)).or_default() |= 1 << t.kind;
        if !t.directed {
            *bits.entry((t.b, t.a)).or_default() |= 1 << t.kind;
        }
    }
    let (mut patterns, mut index) = (vec![0], HashMap::from([(0, 0)]));
    let of_pair = bits.into_iter().map(|(pair, b)| {
        let n = *index.entry(b).or_insert_with(|| {
            patterns.push(b);
            patterns.len() as u16 - 1
        });
        (pair, n)
    });
    let of_pair = of_pair.collect();
    (patterns, of_pair)
}

/// The serial interval by its lag.
struct Lags {
    density: Vec<f64>,
    /// The probability of less than so many days.
    before: Vec<f64>,
}

impl Lags {
    fn new(w: &SerialInterval) -> Self {
        let last = w.as_slice().iter().rposition(|p| *p > POSSIBLE).unwrap_or(0);
        let density = w.as_slice().get(..=last).unwrap_or_default().to_vec();
        let before = density.iter().scan(0.0, |sum, p| Some(std::mem::replace(sum, *sum + p))).chain([1.0]).collect();
        Self { density, before }
    }
    fn longest(&self) -> i32 {
        self.density.len() as i32 - 1
    }
    fn at(&self, lag: i32) -> f64 {
        usize::try_from(lag).ok().and_then(|l| self.density.get(l)).copied().unwrap_or(0.0)
    }
    fn before(&self, lag: i32) -> f64 {
        if lag <= 0 { 0.0 } else { self.before.get(lag as usize).copied().unwrap_or(1.0) }
    }
    /// The mean over the days on which both may have fallen ill.
    fn between(&self, from: &Case, to: &Case, of: impl Fn(i32) -> f64) -> f64 {
        let (a, b) = (from.earliest..=from.latest, to.earliest..=to.latest);
        let pairs = (f64::from(from.latest - from.earliest) + 1.0) * (f64::from(to.latest - to.earliest) + 1.0);
        a.flat_map(|x| b.clone().map(move |y| y - x)).map(of).sum::<f64>() / pairs
    }
}

fn of_case(j: u32, case: &Case, cases: &[Case], order: &[u32], joined: &Joined, lags: &Lags) -> Vec<Candidate> {
    if case.origin == Origin::Imported {
        return Vec::new();
    }
    let before = order.partition_point(|i| cases[*i as usize].earliest <= case.latest);
    let possible = order.get(..before).unwrap_or_default().iter().rev();
    let mut found: Vec<Candidate> = possible
        .filter(|i| **i != j && case.earliest - cases[**i as usize].latest <= lags.longest())
        .filter_map(|i| {
            let from = &cases[*i as usize];
            let density = lags.between(from, case, |l| lags.at(l)) * window(case, from);
            let pattern = joined.get(&(*i, j)).copied().unwrap_or(0);
            (density > 0.0).then_some(Candidate { of: *i, pattern, density })
        })
        .collect();
    found.sort_by_key(|c| c.of);
    found
}

/// Whether the infector was infectious while the case was exposed.
fn window(case: &Case, from: &Case) -> f64 {
    let Some((first, last)) = case.exposed else { return 1.0 };
    let infectious = from.earliest - BEFORE_ONSET;
    if last >= infectious && first <= case.latest { 1.0 } else { OUTSIDE }
}

fn exposure(cases: &[Case], joined: &Joined, patterns: usize, lags: &Lags) -> Vec<Vec<f64>> {
    let middle = |c: &Case| f64::midpoint(f64::from(c.earliest), f64::from(c.latest));
    let lag = |i: usize, j: usize| (middle(&cases[j]) - middle(&cases[i])).round() as i32;
    // All pairs by the number of days between them, and then what is tied moves from the first pattern to its own.
    let mut by_day: BTreeMap<i32, f64> = BTreeMap::new();
    for c in cases {
        *by_day.entry(middle(c).round() as i32).or_default() += 1.0;
    }
    let all = |i: usize| {
        let day = middle(&cases[i]).round() as i32;
        by_day.range(day + 1..).map(|(d, n)| n * lags.before(d - day)).sum::<f64>()
    };
    let mut exposure: Vec<Vec<f64>> = (0..cases.len())
        .map(|i| {
            let mut e = vec![0.0; patterns];
            e[0] = all(i);
            e
        })
        .collect();
    let mut pairs: Vec<_> = joined.iter().collect();
    pairs.sort_unstable();
    for ((i, j), pattern) in pairs {
        let at_risk = lags.before(lag(*i as usize, *j as usize));
        let e = &mut exposure[*i as usize];
        e[0] -= at_risk;
        e[*pattern as usize] += at_risk;
    }
    for e in &mut exposure {
        e[0] = e[0].max(0.0);
    }
    exposure
}
