//! What is wrong with a protocol file, where, and what to do.

use std::fmt;

/// One fault of a protocol file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name as given to [`crate::load`].
    pub file: String,
    /// Line of the offending key, from 1.
    pub line: u32,
    /// Column of the offending key in characters, from 1.
    pub column: u32,
    /// Path of the offending key (`deadlines.recall.value`); empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}; {}", self.message, self.advice)
    }
}

impl std::error::Error for Problem {}
