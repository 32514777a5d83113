//! The views on a real PostgreSQL: every number of a small book by hand, scopes, paging, and how long a county's views take.

mod fixture;
mod numbers;
mod people;
mod scope;
mod speed;
