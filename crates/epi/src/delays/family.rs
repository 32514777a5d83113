//! Three families of delay distributions: their distribution functions, and the integrals of these, which censored delays need.

use crate::gamma::{Gamma, standard_normal_quantile};
use statrs::function::erf::erfc;
use statrs::function::gamma::{gamma as gamma_function, gamma_ur, ln_gamma};
use std::f64::consts::SQRT_2;

/// A family of distributions of a time above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Parameters: shape, scale (days).
    Gamma,
    /// Parameters: mean and standard deviation of the logarithm of days.
    Lognormal,
    /// Parameters: shape, scale (days).
    Weibull,
}

/// A distribution of delays. *Invariant:* its parameters are finite, and those that must be are above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    family: Family,
    /// As [`Family`] has them.
    a: f64,
    b: f64,
}

/// What is asked of a distribution, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// Its mean.
    Mean,
    /// Its standard deviation.
    Sd,
    /// What is not exceeded with this probability.
    Quantile(f64),
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Gamma, Self::Lognormal, Self::Weibull];

    /// Its name, as in a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gamma => "gamma",
            Self::Lognormal => "lognormal",
            Self::Weibull => "weibull",
        }
    }
    /// What its two parameters are called.
    pub fn parameters(self) -> [&'static str; 2] {
        match self {
            Self::Gamma | Self::Weibull => ["shape", "scale"],
            Self::Lognormal => ["meanlog", "sdlog"],
        }
    }
}

/// Beyond any tail; the incomplete gamma functions want a finite argument.
const FAR: f64 = 1e5;

