//! Those whom the response holds somewhere, watches or has held: a record each. Everyone else has none.

use crate::time::Time;
use quell_epidemic::kernel::Marks;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What the response has told one person to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stay {
    /// Nothing.
    Free,
    /// Watched or tested, not restricted.
    Watched,
    /// At home until the own result is there: a member of a positive pool.
    Recalled,
    /// Quarantine at home: a contact.
    Quarantined,
    /// A case at home that waits for a bed, or is treated there.
    CaseAtHome,
    /// In a room of an isolation site.
    Central,
    /// In a shelter hospital.
    Shelter,
    /// In a designated hospital.
    Hospital,
    /// At home after discharge, monitored.
    Monitored,
    /// Dead.
    Dead,
}

/// How many stays there are.
pub const STAYS: usize = 10;

/// Where somebody is, as far as contacts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// Where they please.
    Free,
    /// In their community, not outside it.
    InZone,
    /// At home, not outside.
    AtHome,
    /// Where they meet nobody of the population.
    Away,
}

impl Stay {
    /// All, in the order of their numbers.
    pub const ALL: [Self; STAYS] = [
        Self::Free,
        Self::Watched,
        Self::Recalled,
        Self::Quarantined,
        Self::CaseAtHome,
        Self::Central,
        Self::Shelter,
        Self::Hospital,
        Self::Monitored,
        Self::Dead,
    ];
    /// Where that is.
    pub fn whereabouts(self) -> Whereabouts {
        match self {
            Self::Free | Self::Watched => Whereabouts::Free,
            Self::Recalled | Self::Quarantined | Self::CaseAtHome | Self::Monitored => Whereabouts::AtHome,
            Self::Central | Self::Shelter | Self::Hospital | Self::Dead => Whereabouts::Away,
        }
    }
    /// Whether the response restricts the person.
    pub fn restricts(self) -> bool {
        !matches!(self, Self::Free | Self::Watched | Self::Dead)
    }
    /// Whether whoever is told so lives on as always: neither restricted nor dead.
    fn is_at_large(self) -> bool {
        !self.restricts() && self != Self::Dead
    }
    /// Its name, as in a table.
    pub fn name(self) -> &'static str {
        [
            "free",
            "watched",
            "recalled",
            "quarantined_at_home",
            "case_at_home",
            "isolation_site",
            "shelter_hospital",
            "designated_hospital",
            "monitored_after_discharge",
            "dead",
        ][self as usize]
    }
}

/// The schedule of a contact, which began with whole days after the latest exposure. Times are days since the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quarantine {
    central_until: f32,
    until: f32,
    /// The protocol's category: 0 close, 1 secondary.
    pub category: u8,
}

impl Quarantine {
    /// From its parts.
    pub fn new(central_until: Time, until: Time, category: u8) -> Self {
        Self { central_until: central_until as f32, until: until as f32, category }
    }
    /// When the part in an isolation site ends.
    pub fn central_until(&self) -> Time {
        f64::from(self.central_until)
    }
    /// When it ends.
    pub fn until(&self) -> Time {
        f64::from(self.until)
    }
    /// Both exposures make one schedule, the strictest, from the latest.
    pub fn and(self, other: Self) -> Self {
        Self {
            central_until: self.central_until.max(other.central_until),
            until: self.until.max(other.until),
            category: self.category.min(other.category),
        }
    }
}

/// The number of no case.
const NO_CASE: u32 = u32::MAX;
/// The category of nobody's quarantine.
const NO_QUARANTINE: u8 = u8::MAX;

/// What is known of one person: 28 bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The stay, and since when.
    stay: Stay,
    /// A contact's category, or [`NO_QUARANTINE`]; the other parts of the schedule below.
    category: u8,
    /// Counts changes, so that what was planned for an earlier stay is known to be void.
    pub serial: u16,
    since: f32,
    /// A case: its number; [`NO_CASE`] of all others.
    case: u32,
    quarantine: [f32; 2],
    /// The infection that was found last plus one; 0 if there was none.
    known: u32,
    exempt_until: f32,
}

