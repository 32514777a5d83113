//! Where work waits: staff, vehicles, beds, laboratories. Delays of a response come out of these.

use crate::means::{CARRIAGE_HOURS, KEEPS_HOURS, RUN_HOURS};
use crate::time::{Time, hours};
use std::collections::VecDeque;

/// People or vehicles that each do one thing at a time, first come, first served.
#[derive(Debug, Clone)]
pub struct Crew {
    /// When each is free, in ten-millionths of a day (whole numbers have an order), the next first. Work takes all the same time, so whoever begins last is nearly
    /// always the last to be free.
    free: VecDeque<i64>,
    takes: Time,
    done: u64,
}

const TICK: f64 = 1e7;

impl Crew {
    /// `number` of them, each of whom takes `takes` days for one piece of work.
    pub fn new(number: u32, takes: Time) -> Self {
        Self { free: (0..number.max(1)).map(|_| 0).collect(), takes, done: 0 }
    }
    /// Begins a piece of work that came in at a time as soon as someone is free. Answers when it begins.
    pub fn begin(&mut self, now: Time) -> Time {
        let free = self.free.pop_front().unwrap_or(0);
        let begin = now.max(free as f64 / TICK);
        let free = ((begin + self.takes) * TICK).ceil() as i64;
        if self.free.back().is_none_or(|last| *last <= free) {
            self.free.push_back(free);
        } else {
            self.free.insert(self.free.partition_point(|f| *f <= free), free);
        }
        self.done += 1;
        begin
    }
    /// When the next is free.
    pub fn free_at(&self) -> Time {
        self.free.front().map_or(0.0, |f| *f as f64 / TICK)
    }
    /// How long one piece of work takes, days.
    pub fn takes(&self) -> Time {
        self.takes
    }
    /// Hours worked until a time: what waits for its turn then is not done.
    pub fn hours(&self, until: Time) -> f64 {
        let waits: f64 = self.free.iter().map(|f| (*f as f64 / TICK - until).max(0.0)).sum();
        (self.done as f64 * self.takes - waits).max(0.0) * 24.0
    }
}

/// Beds of one kind, and who waits for one: person and the serial number of the stay that waits.
#[derive(Debug, Clone, Default)]
pub struct Beds {
    all: u32,
    taken: u32,
    waiting: VecDeque<(u32, u16)>,
}

impl Beds {
    /// So many.
    pub fn new(all: u32) -> Self {
        Self { all, ..Self::default() }
    }
    /// Takes one if there is one.
    pub fn take(&mut self) -> bool {
        let free = self.taken < self.all;
        self.taken += u32::from(free);
        free
    }
    /// Gives one back.
    pub fn give_back(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }
    /// Opens further ones.
    pub fn open(&mut self, more: u32) {
        self.all = self.all.saturating_add(more);
    }
    /// Waits for one.
    pub fn wait(&mut self, person: u32, serial: u16) {
        self.waiting.push_back((person, serial));
    }
    /// Who waits longest, if a bed is free.
    pub fn longest_waiting(&mut self) -> Option<(u32, u16)> {
        if self.taken < self.all { self.waiting.pop_front() } else { None }
    }
    /// Those who wait longest, up to a number.
    pub fn next_waiting(&self, number: usize) -> impl Iterator<Item = u32> + '_ {
        self.waiting.iter().take(number).map(|(person, _)| *person)
    }
    /// How many are taken (or on their way).
    pub fn taken(&self) -> u32 {
        self.taken
    }
    /// How many there are.
    pub fn all(&self) -> u32 {
        self.all
    }
}

/// The laboratories of one catchment as one: single tubes first, each in its turn; pooled tubes as a stream with what is left.
#[derive(Debug, Clone)]
pub struct Laboratory {
    /// Tubes a day.
    rate: f64,
    /// What one tube takes, days.
    each: Time,
    /// When the single tubes that are here are all on the bench.
    single_free: Time,
    /// Single tubes taken in on this day.
    today: (i64, u32),
    /// Single tubes of the day before.
    before: u32,
    /// Tubes that were thrown away since this was asked last.
    spoilt: f64,
    /// Pooled tubes that wait, at a time, and how many a day are tested besides single ones.
    backlog: (Time, f64),
    pooled_rate: f64,
}

