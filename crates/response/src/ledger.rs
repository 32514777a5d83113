//! What a response costs, and who bears it.

use crate::people::Stay;
use crate::time::Time;
use quell_epidemic::population::{Level, Person, Population, Role};
use serde::Serialize;

/// Ages in tens; the last for 80 and over.
pub const AGES: usize = 9;

/// Kinds of burden beyond those of [`Stay`].
pub const ZONE: usize = crate::people::STAYS;
/// Everyone in a township that stands still.
pub const STANDSTILL: usize = ZONE + 1;
/// How many kinds.
pub const BURDENS: usize = STANDSTILL + 1;

/// The name of a kind of burden.
pub fn burden(kind: usize) -> &'static str {
    match kind {
        ZONE => "risk_zone",
        STANDSTILL => "standstill",
        stay => Stay::ALL[stay.min(ZONE - 1)].name(),
    }
}

/// Visits to a clinic that a person makes in a year: 8.42 billion by 1.41 billion people in 2022 (National Health Commission, statistical bulletin of
/// 2022, from memory).
const VISITS_A_YEAR: f64 = 5.97;
/// Of seven days five are school days.
const SCHOOL_DAYS: f64 = 5.0 / 7.0;

/// How many live where, by age; worked out once for a population and shared by all its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Census {
    /// People by township and age in tens.
    pub people: Vec<[u32; AGES]>,
    /// Pupils by township.
    pub pupils: Vec<u32>,
    /// Who works.
    pub force: Workforce,
}

/// Who works where, of all people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Workforce {
    /// Aged 18 to 59, at work or not.
    pub of_working_age: u32,
    /// In workplaces.
    pub workers: u32,
    /// In classes.
    pub teachers: u32,
    /// In nursing homes.
    pub carers: u32,
}

impl Census {
    /// Of a population.
    pub fn of(population: &Population) -> Self {
        let townships = population.homes(Level::Township);
        let n = townships.len() as usize;
        let mut census = Self { people: vec![[0; AGES]; n], pupils: vec![0; n], force: Workforce::default() };
        for township in 0..townships.len() {
            for person in townships.range(township) {
                let who = population.person(person);
                census.people[township as usize][decade(who)] += 1;
                census.pupils[township as usize] += u32::from(who.role() == Role::Pupil);
                census.force.add(who);
            }
        }
        census
    }
    /// People of a township.
    pub fn total(&self, township: u32) -> u32 {
        self.people[township as usize].iter().sum()
    }
}

/// Ten years of age.
pub fn decade(who: Person) -> usize {
    usize::from(who.age() / 10).min(AGES - 1)
}

/// What was spent until now.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Person-days by kind, township and age.
    held: Vec<[f64; AGES]>,
    townships: usize,
    school_days: f64,
    /// People swabbed, and tubes used.
    pub tests: u64,
    /// Tubes.
    pub tubes: u64,
    /// Of these, those that waited so long in a laboratory that they were thrown away.
    pub spoilt: f64,
    /// Infections that became severe.
    pub severe: u64,
    /// Deaths.
    pub deaths: u64,
    /// Contacts who were found and told.
    pub contacts: u64,
    /// Doses given.
    pub doses: u64,
}

