//! A population from its description and a seed, township by township, on any number of threads with the same result.

mod households;
mod plan;
mod seats;
mod shuffle;
mod township;

use super::builder::activity_by_year;
use super::{Cuts, Description, DescriptionError, LEVELS, NO_SEAT, Person, Population, Role, Travel};
use crate::random::Key;
use plan::TownshipPlan;
use seats::Seats;
use township::{Drawn, Tables};

/// What is drawn, so that no two things are drawn from one key.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Plan = 1,
    Township,
    Seats,
}

fn key(seed: u64, purpose: Purpose) -> Key {
    // Not the keys of a run of the same seed, which begin with persons.
    Key::new(seed).with(1 << 40).with(purpose as u64)
}

impl Description {
    /// Everyone, on so many threads.
    ///
    /// # Errors
    /// If a value of the description is impossible; see [`Description::check`].
    pub fn generate(&self, seed: u64, threads: usize) -> Result<Population, DescriptionError> {
        self.check()?;
        let plans = plan::plan(self, seed);
        let n = u32::try_from(plans.len()).ok().filter(|n| *n <= u32::from(u16::MAX));
        let n = n.ok_or(DescriptionError::Impossible("townships: more than 65,535"))?;
        let sizes: Vec<f64> = plans.iter().map(|p| p.people.len() as f64).collect();
        let at: Vec<[f64; 2]> = plans.iter().map(|p| p.at).collect();
        let within: Vec<f64> = plans.iter().map(|p| p.within).collect();
        let travel = Travel::gravity(&sizes, &at, &within, self.society.travel.scale_km, self.society.travel.power);
        let tables = Tables::new(&self.society, &travel, seed);

        let mut people = vec![Person::default(); self.divisions.people as usize];
        let parts = split(&mut people, plans.iter().map(|p| p.people.len()));
        let jobs: Vec<_> = (0..n).zip(&plans).zip(parts).collect();
        let drawn = parallel(threads, jobs, |((index, plan), people)| township::draw(&tables, index, plan, n, people));

        // Those who go from a township to another come after those from the townships before it.
        let mut before = vec![0u32; (n * n) as usize];
        let mut workers = vec![0u32; n as usize];
        for (from, d) in drawn.iter().enumerate() {
            for to in 0..n as usize {
                before[from * n as usize + to] = workers[to];
                workers[to] += d.to[to + 1] - d.to[to];
            }
        }
        let jobs: Vec<_> = (0..n).zip(&plans).zip(drawn.iter().zip(&workers)).collect();
        let seats = parallel(threads, jobs, |((index, plan), (d, workers))| {
            let own = &people[plan.people.start as usize..plan.people.end as usize];
            Seats::new(&tables, index, plan, own, d.residents, *workers)
        });
        let seated = Seated { plans: &plans, drawn: &drawn, seats: &seats, before: &before, tables: &tables };
        let (seat_of, members) = seated.fill(&mut people, threads);
        let (cells, sites) = seated.cuts();
        let homes = homes(drawn, self.divisions.people);
        let contacts = self.society.contacts;
        let activity = activity_by_year(&contacts);
        Ok(Population { people, seats: seat_of, members, cells, sites, homes, travel, contacts, activity })
    }
}

/// Joins the starts of all townships.
fn homes(mut drawn: Vec<Drawn>, people: u32) -> [Cuts; LEVELS] {
    std::array::from_fn(|level| {
        let mut all = Vec::with_capacity(drawn.iter().map(|d| d.starts[level].len()).sum::<usize>() + 1);
        drawn.iter_mut().for_each(|d| all.append(&mut std::mem::take(&mut d.starts[level])));
        Cuts::new(all, people)
    })
}

/// All townships with their seats.
struct Seated<'a> {
    plans: &'a [TownshipPlan<'a>],
    drawn: &'a [Drawn],
    seats: &'a [Seats],
    before: &'a [u32],
    tables: &'a Tables<'a>,
}

