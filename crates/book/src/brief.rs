//! What the door must know of everyone who is swabbed: the few columns of a person that decide which tube. At a city's rate the
//! whole row costs three times as much to read, and is needed only where something else is open about the person.

use crate::act::Act;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::{Person, Registration, Roster};
use crate::state::State;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{Exposure, OccupationClass};
use std::collections::HashMap;
use std::sync::Arc;

/// A person in brief.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    /// Person.
    pub person_id: PersonId,
    /// Home.
    pub home: PlaceId,
    /// The place of the tally: the community of the home.
    pub place: PlaceId,
    /// Occupation.
    pub occupation: OccupationClass,
    /// What the person is exposed to.
    pub exposure: Exposure,
    /// Something is open about the person: the door must load and look at it.
    pub attention: bool,
}

impl From<&Person> for Brief {
    fn from(p: &Person) -> Self {
        Self {
            person_id: p.person_id,
            home: p.home.clone(),
            place: p.place.clone(),
            occupation: p.occupation,
            exposure: p.exposure,
            attention: p.attention,
        }
    }
}

/// The people of a slice who were loaded in brief; a row in the table of persons, which may have changed since, goes before.
#[derive(Debug, Clone, Default)]
pub struct Briefs(HashMap<PersonId, Known, foldhash::fast::RandomState>);

/// What was loaded of a person.
#[derive(Debug, Clone)]
struct Known {
    brief: Brief,
    /// On the roster of each of these rounds, neither waived nor missed, and without a registration when the slice began: as good as
    /// if the rows had been loaded.
    waits_in: Option<Arc<[RoundId]>>,
}

impl Briefs {
    /// Takes in those of another slice.
    pub(crate) fn absorb(&mut self, other: Briefs) {
        self.0.extend(other.0);
    }
    /// Empties them; the room they took is kept.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

impl State {
    /// Takes people into the slice in brief: these were asked for, and there are only those found.
    pub fn load_briefs<'a>(&mut self, asked: impl IntoIterator<Item = &'a PersonId>, found: impl IntoIterator<Item = Brief>) {
        self.briefs.0.extend(found.into_iter().map(|brief| (brief.person_id, Known { brief, waits_in: None })));
        let briefs = &self.briefs.0;
        self.persons.know_keys(asked.into_iter().filter(|p| !briefs.contains_key(p)));
    }

    /// Takes people into the slice of whom it is known that they are on the roster of each of these rounds, neither waived nor missed,
    /// and that none of them has a registration of theirs. What is in the slice already is newer and wins.
    pub fn load_waiting(&mut self, rounds: &[RoundId], people: impl IntoIterator<Item = Brief>) {
        let rounds: Arc<[RoundId]> = rounds.into();
        self.briefs.0.extend(people.into_iter().map(|brief| (brief.person_id, Known { brief, waits_in: Some(rounds.clone()) })));
    }

    /// The person's place on the roster of a round. Panics if this is a slice and it was not loaded.
    pub(crate) fn on_roster(&self, round: &RoundId, person: PersonId) -> Option<Roster> {
        let key = (round.clone(), person);
        if self.roster.known(&key).is_none()
            && let Some(Known { brief, waits_in: Some(rounds) }) = self.briefs.0.get(&person)
            && rounds.contains(round)
        {
            let (round, place) = (key.0, brief.place.clone());
            return Some(Roster { round, person_id: person, place, waived: None, decider: None, missed: false });
        }
        self.roster.get(&key).cloned()
    }

    /// The registrations of a person. Panics if this is a slice and they were not loaded.
    pub(crate) fn registrations_of(&self, person: PersonId) -> Vec<&Registration> {
        let group = Group::Person(person);
        match self.briefs.0.get(&person) {
            Some(Known { waits_in: Some(_), .. }) => self.registrations.loaded_group(&group),
            _ => self.registrations.group(&group),
        }
    }

    /// Everyone of whom the slice holds something that may have changed: the person, a place on a roster, a registration.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        let persons = self.persons.values().map(|p| p.person_id);
        persons.chain(self.roster.values().map(|r| r.person_id)).chain(self.registrations.values().map(|r| r.person_id))
    }

    /// The person in brief, or that there is none; nothing at all if neither was loaded.
    fn known_brief(&self, id: PersonId) -> Option<Option<Brief>> {
        match self.persons.known(&id) {
            Some(row) => Some(row.map(Brief::from)),
            None => self.briefs.0.get(&id).map(|k| Some(k.brief.clone())),
        }
    }

    /// The person in brief, as far as loaded: for the loader itself.
    pub(crate) fn loaded_brief(&self, id: PersonId) -> Option<Brief> {
        self.known_brief(id).flatten()
    }

    /// The person in brief, if there is one. Panics if this is a slice and the person was not loaded, not even in brief.
    pub fn brief(&self, id: PersonId) -> Option<Brief> {
        self.known_brief(id).unwrap_or_else(|| panic!("person {id} was not loaded, not even in brief"))
    }
}

/// The refusal for a person who is not in the book.
pub(crate) fn unknown_person(id: PersonId) -> Refusal {
    refuse!(
        "person.unknown",
        "person",
        "no person {id} in this book; list the person first (a walk-in: person_listed in the same submission)",
        "台账中没有人员 {id}，请先登记该人员（临时来检者在同一上报中先登记人员）"
    )
}

impl Act<'_> {
    /// The person in brief, or a refusal.
    pub(crate) fn brief(&self, id: PersonId) -> Result<Brief, Refusal> {
        self.s.brief(id).ok_or_else(|| unknown_person(id))
    }
}
