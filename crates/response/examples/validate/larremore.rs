//! Larremore et al. 2021, Science Advances 7:eabd5393: how much infectiousness regular tests remove, by frequency and delay of the results.
//!
//! Their model is told here anew (LarremoreLab/covid_surveillance_testing, `SEIR_viral_load.py`), and the same reckoning is done on our courses.

use crate::simple::{is_import, live, mixed, plain, rules};
use quell_epidemic::disease::{Course, Disease, DiseaseFile, Family, Law, Quantiles};
use quell_epidemic::kernel::{Import, Imports, NoResponse, Rates};
use quell_epidemic::population::{Person, Role};
use quell_epidemic::random::{Draws, Key};
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{KnownCase, Opening, Responder};

/// Days between tests, days until results, share of infectiousness removed: figure 3 and its text, detection limit 10³.
pub const PUBLISHED: [(u32, u32, f64); 9] =
    [(1, 0, 1.0), (1, 1, 0.93), (1, 2, 0.70), (3, 0, 0.88), (3, 1, 0.69), (3, 2, 0.47), (7, 0, 0.50), (7, 1, 0.37), (7, 2, 0.24)];
/// Share who isolate when symptoms begin.
const SYMPTOMATIC: f64 = 0.35;

/// One infection on whole days, 0 to 27: load, what makes infectious, and the day on which symptoms begin.
struct Days {
    load: [f64; 28],
    infectious: [f64; 28],
    onset: Option<usize>,
}

/// One trajectory of theirs.
fn theirs(gamma: &Quantiles, draws: &mut Draws) -> Days {
    let between = |draws: &mut Draws, a: f64, b: f64| a + (b - a) * draws.unit();
    let rise = loop {
        let x = 0.5 + f64::from(gamma.at(draws.unit32()));
        if x <= 3.0 {
            break x;
        }
    };
    let peak_load = between(draws, 7.0, 11.0);
    let from = between(draws, 2.5, 3.5);
    let decline = between(draws, 4.0, 9.0);
    let ill = (draws.unit() < SYMPTOMATIC).then(|| between(draws, 0.0, 3.0));
    let peak = from + rise;
    let end = peak + decline + ill.unwrap_or(0.0);
    let load = std::array::from_fn(|day| match day as f64 {
        t if t < from => 0.0,
        t if t < peak => 3.0 + (t - from) * (peak_load - 3.0) / rise,
        t => (peak_load - (t - peak) * (peak_load - 6.0) / (end - peak)).max(0.0),
    });
    Days { load, infectious: load.map(|v| (v - 6.0).max(0.0)), onset: ill.map(|s| (peak + s).round() as usize) }
}

/// The same of a course of ours.
fn ours(course: &Course, above: f64, isolates: bool) -> Days {
    let load = std::array::from_fn(|day| course.load(day as f32).map_or(0.0, f64::from));
    let scale = f64::from(course.weight) / course_area(course, above);
    let onset = course.onset.filter(|_| isolates).map(|o| o.round() as usize);
    Days { load, infectious: load.map(|v| (v - above).max(0.0) * scale), onset }
}
/// Area of what is above the infectious load; those without symptoms have less weight than it.
fn course_area(course: &Course, above: f64) -> f64 {
    (f64::from(course.peak_load) - above).max(1e-6) * f64::from(course.infectious_to - course.infectious_from) / 2.0
}

/// What tests and symptoms remove, and all there was, as `infectiousness_removed_indiv`: a test on a random day and each `every` days after, results `delay` days
/// later; whichever of result and symptoms comes first counts, a coin if both do.
fn removed(days: &Days, every: u32, delay: u32, limit: f64, draws: &mut Draws) -> [f64; 3] {
    let from = |day: usize| days.infectious.iter().skip(day).sum::<f64>();
    let phase = draws.below(every) as usize;
    let found = (phase..28).step_by(every as usize).find(|t| days.load[*t] > limit).map(|t| t + delay as usize);
    let all = from(0);
    let coin = draws.unit() < 0.5;
    match (found, days.onset) {
        (Some(f), Some(s)) if f < s || f == s && coin => [from(f), 0.0, all],
        (_, Some(s)) => [0.0, from(s), all],
        (Some(f), None) => [from(f), 0.0, all],
        (None, None) => [0.0, 0.0, all],
    }
}

/// Removed by tests, as a share of all infectiousness: what symptoms remove first is in the whole and not in the part. (Their factor for R leaves it out of both.)
fn share(parts: impl Iterator<Item = [f64; 3]>) -> f64 {
    let sum = parts.fold([0.0; 3], |s, p| [s[0] + p[0], s[1] + p[1], s[2] + p[2]]);
    sum[0] / sum[2]
}

/// Their model.
pub fn original(every: u32, delay: u32, number: u64) -> f64 {
    let gamma = Quantiles::new(&Law { family: Family::Gamma, mean: 1.5, sd: 1.5f64.sqrt() });
    share((0..number).map(|k| {
        let mut draws = Key::new(21).with(k).draws();
        let days = theirs(&gamma, &mut draws);
        removed(&days, every, delay, 3.0, &mut draws)
    }))
}

