//! What happens when: events of the response in the order of their times.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Days since the start.
pub type Time = f64;

/// Hours as days.
pub const fn hours(h: f64) -> Time {
    h / 24.0
}

#[derive(Debug, Clone, Copy)]
struct Entry<T> {
    time: Time,
    number: u64,
    what: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl<T> Eq for Entry<T> {}
impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.total_cmp(&other.time).then(self.number.cmp(&other.number))
    }
}

/// Things to come. Those of the same time come in the order in which they were put.
#[derive(Debug, Clone)]
pub struct Agenda<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    number: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), number: 0 }
    }
}

impl<T: Copy> Agenda<T> {
    /// Puts something at a time.
    pub fn put(&mut self, time: Time, what: T) {
        self.number += 1;
        self.heap.push(Reverse(Entry { time, number: self.number, what }));
    }
    /// The next thing before a time.
    pub fn next_before(&mut self, end: Time) -> Option<(Time, T)> {
        let due = self.heap.peek().is_some_and(|Reverse(e)| e.time < end);
        due.then(|| self.heap.pop().map(|Reverse(e)| (e.time, e.what))).flatten()
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.heap.capacity() * size_of::<Reverse<Entry<T>>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_of_time_then_of_putting() {
        let mut agenda = Agenda::default();
        [(2.0, 'c'), (1.0, 'a'), (1.0, 'b'), (3.0, 'd')].into_iter().for_each(|(t, w)| agenda.put(t, w));
        let taken: String = std::iter::from_fn(|| agenda.next_before(3.0)).map(|(_, w)| w).collect();
        assert_eq!(taken, "abc");
    }
}
