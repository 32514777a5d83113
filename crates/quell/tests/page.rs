//! What the page takes from the program: the words of the closed lists, in both languages.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

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
