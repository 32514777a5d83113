//! The state as a grid of ln R: it keeps still or walks, and leaps now and then.

use super::{BEGIN, CHANGE, Day, LEAP, LEAPS, Observed, POINTS, STILL};

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

/// R keeps still, or it moves.
const PHASES: usize = 2;
/// How probable each point is in each phase.
type State = [[f64; POINTS]; PHASES];

/// What a step of ln R is drawn from; symmetric, and not yet cut off at the ends of the grid.
enum Kernel {
    /// Normal: the weights from the middle outwards.
    Normal(Vec<f64>),
    /// Laplace: how much less each further point weighs.
    Laplace(f64),
}

impl Kernel {
    fn spread(&self, from: &[f64; POINTS]) -> [f64; POINTS] {
        match self {
            Self::Normal(weights) => {
                let mut to = from.map(|p| p * weights[0]);
                for (k, share) in weights.iter().enumerate().skip(1) {
                    for (t, f) in to[k..].iter_mut().zip(&from[..POINTS - k]) {
                        *t += share * f;
                    }
                    for (t, f) in to[..POINTS - k].iter_mut().zip(&from[k..]) {
                        *t += share * f;
                    }
                }
                to
            }
            // In two passes.
            Self::Laplace(decay) => {
                let mut to = *from;
                for j in 1..POINTS {
                    to[j] += decay * to[j - 1];
                }
                let mut right = 0.0;
                for j in (0..POINTS).rev() {
                    to[j] += right;
                    right = decay * (right + from[j]);
                }
                to
            }
        }
    }
}

/// A step of ln R.
struct Step {
    kernel: Kernel,
    /// By how much a point's probability is to be multiplied so that nothing is lost beyond the ends.
    whole: [f64; POINTS],
}

impl Step {
    fn new(kernel: Kernel) -> Self {
        let whole = kernel.spread(&[1.0; POINTS]).map(f64::recip);
        Self { kernel, whole }
    }
    fn normal(grid: &Grid, sd: f64) -> Self {
        Self::new(Kernel::Normal(if sd < 0.8 * grid.step {
            // Finer than the grid: neighbours only, with the same variance.
            let next = sd * sd / (2.0 * grid.step * grid.step);
            vec![1.0 - 2.0 * next, next]
        } else {
            let reach = ((4.0 * sd / grid.step).ceil() as usize).min(POINTS - 1);
            (0..=reach).map(|k| (-0.5 * (k as f64 * grid.step / sd).powi(2)).exp()).collect()
        }))
    }
    /// The state after it.
    fn on(&self, from: &[f64; POINTS]) -> [f64; POINTS] {
        self.kernel.spread(&std::array::from_fn(|j| from[j] * self.whole[j]))
    }
    /// What is known after it says so much of the state before.
    fn back(&self, from: &[f64; POINTS]) -> [f64; POINTS] {
        let to = self.kernel.spread(from);
        std::array::from_fn(|j| to[j] * self.whole[j])
    }
}

/// A day's step: the phase may change, then ln R walks as the phase has it; or it leaps, and goes on in either phase.
pub(super) struct Move {
    walks: [Step; PHASES],
    leap: Step,
}

impl Move {
    /// `walk`: standard deviation of a day's step of ln R where it moves.
    pub fn new(grid: &Grid, walk: f64) -> Self {
        Self { walks: [STILL, walk].map(|sd| Step::normal(grid, sd)), leap: Step::new(Kernel::Laplace((-grid.step / LEAP).exp())) }
    }
    /// The state a day later.
    fn on(&self, from: &State) -> State {
        let either = std::array::from_fn(|j| from.iter().map(|p| p[j]).sum::<f64>() / PHASES as f64);
        let leapt = self.leap.on(&either);
        std::array::from_fn(|phase| {
            let walked = self.walks[phase].on(&changed(from, phase));
            std::array::from_fn(|j| (1.0 - LEAPS) * walked[j] + LEAPS * leapt[j])
        })
    }
    /// What a later day says of the day before.
    fn back(&self, from: &State) -> State {
        let either = std::array::from_fn(|j| from.iter().map(|p| p[j]).sum::<f64>() / PHASES as f64);
        let leapt = self.leap.back(&either);
        let walked = std::array::from_fn(|phase| self.walks[phase].back(&from[phase]));
        std::array::from_fn(|phase| {
            let walked = changed(&walked, phase);
            std::array::from_fn(|j| (1.0 - LEAPS) * walked[j] + LEAPS * leapt[j])
        })
    }
}

/// A phase after it may have changed; the same forwards and backwards, as either phase is as likely to change.
fn changed(state: &State, phase: usize) -> [f64; POINTS] {
    let (same, other) = (&state[phase], &state[1 - phase]);
    std::array::from_fn(|j| (1.0 - CHANGE) * same[j] + CHANGE * other[j])
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
    filtered: Vec<State>,
    pub ln_evidence: f64,
}

pub(super) fn forward(grid: &Grid, m: &Move, c: &Chances) -> Run {
    let begin = grid.ln.map(|x| (-0.5 * (x / BEGIN).powi(2)).exp());
    let mut state: State = [begin; PHASES];
    let mut ln_evidence = c.ln_divided;
    let mut filtered = Vec::with_capacity(c.of.len());
    for (t, chances) in c.of.iter().enumerate() {
        if t > 0 {
            state = m.on(&state);
        }
        let joint = state.map(|of| std::array::from_fn::<f64, POINTS, _>(|j| of[j] * chances[j]));
        let all: f64 = joint.iter().flatten().sum();
        state = joint.map(|of| of.map(|p| p / all));
        ln_evidence += if t == 0 { 0.0 } else { all.ln() };
        filtered.push(state);
    }
    Run { filtered, ln_evidence }
}

/// Adds the smoothed states of a run, with its weight.
pub(super) fn backward(m: &Move, c: &Chances, run: &Run, weight: f64, posterior: &mut [[f64; POINTS]]) {
    let mut later: State = [[1.0; POINTS]; PHASES];
    for (t, filtered) in run.filtered.iter().enumerate().rev() {
        let joint: [f64; POINTS] = std::array::from_fn(|j| filtered.iter().zip(&later).map(|(f, l)| f[j] * l[j]).sum());
        let all: f64 = joint.iter().sum();
        for (p, x) in posterior[t].iter_mut().zip(joint) {
            *p += weight * x / all;
        }
        let seen = later.map(|of| std::array::from_fn(|j| of[j] * c.of[t][j]));
        later = m.back(&seen);
        let most = later.iter().flatten().copied().fold(0.0, f64::max);
        later = later.map(|of| of.map(|x| x / most));
    }
}
