//! When events are reported: the hazard that an event that is j days old and not reported yet is reported today.
//!
//! Given how many events of a day are known, their delays are multinomial with right-truncated probabilities, whatever the number of events (Lawless 1994,
//! Can J Stat 22:15). The logit of the hazard adds up: a smooth one of the age, one of the weekday of the report, one of the report's week (the delay
//! changes), one of the report's day (a holiday, a backlog). What is not reported today is still there tomorrow: nothing is lost. The scatter of these is
//! weighted by its evidence (Laplace's approximation).

use super::scatter::closed_days;
use super::triangle::Triangle;
use crate::envelope::{Envelope, Factor};
use statrs::function::logistic::logistic;

/// What is assumed of the scatter of the hazard's logits: of weekdays, of a week's step, of days.
const WEEKDAYS: [f64; 2] = [0.7, 0.03];
const WEEKS: [f64; 3] = [0.02, 0.12, 0.5];
const DAYS: [f64; 3] = [0.03, 0.2, 0.7];

/// The part of a week's own effect on the youngest that is left at an age: a delay that changes its shape changes most for them.
fn young(age: usize) -> f64 {
    1.0 / (1.0 + age as f64 / 3.0)
}

/// The hazard's logit at age 0 before anything is seen, and how much ages differ from the one before.
const BEGIN: (f64, f64) = (-1.5, 2.0);
const AGES: f64 = 1.0;

/// Steps of Newton's method.
const STEPS: usize = 30;
/// The gain of a step at which it ends.
const GAIN: f64 = 1e-4;
/// Hypotheses with less than this share of the best one's evidence are left out.
const NEGLIGIBLE: f64 = 0.01;
/// The hazards under one assumption, with their covariance.
pub(super) struct Fitted {
    pub weight: f64,
    at: Vec<f64>,
    factor: Factor,
}

/// What is known of reporting.
pub(super) struct Reporting<'a> {
    pub triangle: &'a Triangle,
    closed: Vec<bool>,
    /// How much each day's reports scatter more than multinomial ones: 1/k of negative binomials of size k for each age; 0 if they do not.
    pub scatter: f64,
    /// The factor of variance that comes of it, by day.
    factors: Vec<f64>,
    /// The probabilities of delays at the latest day of which all are known.
    pub profile: Vec<f64>,
    pub fitted: Vec<Fitted>,
}

impl<'a> Reporting<'a> {
    /// Of a triangle; none if nothing can be fitted.
    pub fn of(triangle: &'a Triangle) -> Option<Self> {
        let days = triangle.days();
        let closed = closed_days(triangle);
        let mut r = Self { triangle, closed, scatter: 0.0, factors: vec![1.0; days], profile: Vec::new(), fitted: Vec::new() };
        r.fit();
        r.scatter = r.excess(&r.best()?.at);
        if r.scatter > 0.0 {
            r.factors = r.factors_of_variance(&r.best()?.at);
            r.fit();
        }
        let latest = (0..days).rfind(|t| triangle.complete(*t))?;
        r.profile = r.delays(&r.best()?.at, latest);
        Some(r)
    }
    fn best(&self) -> Option<&Fitted> {
        self.fitted.iter().max_by(|a, b| a.weight.total_cmp(&b.weight))
    }

    pub fn ages(&self) -> usize {
        self.triangle.longest()
    }
    /// Weeks of report days, counted back from the last; the last week is what the others are compared with.
    fn weeks(&self) -> usize {
        (self.triangle.days() - 1) / 7
    }
    /// Where the unknowns of ages, weekdays, weeks and weeks' young begin, after those of report days, and how many there are in all. In this order all but the
    /// last report days meet few others.
    fn begin(&self) -> [usize; 5] {
        let ages = self.triangle.days();
        let weekdays = ages + self.ages();
        let weeks = weekdays + 7;
        [ages, weekdays, weeks, weeks + self.weeks(), weeks + 2 * self.weeks()]
    }
    /// The unknowns whose weighted sum is the logit of the hazard at an age on a report day, in their order.
    fn parts(&self, age: usize, day: usize) -> impl Iterator<Item = (usize, f64)> + use<> {
        let [ages, weekdays, weeks, youngs, _] = self.begin();
        let week = (self.triangle.days() - 1 - day) / 7;
        let others = [(day, 1.0), (ages + age, 1.0), (weekdays + self.triangle.weekday(day), 1.0)];
        let of_week = (week > 0).then(|| [(weeks + week - 1, 1.0), (youngs + week - 1, young(age))]);
        others.into_iter().chain(of_week.into_iter().flatten())
    }
    fn hazard(&self, at: &[f64], age: usize, day: usize) -> f64 {
        if age == self.ages() {
            return 1.0;
        }
        if self.closed[day] {
            return 0.0;
        }
        logistic(self.parts(age, day).map(|(k, weight)| weight * at[k]).sum())
    }
    /// The probability, for events of a day, of being reported at each age so far.
    pub fn delays(&self, at: &[f64], day: usize) -> Vec<f64> {
        let mut left = 1.0;
        let ages = 0..self.triangle.of(day).len();
        ages.map(|age| {
            let p = left * self.hazard(at, age, day + age);
            left -= p;
            p
        })
        .collect()
    }
    /// The share of each day's events that is reported by now, at these hazards.
    pub fn shares(&self, at: &[f64]) -> Vec<f64> {
        let share = |t: usize| if self.triangle.complete(t) { 1.0 } else { self.delays(at, t).iter().sum::<f64>() };
        (0..self.triangle.days()).map(|t| share(t).clamp(1e-9, 1.0)).collect()
    }

