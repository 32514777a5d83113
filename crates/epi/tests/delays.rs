//! Delays: R's fits of published data, known distributions behind cut-off data, and data that say nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use proptest::prelude::*;
use quell_epi::delays::{Delays, Estimate, Family, Fit, FitError, Law, QUANTILES, Record, RecordError, Window, compare, fit};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::path::Path;

fn table(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/delays").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().skip(1).map(|l| l.split(',').map(|c| c.trim().to_owned()).collect()).collect()
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap_or(f64::NAN)
}

fn family(letter: &str) -> Family {
    match letter {
        "G" => Family::Gamma,
        "L" => Family::Lognormal,
        _ => Family::Weibull,
    }
}

fn record(first: (f64, f64), second: (f64, f64), until: Option<f64>, n: f64) -> Record {
    Record::new(Window::new(first.0, first.1).unwrap(), Window::new(second.0, second.1).unwrap(), until, n).unwrap()
}

fn off(fit: &Fit, theirs: [f64; 2]) -> f64 {
    fit.law.parameters().iter().zip(theirs).map(|(a, b)| ((a - b) / b).abs()).fold(0.0, f64::max)
}

#[test]
fn published_incubation_periods_give_the_fits_of_coarse_data_tools() {
    for r in table("coarse.csv") {
        let windows = table(&format!("{}.csv", r[0])).into_iter().map(|w| w.iter().map(|c| number(c)).collect::<Vec<_>>());
        let records: Vec<Record> = windows.map(|w| record((w[0], w[1]), (w[2], w[3]), None, w[5])).collect();
        let own = fit(&Delays::new(&records, 0.0).unwrap(), family(&r[1])).unwrap();
        // What they know to the moment is known to the minute here.
        let most = 2e-3;
        assert!(off(&own, [number(&r[2]), number(&r[3])]) < most, "{r:?} {:?}", own.law);
        if r[1] == "L" {
            let published = if r[0] == "fluA" { 1.46 } else { 1.4 };
            assert!((own.quantiles[2].value - published).abs() < 0.03, "{} {:?}", r[0], own.quantiles[2]);
        }
    }
}

#[test]
fn truncated_delays_give_the_fits_of_r() {
    let days = table("truncated.csv");
    for r in table("truncated_fits.csv") {
        let until = r[1].parse().ok();
        let day = |c: &str| (number(c), number(c) + 1.0);
        let records: Vec<Record> = days.iter().map(|d| record(day(&d[0]), day(&d[1]), until, number(&d[2]))).collect();
        let own = fit(&Delays::new(&records, number(&r[0])).unwrap(), family(&r[2])).unwrap();
        assert!((own.ln_likelihood - number(&r[5])).abs() < 1e-5 * number(&r[5]).abs(), "{r:?}: {}", own.ln_likelihood);
        assert!(off(&own, [number(&r[3]), number(&r[4])]) < 2e-3, "{r:?} {:?}", own.law);
    }
}

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// `n` delays known to the day, of an outbreak that grows for 40 days, as they are known at its end.
fn outbreak(seed: u64, law: Law, growth: f64, n: usize, truncated: bool) -> Vec<Record> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let end = 40.0;
    let mut records = Vec::new();
    while records.len() < n {
        let u = uniform(&mut rng);
        let first = ((u * (growth * end).exp_m1()).ln_1p()) / growth;
        let second = first + law.quantile(uniform(&mut rng).clamp(1e-12, 1.0 - 1e-12));
        if second < end {
            let until = truncated.then_some(end);
            records.push(record((first.floor(), first.floor() + 1.0), (second.floor(), second.floor() + 1.0), until, 1.0));
        }
    }
    records
}

