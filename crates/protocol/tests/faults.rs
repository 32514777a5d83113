//! Every check of a protocol file: what it says, and on which line and column.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use quell_protocol::{Problem, builtin, builtin_ids, load, warnings};

fn text(id: &str) -> &'static str {
    builtin(&id.parse().unwrap()).unwrap()
}

/// The problems of a built-in file in which one piece of text was replaced; it must occur.
fn broken(id: &str, from: &str, to: &str) -> (String, Vec<Problem>) {
    assert!(text(id).contains(from), "{from}");
    let changed = text(id).replacen(from, to, 1);
    let problems = load("p.toml", &changed).expect_err("a fault");
    (changed, problems)
}

/// The line, from 1, on which a piece of text begins.
fn line_of(text: &str, piece: &str) -> u32 {
    let at = text.find(piece).unwrap();
    u32::try_from(text[..at].matches('\n').count() + 1).unwrap()
}

/// Expects one problem, on the line where `marker` begins and at this path, that says `what`.
fn expect(id: &str, from: &str, to: &str, marker: &str, path: &str, what: &str) {
    let (changed, problems) = broken(id, from, to);
    let shown: String = problems.iter().map(|p| format!("{p}\n")).collect();
    assert_eq!(problems.len(), 1, "{shown}");
    let p = &problems[0];
    assert_eq!((p.path.as_str(), p.line), (path, line_of(&changed, marker)), "{shown}");
    assert!(p.message.contains(what), "{shown}");
    assert!(!p.advice.is_empty(), "{shown}");
}

#[test]
fn lines_and_columns_are_exact() {
    let found = load("p.toml", "[meta]\nid = 'x'\nversoin = '1'\n").unwrap_err();
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(shown.contains(&"p.toml:3:1: meta.versoin: unknown key 'versoin'; did you mean 'version'? otherwise remove it".to_owned()));
    assert!(shown.contains(&"p.toml:1:2: meta.version: 'version' is missing; add it".to_owned()));
    assert!(shown.contains(&"p.toml:1:1: deadlines: 'deadlines' is missing; add it".to_owned()));

    let found = load("p.toml", "[a]\n  x = = 1\n").unwrap_err();
    assert_eq!((found[0].line, found[0].column), (2, 7), "{}", found[0]);
    let found = load("p.toml", "[meta]\nname_zh = '猴痘', x = 1\n").unwrap_err();
    assert_eq!((found[0].line, found[0].column), (2, 15), "columns count characters: {}", found[0]);
}

#[test]
fn several_faults_are_named_at_once() {
    let changed = text("covid-2022-ninth")
        .replacen("value = \"30min\"", "value = \"-30min\"", 1)
        .replacen("value = 7\n", "value = 0\n", 1)
        .replacen("\"one_source\"", "\"perhaps\"", 1)
        .replacen("[zones.low.measure]", "[zones.low.mesure]", 1);
    let found = load("p.toml", &changed).unwrap_err();
    let paths: Vec<&str> = found.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "meta.effective_from.verified",
            "deadlines.seal.value",
            "contacts.close.central_days.value",
            "zones.low.measure",
            "zones.low.mesure"
        ]
    );
    assert!(found.is_sorted_by_key(|p| (p.line, p.column)));
}

#[test]
fn an_unknown_key_is_refused() {
    let to = "[follow_up.per_day]\nunit = \"d\"";
    expect("ebola", "[follow_up.per_day]", to, "unit = ", "follow_up.per_day.unit", "unknown key 'unit'");
    let to = "[screening]\n\n[follow_ups.x]\nvalue = 1\n\n[follow_up.per_day]";
    let (changed, found) = broken("ebola", "[follow_up.per_day]", to);
    let unknown = found.iter().find(|p| p.path == "follow_ups").unwrap();
    assert_eq!(unknown.line, line_of(&changed, "[follow_ups.x]"));
    assert!(unknown.advice.contains("'follow_up'"));
    let to = "[screening.occupation.astronaut]";
    let (_, found) = broken("covid-2022-ninth", "[screening.occupation.market]", to);
    assert!(found[0].message.contains("astronaut"), "{}", found[0]);
}

#[test]
fn a_source_must_be_named_and_known() {
    let from = "[deadlines.recall]\nvalue = \"4h\"\nsource = [\"QUELL_ASSUMPTION\"]";
    let id = "covid-2022-ninth";
    let head = "[deadlines.recall]\nvalue = \"4h\"\n";
    let (path, to) = ("deadlines.recall.source", format!("{head}source = []"));
    let marker = "source = []";
    expect(id, from, &to, marker, path, "no source is named");
    expect(id, from, head.trim_end(), "[deadlines.recall]", path, "'source' is missing");
    let to = format!("{head}source = [\"S_NOWHERE\"]");
    expect(id, from, &to, "source = [\"S_NOWHERE\"]", path, "'S_NOWHERE' is not in [sources]");
    let to = format!("{head}source = \"QUELL_ASSUMPTION\"");
    expect(id, from, &to, "source = \"QUELL", path, "invalid type");
    let from = "{ value = \"12h\", source = [\"S_READKE\"]";
    let to = "{ value = \"12h\", source = []";
    expect(id, from, to, "  { value = \"12h\", source = []", "deadlines.transfer_contact.alternatives.0.source", "no source");
}

