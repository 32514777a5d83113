//! The course of one infection: load, infectiousness, symptoms, outcome. Drawn from a key and never stored: whoever asks again gets the same.

use super::file::{CourseLaw, Severity};
use super::law::Quantiles;
use crate::population::{Person, of_age};
use crate::random::Key;

/// One infection. Times are days after infection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    /// First detectable load.
    pub detectable: f32,
    /// Peak of the load, and of infectiousness.
    pub peak: f32,
    /// Last detectable load.
    pub cleared: f32,
    /// Begin of infectiousness; never after `peak`.
    pub infectious_from: f32,
    /// End of infectiousness; never before `peak`.
    pub infectious_to: f32,
    /// First symptom; none if there is never one.
    pub onset: Option<f32>,
    /// log10 copies per millilitre at the peak.
    pub peak_load: f32,
    /// log10 copies per millilitre that are just detectable.
    pub detectable_load: f32,
    /// Infectiousness over the whole course relative to the variant's mean, as it depends on load, duration and symptoms.
    pub weight: f32,
    /// How many more or fewer than others this person infects outside the home, with mean 1.
    pub abroad: f32,
    /// The same at home.
    pub at_home: f32,
}

impl Course {
    /// Load at a time, log10 copies per millilitre; none if it is not detectable.
    pub fn load(&self, t: f32) -> Option<f32> {
        let share = if t < self.peak {
            (t - self.detectable) / (self.peak - self.detectable)
        } else {
            (self.cleared - t) / (self.cleared - self.peak)
        };
        (share > 0.0).then(|| self.detectable_load + share.min(1.0) * (self.peak_load - self.detectable_load))
    }
    /// Share of the infectiousness that has passed by a time: a triangle from `infectious_from` over `peak` to `infectious_to`.
    pub fn spent(&self, t: f32) -> f32 {
        let (a, p, b) = (self.infectious_from, self.peak, self.infectious_to);
        if t <= a {
            0.0
        } else if t < p {
            (t - a).powi(2) / ((b - a) * (p - a))
        } else if t < b {
            1.0 - (b - t).powi(2) / ((b - a) * (b - p))
        } else {
            1.0
        }
    }
    /// When a share of the infectiousness has passed: the inverse of [`Course::spent`].
    #[inline]
    pub fn when(&self, share: f32) -> f32 {
        let (a, p, b) = (self.infectious_from, self.peak, self.infectious_to);
        let rising = p - a;
        if share * (b - a) < rising { a + (share * (b - a) * rising).sqrt() } else { b - ((1.0 - share) * (b - a) * (b - p)).sqrt() }
    }
}

/// How an infection ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Days after infection at which it becomes severe.
    pub severe: Option<f32>,
    /// Days after infection at which the person dies.
    pub death: Option<f32>,
}

/// Draws courses of one variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Courses {
    incubation: Quantiles,
    peak_after_onset: Quantiles,
    rise: Quantiles,
    fall: Quantiles,
    peak_load: Quantiles,
    abroad: Quantiles,
    at_home: Quantiles,
    detectable_load: f32,
    infectious_load: f32,
    earliest: f32,
    from_onset: bool,
    asymptomatic: [f32; 9],
    quiet: f32,
    /// One over the mean of the infectiousness over a course.
    scale: f32,
}

/// The least time between two knots of a course, days: so that no slope is infinite.
const APART: f32 = 0.1;

impl Courses {
    pub(super) fn new(law: &CourseLaw, abroad: &Quantiles, at_home: &Quantiles) -> Self {
        let mut courses = Self {
            incubation: Quantiles::new(&law.incubation),
            peak_after_onset: Quantiles::new(&law.peak_after_onset),
            rise: Quantiles::new(&law.rise),
            fall: Quantiles::new(&law.fall),
            peak_load: Quantiles::new(&law.peak_load),
            abroad: abroad.clone(),
            at_home: at_home.clone(),
            detectable_load: law.detectable_load as f32,
            infectious_load: law.infectious_load as f32,
            earliest: law.earliest as f32,
            from_onset: law.from_onset,
            asymptomatic: law.asymptomatic.map(|p| p as f32),
            quiet: law.asymptomatic_infectiousness as f32,
            scale: 1.0,
        };
        // The mean over adults of working age, who are most of those infected; 1/sqrt(n) of it is uncertain, but the same for every run.
        let n = 65_536;
        let sum: f64 = (0..n).map(|k| f64::from(courses.draw(Key::new(0).with(k), 40).weight)).sum();
        if sum > 0.0 {
            courses.scale = (f64::from(n as u32) / sum) as f32;
        }
        courses
    }