impl Seated<'_> {
    /// First seat of each township, then the end.
    fn firsts(&self) -> Vec<u32> {
        let ends = self.seats.iter().scan(0, |sum, s| {
            *sum += s.number;
            Some(*sum)
        });
        std::iter::once(0).chain(ends).collect()
    }

    fn cuts(&self) -> (Cuts, Cuts) {
        let firsts = self.firsts();
        let end = firsts[self.seats.len()];
        let join = |of: fn(&Seats) -> &Vec<u32>| {
            let mut all = Vec::with_capacity(self.seats.iter().map(|s| of(s).len()).sum::<usize>() + 1);
            self.seats.iter().zip(&firsts).for_each(|(s, first)| all.extend(of(s).iter().map(|start| first + start)));
            Cuts::new(all, end)
        };
        (join(|s| &s.cells), join(|s| &s.sites))
    }

    /// The seat of each person, and who sits on each seat.
    fn fill(&self, people: &mut [Person], threads: usize) -> (Vec<u32>, Vec<u32>) {
        let firsts = self.firsts();
        let mut seat_of = vec![NO_SEAT; people.len()];
        let mut members = vec![0; firsts[self.seats.len()] as usize];
        let sizes = || self.plans.iter().map(|p| p.people.len());
        let parts = split(people, sizes()).into_iter().zip(split(&mut seat_of, sizes()));
        let parts = parts.zip(split(&mut members, self.seats.iter().map(|s| s.number as usize)));
        let jobs: Vec<_> = parts.enumerate().collect();
        parallel(threads, jobs, |(index, ((people, seat_of), members))| {
            self.fill_one(index, &firsts, (people, seat_of, members));
        });
        (seat_of, members)
    }

    fn fill_one(&self, index: usize, firsts: &[u32], (people, seat_of, members): (&mut [Person], &mut [u32], &mut [u32])) {
        let (plan, drawn, seats, n) = (&self.plans[index], &self.drawn[index], &self.seats[index], self.plans.len());
        let start = plan.people.start;
        seats.seat_own(self.tables.society, plan, drawn, people, |person, seat| {
            seat_of[(person - start) as usize] = firsts[index] + seat;
            members[seat as usize] = person;
        });
        // Where the people of this township work.
        for (to, there) in self.seats.iter().enumerate() {
            let mine = &drawn.workers[drawn.to[to] as usize..drawn.to[to + 1] as usize];
            for (k, person) in (self.before[index * n + to]..).zip(mine) {
                let (role, seat) = there.worker(k);
                let local = (person - start) as usize;
                seat_of[local] = firsts[to] + seat;
                if role != Role::Worker {
                    people[local] = people[local].with_role(role);
                }
            }
        }
        // Who works in this township.
        for (from, other) in self.drawn.iter().enumerate() {
            let theirs = &other.workers[other.to[index] as usize..other.to[index + 1] as usize];
            for (k, person) in (self.before[from * n + index]..).zip(theirs) {
                members[seats.worker(k).1 as usize] = *person;
            }
        }
    }
}

/// Cuts a slice into parts of these lengths.
fn split<T>(mut all: &mut [T], lengths: impl Iterator<Item = usize>) -> Vec<&mut [T]> {
    let parts = lengths.map(|n| {
        let (part, rest) = std::mem::take(&mut all).split_at_mut(n);
        all = rest;
        part
    });
    parts.collect()
}

/// Does all jobs on so many threads; the answers come in the order of the jobs.
fn parallel<J: Send, R: Send>(threads: usize, jobs: Vec<J>, work: impl Fn(J) -> R + Sync) -> Vec<R> {
    let threads = threads.clamp(1, jobs.len().max(1));
    if threads == 1 {
        return jobs.into_iter().map(work).collect();
    }
    let part = jobs.len().div_ceil(threads);
    let mut jobs = jobs.into_iter();
    let parts: Vec<Vec<J>> = (0..threads).map(|_| jobs.by_ref().take(part).collect()).collect();
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || part.into_iter().map(work).collect::<Vec<R>>())).collect();
        running.into_iter().flat_map(|r| r.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
