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
    assert!(m.converged() && m.effective_size > 400.0 && m.trees > 2_000.0, "{m:?}");
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

/// The commonest first outbreak: a case, and next day its household. What has no time to be seen is no reason to think of infectors whom nobody knows.
#[test]
fn an_outbreak_of_two_days_is_told_from_itself() {
    let interval = quell_epi::interval::SerialInterval::shifted_gamma(2.37, 1.54, 20).unwrap();
    for pairs in [1usize, 2, 4, 10] {
        for households in [false, true].into_iter().filter(|h| *h || pairs == 1) {
            let cases = (0..2 * pairs).map(|n| Case::new(Onset::on((n % 2) as i32))).collect();
            let mut o = Outbreak::new(cases, interval.clone());
            if households {
                o.kinds = vec![Kind::new("household")];
                o.ties = (0..pairs).map(|n| Tie { a: 2 * n as u32, b: 2 * n as u32 + 1, kind: 0, directed: false }).collect();
            }
            let p = Problem::new(&o).unwrap();
            let q = posterior(&p, &first(&p), &Sampling::of_size(p.cases(), 1));
            let of = |j: usize, i: Option<u32>| q.infectors[j].iter().filter(|e| e.infector == i).map(|e| e.probability).sum::<f64>();
            let (other, nobody): (f64, f64) =
                ((0..pairs).map(|n| of(2 * n + 1, Some(2 * n as u32))).sum::<f64>() / pairs as f64, of(1, None));
            let m = q.mixing();
            assert!(m.r_hat < 1.05, "{pairs} pairs, {households}: {m:?}");
            // Of several pairs nothing says yet that a household counts; many show it.
            let enough = if pairs == 1 { 0.7 } else { 0.8 / pairs as f64 };
            assert!(other > enough && nobody < 0.3, "{pairs} pairs: {other} by the other, {nobody} by nobody known");
        }
    }
}
