//! What happens when: events of the response in the order of their times.

use crate::ahead::TOGETHER;
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
    /// Saturates: then things of one time come in any order, but always in the same.
    number: u32,
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

/// A day is lived in so many parts. Things of later parts lie unsorted until theirs comes.
const PARTS: usize = 96;

fn part(time: Time, day: usize) -> usize {
    // What is too early saturates to the first part.
    (((time - day as Time) * PARTS as Time) as usize).min(PARTS - 1)
}

/// Things to come, by day and by part of the day: those of later ones lie unsorted until theirs comes, so that most are never compared with each
/// other. Those of the same time come in the order in which they were put.
#[derive(Debug, Clone)]
pub struct Agenda<T> {
    later: Vec<Vec<Entry<T>>>,
    /// The day that is being lived, its parts, and which of them is lived now.
    day: usize,
    parts: Vec<Vec<Entry<T>>>,
    now: usize,
    /// What was known of the part at its beginning, the latest first, and what was put since.
    sorted: Vec<Entry<T>>,
    added: BinaryHeap<Reverse<Entry<T>>>,
    /// So many of `sorted` were not looked at ahead of time.
    unseen: usize,
    number: u32,
}

impl<T: Copy> Agenda<T> {
    /// Nothing yet, on days 0 … `days` − 1.
    pub fn new(days: u32) -> Self {
        Self {
            later: (0..days).map(|_| Vec::new()).collect(),
            day: 0,
            parts: (0..PARTS).map(|_| Vec::new()).collect(),
            now: 0,
            sorted: Vec::new(),
            added: BinaryHeap::new(),
            unseen: 0,
            number: 0,
        }
    }
    /// Puts something at a time; what falls beyond the last day is dropped.
    pub fn put(&mut self, time: Time, what: T) {
        self.number = self.number.saturating_add(1);
        let entry = Entry { time, number: self.number, what };
        let day = time.max(0.0) as usize;
        if day <= self.day {
            let part = if day < self.day { 0 } else { part(time, day) };
            if part > self.now {
                self.parts[part].push(entry);
            } else {
                self.added.push(Reverse(entry));
            }
        } else if let Some(list) = self.later.get_mut(day) {
            if list.len() == list.capacity() {
                // Days that lie ahead are many, so none may hold much more than it needs.
                list.reserve_exact(list.len() / 4 + 64);
            }
            list.push(entry);
        }
    }
    /// Goes on to a day. What is left of earlier ones comes first.
    pub fn begin(&mut self, day: u32) {
        let mut left: Vec<Entry<T>> = std::mem::take(&mut self.sorted);
        left.extend(self.added.drain().map(|Reverse(e)| e));
        self.parts.iter_mut().for_each(|p| left.append(p));
        for passed in self.day..=day as usize {
            if let Some(list) = self.later.get_mut(passed) {
                left.append(list);
                list.shrink_to_fit();
            }
        }
        self.day = day as usize;
        self.now = 0;
        for entry in left {
            let part = if entry.time < self.day as Time { 0 } else { part(entry.time, self.day) };
            self.parts[part].push(entry);
        }
        self.begin_part();
    }
    fn begin_part(&mut self) {
        // What a part took is given back: kept, it would be the most that each part ever took.
        self.sorted = std::mem::take(&mut self.parts[self.now]);
        self.sorted.sort_unstable_by(|a, b| b.cmp(a));
        self.unseen = self.sorted.len();
    }
    /// Whether what comes next was not looked at ahead of time.
    #[inline]
    pub fn is_ahead_due(&self) -> bool {
        self.sorted.len() <= self.unseen && !self.sorted.is_empty()
    }
    /// Of the things that come next those that were not looked at ahead of time, up to [`TOGETHER`] and as far as they are known already.
    pub fn ahead(&mut self) -> impl Iterator<Item = &T> {
        let end = self.unseen.min(self.sorted.len());
        self.unseen = end.saturating_sub(TOGETHER);
        self.sorted[self.unseen..end].iter().rev().map(|e| &e.what)
    }
    /// The next thing of the day.
    pub fn next_of_day(&mut self) -> Option<(Time, T)> {
        loop {
            let known = self.sorted.last().map(|e| (e.time, e.number));
            let added = self.added.peek().map(|Reverse(e)| (e.time, e.number));
            let taken = match (known, added) {
                (Some(k), Some(a)) if a < k => self.added.pop().map(|Reverse(e)| e),
                (None, Some(_)) => self.added.pop().map(|Reverse(e)| e),
                _ => self.sorted.pop(),
            };
            if let Some(e) = taken {
                return Some((e.time, e.what));
            }
            if self.now + 1 == PARTS {
                return None;
            }
            self.now += 1;
            self.begin_part();
        }
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let later: usize = self.later.iter().chain(&self.parts).map(Vec::capacity).sum();
        (later + self.sorted.capacity() + self.added.capacity()) * size_of::<Entry<T>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_of_time_then_of_putting() {
        let mut agenda = Agenda::new(4);
        [(2.0, 'c'), (1.0, 'a'), (1.0, 'b'), (3.0, 'e'), (9.0, 'x')].into_iter().for_each(|(t, w)| agenda.put(t, w));
        let mut taken = String::new();
        for day in 0..4 {
            agenda.begin(day);
            while let Some((time, what)) = agenda.next_of_day() {
                assert_eq!(time as u32, day);
                taken.push(what);
                if what == 'c' {
                    agenda.put(2.5, 'd');
                    agenda.put(2.0, '!');
                }
            }
        }
        assert_eq!(taken, "abc!de", "what falls beyond the last day never comes");
    }

    /// Each is seen ahead of time once, in the order in which it comes, before it comes.
    #[test]
    fn what_comes_is_seen_before() {
        let mut agenda = Agenda::new(2);
        (0..300u32).for_each(|n| agenda.put(1.0 + (f64::from(n % 3) + 0.5) / PARTS as f64, n));
        agenda.begin(1);
        let (mut seen, mut taken) = (Vec::new(), Vec::new());
        while let Some((_, what)) = agenda.next_of_day() {
            taken.push(what);
            if agenda.is_ahead_due() {
                let next: Vec<u32> = agenda.ahead().copied().collect();
                assert!((1..=TOGETHER).contains(&next.len()));
                seen.extend(next);
            }
        }
        let mut unseen = taken.clone();
        unseen.retain(|what| !seen.contains(what));
        assert_eq!(unseen, [0, 1, 2], "but for the first of a part");
        taken.retain(|what| *what > 2);
        assert_eq!((taken.len(), seen), (297, taken));
    }
}
