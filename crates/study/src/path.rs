//! Dotted paths into a TOML file: `screening.every_days`, `closures.0.effect`.

use toml::{Table, Value};

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Astray {
    /// A part of it is empty.
    Empty,
    /// What stands at this part has nothing below it.
    NothingBelow(String),
    /// There is no entry of this number.
    NoEntry(String),
}

impl Astray {
    /// In Chinese and English.
    pub(crate) fn words(&self) -> (String, String) {
        match self {
            Self::Empty => ("路径中有空的一段".to_owned(), "a part of the path is empty".to_owned()),
            Self::NothingBelow(at) => (format!("“{at}”不是表，其下没有内容"), format!("\"{at}\" is no table: there is nothing below it")),
            Self::NoEntry(at) => (
                format!("“{at}”：没有这一项；列表的项从 0 编号，且须已在文件中"),
                format!("\"{at}\": there is no such entry; entries of a list have numbers from 0 and stand in the file already"),
            ),
        }
    }
}

/// What is at a path.
pub(crate) fn get<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let first = table.get(parts.next()?)?;
    parts.try_fold(first, |at, part| match at {
        Value::Table(t) => t.get(part),
        Value::Array(a) => a.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Puts a value at a path; tables on the way are made.
///
/// # Errors
/// If the path leads through something that is no table, or to an entry that a list has not.
pub(crate) fn set(table: &mut Table, path: &str, value: Value) -> Result<(), Astray> {
    if path.split('.').any(str::is_empty) {
        return Err(Astray::Empty);
    }
    // Tables are made; lists are not.
    for (at, _) in path.match_indices('.') {
        let next = path[at + 1..].split('.').next().unwrap_or_default();
        if next.parse::<usize>().is_ok() && get(table, &path[..at]).is_none() {
            return Err(Astray::NoEntry(path[..at + 1 + next.len()].to_owned()));
        }
    }
    let Some((before, last)) = path.rsplit_once('.') else {
        table.insert(path.to_owned(), value);
        return Ok(());
    };
    let mut parts = before.split('.');
    let mut seen = parts.next().unwrap_or_default().to_owned();
    let mut at = table.entry(seen.clone()).or_insert_with(|| Value::Table(Table::new()));
    for part in parts {
        let above = seen.clone();
        seen = format!("{seen}.{part}");
        at = match at {
            Value::Table(t) => t.entry(part.to_owned()).or_insert_with(|| Value::Table(Table::new())),
            Value::Array(a) => part.parse().ok().and_then(|k: usize| a.get_mut(k)).ok_or(Astray::NoEntry(seen.clone()))?,
            _ => return Err(Astray::NothingBelow(above)),
        };
    }
    match at {
        Value::Table(t) => {
            t.insert(last.to_owned(), value);
        }
        Value::Array(a) => {
            let place = last.parse().ok().and_then(|k: usize| a.get_mut(k));
            *place.ok_or_else(|| Astray::NoEntry(path.to_owned()))? = value;
        }
        _ => return Err(Astray::NothingBelow(seen)),
    }
    Ok(())
}

/// Takes away what is at a path, if there is anything.
pub(crate) fn remove(table: &mut Table, path: &str) {
    let Some((before, last)) = path.rsplit_once('.') else {
        table.remove(path);
        return;
    };
    let mut parts = before.split('.');
    let first = parts.next().and_then(|p| table.get_mut(p));
    let parent = parts.fold(first, |at, part| match at? {
        Value::Table(t) => t.get_mut(part),
        Value::Array(a) => part.parse().ok().and_then(|k: usize| a.get_mut(k)),
        _ => None,
    });
    if let Some(Value::Table(t)) = parent {
        t.remove(last);
    }
}

/// Whether one path leads to something below the other.
pub(crate) fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// A value in a cell of a table.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn a_path_finds_makes_and_removes() {
        let mut table: Table = "a = 1\n[[list]]\nx = 1\n[b.c]\nd = 2".parse().unwrap();
        assert_eq!(get(&table, "b.c.d"), Some(&Value::Integer(2)));
        assert_eq!(set(&mut table, "list.0.x", Value::Integer(5)), Ok(()));
        assert_eq!(set(&mut table, "new.deep.y", Value::Boolean(true)), Ok(()));
        assert_eq!((get(&table, "list.0.x"), get(&table, "new.deep.y")), (Some(&Value::Integer(5)), Some(&Value::Boolean(true))));
        remove(&mut table, "b.c");
        remove(&mut table, "list.0.x");
        assert_eq!((get(&table, "b.c"), get(&table, "list.0.x"), get(&table, "list.0").is_some()), (None, None, true));
    }

    #[test]
    fn a_path_that_leads_nowhere_says_where() {
        let mut table: Table = "a = 1\nlist = [1]".parse().unwrap();
        let one = || Value::Integer(1);
        assert_eq!(set(&mut table, "a.b", one()), Err(Astray::NothingBelow("a".to_owned())));
        assert_eq!(set(&mut table, "a.b.c", one()), Err(Astray::NothingBelow("a".to_owned())));
        assert_eq!(set(&mut table, "list.1", one()), Err(Astray::NoEntry("list.1".to_owned())));
        assert_eq!(set(&mut table, "none.0.x", one()), Err(Astray::NoEntry("none.0".to_owned())));
        assert_eq!(set(&mut table, "a..b", one()), Err(Astray::Empty));
        assert!(is_below("a.b", "a") && !is_below("ab", "a") && !is_below("a", "a"));
    }
}
