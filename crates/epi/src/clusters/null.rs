//! What is expected, and data made anew as if it were true.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Cases by place and time step. *Invariant:* one entry for each place and each step, the steps of a place together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    places: usize,
    steps: usize,
    cells: Vec<u32>,
}

impl Counts {
    /// None unless there are `places × steps` cells (the steps of the first place, then those of the second …) and at least one of each, or if
    /// there are more than two thousand million cases.
    pub fn new(places: usize, steps: usize, cells: Vec<u32>) -> Option<Self> {
        let total: u64 = cells.iter().map(|n| u64::from(*n)).sum();
        let ok = places > 0 && steps > 0 && places.checked_mul(steps) == Some(cells.len()) && total < i32::MAX as u64;
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
    pub(super) fn by_place(&self) -> Vec<f64> {
        (0..self.places).map(|p| self.of(p).iter().map(|n| f64::from(*n)).sum()).collect()
    }
    fn by_step(&self) -> Vec<u32> {
        (0..self.steps).map(|t| (0..self.places).map(|p| self.of(p)[t]).sum()).collect()
    }
}

/// The null hypothesis.
#[derive(Debug, Clone, PartialEq)]
pub enum Null {
    /// Everybody has the same risk all the time: cases are Poisson, in proportion to these weights of each cell (the population, or any other
    /// expectation), as many as were observed in all (Kulldorff 1997, 2001). An epidemic that rises everywhere is a cluster in time.
    Population(Vec<f64>),
    /// Everybody has the same risk on the same day, whatever the day's total: in proportion to the weights among the places, as many cases in each
    /// step as were observed in it. What rises everywhere, falls on Sundays or is reported late everywhere is no cluster.
    PopulationByStep(Vec<f64>),
    /// Place and time have nothing to do with each other: as many cases in each place and in each step as were observed. Needs no population
    /// (Kulldorff, Heffernan, Hartman, Assunção & Mostashari 2005, PLoS Med 2:e59).
    Permutation,
}

/// Why weights are no expectation.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NullError {
    /// Their number.
    #[error("{given} weights, but {cells} places and steps")]
    Length {
        /// Weights.
        given: usize,
        /// Cells.
        cells: usize,
    },
    /// One of them.
    #[error("place {place}, step {step}: the weight is {weight}: it must be a number from 0 up, and above 0 where there are cases")]
    Weight {
        /// From 0.
        place: usize,
        /// From 0.
        step: usize,
        /// What was given.
        weight: f64,
    },
}

impl Null {
    fn check(&self, counts: &Counts) -> Result<(), NullError> {
        let (Self::Population(weights) | Self::PopulationByStep(weights)) = self else { return Ok(()) };
        if weights.len() != counts.cells.len() {
            return Err(NullError::Length { given: weights.len(), cells: counts.cells.len() });
        }
        let bad = |(w, n): (&f64, &u32)| !w.is_finite() || *w < 0.0 || (*n > 0 && *w == 0.0);
        match weights.iter().zip(&counts.cells).position(bad) {
            Some(n) => Err(NullError::Weight { place: n / counts.steps, step: n % counts.steps, weight: weights[n] }),
            None => Ok(()),
        }
    }
    /// The expected cases of each cell, those of a place together.
    pub(super) fn expected(&self, counts: &Counts) -> Result<Vec<f64>, NullError> {
        self.check(counts)?;
        let total = f64::from(counts.total());
        Ok(match self {
            Self::Population(weights) => {
                let all: f64 = weights.iter().sum();
                weights.iter().map(|w| if all > 0.0 { total * w / all } else { 0.0 }).collect()
            }
            Self::PopulationByStep(weights) => {
                let steps = counts.by_step();
                let all: Vec<f64> = (0..counts.steps).map(|t| weights.iter().skip(t).step_by(counts.steps).sum()).collect();
                let share = |n: usize, w: &f64| if all[n % counts.steps] > 0.0 { w / all[n % counts.steps] } else { 0.0 };
                weights.iter().enumerate().map(|(n, w)| f64::from(steps[n % counts.steps]) * share(n, w)).collect()
            }
            Self::Permutation => {
                let (places, steps) = (counts.by_place(), counts.by_step());
                let cells = places.iter().flat_map(|p| steps.iter().map(move |t| p * f64::from(*t) / total.max(1.0)));
                cells.collect()
            }
        })
    }
}

