//! Cases and contacts as the quality of the response needs them.

use crate::Setting;
use crate::input::{self, Own};
use crate::said::Trouble;
use quell_foundation::{Day, EventTime, Precision};
use quell_tabular::Row;
use std::collections::{HashMap, HashSet};
use std::path::Path;

pub(super) const CASES: (&str, &str) = ("analyse-quality-cases", include_str!("../../mappings/quality-cases.toml"));
pub(super) const CONTACTS: (&str, &str) = ("analyse-quality-contacts", include_str!("../../mappings/quality-contacts.toml"));

/// Settings in which whoever is found is in isolation or quarantine already.
const ISOLATED: [&str; 2] = ["isolation_site", "home_isolation"];
/// Settings that are under control besides: the community (社会面) is everything else.
const CONTROLLED: [&str; 2] = ["high_risk_zone", "closed_loop"];
/// Settings in which nobody knew of them.
const COMMUNITY: [&str; 2] = ["round_screening", "clinic"];

/// Seconds.
const DAY: f64 = 86_400.0;
/// Delays outside of this many days are slips of the pen, and not known.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = -60.0..=120.0;

/// A case.
pub(super) struct Case {
    pub place: Option<String>,
    pub onset: Option<EventTime>,
    pub sampled: Option<EventTime>,
    pub found: Option<EventTime>,
    pub reported: Option<EventTime>,
    pub isolated: Option<EventTime>,
    pub setting: Option<String>,
    controlled: Option<bool>,
    pub was_contact: Option<bool>,
    /// Contacts that were named for it; filled from the table of contacts.
    pub contacts: usize,
}

impl Case {
    fn of(row: &Row, parts: usize) -> Self {
        let time = |field: &str| row.datetime(field);
        let place = row.text("home").map(|h| h.split('.').take(parts).collect::<Vec<_>>().join("."));
        Self {
            place,
            onset: time("onset"),
            sampled: time("sampled"),
            found: time("found"),
            reported: time("reported"),
            isolated: time("isolated"),
            setting: row.text("setting").map(str::to_owned),
            controlled: row.text("control").map(|c| c == "controlled"),
            was_contact: row.flag("was_contact"),
            contacts: 0,
        }
    }
    /// Whether it was found in isolation or quarantine, by the setting.
    pub fn found_in_isolation(&self) -> Option<bool> {
        let setting = self.setting.as_deref().filter(|s| *s != "other")?;
        Some(ISOLATED.contains(&setting))
    }
    /// Whether it was found under control, as it is recorded, else by the setting where that says so.
    pub fn found_under_control(&self) -> Option<bool> {
        self.controlled.or_else(|| {
            let setting = self.setting.as_deref()?;
            let under = ISOLATED.contains(&setting) || CONTROLLED.contains(&setting);
            (under || COMMUNITY.contains(&setting)).then_some(under)
        })
    }
    /// When it was isolated: at the latest when it was sampled or found, if that was in isolation.
    pub fn isolation(&self) -> Option<EventTime> {
        self.isolated.or_else(|| self.sampled.or(self.found).filter(|_| self.found_in_isolation() == Some(true)))
    }
    /// The day that it counts for: found, else reported, sampled, onset.
    pub fn day(&self) -> Option<Day> {
        self.found.or(self.reported).or(self.sampled).or(self.onset).map(day)
    }
}

fn day(t: EventTime) -> Day {
    t.at.day(t.offset)
}

/// From one time to another: exactly if both are known to the hour or better, else in whole calendar days. Not known if it cannot be.
pub(super) fn days(from: Option<EventTime>, to: Option<EventTime>) -> Option<f64> {
    let (from, to) = (from?, to?);
    let days = if from.precision == Precision::Day || to.precision == Precision::Day {
        f64::from(day(to).0.saturating_sub(day(from).0))
    } else {
        to.at.since(from.at).0 as f64 / DAY
    };
    PLAUSIBLE.contains(&days).then_some(days)
}

