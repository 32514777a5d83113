//! The nowcast: what agrees with the triangle, by simulation.

use super::completeness::Part;
use super::events::{self, Seen, ln_events};
use super::reporting::Reporting;
use super::triangle::{Triangle, TriangleError};
use crate::random::Random;

/// What is known of the events of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// Reported so far; none if it is not known.
    pub reported: Option<f64>,
    /// The share of the day's events that is reported by now.
    pub share: f64,
    /// Mean of all events of the day.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// 50 % interval.
    pub inner: (f64, f64),
    /// 95 % interval.
    pub outer: (f64, f64),
}

/// A nowcast.
#[derive(Debug, Clone, PartialEq)]
pub struct Nowcast {
    /// By day.
    pub days: Vec<Day>,
    /// All events of the days whose longest delay is not over: mean, and the 95 % interval. Days move together.
    pub recent: (f64, (f64, f64)),
    /// By how much reports scatter more than if each event's were independent, as a share of their number's square: 0 if they do not.
    pub scatter: f64,
}

/// Draws of the hazards of being reported, and of the curve and counts under each.
const HAZARDS: usize = 100;
const CURVES: usize = 20;
/// How many events there were each day, those not reported yet included.
///
/// # Errors
/// If nothing can be fitted: see [`Triangle::new`].
pub fn nowcast(triangle: &Triangle, seed: u64) -> Result<Nowcast, TriangleError> {
    let recent = triangle.looked_at();
    let skipped = triangle.days() - recent.days();
    let reporting = Reporting::of(&recent).ok_or(TriangleError::Empty)?;
    let draws = Draws::of(&recent, &reporting, seed).ok_or(TriangleError::Empty)?;
    let open: Vec<usize> = (0..recent.days()).filter(|t| !recent.complete(*t)).collect();
    let totals = draws.totals(&open);
    let (sum, _, _, interval) = summary(totals);
    let day = |t: usize| {
        let reported = triangle.known(t).then(|| triangle.reported(t));
        match (reported, t.checked_sub(skipped)) {
            (Some(n), _) if triangle.complete(t) => exact(n),
            (reported, Some(k)) => {
                let (mean, median, inner, outer) = summary(draws.events[k].clone());
                Day { reported, share: draws.share[k], mean, median, inner, outer }
            }
            // Older than what is looked at, and not known.
            (_, None) => unknown(),
        }
    };
    Ok(Nowcast { days: (0..triangle.days()).map(day).collect(), recent: (sum, interval), scatter: reporting.scatter })
}

/// A day of which all is known.
fn exact(n: f64) -> Day {
    Day { reported: Some(n), share: 1.0, mean: n, median: n, inner: (n, n), outer: (n, n) }
}

/// A day of which nothing is known.
fn unknown() -> Day {
    let none = f64::NAN;
    Day { reported: None, share: none, mean: none, median: none, inner: (none, none), outer: (none, none) }
}

/// Mean, median, 50 % and 95 % interval.
fn summary(mut of: Vec<f64>) -> (f64, f64, (f64, f64), (f64, f64)) {
    if of.is_empty() {
        return (0.0, 0.0, (0.0, 0.0), (0.0, 0.0));
    }
    of.sort_by(f64::total_cmp);
    let at = |q: f64| of[((of.len() - 1) as f64 * q).round() as usize];
    let mean = of.iter().sum::<f64>() / of.len() as f64;
    (mean, at(0.5), (at(0.25), at(0.75)), (at(0.025), at(0.975)))
}

/// Simulated events.
pub(super) struct Draws {
    /// By day, then by draw; empty for days of which all is known.
    events: Vec<Vec<f64>>,
    /// By day.
    share: Vec<f64>,
}

impl Draws {
    fn of(triangle: &Triangle, reporting: &Reporting<'_>, seed: u64) -> Option<Self> {
        let mut rng = Random::new(seed, 0);
        let days = triangle.days();
        let mut share = vec![0.0; days];
        for f in &reporting.fitted {
            let of = reporting.shares(f.mode());
            share.iter_mut().zip(of).for_each(|(s, x)| *s += f.weight * x);
        }
        // The weights of the hypotheses add up to 1 but for rounding.
        share.iter_mut().for_each(|s| *s = s.min(1.0));
        let curves = events::weigh(&seen(triangle, reporting, &share));
        let mut events = vec![Vec::new(); days];
        for k in 0..HAZARDS {
            // Spread evenly over the hypotheses, and drawn within them.
            let u = (k as f64 + 0.5) / HAZARDS as f64;
            let fitted = pick(&reporting.fitted, u, |f| f.weight)?;
            let hazards = fitted.draw(normals(&mut rng, fitted.size()));
            let seen = seen(triangle, reporting, &reporting.shares(&hazards));
            let v = rng.uniform();
            let (_, scatter, from) = pick(&curves, v, |c| c.0)?;
            let curve = events::fit(&seen, *scatter, Some(from))?;
            for _ in 0..CURVES {
                let at = curve.draw(normals(&mut rng, events::unknowns(days)));
                for t in (0..days).filter(|t| !triangle.complete(*t) || !triangle.known(*t)) {
                    let expected = ln_events(&seen, &at, t).min(MOST).exp();
                    events[t].push(part(reporting, &seen, t).all(seen[t].reported, expected, scatter.size, &mut rng));
                }
            }
        }
        Some(Self { events, share })
    }

