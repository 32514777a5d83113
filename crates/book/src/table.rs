//! A table held in memory: either the whole of it (replay, rehearsal, tests) or the slice that one batch needs (the door).
//! Changes are journalled, so that a refused submission leaves nothing behind, and the changed rows are known at the end.

use quell_foundation::*;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash as StdHash;

/// Maps with a quick hash: the door looks up a dozen rows a registration. Their order is never relied on.
type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
/// See [`HashMap`].
type HashSet<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;

/// What a row can be looked up by, besides its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Everything about a person.
    Person(PersonId),
    /// Everything in a tube.
    Tube(TubeCode),
    /// The tubes of a box.
    Box(BoxCode),
    /// The open stay in a bed: facility, ward, bed.
    Bed(PlaceId, String, u32),
    /// The sampling duties of a person that were discharged at this position of the log.
    Ended(PersonId, i64),
    /// Zones and zone duties of one place.
    Place(PlaceId),
}

/// A row of a table.
pub trait Row: Clone + PartialEq + Debug {
    /// Its key within one book.
    type Key: Clone + Ord + StdHash + Debug;
    /// The key of this row.
    fn key(&self) -> Self::Key;
    /// The groups it belongs to now.
    fn groups(&self) -> Vec<Group> {
        Vec::new()
    }
}

/// The changed rows of a table: first the new ones, then those that were there before, each part in the order of the keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed<R> {
    rows: Vec<R>,
    new: usize,
}

impl<R> Changed<R> {
    /// Rows that did not exist before.
    pub fn new_rows(&self) -> &[R] {
        &self.rows[..self.new]
    }
    /// Rows that existed before.
    pub fn replaced(&self) -> &[R] {
        &self.rows[self.new..]
    }
    /// Adds what was changed after these.
    pub fn extend(&mut self, later: Changed<R>) {
        self.rows.splice(self.new..self.new, later.rows);
        self.new += later.new;
    }
}

impl<R> Default for Changed<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), new: 0 }
    }
}

impl<R> std::ops::Deref for Changed<R> {
    type Target = [R];
    fn deref(&self) -> &[R] {
        &self.rows
    }
}

