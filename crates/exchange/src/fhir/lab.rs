//! Laboratory results out: report, observation, specimen.

use super::parts::{LOINC, Resource, SNOMED, coded, date_time, derived, display, identifiers, list, said, term};
use super::people::patient_of;
use super::write::Writer;
use crate::identity::uuid_of;
use crate::{Disease, PersonPart, ResultRecord};
use quell_foundation::Precision;
use serde_json::{Value, json};
use std::io;
use uuid::Uuid;

pub(super) fn each(writer: &Writer<'_, '_>, results: &[ResultRecord], put: &mut dyn FnMut(Value) -> io::Result<()>) -> io::Result<()> {
    for result in results {
        let specimen = specimen_of(result, writer.options.source);
        if let Some(id) = specimen {
            put(writer.specimen(id, result))?;
        }
        put(writer.observed(result, specimen))?;
        put(writer.report(result, specimen))?;
    }
    Ok(())
}

/// Tubes and reports are known by numbers that another book may use, too.
fn specimen_of(result: &ResultRecord, source: &str) -> Option<Uuid> {
    (!result.tube.is_empty()).then(|| uuid_of("tube", &format!("{source}/{}", result.tube)))
}

fn report_of(result: &ResultRecord, source: &str) -> Uuid {
    uuid_of("report", &format!("{source}/{}", result.report))
}

/// Is this test one for nucleic acid?
fn is_nucleic_acid(test: &str) -> bool {
    let lower = test.to_lowercase();
    ["pcr", "naa", "rna", "dna", "nucleic"].iter().any(|w| lower.contains(w)) || lower.contains("核酸") || lower.is_empty()
}

impl Writer<'_, '_> {
    fn subject(&self, result: &ResultRecord) -> Value {
        if result.who == PersonPart::default() {
            return Value::Null;
        }
        self.refs.to("Patient", patient_of(&result.who, &result.report))
    }

    fn specimen(&self, id: Uuid, result: &ResultRecord) -> Value {
        let collection = result.sampled.map(|at| json!({ "collectedDateTime": date_time(at) }));
        Resource::new("Specimen", id)
            .set("identifier", identifiers(self.options.source, &[("tube", &result.tube)]))
            .set("type", said(&result.specimen))
            .set("subject", self.subject(result))
            .time("receivedTime", result.received)
            .set("collection", collection)
            .done()
    }

    /// The test by its code: the record's own if it is one of LOINC, else that of the disease's nucleic acid, else in words.
    fn test(&self, result: &ResultRecord) -> Value {
        let test = result.test.trim();
        let known = Disease::named(self.options.disease).unwrap_or_default();
        let is_loinc = test.split_once('-').is_some_and(|(number, check)| {
            (3..=7).contains(&number.len()) && check.len() == 1 && number.bytes().chain(check.bytes()).all(|b| b.is_ascii_digit())
        });
        if is_loinc {
            let name = if test == known.loinc.0 { known.loinc.1 } else { "" };
            return coded(LOINC, test, name, "");
        }
        if !known.loinc.0.is_empty() && is_nucleic_acid(test) {
            return coded(LOINC, known.loinc.0, known.loinc.1, test);
        }
        said(if test.is_empty() { "laboratory test" } else { test })
    }

    fn observed(&self, result: &ResultRecord, specimen: Option<Uuid>) -> Value {
        let found = |code, name| ("valueCodeableConcept", coded(SNOMED, code, name, &result.result));
        let (key, value) = match result.result.as_str() {
            "positive" => found("260373001", "Detected"),
            "negative" => found("260415000", "Not detected"),
            "indeterminate" => found("419984006", "Inconclusive"),
            "failed" => ("dataAbsentReason", term("data-absent-reason", "error")),
            "pending" => ("dataAbsentReason", term("data-absent-reason", "temp-unknown")),
            "not_done" => ("dataAbsentReason", term("data-absent-reason", "not-performed")),
            _ => ("dataAbsentReason", term("data-absent-reason", "unknown")),
        };
        let targets: Vec<Value> = result
            .targets
            .iter()
            .map(|t| match t.ct {
                Some(ct) => json!({ "code": said(&t.target), "valueQuantity": { "value": ct.value(), "unit": "Ct" } }),
                None => json!({ "code": said(&t.target), "valueCodeableConcept": coded(SNOMED, "260415000", "Not detected", "") }),
            })
            .collect();
        Resource::new("Observation", derived(report_of(result, self.options.source), "observation"))
            .set("status", status(&result.status))
            .set("category", json!([term("observation-category", "laboratory")]))
            .set("code", self.test(result))
            .set("subject", self.subject(result))
            .time("effectiveDateTime", result.sampled)
            .set("performer", list(display(&result.laboratory)))
            .set(key, value)
            .set("specimen", specimen.map(|id| self.refs.to("Specimen", id)))
            .set("component", targets)
            .note(&result.note)
            .done()
    }

    fn report(&self, result: &ResultRecord, specimen: Option<Uuid>) -> Value {
        let id = report_of(result, self.options.source);
        // An instant must be exact; a day is left out rather than made up.
        let issued = result.resulted.filter(|t| t.precision == Precision::Exact);
        let waiting = result.result == "pending";
        Resource::new("DiagnosticReport", id)
            .set("identifier", identifiers(self.options.source, &[("report", &result.report)]))
            .set("status", if waiting { "registered" } else { status(&result.status) })
            .set("category", json!([term("v2-0074", "MB")]))
            .set("code", self.test(result))
            .set("subject", self.subject(result))
            .time("effectiveDateTime", result.sampled)
            .time("issued", issued)
            .set("performer", list(display(&result.laboratory)))
            .set("specimen", specimen.map(|id| json!([self.refs.to("Specimen", id)])))
            .set("result", json!([self.refs.to("Observation", derived(id, "observation"))]))
            .done()
    }
}

fn status(word: &str) -> &str {
    match word {
        "preliminary" | "final" | "corrected" | "cancelled" => word,
        _ => "unknown",
    }
}
