//! How good a forecast was. The scores are proper: nobody gains by telling anything but what they believe (Gneiting & Raftery 2007, J Am Stat
//! Assoc 102:359). Less is better; a score has the unit of the counts, the logarithmic one has none.
//!
//! A score of counts is dominated by the days with many cases. Whoever wants growth to count alike at every size scores the logarithm of count + 1
//! (Bosse et al. 2023, PLoS Comput Biol 19:e1011393): see [`Quantiles::map`].

use statrs::function::gamma::ln_gamma;

/// The 23 levels of the forecast hubs: 11 central intervals and the median (Bracher et al. 2021).
pub const HUB_LEVELS: [f64; 23] =
    [0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99];
/// Levels that add up to 1 within this are the two ends of one interval.
const ALIKE: f64 = 1e-9;

/// A forecast told by quantiles. *Invariant:* levels go up and come in pairs around a median (0.025 and 0.975, …); values never go down.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles {
    levels: Vec<f64>,
    values: Vec<f64>,
}

/// Why something is no forecast by quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantilesError {
    /// Their number.
    #[error("there are {levels} levels and {values} values")]
    Length {
        /// How many levels.
        levels: usize,
        /// How many values.
        values: usize,
    },
    /// The levels.
    #[error("the levels must go up from above 0 to below 1, in pairs around 0.5")]
    Levels,
    /// The values.
    #[error("the values must be numbers that never go down")]
    Values,
}

/// The weighted interval score and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wis {
    /// The score: the sum of the parts.
    pub total: f64,
    /// For how wide the intervals were.
    pub dispersion: f64,
    /// For what came above the forecast.
    pub under: f64,
    /// For what came below the forecast.
    pub over: f64,
}

impl Quantiles {
    /// By levels and values.
    ///
    /// # Errors
    /// If the invariant does not hold.
    pub fn new(levels: Vec<f64>, values: Vec<f64>) -> Result<Self, QuantilesError> {
        if levels.len() != values.len() {
            return Err(QuantilesError::Length { levels: levels.len(), values: values.len() });
        }
        let up = levels.windows(2).all(|w| w[0] < w[1]) && levels.first().is_some_and(|l| *l > 0.0);
        let paired = levels.iter().zip(levels.iter().rev()).all(|(a, b)| (a + b - 1.0).abs() < ALIKE);
        if !up || !paired || levels.len().is_multiple_of(2) {
            return Err(QuantilesError::Levels);
        }
        let ok = values.iter().all(|v| v.is_finite()) && values.windows(2).all(|w| w[0] <= w[1]);
        if ok { Ok(Self { levels, values }) } else { Err(QuantilesError::Values) }
    }
    /// The quantiles of samples at [`HUB_LEVELS`]; none if there are no samples, or one is not a number.
    pub fn of_samples(samples: &[f64]) -> Option<Self> {
        let sorted = sorted(samples);
        let values: Option<Vec<f64>> = HUB_LEVELS.iter().map(|l| quantile(&sorted, *l)).collect();
        Self::new(HUB_LEVELS.to_vec(), values?).ok()
    }
    /// The value at a level; none if it is not one of the levels.
    pub fn at(&self, level: f64) -> Option<f64> {
        let k = self.levels.iter().position(|l| (l - level).abs() < ALIKE)?;
        self.values.get(k).copied()
    }
    /// The median.
    pub fn median(&self) -> f64 {
        self.values[self.levels.len() / 2]
    }
    /// The interval that holds this share, such as 0.95; none if its ends are not among the levels.
    pub fn central(&self, share: f64) -> Option<(f64, f64)> {
        let tail = 0.5 * (1.0 - share);
        Some((self.at(tail)?, self.at(1.0 - tail)?))
    }
    /// The forecast of something that goes up with the count, such as its logarithm.
    pub fn map(&self, up: impl Fn(f64) -> f64) -> Self {
        Self { levels: self.levels.clone(), values: self.values.iter().map(|v| up(*v)).collect() }
    }
    /// A forecast whose quantiles are the means of the quantiles of several (Vincent 1912; Busetti 2017, Oxf Bull Econ Stat 79:495). Levels that
    /// not all have are left out; none if there is no forecast.
    pub fn mean(of: &[Self]) -> Option<Self> {
        let first = of.first()?;
        let common: Vec<f64> = first.levels.iter().copied().filter(|l| of.iter().all(|q| q.at(*l).is_some())).collect();
        let values = common.iter().map(|l| of.iter().filter_map(|q| q.at(*l)).sum::<f64>() / of.len() as f64).collect();
        Self::new(common, values).ok()
    }
    /// The weighted interval score with the weights of Bracher et al. 2021 (PLoS Comput Biol 17:e1008618): a half for the median, `α / 2` for the
    /// interval that leaves out `α`.
    pub fn wis(&self, came: f64) -> Wis {
        let pairs = self.levels.len() / 2;
        let (mut dispersion, mut under, mut over) = (0.0, 0.0, 0.0);
        for k in 0..pairs {
            let (lo, hi) = (self.values[k], self.values[self.values.len() - 1 - k]);
            dispersion += self.levels[k] * (hi - lo);
            over += (lo - came).max(0.0);
            under += (came - hi).max(0.0);
        }
        let off = came - self.median();
        under += 0.5 * off.max(0.0);
        over += 0.5 * (-off).max(0.0);
        let weights = pairs as f64 + 0.5;
        let [dispersion, under, over] = [dispersion, under, over].map(|x| x / weights);
        Wis { total: dispersion + under + over, dispersion, under, over }
    }
    /// The continuous ranked probability score, as far as the quantiles tell it: twice the mean of the pinball losses (Gneiting & Raftery 2007,
    /// section 6). With these levels it equals the weighted interval score.
    pub fn crps(&self, came: f64) -> f64 {
        let pinball = |(l, v): (&f64, &f64)| if came >= *v { l * (came - v) } else { (1.0 - l) * (v - came) };
        2.0 * self.levels.iter().zip(&self.values).map(pinball).sum::<f64>() / self.levels.len() as f64
    }
}

fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut s = samples.to_vec();
    s.sort_by(f64::total_cmp);
    s
}

/// The quantile of sorted samples, between the two nearest in proportion (R's type 7); none if there are none.
pub fn quantile(sorted: &[f64], level: f64) -> Option<f64> {
    let at = level.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted.get(at.floor() as usize)?, sorted.get(at.ceil() as usize)?);
    Some(below + (above - below) * at.fract())
}

/// The score of one interval that leaves out `alpha` (Winkler 1972; Gneiting & Raftery 2007, equation 43).
pub fn interval_score(came: f64, lo: f64, hi: f64, alpha: f64) -> f64 {
    (hi - lo) + 2.0 / alpha * ((lo - came).max(0.0) + (came - hi).max(0.0))
}

/// The continuous ranked probability score of the distribution that the samples make: `E|X − y| − ½ E|X − X'|` (Gneiting & Raftery 2007, equation
/// 21; scoringRules' `crps_sample` with method "edf"). None without samples.
pub fn crps(samples: &[f64], came: f64) -> Option<f64> {
    if samples.is_empty() {
        return None;
    }
    let n = samples.len() as f64;
    let off = samples.iter().map(|x| (x - came).abs()).sum::<f64>() / n;
    // Σ|x_i − x_j| of sorted values is 2 Σ (2k − n + 1) x_k.
    let apart: f64 = sorted(samples).iter().enumerate().map(|(k, x)| (2.0 * k as f64 - n + 1.0) * x).sum();
    Some(off - apart / (n * n))
}

/// The logarithmic score (Good 1952): minus the logarithm of the probability that the forecast gave to what came.
pub fn log_score(probability: f64) -> f64 {
    -probability.ln()
}

/// The logarithm of the probability of a count under a negative binomial distribution with this mean and size; an infinite size is Poisson's.
pub fn ln_count(count: f64, mean: f64, size: f64) -> f64 {
    if mean <= 0.0 {
        return if count == 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    if size.is_infinite() {
        return count * mean.ln() - mean - ln_gamma(count + 1.0);
    }
    let combinations = ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0);
    combinations - size * (mean / size).ln_1p() + count * (mean / (size + mean)).ln()
}

/// The logarithmic score of a forecast that is a mixture of negative binomial distributions, each as likely as the next, by mean and size.
/// Infinite if none of them can give what came, or there are none.
pub fn log_score_of_mixture(came: f64, of: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    let ln: Vec<f64> = of.into_iter().map(|(mean, size)| ln_count(came, mean, size)).collect();
    let most = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return f64::INFINITY;
    }
    -(most + (ln.iter().map(|x| (x - most).exp()).sum::<f64>() / ln.len() as f64).ln())
}

/// The share of what came that lay in its interval: `(came, lo, hi)`. None of nothing.
pub fn coverage(of: impl IntoIterator<Item = (f64, f64, f64)>) -> Option<f64> {
    let held: Vec<bool> = of.into_iter().map(|(y, lo, hi)| lo <= y && y <= hi).collect();
    (!held.is_empty()).then(|| held.iter().filter(|h| **h).count() as f64 / held.len() as f64)
}

/// The probability integral transform of a count: the probability that the forecast gave to less than what came, and to no more than it. (For a
/// quantity that is not counted both are the same.) None without samples.
pub fn pit(samples: &[f64], came: f64) -> Option<(f64, f64)> {
    let share = |n: usize| n as f64 / samples.len() as f64;
    let (less, no_more) = (samples.iter().filter(|x| **x < came).count(), samples.iter().filter(|x| **x <= came).count());
    (!samples.is_empty()).then(|| (share(less), share(no_more)))
}

/// The histogram of the transforms of counts, without random numbers (Czado, Gneiting & Held 2009, Biometrics 65:1254): the share of each of the
/// `bins`. Even if forecasts are calibrated; a hump says that they are too wide, a bowl that they are too narrow, a slope that they lean.
pub fn pit_histogram(transforms: &[(f64, f64)], bins: usize) -> Vec<f64> {
    let below = |u: f64, (lo, hi): (f64, f64)| if hi > lo { ((u - lo) / (hi - lo)).clamp(0.0, 1.0) } else { f64::from(u8::from(u >= hi)) };
    let cumulated = |u: f64| transforms.iter().map(|t| below(u, *t)).sum::<f64>() / transforms.len().max(1) as f64;
    (0..bins).map(|k| cumulated((k + 1) as f64 / bins as f64) - if k == 0 { 0.0 } else { cumulated(k as f64 / bins as f64) }).collect()
}
