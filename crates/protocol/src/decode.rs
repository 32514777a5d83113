//! Reads a TOML tree into the model and goes on after a fault, so that all faults are named at once.

use crate::param::{Alternative, Param, Verified};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// A fault with its place in the text as a byte range.
pub(crate) struct Fault {
    pub at: Range<usize>,
    pub path: String,
    pub message: String,
    pub advice: String,
}

/// What is collected while a tree is read.
#[derive(Default)]
pub(crate) struct Reader {
    pub faults: Vec<Fault>,
    /// Where the key of each path stands.
    pub places: BTreeMap<String, Range<usize>>,
    /// Keys of `[sources]`.
    pub sources: BTreeSet<String>,
    /// Which of them some value names.
    pub used: BTreeSet<String>,
}

impl Reader {
    /// Notes a fault at a path; the place is that of the path's key or of the nearest key above it.
    pub fn fault(&mut self, path: &str, message: impl Into<String>, advice: impl Into<String>) {
        let mut above = path;
        let at = loop {
            match (self.places.get(above), above.rsplit_once('.')) {
                (Some(at), _) => break at.clone(),
                (None, Some((up, _))) => above = up,
                (None, None) => break 0..0,
            }
        };
        self.faults.push(Fault { at, path: path.to_owned(), message: message.into(), advice: advice.into() });
    }
}

/// One value of the tree with the path that leads to it.
pub(crate) struct Node<'a, 'i> {
    pub path: String,
    pub item: &'a Spanned<DeValue<'i>>,
}

impl<'a, 'i> Node<'a, 'i> {
    /// The value as a table; a fault if it is something else.
    pub fn table(&self, r: &mut Reader, wanted: &str) -> Option<&'a DeTable<'i>> {
        let table = self.item.get_ref().as_table();
        if table.is_none() {
            let found = self.item.get_ref().type_str();
            r.fault(&self.path, format!("{wanted} is expected here, a {found} was found"), format!("write {wanted}"));
        }
        table
    }
}

/// Path of a key below another path.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Something that can be read from a tree.
pub(crate) trait Decode: Sized {
    /// Reads a value; notes every fault and returns `None` if there is one.
    fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self>;
    /// What an absent key means; `None` if the key is required.
    fn absent() -> Option<Self> {
        None
    }
}

/// Notes the places of a table's keys, and a fault for each that is not known.
pub(crate) fn keys(path: &str, table: &DeTable<'_>, known: &[&str], r: &mut Reader) {
    for key in table.keys() {
        let name = key.get_ref().as_ref();
        let at = join(path, name);
        r.places.insert(at.clone(), key.span());
        if !known.contains(&name) {
            let advice = match nearest(name, known) {
                Some(near) => format!("did you mean '{near}'? otherwise remove it"),
                None => format!("remove it; known here: {}", known.join(", ")),
            };
            r.fault(&at, format!("unknown key '{name}'"), advice);
        }
    }
}

/// The known key that shares the longest beginning with `name`, if it is at least half of it.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let shared = |k: &str| k.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    known.iter().copied().max_by_key(|k| shared(k)).filter(|k| 2 * shared(k) >= name.len())
}

/// Reads one key of a table.
pub(crate) fn field<T: Decode>(path: &str, table: &DeTable<'_>, name: &str, r: &mut Reader) -> Option<T> {
    match table.iter().find(|(k, _)| k.get_ref().as_ref() == name) {
        Some((_, item)) => T::decode(&Node { path: join(path, name), item }, r),
        None => T::absent().or_else(|| {
            r.fault(&join(path, name), format!("'{name}' is missing"), "add it");
            None
        }),
    }
}

