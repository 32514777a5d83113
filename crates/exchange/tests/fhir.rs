//! FHIR: what is written, that it is read again as it was, and what is read from others.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod golden;
mod sample;

use proptest::prelude::*;
use quell_exchange::fhir::{Kind, Options, Reading, bundle, ndjson, read};
use quell_exchange::{PersonPart, ResultRecord, Set};
use quell_foundation::UtcOffset;
use serde_json::{Value, json};
use std::collections::HashSet;

const SOURCE: &str = "https://example.org/book/500237";

fn options() -> Options<'static> {
    Options { source: SOURCE, disease: "covid-19", made: "2022-12-05T09:00:00+08:00".parse().unwrap() }
}

/// A bundle, an entry a line.
fn text(set: &Set, kind: Kind) -> String {
    let mut out = Vec::new();
    bundle(set, kind, &options(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn written(set: &Set, kind: Kind) -> Value {
    serde_json::from_str(&text(set, kind)).unwrap()
}

fn taken(value: &Value) -> Result<Vec<ResultRecord>, Vec<quell_exchange::Problem>> {
    read(value.to_string().as_bytes(), &Reading { offset: UtcOffset::CHINA, source: SOURCE })
}

#[test]
fn a_small_outbreak_as_a_bundle() {
    let mut set = sample::set();
    set.cases.truncate(1);
    set.contacts.remove(0);
    set.links.truncate(1);
    set.follow_ups.drain(..1).for_each(drop);
    set.follow_ups.truncate(1);
    set.results.truncate(1);
    golden::check("collection.json", &text(&set, Kind::Collection));
}

#[test]
fn a_transaction_updates_what_an_earlier_one_made() {
    let (first, second) = (written(&sample::set(), Kind::Transaction), written(&sample::set(), Kind::Transaction));
    assert_eq!(first, second);
    let urls: Vec<&str> = first["entry"].as_array().unwrap().iter().map(|e| e["request"]["url"].as_str().unwrap()).collect();
    assert_eq!(urls.iter().collect::<HashSet<_>>().len(), urls.len());
    assert!(urls.contains(&"Condition/0190f3c4-7a00-7002-8000-000000000001"), "the book's own id: {urls:?}");
}

#[test]
fn what_is_said_twice_is_written_once() {
    let mut set = sample::set();
    set.cases[0].symptoms = vec!["fever".into(), "fever".into()];
    set.results.push(set.results[0].clone());
    let all = written(&set, Kind::Collection);
    let ids: Vec<&Value> = all["entry"].as_array().unwrap().iter().map(|e| &e["fullUrl"]).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
}

#[test]
fn lines_are_resources_and_may_be_of_one_type() {
    let lines = |only: Option<&str>| {
        let mut out = Vec::new();
        ndjson(&sample::set(), only, &options(), &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).collect::<Vec<_>>()
    };
    let patients = lines(Some("Patient"));
    assert!(patients.len() == 3 && patients.iter().all(|p| p["resourceType"] == "Patient"));
    let conditions = lines(Some("Condition"));
    assert_eq!(conditions[0]["subject"]["reference"], "Patient/0190f3c4-7a00-7001-8000-000000000001");
    assert_eq!(lines(None).len(), written(&sample::set(), Kind::Collection)["entry"].as_array().unwrap().len());
}

#[test]
fn who_is_not_in_the_set_is_named_and_not_invented() {
    let set = Set { contacts: sample::set().contacts, links: sample::set().links, ..Set::default() };
    let entries = written(&set, Kind::Collection);
    let of = |kind: &str, with: &str| {
        let all = entries["entry"].as_array().unwrap().iter().map(|e| &e["resource"]);
        all.into_iter().find(|r| r["resourceType"] == kind && !r[with].is_null()).unwrap().clone()
    };
    let case = json!({"identifier": {"system": "https://example.org/book/500237/case", "value": "WS-2022-001"}, "display": "WS-2022-001"});
    assert_eq!(of("RelatedPerson", "patient")["patient"], case);
    assert_eq!(of("Observation", "focus")["focus"], json!([case]));
}

#[test]
fn an_own_bundle_is_read_back() {
    let set = sample::set();
    // What FHIR has no place for, or has another word for.
    let told = |r: &ResultRecord| ResultRecord {
        test: "94500-6".into(),
        who: PersonPart { home: String::new(), occupation: String::new(), ..r.who.clone() },
        ..r.clone()
    };
    let expected: Vec<_> = set.results.iter().map(told).collect();
    for kind in [Kind::Collection, Kind::Transaction] {
        assert_eq!(taken(&written(&set, kind)).unwrap(), expected);
    }
}

fn report() -> Value {
    json!({
        "resourceType": "DiagnosticReport", "id": "r1", "status": "final",
        "identifier": [
            {"system": "urn:lis:internal", "value": "8842"},
            {"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "FILL"}]}, "system": "urn:lis:order", "value": "F-77"}
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "94500-6"}]},
        "subject": {"reference": "#p"}, "specimen": [{"reference": "#s"}], "result": [{"reference": "#o"}],
        "performer": [{"reference": "Organization/9", "display": "County Lab"}],
        "effectiveDateTime": "2022-11-26",
        "contained": [
            {"resourceType": "Patient", "id": "p", "name": [{"family": "王", "given": ["伟"]}], "gender": "male", "birthDate": "1984-05-01",
             "identifier": [{"type": {"coding": [{"code": "NNCHN"}]}, "value": "5002***********1"}],
             "telecom": [{"system": "email", "value": "x@example.org"}, {"system": "phone", "value": "57682931"}]},
            {"resourceType": "Specimen", "id": "s", "identifier": [{"value": "T1"}], "collection": {"collectedDateTime": "2022-11-26T07:50:00+08:00"}},
            {"resourceType": "Observation", "id": "o", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "94500-6"}]},
             "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260373001"}]},
             "component": [{"code": {"coding": [{"code": "94644-2", "display": "ORF1ab [Cycle Threshold #]"}]}, "valueQuantity": {"value": 28.46}},
                           {"code": {"text": "Viral load"}, "valueQuantity": {"value": 5000, "unit": "copies/mL"}}]}
        ]
    })
}

