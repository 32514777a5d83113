//! What is decided besides the protocol: a file. The protocol says what follows from a case; a policy says how far one goes and with what means.

mod check;

pub use check::{PolicyError, plain};

use serde::{Deserialize, Serialize};

/// One policy. Everything has a default, so that an empty file is a policy: symptoms, contacts and zones by the protocol, no screening of areas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What it is called.
    pub name: String,
    /// The protocol that it goes with, if not the one that all runs are asked for.
    pub protocol: Option<String>,
    /// Whether anyone is sampled, isolated or traced at all. False: only closures, masks and vaccination.
    pub response: bool,
    /// Those who fall ill.
    pub symptoms: Symptoms,
    /// Regular tests of occupations.
    pub occupations: Occupations,
    /// Rounds in which everyone of an area is sampled; none if left out.
    pub screening: Option<Screening>,
    /// Investigation of cases and search for their contacts.
    pub tracing: Tracing,
    /// Risk zones.
    pub zones: Zones,
    /// What is closed, when, where.
    pub closures: Vec<Closure>,
    /// Masks.
    pub masks: Option<Masks>,
    /// Vaccination during the outbreak.
    pub vaccination: Option<Campaign>,
    /// How people go along.
    pub compliance: Compliance,
    /// Means.
    pub means: Means,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: "protocol".to_owned(),
            protocol: None,
            response: true,
            symptoms: Symptoms::default(),
            occupations: Occupations::default(),
            screening: None,
            tracing: Tracing::default(),
            zones: Zones::default(),
            closures: Vec::new(),
            masks: None,
            vaccination: None,
            compliance: Compliance::default(),
            means: Means::default(),
        }
    }
}

/// Those who fall ill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Symptoms {
    /// Share of those with symptoms who come to be tested before anybody looks for them.
    pub come: f64,
    /// From onset until they come, mean days (exponential).
    pub after_days: f64,
    /// Days from the start on which clinics begin to test; before, only severe cases are found.
    pub from_day: u32,
    /// How many times more somebody ill is swabbed whose swab was negative, a day apart.
    pub again: u8,
    /// Ill for other reasons: tests at clinics, per 1,000 people and day, those again included.
    pub others_per_1000: f64,
}

impl Default for Symptoms {
    fn default() -> Self {
        // Assumptions: no source gives the share of ill people who came to a fever clinic in autumn 2022.
        // Two negative swabs a day apart rule a suspect out (diagnosis and treatment plan of 2022, from memory).
        Self { come: 0.5, after_days: 1.5, from_day: 0, again: 1, others_per_1000: 1.0 }
    }
}

/// Regular tests of occupations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Occupations {
    /// Whether they are tested as often as the protocol says.
    pub tested: bool,
}

/// Which part of the people a round takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Everyone.
    Everywhere,
    /// Townships with a community-found case lately.
    Affected,
}

/// Rounds of screening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Screening {
    /// Who takes part.
    pub area: Area,
    /// From one round's begin to the next, days; a round that takes longer delays the next.
    pub every_days: u32,
    /// The first round begins on the day after so many cases were found.
    pub from_cases: u32,
    /// Rounds in a row without a community-found case after which it ends; the protocol's number if left out, and three where it has none.
    pub clear_rounds: Option<u32>,
    /// People in a tube; the protocol's rule if left out.
    pub pool: Option<u32>,
    /// Share of each round's missed who are looked for and sampled within a day of its end.
    pub chase: f64,
}

impl Default for Screening {
    fn default() -> Self {
        Self { area: Area::Everywhere, every_days: 2, from_cases: 1, clear_rounds: None, pool: None, chase: 0.5 }
    }
}

/// How often a contact is known or remembered, by where they met.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recall {
    /// The same household.
    pub household: f64,
    /// The same stairwell.
    pub unit: f64,
    /// Class and school: there are lists.
    pub school: f64,
    /// Team and workplace.
    pub work: f64,
    /// Nursing home.
    pub care: f64,
    /// Market and streets of the community.
    pub market: f64,
    /// Elsewhere.
    pub travel: f64,
    /// A vehicle of the response: it has a list.
    pub vehicle: f64,
    /// Waiting to be sampled: who was swabbed at the same time is known.
    pub queue: f64,
}

impl Default for Recall {
    fn default() -> Self {
        // Assumptions, apart from household and acquaintances: Kucharski et al. 2020, Lancet Infectious Diseases 20:1151 take 100 % of the household and 90 % of
        // acquaintances at school and work; other contacts are mostly not known.
        Self { household: 1.0, unit: 0.5, school: 0.9, work: 0.9, care: 0.95, market: 0.1, travel: 0.2, vehicle: 0.9, queue: 0.5 }
    }
}

/// Investigation of cases and search for their contacts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tracing {
    /// Whether contacts are looked for at all.
    pub contacts: bool,
    /// Days before onset (or sampling) from which sources are looked for, beyond the protocol's days for contacts. 0: forward only.
    pub backward_days: f64,
    /// What is known or remembered.
    pub recall: Recall,
    /// Whether close contacts are brought to isolation sites where the protocol says so; false: they stay at home.
    pub central: bool,
    /// Cases that waited so long for an investigator are not asked any more, days.
    pub give_up_days: f64,
}

