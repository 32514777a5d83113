//! The parts of which resources are made.

use crate::identity::uuid_of;
use quell_foundation::{EventTime, Precision};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub(super) const LOINC: &str = "http://loinc.org";
pub(super) const SNOMED: &str = "http://snomed.info/sct";
pub(super) const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";

/// How resources refer to each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refs {
    /// Within a bundle.
    Urn,
    /// Within a server.
    Relative,
}

impl Refs {
    pub fn to(self, resource_type: &str, id: Uuid) -> Value {
        match self {
            Refs::Urn => json!({ "reference": format!("urn:uuid:{id}") }),
            Refs::Relative => json!({ "reference": format!("{resource_type}/{id}") }),
        }
    }
}

/// A resource that follows from another.
pub(super) fn derived(of: Uuid, what: &str) -> Uuid {
    uuid_of("fhir", &format!("{of}/{what}"))
}

/// As precise as FHIR can be: a day, or a moment.
pub(super) fn date_time(at: EventTime) -> String {
    match at.precision {
        Precision::Day => at.to_string().chars().take(10).collect(),
        Precision::Hour => EventTime::exact(at.at, at.offset).to_string(),
        Precision::Exact => at.to_string(),
    }
}

/// A resource under construction: what is empty is left out, because FHIR allows neither empty texts nor empty lists.
pub(super) struct Resource(Map<String, Value>);

impl Resource {
    pub fn new(resource_type: &str, id: Uuid) -> Self {
        let mut map = Map::new();
        map.insert("resourceType".into(), resource_type.into());
        map.insert("id".into(), id.to_string().into());
        Self(map)
    }
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(s) => s.trim().is_empty(),
            Value::Array(a) => a.is_empty(),
            Value::Object(o) => o.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(key.into(), value);
        }
        self
    }
    pub fn time(self, key: &str, at: Option<EventTime>) -> Self {
        self.set(key, at.map(date_time))
    }
    pub fn note(self, text: &str) -> Self {
        let note = (!text.trim().is_empty()).then(|| json!([{ "text": text }]));
        self.set("note", note)
    }
    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// A concept in words; nothing for no words.
pub(super) fn said(text: &str) -> Value {
    if text.trim().is_empty() { Value::Null } else { json!({ "text": text }) }
}

/// A concept by a code, its name there, and in words.
pub(super) fn coded(system: &str, code: &str, display: &str, text: &str) -> Value {
    let coding = Resource(Map::new()).set("system", system).set("code", code).set("display", display).done();
    Resource(Map::new()).set("coding", json!([coding])).set("text", text).done()
}

/// A code of one of the code systems that belong to FHIR.
pub(super) fn term(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code }] })
}

/// Business identifiers; those without a value are left out.
pub(super) fn identifiers(source: &str, values: &[(&str, &str)]) -> Value {
    let all = values.iter().filter(|(_, value)| !value.trim().is_empty());
    Value::Array(all.map(|(kind, value)| json!({ "system": format!("{source}/{kind}"), "value": value })).collect())
}

pub(super) fn period(from: Option<EventTime>, to: Option<EventTime>) -> Value {
    Resource(Map::new()).time("start", from).time("end", to).done()
}

pub(super) fn display(text: &str) -> Value {
    if text.trim().is_empty() { Value::Null } else { json!({ "display": text }) }
}

/// A list of one, or of none.
pub(super) fn list(value: Value) -> Value {
    if value.is_null() || value.as_object().is_some_and(Map::is_empty) { Value::Null } else { json!([value]) }
}
