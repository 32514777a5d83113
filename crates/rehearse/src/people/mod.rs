//! People: households that fit the census, with names, numbers and what matters for their care.

pub mod census;
mod health;
mod household;
mod identity;
mod names;

pub use identity::identity_check_digit;

use crate::county::{CommunityPlan, Dwellings, PlaceRow};
use crate::kinds::Sex;
use health::Health;
use household::{Households, Member, OLDEST};
use identity::{Births, IdentityNumbers, phone};
use names::Names;
use quell_foundation::{Day, PersonId, PlaceId, Stream};
use quell_protocol::{OccupationClass, PersonTag};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Time in the id of the first resident: 2022-01-01T00:00:00Z in milliseconds; every further resident has one more.
const FIRST_ID_MS: u64 = 1_640_995_200_000;
/// From this age on people have a telephone of their own. Assumption.
const PHONE_FROM: u32 = 12;
/// Share of people from that age to 59 with a telephone number on the list. Assumption.
const PHONE_KNOWN: f64 = 0.97;
/// The same from 60 on. Assumption.
const PHONE_KNOWN_60: f64 = 0.80;

/// A made-up resident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    /// Time-ordered in the order of homes, so that neighbours have neighbouring ids.
    pub id: PersonId,
    /// The household (depth 8).
    pub home: PlaceId,
    /// Full name.
    pub name: String,
    /// Administrative sex.
    pub sex: Sex,
    /// Day of birth.
    pub born: Day,
    /// 18 characters with a correct GB 11643 check digit, under a prefix that is assigned to no county.
    pub identity_number: String,
    /// 11 digits from a range that is assigned to nobody; `None` for young children and where the list has none.
    pub phone: Option<String>,
    /// Occupation, as far as the protocol has rules for it.
    pub occupation: OccupationClass,
    /// What matters for care. `LivesAlone` marks every one-person household, `Elderly` everyone from 60, `Infant` everyone under 3.
    pub tags: BTreeSet<PersonTag>,
}

/// Everyone settled so far.
pub(crate) struct Populace {
    pub residents: Vec<Resident>,
    seed: u64,
    births: Births,
    numbers: IdentityNumbers,
}

/// The streams of one community.
struct Streams {
    names: Names,
    health: Health,
    births: Stream,
    ids: Stream,
}

impl Populace {
    pub(crate) fn new(seed: u64, as_of: Day, population: u32) -> Self {
        Self {
            residents: Vec::with_capacity(population as usize),
            seed,
            births: Births::new(as_of, OLDEST),
            numbers: IdentityNumbers::new(as_of),
        }
    }

    /// Fills a community with as many people as its plan says. The rows of its dwellings go to `places`.
    pub(crate) fn settle(&mut self, community: &CommunityPlan, places: &mut Vec<PlaceRow>) {
        let (seed, label) = (self.seed, community.id.as_str());
        let mut dwellings = Dwellings::new(seed, community);
        let mut households = Households::new(seed, label);
        let mut streams = Streams {
            names: Names::new(seed, label),
            health: Health::new(seed, label),
            births: Stream::named(seed, &format!("births {label}")),
            ids: Stream::named(seed, &format!("person ids {label}")),
        };
        let mut room = community.people;
        let mut members = Vec::with_capacity(8);
        while room > 0 {
            households.draw(room, &mut members);
            room -= members.len() as u32;
            let home = dwellings.next_home(places);
            let surname = streams.names.surname();
            let alone = members.len() == 1;
            members.iter().for_each(|member| self.admit(member, &home, surname, alone, &mut streams));
        }
    }

    fn admit(&mut self, member: &Member, home: &PlaceId, family: &str, alone: bool, streams: &mut Streams) {
        let ordinal = self.residents.len() as u64;
        let surname = if member.in_law { streams.names.surname() } else { family };
        let born = self.births.day(member.age, streams.births.below(365));
        let listed = match member.age {
            0..PHONE_FROM => 0.0,
            PHONE_FROM..60 => PHONE_KNOWN,
            _ => PHONE_KNOWN_60,
        };
        let resident = Resident {
            id: PersonId(streams.ids.uuid_v7(FIRST_ID_MS + ordinal)),
            home: home.clone(),
            name: streams.names.full(surname, member.sex),
            sex: member.sex,
            born,
            identity_number: self.numbers.next(born, member.sex),
            phone: streams.births.chance(listed).then(|| phone(ordinal)),
            occupation: streams.health.occupation(member.age),
            tags: streams.health.tags(member, alone),
        };
        self.residents.push(resident);
    }
}
