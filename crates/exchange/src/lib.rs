//! Cases, contacts, links, follow-ups and laboratory results as flat records, and the formats of other systems that they are
//! written to and read from. It knows nothing of the book, of storage or of HTTP.

mod records;

pub use records::*;
