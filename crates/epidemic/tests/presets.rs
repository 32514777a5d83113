//! The diseases of the crate against what their sources say.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use quell_epidemic::disease::{Course, Disease, preset};
use quell_epidemic::population::{self, Person, Role};
use quell_epidemic::random::Key;

/// Shares of transmission before onset, after onset, and by those without symptoms; mean and standard deviation of the generation time; mean of the
/// time from onset of the infector to transmission.
#[derive(Debug)]
struct Spread {
    before: f64,
    after: f64,
    quiet: f64,
    generation: f64,
    generation_sd: f64,
    after_onset: f64,
}

fn courses(disease: &Disease) -> impl Iterator<Item = Course> + '_ {
    (0..40_000).map(|k| disease.course(0, Key::new(11).with(k), Person::new(40, Role::Home, 0)))
}

fn spread(disease: &Disease) -> Spread {
    let (mut before, mut after, mut quiet, mut sum, mut first, mut second, mut from_onset, mut ill) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for c in courses(disease) {
        let w = f64::from(c.weight);
        let (a, p, b) = (f64::from(c.infectious_from), f64::from(c.peak), f64::from(c.infectious_to));
        let mean = (a + p + b) / 3.0;
        let variance = (a * a + p * p + b * b - a * p - a * b - p * b) / 18.0;
        sum += w;
        first += w * mean;
        second += w * (variance + mean * mean);
        match c.onset {
            None => quiet += w,
            Some(onset) => {
                let early = f64::from(c.spent(onset));
                before += w * early;
                after += w * (1.0 - early);
                from_onset += w * (mean - f64::from(onset));
                ill += w;
            }
        }
    }
    let generation = first / sum;
    let generation_sd = (second / sum - generation * generation).sqrt();
    Spread { before: before / sum, after: after / sum, quiet: quiet / sum, generation, generation_sd, after_onset: from_onset / ill }
}

#[test]
fn diag() {
    let people = population::preset("municipality").unwrap().with_people(100_000).generate(1, 1).unwrap();
    for name in ["covid-ba5", "covid-ancestral", "measles", "mpox", "ebola"] {
        let d = preset(name).unwrap().unwrap();
        let w: Vec<f64> = courses(&d).map(|c| f64::from(c.weight)).collect();
        let m = w.iter().sum::<f64>() / w.len() as f64;
        let v = w.iter().map(|x| (x - m).powi(2)).sum::<f64>() / w.len() as f64;
        let dur = courses(&d).map(|c| f64::from(c.cleared - c.detectable)).sum::<f64>() / w.len() as f64;
        let h = common::run(&people, &d, 1, 60, 500);
        let direct = h.infections().iter().filter(|i| i.infector < 500).count() as f64 / 500.0;
        println!("{name} {:?} cv2 {:.2} mean {m:.3} detect {dur:.1} longest {} R {direct:.2}", spread(&d), v / m / m, d.longest());
    }
}
