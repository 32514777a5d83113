//! The mappings that are shipped with Quell.

macro_rules! shipped {
    ($($name:literal)*) => {
        /// The mappings shipped with Quell: name and text.
        pub const BUILTIN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../mappings/", $name, ".toml")))),*];
    };
}

shipped! {
    "people"
    "places"
    "plate"
    "checkins"
    "members"
    "teams"
    "tianjin-linelist"
    "godata-cases"
    "godata-contacts"
    "godata-links"
    "godata-followups"
    "godata-results"
    "sormas-cases"
    "sormas-contacts"
    "sormas-results"
    "quell-cases"
    "quell-contacts"
    "quell-links"
    "quell-followups"
    "quell-results"
}

/// The text of a shipped mapping.
pub fn builtin_mapping(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}
