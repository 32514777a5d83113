//! What is known of an outbreak.

use crate::gamma::Gamma;
use crate::interval::SerialInterval;

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

/// When a case fell ill: how probable each day is. Days are counted from any common day.
#[derive(Debug, Clone, PartialEq)]
pub struct Onset {
    first: i32,
    weights: Vec<f64>,
}

impl Onset {
    /// On this day.
    pub fn on(day: i32) -> Self {
        Self { first: day, weights: vec![1.0] }
    }
    /// On one of these days, each as probable as the others; none if the last comes before the first.
    pub fn between(first: i32, last: i32) -> Option<Self> {
        Self::of(first, vec![1.0; usize::try_from(i64::from(last) - i64::from(first) + 1).ok()?])
    }
    /// The first day, and how probable it and the days after it are; none if no weight is above 0 or one is no number.
    pub fn of(first: i32, weights: Vec<f64>) -> Option<Self> {
        let all: f64 = weights.iter().sum();
        let good = all > 0.0 && all.is_finite() && weights.iter().all(|w| *w >= 0.0);
        good.then(|| Self { first, weights: weights.iter().map(|w| w / all).collect() })
    }
    /// The first possible day.
    pub fn first(&self) -> i32 {
        self.first
    }
    /// The last possible day.
    pub fn last(&self) -> i32 {
        self.first + self.weights.len() as i32 - 1
    }
    /// Each possible day with its probability.
    pub fn days(&self) -> impl Iterator<Item = (i32, f64)> + '_ {
        self.weights.iter().enumerate().map(|(k, w)| (self.first + k as i32, *w))
    }
    /// The mean, rounded to a day.
    pub fn mean(&self) -> i32 {
        self.days().map(|(d, w)| f64::from(d) * w).sum::<f64>().round() as i32
    }
    /// Whether the day is known.
    pub fn is_known(&self) -> bool {
        self.weights.len() == 1
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Onset.
    pub onset: Onset,
    /// The days on which it was infected: first and last.
    pub exposed: Option<(i32, i32)>,
    /// Where it was infected.
    pub origin: Origin,
    /// Where it lives or was, in metres of any common grid.
    pub place: Option<[f64; 2]>,
}

impl Case {
    /// A case of which the onset alone is known.
    pub fn new(onset: Onset) -> Self {
        Self { onset, exposed: None, origin: Origin::Unknown, place: None }
    }
}

/// How much a tie that joins few counts, of all other cases together, and at most, of one of them; before anything is seen.
const AT_HOME: f64 = 0.5;
const AT_HOME_MOST: f64 = 10.0;

/// A kind of tie: a household, a class, contacts named with certainty. How much it counts is learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// What it is called.
    pub name: String,
    /// The logarithm of the factor by which it multiplies the rate of infection is normal before anything is seen, with this standard deviation: 3 says
    /// that it may be anything; for a group of a kind that counts as a whole, 1 says how much groups differ. Around 0; of a kind that is not open, around
    /// what a household does (see [`Kind::new`]).
    pub sd: f64,
    /// People who were not infected are joined in the same way, as many for each case as in the whole population: a school class, a ward, a village. Else
    /// all who are joined so are among the cases, or they are few: contacts who were named, a household.
    pub open: bool,
}

impl Kind {
    /// A kind of which nothing is known, but that it joins few, as a household or contacts who were named. Of those who are exposed at home some fifth
    /// are infected (SARS-CoV-2 0.17: Madewell et al. 2020, JAMA Netw Open 3:e2031756), of a county's people few, so that whoever falls ill in the
    /// household of a case was most probably infected there. Before anything is seen the tie is taken to count half as much as all other cases
    /// together, up to ten times as much as one of them: of few cases that is all that is known of it, and of many it is learnt.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), sd: 3.0, open: false }
    }
    /// Mean of the logarithm of its factor before anything is seen.
    pub(super) fn mean(&self, cases: usize) -> f64 {
        if self.open { 0.0 } else { (AT_HOME * cases as f64).clamp(1.0, AT_HOME_MOST).ln() }
    }
}