/// Pooled tubes of one round on their way through a laboratory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batch {
    /// When the first comes in.
    from: Time,
    /// How long they come in, days.
    over: Time,
    /// How many.
    tubes: f64,
    /// Those already waiting then.
    ahead: f64,
    /// Tubes a day that are tested.
    rate: f64,
}

/// At least this share of a laboratory is left to pooled tubes, however many single ones come.
const LEAST_SHARE: f64 = 0.1;

impl Laboratory {
    /// One that tests so many tubes an hour.
    pub fn new(tubes_per_hour: f64) -> Self {
        Self {
            rate: tubes_per_hour * 24.0,
            each: 1.0 / (tubes_per_hour * 24.0),
            single_free: 0.0,
            today: (0, 0),
            before: 0,
            spoilt: 0.0,
            backlog: (0.0, 0.0),
            pooled_rate: tubes_per_hour * 24.0,
        }
    }
    /// A single tube swabbed at a time. Answers when its result is there; none if so many wait that it would spoil.
    pub fn single(&mut self, swabbed: Time) -> Option<Time> {
        let here = swabbed + hours(CARRIAGE_HOURS);
        self.book(here as i64, 1);
        let begin = here.max(self.single_free);
        if begin > swabbed + hours(KEEPS_HOURS) {
            self.spoilt += 1.0;
            return None;
        }
        self.single_free = begin + self.each;
        Some(begin + hours(RUN_HOURS))
    }
    /// Single tubes of people whose results change nothing, on a day.
    pub fn book(&mut self, day: i64, tubes: u32) {
        if day > self.today.0 {
            self.before = if day == self.today.0 + 1 { self.today.1 } else { 0 };
            self.today = (day, 0);
        }
        self.today.1 += tubes;
    }
    /// Pooled tubes that wait at a time.
    pub fn wait(&mut self, now: Time, tubes: f64) {
        self.backlog = (now, tubes);
    }
    /// Pooled tubes that are filled evenly over a time.
    pub fn batch(&mut self, from: Time, over: Time, tubes: f64) -> Batch {
        let singles = f64::from(self.before.max(self.today.1));
        let rate = (self.rate - singles).max(self.rate * LEAST_SHARE);
        let from = from + hours(CARRIAGE_HOURS);
        let ahead = self.waiting(from);
        self.pooled_rate = rate;
        let over = over.max(1e-3);
        // What would spoil before its turn is thrown away.
        let most = rate * hours(KEEPS_HOURS - CARRIAGE_HOURS);
        let left = ahead + tubes - rate * over;
        self.spoilt += (left - most).max(0.0);
        self.backlog = (from + over, left.clamp(0.0, most));
        Batch { from, over, tubes, ahead, rate }
    }
    /// Tubes that were thrown away because they had waited too long, since this was asked last.
    pub fn take_spoilt(&mut self) -> f64 {
        std::mem::take(&mut self.spoilt)
    }
    /// Pooled tubes that wait at a time.
    fn waiting(&self, now: Time) -> f64 {
        (self.backlog.1 - self.pooled_rate * (now - self.backlog.0).max(0.0)).max(0.0)
    }
    /// Hours that a pooled tube waits that comes in at a time.
    pub fn backlog_hours(&self, now: Time) -> f64 {
        self.waiting(now) / self.pooled_rate * 24.0
    }
    /// Hours that a single tube waits that comes in at a time.
    pub fn single_hours(&self, now: Time) -> f64 {
        (self.single_free - now).max(0.0) * 24.0
    }
}

