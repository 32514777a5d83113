//! A population from lists of people and groups, as a book or a test has them.

use super::{Contacts, Cuts, LEVELS, NO_SEAT, Person, Population, Role, Travel, of_age};

/// Where a household begins a new unit, building, …: the number of each level that it belongs to, from the unit up to the township.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Home {
    /// Unit.
    pub unit: u32,
    /// Building.
    pub building: u32,
    /// Compound.
    pub compound: u32,
    /// Community.
    pub community: u32,
    /// Township.
    pub township: u32,
}

/// Why lists do not make a population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Nobody.
    #[error("there is nobody")]
    Nobody,
    /// A household without members.
    #[error("household {0} has no members")]
    EmptyHousehold(usize),
    /// More than 2³² − 2 people.
    #[error("there are more than 4,294,967,294 people")]
    TooMany,
    /// A cell without members.
    #[error("a class, team or floor has no members")]
    EmptyCell,
    /// Someone sits twice.
    #[error("person {0} has two seats")]
    TwoSeats(u32),
    /// Someone in a cell is not there.
    #[error("person {0} sits in a group but is not on the list")]
    Unknown(u32),
}

/// Collects households and groups. Households come in the order of their homes: those of one unit together, and so on.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    people: Vec<Person>,
    starts: [Vec<u32>; LEVELS],
    at: Option<Home>,
    seats: Vec<(u32, Role)>,
    cells: Vec<u32>,
    sites: Vec<u32>,
    wrong: Option<BuildError>,
}

impl Builder {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// A household, with age and [`Person::readiness`] of each member. Answers the number of the first.
    pub fn household(&mut self, home: Home, members: &[(u8, u8)]) -> u32 {
        let first = self.people.len() as u32;
        if members.is_empty() {
            self.wrong = self.wrong.or(Some(BuildError::EmptyHousehold(self.starts[0].len())));
            return first;
        }
        let path = |h: Home| [h.unit, h.building, h.compound, h.community, h.township];
        self.starts[0].push(first);
        // A new unit begins where any level from the unit up changes, a new building where any from the building up does.
        for level in 0..LEVELS - 1 {
            if self.at.is_none_or(|at| path(at)[level..] != path(home)[level..]) {
                self.starts[level + 1].push(first);
            }
        }
        self.at = Some(home);
        self.people.extend(members.iter().map(|(age, readiness)| Person::new(*age, Role::Home, *readiness)));
        first
    }
    /// A site with its cells: who sits in each, as what.
    pub fn site<'a>(&mut self, cells: impl IntoIterator<Item = &'a [(u32, Role)]>) {
        let start = self.seats.len() as u32;
        for cell in cells {
            if cell.is_empty() {
                self.wrong = self.wrong.or(Some(BuildError::EmptyCell));
                continue;
            }
            self.cells.push(self.seats.len() as u32);
            self.seats.extend_from_slice(cell);
        }
        if self.seats.len() as u32 > start {
            self.sites.push(start);
        }
    }
    /// The population. People of a township travel as `travel` says, whose rows are the townships in their order; without it they stay.
    ///
    /// # Errors
    /// If there is nobody, a group is empty, or someone sits twice or is not there.
    pub fn build(mut self, contacts: Contacts, travel: Option<Travel>) -> Result<Population, BuildError> {
        let n = u32::try_from(self.people.len()).ok().filter(|n| *n < NO_SEAT).ok_or(BuildError::TooMany)?;
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        if n == 0 {
            return Err(BuildError::Nobody);
        }
        let mut seats = vec![NO_SEAT; n as usize];
        for (seat, (person, role)) in self.seats.iter().enumerate() {
            let own = seats.get_mut(*person as usize).ok_or(BuildError::Unknown(*person))?;
            if *own != NO_SEAT {
                return Err(BuildError::TwoSeats(*person));
            }
            *own = seat as u32;
            let who = &mut self.people[*person as usize];
            *who = who.with_role(*role);
        }
        let seated = self.seats.len() as u32;
        let homes = self.starts.map(|starts| Cuts::new(starts, n));
        let townships = homes[LEVELS - 1].len();
        let stay = || Travel::new(&vec![0.0; (townships * townships) as usize], townships);
        Ok(Population {
            people: self.people,
            seats,
            members: self.seats.into_iter().map(|(person, _)| person).collect(),
            cells: Cuts::new(self.cells, seated),
            sites: Cuts::new(self.sites, seated),
            homes,
            travel: travel.unwrap_or_else(stay),
            contacts,
            activity: activity_by_year(&contacts),
        })
    }
}

/// Activity of single years of age.
pub(super) fn activity_by_year(contacts: &Contacts) -> Vec<f32> {
    (0..=super::OLDEST).map(|age| of_age(&contacts.activity, age) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Level;

    fn contacts() -> Contacts {
        Contacts { unit: 1.0, school: [16.0; 9], work: 8.0, care: 8.0, market: 2.0, travel: 3.0, own_cell: 0.8, activity: [1.0; 9] }
    }

    #[test]
    fn homes_are_ranges() -> Result<(), BuildError> {
        let mut b = Builder::new();
        let home = |unit, community| Home { unit, community, ..Home::default() };
        b.household(home(0, 0), &[(30, 0), (31, 0), (4, 0)]);
        b.household(home(0, 0), &[(70, 1)]);
        b.household(home(1, 0), &[(20, 0)]);
        // Unit 1 again, but of another community: another unit.
        b.household(home(1, 1), &[(20, 0), (21, 0)]);
        b.site([&[(0, Role::Worker), (4, Role::Worker)][..], &[(5, Role::Worker)]]);
        let p = b.build(contacts(), None)?;
        assert_eq!(p.len(), 7);
        assert_eq!(p.around(Level::Household, 1), 0..3);
        assert_eq!(p.around(Level::Unit, 3), 0..4);
        assert_eq!(p.around(Level::Unit, 4), 4..5);
        assert_eq!(p.around(Level::Community, 4), 0..5);
        assert_eq!(p.around(Level::Township, 6), 0..7);
        assert_eq!(p.members(p.cells().around(p.seat(4).unwrap_or(9))), [0, 4]);
        assert_eq!(p.members(p.sites().around(0)), [0, 4, 5]);
        assert_eq!((p.person(3).readiness(), p.person(5).role(), p.seat(2)), (1, Role::Worker, None));
        // Two of a team of two, eight by the survey: one in the team, one elsewhere at work.
        assert!((p.daily(0, Layer::Work) - 2.0).abs() < 1e-12 && p.daily(2, Layer::Work) == 0.0);
        Ok(())
    }

    use crate::layer::Layer;

    #[test]
    fn lists_that_cannot_be_are_refused() {
        let one = || {
            let mut b = Builder::new();
            b.household(Home::default(), &[(30, 0)]);
            b
        };
        let seated = |seats: &[(u32, Role)]| {
            let mut b = one();
            b.site([seats]);
            b.build(contacts(), None)
        };
        assert_eq!(Builder::new().build(contacts(), None), Err(BuildError::Nobody));
        assert_eq!(seated(&[(1, Role::Worker)]), Err(BuildError::Unknown(1)));
        assert_eq!(seated(&[(0, Role::Worker), (0, Role::Pupil)]), Err(BuildError::TwoSeats(0)));
        assert_eq!(seated(&[]), Err(BuildError::EmptyCell));
        let mut b = one();
        b.household(Home::default(), &[]);
        assert_eq!(b.build(contacts(), None), Err(BuildError::EmptyHousehold(1)));
    }
}
