//! Simulated outbreaks of which it is known who infected whom.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking, and not every test uses everything")]

use quell_epi::interval::SerialInterval;
use quell_epi::random::Random;
use quell_epi::trees::{Case, Edge, Kind, Onset, Origin, Outbreak, Tie};
use std::collections::BTreeSet;

/// How an outbreak goes.
#[derive(Debug, Clone, Copy)]
pub struct World {
    pub people: usize,
    /// Size of a household.
    pub household: usize,
    /// Infections of others of the household, as a probability each.
    pub at_home: f64,
    /// Mean number of infections outside.
    pub outside: f64,
    /// Size of the gamma distribution of infectiousness outside: small, and a few infect most.
    pub size: f64,
    /// Share of infections that become known.
    pub reported: f64,
    /// Exposure windows reach up to so many days to both sides of the infection; none: there are none.
    pub window: Option<i32>,
    /// Onsets are known to within so many days.
    pub vague: i32,
    /// Somebody is infected elsewhere every so many days.
    pub import_every: Option<i32>,
    pub most_cases: usize,
}

impl World {
    pub const USUAL: Self = Self {
        people: 4_000,
        household: 4,
        at_home: 0.25,
        outside: 1.2,
        size: 0.5,
        reported: 1.0,
        window: None,
        vague: 0,
        import_every: None,
        most_cases: 150,
    };
}

/// An outbreak, and who infected whom: none stands for somebody elsewhere or not among the cases.
pub struct Known {
    pub outbreak: Outbreak,
    pub infector: Vec<Option<u32>>,
    /// Who infected its infector, where that one is not among the cases, and this one is.
    pub source: Vec<Option<u32>>,
}

/// Infected on day, onset: incubation 5 days (SD 2), infectious from 2 days before to two weeks after onset.
fn gamma_days(rng: &mut Random, mean: f64, sd: f64) -> f64 {
    let shape = (mean / sd).powi(2);
    rng.gamma(shape, 1.0) * mean / shape
}

/// From onset to onset: mean 6 days, standard deviation some 3.3.
pub fn interval() -> SerialInterval {
    let mut rng = Random::new(99, 0);
    let mut w = vec![0.0; 40];
    for _ in 0..400_000 {
        let days = lag(&mut rng);
        if (1..40).contains(&days) {
            w[days as usize] += 1.0;
        }
    }
    let all: f64 = w.iter().sum();
    SerialInterval::given(w.iter().map(|n| n / all).collect()).unwrap()
}

fn incubation(rng: &mut Random) -> f64 {
    gamma_days(rng, 5.0, 2.0)
}
/// Days from the onset of a case to the infection of another: from two before on.
fn infects(rng: &mut Random) -> f64 {
    gamma_days(rng, 3.0, 2.2) - 2.0
}
fn lag(rng: &mut Random) -> i32 {
    (infects(rng) + incubation(rng)).floor() as i32
}

fn poisson(rng: &mut Random, mean: f64) -> usize {
    let (mut n, mut left) = (0, (-mean).exp());
    let mut u = rng.uniform();
    let mut p = left;
    while u >= p && n < 10_000 {
        u -= p;
        n += 1;
        left *= mean / n as f64;
        p = left;
    }
    n
}

struct Ill {
    onset: f64,
    infected: f64,
    by: Option<usize>,
    imported: bool,
}

