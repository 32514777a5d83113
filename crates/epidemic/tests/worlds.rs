//! One world for all policies: what is drawn depends on nothing but what it is for.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{ALONE, mixed, plain, run, under};
use proptest::prelude::*;
use quell_epidemic::Layer;
use quell_epidemic::disease::{Disease, preset};
use quell_epidemic::kernel::{
    Changes, Gathering, Import, Imports, Infection, Marks, Meeting, NoResponse, Rates, Response, Settings, Simulation, World,
};
use quell_epidemic::population::{self, Builder, Contacts, Home, Level, Population};

fn town(people: u32) -> Population {
    population::preset("town").unwrap().with_people(people).generate(5, 1).unwrap()
}

#[test]
fn threads_change_nothing() {
    let description = population::preset("municipality").unwrap().with_people(150_000);
    let people = description.generate(9, 1).unwrap();
    let disease = preset("covid-ba5").unwrap().unwrap();
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let hash = |threads| {
        assert_eq!(people, description.generate(9, threads).unwrap());
        let mut run = Simulation::new(
            &people,
            &disease,
            &rates,
            Settings { seed: 2, days: 50, threads, imports: Imports::at_start(&people, 2, 50, 0) },
        );
        run.run(&mut NoResponse);
        // Days must be large enough that threads are used at all.
        assert!((0..50).any(|d| run.world().history().on(d).len() > 5_000));
        run.world().history().hash()
    };
    let one = hash(1);
    assert_eq!((one, one), (hash(2), hash(3)));
}

#[test]
fn seeds_differ() {
    let (people, disease) = (town(5_000), preset("covid-ba5").unwrap().unwrap());
    let hash = |seed| run(&people, &disease, seed, 30, 10).hash();
    assert_eq!(hash(1), hash(1));
    assert_ne!(hash(1), hash(2));
}

/// Six thousand people in pairs, and perhaps one more who lives alone, in their community or in another township.
fn with_newcomer(home: Option<Home>) -> Population {
    let mut builder = Builder::new();
    for k in 0..3_000u32 {
        builder.household(Home { unit: k / 4, ..Home::default() }, &[(30, 0), (32, 0)]);
    }
    if let Some(home) = home {
        builder.household(home, &[(40, 0)]);
    }
    builder.build(Contacts { market: 6.0, ..ALONE }, None).unwrap()
}

/// A newcomer far away changes nothing; one in the same community nothing until a contact falls on the newcomer that would have met another.
#[test]
fn a_newcomer_changes_only_what_follows() {
    let alone = Home { unit: 9_999, ..Home::default() };
    let [before, far, near] = [None, Some(Home { community: 1, township: 1, ..alone }), Some(alone)].map(with_newcomer);
    let disease = Disease::new(plain(1.6, 0.2)).unwrap();
    let rates = Rates::calibrate(&before, &disease).unwrap();
    let imports = Imports::at_start(&before, 3, 10, 0);
    let live = |people: &Population| {
        let mut run = Simulation::new(people, &disease, &rates, Settings { seed: 8, days: 60, threads: 1, imports: imports.clone() });
        run.run(&mut NoResponse);
        run.world().history().clone()
    };
    let [old, far, near] = [before, far, near].map(|people| live(&people));
    assert!(old.infections().len() > 3_000 && old.hash() == far.hash());
    let arrived = near.infections().iter().find(|i| i.person == 6_000).map_or(60, Infection::day);
    assert!((20..60).contains(&arrived), "late enough to compare, but infected: day {arrived}");
    (0..arrived).for_each(|day| assert!(old.on(day) == near.on(day), "day {day}"));
    assert_ne!(old.hash(), near.hash());
}

/// Closes some layers from a day on.
struct Closed {
    from: u32,
    layers: Vec<Layer>,
}

impl Response for Closed {
    fn factor(&self, _: &World<'_>, m: &Meeting) -> f32 {
        f32::from(u8::from(m.day < self.from || !self.layers.contains(&m.layer)))
    }
}