/// A contact.
pub(super) struct Contact {
    /// The case, if it is among the cases.
    pub case: Option<usize>,
    pub named: Option<EventTime>,
    pub quarantined: Option<EventTime>,
    pub became_case: Option<bool>,
}

/// What was read.
pub(super) struct People {
    pub cases: Vec<Case>,
    /// None without a file of contacts.
    pub contacts: Option<Vec<Contact>>,
    /// Rows that are no cases, having been ruled out.
    pub ruled_out: usize,
    /// Contacts of cases that are not in the table.
    pub of_nobody: usize,
    /// Contacts that are not close ones.
    pub not_close: usize,
}

/// The files.
pub(super) struct Files<'a> {
    pub cases: &'a Path,
    pub cases_own: &'a Own,
    pub contacts: Option<&'a Path>,
    pub contacts_own: &'a Own,
    /// So many parts of a place's path are its place.
    pub place_parts: usize,
}

pub(super) fn read(files: &Files<'_>, to: &mut Setting<'_>) -> Result<People, Trouble> {
    let table = input::read(files.cases, CASES, files.cases_own)?;
    table.tell(to)?;
    let known = ["onset", "sampled", "found", "reported", "isolated", "setting", "control", "was_contact"];
    if !known.iter().any(|f| table.has(f)) {
        let what = ("发病、采样、发现、报告、隔离时间或发现途径", "an onset, a sample, a discovery, a report, an isolation or a setting");
        return Err(table.lacks(what, &known));
    }
    let rows: Vec<&Row> = table.rows.iter().collect();
    let cases = rows.iter().map(|r| Case::of(r, files.place_parts)).collect();
    let mut people = People { cases, contacts: None, ruled_out: table.ruled_out, of_nobody: 0, not_close: 0 };
    if let Some(file) = files.contacts {
        let contacts = input::read(file, CONTACTS, files.contacts_own)?;
        contacts.tell(to)?;
        if !contacts.has("case") && !contacts.has("case_number") {
            return Err(contacts.lacks(("是谁的密接", "whose contacts they are"), &["case", "case_number"]));
        }
        add(&mut people, &rows, &contacts);
    }
    Ok(people)
}

fn add(people: &mut People, rows: &[&Row], contacts: &input::Table) {
    let mut index: HashMap<&str, usize> = HashMap::new();
    for (n, row) in rows.iter().enumerate() {
        for id in [row.text("case"), row.text("number")].into_iter().flatten() {
            index.entry(id).or_insert(n);
        }
    }
    let cases: HashMap<&str, usize> = rows.iter().enumerate().filter_map(|(n, r)| Some((r.text("person")?, n))).collect();
    let mut all = Vec::new();
    let mut named_before: HashSet<usize> = HashSet::new();
    for row in &contacts.rows {
        if row.text("category").is_some_and(|c| c != "close") {
            people.not_close += 1;
            continue;
        }
        let case = [row.text("case"), row.text("case_number")].into_iter().flatten().find_map(|id| index.get(id).copied());
        match case {
            Some(n) => people.cases[n].contacts += 1,
            None => people.of_nobody += 1,
        }
        let person = row.text("person");
        let own = person.and_then(|p| cases.get(p).copied());
        let became_case = row.flag("became_case").or(match (own, row.text("state")) {
            (Some(_), _) | (_, Some("converted")) => Some(true),
            // Those who are still in quarantine may become one, and who was handed over is followed elsewhere.
            (None, Some("released" | "dropped")) => Some(false),
            (None, _) => None,
        });
        let named = row.datetime("named");
        let tested = own.and_then(|n| people.cases[n].sampled.or(people.cases[n].found));
        if let Some(n) = own.filter(|_| days(named, tested).is_some_and(|d| d >= 0.0)) {
            named_before.insert(n);
        }
        all.push(Contact { case, named, quarantined: row.datetime("quarantine_from"), became_case });
    }
    for n in named_before {
        people.cases[n].was_contact.get_or_insert(true);
    }
    people.contacts = Some(all);
}
