//! Visits every value of a protocol with its path; finds a value's source.

use crate::decode::join;
use crate::model::Protocol;
use crate::param::{Param, Verified};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// One value as a visitor sees it, written as in the file.
pub(crate) struct Visited<'a> {
    pub value: String,
    pub source: &'a [String],
    /// `None` for the names in `[meta]`, which need no source.
    pub verified: Option<Verified>,
    pub note: Option<&'a str>,
}

/// Something whose values can be visited.
pub(crate) trait Walk {
    fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, Visited<'_>));
}

/// A value as it would stand in the file; a text stands without its quotation marks.
fn written<T: Serialize>(value: &T) -> String {
    match toml::Value::try_from(value) {
        Ok(toml::Value::String(s)) => s,
        Ok(v) => v.to_string(),
        Err(e) => format!("({e})"),
    }
}

impl<T: Serialize> Walk for Param<T> {
    fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, Visited<'_>)) {
        visit(
            path,
            Visited { value: written(&self.value), source: &self.source, verified: Some(self.verified), note: self.note.as_deref() },
        );
    }
}
impl<T: Walk> Walk for Option<T> {
    fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, Visited<'_>)) {
        if let Some(inner) = self {
            inner.walk(path, visit);
        }
    }
}
impl<K: Serialize, T: Walk> Walk for BTreeMap<K, T> {
    fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, Visited<'_>)) {
        for (k, v) in self {
            v.walk(&join(path, &written(k)), visit);
        }
    }
}
macro_rules! plain {
    ($($t:ty),*) => { $(impl Walk for $t {
        fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, Visited<'_>)) {
            visit(path, Visited { value: self.to_string(), source: &[], verified: None, note: None });
        }
    })* };
}
plain!(String, quell_foundation::ProtocolId);

impl Walk for Vec<String> {
    fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, Visited<'_>)) {
        visit(path, Visited { value: self.join(", "), source: &[], verified: None, note: None });
    }
}

/// A source by key and address or citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedSource {
    /// Key of `[sources]`.
    pub key: String,
    /// Address or citation.
    pub citation: String,
}

/// A value of a protocol with where it comes from, for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Path in the file.
    pub path: String,
    /// The value as written in the file.
    pub value: String,
    /// Its sources.
    pub sources: Vec<CitedSource>,
    /// How well it is established; `None` for the names in `[meta]`.
    pub verified: Option<Verified>,
    /// What a reader should know.
    pub note: Option<String>,
}

impl fmt::Display for Cited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.path, self.value)?;
        if let Some(v) = self.verified {
            let sources: Vec<_> = self.sources.iter().map(|s| format!("{} ({})", s.key, s.citation)).collect();
            write!(f, "; {}: {}", v.word(), sources.join(", "))?;
        }
        match &self.note {
            Some(n) => write!(f, "; {n}"),
            None => Ok(()),
        }
    }
}

impl Protocol {
    /// The value at a path of the file with its sources; `None` if the protocol has no such value.
    /// For display: it visits the whole protocol.
    pub fn source_of(&self, path: &str) -> Option<Cited> {
        self.sources_below(path).into_iter().find(|c| c.path == path)
    }

    /// The values at and below a path (`contacts.close`) with their sources.
    pub fn sources_below(&self, path: &str) -> Vec<Cited> {
        let mut found = Vec::new();
        self.walk("", &mut |at, v| {
            let rest = at.strip_prefix(path);
            if !path.is_empty() && !rest.is_some_and(|r| r.is_empty() || r.starts_with('.')) {
                return;
            }
            let cite = |key: &String| CitedSource { key: key.clone(), citation: self.sources.get(key).cloned().unwrap_or_default() };
            found.push(Cited {
                path: at.to_owned(),
                value: v.value,
                sources: v.source.iter().map(cite).collect(),
                verified: v.verified,
                note: v.note.map(str::to_owned),
            });
        });
        found
    }

    /// Paths of all values, in the order of the model.
    pub fn paths(&self) -> Vec<String> {
        let mut all = Vec::new();
        self.walk("", &mut |at, _| all.push(at.to_owned()));
        all
    }
}