impl Batch {
    /// When the result of a tube is there that was filled when this share of all had been; none if it spoils before its turn.
    pub fn result(&self, share: f64) -> Option<Time> {
        let here = self.from + share * self.over;
        // As a fluid: what came before it, less what was tested since the batch began.
        let ahead = (self.ahead + share * self.tubes - self.rate * share * self.over).max(0.0);
        let waits = ahead / self.rate;
        (waits <= hours(KEEPS_HOURS - CARRIAGE_HOURS)).then_some(here + waits + hours(RUN_HOURS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_waits_for_whoever_is_free() {
        let mut crew = Crew::new(2, 0.5);
        let begins: Vec<f64> = (0..5).map(|_| crew.begin(1.0)).collect();
        for (begin, wanted) in begins.iter().zip([1.0, 1.0, 1.5, 1.5, 2.0]) {
            assert!((begin - wanted).abs() < 1e-6, "{begins:?}");
        }
        assert!((crew.hours(9.0) - 60.0).abs() < 1e-4);
        // On the second day the two can have worked a day each, whatever waits.
        assert!((crew.hours(2.0) - 48.0).abs() < 1e-4, "{}", crew.hours(2.0));
    }

    /// Work that is planned for a later day holds up nobody who is free before.
    #[test]
    fn whoever_is_free_first_begins_first() {
        let mut crew = Crew::new(2, 0.5);
        let begins: Vec<f64> = [5.0, 1.0, 1.1, 1.2, 5.1].into_iter().map(|now| crew.begin(now)).collect();
        for (begin, wanted) in begins.iter().zip([5.0, 1.0, 1.5, 2.0, 5.1]) {
            assert!((begin - wanted).abs() < 1e-6, "{begins:?}");
        }
    }

    #[test]
    fn beds_are_not_taken_twice() {
        let mut beds = Beds::new(1);
        assert!(beds.take() && !beds.take());
        beds.wait(7, 1);
        assert_eq!(beds.longest_waiting(), None);
        beds.give_back();
        assert_eq!(beds.longest_waiting(), Some((7, 1)));
    }

    #[test]
    fn pooled_tubes_wait_when_more_come_than_are_tested() {
        let mut lab = Laboratory::new(100.0);
        // 1,800 tubes within six hours: 600 tested, 1,200 wait when the last comes.
        let batch = lab.batch(1.0, 0.25, 1_800.0);
        let idle = CARRIAGE_HOURS + RUN_HOURS;
        let result = |batch: Batch, share: f64| batch.result(share).unwrap_or(f64::NAN);
        assert!((result(batch, 0.0) - (1.0 + idle / 24.0)).abs() < 1e-9);
        assert!((result(batch, 1.0) - (1.25 + (idle + 12.0) / 24.0)).abs() < 1e-9);
        assert!((lab.backlog_hours(1.25 + hours(CARRIAGE_HOURS)) - 12.0).abs() < 1e-9);
        // The next round, twelve hours later, finds the bench free again.
        assert!((result(lab.batch(1.75, 0.25, 10.0), 0.0) - (1.75 + idle / 24.0)).abs() < 1e-9);
    }

    #[test]
    fn single_tubes_are_tested_first() {
        let mut lab = Laboratory::new(24.0);
        lab.batch(1.0, 0.1, 10_000.0);
        let first = lab.single(1.2).unwrap_or(f64::NAN);
        assert!((first - (1.2 + hours(CARRIAGE_HOURS + RUN_HOURS))).abs() < 1e-9);
        assert!(lab.single(1.2).is_some_and(|second| second > first));
    }

    /// A laboratory that is sent twice what it can test for a month is not a month late: what waits spoils, and a day without tubes makes a day good.
    #[test]
    fn tubes_do_not_wait_for_ever() {
        let mut lab = Laboratory::new(10.0);
        let mut tested = 0;
        for k in 0..30 * 480 {
            let swabbed = f64::from(k) / 480.0;
            if let Some(result) = lab.single(swabbed) {
                assert!(result - swabbed <= hours(KEEPS_HOURS + RUN_HOURS) + 1e-9);
                tested += 1;
            }
        }
        assert!((30 * 240..33 * 240 + 1).contains(&tested), "{tested}");
        assert!((lab.single_hours(30.0) - KEEPS_HOURS).abs() < 1.0 && lab.single_hours(32.0) < KEEPS_HOURS - 47.0);
        let pooled = Laboratory::new(10.0).batch(0.0, 0.5, 10_000.0);
        assert!(pooled.result(0.01).is_some() && pooled.result(1.0).is_none());
        // Of 480 tubes a day, 240 are tested; what waits is at most what three days can test.
        assert!((lab.take_spoilt() + f64::from(tested) - 30.0 * 480.0).abs() < 1.0 && lab.take_spoilt() == 0.0);
        let mut pooled = Laboratory::new(10.0);
        pooled.batch(0.0, 0.5, 10_000.0);
        assert!((pooled.take_spoilt() - (10_000.0 - 120.0 - 10.0 * (KEEPS_HOURS - CARRIAGE_HOURS))).abs() < 1.0);
    }
}
