//! Early warning: whether a count is more than its past lets expect.
//!
//! Counts come at regular intervals (days or weeks); one that is not known is `None`, and is neither an alarm nor a part of anybody's past. Every
//! detector gives a [`Verdict`] for each count that it can judge.

mod cusum;
mod ears;
mod farrington;
mod glm;

pub use cusum::{Cusum, Standard, cusum};
pub use ears::{Ears, EarsMethod, ears};
pub use farrington::{Farrington, Threshold, farrington};

/// What a detector says of one count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// What the past lets expect.
    pub expected: f64,
    /// Above it is an alarm (for [`cusum`]: from it on).
    pub threshold: f64,
    /// Whether this count is an alarm; never if it is not known.
    pub alarm: bool,
}
