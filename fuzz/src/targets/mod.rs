//! The targets, one module a kind of input.

mod book;
mod http;
mod lists;
mod papers;
mod reports;
mod rules;
mod tables;
mod values;
mod workbooks;

use crate::Target;
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// Every target.
pub const TARGETS: &[Target] = &[
    values::IDS,
    values::TIMES,
    values::QUANTITIES,
    values::IDENTITY,
    http::BODY,
    http::SHAPED,
    http::HEADERS,
    http::QUERY,
    book::BOOK,
    tables::CSV,
    tables::CELLS,
    tables::MAPPING,
    workbooks::WORKBOOK,
    workbooks::SHEETS,
    lists::PEOPLE,
    lists::PLACES,
    lists::LINELIST,
    lists::PLATE,
    rules::PROTOCOL,
    papers::CHECKPOINTS,
    papers::MANIFEST,
    papers::STORED,
    papers::CONNECTION,
    papers::COMMAND_LINE,
    reports::HL7,
    reports::FHIR,
];

/// What is read prints as something that is read as the same.
fn prints_as_itself<T: FromStr + Display + PartialEq + Debug>(text: &str)
where
    T::Err: Display,
{
    match text.parse::<T>() {
        Ok(v) => {
            let printed = v.to_string();
            match printed.parse::<T>() {
                Ok(again) => assert_eq!(again, v, "{text:?} prints as {printed:?}"),
                Err(e) => panic!("{text:?} prints as {printed:?}: {e}"),
            }
        }
        Err(e) => assert!(!e.to_string().is_empty()),
    }
}

/// What is read from JSON is written as JSON that is read as the same, and is written the same again.
fn writes_as_itself<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert_eq!(again, *value);
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
}

/// Texts as inputs.
fn inputs(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|t| t.as_bytes().to_vec()).collect()
}

/// Bytes that choose, for inputs that are made of choices: some long rows of everything.
fn chances() -> Vec<Vec<u8>> {
    let mut r = quell_foundation::Stream::named(1, "chances");
    (0..24).map(|n| (0..64 * (1 + n % 8)).map(|_| r.below(256) as u8).collect()).collect()
}
