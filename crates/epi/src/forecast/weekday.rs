//! By how much counts differ between the days of the week.

/// Factors by day of the week (the day's index modulo 7), with mean 1.
///
/// The logarithm of each count + ½ is compared with the mean of the seven days around it, so that growth falls out, and the differences are
/// averaged by day of the week. How much the averages differ is partly chance, of which the variance within a day of the week tells how much; only
/// what exceeds [`CHANCE`] times that is believed, and the averages are shrunk accordingly (empirical Bayes; Efron & Morris 1973, J Am Stat Assoc
/// 68:117). All 1 where there are not two full weeks, or nothing exceeds chance.
pub fn factors(counts: &[Option<f64>]) -> [f64; 7] {
    let ln: Vec<Option<f64>> = counts.iter().map(|n| n.map(|n| (n + 0.5).ln())).collect();
    let mut by_day: [Vec<f64>; 7] = Default::default();
    for (t, week) in ln.windows(7).enumerate() {
        let week: Vec<f64> = week.iter().flatten().copied().collect();
        if week.len() == 7 {
            by_day[(t + 3) % 7].push(week[3] - week.iter().sum::<f64>() / 7.0);
        }
    }
    let least = by_day.iter().map(Vec::len).min().unwrap_or(0);
    if least < 2 {
        return [1.0; 7];
    }
    let means = by_day.each_ref().map(|d| d.iter().sum::<f64>() / d.len() as f64);
    let all: usize = by_day.iter().map(Vec::len).sum();
    let within: f64 = by_day.iter().zip(means).flat_map(|(d, m)| d.iter().map(move |x| (x - m).powi(2))).sum::<f64>() / (all - 7) as f64;
    let chance = within / (all as f64 / 7.0);
    let seen = means.iter().map(|m| m * m).sum::<f64>() / 7.0;
    let real = (seen - CHANCE * chance).max(0.0);
    if real == 0.0 {
        return [1.0; 7];
    }
    let factors = means.map(|m| (m * real / (real + chance)).exp());
    let mean = factors.iter().sum::<f64>() / 7.0;
    factors.map(|f| f / mean)
}

/// Seven averages of pure chance have a mean square above twice the expected one in about one of twenty series (a χ² with 7 degrees of freedom).
pub const CHANCE: f64 = 2.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_sunday_is_found_under_growth_and_chance_is_not_taken_for_it() {
        let wobble = |t: usize| 1.0 + 0.03 * ((t * t % 11) as f64 - 5.0) / 5.0;
        let series = |sunday: f64| -> Vec<Option<f64>> {
            (0..42).map(|t| Some(100.0 * (0.05 * t as f64).exp() * wobble(t) * if t % 7 == 6 { sunday } else { 1.0 })).collect()
        };
        let found = factors(&series(0.6));
        let ratio = found[6] / found[..6].iter().sum::<f64>() * 6.0;
        assert!((0.57..0.64).contains(&ratio), "{found:?}");
        assert_eq!(factors(&series(1.0)), [1.0; 7]);
    }

    #[test]
    fn too_few_or_unknown_days_say_nothing() {
        assert_eq!(factors(&[]), [1.0; 7]);
        assert_eq!(factors(&[Some(3.0); 12]), [1.0; 7]);
        assert_eq!(factors(&[None; 60]), [1.0; 7]);
    }
}
