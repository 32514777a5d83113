//! What is wrong with a message, in both languages.

/// One fault of a message: where, which rule it breaks, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {en}")]
pub struct Problem {
    /// Where: segment and field of HL7 (`OBX[2]-5`), path of FHIR (`DiagnosticReport[1].status`).
    pub at: String,
    /// Stable code of the rule that was broken, for example `hl7.time`.
    pub rule: &'static str,
    /// What is wrong, in English.
    pub en: String,
    /// What is wrong, in Chinese.
    pub zh: String,
}

impl Problem {
    pub(crate) fn new(at: impl Into<String>, rule: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { at: at.into(), rule, en: en.into(), zh: zh.into() }
    }
}

/// A value as an error shows it: shortened, because it comes from outside.
pub(crate) fn shown(value: &str) -> String {
    let mut out: String = value.chars().filter(|c| !c.is_control()).take(40).collect();
    if value.chars().count() > 40 {
        out.push('…');
    }
    out
}