#[test]
fn a_report_of_another_system_is_read() {
    let records = taken(&report()).unwrap();
    golden::check("report.results.json", &(serde_json::to_string_pretty(&records).unwrap() + "\n"));
}

#[test]
fn the_same_result_in_a_new_message_is_the_same_report() {
    let first = taken(&report()).unwrap();
    let mut again = report();
    again["id"] = "r2".into();
    again["issued"] = "2022-11-27T02:00:00+08:00".into();
    let message = json!({"resourceType": "Bundle", "id": "m9", "type": "message", "entry": [{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "MessageHeader"}}, {"resource": again}]});
    let again = taken(&message).unwrap();
    assert_eq!(again[0].report, first[0].report);
    assert_eq!(first[0].report, "urn:lis:order|F-77|94500-6");
    let mut corrected = report();
    corrected["status"] = "corrected".into();
    let corrected = taken(&corrected).unwrap();
    assert_eq!((corrected[0].report.as_str(), corrected[0].status.as_str()), (first[0].report.as_str(), "corrected"));
}

#[test]
fn a_panel_is_several_results() {
    let observation = |id: &str, code: &str, value: &str| json!({"fullUrl": format!("http://lis/fhir/Observation/{id}"), "resource": {"resourceType": "Observation", "id": id, "status": "final", "code": {"text": code}, "interpretation": [{"coding": [{"code": value}]}]}});
    let mut report = report();
    report["result"] = json!([{"reference": "Observation/a"}, {"reference": "http://lis/fhir/Observation/b/_history/2"}]);
    let message = json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": report}, observation("a", "Influenza A", "NEG"), observation("b", "Influenza B", "POS")]});
    let records = taken(&message).unwrap();
    assert_eq!(
        records.iter().map(|r| (r.test.as_str(), r.result.as_str())).collect::<Vec<_>>(),
        [("Influenza A", "negative"), ("Influenza B", "positive")]
    );
    assert_ne!(records[0].report, records[1].report);
}

