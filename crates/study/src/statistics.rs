//! What many runs say together.

/// Mean, and its interval of 95 % by the spread of the values (normal).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    /// How many values.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Lower end of the mean's interval of 95 %.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Below it are 5 % of the values.
    pub q05: f64,
    /// Median.
    pub q50: f64,
    /// Below it are 95 %.
    pub q95: f64,
}

impl Summary {
    /// Of values; none if there is none.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        if n == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0).max(1.0);
        let half = 1.96 * (variance / n as f64).sqrt();
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Some(Self {
            n,
            mean,
            low: mean - half,
            high: mean + half,
            q05: quantile(&sorted, 0.05),
            q50: quantile(&sorted, 0.5),
            q95: quantile(&sorted, 0.95),
        })
    }
}

/// A quantile of sorted values, between neighbours linear (R's type 7: Hyndman & Fan 1996, American Statistician 50:361).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = p * last as f64;
    let (below, share) = (at.floor() as usize, at.fract());
    sorted[below] + share * (sorted[(below + 1).min(last)] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_r_has_it() {
        let values = [1.0, 2.0, 4.0, 8.0];
        for (p, wanted) in [(0.0, 1.0), (0.05, 1.15), (0.5, 3.0), (0.95, 7.4), (1.0, 8.0)] {
            assert!((quantile(&values, p) - wanted).abs() < 1e-12, "{p}");
        }
        let summary = Summary::of(&values);
        // R: mean(x) + c(-1, 1) * 1.96 * sd(x) / 2
        assert!(summary.is_some_and(|s| (s.mean - 3.75).abs() < 1e-12 && (s.low - 0.716_218_0).abs() < 1e-6), "{summary:?}");
        assert_eq!(Summary::of(&[]), None);
    }
}