impl Record {
    const NEW: Self = Self {
        stay: Stay::Free,
        category: NO_QUARANTINE,
        serial: 0,
        since: 0.0,
        case: NO_CASE,
        quarantine: [0.0; 2],
        known: 0,
        exempt_until: 0.0,
    };
    /// The stay.
    pub fn stay(&self) -> Stay {
        self.stay
    }
    /// When it began.
    pub fn since(&self) -> Time {
        f64::from(self.since)
    }
    /// A contact: the schedule.
    pub fn quarantine(&self) -> Option<Quarantine> {
        let [central_until, until] = self.quarantine;
        (self.category != NO_QUARANTINE).then_some(Quarantine { central_until, until, category: self.category })
    }
    /// Becomes a contact with this schedule, or is none any more.
    pub fn set_quarantine(&mut self, quarantine: Option<Quarantine>) {
        self.category = quarantine.map_or(NO_QUARANTINE, |q| q.category);
        self.quarantine = quarantine.map_or([0.0; 2], |q| [q.central_until, q.until]);
    }
    /// A case: its number.
    #[inline]
    pub fn case(&self) -> Option<u32> {
        (self.case != NO_CASE).then_some(self.case)
    }
    /// Becomes a case, or is none any more.
    pub fn set_case(&mut self, case: Option<u32>) {
        self.case = case.unwrap_or(NO_CASE);
    }
    /// An infection is found: a later positive swab of the same is no new case.
    pub fn know(&mut self, infection: u32) {
        self.known = infection + 1;
    }
    /// Whether this infection was found.
    pub fn knows(&self, infection: u32) -> bool {
        self.known == infection + 1
    }
    /// Not sampled in rounds before this time.
    pub fn exempt_until(&self) -> Time {
        f64::from(self.exempt_until)
    }
    /// Is not to be sampled in rounds before a time.
    pub fn exempt(&mut self, until: Time) {
        self.exempt_until = until as f32;
    }
}

/// A hash of a number of a person: one multiplication (Fibonacci hashing: Knuth, The Art of Computer Programming 3, 6.4).
#[derive(Debug, Clone, Default)]
pub struct ByNumber(u64);

impl Hasher for ByNumber {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_u64(u64::from(*b)));
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 29;
    }
}

/// A map by number of a person, a building, a township.
pub type NumberMap<T> = HashMap<u32, T, BuildHasherDefault<ByNumber>>;

/// All records.
#[derive(Debug, Clone)]
pub struct People {
    /// Who has a record, or lives in a zone: one look says that nothing holds somebody.
    pub marked: Marks,
    /// Who is restricted or dead: where everybody of a house is asked for, a look here spares many into the records.
    away: Marks,
    /// Number of each person's record plus one; 0 of those who have none. Zeroed by the operating system page by page as it is touched.
    numbers: Vec<u32>,
    records: Vec<Record>,
    /// Changes of the day that was lived last, in the order in which they happened.
    changed: Vec<Change>,
    /// Once the day is over: for each hash of a person the first change of those who have it; a power of two of them, or none.
    first: Vec<u32>,
}

/// A change of somebody's stay.
#[derive(Debug, Clone)]
struct Change {
    person: u32,
    /// When the stay before ended.
    ended: f32,
    /// The next change of a person with the same hash; [`NO_CHANGE`] after the last.
    next: u32,
    /// The stay before.
    before: Stay,
}

/// The number of no change.
const NO_CHANGE: u32 = u32::MAX;

/// A hash of a person (see [`ByNumber`]) below a power of two.
#[inline]
fn hash(person: u32, below: usize) -> usize {
    let mut hasher = ByNumber::default();
    hasher.write_u32(person);
    (hasher.finish() >> 32) as usize & (below - 1)
}

/// Makes room for one more without ever holding much more than there is.
fn room_for_one<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 8 + 1024);
    }
}

