//! The small world of a history: two communities, twelve people in five households (and two whom nobody has listed), a station to each
//! community, a laboratory, a shelter hospital, a designated hospital and an isolation site.

use quell_book::{Fact, PersonListed, PlaceKind, PlaceListed, Sex, Ward};
use quell_foundation::*;
use quell_protocol::{OccupationClass, PersonTag};
use std::collections::BTreeSet;

/// The county.
pub const ROOT: &str = "50.500237";
/// Its communities.
pub const COMMUNITIES: [&str; 2] = ["50.500237.101.001", "50.500237.101.002"];
/// Its stations, one to each community.
pub const STATIONS: [&str; 2] = ["50.500237.101.001.st1", "50.500237.101.002.st1"];
/// Its laboratory.
pub const LABORATORY: &str = "50.500237.lab1";
/// The places with beds: for the infected, for the severely ill, for contacts.
pub const FACILITIES: [&str; 3] = ["50.500237.fc1", "50.500237.h1", "50.500237.iso1"];
/// The households, and how many of the people live in each.
const HOUSEHOLDS: [(&str, usize); 5] = [
    ("50.500237.101.001.c1.b1.u1.101", 3),
    ("50.500237.101.001.c1.b1.u1.102", 2),
    ("50.500237.101.001.c1.b2.u1.101", 3),
    ("50.500237.101.002.c1.b1.u1.101", 2),
    ("50.500237.101.002.c1.b1.u1.102", 2),
];
/// People who are listed at first.
pub const PEOPLE: u32 = 12;
/// When every history begins.
pub const BEGIN: &str = "2022-11-26T06:00:00+08:00";

/// A place that is written in the source.
pub fn place(path: &str) -> PlaceId {
    PlaceId::new(path).unwrap_or_else(|_| unreachable!("a constant"))
}

/// The moment at which every history begins.
pub fn begin() -> Instant {
    BEGIN.parse::<EventTime>().map_or(Instant(0), |t| t.at)
}

/// Person `n`, from 1; those above [`PEOPLE`] are not listed at first.
pub fn person(n: u32) -> PersonId {
    PersonId(uuid::Uuid::from_u128(u128::from(n)))
}

/// Where person `n` lives.
pub fn home(n: u32) -> PlaceId {
    let mut left = (n.saturating_sub(1) % PEOPLE) as usize;
    for (household, people) in HOUSEHOLDS {
        if left < people {
            return place(household);
        }
        left -= people;
    }
    place(HOUSEHOLDS[0].0)
}

/// Who hands everything in.
pub const SENDER: &str = "keeper";

/// The fact that lists person `n`. The fifth is old, the sixth works in a closed loop, the ninth is pregnant.
pub fn listing(n: u32) -> PersonListed {
    PersonListed {
        person: person(n),
        name: format!("Person {n}"),
        sex: Sex::Unknown,
        born: (if n == 5 { "1940-02-03" } else { "1985-05-05" }).parse().ok(),
        home: home(n),
        id_number: Some(format!("9999991985050{n:05}")),
        identity: None,
        phone: None,
        occupation: if n == 6 { OccupationClass::ClosedLoop } else { OccupationClass::General },
        seen: None,
        tags: if n == 9 { BTreeSet::from([PersonTag::Pregnant]) } else { BTreeSet::new() },
    }
}

/// The facts that list the world.
pub fn facts() -> Vec<Fact> {
    let list = |path: &str, kind: PlaceKind, wards: &[(&str, u32)]| {
        let wards = wards.iter().map(|(ward, beds)| Ward { ward: (*ward).to_owned(), beds: *beds }).collect();
        Fact::from(PlaceListed { place: place(path), kind, name: kind.to_string(), name_en: None, wards })
    };
    let mut all: Vec<Fact> = COMMUNITIES.iter().map(|c| list(c, PlaceKind::Community, &[])).collect();
    all.extend(STATIONS.iter().map(|s| list(s, PlaceKind::Station, &[])));
    all.push(list(LABORATORY, PlaceKind::Laboratory, &[]));
    all.push(list(FACILITIES[0], PlaceKind::ShelterHospital, &[("A", 2), ("B", 1)]));
    all.push(list(FACILITIES[1], PlaceKind::DesignatedHospital, &[("A", 2)]));
    all.push(list(FACILITIES[2], PlaceKind::IsolationSite, &[("A", 3)]));
    all.extend((1..=PEOPLE).map(|n| Fact::from(listing(n))));
    all
}
