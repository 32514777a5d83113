//! Forecasts of simulated epidemics, and what must hold of any forecast.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

#[path = "../examples/forecast_scores/epidemics.rs"]
mod epidemics;

use epidemics::{SHAPES, Shape, epidemic, interval};
use proptest::prelude::*;
use quell_epi::forecast::{
    Ahead, Baseline, Days, Definition, Draw, Kind, Method, Outbreak, Past, Plan, Rolling, Score, fit, fit_shares, futures, rolling, told,
};
use quell_epi::gamma::Gamma;
use quell_epi::interval::SerialInterval;

/// Scores of forecasts from one day of each of some epidemics of every shape, of all horizons together.
fn scores() -> Vec<Score> {
    let w = interval().unwrap();
    let mut all = Vec::new();
    for (k, shape) in SHAPES.into_iter().enumerate() {
        for (size, from) in [(None, 25), (Some(10.0), 32), (None, 39), (Some(10.0), 46), (None, 53), (Some(10.0), 60)] {
            for seed in 0..2 {
                let outbreak = epidemic(shape, size, &w, 100 * k as u64 + 10 * from as u64 + seed).unwrap();
                let how = Rolling { from, every: 100, days: 14, samples: 500, seed };
                all.extend(rolling(&outbreak, &w, &how).into_iter().filter(|s| s.horizon.is_none()));
            }
        }
    }
    all
}

#[test]
fn the_model_beats_every_baseline_and_its_intervals_hold_what_they_say() {
    let all = scores();
    let mean = |method: Method, channel: Option<usize>, f: &dyn Fn(&Score) -> f64| {
        let of: Vec<f64> = all.iter().filter(|s| s.method == method && s.channel == channel).map(f).collect();
        assert_eq!(of.len(), 72);
        of.iter().sum::<f64>() / of.len() as f64
    };
    for channel in [None, Some(0), Some(1)] {
        let model = mean(Method::Model, channel, &|s| s.log_wis);
        for k in 0..Baseline::ALL.len() {
            let baseline = mean(Method::Baseline(k), channel, &|s| s.log_wis);
            assert!(model < 0.97 * baseline, "{channel:?} {:?}: {model} against {baseline}", Baseline::ALL[k]);
        }
        for (k, (share, width)) in [(0.5, 0.16), (0.8, 0.1), (0.95, 0.04)].into_iter().enumerate() {
            let held = mean(Method::Model, channel, &|s| s.coverage[k]);
            assert!((held - share).abs() < width, "{channel:?}: the {share} interval holds {held}");
        }
    }
}

fn of(counts: Vec<Option<f64>>) -> Outbreak {
    Outbreak { past: Past::new(counts, None).unwrap(), channels: Vec::new() }
}

fn medians(o: &Outbreak, days: usize) -> Vec<f64> {
    let f = futures(o, &interval().unwrap(), &Ahead::of(days, 500), &mut Draw::new(1));
    (0..days).map(|h| told(&f.cases(), h).unwrap().quantiles.median()).collect()
}

