//! Vehicles and beds: how people come to where they should be.

use crate::events::What;
use crate::journal::Deed;
use crate::people::{NumberMap, Record, Stay, Whereabouts};
use crate::responder::Responder;
use crate::time::Time;
use quell_epidemic::Layer;
use quell_epidemic::kernel::{Gathering, World};

/// Who rides with whom on a day: contacts on their way to isolation sites, in the order in which they are picked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rides {
    people: Vec<u32>,
    /// Where each of them is in that order, the last time, once the day is over.
    places: NumberMap<u32>,
}

/// So many contacts ride together: every other seat of a minibus of eight. Assumption.
const TOGETHER: usize = 4;
/// How close contact is in a vehicle, relative to others: as at work. Assumption.
const CLOSE: f32 = 0.6;
/// Marks a group as a ride.
const RIDE: u64 = 1 << 63;

impl Rides {
    /// A new day.
    pub fn clear(&mut self) {
        self.people.clear();
        self.places.clear();
    }
    /// One more passenger.
    pub fn add(&mut self, person: u32) {
        self.people.push(person);
    }
    /// The day is over.
    pub fn end_day(&mut self) {
        self.places.extend(self.people.iter().copied().zip(0..));
    }
    /// The rides of a person.
    pub fn gathering(&self, person: u32, out: &mut Vec<Gathering>) {
        let Some(at) = self.places.get(&person) else { return };
        let first = *at as usize / TOGETHER * TOGETHER;
        let size = self.people.len().min(first + TOGETHER) - first;
        let contacts = size as f32 - 1.0;
        out.push(Gathering { layer: Layer::Vehicle, group: RIDE | first as u64, size: size as u32, contacts, intensity: CLOSE });
    }
    /// A passenger by number; none if the group is no ride.
    pub fn member(&self, group: u64, number: u32) -> Option<u32> {
        (group & RIDE != 0).then(|| self.people[(group & !RIDE) as usize + number as usize])
    }
}

impl Responder<'_> {
    /// Asks for a bed and a vehicle. A case for whom a shelter hospital is wanted and full waits at home; one who needs a hospital waits where it is.
    pub(crate) fn bring(&mut self, now: Time, person: u32, stay: Stay) {
        let serial = self.people.of(person).serial;
        self.write(now, || Deed::Wanted { person });
        let Some(beds) = self.facilities.of(stay) else { return };
        if beds.take() {
            self.ride(now, person, serial, stay);
        } else {
            beds.wait(person, serial);
        }
    }
    fn ride(&mut self, now: Time, person: u32, serial: u16, stay: Stay) {
        let begin = self.seats.begin(now);
        self.write(begin, || Deed::Rides { person, stay });
        self.agenda.put(begin + self.seats.takes() / 2.0, What::Arrives { person, serial, stay });
    }
    /// A bed is free: whoever waits longest and still needs it is brought there.
    pub(crate) fn next_in_line(&mut self, now: Time, stay: Stay) {
        while let Some((person, serial)) = self.facilities.of(stay).and_then(crate::queues::Beds::longest_waiting) {
            if self.still_wanted(person, serial, stay, now) {
                if let Some(beds) = self.facilities.of(stay) {
                    beds.take();
                }
                self.ride(now, person, serial, stay);
            }
        }
    }
    fn still_wanted(&self, person: u32, serial: u16, stay: Stay, now: Time) -> bool {
        let Some(record) = self.people.recorded(person) else { return false };
        match stay {
            _ if record.stay() == Stay::Dead => false,
            Stay::Central if record.case().is_none() => {
                record.serial == serial && record.quarantine().is_some_and(|q| q.central_until() > now)
            }
            // Between a shelter and a hospital a case moves; else only whoever is still where they waited.
            _ => record.case().is_some() && (record.serial == serial || stay == Stay::Hospital && record.stay() != Stay::Hospital),
        }
    }
    /// Stands at the door.
    pub(crate) fn arrives(&mut self, world: &World<'_>, now: Time, person: u32, serial: u16, stay: Stay) {
        if !self.still_wanted(person, serial, stay, now) {
            self.write(now, || Deed::CalledOff { person, stay });
            if let Some(beds) = self.facilities.of(stay) {
                beds.give_back();
            }
            self.next_in_line(now, stay);
            return;
        }
        let before = self.people.recorded(person).map_or(Stay::Free, Record::stay);
        self.enter(world, now, person, stay);
        if stay == Stay::Central {
            self.rides.add(person);
            return;
        }
        if let Some(case) = self.people.recorded(person).and_then(|r| r.case()) {
            let case = &mut self.cases[case as usize];
            case.admitted.get_or_insert(now);
            // The protocol counts from admission: whoever waited long for a bed, or is moved, begins anew.
            case.negatives = 0;
            case.test_from = now + self.rules.exit.map_or(0.0, |e| e.first);
        }
        self.vacate(now, before);
    }
    /// Leaves wherever the person is.
    pub(crate) fn leave(&mut self, world: &World<'_>, now: Time, person: u32, next: Stay) {
        let before = self.people.recorded(person).map_or(Stay::Free, Record::stay);
        self.enter(world, now, person, next);
        self.vacate(now, before);
    }
    fn vacate(&mut self, now: Time, before: Stay) {
        if before.whereabouts() == Whereabouts::Away && before != Stay::Dead {
            if let Some(beds) = self.facilities.of(before) {
                beds.give_back();
            }
            self.next_in_line(now, before);
        }
    }
    /// Further beds of the day.
    pub(crate) fn open_beds(&mut self, now: Time) {
        let more = self.means.opened_per_day;
        if more > 0 {
            self.facilities.shelter.open(more);
            self.facilities.rooms.open(more);
            self.next_in_line(now, Stay::Shelter);
            self.next_in_line(now, Stay::Central);
        }
    }
}