#[test]
fn faults_have_their_path_in_both_languages() {
    let with = |pointer: &str, value: Value| {
        let mut report = report();
        *report.pointer_mut(pointer).unwrap() = value;
        report
    };
    for (message, at, rule) in [
        (with("/status", json!("done")), "DiagnosticReport.status", "fhir.value"),
        (with("/result/0/reference", json!("Observation/9")), "DiagnosticReport.result[0]", "fhir.reference"),
        (with("/contained/2/valueCodeableConcept", json!({"text": "see comment"})), "DiagnosticReport.result", "fhir.value"),
        (
            with("/contained/2/valueCodeableConcept", json!({"text": "negative", "coding": [{"code": "260373001"}]})),
            "DiagnosticReport.result[0].valueCodeableConcept",
            "fhir.value",
        ),
        (
            with("/contained/2/component/0/valueQuantity/value", json!(99)),
            "DiagnosticReport.result[0].component[0].valueQuantity",
            "fhir.value",
        ),
        (
            with("/contained/1/collection/collectedDateTime", json!("26/11/2022")),
            "DiagnosticReport → Specimen.collection.collectedDateTime",
            "fhir.time",
        ),
        (json!({"resourceType": "Patient"}), "resourceType", "fhir.type"),
        (json!([1]), "resourceType", "fhir.type"),
        (json!({"resourceType": "Bundle", "entry": [{"resource": null}]}), "Bundle.entry", "fhir.required"),
    ] {
        let problems = taken(&message).unwrap_err();
        assert_eq!(problems.iter().map(|p| (p.at.as_str(), p.rule)).collect::<Vec<_>>(), [(at, rule)], "{message}");
        assert!(problems[0].zh.chars().any(|c| c > '\u{4e00}'));
    }
    let mut nameless = report();
    nameless["identifier"] = json!([]);
    assert_eq!(taken(&nameless).unwrap()[0].report, "specimen|T1|94500-6");
    nameless["specimen"] = json!([]);
    assert_eq!(taken(&nameless).unwrap_err()[0].rule, "fhir.required");
    assert_eq!(read(b"{", &Reading { offset: UtcOffset::CHINA, source: "" }).unwrap_err()[0].rule, "fhir.json");
}

#[test]
fn members_that_name_each_other_end() {
    let mut report = report();
    report["contained"][2]["hasMember"] = json!([{"reference": "#o"}, {"reference": "#o"}]);
    assert_eq!(taken(&report).unwrap().len(), 1);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[#A-Za-z0-9 :.-]{0,12}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::hash_map("[a-z]{1,6}", inner, 0..3).prop_map(|m| json!(m))
        ]
    })
}

proptest! {
    #[test]
    fn nothing_in_place_of_any_part_ends_the_reader(at in 0usize..200, put in any_json()) {
        let mut report = report();
        let mut all = Vec::new();
        pointers(&report, String::new(), &mut all);
        *report.pointer_mut(&all[at % all.len()]).unwrap() = put;
        match taken(&report) {
            Ok(records) => prop_assert!(!records.is_empty() && records.iter().all(|r| !r.report.is_empty() && !r.result.is_empty())),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn no_bytes_end_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = read(&bytes, &Reading { offset: UtcOffset::CHINA, source: SOURCE });
    }
}

fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| pointers(v, format!("{at}/{k}"), all)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| pointers(v, format!("{at}/{i}"), all)),
        _ => {}
    }
    all.push(at);
}
