//! FHIR R4: bundles and NDJSON out, diagnostic reports in.
//!
//! # Out
//!
//! | record | resources |
//! |---|---|
//! | a person of any record | `Patient`, one a person |
//! | case | `Condition`; an `Observation` a symptom, `Immunization` a dose, `Procedure` for isolation, an `Observation` for exposure |
//! | stay | `Encounter` |
//! | contact | `RelatedPerson` of the case's patient; `Condition` of being exposed; `Procedure` for quarantine |
//! | link | `Observation` on the target with the source as its focus |
//! | follow-up | `Observation`; another for the temperature, one a symptom |
//! | result | `DiagnosticReport`, `Observation` (Ct values as components), `Specimen` |
//!
//! Ids are the book's UUIDs, or follow from them, so that a second export updates the first. FHIR knows no time to the hour: it is
//! written as the full hour. A reference out of the set is a logical one (identifier and no resource).
//!
//! # In
//!
//! [`read()`] takes a `DiagnosticReport` with what it refers to, contained or in a `Bundle` of any type. A repeat is known as in
//! [`crate::hl7`]: `report` is made of the report's business identifier (the one of type `FILL` before others) or else of the
//! specimen's, with the code of the observation; never of the bundle. An own export read again has the `report` it was written with.

mod lab;
mod parts;
mod people;
mod read;
mod write;

pub use read::{Reading, read};

use crate::Set;
use parts::Refs;
use quell_foundation::EventTime;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What a bundle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To be kept or looked at.
    Collection,
    /// To be put into a server, where each resource is made or updated.
    Transaction,
}

/// What an export says beside its records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options<'a> {
    /// The book as the beginning of a URI, for example `https://example.org/book/500237`: identifiers are unique below it.
    pub source: &'a str,
    /// The disease that results are about, as the protocol says; empty if that is not known.
    pub disease: &'a str,
    /// When the export is made.
    pub made: EventTime,
}

/// Writes a bundle, entry by entry.
pub fn bundle(set: &Set, kind: Kind, options: &Options<'_>, out: &mut impl Write) -> io::Result<()> {
    let name = match kind {
        Kind::Collection => "collection",
        Kind::Transaction => "transaction",
    };
    write!(out, "{{\"resourceType\":\"Bundle\",\"type\":\"{name}\",\"timestamp\":{}", json!(parts::date_time(options.made)))?;
    let mut first = true;
    write::each(set, Refs::Urn, options, &mut |resource: Value| {
        let text = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (resource_type, id) = (text("resourceType"), text("id"));
        let mut entry = json!({ "fullUrl": format!("urn:uuid:{id}"), "resource": resource });
        if kind == Kind::Transaction {
            entry["request"] = json!({ "method": "PUT", "url": format!("{resource_type}/{id}") });
        }
        // An empty array is not allowed in FHIR, so it begins with its first entry.
        out.write_all(if first { b",\"entry\":[\n" } else { b",\n" })?;
        first = false;
        serde_json::to_writer(&mut *out, &entry).map_err(io::Error::from)
    })?;
    out.write_all(if first { b"}\n" } else { b"\n]}\n" })
}

/// Writes one resource a line, for bulk import; `only` those of one type, as the bulk data format asks for.
pub fn ndjson(set: &Set, only: Option<&str>, options: &Options<'_>, out: &mut impl Write) -> io::Result<()> {
    write::each(set, Refs::Relative, options, &mut |resource: Value| {
        let resource_type = resource.get("resourceType").and_then(Value::as_str);
        if only.is_some() && only != resource_type {
            return Ok(());
        }
        serde_json::to_writer(&mut *out, &resource)?;
        out.write_all(b"\n")
    })
}
