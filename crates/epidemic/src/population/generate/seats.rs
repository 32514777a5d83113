//! Schools, nursing homes and workplaces of one township: which seats there are, and who sits on them.

use super::plan::TownshipPlan;
use super::shuffle::Shuffle;
use super::township::{Drawn, Tables};
use super::{Purpose, key};
use crate::population::description::{Society, Stage};
use crate::population::{Person, Role};

/// The seats of a township, from its own first: classes, then the nursing home's floors, then workplaces. Within a class or floor first pupils or
/// residents, then those who work there.
#[derive(Debug, Clone)]
pub(super) struct Seats {
    /// Where cells and sites begin, counted from the township's first seat.
    pub cells: Vec<u32>,
    pub sites: Vec<u32>,
    pub number: u32,
    schools: Vec<Schools>,
    /// First of the classes' and floors' seats for those who work there, in the order in which they are given.
    staff: Vec<u32>,
    /// Of `staff`, how many are in classes.
    teachers: u32,
    /// First seat of the nursing home, first seat of the workplaces.
    care: u32,
    work: u32,
    shuffle: Shuffle,
}

/// Classes of one stage: for each school and age, where they begin and how many pupils and classes there are.
#[derive(Debug, Clone)]
struct Schools {
    from: u8,
    to: u8,
    /// Number of schools; a community belongs to one.
    number: u32,
    grades: Vec<Grade>,
}

/// The classes of one age at one school.
#[derive(Debug, Clone, Copy, Default)]
struct Grade {
    pupils: u32,
    classes: u32,
    first: u32,
    /// Teachers of a class.
    teachers: u32,
}

impl Grade {
    /// Seats before a class, from the grade's first.
    fn before(&self, class: u32) -> u32 {
        // The first pupils % classes of them have one pupil more.
        class * (self.pupils / self.classes + self.teachers) + class.min(self.pupils % self.classes)
    }
    /// The seat of the grade's k-th pupil.
    fn seat(&self, k: u32) -> u32 {
        self.first + self.before(k % self.classes) + k / self.classes
    }
}

/// Which school a community belongs to: schools divide the township along the numbers of its people.
fn catchment(community_start: u32, plan: &TownshipPlan<'_>, schools: u32) -> u32 {
    (u64::from(community_start - plan.people.start) * u64::from(schools) / plan.people.len().max(1) as u64) as u32
}

/// Calls with each pupil of a township and the community's first person.
fn pupils(plan: &TownshipPlan<'_>, people: &[Person], mut each: impl FnMut(u32, u8, u32)) {
    for community in &plan.communities {
        for person in community.people.clone() {
            let who = people[(person - plan.people.start) as usize];
            if who.role() == Role::Pupil {
                each(person, who.age(), community.people.start);
            }
        }
    }
}

impl Seats {
    /// The seats of a township in which `workers` people work.
    pub(super) fn new(tables: &Tables<'_>, index: u32, plan: &TownshipPlan<'_>, people: &[Person], residents: u32, workers: u32) -> Self {
        let own = key(tables.seed, Purpose::Seats).with(u64::from(index));
        let society = tables.society;
        let mut by_age = [0u32; 128];
        pupils(plan, people, |_, age, _| by_age[usize::from(age)] += 1);
        let mut schools: Vec<Schools> = society.schools.stages.iter().map(|stage| Schools::new(stage, &by_age)).collect();
        pupils(plan, people, |_, age, start| {
            if let Some(s) = schools.iter_mut().find(|s| (s.from..=s.to).contains(&age)) {
                let school = catchment(start, plan, s.number);
                s.grade(school, age).pupils += 1;
            }
        });
        let mut seats = Self {
            cells: Vec::new(),
            sites: Vec::new(),
            number: 0,
            schools,
            staff: Vec::new(),
            teachers: 0,
            care: 0,
            work: 0,
            shuffle: Shuffle::new(workers, own),
        };
        seats.classes(society, workers);
        seats.floors(society, residents, workers);
        seats.workplaces(society, workers, own);
        seats
    }

