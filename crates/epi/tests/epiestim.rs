//! The same as EpiEstim 2.2-4, on its own data sets: tests/data/epiestim, which scripts made with Debian's package.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_epi::cori::{self, PRIOR, Window};
use quell_epi::interval::SerialInterval;
use quell_epi::series::Incidence;
use std::path::Path;

fn table(name: &str) -> Vec<Vec<f64>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/epiestim").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().skip(1).map(|l| l.split(',').map(|c| c.trim_matches('"').parse().unwrap_or(f64::NAN)).collect()).collect()
}

fn column(of: &[Vec<f64>], n: usize) -> Vec<f64> {
    of.iter().map(|r| r[n]).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

#[test]
fn the_discretised_serial_interval_is_the_same() {
    let reference = table("discr_si.csv");
    for r in &reference {
        let w = SerialInterval::shifted_gamma(r[0], r[1], 41).unwrap();
        let (own, theirs) = (w.of(r[2] as usize), r[3]);
        assert!((own - theirs).abs() <= 1e-13 + 1e-9 * theirs, "{r:?}: {own}");
    }
    assert!(reference.len() > 600);
}

#[test]
fn r_of_its_own_data_sets_is_the_same() {
    for (data, mean, sd) in [("Flu2009", 2.6, 1.5), ("Flu1918", 2.6, 1.5), ("SARS2003", 8.4, 3.8)] {
        let total = column(&table(&format!("{data}_incidence.csv")), 2);
        let days = total.len();
        let incidence = Incidence::of_total(total).unwrap();
        let given = SerialInterval::given(column(&table(&format!("{data}_si_distr.csv")), 1)).unwrap();
        let parametric = SerialInterval::shifted_gamma(mean, sd, days).unwrap();
        for (w, name) in [(given, "non_parametric"), (parametric, "parametric")] {
            let reference = table(&format!("{data}_{name}_si_weekly.csv"));
            let windows = Window::sliding(days, 7);
            assert_eq!(windows.len(), reference.len());
            let own = cori::estimate(&incidence, &w, &windows, PRIOR, &mut cori::quantiles());
            for ((window, own), theirs) in windows.iter().zip(own).zip(&reference) {
                assert_eq!((window.first() + 1, window.last() + 1), (theirs[0] as usize, theirs[1] as usize));
                let Some(own) = own else {
                    assert!(theirs[2].is_nan(), "{data} {name} {window:?}");
                    continue;
                };
                let own = [&[own.mean, own.sd], &own.quantiles[..]].concat();
                assert!(own.iter().zip(&theirs[2..]).all(|(a, b)| close(*a, *b)), "{data} {name} {window:?}: {own:?} {theirs:?}");
            }
        }
    }
}
