//! Cases, contacts, links, follow-ups and laboratory results as flat records, and the formats of other systems that they are
//! written to and read from. It knows nothing of the book, of storage or of HTTP; the same records give the same bytes.
//!
//! | module | what | direction |
//! |---|---|---|
//! | [`table`] | Quell's own tables, CSV and XLSX | out (in: `quell-tabular` with a mapping) |
//! | [`sormas`] | the import files of SORMAS | out |
//! | [`godata`] | the import files of Go.Data | out |
//! | [`fhir`] | FHIR R4: bundles, NDJSON; diagnostic reports | out; in |
//! | [`hl7`] | HL7 v2 ORU^R01 and its acknowledgement | in |

pub mod fhir;
pub mod godata;
mod grid;
pub mod hl7;
mod identity;
mod problem;
mod records;
pub mod sormas;
pub mod table;
mod words;

use identity::report_id;

pub use grid::{Cell, Lines, WriteError, unguarded};
pub use problem::Problem;
pub use records::*;
pub use words::{Disease, Lang, disease_name, join_name, same_name};
