//! Hellewell et al. 2020, Lancet Global Health 8:e488 (cmmid/ringbp of 19 February 2020): 20 cases, and whether isolation and tracing end the outbreak.

use crate::simple::{live, mixed, plain, rules};
use quell_epidemic::disease::{Disease, Family, Law, Quantiles};
use quell_epidemic::kernel::{History, Imports, Rates};
use quell_epidemic::population::Population;
use quell_epidemic::random::{Draws, Key};
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{Responder, Rules, Schedule};

/// Share of contacts traced, share of outbreaks controlled: R0 2.5, 15 % of transmission before onset, short delay, nobody without symptoms.
pub const PUBLISHED: [(f64, f64); 6] = [(0.0, 0.06), (0.2, 0.11), (0.4, 0.19), (0.6, 0.44), (0.8, 0.88), (1.0, 1.0)];

const CASES: usize = 20;
/// An outbreak this large is not controlled.
const CAP: usize = 5_000;
/// Nobody may fall ill in weeks 12 to 16.
const QUIET: std::ops::Range<f64> = 84.0..119.0;
/// From onset to isolation: Weibull, shape and scale (mean 3.83 days).
const DELAY: (f64, f64) = (1.651_524, 4.287_786);
const MEAN_DELAY: f64 = 3.833;
/// Incubation: Weibull.
const INCUBATION: (f64, f64) = (2.322_737, 6.492_272);
/// From onset to transmission, days: the skew normal that they take (location 0, scale 2, slant 1.95: mean 1.42, standard deviation 1.41, 15 % below 0), and a
/// triangle with the same mean and standard deviation, 16 % below 0: begin, peak, end.
const TRIANGLE: [f64; 3] = [-1.32, 0.32, 5.26];

/// What the retold model takes from the original and what from ours, one thing more at each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// As published: one isolation delay for all cases of a generation.
    Original,
    /// Each case has its own delay.
    OwnDelays,
    /// The delay is exponential, infectiousness over time a triangle.
    Laws,
    /// Results, calls and swabs take hours.
    Hours,
    /// A swab finds nothing one time in twenty, or late in the course; whoever infected someone is then not known.
    Ours,
}

impl Model {
    /// All.
    pub const ALL: [Self; 5] = [Self::Original, Self::OwnDelays, Self::Laws, Self::Hours, Self::Ours];
}

fn weibull((shape, scale): (f64, f64), draws: &mut Draws) -> f64 {
    scale * (-(1.0 - draws.unit()).ln()).powf(1.0 / shape)
}
fn normal(draws: &mut Draws) -> f64 {
    (-2.0 * (1.0 - draws.unit()).ln()).sqrt() * (std::f64::consts::TAU * draws.unit()).cos()
}
fn from_onset(model: Model, draws: &mut Draws) -> f64 {
    if model >= Model::Laws {
        let [a, p, b] = TRIANGLE;
        let u = draws.unit();
        return if u * (b - a) < p - a { a + (u * (b - a) * (p - a)).sqrt() } else { b - ((1.0 - u) * (b - a) * (b - p)).sqrt() };
    }
    // Azzalini 1985, Scandinavian Journal of Statistics 12:171.
    let delta = 1.95 / f64::hypot(1.0, 1.95);
    2.0 * (delta * normal(draws).abs() + (1.0 - delta * delta).sqrt() * normal(draws))
}

/// A case: when it falls ill and when it is isolated.
#[derive(Clone, Copy)]
struct Case {
    onset: f64,
    isolated: f64,
}

/// Hours of ours, as days: a single tube; from an ill contact's call or onset to its swab; investigation and call.
const RESULT: f64 = 5.0 / 24.0;
const SWAB: f64 = 4.0 / 24.0;
const CALL: f64 = 3.25 / 24.0;
/// Share of swabs that catch something.
const CATCHES: f64 = 0.95;
/// Part of the load's range that is infectious, and when it is not detectable any more, days after onset.
const ABOVE: f64 = 0.7;
const CLEARED: f64 = TRIANGLE[1] + (TRIANGLE[2] - TRIANGLE[1]) / ABOVE;

/// When a swab taken at a time isolates someone who fell ill at another.
fn swabbed(model: Model, onset: f64, time: f64, draws: &mut Draws) -> f64 {
    match model {
        Model::Ours if time > onset + CLEARED || draws.unit() >= CATCHES => f64::INFINITY,
        Model::Ours | Model::Hours => time + RESULT,
        _ => time,
    }
}
/// When someone is isolated who falls ill at a time and is not traced.
fn alone(model: Model, onset: f64, shared: f64, draws: &mut Draws) -> f64 {
    let exponential = |mean: f64, draws: &mut Draws| -mean * (1.0 - draws.unit()).ln();
    match model {
        Model::Original => onset + shared,
        Model::OwnDelays => onset + weibull(DELAY, draws),
        Model::Laws => onset + exponential(MEAN_DELAY, draws),
        Model::Hours | Model::Ours => {
            let comes = onset + exponential(MEAN_DELAY - RESULT, draws);
            swabbed(model, onset, comes, draws)
        }
    }
}
/// When someone is isolated who falls ill at a time and is a contact of somebody isolated at another.
fn as_contact(model: Model, onset: f64, infector: f64, alone: f64, draws: &mut Draws) -> f64 {
    if model < Model::Hours {
        return alone.min(onset.max(infector));
    }
    let told = infector + CALL;
    let found = swabbed(model, onset, onset.max(told) + SWAB, draws);
    // Whoever is watched is swabbed, and does not come alone.
    if told < onset { found } else { found.min(alone) }
}

