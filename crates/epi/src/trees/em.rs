//! The first answer: rates and the probability of each candidate by expectation and maximisation.

use super::problem::Problem;

/// Rounds at most; it ends when the rates do not move any more.
const ROUNDS: usize = 100;
/// Relative change of the rates at which it ends.
const STILL: f64 = 1e-3;
/// For so many rounds imports are taken to be few.
const SETTLING: usize = 10;
const FEW: f64 = 1e-3;
/// Prior of a kind's weight: normal around 0 with this standard deviation.
pub(super) const WEIGHT_SD: f64 = 3.0;
/// Imports that are expected before anything is seen, in the whole outbreak.
pub(super) const IMPORTS: f64 = 1.0;
/// The size of the gamma distribution of infectiousness with which the first answer is computed; the posterior learns it.
const SIZE: f64 = 2.0;

/// The first answer.
#[derive(Debug, Clone, PartialEq)]
pub struct First {
    /// The probability of each candidate, in the order of [`Problem::candidates`].
    pub probability: Vec<Vec<f64>>,
    /// The probability that a case was infected elsewhere or by somebody who is not known.
    pub elsewhere: Vec<f64>,
    /// The rate at which a case infects another to whom nothing ties it.
    pub rate: f64,
    /// The logarithm of the factor of each kind of tie.
    pub weights: Vec<f64>,
    /// The rate at which somebody who is no case yet is infected elsewhere, a day.
    pub imports: f64,
}

/// The most probable infectors.
pub fn first(p: &Problem) -> First {
    let n = p.cases();
    let mut f = First {
        probability: p.candidates.iter().map(|c| vec![0.0; c.len()]).collect(),
        elsewhere: vec![0.0; n],
        // As many infections as there are cases; hardly any from elsewhere, or the search would end where all are.
        rate: n as f64 / p.exposure.iter().flatten().sum::<f64>().max(1.0),
        weights: vec![0.0; p.kinds],
        imports: FEW * IMPORTS / p.at_risk,
    };
    let mut infectious = vec![1.0; n];
    for round in 0..ROUNDS {
        let events = expect(p, &mut f, &infectious);
        let before = (f.rate, f.weights.clone());
        maximise(p, &mut f, &events.by_pattern, &infectious);
        let factors = p.factors(&f.weights);
        for (i, own) in infectious.iter_mut().enumerate() {
            let exposed: f64 = p.exposure[i].iter().zip(&factors).map(|(e, w)| e * w).sum::<f64>() * f.rate;
            *own = (SIZE + events.offspring[i]) / (SIZE + exposed);
        }
        if round > SETTLING {
            f.imports = (IMPORTS + f.elsewhere.iter().sum::<f64>()) / (2.0 * p.at_risk);
        }
        let moved = before.1.iter().zip(&f.weights).map(|(a, b)| (a - b).abs()).fold((before.0 / f.rate).ln().abs(), f64::max);
        if round > SETTLING && moved < STILL {
            break;
        }
    }
    f
}

struct Events {
    by_pattern: Vec<f64>,
    offspring: Vec<f64>,
}

fn expect(p: &Problem, f: &mut First, infectious: &[f64]) -> Events {
    let factors = p.factors(&f.weights);
    let mut e = Events { by_pattern: vec![0.0; p.patterns.len()], offspring: vec![0.0; p.cases()] };
    for (j, candidates) in p.candidates.iter().enumerate() {
        let elsewhere = if p.may_be_imported[j] || candidates.is_empty() { f.imports } else { 0.0 };
        let rates = &mut f.probability[j];
        let mut all = elsewhere;
        for (c, rate) in candidates.iter().zip(rates.iter_mut()) {
            *rate = f.rate * factors[c.pattern as usize] * c.density * infectious[c.of as usize];
            all += *rate;
        }
        f.elsewhere[j] = elsewhere / all;
        for (c, rate) in candidates.iter().zip(rates.iter_mut()) {
            *rate /= all;
            e.by_pattern[c.pattern as usize] += *rate;
            e.offspring[c.of as usize] += *rate;
        }
    }
    e
}

/// Newton's method on the Poisson regression of infections by pattern, with the exposure as offset.
fn maximise(p: &Problem, f: &mut First, events: &[f64], infectious: &[f64]) {
    let mut exposed = vec![0.0; p.patterns.len()];
    for (e, own) in p.exposure.iter().zip(infectious) {
        for (sum, e) in exposed.iter_mut().zip(e) {
            *sum += own * e;
        }
    }
    let bits = |pattern: usize, k: usize| if k == 0 { 1.0 } else { f64::from(p.patterns[pattern] >> (k - 1) & 1) };
    let unknowns = p.kinds + 1;
    for _ in 0..3 {
        let factors = p.factors(&f.weights);
        let mut slope = vec![0.0; unknowns];
        let mut curve = vec![vec![0.0; unknowns]; unknowns];
        for (pattern, (seen, (e, w))) in events.iter().zip(exposed.iter().zip(&factors)).enumerate() {
            let expected = f.rate * w * e;
            for a in 0..unknowns {
                slope[a] += bits(pattern, a) * (seen - expected);
                for (b, c) in curve[a].iter_mut().enumerate() {
                    *c += bits(pattern, a) * bits(pattern, b) * expected;
                }
            }
        }
        for k in 1..unknowns {
            slope[k] -= f.weights[k - 1] / WEIGHT_SD.powi(2);
            curve[k][k] += WEIGHT_SD.powi(-2);
        }
        curve[0][0] += 1e-9;
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
