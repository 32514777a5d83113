//! Rows of a table as the flat records that every format shares.

use crate::import::time_of;
use quell_exchange::table::list;
use quell_exchange::{CaseRecord, ContactRecord, Dose, FollowUpRecord, LinkRecord, PersonPart, ResultRecord, TargetRecord, join_name};
use quell_foundation::*;
use quell_tabular::Row;
use std::collections::BTreeMap;

fn text(row: &Row, field: &str) -> String {
    row.text(field).unwrap_or_default().to_owned()
}

fn count(row: &Row, field: &str) -> Option<u32> {
    row.integer(field).and_then(|n| u32::try_from(n).ok())
}

fn words(row: &Row, field: &str) -> Vec<String> {
    row.text(field).map(list::read_words).unwrap_or_default()
}

/// Answers as Quell writes them; as others do, a part without a question belongs to nothing.
fn answers(row: &Row) -> BTreeMap<String, String> {
    let text = row.text("answers").unwrap_or_default();
    list::read_answers(text).unwrap_or_else(|| {
        row.pairs("answers").into_iter().filter_map(|(question, answer)| Some((question.to_owned(), answer?.to_owned()))).collect()
    })
}

fn doses(row: &Row) -> Vec<Dose> {
    let loose = |(vaccine, day): (&str, Option<&str>)| Dose { vaccine: vaccine.to_owned(), at: day.and_then(|d| d.parse().ok()) };
    let read = row.text("doses").filter(|t| !t.contains('=')).and_then(list::read_doses);
    read.unwrap_or_else(|| row.pairs("doses").into_iter().map(loose).collect())
}

fn targets(row: &Row) -> Vec<TargetRecord> {
    let loose = |(target, ct): (&str, Option<&str>)| {
        let ct = ct.and_then(|c| c.parse().ok()).and_then(Ct::new);
        TargetRecord { target: target.to_owned(), ct }
    };
    let read = row.text("targets").and_then(list::read_targets);
    read.unwrap_or_else(|| row.pairs("targets").into_iter().map(loose).collect())
}

/// The disease, and what it is called where the word for it is not enough.
fn disease(row: &Row) -> String {
    let said = [text(row, "disease"), text(row, "disease_details")];
    said.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" / ")
}

fn who(row: &Row) -> PersonPart {
    let whole = text(row, "name");
    PersonPart {
        person: text(row, "person"),
        name: if whole.is_empty() { join_name(&text(row, "given"), &text(row, "family")) } else { whole },
        sex: text(row, "sex"),
        born: row.date("born"),
        age: count(row, "age"),
        id_number: text(row, "id_number"),
        phone: text(row, "phone"),
        address: text(row, "address"),
        home: text(row, "home"),
        occupation: text(row, "occupation"),
    }
}

pub(super) fn case(row: &Row, offset: UtcOffset) -> CaseRecord {
    let at = |field| time_of(row, field, offset);
    CaseRecord {
        case: text(row, "case"),
        number: text(row, "number"),
        external: text(row, "external"),
        disease: disease(row),
        who: who(row),
        classification: text(row, "classification"),
        severity: text(row, "severity"),
        onset: at("onset"),
        symptoms: words(row, "symptoms"),
        sampled: at("sampled"),
        // The day on which it became known, if the file has no other.
        found: at("found").or_else(|| at("known")),
        reported: at("reported"),
        isolated: at("isolated"),
        setting: text(row, "setting"),
        control: text(row, "control"),
        was_contact: row.flag("was_contact"),
        exposure_from: at("exposure_from"),
        exposure_to: at("exposure_to"),
        doses: doses(row),
        outcome: text(row, "outcome"),
        outcome_at: at("outcome_at"),
        answers: answers(row),
        note: text(row, "note"),
    }
}

pub(super) fn contact(row: &Row, offset: UtcOffset) -> ContactRecord {
    let at = |field| time_of(row, field, offset);
    ContactRecord {
        contact: text(row, "contact"),
        external: text(row, "external"),
        case: text(row, "case"),
        case_number: text(row, "case_number"),
        disease: disease(row),
        who: who(row),
        category: text(row, "category"),
        first_exposure: at("first_exposure"),
        last_exposure: at("last_exposure"),
        context: text(row, "context"),
        relation: text(row, "relation"),
        certainty: text(row, "certainty"),
        named: at("named"),
        decider: text(row, "decider"),
        reason: text(row, "reason"),
        state: text(row, "state"),
        follow_up: text(row, "follow_up"),
        until: at("until"),
        quarantine: text(row, "quarantine"),
        quarantine_from: at("quarantine_from"),
        quarantine_to: at("quarantine_to"),
        last_seen: at("last_seen"),
        team: text(row, "team"),
        note: text(row, "note"),
    }
}

pub(super) fn link(row: &Row, offset: UtcOffset) -> LinkRecord {
    LinkRecord {
        link: text(row, "link"),
        source: text(row, "source"),
        source_number: text(row, "source_number"),
        target: text(row, "target"),
        target_kind: text(row, "target_kind"),
        target_number: text(row, "target_number"),
        certainty: text(row, "certainty"),
        context: text(row, "context"),
        contact_at: time_of(row, "contact_at", offset),
        directed: row.flag("directed"),
        doubts: words(row, "doubts"),
        note: text(row, "note"),
    }
}

pub(super) fn follow_up(row: &Row, offset: UtcOffset) -> FollowUpRecord {
    FollowUpRecord {
        contact: text(row, "contact"),
        external: text(row, "external"),
        who: who(row),
        day: count(row, "day"),
        at: time_of(row, "at", offset),
        outcome: text(row, "outcome"),
        temperature: row.decimal("temperature").and_then(Celsius::new),
        symptoms: words(row, "symptoms"),
        team: text(row, "team"),
        note: text(row, "note"),
    }
}

pub(super) fn result(row: &Row, offset: UtcOffset) -> ResultRecord {
    let at = |field| time_of(row, field, offset);
    let mut who = who(row);
    if who.person.is_empty() {
        // Some systems name the person by the number of the case or the contact.
        who.person = text(row, "case_number");
    }
    ResultRecord {
        laboratory: text(row, "laboratory"),
        report: text(row, "report"),
        tube: text(row, "tube"),
        who,
        specimen: text(row, "specimen"),
        test: text(row, "test"),
        sampled: at("sampled"),
        received: at("received"),
        resulted: at("resulted"),
        result: text(row, "result"),
        targets: targets(row),
        status: text(row, "status"),
        note: text(row, "note"),
    }
}
