//! A value that knows where it comes from.

use serde::{Deserialize, Serialize};

/// How well a value is established.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// Read on two or more pages.
    TwoSources,
    /// Read on one page.
    OneSource,
    /// Read only on a low-grade page.
    WeakSource,
    /// Recalled, no page seen.
    Memory,
    /// A rule of one place, not of the whole country.
    Local,
    /// Set by Quell because nothing was found.
    Assumption,
}

impl Verified {
    /// True if the value needs a note that says why it stands there nevertheless.
    pub fn needs_note(self) -> bool {
        !matches!(self, Verified::TwoSources | Verified::OneSource)
    }
    /// The word used in the file.
    pub fn word(self) -> &'static str {
        match self {
            Verified::TwoSources => "two_sources",
            Verified::OneSource => "one_source",
            Verified::WeakSource => "weak_source",
            Verified::Memory => "memory",
            Verified::Local => "local",
            Verified::Assumption => "assumption",
        }
    }
}

/// A value of a protocol with its sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param<T> {
    /// The value in force.
    pub value: T,
    /// Keys of `[sources]` in which it was read; never empty.
    pub source: Vec<String>,
    /// How well it is established.
    pub verified: Verified,
    /// What a reader should know; required where the value is not verified or is local.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Values of other sources that were not chosen.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative<T>>,
}

/// A value that another source gives and the reason why it was not chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative<T> {
    /// The other value.
    pub value: T,
    /// Keys of `[sources]` in which it was read; never empty.
    pub source: Vec<String>,
    /// How well it is established.
    pub verified: Verified,
    /// Why it was not chosen.
    pub why_not: String,
}
