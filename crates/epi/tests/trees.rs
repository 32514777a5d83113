//! Who infected whom on simulated outbreaks of which it is known. The long form, on hundreds of outbreaks, is bench/trees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod outbreaks;

use outbreaks::{Known, Score, World, interval, live};
use quell_epi::random::Random;
use quell_epi::trees::*;

const SAMPLING: Sampling = Sampling { chains: 4, warm_up: 150, sweeps: 400, every: 1, seed: 7 };

fn large(w: &World, n: usize) -> Vec<Known> {
    (0..).map(|seed| live(w, seed)).filter(|k| k.outbreak.cases.len() >= 20).take(n).collect()
}

fn without_ties(k: &Known) -> Problem {
    let mut o = k.outbreak.clone();
    o.ties.clear();
    Problem::new(&o).unwrap()
}

#[test]
fn ties_that_matter_are_learnt_and_find_infectors() {
    let (mut with, mut without, mut weight) = (Score::default(), Score::default(), 0.0);
    for k in large(&World::USUAL, 8) {
        let f = first(&Problem::new(&k.outbreak).unwrap());
        weight += f.weights[0] / 8.0;
        with.add(&k, &f.infectors);
        without.add(&k, &first(&without_ties(&k)).infectors);
    }
    assert!(weight > 2.0, "a household multiplies the rate: {weight}");
    assert!(with.top > 2.0 * without.top && with.top > 0.25 * with.known, "{with:?} {without:?}");
}

#[test]
fn ties_that_mean_nothing_count_nothing() {
    let w = World { at_home: 0.0003, outside: 1.6, ..World::USUAL };
    let mut weights = Vec::new();
    for (n, k) in large(&w, 12).iter().enumerate() {
        let mut o = k.outbreak.clone();
        // Fifteen groups, drawn without regard to anything.
        let mut rng = Random::new(5, n as u64);
        let group: Vec<u32> = o.cases.iter().map(|_| (rng.uniform() * 15.0) as u32).collect();
        let pairs = (0..group.len()).flat_map(|a| (a + 1..group.len()).map(move |b| (a, b))).filter(|(a, b)| group[*a] == group[*b]);
        o.ties = pairs.map(|(a, b)| Tie { a: a as u32, b: b as u32, kind: 0, directed: false }).collect();
        weights.push(first(&Problem::new(&o).unwrap()).weights[0]);
    }
    weights.sort_by(f64::total_cmp);
    // Chance puts more or fewer of the infectors into the same group in an outbreak of twenty cases, but not in most.
    let strong = weights.iter().filter(|w| w.abs() > 1.5).count();
    assert!(weights[5].abs() < 0.5 && strong <= 2, "{weights:?}");
}

#[test]
fn what_is_claimed_with_nine_tenths_is_so_about_as_often() {
    let usual = World::USUAL;
    let worlds = [
        usual,
        World { window: Some(3), ..usual },
        World { reported: 0.6, ..usual },
        World { vague: 3, ..usual },
        World { size: 0.1, outside: 1.8, at_home: 0.1, ..usual },
        World { import_every: Some(5), outside: 0.7, ..usual },
    ];
    for w in worlds {
        let mut s = Score::default();
        for k in large(&w, 4) {
            let p = Problem::new(&k.outbreak).unwrap();
            s.add(&k, &posterior(&p, &first(&p), &SAMPLING).infectors);
        }
        let (claimed, held) = (s.claimed / s.cases, s.held / s.cases);
        // Cases of an outbreak are not independent of each other: so much is chance.
        assert!((held - claimed).abs() < 0.1, "{w:?}: claimed {claimed}, held {held}");
    }
}

#[test]
fn windows_and_superspreaders_help() {
    let few = World { size: 0.1, outside: 1.8, at_home: 0.0, most_cases: 120, ..World::USUAL };
    let (mut with, mut without) = (Score::default(), Score::default());
    for k in large(&World { window: Some(1), ..few }, 8) {
        with.add(&k, &first(&without_ties(&k)).infectors);
        let mut blind = k.outbreak.clone();
        blind.ties.clear();
        blind.cases.iter_mut().for_each(|c| c.exposed = None);
        without.add(&k, &first(&Problem::new(&blind).unwrap()).infectors);
    }
    assert!(with.mass > 1.3 * without.mass, "{with:?} {without:?}");
}

