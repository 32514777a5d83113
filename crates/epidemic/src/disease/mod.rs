//! A disease: how it runs in one person, how it protects and is protected from, and the files that say so.

mod course;
mod file;
mod law;
mod presets;

pub use course::{Course, Outcome};
pub use file::{CourseLaw, DiseaseFile, Immunity, Intensity, Severity, Susceptibility, Transmission, Vaccination, Variant};
pub use law::{Family, Law, Quantiles};
pub use presets::{PRESETS, preset};

use crate::population::{OLDEST, Person, READINESS, of_age};
use crate::random::Key;
use course::{Courses, Outcomes};

/// Purposes of draws, so that none is made twice from one key.
mod purpose {
    pub(super) const COURSE: u64 = 1;
    pub(super) const OUTCOME: u64 = 2;
}

/// Why a file is no disease.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DiseaseError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It has no variant, or more than 16.
    #[error("a disease has 1 to 16 variants, not {0}")]
    Variants(usize),
    /// A value is impossible.
    #[error("{variant}: {what}")]
    Impossible {
        /// Which variant, or part of the file.
        variant: String,
        /// What is wrong.
        what: &'static str,
    },
}

/// A disease, ready to be drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Disease {
    file: DiseaseFile,
    courses: Vec<Courses>,
    outcomes: Vec<Outcomes>,
    /// By variant and single year of age.
    susceptibility: Vec<f32>,
    /// Vaccination status at the start by tens of age and readiness.
    statuses: Vec<u8>,
}

impl Disease {
    /// From its file.
    ///
    /// # Errors
    /// If a value is impossible, or there is no variant.
    pub fn new(file: DiseaseFile) -> Result<Self, DiseaseError> {
        if file.variants.is_empty() || file.variants.len() > 16 {
            return Err(DiseaseError::Variants(file.variants.len()));
        }
        file.variants.iter().try_for_each(sound)?;
        sound_immunity(&file)?;
        let courses = file.variants.iter().map(|v| {
            let individual = |k: f64| Quantiles::new(&Law::individual(k));
            Courses::new(&v.course, &individual(v.transmission.dispersion), &individual(v.transmission.dispersion_home))
        });
        let outcomes = file.variants.iter().map(|v| Outcomes::new(&v.severity)).collect();
        let susceptibility =
            file.variants.iter().flat_map(|v| (0..=OLDEST).map(|age| of_age(&v.susceptibility.by_age, age) as f32)).collect();
        Ok(Self { courses: courses.collect(), outcomes, susceptibility, statuses: statuses(&file.vaccination), file })
    }
    /// From the text of a TOML file.
    ///
    /// # Errors
    /// As [`Disease::new`], or if the text is not of this form.
    pub fn parse(text: &str) -> Result<Self, DiseaseError> {
        Self::new(toml::from_str(text).map_err(|e| DiseaseError::Unreadable(e.to_string()))?)
    }
    /// What it was made from.
    pub fn file(&self) -> &DiseaseFile {
        &self.file
    }
    /// The course of an infection with a variant. `key` is that of the infection (seed, person, episode).
    #[inline]
    pub fn course(&self, variant: u8, key: Key, who: Person) -> Course {
        self.courses[usize::from(variant)].draw(key.with(purpose::COURSE), who.age())
    }
    /// Days after which nobody is infectious or has a detectable load.
    pub fn longest(&self) -> u32 {
        self.courses.iter().map(|c| c.longest().ceil() as u32).max().unwrap_or(0)
    }
    /// Vaccination status of a person at the start: 0 is none, 1 the first of the file.
    #[inline]
    pub fn status(&self, who: Person) -> u8 {
        self.statuses[usize::from(who.age() / 10).min(8) * usize::from(READINESS) + usize::from(who.readiness())]
    }
    /// The outcome of an infection in someone with this vaccination status.
    pub fn outcome(&self, variant: u8, key: Key, who: Person, status: u8, course: &Course) -> Outcome {
        let risk = self.vaccination(status).map_or(1.0, |v| 1.0 - v.severe);
        self.outcomes[usize::from(variant)].draw(key.with(purpose::OUTCOME), course, who, risk)
    }
    /// What a vaccination status does; none for status 0.
    pub fn vaccination(&self, status: u8) -> Option<&Vaccination> {
        self.file.vaccination.get(usize::from(status).checked_sub(1)?)
    }
    /// Susceptibility by age alone, relative to the most susceptible.
    #[inline]
    pub fn susceptibility(&self, variant: u8, age: u8) -> f32 {
        self.susceptibility[usize::from(variant) * (usize::from(OLDEST) + 1) + usize::from(age)]
    }
    /// Share of an age who have this status, or a higher one, when a run begins.
    pub fn covered(&self, status: u8, age: u8) -> f64 {
        let from = usize::from(status.max(1)) - 1;
        let band = usize::from(age / 10).min(8);
        self.file.vaccination.get(from..).into_iter().flatten().map(|v| v.coverage[band]).fold(0.0, f64::max)
    }
    /// What is left of susceptibility this many days after vaccination with a status.
    pub fn after_vaccination(&self, status: u8, days: f64) -> f64 {
        self.vaccination(status).map_or(1.0, |v| 1.0 - v.infection * (-days / v.half_life).exp2())
    }
    /// What is left of susceptibility to `met` this many days after infection with `had`.
    pub fn after_infection(&self, had: u8, met: u8, days: f64) -> f64 {
        let immunity = &self.file.immunity;
        if days < immunity.refractory {
            return 0.0;
        }
        1.0 - immunity.cross[usize::from(had)][usize::from(met)] * (-(days - immunity.refractory) / immunity.half_life).exp2()
    }
    /// By how much someone vaccinated is less infectious.
    pub fn onward(&self, status: u8) -> f64 {
        self.vaccination(status).map_or(1.0, |v| 1.0 - v.onward)
    }
    /// The cycle threshold of a load, log10 copies per millilitre.
    pub fn ct(&self, variant: u8, load: f32) -> f32 {
        let law = &self.file.variants[usize::from(variant)].course;
        law.ct_of_one as f32 - law.ct_per_log as f32 * load
    }
}