/// Makes data anew.
pub(super) struct Maker {
    places: usize,
    steps: usize,
    kind: Kind,
}

enum Kind {
    /// Cases of a stratum, its cells, and the sums of their expectations.
    Strata(Vec<(u32, Vec<u32>, Vec<f64>)>),
    /// The place and the step of each case.
    Shuffle(Vec<u32>, Vec<u32>),
}

/// A data set, without the cells that have no cases.
pub(super) struct Sparse {
    /// Where the cells of each place begin.
    starts: Vec<u32>,
    /// Steps and cases.
    cells: Vec<(u32, i32)>,
}

impl Sparse {
    /// Steps of a place that have cases, in order, and their cases.
    pub fn of(&self, place: u32) -> &[(u32, i32)] {
        let p = place as usize;
        &self.cells[self.starts[p] as usize..self.starts[p + 1] as usize]
    }
    fn new(places: usize, steps: usize, cells: &[u32]) -> Self {
        let mut sparse = Self { starts: vec![0], cells: Vec::new() };
        for p in 0..places {
            let of = cells[p * steps..(p + 1) * steps].iter().enumerate();
            sparse.cells.extend(of.filter(|(_, n)| **n > 0).map(|(t, n)| (t as u32, *n as i32)));
            sparse.starts.push(sparse.cells.len() as u32);
        }
        sparse
    }
}

impl Maker {
    pub fn new(counts: &Counts, null: &Null, expected: &[f64]) -> Self {
        let cells = |wanted: &dyn Fn(usize) -> bool| {
            let of: Vec<u32> = (0..expected.len()).filter(|n| wanted(*n)).map(|n| n as u32).collect();
            let sums: Vec<f64> = of.iter().scan(0.0, |sum, n| { *sum += expected[*n as usize]; Some(*sum) }).collect();
            (of, sums)
        };
        let kind = match null {
            Null::Population(_) => {
                let (of, sums) = cells(&|_| true);
                Kind::Strata(vec![(counts.total(), of, sums)])
            }
            Null::PopulationByStep(_) => {
                let stratum = |(t, n): (usize, u32)| {
                    let (of, sums) = cells(&|c| c % counts.steps == t);
                    (n, of, sums)
                };
                Kind::Strata(counts.by_step().into_iter().enumerate().map(stratum).collect())
            }
            Null::Permutation => {
                let each = counts.cells.iter().enumerate().flat_map(|(c, n)| std::iter::repeat_n(c, *n as usize));
                let (places, steps) = each.map(|c| ((c / counts.steps) as u32, (c % counts.steps) as u32)).unzip();
                Kind::Shuffle(places, steps)
            }
        };
        Self { places: counts.places, steps: counts.steps, kind }
    }
    /// The data set of this number: each has a stream of random numbers of its own.
    pub fn make(&self, seed: u64, number: usize) -> Sparse {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number as u64 + 1);
        let mut made = vec![0_u32; self.places * self.steps];
        match &self.kind {
            Kind::Strata(strata) => {
                for (cases, cells, sums) in strata {
                    let all = sums.last().copied().unwrap_or(0.0);
                    for _ in 0..*cases {
                        let at = uniform(&mut rng) * all;
                        // The last cell has an expectation above 0 at or before it: rounding at the end must not find one beyond.
                        let n = sums.partition_point(|s| *s <= at).min(cells.len() - 1);
                        made[cells[n] as usize] += 1;
                    }
                }
            }
            Kind::Shuffle(places, steps) => {
                let mut steps = steps.clone();
                for n in (1..steps.len()).rev() {
                    let other = (uniform(&mut rng) * (n + 1) as f64) as usize;
                    steps.swap(n, other.min(n));
                }
                for (p, t) in places.iter().zip(steps) {
                    made[*p as usize * self.steps + t as usize] += 1;
                }
            }
        }
        Sparse::new(self.places, self.steps, &made)
    }
}

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}