impl Default for Tracing {
    fn default() -> Self {
        Self { contacts: true, backward_days: 5.0, recall: Recall::default(), central: true, give_up_days: 5.0 }
    }
}

/// Risk zones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Zones {
    /// Whether zones are drawn, where the protocol has them.
    pub drawn: bool,
    /// The compound around a case is under temporary control for the protocol's time, at most a day where it names none.
    pub temporary_control: bool,
}

impl Default for Zones {
    fn default() -> Self {
        Self { drawn: true, temporary_control: false }
    }
}

/// A setting that can be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Classes and schools.
    School,
    /// Workplaces.
    Work,
    /// Markets and streets of communities.
    Market,
    /// All else.
    Travel,
}

/// What is closed, when and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// Which settings. Work and school together with the others are a standstill (静默).
    pub settings: Vec<Setting>,
    /// Share of the contacts that do not happen.
    #[serde(default = "whole")]
    pub effect: f64,
    /// Closed where there were at least so many community-found cases in the last seven days: in each township for itself, or everywhere.
    #[serde(default = "one")]
    pub when_cases: u32,
    /// Whether cases are counted, and settings closed, everywhere at once.
    #[serde(default)]
    pub everywhere: bool,
    /// Opened after so many days without a community-found case.
    #[serde(default = "week")]
    pub until_clear_days: u32,
    /// Not before this day.
    #[serde(default)]
    pub from_day: u32,
    /// Not from this day on.
    #[serde(default = "never")]
    pub to_day: u32,
}

fn whole() -> f64 {
    1.0
}
fn one() -> u32 {
    1
}
fn week() -> u32 {
    7
}
fn never() -> u32 {
    u32::MAX
}

/// Masks outside the home.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Masks {
    /// Share of people who wear one, school, work, market and elsewhere alike.
    pub worn: f64,
    /// What a mask takes from an infector's infectiousness.
    pub source: f64,
    /// What it takes from the wearer's exposure.
    pub wearer: f64,
    /// From this day on.
    pub from_day: u32,
}

impl Default for Masks {
    fn default() -> Self {
        // A trial in Bangladesh found 11 % fewer symptomatic infections with surgical masks worn by 42 % (Abaluck et al. 2022, Science 375:eabi9069); what a mask
        // worn does by itself is an assumption within what laboratories measure.
        Self { worn: 0.8, source: 0.3, wearer: 0.2, from_day: 0 }
    }
}

/// Vaccination during the outbreak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Campaign {
    /// From this day on.
    pub from_day: u32,
    /// Doses a day per 1,000 people.
    pub per_1000: f64,
    /// The status it gives: the number of the disease's file, from 1.
    pub status: u8,
    /// Ages by priority, each `[from, to]`.
    pub ages: Vec<[u8; 2]>,
    /// Share of those of these ages without it who come.
    pub willing: f64,
    /// Whether contacts are vaccinated when they are found (ring vaccination), before all others.
    pub ring: bool,
}

impl Default for Campaign {
    fn default() -> Self {
        Self { from_day: 0, per_1000: 5.0, status: 1, ages: vec![[60, 100], [18, 59], [3, 17]], willing: 0.8, ring: false }
    }
}

/// How people go along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compliance {
    /// Share of those told to stay at home who do.
    pub at_home: f64,
    /// Share who never come to a screening.
    pub evade: f64,
    /// Of the others, the share who miss a given round.
    pub miss: f64,
    /// Share of cases who name no contacts.
    pub hide: f64,
    /// What is left of contact among the flats of a stairwell when its people must stay in: door service, refuse, swabs.
    pub stairwell: f64,
    /// How much closer people of a household live while one of them must stay at home, 1 to 5: 1 as always.
    pub household: f64,
}

impl Default for Compliance {
    fn default() -> Self {
        // Assumptions.
        Self { at_home: 0.95, evade: 0.005, miss: 0.03, hide: 0.03, stairwell: 0.3, household: 1.0 }
    }
}

/// People, tubes, beds and vehicles there are. What is left out is sized by the population ([`crate::capacity`]).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Means {
    /// Samplers at work at the same time.
    pub samplers: Option<f64>,
    /// Tubes that laboratories can test in an hour.
    pub tubes_per_hour: Option<f64>,
    /// Teams of investigators at work at the same time.
    pub investigators: Option<f64>,
    /// People who call contacts at the same time.
    pub callers: Option<f64>,
    /// Seats in vehicles for transfers.
    pub seats: Option<f64>,
    /// Rooms of isolation sites.
    pub rooms: Option<u32>,
    /// Beds of shelter hospitals.
    pub shelter_beds: Option<u32>,
    /// Beds of designated hospitals.
    pub hospital_beds: Option<u32>,
    /// Further shelter beds and rooms that open each day once the first case is found.
    pub opened_per_day: Option<u32>,
}
