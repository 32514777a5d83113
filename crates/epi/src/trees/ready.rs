//! How readily each case infects one more, and who is drawn by that: first a day, then a case of the day, so that nobody looks at all cases.

use crate::random::Random;

/// So many cases of a day are not looked at one after the other to draw one.
const MANY: usize = 64;
/// After so many vain tries to draw one, all of them are looked at.
const TRIES: usize = 64;

/// The readiness of all cases.
pub(super) struct Ready {
    of_case: Vec<f64>,
    /// Their sums by the day of onset, the last day first, so that days before an onset follow each other.
    by_day: Vec<f64>,
    of_day: Vec<Vec<u32>>,
    /// No case of the day is readier.
    most: Vec<f64>,
}

impl Ready {
    pub fn new(cases: usize, days: usize) -> Self {
        Self { of_case: vec![0.0; cases], by_day: vec![0.0; days], of_day: vec![Vec::new(); days], most: vec![0.0; days] }
    }
    /// Each case as ready as this says, on the day of its onset.
    pub fn set(&mut self, onset: &[i32], mut ready: impl FnMut(usize) -> f64) {
        self.by_day.fill(0.0);
        self.most.fill(0.0);
        self.of_day.iter_mut().for_each(Vec::clear);
        for (i, day) in onset.iter().enumerate() {
            self.of_case[i] = 0.0;
            self.of_day[*day as usize].push(i as u32);
            self.change(i, *day as usize, ready(i));
        }
    }
    /// A case that fell ill on this day is as ready as this now.
    pub fn change(&mut self, i: usize, day: usize, now: f64) {
        let from_behind = self.by_day.len() - 1 - day;
        self.by_day[from_behind] += now - self.of_case[i];
        self.most[day] = self.most[day].max(now);
        self.of_case[i] = now;
    }
    pub fn of(&self, i: u32) -> f64 {
        self.of_case[i as usize]
    }
    /// The readiness of each day from this one backwards.
    fn back_from(&self, day: i32) -> &[f64] {
        usize::try_from(day).ok().and_then(|d| self.by_day.get(self.by_day.len() - 1 - d..)).unwrap_or_default()
    }
    /// All of them together, each by the density of the days from its onset to this one.
    pub fn force(&self, day: i32, profile: &[f64]) -> f64 {
        let days = self.back_from(day);
        let n = days.len().min(profile.len());
        let (days, profile) = (days[..n].chunks_exact(4), profile[..n].chunks_exact(4));
        let rest: f64 = days.remainder().iter().zip(profile.remainder()).map(|(n, w)| n * w).sum();
        // Four sums at a time, because one would wait for itself.
        let mut sum = [0.0; 4];
        for (n, w) in days.zip(profile) {
            for k in 0..4 {
                sum[k] += n[k] * w[k];
            }
        }
        sum.iter().sum::<f64>() + rest
    }
    /// One of them, each as often as it counts in `force`, if it is not passed over.
    pub fn draw(&self, day: i32, profile: &[f64], rng: &mut Random, may: impl Fn(u32) -> bool) -> Option<u32> {
        let all = self.force(day, profile);
        for _ in 0..TRIES {
            let mut left = rng.uniform() * all;
            let lag = self.back_from(day).iter().zip(profile).position(|(n, w)| {
                left -= n * w;
                left < 0.0
            });
            let found = lag.and_then(|lag| self.draw_of_day(day as usize - lag, rng));
            if let Some(i) = found.filter(|i| may(*i)) {
                return Some(i);
            }
        }
        let days = self.of_day[..=usize::try_from(day).ok()?].iter().rev().zip(profile);
        let all = days.flat_map(|(day, w)| day.iter().map(move |i| (*i, *w))).filter(|(i, _)| may(*i));
        let (all, weights): (Vec<u32>, Vec<f64>) = all.map(|(i, w)| (i, w * self.of(i))).unzip();
        rng.choose(&weights).map(|k| all[k])
    }
    /// A case that fell ill on a day, as often as it is ready: of many, one at random is taken or passed over by how ready it is beside the readiest.
    fn draw_of_day(&self, day: usize, rng: &mut Random) -> Option<u32> {
        let of = &self.of_day[day];
        for _ in 0..if of.len() > MANY { TRIES } else { 0 } {
            let i = of[(rng.uniform() * of.len() as f64) as usize];
            if rng.uniform() * self.most[day] < self.of(i) {
                return Some(i);
            }
        }
        let all: f64 = of.iter().map(|i| self.of(*i)).sum();
        let mut left = rng.uniform() * all;
        of.iter().copied().find(|i| {
            left -= self.of(*i);
            left < 0.0
        })
    }
}
