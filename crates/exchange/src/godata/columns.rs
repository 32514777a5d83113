//! The columns of Go.Data's files.

use super::reference::*;
use crate::grid::Cell;
use crate::table::list;
use crate::words::split_name;
use crate::{CaseRecord, ContactRecord, Dose, FollowUpRecord, LinkRecord, PersonPart, ResultRecord};
use quell_foundation::EventTime;

/// One column of a file of records `R`.
pub struct Column<R> {
    /// Property name.
    pub property: &'static str,
    /// English label.
    pub label: &'static str,
    /// What stands in the cell.
    pub cell: for<'a> fn(&'a R, Words) -> Cell<'a>,
}

fn text(text: &str) -> Cell<'_> {
    Cell::text(text)
}
fn time(at: Option<EventTime>) -> Cell<'static> {
    Cell::maybe(at, Cell::Time)
}
/// The first that says something.
fn either<'a>(first: &'a str, second: &'a str) -> Cell<'a> {
    Cell::text(if first.is_empty() { second } else { first })
}
/// A word of a list where there is what it belongs to.
fn beside(there: bool, list: &List, words: Words, word: &str) -> Cell<'static> {
    if there { list.of(words, word) } else { Cell::Empty }
}
fn lives(who: &PersonPart) -> bool {
    !(who.home.is_empty() && who.address.is_empty() && who.phone.is_empty())
}
fn given(who: &PersonPart) -> Cell<'_> {
    let (given, family) = split_name(&who.name);
    // Go.Data takes nobody without a first name.
    either(given, family)
}
fn family(who: &PersonPart) -> Cell<'_> {
    let (given, family) = split_name(&who.name);
    if given.is_empty() { Cell::Empty } else { text(family) }
}
fn dose(doses: &[Dose], n: usize) -> Option<&Dose> {
    doses.get(n)
}
fn vaccine(doses: &[Dose], n: usize) -> Cell<'_> {
    Cell::maybe(dose(doses, n), |d| text(&d.vaccine))
}
fn vaccinated(doses: &[Dose], n: usize) -> Cell<'_> {
    Cell::maybe(dose(doses, n).and_then(|d| d.at), Cell::Day)
}

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident: $record:ty = [$($before:tt)*] who [$($after:tt)*]) => {
        columns! { $(#[$doc])* $name: $record = [
            $($before)*
            "firstName" "First name" |r, _| given(&r.who);
            "lastName" "Last name" |r, _| family(&r.who);
            "gender" "Gender" |r, w| GENDER.of(w, &r.who.sex);
            "dob" "Date of birth" |r, _| Cell::maybe(r.who.born, Cell::Day);
            "age.years" "Age Years" |r, _| Cell::maybe(r.who.age, |n| Cell::Number(n.into()));
            "occupation" "Occupation" |r, w| OCCUPATION.of(w, &r.who.occupation);
            "documents[0].type" "Documents Document type [1]" |r, w| beside(!r.who.id_number.is_empty(), &DOCUMENT, w, "id");
            "documents[0].number" "Documents Document number [1]" |r, _| text(&r.who.id_number);
            "addresses[0].typeId" "Addresses Address type [1]" |r, w| beside(lives(&r.who), &ADDRESS, w, "home");
            "addresses[0].locationId" "Addresses Location [1]" |r, _| text(&r.who.home);
            "addresses[0].addressLine1" "Addresses Address line 1 [1]" |r, _| text(&r.who.address);
            "addresses[0].phoneNumber" "Addresses Phone number [1]" |r, _| text(&r.who.phone);
            $($after)*
        ] }
    };
    ($(#[$doc:meta])* $name:ident: $record:ty = [$($property:literal $label:literal $cell:expr;)*]) => {
        $(#[$doc])*
        pub const $name: &[Column<$record>] = &[$(Column { property: $property, label: $label, cell: $cell }),*];
    };
}

columns! {
    /// Cases.
    CASE_COLUMNS: CaseRecord = [
        "visualId" "Case ID" |r, _| either(&r.number, &r.case);
    ] who [
        "classification" "Classification" |r, w| CLASSIFICATION.of(w, &r.classification);
        "dateOfOnset" "Date of onset" |r, _| time(r.onset);
        "dateOfReporting" "Date of reporting" |r, _| time(r.found.or(r.sampled).or(r.reported));
        "dateBecomeCase" "Date of becoming case" |r, _| time(r.found.or(r.sampled).or(r.reported));
        "wasContact" "Was a contact" |r, _| Cell::maybe(r.was_contact, Cell::Flag);
        "outcomeId" "Outcome" |r, w| OUTCOME.of(w, &r.outcome);
        "dateOfOutcome" "Date of outcome" |r, _| time(r.outcome_at);
        "dateRanges[0].typeId" "Dates Hospitalization / Isolation type [1]" |r, w| beside(r.isolated.is_some(), &DATES, w, "isolation");
        "dateRanges[0].startDate" "Dates Start Date [1]" |r, _| time(r.isolated);
        "vaccinesReceived[0].vaccine" "Vaccines received Vaccine [1]" |r, _| vaccine(&r.doses, 0);
        "vaccinesReceived[0].date" "Vaccines received Vaccine date [1]" |r, _| vaccinated(&r.doses, 0);
        "vaccinesReceived[0].status" "Vaccines received Vaccine status [1]" |r, w| beside(!r.doses.is_empty(), &VACCINE, w, "given");
        "vaccinesReceived[1].vaccine" "Vaccines received Vaccine [2]" |r, _| vaccine(&r.doses, 1);
        "vaccinesReceived[1].date" "Vaccines received Vaccine date [2]" |r, _| vaccinated(&r.doses, 1);
        "vaccinesReceived[1].status" "Vaccines received Vaccine status [2]" |r, w| beside(r.doses.len() > 1, &VACCINE, w, "given");
        "vaccinesReceived[2].vaccine" "Vaccines received Vaccine [3]" |r, _| vaccine(&r.doses, 2);
        "vaccinesReceived[2].date" "Vaccines received Vaccine date [3]" |r, _| vaccinated(&r.doses, 2);
        "vaccinesReceived[2].status" "Vaccines received Vaccine status [3]" |r, w| beside(r.doses.len() > 2, &VACCINE, w, "given");
        "vaccinesReceived[3].vaccine" "Vaccines received Vaccine [4]" |r, _| vaccine(&r.doses, 3);
        "vaccinesReceived[3].date" "Vaccines received Vaccine date [4]" |r, _| vaccinated(&r.doses, 3);
        "vaccinesReceived[3].status" "Vaccines received Vaccine status [4]" |r, w| beside(r.doses.len() > 3, &VACCINE, w, "given");
    ]
}

columns! {
    /// Contacts, with their relationship to the case, as Go.Data asks of an import.
    CONTACT_COLUMNS: ContactRecord = [
        "visualId" "Contact ID" |r, _| either(&r.external, &r.contact);
    ] who [
        "dateOfReporting" "Date of reporting" |r, _| time(r.named.or(r.last_exposure));
        "dateBecomeContact" "Date of becoming contact" |r, _| time(r.named);
        "followUp.endDate" "Follow-up End of the followup" |r, _| time(r.until);
        "followUp.status" "Follow-up Follow-up final status" |r, w| FOLLOW_UP.of(w, &r.follow_up);
        "followUpTeamId" "Follow-up assigned team" |r, _| text(&r.team);
        "relationship.relatedId" "Relationship Persons Related Person" |r, _| either(&r.case_number, &r.case);
        "relationship.dateOfFirstContact" "Relationship Date of first contact" |r, _| time(r.first_exposure);
        "relationship.contactDate" "Relationship Date of last contact" |r, _| time(r.last_exposure);
        "relationship.certaintyLevelId" "Relationship Certainty level" |r, w| CERTAINTY.of(w, &r.certainty);
        "relationship.socialRelationshipTypeId" "Relationship Context of exposure" |r, w| CONTEXT.of(w, &r.context);
        "relationship.socialRelationshipDetail" "Relationship Relation detail" |r, _| either(&r.relation, &r.context);
        "relationship.comment" "Relationship Comment" |r, _| either(&r.note, &r.reason);
    ]
}

columns! {
    /// Relationships: the first person is the source, the second the target.
    LINK_COLUMNS: LinkRecord = [
        "persons[0].id" "Persons Related person [1]" |r, _| either(&r.source_number, &r.source);
        "persons[0].type" "Persons Relationship type [1]" |_, w| PERSON.of(w, "case");
        "persons[0].source" "Persons Source [1]" |_, _| Cell::Flag(true);
        "persons[1].id" "Persons Related person [2]" |r, _| either(&r.target_number, &r.target);
        "persons[1].type" "Persons Relationship type [2]" |r, w| PERSON.of(w, &r.target_kind);
        "persons[1].target" "Persons Target [2]" |_, _| Cell::Flag(true);
        "contactDate" "Date of last contact" |r, _| time(r.contact_at);
        "certaintyLevelId" "Certainty level" |r, w| CERTAINTY.of(w, &r.certainty);
        "socialRelationshipTypeId" "Context of exposure" |r, w| CONTEXT.of(w, &r.context);
        "socialRelationshipDetail" "Relation detail" |r, _| text(&r.context);
        "comment" "Comment" |r, _| if r.note.is_empty() { Cell::text(list::words(&r.doubts)) } else { text(&r.note) };
    ]
}

columns! {
    /// Follow-ups.
    FOLLOW_UP_COLUMNS: FollowUpRecord = [
        "contact.visualId" "Contact / Case Contact ID" |r, _| either(&r.external, &r.contact);
        "contact.firstName" "Contact / Case First name" |r, _| given(&r.who);
        "contact.lastName" "Contact / Case Last name" |r, _| family(&r.who);
        "date" "Date" |r, _| time(r.at);
        "index" "Day of follow-up" |r, _| Cell::maybe(r.day, |n| Cell::Number(n.into()));
        "teamId" "Team" |r, _| text(&r.team);
        "statusId" "Status" |r, w| SEEN.of(w, &r.outcome);
        "address.locationId" "Address Location" |r, _| text(&r.who.home);
        "comment" "Comment" |r, _| remark(r);
    ]
}

/// Temperature and symptoms have no place of their own but in a questionnaire.
fn remark(seen: &FollowUpRecord) -> Cell<'_> {
    let temperature = seen.temperature.map(|t| t.to_string());
    let symptoms = Some(list::words(&seen.symptoms)).filter(|s| !s.is_empty());
    let note = Some(seen.note.clone()).filter(|n| !n.is_empty());
    Cell::text(temperature.into_iter().chain(symptoms).chain(note).collect::<Vec<_>>().join("; "))
}

