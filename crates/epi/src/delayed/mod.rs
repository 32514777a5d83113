//! R by day of infection, where counts come later: infections follow the renewal equation, R walking from day to day; they are counted
//! after a delay, the latest of them not all yet, with the week's rhythm, and counts are negative binomial around what is expected. The model is that of
//! EpiNow2 (Abbott et al. 2020, Wellcome Open Res 5:112) with a random walk instead of a Gaussian process, and with chance in the infections. Instead of drawing from the posterior, it is taken
//! to be normal around its maximum for each size of the walk, of the chance and of the scatter (Laplace's method; Tierney & Kadane 1986, JASA 81:82), and these are weighed
//! by their evidence. A hundred days take a fraction of a second.

mod fit;
mod linear;
mod model;
mod prior;

use crate::delays::Daily;
use crate::interval::SerialInterval;
use crate::rhythm::Rhythm;
use crate::smooth::Day;
use fit::{Assumed, Fit, fit};
use model::Model;
use prior::Prior;
use statrs::function::erf::erfc;

/// Standard deviation of a day's step of ln R.
const WALKS: [f64; 6] = [0.01, 0.02, 0.035, 0.06, 0.1, 0.16];
/// How much counts scatter: the negative binomial's size; the first is a Poisson distribution.
const SIZES: [f64; 4] = [f64::INFINITY, 30.0, 10.0, 4.0];
/// Standard deviation of the logarithm of the chance by which a day's infections are more or fewer than R has it: superspreading.
const CHANCES: [f64; 3] = [0.0, 0.2, 0.45];
/// Days whose counts tell how many infections there were at the beginning.
const WEEK: usize = 7;
/// Combinations that explain the counts so much worse than the best one change nothing.
const NEGLIGIBLE: f64 = 1e-3;

/// What is estimated from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Counts by day; none where nobody counted.
    pub counts: &'a [Option<f64>],
    /// From infection to infection, days.
    pub interval: &'a SerialInterval,
    /// From infection to the day on which a case is counted.
    pub delay: &'a Daily,
    /// From the day on which a case is counted until it is known; the latest days are not all known.
    pub reported: &'a Daily,
    /// The week's rhythm of the counts.
    pub rhythm: &'a Rhythm,
}

/// R and infections by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Delayed {
    /// R of those infected on a day.
    pub days: Vec<Day>,
    /// Infections of the day that were or will be counted: of the best-explaining parameters.
    pub infections: Vec<f64>,
}

/// R by day of infection; none if there is no day, or no combination of parameters explains the counts at all.
pub fn estimate(input: &Input<'_>) -> Option<Delayed> {
    let first: Vec<f64> = input.counts.iter().flatten().take(WEEK).copied().collect();
    let level = (first.iter().sum::<f64>() / first.len().max(1) as f64 + 0.5).ln();
    if input.counts.is_empty() {
        return None;
    }
    let model = Model::new(input);
    let mut start = vec![0.0; model.parameters()];
    start[0] = level;
    let priors = CHANCES.iter().flat_map(|chance| WALKS.map(|walk| Prior::new(level, walk, *chance, model.days)));
    let priors: Vec<Prior> = priors.collect::<Option<_>>()?;
    let mut fits: Vec<(Fit, usize)> = Vec::new();
    for (k, prior) in priors.iter().enumerate() {
        for size in SIZES {
            let assumed = Assumed { counts: input.counts, prior, size };
            let from = fits.last().map_or(&start, |f| &f.0.at);
            fits.push((fit(&model, &assumed, from.clone()).or_else(|| fit(&model, &assumed, start.clone()))?, k));
        }
    }
    let best = fits.iter().map(|f| &f.0).max_by(|a, b| a.ln_evidence.total_cmp(&b.ln_evidence))?;
    let weight = |f: &Fit| (f.ln_evidence - best.ln_evidence).exp();
    let likely = fits.iter().map(|(f, k)| (weight(f), f, *k)).filter(|(w, ..)| *w > NEGLIGIBLE);
    let parts: Vec<(f64, Vec<(f64, f64)>)> = likely.map(|(w, f, k)| (w, priors[k].walk(&f.at, &f.factor))).collect();
    let all: f64 = parts.iter().map(|p| p.0).sum();
    let day = |t: usize| tell(&parts.iter().map(|(w, days)| (w / all, days[t].0, days[t].1.sqrt())).collect::<Vec<_>>());
    Some(Delayed { days: (0..model.days).map(day).collect(), infections: model.expected(&best.at, false).infections })
}

/// R from a mixture of normal distributions of ln R: weights, means and standard deviations.
fn tell(of: &[(f64, f64, f64)]) -> Day {
    let mean = of.iter().map(|(w, m, sd)| w * (m + 0.5 * sd * sd).exp()).sum();
    let below = |x: f64| of.iter().map(|(w, m, sd)| w * 0.5 * erfc((m - x) / (sd * std::f64::consts::SQRT_2))).sum::<f64>();
    let reach = |sign: f64| of.iter().map(|(_, m, sd)| sign * (m + sign * 10.0 * sd)).fold(f64::NEG_INFINITY, f64::max) * sign;
    let quantile = |p: f64| {
        let (mut lo, mut hi) = (reach(-1.0), reach(1.0));
        while hi - lo > 1e-9 {
            let middle = 0.5 * (lo + hi);
            if below(middle) < p { lo = middle } else { hi = middle }
        }
        (0.5 * (lo + hi)).exp()
    };
    let [lo, q25, median, q75, hi] = [0.025, 0.25, 0.5, 0.75, 0.975].map(quantile);
    Day { mean, lo, q25, median, q75, hi }
}
