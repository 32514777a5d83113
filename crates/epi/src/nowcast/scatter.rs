//! Report days that were none, and reports that scatter more than chance has them.

use super::reporting::Reporting;
use super::triangle::Triangle;

/// A report day on which nothing came although about this many were to be expected was no report day.
const EXPECTED_OF_A_CLOSED_DAY: f64 = 6.0;
/// Days around a day by which it is judged.
const AROUND: usize = 7;
/// The most by which a report number's variance may exceed its mean, as a share of the mean's square.
const MOST_SCATTER: f64 = 2.0;

/// Report days on which nothing came although much was to be expected.
pub(super) fn closed_days(triangle: &Triangle) -> Vec<bool> {
    let days = triangle.days();
    let mut reports = vec![0.0; days];
    for t in 0..days {
        for (age, n) in triangle.of(t).iter().enumerate() {
            reports[t + age] += n;
        }
    }
    (0..days)
        .map(|s| {
            let around = s.saturating_sub(AROUND)..(s + AROUND + 1).min(days);
            let (sum, n) = around.filter(|d| *d != s).fold((0.0, 0.0), |(sum, n), d| (sum + reports[d], n + 1.0));
            reports[s] == 0.0 && sum > EXPECTED_OF_A_CLOSED_DAY * n
        })
        .collect()
}

impl Reporting<'_> {
    /// By how much report numbers scatter more than multinomial ones, from Pearson's measure; 0 unless that is too much for chance.
    pub fn excess(&self, at: &[f64]) -> f64 {
        let (mut squares, mut means, mut cells, mut days) = (0.0, 0.0, 0.0, 0.0);
        for t in (0..self.triangle.days()).filter(|t| self.triangle.known(*t)) {
            let n = self.triangle.of(t);
            let p = self.delays(at, t);
            let events = n.iter().sum::<f64>() / p.iter().sum::<f64>().max(1e-12);
            let before = cells;
            for (n, mean) in n.iter().zip(p.iter().map(|p| events * p)).filter(|(_, mean)| *mean > 0.5) {
                squares += (n - mean).powi(2) / mean;
                means += mean;
                cells += 1.0;
            }
            days += f64::from(u8::from(cells > before));
        }
        // As many are used up as there are days, ages, and about half of the report days.
        let free = cells - 1.5 * days - self.ages() as f64;
        if free < 20.0 || squares / free < 1.0 + 2.0 * (2.0 / free).sqrt() {
            return 0.0;
        }
        ((squares / free - 1.0) * cells / means).clamp(0.0, MOST_SCATTER)
    }

    /// The factor of each day's variance, at these hazards.
    pub fn factors_of_variance(&self, at: &[f64]) -> Vec<f64> {
        let factor = |t: usize| {
            let n = self.triangle.of(t);
            let p = self.delays(at, t);
            let share = p.iter().sum::<f64>().max(1e-12);
            1.0 + self.scatter * n.iter().sum::<f64>() * p.iter().map(|p| p * p).sum::<f64>() / (share * share)
        };
        (0..self.triangle.days()).map(factor).collect()
    }
}
