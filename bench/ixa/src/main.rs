//! An epidemic with households on ixa, as a row of `bench/epidemic`'s table: exposed, infectious, recovered; households of the sizes of Chongqing;
//! everyone else met at random. One thread, as ixa has it.
//!
//! As ixa's own examples do it: a person is an entity, its state a property, and all that happens is a plan. Whoever is infectious plans the next meeting until
//! recovery. Household attack is that of `covid-ba5` beside it (42.7 %), meetings elsewhere are chosen so that about as many are infected.
//!
//! `cargo run --release --manifest-path bench/ixa/Cargo.toml -- 1000000 60`

use ixa::prelude::*;
use rand_distr::{Exp, Gamma};
use std::error::Error;

define_entity!(Person);
define_rng!(Courses);
define_rng!(Meetings);
define_rng!(Homes);

define_property!(
    enum State {
        Susceptible,
        Exposed,
        Infectious,
        Recovered,
    },
    Person,
    default_const = State::Susceptible
);
// The household: where it begins among all people, how many it has, the how manieth this person is.
define_property!(struct Home(u32, u8, u8), Person);

// All people, household by household: ixa makes their numbers, and asking its index for a household would cost more than this list.
define_data_plugin!(People, Vec<PersonId>, Vec::new());

/// Percent of households with 1, 2, … members: Chongqing, census of 2020, as crates/epidemic/data/populations/society.toml has it.
const SIZES: [f64; 7] = [28.69, 30.96, 20.20, 11.70, 4.77, 2.55, 1.11];
/// Days from infection to infectiousness, and from there to recovery: means of gamma distributions of shape 4.
const LATENT: f64 = 1.5;
const INFECTIOUS: f64 = 3.0;
const SHAPE: f64 = 4.0;
/// Infectious meetings a day with each other member of the household: 1 - (1 + 3 x / 4)^-4 = 42.7 %.
const AT_HOME: f64 = 0.199;
/// Infectious meetings a day with others.
const ELSEWHERE: f64 = 0.58;
/// Infected on the first day.
const IMPORTS: usize = 100;

/// Bytes of a line of /proc/self/status.
fn status(name: &str) -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|l| l.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}

/// CPU seconds of this process so far.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split(' ').next().ok_or("empty")?.parse::<f64>()? / 1e9)
}

fn gamma(mean: f64) -> Result<Gamma<f64>, rand_distr::GammaError> {
    Gamma::new(SHAPE, mean / SHAPE)
}

/// So many people in households.
fn populate(context: &mut Context, people: u32) -> Result<(), IxaError> {
    let mut ids = Vec::with_capacity(people as usize);
    while (ids.len() as u32) < people {
        let first = ids.len() as u32;
        let size = (context.sample_weighted(Homes, &SIZES) as u32 + 1).min(people - first);
        for own in 0..size {
            ids.push(context.add_entity(with!(Person, Home(first, size as u8, own as u8)))?);
        }
    }
    *context.get_data_mut(People) = ids;
    Ok(())
}

/// A susceptible person is infected.
fn infect(context: &mut Context, person: PersonId, [latent, infectious]: [Gamma<f64>; 2]) {
    context.set_property(person, State::Exposed);
    let begin = context.get_current_time() + context.sample_distr(Courses, latent);
    let end = begin + context.sample_distr(Courses, infectious);
    context.add_plan(begin, move |context| {
        context.set_property(person, State::Infectious);
        meet(context, person, end, [latent, infectious]);
    });
}

/// Plans the next meeting of someone infectious, or recovery if that comes before. So nobody has more than one plan: the queue of plans is what costs most.
fn meet(context: &mut Context, person: PersonId, end: f64, laws: [Gamma<f64>; 2]) {
    let Home(first, size, own) = context.get_property(person);
    let at_home = AT_HOME * f64::from(size - 1);
    let Ok(wait) = Exp::new(at_home + ELSEWHERE) else { return };
    let time = context.get_current_time() + context.sample_distr(Meetings, wait);
    if time >= end {
        context.add_plan(end, move |context| context.set_property(person, State::Recovered));
        return;
    }
    context.add_plan(time, move |context| {
        let home = context.sample_range(Meetings, 0.0..at_home + ELSEWHERE) < at_home;
        let people = context.get_data(People);
        let met = if home {
            let other = usize::from(own) + context.sample_range(Meetings, 1..usize::from(size));
            people[first as usize + other % usize::from(size)]
        } else {
            people[context.sample_range(Meetings, 0..people.len())]
        };
        if context.get_property::<Person, State>(met) == State::Susceptible {
            infect(context, met, laws);
        }
        meet(context, person, end, laws);
    });
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u32>());
    let people = arguments.next().transpose()?.unwrap_or(1_000_000);
    let days = arguments.next().transpose()?.unwrap_or(60);
    let before = status("VmRSS:")?;
    let mut context = Context::new();
    context.init_random(1);
    populate(&mut context, people)?;
    let start = cpu_seconds()?;
    let laws = [gamma(LATENT)?, gamma(INFECTIOUS)?];
    for _ in 0..IMPORTS {
        let person = context.get_data(People)[context.sample_range(Meetings, 0..people as usize)];
        if context.get_property::<Person, State>(person) == State::Susceptible {
            infect(&mut context, person, laws);
        }
    }
    context.schedule_shutdown(f64::from(days));
    context.execute();
    let cpu = cpu_seconds()? - start;
    let infected = people as usize - context.query_entity_count(with!(Person, State::Susceptible));
    let (n, infected) = (f64::from(people), infected as f64);
    println!(
        "| ixa 4.0, households | {people} | {days} | {cpu:.3} | {:.1} | {:.2} % | {:.2} | {:.0} |",
        n * f64::from(days) / cpu / 1e6,
        infected / n * 100.0,
        cpu / infected * 1e6,
        (status("VmHWM:")? - before) / n,
    );
    Ok(())
}