#[test]
fn chains_agree_and_the_same_seed_gives_the_same_trees() {
    let k = large(&World::USUAL, 1).remove(0);
    let p = Problem::new(&k.outbreak).unwrap();
    let run = |seed: u64| posterior(&p, &first(&p), &Sampling { seed, ..Sampling::of_size(p.cases(), 1) });
    let q = run(1);
    let m = q.mixing();
    assert!(m.converged() && m.effective_size > 800.0 && m.trees > 2_000.0, "{m:?}");
    let short = |seed: u64| posterior(&p, &first(&p), &Sampling { seed, ..SAMPLING });
    assert_eq!(short(3), short(3));
    assert_ne!(short(3), short(4));
    for edges in &q.infectors {
        let all: f64 = edges.iter().map(|e| e.probability).sum();
        assert!((all - 1.0).abs() < 1e-9, "{all}");
    }
    let made: f64 = q.offspring.iter().sum();
    let elsewhere: f64 = q.imported.iter().chain(&q.unseen).sum();
    assert!((made + elsewhere - p.cases() as f64).abs() < 1.0, "every case was infected once: {made} {elsewhere}");
}

#[test]
fn who_is_missing_shows_in_how_many_infectors_are() {
    let mut shares = Vec::new();
    for reported in [1.0, 0.5] {
        let mut k = large(&World { reported, at_home: 0.5, most_cases: 200, ..World::USUAL }, 1).remove(0);
        k.outbreak.reported = Some(reported.min(0.95));
        let p = Problem::new(&k.outbreak).unwrap();
        let mut share = posterior(&p, &first(&p), &SAMPLING).reported();
        share.sort_by(f64::total_cmp);
        shares.push(share[share.len() / 2]);
    }
    assert!(shares[0] > 0.85 && (0.3..0.7).contains(&shares[1]), "{shares:?}");
}

#[test]
fn who_is_behind_an_unknown_infector_is_claimed_as_often_as_it_is_so() {
    // At home most infect each other: so households show who is missing.
    let w = World { reported: 0.6, household: 8, at_home: 0.4, outside: 0.9, most_cases: 250, ..World::USUAL };
    let (mut claimed, mut behind, mut surely, mut truly) = (0.0, 0.0, 0.0, 0.0);
    for k in large(&w, 8) {
        let p = Problem::new(&k.outbreak).unwrap();
        let s = posterior(&p, &first(&p), &SAMPLING);
        for (j, (edges, truth)) in through(&p, &s).iter().zip(&k.source).enumerate() {
            let all: f64 = edges.iter().map(|e| e.probability).sum();
            assert!(all <= s.unseen[j] + 1e-9, "no more than its infector is unknown: {all} {}", s.unseen[j]);
            claimed += all;
            behind += f64::from(u8::from(truth.is_some()));
            for e in edges.iter().filter(|e| e.probability >= 0.05) {
                surely += e.probability;
                truly += f64::from(u8::from(e.infector == *truth));
            }
        }
    }
    assert!((0.8..1.25).contains(&(claimed / behind)), "in all: claimed {claimed}, so {behind}");
    assert!(surely > 20.0 && (0.7..1.6).contains(&(truly / surely)), "of the probable ones: claimed {surely}, so {truly}");
}

#[test]
fn genomes_that_are_alike_point_at_each_other() {
    let mut k = large(&World::USUAL, 1).remove(0);
    k.outbreak.ties.clear();
    // Distances grow with the number of infections between two cases; of each infection one substitution or two.
    let tree = k.infector.clone();
    let root = |mut j: u32| {
        let mut way = vec![j];
        while let Some(i) = tree[j as usize] {
            way.push(i);
            j = i;
        }
        way
    };
    let ways: Vec<Vec<u32>> = (0..tree.len() as u32).map(root).collect();
    let apart = |a: usize, b: usize| {
        let shared = ways[a].iter().rev().zip(ways[b].iter().rev()).take_while(|(x, y)| x == y).count();
        (ways[a].len() + ways[b].len() - 2 * shared) as u32
    };
    let n = tree.len();
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
    k.outbreak.distances = pairs.map(|(a, b)| Distance { a: a as u32, b: b as u32, substitutions: apart(a, b) }).collect();
    let (mut with, mut without) = (Score::default(), Score::default());
    with.add(&k, &first(&Problem::new(&k.outbreak).unwrap()).infectors);
    k.outbreak.distances.clear();
    without.add(&k, &first(&Problem::new(&k.outbreak).unwrap()).infectors);
    assert!(with.mass > 3.0 * without.mass && with.top > 0.3 * with.known, "{with:?} {without:?}");
}

#[test]
fn what_is_known_is_kept() {
    let day = |d: i32, origin: Origin| Case { origin, ..Case::new(Onset::on(d)) };
    let cases = vec![
        day(0, Origin::Unknown),
        day(6, Origin::Imported),
        day(6, Origin::Local),
        Case { exposed: Some((-9, -5)), ..day(6, Origin::Unknown) },
        Case { exposed: Some((-1, 3)), ..day(6, Origin::Unknown) },
    ];
    let f = first(&Problem::new(&Outbreak::new(cases, interval())).unwrap());
    let elsewhere = |j: usize| f.infectors[j].iter().find(|e| e.infector.is_none()).map_or(0.0, |e| e.probability);
    assert_eq!(elsewhere(1), 1.0, "imported is imported");
    assert!(elsewhere(2) < elsewhere(4), "whoever was infected here was not elsewhere: {}", elsewhere(2));
    assert!(elsewhere(3) > 1.5 * elsewhere(4), "nobody was infectious while the case was exposed: {} {}", elsewhere(3), elsewhere(4));
}

