//! Reads CSV, Excel and JSON with column and value mapping, encodings and date formats, hands out checked rows, and writes the
//! refused ones back for correction.
//!
//! It knows nothing of the book, of storage or of HTTP. Nothing is guessed: what cannot be read in exactly one way is refused with
//! the line, the column, a rule's code and what to do, in Chinese and English.
//!
//! ```
//! use quell_tabular::{Mapping, Options, builtin_mapping, open_bytes};
//! let mapping = Mapping::parse("people.toml", builtin_mapping("people").unwrap_or_default()).expect("shipped");
//! let reader = open_bytes("姓名,性别,身份证号,住址编码\n张三,女,11010519491231002X,500237001001\n".as_bytes(), &Options::default())?;
//! let mut rows = reader.rows(&mapping)?;
//! for row in rows.by_ref() {
//!     let row = row.expect("a good row");
//!     assert_eq!((row.line, row.text("name")), (2, Some("张三")));
//! }
//! assert!(rows.summary().complete && rows.summary().good == 1);
//! # Ok::<(), quell_tabular::OpenError>(())
//! ```

mod archive;
mod builtin;
mod columns;
mod convert;
mod csv;
mod dates;
mod duplicates;
mod encoding;
mod identity;
mod json;
mod layer;
mod mapping;
mod mapping_file;
mod message;
mod plan;
mod propose;
mod reader;
mod record;
mod refused;
mod rows;
mod sheet;
mod text;
mod value;

pub use builtin::{BUILTIN, builtin_mapping};
pub use dates::parse_day;
pub use duplicates::{Duplicate, DuplicateFinder};
pub use layer::Layer;
pub use mapping::{Field, Mapping};
pub use message::{OpenError, Problem, RowError, Warning};
pub use reader::{Options, Reader, open, open_bytes};
pub use refused::{Reason, RefusedError};
pub use rows::{Rows, Summary};
pub use value::{FieldName, MANY_SEPARATOR, Row, Value};