/// On what share of runs the intervals of mean, standard deviation and 95 % quantile hold the truth; the median over the true one; the mean of the middles
/// over the true mean; on what share of runs the family was determined at all.
fn coverage(family: Family, growth: f64, n: usize, runs: u64, corrected: bool) -> ([f64; 3], f64, f64, f64) {
    let law = Law::of_mean_sd(family, 6.0, 4.0).unwrap();
    let (mut held, mut median, mut naive, mut fits) = ([0.0; 3], 0.0, 0.0, 0.0);
    for seed in 0..runs {
        let delays = Delays::new(&outbreak(seed, law, growth, n, corrected), 0.0).unwrap();
        let Ok(f) = fit(&delays, family) else { continue };
        let truth = [law.mean(), law.sd(), law.quantile(0.95)];
        let within = |e: Estimate, x: f64| f64::from(u8::from(e.lo <= x && x <= e.hi));
        for (h, (e, x)) in held.iter_mut().zip([f.mean, f.sd, f.quantiles[4]].into_iter().zip(truth)) {
            *h += within(e, x);
        }
        median += f.quantiles[2].value / law.quantile(0.5);
        naive += delays.moments().mean / law.mean();
        fits += 1.0;
    }
    (held.map(|h| h / fits), median / fits, naive / fits, fits / runs as f64)
}

#[test]
fn the_truth_is_found_behind_the_end_of_the_data() {
    for family in Family::ALL {
        let (held, median, naive, told) = coverage(family, 0.15, 200, 25, true);
        assert!(told > 0.95, "{family:?}: {told}");
        assert!((median - 1.0).abs() < 0.08 && naive < 0.8, "{family:?}: {median} {naive}");
        assert!(held.iter().all(|h| (0.84..=1.0).contains(h)), "{family:?}: {held:?}");
    }
}

#[test]
#[ignore = "takes a minute: the figures in docs/analysis/delays.md"]
fn figures() {
    for family in Family::ALL {
        for (n, corrected) in [(30, true), (100, true), (500, true), (500, false)] {
            let (held, median, naive, told) = coverage(family, 0.15, n, 300, corrected);
            println!("{family:?} n {n} corrected {corrected}: held {held:.2?} median {median:.3} naive mean {naive:.3} told {told:.3}");
        }
    }
}

#[test]
fn in_a_long_window_of_a_growing_outbreak_infection_is_late() {
    let law = Law::of_mean_sd(Family::Gamma, 5.0, 2.5).unwrap();
    let (growth, end) = (0.25, 28.0);
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    // Exposed at some time of a week; onset known to the day; long after.
    let records: Vec<Record> = (0..600)
        .map(|_| {
            let first = (uniform(&mut rng) * f64::exp_m1(growth * end)).ln_1p() / growth;
            let second = (first + law.quantile(uniform(&mut rng).clamp(1e-12, 1.0 - 1e-12))).floor();
            let week = (first / 7.0).floor() * 7.0;
            record((week, week + 7.0), (second, second + 1.0), None, 1.0)
        })
        .collect();
    let mean = |growth: f64| fit(&Delays::new(&records, growth).unwrap(), Family::Gamma).unwrap().mean;
    let (with, without) = (mean(growth), mean(0.0));
    assert!(with.lo <= 5.0 && 5.0 <= with.hi && with.hi - with.lo < 0.8, "{with:?}");
    assert!(without.lo > 5.3, "{without:?}");
}

#[test]
fn the_right_family_wins() {
    for family in Family::ALL {
        let law = Law::of_mean_sd(family, 6.0, 4.0).unwrap();
        let mut weights = [0.0; 3];
        for seed in 0..4 {
            let fits = compare(&Delays::new(&outbreak(seed, law, 0.15, 1_500, true), 0.0).unwrap());
            weights.iter_mut().zip(fits).for_each(|(w, f)| *w += f.2 / 4.0);
        }
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let own = Family::ALL.iter().position(|f| *f == family).unwrap();
        assert!(weights.iter().all(|w| *w <= weights[own]), "{family:?}: {weights:?}");
    }
}