/// One outbreak of the retold model (`outbreak_model`, `outbreak_step`).
fn retold(model: Model, traced: f64, individual: &Quantiles, draws: &mut Draws) -> bool {
    let shared = weibull(DELAY, draws);
    let first = |draws: &mut Draws| {
        let onset = weibull(INCUBATION, draws);
        Case { onset, isolated: alone(model, onset, shared, draws) }
    };
    let mut generation: Vec<Case> = (0..CASES).map(|_| first(draws)).collect();
    let mut all = generation.clone();
    let mut latest = 0.0;
    while !generation.is_empty() && all.len() < CAP && latest < 365.0 {
        let shared = weibull(DELAY, draws);
        let mut next = Vec::new();
        for case in &generation {
            let strength = 2.5 * f64::from(individual.at(draws.unit32()));
            for _ in 0..draws.poisson(strength) {
                let exposed = (case.onset + from_onset(model, draws)).max(1.0);
                if exposed >= case.isolated {
                    continue;
                }
                let onset = exposed + weibull(INCUBATION, draws);
                let alone = alone(model, onset, shared, draws);
                let traced = draws.unit() < traced && case.isolated.is_finite();
                let isolated = if traced { as_contact(model, onset, case.isolated, alone, draws) } else { alone };
                next.push(Case { onset, isolated });
            }
        }
        latest = next.iter().map(|c| c.onset).fold(latest, f64::max);
        all.extend_from_slice(&next);
        generation = next;
    }
    all.len() < CAP && all.iter().all(|c| !QUIET.contains(&c.onset))
}

/// Share controlled in the retold model.
pub fn original(model: Model, traced: f64, number: u64) -> f64 {
    let individual = Quantiles::new(&Law::individual(0.16));
    (0..number).filter(|k| retold(model, traced, &individual, &mut Key::new(31).with(*k).draws())).count() as f64 / number as f64
}

/// Our own people, disease and rules for it.
pub struct World {
    people: Population,
    census: Census,
    disease: Disease,
    rates: Rates,
    rules: Rules,
}

impl World {
    /// Everyone meets everyone alike.
    pub fn new() -> Self {
        let mut file = plain(2.5, 0.0);
        let v = &mut file.variants[0];
        v.transmission.dispersion = 0.16;
        // The same mean and standard deviation.
        v.course.incubation = Law { family: Family::Gamma, mean: 5.752, sd: 2.63 };
        let [begin, peak, end] = TRIANGLE;
        v.course.peak_after_onset = Law::fixed(peak);
        // Detectable for longer than infectious, so that hardly anyone comes too late to be found.
        (v.course.rise, v.course.fall) = (Law::fixed((peak - begin) / ABOVE), Law::fixed((end - peak) / ABOVE));
        (v.course.detectable_load, v.course.infectious_load) = (3.0, 9.0 - 6.0 * ABOVE);
        let disease = Disease::new(file).unwrap();
        let people = mixed(200_000);
        let rates = Rates::calibrate(&people, &disease).unwrap();
        let mut rules = rules("covid-2022-twenty");
        // Contacts are watched, and isolated when they fall ill.
        rules.close = Some(Schedule { central: 0.0, home: 30.0, tests: Vec::new(), confined: false });
        (rules.exit, rules.stay) = (None, 60.0);
        Self { census: Census::of(&people), people, disease, rates, rules }
    }

    /// Whether our response controls an outbreak.
    fn controls(&self, policy: &Policy, seed: u64) -> bool {
        const DAYS: u32 = 119;
        let imports = Imports::at_start(&self.people, seed, CASES as u32, 0);
        let mut responder = Responder::new(&self.people, &self.census, policy, &self.rules, DAYS);
        let over = |h: &History| h.infections().len() >= CAP || h.days() > 40 && h.since(h.days() - 40) == h.infections().len();
        let history = live((&self.people, &self.disease, &self.rates), &mut responder, (seed, DAYS), imports, |h| !over(h));
        let onset = |i: &quell_epidemic::kernel::Infection| {
            let course = self.disease.course(0, i.key(Key::new(seed)), self.people.person(i.person));
            course.onset.map_or(f64::INFINITY, |o| f64::from(i.time() + o))
        };
        history.infections().len() < CAP && history.infections().iter().all(|i| !QUIET.contains(&onset(i)))
    }
    /// Share that our response controls, of these seeds, by share of contacts traced, and how often the ill are swabbed again whose swab is negative.
    pub fn controlled(&self, traced: f64, again: u8, seeds: std::ops::Range<u64>) -> f64 {
        let policy = Policy::parse(&format!(
            "zones = {{ drawn = false }}
symptoms = {{ come = 1.0, after_days = {after}, again = {again}, others_per_1000 = 0.0 }}
tracing = {{ backward_days = 0.0, give_up_days = 1000.0, recall = {{ market = {traced} }} }}
compliance = {{ at_home = 1.0, hide = 0.0 }}
means = {{ tubes_per_hour = 1e5, investigators = 1000, callers = 1000, seats = 1000, shelter_beds = 200000, hospital_beds = 200000 }}",
            after = MEAN_DELAY - RESULT,
        ))
        .unwrap();
        let number = (seeds.end - seeds.start) as f64;
        seeds.filter(|seed| self.controls(&policy, *seed)).count() as f64 / number
    }
}
