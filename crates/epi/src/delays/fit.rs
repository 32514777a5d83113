//! Maximum likelihood with profile-likelihood intervals.

use super::family::{Family, Law, Quantity};
use super::likelihood::Delays;

/// The quantiles that are told.
pub const QUANTILES: [f64; 6] = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// Fewer delays than this say too little of two parameters.
pub const LEAST: f64 = 5.0;

/// A value with its 95 % interval, days. An end that the data do not give is infinite, or 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// At the maximum of the likelihood.
    pub value: f64,
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

/// A distribution that was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The distribution.
    pub law: Law,
    /// The logarithm of its likelihood.
    pub ln_likelihood: f64,
    /// Akaike's information criterion: 4 less twice that.
    pub aic: f64,
    /// Mean, days.
    pub mean: Estimate,
    /// Standard deviation, days.
    pub sd: Estimate,
    /// At [`QUANTILES`], days.
    pub quantiles: [Estimate; 6],
    /// Of all delays that had begun, the share that is in the data by their end; 1 without truncation.
    pub share_seen: f64,
}

/// Why nothing could be fitted.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum FitError {
    /// How many.
    #[error("{0} delays are too few: at least 5 are needed")]
    Few(f64),
    /// All delays agree with one point: there is nothing that tells how they scatter.
    #[error("the windows do not tell the delays apart: no {0} distribution fits better than one that does not scatter, or is all but 0")]
    Narrow(&'static str),
    /// The likelihood rises without end.
    #[error(
        "the likelihood of a {0} distribution has no maximum: the data do not say how long delays are; most may still be hidden by the end of the data"
    )]
    Unbounded(&'static str),
}

/// Fits one family.
///
/// # Errors
/// If there are too few delays, or the likelihood has no maximum within reason.
pub fn fit(delays: &Delays, family: Family) -> Result<Fit, FitError> {
    if delays.moments().n < LEAST {
        return Err(FitError::Few(delays.moments().n));
    }
    let surface = Surface { delays, family };
    let top = surface.maximum()?;
    let Some(root) = inverse_root(surface.derivatives(&top).1) else { return Err(FitError::Unbounded(family.name())) };
    let law = Law::at(family, top.at).ok_or(FitError::Unbounded(family.name()))?;
    let contour = surface.contour(&top, root);
    let estimate = |q: Quantity| interval(law.tell(q), &contour, q);
    Ok(Fit {
        law,
        ln_likelihood: top.ln,
        aic: 4.0 - 2.0 * top.ln,
        mean: estimate(Quantity::Mean),
        sd: estimate(Quantity::Sd),
        quantiles: QUANTILES.map(|p| estimate(Quantity::Quantile(p))),
        share_seen: delays.share_seen(law),
    })
}

/// Fits all families; beside each its weight by Akaike's criterion (Burnham & Anderson 2002), 0 where it could not be fitted.
pub fn compare(delays: &Delays) -> Vec<(Family, Result<Fit, FitError>, f64)> {
    let fits = Family::ALL.map(|f| (f, fit(delays, f)));
    let best = fits.iter().filter_map(|f| f.1.as_ref().ok()).map(|f| f.aic).fold(f64::INFINITY, f64::min);
    let weight = |f: &Result<Fit, FitError>| f.as_ref().map_or(0.0, |f| (0.5 * (best - f.aic)).exp());
    let all: f64 = fits.iter().map(|f| weight(&f.1)).sum();
    fits.into_iter().map(|(family, f)| (family, f.clone(), if all > 0.0 { weight(&f) / all } else { 0.0 })).collect()
}

/// Parameters beyond which a distribution is none of a delay: middles from a few seconds to three centuries, and shapes with which it is a point
/// or has no end.
const MIDDLE: (f64, f64) = (-10.0, 11.5);
const SHAPE: (f64, f64) = (-5.0, 9.0);

/// Step of the differences that stand for derivatives.
const H: f64 = 2e-3;
/// Steps of Newton's method; ten are usual.
const STEPS: usize = 200;
/// The expected gain of a step at which the maximum is reached.
const GAIN: f64 = 1e-10;
/// Longest step, in logarithms of parameters.
const LONGEST: f64 = 0.7;
/// Half the 95 % point of χ² with one degree of freedom: the likelihood at an interval's end is lower by this (Wilks 1938, Ann Math Stat 9:60).
const DROP: f64 = 1.920_729_410_347_062;
/// As close as the drop is met.
const CLOSE: f64 = 1e-4;
/// Directions in which the end of the region is looked for.
const DIRECTIONS: usize = 36;
/// Standard errors after which a direction has no end.
const FAR: f64 = 30.0;

