//! From the last day of which all is known into the days after it: first through those of which not all is reported yet, then ahead.
//!
//! Of an open day one sees the part that is reported. Several courses of what is still to come go through the open days together. Each believes something
//! of R, learns from what is reported, and completes the day with what it then expects to come; those that explain worse what is reported next are
//! dropped, the others doubled (a Rao-Blackwellised particle filter; Doucet, de Freitas, Murphy & Russell 2000, UAI 16:176). So R on the last day is
//! learnt from the open days, too, and the futures begin with completed counts, each with those of one of the courses.

use super::cases::{Fitted, KEPT_ABOVE, KEPT_BELOW, Past};
use super::change::Stated;
use super::draw::{Draw, MOST};
use super::trend::{Belief, HIGHEST, LEAP, LEAPS, Way};
use crate::interval::SerialInterval;
use crate::nowcast::Completeness;
use crate::scores::ln_count;

/// One of the ways in which the days after the last may go.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The cases of the last days of the past of which not all are reported yet, completed; empty if all is known.
    pub recent: Vec<f64>,
    /// New cases by day: all, or those infected here.
    pub cases: Vec<f64>,
    /// Of what mean the cases of a day were drawn.
    pub means: Vec<f64>,
    /// The size of the negative binomial distribution of which they were drawn; infinite: Poisson.
    pub size: f64,
    /// R by day.
    pub r: Vec<f64>,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Ahead<'a> {
    /// Days ahead.
    pub days: usize,
    /// Futures.
    pub samples: usize,
    /// How complete the last days are; none: all is known of them.
    pub late: Option<&'a Completeness>,
    /// Planned changes.
    pub stated: Stated<'a>,
}

impl Ahead<'_> {
    /// So many futures of so many days from counts that are complete.
    pub fn of(days: usize, samples: usize) -> Self {
        Self { days, samples, late: None, stated: Stated::default() }
    }
}

/// Courses of what is still to come.
const COURSES: usize = 400;

/// One course through the days of which not all is reported.
#[derive(Clone)]
struct Course<'a> {
    way: &'a Way,
    belief: Belief,
    /// Cases without a source a day.
    nowhere: f64,
    /// Since the last complete day: all that infect, the weekday taken out.
    sources: Vec<f64>,
    cases: Vec<f64>,
    /// Which of the draws of completeness is taken.
    part: usize,
    /// The logarithm of how well it explains what was reported since courses were dropped last.
    ln_weight: f64,
}

/// What all futures have in common.
pub(super) struct Walk<'a> {
    fitted: &'a Fitted,
    w: &'a SerialInterval,
    /// The infectivity of the complete days on each of the days after them.
    past: Vec<f64>,
}

impl<'a> Walk<'a> {
    /// For so many days after the complete ones.
    pub fn new(fitted: &'a Fitted, w: &'a SerialInterval, days: usize) -> Self {
        let t = fitted.sources.len();
        let past = (0..days).map(|h| fitted.sources.iter().enumerate().map(|(s, n)| n * w.of(t + h - s)).sum()).collect();
        Self { fitted, w, past }
    }

    /// Draws paths; `past` goes on from the complete days to the last one.
    pub fn paths(&self, past: &Past, ahead: &Ahead<'_>, draw: &mut Draw) -> Vec<Path> {
        let open = past.days() - self.fitted.sources.len();
        let Some(late) = ahead.late.filter(|_| open > 0) else {
            let mut one = || Some(self.ahead(&self.begin(draw.uniform(), 0, draw)?, &ahead.stated, draw));
            return (0..ahead.samples).filter_map(|_| one()).collect();
        };
        let mut begin = |k: usize| self.begin((k as f64 + draw.uniform()) / COURSES as f64, k, draw);
        let mut courses: Vec<Course<'_>> = (0..COURSES).filter_map(&mut begin).collect();
        for h in 0..open {
            courses.iter_mut().for_each(|c| self.through(c, h, past, late, draw));
            if few(&courses) {
                courses = kept(&courses, draw.uniform());
            }
        }
        let of = taken(&even_if_none(&courses), ahead.samples, draw.uniform());
        of.into_iter().filter_map(|k| Some(self.ahead(courses.get(k)?, &ahead.stated, draw))).collect()
    }

