//! A table held in memory: either the whole of it (replay, rehearsal, tests) or the slice that one batch needs (the door).
//! Changes are journalled, so that a refused submission leaves nothing behind, and the changed rows are known at the end.

use quell_foundation::*;
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::fmt::Debug;
use std::hash::Hash as StdHash;

/// Maps with a quick hash: the door looks up a dozen rows a registration. Their order is never relied on.
type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

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
    /// The sampling duties of a person, and the end of isolation or monitoring, that were discharged or overtaken at this position of the
    /// log.
    Ended(PersonId, i64),
    /// Zones and zone duties of one place.
    Place(PlaceId),
    /// The contacts of a case.
    Case(CaseId),
    /// The case with a number.
    Number(CaseNumber),
    /// The open duties about an account.
    Account(AccountId),
    /// People under follow-up who are with this team or belong to it; none: with no team. No index leads to them: see [`Table::among`].
    Team(Option<TeamId>),
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
    /// Nothing under a key: it was asked for, and there is no such row.
    rows: HashMap<R::Key, Option<R>>,
    groups: HashMap<Group, Members<R::Key>>,
    /// The table is the whole truth: what is not in it does not exist.
    whole: bool,
    journal: Vec<(R::Key, Option<R>)>,
}

/// The keys of a group, sorted: most groups have one or two.
#[derive(Debug, Clone)]
struct Members<K> {
    keys: Vec<K>,
    /// All of them are here.
    known: bool,
}

impl<K> Default for Members<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), known: false }
    }
}

