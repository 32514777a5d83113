//! What is said to the user, in both languages.

use std::path::Path;

/// Why a command did not do its work. Its own language is English; [`Trouble::text`] has both.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{en}")]
pub struct Trouble {
    zh: String,
    en: String,
}

impl Trouble {
    /// In Chinese and English.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// The message.
    pub fn text(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.en }
    }
    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, e: &dyn std::fmt::Display) -> Self {
        Self::new(format!("{}：{e}", path.display()), format!("{}: {e}", path.display()))
    }
    /// A name that nothing has.
    pub(crate) fn unknown(what: (&str, &str), name: &str, known: &[&str]) -> Self {
        let list = known.join(", ");
        Self::new(format!("没有名为“{name}”的{}；可用：{list}", what.0), format!("there is no {} \"{name}\"; there are {list}", what.1))
    }
}
