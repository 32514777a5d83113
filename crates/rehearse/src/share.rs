//! Dividing a whole number in proportion, so that the parts sum to it exactly.

/// Splits `total` into whole parts in proportion to `weights` by the method of the largest remainder. Every part gets at least
/// `least`, or as much of it as `total` allows for all. Weights that sum to nothing count as equal.
pub(crate) fn apportion(total: u32, weights: &[f64], least: u32) -> Vec<u32> {
    let Ok(n) = u32::try_from(weights.len()) else { return Vec::new() };
    if n == 0 {
        return Vec::new();
    }
    let least = least.min(total / n);
    let rest = total - least * n;
    let sum: f64 = weights.iter().sum();
    let exact: Vec<f64> = weights.iter().map(|w| f64::from(rest) * if sum > 0.0 { w / sum } else { 1.0 / f64::from(n) }).collect();
    let mut parts: Vec<u32> = exact.iter().map(|x| x.floor() as u32).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()).then(a.cmp(b)));
    let missing = rest.saturating_sub(parts.iter().sum());
    order.iter().cycle().take(missing as usize).for_each(|i| parts[*i] += 1);
    parts.iter_mut().for_each(|p| *p += least);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(total in 0u32..1_000_000, weights in prop::collection::vec(0.0f64..10.0, 1..400), least in 0u32..3) {
            let parts = apportion(total, &weights, least);
            prop_assert_eq!(parts.iter().sum::<u32>(), total);
            prop_assert!(parts.iter().all(|p| *p >= least.min(total / weights.len() as u32)));
        }
    }
}
