//! A message as it came: its reports, and what references in it mean.

use crate::Problem;
use quell_foundation::{BadTime, EventTime, UtcOffset};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;

/// Where in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At(String);

impl At {
    pub fn field(&self, field: &str) -> String {
        format!("{}.{field}", self.0)
    }
    pub fn item(&self, field: &str, i: usize) -> At {
        At(format!("{}.{field}[{i}]", self.0))
    }
}
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) struct Document<'v> {
    pub reports: Vec<(At, &'v Value)>,
    by_url: HashMap<&'v str, &'v Value>,
    by_id: HashMap<(&'v str, &'v str), &'v Value>,
}

impl<'v> Document<'v> {
    pub fn of(root: &'v Value) -> Result<Self, Problem> {
        let mut document = Self { reports: Vec::new(), by_url: HashMap::new(), by_id: HashMap::new() };
        match text(root, "resourceType") {
            "DiagnosticReport" => document.reports.push((At("DiagnosticReport".into()), root)),
            "Bundle" => document.fill(root),
            other => {
                let given = crate::problem::shown(other);
                return Err(Problem::new(
                    "resourceType",
                    "fhir.type",
                    format!("a DiagnosticReport or a Bundle is read here, not '{given}'"),
                    format!("此处只接收 DiagnosticReport 或 Bundle，不接收“{given}”"),
                ));
            }
        }
        if document.reports.is_empty() {
            return Err(Problem::new(
                "Bundle.entry",
                "fhir.required",
                "the bundle holds no DiagnosticReport",
                "Bundle 中没有 DiagnosticReport",
            ));
        }
        Ok(document)
    }

    fn fill(&mut self, bundle: &'v Value) {
        for (i, entry) in bundle["entry"].as_array().into_iter().flatten().enumerate() {
            let resource = &entry["resource"];
            let (kind, id) = (text(resource, "resourceType"), text(resource, "id"));
            if kind == "DiagnosticReport" {
                self.reports.push((At(format!("Bundle.entry[{i}].resource")), resource));
            }
            if !id.is_empty() {
                self.by_id.entry((kind, id)).or_insert(resource);
            }
            let url = text(entry, "fullUrl");
            if !url.is_empty() {
                self.by_url.entry(url).or_insert(resource);
            }
        }
    }

    /// What a reference refers to, if it is in the message: contained in one of these, or an entry.
    pub fn resolve(&self, reference: &Value, containers: &[&'v Value]) -> Option<&'v Value> {
        let to = text(reference, "reference");
        if let Some(id) = to.strip_prefix('#') {
            let contained = containers.iter().flat_map(|c| c["contained"].as_array().into_iter().flatten());
            return contained.into_iter().find(|r| text(r, "id") == id);
        }
        if to.is_empty() {
            return None;
        }
        let to = to.split("/_history/").next().unwrap_or(to);
        let by_id = || {
            let mut parts = to.rsplit('/');
            let (id, kind) = (parts.next()?, parts.next()?);
            self.by_id.get(&(kind, id)).copied()
        };
        self.by_url.get(to).copied().or_else(by_id)
    }
}

/// A text of an element; empty if it is not there.
pub(super) fn text<'v>(of: &'v Value, key: &str) -> &'v str {
    of[key].as_str().map(str::trim).unwrap_or_default()
}

/// What a concept says: its codes, then its words.
pub(super) fn codes(concept: &Value) -> impl Iterator<Item = &str> {
    let codings = || concept["coding"].as_array().into_iter().flatten();
    let all = codings().map(|c| text(c, "code")).chain([text(concept, "text")]).chain(codings().map(|c| text(c, "display")));
    all.filter(|s| !s.is_empty())
}

/// A concept in words, else by its first code.
pub(super) fn first_text(concept: &Value) -> String {
    let words = text(concept, "text");
    let display = concept["coding"].as_array().into_iter().flatten().map(|c| text(c, "display")).find(|d| !d.is_empty());
    let found = Some(words).filter(|w| !w.is_empty()).or(display).or_else(|| codes(concept).next());
    found.unwrap_or_default().to_owned()
}

/// A time; none if only a year or a month is known.
pub(super) fn time(given: &str, offset: UtcOffset) -> Result<Option<EventTime>, BadTime> {
    let (sign, m) = (if offset.0 < 0 { '-' } else { '+' }, offset.0.unsigned_abs());
    let day = |date: &str| format!("{date}{sign}{:02}:{:02}", m / 60, m % 60).parse::<EventTime>();
    match given.len() {
        4 => day(&format!("{given}-01-01")).map(|_| None),
        7 => day(&format!("{given}-01")).map(|_| None),
        10 => day(given).map(Some),
        _ => given.parse().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_the_precision_that_fhir_gives_them() {
        let read = |s: &str| time(s, UtcOffset::CHINA).map(|t| t.map(|t| t.to_string()));
        assert_eq!(read("2022-11-26"), Ok(Some("2022-11-26+08:00".into())));
        assert_eq!(read("2022-11-26T08:15:00.5Z"), Ok(Some("2022-11-26T08:15:00.5+00:00".into())));
        assert_eq!((read("2022-11"), read("2022")), (Ok(None), Ok(None)));
        assert!(read("2022-13").is_err() && read("26.11.2022").is_err() && read("2022-11-26T08:15:00").is_err());
    }
}
