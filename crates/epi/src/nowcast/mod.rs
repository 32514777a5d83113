//! Nowcasting: how many events of the last days there are, of which some are not reported yet.
//!
//! What is reported of each event day after 0, 1, 2 … days is a triangle. Two estimators fill it: a model of the reporting delay and of the events behind
//! it ([`nowcast`]), and the chain ladder ([`chain_ladder`]) as a baseline.

mod completeness;
mod events;
mod ladder;
mod predict;
mod reporting;
mod scatter;
mod triangle;

pub use completeness::{Completeness, Part};
pub use ladder::chain_ladder;
pub use predict::{Day, Nowcast, nowcast};
pub use triangle::{Triangle, TriangleError};