/// Reads a plain value by its serde implementation.
pub(crate) fn leaf<T: DeserializeOwned>(node: &Node<'_, '_>, r: &mut Reader) -> Option<T> {
    match T::deserialize(ValueDeserializer::from(node.item.clone())) {
        Ok(v) => Some(v),
        Err(e) => {
            let message = e.message().split_whitespace().collect::<Vec<_>>().join(" ");
            r.fault(&node.path, message, "give a possible value of this kind");
            None
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self> {
        T::decode(node, r).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<K: DeserializeOwned + Ord, T: Decode> Decode for BTreeMap<K, T> {
    fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self> {
        let table = node.table(r, "a table")?;
        let mut out = Some(BTreeMap::new());
        for (key, item) in table {
            let below = Node { path: join(&node.path, key.get_ref()), item };
            r.places.insert(below.path.clone(), key.span());
            let name = Spanned::new(key.span(), DeValue::String(key.get_ref().clone()));
            let name = leaf::<K>(&Node { path: below.path.clone(), item: &name }, r);
            match (name, T::decode(&below, r)) {
                (Some(k), Some(v)) => {
                    if let Some(map) = &mut out {
                        map.insert(k, v);
                    }
                }
                _ => out = None,
            }
        }
        out
    }
}

/// Types read whole by serde.
macro_rules! plain {
    ($($t:ty),*) => { $(impl Decode for $t {
        fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self> { leaf(node, r) }
    })* };
}
plain!(String, Vec<String>, quell_foundation::ProtocolId);

impl<T: DeserializeOwned> Decode for Param<T> {
    fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self> {
        let table = node.table(r, "a value with its source ({ value = …, source = [\"…\"], verified = \"…\" })")?;
        keys(&node.path, table, &["value", "source", "verified", "note", "alternatives"], r);
        let value = field::<Leaf<T>>(&node.path, table, "value", r);
        let (source, verified) = provenance(node, table, r);
        let note = field::<Option<String>>(&node.path, table, "note", r);
        let silent = note.as_ref().is_some_and(|n| n.as_ref().is_none_or(|t| t.trim().is_empty()));
        if silent && let Some(v) = verified.filter(|v| v.needs_note()) {
            let message = format!("a value marked '{}' has no note", v.word());
            r.fault(&node.path, message, "add a note that says why the value stands there nevertheless");
        }
        let alternatives = field::<Alternatives<T>>(&node.path, table, "alternatives", r);
        Some(Param { value: value?.0, source: source?, verified: verified?, note: note?, alternatives: alternatives?.0 })
    }
}

impl<T: DeserializeOwned> Decode for Alternative<T> {
    fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self> {
        let table = node.table(r, "an alternative ({ value = …, source = [\"…\"], verified = \"…\", why_not = \"…\" })")?;
        keys(&node.path, table, &["value", "source", "verified", "why_not"], r);
        let value = field::<Leaf<T>>(&node.path, table, "value", r);
        let (source, verified) = provenance(node, table, r);
        let why_not = field::<String>(&node.path, table, "why_not", r);
        if why_not.as_ref().is_some_and(|w| w.trim().is_empty()) {
            r.fault(&join(&node.path, "why_not"), "the reason is empty", "say why this value was not chosen");
        }
        Some(Alternative { value: value?.0, source: source?, verified: verified?, why_not: why_not? })
    }
}

/// Reads and checks `source` and `verified`.
fn provenance(node: &Node<'_, '_>, table: &DeTable<'_>, r: &mut Reader) -> (Option<Vec<String>>, Option<Verified>) {
    let path = join(&node.path, "source");
    let source = field::<Leaf<Vec<String>>>(&node.path, table, "source", r).map(|s| s.0);
    if source.as_ref().is_some_and(Vec::is_empty) {
        r.fault(&path, "no source is named", "name at least one key of [sources]");
    }
    for key in source.iter().flatten() {
        if r.sources.contains(key) {
            r.used.insert(key.clone());
        } else {
            r.fault(&path, format!("the source '{key}' is not in [sources]"), "add it to [sources] or correct the key");
        }
    }
    let verified = field::<Leaf<Verified>>(&node.path, table, "verified", r).map(|v| v.0);
    let distinct = source.iter().flatten().collect::<BTreeSet<_>>().len();
    if verified == Some(Verified::TwoSources) && distinct == 1 {
        let advice = "name a second source or mark it 'one_source'";
        r.fault(&join(&node.path, "verified"), "'two_sources' needs two sources, one is named", advice);
    }
    (source, verified)
}

/// A value read by serde.
struct Leaf<T>(T);
impl<T: DeserializeOwned> Decode for Leaf<T> {
    fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self> {
        leaf(node, r).map(Leaf)
    }
}

/// The list of alternatives; absent means none.
struct Alternatives<T>(Vec<Alternative<T>>);
impl<T: DeserializeOwned> Decode for Alternatives<T> {
    fn decode(node: &Node<'_, '_>, r: &mut Reader) -> Option<Self> {
        let Some(array) = node.item.get_ref().as_array() else {
            r.fault(&node.path, "a list of alternatives is expected here", "write alternatives = [ { … } ]");
            return None;
        };
        let mut all = Some(Vec::new());
        for (i, item) in array.iter().enumerate() {
            let path = format!("{}.{i}", node.path);
            r.places.insert(path.clone(), item.span());
            match (Alternative::decode(&Node { path, item }, r), &mut all) {
                (Some(a), Some(list)) => list.push(a),
                _ => all = None,
            }
        }
        all.map(Alternatives)
    }
    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

/// Declares a section: its struct, how it is read from a tree, and how its values are visited in the order of declaration.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
        impl $crate::decode::Decode for $name {
            fn decode(node: &$crate::decode::Node<'_, '_>, r: &mut $crate::decode::Reader) -> Option<Self> {
                let table = node.table(r, "a table")?;
                $crate::decode::keys(&node.path, table, &[$(stringify!($field)),*], r);
                $(let $field = $crate::decode::field::<$ty>(&node.path, table, stringify!($field), r);)*
                Some(Self { $($field: $field?,)* })
            }
        }
        impl $crate::walk::Walk for $name {
            fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, $crate::walk::Visited<'_>)) {
                $($crate::walk::Walk::walk(&self.$field, &$crate::decode::join(path, stringify!($field)), visit);)*
            }
        }
    };
}
pub(crate) use section;