    /// From the middle of the assumptions to better ones, one of the three scatters at a time, until none is better.
    fn fit(&mut self) {
        let [ages, weekdays, .., size] = self.begin();
        let mut start = vec![0.0; size];
        start[ages..weekdays].fill(BEGIN.0);
        let mut fits: Vec<([usize; 3], f64, Vec<f64>, Factor)> = Vec::new();
        let mut best = [0, 1, 1];
        loop {
            let before = best;
            for (k, choices) in [WEEKDAYS.len(), WEEKS.len(), DAYS.len()].into_iter().enumerate() {
                for choice in 0..choices {
                    let mut here = best;
                    here[k] = choice;
                    if fits.iter().all(|f| f.0 != here) {
                        let from = fits.iter().find(|f| f.0 == best).map_or(&start, |f| &f.2).clone();
                        let prior = self.prior([WEEKDAYS[here[0]], WEEKS[here[1]], DAYS[here[2]]]);
                        fits.extend(self.newton(&prior, from).map(|(ln, at, factor)| (here, ln, at, factor)));
                    }
                }
                best = fits.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(best, |f| f.0);
            }
            if best == before {
                break;
            }
        }
        let most = fits.iter().map(|f| f.1).fold(f64::NEG_INFINITY, f64::max);
        let weighed = fits.into_iter().map(|(_, ln, at, factor)| Fitted { weight: (ln - most).exp(), at, factor });
        self.fitted = weighed.filter(|f| f.weight > NEGLIGIBLE).collect();
        let all: f64 = self.fitted.iter().map(|f| f.weight).sum();
        self.fitted.iter_mut().for_each(|f| f.weight /= all);
    }

    /// The precision of the unknowns before anything is seen.
    fn prior(&self, [weekdays, weeks, days]: [f64; 3]) -> Prior {
        let [from_ages, from_weekdays, from_weeks, from_youngs, size] = self.begin();
        // Report days meet each other only through days of events that are not complete.
        let open = from_ages - self.ages();
        let first = |i: usize| {
            if i < open {
                i
            } else if i < from_ages {
                open
            } else {
                0
            }
        };
        let mut precision = Envelope::zero((0..size).map(first).collect());
        let mut mean = vec![0.0; size];
        mean[from_ages..from_weekdays].fill(BEGIN.0);
        let mut one = |i: usize, sd: f64| precision.add(i, i, sd.powi(-2));
        (0..from_ages).for_each(|i| one(i, days));
        if self.ages() > 0 {
            one(from_ages, BEGIN.1);
        }
        (from_weekdays..from_weeks).for_each(|i| one(i, weekdays));
        if self.weeks() > 0 {
            one(from_weeks, weeks);
            one(from_youngs, weeks);
        }
        let mut step = |i: usize, sd: f64| {
            let q = sd.powi(-2);
            precision.add(i, i, q);
            precision.add(i - 1, i - 1, q);
            precision.add(i, i - 1, -q);
        };
        (from_ages + 1..from_weekdays).for_each(|i| step(i, AGES));
        (from_weeks + 1..from_youngs).chain(from_youngs + 1..size).for_each(|i| step(i, weeks));
        let ln_determinant =
            -2.0 * (7.0 * weekdays.ln() + 2.0 * self.weeks() as f64 * weeks.ln() + self.triangle.days() as f64 * days.ln());
        Prior { precision, mean, ln_determinant }
    }

