//! The scan beside what SaTScan printed for the same data (tests/data/clusters), and on data whose truth is known.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_epi::clusters::{Cluster, Counts, Limits, Null, Positions, Reach, Scan, Testing, scan};
use std::path::Path;

fn table(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/clusters").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect()).collect()
}

fn number(of: &[String], n: usize) -> f64 {
    of[n].parse().unwrap()
}

const LIMITS: Limits = Limits { reach: Reach::Any, largest_share: 0.5, largest_radius: None, longest: 1, fewest: 2 };

fn new_york(positions: fn(Vec<(f64, f64)>) -> Positions, share: f64) -> Scan {
    let rows = table("new_york.csv");
    let counts = Counts::new(rows.len(), 1, rows.iter().map(|r| number(r, 4) as u32).collect()).unwrap();
    let at = positions(rows.iter().map(|r| (number(r, 1), number(r, 2))).collect());
    let population = rows.iter().map(|r| number(r, 3)).collect();
    let limits = Limits { largest_share: share, ..LIMITS };
    let testing = Testing { replications: 999, enough: None, seed: 1, threads: 2 };
    scan(&at, &counts, &Null::Population { places: population, steps: vec![1.0] }, &limits, &testing).unwrap()
}

/// Places, cases, expected, relative risk, logarithm of the ratio, p value: as SaTScan prints them.
type Printed = (&'static [usize], u32, f64, f64, f64, f64);

fn same(own: &Cluster, theirs: &Printed) {
    let mut places: Vec<usize> = own.places.iter().map(|p| p + 1).collect();
    let mut given = theirs.0.to_vec();
    places.sort_unstable();
    given.sort_unstable();
    assert_eq!((places, own.observed), (given, theirs.1));
    assert!((own.expected - theirs.2).abs() < 0.0051 && (own.log_ratio - theirs.4).abs() < 1e-6, "{own:?}");
    assert!((own.relative_risk.unwrap() - theirs.3).abs() < 0.0051, "{own:?}");
    // Both come from 999 data sets.
    let error = 4.0 * (2.0 * theirs.5 * (1.0 - theirs.5) / 1000.0).sqrt() + 0.002;
    assert!((own.p_value - theirs.5).abs() < error, "{} beside {}", own.p_value, theirs.5);
}

#[test]
fn leukaemia_in_new_york_is_where_satscan_finds_it_on_a_map() {
    // SaTScan 9.6, coordinates taken as Cartesian, circles of at most a tenth of the population.
    let printed: [Printed; 7] = [
        (
            &[49, 48, 50, 47, 1, 15, 51, 2, 13, 14, 3, 35, 16, 52, 36, 37, 12, 11, 5, 17, 10, 4, 6, 38, 18, 9],
            85,
            49.71,
            1.84,
            11.577_255,
            0.001,
        ),
        (&[89, 88, 87, 84, 90, 86, 92, 85], 38, 17.79, 2.22, 9.019_716, 0.013),
        (
            &[
                112, 113, 115, 111, 116, 219, 117, 123, 218, 114, 122, 110, 124, 220, 118, 133, 121, 125, 216, 120, 134, 217, 126, 139,
                215, 132, 141, 140, 127, 142, 138, 131, 119,
            ],
            64,
            40.85,
            1.64,
            6.114_140,
            0.216,
        ),
        (&[62, 64, 67, 65], 25, 12.82, 1.99, 4.651_839, 0.609),
        (&[46, 45, 41, 54, 44, 43, 53], 28, 15.54, 1.84, 4.169_203, 0.755),
        (&[266, 281, 267, 265], 12, 5.14, 2.37, 3.363_518, 0.961),
        (&[166, 159, 167], 11, 4.61, 2.41, 3.209_485, 0.976),
    ];
    let own = new_york(Positions::Plane, 0.1);
    assert_eq!(own.replications, 999);
    printed.iter().zip(&own.clusters).for_each(|(theirs, own)| same(own, theirs));
    assert!((own.clusters[0].radius - 0.070).abs() < 0.0005);
}

#[test]
fn leukaemia_in_new_york_is_where_satscan_finds_it_on_the_globe() {
    // SaTScan 9.3.1, latitude and longitude, circles of at most half of the population. Its p value 0.000087 is from a Gumbel distribution.
    let printed: [Printed; 6] = [
        (
            &[52, 50, 53, 38, 49, 48, 15, 39, 37, 1, 16, 44, 47, 40, 14, 2, 51, 13, 43, 45, 17, 55, 11, 3, 12, 46, 36, 35, 54, 10, 5],
            106,
            62.13,
            1.87,
            14.780_276,
            0.000_087,
        ),
        (&[88, 87, 92, 86, 89, 91, 93, 85, 90], 42, 21.24, 2.06, 8.287_056, 0.033),
        (&[113, 117, 116, 112, 220, 118, 115, 123, 124, 111, 114, 125, 219, 122, 126, 119], 44, 23.83, 1.92, 7.199_672, 0.105),
        (&[62, 64, 67, 65], 25, 12.82, 1.99, 4.651_839, 0.653),
        (&[132, 138, 121, 131, 139, 120], 10, 3.65, 2.78, 3.773_422, 0.901),
        (&[166, 159, 167], 11, 4.61, 2.41, 3.209_485, 0.982),
    ];
    let own = new_york(Positions::Globe, 0.5);
    printed.iter().zip(&own.clusters).for_each(|(theirs, own)| same(own, theirs));
    let most = &own.clusters[0];
    assert!((most.radius / 1000.0 - 7.70).abs() < 0.02, "{}", most.radius);
    let p = most.p_gumbel.unwrap();
    assert!((2e-5..4e-4).contains(&p), "{p}");
}
