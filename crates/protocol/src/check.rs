//! Reads a protocol file and checks what a single value cannot show.

use crate::care::ScheduleRule;
use crate::decode::{Decode, Fault, Node, Reader};
use crate::model::Protocol;
use crate::param::Param;
use crate::problem::Problem;
use crate::quantity::Days;
use crate::words::TubeMode;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads and checks a protocol. `file_name` only serves the messages.
///
/// # Errors
/// Every fault that was found, in the order of the text.
pub fn load(file_name: &str, text: &str) -> Result<Protocol, Vec<Problem>> {
    let (reader, protocol) = read(text);
    match protocol {
        Some(p) if reader.faults.is_empty() => Ok(p),
        _ => Err(problems(file_name, text, reader.faults)),
    }
}

/// What is no fault but deserves a look: sources that no value names. Empty for a file that [`load`] refuses.
pub fn warnings(file_name: &str, text: &str) -> Vec<Problem> {
    let (mut reader, _) = read(text);
    if !reader.faults.is_empty() {
        return Vec::new();
    }
    for key in reader.sources.difference(&reader.used).cloned().collect::<Vec<_>>() {
        reader.fault(&format!("sources.{key}"), "no value names this source", "remove it or cite it");
    }
    problems(file_name, text, reader.faults)
}

/// Reads a text as far as it can be read.
fn read(text: &str) -> (Reader, Option<Protocol>) {
    let mut r = Reader::default();
    let (tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let fault = |e: toml::de::Error| Fault {
            at: e.span().unwrap_or(0..0),
            path: String::new(),
            message: e.message().split_whitespace().collect::<Vec<_>>().join(" "),
            advice: "correct the TOML syntax".into(),
        };
        r.faults = errors.into_iter().map(fault).collect();
        return (r, None);
    }
    let sources = tree.get_ref().iter().find(|(k, _)| k.get_ref() == "sources").and_then(|(_, v)| v.get_ref().as_table());
    r.sources = sources.into_iter().flat_map(|t| t.keys().map(|k| k.get_ref().to_string())).collect();
    let span = tree.span();
    let item = Spanned::new(span, DeValue::Table(tree.into_inner()));
    let protocol = Protocol::decode(&Node { path: String::new(), item: &item }, &mut r);
    if let Some(p) = &protocol {
        consistency(p, &mut r);
    }
    (r, protocol)
}

/// Nobody reads more; a file of nothing but faults would take minutes.
const MOST_PROBLEMS: usize = 1_000;

/// Turns byte ranges into lines and columns.
fn problems(file: &str, text: &str, mut faults: Vec<Fault>) -> Vec<Problem> {
    faults.sort_by(|a, b| (a.at.start, &a.path).cmp(&(b.at.start, &b.path)));
    faults.truncate(MOST_PROBLEMS);
    let ends: Vec<usize> = text.match_indices('\n').map(|(i, _)| i).collect();
    let place = |f: Fault| {
        let before = text.get(..f.at.start).unwrap_or(text);
        let number = ends.partition_point(|end| *end < before.len());
        let line = &before[number.checked_sub(1).map_or(0, |n| ends[n] + 1)..];
        Problem {
            file: file.to_owned(),
            line: u32::try_from(number + 1).unwrap_or(u32::MAX),
            column: u32::try_from(line.chars().count() + 1).unwrap_or(u32::MAX),
            path: f.path,
            message: f.message,
            advice: f.advice,
        }
    };
    faults.into_iter().map(place).collect()
}

