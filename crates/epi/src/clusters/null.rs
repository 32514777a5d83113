//! What is expected, and data made anew as if it were true.

use crate::random::Random;

/// Most cases: what is kept for each number of them must go into memory.
const MOST_CASES: u64 = 5_000_000;

/// Cases by place and time step. *Invariant:* one entry for each place and each step, the steps of a place together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    places: usize,
    steps: usize,
    cells: Vec<u32>,
}

impl Counts {
    /// None unless there are `places × steps` cells (the steps of the first place, then those of the second …) and at least one of each, or if
    /// there are more than five million cases.
    pub fn new(places: usize, steps: usize, cells: Vec<u32>) -> Option<Self> {
        let total: u64 = cells.iter().map(|n| u64::from(*n)).sum();
        let ok = places > 0 && steps > 0 && places.checked_mul(steps) == Some(cells.len()) && total <= MOST_CASES;
        ok.then_some(Self { places, steps, cells })
    }
    /// Places.
    pub fn places(&self) -> usize {
        self.places
    }
    /// Time steps.
    pub fn steps(&self) -> usize {
        self.steps
    }
    /// The cases of a place by step.
    pub fn of(&self, place: usize) -> &[u32] {
        &self.cells[place * self.steps..(place + 1) * self.steps]
    }
    /// All cases.
    pub fn total(&self) -> u32 {
        self.cells.iter().sum()
    }
    /// The cells with cases, by place and step.
    pub(super) fn with_cases(&self) -> Vec<Cell> {
        let each = self.cells.iter().enumerate().filter(|(_, n)| **n > 0);
        each.map(|(c, n)| ((c / self.steps) as u32, (c % self.steps) as u32, *n as i32)).collect()
    }
    pub(super) fn by_place(&self) -> Vec<f64> {
        (0..self.places).map(|p| self.of(p).iter().map(|n| f64::from(*n)).sum()).collect()
    }
    fn by_step(&self) -> Vec<f64> {
        (0..self.steps).map(|t| (0..self.places).map(|p| f64::from(self.of(p)[t])).sum()).collect()
    }
}

/// The null hypothesis.
#[derive(Debug, Clone, PartialEq)]
pub enum Null {
    /// Everybody has the same risk all the time: cases are Poisson, in proportion to the weight of each place (its population) and of each step
    /// (as a rule all 1), as many as were observed in all (Kulldorff 1997, 2001). An epidemic that rises everywhere is a cluster in time.
    Population {
        /// By place.
        places: Vec<f64>,
        /// By step.
        steps: Vec<f64>,
    },
    /// Everybody has the same risk on the same day, whatever the day's total: in proportion to the weight of each place, as many cases in each step
    /// as were observed in it. What rises everywhere, falls on Sundays or is reported late everywhere is no cluster.
    PopulationByStep {
        /// By place.
        places: Vec<f64>,
    },
    /// Place and time have nothing to do with each other: as many cases in each place and in each step as were observed. Needs no population
    /// (Kulldorff, Heffernan, Hartman, Assunção & Mostashari 2005, PLoS Med 2:e59).
    Permutation,
}

/// Why weights are no expectation.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NullError {
    /// Their number.
    #[error("{given} weights, but {wanted} places or steps")]
    Length {
        /// Weights.
        given: usize,
        /// Places or steps.
        wanted: usize,
    },
    /// That of a place.
    #[error("the weight of place {0} must be a number from 0 up, and above 0 if it has cases")]
    Place(usize),
    /// That of a step.
    #[error("the weight of step {0} must be a number from 0 up, and above 0 if it has cases")]
    Step(usize),
}

/// Expected cases, of which each place and each step has a share.
pub(super) struct Expected {
    /// By place, at all times together.
    pub places: Vec<f64>,
    /// By step, at all places together.
    pub steps: Vec<f64>,
}

