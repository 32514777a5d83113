//! Lists in one cell: `cough; fever`. What stands between two parts may also stand in a part, then with a backslash before it; so do
//! the other marks at which tables that people keep are cut (`；` `、` `|` and line breaks).

use crate::{Dose, TargetRecord};
use quell_foundation::{Ct, Day};
use std::collections::BTreeMap;

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '\\' | ';' | '=' | '@' | '；' | '、' | '|' | '\n') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Cuts at a mark that has no backslash before it; the backslashes stay.
fn cut(text: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut from, mut escaped) = (Vec::new(), 0, false);
    for (i, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == mark {
            parts.push(&text[from..i]);
            from = i + c.len_utf8();
        }
    }
    parts.push(&text[from..]);
    parts
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    out
}

fn joined<T>(items: impl IntoIterator<Item = T>, mut put: impl FnMut(T, &mut String)) -> String {
    let mut out = String::new();
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push_str("; ");
        }
        put(item, &mut out);
    }
    out
}

/// The parts between semicolons, still escaped; one space after a semicolon belongs to it.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    let cut = if cell.is_empty() { Vec::new() } else { cut(cell, ';') };
    cut.into_iter().enumerate().map(|(i, p)| if i > 0 { p.strip_prefix(' ').unwrap_or(p) } else { p })
}

/// Words in one cell.
pub fn words(words: &[String]) -> String {
    joined(words, |w, out| escape(w, out))
}

/// Words from one cell.
pub fn read_words(cell: &str) -> Vec<String> {
    parts(cell).map(unescape).collect()
}

/// Doses in one cell: `CoronaVac @ 2021-06-01; CoronaVac`.
pub fn doses(doses: &[Dose]) -> String {
    joined(doses, |dose, out| {
        escape(&dose.vaccine, out);
        if let Some(day) = dose.at {
            out.push_str(&format!(" @ {day}"));
        }
    })
}

/// Doses from one cell; none if a date is not one.
pub fn read_doses(cell: &str) -> Option<Vec<Dose>> {
    parts(cell)
        .map(|part| match cut(part, '@')[..] {
            [vaccine] => Some(Dose { vaccine: unescape(vaccine), at: None }),
            [vaccine, at] => {
                let vaccine = unescape(vaccine.strip_suffix(' ').unwrap_or(vaccine));
                Some(Dose { vaccine, at: Some(at.trim().parse::<Day>().ok()?) })
            }
            _ => None,
        })
        .collect()
}

/// Answers in one cell: `question=answer; question=answer`.
pub fn answers(answers: &BTreeMap<String, String>) -> String {
    joined(answers, |(question, answer), out| {
        escape(question, out);
        out.push('=');
        escape(answer, out);
    })
}

/// Answers from one cell; none if a part has no question.
pub fn read_answers(cell: &str) -> Option<BTreeMap<String, String>> {
    parts(cell)
        .map(|part| match cut(part, '=')[..] {
            [question, answer] => Some((unescape(question), unescape(answer))),
            _ => None,
        })
        .collect()
}

/// Targets in one cell: `ORF1ab=28.5; N=`; nothing after the mark: not found.
pub fn targets(targets: &[TargetRecord]) -> String {
    joined(targets, |target, out| {
        escape(&target.target, out);
        out.push('=');
        if let Some(ct) = target.ct {
            out.push_str(&ct.value().to_string());
        }
    })
}

/// Targets from one cell; none if a Ct is not one.
pub fn read_targets(cell: &str) -> Option<Vec<TargetRecord>> {
    parts(cell)
        .map(|part| match cut(part, '=')[..] {
            [target, ""] => Some(TargetRecord { target: unescape(target), ct: None }),
            [target, ct] => Some(TargetRecord { target: unescape(target), ct: Some(Ct::new(ct.trim().parse().ok()?)?) }),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, option::of, prelude::*};

    #[test]
    fn lists_read_as_a_person_would_write_them() {
        assert_eq!(words(&["fever".into(), "cough; dry".into()]), "fever; cough\\; dry");
        assert_eq!(read_doses("CoronaVac @ 2021-06-01; CoronaVac").unwrap().len(), 2);
        assert_eq!(read_targets("ORF1ab=28.5; N=").unwrap()[1], TargetRecord { target: "N".into(), ct: None });
        assert_eq!(read_doses("CoronaVac @ June"), None);
    }

    proptest! {
        #[test]
        fn lists_come_back(
            said in vec("[a ;=@\\\\咳]{1,5}", 0..4),
            days in vec(("[a ;=@\\\\]{0,5}", of(0i32..20_000)), 1..3),
            cts in vec(("[a;=]{1,4}", of(0u32..4000)), 0..3),
        ) {
            prop_assert_eq!(read_words(&words(&said)), said.clone());
            let map: BTreeMap<String, String> = said.iter().map(|w| (w.clone(), w.clone())).collect();
            prop_assert_eq!(read_answers(&answers(&map)), Some(map));
            let given: Vec<Dose> = days.into_iter().map(|(v, d)| Dose { vaccine: format!("v{v}"), at: d.map(Day) }).collect();
            prop_assert_eq!(read_doses(&doses(&given)), Some(given));
            let given: Vec<TargetRecord> =
                cts.into_iter().map(|(t, c)| TargetRecord { target: t, ct: c.and_then(|c| Ct::new(f64::from(c) / 100.0)) }).collect();
            prop_assert_eq!(read_targets(&targets(&given)), Some(given));
        }
    }
}
