//! What is so at a moment: people, disease, and all that happened until now.

use super::history::{History, Infection};
use super::marks::Marks;
use super::rates::Rates;
use crate::disease::{Course, Disease, Outcome};
use crate::layer::LAYERS;
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
    /// Who cannot be infected, whatever happens, for longer than any course that runs now.
    pub(super) immune: Marks,
    /// Whether anyone was taken out of `immune` again: only then can someone who is not in it have been infected before.
    pub(super) released: bool,
    /// What vaccination leaves of susceptibility to each status given before the run, by day × 8 + status.
    pub(super) vaccinated: Vec<f32>,
    /// Day of a dose given in the run, plus one, × 8 + status; empty as long as there is none.
    pub(super) doses: Vec<u16>,
    /// By how much contact in each layer can exceed the ordinary, as a share of it; 0 if no response ever makes people meet more.
    pub(super) more: [f32; LAYERS],
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
    #[inline(always)]
    pub fn course(&self, infection: &Infection) -> Course {
        self.disease.course(infection.variant, infection.key(self.key), self.population.person(infection.person))
    }
    /// How an infection ends.
    pub fn outcome(&self, infection: &Infection, course: &Course) -> Outcome {
        let who = self.population.person(infection.person);
        let status = self.status(infection.person, infection.time());
        self.disease.outcome(infection.variant, infection.key(self.key), who, status, course)
    }
    /// Load of a person at a time (days since the start), log10 copies per millilitre, and the variant; none if nothing is detectable.
    pub fn load(&self, person: u32, time: f32) -> Option<(f32, u8)> {
        let infection = &self.history.infections()[self.history.latest(person)? as usize];
        Some((self.course(infection).load(time - infection.time())?, infection.variant))
    }
    /// Vaccination status of a person at a time, days since the start.
    #[inline]
    pub fn status(&self, person: u32, time: f32) -> u8 {
        match self.dose(person, time) {
            Some((status, _)) => status,
            None => self.disease.status(self.population.person(person)),
        }
    }
    /// The status of a dose given in the run, and the days since.
    #[inline]
    fn dose(&self, person: u32, time: f32) -> Option<(u8, f64)> {
        let dose = self.doses.get(person as usize).filter(|d| **d > 0)?;
        Some(((dose & 7) as u8, f64::from(time - f32::from(dose / 8 - 1)).max(0.0)))
    }
    /// Susceptibility of a person to a variant on a day at a time (days since the start), from 0 to 1: age, vaccination, infections had.
    #[inline]
    pub fn susceptibility(&self, person: u32, variant: u8, time: f32) -> f32 {
        if self.immune.has(person) {
            return 0.0;
        }
        let who = self.population.person(person);
        let by_age = self.disease.susceptibility(variant, who.age());
        let by_vaccination = match self.dose(person, time) {
            Some((status, days)) => self.disease.after_vaccination(status, days) as f32,
            None => self.vaccinated[(time as usize).min(self.vaccinated.len() / 8 - 1) * 8 + usize::from(self.disease.status(who))],
        };
        let left = by_age * by_vaccination;
        if self.released { left * self.after_infection(person, variant, time) } else { left }
    }
    fn after_infection(&self, person: u32, variant: u8, time: f32) -> f32 {
        let Some(latest) = self.history.latest(person) else { return 1.0 };
        let infection = &self.history.infections()[latest as usize];
        let left = self.disease.after_infection(infection.variant, variant, f64::from(time - infection.time()));
        if left > 0.0 && self.is_dead(infection) { 0.0 } else { left as f32 }
    }
    /// Before the first day of `days`.
    pub(super) fn new(population: &'a Population, disease: &'a Disease, rates: &'a Rates, seed: u64, days: u32) -> Self {
        let elapsed = |status: u8| disease.vaccination(status).map_or(0.0, |v| v.elapsed);
        let left = |day: u32, status: u8| disease.after_vaccination(status, elapsed(status) + f64::from(day)) as f32;
        Self {
            population,
            disease,
            rates,
            key: Key::new(seed),
            history: History::new(population.len()),
            immune: Marks::new(population.len()),
            released: false,
            vaccinated: (0..days.max(1)).flat_map(|day| (0..8).map(move |status| left(day, status))).collect(),
            doses: Vec::new(),
            more: [0.0; LAYERS],
        }
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
        self.history.bytes() + self.immune.bytes() + self.doses.capacity() * size_of::<u16>()
    }
}
