//! Who is who: one patient a person, whichever records speak of them.

use super::Options;
use super::parts::{Refs, Resource, identifiers, list};
use crate::identity::uuid_of;
use crate::words::split_name;
use crate::{CaseRecord, PersonPart, Set};
use quell_foundation::EventTime;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

struct Person {
    part: PersonPart,
    died: Option<Option<EventTime>>,
    /// Contact records, in which the person is a related one.
    related: Vec<Uuid>,
}

pub(super) struct People<'s> {
    persons: BTreeMap<Uuid, Person>,
    cases: HashMap<&'s str, Uuid>,
    contacts: HashMap<&'s str, Uuid>,
}

/// The patient of a record: the book's person, or one of its own for a record that names none.
pub(super) fn patient_of(part: &PersonPart, record: &str) -> Uuid {
    if part.person.is_empty() { uuid_of("patient", record) } else { uuid_of("person", &part.person) }
}

impl<'s> People<'s> {
    pub fn of(set: &'s Set) -> Self {
        let mut people = Self { persons: BTreeMap::new(), cases: HashMap::new(), contacts: HashMap::new() };
        for case in &set.cases {
            let id = people.add(&case.who, &case.case);
            people.cases.insert(&case.case, id);
            if case.outcome == "died"
                && let Some(person) = people.persons.get_mut(&id)
            {
                person.died = Some(case.outcome_at);
            }
        }
        for contact in &set.contacts {
            let id = people.add(&contact.who, &contact.contact);
            people.contacts.insert(&contact.contact, id);
            if let Some(person) = people.persons.get_mut(&id) {
                person.related.push(uuid_of("contact", &contact.contact));
            }
        }
        for follow_up in &set.follow_ups {
            if !people.contacts.contains_key(follow_up.contact.as_str()) {
                let id = people.add(&follow_up.who, &follow_up.contact);
                people.contacts.insert(&follow_up.contact, id);
            }
        }
        set.results.iter().filter(|r| r.who != PersonPart::default()).for_each(|r| {
            people.add(&r.who, &r.report);
        });
        set.stays.iter().filter(|s| s.who != PersonPart::default()).for_each(|s| {
            people.add(&s.who, &s.stay);
        });
        people
    }

    /// What one record does not say of a person, another may.
    fn add(&mut self, part: &PersonPart, record: &str) -> Uuid {
        let id = patient_of(part, record);
        let person = self.persons.entry(id).or_insert_with(|| Person { part: PersonPart::default(), died: None, related: Vec::new() });
        let known = &mut person.part;
        let texts = [
            (&mut known.person, &part.person),
            (&mut known.name, &part.name),
            (&mut known.sex, &part.sex),
            (&mut known.id_number, &part.id_number),
            (&mut known.phone, &part.phone),
            (&mut known.address, &part.address),
        ];
        for (known, said) in texts {
            if known.is_empty() {
                known.clone_from(said);
            }
        }
        known.born = known.born.or(part.born);
        id
    }

    /// A reference to a case's patient; only by its number when the case is not in the set.
    pub fn case(&self, refs: Refs, source: &str, case: &str, number: &str) -> Value {
        match self.cases.get(case) {
            Some(id) => refs.to("Patient", *id),
            None => elsewhere(source, "case", case, number),
        }
    }
    /// The same for a contact.
    pub fn contact(&self, refs: Refs, source: &str, contact: &str, number: &str) -> Value {
        match self.contacts.get(contact) {
            Some(id) => refs.to("Patient", *id),
            None => elsewhere(source, "contact", contact, number),
        }
    }

    pub fn has_case(&self, case: &str) -> bool {
        self.cases.contains_key(case)
    }

    pub fn patients(&self, refs: Refs, options: &Options<'_>) -> impl Iterator<Item = Value> {
        self.persons.iter().map(move |(id, person)| {
            let links: Vec<Value> =
                person.related.iter().map(|r| json!({ "other": refs.to("RelatedPerson", *r), "type": "seealso" })).collect();
            let patient = demographics(Resource::new("Patient", *id), &person.part);
            let patient = patient.set("identifier", own_numbers(options.source, &person.part)).set("link", links);
            match person.died {
                Some(Some(at)) => patient.time("deceasedDateTime", Some(at)),
                Some(None) => patient.set("deceasedBoolean", true),
                None => patient,
            }
            .done()
        })
    }
}

fn own_numbers(source: &str, part: &PersonPart) -> Value {
    let mut all = identifiers(source, &[("person", &part.person), ("id-number", &part.id_number)]);
    for id in all.as_array_mut().into_iter().flatten() {
        if id["system"].as_str().is_some_and(|s| s.ends_with("/id-number")) {
            id["type"] = super::parts::term("v2-0203", "NI");
        }
    }
    all
}

fn elsewhere(source: &str, kind: &str, id: &str, number: &str) -> Value {
    let (kind, value) = if number.is_empty() { (format!("{kind}-id"), id) } else { (kind.to_owned(), number) };
    if value.is_empty() {
        return json!({ "display": "unknown" });
    }
    json!({ "identifier": { "system": format!("{source}/{kind}"), "value": value }, "display": value })
}

/// What `Patient` and `RelatedPerson` say alike.
pub(super) fn demographics(resource: Resource, part: &PersonPart) -> Resource {
    let gender = match part.sex.as_str() {
        "male" | "female" | "unknown" => part.sex.as_str(),
        "" => "",
        _ => "other",
    };
    let phone = (!part.phone.trim().is_empty()).then(|| json!([{ "system": "phone", "value": part.phone }]));
    let address = (!part.address.trim().is_empty()).then(|| json!([{ "use": "home", "text": part.address }]));
    resource
        .set("name", list(name(&part.name)))
        .set("gender", gender)
        .set("birthDate", part.born.map(|d| d.to_string()))
        .set("telecom", phone)
        .set("address", address)
}

fn name(full: &str) -> Value {
    if full.trim().is_empty() {
        return Value::Null;
    }
    let (given, family) = split_name(full);
    let mut name = json!({ "text": full });
    if !family.is_empty() {
        name["family"] = family.into();
    }
    if !given.is_empty() {
        name["given"] = json!([given]);
    }
    name
}

/// The case's condition.
pub(super) fn condition_of(case: &CaseRecord) -> Uuid {
    uuid_of("case", &case.case)
}
