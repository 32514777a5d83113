//! Examples of what a reader of the book should know, a module a theme. One target: what they share is compiled once.

#[path = "../common/mod.rs"]
mod common;

mod again;
mod care;
mod chain;
mod close;
mod contacts;
mod custody;
mod events;
mod follow_up;
mod home_care;
mod investigation;
mod links;
mod listed;
mod lives;
mod messages;
mod orders;
mod people;
mod registers;
mod results;
mod rounds;
mod same;
mod sampling;
mod teams;