impl Ledger {
    /// Nothing.
    pub fn new(townships: u32) -> Self {
        Self {
            held: vec![[0.0; AGES]; BURDENS * townships as usize],
            townships: townships as usize,
            school_days: 0.0,
            tests: 0,
            tubes: 0,
            spoilt: 0.0,
            severe: 0,
            deaths: 0,
            contacts: 0,
            doses: 0,
        }
    }
    /// A person was held for so many days.
    pub fn hold(&mut self, kind: usize, township: u32, who: Person, days: Time) {
        if days > 0.0 {
            self.held[kind * self.townships + township as usize][decade(who)] += days;
            if who.role() == Role::Pupil && Self::restricts(kind) {
                self.school_days += days * SCHOOL_DAYS;
            }
        }
    }
    /// A day on which a township stands still, or only its schools: those who are held for reasons of their own are left out.
    pub fn closed_day(&mut self, census: &Census, township: u32, held: u32, standstill: f64, schools: f64) {
        let people = census.total(township).max(1);
        let free = 1.0 - f64::from(held.min(people)) / f64::from(people);
        self.school_days += f64::from(census.pupils[township as usize]) * free * schools * SCHOOL_DAYS;
        let row = &mut self.held[STANDSTILL * self.townships + township as usize];
        for (days, n) in row.iter_mut().zip(census.people[township as usize]) {
            *days += f64::from(n) * free * standstill;
        }
    }
    /// Person-days of a kind.
    pub fn of(&self, kind: usize) -> f64 {
        self.rows(kind).iter().flatten().sum()
    }
    fn rows(&self, kind: usize) -> &[[f64; AGES]] {
        &self.held[kind * self.townships..(kind + 1) * self.townships]
    }
    fn restricts(kind: usize) -> bool {
        kind >= ZONE || Stay::ALL[kind].restricts()
    }
    fn restricting() -> impl Iterator<Item = usize> {
        (0..BURDENS).filter(|k| Self::restricts(*k))
    }
    /// The whole bill. `staff` are hours by kind of work.
    pub fn costs(&self, infections: u64, staff: StaffHours) -> Costs {
        let sum = |k: usize| self.of(k);
        let restricted: f64 = Self::restricting().map(sum).sum();
        let in_ward = sum(Stay::Hospital as usize) + sum(Stay::Shelter as usize);
        let by_age = std::array::from_fn(|age| Self::restricting().flat_map(|k| self.rows(k)).map(|row| row[age]).sum());
        let by_township = (0..self.townships).map(|t| Self::restricting().map(|k| self.rows(k)[t].iter().sum::<f64>()).sum()).collect();
        Costs {
            restriction_person_days: restricted,
            by_kind: Self::restricting().map(|k| (burden(k), sum(k))).collect(),
            by_age,
            by_township,
            shelter_bed_days: sum(Stay::Shelter as usize),
            hospital_bed_days: sum(Stay::Hospital as usize),
            isolation_room_days: sum(Stay::Central as usize),
            tests: self.tests,
            tubes: self.tubes,
            tubes_spoilt: self.spoilt.round() as u64,
            staff_hours: staff,
            school_days_lost: self.school_days,
            visits_missed: (restricted - in_ward).max(0.0) * VISITS_A_YEAR / 365.0,
            contacts_traced: self.contacts,
            doses: self.doses,
            infections,
            severe: self.severe,
            deaths: self.deaths,
        }
    }
}

/// Hours of work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct StaffHours {
    /// Samplers, each swab at the pace of a station; ways to those who are swabbed at home are not counted.
    pub sampling: f64,
    /// Laboratories.
    pub laboratory: f64,
    /// Investigators.
    pub investigation: f64,
    /// Calls to contacts.
    pub calls: f64,
    /// Seats in vehicles, as hours of a driver for four of them.
    pub transfer: f64,
    /// Wards and isolation sites.
    pub care: f64,
}

/// What a response cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Costs {
    /// Person-days in which somebody was not free.
    pub restriction_person_days: f64,
    /// The same by kind.
    pub by_kind: Vec<(&'static str, f64)>,
    /// The same by age in tens, the last for 80 and over.
    pub by_age: [f64; AGES],
    /// The same by township, in the population's order.
    pub by_township: Vec<f64>,
    /// Days in beds of shelter hospitals.
    pub shelter_bed_days: f64,
    /// Days in beds of designated hospitals.
    pub hospital_bed_days: f64,
    /// Days in rooms of isolation sites.
    pub isolation_room_days: f64,
    /// People swabbed, each time counted.
    pub tests: u64,
    /// Tubes.
    pub tubes: u64,
    /// Of these, those that waited so long in a laboratory that they were thrown away.
    pub tubes_spoilt: u64,
    /// Work.
    pub staff_hours: StaffHours,
    /// School days that pupils could not attend.
    pub school_days_lost: f64,
    /// Visits to a clinic that people could not make: those of all days of restriction outside hospitals, at the usual rate.
    pub visits_missed: f64,
    /// Contacts found and told.
    pub contacts_traced: u64,
    /// Doses of vaccine.
    pub doses: u64,
    /// Infections.
    pub infections: u64,
    /// Of these, severe.
    pub severe: u64,
    /// Deaths.
    pub deaths: u64,
}