#[test]
fn an_unverified_value_needs_a_note_and_an_alternative_a_reason() {
    let id = "ebola";
    let from = "[testing.max_runs]\nvalue = 2\nsource = [\"QUELL_ASSUMPTION\"]\nverified = \"assumption\"\nnote = ";
    let to = "[testing.max_runs]\nvalue = 2\nsource = [\"QUELL_ASSUMPTION\"]\nverified = \"assumption\"\n# ";
    expect(id, from, to, "[testing.max_runs]", "testing.max_runs", "marked 'assumption' has no note");
    let from = "why_not = \"Liberia alone\"";
    let path = "epidemiology.incubation.alternatives.1.why_not";
    expect(id, from, "why_not = \"\"", "  { value = { kind = \"gamma\", mean = 10.0", path, "reason is empty");
    let from = "source = [\"S_WHOEBOLA\", \"S_PAHO\"]";
    let to = "source = [\"S_WHOEBOLA\"]";
    let (_, found) = broken(id, from, to);
    assert!(found[0].message.contains("needs two sources"), "{}", found[0]);
}

#[test]
fn impossible_numbers_are_refused() {
    let id = "covid-2022-ninth";
    let value = |path: &str, old: &str, new: &str, what: &str| {
        let from = format!("[{path}]\nvalue = {old}\n");
        let to = format!("[{path}]\nvalue = {new}\n");
        let (changed, found) = broken(id, &from, &to);
        let p = found.iter().find(|p| p.path == format!("{path}.value")).unwrap_or_else(|| panic!("{path}: {found:?}"));
        assert_eq!((p.line, p.column), (line_of(&changed, &to) + 1, 1), "{p}");
        assert!(p.message.contains(what), "{p}");
    };
    value("deadlines.seal", "\"30min\"", "\"-30min\"", "longer than nothing");
    value("deadlines.seal", "\"30min\"", "\"0h\"", "longer than nothing");
    value("deadlines.seal", "\"30min\"", "\"400d\"", "must not exceed 365d");
    value("deadlines.seal", "\"30min\"", "\"soon\"", "write it like 30min, 2h or 7d");
    value("deadlines.seal", "\"30min\"", "30", "invalid type");
    value("isolation.exit.ct_at_least", "35", "61", "between 0 and 60");
    value("isolation.exit.ct_at_least", "35", "-1", "between 0 and 60");
    value("screening.pool_size.elsewhere", "10", "0", "between 1 and 20");
    value("screening.pool_size.elsewhere", "10", "21", "between 1 and 20");
    value("screening.pool_size.elsewhere", "10", "2.5", "a whole number");
    value("contacts.close.central_days", "7", "366", "between 1 and 365");
    value("contacts.close.central_days", "7", "-7", "between 1 and 365");
    value("contacts.close.test_days_central", "[1, 2, 3, 5, 7]", "[1, 2, 3, 5, nan]", "between 1 and 365");
    value("epidemiology.presymptomatic_share", "33.6", "101", "between 0 and 100");
    value("epidemiology.serial_interval", "{ kind = \"mean\", mean = 2.37 }", "{ kind = \"mean\", mean = 0 }", "impossible");
    value(
        "epidemiology.serial_interval",
        "{ kind = \"mean\", mean = 2.37 }",
        "{ kind = \"gamma\", mean = 2, sd = -1 }",
        "standard deviation",
    );
    value("epidemiology.r0", "[2.22, 9.04]", "[9, 2]", "no possible range");
    value("epidemiology.infectious_window", "{ before = 2, after = 8 }", "{ before = 0, after = 0 }", "not both 0");
    value("transport.temperature", "[2, 8]", "[8, 2]", "above the warmest");
    value("screening.occupation.market", "{ tests = 2, days = 7 }", "{ tests = 0, days = 7 }", "at least 1");
    value("screening.occupation.market", "{ tests = 2, days = 7 }", "{ tests = 2, days = 0 }", "between 1 and 365");
    value("retention.case", "1095", "20000", "between 1 and 10958");
    value("facilities.designated_from_age", "70", "130", "between 0 and 120");
}

