//! In how many days nobody is found in the community any more (社会面清零).

/// When that is said to be so: so many days in a row with fewer cases than this found in the community.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Definition {
    /// Days in a row, at least 1.
    pub days: usize,
    /// A day counts if fewer were found in the community. 1: none.
    pub below: f64,
}

impl Definition {
    /// All cases of the day were found under control (Quanzhou's centre for disease control, 2022).
    pub const SAME_DAY: Self = Self { days: 1, below: 1.0 };
    /// Three days without a case found in the community (Shanghai, May 2022, by district).
    pub const THREE_DAYS: Self = Self { days: 3, below: 1.0 };

    /// "Basically zero" (Shanghai, May 2022): three days with fewer than one case found in the community for 100,000 people.
    pub fn basically(population: f64) -> Self {
        Self { days: 3, below: population / 100_000.0 }
    }

    /// Days from the last day of the past until it is reached, 0 if it is reached on that day; none if it is not within the path. A day of which
    /// nothing is known does not count.
    pub fn reached(self, past: &[Option<f64>], path: &[f64]) -> Option<usize> {
        self.reached_after(past, &[], path)
    }
    /// The same where the last days of the past, after `past`, are `recent`: those that are not complete, as one of the futures completes them.
    pub fn reached_after(self, past: &[Option<f64>], recent: &[f64], path: &[f64]) -> Option<usize> {
        let good = |n: f64| n < self.below;
        let last = recent.iter().rev().map(|n| Some(*n)).chain(past.iter().rev().copied());
        let mut run = last.take_while(|n| n.is_some_and(good)).count();
        if run >= self.days {
            return Some(0);
        }
        for (h, n) in path.iter().enumerate() {
            run = if good(*n) { run + 1 } else { 0 };
            if run >= self.days {
                return Some(h + 1);
            }
        }
        None
    }
}

/// The days until something is reached, over many paths; on some it is not reached within them.
#[derive(Debug, Clone, PartialEq)]
pub struct Days {
    /// In order; without those on which it is not reached.
    reached: Vec<usize>,
    paths: usize,
}

impl Days {
    /// Of all paths.
    pub fn of(days: impl IntoIterator<Item = Option<usize>>) -> Self {
        let all: Vec<Option<usize>> = days.into_iter().collect();
        let mut reached: Vec<usize> = all.iter().flatten().copied().collect();
        reached.sort_unstable();
        Self { reached, paths: all.len() }
    }
    /// The probability that it is reached within so many days.
    pub fn within(&self, days: usize) -> f64 {
        self.reached.partition_point(|d| *d <= days) as f64 / self.paths.max(1) as f64
    }
    /// The fewest days within which it is reached with at least this probability; none if that is later than the paths go.
    pub fn quantile(&self, level: f64) -> Option<usize> {
        let rank = (level * self.paths as f64).ceil().max(1.0) as usize;
        self.reached.get(rank - 1).copied()
    }
}