    fn classes(&mut self, society: &Society, workers: u32) {
        let mut at = 0;
        for (stage, schools) in society.schools.stages.iter().zip(&mut self.schools) {
            let ages = usize::from(stage.to - stage.from) + 1;
            for school in schools.grades.chunks_mut(ages) {
                if school.iter().any(|g| g.pupils > 0) {
                    self.sites.push(at);
                }
                for grade in school.iter_mut().filter(|g| g.pupils > 0) {
                    grade.first = at;
                    grade.classes = ((f64::from(grade.pupils) / f64::from(stage.class)).round() as u32).max(1);
                    // At most every third worker teaches: a place without workers has classes without teachers.
                    let wanted = grade.classes * stage.teachers;
                    grade.teachers = if (self.staff.len() as u32 + wanted) * 3 <= workers { stage.teachers } else { 0 };
                    for class in 0..grade.classes {
                        let (start, end) = (at + grade.before(class), at + grade.before(class + 1));
                        self.cells.push(start);
                        self.staff.extend(end - grade.teachers..end);
                    }
                    at += grade.before(grade.classes);
                }
            }
        }
        self.teachers = self.staff.len() as u32;
        self.care = at;
        self.number = at;
    }

    fn floors(&mut self, society: &Society, residents: u32, workers: u32) {
        let mut at = self.care;
        if residents > 0 {
            self.sites.push(at);
        }
        let mut left = residents;
        while left > 0 {
            let here = left.min(society.care.floor);
            let wanted = here.div_ceil(society.care.residents_per_carer);
            let carers = if (self.staff.len() as u32 + wanted) * 2 <= workers { wanted } else { 0 };
            self.cells.push(at);
            self.staff.extend(at + here..at + here + carers);
            at += here + carers;
            left -= here;
        }
        self.work = at;
        self.number = at;
    }

    fn workplaces(&mut self, society: &Society, workers: u32, own: super::Key) {
        let mut draws = own.with(1).draws();
        let (work, mut left) = (&society.work, workers - self.staff.len() as u32);
        let mut at = self.work;
        while left > 0 {
            let size = (1.0 - draws.unit()).powf(-1.0 / work.exponent).min(f64::from(work.largest)) as u32;
            let size = size.clamp(1, left);
            self.sites.push(at);
            let teams = size.div_ceil(work.team);
            self.cells.extend((0..teams).map(|t| at + size * t / teams));
            at += size;
            left -= size;
        }
        self.number = at;
    }

    /// The role and seat of the k-th of those who work here.
    #[inline]
    pub(super) fn worker(&self, k: u32) -> (Role, u32) {
        let slot = self.shuffle.to(k);
        match self.staff.get(slot as usize) {
            Some(seat) if slot < self.teachers => (Role::Teacher, *seat),
            Some(seat) => (Role::Carer, *seat),
            None => (Role::Worker, self.work + slot - self.staff.len() as u32),
        }
    }

    /// Seats the pupils and the residents of the nursing home; calls with each person and seat.
    pub(super) fn seat_own(
        &self,
        society: &Society,
        plan: &TownshipPlan<'_>,
        drawn: &Drawn,
        people: &[Person],
        mut each: impl FnMut(u32, u32),
    ) {
        let mut taken: Vec<Vec<u32>> = self.schools.iter().map(|s| vec![0; s.grades.len()]).collect();
        pupils(plan, people, |person, age, start| {
            if let Some((s, taken)) = self.schools.iter().zip(&mut taken).find(|(s, _)| (s.from..=s.to).contains(&age)) {
                let at = s.at(catchment(start, plan, s.number), age);
                each(person, s.grades[at].seat(taken[at]));
                taken[at] += 1;
            }
        });
        let (mut cell, first) = (self.cells.partition_point(|c| *c < self.care), plan.people.end - drawn.residents);
        for k in 0..drawn.residents {
            let within = k % society.care.floor;
            if k > 0 && within == 0 {
                cell += 1;
            }
            each(first + k, self.cells[cell] + within);
        }
    }
}

impl Schools {
    fn new(stage: &Stage, by_age: &[u32; 128]) -> Self {
        let pupils: u32 = by_age[usize::from(stage.from)..=usize::from(stage.to)].iter().sum();
        let number = ((f64::from(pupils) / f64::from(stage.class * stage.classes)).round() as u32).max(1);
        let grades = vec![Grade::default(); number as usize * (usize::from(stage.to - stage.from) + 1)];
        Self { from: stage.from, to: stage.to, number, grades }
    }
    fn at(&self, school: u32, age: u8) -> usize {
        school as usize * (usize::from(self.to - self.from) + 1) + usize::from(age - self.from)
    }
    fn grade(&mut self, school: u32, age: u8) -> &mut Grade {
        let at = self.at(school, age);
        &mut self.grades[at]
    }
}
