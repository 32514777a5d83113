//! The people and homes of one township, and where its workers go.

use super::households::{HouseholdTable, LARGEST};
use super::plan::{CommunityPlan, TownshipPlan};
use super::{Purpose, key};
use crate::population::description::{Layout, Society};
use crate::population::{LEVELS, OLDEST, Person, READINESS, Role, Travel};
use crate::random::{Draws, Key};

/// What all townships share.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    pub society: &'a Society,
    pub households: HouseholdTable,
    pub travel: &'a Travel,
    /// By age: up to where, of 2¹⁶, one is a pupil; from there up to where one works.
    chances: Vec<[u32; 2]>,
    pub seed: u64,
}

impl<'a> Tables<'a> {
    pub(super) fn new(society: &'a Society, travel: &'a Travel, seed: u64) -> Self {
        let chance = |age: u8| {
            let stage = society.schools.stages.iter().find(|s| (s.from..=s.to).contains(&age));
            let pupil = stage.map_or(0.0, |s| s.attending);
            let works = pupil + (1.0 - pupil) * crate::population::of_age(&society.work.employed, age);
            [pupil, works].map(|p| (p * 65_536.0) as u32)
        };
        let households = HouseholdTable::new(&society.ages, &society.households);
        Self { society, households, travel, chances: (0..=OLDEST).map(chance).collect(), seed }
    }
    fn role(&self, age: u8, sixteen_bits: u32) -> Role {
        let [pupil, works] = self.chances[usize::from(age)];
        if sixteen_bits < pupil {
            Role::Pupil
        } else if sixteen_bits < works {
            Role::Worker
        } else {
            Role::Home
        }
    }
}

/// What is known of a township after its people were drawn.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    /// Where households, units … begin.
    pub starts: [Vec<u32>; LEVELS],
    /// Workers by the township they work in: first all of the first, and so on; where each begins, then the end.
    pub workers: Vec<u32>,
    pub to: Vec<u32>,
    /// The last so many people live in the nursing home.
    pub residents: u32,
}

/// Draws the people of a township into `people`.
pub(super) fn draw(tables: &Tables<'_>, index: u32, plan: &TownshipPlan<'_>, townships: u32, people: &mut [Person]) -> Drawn {
    let own = key(tables.seed, Purpose::Township).with(u64::from(index));
    let mut starts: [Vec<u32>; LEVELS] = Default::default();
    starts[LEVELS - 1].push(plan.people.start);
    let size = plan.people.len() as u32;
    let last = plan.communities.last().map_or(0, |c| c.people.len() as u32);
    // The nursing home stands in the last community and leaves it one household at least.
    let residents = ((f64::from(size) * tables.society.care.residents).round() as u32).min(last / 2);
    for (number, community) in plan.communities.iter().enumerate() {
        let is_last = number + 1 == plan.communities.len();
        let end = community.people.end - if is_last { residents } else { 0 };
        starts[LEVELS - 2].push(community.people.start);
        let range = (community.people.start - plan.people.start) as usize..(end - plan.people.start) as usize;
        settle(tables, own.with(number as u64), community, &mut people[range], &mut starts);
    }
    let home = people.len() - residents as usize;
    nursing_home(tables, own, plan.people.end - residents, &mut people[home..], &mut starts);
    let (workers, to) = commute(tables, own, index, plan, townships, people);
    Drawn { starts, workers, to, residents }
}

/// Homes of a community, given out in the order of their addresses.
struct Dwellings<'a> {
    layout: &'a Layout,
    draws: Draws,
    /// Flats left in the unit, units in the building, buildings in the compound; flats of a unit of this building.
    left: [u32; 3],
    flats: u32,
}

impl Dwellings<'_> {
    fn between(&mut self, range: [u32; 2]) -> u32 {
        range[0] + self.draws.scaled(range[1] - range[0] + 1)
    }
    /// Takes the next home. Answers how many levels above the household begin anew with it, from the unit up.
    fn next(&mut self) -> usize {
        let [flats, units, buildings] = self.left;
        if flats > 0 {
            self.left[0] -= 1;
            return 0;
        }
        if units > 0 {
            self.left = [self.flats - 1, units - 1, buildings];
            return 1;
        }
        let (level, buildings) = if buildings > 0 { (2, buildings) } else { (3, self.between(self.layout.buildings)) };
        let floors = self.layout.floors[self.draws.scaled(self.layout.floors.len() as u32) as usize];
        self.flats = floors * self.between(self.layout.doors);
        let units = self.between(self.layout.units);
        self.left = [self.flats - 1, units - 1, buildings - 1];
        level
    }
}

fn settle(tables: &Tables<'_>, key: Key, community: &CommunityPlan<'_>, people: &mut [Person], starts: &mut [Vec<u32>; LEVELS]) {
    let mut draws = key.draws();
    let mut dwellings = Dwellings { layout: community.layout, draws: key.with(1).draws(), left: [0; 3], flats: 0 };
    let mut ages = [0; LARGEST];
    let mut at = 0;
    while at < people.len() {
        let start = community.people.start + at as u32;
        let n = tables.households.draw(people.len() - at, &mut draws, &mut ages);
        starts[..=dwellings.next()].iter_mut().for_each(|s| s.push(start));
        for (person, age) in people[at..at + n].iter_mut().zip(ages) {
            let bits = draws.bits();
            let readiness = (bits >> 58) as u8 % READINESS;
            *person = Person::new(age, tables.role(age, bits as u32 & 0xffff), readiness);
        }
        at += n;
    }
}

/// Two old people in a room, as many rooms on a floor as its residents need; a floor is a unit, the home a building of its own.
fn nursing_home(tables: &Tables<'_>, key: Key, first: u32, people: &mut [Person], starts: &mut [Vec<u32>; LEVELS]) {
    let mut draws = key.with(1 << 32).draws();
    let floor = tables.society.care.floor;
    for (k, person) in people.iter_mut().enumerate() {
        let (k, at) = (k as u32, first + k as u32);
        if k.is_multiple_of(floor) {
            let levels = if k == 0 { 4 } else { 2 };
            starts[..levels].iter_mut().for_each(|s| s.push(at));
        } else if (k % floor).is_multiple_of(2) {
            starts[0].push(at);
        }
        let age = if draws.scaled(2) == 0 { 65 + draws.scaled(15) } else { 80 + draws.scaled(16) };
        *person = Person::new(age as u8, Role::Resident, draws.scaled(u32::from(READINESS)) as u8);
    }
}

/// Where the workers go, sorted by township.
fn commute(tables: &Tables<'_>, key: Key, index: u32, plan: &TownshipPlan<'_>, townships: u32, people: &[Person]) -> (Vec<u32>, Vec<u32>) {
    let mut draws = key.with(1 << 33).draws();
    let workers = people.iter().enumerate().filter(|(_, p)| p.role() == Role::Worker);
    let chosen: Vec<(u32, u16)> =
        workers.map(|(k, _)| (plan.people.start + k as u32, tables.travel.choose(index, &mut draws) as u16)).collect();
    let mut to = vec![0; townships as usize + 1];
    chosen.iter().for_each(|(_, there)| to[usize::from(*there) + 1] += 1);
    (0..townships as usize).for_each(|t| to[t + 1] += to[t]);
    let mut next = to.clone();
    let mut sorted = vec![0; chosen.len()];
    for (person, there) in chosen {
        let slot = &mut next[usize::from(there)];
        sorted[*slot as usize] = person;
        *slot += 1;
    }
    (sorted, to)
}