    /// At the end of the complete days; `u` picks one of the ways there.
    fn begin(&self, u: f64, part: usize, draw: &mut Draw) -> Option<Course<'a>> {
        let ways = &self.fitted.ways;
        let mut left = u;
        let way = ways.iter().find(|w| {
            left -= w.probability;
            left < 0.0
        });
        let way = way.or(ways.last())?;
        let nowhere = draw.gamma(self.fitted.nowhere.0, 1.0 / self.fitted.nowhere.1);
        Some(Course { way, belief: way.belief.clone(), nowhere, sources: Vec::new(), cases: Vec::new(), part, ln_weight: 0.0 })
    }

    /// A course through an open day.
    fn through(&self, c: &mut Course<'_>, h: usize, past: &Past, late: &Completeness, draw: &mut Draw) {
        let day = self.fitted.sources.len() + h;
        let (part, reported) = (late.of(c.part, day), past.counts()[day]);
        let (infectivity, factor) = (self.infectivity(&c.sources, h), self.weekday(h));
        let mean = |r: f64| ((r * infectivity + c.nowhere) * factor).min(MOST);
        let before = c.way.later(&c.belief);
        let mut told = before.clone();
        if let Some(n) = reported {
            c.ln_weight += told.see(|r| ln_count(n, part.share * mean(r), c.way.size) / part.scatter);
        }
        let r = told.draw(draw.uniform()).0.exp();
        let most = reported.unwrap_or(0.0) + MOST;
        let cases = part.all(reported, mean(r), c.way.size, draw.random()).min(most);
        c.belief = before;
        c.belief.see(|r| ln_count(cases, mean(r), c.way.size));
        c.sources.push(cases / factor + past.imported()[day]);
        c.cases.push(cases);
    }

    /// The days ahead.
    fn ahead(&self, course: &Course<'_>, stated: &Stated<'_>, draw: &mut Draw) -> Path {
        let (way, open) = (course.way, course.cases.len());
        let changes = stated.transmission(self.fitted.sources.len() + open, self.past.len() - open, draw);
        let mut before = 0.0;
        let (mut ln_r, mut trend) = course.belief.draw(draw.uniform());
        let imports = draw.gamma(self.fitted.imports.0, 1.0 / self.fitted.imports.1);
        let mut sources = course.sources.clone();
        let mut path = Path { recent: course.cases.clone(), cases: Vec::new(), means: Vec::new(), size: way.size, r: Vec::new() };
        for h in open..self.past.len() {
            trend = way.turn(trend, draw.uniform());
            let stated = changes.get(h - open).copied().unwrap_or(0.0);
            ln_r += stated - before;
            before = stated;
            // Growth that is stated is not answered; a fall that is stated is an answer.
            let level = stated.max(0.0);
            let (kept, change) = if ln_r > level { (KEPT_ABOVE, trend.change().min(0.0)) } else { (KEPT_BELOW, trend.change()) };
            ln_r = level + kept * (ln_r - level) + change + way.walk * draw.normal();
            if draw.uniform() < LEAPS {
                ln_r += draw.laplace(LEAP);
            }
            // No higher than R was looked for in the past.
            ln_r = ln_r.min(HIGHEST.ln());
            let (r, factor) = (ln_r.exp(), self.weekday(h));
            let mean = ((r * self.infectivity(&sources, h) + course.nowhere) * factor).min(MOST);
            let cases = draw.count(mean, way.size);
            sources.push(cases / factor + draw.count(imports, f64::INFINITY));
            path.cases.push(cases);
            path.means.push(mean);
            path.r.push(r);
        }
        path
    }

    /// Of a day after the complete ones; `sources` are those since then.
    fn infectivity(&self, sources: &[f64], h: usize) -> f64 {
        self.past[h] + sources.iter().rev().enumerate().map(|(k, n)| n * self.w.of(k + 1)).sum::<f64>()
    }
    fn weekday(&self, h: usize) -> f64 {
        self.fitted.weekday[(self.fitted.sources.len() + h) % 7]
    }
}

/// The weights of all, by that of the best; none if no one explains what was seen.
fn weights(all: &[Course<'_>]) -> Option<Vec<f64>> {
    let most = all.iter().map(|w| w.ln_weight).fold(f64::NEG_INFINITY, f64::max);
    most.is_finite().then(|| all.iter().map(|w| (w.ln_weight - most).exp()).collect())
}

/// Whether the weights are so uneven that they are worth as few as half of them (Kong, Liu & Wong 1994, J Am Stat Assoc 89:278).
fn few(all: &[Course<'_>]) -> bool {
    let Some(weights) = weights(all) else { return true };
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(a, b), w| (a + w, b + w * w));
    sum * sum / squares < 0.5 * all.len() as f64
}

/// The weights of all; the same for all where none explains what was seen.
fn even_if_none(all: &[Course<'_>]) -> Vec<f64> {
    weights(all).unwrap_or_else(|| vec![1.0; all.len()])
}

/// As many as there are, each as often as its weight says, and then all of the same weight.
fn kept<'a>(all: &[Course<'a>], u: f64) -> Vec<Course<'a>> {
    let of = taken(&even_if_none(all), all.len(), u);
    of.into_iter().map(|k| Course { ln_weight: 0.0, ..all[k].clone() }).collect()
}

/// So many indices of weights, each as often as its weight says (systematic resampling; Kitagawa 1996, J Comput Graph Stat 5:1), from an evenly drawn `u`.
fn taken(weights: &[f64], many: usize, u: f64) -> Vec<usize> {
    let step = weights.iter().sum::<f64>() / many as f64;
    let (mut sum, mut taken) = (0.0, Vec::with_capacity(many));
    for (k, weight) in weights.iter().enumerate() {
        sum += weight;
        while (taken.len() as f64 + u) * step < sum && taken.len() < many {
            taken.push(k);
        }
    }
    // What rounding left out.
    taken.resize(many, weights.len().saturating_sub(1));
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sifting_keeps_the_number_and_follows_the_weights() {
        let weights: Vec<f64> = (0..1_000).map(|k| if k < 500 { 1.0 } else { 3.0 }).collect();
        let all = taken(&weights, 1_000, 0.4);
        assert_eq!((all.len(), all.iter().filter(|k| **k >= 500).count()), (1_000, 750));
        assert_eq!(taken(&[1e-300; 1_000], 1_000, 0.999), (0..1_000).collect::<Vec<_>>());
    }
}
