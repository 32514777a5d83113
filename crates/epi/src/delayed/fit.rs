//! The most probable parameters, and the normal distribution around them (Laplace's method), for one size of the walk and one of the scatter.

use super::linear::Factor;
use super::model::Model;
use super::prior::Prior;
use crate::smooth::ln_chance;

/// Most steps of Newton; five are usual.
const STEPS: usize = 40;
/// Times that a step is halved until it helps.
const HALVINGS: usize = 20;
/// Steps end when no parameter moves by more.
const GOOD: f64 = 1e-3;

/// Parameters, and what is known of them.
pub(super) struct Fit {
    pub at: Vec<f64>,
    pub factor: Factor,
    pub ln_evidence: f64,
}

/// The assumptions of one fit.
pub(super) struct Assumed<'a> {
    pub counts: &'a [Option<f64>],
    pub prior: &'a Prior,
    /// Size of the negative binomial distribution.
    pub size: f64,
}

impl Assumed<'_> {
    fn density(&self, at: &[f64], counts: &[f64]) -> f64 {
        let chances = self.counts.iter().zip(counts).filter_map(|(n, mean)| Some(ln_chance((*n)?, *mean, self.size)));
        let all = self.prior.ln_density(at) + chances.sum::<f64>();
        if all.is_nan() { f64::NEG_INFINITY } else { all }
    }
    /// Slope and (expected) negative curvature of the density.
    fn slopes(&self, model: &Model<'_>, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = at.len();
        let expected = model.expected(at, true);
        let mut curvature = self.prior.curvature();
        let mut slope = self.prior.slope(at);
        for ((y, mean), row) in self.counts.iter().zip(&expected.counts).zip(&expected.slopes) {
            let Some(y) = y else { continue };
            let share = if self.size.is_finite() { self.size / (self.size + mean) } else { 1.0 };
            for (a, x) in row.iter().enumerate() {
                slope[a] += (y - mean) * share * x;
                let weight = mean * share * x;
                for (to, z) in curvature[a * n..=a * n + a].iter_mut().zip(row) {
                    *to += weight * z;
                }
            }
        }
        (slope, curvature)
    }
}

/// From a start; none if no step helps at all.
pub(super) fn fit(model: &Model<'_>, assumed: &Assumed<'_>, start: Vec<f64>) -> Option<Fit> {
    let n = start.len();
    let mut at = start;
    let mut density = assumed.density(&at, &model.expected(&at, false).counts);
    for _ in 0..STEPS {
        let (slope, curvature) = assumed.slopes(model, &at);
        let step = Factor::new(curvature, n)?.solve(slope);
        let mut share = 1.0;
        let better = (0..HALVINGS).find_map(|_| {
            let next: Vec<f64> = at.iter().zip(&step).map(|(x, d)| x + share * d).collect();
            let found = assumed.density(&next, &model.expected(&next, false).counts);
            share *= 0.5;
            (found >= density && found.is_finite()).then_some((next, found))
        });
        let Some((next, found)) = better else { break };
        let moved = next.iter().zip(&at).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        (at, density) = (next, found);
        if moved < GOOD {
            break;
        }
    }
    let factor = Factor::new(assumed.slopes(model, &at).1, n)?;
    let ln_evidence = density - 0.5 * factor.ln_determinant();
    ln_evidence.is_finite().then_some(Fit { at, factor, ln_evidence })
}
