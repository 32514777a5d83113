//! Who infected whom on simulated outbreaks of which it is known.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_epi::interval::SerialInterval;
use quell_epi::trees::{Case, Origin, Problem, ProblemError, Sampling, Tie, effective_size, first, posterior, split_r_hat};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

fn interval() -> SerialInterval {
    SerialInterval::shifted_gamma(6.0, 2.0, 30).unwrap()
}

/// An outbreak in households of four: each case infects each of its household with this probability, and others elsewhere at random.
struct Outbreak {
    cases: Vec<Case>,
    infector: Vec<Option<u32>>,
    ties: Vec<Tie>,
}

fn outbreak(seed: u64, in_household: f64) -> Outbreak {
    const PEOPLE: usize = 160;
    let (mut rng, w) = (ChaCha8Rng::seed_from_u64(seed), interval());
    let lag = |rng: &mut ChaCha8Rng| {
        let mut u = uniform(rng);
        (0..30).find(|d| {
            u -= w.of(*d);
            u < 0.0
        })
    };
    // For each person the day of onset and who infected them; whoever is earliest infects first.
    let mut ill: Vec<Option<(i32, Option<usize>)>> = vec![None; PEOPLE];
    let mut waiting = std::collections::BTreeSet::from([(0, 0, None)]);
    while let Some((day, who, by)) = waiting.pop_first() {
        if ill[who].is_some() {
            continue;
        }
        ill[who] = Some((day, by));
        for other in 0..PEOPLE {
            let chance = if other / 4 == who / 4 { in_household } else { 0.9 / PEOPLE as f64 };
            if uniform(&mut rng) < chance
                && let Some(d) = lag(&mut rng)
            {
                waiting.insert((day + d as i32, other, Some(who)));
            }
        }
    }
    let index: Vec<Option<u32>> = ill.iter().scan(0, |n, i| Some(i.map(|_| std::mem::replace(n, *n + 1)))).collect();
    let people: Vec<usize> = (0..PEOPLE).filter(|p| ill[*p].is_some()).collect();
    let cases = people.iter().filter_map(|p| ill[*p]).map(|(day, _)| Case { earliest: day, latest: day, ..Case::default() }).collect();
    let infector = people.iter().map(|p| ill[*p].and_then(|i| i.1).and_then(|by| index[by])).collect();
    let mut ties = Vec::new();
    for (a, p) in people.iter().enumerate() {
        for (b, q) in people.iter().enumerate().skip(a + 1).filter(|(_, q)| *q / 4 == p / 4) {
            let _ = q;
            ties.push(Tie { a: a as u32, b: b as u32, kind: 0, directed: false });
        }
    }
    Outbreak { cases, infector, ties }
}

/// The probability given to the true infectors, and how many of those with at least this probability are true.
fn mass(p: &Problem, o: &Outbreak, probability: &[Vec<f64>]) -> f64 {
    let known: Vec<f64> = o
        .infector
        .iter()
        .enumerate()
        .filter_map(|(j, by)| Some((j, (*by)?)))
        .map(|(j, by)| p.candidates[j].iter().zip(&probability[j]).filter(|(c, _)| c.of == by).map(|x| x.1).sum())
        .collect();
    known.iter().sum::<f64>() / known.len() as f64
}

const SAMPLING: Sampling = Sampling { chains: 4, warm_up: 500, sweeps: 3_000, every: 5, seed: 7 };

#[test]
fn ties_that_matter_are_learnt_and_find_infectors() {
    let (mut with, mut without, mut weight) = (0.0, 0.0, 0.0);
    for seed in 0..6 {
        let o = outbreak(seed, 0.5);
        let p = Problem::new(&o.cases, &o.ties, &interval()).unwrap();
        let f = first(&p);
        with += mass(&p, &o, &f.probability) / 6.0;
        weight += f.weights[0] / 6.0;
        let blind = Problem::new(&o.cases, &[], &interval()).unwrap();
        without += mass(&blind, &o, &first(&blind).probability) / 6.0;
    }
    assert!(weight > 2.0, "a household multiplies the rate: {weight}");
    assert!(with > 0.45 && with > 1.5 * without, "the truth's probability with households {with}, without {without}");
}

