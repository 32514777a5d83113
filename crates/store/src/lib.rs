//! PostgreSQL: migrations, all SQL, the embedded server. SQL is written here and nowhere else.
//!
//! *Where to look:* [`server`] runs PostgreSQL; [`schema`] migrates; [`batch`] is the one way in (a batch of submissions, one
//! transaction) to the [`log`]; [`load`] brings what a batch needs; [`views`] reads; [`verify`] recomputes the book from its log.

pub mod accounts;
pub mod analyses;
pub mod audit;
pub mod batch;
mod bulk;
pub mod checkpoint;
mod closing;
mod connect;
mod copy;
pub mod due;
mod error;
pub mod find;
mod hot;
pub mod known;
pub mod load;
pub mod log;
mod neighbours;
pub mod peers;
pub mod schema;
pub mod server;
pub mod shelf;
pub mod similar;
mod tables;
pub mod verify;
pub mod views;
mod write;

pub use connect::{Database, Scope};
pub use error::StoreError;
