//! The zones that restrict those who live in them. Of a person only the smallest place around the home that is or was a zone is kept; so
//! whole cities can be closed and opened again by one row, and only a new zone makes its people be looked through once.

use quell_foundation::PlaceId;
use quell_store::views::ZoneRow;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Places that are or were zones, and the zones in force.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Zones {
    places: Vec<PlaceId>,
    numbers: HashMap<String, u32>,
    in_force: HashMap<PlaceId, ZoneRow>,
}

impl Zones {
    /// These are in force now; the places that are zones for the first time.
    pub fn set(&mut self, in_force: Vec<ZoneRow>) -> Vec<PlaceId> {
        let mut new = Vec::new();
        for z in &in_force {
            if !self.numbers.contains_key(z.place.as_str()) {
                self.places.push(z.place.clone());
                self.numbers.insert(z.place.as_str().to_owned(), self.places.len() as u32);
                new.push(z.place.clone());
            }
        }
        self.in_force = in_force.into_iter().map(|z| (z.place.clone(), z)).collect();
        new
    }

    /// The number of the smallest such place around a home; 0 if there is none.
    pub fn around(&self, home: &str) -> u32 {
        let mut here = Some(home).filter(|_| !self.numbers.is_empty());
        while let Some(place) = here {
            if let Some(n) = self.numbers.get(place) {
                return *n;
            }
            here = place.rsplit_once('.').map(|(above, _)| above);
        }
        0
    }

    /// The zones in force at the place of this number and above it.
    pub fn at(&self, number: u32) -> impl Iterator<Item = &ZoneRow> {
        let smallest = (number as usize).checked_sub(1).and_then(|i| self.places.get(i)).cloned();
        std::iter::successors(smallest, PlaceId::parent).filter_map(|p| self.in_force.get(&p))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use quell_foundation::Instant;
    use quell_protocol::ZoneLevel;

    fn zone(place: &str) -> ZoneRow {
        ZoneRow { place: PlaceId::new(place).unwrap(), level: ZoneLevel::High, since: Instant(0), until: None }
    }

    #[test]
    fn a_home_is_in_every_zone_around_it() {
        let mut z = Zones::default();
        assert_eq!(z.around("50.1.1"), 0);
        assert_eq!(z.set(vec![zone("50.1"), zone("50.1.2")]).len(), 2);
        let around = |z: &Zones, home| z.at(z.around(home)).map(|z| z.place.to_string()).collect::<Vec<_>>();
        assert_eq!(around(&z, "50.1.2.7"), ["50.1.2", "50.1"]);
        assert_eq!(around(&z, "50.1.2"), ["50.1.2", "50.1"]);
        assert_eq!(around(&z, "50.1.20"), ["50.1"]);
        assert!(around(&z, "50.10").is_empty() && around(&z, "50").is_empty());
        // The smallest was lifted: whoever has its number is still in the other.
        let number = z.around("50.1.2.7");
        assert!(z.set(vec![zone("50.1")]).is_empty());
        assert_eq!(z.at(number).map(|z| z.place.as_str().to_owned()).collect::<Vec<_>>(), ["50.1"]);
    }
}
