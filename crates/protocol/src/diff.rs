//! What a switch from one protocol to another changes.

use crate::model::Protocol;
use crate::walk::Walk;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One difference between two protocols.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path of the value.
    pub path: String,
    /// The value before; `None` if there was none.
    pub before: Option<String>,
    /// The value after; `None` if there is none.
    pub after: Option<String>,
    /// Sources before.
    pub sources_before: Vec<String>,
    /// Sources after.
    pub sources_after: Vec<String>,
}

impl Change {
    /// True if the value is the same and only its sources differ.
    pub fn is_source_only(&self) -> bool {
        self.before == self.after
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cite = |s: &[String]| if s.is_empty() { String::new() } else { format!(" [{}]", s.join(", ")) };
        let (old, new) = (cite(&self.sources_before), cite(&self.sources_after));
        match (&self.before, &self.after) {
            (Some(b), Some(_)) if self.is_source_only() => {
                write!(f, "= {}: {b}, source{old} -> source{new}", self.path)
            }
            (Some(b), Some(a)) => write!(f, "~ {}: {b}{old} -> {a}{new}", self.path),
            (None, Some(a)) => write!(f, "+ {}: {a}{new}", self.path),
            (Some(b), None) => write!(f, "- {}: {b}{old}", self.path),
            (None, None) => write!(f, "? {}", self.path),
        }
    }
}

type Values = BTreeMap<String, (String, Vec<String>)>;

fn values(p: &Protocol) -> Values {
    let mut all = Values::new();
    p.walk("", &mut |path, v| {
        if !path.starts_with("sources.") {
            all.insert(path.to_owned(), (v.value, v.source.to_vec()));
        }
    });
    all
}

/// The values that differ between two protocols, ordered by path.
pub fn diff(a: &Protocol, b: &Protocol) -> Vec<Change> {
    changes(a, b).into_iter().filter(|c| !c.is_source_only()).collect()
}

/// The values that are equal in two protocols but rest on other sources, ordered by path.
pub fn diff_sources(a: &Protocol, b: &Protocol) -> Vec<Change> {
    changes(a, b).into_iter().filter(Change::is_source_only).collect()
}

fn changes(a: &Protocol, b: &Protocol) -> Vec<Change> {
    let (a, b) = (values(a), values(b));
    let paths: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let change = |path: &String| {
        let (old, new) = (a.get(path), b.get(path));
        (old != new).then(|| Change {
            path: path.clone(),
            before: old.map(|v| v.0.clone()),
            after: new.map(|v| v.0.clone()),
            sources_before: old.map(|v| v.1.clone()).unwrap_or_default(),
            sources_after: new.map(|v| v.1.clone()).unwrap_or_default(),
        })
    };
    paths.into_iter().filter_map(change).collect()
}