#[test]
fn a_tree_has_no_circle() {
    let edge = |infector: Option<u32>, probability: f64| Edge { infector, probability };
    let edges = vec![
        vec![edge(Some(1), 0.9), edge(None, 0.1)],
        vec![edge(Some(2), 0.8), edge(None, 0.2)],
        vec![edge(Some(0), 0.6), edge(Some(3), 0.3), edge(None, 0.1)],
        vec![edge(None, 1.0)],
    ];
    let tree = consensus(&edges);
    assert_eq!(tree, [Some(1), Some(2), Some(3), None]);
    assert_eq!(generations(&tree), [3, 2, 1, 0]);
}

#[test]
fn what_is_no_outbreak_is_refused() {
    let on = |d: i32| Case::new(Onset::on(d));
    let new = |cases: Vec<Case>| Outbreak::new(cases, interval());
    let refused = |o: &Outbreak| Problem::new(o).err();
    assert_eq!(refused(&new(Vec::new())), Some(OutbreakError::Empty));
    assert_eq!(refused(&new(vec![Case { exposed: Some((3, 2)), ..on(5) }])), Some(OutbreakError::Window(0)));
    assert_eq!(refused(&new(vec![on(0), on(40_000)])), Some(OutbreakError::Days(40_000)));
    let mut o = new(vec![on(0), on(5)]);
    o.ties = vec![Tie { a: 0, b: 2, kind: 0, directed: true }];
    assert_eq!(refused(&o), Some(OutbreakError::Tie(0, 2, 2)));
    o.ties = vec![Tie { a: 0, b: 1, kind: 0, directed: true }];
    assert_eq!(refused(&o), Some(OutbreakError::Kind(0, 0)));
    o.kinds = vec![Kind::new("contact")];
    o.reported = Some(1.5);
    assert_eq!(refused(&o), Some(OutbreakError::Reported(1.5)));
    assert!(Onset::between(3, 2).is_none() && Onset::of(0, vec![0.0, 0.0]).is_none() && Onset::of(0, vec![f64::NAN]).is_none());
}

#[test]
fn diagnostics_know_good_chains_from_bad_ones() {
    let mut rng = Random::new(1, 0);
    let mut chain = |keep: f64, at: f64| {
        let mut x = 0.0;
        let steps = (0..4_000).map(|_| {
            x = keep * x + rng.normal() * (1.0 - keep * keep).sqrt();
            x + at
        });
        steps.collect::<Vec<f64>>()
    };
    let fresh: Vec<_> = (0..4).map(|_| chain(0.0, 0.0)).collect();
    let slow: Vec<_> = (0..4).map(|_| chain(0.9, 0.0)).collect();
    let apart: Vec<_> = (0..4).map(|n| chain(0.0, f64::from(n))).collect();
    assert!(split_r_hat(&fresh) < 1.01 && effective_size(&fresh) > 12_000.0, "{}", effective_size(&fresh));
    // An autoregressive chain is worth (1 − a) / (1 + a) of its length.
    let worth = effective_size(&slow) / 16_000.0;
    assert!((0.7..1.4).contains(&(worth / (0.1 / 1.9))), "{worth}");
    assert!(split_r_hat(&apart) > 1.5);
}

/// Pairs in households of their own; the second one falls ill so many days after the first, the pairs begin all on one day or so many days apart.
fn pairs(n: u32, days: i32, apart: i32) -> Outbreak {
    let begin = |k: u32| k as i32 * apart;
    let cases = (0..n).flat_map(|k| [begin(k), begin(k) + days]).map(|d| Case::new(Onset::on(d))).collect();
    // Influenza in households: mean 2.4 days.
    let mut o = Outbreak::new(cases, quell_epi::interval::SerialInterval::shifted_gamma(2.37, 1.54, 60).unwrap());
    o.kinds = vec![Kind::new("household")];
    o.ties = (0..n).map(|k| Tie { a: 2 * k, b: 2 * k + 1, kind: 0, directed: false }).collect();
    o
}

fn of(edges: &[Edge], infector: Option<u32>) -> f64 {
    edges.iter().find(|e| e.infector == infector).map_or(0.0, |e| e.probability)
}