#[test]
fn ties_that_mean_nothing_count_nothing() {
    let o = outbreak(3, 0.9 / 160.0);
    let p = Problem::new(&o.cases, &o.ties, &interval()).unwrap();
    let w = first(&p).weights[0];
    assert!(w.abs() < 2.0, "{w}");
}

#[test]
fn chains_agree_and_a_probability_is_what_it_says() {
    let (mut said, mut came) = ([0.0; 5], [0.0; 5]);
    for seed in 10..22 {
        let o = outbreak(seed, 0.5);
        let p = Problem::new(&o.cases, &o.ties, &interval()).unwrap();
        let q = posterior(&p, &first(&p), &SAMPLING);
        let draws = |of: &dyn Fn(&quell_epi::trees::Draws) -> Vec<f64>| q.draws.iter().map(of).collect::<Vec<_>>();
        let rates = draws(&|d| d.ln_rate.clone());
        assert!(split_r_hat(&rates) < 1.05 && effective_size(&rates) > 80.0, "{} {}", split_r_hat(&rates), effective_size(&rates));
        for (j, by) in o.infector.iter().enumerate() {
            for (c, probability) in p.candidates[j].iter().zip(&q.probability[j]) {
                let bin = ((probability * 5.0) as usize).min(4);
                said[bin] += probability;
                came[bin] += f64::from(u8::from(*by == Some(c.of)));
            }
        }
    }
    for (said, came) in said.iter().zip(came) {
        assert!((said - came).abs() < 4.0 * said.sqrt() + 0.1 * said, "{said} were expected, {came} came");
    }
}

#[test]
fn the_same_seed_gives_the_same_trees() {
    let o = outbreak(1, 0.4);
    let p = Problem::new(&o.cases, &o.ties, &interval()).unwrap();
    let run = || posterior(&p, &first(&p), &Sampling { sweeps: 200, ..SAMPLING });
    assert_eq!(run(), run());
}

#[test]
fn what_is_known_is_kept() {
    let day = |d: i32, origin: Origin| Case { earliest: d, latest: d, exposed: None, origin };
    let cases = [
        day(0, Origin::Unknown),
        day(6, Origin::Imported),
        day(6, Origin::Local),
        Case { exposed: Some((-9, -5)), ..day(6, Origin::Local) },
    ];
    let p = Problem::new(&cases, &[], &interval()).unwrap();
    let f = first(&p);
    assert_eq!((p.candidates[1].len(), f.elsewhere[1]), (0, 1.0), "imported is imported");
    assert_eq!(f.elsewhere[2], 0.0, "whoever was infected here, was not elsewhere");
    assert!(p.candidates[3][0].density < 0.01 * p.candidates[2][0].density, "nobody was infectious while the case was exposed");
    let bad = |cases: &[Case], ties: &[Tie]| Problem::new(cases, ties, &interval()).err();
    assert_eq!(bad(&[Case { earliest: 3, latest: 2, ..Case::default() }], &[]), Some(ProblemError::Onset(0)));
    assert_eq!(bad(&cases, &[Tie { a: 1, b: 4, kind: 0, directed: true }]), Some(ProblemError::Tie(1, 4, 4)));
}

#[test]
fn diagnostics_know_good_chains_from_bad_ones() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut chain = |keep: f64, at: f64| {
        let mut x = 0.0;
        let steps = (0..4_000).map(|_| {
            let z = (-2.0 * (1.0 - uniform(&mut rng)).ln()).sqrt() * (std::f64::consts::TAU * uniform(&mut rng)).cos();
            x = keep * x + z * (1.0 - keep * keep).sqrt();
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