fn courses(disease: &Disease, number: u64) -> impl Iterator<Item = (Course, Draws)> + '_ {
    let who = Person::new(30, Role::Home, 0);
    (0..number).map(move |k| (disease.course(0, Key::new(22).with(k), who), Key::new(23).with(k).draws()))
}

/// Their reckoning on whole days, on the courses of a disease.
pub fn on_days(disease: &Disease, every: u32, delay: u32, number: u64) -> f64 {
    let law = &disease.file().variants[0].course;
    share(courses(disease, number).map(|(course, mut draws)| {
        // Of those with symptoms as many isolate as make 35 % of all.
        let isolates = draws.unit() < SYMPTOMATIC / (1.0 - law.asymptomatic[3]);
        removed(&ours(&course, law.infectious_load, isolates), every, delay, law.detectable_load, &mut draws)
    }))
}

/// The same in continuous time, nobody isolating for symptoms: tests at a random time and each `every` days after, each finding a share of the detectable,
/// results after `delay` days.
pub fn in_time(disease: &Disease, every: f64, delay: f64, finds: f64, number: u64) -> f64 {
    share(courses(disease, number).map(|(course, mut draws)| {
        let weight = f64::from(course.weight);
        let mut time = draws.unit() * every;
        while time < f64::from(course.cleared) {
            if course.load(time as f32).is_some() && draws.unit() < finds {
                let left = 1.0 - f64::from(course.spent((time + delay) as f32));
                return [weight * left, 0.0, weight];
            }
            time += every;
        }
        [0.0, 0.0, weight]
    }))
}

/// Their model as a disease file, as far as it can be said: laws with the mean and standard deviation of theirs. What cannot be said: uniform shapes; a decline
/// that takes as long from whatever peak (here its slope is drawn, so that high peaks are infectious longer); a longer decline of those with symptoms.
pub fn disease(reproduction: f64) -> Disease {
    let mut file: DiseaseFile = plain(reproduction, 0.0);
    let course = &mut file.variants[0].course;
    course.peak_load = Law { family: Family::Normal, mean: 9.0, sd: 4.0 / 12f64.sqrt() };
    // 0.5 + gamma(1.5), cut at 3.
    course.rise = Law { family: Family::Gamma, mean: 1.558, sd: 0.649 };
    // To 10⁶ in 4 to 9 days, for 35 % in up to 3 more: 7.0 days; to 10³ twice as long from a peak of 10⁹.
    course.fall = Law { family: Family::Gamma, mean: 14.0, sd: 3.4 };
    course.incubation = Law { family: Family::Normal, mean: 6.06, sd: 1.1 };
    course.peak_after_onset = Law { family: Family::Normal, mean: -1.5, sd: 3.0 / 12f64.sqrt() };
    (course.detectable_load, course.infectious_load) = (3.0, 6.0);
    Disease::new(file).unwrap()
}

/// Our own response in our own population: everyone swabbed each `every` days into a tube of their own, nobody coming with symptoms. Answers the share of
/// the infections by `imports` people from elsewhere that does not happen.
pub fn rounds(disease: &Disease, every: u32, (people, imports): (u32, u32), seed: u64) -> f64 {
    const FIRST: u32 = 2;
    let people = mixed(people);
    let rates = Rates::calibrate(&people, disease).unwrap();
    let census = Census::of(&people);
    let rules = rules("covid-2022-twenty");
    let policy = Policy::parse(&format!(
        "symptoms = {{ come = 0.0 }}
tracing = {{ contacts = false }}
zones = {{ drawn = false }}
compliance = {{ at_home = 1.0, evade = 0.0, miss = 0.0 }}
screening = {{ every_days = {every}, pool = 1, clear_rounds = 1000 }}
means = {{ samplers = 1e6, tubes_per_hour = 1e6, shelter_beds = 1000000, hospital_beds = 1000000, seats = 1e6 }}"
    ))
    .unwrap();
    let days = 30 + every;
    // One known case, so that rounds begin; the others come evenly over as many days as lie between two rounds.
    let first = Import { day: 0, person: 0, variant: 0 };
    let others = (1..=imports).map(|k| Import { day: FIRST + k % every, person: k * (people.len() / (imports + 1)), variant: 0 });
    let imports = Imports::new(std::iter::once(first).chain(others).collect());
    let case = KnownCase { person: 0, infected: 0.0, sampled: 1.0, found: 1.0, investigated: true };
    let opening = Opening { today: 1, unfound: 1.0, cases: vec![case], contacts: Vec::new(), tubes_waiting: 0.0 };
    let mut responder = Responder::new(&people, &census, &policy, &rules, days).with(&opening);
    let world = (&people, disease, &rates);
    let caused = |history: quell_epidemic::kernel::History| {
        let all = history.infections();
        let from = all.partition_point(|i| i.day() < FIRST);
        let by = |i: &quell_epidemic::kernel::Infection| all.get(i.infector as usize).is_some_and(is_import) && i.infector as usize >= from;
        all.iter().filter(|i| by(i)).count() as f64
    };
    let with = caused(live(world, &mut responder, (seed, days), imports.clone(), |_| true));
    let without = caused(live(world, &mut NoResponse, (seed, days), imports, |_| true));
    1.0 - with / without
}
