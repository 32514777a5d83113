//! The week's rhythm of counts: fewer at weekends, more on Mondays.

/// Days of a week.
const WEEK: usize = 7;
/// A rhythm is believed if the seven ratios scatter by so much more than chance has it: the 95 % point of F with 6 and some 70 degrees of freedom.
const TELLS: f64 = 2.2;
/// Counts of fewer whole weeks tell a rhythm from chance too badly.
const LEAST: usize = 4;

/// By how much the counts of each of seven days, in turn from the first day of a series, are higher than the week's mean. *Invariant:* the factors
/// are above 0, and their mean is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rhythm([f64; WEEK]);

impl Rhythm {
    /// None: all days are alike.
    pub const NONE: Self = Self([1.0; WEEK]);

    /// As a series has it. Each count is compared with the mean of the seven days around it; the logarithms of the seven ratios are shrunk towards 0 by
    /// empirical Bayes (Efron & Morris 1973, JASA 68:117): all the way if the scatter of single weeks may explain that they differ. A count that is
    /// not known is none.
    pub fn learnt(counts: &[Option<f64>]) -> Self {
        let compared: Vec<(usize, f64, f64)> = (0..counts.len()).filter_map(|t| Some((t % WEEK, counts[t]?, around(counts, t)?))).collect();
        let sum = |day: usize, of: &dyn Fn(f64, f64) -> f64| {
            compared.iter().filter(|c| c.0 == day).map(|(_, n, mean)| of(*n, *mean)).sum::<f64>()
        };
        let mut found = [(0.0, 0.0); WEEK];
        for (day, f) in found.iter_mut().enumerate() {
            let weeks = sum(day, &|_, _| 1.0);
            let (n, expected) = (sum(day, &|n, _| n), sum(day, &|_, mean| mean));
            if weeks < LEAST as f64 || n <= 0.0 {
                return Self::NONE;
            }
            let ratio = n / expected;
            let off = sum(day, &|n, mean| (n - ratio * mean).powi(2)).max(n) * weeks / (weeks - 1.0);
            *f = (ratio.ln(), off / (n * n));
        }
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| found.iter().map(of).sum::<f64>() / WEEK as f64;
        let (all, chance) = (mean(&|f| f.0 * f.0), mean(&|f| f.1));
        if all <= TELLS * chance {
            return Self::NONE;
        }
        let between = all - chance;
        let factors = found.map(|(ln, variance)| (ln * between / (between + variance)).exp());
        let mean = factors.iter().sum::<f64>() / WEEK as f64;
        Self(factors.map(|f| f / mean))
    }

    /// The factor of a day, counted from the first day of the series.
    pub fn of(&self, t: usize) -> f64 {
        self.0[t % WEEK]
    }
}

/// The mean of the seven days of which `t` is the middle, if all are known and not all are 0.
fn around(counts: &[Option<f64>], t: usize) -> Option<f64> {
    let week = counts.get(t.checked_sub(WEEK / 2)?..=t + WEEK / 2)?;
    let mean = week.iter().copied().sum::<Option<f64>>()? / WEEK as f64;
    (mean > 0.0).then_some(mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Chance, Scatter};

    const LOW_WEEKENDS: [f64; WEEK] = [1.3, 1.1, 1.1, 1.1, 1.1, 0.8, 0.5];

    fn counts(of: [f64; WEEK], mean: f64, scatter: Scatter) -> Vec<Option<f64>> {
        let mut chance = Chance::new(5);
        (0..98).map(|t| Some(chance.count(of[t % WEEK] * mean * (t as f64 / 40.0).exp(), scatter))).collect()
    }

    #[test]
    fn a_rhythm_is_found_in_growing_counts() {
        let r = Rhythm::learnt(&counts(LOW_WEEKENDS, 30.0, Scatter::Size(20.0)));
        for (t, f) in LOW_WEEKENDS.iter().enumerate() {
            assert!((r.of(t + 7) - f).abs() < 0.15, "{t}: {} instead of {f}", r.of(t));
        }
    }

    #[test]
    fn chance_is_no_rhythm() {
        let r = Rhythm::learnt(&counts([1.0; WEEK], 10.0, Scatter::Size(5.0)));
        assert!((0..WEEK).all(|t| (r.of(t) - 1.0).abs() < 0.15), "{r:?}");
        assert_eq!(Rhythm::learnt(&[Some(0.0); 60]), Rhythm::NONE);
        assert_eq!(Rhythm::learnt(&[None, Some(3.0)]), Rhythm::NONE);
    }
}
