//! What one observation says.

use super::document::{At, codes, first_text, text};
use crate::words::{ct_target, is_ct, result_word};
use crate::{Problem, TargetRecord};
use quell_foundation::Ct;
use serde_json::Value;

pub(super) enum Said {
    /// Something of presence.
    Result(&'static str),
    /// A cycle threshold.
    Target(TargetRecord),
    /// Anything else.
    Remark(String),
}

/// The observation's own value, then those of its components.
pub(super) fn said(observation: &Value, at: &At, problems: &mut Vec<Problem>) -> Vec<Said> {
    let mut all: Vec<Said> = value(observation, at, problems).into_iter().collect();
    for (i, component) in observation["component"].as_array().into_iter().flatten().enumerate() {
        all.extend(match value(component, &at.item("component", i), problems) {
            // Of a target it is said that it was not found, or that it was: the result itself stands above.
            Some(Said::Result("negative")) => Some(Said::Target(TargetRecord { target: first_text(&component["code"]), ct: None })),
            Some(Said::Result(word)) => Some(Said::Remark(format!("{}: {word}", first_text(&component["code"])))),
            other => other,
        });
    }
    all
}

fn value(of: &Value, at: &At, problems: &mut Vec<Problem>) -> Option<Said> {
    let name = first_text(&of["code"]);
    let number = of["valueQuantity"]["value"].as_f64().or_else(|| of["valueInteger"].as_f64());
    let unit = [text(&of["valueQuantity"], "unit"), text(&of["valueQuantity"], "code")];
    if let Some(number) = number {
        if !codes(&of["code"]).chain(unit).any(is_ct) {
            return Some(
                interpreted(of).map_or_else(|| Said::Remark(format!("{name}: {number} {}", unit[0]).trim().to_owned()), Said::Result),
            );
        }
        let ct = Ct::new(number);
        if ct.is_none() {
            problems.push(Problem::new(
                at.field("valueQuantity"),
                "fhir.value",
                format!("{number} is not a cycle threshold between 0 and 60"),
                format!("{number} 不是 0 到 60 之间的 Ct 值"),
            ));
            return None;
        }
        return Some(Said::Target(TargetRecord { target: ct_target(&name), ct }));
    }
    let mut words: Vec<&'static str> = codes(&of["valueCodeableConcept"]).filter_map(result_word).collect();
    words.extend(result_word(text(of, "valueString")));
    words.dedup();
    if words.len() > 1 {
        problems.push(Problem::new(at.field("valueCodeableConcept"), "fhir.value", "its codes contradict each other", "各编码相互矛盾"));
        return None;
    }
    if let Some(word) = words.first().copied().or_else(|| interpreted(of)) {
        return Some(Said::Result(word));
    }
    if let Some(reason) = codes(&of["dataAbsentReason"]).next() {
        return Some(match reason {
            "error" | "unsupported" | "not-a-number" => Said::Result("failed"),
            "temp-unknown" => Said::Result("pending"),
            "not-performed" => Said::Result("not_done"),
            other => Said::Remark(format!("{name}: {other}")),
        });
    }
    let words = [text(of, "valueString").to_owned(), first_text(&of["valueCodeableConcept"])].into_iter().find(|s| !s.is_empty())?;
    Some(Said::Remark(format!("{name}: {words}")))
}

fn interpreted(of: &Value) -> Option<&'static str> {
    let all = of["interpretation"].as_array().into_iter().flatten().flat_map(codes);
    all.into_iter().find_map(|code| match code {
        "POS" | "DET" | "RR" => Some("positive"),
        "NEG" | "ND" | "NR" => Some("negative"),
        "IND" | "E" => Some("indeterminate"),
        _ => None,
    })
}
