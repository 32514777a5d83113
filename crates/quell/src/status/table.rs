//! Everyone's status in memory, 24 bytes a person: sorted ids in parts that are locked one by one. The few who are restricted stand beside.

use quell_foundation::PersonId;
use quell_store::views::Held;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use uuid::Uuid;

/// Parts. Of 20 million people one holds 20,000: a new person moves half a megabyte at most, and nobody waits long for a lock.
const PARTS: usize = 1_024;

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The latest swab with a negative result, in seconds since 1970.
    pub negative: Option<u32>,
    /// The smallest place around the home that is or was a zone, by its number in [`super::zones::Zones`]; 0: none.
    pub zone: u32,
    /// What restricts the person, besides zones; mostly nothing.
    pub held: Option<Arc<[Held]>>,
}

/// The table.
pub struct Table(Box<[RwLock<Part>]>);

#[derive(Default)]
struct Part {
    ids: Vec<u128>,
    /// 0: none.
    negatives: Vec<u32>,
    zones: Vec<u32>,
    held: HashMap<u128, Arc<[Held]>>,
}

impl Part {
    fn find(&self, id: u128) -> Result<usize, usize> {
        // Those who are read in order of their ids come behind all others.
        match self.ids.last() {
            Some(last) if *last < id => Err(self.ids.len()),
            _ => self.ids.binary_search(&id),
        }
    }

    fn insert(&mut self, at: usize, id: u128) {
        // By an eighth, not to twice as much: memory is what is scarce.
        if self.ids.len() == self.ids.capacity() {
            let more = self.ids.len() / 8 + 8;
            self.ids.reserve_exact(more);
            self.negatives.reserve_exact(more);
            self.zones.reserve_exact(more);
        }
        self.ids.insert(at, id);
        self.negatives.insert(at, 0);
        self.zones.insert(at, 0);
    }
}

impl Default for Table {
    fn default() -> Self {
        Self((0..PARTS).map(|_| RwLock::default()).collect())
    }
}