struct Top {
    at: [f64; 2],
    ln: f64,
}

/// One end of the region of parameters that agree with the data; open where the likelihood never drops by [`DROP`].
struct End {
    law: Law,
    open: bool,
}

struct Surface<'a> {
    delays: &'a Delays,
    family: Family,
}

impl Surface<'_> {
    fn ln(&self, at: [f64; 2]) -> f64 {
        let within = |x: f64, (lo, hi): (f64, f64)| x > lo && x < hi;
        if !within(at[0], MIDDLE) || !within(at[1], SHAPE) {
            return f64::NEG_INFINITY;
        }
        Law::at(self.family, at).map_or(f64::NEG_INFINITY, |law| self.delays.ln_likelihood(law))
    }

    /// The best of some distributions around the moments; with truncation the truth may be far longer.
    fn start(&self) -> Option<Top> {
        let m = self.delays.moments();
        let (mean, sd) = (m.mean.max(0.05), m.sd.max(0.2 * m.mean).max(0.05));
        let mut best: Option<Top> = None;
        for longer in [0.5, 1.0, 1.7, 3.0, 6.0] {
            for wider in [0.6, 1.0, 1.6] {
                let Some(law) = Law::of_mean_sd(self.family, mean * longer, sd * longer * wider) else { continue };
                let (at, ln) = (law.point(), self.ln(law.point()));
                if ln.is_finite() && best.as_ref().is_none_or(|b| ln > b.ln) {
                    best = Some(Top { at, ln });
                }
            }
        }
        best
    }

    /// Newton's method, made to climb (Levenberg 1944).
    fn maximum(&self) -> Result<Top, FitError> {
        let mut top = self.start().ok_or(FitError::Unbounded(self.family.name()))?;
        for _ in 0..STEPS {
            let (slope, hessian) = self.derivatives(&top);
            let step = climbing_step(slope, hessian);
            let gain = step[0] * slope[0] + step[1] * slope[1];
            if gain < GAIN {
                return self.inside(top);
            }
            if !gain.is_finite() {
                // Something seen all but cannot be a step further.
                return Err(self.edge(top.at));
            }
            let longest = step[0].abs().max(step[1].abs());
            let mut scale = (LONGEST / longest).min(1.0);
            let higher = loop {
                let at = [top.at[0] + scale * step[0], top.at[1] + scale * step[1]];
                let ln = self.ln(at);
                if ln > top.ln {
                    break Some(Top { at, ln });
                }
                scale *= 0.5;
                if scale * longest < 1e-9 {
                    break None;
                }
            };
            let Some(higher) = higher else { return self.inside(top) };
            top = higher;
        }
        Err(self.edge(top.at))
    }

    /// A maximum, unless it leans on the edge of what is looked at.
    fn inside(&self, top: Top) -> Result<Top, FitError> {
        let near = |x: f64, (lo, hi): (f64, f64)| x - lo < 0.5 || hi - x < 0.5;
        if near(top.at[0], MIDDLE) || near(top.at[1], SHAPE) { Err(self.edge(top.at)) } else { Ok(top) }
    }

    fn edge(&self, at: [f64; 2]) -> FitError {
        // A lognormal's second parameter rises with its scatter, the others' falls.
        let no_scatter = if self.family == Family::Lognormal { at[1] < -2.0 } else { at[1] > 4.0 };
        let narrow = no_scatter || at[0] < MIDDLE.0 + 4.0;
        if narrow { FitError::Narrow(self.family.name()) } else { FitError::Unbounded(self.family.name()) }
    }

    /// The first derivatives, and the second ones: xx, xy, yy.
    fn derivatives(&self, top: &Top) -> ([f64; 2], [f64; 3]) {
        let [x, y] = top.at;
        let f = |x, y| self.ln([x, y]);
        let along = [(f(x - H, y), f(x + H, y)), (f(x, y - H), f(x, y + H))];
        let same = |(a, b): (f64, f64)| (a - 2.0 * top.ln + b) / (H * H);
        let mixed = (f(x + H, y + H) - f(x + H, y - H) - f(x - H, y + H) + f(x - H, y - H)) / (4.0 * H * H);
        (along.map(|(a, b)| (b - a) / (2.0 * H)), [same(along[0]), mixed, same(along[1])])
    }

    /// Where the likelihood has dropped by [`DROP`], in directions all around: the parameters that agree with the data. The profile-likelihood
    /// interval of any quantity has its ends there.
    fn contour(&self, top: &Top, root: [f64; 3]) -> Vec<End> {
        let mut radius = (2.0 * DROP).sqrt();
        let mut ends = Vec::with_capacity(DIRECTIONS);
        for k in 0..DIRECTIONS {
            let angle = std::f64::consts::TAU * k as f64 / DIRECTIONS as f64;
            let (u, v) = (angle.cos(), angle.sin());
            let at = |r: f64| [top.at[0] + r * (root[0] * u + root[1] * v), top.at[1] + r * root[2] * v];
            let over = |r: f64| top.ln - self.ln(at(r)) - DROP;
            let found = crossing(over, radius);
            let r = found.unwrap_or(FAR);
            radius = found.unwrap_or(radius);
            if let Some(law) = Law::at(self.family, at(r)) {
                ends.push(End { law, open: found.is_none() });
            }
        }
        ends
    }
}

