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

/// The schedule of a contact. Times are days since the start, kept to a third of a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quarantine {
    from: f32,
    central_until: f32,
    until: f32,
    /// The protocol's category: 0 close, 1 secondary.
    pub category: u8,
}

impl Quarantine {
    /// From its parts.
    pub fn new(from: Time, central_until: Time, until: Time, category: u8) -> Self {
        Self { from: from as f32, central_until: central_until as f32, until: until as f32, category }
    }
    /// When it began.
    pub fn from(&self) -> Time {
        f64::from(self.from)
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
            from: self.from.min(other.from),
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

/// What is known of one person: 32 bytes, half a line of the cache.
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
    quarantine: [f32; 3],
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
        quarantine: [0.0; 3],
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
        let [from, central_until, until] = self.quarantine;
        (self.category != NO_QUARANTINE).then_some(Quarantine { from, central_until, until, category: self.category })
    }
    /// Becomes a contact with this schedule, or is none any more.
    pub fn set_quarantine(&mut self, quarantine: Option<Quarantine>) {
        self.category = quarantine.map_or(NO_QUARANTINE, |q| q.category);
        self.quarantine = quarantine.map_or([0.0; 3], |q| [q.from, q.central_until, q.until]);
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
    /// Number of each person's record plus one; 0 of those who have none. Zeroed by the operating system page by page as it is touched.
    numbers: Vec<u32>,
    records: Vec<Record>,
    /// Changes of the day that was lived last: who, when the stay before ended, and which that was. By person once the day is over.
    changed: Vec<(u32, f32, Stay)>,
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
        Self { marked: Marks::new(people), numbers: vec![0; people as usize], records: Vec::new(), changed: Vec::new() }
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
        let numbers = people.clone().fold(0, |sum: u32, p| sum.wrapping_add(self.numbers[p as usize] + u32::from(self.marked.has(p))));
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
    /// Changes the stay at a time of the day that is lived.
    pub fn enter(&mut self, person: u32, time: Time, stay: Stay) {
        let record = self.of(person);
        let old = std::mem::replace(&mut record.stay, stay);
        record.since = time as f32;
        record.serial = record.serial.wrapping_add(1);
        self.changed.push((person, time as f32, old));
    }
    /// A new day: of the one before only the last stays matter.
    pub fn new_day(&mut self) {
        self.changed.clear();
    }
    /// The day is over.
    pub fn end_day(&mut self) {
        self.changed.sort_by_key(|(person, ..)| *person);
    }
    /// The stay at a time of the day that is over.
    #[inline]
    pub fn stay_at(&self, person: u32, time: Time) -> Stay {
        let Some(record) = self.get(person) else { return Stay::Free };
        let time = time as f32;
        if time >= record.since {
            return record.stay;
        }
        let first = self.changed.partition_point(|(p, ..)| *p < person);
        let own = self.changed[first..].iter().take_while(|(p, ..)| *p == person);
        own.copied().find(|(_, ended, _)| time < *ended).map_or(record.stay, |(_, _, stay)| stay)
    }
    /// Everyone with a record.
    pub fn persons(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.numbers).filter(|(_, n)| **n != 0).map(|(person, _)| person)
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.marked.bytes()
            + self.records.capacity() * size_of::<Record>()
            + self.changed.capacity() * size_of::<(u32, f32, Stay)>()
            + self.numbers.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_half_a_line_of_the_cache() {
        assert_eq!(size_of::<Record>(), 32);
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
}
