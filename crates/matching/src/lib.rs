//! Is this the same person? A score with its reasons.
//!
//! [`keys`] says which records are compared at all, [`compare`] what a pair scores and why. Pure: no storage, no clock.
//! The method, its sources and what it measures: docs/matching.md.
//!
//! ```
//! use quell_matching::{Particulars, Verdict, compare};
//! let born = "1985-03-12".parse().ok();
//! let a = Particulars { born, phones: vec!["13812345678".into()], ..Particulars::named("张丽") };
//! let b = Particulars { born, phones: vec!["138 1234 5678".into()], ..Particulars::named("張莉") };
//! let found = compare(&a, &b);
//! assert_eq!(found.verdict, Verdict::Same);
//! assert_eq!(found.reasons[0].en(&a, &b), "name sounds the same (张丽 / 張莉)");
//! ```

mod born;
mod contact;
mod fold;
mod frequency;
mod keys;
mod matcher;
mod name;
mod particulars;
mod reason;
mod sound;
pub mod synthetic;
mod weights;

pub use frequency::Frequencies;
pub use keys::{Key, MOST_KEYS, keys};
pub use matcher::{Match, Matcher, Prepared, Verdict, compare};
pub use particulars::{Particulars, Sex};
pub use reason::{Reason, Why};