impl<'a, R> IntoIterator for &'a Changed<R> {
    type Item = &'a R;
    type IntoIter = std::slice::Iter<'a, R>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

/// See the module's description.
#[derive(Debug, Clone)]
pub struct Table<R: Row> {
    rows: HashMap<R::Key, R>,
    /// The keys of a group, sorted: most groups have one or two.
    groups: HashMap<Group, Vec<R::Key>>,
    known: Option<Known<R::Key>>,
    journal: Vec<(R::Key, Option<R>)>,
}

#[derive(Debug, Clone)]
struct Known<K> {
    keys: HashSet<K>,
    groups: HashSet<Group>,
}

impl<R: Row> Table<R> {
    /// An empty table that is the whole truth: what is not in it does not exist.
    pub fn whole() -> Self {
        Self { rows: HashMap::default(), groups: HashMap::default(), known: None, journal: Vec::new() }
    }
    /// An empty slice: asking for what was not loaded is a bug and panics.
    pub fn slice() -> Self {
        let known = Some(Known { keys: HashSet::default(), groups: HashSet::default() });
        Self { known, ..Self::whole() }
    }
    /// Says that these keys were looked for (the rows found follow by [`Table::load`]).
    pub fn know_keys<'a>(&mut self, keys: impl IntoIterator<Item = &'a R::Key>)
    where
        R::Key: 'a,
    {
        if let Some(k) = &mut self.known {
            k.keys.extend(keys.into_iter().cloned());
        }
    }
    /// Says that these groups were loaded whole.
    pub fn know_groups(&mut self, groups: impl IntoIterator<Item = Group>) {
        if let Some(k) = &mut self.known {
            k.groups.extend(groups);
        }
    }
    /// Puts a stored row in, without marking it as changed; a row already here wins.
    pub fn load(&mut self, row: R) {
        let key = row.key();
        if let Some(k) = &mut self.known {
            k.keys.insert(key.clone());
        }
        if !self.rows.contains_key(&key) {
            self.index(&key, &row);
            self.rows.insert(key, row);
        }
    }
    /// The row with this key. Panics if this is a slice and the key was not loaded: the loader has a bug.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        let found = self.rows.get(key);
        if found.is_none()
            && let Some(k) = &self.known
        {
            assert!(k.keys.contains(key), "{} {key:?} was not loaded", std::any::type_name::<R>());
        }
        found
    }
    /// The rows of a group, in the order of their keys. Panics if this is a slice and the group was not loaded.
    pub fn group(&self, group: &Group) -> Vec<&R> {
        if let Some(k) = &self.known {
            assert!(k.groups.contains(group), "{} of {group:?} were not loaded", std::any::type_name::<R>());
        }
        self.groups.get(group).into_iter().flatten().filter_map(|k| self.rows.get(k)).collect()
    }
    /// The rows of a group as far as they are loaded: for the loader itself, which finds out step by step what is needed.
    pub fn loaded_group(&self, group: &Group) -> Vec<&R> {
        self.groups.get(group).into_iter().flatten().filter_map(|k| self.rows.get(k)).collect()
    }
    /// Inserts or replaces a row.
    pub fn put(&mut self, row: R) {
        let key = row.key();
        if let Some(k) = &mut self.known {
            k.keys.insert(key.clone());
        }
        let old = self.rows.remove(&key);
        if let Some(old) = &old {
            self.unindex(&key, old);
        }
        self.index(&key, &row);
        self.journal.push((key.clone(), old));
        self.rows.insert(key, row);
    }
    /// All rows, in the order of their keys. Only for whole tables.
    pub fn iter(&self) -> impl Iterator<Item = &R> {
        let sorted: BTreeMap<&R::Key, &R> = self.rows.iter().collect();
        sorted.into_values()
    }
    /// All rows in no particular order: for counting.
    pub fn values(&self) -> impl Iterator<Item = &R> {
        self.rows.values()
    }
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// True if there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// A mark to roll back to.
    pub fn mark(&self) -> usize {
        self.journal.len()
    }
    /// Undoes everything since the mark.
    pub fn rollback(&mut self, mark: usize) {
        while self.journal.len() > mark {
            let Some((key, old)) = self.journal.pop() else { break };
            if let Some(current) = self.rows.remove(&key) {
                self.unindex(&key, &current);
            }
            if let Some(old) = old {
                self.index(&key, &old);
                self.rows.insert(key, old);
            }
        }
    }
    /// The rows that were put since the last call, each once.
    pub fn take_changes(&mut self) -> Changed<R> {
        // The first entry of a key tells whether the row was there when the journal began.
        let mut keys: Vec<(R::Key, bool)> = self.journal.drain(..).map(|(k, old)| (k, old.is_none())).collect();
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        keys.dedup_by(|later, first| later.0 == first.0);
        keys.sort_by_key(|(_, new)| !new);
        let new = keys.iter().take_while(|(_, new)| *new).count();
        Changed { rows: keys.iter().filter_map(|(k, _)| self.rows.get(k).cloned()).collect(), new }
    }

    fn index(&mut self, key: &R::Key, row: &R) {
        for g in row.groups() {
            let keys = self.groups.entry(g).or_default();
            if let Err(at) = keys.binary_search(key) {
                keys.insert(at, key.clone());
            }
        }
    }
    fn unindex(&mut self, key: &R::Key, row: &R) {
        for g in row.groups() {
            if let Some(keys) = self.groups.get_mut(&g)
                && let Ok(at) = keys.binary_search(key)
            {
                keys.remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct R(u32, PersonId);
    impl Row for R {
        type Key = u32;
        fn key(&self) -> u32 {
            self.0
        }
        fn groups(&self) -> Vec<Group> {
            vec![Group::Person(self.1)]
        }
    }
    fn p(n: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn rollback_restores_rows_and_groups() {
        let mut t = Table::whole();
        t.put(R(1, p(1)));
        let mark = t.mark();
        t.put(R(1, p(2)));
        t.put(R(2, p(1)));
        assert_eq!(t.group(&Group::Person(p(2))).len(), 1);
        t.rollback(mark);
        assert_eq!(t.group(&Group::Person(p(1))), vec![&R(1, p(1))]);
        assert!(t.group(&Group::Person(p(2))).is_empty());
        assert_eq!(t.take_changes()[..], [R(1, p(1))]);
        assert!(t.take_changes().is_empty());
    }

    #[test]
    fn new_rows_are_told_from_replaced_ones() {
        let mut t = Table::whole();
        t.put(R(5, p(1)));
        t.take_changes();
        [R(9, p(1)), R(5, p(2)), R(1, p(1)), R(9, p(3))].into_iter().for_each(|r| t.put(r));
        let changed = t.take_changes();
        assert_eq!((changed.new_rows(), changed.replaced()), (&[R(1, p(1)), R(9, p(3))][..], &[R(5, p(2))][..]));
    }

    #[test]
    #[should_panic(expected = "was not loaded")]
    fn a_slice_does_not_pretend_to_know() {
        Table::<R>::slice().get(&1);
    }
}