#[test]
fn policies_share_the_world_until_they_differ() {
    let (people, disease) = (town(20_000), preset("covid-ba5").unwrap().unwrap());
    let free = run(&people, &disease, 1, 40, 20);
    let closed = under(&mut Closed { from: 15, layers: vec![Layer::School, Layer::Market, Layer::Travel] }, &people, &disease, 1, 40, 20);
    (0..15).for_each(|day| assert_eq!(free.on(day), closed.on(day)));
    assert!(free.on(14).len() > 20 && closed.persons() < free.persons());
    let after = &closed.infections()[closed.since(15)..];
    assert!(!after.is_empty() && after.iter().all(|i| !matches!(i.layer(), Some(Layer::School | Layer::Market | Layer::Travel))));
}

/// What a mask factor leaves is the reproduction number times the factor: the final size is that of theory.
#[test]
fn masks_lower_the_reproduction_number() {
    struct Masks;
    impl Response for Masks {
        fn factor(&self, _: &World<'_>, _: &Meeting) -> f32 {
            0.6
        }
    }
    let history = under(&mut Masks, &mixed(100_000), &Disease::new(plain(3.0, 0.0)).unwrap(), 2, 400, 200);
    let mut z = 0.9;
    (0..200).for_each(|_| z = 1.0 - 0.998 * f64::exp(-1.8 * z));
    assert!((f64::from(history.persons()) / 1e5 - z).abs() < 0.015, "{} instead of {z}", history.persons());
}

/// Everyone waits to be sampled with the next 99 on every third day.
struct Queues;

impl Response for Queues {
    const GATHERS: bool = true;
    fn gathering(&self, _: &World<'_>, day: u32, person: u32, out: &mut Vec<Gathering>) {
        if day.is_multiple_of(3) {
            out.push(Gathering { layer: Layer::Queue, group: u64::from(person / 100), size: 100, contacts: 10.0, intensity: 1.0 });
        }
    }
    fn member(&self, group: u64, number: u32) -> u32 {
        group as u32 * 100 + number
    }
}

#[test]
fn queues_infect_only_where_and_when_they_stand() {
    let people = mixed(50_000);
    let disease = Disease::new(plain(2.0, 0.0)).unwrap();
    let (free, queued) = (run(&people, &disease, 1, 40, 50), under(&mut Queues, &people, &disease, 1, 40, 50));
    let infector = |i: &Infection| queued.infections()[i.infector as usize].person;
    let there: Vec<_> = queued.infections().iter().filter(|i| i.layer() == Some(Layer::Queue)).collect();
    assert!(there.len() > 100 && there.iter().all(|i| i.day() % 3 == 0 && infector(i) / 100 == i.person / 100));
    assert!(free.infections().iter().all(|i| i.layer() != Some(Layer::Queue)) && queued.persons() > free.persons());
}

/// Gatherings are drawn on several threads once 4,096 people are or were lately infected; nobody can tell.
#[test]
fn threads_change_no_gathering() {
    let people = mixed(60_000);
    let disease = Disease::new(plain(2.0, 0.0)).unwrap();
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let live = |threads| {
        let imports = Imports::at_start(&people, 1, 500, 0);
        let mut run = Simulation::new(&people, &disease, &rates, Settings { seed: 4, days: 31, threads, imports });
        run.run(&mut Queues);
        run.world().history().clone()
    };
    let one = live(1);
    let lately = |day: u32| (day - 6..day).map(|d| one.on(d).len()).sum::<usize>();
    let queued = |day| one.on(day).iter().filter(|i| i.layer() == Some(Layer::Queue)).count();
    assert!((6..31).any(|day| lately(day) > 6_000 && queued(day) > 500), "not enough at once to tell");
    assert!([2, 3, 8].into_iter().all(|threads| live(threads) == one));
}

/// Vaccinates everyone on an evening and lets one more infection in.
struct Campaign {
    on: u32,
}

