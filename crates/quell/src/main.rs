//! The Quell binary.
fn main() {}
