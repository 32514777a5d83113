//! From records to resources, one after the other.

use super::Options;
use super::lab;
use super::parts::{ICD10, LOINC, Refs, Resource, SNOMED, coded, derived, display, identifiers, list, period, said, term};
use super::people::{People, condition_of, demographics, patient_of};
use crate::identity::uuid_of;
use crate::{CaseRecord, ContactRecord, Disease, FollowUpRecord, LinkRecord, Set, StayRecord};
use quell_foundation::EventTime;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io;
use uuid::Uuid;

type Put<'p> = &'p mut dyn FnMut(Value) -> io::Result<()>;

pub(super) struct Writer<'s, 'o> {
    pub refs: Refs,
    pub options: &'o Options<'o>,
    pub people: People<'s>,
}

/// Hands over every resource of a set, each once: of two with the same id the first. A resource refers only to others of the set.
pub(super) fn each(set: &Set, refs: Refs, options: &Options<'_>, put: Put<'_>) -> io::Result<()> {
    let mut seen = HashSet::new();
    let put: Put<'_> = &mut |resource: Value| {
        let id = resource["id"].as_str().unwrap_or_default();
        if seen.insert(id.to_owned()) { put(resource) } else { Ok(()) }
    };
    let writer = Writer { refs, options, people: People::of(set) };
    writer.people.patients(refs, options).try_for_each(&mut *put)?;
    set.cases.iter().try_for_each(|c| writer.case(c, put))?;
    set.stays.iter().try_for_each(|s| put(writer.stay(s)))?;
    set.contacts.iter().try_for_each(|c| writer.contact(c, put))?;
    set.links.iter().try_for_each(|l| put(writer.link(l)))?;
    set.follow_ups.iter().try_for_each(|f| writer.follow_up(f, put))?;
    lab::each(&writer, &set.results, put)
}

/// A disease in every code system that has it, and in the protocol's word.
fn disease(word: &str) -> Value {
    let known = Disease::named(word).unwrap_or_default();
    let codings: Vec<Value> = [(SNOMED, known.snomed.0, known.snomed.1), (ICD10, known.icd10, "")]
        .into_iter()
        .filter(|(_, code, _)| !code.is_empty())
        .map(|(system, code, display)| coded(system, code, display, "")["coding"][0].clone())
        .collect();
    if codings.is_empty() { said(word) } else { json!({ "coding": codings, "text": word }) }
}

impl Writer<'_, '_> {
    fn case(&self, case: &CaseRecord, put: Put<'_>) -> io::Result<()> {
        let (id, source) = (condition_of(case), self.options.source);
        let subject = self.refs.to("Patient", patient_of(&case.who, &case.case));
        let over = matches!(case.outcome.as_str(), "recovered" | "died" | "withdrawn");
        let clinical = match (case.outcome.as_str(), case.classification.as_str()) {
            (_, "not_a_case") | ("died" | "withdrawn", _) => "inactive",
            ("recovered", _) => "resolved",
            _ => "active",
        };
        let verification = match case.classification.as_str() {
            "suspect" => Some("unconfirmed"),
            "probable" => Some("provisional"),
            "confirmed" | "asymptomatic" => Some("confirmed"),
            "not_a_case" => Some("refuted"),
            _ => None,
        };
        let condition = Resource::new("Condition", id)
            .set("identifier", identifiers(source, &[("case-id", &case.case), ("case", &case.number), ("external", &case.external)]))
            .set("clinicalStatus", term("condition-clinical", clinical))
            .set("verificationStatus", verification.map(|v| term("condition-ver-status", v)))
            .set("category", json!([term("condition-category", "encounter-diagnosis")]))
            .set("severity", severity(&case.severity))
            .set("code", disease(&case.disease))
            .set("subject", subject.clone())
            .time("onsetDateTime", case.onset)
            .time("abatementDateTime", case.outcome_at.filter(|_| over))
            .time("recordedDate", case.reported)
            .note(&case.note);
        put(condition.done())?;
        for symptom in &case.symptoms {
            put(self.symptom(id, symptom, &subject, case.onset))?;
        }
        for (i, dose) in case.doses.iter().enumerate() {
            let given = Resource::new("Immunization", derived(id, &format!("dose/{i}")))
                .set("status", "completed")
                .set("vaccineCode", said(if dose.vaccine.trim().is_empty() { "unknown" } else { &dose.vaccine }))
                .set("patient", subject.clone());
            let given = match dose.at {
                Some(day) => given.set("occurrenceDateTime", day.to_string()),
                None => given.set("occurrenceString", "unknown"),
            };
            put(given.done())?;
        }
        if case.isolated.is_some() {
            let isolation = Resource::new("Procedure", derived(id, "isolation"))
                .set("status", if over { "completed" } else { "in-progress" })
                .set("code", coded(SNOMED, "40174006", "Isolation procedure", "isolation"))
                .set("subject", subject.clone())
                .set("performedPeriod", period(case.isolated, None));
            put(isolation.done())?;
        }
        if case.exposure_from.or(case.exposure_to).is_some() {
            let exposure = self.observation(derived(id, "exposure"), said("exposure"), &subject);
            put(exposure.set("effectivePeriod", period(case.exposure_from, case.exposure_to)).set("valueBoolean", true).done())?;
        }
        if let (Some(age), None) = (case.who.age, case.who.born) {
            put(self.age(id, age, &subject, case.reported))?;
        }
        Ok(())
    }