/// Where a function that begins below 0 crosses it, from a guess; none before [`FAR`].
fn crossing(f: impl Fn(f64) -> f64, guess: f64) -> Option<f64> {
    let (mut lo, mut hi) = (0.0, guess);
    let (mut below, mut above) = (-DROP, f(guess));
    while above < 0.0 {
        (lo, below) = (hi, above);
        hi *= 1.5;
        if hi > FAR {
            return None;
        }
        above = f(hi);
    }
    for _ in 0..60 {
        // The square root of the drop is nearly straight.
        let root = |x: f64| (x + DROP).max(0.0).sqrt();
        let (a, b) = (root(below) - DROP.sqrt(), root(above) - DROP.sqrt());
        let straight = lo - a * (hi - lo) / (b - a);
        let middle = if straight > lo && straight < hi && above.is_finite() { straight } else { 0.5 * (lo + hi) };
        let here = f(middle);
        if here.abs() < CLOSE || hi - lo < 1e-10 {
            return Some(middle);
        }
        if here < 0.0 { (lo, below) = (middle, here) } else { (hi, above) = (middle, here) }
    }
    Some(0.5 * (lo + hi))
}

/// Uphill: Newton's step where the surface is an arch, else one that is bent until it is.
fn climbing_step(slope: [f64; 2], [xx, xy, yy]: [f64; 3]) -> [f64; 2] {
    let half = 0.5 * (xx + yy);
    let spread = (0.25 * (xx - yy).powi(2) + xy * xy).sqrt();
    let largest = half + spread;
    let size = half.abs() + spread;
    let shift = if largest < -1e-6 * size { 0.0 } else { largest + 1e-3 * size.max(1e-9) };
    let (a, c) = (shift - xx, shift - yy);
    let determinant = a * c - xy * xy;
    [(c * slope[0] + xy * slope[1]) / determinant, (xy * slope[0] + a * slope[1]) / determinant]
}

/// The root R of the inverse of minus the second derivatives, upper triangular: R Rᵀ = (-H)⁻¹. None where there is no maximum.
fn inverse_root([xx, xy, yy]: [f64; 3]) -> Option<[f64; 3]> {
    let determinant = xx * yy - xy * xy;
    if !(xx < 0.0 && yy < 0.0 && determinant > 0.0 && determinant.is_finite()) {
        return None;
    }
    let (a, b, c) = (-yy / determinant, xy / determinant, -xx / determinant);
    let z = c.sqrt();
    let y = b / z;
    Some([(a - y * y).max(0.0).sqrt(), y, z])
}

/// The interval of a quantity: its extremes around the region, between directions by a parabola.
fn interval(value: f64, around: &[End], q: Quantity) -> Estimate {
    let told: Vec<f64> = around.iter().map(|e| e.law.tell(q)).collect();
    let n = told.len();
    let (mut lo, mut hi) = (value, value);
    for k in 0..n {
        let (before, here, after) = (told[(k + n - 1) % n], told[k], told[(k + 1) % n]);
        if around[k].open {
            // It goes on without end that way.
            let unlike = (here / value).ln();
            hi = if unlike > 0.1 || here.is_nan() { f64::INFINITY } else { hi };
            lo = if unlike < -0.1 { 0.0 } else { lo };
            continue;
        }
        let bend = before - 2.0 * here + after;
        let shift = if bend == 0.0 { 0.0 } else { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) };
        let top = here - 0.25 * (before - after) * shift;
        let ends = if top.is_finite() { [here, top] } else { [here, here] };
        for x in ends {
            lo = lo.min(x);
            hi = hi.max(x);
        }
    }
    Estimate { value, lo, hi }
}