impl<R: Row> Table<R> {
    /// An empty table that is the whole truth: what is not in it does not exist.
    pub fn whole() -> Self {
        Self { rows: HashMap::default(), groups: HashMap::default(), whole: true, journal: Vec::new() }
    }
    /// An empty slice: asking for what was not loaded is a bug and panics.
    pub fn slice() -> Self {
        Self { whole: false, ..Self::whole() }
    }
    /// Says that these keys were looked for and the rows found have been loaded: what is not here does not exist.
    pub fn know_keys<'a>(&mut self, keys: impl IntoIterator<Item = &'a R::Key>)
    where
        R::Key: 'a,
    {
        for k in keys {
            if !self.rows.contains_key(k) {
                self.rows.insert(k.clone(), None);
            }
        }
    }
    /// Says that these groups were loaded whole.
    pub fn know_groups(&mut self, groups: impl IntoIterator<Item = Group>) {
        for g in groups {
            self.groups.entry(g).or_default().known = true;
        }
    }
    /// Puts a stored row in, without marking it as changed; a row already here wins.
    pub fn load(&mut self, row: R) {
        let key = row.key();
        if self.rows.get(&key).is_none_or(Option::is_none) {
            Self::index(&mut self.groups, &key, row.groups());
            self.rows.insert(key, Some(row));
        }
    }
    /// Takes in what another slice has loaded; a row already here wins.
    pub fn absorb(&mut self, other: Table<R>) {
        for (key, row) in other.rows {
            match self.rows.entry(key) {
                Entry::Vacant(e) => drop(e.insert(row)),
                Entry::Occupied(mut e) if e.get().is_none() => drop(e.insert(row)),
                Entry::Occupied(_) => {}
            }
        }
        for (group, theirs) in other.groups {
            let ours = self.groups.entry(group.clone()).or_default();
            ours.known |= theirs.known;
            for key in theirs.keys {
                // A row that is newer here may have left the group.
                if let Err(at) = ours.keys.binary_search(&key)
                    && self.rows.get(&key).is_some_and(|r| r.as_ref().is_some_and(|r| r.groups().contains(&group)))
                {
                    ours.keys.insert(at, key);
                }
            }
        }
    }
    /// Empties a slice: nothing is known. The room its rows took is kept for those to come.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.groups.clear();
        self.journal.clear();
    }
    /// The row with this key. Panics if this is a slice and the key was not loaded: the loader has a bug.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.known(key).unwrap_or_else(|| panic!("{} {key:?} was not loaded", std::any::type_name::<R>()))
    }
    /// The row with this key, or that there is none; nothing at all if it was not loaded.
    pub fn known(&self, key: &R::Key) -> Option<Option<&R>> {
        match self.rows.get(key) {
            Some(found) => Some(found.as_ref()),
            None => self.whole.then_some(None),
        }
    }
    /// The rows of a group, in the order of their keys. Panics if this is a slice and the group was not loaded.
    pub fn group(&self, group: &Group) -> Vec<&R> {
        let members = self.groups.get(group);
        assert!(self.whole || members.is_some_and(|m| m.known), "{} of {group:?} were not loaded", std::any::type_name::<R>());
        self.rows_of(members)
    }
    /// The rows of a group as far as they are loaded: for the loader itself, which finds out step by step what is needed.
    pub fn loaded_group(&self, group: &Group) -> Vec<&R> {
        self.rows_of(self.groups.get(group))
    }
    fn rows_of(&self, members: Option<&Members<R::Key>>) -> Vec<&R> {
        members.iter().flat_map(|m| &m.keys).filter_map(|k| self.rows.get(k)?.as_ref()).collect()
    }
    /// The rows that satisfy a condition, in the order of their keys, where that is asked too seldom for an index. Panics if this is a
    /// slice and any of these groups, which must hold all of them, was not loaded.
    pub fn among(&self, groups: &[Group], want: impl Fn(&R) -> bool) -> Vec<&R> {
        let known = |g: &Group| self.groups.get(g).is_some_and(|m| m.known);
        assert!(self.whole || groups.iter().all(known), "{} of {groups:?} were not loaded", std::any::type_name::<R>());
        let mut found: Vec<&R> = self.values().filter(|r| want(r)).collect();
        found.sort_unstable_by_key(|r| r.key());
        found
    }
    /// The rows that were put since a mark, each as it is now with what it was before the change; a row that was put twice comes twice.
    pub fn since(&self, mark: usize) -> impl Iterator<Item = (Option<&R>, &R)> {
        self.journal[mark..].iter().filter_map(|(key, old)| Some((old.as_ref(), self.rows.get(key)?.as_ref()?)))
    }
    /// Inserts or replaces a row.
    pub fn put(&mut self, row: R) {
        let key = row.key();
        let groups = row.groups();
        let old = self.rows.insert(key.clone(), Some(row)).flatten();
        let before = old.as_ref().map(R::groups).unwrap_or_default();
        if before != groups {
            Self::unindex(&mut self.groups, &key, before);
            Self::index(&mut self.groups, &key, groups);
        }
        self.journal.push((key, old));
    }
    /// All rows, in the order of their keys. Only for whole tables.
    pub fn iter(&self) -> impl Iterator<Item = &R> {
        let sorted: BTreeMap<&R::Key, &R> = self.rows.iter().filter_map(|(k, r)| Some((k, r.as_ref()?))).collect();
        sorted.into_values()
    }
    /// All rows in no particular order: for counting.
    pub fn values(&self) -> impl Iterator<Item = &R> {
        self.rows.values().flatten()
    }
    /// Number of keys in memory: rows, and in a slice also what was asked for in vain.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// True if there is no row.
    pub fn is_empty(&self) -> bool {
        self.values().next().is_none()
    }
    /// A mark to roll back to.
    pub fn mark(&self) -> usize {
        self.journal.len()
    }
    /// Undoes everything since the mark.
    pub fn rollback(&mut self, mark: usize) {
        while self.journal.len() > mark {
            let Some((key, old)) = self.journal.pop() else { break };
            let before = old.as_ref().map(R::groups).unwrap_or_default();
            let undone = if old.is_none() && self.whole { self.rows.remove(&key) } else { self.rows.insert(key.clone(), old) };
            Self::unindex(&mut self.groups, &key, undone.flatten().as_ref().map(R::groups).unwrap_or_default());
            Self::index(&mut self.groups, &key, before);
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
        Changed { rows: keys.iter().filter_map(|(k, _)| self.rows.get(k)?.clone()).collect(), new }
    }

    fn index(all: &mut HashMap<Group, Members<R::Key>>, key: &R::Key, groups: Vec<Group>) {
        for g in groups {
            let keys = &mut all.entry(g).or_default().keys;
            if let Err(at) = keys.binary_search(key) {
                keys.insert(at, key.clone());
            }
        }
    }
    fn unindex(all: &mut HashMap<Group, Members<R::Key>>, key: &R::Key, groups: Vec<Group>) {
        for g in groups {
            if let Some(members) = all.get_mut(&g)
                && let Ok(at) = members.keys.binary_search(key)
            {
                members.keys.remove(at);
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
    fn a_newer_row_wins_over_what_another_slice_has_loaded() {
        let mut t = Table::slice();
        t.know_keys(&[3]);
        t.put(R(1, p(1)));
        let mut old = Table::slice();
        [R(1, p(2)), R(2, p(2)), R(3, p(2))].into_iter().for_each(|r| old.load(r));
        old.know_keys(&[4]);
        old.know_groups([Group::Person(p(2))]);
        t.absorb(old);
        assert_eq!(t.group(&Group::Person(p(2))), vec![&R(2, p(2)), &R(3, p(2))]);
        assert_eq!((t.get(&1), t.get(&4)), (Some(&R(1, p(1))), None));
        assert_eq!(t.take_changes()[..], [R(1, p(1))]);
    }

    #[test]
    #[should_panic(expected = "was not loaded")]
    fn a_slice_does_not_pretend_to_know() {
        Table::<R>::slice().get(&1);
    }
}
