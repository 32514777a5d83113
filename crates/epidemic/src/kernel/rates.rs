//! How likely contacts pass the disease on: from the reproduction number and the household attack rate to rates for this population.

use super::places::{Met, Places, is_public};
use crate::disease::{Disease, Variant};
use crate::layer::{LAYERS, Layer};
use crate::population::{Level, Population};
use crate::random::{Draws, Key};
use std::collections::BTreeMap;

/// Rates of each variant. They are worked out once and can be used for another population too: adding a person then changes nothing for the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    variants: Vec<VariantRates>,
    /// Average activity of all people.
    pub(super) activity: f64,
}

/// Households of this size and more are alike.
const LARGEST: usize = 33;

/// Rates of one variant, for an infection of average infectiousness.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VariantRates {
    /// Infectious contacts with all others of a household, by its size; the last for all larger ones.
    household: [f64; LARGEST],
    /// Infectious contacts for each person met a day.
    pub layers: [f64; LAYERS],
    /// Expected infections at home and elsewhere by an average person.
    expected: [f64; 2],
}

impl VariantRates {
    /// Infectious contacts with all others of a household of `n`.
    #[inline]
    pub(super) fn home(&self, n: u32) -> f64 {
        self.household[(n as usize).min(LARGEST - 1)]
    }
}

/// Why there are no such rates.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RatesError {
    /// The household attack rate alone gives more infections than the reproduction number has.
    #[error(
        "{variant}: a reproduction number of {reproduction} is below the {at_home:.2} infections at home that the household attack rate gives"
    )]
    AtHome {
        /// Which variant.
        variant: String,
        /// As asked for.
        reproduction: f64,
        /// Infections at home by an average person.
        at_home: f64,
    },
    /// No hazard gives the household attack rate: too many are protected.
    #[error("{variant}: a household attack rate of {attack} cannot be met: too many people are protected")]
    Attack {
        /// Which variant.
        variant: String,
        /// As asked for.
        attack: f64,
    },
}

/// People looked at: an average over all would cost more than an epidemic.
const SAMPLE: u64 = 4_096;
/// Courses over which a household's chance is averaged.
const COURSES: u64 = 128;

impl Rates {
    /// Rates with which an average person of this population causes the infections that the disease's file says, early and without measures.
    /// They are found from a sample of 4,096 people, always the same, so the reproduction number is met to about 2 %.
    ///
    /// # Errors
    /// If the file's values exclude each other in this population.
    pub fn calibrate(population: &Population, disease: &Disease) -> Result<Self, RatesError> {
        let sample = Sample::new(population);
        let variants = disease.file().variants.iter().enumerate();
        let variants = variants.map(|(v, file)| sample.rates(disease, v as u8, file)).collect::<Result<_, _>>()?;
        Ok(Self { variants, activity: sample.activity })
    }
    #[inline]
    pub(super) fn variant(&self, variant: u8) -> &VariantRates {
        &self.variants[usize::from(variant)]
    }
    /// Expected infections by an average person early on: at home, and elsewhere. Their sum is the reproduction number of the file.
    pub fn expected(&self, variant: u8) -> [f64; 2] {
        self.variant(variant).expected
    }
    /// Expected infectious contacts for each person met a day in a layer, over a whole course. 0 at home, where it depends on the household.
    pub fn per_contact(&self, variant: u8, layer: Layer) -> f64 {
        self.variant(variant).layers[layer as usize]
    }
}

struct Sample<'a> {
    population: &'a Population,
    people: Vec<u32>,
    activity: f64,
}

impl<'a> Sample<'a> {
    fn new(population: &'a Population) -> Self {
        let n = u64::from(population.len());
        let mut draws = Key::new(0).with(1).draws();
        let people: Vec<u32> = if n <= SAMPLE { (0..n as u32).collect() } else { (0..SAMPLE).map(|_| draws.scaled(n as u32)).collect() };
        let activity =
            people.iter().map(|p| f64::from(population.activity(population.person(*p).age()))).sum::<f64>() / people.len() as f64;
        Self { population, people, activity: activity.max(1e-9) }
    }

    /// The person's vaccination status, as far as the file's values hold among the vaccinated.
    fn status(&self, disease: &Disease, variant: u8, person: u32) -> u8 {
        let counts = disease.file().variants[usize::from(variant)].transmission.as_vaccinated;
        if counts { disease.status(self.population.person(person)) } else { 0 }
    }

    /// What is left of susceptibility by age and vaccination at the start.
    fn susceptible(&self, disease: &Disease, variant: u8, person: u32) -> f64 {
        let status = self.status(disease, variant, person);
        let elapsed = disease.vaccination(status).map_or(0.0, |v| v.elapsed);
        f64::from(disease.susceptibility(variant, self.population.person(person).age())) * disease.after_vaccination(status, elapsed)
    }