fn statuses(vaccination: &[Vaccination]) -> Vec<u8> {
    let last = |age: usize, readiness: u8| {
        let covered = |v: &Vaccination| (f64::from(readiness) + 0.5) / f64::from(READINESS) < v.coverage[age];
        vaccination.iter().rposition(covered).map_or(0, |k| k as u8 + 1)
    };
    (0..9).flat_map(|age| (0..READINESS).map(move |readiness| last(age, readiness))).collect()
}

fn share(x: f64) -> bool {
    (0.0..=1.0).contains(&x)
}

/// A dispersion above this is that of Poisson numbers, however large; infinity says so.
const EVEN: f64 = 10_000.0;
/// Days; no course of an infection is longer.
const LONGEST: f64 = 10_000.0;

fn sound(v: &Variant) -> Result<(), DiseaseError> {
    let c = &v.course;
    let (t, s) = (&v.transmission, &v.severity);
    let laws = [&c.incubation, &c.peak_after_onset, &c.rise, &c.fall, &c.peak_load, &s.severe_after_onset, &s.death_after_onset];
    let shares = |values: &[f64; 9]| values.iter().all(|p| share(*p));
    let checks = [
        (laws.iter().all(|l| l.is_sound()), "a distribution has no finite mean and standard deviation, or a negative one"),
        (t.reproduction >= 0.0 && t.reproduction < 100.0, "reproduction is between 0 and 100"),
        ((0.0..1.0).contains(&t.household_attack), "household_attack is a share below 1"),
        (t.household_exponent.abs() <= 10.0, "household_exponent is between -10 and 10"),
        (
            [t.dispersion, t.dispersion_home].iter().all(|k| *k > 0.0 && (*k <= EVEN || k.is_infinite())),
            "a dispersion is above 0 and at most 10,000, or inf: all alike",
        ),
        (
            laws.iter().all(|l| l.mean.abs() <= LONGEST && l.sd <= LONGEST),
            "a distribution has a mean or a standard deviation beyond 10,000",
        ),
        ((0.0..=LONGEST).contains(&c.earliest), "earliest is between 0 and 10,000 days"),
        (
            [c.detectable_load, c.infectious_load].iter().all(|l| l.abs() <= 20.0),
            "a load is between -20 and 20, log10 copies per millilitre",
        ),
        ((0.0..=200.0).contains(&c.ct_of_one), "ct_of_one is between 0 and 200"),
        (c.ct_per_log > 0.0 && c.ct_per_log <= 20.0, "ct_per_log is above 0 and at most 20"),
        (share(c.asymptomatic_infectiousness), "asymptomatic_infectiousness is a share"),
        (shares(&c.asymptomatic) && shares(&s.severe) && shares(&s.death), "shares by age lie between 0 and 1"),
        (shares(&v.susceptibility.by_age), "susceptibility lies between 0 and 1"),
    ];
    checks.iter().find(|(fine, _)| !fine).map_or(Ok(()), |(_, what)| Err(DiseaseError::Impossible { variant: v.name.clone(), what }))
}

