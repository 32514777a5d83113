//! Who infected whom. Each case was infected by one of the cases that could have infected it, or elsewhere. A case infects another at a rate that
//! depends on the time between their onsets, on what joins the two (a household, a class, a named contact: how much each counts is learnt from the
//! outbreak itself), and on how infectious it is (a few infect many: each case has a gamma-distributed factor). The rates act on everybody who
//! is a case and was not one yet, so that a tie which joins many pairs, few of whom infect each other, counts little: this is the hazard of
//! Kenah et al. 2008 (Math Biosci 213:71) with the covariates of Hens/Höhle-type models, on the pairs of a line list.
//!
//! [`first`] gives the most probable tree in milliseconds (expectation and maximisation), [`posterior`] samples trees and rates.

mod chain;
mod diagnostics;
mod em;
mod problem;

pub use chain::{Draws, Posterior, Sampling, posterior};
pub use diagnostics::{effective_size, split_r_hat};
pub use em::{First, first};
pub use problem::{Candidate, Case, Origin, Problem, ProblemError, Tie};
