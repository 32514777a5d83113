//! Counts by day.

use crate::rhythm::Rhythm;

/// New cases by day: those infected here, and those who brought it in. *Invariant:* both have an entry for every day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incidence {
    local: Vec<f64>,
    imported: Vec<f64>,
}

/// Why something is no incidence.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SeriesError {
    /// A count.
    #[error("day {day} has {count} cases: a count is a number from 0 up")]
    Count {
        /// From 0.
        day: usize,
        /// What was given.
        count: f64,
    },
    /// Two series of unlike length.
    #[error("{local} days of local cases, but {imported} of imported ones")]
    Length {
        /// Days of the one.
        local: usize,
        /// Days of the other.
        imported: usize,
    },
}

impl Incidence {
    /// All cases of a place; those of the first day are taken to have come from elsewhere.
    ///
    /// # Errors
    /// If a count is negative or not a number.
    pub fn of_total(total: Vec<f64>) -> Result<Self, SeriesError> {
        let imported = total.iter().enumerate().map(|(t, n)| if t == 0 { *n } else { 0.0 }).collect();
        let local = total.into_iter().enumerate().map(|(t, n)| if t == 0 { 0.0 } else { n }).collect();
        Self::new(local, imported)
    }

    /// Cases infected here, and those infected elsewhere. What is local on the first day counts as imported: nobody here can have infected them.
    ///
    /// # Errors
    /// If a count is negative or not a number, or the two have not the same days.
    pub fn new(mut local: Vec<f64>, mut imported: Vec<f64>) -> Result<Self, SeriesError> {
        if local.len() != imported.len() {
            return Err(SeriesError::Length { local: local.len(), imported: imported.len() });
        }
        for counts in [&local, &imported] {
            if let Some((day, n)) = counts.iter().enumerate().find(|(_, n)| !n.is_finite() || **n < 0.0) {
                return Err(SeriesError::Count { day, count: *n });
            }
        }
        if let (Some(l), Some(i)) = (local.first_mut(), imported.first_mut()) {
            *i += *l;
            *l = 0.0;
        }
        Ok(Self { local, imported })
    }

    /// The same without the week's rhythm of its local cases.
    pub fn even(&self, rhythm: &Rhythm) -> Self {
        let local = self.local.iter().enumerate().map(|(t, n)| n / rhythm.of(t)).collect();
        Self { local, imported: self.imported.clone() }
    }

    /// The same, with what is not known of a day put between what is known of the days around it: whoever falls ill on it infects others, too.
    pub fn bridged(&self, known: impl Fn(usize) -> bool) -> Self {
        let mut local = self.local.clone();
        for t in (0..local.len()).filter(|t| !known(*t)) {
            let before = (0..t).rev().find(|d| known(*d));
            let after = (t + 1..local.len()).find(|d| known(*d));
            local[t] = match (before, after) {
                (Some(a), Some(b)) => self.local[a] + (self.local[b] - self.local[a]) * (t - a) as f64 / (b - a) as f64,
                (Some(d), None) | (None, Some(d)) => self.local[d],
                (None, None) => 0.0,
            };
        }
        Self { local, imported: self.imported.clone() }
    }

    /// Days.
    pub fn days(&self) -> usize {
        self.local.len()
    }
    /// Cases infected here, by day.
    pub fn local(&self) -> &[f64] {
        &self.local
    }
    /// All cases, by day.
    pub fn total(&self) -> impl Iterator<Item = f64> + '_ {
        self.local.iter().zip(&self.imported).map(|(l, i)| l + i)
    }
}
