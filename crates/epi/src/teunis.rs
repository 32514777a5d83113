//! The case reproduction number of Wallinga & Teunis 2004 (Am J Epidemiol 160:509): how many those who fell ill on a day went on to infect, each case
//! having been infected by earlier ones in proportion to the serial interval.

use crate::cori::Window;
use crate::interval::SerialInterval;
use crate::series::Incidence;
use crate::simulate::Chance;

/// How many the cases of a window infected, each on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseR {
    /// Expected.
    pub mean: f64,
    /// Standard deviation over who may have infected whom.
    pub sd: f64,
    /// 2.5 % of the simulated trees have less.
    pub q025: f64,
    /// 97.5 % have less.
    pub q975: f64,
}

/// Days of which so few cases are expected to have their infector in the window are not drawn.
const NEVER: f64 = 1e-6;

/// R of the cases of each window; none where it has no cases or lies outside of the series, or where no earlier day has cases, which could say how many
/// are infected in turn at all (as in EpiEstim). `trees`: how many times it is drawn who infected whom, for each window anew, for the interval. Whoever has no possible infector was infected by nobody in the series.
pub fn estimate(i: &Incidence, w: &SerialInterval, windows: &[Window], trees: usize, seed: u64) -> Vec<Option<CaseR>> {
    let total: Vec<f64> = i.total().collect();
    let begin = total.iter().position(|n| *n > 0.0).unwrap_or(total.len());
    // Expected infectors before each day, as shares of all.
    let all: Vec<f64> = (0..total.len()).map(|t| (0..=t).map(|s| total[s] * w.of(t - s)).sum()).collect();
    let mut chance = Chance::new(seed);
    let mut of = |window: &Window| {
        let cases: f64 = total.get(window.first()..=window.last())?.iter().sum();
        if cases <= 0.0 || window.first() <= begin {
            return None;
        }
        let share = |t: usize| {
            let within: f64 = (window.first()..=window.last().min(t)).map(|s| total[s] * w.of(t - s)).sum();
            if all[t] > 0.0 { within / all[t] } else { 0.0 }
        };
        let drawn: Vec<(f64, f64)> =
            (window.first()..total.len()).map(|t| (total[t], share(t))).filter(|(n, p)| *n > 0.0 && *p > 0.0).collect();
        let mean = drawn.iter().map(|(n, p)| n * p).sum::<f64>() / cases;
        let variance = drawn.iter().map(|(n, p)| n * p * (1.0 - p)).sum::<f64>().max(0.0);
        let felt: Vec<&(f64, f64)> = drawn.iter().filter(|(n, p)| n * p > NEVER).collect();
        let tree = |_| felt.iter().map(|(n, p)| chance.of_many(n.round(), *p)).sum::<f64>() / cases;
        let mut simulated: Vec<f64> = (0..trees).map(tree).collect();
        simulated.sort_by(f64::total_cmp);
        Some(CaseR { mean, sd: variance.sqrt() / cases, q025: quantile(&simulated, 0.025), q975: quantile(&simulated, 0.975) })
    };
    windows.iter().map(&mut of).collect()
}

/// Of those whom the cases of each window infect, the share that falls ill by the last day of the series if all infect alike: below 1 the window's R is
/// cut off (Cauchemez et al. 2006, Am J Epidemiol 164:591). None where the window has no cases.
pub fn seen(i: &Incidence, w: &SerialInterval, windows: &[Window]) -> Vec<Option<f64>> {
    let total: Vec<f64> = i.total().collect();
    let within: Vec<f64> = w
        .as_slice()
        .iter()
        .scan(0.0, |sum, p| {
            *sum += p;
            Some(*sum)
        })
        .collect();
    let by = |lag: usize| within.get(lag).or(within.last()).copied().unwrap_or(0.0).min(1.0);
    let of = |window: &Window| {
        let cases = total.get(window.first()..=window.last())?;
        let all: f64 = cases.iter().sum();
        let seen: f64 = cases.iter().enumerate().map(|(k, n)| n * by(total.len() - 1 - window.first() - k)).sum();
        (all > 0.0).then(|| seen / all)
    };
    windows.iter().map(of).collect()
}

/// Of sorted values, between the two nearest (Hyndman & Fan 1996, Am Stat 50:361, type 7: R's default).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len().max(1) - 1) as f64;
    let value = |k: usize| sorted.get(k).copied().unwrap_or(f64::NAN);
    let (below, above) = (value(at.floor() as usize), value(at.ceil() as usize));
    below + (above - below) * at.fract()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn a_chain_without_doubt() {
        let w = SerialInterval::given(vec![0.0, 0.0, 1.0]).unwrap();
        let i = Incidence::of_total(vec![1.0, 0.0, 3.0, 0.0, 6.0, 0.0]).unwrap();
        let windows: Vec<Window> = (1..6).map(|t| Window::new(t, t).unwrap()).collect();
        let r = estimate(&i, &w, &windows, 100, 1);
        assert_eq!(r[1].unwrap(), CaseR { mean: 2.0, sd: 0.0, q025: 2.0, q975: 2.0 });
        assert_eq!((r[0], r[2]), (None, None), "no cases, no R");
        assert_eq!(r[3].unwrap().mean, 0.0, "whom they infect is not seen yet");
    }

    #[test]
    fn of_the_last_windows_not_all_is_seen() {
        let w = SerialInterval::given(vec![0.0, 0.5, 0.5]).unwrap();
        let i = Incidence::of_total(vec![1.0, 1.0, 1.0, 0.0, 3.0, 1.0]).unwrap();
        let windows: Vec<Window> = [(1, 2), (3, 3), (4, 4), (4, 5), (5, 6)].iter().map(|(a, b)| Window::new(*a, *b).unwrap()).collect();
        // Day 4 has one day after it, day 5 none.
        assert_eq!(seen(&i, &w, &windows), [Some(1.0), None, Some(0.5), Some(0.375), None]);
    }

    #[test]
    fn all_cases_but_the_first_ones_were_infected_by_somebody() {
        let w = SerialInterval::shifted_gamma(3.0, 1.5, 30).unwrap();
        let counts: Vec<f64> = (0..30).map(|t| f64::from(5 + t % 4)).collect();
        let i = Incidence::of_total(counts.clone()).unwrap();
        let windows: Vec<Window> = (1..30).map(|t| Window::new(t, t).unwrap()).collect();
        let r = estimate(&i, &w, &windows, 300, 2);
        let infected: f64 = r.iter().zip(&counts[1..]).map(|(r, n)| r.unwrap().mean * n).sum();
        // Those of day 0 infected others, too, who are not counted here.
        assert!(infected < counts[1..].iter().sum() && infected > 0.8 * counts[1..].iter().sum::<f64>(), "{infected}");
        assert!(r.iter().flatten().all(|r| r.q025 <= r.mean + 1e-9 && r.mean <= r.q975 + 1e-9));
    }
}