impl Null {
    /// One of the data sets that [`scan`](super::scan) makes anew with this seed, from 0, as if the null hypothesis were true.
    ///
    /// # Errors
    /// If the weights do not fit the counts.
    pub fn made_anew(&self, counts: &Counts, seed: u64, number: usize) -> Result<Counts, NullError> {
        let made = Maker::new(counts, self, &self.expected(counts)?).one(seed, number);
        let mut cells = vec![0; counts.cells.len()];
        for (place, step, cases) in made {
            cells[place as usize * counts.steps + step as usize] = cases as u32;
        }
        Ok(Counts { cells, ..*counts })
    }
    /// What is expected: the cases of a place times the share of a step.
    pub(super) fn expected(&self, counts: &Counts) -> Result<Expected, NullError> {
        let (places, steps) = (counts.by_place(), counts.by_step());
        let total = f64::from(counts.total());
        let of = |weights: &[f64], cases: &[f64], error: fn(usize) -> NullError| {
            if weights.len() != cases.len() {
                return Err(NullError::Length { given: weights.len(), wanted: cases.len() });
            }
            let bad = |(w, n): (&f64, &f64)| !w.is_finite() || *w < 0.0 || (*n > 0.0 && *w == 0.0);
            if let Some(n) = weights.iter().zip(cases).position(bad) {
                return Err(error(n));
            }
            let all: f64 = weights.iter().sum();
            Ok(weights.iter().map(|w| if all > 0.0 { total * w / all } else { 0.0 }).collect())
        };
        Ok(match self {
            Self::Population { places: p, steps: t } => {
                Expected { places: of(p, &places, NullError::Place)?, steps: of(t, &steps, NullError::Step)? }
            }
            Self::PopulationByStep { places: p } => Expected { places: of(p, &places, NullError::Place)?, steps },
            Self::Permutation => Expected { places, steps },
        })
    }
}

/// Makes data anew.
pub(super) struct Maker {
    steps: usize,
    kind: Kind,
}

enum Kind {
    /// All cases, and what is expected of the places and the steps, added up.
    Anywhere(u32, Vec<f64>, Vec<f64>),
    /// The cases of each step, and what is expected of the places, added up.
    ByStep(Vec<u32>, Vec<f64>),
    /// The place and the step of each case.
    Shuffle(Vec<u32>, Vec<u32>),
}

/// A cell with cases: place, step, cases.
pub(super) type Cell = (u32, u32, i32);

impl Maker {
    pub fn new(counts: &Counts, null: &Null, expected: &Expected) -> Self {
        let sums = |of: &[f64]| {
            let added = of.iter().scan(0.0, |sum, e| {
                *sum += e;
                Some(*sum)
            });
            added.collect::<Vec<f64>>()
        };
        let kind = match null {
            Null::Population { .. } => Kind::Anywhere(counts.total(), sums(&expected.places), sums(&expected.steps)),
            Null::PopulationByStep { .. } => Kind::ByStep(counts.by_step().iter().map(|n| *n as u32).collect(), sums(&expected.places)),
            Null::Permutation => {
                let each = counts.cells.iter().enumerate().flat_map(|(c, n)| std::iter::repeat_n(c, *n as usize));
                let (places, steps) = each.map(|c| ((c / counts.steps) as u32, (c % counts.steps) as u32)).unzip();
                Kind::Shuffle(places, steps)
            }
        };
        Self { steps: counts.steps, kind }
    }
    /// The cells with cases of one data set, by place and step: each has a stream of random numbers of its own.
    pub fn one(&self, seed: u64, number: usize) -> Vec<Cell> {
        let mut rng = Random::new(seed, number as u64 + 1);
        let mut made: Vec<usize> = Vec::new();
        let mut add = |place: usize, step: usize| made.push(place * self.steps + step);
        match &self.kind {
            Kind::Anywhere(cases, places, steps) => (0..*cases).for_each(|_| add(drawn(places, &mut rng), drawn(steps, &mut rng))),
            Kind::ByStep(cases, places) => {
                for (step, cases) in cases.iter().enumerate() {
                    (0..*cases).for_each(|_| add(drawn(places, &mut rng), step));
                }
            }
            Kind::Shuffle(places, steps) => {
                let mut steps = steps.clone();
                for n in (1..steps.len()).rev() {
                    let other = (rng.uniform() * (n + 1) as f64) as usize;
                    steps.swap(n, other.min(n));
                }
                places.iter().zip(steps).for_each(|(p, t)| add(*p as usize, t as usize));
            }
        }
        made.sort_unstable();
        let each = made.chunk_by(|a, b| a == b);
        each.map(|same| ((same[0] / self.steps) as u32, (same[0] % self.steps) as u32, same.len() as i32)).collect()
    }
}

/// One of those whose weights were added up.
fn drawn(sums: &[f64], rng: &mut Random) -> usize {
    let at = rng.uniform() * sums.last().copied().unwrap_or(0.0);
    sums.partition_point(|s| *s <= at).min(sums.len() - 1)
}