impl People {
    /// Nobody of so many.
    pub fn new(people: u32) -> Self {
        Self {
            marked: Marks::new(people),
            away: Marks::new(people),
            numbers: vec![0; people as usize],
            records: Vec::new(),
            changed: Vec::new(),
            first: Vec::new(),
        }
    }
    /// The record, if there is one.
    #[inline]
    pub fn get(&self, person: u32) -> Option<&Record> {
        if self.marked.has(person) { self.recorded(person) } else { None }
    }
    /// The record of someone who most probably has one: a look less.
    #[inline]
    pub fn recorded(&self, person: u32) -> Option<&Record> {
        self.numbers[person as usize].checked_sub(1).map(|n| &self.records[n as usize])
    }
    /// Reads the records of these people, no look waiting for another, so that they are near when their turn comes.
    pub fn fetch(&self, people: impl Iterator<Item = u32> + Clone) {
        let numbers = people.clone().fold(0, |sum: u32, p| sum.wrapping_add(self.numbers[p as usize]));
        let records = people.filter_map(|p| self.recorded(p)).fold(numbers, |sum, r| sum.wrapping_add(u32::from(r.serial)));
        std::hint::black_box(records);
    }
    /// The record, which is made if there is none.
    pub fn of(&mut self, person: u32) -> &mut Record {
        let number = &mut self.numbers[person as usize];
        if *number == 0 {
            self.marked.mark(person);
            room_for_one(&mut self.records);
            self.records.push(Record::NEW);
            *number = self.records.len() as u32;
        }
        let at = *number as usize - 1;
        &mut self.records[at]
    }
    /// The stay of a person now.
    #[inline]
    pub fn stay(&self, person: u32) -> Stay {
        self.get(person).map_or(Stay::Free, Record::stay)
    }
    /// Whether a person is neither restricted nor dead now.
    #[inline]
    pub fn is_at_large(&self, person: u32) -> bool {
        !self.away.has(person)
    }
    /// Changes the stay at a time of the day that is lived.
    pub fn enter(&mut self, person: u32, time: Time, stay: Stay) {
        let record = self.of(person);
        let old = std::mem::replace(&mut record.stay, stay);
        record.since = time as f32;
        record.serial = record.serial.wrapping_add(1);
        match (old.is_at_large(), stay.is_at_large()) {
            (true, false) => self.away.mark(person),
            (false, true) => self.away.clear(person),
            _ => {}
        }
        self.changed.push(Change { person, ended: time as f32, next: NO_CHANGE, before: old });
    }
    /// What was until a time is booked.
    pub fn booked(&mut self, person: u32, until: Time) {
        self.of(person).since = until as f32;
    }
    /// A new day: of the one before only the last stays matter.
    pub fn new_day(&mut self) {
        self.changed.clear();
        self.first.clear();
    }
    /// The day is over.
    pub fn end_day(&mut self) {
        let size = self.changed.len().next_power_of_two();
        self.first.resize(size, NO_CHANGE);
        // From the last to the first, so that each list is in the order in which things happened. Sorting would cost several times as much; few are ever asked for.
        for (number, change) in self.changed.iter_mut().enumerate().rev() {
            change.next = std::mem::replace(&mut self.first[hash(change.person, size)], number as u32);
        }
    }
    /// The stay at a time of the day that is over.
    #[inline]
    pub fn stay_at(&self, person: u32, time: Time) -> Stay {
        let Some(record) = self.get(person) else { return Stay::Free };
        let time = time as f32;
        if time >= record.since {
            return record.stay;
        }
        let link = |number: u32| self.changed.get(number as usize);
        let first = self.first.get(hash(person, self.first.len().max(1)));
        let mut with_hash = std::iter::successors(first.and_then(|n| link(*n)), |change| link(change.next));
        with_hash.find(|c| c.person == person && time < c.ended).map_or(record.stay, |c| c.before)
    }
    /// Everyone with a record.
    pub fn persons(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.numbers).filter(|(_, n)| **n != 0).map(|(person, _)| person)
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.marked.bytes()
            + self.away.bytes()
            + self.records.capacity() * size_of::<Record>()
            + self.changed.capacity() * size_of::<Change>()
            + (self.numbers.capacity() + self.first.capacity()) * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::hours;

    #[test]
    fn a_record_is_small() {
        assert_eq!(size_of::<Record>(), 28);
    }

    #[test]
    fn a_stay_is_known_at_any_time_of_the_day() {
        let mut people = People::new(10);
        assert_eq!(people.stay(3), Stay::Free);
        [(2.2, Stay::Recalled), (2.6, Stay::CaseAtHome), (2.9, Stay::Shelter)].into_iter().for_each(|(t, stay)| people.enter(3, t, stay));
        people.end_day();
        let at = |t: f64| people.stay_at(3, t);
        let wanted = [(2.0, Stay::Free), (2.3, Stay::Recalled), (2.7, Stay::CaseAtHome), (2.95, Stay::Shelter), (9.0, Stay::Shelter)];
        wanted.into_iter().for_each(|(t, stay)| assert_eq!(at(t), stay, "{t}"));
    }

    #[test]
    fn whoever_is_neither_restricted_nor_dead_is_at_large() {
        let mut people = People::new(1);
        for (from, to) in Stay::ALL.into_iter().flat_map(|from| Stay::ALL.map(|to| (from, to))) {
            for stay in [from, to] {
                people.enter(0, 1.0, stay);
                assert_eq!(people.is_at_large(0), matches!(stay, Stay::Free | Stay::Watched), "{from:?} {to:?}");
            }
        }
    }

    /// Many change in turn, so that people share hashes: each has its own stays, and none of the day before.
    #[test]
    fn stays_of_many_are_kept_apart() {
        let stays = [Stay::Quarantined, Stay::Central, Stay::Free];
        let mut people = People::new(1_000);
        for day in 0..2 {
            people.new_day();
            let begin = f64::from(day);
            for (hour, stay) in (1..).zip(stays) {
                (day..1_000).step_by(3).for_each(|p| people.enter(p, begin + hours(f64::from(hour)), stay));
            }
            people.end_day();
            for person in 0..1_000 {
                let at = |hour: f64| people.stay_at(person, begin + hours(hour));
                let wanted = if person % 3 == day { stays } else { [Stay::Free; 3] };
                assert_eq!([at(0.5), at(1.5), at(2.5), at(3.5)], [Stay::Free, wanted[0], wanted[1], wanted[2]], "{person} on {day}");
            }
        }
    }
}