impl Table {
    // By their last bits, which are random in all kinds of id; the first are a time in some.
    fn part(&self, id: u128) -> &RwLock<Part> {
        &self.0[id as usize % PARTS]
    }
    fn read(&self, id: u128) -> RwLockReadGuard<'_, Part> {
        self.part(id).read().unwrap_or_else(PoisonError::into_inner)
    }
    fn write(&self, id: u128) -> RwLockWriteGuard<'_, Part> {
        self.part(id).write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a person, if anything.
    pub fn get(&self, person: PersonId) -> Option<Known> {
        let id = person.0.as_u128();
        let part = self.read(id);
        let i = part.find(id).ok()?;
        let negative = Some(part.negatives[i]).filter(|n| *n != 0);
        Some(Known { negative, zone: part.zones[i], held: part.held.get(&id).cloned() })
    }

    /// True if something besides zones restricts this person.
    pub fn is_held(&self, person: PersonId) -> bool {
        let id = person.0.as_u128();
        self.read(id).held.contains_key(&id)
    }

    /// This is known now.
    pub fn put(&self, person: PersonId, known: Known) {
        let id = person.0.as_u128();
        let mut part = self.write(id);
        let i = match part.find(id) {
            Ok(i) => i,
            Err(i) => {
                part.insert(i, id);
                i
            }
        };
        part.negatives[i] = known.negative.unwrap_or(0);
        part.zones[i] = known.zone;
        match known.held {
            Some(held) => part.held.insert(id, held),
            None => part.held.remove(&id),
        };
    }

    /// This person is not known any more.
    pub fn remove(&self, person: PersonId) {
        let id = person.0.as_u128();
        let mut part = self.write(id);
        if let Ok(i) = part.find(id) {
            part.ids.remove(i);
            part.negatives.remove(i);
            part.zones.remove(i);
            part.held.remove(&id);
        }
    }

    /// A swab of then was negative.
    pub fn was_negative(&self, person: PersonId, at: u32) {
        let id = person.0.as_u128();
        let mut part = self.write(id);
        if let Ok(i) = part.find(id) {
            part.negatives[i] = part.negatives[i].max(at);
        }
    }

    /// The smallest place around this home that is a zone has changed.
    pub fn put_zone(&self, person: PersonId, zone: u32) {
        let id = person.0.as_u128();
        let mut part = self.write(id);
        if let Ok(i) = part.find(id) {
            part.zones[i] = zone;
        }
    }

    /// How many people are known.
    pub fn len(&self) -> usize {
        self.parts().map(|p| p.ids.len()).sum()
    }

    /// True if nobody is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that it takes, but for the few who are restricted.
    pub fn bytes(&self) -> usize {
        self.parts().map(|p| p.ids.capacity() * 16 + p.negatives.capacity() * 4 + p.zones.capacity() * 4).sum()
    }

    /// Everyone who is known, part by part.
    pub fn for_each(&self, mut f: impl FnMut(PersonId, Known)) {
        for part in self.parts() {
            for (i, id) in part.ids.iter().enumerate() {
                let negative = Some(part.negatives[i]).filter(|n| *n != 0);
                f(PersonId(Uuid::from_u128(*id)), Known { negative, zone: part.zones[i], held: part.held.get(id).cloned() });
            }
        }
    }

    fn parts(&self) -> impl Iterator<Item = RwLockReadGuard<'_, Part>> {
        self.0.iter().map(|p| p.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Put(u128, Known),
        Remove(u128),
        Negative(u128, u32),
        Zone(u128, u32),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Few ids, many of one part, some far apart.
        let id = prop_oneof![0u128..4, (0u128..40).prop_map(|n| n << 10), (0u128..40).prop_map(|n| n << 100 | n)];
        let held = proptest::option::weighted(0.3, "[a-c]")
            .prop_map(|k| k.map(|kind| -> Arc<[Held]> { Arc::new([Held { kind, since: None, until: None }]) }));
        let known = (proptest::option::of(1u32..9), 0u32..4, held).prop_map(|(negative, zone, held)| Known { negative, zone, held });
        let step = (id, known, 0u8..6).prop_map(|(id, known, what)| match what {
            0..3 => Step::Put(id, known),
            3 => Step::Remove(id),
            4 => Step::Negative(id, known.negative.unwrap_or(1)),
            _ => Step::Zone(id, known.zone),
        });
        proptest::collection::vec(step, 1..400)
    }

    proptest! {
        #[test]
        fn it_is_a_map(steps in steps()) {
            let (table, mut map) = (Table::default(), HashMap::<u128, Known>::new());
            let person = |id| PersonId(Uuid::from_u128(id));
            for step in steps {
                match step.clone() {
                    Step::Put(id, known) => {
                        table.put(person(id), known.clone());
                        map.insert(id, known);
                    }
                    Step::Remove(id) => {
                        table.remove(person(id));
                        map.remove(&id);
                    }
                    Step::Negative(id, at) => {
                        table.was_negative(person(id), at);
                        map.entry(id).and_modify(|k| k.negative = k.negative.max(Some(at)));
                    }
                    Step::Zone(id, zone) => {
                        table.put_zone(person(id), zone);
                        map.entry(id).and_modify(|k| k.zone = zone);
                    }
                }
                let (Step::Put(id, _) | Step::Remove(id) | Step::Negative(id, _) | Step::Zone(id, _)) = step;
                prop_assert_eq!(table.get(person(id)), map.get(&id).cloned());
                prop_assert_eq!(table.is_held(person(id)), map.get(&id).is_some_and(|k| k.held.is_some()));
            }
            prop_assert_eq!(table.len(), map.len());
            let mut all = HashMap::new();
            table.for_each(|p, k| { all.insert(p.0.as_u128(), k); });
            prop_assert_eq!(all, map);
        }
    }

    #[test]
    fn a_person_takes_24_bytes() {
        let table = Table::default();
        for n in 0..200_000u128 {
            table.put(PersonId(Uuid::from_u128((n << 64) | u128::from((n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)))), Known::default());
        }
        assert_eq!(table.len(), 200_000);
        assert!(table.bytes() < 200_000 * 28, "{}", table.bytes());
    }
}
