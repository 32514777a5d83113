//! Lines of the book as the flat records that files are made of.

use quell_book::{ContactState, FollowUpOutcome, OrderKind};
use quell_exchange::{CaseRecord, ContactRecord, FollowUpRecord, LinkRecord, PersonPart};
use quell_foundation::*;
use quell_store::views::{CaseLine, ContactLine, FollowUpLine, LinePerson, LinkItem};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is the same for all records of an export.
pub struct Source {
    /// The protocol's word for the disease.
    pub disease: String,
    /// Offset of the book's days.
    pub offset: UtcOffset,
}

/// The word of a closed list, as JSON has it.
pub fn word(w: impl serde::Serialize) -> String {
    serde_json::to_value(w).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// An answer in words.
fn text(v: &Value) -> String {
    match v {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn who(p: &LinePerson) -> PersonPart {
    PersonPart {
        person: p.person_id.to_string(),
        name: p.name.clone(),
        sex: p.sex.to_string(),
        born: p.born,
        age: None,
        id_number: p.identity_masked.clone().unwrap_or_default(),
        phone: p.phone.clone().unwrap_or_default(),
        address: p.home_names.join(" "),
        home: p.home.to_string(),
        occupation: word(p.occupation),
    }
}

impl Source {
    fn at(&self, t: Instant) -> EventTime {
        EventTime::exact(t, self.offset)
    }

    /// A case.
    pub fn case(&self, c: &CaseLine) -> CaseRecord {
        let at = |t: Option<Instant>| t.map(|t| self.at(t));
        let answered = |id: &str| c.answers.get(id).filter(|v| !v.is_null());
        let time = |id: &str| answered(id).and_then(Value::as_str).and_then(|t| t.parse().ok());
        let symptoms = answered("symptoms").and_then(Value::as_array).into_iter().flatten().map(text).collect();
        let columns = ["symptoms", "onset", "exposure_from", "exposure_to"];
        let answers: BTreeMap<String, String> = c
            .answers
            .iter()
            .filter(|(id, v)| !columns.contains(&id.as_str()) && !v.is_null())
            .map(|(id, v)| (id.clone(), text(v)))
            .collect();
        CaseRecord {
            case: c.case_id.to_string(),
            number: c.number.as_ref().map(ToString::to_string).unwrap_or_default(),
            disease: self.disease.clone(),
            who: who(&c.who),
            classification: c.classification.to_string(),
            severity: c.severity.map(word).unwrap_or_default(),
            onset: at(c.onset),
            symptoms,
            sampled: at(c.sampled_at),
            found: Some(self.at(c.found_at)),
            reported: at(c.reported_at),
            isolated: at(c.isolated_at),
            setting: word(c.setting),
            control: c.control.map(word).unwrap_or_default(),
            was_contact: Some(c.was_contact),
            exposure_from: time("exposure_from"),
            exposure_to: time("exposure_to"),
            outcome: c.state.to_string(),
            outcome_at: at(c.ended_at),
            answers,
            note: c.note.clone().unwrap_or_default(),
            ..CaseRecord::default()
        }
    }

    /// A contact record.
    pub fn contact(&self, c: &ContactLine) -> ContactRecord {
        let at = |t: Option<Instant>| t.map(|t| self.at(t));
        let follow_up = match c.state {
            _ if c.lost => "lost",
            ContactState::Active | ContactState::Covered => "follow_up",
            ContactState::Released => "completed",
            ContactState::Converted | ContactState::Dropped | ContactState::HandedOver => "cancelled",
        };
        let quarantine = match &c.order {
            None => "none",
            Some(o) if o.kind == OrderKind::Quarantine && o.site_until.is_some() => "isolation_site",
            Some(_) => "home",
        };
        ContactRecord {
            contact: c.contact_id.to_string(),
            case: c.case_id.map(|c| c.to_string()).unwrap_or_default(),
            case_number: c.case_number.as_ref().map(ToString::to_string).unwrap_or_default(),
            disease: self.disease.clone(),
            who: who(&c.who),
            category: word(c.category),
            first_exposure: at(c.first_exposure),
            last_exposure: Some(self.at(c.last_exposure)),
            context: c.context.map(|x| x.to_string()).unwrap_or_default(),
            relation: c.relation.clone().unwrap_or_default(),
            certainty: c.certainty.map(|x| x.to_string()).unwrap_or_default(),
            named: Some(self.at(c.named_at)),
            decider: c.decider.clone(),
            reason: c.reason.clone(),
            state: c.state.to_string(),
            follow_up: follow_up.into(),
            until: at(c.until),
            quarantine: quarantine.into(),
            quarantine_from: c.order.as_ref().map(|o| self.at(o.starts)),
            quarantine_to: c.order.as_ref().map(|o| self.at(o.ends)),
            last_seen: at(c.last_seen),
            team: c.team.clone().unwrap_or_default(),
            ..ContactRecord::default()
        }
    }

    /// A link between two cases.
    pub fn case_link(&self, l: &LinkItem) -> LinkRecord {
        LinkRecord {
            link: l.link_id.to_string(),
            source: l.source_case.to_string(),
            source_number: l.source_number.as_ref().map(ToString::to_string).unwrap_or_default(),
            target: l.target_case.to_string(),
            target_number: l.target_number.as_ref().map(ToString::to_string).unwrap_or_default(),
            target_kind: "case".into(),
            certainty: l.certainty.to_string(),
            context: l.context.map(|x| x.to_string()).unwrap_or_default(),
            contact_at: l.contact_at.map(|t| self.at(t)),
            directed: Some(l.directed),
            doubts: l.doubts.iter().map(word).collect(),
            note: l.evidence.clone(),
        }
    }

    /// The link of a contact record to its case; to the case that the contact became, if it did. A record without a case is no link.
    pub fn link(&self, c: &ContactLine) -> Option<LinkRecord> {
        let source = c.case_id?;
        let became = c.became.as_ref().filter(|b| b.case_id != source);
        let (target, target_kind) = match became {
            Some(case) => (case.case_id.to_string(), "case"),
            None => (c.contact_id.to_string(), "contact"),
        };
        Some(LinkRecord {
            link: derived_uuid(&[b"link", c.contact_id.0.as_bytes()]).to_string(),
            source: source.to_string(),
            source_number: c.case_number.as_ref().map(ToString::to_string).unwrap_or_default(),
            target,
            target_number: became.and_then(|b| Some(b.number.as_ref()?.to_string())).unwrap_or_default(),
            target_kind: target_kind.into(),
            certainty: c.certainty.map(|x| x.to_string()).unwrap_or_default(),
            context: c.context.map(|x| x.to_string()).unwrap_or_default(),
            contact_at: Some(self.at(c.last_exposure)),
            // That someone was exposed to a case does not say who infected whom.
            directed: Some(target_kind == "contact"),
            ..LinkRecord::default()
        })
    }

    /// A follow-up.
    pub fn follow_up(&self, u: &FollowUpLine) -> FollowUpRecord {
        let day = u.at.day(self.offset).0 - u.last_exposure.day(self.offset).0;
        let outcome: FollowUpOutcome = u.outcome;
        FollowUpRecord {
            contact: u.contact_id.to_string(),
            who: who(&u.who),
            day: u32::try_from(day).ok(),
            at: Some(self.at(u.at)),
            outcome: outcome.to_string(),
            temperature: u.temperature,
            symptoms: u.symptoms.clone(),
            team: u.by.clone().unwrap_or_default(),
            note: u.note.clone().unwrap_or_default(),
            ..FollowUpRecord::default()
        }
    }
}