    fn rates(&self, disease: &Disease, variant: u8, file: &Variant) -> Result<VariantRates, RatesError> {
        let (household, at_home) = self.household(disease, variant, file)?;
        let t = &file.transmission;
        let i = &disease.file().intensity;
        let intensity = [0.0, i.unit, i.school, i.work, i.care, i.market, i.travel, 1.0, 1.0];
        let met = self.met(disease, variant, &intensity);
        let elsewhere = t.reproduction - at_home;
        if elsewhere < 0.0 {
            return Err(RatesError::AtHome { variant: file.name.clone(), reproduction: t.reproduction, at_home });
        }
        let each = if met > 0.0 { elsewhere / met } else { 0.0 };
        let expected = [at_home, each * met];
        let household = std::array::from_fn(|n| if n < 2 { 0.0 } else { household * (n as f64 - 1.0).powf(1.0 - t.household_exponent) });
        Ok(VariantRates { household, layers: intensity.map(|x| x * each), expected })
    }

    /// Susceptible people met a day elsewhere, weighted with the intensity, by an average person who is as infectious as vaccination leaves.
    fn met(&self, disease: &Disease, variant: u8, intensity: &[f64; LAYERS]) -> f64 {
        let mut draws: Draws = Key::new(0).with(2).draws();
        let mut sum = 0.0;
        for person in &self.people {
            let places = Places::of(self.population, *person);
            let onward = disease.onward(self.status(disease, variant, *person));
            for (layer, daily) in places.daily(self.activity) {
                // Two are asked for each; someone less active is met less.
                let caught: f64 =
                    (0..2).filter_map(|_| places.meet(layer, &mut draws)).map(|met| self.caught(disease, variant, layer, met)).sum();
                sum += onward * daily * intensity[layer as usize] * caught / 2.0;
            }
        }
        sum / self.people.len() as f64
    }

    /// What is left of a contact by who is met.
    fn caught(&self, disease: &Disease, variant: u8, layer: Layer, met: Met) -> f64 {
        let person = match met {
            Met::Person(person) => person,
            Met::Seat(seat) => self.population.members[seat as usize],
        };
        let activity = if is_public(layer) { f64::from(self.population.activity(self.population.person(person).age())) } else { 1.0 };
        activity * self.susceptible(disease, variant, person)
    }

    /// The rate with which the mean over all pairs of a household meets the attack rate; and the expected infections at home by an average person.
    fn household(&self, disease: &Disease, variant: u8, file: &Variant) -> Result<(f64, f64), RatesError> {
        let t = &file.transmission;
        // Pairs by the factor of their hazard, in 1/64: household size, vaccination and age of both.
        let mut pairs: BTreeMap<u32, f64> = BTreeMap::new();
        for person in &self.people {
            let home = self.population.around(Level::Household, *person);
            let crowd = (home.len() as f64 - 1.0).powf(-t.household_exponent);
            let onward = disease.onward(self.status(disease, variant, *person));
            for other in home.filter(|o| o != person) {
                let factor = crowd * onward * self.susceptible(disease, variant, other);
                *pairs.entry((factor * 64.0).round() as u32).or_default() += 1.0;
            }
        }
        let number: f64 = pairs.values().sum();
        if number == 0.0 || t.household_attack == 0.0 {
            return Ok((0.0, 0.0));
        }
        let weights: Vec<f64> = (0..COURSES)
            .map(|k| {
                let course = disease.course(
                    variant,
                    Key::new(0).with(3).with(k),
                    self.population.person(self.people[k as usize % self.people.len()]),
                );
                f64::from(course.weight * course.at_home)
            })
            .collect();
        let infected = |rate: f64| -> f64 {
            let chance = |factor: f64| weights.iter().map(|w| 1.0 - (-rate * factor * w).exp()).sum::<f64>() / weights.len() as f64;
            pairs.iter().map(|(factor, n)| n * chance(f64::from(*factor) / 64.0)).sum()
        };
        let wanted = t.household_attack * number;
        let (mut low, mut high) = (0.0, 1e4);
        if infected(high) < wanted {
            return Err(RatesError::Attack { variant: file.name.clone(), attack: t.household_attack });
        }
        for _ in 0..50 {
            // Rates are small numbers: halving their logarithm soon finds the scale.
            let middle = if low == 0.0 { high / 16.0 } else { f64::sqrt(low * high) };
            *(if infected(middle) < wanted { &mut low } else { &mut high }) = middle;
            if low > 0.0 && high / low < 1.0 + 1e-6 {
                break;
            }
            if high < 1e-12 {
                break;
            }
        }
        Ok((high, infected(high) / self.people.len() as f64))
    }
}
