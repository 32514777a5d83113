//! The detectors beside R's `surveillance` 1.20.3 on its own data sets: tests/data/warning, made by the script there.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_epi::warning::{Cusum, Ears, EarsMethod, Farrington, Standard, Verdict, cusum, ears, farrington};
use std::path::Path;

/// Cells that are no number are NaN.
fn table(name: &str) -> Vec<Vec<f64>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/warning").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().skip(1).map(|l| l.split(',').map(|c| c.parse().unwrap_or(f64::NAN)).collect()).collect()
}

fn counts(name: &str, column: usize) -> Vec<Option<f64>> {
    table(name).iter().map(|r| Some(r[column])).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()) + 1e-9
}

fn same(own: Option<Verdict>, upper: f64, alarm: f64, what: &str) {
    let own = own.unwrap_or_else(|| panic!("{what}: no verdict"));
    assert!(close(own.threshold, upper) && own.alarm == (alarm == 1.0), "{what}: {own:?}, not {upper} {alarm}");
}

#[test]
fn ears_is_that_of_surveillance() {
    let (series, reference) = (counts("agona.csv", 0), table("ears.csv"));
    for (n, method) in [EarsMethod::C1, EarsMethod::C2, EarsMethod::C3].into_iter().enumerate() {
        let own = ears(&series, &Ears::usual(method));
        let mut compared = 0;
        for (t, r) in reference.iter().enumerate() {
            let (upper, alarm) = (r[1 + 2 * n], r[2 + 2 * n]);
            if !upper.is_nan() {
                same(own[t], upper, alarm, &format!("{method:?} {t}"));
                compared += 1;
            }
        }
        assert!(compared > 290);
    }
}

#[test]
fn cusum_is_that_of_surveillance() {
    let (series, reference) = (counts("agona.csv", 0), table("cusum.csv"));
    for (n, standard) in [Standard::Plain, Standard::Rossi].into_iter().enumerate() {
        let own = cusum(&series, &Cusum::usual(standard, 104));
        assert_eq!(own.iter().flatten().count(), reference.len());
        for r in &reference {
            let t = r[0] as usize - 1;
            // R's threshold of Rossi's transformation is that of the smaller root where the sum is above the decision already.
            let own = own[t].unwrap();
            assert_eq!(own.alarm, r[2 + 2 * n] == 1.0, "{standard:?} {t}");
            assert!(
                close(own.threshold, r[1 + 2 * n]) || (standard == Standard::Rossi && own.threshold == 0.0),
                "{standard:?} {t}: {own:?} {r:?}"
            );
        }
    }
}

fn back(t: usize, years: usize) -> Option<usize> {
    t.checked_sub(52 * years)
}

/// The week nearest to the same date of an earlier year, where weeks have dates.
fn back_by_date(t: usize, years: usize) -> Option<usize> {
    // The first Monday is 5 January 2004; a year is 365 days and one more if a 29 February lies between.
    let day = |t: usize| 5 + 7 * t as i64;
    let leap_days = |from: i64, to: i64| [60, 60 + 1461, 60 + 2 * 1461].iter().filter(|d| from < **d && **d <= to).count() as i64;
    let then = (0..3).fold(day(t) - 365 * years as i64, |then, _| day(t) - 365 * years as i64 - leap_days(then, day(t)));
    usize::try_from((then - 5 + 3).div_euclid(7)).ok()
}

#[test]
fn farrington_is_that_of_surveillance() {
    type Back = fn(usize, usize) -> Option<usize>;
    for (data, column, back) in [("agona", 0, back as Back), ("newport", 1, back_by_date as Back)] {
        let series = counts(&format!("{data}.csv"), column);
        for (name, options) in [("original", Farrington::original()), ("improved", Farrington::improved())] {
            let own = farrington(&series, &options, back);
            let (mut compared, mut alarms) = (0, 0);
            for r in table(&format!("{data}_{name}.csv")) {
                let t = r[0] as usize - 1;
                let own = own[t];
                alarms += usize::from(own.is_some_and(|v| v.alarm));
                assert_eq!(own.is_some_and(|v| v.alarm), r[3] == 1.0, "{data} {name} {t}");
                if !r[2].is_nan() {
                    same(own, r[2], r[3], &format!("{data} {name} {t}"));
                    assert!(close(own.unwrap().expected, r[1]), "{data} {name} {t}: {own:?} {r:?}");
                    compared += 1;
                }
            }
            println!("{data} {name}: {compared} thresholds, {alarms} alarms");
            assert!(compared > 15);
        }
    }
}