#[test]
fn a_few_cases_within_a_day_do_not_let_anything_run_away() {
    for (n, reported) in [(1, None), (1, Some(0.9)), (1, Some(1.0)), (2, None), (4, None), (10, None)] {
        let o = Outbreak { reported, ..pairs(n, 1, 0) };
        let p = Problem::new(&o).unwrap();
        let f = first(&p);
        let s = posterior(&p, &f, &Sampling::of_size(p.cases(), 1));
        let m = s.mixing();
        assert!(m.converged(), "{n} pairs, {reported:?}: {m:?}");
        let mut share = s.reported();
        share.sort_by(f64::total_cmp);
        assert!(share[share.len() / 40] > 0.6 && share[share.len() / 2] > 0.85, "{n} pairs: {}", share[share.len() / 40]);
        for k in 0..2 * n as usize {
            // The second of a pair was most probably infected by one of those who fell ill before, and by the one at home more probably than by any other.
            for edges in [&s.infectors[k], &f.infectors[k]] {
                let (nobody, at_home) = (of(edges, None), of(edges, Some(k as u32 & !1)));
                let best = edges.iter().filter_map(|e| Some((e.infector?, e.probability))).max_by(|a, b| a.1.total_cmp(&b.1));
                if k % 2 == 0 {
                    assert!((nobody - 1.0).abs() < 1e-9, "nobody fell ill before: {edges:?}");
                } else {
                    assert!((0.15..0.5).contains(&nobody) && at_home > 0.2, "{n} pairs, {reported:?}: {edges:?}");
                    assert_eq!(best.unwrap().0, k as u32 - 1);
                }
            }
        }
    }
}

#[test]
fn whether_one_may_have_infected_the_other_depends_on_the_interval_even_of_two() {
    let by_the_first = |days: i32, mean: f64, sd: f64| {
        let interval = quell_epi::interval::SerialInterval::shifted_gamma(mean, sd, 60).unwrap();
        let p = Problem::new(&Outbreak { interval, ..pairs(1, days, 0) }).unwrap();
        let s = posterior(&p, &first(&p), &SAMPLING);
        [of(&s.infectors[1], Some(0)), of(&first(&p).infectors[1], Some(0))]
    };
    for (days, mean, sd, low, high) in [
        (2, 2.37, 1.54, 0.65, 0.85),
        (14, 2.37, 1.54, 0.0, 0.05),
        // Measles: two who fall ill a day apart were infected by the same one; ten days apart, the one by the other.
        (1, 10.4, 1.7, 0.0, 0.02),
        (10, 10.4, 1.7, 0.7, 0.95),
    ] {
        let found = by_the_first(days, mean, sd);
        assert!(found.iter().all(|q| (low..=high).contains(q)), "{days} days, {mean}: {found:?}");
    }
}

#[test]
fn households_that_fall_ill_one_after_the_other_show_what_a_household_counts() {
    let p = Problem::new(&pairs(10, 1, 1)).unwrap();
    let f = first(&p);
    let s = posterior(&p, &f, &SAMPLING);
    let mut factor: Vec<f64> = s.draws.iter().flat_map(|d| d.weights[0].clone()).collect();
    factor.sort_by(f64::total_cmp);
    // Ten of ten; without the time of the day of onset at risk, any number would explain that.
    let (low, high) = (factor[factor.len() / 40], factor[factor.len() - 1 - factor.len() / 40]);
    assert!(low > 2.0 && high < 6.5 && (2.0..6.5).contains(&f.weights[0]), "{low} {high} {}", f.weights[0]);
    for k in (1..20).step_by(2) {
        assert!(of(&s.infectors[k], Some(k as u32 - 1)) > 0.85, "{:?}", s.infectors[k]);
    }
}

#[test]
fn where_all_fell_ill_on_one_day_none_infected_another() {
    let days = [Onset::on(3), Onset::between(3, 3).unwrap(), Onset::on(3)];
    let p = Problem::new(&Outbreak::new(days.map(Case::new).to_vec(), interval())).unwrap();
    let f = first(&p);
    let s = posterior(&p, &f, &SAMPLING);
    for edges in f.infectors.iter().chain(&s.infectors) {
        assert_eq!(edges.as_slice(), [Edge { infector: None, probability: 1.0 }]);
    }
    assert!(s.mixing().converged(), "{:?}", s.mixing());
    // Nor does a single case trouble anybody, nor two of whom nothing more is known than that they fell ill within the same days.
    let vague = || Case::new(Onset::between(0, 3).unwrap());
    for cases in [vec![Case::new(Onset::on(0))], vec![vague(), vague()]] {
        let p = Problem::new(&Outbreak::new(cases, interval())).unwrap();
        let s = posterior(&p, &first(&p), &Sampling::of_size(1, 1));
        assert!(s.mixing().converged() && of(&s.infectors[0], None) > 0.5, "{:?} {:?}", s.mixing(), s.infectors);
        assert!(first(&p).infectors.iter().all(|e| !e.is_empty() && e.iter().all(|e| e.probability.is_finite())));
    }
}
