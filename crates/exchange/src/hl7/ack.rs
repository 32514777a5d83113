//! The answer to a message: taken, faulty, or none of ours, with each fault in both languages.

use super::escape::escape;
use super::{Header, time};
use crate::Problem;
use quell_foundation::EventTime;

/// MSA-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckCode {
    /// `AA`: taken.
    Accepted,
    /// `AE`: a fault of the content; the same message again gets the same answer.
    Error,
    /// `AR`: not a message that is read here, or not now.
    Rejected,
}

impl AckCode {
    /// As MSA-1 has it.
    pub fn as_str(self) -> &'static str {
        match self {
            AckCode::Accepted => "AA",
            AckCode::Error => "AE",
            AckCode::Rejected => "AR",
        }
    }
}

/// What an answer says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stamp<'a> {
    /// When it is made.
    pub at: EventTime,
    /// Its own control id.
    pub control: &'a str,
    /// Who answers (MSH-3).
    pub application: &'a str,
    /// Where (MSH-4).
    pub facility: &'a str,
}

/// Which code of table 0357 a rule is.
fn error_code(rule: &str) -> &'static str {
    match rule {
        "hl7.order" => "100^Segment sequence error",
        "hl7.required" => "101^Required field missing",
        "hl7.time" => "102^Data type error",
        "hl7.value" | "hl7.status" | "hl7.charset" => "103^Table value not found",
        "hl7.type" => "200^Unsupported message type",
        "hl7.version" => "203^Unsupported version id",
        _ => "207^Application internal error",
    }
}

/// `OBX[2]-5` as segment, sequence and field.
fn location(at: &str) -> String {
    let (segment, field) = at.split_once('-').unwrap_or((at, ""));
    let (name, number) = segment.split_once('[').unwrap_or((segment, "1]"));
    let text = format!("{}^{}^{}", escape(name), escape(number.trim_end_matches(']')), escape(field));
    text.trim_end_matches('^').to_owned()
}

/// The acknowledgement, in UTF-8 with the usual marks; segments end in carriage returns. Send it [`super::framed`] over MLLP.
pub fn acknowledge(header: Option<&Header>, code: AckCode, problems: &[Problem], stamp: &Stamp<'_>) -> String {
    let none = Header::default();
    let theirs = header.unwrap_or(&none);
    let or = |given: &str, usual: &str| escape(if given.is_empty() { usual } else { given });
    let trigger = theirs.kind.split('^').nth(1).filter(|t| !t.is_empty()).unwrap_or("R01");
    let version = if theirs.version.starts_with("2.") { theirs.version.as_str() } else { "2.5.1" };
    let mut out = format!(
        "MSH|^~\\&|{}|{}|{}|{}|{}||ACK^{}^ACK|{}|{}|{}||||||UNICODE UTF-8\r",
        escape(stamp.application),
        escape(stamp.facility),
        escape(&theirs.application),
        escape(&theirs.facility),
        time::write(stamp.at.at, stamp.at.offset),
        escape(trigger),
        escape(stamp.control),
        or(&theirs.processing, "P"),
        escape(version),
    );
    out.push_str(&format!("MSA|{}|{}\r", code.as_str(), escape(&theirs.control)));
    for problem in problems {
        out.push_str(&format!(
            "ERR||{}|{}^HL70357|E|{}|||{}|{}\r",
            location(&problem.at),
            error_code(problem.rule),
            escape(problem.rule),
            escape(&problem.en),
            escape(&problem.zh),
        ));
    }
    out
}
