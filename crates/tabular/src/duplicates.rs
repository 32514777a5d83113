//! Rows of one file that have the same key, such as the same identity number.

use crate::mapping::Mapping;
use crate::message::OpenError;
use crate::reader::Reader;
use crate::value::{Row, Value};
use quell_foundation::Hash;
use std::collections::HashMap;

/// A row whose key an earlier row has too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duplicate {
    /// Line of the first row with this key.
    pub first: u64,
    /// Line of the later row.
    pub again: u64,
}

/// Finds duplicates while rows stream by; keeps 40 bytes or so for each key, and no key itself.
#[derive(Debug, Default)]
pub struct DuplicateFinder {
    keys: Vec<String>,
    seen: HashMap<[u8; 16], u64>,
}

impl DuplicateFinder {
    /// For a key of these fields.
    pub fn new(keys: &[&str]) -> Self {
        Self { keys: keys.iter().map(|s| s.to_string()).collect(), seen: HashMap::new() }
    }
    /// Remembers the row's key; the pair of lines if an earlier row has it. A row that lacks a part of the key has none.
    pub fn see(&mut self, row: &Row) -> Option<Duplicate> {
        let parts: Option<Vec<String>> = self.keys.iter().map(|k| row.get(k).map(written)).collect();
        let parts = parts.filter(|p| !p.is_empty())?;
        let hash = Hash::of_parts(&parts.iter().map(|p| p.as_bytes()).collect::<Vec<_>>());
        let mut short = [0; 16];
        short.copy_from_slice(&hash.0[..16]);
        let first = *self.seen.entry(short).or_insert(row.line);
        (first != row.line).then_some(Duplicate { first, again: row.line })
    }
}

fn written(v: &Value) -> String {
    match v {
        Value::Text(s) => s.clone(),
        Value::Integer(n) => n.to_string(),
        Value::Decimal(x) => x.to_string(),
        Value::Date(d) => d.to_string(),
        Value::DateTime(t) => t.at.to_string(),
        Value::Flag(b) => b.to_string(),
    }
}

impl Reader {
    /// Reads all good rows and lists those whose key an earlier row has.
    ///
    /// # Errors
    /// As [`Reader::rows`].
    pub fn find_duplicates(&self, mapping: &Mapping, keys: &[&str]) -> Result<Vec<Duplicate>, OpenError> {
        let mut finder = DuplicateFinder::new(keys);
        Ok(self.rows(mapping)?.filter_map(Result::ok).filter_map(|r| finder.see(&r)).collect())
    }
}
