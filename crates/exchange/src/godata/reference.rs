//! Reference data: the words of Go.Data's closed lists, as tokens and as English labels.

use crate::grid::Cell;

/// How headers and reference data are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Property names and tokens.
    Properties,
    /// English labels.
    Labels,
}

/// A closed list: beginning of its tokens, then the book's word, the token's end and the label.
pub(super) struct List(&'static str, &'static [(&'static str, &'static str, &'static str)]);

impl List {
    /// The cell of a word of the book; empty where Go.Data has none.
    pub fn of(&self, words: Words, word: &str) -> Cell<'static> {
        match self.1.iter().find(|(w, ..)| *w == word) {
            None => Cell::Empty,
            Some((_, end, _)) if words == Words::Properties => Cell::text(format!("LNG_REFERENCE_DATA_{}_{end}", self.0)),
            Some((.., label)) => Cell::text(*label),
        }
    }
}

pub(super) const GENDER: List = List("CATEGORY_GENDER", &[("male", "MALE", "Male"), ("female", "FEMALE", "Female")]);
pub(super) const CLASSIFICATION: List = List(
    "CATEGORY_CASE_CLASSIFICATION",
    &[
        ("suspect", "SUSPECT", "Suspect"),
        ("probable", "PROBABLE", "Probable"),
        ("confirmed", "CONFIRMED", "Confirmed"),
        // Go.Data has no word for an infection without symptoms; by the laboratory it is confirmed.
        ("asymptomatic", "CONFIRMED", "Confirmed"),
        ("not_a_case", "NOT_A_CASE_DISCARDED", "Not a case (discarded)"),
    ],
);
pub(super) const OUTCOME: List =
    List("CATEGORY_OUTCOME", &[("active", "ALIVE", "Alive"), ("recovered", "RECOVERED", "Recovered"), ("died", "DECEASED", "Deceased")]);
pub(super) const CERTAINTY: List =
    List("CATEGORY_CERTAINTY_LEVEL", &[("low", "1_LOW", "1 - Low"), ("medium", "2_MEDIUM", "2 - Medium"), ("high", "3_HIGH", "3 - High")]);
pub(super) const SEEN: List = List(
    "CONTACT_DAILY_FOLLOW_UP_STATUS_TYPE",
    &[
        ("seen_ok", "SEEN_OK", "Seen ok"),
        ("seen_not_ok", "SEEN_NOT_OK", "Seen not ok"),
        ("missed", "MISSED", "Missed"),
        ("not_attempted", "NOT_ATTEMPTED", "Not attempted"),
        ("not_performed", "NOT_PERFORMED", "Not performed"),
    ],
);
pub(super) const FOLLOW_UP: List = List(
    "CONTACT_FINAL_FOLLOW_UP_STATUS_TYPE",
    &[
        ("follow_up", "UNDER_FOLLOW_UP", "Under follow-up"),
        ("completed", "FOLLOW_UP_COMPLETED", "Follow-up completed"),
        ("lost", "LOST_TO_FOLLOW_UP", "Lost to follow-up"),
        // Go.Data has no word for it; without one it would follow up whoever is none, or a case.
        ("cancelled", "FOLLOW_UP_COMPLETED", "Follow-up completed"),
    ],
);
pub(super) const CONTEXT: List = List(
    "CATEGORY_CONTEXT_OF_TRANSMISSION",
    &[
        ("household", "FAMILY", "Home/household"),
        ("workplace", "CO_WORKERS", "Workplace"),
        ("ward", "NOSOCOMIAL_TRANSMISSION", "Hospital/healthcare"),
        ("hospital", "NOSOCOMIAL_TRANSMISSION", "Hospital/healthcare"),
    ],
);
pub(super) const OCCUPATION: List = List("CATEGORY_OCCUPATION", &[("health", "HEALTH_CARE_WORKER", "Health care worker")]);
pub(super) const PERSON: List = List("CATEGORY_PERSON_TYPE", &[("case", "CASE", "Case"), ("contact", "CONTACT", "Contact")]);
pub(super) const ADDRESS: List = List("CATEGORY_ADDRESS_TYPE", &[("home", "USUAL_PLACE_OF_RESIDENCE", "Current address")]);
pub(super) const DOCUMENT: List = List("CATEGORY_DOCUMENT_TYPE", &[("id", "NATIONAL_ID_CARD", "National ID card")]);
pub(super) const DATES: List = List("CATEGORY_PERSON_DATE_TYPE", &[("isolation", "ISOLATION", "Isolation")]);
pub(super) const VACCINE: List = List("CATEGORY_VACCINE_STATUS", &[("given", "VACCINATED", "Vaccinated")]);
pub(super) const RESULT: List = List(
    "CATEGORY_LAB_TEST_RESULT",
    &[
        ("positive", "POSITIVE", "Positive for targeted pathogen (if serology, enter titre in Quantitative result)"),
        ("negative", "NEGATIVE", "Negative for targeted pathogen"),
        ("indeterminate", "INCONCLUSIVE", "Inconclusive for targeted pathogen"),
    ],
);
pub(super) const RESULT_STATUS: List = List(
    "CATEGORY_LAB_TEST_RESULT_STATUS",
    &[("final", "COMPLETED", "Completed"), ("corrected", "COMPLETED", "Completed"), ("preliminary", "IN_PROGRESS", "In progress")],
);