fn sound_immunity(file: &DiseaseFile) -> Result<(), DiseaseError> {
    let n = file.variants.len();
    let immunity = &file.immunity;
    let square = immunity.cross.len() == n && immunity.cross.iter().all(|row| row.len() == n && row.iter().all(|p| share(*p)));
    let vaccinations =
        file.vaccination.iter().all(|v| v.coverage.iter().all(|p| share(*p)) && share(v.infection) && share(v.onward) && share(v.severe));
    let times = file.vaccination.iter().all(|v| v.half_life > 0.0 && v.elapsed >= 0.0 && v.elapsed.is_finite());
    let i = &file.intensity;
    let intense = [i.unit, i.school, i.work, i.care, i.market, i.travel].iter().all(|x| (0.0..=1e6).contains(x));
    let checks = [
        (square, "cross has a row and a column for each variant, shares"),
        (immunity.half_life > 0.0 && immunity.refractory >= 0.0, "half_life is above 0, refractory not below"),
        (vaccinations && file.vaccination.len() < 8, "at most 7 vaccination statuses, of shares"),
        (times, "a vaccination's half_life is above 0, its elapsed not below"),
        (intense, "intensities are between 0 and 1,000,000"),
    ];
    checks.iter().find(|(fine, _)| !fine).map_or(Ok(()), |(_, what)| Err(DiseaseError::Impossible { variant: file.name.clone(), what }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    /// Why a file that comes with Quell is no disease after a change.
    fn refused(change: impl FnOnce(&mut DiseaseFile)) -> String {
        let mut file = preset("covid-ba5").unwrap().unwrap().file().clone();
        change(&mut file);
        Disease::new(file).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn numbers_that_no_course_can_be_drawn_from_are_refused() {
        for x in [f64::NAN, -1.0, 1e300] {
            assert!(refused(|f| f.variants[0].transmission.dispersion = x).contains("a dispersion is above 0 and at most"));
        }
        for x in [f64::NAN, f64::INFINITY, 1e300] {
            assert!(refused(|f| f.variants[0].course.detectable_load = x).contains("a load is between"));
            assert!(refused(|f| f.variants[0].course.earliest = x).contains("earliest is between"));
            assert!(refused(|f| f.variants[0].course.ct_of_one = x).contains("ct_of_one is between"));
            assert!(refused(|f| f.variants[0].course.rise.mean = x).contains("a distribution has"));
            assert!(refused(|f| f.intensity.work = x).contains("intensities are between"));
        }
        assert!(refused(|f| f.vaccination[0].elapsed = f64::NAN).contains("elapsed"));
    }
}
