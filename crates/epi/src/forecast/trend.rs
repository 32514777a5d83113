//! What a series says of R on its last day and of where it is heading, in a form from which the days after it can be drawn.
//!
//! Looking back, days on both sides tell what R was, and a walk is enough ([`crate::smooth`]). Looking ahead, one must know whether R was on its way up
//! or down: so here ln R also has a trend, which is down, none or up by [`Trend::STEP`] a day, and turns now and then (a hidden Markov chain; Hamilton 1989,
//! Econometrica 57:357). Whether it has trends at all is learnt like the size of the walk and the scatter of the counts.

use crate::cori::infectivity;
use crate::interval::SerialInterval;
use crate::scores::ln_count;
use crate::series::Incidence;

/// R is looked for from here on …
const LOWEST: f64 = 0.1;
/// … to here.
pub const HIGHEST: f64 = 8.0;
/// Points, each [`Trend::STEP`] further in ln R.
const POINTS: usize = 98;
type Points = [f64; POINTS];
/// What ln R may be at the beginning: a normal distribution around 0 with this standard deviation.
const BEGIN: f64 = 0.7;
/// How much counts scatter: the negative binomial's size; the last one is a Poisson distribution.
const SIZES: [f64; 6] = [2.5, 5.0, 10.0, 20.0, 60.0, f64::INFINITY];

/// Where ln R is heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// Down.
    Down,
    /// Nowhere.
    Level,
    /// Up.
    Up,
}

impl Trend {
    /// By how much a trend moves ln R a day: with it R halves or doubles in 15 days.
    pub const STEP: f64 = 0.045;
    const ALL: [Self; 3] = [Self::Down, Self::Level, Self::Up];

    /// A day's change of ln R.
    pub fn change(self) -> f64 {
        f64::from(self as i32 - 1) * Self::STEP
    }
    /// The probabilities of each trend on the first day.
    fn begin(turns: f64) -> [f64; 3] {
        if turns > 0.0 { [0.15, 0.7, 0.15] } else { [0.0, 1.0, 0.0] }
    }
    /// The probability of each trend a day later. A trend ends with probability `turns` and seldom turns round at once; to be level ends half as often.
    fn next(self, turns: f64) -> [f64; 3] {
        match self {
            Self::Down => [1.0 - turns, 0.9 * turns, 0.1 * turns],
            Self::Level => [0.25 * turns, 1.0 - 0.5 * turns, 0.25 * turns],
            Self::Up => [0.1 * turns, 0.9 * turns, 1.0 - turns],
        }
    }
}

/// Standard deviation of a day's step of ln R, beside trend and leap.
const WALKS: [f64; 3] = [0.005, 0.025, 0.08];
/// Probability that a day's step is a leap.
pub const LEAPS: f64 = 0.003;
/// Mean size of a leap of ln R; it has a Laplace distribution.
pub const LEAP: f64 = 0.5;
/// Probability that a trend ends on a day; 0: there are none. A trend lasts two weeks on average, as long as a measure takes to work.
const TURNS: [f64; 2] = [0.07, 0.0];
/// A day of whose infectors, by the serial interval, less than this share can lie within the series says nothing of R: those before its beginning were not
/// counted, so R would seem large at first and then to fall, and counts to scatter. On simulated epidemics of which 12 to 20 days were known
/// (`examples/forecast_short.rs`, first seed 1,000) 0.3 to 0.6 did alike; with 0 the 50 % intervals held 65 % and the score was a fifth larger. Other weights
/// for [`WALKS`] and [`SIZES`] than even ones did not do better there.
const SOURCES_WITHIN: f64 = 0.5;
/// Ways that are less probable than this are left out.
const RARE: f64 = 1e-4;

/// One way in which R may have gone and counts may have scattered, how probable it is, and what R was on the last day if so.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The posterior probability of this way; those of all ways add up to 1.
    pub probability: f64,
    /// Standard deviation of a day's step of ln R.
    pub walk: f64,
    /// The negative binomial's size; infinite: Poisson.
    pub size: f64,
    /// Probability that a trend ends on a day; 0: there are none.
    pub turns: f64,
    step: Move,
    /// On the last day.
    pub(super) belief: Belief,
}

