//! Why a submission was refused: which fact, field and rule, and what to do, in Chinese and English.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A refusal of one fact, which refuses its whole submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[error("fact {fact} ({kind}), {field}: {en}")]
pub struct Refusal {
    /// Position of the fact in the submission, from 0.
    pub fact: u32,
    /// Kind of the fact.
    pub kind: String,
    /// The field at fault.
    pub field: String,
    /// Stable name of the rule, for example `tube.full`.
    pub rule: String,
    /// What is wrong and what to do, in English.
    pub en: String,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
}

/// Makes a refusal: rule, field, English and Chinese text (both formatted).
#[macro_export]
macro_rules! refuse {
    ($rule:literal, $field:literal, $en:expr, $zh:expr $(,)?) => {
        $crate::Refusal {
            fact: 0,
            kind: String::new(),
            field: $field.to_owned(),
            rule: $rule.to_owned(),
            en: format!($en),
            zh: format!($zh),
        }
    };
}
