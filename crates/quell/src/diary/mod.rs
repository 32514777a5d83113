//! The symptom diary (健康日记): a contact writes in it by a link, without an account. The link is the contact record's id, enciphered
//! ([`Codes`]), so that no table of links has to be kept; it leads somewhere only while that record is under follow-up, and to an
//! explanation afterwards. The page shows a masked name and the day's questions, nothing that the book knows of the person.

pub mod page;

use crate::app::App;
use crate::status::Codes;
use quell_book::{Fact, FollowUpOutcome, FollowedUp};
use quell_foundation::*;
use quell_protocol::{AnswerKind, AnswerOption, Protocol};
use quell_store::log::{Incoming, Sender};
use quell_store::views::DiaryOf;

/// Entries that a link takes on a day: what is more is nobody's diary.
pub const MOST_A_DAY: i64 = 12;
/// From here on it is fever, whatever else is said (°C, in the armpit). No protocol has a value for it.
const FEVER: f64 = 37.3;
/// Temperatures that a living person can have.
const LIVING: std::ops::RangeInclusive<f64> = 30.0..=45.0;
/// Characters of what the person adds in words.
const LONGEST_NOTE: usize = 200;
/// The question of the protocol whose options are asked here.
const SYMPTOMS: &str = "symptoms";

/// The links of a book.
pub fn links(app: &App) -> Codes {
    Codes::new(&app.key, app.config.book, "diary link")
}

/// The symptoms that the protocol asks for.
pub fn symptoms(protocol: &Protocol) -> &[AnswerOption] {
    protocol.question(SYMPTOMS).filter(|q| q.kind == AnswerKind::Choices).map_or(&[], |q| &q.options)
}

/// What someone has written.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    ill: bool,
    symptoms: Vec<String>,
    temperature: Option<Celsius>,
    note: Option<String>,
    /// How many entries of the day there were when the page was shown: tells a second entry from a button pressed twice.
    after: i64,
}

/// Why an entry cannot be taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclear {
    /// Neither well nor ill was chosen.
    NoAnswer,
    /// The temperature is none that a person has.
    Temperature,
}

impl Entry {
    /// Reads the form.
    ///
    /// # Errors
    /// If it is not clear what is meant: the person is asked again.
    pub fn read(form: &[(String, String)], protocol: &Protocol) -> Result<Self, Unclear> {
        let field = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).filter(|v| !v.is_empty());
        let known = symptoms(protocol);
        let chosen = |o: &&AnswerOption| form.iter().any(|(n, v)| n == "symptom" && *v == o.id);
        let symptoms: Vec<String> = known.iter().filter(chosen).map(|o| o.id.clone()).collect();
        let temperature = match field("temperature") {
            None => None,
            // A comma is a point to some.
            Some(t) => {
                let value = t.replace([',', '，'], ".").parse().ok().filter(|v| LIVING.contains(v)).and_then(Celsius::new);
                Some(value.ok_or(Unclear::Temperature)?)
            }
        };
        let feels = match field("feel") {
            Some("well") => false,
            Some("ill") => true,
            _ if !symptoms.is_empty() => true,
            _ => return Err(Unclear::NoAnswer),
        };
        let ill = feels || !symptoms.is_empty() || temperature.is_some_and(|t| t.value() >= FEVER);
        let note = field("note").map(|n| n.chars().filter(|c| *c != '\0').take(LONGEST_NOTE).collect());
        let after = field("after").and_then(|n| n.parse().ok()).unwrap_or(0);
        Ok(Self { ill, symptoms, temperature, note, after })
    }

    /// As it is handed in. The same answers to the same page are the same submission, however often the button is pressed.
    pub fn submission(&self, app: &App, of: &DiaryOf, now: Instant) -> Incoming {
        let day = now.day(app.config.offset).0.to_be_bytes();
        let said = format!("{self:?}");
        let id = derived_uuid(&[b"diary", &app.config.book.0.to_be_bytes(), of.contact_id.0.as_bytes(), &day, said.as_bytes()]);
        let fact: Fact = FollowedUp {
            person: of.person_id,
            contact: None,
            at: EventTime::exact(now, app.config.offset),
            outcome: if self.ill { FollowUpOutcome::SeenNotOk } else { FollowUpOutcome::SeenOk },
            temperature: self.temperature,
            symptoms: self.symptoms.clone(),
            by: None,
            self_reported: true,
            note: self.note.clone(),
        }
        .into();
        let sender = Sender { account: "diary".into(), scope: app.config.root.clone(), device: None };
        Incoming::new(SubmissionId(id), sender, vec![fact])
    }

    /// True if the person says or shows that something is wrong.
    pub fn is_ill(&self) -> bool {
        self.ill
    }
}

/// The first character of a name, for the person to see that the page is theirs and nobody else to see whose.
pub fn masked(name: &str) -> String {
    name.trim().chars().take(1).chain("**".chars()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    fn protocol() -> Protocol {
        crate::app::read_protocol("measles").unwrap().2
    }
    fn read(form: &[(&str, &str)]) -> Result<Entry, Unclear> {
        let form: Vec<(String, String)> = form.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Entry::read(&form, &protocol())
    }

    #[test]
    fn whoever_names_a_symptom_or_has_fever_is_ill() {
        assert!(!read(&[("feel", "well"), ("temperature", "36.6")]).unwrap().is_ill());
        assert!(read(&[("feel", "ill")]).unwrap().is_ill());
        assert!(read(&[("feel", "well"), ("symptom", "rash")]).unwrap().is_ill());
        assert!(read(&[("feel", "well"), ("temperature", "38,2")]).unwrap().is_ill());
        let entry = read(&[("feel", "ill"), ("symptom", "rash"), ("symptom", "invented"), ("after", "2")]).unwrap();
        assert_eq!((entry.symptoms, entry.after), (vec!["rash".to_owned()], 2), "only what the protocol asks for");
        assert_eq!(read(&[]), Err(Unclear::NoAnswer));
        assert_eq!(read(&[("feel", "well"), ("temperature", "366")]), Err(Unclear::Temperature));
    }

    #[test]
    fn a_name_is_hardly_shown() {
        assert_eq!((masked("王小明").as_str(), masked("Person 3").as_str(), masked("").as_str()), ("王**", "P**", "**"));
    }

    proptest! {
        #[test]
        fn no_form_breaks_it(form: Vec<(String, String)>) {
            let _ = Entry::read(&form, &protocol());
        }
    }
}
