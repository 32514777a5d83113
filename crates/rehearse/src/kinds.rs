//! Kind of place and sex, in the words of the book.

pub use quell_book::{PlaceKind, Sex};
