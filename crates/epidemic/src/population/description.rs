//! A population in few words: how people live together, and in which townships.

use super::Contacts;
use serde::{Deserialize, Serialize};

/// What a population is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// How people live together.
    pub society: Society,
    /// Where.
    pub divisions: Divisions,
}

/// How people live together: ages, households, homes, schools, work, nursing homes, travel. Every table says where its values are from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Society {
    /// Age structure.
    pub ages: Ages,
    /// Who lives together.
    pub households: Households,
    /// How homes are laid out.
    pub homes: Homes,
    /// Schools.
    pub schools: Schools,
    /// Work.
    pub work: Work,
    /// Nursing homes.
    pub care: Care,
    /// How far people go.
    pub travel: Distance,
    /// How many people are met a day.
    pub contacts: Contacts,
}

/// Age structure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// Where the values are from.
    pub source: String,
    /// Relative numbers of 0–4, 5–9 … 95–99, 100 and over.
    pub by_five_years: [f64; 21],
}

/// Households.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Households {
    /// Where the values are from.
    pub source: String,
    /// Kinds of households.
    pub patterns: Vec<Pattern>,
}

/// A kind of household.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// People of 60 and over; two are a couple.
    pub elders: u8,
    /// Adults under 60 who are not children of the household; two are a couple.
    pub adults: u8,
    /// Their children of 15 to 29.
    pub grown: u8,
    /// Their children under 15.
    pub children: u8,
    /// Share of households, in percent.
    pub percent: f64,
}

impl Pattern {
    /// How many people.
    pub fn size(&self) -> u32 {
        u32::from(self.elders) + u32::from(self.adults) + u32::from(self.grown) + u32::from(self.children)
    }
}

/// How homes are laid out, by the character of the community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Homes {
    /// Where the values are from.
    pub source: String,
    /// Residents' committee of a subdistrict.
    pub urban: Layout,
    /// Residents' committee of a town.
    pub town: Layout,
    /// Villagers' committee.
    pub village: Layout,
}

/// How the homes of a community are laid out. Ranges are inclusive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// People of a community, relative to the other characters.
    pub weight: f64,
    /// Buildings of a compound.
    pub buildings: [u32; 2],
    /// Units of a building.
    pub units: [u32; 2],
    /// Storeys of a unit; one of these.
    pub floors: Vec<u32>,
    /// Flats on a floor.
    pub doors: [u32; 2],
}

/// Schools.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schools {
    /// Where the values are from.
    pub source: String,
    /// From the youngest up; ages do not overlap.
    pub stages: Vec<Stage>,
}

/// One kind of school.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What it is called.
    pub name: String,
    /// Youngest age.
    pub from: u8,
    /// Oldest age.
    pub to: u8,
    /// Share of these ages who attend.
    pub attending: f64,
    /// Pupils of a class.
    pub class: u32,
    /// Teachers who spend the day with a class.
    pub teachers: u32,
    /// Classes of a school.
    pub classes: u32,
}

/// Work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// Where the values are from.
    pub source: String,
    /// Share who work, of those who are not in education, by tens of age.
    pub employed: super::Vec10,
    /// A workplace has s people or more with probability s^−exponent.
    pub exponent: f64,
    /// The largest workplace.
    pub largest: u32,
    /// People of a team.
    pub team: u32,
}

/// Nursing homes: one a township.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Care {
    /// Where the values are from.
    pub source: String,
    /// Residents as a share of all people.
    pub residents: f64,
    /// Residents of a floor.
    pub floor: u32,
    /// Residents for each carer.
    pub residents_per_carer: u32,
}

/// How contact between townships falls with distance: (1 + distance / `scale_km`)^−`power`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distance {
    /// Where the values are from.
    pub source: String,
    /// Kilometres.
    pub scale_km: f64,
    /// Exponent.
    pub power: f64,
}

/// Where people live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divisions {
    /// What it is called.
    pub name: String,
    /// In words.
    pub title: String,
    /// Where the values are from.
    pub source: String,
    /// How many people.
    pub people: u32,
    /// Area; with fewer people than this file's, a part of it in proportion.
    pub area_km2: f64,
    /// Its townships.
    #[serde(default)]
    pub townships: Vec<Township>,
    /// Townships that are repeated as often as the people need, instead of a list.
    pub pattern: Option<Repeated>,
}

/// Townships to be repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    /// People of one township.
    pub people: u32,
    /// In turn.
    pub townships: Vec<Township>,
}