    /// A bound on the length of a course, days.
    pub(super) fn longest(&self) -> f32 {
        let most = |q: &Quantiles| q.at(1.0 - f32::EPSILON).max(0.0);
        most(&self.incubation).max(self.earliest) + most(&self.peak_after_onset) + most(&self.rise) + most(&self.fall) + 2.0 * APART
    }

    /// The course of this key in a person of this age.
    #[inline]
    pub(super) fn draw(&self, key: Key, age: u8) -> Course {
        let mut draws = key.draws();
        let mut pair = || {
            let bits = draws.bits();
            let unit = |b: u32| (b >> 8) as f32 * (1.0 / (1u32 << 24) as f32);
            [unit((bits >> 32) as u32), unit(bits as u32)]
        };
        let ([p, q], [r, s], [t, u], [v, w]) = (pair(), pair(), pair(), pair());
        let onset = self.incubation.at(p);
        let peak_load = self.peak_load.at(t).max(self.detectable_load + 0.5);
        let wanted = onset + self.peak_after_onset.at(q);
        // Where nobody is infectious before onset, the peak is not before it either. A course too short for its rise rises faster.
        let peak = if self.from_onset { wanted.max(onset) } else { wanted }.max(self.earliest + APART);
        let detectable = (peak - self.rise.at(r).max(APART)).max(self.earliest);
        let cleared = peak + self.fall.at(s).max(APART);
        let above = ((peak_load - self.infectious_load) / (peak_load - self.detectable_load)).clamp(0.0, 1.0);
        let quiet = u < self.asymptomatic[usize::from(age / 10).min(8)];
        let crossing = peak - above * (peak - detectable);
        let from = if self.from_onset { crossing.max(onset) } else { crossing };
        let to = peak + (above * (cleared - peak)).max(APART);
        let height = (peak_load - self.infectious_load).max(0.0) * if quiet { self.quiet } else { 1.0 };
        Course {
            detectable,
            peak,
            cleared: cleared.max(to),
            infectious_from: from,
            infectious_to: to,
            onset: (!quiet).then_some(onset),
            peak_load,
            detectable_load: self.detectable_load,
            weight: height * (to - from) / 2.0 * self.scale,
            abroad: self.abroad.at(v),
            at_home: self.at_home.at(w),
        }
    }
}

/// Draws outcomes of one variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcomes {
    law: Severity,
    severe_after: Quantiles,
    death_after: Quantiles,
}

impl Outcomes {
    pub(super) fn new(law: &Severity) -> Self {
        Self {
            severe_after: Quantiles::new(&law.severe_after_onset),
            death_after: Quantiles::new(&law.death_after_onset),
            law: law.clone(),
        }
    }
    /// The outcome of this key in this person, whose vaccination leaves `risk` of being severe.
    pub(super) fn draw(&self, key: Key, course: &Course, who: Person, risk: f64) -> Outcome {
        let mut draws = key.draws();
        let (severe, death) = (draws.unit(), draws.unit());
        let (severe_after, death_after) = (self.severe_after.at(draws.unit32()).max(0.0), self.death_after.at(draws.unit32()).max(0.0));
        let onset = course.onset.filter(|_| severe < of_age(&self.law.severe, who.age()) * risk);
        let dies = onset.filter(|_| death < of_age(&self.law.death, who.age()));
        Outcome { severe: onset.map(|t| t + severe_after), death: dies.map(|t| t + death_after.max(severe_after)) }
    }
}