#[test]
fn test_days_lie_within_their_schedule_and_rise() {
    let id = "covid-2022-ninth";
    let from = "[contacts.close.test_days_home]\nvalue = [3]";
    let head = "[contacts.close.test_days_home]";
    let path = "contacts.close.test_days_home";
    expect(id, from, &format!("{head}\nvalue = [4]"), head, path, "day 4 lies beyond the schedule's 3 days");
    expect(id, from, &format!("{head}\nvalue = [3, 1]"), head, path, "do not rise");
    let from = "[home_monitoring.test_days]\nvalue = [7]";
    let to = "[home_monitoring.test_days]\nvalue = [8]";
    expect(id, from, to, "[home_monitoring.test_days]", "home_monitoring.test_days", "day 8 lies beyond");
    let from = "[zones.high.test_days]\nvalue = [1, 2, 3, 7]";
    let to = "[zones.high.test_days]\nvalue = [1, 2, 3, 8]";
    expect(id, from, to, "[zones.high.test_days]", "zones.high.test_days", "day 8 lies beyond");
    let from = "[contacts.medium_risk_history.home_days]";
    let (changed, found) = broken(id, from, "[contacts.medium_risk_history.single_tube]");
    assert_eq!(found[0].path, "contacts.medium_risk_history.single_tube.value", "{}", found[0]);
    assert_eq!(found[0].line, line_of(&changed, "[contacts.medium_risk_history.single_tube]") + 1);
}

#[test]
fn values_agree_with_each_other() {
    let id = "covid-2022-ninth";
    let (head, path) = ("[deadlines.observe]", "deadlines.observe");
    expect(id, "[deadlines.observe]\nvalue = \"12h\"", "[deadlines.observe]\nvalue = \"13h\"", head, path, "does not allow 2");
    let (head, path) = ("[certification.accepted_days]", "certification.accepted_days");
    let from = "[certification.accepted_days]\nvalue = 10";
    expect(id, from, "[certification.accepted_days]\nvalue = 4", head, path, "before it is a candidate");
    let (head, path) = ("[definitions.secondary_contacts_identified]", "definitions.secondary_contacts_identified");
    let from = "[definitions.secondary_contacts_identified]\nvalue = false";
    let to = "[definitions.secondary_contacts_identified]\nvalue = true";
    expect("covid-2022-twenty", from, to, head, path, "have no schedule");
    let (head, path) = ("[testing.tube_mode]", "testing.tube_mode");
    let from = "[testing.tube_mode]\nvalue = \"single\"";
    expect("ebola", from, "[testing.tube_mode]\nvalue = \"pooled\"", head, path, "pools need");
    let from = "\nWUSHAN_NEWS = \"Wushan county newspaper, late November 2022\"";
    expect(id, from, "\nWUSHAN_NEWS = \"\"", "WUSHAN_NEWS = \"\"", "sources.WUSHAN_NEWS", "citation is empty");
}

#[test]
fn an_unused_source_is_a_warning_only() {
    let changed = format!("{}S_UNUSED = \"somewhere\"\n", text("mpox"));
    assert!(load("p.toml", &changed).is_ok());
    let found = warnings("p.toml", &changed);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].path.as_str(), found[0].line), ("sources.S_UNUSED", line_of(&changed, "S_UNUSED")));
    assert_eq!(warnings("p.toml", "nonsense"), []);
}

/// The char boundary at or before a position.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutilated_file_never_panics(
        file in 0usize..5,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..60, "[\\[\\]{}=\"',.#\\n 0-9a-z_\u{4e00}-]{0,12}"), 1..6),
    ) {
        let mut changed = text(builtin_ids()[file]).to_owned();
        for (at, cut, put) in edits {
            let from = boundary(&changed, at.index(changed.len() + 1));
            let to = boundary(&changed, from + cut).max(from);
            changed.replace_range(from..to, &put);
        }
        let lines = changed.matches('\n').count() + 1;
        for p in load("p.toml", &changed).err().unwrap_or_default() {
            prop_assert!((1..=lines).contains(&(p.line as usize)), "{}", p);
            prop_assert!(p.column >= 1 && !p.message.is_empty() && !p.advice.is_empty(), "{}", p);
        }
        let _ = warnings("p.toml", &changed);
    }

    #[test]
    fn any_text_never_panics(s in "\\PC{0,200}") {
        let _ = load("p.toml", &s);
    }
}

#[test]
fn what_registers_propose_can_be_confirmed() {
    let close = "[exposures.venue.category]\nvalue = \"close\"";
    expect("measles", close, &close.replace("close", "general"), "[exposures.venue.category]", "exposures.venue.category", "not managed");
    let rows = "[exposures.vehicle.rows]";
    let (_, found) = broken("covid-2022-twenty", rows, "[exposures.household.rows]");
    assert!(found.iter().any(|p| p.path == "exposures.household.rows" && p.message.contains("only vehicles")), "{found:?}");
    let overlap = "[exposures.venue.overlap]";
    let short = "[exposures.venue.otherwise]\nvalue = \"general\"\nsource = [\"QUELL_ASSUMPTION\"]\nverified = \"assumption\"\nnote = \"n\"\n\n[exposures.venue.stay]";
    let (_, found) = broken("measles", "[exposures.venue.stay]", short);
    assert!(found.iter().any(|p| p.path == "exposures.venue.otherwise" && p.message.contains("fall short")), "{found:?}");
    let (_, found) = broken("covid-2022-twenty", overlap, "[exposures.venue.overlep]");
    assert!(found.iter().any(|p| p.message.contains("unknown key 'overlep'")), "{found:?}");
}
