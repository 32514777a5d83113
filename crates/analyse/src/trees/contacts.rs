//! Contacts between cases, and distances between their genomes.

use super::linelist::LineList;
use crate::input::{self, Own};
use crate::said::Trouble;
use quell_epi::trees::{Distance, Kind, Outbreak, Tie};
use std::path::Path;

pub(super) const CONTACTS: (&str, &str) = ("analyse-contacts", include_str!("../../mappings/contacts.toml"));
pub(super) const DISTANCES: (&str, &str) = ("analyse-distances", include_str!("../../mappings/distances.toml"));

/// Reads contacts into ties. A contact of somebody who is no case says nothing here, and is counted.
pub(super) fn read(path: &Path, own: &Own, list: &mut LineList) -> Result<(), Trouble> {
    let table = input::read(path, CONTACTS, own)?;
    let named = table.has("infector");
    if !named && !table.has("from") {
        return Err(table.lacks(("接触一方", "the one side of a contact"), &["from", "infector"]));
    }
    // One column cannot be both who it was and how.
    let by_kind = named || table.columns.get("kind") != table.columns.get("from");
    let mut strangers = 0;
    for row in &table.rows {
        let from = if named { row.code("infector") } else { row.code("from") };
        let (Some(a), Some(b)) = (from.and_then(|id| list.find(id)), row.code("to").and_then(|id| list.find(id))) else {
            strangers += usize::from(from.is_some());
            continue;
        };
        if a == b {
            return Err(Trouble::row(path, row.line, "病例不能是自己的接触者", "a case is no contact of itself"));
        }
        let words = [row.text("kind").filter(|_| by_kind), row.text("certainty")];
        let name = std::iter::once("contact").chain(words.into_iter().flatten()).collect::<Vec<_>>().join(" ");
        let Some(kind) = list.kind(Kind::new(name)) else {
            return Err(Trouble::row(
                path,
                row.line,
                format!("接触种类太多，最多 {} 种；请用 --mapping 归并", Outbreak::MOST_KINDS),
                format!("too many kinds of contact, at most {}; put some together in a mapping (--mapping)", Outbreak::MOST_KINDS),
            ));
        };
        list.ties.push(Tie { a, b, kind, directed: row.flag("directed").unwrap_or(named) });
    }
    if strangers > 0 {
        list.warnings.push(Trouble::new(
            format!("{strangers} 条接触的一方不在病例表中，未使用"),
            format!("{strangers} contacts name somebody who is not in the line list: not used"),
        ));
    }
    list.warnings.extend(table.notes);
    Ok(())
}

/// Reads genetic distances.
pub(super) fn distances(path: &Path, list: &mut LineList) -> Result<(), Trouble> {
    let table = input::read(path, DISTANCES, &Own::default())?;
    for row in &table.rows {
        let who = |field: &str| row.code(field).and_then(|id| list.find(id));
        let (Some(a), Some(b)) = (who("from"), who("to")) else { continue };
        let substitutions = row.integer("substitutions").and_then(|n| u32::try_from(n).ok());
        if let Some(substitutions) = substitutions.filter(|_| a != b) {
            list.distances.push(Distance { a, b, substitutions });
        }
    }
    list.warnings.extend(table.notes);
    Ok(())
}

/// Named infectors who cannot have been: they fell ill later, or longer before than a serial interval can be.
pub(super) fn implausible(o: &Outbreak) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for t in o.ties.iter().filter(|t| t.directed) {
        let (shortest, longest) = lag(o, (t.a, t.b));
        let possible = (shortest.max(1)..=longest).any(|lag| usize::try_from(lag).is_ok_and(|l| o.interval.of(l) > 0.0));
        if !possible {
            found.push((t.a, t.b));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The fewest and the most days from the onset of the one to that of the other.
fn lag(o: &Outbreak, (from, to): (u32, u32)) -> (i32, i32) {
    let (a, b) = (&o.cases[from as usize].onset, &o.cases[to as usize].onset);
    (b.first() - a.last(), b.last() - a.first())
}

/// What is said of such a pair, in both languages.
pub(super) fn doubt(o: &Outbreak, list: &LineList, pair: (u32, u32)) -> Trouble {
    let ((shortest, longest), from, to) = (lag(o, pair), &list.ids[pair.0 as usize], &list.ids[pair.1 as usize]);
    Trouble::new(
        format!("{from} → {to} 不合理：发病间隔 {shortest} 至 {longest} 天"),
        format!("{from} -> {to} is implausible: {shortest} to {longest} days between their onsets"),
    )
}
