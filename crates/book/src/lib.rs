//! The book: facts in, duties out. Pure: no clock, no storage, no randomness but what is passed in,
//! so that the same facts under the same protocol always give the same book.
//!
//! *Where to look:* what can be said is in [`Fact`]; what follows from it is in one module a feature
//! (`same`, `sampling`, `custody`, `testing`, `drift`, `cases`, `investigation`, `links`, `sources`, `registers`, `events`, `leads`, `contacts`, `follow_up`, `teams`, `prophylaxis`, `orders`, `messages`, `transfer`, `stay`, `zones`, `hand_in`, `closing`); what is kept is
//! in [`rows`].

mod act;
mod acting;
mod brief;
mod cases;
mod closing;
mod contacts;
mod custody;
mod drift;
mod events;
mod fact;
mod follow_up;
mod hand_in;
mod home_care;
mod investigation;
mod kinds;
mod leads;
mod links;
mod listed;
mod messages;
pub mod needs;
mod orders;
mod overtaken;
mod parts;
mod people;
mod prophylaxis;
mod refusal;
mod registers;
mod replay;
mod rounds;
pub mod rows;
mod same;
mod sampling;
mod sources;
mod state;
mod stay;
mod submission;
mod table;
mod teams;
mod testing;
mod transfer;
mod zones;

pub use act::{Context, Outcome, apply};
pub use acting::acting_places;
pub use brief::{Brief, Briefs};
pub use closing::{Balance, BlockedItem, DaySheet, OwnedLine, balance, sheet};
pub use events::LONGEST_EVENT;
pub use fact::*;
pub use kinds::*;
pub use links::{Doubt, Ill, LinkSeen, doubts, generations};
pub use people::recognised_by;
pub use refusal::Refusal;
pub use registers::LONGEST_CHECK_IN;
pub use replay::Replay;
pub use sampling::tube_rule;
pub use sources::{Evidence, RankedSource, SourceSeen, clusters, rank_sources};
pub use state::*;
pub use submission::*;
pub use table::{Changed, Group, Row, Table};
