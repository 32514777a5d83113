//! The settings in which a disease passes from one to another.

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// At home.
    Household,
    /// Among the households of a stairwell unit.
    Unit,
    /// Class and school.
    School,
    /// Team and workplace.
    Work,
    /// Nursing home.
    Care,
    /// Market and streets of the own community.
    Market,
    /// Elsewhere, in the own township or where one travels.
    Travel,
    /// In a vehicle of the response. Nobody is there unless the response puts them there.
    Vehicle,
    /// Waiting to be sampled. Nobody is there unless the response puts them there.
    Queue,
}

/// How many layers.
pub const LAYERS: usize = 9;

impl Layer {
    /// All, in the order of their codes.
    pub const ALL: [Self; LAYERS] =
        [Self::Household, Self::Unit, Self::School, Self::Work, Self::Care, Self::Market, Self::Travel, Self::Vehicle, Self::Queue];
    /// Its name, as in a table.
    pub fn name(self) -> &'static str {
        ["household", "unit", "school", "work", "care", "market", "travel", "vehicle", "queue"][self as usize]
    }
}