fn normal(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

/// The regularised upper incomplete gamma function.
fn upper(shape: f64, y: f64) -> f64 {
    if y <= 0.0 {
        1.0
    } else if shape > Gamma::HUGE {
        1.0 - lower(shape, y)
    } else {
        gamma_ur(shape, y)
    }
}

fn lower(shape: f64, y: f64) -> f64 {
    Gamma { shape, scale: 1.0 }.cdf(y)
}

/// y^k e^(-y) / Γ(k + 1): by so much P(k, y) exceeds P(k + 1, y).
fn step(k: f64, y: f64) -> f64 {
    (k * y.ln() - y - ln_gamma(k + 1.0)).exp()
}

impl Law {
    /// By its parameters, in the order of [`Family::parameters`]; none where there is no such distribution.
    pub fn new(family: Family, a: f64, b: f64) -> Option<Self> {
        let ok = a.is_finite() && b.is_finite() && b > 0.0 && (a > 0.0 || family == Family::Lognormal);
        ok.then_some(Self { family, a, b })
    }
    /// By mean and standard deviation, days, both above 0.
    pub fn of_mean_sd(family: Family, mean: f64, sd: f64) -> Option<Self> {
        let g = Gamma::of_mean_sd(mean, sd)?;
        match family {
            Family::Gamma => Self::new(family, g.shape, g.scale),
            Family::Lognormal => {
                let variance = (sd / mean).powi(2).ln_1p();
                Self::new(family, mean.ln() - 0.5 * variance, variance.sqrt())
            }
            Family::Weibull => {
                let shape = weibull_shape(sd / mean)?;
                Self::new(family, shape, mean / gamma_function(1.0 + 1.0 / shape))
            }
        }
    }
    /// Its family.
    pub fn family(self) -> Family {
        self.family
    }
    /// Its parameters, in the order of [`Family::parameters`].
    pub fn parameters(self) -> [f64; 2] {
        [self.a, self.b]
    }
    /// The logarithms in which its likelihood is looked at: of something like its middle, and of its shape.
    pub(super) fn point(self) -> [f64; 2] {
        match self.family {
            Family::Gamma => [(self.a * self.b).ln(), self.a.ln()],
            Family::Lognormal => [self.a, self.b.ln()],
            Family::Weibull => [self.b.ln(), self.a.ln()],
        }
    }
    /// Undoes [`Law::point`].
    pub(super) fn at(family: Family, [middle, shape]: [f64; 2]) -> Option<Self> {
        match family {
            Family::Gamma => Self::new(family, shape.exp(), (middle - shape).exp()),
            Family::Lognormal => Self::new(family, middle, shape.exp()),
            Family::Weibull => Self::new(family, shape.exp(), middle.exp()),
        }
    }
    /// Mean, days.
    pub fn mean(self) -> f64 {
        let Self { family, a, b } = self;
        match family {
            Family::Gamma => a * b,
            Family::Lognormal => (a + 0.5 * b * b).exp(),
            Family::Weibull => b * gamma_function(1.0 + 1.0 / a),
        }
    }
    /// Standard deviation, days.
    pub fn sd(self) -> f64 {
        let Self { family, a, b } = self;
        match family {
            Family::Gamma => a.sqrt() * b,
            Family::Lognormal => self.mean() * (b * b).exp_m1().sqrt(),
            Family::Weibull => {
                let g = |k: f64| ln_gamma(1.0 + k / a);
                self.mean() * (g(2.0) - 2.0 * g(1.0)).exp_m1().max(0.0).sqrt()
            }
        }
    }
    /// The delay that is not exceeded with probability `p`, 0 < p < 1, days.
    pub fn quantile(self, p: f64) -> f64 {
        let Self { family, a, b } = self;
        match family {
            Family::Gamma => Gamma { shape: a, scale: b }.quantile(p),
            Family::Lognormal => (a + b * standard_normal_quantile(p)).exp(),
            Family::Weibull => b * (-(-p).ln_1p()).powf(1.0 / a),
        }
    }
    /// A quantity of it.
    pub fn tell(self, what: Quantity) -> f64 {
        match what {
            Quantity::Mean => self.mean(),
            Quantity::Sd => self.sd(),
            Quantity::Quantile(p) => self.quantile(p),
        }
    }
    /// The probability of at most `x` days.
    pub fn cdf(self, x: f64) -> f64 {
        let Self { family, a, b } = self;
        if x <= 0.0 {
            return 0.0;
        }
        match family {
            Family::Gamma => lower(a, x / b),
            Family::Lognormal => normal((x.ln() - a) / b),
            Family::Weibull => -(-(x / b).powf(a)).exp_m1(),
        }
    }
    /// ∫ of the distribution function from 0 to `x`: x F(x) less the partial mean up to x.
    pub(super) fn below(self, x: f64) -> f64 {
        let Self { family, a, b } = self;
        if x <= 0.0 {
            return 0.0;
        }
        match family {
            Family::Gamma => (x - a * b) * lower(a, x / b) + a * b * step(a, x / b),
            Family::Lognormal => {
                let z = (x.ln() - a) / b;
                x * normal(z) - self.mean() * normal(z - b)
            }
            Family::Weibull => {
                let y = (x / b).powf(a).min(FAR);
                -x * (-y).exp_m1() - self.mean() * lower(1.0 + 1.0 / a, y)
            }
        }
    }
    /// ∫ of the probability of more than u days, u from `x` on: exact to the end of the tail, where [`Law::below`] is not.
    pub(super) fn above(self, x: f64) -> f64 {
        let Self { family, a, b } = self;
        if x <= 0.0 {
            return self.mean() - x;
        }
        match family {
            Family::Gamma => (a * b - x) * upper(a, x / b) + a * b * step(a, x / b),
            Family::Lognormal => {
                let z = (x.ln() - a) / b;
                self.mean() * normal(b - z) - x * normal(-z)
            }
            Family::Weibull => {
                let y = (x / b).powf(a).min(FAR);
                self.mean() * upper(1.0 + 1.0 / a, y) - x * (-y).exp()
            }
        }
    }
}

/// The shape of the Weibull distribution with this ratio of standard deviation to mean, by bisection: the ratio falls with the shape.
fn weibull_shape(ratio: f64) -> Option<f64> {
    let of = |shape: f64| Law { family: Family::Weibull, a: shape, b: 1.0 }.sd() / gamma_function(1.0 + 1.0 / shape);
    let (mut lo, mut hi) = (0.05_f64, 2_000.0_f64);
    if !(of(hi)..=of(lo)).contains(&ratio) {
        return None;
    }
    for _ in 0..200 {
        let middle = (lo * hi).sqrt();
        if of(middle) > ratio { lo = middle } else { hi = middle }
    }
    Some((lo * hi).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: [f64; 8] = [0.01, 0.5, 1.0, 3.0, 6.0, 12.0, 25.0, 60.0];

    fn laws() -> impl Iterator<Item = Law> {
        let shapes = [(5.0, 3.0), (2.5, 4.0), (8.0, 1.0)];
        Family::ALL.into_iter().flat_map(move |f| shapes.into_iter().filter_map(move |(m, s)| Law::of_mean_sd(f, m, s)))
    }

    #[test]
    fn mean_and_sd_come_back() {
        let mut n = 0;
        for law in laws() {
            let again = Law::of_mean_sd(law.family(), law.mean(), law.sd()).map(Law::parameters);
            let close = again.is_some_and(|p| p.iter().zip(law.parameters()).all(|(a, b)| (a - b).abs() < 1e-9 * b.abs()));
            assert!(close, "{law:?} {again:?}");
            n += 1;
        }
        assert_eq!(n, 9);
    }

    #[test]
    fn the_integrals_are_those_of_the_distribution_function() {
        for law in laws() {
            for x in POINTS {
                // Simpson's rule in the fourth root of time, in which the steep beginning of some is smooth.
                let n = 2_000;
                let h = 1.0 / f64::from(n);
                let weight = |k: i32| match k {
                    0 => 1.0,
                    k if k == n => 1.0,
                    k => f64::from(2 + 2 * (k % 2)),
                };
                let f = |s: f64| 4.0 * x * s.powi(3) * law.cdf(x * s.powi(4));
                let simpson: f64 = (0..=n).map(|k| weight(k) * f(f64::from(k) * h)).sum::<f64>() * h / 3.0;
                assert!((law.below(x) - simpson).abs() < 1e-6, "{law:?} {x}: {} {simpson}", law.below(x));
                assert!((law.above(x) - (law.below(x) - x + law.mean())).abs() < 1e-9, "{law:?} {x}");
            }
        }
    }

    #[test]
    fn the_tail_is_exact() {
        // A gamma of shape 1 is known exactly: ∫ e^(-u/2) from x is 2 e^(-x/2).
        let Some(law) = Law::new(Family::Gamma, 1.0, 2.0) else { panic!("a law") };
        for x in [20.0_f64, 60.0, 100.0] {
            let exact = 2.0 * (-0.5 * x).exp();
            assert!((law.above(x) / exact - 1.0).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn quantiles_undo_the_distribution_function() {
        for law in laws() {
            for p in [0.05, 0.5, 0.99] {
                assert!((law.cdf(law.quantile(p)) - p).abs() < 1e-9, "{law:?} {p}");
            }
        }
    }
}
