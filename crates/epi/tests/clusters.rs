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

#[test]
fn brain_cancer_in_new_mexico_is_where_kulldorff_found_it() {
    // Kulldorff et al. 1998 examined the alarm of Los Alamos: with Santa Fe, 1986 to 1989, not significant once age, sex and the trend of the state are
    // allowed for. Circles of at most a tenth of the state, so that Albuquerque is none.
    let geo = table("new_mexico_geo.csv");
    let index = |name: &str| geo.iter().position(|r| r[0] == name).unwrap();
    let mut cells = vec![0; geo.len() * 19];
    for r in table("new_mexico_cases.csv") {
        cells[index(&r[0]) * 19 + (number(&r, 1) as usize - 1973)] += number(&r, 2) as u32;
    }
    let counts = Counts::new(geo.len(), 19, cells).unwrap();
    let by_county = table("new_mexico_by_county.csv");
    let places: Vec<f64> = geo.iter().map(|g| number(by_county.iter().find(|r| r[0] == g[0]).unwrap(), 1)).collect();
    let steps: Vec<f64> = table("new_mexico_by_year.csv").iter().map(|r| number(r, 1)).collect();
    let at = Positions::Plane(geo.iter().map(|r| (number(r, 1), number(r, 2))).collect());
    let limits = Limits { longest: 9, largest_share: 0.1, ..LIMITS };
    let testing = Testing { replications: 499, enough: None, seed: 3, threads: 2 };
    for (null, significant) in [(Null::Population { places: places.clone(), steps }, true), (Null::PopulationByStep { places }, false)] {
        let own = scan(&at, &counts, &null, &limits, &testing).unwrap();
        let alamos = own.clusters.iter().find(|c| c.places.contains(&index("LosAlamos"))).unwrap();
        let mut names: Vec<&str> = alamos.places.iter().map(|p| geo[*p][0].as_str()).collect();
        names.sort_unstable();
        assert_eq!((names, 1973 + alamos.last), (vec!["LosAlamos", "SantaFe"], 1989));
        assert!(!significant || 1973 + alamos.first == 1986);
        assert_eq!(alamos.p_value <= 0.05, significant, "{alamos:?}");
    }
}

struct Numbers(u64);

impl Numbers {
    /// xorshift64 (Marsaglia 2003).
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Forty places, twelve days; `risk` multiplies what is expected of a place on a day.
fn outbreak(seed: u64, cases: usize, risk: impl Fn(usize, usize) -> f64) -> (Positions, Counts, Vec<f64>) {
    let (places, steps) = (40, 12);
    let mut n = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..20).for_each(|_| {
        n.next();
    });
    let at = (0..places).map(|_| (n.next(), n.next())).collect();
    let population: Vec<f64> = (0..places).map(|_| 100.0 + 900.0 * n.next()).collect();
    let weights: Vec<f64> = (0..places * steps).map(|c| population[c / steps] * risk(c / steps, c % steps)).collect();
    let sums: Vec<f64> = weights
        .iter()
        .scan(0.0, |s, w| {
            *s += w;
            Some(*s)
        })
        .collect();
    let mut cells = vec![0; places * steps];
    for _ in 0..cases {
        let at = n.next() * sums[places * steps - 1];
        cells[sums.partition_point(|s| *s <= at).min(places * steps - 1)] += 1;
    }
    (Positions::Plane(at), Counts::new(places, steps, cells).unwrap(), population)
}

fn nulls(population: &[f64]) -> [Null; 3] {
    let places = population.to_vec();
    [Null::Population { places: places.clone(), steps: vec![1.0; 12] }, Null::PopulationByStep { places }, Null::Permutation]
}

const SIX_DAYS: Limits = Limits { longest: 6, ..LIMITS };

