//! A disease's rules as data: reads, checks, compares and answers questions about a protocol.
//!
//! A protocol is one TOML file in `protocols/`. [`load`] reads and checks it and names every fault with line and column;
//! [`diff`] says what a switch from one protocol to another changes; the methods of [`Protocol`] are pure decisions
//! (`deadline`, `tube_rule`, `contact_schedule`, `zone_rule` …). Every answer can be traced to a path of the file
//! ([`rule_path`], [`TubeRule::rule`]) and from there to its source ([`Protocol::source_of`]).

mod answer;
mod builtin;
mod care;
mod check;
mod decode;
mod diff;
mod epidemiology;
mod exposures;
mod links;
mod model;
mod param;
mod problem;
mod quantity;
mod questions;
mod walk;
mod words;

pub use answer::{DriftRule, ExitRule, FollowUpRule, Schedule, TransportLimits, TubeQuestion, TubeRule, ZoneRule, zone_path};
pub use builtin::{builtin, builtin_ids, builtins};
pub use care::*;
pub use check::{load, warnings};
pub use diff::{Change, diff, diff_sources};
pub use epidemiology::*;
pub use exposures::*;
pub use links::rule_path;
pub use model::*;
pub use param::{Alternative, Param, Verified};
pub use problem::Problem;
pub use quantity::*;
pub use questions::{AnswerKind, AnswerOption, Fills, Question, QuestionPart};
pub use walk::{Cited, CitedSource};
pub use words::*;
