//! The server and command line of Quell. One module a feature; SQL lives in `quell-store`, rules in `quell-book`.

pub mod admission;
pub mod analyses;
mod apart;
pub mod app;
pub mod auth;
pub mod checkpoint;
pub mod clerk;
pub mod cli;
pub mod client;
pub mod clock;
pub mod demo;
pub mod diary;
pub mod door;
pub mod expiry;
pub mod export;
mod html;
pub mod http;
pub mod identity;
pub mod import;
pub mod messages;
pub mod metrics;
pub mod papers;
pub mod protocols;
pub mod similar;
pub mod staff;
pub mod status;
pub mod viewer;

/// Facts are many small texts: with the system's allocator a third of the server's time at full load went into it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