#[test]
fn nothing_is_missed_by_looking_at_few_windows() {
    // Every window by hand.
    for (reach, seed) in [(Reach::Any, 5), (Reach::Alive, 6)] {
        let (at, counts, population) = outbreak(seed, 90, |p, t| if p % 9 == 0 && t > 8 { 4.0 } else { 1.0 });
        let limits = Limits { reach, ..SIX_DAYS };
        let testing = Testing { replications: 0, enough: None, seed: 1, threads: 1 };
        let all: f64 = population.iter().sum();
        let mut highest: f64 = 0.0;
        for centre in 0..40 {
            let mut order: Vec<usize> = (0..40).collect();
            order.sort_by(|a, b| at.distance(centre, *a).total_cmp(&at.distance(centre, *b)));
            for k in 1..=40 {
                let share = order[..k].iter().map(|p| population[*p]).sum::<f64>() / all;
                for first in 0..12 {
                    for last in first..12.min(first + 6) {
                        if share > 0.5 || (reach == Reach::Alive && last != 11) {
                            continue;
                        }
                        let cases: u32 = order[..k].iter().map(|p| counts.of(*p)[first..=last].iter().sum::<u32>()).sum();
                        let (c, e) = (f64::from(cases), 90.0 * share * (last - first + 1) as f64 / 12.0);
                        if cases >= 2 && c > e {
                            highest =
                                highest.max(c * (c / e).ln() + if cases < 90 { (90.0 - c) * ((90.0 - c) / (90.0 - e)).ln() } else { 0.0 });
                        }
                    }
                }
            }
        }
        let found = scan(&at, &counts, &nulls(&population)[0], &limits, &testing).unwrap();
        assert!((found.clusters[0].log_ratio - highest).abs() < 1e-9, "{reach:?}: {} {highest}", found.clusters[0].log_ratio);
    }
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let (at, counts, population) = outbreak(11, 150, |_, _| 1.0);
    for null in nulls(&population) {
        for reach in [Reach::Any, Reach::Alive] {
            let run = |threads| {
                let testing = Testing { replications: 250, enough: Some(60), seed: 9, threads };
                scan(&at, &counts, &null, &Limits { reach, ..SIX_DAYS }, &testing).unwrap()
            };
            let one = run(1);
            assert_eq!(one, run(2));
            assert_eq!(one, run(7));
        }
    }
}

#[test]
fn a_false_alarm_is_as_rare_as_it_should_be() {
    // 200 times nothing: p values up to 0.1 in about a tenth of them (binomial: 20 ± 4 × 4.2).
    for (n, name) in ["population", "population by day", "permutation"].iter().enumerate() {
        let alarms = (0..200_u64).filter(|seed| {
            let (at, counts, population) = outbreak(*seed + 100, 80, |_, _| 1.0);
            let testing = Testing { replications: 99, enough: Some(10), seed: *seed, threads: 1 };
            let found = scan(&at, &counts, &nulls(&population)[n], &Limits { reach: Reach::Alive, ..SIX_DAYS }, &testing).unwrap();
            found.clusters.first().is_some_and(|c| c.p_value <= 0.1)
        });
        let alarms = alarms.count();
        assert!((4..=36).contains(&alarms), "{name}: {alarms} of 200");
    }
}

#[test]
fn what_is_there_is_found() {
    // The five places nearest to place 7 have three times the risk on the last four days of a hundred cases.
    for n in 0..3 {
        let found = (0..25_u64).filter(|seed| {
            let (at, ..) = outbreak(*seed + 500, 0, |_, _| 1.0);
            let mut near: Vec<usize> = (0..40).collect();
            near.sort_by(|a, b| at.distance(7, *a).total_cmp(&at.distance(7, *b)));
            let near = &near[..5];
            let (at, counts, population) = outbreak(*seed + 500, 150, |p, t| if near.contains(&p) && t >= 8 { 6.0 } else { 1.0 });
            let testing = Testing { replications: 99, enough: Some(10), seed: *seed, threads: 1 };
            let found = scan(&at, &counts, &nulls(&population)[n], &SIX_DAYS, &testing).unwrap();
            found.clusters.first().is_some_and(|c| c.p_value <= 0.05 && c.places.iter().any(|p| near.contains(p)) && c.last >= 8)
        });
        let found = found.count();
        // The permutation compares a place with its own other days only, and has six such places to learn from.
        assert!(found >= [22, 22, 4][n], "null {n}: {found} of 25");
    }
}

#[test]
fn a_circle_with_everything_is_no_cluster_and_nothing_has_none() {
    let at = Positions::Plane(vec![(0.0, 0.0), (0.0, 0.0)]);
    let testing = Testing { replications: 99, enough: None, seed: 1, threads: 3 };
    let none = Counts::new(2, 3, vec![0; 6]).unwrap();
    assert!(scan(&at, &none, &Null::Permutation, &LIMITS, &testing).unwrap().clusters.is_empty());
    let one = Counts::new(2, 1, vec![5, 7]).unwrap();
    assert!(scan(&at, &one, &Null::Permutation, &LIMITS, &testing).unwrap().clusters.is_empty());
    let wild = Positions::Globe(vec![(91.0, 0.0), (0.0, 0.0)]);
    assert!(scan(&wild, &one, &Null::Permutation, &LIMITS, &testing).is_err());
    let nobody = Null::Population { places: vec![0.0, 1.0], steps: vec![1.0] };
    assert!(scan(&at, &one, &nobody, &LIMITS, &testing).is_err());
}
