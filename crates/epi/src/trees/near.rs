//! How near cases are to each other. The rate of infection falls with the distance `d` as a power of `1 + d / D`, `D` being the usual distance to the
//! next place; how steeply is learnt. (A power law of the distance explains spread between places over many scales: Meyer & Held 2014, Ann Appl
//! Stat 8:1612.)

use super::outbreak::Case;
use std::collections::HashMap;

/// With at most so many cases every pair is looked at; with more, the nearest ones.
const EVERY_PAIR: usize = 1_500;
/// How many neighbours are looked at on average, if not all, and how many at most.
const NEIGHBOURS: f64 = 64.0;
const MOST_NEIGHBOURS: usize = 256;
/// Distances are told apart in steps of this size, in the logarithm.
const STEP: f64 = 0.25;
/// What is farther than this share of pairs is far.
const FAR: f64 = 0.9;

/// Nearness of pairs.
#[derive(Debug, Clone)]
pub(super) struct Near {
    at: Vec<Option<[f64; 2]>>,
    scale: f64,
    /// ln(1 + d / D) from which on everything is far.
    far: f64,
    /// Whether all pairs are neighbours.
    pub every_pair: bool,
    cell: f64,
    cells: HashMap<(i64, i64), Vec<u32>>,
}

impl Near {
    /// None if fewer than two places are known.
    pub fn new(cases: &[Case]) -> Option<Self> {
        let at: Vec<Option<[f64; 2]>> = cases.iter().map(|c| c.place.filter(|p| p.iter().all(|x| x.is_finite()))).collect();
        let mut places: Vec<[f64; 2]> = at.iter().flatten().copied().collect();
        places.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        places.dedup();
        if places.len() < 2 {
            return None;
        }
        // A spread of places stands for all of them where there are many.
        let some: Vec<[f64; 2]> = places.iter().step_by(places.len().div_ceil(500)).copied().collect();
        let next = |p: &[f64; 2]| places.iter().filter(|q| *q != p).map(|q| metres(*p, *q)).fold(f64::INFINITY, f64::min);
        let scale = quantile(some.iter().map(next).collect(), 0.5);
        let pairs = some.iter().flat_map(|p| some.iter().filter(move |q| *q != p).map(|q| metres(*p, *q))).collect();
        let far = (quantile(pairs, FAR) / scale).ln_1p();
        let every_pair = cases.len() <= EVERY_PAIR;
        let (low, high) = places.iter().fold(([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]), |(low, high), p| {
            ([low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])])
        });
        let area = ((high[0] - low[0]) * (high[1] - low[1])).max(scale * scale);
        // Nine cells hold the neighbours.
        let cell = (NEIGHBOURS * area / (9.0 * cases.len() as f64)).sqrt();
        let mut near = Self { at, scale, far, every_pair, cell, cells: HashMap::new() };
        for (i, p) in near.at.iter().enumerate().filter_map(|(i, p)| Some((i, (*p)?))) {
            near.cells.entry(near.cell_of(p)).or_default().push(i as u32);
        }
        Some(near)
    }
    /// Of a pair that is far apart.
    pub fn far(&self) -> f64 {
        0.0
    }
    /// How near two cases are: from 0, far, by steps; midway if the place of one is not known.
    pub fn of(&self, i: u32, j: u32) -> f64 {
        let (Some(p), Some(q)) = (self.at[i as usize], self.at[j as usize]) else { return stepped(0.5 * self.far) };
        stepped((self.far - (metres(p, q) / self.scale).ln_1p()).max(0.0))
    }
    /// Those who are looked at one by one.
    pub fn neighbours(&self, i: u32) -> impl Iterator<Item = u32> + '_ {
        let every = self.every_pair.then_some(0..self.at.len() as u32).into_iter().flatten();
        let here = if self.every_pair { None } else { self.at[i as usize].map(|p| self.cell_of(p)) };
        let around = here.into_iter().flat_map(|(x, y)| (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| (x + dx, y + dy))));
        every.chain(around.filter_map(|c| self.cells.get(&c)).flatten().copied().take(MOST_NEIGHBOURS))
    }
    fn cell_of(&self, p: [f64; 2]) -> (i64, i64) {
        ((p[0] / self.cell).floor() as i64, (p[1] / self.cell).floor() as i64)
    }
}

fn metres(p: [f64; 2], q: [f64; 2]) -> f64 {
    (p[0] - q[0]).hypot(p[1] - q[1])
}

fn stepped(x: f64) -> f64 {
    (x / STEP).round() * STEP
}

fn quantile(mut x: Vec<f64>, q: f64) -> f64 {
    x.sort_by(f64::total_cmp);
    x.get(((x.len().max(1) - 1) as f64 * q).round() as usize).copied().unwrap_or(1.0)
}
