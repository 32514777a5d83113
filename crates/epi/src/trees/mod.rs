//! Who infected whom. Each case was infected by one of the cases that could have infected it, by somebody who is not among them, or elsewhere. A case
//! infects another at a rate that depends on the time between their onsets, on what joins the two (a household, a class, a named contact, nearness: how
//! much each counts is learnt from the outbreak itself), and on how infectious it is (a few infect many: each case has a gamma-distributed factor). The
//! rates act on everybody who is a case and was not one yet, so that a tie which joins many pairs, few of whom infect each other, counts little: this is
//! the hazard of Kenah et al. 2008 (Math Biosci 213:71), on the pairs of a line list. An exposure window says when the infection was, so that it reweighs
//! infectors by when they were infectious; a genetic distance reweighs pairs; an onset of which only a range of days is known is sampled.
//!
//! [`first`] gives the most probable infectors in milliseconds (expectation and maximisation), [`posterior`] samples trees and rates, [`consensus`] makes
//! one tree of either, and [`through`] tells who may be behind an infector that is not among the cases.

mod chain;
mod diagnostics;
mod edges;
mod em;
mod exposure;
mod forces;
mod genetic;
mod lags;
mod near;
mod outbreak;
mod posterior;
mod problem;
mod rates;
mod ready;
mod through;
mod walk;

pub use diagnostics::{effective_size, split_r_hat};
pub use edges::{Edge, Tree, consensus, generations};
pub use em::{First, first};
pub use outbreak::{Case, Distance, Kind, Onset, Origin, Outbreak, OutbreakError, Tie};
pub use posterior::{Draws, Mixing, Posterior, Sampling, posterior};
pub use problem::Problem;
pub use through::through;
