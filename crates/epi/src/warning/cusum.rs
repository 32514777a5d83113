//! The cumulative sum for Poisson counts: small rises that last. As R's `surveillance::algo.cusum`.

use super::Verdict;

/// How counts are made comparable with a standard normal variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    /// `(x − m) / √m`.
    Plain,
    /// `(x − 3m + 2√(xm)) / (2√m)`, which is nearer to normal for small means (Rossi, Lampugnani & Marchi 1999, Stat Med 18:2111).
    Rossi,
}

/// Options.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cusum {
    /// How counts are standardised.
    pub standard: Standard,
    /// Half of the shift that should be found, standard deviations: as a rule 1.04.
    pub reference: f64,
    /// The sum from which on there is an alarm, standard deviations: as a rule 2.26, which with 1.04 gives a false alarm in 500 counts (Rossi et al.).
    pub decision: f64,
    /// Counts at the beginning of the series whose mean is what is expected; they are not judged.
    pub training: usize,
    /// Whether the sum begins anew after an alarm. R's does not: alarms go on until the counts have been low for long enough.
    pub reset: bool,
}

impl Cusum {
    /// The usual options.
    pub fn usual(standard: Standard, training: usize) -> Self {
        Self { standard, reference: 1.04, decision: 2.26, training, reset: false }
    }
}

/// Judges every count after the training. None where nothing is known of the training, or all its counts are 0: then no count is expected at all.
/// A count that is not known leaves the sum as it is.
pub fn cusum(counts: &[Option<f64>], options: &Cusum) -> Vec<Option<Verdict>> {
    let training = options.training.min(counts.len());
    let known: Vec<f64> = counts[..training].iter().flatten().copied().collect();
    let m = known.iter().sum::<f64>() / known.len() as f64;
    let mut sum = 0.0;
    let judge = |(t, count): (usize, &Option<f64>)| {
        if t < training || m.is_nan() || m <= 0.0 {
            return None;
        }
        let threshold = threshold(m, options, sum);
        let alarm = count.is_some_and(|x| {
            sum = f64::max(0.0, sum + standardised(x, m, options.standard) - options.reference);
            sum >= options.decision
        });
        if alarm && options.reset {
            sum = 0.0;
        }
        Some(Verdict { expected: m, threshold, alarm })
    };
    counts.iter().enumerate().map(judge).collect()
}

fn standardised(x: f64, m: f64, standard: Standard) -> f64 {
    match standard {
        Standard::Plain => (x - m) / m.sqrt(),
        Standard::Rossi => (x - 3.0 * m + 2.0 * (x * m).sqrt()) / (2.0 * m.sqrt()),
    }
}

/// The count that lifts the sum to the decision.
fn threshold(m: f64, options: &Cusum, sum: f64) -> f64 {
    let z = options.decision + options.reference - sum;
    let root = m.sqrt();
    let count = match options.standard {
        Standard::Plain => (root * z + m).ceil(),
        // With u = √x: u² + 2√m u − 3m = 2√m z.
        Standard::Rossi => ((4.0 * m + 2.0 * root * z).max(0.0).sqrt() - root).max(0.0).powi(2),
    };
    count.max(0.0)
}