    fn observation(&self, id: Uuid, code: Value, subject: &Value) -> Resource {
        Resource::new("Observation", id).set("status", "final").set("code", code).set("subject", subject.clone())
    }

    fn symptom(&self, of: Uuid, symptom: &str, subject: &Value, at: Option<EventTime>) -> Value {
        let code = coded(LOINC, "75325-1", "Symptom", "");
        let observation = self.observation(derived(of, &format!("symptom/{symptom}")), code, subject);
        observation.time("effectiveDateTime", at).set("valueCodeableConcept", said(symptom)).done()
    }

    fn age(&self, of: Uuid, age: u32, subject: &Value, at: Option<EventTime>) -> Value {
        let years = json!({ "value": age, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a" });
        let observation = self.observation(derived(of, "age"), coded(LOINC, "30525-0", "Age", ""), subject);
        observation.time("effectiveDateTime", at).set("valueQuantity", years).done()
    }

    fn stay(&self, stay: &StayRecord) -> Value {
        let subject = match self.people.has_case(&stay.case) {
            true => self.people.case(self.refs, self.options.source, &stay.case, ""),
            false => self.refs.to("Patient", patient_of(&stay.who, &stay.stay)),
        };
        let diagnosis =
            self.people.has_case(&stay.case).then(|| json!([{ "condition": self.refs.to("Condition", uuid_of("case", &stay.case)) }]));
        let bed = (!stay.bed.is_empty()).then(|| json!([{ "location": { "display": stay.bed } }]));
        let left = (!stay.disposition.trim().is_empty()).then(|| json!({ "dischargeDisposition": said(&stay.disposition) }));
        Resource::new("Encounter", uuid_of("stay", &stay.stay))
            .set("status", if stay.left.is_some() { "finished" } else { "in-progress" })
            .set(
                "class",
                json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP", "display": "inpatient encounter" }),
            )
            .set("subject", subject)
            .set("period", period(stay.admitted, stay.left))
            .set("diagnosis", diagnosis)
            .set("hospitalization", left)
            .set("location", bed)
            .set("serviceProvider", display(&stay.facility))
            .done()
    }

    fn contact(&self, contact: &ContactRecord, put: Put<'_>) -> io::Result<()> {
        let (id, source) = (uuid_of("contact", &contact.contact), self.options.source);
        let subject = self.refs.to("Patient", patient_of(&contact.who, &contact.contact));
        let related = Resource::new("RelatedPerson", id)
            .set("identifier", identifiers(source, &[("contact", &contact.contact), ("external", &contact.external)]))
            .set("active", contact.state == "active")
            .set("patient", self.people.case(self.refs, source, &contact.case, &contact.case_number))
            .set("relationship", list(said(&contact.relation)))
            .set("period", period(contact.first_exposure, contact.last_exposure));
        put(demographics(related, &contact.who).done())?;
        let verification = match (contact.state.as_str(), contact.certainty.as_str()) {
            ("dropped", _) => Some("refuted"),
            (_, "low") => Some("unconfirmed"),
            (_, "medium") => Some("provisional"),
            (_, "high") => Some("confirmed"),
            _ => None,
        };
        let over = contact.state != "active";
        let exposed = Resource::new("Condition", derived(id, "exposure"))
            .set("clinicalStatus", term("condition-clinical", if over { "inactive" } else { "active" }))
            .set("verificationStatus", verification.map(|v| term("condition-ver-status", v)))
            .set("category", list(said(&contact.category)))
            .set("code", said(&format!("contact of a case: {}", contact.disease)))
            .set("subject", subject.clone())
            .set("onsetPeriod", period(contact.first_exposure, contact.last_exposure))
            .time("abatementDateTime", contact.until.filter(|_| over))
            .time("recordedDate", contact.named)
            .set("asserter", display(&contact.decider))
            .set("evidence", list(said(&contact.reason)).as_array().map(|codes| json!([{ "code": codes }])))
            .note(&contact.note);
        put(exposed.done())?;
        if contact.quarantine_from.is_some() && contact.quarantine != "none" {
            let quarantine = Resource::new("Procedure", derived(id, "quarantine"))
                .set("status", if over { "completed" } else { "in-progress" })
                .set("code", said("quarantine"))
                .set("subject", subject.clone())
                .set("performedPeriod", period(contact.quarantine_from, contact.quarantine_to))
                .set("location", display(&contact.quarantine));
            put(quarantine.done())?;
        }
        match (contact.who.age, contact.who.born) {
            (Some(age), None) => put(self.age(id, age, &subject, contact.named)),
            _ => Ok(()),
        }
    }

    fn link(&self, link: &LinkRecord) -> Value {
        let source = self.options.source;
        let from = self.people.case(self.refs, source, &link.source, &link.source_number);
        let to = match link.target_kind.as_str() {
            "contact" => self.people.contact(self.refs, source, &link.target, &link.target_number),
            _ => self.people.case(self.refs, source, &link.target, &link.target_number),
        };
        let part = |what: &str, text: &str| (!text.is_empty()).then(|| json!({ "code": said(what), "valueString": text }));
        let directed = link.directed.map(|d| json!({ "code": said("direction known"), "valueBoolean": d }));
        let doubts = link.doubts.iter().filter_map(|d| part("doubt", d));
        let components: Vec<Value> = part("setting", &link.context).into_iter().chain(directed).chain(doubts).collect();
        self.observation(uuid_of("link", &link.link), said("transmission link"), &to)
            .set("focus", json!([from]))
            .time("effectiveDateTime", link.contact_at)
            .set("valueCodeableConcept", said(&link.certainty))
            .set("component", components)
            .note(&link.note)
            .done()
    }

    fn follow_up(&self, seen: &FollowUpRecord, put: Put<'_>) -> io::Result<()> {
        let subject = self.people.contact(self.refs, self.options.source, &seen.contact, &seen.external);
        let when = seen.at.map_or_else(|| format!("day {}", seen.day.unwrap_or_default()), |at| at.to_string());
        let id = uuid_of("follow-up", &format!("{}/{when}", seen.contact));
        let day = seen.day.map(|d| json!([{ "code": said("day of follow-up"), "valueInteger": d }]));
        let observation = self
            .observation(id, said("follow-up of a contact"), &subject)
            .time("effectiveDateTime", seen.at)
            .set("performer", list(display(&seen.team)))
            .set("valueCodeableConcept", said(&seen.outcome))
            .set("component", day)
            .note(&seen.note);
        put(observation.done())?;
        if let Some(temperature) = seen.temperature {
            let value = json!({ "value": temperature.value(), "unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel" });
            let observation = self.observation(derived(id, "temperature"), coded(LOINC, "8310-5", "Body temperature", ""), &subject);
            let observation = observation.set("category", json!([term("observation-category", "vital-signs")]));
            put(observation.time("effectiveDateTime", seen.at).set("valueQuantity", value).done())?;
        }
        seen.symptoms.iter().try_for_each(|s| put(self.symptom(id, s, &subject, seen.at)))
    }
}

fn severity(word: &str) -> Value {
    let (code, name) = match word {
        "mild" => ("255604002", "Mild"),
        "moderate" => ("6736007", "Moderate"),
        "severe" => ("24484000", "Severe"),
        "critical" => ("442452003", "Life threatening severity"),
        _ => return said(word),
    };
    coded(SNOMED, code, name, word)
}
