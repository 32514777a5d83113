//! The protocols that come with Quell.

use quell_foundation::ProtocolId;

const FILES: [(&str, &str); 5] = [
    ("covid-2022-ninth", include_str!("../../../protocols/covid-2022-ninth.toml")),
    ("covid-2022-twenty", include_str!("../../../protocols/covid-2022-twenty.toml")),
    ("ebola", include_str!("../../../protocols/ebola.toml")),
    ("measles", include_str!("../../../protocols/measles.toml")),
    ("mpox", include_str!("../../../protocols/mpox.toml")),
];

/// Text of a protocol that comes with Quell.
pub fn builtin(id: &ProtocolId) -> Option<&'static str> {
    FILES.iter().find(|(name, _)| *name == id.as_str()).map(|(_, text)| *text)
}

/// Ids of the protocols that come with Quell, in alphabetical order.
pub fn builtin_ids() -> &'static [&'static str] {
    const IDS: [&str; 5] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0, FILES[4].0];
    &IDS
}

/// The protocols that come with Quell, with their texts.
pub fn builtins() -> impl Iterator<Item = (ProtocolId, &'static str)> {
    FILES.iter().filter_map(|(name, text)| Some((ProtocolId::new(*name).ok()?, *text)))
}