#[test]
fn what_says_nothing_is_said_to_say_nothing() {
    let of = |records: &[Record]| compare(&Delays::new(records, 0.0).unwrap());
    let day = |a: f64, b: f64, until: Option<f64>, n: f64| record((a, a + 1.0), (b, b + 1.0), until, n);
    assert!(Delays::new(&[], 0.0).is_none());
    for (_, f, weight) in of(&[day(0.0, 3.0, None, 4.0)]) {
        assert_eq!((f.unwrap_err(), weight), (FitError::Few(4.0), 0.0));
    }
    // All on the same day, all after three days: how they scatter within the day nobody knows.
    for (_, f, _) in of(&[day(0.0, 0.0, None, 50.0)]).into_iter().chain(of(&[day(0.0, 3.0, None, 50.0)])) {
        assert!(matches!(f, Err(FitError::Narrow(_))), "{f:?}");
    }
    // Cut off while the numbers still rise with the delay: the mean may be anything.
    let rising: Vec<Record> = (0..6).map(|d| day(0.0, f64::from(d), Some(6.0), f64::from(3 * d * d + 1))).collect();
    for (family, f, _) in of(&rising) {
        let open = f.as_ref().map_or(true, |f| f.mean.hi.is_infinite() || f.mean.hi > 20.0);
        assert!(open, "{family:?} {f:?}");
    }
}

/// What is not determined is not a number at the edge of what was looked at.
#[test]
fn what_the_data_leave_open_has_no_number() {
    let of = |records: &[Record]| compare(&Delays::new(records, 0.0).unwrap()).into_iter().map(|(family, f, _)| (family, f));
    let day = |a: f64, b: f64, until: Option<f64>, n: f64| record((a, a + 1.0), (b, b + 1.0), until, n);
    // Each fell ill on the last day of a week's exposure: five times the same, and nothing says where in the week it began.
    let week: Vec<Record> =
        (0..5).map(|k| record((f64::from(k), f64::from(k) + 7.0), (f64::from(k) + 6.0, f64::from(k) + 7.0), None, 1.0)).collect();
    for (_, f) in of(&week) {
        assert!(matches!(f, Err(FitError::Narrow(_))), "{f:?}");
    }
    // Known only on the last day there is, whenever they began; as many of each length; and more of the longer ones.
    for days in [5, 10, 20] {
        let (n, end) = (f64::from(days), Some(f64::from(days)));
        let last = (0..days).map(|k| day(f64::from(k), n - 1.0, end, 1.0)).collect::<Vec<_>>();
        let alike = (0..days).map(|k| day(0.0, f64::from(k), end, 3.0)).collect::<Vec<_>>();
        let rising = (0..days).map(|k| day(0.0, f64::from(k), end, (0.3 * f64::from(k)).exp())).collect::<Vec<_>>();
        for (family, f) in [last, alike, rising].iter().flat_map(|r| of(r)) {
            assert!(matches!(f, Err(FitError::Unbounded(_))), "{days} {family:?} {f:?}");
        }
    }
    // Seven at once and one after forty days: the middle is known, the mean is not.
    let far: Vec<Record> = vec![day(0.0, 0.0, None, 7.0), day(0.0, 40.0, None, 1.0)];
    for (family, f) in of(&far) {
        let told = f.as_ref().is_ok_and(|f| f.mean.is_bounded());
        assert!(!told && f.as_ref().map_or(true, |f| f.quantiles[2].hi < 1.0), "{family:?} {f:?}");
    }
}

/// Delays of 0 and of 1 day agree with a fixed length between: the mean is known, and how they scatter is not.
#[test]
fn scatter_that_days_do_not_show_is_not_told() {
    let day = |b: f64, n: f64| record((0.0, 1.0), (b, b + 1.0), None, n);
    let (mut told, mut refused) = (0, 0);
    for (zeros, ones) in [(200.0, 30.0), (20.0, 1.0), (5.0, 5.0), (100.0, 100.0)] {
        let mean = ones / (zeros + ones);
        for (family, f, _) in compare(&Delays::new(&[day(0.0, zeros), day(1.0, ones)], 0.0).unwrap()) {
            match f {
                Ok(f) => {
                    assert!(!f.scatters && f.sd.lo == 0.0, "{family:?} {f:?}");
                    assert!((f.mean.value - mean).abs() < 1e-3 && f.mean.lo < mean && mean < f.mean.hi, "{family:?} {f:?}");
                    told += 1;
                }
                Err(e) => {
                    assert!(matches!(e, FitError::Narrow(_)), "{family:?} {e}");
                    refused += 1;
                }
            }
        }
    }
    assert!(told > refused, "{told} {refused}");
    let spread: Vec<Record> = [1.0, 2.0, 3.0, 5.0, 8.0].map(|b| day(b, 1.0)).to_vec();
    assert!(compare(&Delays::new(&spread, 0.0).unwrap()).iter().all(|f| f.1.as_ref().is_ok_and(|f| f.scatters && f.sd.lo > 0.5)));
}

