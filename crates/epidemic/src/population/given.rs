//! A population whose homes are known and whose classes and workplaces are not: each person's seat is drawn as in a made-up population.

use super::{BuildError, Builder, Home, Population, Role, Society, Travel, of_age};
use crate::random::Key;

/// A person whose home is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Where the household is; people of one household have the same and follow each other.
    pub home: Home,
    /// A number for the household, the same for all its members.
    pub household: u32,
    /// Years lived.
    pub age: u8,
}

/// What is drawn, so that no two things are drawn from one key.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Readiness = 1,
    Attends,
    Works,
    Order,
    Sizes,
}

fn key(seed: u64, purpose: Purpose, number: u32) -> Key {
    Key::new(seed).with(1 << 41).with(purpose as u64).with(u64::from(number))
}

/// Share of contacts elsewhere that happen in the own township; the rest falls on the others by their people. An assumption, as nothing says where they lie.
const OWN_TOWNSHIP: f64 = 0.7;

impl Society {
    /// The population of these people, in their order, which is that of their homes. Pupils are taken into classes along the homes of their township; workers
    /// into workplaces of their township, drawn. Classes have their teachers from among the workers.
    ///
    /// # Errors
    /// If there is nobody, or there are too many.
    pub fn seat(&self, people: &[Given], seed: u64) -> Result<Population, BuildError> {
        let mut builder = Builder::new();
        let readiness = |n: usize| (key(seed, Purpose::Readiness, n as u32).draws().unit32() * f32::from(super::READINESS)) as u8;
        let mut at = 0;
        for household in people.chunk_by(|a, b| (a.home, a.household) == (b.home, b.household)) {
            let members: Vec<(u8, u8)> = household.iter().enumerate().map(|(k, p)| (p.age, readiness(at + k))).collect();
            builder.household(household[0].home, &members);
            at += household.len();
        }
        let mut first = 0;
        let mut sizes: Vec<f64> = Vec::new();
        for township in people.chunk_by(|a, b| a.home.township == b.home.township) {
            self.seat_township(&mut builder, township, first, seed);
            first += township.len() as u32;
            sizes.push(township.len() as f64);
        }
        builder.build(self.contacts, Some(travel(&sizes)))
    }

    fn seat_township(&self, builder: &mut Builder, people: &[Given], first: u32, seed: u64) {
        let numbered = || (first..).zip(people);
        let mut workers: Vec<u32> = numbered()
            .filter(|(n, p)| {
                !self.is_pupil(*n, p.age, seed) && key(seed, Purpose::Works, *n).draws().unit() < of_age(&self.work.employed, p.age)
            })
            .map(|(n, _)| n)
            .collect();
        workers.sort_unstable_by_key(|n| key(seed, Purpose::Order, *n).draws().bits());
        for stage in &self.schools.stages {
            let pupils = (stage.from..=stage.to)
                .map(|age| numbered().filter(|(n, p)| p.age == age && self.is_pupil(*n, age, seed)).map(|(n, _)| n).collect::<Vec<u32>>());
            let mut classes: Vec<Vec<(u32, Role)>> = Vec::new();
            for year in pupils.filter(|p| !p.is_empty()) {
                let number = ((year.len() as f64 / f64::from(stage.class)).round() as usize).max(1);
                for class in year.chunks(year.len().div_ceil(number)) {
                    let mut seats: Vec<(u32, Role)> = class.iter().map(|p| (*p, Role::Pupil)).collect();
                    // At most every third worker teaches.
                    let teachers = if workers.len() > 2 * stage.teachers as usize { stage.teachers as usize } else { 0 };
                    seats.extend(workers.drain(workers.len() - teachers..).map(|w| (w, Role::Teacher)));
                    classes.push(seats);
                }
            }
            for school in classes.chunks(stage.classes as usize) {
                builder.site(school.iter().map(Vec::as_slice));
            }
        }
        let mut draws = key(seed, Purpose::Sizes, first).draws();
        let mut left = workers.as_slice();
        while !left.is_empty() {
            let size = (1.0 - draws.unit()).powf(-1.0 / self.work.exponent).min(f64::from(self.work.largest)) as usize;
            let (here, rest) = left.split_at(size.clamp(1, left.len()));
            let seats: Vec<(u32, Role)> = here.iter().map(|w| (*w, Role::Worker)).collect();
            let teams = here.len().div_ceil(self.work.team as usize);
            builder.site(seats.chunks(here.len().div_ceil(teams)));
            left = rest;
        }
    }
    fn is_pupil(&self, person: u32, age: u8, seed: u64) -> bool {
        let stage = self.schools.stages.iter().find(|s| (s.from..=s.to).contains(&age));
        stage.is_some_and(|s| key(seed, Purpose::Attends, person).draws().unit() < s.attending)
    }
}

/// Who goes where, when only the numbers of people are known.
fn travel(people: &[f64]) -> Travel {
    let n = people.len();
    let all: f64 = people.iter().sum();
    let weight = |from: usize, to: usize| match (from == to, all - people[from]) {
        (true, others) if others <= 0.0 => 1.0,
        (true, _) => OWN_TOWNSHIP,
        (false, others) => (1.0 - OWN_TOWNSHIP) * people[to] / others,
    };
    let weights: Vec<f64> = (0..n * n).map(|cell| weight(cell / n, cell % n)).collect();
    Travel::new(&weights, n as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Layer;
    use crate::population::{Level, preset};

    /// A made-up town, of which only the homes and ages are handed on, comes out as it was: as many pupils, workers and contacts.
    #[test]
    fn a_town_known_by_its_homes_is_a_town() -> Result<(), BuildError> {
        let Some(description) = preset("town") else { return Err(BuildError::Nobody) };
        let Ok(made) = description.generate(3, 1) else { return Err(BuildError::Nobody) };
        let find = |level: Level, n: u32| made.homes(level).find(n);
        let people: Vec<Given> = (0..made.len())
            .map(|n| Given {
                home: Home {
                    unit: find(Level::Unit, n),
                    building: find(Level::Building, n),
                    compound: find(Level::Compound, n),
                    community: find(Level::Community, n),
                    township: find(Level::Township, n),
                },
                household: find(Level::Household, n),
                age: made.person(n).age(),
            })
            .collect();
        let given = description.society.seat(&people, 3)?;
        assert_eq!(given.len(), made.len());
        for level in [Level::Household, Level::Unit, Level::Building, Level::Community, Level::Township] {
            assert_eq!(given.homes(level).len(), made.homes(level).len(), "{level:?}");
        }
        let share = |p: &Population, roles: &[Role]| {
            (0..p.len()).filter(|n| roles.contains(&p.person(*n).role())).count() as f64 / f64::from(p.len())
        };
        for roles in [&[Role::Pupil][..], &[Role::Worker, Role::Teacher, Role::Carer]] {
            let (a, b) = (share(&given, roles), share(&made, roles));
            assert!((a - b).abs() < 0.02, "{roles:?}: {a} instead of {b}");
        }
        let met = |p: &Population, layer: Layer| (0..p.len()).map(|n| p.daily(n, layer)).sum::<f64>() / f64::from(p.len());
        for layer in [Layer::Household, Layer::Unit, Layer::School, Layer::Work] {
            let (a, b) = (met(&given, layer), met(&made, layer));
            assert!((a - b).abs() < 0.1 * b, "{layer:?}: {a} instead of {b}");
        }
        Ok(())
    }
}
