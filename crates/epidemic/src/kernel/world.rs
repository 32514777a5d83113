//! What is so at a moment: people, disease, and all that happened until now.

use super::history::{DAY, History, Infection};
use super::rates::Rates;
use crate::disease::{Course, Disease, Outcome};
use crate::population::Population;
use crate::random::Key;

/// The state of a run, as everyone may see it.
#[derive(Debug, Clone)]
pub struct World<'a> {
    pub(super) population: &'a Population,
    pub(super) disease: &'a Disease,
    pub(super) rates: &'a Rates,
    pub(super) key: Key,
    pub(super) history: History,
    /// Day of a dose given in the run, plus one, × 8 + status; empty as long as there is none.
    pub(super) doses: Vec<u16>,
}

impl<'a> World<'a> {
    /// The people.
    pub fn population(&self) -> &'a Population {
        self.population
    }
    /// The disease.
    pub fn disease(&self) -> &'a Disease {
        self.disease
    }
    /// Who was infected, when, by whom.
    pub fn history(&self) -> &History {
        &self.history
    }
    /// The seed's key. Whoever draws for a purpose of their own takes a key below it with a number above 2³² first.
    pub fn key(&self) -> Key {
        self.key
    }
    /// The course of an infection.
    #[inline]
    pub fn course(&self, infection: &Infection) -> Course {
        self.disease.course(infection.variant, infection.key(self.key), self.population.person(infection.person))
    }
    /// How an infection ends.
    pub fn outcome(&self, infection: &Infection, course: &Course) -> Outcome {
        let who = self.population.person(infection.person);
        let (status, _) = self.status(infection.person, infection.time());
        self.disease.outcome(infection.variant, infection.key(self.key), who, status, course)
    }
    /// Load of a person at a time (days since the start), log10 copies per millilitre, and the variant; none if nothing is detectable.
    pub fn load(&self, person: u32, time: f32) -> Option<(f32, u8)> {
        let infection = &self.history.infections()[self.history.latest(person)? as usize];
        Some((self.course(infection).load(time - infection.time())?, infection.variant))
    }
    /// Vaccination status of a person, and the days since that vaccination at a time.
    #[inline]
    pub(super) fn status(&self, person: u32, time: f32) -> (u8, f64) {
        if let Some(dose) = self.doses.get(person as usize).filter(|d| **d > 0) {
            return ((dose & 7) as u8, f64::from(time - f32::from(dose / 8 - 1)).max(0.0));
        }
        let status = self.disease.status(self.population.person(person));
        (status, self.disease.vaccination(status).map_or(0.0, |v| v.elapsed + f64::from(time)))
    }
    /// Susceptibility of a person to a variant at a time, from 0 to 1: age, vaccination, infections had.
    #[inline]
    pub fn susceptibility(&self, person: u32, variant: u8, time: f32) -> f32 {
        let latest = self.history.latest(person);
        let had = latest.map_or(1.0, |i| {
            let infection = &self.history.infections()[i as usize];
            let days = f64::from(time - infection.time());
            let left = self.disease.after_infection(infection.variant, variant, days);
            if left > 0.0 && self.is_dead(infection) { 0.0 } else { left }
        });
        had as f32 * self.unexposed(person, variant, time)
    }
    /// The most that susceptibility can be at a later time, whatever happens until then.
    #[inline]
    pub(super) fn susceptibility_bound(&self, person: u32, variant: u8, time: f32) -> f32 {
        let had = self.history.latest(person).map_or(1.0, |i| {
            let days = f64::from(time - self.history.infections()[i as usize].time());
            let variants = self.disease.file().variants.len() as u8;
            (0..variants).map(|had| self.disease.after_infection(had, variant, days)).fold(0.0, f64::max)
        });
        if had == 0.0 { 0.0 } else { had as f32 * self.unexposed(person, variant, time) }
    }
    #[inline]
    fn unexposed(&self, person: u32, variant: u8, time: f32) -> f32 {
        let by_age = self.disease.susceptibility(variant, self.population.person(person).age());
        let (status, days) = self.status(person, time);
        if status == 0 { by_age } else { by_age * self.disease.after_vaccination(status, days) as f32 }
    }
    fn is_dead(&self, infection: &Infection) -> bool {
        self.outcome(infection, &self.course(infection)).death.is_some()
    }
    pub(super) fn vaccinate(&mut self, person: u32, status: u8, tomorrow: u32) {
        if self.doses.is_empty() {
            self.doses = vec![0; self.population.len() as usize];
        }
        // 8,190 days are 22 years.
        self.doses[person as usize] = ((tomorrow.min(8_190) + 1) as u16) << 3 | u16::from(status & 7);
    }
    /// Bytes of what changes in a run.
    pub fn bytes(&self) -> usize {
        self.history.bytes() + self.doses.capacity() * size_of::<u16>()
    }
}

/// A time in ticks.
#[inline]
pub(super) fn ticks(day: u32, when: u16) -> u32 {
    day * DAY + u32::from(when)
}