#[test]
fn what_is_no_delay_is_refused() {
    let day = Window::day;
    assert_eq!(Record::new(day(5), day(3), None, 1.0), Err(RecordError::Negative(1.0)));
    assert_eq!(Record::new(day(5), day(9), Some(8.0), 1.0), Err(RecordError::Late(1.0)));
    assert_eq!(Record::new(day(5), day(9), None, 0.0), Err(RecordError::Count(0.0)));
    assert!(Window::new(2.0, 1.0).is_none() && Window::new(f64::NAN, 1.0).is_none());
}

#[test]
fn a_hundred_thousand_delays_are_quick() {
    let law = Law::of_mean_sd(Family::Gamma, 6.0, 4.0).unwrap();
    let records = outbreak(1, law, 0.15, 100_000, true);
    let begin = std::time::Instant::now();
    let all = compare(&Delays::new(&records, 0.0).unwrap());
    assert!(begin.elapsed().as_secs_f64() < 5.0, "{:?}", begin.elapsed());
    println!("{:?}", begin.elapsed());
    let gamma = all[0].1.as_ref().unwrap();
    assert!((gamma.mean.value - 6.0).abs() < 0.1 && gamma.mean.hi - gamma.mean.lo < 0.4, "{gamma:?}");
}

#[test]
fn moments_to_the_minute_are_quick_too() {
    let law = Law::of_mean_sd(Family::Gamma, 0.6, 0.3).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let minute = |x: f64| ((x * 1_440.0).floor() / 1_440.0, (x * 1_440.0).floor() / 1_440.0);
    let records: Vec<Record> = (0..30_000)
        .map(|_| {
            let first = 20.0 * uniform(&mut rng);
            let second = first + law.quantile(uniform(&mut rng).clamp(1e-12, 1.0 - 1e-12));
            record(minute(first), minute(second), Some(40.0), 1.0)
        })
        .collect();
    let begin = std::time::Instant::now();
    let f = fit(&Delays::new(&records, 0.0).unwrap(), Family::Gamma).unwrap();
    assert!(begin.elapsed().as_secs_f64() < 20.0, "{:?}", begin.elapsed());
    assert!((f.mean.value - 0.6).abs() < 0.006 && (f.sd.value - 0.3).abs() < 0.006, "{f:?}");
    assert!(f.mean.lo <= 0.6 && 0.6 <= f.mean.hi, "{:?}", f.mean);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn fits_are_ordered_and_never_panic(delays in prop::collection::vec((0_u8..40, 0_u8..4, 0_u8..30, 0_u8..4), 1..60), growth in -0.2_f64..0.3) {
        let records: Vec<Record> = delays.iter().filter_map(|(a, w, d, v)| {
            let (a, b) = (f64::from(*a), f64::from(*a) + f64::from(*d));
            Record::new(Window::new(a, a + f64::from(*w)).unwrap(), Window::new(b, b + f64::from(*v)).unwrap(), Some(72.0), 1.0).ok()
        }).collect();
        prop_assume!(!records.is_empty());
        for growth in [0.0, growth] {
            for (_, f, weight) in compare(&Delays::new(&records, growth).unwrap()) {
                prop_assert!((0.0..=1.0).contains(&weight));
                let Ok(f) = f else { continue };
                for e in [f.mean, f.sd].iter().chain(&f.quantiles) {
                    prop_assert!(0.0 <= e.lo && e.lo <= e.value && e.value <= e.hi && e.value > 0.0, "{f:?}");
                    prop_assert!(!e.is_bounded() || e.hi < 1e5, "{f:?}");
                }
                prop_assert!(f.quantiles.windows(2).all(|q| q[0].value <= q[1].value));
                prop_assert!(f.share_seen > 0.0 && f.share_seen <= 1.0 + 1e-9);
                prop_assert!((f.law.cdf(f.quantiles[1].value) - QUANTILES[1]).abs() < 1e-6);
            }
        }
    }
}
