//! Protocol files.

use super::inputs;
use crate::Target;
use quell_foundation::*;
use quell_protocol::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static TWENTY: LazyLock<Protocol> = LazyLock::new(|| load("covid-2022-twenty", text("covid-2022-twenty")).unwrap());

fn text(id: &str) -> &'static str {
    builtin(&ProtocolId::new(id).unwrap()).unwrap()
}

pub const PROTOCOL: Target = Target {
    name: "protocol",
    about: "protocol files: every fault has its line and column; what is accepted differs in nothing from itself, can be compared, and answers",
    run: protocol,
    seeds: || {
        let mut all: Vec<Vec<u8>> = builtin_ids().iter().map(|id| text(id).as_bytes().to_vec()).collect();
        all.extend(inputs(&["", "id = 1", "a.b.c = { d = [1] }\n[[x]]\n", "[sources]\nx = ''\n"]));
        all
    },
    words: &[
        "value = ",
        "source = [\"s\"]",
        "verified = \"one_source\"",
        "\"365d\"",
        "\"1s\"",
        "1",
        "0",
        "365",
        "-1",
        "1e308",
        "nan",
        "inf",
        "[1, 2]",
        "[2, 1]",
        "true",
        "\n",
        "[",
        "]",
        "[sources]",
        "alternatives = [",
        "a.a.a.a.a.a.a.a",
        "{ value = 1",
        "}",
        "\"\"\"",
        "#",
        "note = \"\"",
        "\u{feff}",
    ],
};

fn protocol(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines = text.matches('\n').count() as u32 + 1;
    let placed = |p: &Problem| {
        let ok = (1..=lines).contains(&p.line) && p.column >= 1 && !p.message.is_empty() && !p.advice.is_empty();
        assert!(ok, "{p:?}");
    };
    warnings("p.toml", &text).iter().for_each(placed);
    match load("p.toml", &text) {
        Err(problems) => {
            assert!(!problems.is_empty());
            problems.iter().for_each(placed);
        }
        Ok(p) => {
            assert!(diff(&p, &p).is_empty() && diff_sources(&p, &p).is_empty());
            assert_eq!(diff(&p, &TWENTY).len(), diff(&TWENTY, &p).len());
            diff(&p, &TWENTY).iter().for_each(|c| drop(c.to_string()));
            answers(&p);
        }
    }
}

/// Every question has an answer.
fn answers(p: &Protocol) {
    let start = Instant(0);
    let spans = [p.round_length(), p.rescreen_exemption(), p.close_contact_lookback()];
    spans.into_iter().flatten().for_each(|s| assert!(start.plus(s) > start));
    let _ = (p.exit_rule(), p.home_monitoring(), p.transport_limits(), p.drift(), p.max_runs(), p.corrections_at_once());
    assert!(p.observations_per_day() >= 1 && p.max_runs() >= 1);
    let _ = (p.is_positive_ct(Ct::new(30.0).unwrap()), p.social_zero_days(), p.identifies_secondary_contacts());
    for age in [None, Some(0), Some(120)] {
        let _ = p.destination_rule(Severity::Mild, age, &BTreeSet::new());
    }
}
