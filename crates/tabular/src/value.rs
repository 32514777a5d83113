//! Checked values and rows.

use quell_foundation::{Day, EventTime};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of a target field, as in the mapping file. Shared: every row of a file has the same names.
pub type FieldName = Arc<str>;

/// What joins the parts of a field with several values (`many = true`).
pub const MANY_SEPARATOR: char = ';';

/// A checked value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, code, word of an enum, identity number or telephone number.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number; finite.
    Decimal(f64),
    /// A calendar day.
    Date(Day),
    /// A time with offset and precision.
    DateTime(EventTime),
    /// Yes or no.
    Flag(bool),
}

/// One accepted row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Line of the file, or row of the sheet, where the row begins, from 1 as a user sees it.
    pub line: u64,
    /// The fields that have a value; an empty cell has no entry.
    pub values: BTreeMap<FieldName, Value>,
}

impl Row {
    /// The value of a field, if it has one.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.values.get(field)
    }
    /// The text of a field of type text, code, enum, identity or phone.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.get(field)? {
            Value::Text(s) => Some(s),
            _ => None,
        }
    }
    /// Same as [`Row::text`], for codes.
    pub fn code(&self, field: &str) -> Option<&str> {
        self.text(field)
    }
    /// The values of a field with `many = true`; empty if the field has no value.
    pub fn list(&self, field: &str) -> Vec<&str> {
        self.text(field).map(|s| s.split(MANY_SEPARATOR).collect()).unwrap_or_default()
    }
    /// The values of a field with `many = true` that are written `name=value`: doses (vaccine and day), Ct values (target and value),
    /// answers (question and answer). What has no `=` is a name alone.
    pub fn pairs(&self, field: &str) -> Vec<(&str, Option<&str>)> {
        let part = |s| crate::text::trimmed(s);
        let one =
            |s| str::split_once(s, '=').map(|(name, v)| (part(name), Some(part(v)).filter(|v| !v.is_empty()))).unwrap_or((part(s), None));
        self.list(field).into_iter().map(one).collect()
    }
    /// The whole number of an integer field.
    pub fn integer(&self, field: &str) -> Option<i64> {
        match self.get(field)? {
            Value::Integer(n) => Some(*n),
            _ => None,
        }
    }
    /// The number of a decimal or integer field.
    pub fn decimal(&self, field: &str) -> Option<f64> {
        match self.get(field)? {
            Value::Decimal(x) => Some(*x),
            Value::Integer(n) => Some(*n as f64),
            _ => None,
        }
    }
    /// The day of a date field, or of a time where it was written.
    pub fn date(&self, field: &str) -> Option<Day> {
        match self.get(field)? {
            Value::Date(d) => Some(*d),
            Value::DateTime(t) => Some(t.at.day(t.offset)),
            _ => None,
        }
    }
    /// The time of a datetime field.
    pub fn datetime(&self, field: &str) -> Option<EventTime> {
        match self.get(field)? {
            Value::DateTime(t) => Some(*t),
            _ => None,
        }
    }
    /// The answer of a flag field.
    pub fn flag(&self, field: &str) -> Option<bool> {
        match self.get(field)? {
            Value::Flag(b) => Some(*b),
            _ => None,
        }
    }
}
