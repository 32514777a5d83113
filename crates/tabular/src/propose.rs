//! A first mapping for a file: what the shipped mappings know of its headers, for a person to complete and save.

use crate::columns::{Columns, Place};
use crate::mapping::Mapping;
use crate::refused::is_remark;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A shipped mapping with its text.
struct Known {
    text: &'static str,
    mapping: Mapping,
    /// How many headers of the file it knows.
    score: usize,
}

impl Mapping {
    /// The text of a mapping for a file with these headers: for every target field what the shipped mappings say of it, those first
    /// that know most of the headers; for the others a place to fill in; and the columns that no field uses as `ignore`. The text is
    /// a mapping that [`Mapping::parse`] accepts if any field was found.
    pub fn propose(headers: &[String], fields: &[&str]) -> String {
        let columns = Columns::new(headers);
        let mut known: Vec<Known> = crate::BUILTIN
            .iter()
            .filter_map(|(name, text)| Some((text, Mapping::parse(name, text).ok()?)))
            .map(|(text, mapping)| Known { text, score: mapping.knows(headers), mapping })
            .collect();
        known.sort_by_key(|k| std::cmp::Reverse(k.score));
        let (mut used, mut found, mut lacking) = (BTreeSet::new(), Vec::new(), Vec::new());
        for field in fields {
            let hit = known.iter().find_map(|k| {
                let f = k.mapping.field(field)?;
                let place = columns.place(f).ok().filter(|p| *p != Place::Nowhere)?;
                Some((section(k.text, field)?, place))
            });
            match hit {
                Some((text, place)) => {
                    used.extend(place.columns());
                    found.push((*field, text));
                }
                None => lacking.push(*field),
            }
        }
        let names: BTreeSet<&str> = found.iter().map(|(f, _)| *f).collect();
        let unknown: Vec<&String> =
            headers.iter().enumerate().filter(|(i, h)| !used.contains(i) && !h.is_empty() && !is_remark(h)).map(|(_, h)| h).collect();
        let mut out = preamble(known.first().map_or("", |k| k.text), &unknown);
        found.iter().for_each(|(_, text)| out.push_str(&standing_alone(text, &names)));
        if !lacking.is_empty() {
            out.push_str("\n# No column was recognised for these fields. Take away the # before those that the file has.\n");
        }
        for field in lacking {
            let _ = writeln!(out, "# [fields.{field}]\n# columns = [\"…\"]");
        }
        out
    }
}

/// What stands above the fields: the settings of the mapping that fits best, and the columns that are left out.
fn preamble(text: &str, unknown: &[&String]) -> String {
    const SETTINGS: &[&str] = &["offset", "comment_prefix", "classes", "formats", "empty", "header_row"];
    let mut out =
        String::from("# Proposed from the headers of a file. Check every field, then save this file and name it as the mapping.\n");
    let head = text.split("\n[fields.").next().unwrap_or_default();
    for line in head.lines().filter(|l| SETTINGS.iter().any(|s| l.split('=').next().is_some_and(|k| k.trim() == *s))) {
        let _ = writeln!(out, "{line}");
    }
    if !unknown.is_empty() {
        out.push_str(
            "# Columns that no field uses. Move a column to the field that it belongs to; what stays here is left out.\nignore = [\n",
        );
        for name in unknown {
            let _ = writeln!(out, "    {},", toml::Value::String((*name).clone()));
        }
        out.push_str("]\n");
    }
    out
}

/// The lines of a field in a mapping's text, without what stands above the next field.
fn section<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    let start = text.find(&format!("\n[fields.{field}]\n"))? + 1;
    let rest = &text[start..];
    let own = format!("[fields.{field}.");
    let mut at = 0;
    let mut end = rest.len();
    for line in rest.split_inclusive('\n') {
        if at > 0 && line.starts_with("[fields.") && !line.starts_with(&own) {
            end = at;
            break;
        }
        at += line.len();
    }
    let mut kept = rest[..end].trim_end();
    // Comments and blank lines above the next field belong to it.
    while let Some((before, last)) = kept.rsplit_once('\n')
        && (last.starts_with('#') || last.is_empty())
    {
        kept = before.trim_end();
    }
    Some(kept)
}

/// The section without what leans on a field that is not there.
fn standing_alone(section: &str, names: &BTreeSet<&str>) -> String {
    let leans = |line: &str| -> Option<String> {
        let (key, value) = line.split_once('=')?;
        matches!(key.trim(), "required_without" | "from_identity" | "check_when")
            .then(|| value.split('"').nth(1).unwrap_or_default().to_owned())
    };
    let lines: Vec<&str> = section.lines().filter(|l| leans(l).is_none_or(|name| names.contains(name.as_str()))).collect();
    format!("\n{}\n", lines.join("\n"))
}
