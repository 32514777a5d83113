//! Maximum likelihood with profile-likelihood intervals.

use super::family::{Family, Law, Quantity};
use super::likelihood::Delays;
use super::region::{DROP, End, LONGEST_MIDDLE, SHORTEST_MIDDLE, Side, crossing, interval};

/// The quantiles that are told.
pub const QUANTILES: [f64; 6] = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// Fewer delays than this say too little of two parameters.
pub const LEAST: f64 = 5.0;

/// A value with its 95 % interval, days. An end that the data do not give is infinite, or 0: where the likelihood does not drop before a delay is longer than
/// three centuries, or before nothing is left of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// At the maximum of the likelihood.
    pub value: f64,
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

impl Estimate {
    /// Whether the data say how large it is at most. If not, its value is one of many that agree with the data, and only the lower end tells something.
    pub fn is_bounded(self) -> bool {
        self.hi.is_finite()
    }
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
    /// Whether the data tell the scatter from none at all. If not, they tell the mean and how large the standard deviation is at most; which of the laws with
    /// this mean it is, and so its parameters and quantiles, is arbitrary.
    pub scatters: bool,
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
    /// The likelihood rises without end, or falls so little that a median of centuries agrees with the data.
    #[error("delays without end agree with the data, too, if they have a {0} distribution")]
    Unbounded(&'static str),
}

/// Fits one family.
///
/// # Errors
/// If there are too few delays, they are all known in the same way, the likelihood has no maximum within reason, or the median has no upper bound.
pub fn fit(delays: &Delays, family: Family) -> Result<Fit, FitError> {
    if delays.moments().n < LEAST {
        return Err(FitError::Few(delays.moments().n));
    }
    if delays.ways() == 1 {
        return Err(FitError::Narrow(family.name()));
    }
    let surface = Surface { delays, family };
    let top = surface.maximum()?;
    let Some(root) = inverse_root(surface.derivatives(&top).1) else { return Err(surface.refusal(&top)) };
    let law = Law::at(family, top.at).ok_or(FitError::Unbounded(family.name()))?;
    let contour = surface.contour(&top, root);
    let estimate = |q: Quantity| interval(law.tell(q), &contour, q);
    let unbounded = !estimate(Quantity::Quantile(0.5)).is_bounded() || surface.is_endless(&top);
    if unbounded || delays.share_seen(law) < SEEN {
        return Err(FitError::Unbounded(family.name()));
    }
    let (scatters, sd) = (!surface.is_flat(&top), estimate(Quantity::Sd));
    Ok(Fit {
        law,
        ln_likelihood: top.ln,
        aic: 4.0 - 2.0 * top.ln,
        mean: estimate(Quantity::Mean),
        sd: if scatters { sd } else { Estimate { lo: 0.0, ..sd } },
        quantiles: QUANTILES.map(|p| estimate(Quantity::Quantile(p))),
        share_seen: delays.share_seen(law),
        scatters,
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
const MIDDLE: (f64, f64) = (SHORTEST_MIDDLE, LONGEST_MIDDLE);
const SHAPE: (f64, f64) = (-5.0, 9.0);

/// Step of the differences that stand for derivatives.
const H: f64 = 2e-3;
/// Steps of Newton's method; ten are usual.
const STEPS: usize = 200;
/// The expected gain of a step at which the maximum is reached.
const GAIN: f64 = 1e-10;
/// Longest step, in logarithms of parameters.
const LONGEST: f64 = 0.7;
/// Directions in which the end of the region is looked for.
const DIRECTIONS: usize = 36;
/// Where less than this share of all delays is seen, their beginning only, it fits anything.
const SEEN: f64 = 0.01;
/// Below this share a likelihood without a maximum is put down to the end of the data.
const HIDDEN: f64 = 0.5;
/// A likelihood that is lower by less than this is the same.
const SAME: f64 = 0.05;

struct Top {
    at: [f64; 2],
    ln: f64,
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
                return Err(self.refusal(&top));
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
        Err(self.refusal(&top))
    }

    /// A maximum, unless it leans on the edge of what is looked at.
    fn inside(&self, top: Top) -> Result<Top, FitError> {
        let near = |x: f64, (lo, hi): (f64, f64)| x - lo < 0.5 || hi - x < 0.5;
        if near(top.at[0], MIDDLE) || near(top.at[1], SHAPE) { Err(self.refusal(&top)) } else { Ok(top) }
    }

    /// Why there is no maximum, from where it was last looked for.
    fn refusal(&self, top: &Top) -> FitError {
        // A lognormal's second parameter rises with its scatter, the others' falls.
        let no_scatter = if self.family == Family::Lognormal { top.at[1] < -2.0 } else { top.at[1] > 4.0 };
        let narrow = no_scatter || top.at[0] < MIDDLE.0 + 4.0 || self.is_flat(top);
        let hidden = Law::at(self.family, top.at).is_some_and(|law| self.delays.share_seen(law) < HIDDEN);
        if narrow && !hidden { FitError::Narrow(self.family.name()) } else { FitError::Unbounded(self.family.name()) }
    }

    /// Whether a law with all but no scatter, of about the same mean, agrees with the data as well.
    fn is_flat(&self, top: &Top) -> bool {
        let Some(law) = Law::at(self.family, top.at) else { return false };
        let shape = if self.family == Family::Lognormal { SHAPE.0 + EDGE } else { SHAPE.1 - EDGE };
        let mean = law.mean().ln();
        top.ln - highest(|x| self.ln([x, shape]), (mean - 0.2, mean + 0.2)) < SAME
    }

    /// Whether delays of centuries agree with the data.
    fn is_endless(&self, top: &Top) -> bool {
        top.ln - highest(|y| self.ln([MIDDLE.1 - EDGE, y]), SHAPE) < DROP
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
            let step = [root[0] * u + root[1] * v, root[2] * v];
            let at = |r: f64| [top.at[0] + r * step[0], top.at[1] + r * step[1]];
            let (last, side) = self.way_out(top, step);
            let found = crossing(|r| top.ln - self.ln(at(r)) - DROP, radius, last);
            radius = found.unwrap_or(radius);
            if let Some(law) = Law::at(self.family, at(found.unwrap_or(last))) {
                ends.push(End { law, open: if found.is_some() { None } else { Some(side) } });
            }
        }
        ends
    }

    /// How far it is in a direction to the edge of what is looked at, and which side that is.
    fn way_out(&self, top: &Top, step: [f64; 2]) -> (f64, Side) {
        let to = |k: usize, (lo, hi): (f64, f64)| match step[k] {
            s if s > 0.0 => (hi - EDGE - top.at[k]) / s,
            s if s < 0.0 => (lo + EDGE - top.at[k]) / s,
            _ => f64::INFINITY,
        };
        let (middle, shape) = (to(0, MIDDLE), to(1, SHAPE));
        let no_scatter = (step[1] < 0.0) == (self.family == Family::Lognormal);
        (middle.min(shape), if shape < middle && no_scatter { Side::NoScatter } else { Side::Endless })
    }
}

/// So far inside the edge is still inside.
const EDGE: f64 = 1e-6;

/// The highest value of a function between two arguments: the best of some, then by golden section around it.
fn highest(f: impl Fn(f64) -> f64, (lo, hi): (f64, f64)) -> f64 {
    const PARTS: usize = 40;
    const GOLDEN: f64 = 0.618_033_988_749_895;
    let h = (hi - lo) / PARTS as f64;
    let (mut at, mut best) = (lo, f64::NEG_INFINITY);
    for k in 0..=PARTS {
        let x = lo + h * k as f64;
        let here = f(x);
        if here > best {
            (at, best) = (x, here);
        }
    }
    let (mut a, mut b) = (at - h, at + h);
    for _ in 0..30 {
        let (c, d) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
        let (left, right) = (f(c), f(d));
        best = best.max(left).max(right);
        if left > right { b = d } else { a = c }
    }
    best
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
