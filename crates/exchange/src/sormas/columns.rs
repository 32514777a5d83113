//! The columns of SORMAS's imports.

use super::symptoms::{has, others};
use super::{Context, part};
use crate::grid::Cell;
use crate::words::split_name;
use crate::{CaseRecord, ContactRecord, Disease, Dose, PersonPart};

/// One column of a file of records `R`.
pub struct Column<R> {
    /// First header: class of the entity.
    pub entity: &'static str,
    /// Second header: path of the property.
    pub path: &'static str,
    /// What stands in the cell.
    pub cell: for<'a> fn(&'a R, &'a Context<'_>) -> Cell<'a>,
}

fn text(text: &str) -> Cell<'_> {
    Cell::text(text)
}
/// A word that holds where something is so.
fn when(so: bool, word: &'static str) -> Cell<'static> {
    Cell::text(if so { word } else { "" })
}
/// The word of a closed list that stands for one of the book's.
fn word(said: &str, words: &[(&str, &'static str)]) -> Cell<'static> {
    Cell::text(words.iter().find(|(w, _)| *w == said).map_or("", |(_, s)| *s))
}
fn disease(said: &str) -> Cell<'static> {
    Cell::text(Disease::named(said).map_or("OTHER", |d| d.sormas))
}
fn disease_details(said: &str) -> Cell<'_> {
    if Disease::named(said).is_some() { Cell::Empty } else { text(said) }
}
fn given(who: &PersonPart) -> Cell<'_> {
    let (given, family) = split_name(&who.name);
    text(if given.is_empty() { family } else { given })
}
fn family(who: &PersonPart) -> Cell<'_> {
    let (given, family) = split_name(&who.name);
    // SORMAS takes nobody without both.
    text(if family.is_empty() { given } else { family })
}
fn sex(who: &PersonPart) -> Cell<'_> {
    match who.sex.as_str() {
        "male" => text("MALE"),
        "female" => text("FEMALE"),
        _ => text("UNKNOWN"),
    }
}
fn vaccinated<'a>(doses: &'a [Dose], n: usize, context: &Context<'_>) -> Cell<'a> {
    context.day(doses.get(n).and_then(|d| d.at))
}
fn vaccine(doses: &[Dose], n: usize) -> Cell<'_> {
    Cell::maybe(doses.get(n), |d| text(&d.vaccine))
}

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident: $record:ty = [$($before:tt)*] who [$($after:tt)*]) => {
        columns! { $(#[$doc])* $name: $record = [
            $($before)*
            "Person" "person.firstName" |r, _| given(&r.who);
            "Person" "person.lastName" |r, _| family(&r.who);
            "Person" "person.sex" |r, _| sex(&r.who);
            "Person" "person.birthdateDD" |r, _| part(r.who.born, 8..10);
            "Person" "person.birthdateMM" |r, _| part(r.who.born, 5..7);
            "Person" "person.birthdateYYYY" |r, _| part(r.who.born, 0..4);
            "Person" "person.approximateAge" |r, _| Cell::maybe(r.who.age, |n| Cell::Number(n.into()));
            "Person" "person.approximateAgeType" |r, _| when(r.who.age.is_some(), "YEARS");
            "Location" "person.address.region" |_, c| text(&c.place.region);
            "Location" "person.address.district" |_, c| text(&c.place.district);
            "Location" "person.address.community" |_, c| text(&c.place.community);
            "Location" "person.address.street" |r, _| text(&r.who.address);
            "Person" "person.occupationType" |r, _| word(&r.who.occupation, &[("health", "HEALTHCARE_WORKER")]);
            "Person" "person.phone" |r, _| text(&r.who.phone);
            $($after)*
        ] }
    };
    ($(#[$doc:meta])* $name:ident: $record:ty = [$($entity:literal $path:literal $cell:expr;)*]) => {
        $(#[$doc])*
        pub const $name: &[Column<$record>] = &[$(Column { entity: $entity, path: $path, cell: $cell }),*];
    };
}

columns! {
    /// Cases.
    CASE_COLUMNS: CaseRecord = [
        "CaseData" "disease" |r, _| disease(&r.disease);
        "CaseData" "diseaseDetails" |r, _| disease_details(&r.disease);
        "CaseData" "externalID" |r, _| text(if r.external.is_empty() { &r.case } else { &r.external });
        "CaseData" "epidNumber" |r, _| text(&r.number);
        "CaseData" "reportDate" |r, c| c.time(r.found.or(r.sampled).or(r.reported));
        "CaseData" "responsibleRegion" |_, c| text(&c.place.region);
        "CaseData" "responsibleDistrict" |_, c| text(&c.place.district);
        "CaseData" "responsibleCommunity" |_, c| text(&c.place.community);
        "CaseData" "healthFacility" |_, _| text("Home or other place");
    ] who [
        "Person" "person.presentCondition" |r, _| text(if r.outcome == "died" { "DEAD" } else { "ALIVE" });
        "Person" "person.deathDate" |r, c| c.time(r.outcome_at.filter(|_| r.outcome == "died"));
        "CaseData" "caseClassification" |r, _| word(&r.classification, &[
            ("", "NOT_CLASSIFIED"), ("suspect", "SUSPECT"), ("probable", "PROBABLE"), ("confirmed", "CONFIRMED"),
            ("asymptomatic", "CONFIRMED_NO_SYMPTOMS"), ("not_a_case", "NO_CASE"),
        ]);
        "CaseData" "outcome" |r, _| word(&r.outcome, &[
            ("active", "NO_OUTCOME"), ("recovered", "RECOVERED"), ("died", "DECEASED"), ("withdrawn", "UNKNOWN"),
        ]);
        "CaseData" "outcomeDate" |r, c| c.time(r.outcome_at);
        "CaseData" "vaccinationStatus" |r, _| when(!r.doses.is_empty(), "VACCINATED");
        "CaseData" "additionalDetails" |r, _| text(&r.note);
        "Hospitalization" "hospitalization.isolated" |r, _| when(r.isolated.is_some(), "YES");
        "Hospitalization" "hospitalization.isolationDate" |r, c| c.time(r.isolated);
        "Symptoms" "symptoms.onsetDate" |r, c| c.time(r.onset);
        "Symptoms" "symptoms.fever" |r, _| has(r, "fever");
        "Symptoms" "symptoms.cough" |r, _| has(r, "cough");
        "Symptoms" "symptoms.soreThroat" |r, _| has(r, "soreThroat");
        "Symptoms" "symptoms.runnyNose" |r, _| has(r, "runnyNose");
        "Symptoms" "symptoms.headache" |r, _| has(r, "headache");
        "Symptoms" "symptoms.musclePain" |r, _| has(r, "musclePain");
        "Symptoms" "symptoms.jointPain" |r, _| has(r, "jointPain");
        "Symptoms" "symptoms.chillsSweats" |r, _| has(r, "chillsSweats");
        "Symptoms" "symptoms.difficultyBreathing" |r, _| has(r, "difficultyBreathing");
        "Symptoms" "symptoms.fatigueWeakness" |r, _| has(r, "fatigueWeakness");
        "Symptoms" "symptoms.lossOfSmell" |r, _| has(r, "lossOfSmell");
        "Symptoms" "symptoms.lossOfTaste" |r, _| has(r, "lossOfTaste");
        "Symptoms" "symptoms.nausea" |r, _| has(r, "nausea");
        "Symptoms" "symptoms.vomiting" |r, _| has(r, "vomiting");
        "Symptoms" "symptoms.diarrhea" |r, _| has(r, "diarrhea");
        "Symptoms" "symptoms.skinRash" |r, _| has(r, "skinRash");
        "Symptoms" "symptoms.otherNonHemorrhagicSymptoms" |r, _| when(!others(r).is_empty(), "YES");
        "Symptoms" "symptoms.otherNonHemorrhagicSymptomsText" |r, _| Cell::text(others(r));
        "EpiData" "epiData.contactWithSourceCaseKnown" |r, _| Cell::maybe(r.was_contact, |was| text(if was { "YES" } else { "NO" }));
        "Vaccination" "vaccinationDate" |r, c| vaccinated(&r.doses, 0, c);
        "Vaccination" "vaccineName" |r, _| when(!r.doses.is_empty(), "OTHER");
        "Vaccination" "otherVaccineName" |r, _| vaccine(&r.doses, 0);
        "Vaccination" "vaccinationDate" |r, c| vaccinated(&r.doses, 1, c);
        "Vaccination" "vaccineName" |r, _| when(r.doses.len() > 1, "OTHER");
        "Vaccination" "otherVaccineName" |r, _| vaccine(&r.doses, 1);
        "Vaccination" "vaccinationDate" |r, c| vaccinated(&r.doses, 2, c);
        "Vaccination" "vaccineName" |r, _| when(r.doses.len() > 2, "OTHER");
        "Vaccination" "otherVaccineName" |r, _| vaccine(&r.doses, 2);
        "Vaccination" "vaccinationDate" |r, c| vaccinated(&r.doses, 3, c);
        "Vaccination" "vaccineName" |r, _| when(r.doses.len() > 3, "OTHER");
        "Vaccination" "otherVaccineName" |r, _| vaccine(&r.doses, 3);
    ]
}

columns! {
    /// Contacts.
    CONTACT_COLUMNS: ContactRecord = [
        "Contact" "caseIdExternalSystem" |r, _| text(if r.case_number.is_empty() { &r.case } else { &r.case_number });
        "Contact" "disease" |r, _| disease(&r.disease);
        "Contact" "diseaseDetails" |r, _| disease_details(&r.disease);
        "Contact" "externalID" |r, _| text(if r.external.is_empty() { &r.contact } else { &r.external });
        "Contact" "reportDateTime" |r, c| c.time(r.named.or(r.last_exposure));
        "Contact" "region" |_, c| text(&c.place.region);
        "Contact" "district" |_, c| text(&c.place.district);
        "Contact" "community" |_, c| text(&c.place.community);
        "Contact" "multiDayContact" |r, _| when(several_days(r), "true");
        "Contact" "firstContactDate" |r, c| c.time(r.first_exposure.filter(|_| several_days(r)));
        "Contact" "lastContactDate" |r, c| c.time(r.last_exposure);
        "Contact" "contactCategory" |r, _| text(risk(&r.category));
        "Contact" "contactClassification" |r, _| text(match (r.state.as_str(), r.certainty.as_str()) {
            ("dropped", _) => "NO_CONTACT",
            (_, "high") => "CONFIRMED",
            _ => "UNCONFIRMED",
        });
        "Contact" "contactStatus" |r, _| word(&r.state, &[
            ("active", "ACTIVE"), ("released", "ACTIVE"), ("handed_over", "ACTIVE"), ("converted", "CONVERTED"),
            ("dropped", "DROPPED"),
        ]);
        "Contact" "followUpStatus" |r, _| word(&r.follow_up, &[
            ("follow_up", "FOLLOW_UP"), ("completed", "COMPLETED"), ("cancelled", "CANCELED"), ("lost", "LOST"),
            ("no_follow_up", "NO_FOLLOW_UP"),
        ]);
        "Contact" "followUpUntil" |r, c| c.time(r.until);
        "Contact" "overwriteFollowUpUntil" |r, _| when(r.until.is_some(), "true");
        "Contact" "description" |r, _| text(&r.reason);
        "Contact" "relationToCase" |r, _| relation(r);
        "Contact" "relationDescription" |r, _| text(if r.relation.is_empty() { &r.context } else { &r.relation });
        "Contact" "quarantine" |r, _| word(&r.quarantine, &[("home", "HOME"), ("isolation_site", "INSTITUTIONELL"), ("none", "NONE")]);
        "Contact" "quarantineFrom" |r, c| c.time(r.quarantine_from);
        "Contact" "quarantineTo" |r, c| c.time(r.quarantine_to);
        "Contact" "additionalDetails" |r, _| text(&r.note);
    ] who []
}

/// SORMAS has two words for the five categories of contacts.
pub fn risk(category: &str) -> &'static str {
    match category {
        "close" | "high_risk_spillover" => "HIGH_RISK",
        "secondary" | "general" => "LOW_RISK",
        _ => "",
    }
}

fn several_days(contact: &ContactRecord) -> bool {
    let day = |t: quell_foundation::EventTime| t.at.day(t.offset);
    contact.first_exposure.map(day).is_some_and(|first| contact.last_exposure.map(day) != Some(first))
}

fn relation(contact: &ContactRecord) -> Cell<'_> {
    text(match (contact.context.as_str(), contact.relation.as_str()) {
        ("", "") => "",
        ("household", _) => "SAME_HOUSEHOLD",
        ("ward" | "hospital", _) => "MEDICAL_CARE",
        (_, "family member" | "family" | "friend") => "FAMILY_MEMBER_OR_FRIEND",
        ("workplace" | "school" | "vehicle", _) => "SAME_ENVIRONMENT",
        _ => "OTHER",
    })
}