impl Response for Campaign {
    fn evening(&mut self, world: &World<'_>, day: u32, changes: &mut Changes) {
        if day == self.on {
            (0..world.population().len()).for_each(|p| changes.vaccinate(p, 1));
            changes.import(7, 0);
        }
        if day == self.on + 30 {
            changes.stop();
        }
    }
}

#[test]
fn an_evening_changes_tomorrow() {
    let mut file = common::file("measles");
    file.vaccination[0].infection = 1.0;
    file.vaccination[0].half_life = f64::INFINITY;
    file.vaccination[0].coverage = [0.0; 9];
    file.variants[0].course.incubation.mean = 5.0;
    let people = town(5_000);
    let history = under(&mut Campaign { on: 12 }, &people, &Disease::new(file).unwrap(), 1, 100, 20);
    assert!(!history.on(12).is_empty());
    // Nobody is susceptible from the next day on, not even the import.
    assert_eq!(history.since(13), history.infections().len());
    assert_eq!(history.days(), 43, "stopped");
}

/// Immunity that wanes within the run lets people be infected again, and a variant that escapes it at once.
#[test]
fn immunity_wanes_and_variants_escape() {
    let mut file = plain(3.0, 0.0);
    file.immunity.refractory = 20.0;
    file.immunity.half_life = 30.0;
    file.immunity.cross = vec![vec![1.0]];
    let people = mixed(5_000);
    let history = run(&people, &Disease::new(file.clone()).unwrap(), 1, 200, 50);
    let again: Vec<_> = history.infections().iter().filter(|i| i.episode > 0).collect();
    assert!(again.len() > 500);
    let mut last = vec![None; 5_000];
    for i in history.infections() {
        assert!(last[i.person as usize].is_none_or(|t| i.time() - t >= 20.0));
        last[i.person as usize] = Some(i.time());
    }
    let mut second = file.variants[0].clone();
    second.name = "escape".into();
    file.variants.push(second);
    file.immunity.half_life = 1e9;
    file.immunity.cross = vec![vec![1.0, 0.0], vec![1.0, 1.0]];
    let disease = Disease::new(file).unwrap();
    let rates = Rates::calibrate(&people, &disease).unwrap();
    let imports =
        Imports::at_start(&people, 1, 50, 0).and(Imports::new((0..20).map(|p| Import { day: 90, person: p * 9, variant: 1 }).collect()));
    let mut two = Simulation::new(&people, &disease, &rates, Settings { seed: 1, days: 200, threads: 1, imports });
    two.run(&mut NoResponse);
    let had = |variant| two.world().history().infections().iter().filter(|i| i.variant == variant).count();
    assert!(had(0) > 4_000 && had(1) > 4_000, "{} {}", had(0), had(1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_history_is_possible(seed in any::<u64>(), people in 50u32..3_000, imports in 1u32..20, days in 1u32..50) {
        let people = population::preset("wushan").unwrap().with_people(people).generate(seed, 1).unwrap();
        let disease = preset("covid-ancestral").unwrap().unwrap();
        let history = run(&people, &disease, seed, days, imports);
        let all = history.infections();
        let mut seen = Marks::new(people.len());
        for (k, i) in all.iter().enumerate() {
            prop_assert!(!seen.has(i.person) && i.day() < days);
            seen.mark(i.person);
            let Some(layer) = i.layer() else { continue };
            prop_assert!((i.infector as usize) < k);
            let from = &all[i.infector as usize];
            prop_assert!(from.day() < i.day() && from.person != i.person);
            let same = |level| people.around(level, from.person).contains(&i.person);
            let site = |p| people.seat(p).map(|s| people.sites().find(s));
            match layer {
                Layer::Household => prop_assert!(same(Level::Household)),
                Layer::Unit => prop_assert!(same(Level::Unit) && !same(Level::Household)),
                Layer::School | Layer::Work | Layer::Care => prop_assert_eq!(site(from.person), site(i.person)),
                Layer::Market => prop_assert!(same(Level::Community)),
                Layer::Travel => {}
                Layer::Vehicle | Layer::Queue => prop_assert!(false),
            }
        }
    }
}