impl Way {
    /// What is believed a day later.
    pub(super) fn later(&self, belief: &Belief) -> Belief {
        Belief(on(&belief.0, &self.step, self.turns))
    }
    /// The trend of the next day, of an evenly drawn `u` from 0 to 1.
    pub fn turn(&self, from: Trend, u: f64) -> Trend {
        let [down, level, _] = from.next(self.turns);
        if u < down {
            Trend::Down
        } else if u < down + level {
            Trend::Level
        } else {
            Trend::Up
        }
    }
}

/// What is believed of R and its trend on a day: the probabilities of the points of the grid under each trend, which add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Belief(States);

impl Belief {
    /// Before anything is seen.
    fn begin(turns: f64) -> Self {
        let begin: Points = std::array::from_fn(|j| (-0.5 * (ln_r(j) / BEGIN).powi(2)).exp());
        let all: f64 = begin.iter().sum();
        Self(Trend::begin(turns).map(|share| begin.map(|p| p * share / all)))
    }
    /// Learns from something that is so likely at each point, divided by the most likely one's; the logarithm of how likely it was, so divided.
    fn learn(&mut self, chances: &Points) -> f64 {
        let joint = self.0.map(|s| -> Points { std::array::from_fn(|j| s[j] * chances[j]) });
        let all: f64 = joint.iter().flatten().sum();
        self.0 = joint.map(|s| s.map(|p| p / all));
        all.ln()
    }
    /// The same from the logarithm of how likely it is at each R; nothing is learnt from what cannot be.
    pub(super) fn see(&mut self, ln_chance: impl Fn(f64) -> f64) -> f64 {
        let (most, chances) = scaled(std::array::from_fn(|j| ln_chance(ln_r(j).exp())));
        if most.is_finite() { most + self.learn(&chances) } else { f64::NEG_INFINITY }
    }
    /// ln R and its trend, below which (the trends one after the other) the share `u` is believed, from 0 to 1: of an evenly drawn `u` it is a draw.
    pub(super) fn draw(&self, u: f64) -> (f64, Trend) {
        let mut left = u;
        for (states, trend) in self.0.iter().zip(Trend::ALL) {
            for (j, p) in states.iter().enumerate() {
                if left < *p {
                    return (ln_r(j) + Trend::STEP * (left / p - 0.5), trend);
                }
                left -= p;
            }
        }
        (HIGHEST.ln(), Trend::Up)
    }
}

/// The ways in which the series may have come about, the most probable first. The counts of days that are not known (`known` says so) say nothing
/// of R, but those of the series are taken to infect others: put there what is likely.
pub fn ways(i: &Incidence, w: &SerialInterval, known: impl Fn(usize) -> bool) -> Vec<Way> {
    let infectivity = infectivity(i, w);
    let seen: Vec<Option<(f64, f64)>> = i.local().iter().zip(&infectivity).map(|(n, l)| Some((*n, *l))).collect();
    let within = |t: usize| (1..=t).map(|k| w.of(k)).sum::<f64>() >= SOURCES_WITHIN;
    let used = |(t, day): (usize, Option<(f64, f64)>)| day.filter(|(_, l)| within(t) && known(t) && *l > 0.0);
    let seen: Vec<Option<(f64, f64)>> = seen.into_iter().enumerate().map(used).collect();
    let mut all: Vec<Way> = Vec::new();
    for size in SIZES {
        let chances: Vec<(f64, Points)> = seen.iter().map(|day| chances(*day, size)).collect();
        for walk in WALKS {
            for turns in TURNS {
                let mut way = Way { probability: 0.0, walk, size, turns, step: Move::new(walk), belief: Belief::begin(turns) };
                for (t, (ln, chances)) in chances.iter().enumerate() {
                    if t > 0 {
                        way.belief = way.later(&way.belief);
                    }
                    // Still a logarithm.
                    way.probability += ln + way.belief.learn(chances);
                }
                all.push(way);
            }
        }
    }
    let best = all.iter().map(|w| w.probability).fold(f64::NEG_INFINITY, f64::max);
    all.iter_mut().for_each(|w| w.probability = (w.probability - best).exp());
    all.retain(|w| w.probability > RARE);
    all.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let sum: f64 = all.iter().map(|w| w.probability).sum();
    all.iter_mut().for_each(|w| w.probability /= sum);
    all
}

