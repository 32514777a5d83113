//! The state as a grid of ln R: a walk that leaps now and then.

use super::{BEGIN, Day, LEAP, Observed, POINTS};

/// Points in ln R.
pub(super) struct Grid {
    pub ln: [f64; POINTS],
    pub r: [f64; POINTS],
    pub step: f64,
}

impl Grid {
    pub fn over((from, to): (f64, f64)) -> Self {
        let step = (to / from).ln() / (POINTS - 1) as f64;
        let ln = std::array::from_fn(|j| from.ln() + step * j as f64);
        Self { ln, r: ln.map(f64::exp), step }
    }
    /// R of a day; `tail` and `quarter`: what is left out at each end of its intervals of 95 and 50 %.
    pub fn tell(&self, p: &[f64; POINTS], tail: f64, quarter: f64) -> Day {
        let all: f64 = p.iter().sum();
        let mean = p.iter().zip(&self.r).map(|(p, r)| p * r).sum::<f64>() / all;
        let quantile = |q: f64| {
            let mut below = 0.0;
            for (p, ln) in p.iter().zip(&self.ln) {
                let to = below + p / all;
                if to >= q {
                    return (ln + self.step * ((q - below) / (to - below) - 0.5)).exp();
                }
                below = to;
            }
            self.r[POINTS - 1]
        };
        Day {
            mean,
            lo: quantile(tail),
            q25: quantile(quarter),
            median: quantile(0.5),
            q75: quantile(1.0 - quarter),
            hi: quantile(1.0 - tail),
        }
    }
}

/// A day's step of ln R: a symmetric kernel for the walk, and a share that leaps.
pub(super) struct Move {
    /// From the middle outwards.
    kernel: Vec<f64>,
    /// By how much a point's probability is to be multiplied so that nothing is lost beyond the ends: of the walk, and of the leap.
    whole: [f64; POINTS],
    whole_leap: [f64; POINTS],
    leap: f64,
    decay: f64,
}

impl Move {
    pub fn new(grid: &Grid, walk: f64, leap: f64) -> Self {
        let kernel = if walk < 0.8 * grid.step {
            // Finer than the grid: neighbours only, with the same variance.
            let next = walk * walk / (2.0 * grid.step * grid.step);
            vec![1.0 - 2.0 * next, next]
        } else {
            let reach = ((4.0 * walk / grid.step).ceil() as usize).min(POINTS - 1);
            (0..=reach).map(|k| (-0.5 * (k as f64 * grid.step / walk).powi(2)).exp()).collect()
        };
        let mut m = Self { kernel, whole: [1.0; POINTS], whole_leap: [1.0; POINTS], leap, decay: (-grid.step / LEAP).exp() };
        let ones = [1.0; POINTS];
        let (walked, leapt) = (m.walk(&ones), m.leap(&ones));
        m.whole = walked.map(f64::recip);
        m.whole_leap = leapt.map(f64::recip);
        m
    }
    fn walk(&self, from: &[f64; POINTS]) -> [f64; POINTS] {
        let mut to = from.map(|p| p * self.kernel[0]);
        for (k, share) in self.kernel.iter().enumerate().skip(1) {
            for (t, f) in to[k..].iter_mut().zip(&from[..POINTS - k]) {
                *t += share * f;
            }
            for (t, f) in to[..POINTS - k].iter_mut().zip(&from[k..]) {
                *t += share * f;
            }
        }
        to
    }
    /// The convolution with a two-sided exponential, in two passes.
    fn leap(&self, from: &[f64; POINTS]) -> [f64; POINTS] {
        let mut to = *from;
        for j in 1..POINTS {
            to[j] += self.decay * to[j - 1];
        }
        let mut right = 0.0;
        for j in (0..POINTS).rev() {
            to[j] += right;
            right = self.decay * (right + from[j]);
        }
        to
    }
    /// The state a day later.
    fn on(&self, from: &[f64; POINTS]) -> [f64; POINTS] {
        let times = |w: &[f64; POINTS], share: f64| std::array::from_fn(|j| from[j] * w[j] * share);
        let (walked, leapt) = (self.walk(&times(&self.whole, 1.0 - self.leap)), self.leap(&times(&self.whole_leap, self.leap)));
        std::array::from_fn(|j| walked[j] + leapt[j])
    }
    /// What a later day says of the day before.
    fn back(&self, from: &[f64; POINTS]) -> [f64; POINTS] {
        let (walked, leapt) = (self.walk(from), self.leap(from));
        std::array::from_fn(|j| (1.0 - self.leap) * self.whole[j] * walked[j] + self.leap * self.whole_leap[j] * leapt[j])
    }
}

/// How likely each day's count is at each point, divided by the most likely one's.
pub(super) struct Chances {
    pub size: f64,
    of: Vec<[f64; POINTS]>,
    /// The logarithm of all that was divided away.
    ln_divided: f64,
}

impl Chances {
    pub fn new(grid: &Grid, o: &Observed, size: f64) -> Self {
        let mut ln_divided = 0.0;
        let of = (0..o.days()).map(|t| {
            let Some((n, infectivity)) = o.of(t) else { return [1.0; POINTS] };
            let ln = grid.r.map(|r| super::ln_chance(n, r * infectivity, size));
            let most = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            ln_divided += most;
            ln.map(|x| (x - most).exp())
        });
        let of = of.collect();
        Self { size, of, ln_divided }
    }
}

pub(super) struct Run {
    filtered: Vec<[f64; POINTS]>,
    pub ln_evidence: f64,
}

pub(super) fn forward(grid: &Grid, m: &Move, c: &Chances) -> Run {
    let mut state = grid.ln.map(|x| (-0.5 * (x / BEGIN).powi(2)).exp());
    let mut ln_evidence = c.ln_divided;
    let mut filtered = Vec::with_capacity(c.of.len());
    for (t, chances) in c.of.iter().enumerate() {
        if t > 0 {
            state = m.on(&state);
        }
        let joint: [f64; POINTS] = std::array::from_fn(|j| state[j] * chances[j]);
        let all: f64 = joint.iter().sum();
        state = joint.map(|p| p / all);
        ln_evidence += if t == 0 { 0.0 } else { all.ln() };
        filtered.push(state);
    }
    Run { filtered, ln_evidence }
}

/// Adds the smoothed states of a run, with its weight.
pub(super) fn backward(m: &Move, c: &Chances, run: &Run, weight: f64, posterior: &mut [[f64; POINTS]]) {
    let mut later = [1.0; POINTS];
    for (t, filtered) in run.filtered.iter().enumerate().rev() {
        let joint: [f64; POINTS] = std::array::from_fn(|j| filtered[j] * later[j]);
        let all: f64 = joint.iter().sum();
        for (p, x) in posterior[t].iter_mut().zip(joint) {
            *p += weight * x / all;
        }
        let seen = std::array::from_fn(|j| later[j] * c.of[t][j]);
        later = m.back(&seen);
        let most = later.iter().copied().fold(0.0, f64::max);
        later = later.map(|x| x / most);
    }
}
