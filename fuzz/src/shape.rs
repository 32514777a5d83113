//! JSON by a schema: an input becomes a submission of the right form, about things that exist, with a slip here and there.

use crate::choice::Choices;
use crate::words::{CODES, NUMBERS, ODD, TIMES};
use quell_book::Submission;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The schema of a submission.
static SUBMISSION: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Submission).to_value());

/// Texts that stand for an id or a time of this kind.
pub type Known<'a> = &'a dyn Fn(&str) -> Vec<String>;

/// Makes values of a schema.
pub struct Shape<'a> {
    schema: &'a Value,
    known: Known<'a>,
    /// How seldom a value has another form than the schema says; 0 for never.
    slips: u8,
}

/// Deepest that a value of a slip is nested.
const DEEP: usize = 200;

impl<'a> Shape<'a> {
    /// Facts, with a slip in about so many values.
    pub fn facts(known: Known<'a>, slips: u8) -> Self {
        Self { schema: &SUBMISSION, known, slips }
    }

    /// One fact.
    pub fn fact(&self, c: &mut Choices<'_>) -> Value {
        self.value(c, &json!({"$ref": "#/$defs/Fact"}), "Fact", 0)
    }

    /// A whole submission.
    pub fn submission(&self, c: &mut Choices<'_>) -> Value {
        self.value(c, self.schema, "Submission", 0)
    }

    fn value(&self, c: &mut Choices<'_>, schema: &Value, name: &str, depth: usize) -> Value {
        if self.slips > 0 && c.once_in(self.slips) {
            return slip(c);
        }
        if depth > 20 {
            return Value::Null;
        }
        if let Some(r) = schema["$ref"].as_str() {
            let name = r.rsplit('/').next().unwrap_or(name);
            return self.value(c, &self.schema["$defs"][name], name, depth + 1);
        }
        if let Some(fixed) = schema.get("const") {
            return fixed.clone();
        }
        for key in ["oneOf", "anyOf", "enum"] {
            if let Some(all) = schema[key].as_array().filter(|a| !a.is_empty()) {
                let one = &all[c.below(all.len())];
                return if key == "enum" { one.clone() } else { self.value(c, one, name, depth + 1) };
            }
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[c.below(kinds.len())].as_str().unwrap_or("null"),
            other => other.as_str().unwrap_or("null"),
        };
        match kind {
            "object" => self.object(c, schema, depth),
            "array" => {
                let n = c.below(4);
                (0..n).map(|_| self.value(c, &schema["items"], name, depth + 1)).collect()
            }
            "string" => self.text(c, name).into(),
            "integer" => self.number(c, schema).into(),
            "number" => json!(self.number(c, schema) as f64 / 4.0),
            "boolean" => (c.below(2) == 1).into(),
            _ => Value::Null,
        }
    }

    fn object(&self, c: &mut Choices<'_>, schema: &Value, depth: usize) -> Value {
        let mut out = Map::new();
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (key, of) in schema["properties"].as_object().into_iter().flatten() {
            let leave_out = if required.contains(&key.as_str()) { self.slips > 0 && c.once_in(200) } else { c.below(2) == 0 };
            if !leave_out {
                out.insert(key.clone(), self.value(c, of, key, depth + 1));
            }
        }
        if self.slips > 0 && c.once_in(200) {
            out.insert("surprise".into(), slip(c));
        }
        out.into()
    }

    fn text(&self, c: &mut Choices<'_>, name: &str) -> String {
        let known = (self.known)(name);
        if known.is_empty() || (self.slips > 0 && c.once_in(50)) {
            return match c.below(6) {
                0 => c.pick(TIMES).to_owned(),
                1 => c.pick(NUMBERS).to_owned(),
                2 => c.pick(CODES).to_owned(),
                3 => c.pick(ODD).to_owned(),
                4 => c.text(),
                _ => "because".to_owned(),
            };
        }
        let i = c.below(known.len());
        known[i].clone()
    }

    fn number(&self, c: &mut Choices<'_>, schema: &Value) -> i64 {
        let least = schema["minimum"].as_i64().unwrap_or(-200);
        let n = c.number();
        if self.slips > 0 && c.once_in(30) { n } else { least.saturating_add(n.rem_euclid(400)) }
    }
}

/// A value of any form.
fn slip(c: &mut Choices<'_>) -> Value {
    match c.below(8) {
        0 => Value::Null,
        1 => c.number().into(),
        2 => json!(1e300),
        3 => json!({}),
        4 => json!([]),
        5 => (0..c.below(DEEP)).fold(Value::Null, |inside, _| json!([inside])),
        6 => "长".repeat(c.below(1_500)).into(),
        _ => c.text().into(),
    }
}