fn ln_r(point: usize) -> f64 {
    LOWEST.ln() + Trend::STEP * point as f64
}

/// How likely a day's count is at each point, divided by the most likely one's, and the logarithm of that.
fn chances(day: Option<(f64, f64)>, size: f64) -> (f64, Points) {
    let Some((n, infectivity)) = day else { return (0.0, [1.0; POINTS]) };
    scaled(std::array::from_fn(|j| ln_count(n, infectivity * ln_r(j).exp(), size)))
}

/// The largest of some logarithms, and what they are the logarithms of, divided by that of the largest.
fn scaled(ln: Points) -> (f64, Points) {
    let most = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (most, ln.map(|x| (x - most).exp()))
}

/// A day's step of ln R: a symmetric kernel for the walk, from the middle outwards, and a share that leaps.
#[derive(Debug, Clone, PartialEq)]
struct Move(Vec<f64>);

impl Move {
    fn new(walk: f64) -> Self {
        let steps = walk / Trend::STEP;
        if steps < 0.8 {
            // Finer than the grid: neighbours only, with the same variance.
            return Self(vec![1.0 - steps * steps, 0.5 * steps * steps]);
        }
        let kernel: Vec<f64> = (0..=(4.0 * steps).ceil() as usize).map(|k| (-0.5 * (k as f64 / steps).powi(2)).exp()).collect();
        let all = 2.0 * kernel.iter().sum::<f64>() - kernel[0];
        Self(kernel.into_iter().map(|k| k / all).collect())
    }
    /// The state a day later. What would walk off the grid stays at its end.
    fn on(&self, from: &Points) -> Points {
        let mut to = from.map(|p| p * self.0[0]);
        for (k, share) in self.0.iter().enumerate().skip(1) {
            for (t, f) in to[k..].iter_mut().zip(&from[..POINTS - k]) {
                *t += share * f;
            }
            for (t, f) in to[..POINTS - k].iter_mut().zip(&from[k..]) {
                *t += share * f;
            }
            to[0] += share * from[..k].iter().sum::<f64>();
            to[POINTS - 1] += share * from[POINTS - k..].iter().sum::<f64>();
        }
        let (leapt, all) = (leap(from), from.iter().sum::<f64>());
        let kept = LEAPS * all / leapt.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        std::array::from_fn(|j| (1.0 - LEAPS) * to[j] + kept * leapt[j])
    }
}

/// The convolution with a two-sided exponential, in two passes; not normed.
fn leap(from: &Points) -> Points {
    let decay = (-Trend::STEP / LEAP).exp();
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

type States = [Points; 3];

/// A day later.
fn on(states: &States, m: &Move, turns: f64) -> States {
    if turns == 0.0 {
        return [[0.0; POINTS], m.on(&states[1]), [0.0; POINTS]];
    }
    let next = Trend::ALL.map(|t| t.next(turns));
    let turned = |to: usize| -> Points { std::array::from_fn(|j| (0..3).map(|from| next[from][to] * states[from][j]).sum()) };
    let [mut down, level, mut up] = [0, 1, 2].map(|to| m.on(&turned(to)));
    // A step of the grid; what would leave it stays at its end.
    down[1] += down[0];
    down.rotate_left(1);
    down[POINTS - 1] = 0.0;
    up[POINTS - 2] += up[POINTS - 1];
    up.rotate_right(1);
    up[0] = 0.0;
    [down, level, up]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way() {
        let mut from = [0.0; POINTS];
        (from[0], from[40], from[POINTS - 1]) = (0.3, 0.5, 0.2);
        for walk in WALKS {
            for turns in TURNS {
                let to = on(&[from, from, from].map(|p| p.map(|x| if turns == 0.0 { x } else { x / 3.0 })), &Move::new(walk), turns);
                let all: f64 = to.iter().flatten().sum();
                assert!((all - 1.0).abs() < 1e-12, "{walk} {turns}: {all}");
            }
        }
        for t in Trend::ALL {
            assert!((t.next(0.07).iter().sum::<f64>() - 1.0).abs() < 1e-15);
        }
    }
}