/// Checks that concern more than one value.
fn consistency(p: &Protocol, r: &mut Reader) {
    schedules(p, r);
    crate::questions::check(p, r);
    crate::exposures::check(p, r);
    for (key, citation) in &p.sources {
        if citation.trim().is_empty() {
            r.fault(&format!("sources.{key}"), "the citation is empty", "give an address or a citation");
        }
    }
    match (&p.screening, &p.testing.tube_mode) {
        (None, None) => r.fault("testing", "neither [screening] nor testing.tube_mode says which tube is used", "add one"),
        (Some(_), Some(_)) => r.fault("testing.tube_mode", "[screening] decides the tube mode already", "remove it"),
        (None, Some(mode)) if mode.value != TubeMode::Single => {
            let advice = "write \"single\" or add [screening]";
            r.fault("testing.tube_mode", "pools need the sizes of a [screening] section", advice);
        }
        _ => {}
    }
    if let Some(observe) = &p.deadlines.observe {
        let a_day = i64::from(p.facilities.observations_per_day.value.0);
        if observe.value.0.seconds() * a_day > 86_400 {
            let message = format!("an interval of {} does not allow {a_day} observations a day", observe.value);
            r.fault("deadlines.observe", message, "shorten it or lower facilities.observations_per_day");
        }
    }
    if p.definitions.secondary_contacts_identified.value && p.contacts.as_ref().is_none_or(|c| c.secondary.is_none()) {
        let advice = "add [contacts.secondary] or set it to false";
        r.fault("definitions.secondary_contacts_identified", "secondary contacts have no schedule", advice);
    }
    if let Some(c) = &p.certification
        && c.accepted_days.value < c.zero_days.value
    {
        let advice = "accepted_days includes zero_days";
        r.fault("certification.accepted_days", "a compound would be accepted before it is a candidate", advice);
    }
}

/// No test day lies beyond the part of the schedule that it belongs to.
fn schedules(p: &Protocol, r: &mut Reader) {
    if let Some(c) = &p.contacts {
        let rules = [
            ("contacts.close", &c.close),
            ("contacts.secondary", &c.secondary),
            ("contacts.high_risk_spillover", &c.high_risk_spillover),
            ("contacts.general", &c.general),
            ("contacts.inbound", &c.inbound),
            ("contacts.medium_risk_history", &c.medium_risk_history),
            ("contacts.closed_loop_rotation", &c.closed_loop_rotation),
        ];
        for (path, rule) in rules.into_iter().filter_map(|(p, rule)| rule.as_ref().map(|rule| (p, rule))) {
            contact_schedule(path, rule, r);
        }
    }
    if let Some(m) = &p.home_monitoring {
        test_days("home_monitoring.test_days", Some(&m.test_days), m.days.value.0, r);
    }
    if let Some(z) = &p.zones {
        let levels = [("high", Some(&z.high)), ("medium", z.medium.as_ref())];
        for (name, entry) in levels.into_iter().filter_map(|(n, e)| e.map(|e| (n, e))) {
            if let Some(days) = &entry.days_without_new_case {
                test_days(&format!("zones.{name}.test_days"), entry.test_days.as_ref(), days.value.0, r);
            }
        }
    }
}

fn contact_schedule(path: &str, rule: &ScheduleRule, r: &mut Reader) {
    let length = |d: &Option<Param<Days>>| d.as_ref().map_or(0, |p| p.value.0);
    let (central, home) = (length(&rule.central_days), length(&rule.home_days));
    test_days(&format!("{path}.test_days_central"), rule.test_days_central.as_ref(), central, r);
    test_days(&format!("{path}.test_days_home"), rule.test_days_home.as_ref(), home, r);
    if central + home == 0 {
        r.fault(path, "the schedule has no days", "give central_days or home_days");
    }
}

/// Test days rise and none lies beyond the length of its schedule.
fn test_days(path: &str, days: Option<&Param<Vec<Days>>>, length: u32, r: &mut Reader) {
    let Some(param) = days else { return };
    if let Some(late) = param.value.iter().find(|d| d.0 > length) {
        let message = format!("a test on day {late} lies beyond the schedule's {length} days");
        r.fault(path, message, "remove the day or lengthen the schedule");
    }
    if !param.value.is_sorted_by(|a, b| a.0 < b.0) {
        r.fault(path, "the test days do not rise", "list each day once, earliest first");
    }
}
