//! The committed OpenAPI document is the one that the server serves, and says something about every route.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell::http::openapi::build;
use quell::http::routes::all;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// A page for people, with a form.
const DIARY: &str = "/d/{code}";
/// Operations that give nothing that a schema could describe.
const WITHOUT_ANSWER: &[(&str, &str)] = &[("get", DIARY), ("post", DIARY), ("get", "/v1/openapi.json"), ("delete", "/v1/session/end")];

#[test]
fn the_committed_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let now = serde_json::to_string_pretty(&build()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let line = kept.lines().zip(now.lines()).position(|(a, b)| a != b);
    assert!(
        kept == now,
        "docs/openapi.json is not current (line {:?}); write it with: UPDATE=1 cargo test -p quell --test openapi",
        line.map(|n| n + 1)
    );
}

#[test]
fn every_operation_is_described() {
    let document = build();
    let mut ids = BTreeSet::new();
    for route in all() {
        for op in route.operations {
            let name = format!("{} {}", op.method, route.path);
            let o = &document["paths"][route.path][op.method];
            assert!(o["summary"].as_str().is_some_and(|s| !s.is_empty()), "{name} has no summary");
            assert!(ids.insert(o["operationId"].to_string()), "{name}: its id is taken");
            let schema = &o["responses"]["200"]["content"]["application/json"]["schema"];
            let pdf = &o["responses"]["200"]["content"]["application/pdf"]["schema"];
            assert_eq!(pdf.is_null(), !route.path.ends_with(".pdf"), "{name}: a paper is a paper");
            let file = &o["responses"]["200"]["content"]["application/octet-stream"]["schema"];
            let goes_out = route.path.starts_with("/v1/exports/") || route.path.ends_with("/result");
            assert_eq!(file.is_null(), !goes_out, "{name}: a list that goes out is a file");
            let without = WITHOUT_ANSWER.contains(&(op.method, route.path));
            assert_eq!(schema.is_null(), without || !pdf.is_null() || !file.is_null(), "{name}: schema of the answer");
            let takes = matches!(op.method, "post" | "put");
            let says_all = route.path == DIARY || route.path.ends_with("/cancel");
            assert_eq!(o["requestBody"].is_null(), !takes || says_all, "{name}: schema of the body");
            assert!(!o["responses"]["default"]["content"]["application/problem+json"]["schema"].is_null());
            // Every parameter of the path is described, and every one has a meaning.
            let named: BTreeSet<&str> = route.params.iter().map(|p| p.name).collect();
            for part in route.path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')) {
                assert!(named.contains(part), "{name}: {part} is not described");
            }
            assert!(route.params.iter().all(|p| !p.about.is_empty()), "{name}");
        }
    }
    assert_eq!(document["paths"].as_object().unwrap().len(), all().count(), "no address stands twice");
}

/// Every `$ref` leads somewhere.
#[test]
fn every_reference_is_defined() {
    fn refs<'a>(v: &'a Value, out: &mut Vec<&'a str>) {
        match v {
            Value::Object(o) => {
                out.extend(o.get("$ref").and_then(Value::as_str));
                o.values().for_each(|v| refs(v, out));
            }
            Value::Array(a) => a.iter().for_each(|v| refs(v, out)),
            _ => {}
        }
    }
    let document = build();
    let mut found = Vec::new();
    refs(&document, &mut found);
    assert!(found.len() > 50);
    for r in found {
        let pointer = r.strip_prefix('#').unwrap_or_else(|| panic!("{r} leads out of the document"));
        assert!(document.pointer(pointer).is_some(), "{r} is not defined");
    }
}