/// A township and how many communities of each character it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Township {
    /// What it is called, in Latin letters where it can be.
    pub name: String,
    /// What it is called in Chinese; `name` if that is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Residents' committees of a subdistrict.
    pub urban: u32,
    /// Residents' committees of a town.
    pub town: u32,
    /// Villagers' committees.
    pub villages: u32,
}

/// Why a description makes no population.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DescriptionError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// A value is impossible.
    #[error("{0}")]
    Impossible(&'static str),
}

impl Society {
    /// From the text of a TOML file.
    ///
    /// # Errors
    /// If the text is not of this form.
    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        toml::from_str(text).map_err(|e| DescriptionError::Unreadable(e.to_string()))
    }
}

impl Divisions {
    /// From the text of a TOML file.
    ///
    /// # Errors
    /// If the text is not of this form.
    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        toml::from_str(text).map_err(|e| DescriptionError::Unreadable(e.to_string()))
    }
}

impl Description {
    /// The same with this many people: on less land, with fewer townships if they are a pattern, with smaller ones if they are a list.
    pub fn with_people(mut self, people: u32) -> Self {
        self.divisions.area_km2 *= f64::from(people) / f64::from(self.divisions.people.max(1));
        self.divisions.people = people;
        self
    }
    /// What is wrong with it, if anything.
    ///
    /// # Errors
    /// Says the first thing that is impossible.
    pub fn check(&self) -> Result<(), DescriptionError> {
        let (s, d) = (&self.society, &self.divisions);
        let share = |x: &f64| (0.0..=1.0).contains(x);
        let layouts = [&s.homes.urban, &s.homes.town, &s.homes.village];
        let range = |r: &[u32; 2]| r[0] >= 1 && r[0] <= r[1] && r[1] <= 1_000;
        let sound = |l: &&Layout| {
            range(&l.buildings) && range(&l.units) && range(&l.doors) && l.floors.iter().all(|f| *f >= 1) && !l.floors.is_empty()
        };
        let stages = &s.schools.stages;
        let c = &s.contacts;
        let contacts = [c.unit, c.work, c.care, c.market, c.travel];
        let checks = [
            ((1..super::NO_SEAT).contains(&d.people), "people: between 1 and 4,294,967,294"),
            (d.townships.is_empty() != d.pattern.is_none(), "townships: either a list or a pattern"),
            (d.pattern.as_ref().is_none_or(|p| p.people > 0 && !p.townships.is_empty()), "pattern: people and townships"),
            (d.area_km2 > 0.0 && d.area_km2.is_finite(), "area_km2: above 0"),
            (s.ages.by_five_years.iter().all(|n| *n > 0.0 && n.is_finite()), "ages: above 0"),
            (
                s.households.patterns.iter().all(|p| p.size() > 0 && p.percent >= 0.0),
                "households: nobody lives in a pattern, or a share is negative",
            ),
            (s.households.patterns.iter().any(|p| p.percent > 0.0), "households: no pattern has a share"),
            (layouts.iter().all(sound), "homes: ranges of 1 to 1,000, in order, and a number of floors"),
            (layouts.iter().all(|l| l.weight > 0.0), "homes: a weight above 0"),
            (
                stages.iter().all(|g| g.from <= g.to && g.class > 0 && g.classes > 0 && share(&g.attending)),
                "schools: ages, classes, shares",
            ),
            (stages.windows(2).all(|w| w[0].to < w[1].from), "schools: ages in order, without overlap"),
            (
                s.work.employed.iter().all(share) && s.work.team > 0 && s.work.largest > 0 && s.work.exponent > 0.0,
                "work: shares, a team, an exponent",
            ),
            (
                s.care.residents >= 0.0 && s.care.residents < 0.5 && s.care.floor > 0 && s.care.residents_per_carer > 0,
                "care: a share below a half",
            ),
            (s.travel.scale_km > 0.0 && s.travel.power.is_finite(), "travel: a scale above 0"),
            (contacts.iter().chain(&c.school).all(|x| *x >= 0.0 && x.is_finite()) && share(&c.own_cell), "contacts: not negative"),
            (c.activity.iter().all(share) && c.activity.iter().any(|a| *a > 0.0), "contacts: activity is at most 1"),
        ];
        checks.iter().find(|(fine, _)| !fine).map_or(Ok(()), |(_, what)| Err(DescriptionError::Impossible(what)))
    }
}