#[test]
fn the_same_seed_gives_the_same_future_and_another_one_another() {
    let o = epidemic(Shape::Wave, Some(10.0), &interval().unwrap(), 3).unwrap();
    let run = |seed: u64| futures(&o, &interval().unwrap(), &Ahead::of(10, 50), &mut Draw::new(seed));
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn a_gap_is_no_fall() {
    let whole: Vec<Option<f64>> = (0..40).map(|t| Some((50.0 * (0.05 * f64::from(t)).exp()).round())).collect();
    let (mut gaps, mut zeros) = (whole.clone(), whole.clone());
    for t in [30, 36, 37] {
        gaps[t] = None;
        zeros[t] = Some(0.0);
    }
    let [whole, gaps, zeros] = [whole, gaps, zeros].map(|c| medians(&of(c), 7)[6]);
    assert!((gaps / whole).ln().abs() < 0.15, "{gaps} with gaps, {whole} without");
    assert!((zeros / whole).ln().abs() > 0.15, "{zeros} with zeros, {whole} without");
}

#[test]
fn quiet_sundays_are_foretold() {
    let counts = (0..56).map(|t| Some(if t % 7 == 6 { 60.0 } else { 100.0 + f64::from(t % 5) })).collect();
    let o = of(counts);
    let factors = *fit(&o.past, &interval().unwrap()).weekday();
    assert!(factors[6] < 0.75 && factors[..6].iter().all(|f| *f > 0.97), "{factors:?}");
    // The day after the last is the first of a week, and a Sunday its seventh.
    let m = medians(&o, 14);
    assert!(m[6] < 0.75 * m[5] && m[13] < 0.75 * m[12], "{m:?}");
}

#[test]
fn days_at_the_end_that_nobody_knows_are_not_part_of_the_past() {
    let o = of(vec![Some(3.0), None, Some(5.0), None, None]);
    assert_eq!((o.until(5).past.days(), o.until(2).past.days(), o.until(0).past.days()), (3, 1, 0));
}

#[test]
fn cases_that_came_from_elsewhere_go_on_coming() {
    let counts = vec![Some(0.0); 40];
    let none = of(counts.clone());
    let imported = Outbreak { past: Past::new(counts, Some(vec![Some(10.0); 40])).unwrap(), channels: Vec::new() };
    let mean = |o: &Outbreak| told(&futures(o, &interval().unwrap(), &Ahead::of(14, 400), &mut Draw::new(1)).cases(), 13).unwrap().mean;
    assert!(mean(&none) < 0.5 && mean(&imported) > 0.2, "{} {}", mean(&none), mean(&imported));
}

/// As in Chongqing in November 2022: two thirds at first, then less every day.
#[test]
fn a_falling_share_goes_on_falling_but_not_for_ever() {
    let share = |t: usize| 1.0 / (1.0 + (0.15 * (t as f64 - 5.0)).exp());
    let community: Vec<Option<f64>> = (0..20).map(|t| (t % 4 != 2).then(|| (3_000.0 * share(t)).round())).collect();
    let controlled = community.iter().map(|n| n.map(|n| 3_000.0 - n)).collect();
    let shares = fit_shares(&[community, controlled]);
    let mut draw = Draw::new(1);
    let paths: Vec<Vec<f64>> = (0..2_000).map(|_| shares.draw(&[3_000.0; 10], 0, &[], &mut draw).swap_remove(0)).collect();
    let now = 3_000.0 * share(19);
    let at = |h: usize| told(&paths, h).unwrap().quantiles;
    assert!((at(0).median() / (3_000.0 * share(20)) - 1.0).abs() < 0.1, "{} {}", at(0).median(), 3_000.0 * share(20));
    assert!(at(9).median() < 0.6 * now && at(9).median() > 3_000.0 * share(29), "{}", at(9).median());
    let (lo, hi) = at(9).central(0.95).unwrap();
    assert!(lo < 3_000.0 * share(29) && hi > 3_000.0 * share(29), "{lo} {hi}");
}

#[test]
fn three_channels_add_up() {
    let channel = |n: f64| (0..15).map(|t| (t != 7).then_some(n)).collect::<Vec<_>>();
    let shares = fit_shares(&[channel(10.0), channel(0.0), channel(90.0)]);
    let mut draw = Draw::new(1);
    let mut sums = [0.0; 3];
    for _ in 0..300 {
        let drawn = shares.draw(&[100.0, 50.0, 0.0], 0, &[], &mut draw);
        for (h, all) in [100.0, 50.0, 0.0].into_iter().enumerate() {
            assert_eq!(drawn.iter().map(|c| c[h]).sum::<f64>(), all);
        }
        sums.iter_mut().zip(&drawn).for_each(|(s, c)| *s += c[0] / 300.0);
    }
    assert!((sums[0] - 10.0).abs() < 3.0 && sums[1] < 1.0 && (sums[2] - 90.0).abs() < 3.0, "{sums:?}");
}

#[test]
fn the_channels_of_a_part_are_not_those_of_all() {
    let past = Past::new([100.0, 100.0, 0.0, 100.0].map(Some).to_vec(), None).unwrap();
    let o =
        Outbreak { past, channels: vec![vec![Some(10.0), Some(5.0), Some(0.0), None], vec![Some(89.0), Some(40.0), Some(0.0), Some(1.0)]] };
    assert_eq!(o.counts_of(0), [Some(10.0), None, Some(0.0), None]);
}

#[test]
fn zero_is_reached_as_each_definition_says() {
    let [same, three] = [Definition::SAME_DAY, Definition::THREE_DAYS];
    let past = [Some(4.0), Some(0.0)];
    assert_eq!((same.reached(&past, &[1.0]), three.reached(&past, &[0.0, 0.0])), (Some(0), Some(2)));
    assert_eq!(three.reached(&past, &[0.0, 1.0, 0.0, 0.0]), None);
    assert_eq!(three.reached(&[Some(0.0), Some(0.0), Some(0.0)], &[]), Some(0));
    assert_eq!(three.reached(&[Some(0.0), Some(0.0), None], &[0.0, 0.0, 0.0]), Some(3));
    assert_eq!(same.reached(&[None], &[2.0, 0.0]), Some(2));
    assert_eq!(Definition::basically(462_462.0).reached(&[Some(9.0)], &[4.0, 4.0, 4.0, 5.0]), Some(3));
    let days = Days::of([Some(2), None, Some(5), Some(3)]);
    assert_eq!((days.within(1), days.within(3), days.within(99)), (0.0, 0.5, 0.75));
    assert_eq!((days.quantile(0.5), days.quantile(0.75), days.quantile(0.8)), (Some(3), Some(5), None));
    assert_eq!((Days::of([]).quantile(0.5), Days::of([]).within(3)), (None, 0.0));
}

/// Little's law: with as many cases every day, beds in use are admissions a day times the mean stay (here and a half day more: a bed counts on the
/// day of admission, and the day in which somebody leaves does not count).
#[test]
fn beds_in_use_are_admissions_times_stay() {
    let kind = Kind { share: 0.1, stay: Gamma::of_mean_sd(8.0, 4.0).unwrap(), in_use: None };
    let paths = vec![vec![200.0; 5]; 2_000];
    let drawn = kind.in_use(&[200.0; 120], &paths, 0, &mut Draw::new(1));
    let t = told(&drawn, 4).unwrap();
    assert!((t.mean - 20.0 * 8.5).abs() < 1.5, "{}", t.mean);
    // Stays that are independent make a number that is nearly Poisson's.
    let (lo, hi) = t.quantiles.central(0.95).unwrap();
    let width = (hi - lo) / (2.0 * 1.96 * t.mean.sqrt());
    assert!((0.9..1.05).contains(&width), "{width}");
}

#[test]
fn beds_that_are_in_use_now_empty_by_and_by() {
    let kind = Kind { share: 0.1, stay: Gamma::of_mean_sd(8.0, 4.0).unwrap(), in_use: Some(300.0) };
    let paths = vec![vec![0.0; 30]; 500];
    for past in [vec![100.0; 40], vec![0.0; 40], Vec::new()] {
        let drawn = kind.in_use(&past, &paths, 0, &mut Draw::new(1));
        let mean = |h: usize| told(&drawn, h).unwrap().mean;
        assert!(mean(0) > 240.0 && mean(0) < 300.0 && mean(7) < 0.6 * mean(0) && mean(29) < 3.0, "{} {} {}", mean(0), mean(7), mean(29));
    }
    let nobody = Kind { share: 0.0, in_use: Some(0.0), ..kind };
    assert!(nobody.in_use(&[5.0], &paths, 0, &mut Draw::new(1)).iter().flatten().all(|n| *n == 0.0));
}

#[test]
fn tests_follow_from_positivity_or_from_a_schedule() {
    assert_eq!(Plan::Positivity(0.02).tests(&[], &[10.0, 0.0], 0), [500.0, 0.0]);
    let plan = Plan::Schedule { screened: vec![1_000.0, 500.0], contacts: 10.0, days: vec![1, 3] };
    // Three days ago 2 cases, then none, 1, then 4 and 6.
    let told = [1_000.0 + 10.0 + 20.0, 500.0 + 40.0, 500.0 + 60.0 + 10.0];
    assert_eq!(plan.tests(&[2.0, 0.0, 1.0], &[4.0, 6.0, 0.0], 0), told);
    // The same where the last two days of the past are not complete.
    assert_eq!(plan.tests(&[2.0], &[0.0, 1.0, 4.0, 6.0, 0.0], 2), told);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_comes_in_counts_come_out(
        counts in prop::collection::vec(prop::option::weighted(0.8, prop_oneof![Just(0.0), 0.0..50.0_f64, 0.0..1e12_f64]), 1..40),
        mean in 1.1..20.0_f64,
    ) {
        let w = SerialInterval::shifted_gamma(mean, 0.5 * mean, 80).unwrap();
        let community = counts.iter().map(|n| n.map(|n| (0.3 * n).floor())).collect::<Vec<_>>();
        let o = Outbreak { past: Past::new(counts.clone(), None).unwrap(), channels: vec![community, counts] };
        let f = futures(&o.until(usize::MAX), &w, &Ahead::of(20, 50), &mut Draw::new(1));
        for path in &f.paths {
            prop_assert!(path.cases.iter().all(|n| n.is_finite() && *n >= 0.0 && n.fract() == 0.0));
        }
        for (path, k) in f.paths.iter().zip(0..) {
            for h in 0..20 {
                prop_assert_eq!(f.channels.iter().map(|c| c[k][h]).sum::<f64>(), path.cases[h]);
            }
        }
        let how = Rolling { from: 1, every: 7, days: 3, samples: 30, seed: 1 };
        for s in rolling(&o, &w, &how) {
            prop_assert!(s.wis.total.is_finite() && s.wis.total >= 0.0 && s.coverage.iter().all(|c| (0.0..=1.0).contains(c)));
        }
    }
}

/// Until fewer than 5 a day are found in the community on three days, with R = 0.85 and a falling share.
#[test]
fn zero_comes_when_the_forecast_says() {
    let w = interval().unwrap();
    let (mut held, mut sooner, mut n) = (0.0, 0.0, 0.0);
    for seed in 0..25_u64 {
        let outbreak = epidemic(Shape::Fall, None, &w, 700 + seed).unwrap();
        let known = outbreak.until(42);
        let f = futures(&known, &w, &Ahead::of(33, 300), &mut Draw::new(seed));
        let reached = |path: &[f64]| Definition::basically(500_000.0).reached(&known.channels[0], path);
        let days = Days::of(f.channels[0].iter().map(|p| reached(p)));
        let came: Vec<f64> = outbreak.channels[0][42..].iter().flatten().copied().collect();
        let came = reached(&came).unwrap_or(34);
        let at = |level: f64| days.quantile(level).unwrap_or(34);
        held += f64::from(u8::from((at(0.1)..=at(0.9)).contains(&came)));
        sooner += f64::from(u8::from(came < at(0.5)));
        n += 1.0;
    }
    assert!(held / n >= 0.75, "the 80 % interval of the day holds {}", held / n);
    assert!((0.2..0.8).contains(&(sooner / n)), "it came sooner than the median on {}", sooner / n);
}
