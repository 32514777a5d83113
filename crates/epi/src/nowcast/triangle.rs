//! The reporting triangle.

/// How many events of each day were reported after how many days. Day 0 is the first; the last one is the day on which the triangle is looked at, so of the
/// last day only delay 0 is known. *Invariant:* each day has as many counts as days have passed since, at most `longest + 1`; none is negative.
#[derive(Debug, Clone, PartialEq)]
pub struct Triangle {
    /// By day, then by delay.
    counts: Vec<Vec<f64>>,
    /// Days of which something is not known.
    unknown: Vec<bool>,
    longest: usize,
    weekday: usize,
    later: f64,
}

/// Why something is no triangle.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum TriangleError {
    /// Days.
    #[error("{0} days: at least 3 are needed, and at most 36525")]
    Days(usize),
    /// A cell.
    #[error("{count} events of day {day} with delay {delay}: a count is a number from 0 up")]
    Count {
        /// From 0.
        day: usize,
        /// Days.
        delay: usize,
        /// What was given.
        count: f64,
    },
    /// A cell beyond the last day.
    #[error("events of day {day} with delay {delay} are reported after the last day")]
    Future {
        /// From 0.
        day: usize,
        /// Days.
        delay: usize,
    },
    /// Nothing in it.
    #[error("nothing was reported on any day")]
    Empty,
    /// Not one delay is over.
    #[error(
        "no day is {0} days old, which is the longest delay: how many come later than they were seen to is not known; give a shorter longest delay"
    )]
    Young(usize),
}

impl Triangle {
    /// Longest delay that is looked at unless another is given, days.
    pub const LONGEST: usize = 45;
    /// Least days.
    pub const LEAST: usize = 3;
    const MOST: usize = 36_525;
    /// Days before the longest delay that are looked at.
    const BEFORE: usize = 90;

    /// From its cells: day, delay, count; the same cell more than once is added up, one that is not there is 0. `days`: how many days there are.
    /// `longest`: the longest delay, days; what comes later is left out ([`Triangle::later`]). `weekday`: the day of the week of day 0, counted from any
    /// (0 to 6). A count of None is not known, and nothing is learnt from its day.
    ///
    /// # Errors
    /// If there are too few days, or none is as old as the longest delay, a count is negative, a cell is beyond the last day, or all are 0.
    pub fn new(
        days: usize,
        longest: usize,
        weekday: usize,
        cells: impl IntoIterator<Item = (usize, usize, Option<f64>)>,
    ) -> Result<Self, TriangleError> {
        if !(Self::LEAST..=Self::MOST).contains(&days) {
            return Err(TriangleError::Days(days));
        }
        if longest >= days {
            return Err(TriangleError::Young(longest));
        }
        let mut counts: Vec<Vec<f64>> = (0..days).map(|t| vec![0.0; (days - t).min(longest + 1)]).collect();
        let mut unknown = vec![false; days];
        let mut later = 0.0;
        for (day, delay, count) in cells {
            if day >= days || day + delay >= days {
                return Err(TriangleError::Future { day, delay });
            }
            let Some(n) = count else {
                unknown[day] = true;
                continue;
            };
            if !n.is_finite() || n < 0.0 {
                return Err(TriangleError::Count { day, delay, count: n });
            }
            match counts[day].get_mut(delay) {
                Some(cell) => *cell += n,
                None => later += n,
            }
        }
        if counts.iter().flatten().all(|n| *n == 0.0) {
            return Err(TriangleError::Empty);
        }
        Ok(Self { counts, unknown, longest, weekday: weekday % 7, later })
    }
    /// How many days there are.
    pub fn days(&self) -> usize {
        self.counts.len()
    }
    /// The longest delay, days.
    pub fn longest(&self) -> usize {
        self.longest
    }
    /// What is known of a day, by delay from 0.
    pub fn of(&self, day: usize) -> &[f64] {
        &self.counts[day]
    }
    /// Whether all counts of a day are known.
    pub fn known(&self, day: usize) -> bool {
        !self.unknown[day]
    }
    /// How many events of a day are reported so far.
    pub fn reported(&self, day: usize) -> f64 {
        self.counts[day].iter().sum()
    }
    /// Whether the longest delay is over.
    pub fn complete(&self, day: usize) -> bool {
        self.counts[day].len() > self.longest
    }
    /// How many events came after the longest delay; they are in no count.
    pub fn later(&self) -> f64 {
        self.later
    }
    /// The day of the week, 0 to 6.
    pub(super) fn weekday(&self, day: usize) -> usize {
        (self.weekday + day) % 7
    }
    /// The days that are looked at: what was reported otherwise months ago says little of today.
    pub(super) fn looked_at(&self) -> Self {
        let from = self.days().saturating_sub(self.longest + Self::BEFORE);
        Self {
            counts: self.counts[from..].to_vec(),
            unknown: self.unknown[from..].to_vec(),
            longest: self.longest,
            weekday: self.weekday(from),
            later: self.later,
        }
    }
}