columns! {
    /// Laboratory results.
    RESULT_COLUMNS: ResultRecord = [
        "personId" "Person ID" |r, _| text(&r.who.person);
        "sampleIdentifier" "Sample lab ID" |r, _| either(&r.tube, &r.report);
        "dateSampleTaken" "Sample taken" |r, _| time(r.sampled);
        "dateSampleDelivered" "Sample delivered to lab" |r, _| time(r.received);
        "dateOfResult" "Date of the result" |r, _| time(r.resulted);
        "labName" "Lab name" |r, _| text(&r.laboratory);
        "sampleType" "Sample type" |r, _| text(&r.specimen);
        "testType" "Test type" |r, _| text(&r.test);
        "result" "Result" |r, w| beside(r.status != "cancelled", &RESULT, w, &r.result);
        "quantitativeResult" "Quantitative result" |r, _| Cell::text(list::targets(&r.targets));
        "status" "Status" |r, w| RESULT_STATUS.of(w, &r.status);
        "notes" "Notes" |r, _| notes(r);
    ]
}

/// A result that was withdrawn is none, and there is no word for that.
fn notes(result: &ResultRecord) -> Cell<'_> {
    if result.status == "cancelled" { Cell::text(format!("withdrawn; {}", result.note)) } else { text(&result.note) }
}
