//! The measures of a group of cases.

use super::people::{Case, Contact, days};
use crate::output::Cell;
use quell_epi::quality::{Assumptions, Delays, Share, prevented};
use std::collections::BTreeSet;

/// A measure of a group.
pub(super) struct Measure {
    pub name: String,
    pub known: usize,
    pub unknown: usize,
    pub value: Option<f64>,
    pub interval: Option<(f64, f64)>,
    pub quartiles: Option<(f64, f64)>,
}

/// Columns after the group.
pub(super) const COLUMNS: [&str; 8] = ["measure", "known", "unknown", "value", "lo", "hi", "q25", "q75"];

const CONFIDENCE: f64 = 0.95;
/// Traced in time: hours after the case was found, and the calendar days where hours are not known.
const TRACED_DAYS: f64 = 2.0;

impl Measure {
    fn share(name: impl Into<String>, share: Share) -> Self {
        Self {
            name: name.into(),
            known: share.known(),
            unknown: share.unknown,
            value: share.estimate(),
            interval: share.interval(CONFIDENCE),
            quartiles: None,
        }
    }
    /// The median.
    fn median(name: impl Into<String>, delays: &Delays) -> Self {
        Self {
            name: name.into(),
            known: delays.known(),
            unknown: delays.unknown,
            value: delays.quantile(0.5),
            interval: None,
            quartiles: delays.quantile(0.25).zip(delays.quantile(0.75)),
        }
    }
    pub fn cells(&self) -> Vec<Cell> {
        let both = |of: Option<(f64, f64)>| [of.map(|i| i.0).into(), of.map(|i| i.1).into()];
        let mut cells = vec![self.name.as_str().into(), self.known.into(), self.unknown.into(), self.value.into()];
        cells.extend(both(self.interval));
        cells.extend(both(self.quartiles));
        cells
    }
}

/// How cases without an onset are dealt with, and what is assumed of transmission.
pub(super) struct Reckoning {
    /// The day of the sample stands for the onset.
    pub sample_for_onset: bool,
    pub assumptions: Assumptions,
}

/// The delay from onset to isolation.
pub(super) fn onset_to_isolation(case: &Case, reckoning: &Reckoning) -> Option<f64> {
    let onset = case.onset.or(case.sampled.filter(|_| reckoning.sample_for_onset));
    days(onset, case.isolation())
}

/// All measures of some cases and of their contacts, if there is a table of them.
pub(super) fn of(cases: &[&Case], contacts: Option<&[(&Contact, Option<&Case>)]>, reckoning: &Reckoning, settings: bool) -> Vec<Measure> {
    let mut all = vec![Measure::share("known_contact", cases.iter().map(|c| c.was_contact).collect())];
    all.push(Measure::share("found_in_isolation", cases.iter().map(|c| c.found_in_isolation()).collect()));
    all.push(Measure::share("found_under_control", cases.iter().map(|c| c.found_under_control()).collect()));
    if settings {
        let names: BTreeSet<&str> = cases.iter().filter_map(|c| c.setting.as_deref()).collect();
        for name in names {
            let is = cases.iter().map(|c| c.setting.as_deref().map(|s| s == name));
            all.push(Measure::share(format!("found_by_{name}"), is.collect()));
        }
    }
    let isolation: Delays = cases.iter().map(|c| onset_to_isolation(c, reckoning)).collect();
    all.push(Measure::median("onset_to_isolation_days", &isolation));
    for most in [1, 2, 3] {
        all.push(Measure::share(format!("isolated_within_{most}d_of_onset"), isolation.within(f64::from(most))));
    }
    let delay = |of: fn(&Case) -> Option<f64>| cases.iter().map(|c| of(c)).collect::<Delays>();
    all.push(Measure::median("onset_to_sample_days", &delay(|c| days(c.onset, c.sampled))));
    all.push(Measure::median("sample_to_report_days", &delay(|c| days(c.sampled, c.reported))));
    if let Some(contacts) = contacts {
        all.extend(of_contacts(cases, contacts));
    }
    let delays: Vec<Option<f64>> = cases.iter().map(|c| onset_to_isolation(c, reckoning)).collect();
    if let Some(p) = prevented(&delays, &reckoning.assumptions) {
        all.push(Measure {
            name: "transmission_prevented".to_owned(),
            known: p.known,
            unknown: p.unknown,
            value: Some(p.share),
            interval: Some(p.interval),
            quartiles: None,
        });
    }
    all
}

fn of_contacts(cases: &[&Case], contacts: &[(&Contact, Option<&Case>)]) -> Vec<Measure> {
    // A case without a contact in the table may have none, or may not have been asked.
    let each: Delays = cases.iter().map(|c| Some(c.contacts as f64).filter(|n| *n > 0.0)).collect();
    let listed = cases.iter().map(|c| Some(c.contacts > 0));
    let in_time = |of: fn(&Contact) -> Option<quell_foundation::EventTime>| -> Share {
        let each = contacts.iter().map(|(k, case)| days(case.and_then(|c| c.found.or(c.reported)), of(k)));
        each.map(|d| d.map(|d| d <= TRACED_DAYS)).collect()
    };
    vec![
        Measure::share("cases_with_contacts_listed", listed.collect()),
        Measure::median("contacts_per_case", &each),
        Measure::share("contacts_that_became_cases", contacts.iter().map(|(k, _)| k.became_case).collect()),
        Measure::share("contacts_named_within_48h", in_time(|k| k.named)),
        Measure::share("contacts_quarantined_within_48h", in_time(|k| k.quarantined)),
    ]
}
