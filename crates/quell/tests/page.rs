//! The page: what the program serves of it, and what it takes from the program.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell_book::*;
use serde_json::{Map, Value, json};
use std::path::Path;

macro_rules! lists {
    ($($list:ident)+) => {{
        let mut all = Map::new();
        $(
            let words: Map<String, Value> = $list::ALL.iter().map(|w| (w.as_str().to_owned(), json!([w.zh(), w.as_str().replace('_', " ")]))).collect();
            all.insert(stringify!($list).to_owned(), words.into());
        )+
        all
    }};
}

#[test]
fn the_page_knows_every_word() {
    let all = lists!(PlaceKind Sex Standing TubeState TestResult Condition Classification CaseState ContactState VaccinationSource
        ExposureContext GroupKind EventKind LeadKind LeadState Certainty FollowUpOutcome TeamState OrderKind OrderState AppealState
        Assistance AssistanceOutcome VisitSource TransferState RoundState InvestigationPart DutyKind Should Role DutyState SubjectKind);
    let now = serde_json::to_string_pretty(&all).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/words/terms.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "web/src/words/terms.json is not current; write it with: UPDATE=1 cargo test -p quell --test page");
}

/// The page, its files and its screens are served; nothing else becomes a page.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_served() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    assert!(dist.join("index.html").exists(), "the page is not built: run scripts/build-page");
    let w = World::empty().await;
    let html = [("accept", "text/html,application/xhtml+xml")];
    for screen in ["/", "/station", "/persons/0192"] {
        let r = call(w.address, "GET", screen, &html, "").await;
        assert_eq!((r.status, header(&r, "content-type")), (200, "text/html"), "{screen}");
        assert!(header(&r, "content-security-policy").starts_with("default-src 'self'"));
        assert_eq!(header(&r, "cache-control"), "no-cache");
        let again = call(w.address, "GET", screen, &[html[0], ("if-none-match", header(&r, "etag"))], "").await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{screen}");
    }
    let asset = std::fs::read_dir(dist.join("assets")).unwrap().next().unwrap().unwrap();
    let r = call(w.address, "GET", &format!("/assets/{}", asset.file_name().to_str().unwrap()), &[], "").await;
    assert_eq!((r.status, r.body.len()), (200, std::fs::read(asset.path()).unwrap().len()));
    assert!(header(&r, "cache-control").contains("immutable"));
    for (method, path, accept) in
        [("GET", "/v1/nothing", "text/html"), ("GET", "/assets/of-yesterday.js", "*/*"), ("POST", "/station", "text/html")]
    {
        let r = call(w.address, method, path, &[("accept", accept)], "").await;
        assert_eq!((r.status, r.problem().as_str()), (404, "no-such-route"), "{method} {path}");
    }
    let above = call(w.address, "GET", "/../Cargo.toml", &[], "").await;
    assert_eq!(above.status, 404);
}

fn header<'a>(r: &'a Reply, name: &str) -> &'a str {
    r.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
}
