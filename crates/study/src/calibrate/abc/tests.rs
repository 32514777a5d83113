#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use super::*;

/// Ten measurements with normal errors of sd 1; their mean is what is observed. Prior: uniform from -10 to 10, or normal.
struct Normal {
    observed: f64,
    prior: Option<(f64, f64)>,
    asked: usize,
}

impl Question for Normal {
    fn draw(&self, draws: &mut Draws) -> Vec<f64> {
        vec![match self.prior {
            Some((m, s)) => m + s * normal(draws),
            None => 20.0 * draws.unit() - 10.0,
        }]
    }
    fn density(&self, at: &[f64]) -> f64 {
        match self.prior {
            Some((m, s)) => (-0.5 * ((at[0] - m) / s).powi(2)).exp(),
            None => f64::from(u8::from((-10.0..=10.0).contains(&at[0]))),
        }
    }
    fn distances(&mut self, asked: &[(Vec<f64>, u64)], _: Progress) -> Result<Vec<Option<f64>>, Trouble> {
        self.asked += asked.len();
        let one = |(at, seed): &(Vec<f64>, u64)| {
            let mean = at[0] + normal(&mut Key::new(*seed).draws()) / 10f64.sqrt();
            // What lies below -5 cannot be simulated.
            (at[0] > -5.0).then(|| (mean - self.observed).abs())
        };
        Ok(asked.iter().map(one).collect())
    }
}

fn settings(seed: u64) -> Settings {
    Settings { particles: 1_000, generations: 8, quantile: 0.5, acceptance: 0.02, budget: 100_000, seed }
}

fn posterior(question: &mut Normal, settings: &Settings) -> (Weighted, Vec<Generation>, End) {
    let (all, end) = run(question, settings).unwrap();
    let last = all.last().unwrap();
    let values: Vec<f64> = last.particles.iter().map(|p| p.at[0]).collect();
    let weights: Vec<f64> = last.particles.iter().map(|p| p.weight).collect();
    (Weighted::of(&values, &weights), all, end)
}

#[test]
fn a_posterior_that_is_known() {
    // Flat prior: normal around the observation with sd 1/√10. Normal prior N(0, 1/√10²) and likelihood of the same width: the mean is half way.
    let mut flat = Normal { observed: 2.0, prior: None, asked: 0 };
    let (w, all, end) = posterior(&mut flat, &settings(1));
    let sd = 1.0 / 10f64.sqrt();
    assert!((w.mean - 2.0).abs() < 0.05 && (w.sd / sd - 1.0).abs() < 0.12, "{w:?}");
    assert!((w.low - (2.0 - 1.96 * sd)).abs() < 0.12 && (w.high - (2.0 + 1.96 * sd)).abs() < 0.12, "{w:?}");
    assert_eq!(end, End::Generations);
    assert!(all.windows(2).all(|g| g[1].tolerance < g[0].tolerance));
    let mut informed = Normal { observed: 0.6, prior: Some((0.0, sd)), asked: 0 };
    let (w, ..) = posterior(&mut informed, &settings(2));
    assert!((w.mean - 0.3).abs() < 0.04 && (w.sd / (sd / 2f64.sqrt()) - 1.0).abs() < 0.15, "{w:?}");
}

#[test]
fn a_known_value_lies_in_its_interval_as_often_as_stated() {
    // Truths drawn from the prior, observations from the truths: 95 % of the intervals hold their truth. Of 100, 95 ± 3 × 2.2.
    let held = (0..100).filter(|k| {
        let mut draws = Key::new(100 + k).draws();
        let truth = 4.0 * normal(&mut draws);
        let observed = truth + normal(&mut draws) / 10f64.sqrt();
        let mut question = Normal { observed, prior: Some((0.0, 4.0)), asked: 0 };
        let (w, ..) = posterior(&mut question, &Settings { particles: 200, generations: 6, ..settings(*k) });
        truth < -4.0 || (w.low..=w.high).contains(&truth)
    });
    let held = held.count();
    assert!((89..=100).contains(&held), "{held}");
}

#[test]
fn the_same_seed_gives_the_same_answer_and_the_budget_is_kept() {
    let ask = |seed: u64, budget: usize| {
        let mut question = Normal { observed: 0.5, prior: None, asked: 0 };
        let done = run(&mut question, &Settings { particles: 100, budget, ..settings(seed) }).unwrap();
        assert!(question.asked <= budget);
        done
    };
    assert_eq!(ask(1, 3_000), ask(1, 3_000));
    assert_ne!(ask(1, 3_000), ask(2, 3_000));
    let (short, end) = ask(1, 700);
    assert_eq!(end, End::Budget);
    assert!(!short.is_empty() && short.len() < 8);
    // What is there with a small budget is the beginning of what is there with a large one.
    assert_eq!(short[..], ask(1, 3_000).0[..short.len()]);
    assert_eq!(ask(1, 50), (vec![], End::Budget));
    let mut question = Normal { observed: 0.5, prior: None, asked: 0 };
    let (few, end) = run(&mut question, &Settings { particles: 100, acceptance: 0.3, ..settings(1) }).unwrap();
    assert_eq!(end, End::Acceptance);
    assert!(few.len() < 8);
}

#[test]
fn weights_are_those_of_their_values() {
    let w = Weighted::of(&[3.0, 1.0, 2.0], &[0.25, 0.25, 0.5]);
    assert_eq!((w.mean, w.median), (2.0, 2.0));
    assert!((w.sd - 0.5f64.sqrt()).abs() < 1e-12);
    assert_eq!((w.low, w.high), (1.0, 3.0));
    let generation = Generation {
        tolerance: 1.0,
        attempts: 2,
        particles: [0.5, 0.5].map(|weight| Particle { at: vec![0.0], seed: 1, distance: 0.0, weight }).to_vec(),
    };
    assert_eq!((generation.effective(), generation.cumulated()), (2.0, vec![0.5, 1.0]));
}

#[test]
fn priors_without_weight_end_after_a_stated_number_of_draws() {
    // All draws lie where nothing can be simulated.
    let mut none = Normal { observed: 0.0, prior: Some((-100.0, 1.0)), asked: 0 };
    let (all, end) = run(&mut none, &settings(1)).unwrap();
    assert_eq!((all.len(), end, none.asked), (0, End::NoWeight, NO_WEIGHT));
    // One possible draw in some is enough to go on.
    let mut few = Normal { observed: 0.0, prior: Some((-7.0, 1.0)), asked: 0 };
    let (all, end) = run(&mut few, &Settings { particles: 20, generations: 1, ..settings(1) }).unwrap();
    assert_eq!((all.len(), end), (1, End::Generations));
}
