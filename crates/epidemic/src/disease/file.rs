//! A disease as data. Every table says where its values are from.

use super::law::Law;
use crate::population::Vec10;
use serde::{Deserialize, Serialize};

/// A disease: one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiseaseFile {
    /// What it is called.
    pub name: String,
    /// In words.
    pub title: String,
    /// Its variants; at least one.
    pub variants: Vec<Variant>,
    /// How close contacts are, by setting.
    pub intensity: Intensity,
    /// Vaccination, by status: the first entry is status 1 (0 is no vaccination).
    #[serde(default)]
    pub vaccination: Vec<Vaccination>,
    /// What an infection leaves.
    pub immunity: Immunity,
}

/// A variant of the disease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What it is called.
    pub name: String,
    /// How much it spreads.
    pub transmission: Transmission,
    /// Its course in one person.
    pub course: CourseLaw,
    /// How ill it makes.
    pub severity: Severity,
    /// Susceptibility to infection by age, relative to the most susceptible.
    pub susceptibility: Susceptibility,
}

/// How much a variant spreads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transmission {
    /// Where the values are from.
    pub source: String,
    /// Infections caused by an average person infected early, with the contacts of the population, without measures.
    pub reproduction: f64,
    /// Whether `reproduction` and `household_attack` are those among people vaccinated as this file says (as measured in 2022), or among people of whom
    /// nobody is protected.
    pub as_vaccinated: bool,
    /// Household secondary attack rate: the chance that someone infected infects a given member of the household, averaged over the population's households.
    pub household_attack: f64,
    /// How a household's contact thins with its size: the hazard of a pair goes with (members − 1)^−exponent; 0 each pair meets alike, 1 everyone divides one
    /// sum of contact (Cauchemez et al. 2004, Statistics in Medicine 23:3469).
    pub household_exponent: f64,
    /// Dispersion k of the number of infections that one person causes outside the home (Lloyd-Smith et al. 2005, Nature 438:355): smaller is more uneven.
    pub dispersion: f64,
    /// The same within the home and the stairwell.
    pub dispersion_home: f64,
}

/// The course of an infection. Loads are log10 copies per millilitre; they rise to a peak and fall, both linearly (Kissler et al. 2021, PLoS Biology
/// 19:e3001333; Larremore et al. 2021, Science Advances 7:eabd5393); infectiousness is what they exceed `infectious_load` by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseLaw {
    /// Where the values are from.
    pub source: String,
    /// From infection to onset, days. Those who never have symptoms have the same time line without an onset.
    pub incubation: Law,
    /// From onset to the peak of the load, days; negative before onset.
    pub peak_after_onset: Law,
    /// From the first detectable load to the peak, days.
    pub rise: Law,
    /// From the peak to the last detectable load, days.
    pub fall: Law,
    /// The load at the peak.
    pub peak_load: Law,
    /// The load that a sensitive test just detects.
    pub detectable_load: f64,
    /// The load above which a person is infectious.
    pub infectious_load: f64,
    /// No load is detectable and nobody infectious before this, days after infection.
    pub earliest: f64,
    /// Whether nobody is infectious before onset.
    pub from_onset: bool,
    /// Cycle threshold of a load of 1 copy per millilitre.
    pub ct_of_one: f64,
    /// Cycles by which the threshold falls with each tenfold load; 3.32 for a perfect reaction.
    pub ct_per_log: f64,
    /// Share of infections without any symptom, by age.
    pub asymptomatic: Vec10,
    /// Infectiousness of those without symptoms, relative to the others'.
    pub asymptomatic_infectiousness: f64,
}

/// How ill it makes. Ages are in tens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Severity {
    /// Where the values are from.
    pub source: String,
    /// Share of infections with symptoms that become severe (need a hospital), without vaccination.
    pub severe: Vec10,
    /// Share of the severe who die.
    pub death: Vec10,
    /// From onset to becoming severe, days.
    pub severe_after_onset: Law,
    /// From onset to death, days.
    pub death_after_onset: Law,
}

/// Susceptibility by age.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Susceptibility {
    /// Where the values are from.
    pub source: String,
    /// In tens of years; at most 1.
    pub by_age: Vec10,
}

/// How likely a contact passes the disease on, by setting, relative to each other. The household's is set by its attack rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intensity {
    /// Where the values are from.
    pub source: String,
    /// Stairwell unit.
    pub unit: f64,
    /// Class and school.
    pub school: f64,
    /// Team and workplace.
    pub work: f64,
    /// Nursing home.
    pub care: f64,
    /// Market.
    pub market: f64,
    /// Elsewhere.
    pub travel: f64,
}

/// A vaccination status and what it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vaccination {
    /// In words.
    pub name: String,
    /// Where the values are from.
    pub source: String,
    /// Share of each age, in tens, that has this status or a later one of the file at the start. Whoever could have several has the last.
    pub coverage: Vec10,
    /// Protection from infection when fresh, 0 to 1.
    pub infection: f64,
    /// By how much an infection despite it is less infectious, 0 to 1.
    pub onward: f64,
    /// Protection from severe illness of those infected, 0 to 1.
    pub severe: f64,
    /// Days in which the protection from infection halves.
    pub half_life: f64,
    /// Days since vaccination of those who have it at the start, on average.
    pub elapsed: f64,
}

/// What an infection leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Immunity {
    /// Where the values are from.
    pub source: String,
    /// Days after infection without any further one.
    pub refractory: f64,
    /// Protection from infection right after, for each variant had (rows) against each variant met (columns).
    pub cross: Vec<Vec<f64>>,
    /// Days in which it halves.
    pub half_life: f64,
}
