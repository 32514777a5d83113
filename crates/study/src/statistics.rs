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

/// Ends of 5 and 95 % of a share of which `k` of `n` were seen: the score interval (Wilson 1927, Journal of the American Statistical Association 22:209).
pub(crate) fn wilson(k: usize, n: usize) -> (f64, f64) {
    // The normal quantile of 95 %.
    const Z: f64 = 1.644_853_626_951_472_7;
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, p) = (n as f64, k as f64 / n as f64);
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((middle - half) / scale).clamp(0.0, p), ((middle + half) / scale).clamp(p, 1.0))
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
    fn a_share_has_the_interval_of_wilson() {
        // The same formula in Python.
        let (low, high) = wilson(13, 20);
        assert!((low - 0.466_512_7).abs() < 1e-6 && (high - 0.797_740_0).abs() < 1e-6, "{low} {high}");
        assert_eq!((wilson(0, 10).0, wilson(10, 10).1, wilson(0, 0)), (0.0, 1.0, (0.0, 1.0)));
    }

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
