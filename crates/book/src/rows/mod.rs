//! State derived from facts: one struct a table. The field names are the column names of the database
//! (`crates/store/migrations`), which adds only `book_id`.

use quell_foundation::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A pool has called a person back to be sampled singly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalledBack {
    /// Since when: only what is taken later answers.
    pub since: Instant,
    /// The single samples that answered, for they are negative.
    pub answered: BTreeSet<TubeCode>,
}

impl CalledBack {
    /// Nothing has answered yet.
    pub fn since(since: Instant) -> Self {
        Self { since, answered: BTreeSet::new() }
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident [$key:ty] $table:literal { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* }
       key($s:ident) $keyexpr:expr; groups $groups:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
            impl $name {
                /// The table's name.
                pub const TABLE: &'static str = $table;
                /// The table's columns, without `book_id`.
                pub const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
            }
            impl Row for $name {
                type Key = $key;
                fn key(&self) -> $key { let $s = self; $keyexpr }
                fn groups(&self) -> Vec<Group> { let $s = self; let _ = $s; $groups }
            }
        )+
    };
}

mod area;
mod care;
mod chain;
mod contacts;
mod duties;
mod investigation;
mod messages;
mod registers;
mod same;
mod teams;

pub use area::*;
pub use care::*;
pub use chain::*;
pub use contacts::*;
pub use duties::*;
pub use investigation::*;
pub use messages::*;
pub use registers::*;
pub use same::*;
pub use teams::*;
