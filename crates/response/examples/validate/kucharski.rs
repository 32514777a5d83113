//! Kucharski et al. 2020, Lancet Infectious Diseases 20:1151: what isolation and tracing take from the reproduction number.

use crate::simple::{ALONE, generations, live, plain, rules};
use quell_epidemic::Layer;
use quell_epidemic::disease::{Disease, Law};
use quell_epidemic::kernel::{History, Import, Imports, NoResponse, Rates};
use quell_epidemic::population::{Builder, Contacts, Home, Population};
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{Responder, Schedule};

/// Policies of theirs, and the reduction of transmission (table 3; adamkucharski/2020-cov-tracing, `V2_code/outputs/compile_table_base.csv`).
pub const PUBLISHED: [(Policies, f64); 4] =
    [(Policies::Isolation, 0.29), (Policies::Household, 0.37), (Policies::Acquaintances, 0.57), (Policies::All, 0.64)];

/// Whose contacts are quarantined, besides the isolation of those with symptoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policies {
    /// Nobody's.
    Isolation,
    /// The household's.
    Household,
    /// Also those of acquaintances.
    Acquaintances,
    /// Of everyone met.
    All,
}

/// Share of contacts traced, of those traced who stay at home, of the ill who are tested.
const TRACED: f64 = 0.95;
const ADHERE: f64 = 0.9;
const TESTED: f64 = 0.9;
/// Acquaintances among those met at work or school (adults, children) and elsewhere.
const KNOWN: [f64; 3] = [0.79, 0.9, 0.52];

impl Policies {
    /// Share traced at home, at work by adults and by children, elsewhere.
    fn traced(self) -> [f64; 4] {
        match self {
            Self::Isolation => [0.0; 4],
            Self::Household => [1.0, 0.0, 0.0, 0.0],
            Self::Acquaintances => [1.0, TRACED * KNOWN[0], TRACED * KNOWN[1], TRACED * KNOWN[2]],
            Self::All => [1.0, TRACED, TRACED, TRACED],
        }
    }
}

/// Their model (`V2_code/R/model_functions.R`), as expected values: it is linear in the contacts, so that their means are enough. `delay`: days from a case's
/// isolation to the quarantine of its contacts, 2 in theirs.
pub fn original(policy: Policies, delay: f64) -> f64 {
    let [home, adults_work, children_work, other] = policy.traced();
    // Share of people, with symptoms; contacts at home, at work or school and elsewhere a day (means of their data).
    let groups = [(0.21, 0.3, [3.028, 5.543, 1.473], children_work), (0.79, 0.7, [1.900, 5.948, 3.770], adults_work)];
    let isolated = [(1, 0.25), (2, 0.25), (3, 0.2), (4, 0.3)];
    let (mut all, mut less) = (0.0, 0.0);
    for (people, ill, contacts, work) in groups {
        let infected = [contacts[0] * 0.2, contacts[1] * 5.0 * 0.06, contacts[2] * 5.0 * 0.06];
        all += people * (ill + 0.5 * (1.0 - ill)) * infected.iter().sum::<f64>();
        for (n, chance) in isolated {
            // Of five infectious days n are spent before isolation; home goes on.
            let part = f64::from(n) / 5.0;
            let spared = (1.0 - part) * (infected[1] + infected[2]);
            let traced = ADHERE * (home * infected[0] + part * (work * infected[1] + other * infected[2]));
            // A contact met on day s is infectious from s + 4 on, for five days.
            let late = |s: i32| (f64::from(n - s) + delay - 4.0).clamp(0.0, 5.0) / 5.0;
            let prevented = (1..=n).map(|s| 1.0 - late(s)).sum::<f64>() / f64::from(n);
            less += people * ill * TESTED * chance * (spared + traced * prevented);
        }
    }
    less / all
}

