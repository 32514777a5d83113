//! What an investigation asks: the questions of a disease, as data.

use crate::decode::Reader;
use crate::model::Protocol;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a question is answered. `unknown` answers every question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
    /// Free text.
    Text,
    /// A day or a moment, ISO 8601.
    Date,
    /// One of the options.
    Choice,
    /// Any of the options.
    Choices,
}

/// In which part of the investigation a question is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionPart {
    /// Core information.
    Core,
    /// Full report.
    Full,
}

/// A column of the case that an answer fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fills {
    /// Onset of symptoms.
    Onset,
}

/// One possible answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerOption {
    /// Its word, in snake_case.
    pub id: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its word, in snake_case; never changed once in use.
    pub id: String,
    /// How it is asked in Chinese.
    pub zh: String,
    /// How it is asked in English.
    pub en: String,
    /// How it is answered.
    pub kind: AnswerKind,
    /// In which part it is due.
    pub part: QuestionPart,
    /// The part is not complete without an answer, if only `unknown`.
    #[serde(default)]
    pub required: bool,
    /// The possible answers of a choice.
    #[serde(default)]
    pub options: Vec<AnswerOption>,
    /// The column of the case that the answer fills.
    #[serde(default)]
    pub fills: Option<Fills>,
}

impl Protocol {
    /// The questions of an investigation, in the order in which they are asked.
    pub fn questions(&self) -> &[Question] {
        self.questions.as_ref().map_or(&[], |p| &p.value)
    }
    /// The question of this word.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().iter().find(|q| q.id == id)
    }
}

/// Each word is used once; choices, and only they, have options.
pub(crate) fn check(p: &Protocol, r: &mut Reader) {
    let mut seen = BTreeSet::new();
    for q in p.questions() {
        if !seen.insert(&q.id) {
            r.fault("questions", format!("the question '{}' stands there twice", q.id), "give each question a word of its own");
        }
        let choice = matches!(q.kind, AnswerKind::Choice | AnswerKind::Choices);
        if choice == q.options.is_empty() {
            r.fault("questions", format!("'{}': choices, and only they, have options", q.id), "add or remove the options");
        }
        let words: BTreeSet<&String> = q.options.iter().map(|o| &o.id).collect();
        if words.len() < q.options.len() || words.iter().any(|w| *w == "unknown") {
            r.fault("questions", format!("'{}': an option stands there twice, or is 'unknown'", q.id), "'unknown' answers every question");
        }
    }
}
