//! Infections from elsewhere.

use crate::population::Population;
use crate::random::Key;

/// Purposes below a person's key, above those of infections.
pub(super) const ARRIVAL: u64 = 1 << 32;

/// A person who brings an infection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// On which day.
    pub day: u32,
    /// Who.
    pub person: u32,
    /// Which variant.
    pub variant: u8,
}

/// All imports that are planned, by day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imports(Vec<Import>);

impl Imports {
    /// These.
    pub fn new(mut imports: Vec<Import>) -> Self {
        imports.sort_unstable();
        Self(imports)
    }
    /// `number` people, drawn from all, on the first day.
    pub fn at_start(population: &Population, seed: u64, number: u32, variant: u8) -> Self {
        let mut draws = Key::new(seed).with(ARRIVAL).draws();
        Self::new((0..number).map(|_| Import { day: 0, person: draws.below(population.len()), variant }).collect())
    }
    /// `each_day` people on average, drawn from all, on every day from `first` on.
    pub fn daily(population: &Population, seed: u64, each_day: f64, days: std::ops::Range<u32>, variant: u8) -> Self {
        let key = Key::new(seed).with(ARRIVAL + 1).with(u64::from(variant));
        let imports = days.flat_map(|day| {
            let mut draws = key.with(u64::from(day)).draws();
            (0..draws.poisson(each_day)).map(|_| Import { day, person: draws.below(population.len()), variant }).collect::<Vec<_>>()
        });
        Self::new(imports.collect())
    }
    /// Both.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        Self::new(self.0)
    }
    /// Those of a day.
    pub fn on(&self, day: u32) -> &[Import] {
        let at = |d: u32| self.0.partition_point(|i| i.day < d);
        &self.0[at(day)..at(day + 1)]
    }
}