    /// The mode, the factor of its precision and the logarithm of the evidence.
    fn newton(&self, prior: &Prior, mut at: Vec<f64>) -> Option<(f64, Vec<f64>, Factor)> {
        let mut here = self.ln_likelihood(&at) + prior.ln(&at);
        for _ in 0..STEPS {
            let (slope, factor) = self.slope(prior, &at)?;
            let step = factor.solve(&slope);
            let gain: f64 = step.iter().zip(&slope).map(|(a, b)| a * b).sum();
            let mut scale = 1.0;
            let higher = loop {
                let to: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a + scale * s).collect();
                let ln = self.ln_likelihood(&to) + prior.ln(&to);
                if ln >= here {
                    break Some((to, ln));
                }
                scale *= 0.5;
                if gain < GAIN || scale < 1e-4 {
                    break None;
                }
            };
            let done = gain < GAIN || higher.is_none();
            if let Some((to, ln)) = higher {
                (at, here) = (to, ln);
            }
            if done {
                // After so small a step the factor is as good as at its end.
                let evidence = here + 0.5 * (prior.ln_determinant - factor.ln_determinant());
                return evidence.is_finite().then_some((evidence, at, factor));
            }
        }
        None
    }

    fn ln_likelihood(&self, at: &[f64]) -> f64 {
        let mut ln = 0.0;
        for t in (0..self.triangle.days()).filter(|t| self.triangle.known(*t)) {
            let n = self.triangle.of(t);
            let reported: f64 = n.iter().sum();
            if reported > 0.0 {
                let p = self.delays(at, t);
                let each: f64 = n.iter().zip(&p).filter(|(n, _)| **n > 0.0).map(|(n, p)| n * p.max(1e-300).ln()).sum();
                ln += (each - reported * p.iter().sum::<f64>().max(1e-300).ln()) / self.factors[t];
            }
        }
        ln
    }

    /// The slope of the posterior, and the factor of its expected information. Of a day with n_j reports at age j, R_j from age j on and as many more to
    /// come as the hazards say, the slope in the logit at age j is n_j - h_j (R_j + those to come); the information is that of binomials of those at risk,
    /// less what the unknown number of events takes.
    fn slope(&self, prior: &Prior, at: &[f64]) -> Option<(Vec<f64>, Factor)> {
        let off: Vec<f64> = at.iter().zip(&prior.mean).map(|(a, m)| m - a).collect();
        let mut slope = prior.precision.times(&off);
        let mut precision = prior.precision.clone();
        for t in (0..self.triangle.days()).filter(|t| self.triangle.known(*t)) {
            let n = self.triangle.of(t);
            let reported: f64 = n.iter().sum();
            if reported == 0.0 {
                continue;
            }
            let h: Vec<f64> = (0..n.len()).map(|age| self.hazard(at, age, t + age)).collect();
            let left: f64 = h.iter().map(|h| 1.0 - h).product();
            let share = (1.0 - left).max(1e-12);
            let mut risk = reported / share;
            let mut seen = reported;
            let mut lost: Vec<(usize, f64)> = Vec::with_capacity(4 * n.len());
            for (age, (n, h)) in n.iter().zip(&h).enumerate() {
                if age < self.ages() && !self.closed[t + age] {
                    let parts: Vec<(usize, f64)> = self.parts(age, t + age).collect();
                    let here = (n - h * (seen + reported * left / share)) / self.factors[t];
                    let information = risk * h * (1.0 - h) / self.factors[t];
                    for (k, (i, a)) in parts.iter().enumerate() {
                        slope[*i] += a * here;
                        parts[..=k].iter().for_each(|(j, b)| precision.add(*i, *j, a * b * information));
                    }
                    lost.extend(parts.into_iter().map(|(i, a)| (i, a * h)));
                }
                risk *= 1.0 - h;
                seen -= n;
            }
            let take = reported / share * left / share / self.factors[t];
            if take > 1e-9 {
                less(&mut precision, &lost, take);
            }
        }
        Some((slope, precision.factor()?))
    }
}

/// Subtracts a multiple of the outer product of a vector that is given by parts.
fn less(precision: &mut Envelope, parts: &[(usize, f64)], take: f64) {
    let mut whole: Vec<(usize, f64)> = Vec::with_capacity(parts.len());
    let mut sorted = parts.to_vec();
    sorted.sort_by_key(|p| p.0);
    for (i, h) in sorted {
        match whole.last_mut() {
            Some(last) if last.0 == i => last.1 += h,
            _ => whole.push((i, h)),
        }
    }
    for (k, (i, a)) in whole.iter().enumerate() {
        whole[..=k].iter().for_each(|(j, b)| precision.add(*i, *j, -take * a * b));
    }
}

struct Prior {
    precision: Envelope,
    mean: Vec<f64>,
    /// But for what is the same for all assumptions.
    ln_determinant: f64,
}

impl Prior {
    fn ln(&self, at: &[f64]) -> f64 {
        let off: Vec<f64> = at.iter().zip(&self.mean).map(|(a, m)| a - m).collect();
        -0.5 * self.precision.times(&off).iter().zip(&off).map(|(a, b)| a * b).sum::<f64>()
    }
}

impl Fitted {
    /// The most likely hazards.
    pub fn mode(&self) -> &[f64] {
        &self.at
    }
    /// Hazards that agree with the data, from as many standard normal variables as there are unknowns.
    pub fn draw(&self, normal: Vec<f64>) -> Vec<f64> {
        self.factor.back(normal).iter().zip(&self.at).map(|(d, m)| d + m).collect()
    }
    /// How many unknowns there are.
    pub fn size(&self) -> usize {
        self.at.len()
    }
}