/// Lives through an outbreak.
pub fn live(w: &World, seed: u64) -> Known {
    let mut rng = Random::new(seed, 0);
    let mut ill: Vec<Option<Ill>> = (0..w.people).map(|_| None).collect();
    // Whoever would be infected first is.
    let mut waiting: BTreeSet<(i64, usize, Option<usize>)> = BTreeSet::from([(0, 0, None)]);
    if let Some(every) = w.import_every {
        for n in 1..20 {
            waiting.insert((i64::from(n * every) * 1_000, (rng.uniform() * w.people as f64) as usize, None));
        }
    }
    let mut cases = 0;
    while let Some((at, who, by)) = waiting.pop_first() {
        if ill[who].is_some() || cases >= w.most_cases {
            continue;
        }
        cases += 1;
        let infected = at as f64 / 1_000.0;
        let onset = infected + incubation(&mut rng);
        ill[who] = Some(Ill { onset, infected, by, imported: by.is_none() });
        let home = who / w.household * w.household;
        for other in (home..home + w.household).filter(|o| *o != who && *o < w.people) {
            if rng.uniform() < w.at_home {
                let when = onset + infects(&mut rng);
                waiting.insert(((when * 1_000.0) as i64, other, Some(who)));
            }
        }
        let own = rng.gamma(w.size, 1.0) / w.size;
        for _ in 0..poisson(&mut rng, w.outside * own) {
            let (other, when) = ((rng.uniform() * w.people as f64) as usize, onset + infects(&mut rng));
            waiting.insert(((when * 1_000.0) as i64, other, Some(who)));
        }
    }
    known(w, &ill, &mut rng)
}

fn known(w: &World, ill: &[Option<Ill>], rng: &mut Random) -> Known {
    let people: Vec<usize> = (0..ill.len()).filter(|p| ill[*p].is_some() && rng.uniform() < w.reported).collect();
    let index = |p: usize| people.binary_search(&p).ok().map(|n| n as u32);
    let case = |p: &usize, rng: &mut Random| {
        let i = ill[*p].as_ref().unwrap();
        let day = i.onset.floor() as i32;
        let first = day - (rng.uniform() * f64::from(w.vague + 1)) as i32;
        let exposed = w.window.map(|most| {
            let infected = i.infected.floor() as i32;
            let reach = |rng: &mut Random| (rng.uniform() * f64::from(most + 1)) as i32;
            (infected - reach(rng), (infected + reach(rng)).min(day).max(infected))
        });
        let onset = Onset::between(first, first + w.vague).unwrap();
        Case { onset, exposed, origin: Origin::Unknown, place: None }
    };
    let cases: Vec<Case> = people.iter().map(|p| case(p, rng)).collect();
    let by = |p: usize| ill[p].as_ref().and_then(|i| i.by);
    let infector = people.iter().map(|p| by(*p).and_then(index)).collect();
    let source = people.iter().map(|p| by(*p).filter(|i| index(*i).is_none()).and_then(by).and_then(index)).collect();
    let mut outbreak = Outbreak::new(cases, interval());
    outbreak.reported = (w.reported < 1.0).then_some(w.reported);
    outbreak.kinds = vec![Kind::new("household")];
    for (a, p) in people.iter().enumerate() {
        for (b, _) in people.iter().enumerate().skip(a + 1).take_while(|(_, q)| *q / w.household == p / w.household) {
            outbreak.ties.push(Tie { a: a as u32, b: b as u32, kind: 0, directed: false });
        }
    }
    Known { outbreak, infector, source }
}

/// How well infectors were found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score {
    /// Cases whose infector is among the cases.
    pub known: f64,
    /// Of them, how many have it on top.
    pub top: f64,
    /// The probability that the true infectors were given.
    pub mass: f64,
    /// Of all cases: how many have their truth in the smallest set that is said to hold it with 90 %, and how large such a claim was.
    pub held: f64,
    pub claimed: f64,
    pub cases: f64,
}

impl Score {
    pub fn add(&mut self, k: &Known, edges: &[Vec<Edge>]) {
        for (truth, edges) in k.infector.iter().zip(edges) {
            self.cases += 1.0;
            let mut said = 0.0;
            let mut held = false;
            for e in edges {
                if said >= 0.9 {
                    break;
                }
                said += e.probability;
                held |= e.infector == *truth;
            }
            self.claimed += said;
            self.held += f64::from(u8::from(held));
            if truth.is_some() {
                self.known += 1.0;
                self.top += f64::from(u8::from(edges.first().is_some_and(|e| e.infector == *truth)));
                self.mass += edges.iter().filter(|e| e.infector == *truth).map(|e| e.probability).sum::<f64>();
            }
        }
    }
}