    /// What is reported of each day, by draw of the hazards.
    pub fn parts(triangle: &Triangle, reporting: &Reporting<'_>, seed: u64) -> Option<Vec<Vec<Part>>> {
        let mut rng = Random::new(seed, 0);
        let mut one = |k: usize| {
            let fitted = pick(&reporting.fitted, (k as f64 + 0.5) / HAZARDS as f64, |f| f.weight)?;
            let hazards = fitted.draw(normals(&mut rng, fitted.size()));
            let seen = seen(triangle, reporting, &reporting.shares(&hazards));
            Some((0..triangle.days()).map(|t| part(reporting, &seen, t)).collect())
        };
        (0..HAZARDS).map(&mut one).collect()
    }

    /// The sum over some days, by draw.
    fn totals(&self, days: &[usize]) -> Vec<f64> {
        (0..HAZARDS * CURVES).map(|k| days.iter().filter_map(|t| self.events[*t].get(k)).fold(0.0, |a, b| a + b)).collect()
    }
}

fn seen(triangle: &Triangle, reporting: &Reporting<'_>, share: &[f64]) -> Vec<Seen> {
    let of = |(t, share): (usize, &f64)| Seen {
        reported: triangle.known(t).then(|| triangle.reported(t)),
        share: *share,
        scatter: if reporting.scatter > 0.0 { factor_of_variance(triangle, reporting, share, t) } else { 1.0 },
        weekday: triangle.weekday(t),
    };
    share.iter().enumerate().map(of).collect()
}

/// Days around a day from which its expected number is taken.
const AROUND: usize = 3;

/// By how much the number that is reported by now scatters more, because each report does, than a share of all events would.
fn factor_of_variance(triangle: &Triangle, reporting: &Reporting<'_>, share: &f64, t: usize) -> f64 {
    let around = (t.saturating_sub(AROUND)..(t + AROUND + 1).min(triangle.days())).filter(|d| triangle.known(*d));
    let ages = |t: usize| triangle.of(t).len();
    let part = |t: usize| reporting.profile.iter().take(ages(t)).sum::<f64>();
    let (n, days) = around.fold((0.0, 0.01), |(n, days), d| (n + triangle.reported(d), days + part(d)));
    let square = |n: usize| reporting.profile.iter().take(n).map(|p| p * p).sum::<f64>();
    let (so_far, all) = (square(ages(t)), square(reporting.profile.len()));
    1.0 + (reporting.scatter * n / days * (so_far / share - share * all)).max(0.0)
}

/// The squares of the probabilities of what is still to come after so many ages, as a share of the square of their sum.
fn unevenness(profile: &[f64], ages: usize) -> f64 {
    let left = profile.get(ages..).unwrap_or_default();
    let sum: f64 = left.iter().sum();
    if sum > 0.0 { left.iter().map(|p| p * p).sum::<f64>() / (sum * sum) } else { 0.0 }
}

/// The hypothesis at which the weights add up to `u`.
fn pick<T>(of: &[T], u: f64, weight: impl Fn(&T) -> f64) -> Option<&T> {
    let mut sum = 0.0;
    of.iter()
        .find(|x| {
            sum += weight(x);
            sum >= u
        })
        .or(of.last())
}

fn normals(rng: &mut Random, n: usize) -> Vec<f64> {
    (0..n).map(|_| rng.normal()).collect()
}

/// What is reported of a day.
fn part(reporting: &Reporting<'_>, seen: &[Seen], t: usize) -> Part {
    let open = reporting.scatter * unevenness(&reporting.profile, reporting.triangle.of(t).len());
    Part { share: seen[t].share, scatter: seen[t].scatter, open }
}

/// The logarithm of more events than there are people.
const MOST: f64 = 23.0;