/// Households of one to four: 21 % children, 3 others at home for a child and 1.9 for an adult, as in their data; outside, work (or school) and elsewhere are
/// two ways to meet anyone.
fn people(groups: u32) -> Population {
    let contacts = Contacts { market: 5.86, travel: 3.29, ..ALONE };
    let (adult, child) = ((30, 0), (10, 0));
    let homes = [&[adult][..], &[adult; 2], &[adult; 3], &[adult, adult, child, child]];
    let mut builder = Builder::new();
    let mut number = 0;
    for _ in 0..groups {
        for home in [0, 1, 1, 1, 2, 2, 2, 3, 3, 3] {
            builder.household(Home { unit: number, building: number, ..Home::default() }, homes[home]);
            number += 1;
        }
    }
    builder.build(contacts, None).unwrap()
}

fn disease() -> Disease {
    let mut file = plain(2.6, 0.2 * 0.808);
    let v = &mut file.variants[0];
    // Five infectious days from the day before onset on, evenly: a triangle with the same mean and standard deviation.
    let half = 5.0 / 2f64.sqrt();
    v.course.peak_after_onset = Law::fixed(1.5);
    (v.course.rise, v.course.fall) = (Law::fixed(half), Law::fixed(half));
    (v.course.detectable_load, v.course.infectious_load) = (3.0, 3.0);
    v.course.asymptomatic = [0.7, 0.7, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3];
    v.course.asymptomatic_infectiousness = 0.5;
    file.intensity.market = 1.0;
    file.intensity.travel = 1.0;
    Disease::new(file).unwrap()
}

fn policy(policies: Policies) -> Policy {
    let [home, adults, children, other] = policies.traced().map(|share| share * ADHERE);
    // Of the transmission at work and school 11 % is by children.
    let work = 0.89 * adults + 0.11 * children;
    let tracing = policies != Policies::Isolation;
    Policy::parse(&format!(
        "zones = {{ drawn = false }}
symptoms = {{ come = {come}, after_days = {after}, again = 0, others_per_1000 = 0.0 }}
tracing = {{ contacts = {tracing}, backward_days = 0.0, recall = {{ household = {home}, market = {work}, travel = {other} }} }}
compliance = {{ at_home = 1.0, hide = 0.0 }}
means = {{ tubes_per_hour = 1e5, investigators = 2000, callers = 2000, seats = 5000, rooms = 1000000, shelter_beds = 0, hospital_beds = 0 }}",
        // One swab in twenty catches nothing.
        come = TESTED / 0.95,
        // 2.55 infectious days before isolation, one of them before onset; a result takes five hours.
        after = 1.55 - 5.0 / 24.0,
    ))
    .unwrap()
}

/// What our response takes, by policy: of the infections by the first cases what isolation takes, and of those by whom they infected what tracing takes besides.
/// So a secondary infection counts as much as it passes on, as in theirs. The index cases are found by symptoms alone. Of the last generation only infections
/// outside the home count: here those at home end when the others are quarantined elsewhere, in theirs they go on.
pub fn ours(imports: u32, seed: u64) -> Vec<(Policies, f64)> {
    let (people, disease) = (people(15_000), disease());
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let census = Census::of(&people);
    let mut rules = rules("covid-2022-twenty");
    // Quarantine is complete, without tests.
    rules.close = Some(Schedule { central: 14.0, home: 0.0, tests: Vec::new(), confined: true });
    (rules.exit, rules.stay) = (None, 30.0);
    let step = (people.len() / imports) | 1;
    let first = Imports::new((0..imports).map(|k| Import { day: 0, person: k * step % people.len(), variant: 0 }).collect());
    let world = (&people, &disease, &rates);
    const DAYS: u32 = 22;
    let count = |history: History| {
        let (all, outside) = (generations(&history, |_| true), generations(&history, |i| i.layer() != Some(Layer::Household)));
        (all[1], outside[2])
    };
    let nothing = count(live(world, &mut NoResponse, (seed, DAYS), first.clone(), |_| true));
    let runs = PUBLISHED.map(|(policies, _)| {
        let policy = policy(policies);
        let mut responder = Responder::new(&people, &census, &policy, &rules, DAYS);
        (policies, count(live(world, &mut responder, (seed, DAYS), first.clone(), |_| true)))
    });
    let isolation = runs[0].1;
    runs.iter().map(|(p, (_, second))| (*p, 1.0 - second / isolation.1 * isolation.0 / nothing.0)).collect()
}
