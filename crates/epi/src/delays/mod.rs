//! Delays: from exposure to onset, from onset to sample, from sample to report.
//!
//! Neither event is known to the moment, only that it fell into a window (a day, or the days of an exposure): doubly interval-censored data
//! (Reich, Lessler, Cummings & Brookmeyer 2009, Stat Med 28:2769). And of the latest first events only those are in the data whose second
//! event has happened by now: right truncation, which makes delays look short while an outbreak grows (Park, Akhmetzhanov, Charniga et al. 2024,
//! medRxiv 2024.01.12.24301247; Charniga et al. 2024, PLoS Comput Biol 20:e1012520).

mod daily;
mod family;
mod fit;
mod likelihood;
mod record;
mod region;

pub use daily::Daily;
pub use family::{Family, Law, Quantity};
pub use fit::{Estimate, Fit, FitError, LEAST, QUANTILES, compare, fit};
pub use likelihood::Delays;
pub use record::{Moments, Record, RecordError, Window};
