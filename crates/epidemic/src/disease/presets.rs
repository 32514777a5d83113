//! The diseases that come with the crate.

use super::{Disease, DiseaseError};

/// Names and files.
pub const PRESETS: [(&str, &str); 5] = [
    ("covid-ba5", include_str!("../../data/diseases/covid-ba5.toml")),
    ("covid-ancestral", include_str!("../../data/diseases/covid-ancestral.toml")),
    ("measles", include_str!("../../data/diseases/measles.toml")),
    ("mpox", include_str!("../../data/diseases/mpox.toml")),
    ("ebola", include_str!("../../data/diseases/ebola.toml")),
];

/// The disease of this name; none if there is none.
///
/// # Errors
/// As [`Disease::parse`]; a test reads them all.
pub fn preset(name: &str) -> Option<Result<Disease, DiseaseError>> {
    PRESETS.iter().find(|(n, _)| *n == name).map(|(_, text)| Disease::parse(text))
}
