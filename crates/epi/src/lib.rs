//! The analysis engine: how fast an outbreak spreads, who infected whom, what is not seen. No storage, no network, no clock, and no
//! random source but the seed that is passed in: the same input gives the same output, always.
//!
//! Days are numbered from 0; a series of counts has one entry a day, and a day for which nothing is known is `None`, not 0.

pub mod clusters;
pub mod cori;
pub mod delayed;
pub mod delays;
mod envelope;
pub mod forecast;
pub mod gamma;
pub mod growth;
pub mod interval;
pub mod library;
pub mod nowcast;
pub mod quality;
pub mod random;
pub mod rhythm;
pub mod scores;
pub mod series;
pub mod simulate;
pub mod smooth;
pub mod teunis;
pub mod trees;
pub mod uncertain;
pub mod warning;
pub mod weekly;