/// Two cases have something in common, or one names the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Index of a case.
    pub a: u32,
    /// Index of another.
    pub b: u32,
    /// Which kind of tie: an index of [`Outbreak::kinds`].
    pub kind: u8,
    /// Only `a` can have infected `b`, as far as this tie says.
    pub directed: bool,
}

/// How far apart two sequenced genomes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distance {
    /// Index of a case.
    pub a: u32,
    /// Index of another.
    pub b: u32,
    /// Substitutions by which they differ.
    pub substitutions: u32,
}

/// An outbreak.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbreak {
    /// The cases.
    pub cases: Vec<Case>,
    /// Kinds of tie, 64 at most.
    pub kinds: Vec<Kind>,
    /// What joins cases.
    pub ties: Vec<Tie>,
    /// Genetic distances, of whichever pairs have one.
    pub distances: Vec<Distance>,
    /// From the onset of a case to the onset of whom it infected.
    pub interval: SerialInterval,
    /// Days from infection to onset; without it, it is learnt from the exposure windows.
    pub incubation: Option<Gamma>,
    /// The share of all infections that are among the cases, if something is known of it, between 0 and 1.
    pub reported: Option<f64>,
    /// How many people could have been infected, those who were included; without it, the cases alone.
    pub population: Option<f64>,
}

/// Why something is no outbreak.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum OutbreakError {
    /// No cases.
    #[error("there are no cases")]
    Empty,
    /// A case's window.
    #[error("case {0}: the exposure begins after it ends")]
    Window(usize),
    /// A tie.
    #[error("a tie or a distance joins cases {0} and {1}, but there are only {2}, and none is joined to itself")]
    Tie(u32, u32, usize),
    /// Kinds.
    #[error("a tie is of kind {0}, but there are only {1}")]
    Kind(u8, usize),
    /// Kinds.
    #[error("{0} kinds of tie: at most {max} are possible", max = Outbreak::MOST_KINDS)]
    Kinds(usize),
    /// The share of infections that are cases.
    #[error("the share of infections that are among the cases is between 0 and 1, not {0}")]
    Reported(f64),
    /// Days.
    #[error("{0} days from the first to the last onset: more than {max}; is a year wrong?", max = Outbreak::MOST_DAYS)]
    Days(i64),
}

impl Outbreak {
    /// Most kinds of tie.
    pub const MOST_KINDS: usize = 64;
    /// Most days from the first to the last onset.
    pub const MOST_DAYS: i64 = 20_000;

    /// Cases with ties, and no more.
    pub fn new(cases: Vec<Case>, interval: SerialInterval) -> Self {
        Self {
            cases,
            kinds: Vec::new(),
            ties: Vec::new(),
            distances: Vec::new(),
            interval,
            incubation: None,
            reported: None,
            population: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), OutbreakError> {
        let n = self.cases.len();
        if n == 0 {
            return Err(OutbreakError::Empty);
        }
        if let Some(k) = self.cases.iter().position(|c| c.exposed.is_some_and(|(from, to)| from > to)) {
            return Err(OutbreakError::Window(k));
        }
        if self.kinds.len() > Self::MOST_KINDS {
            return Err(OutbreakError::Kinds(self.kinds.len()));
        }
        let pairs = self.ties.iter().map(|t| (t.a, t.b)).chain(self.distances.iter().map(|d| (d.a, d.b)));
        for (a, b) in pairs {
            if a == b || a.max(b) as usize >= n {
                return Err(OutbreakError::Tie(a, b, n));
            }
        }
        if let Some(t) = self.ties.iter().find(|t| usize::from(t.kind) >= self.kinds.len()) {
            return Err(OutbreakError::Kind(t.kind, self.kinds.len()));
        }
        if let Some(r) = self.reported.filter(|r| !(*r > 0.0 && *r <= 1.0)) {
            return Err(OutbreakError::Reported(r));
        }
        let days = self.cases.iter().map(|c| (i64::from(c.onset.first()), i64::from(c.onset.last())));
        let (first, last) = days.fold((i64::MAX, i64::MIN), |(a, b), (x, y)| (a.min(x), b.max(y)));
        if last - first > Self::MOST_DAYS { Err(OutbreakError::Days(last - first)) } else { Ok(()) }
    }
}
