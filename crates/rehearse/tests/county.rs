//! The synthetic county against the census, and its own promises.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use quell_foundation::{Day, Hash};
use quell_rehearse::{County, PersonTag, PlaceKind, Sex, census, city, identity_check_digit, write_roster_csv, wushan};
use std::collections::{BTreeSet, HashMap, HashSet};

fn as_of() -> Day {
    "2022-11-26".parse().unwrap()
}

fn age(born: Day) -> i32 {
    let split = |d: Day| -> Vec<i32> { d.to_string().split('-').map(|p| p.parse().unwrap()).collect() };
    let (now, then) = (split(as_of()), split(born));
    now[0] - then[0] - i32::from((now[1], now[2]) < (then[1], then[2]))
}

fn count(county: &County, kind: PlaceKind) -> usize {
    county.places.iter().filter(|p| p.kind == kind).count()
}

/// What holds for every county, whatever its size.
fn check(county: &County, population: u32) {
    assert_eq!(county.residents.len(), population as usize);
    let kinds: HashMap<&str, PlaceKind> = county.places.iter().map(|p| (p.id.as_str(), p.kind)).collect();
    assert_eq!(kinds.len(), county.places.len(), "place ids are unique");
    let mut seen = HashSet::new();
    for place in &county.places {
        seen.insert(place.id.as_str());
        assert!(place.id.parent().is_none_or(|p| seen.contains(p.as_str())), "{} comes after the place above it", place.id);
        assert!(!place.name.is_empty());
    }
    for home in county.residents.iter().map(|r| &r.home) {
        assert_eq!((kinds.get(home.as_str()), home.depth()), (Some(&PlaceKind::Household), 8), "{home}");
    }
    let homes: HashSet<&str> = county.residents.iter().map(|r| r.home.as_str()).collect();
    assert_eq!(homes.len(), count(county, PlaceKind::Household), "no household is empty");
    assert!(county.residents.is_sorted_by(|a, b| a.id < b.id), "ids are unique and in order of homes");
    let numbers: HashSet<&str> = county.residents.iter().map(|r| r.identity_number.as_str()).collect();
    assert_eq!(numbers.len(), county.residents.len(), "identity numbers are unique");
    let phones: Vec<&str> = county.residents.iter().filter_map(|r| r.phone.as_deref()).collect();
    assert_eq!(phones.iter().collect::<HashSet<_>>().len(), phones.len(), "telephone numbers are unique");
    for r in &county.residents {
        let n = &r.identity_number;
        assert_eq!(identity_check_digit(&n[..17]), n.chars().nth(17), "{n}");
        assert_eq!(n[6..14], r.born.to_string().replace('-', ""));
        assert_eq!(n[16..17].parse::<u32>().unwrap() % 2 == 1, r.sex == Sex::Male);
        assert!(n.starts_with("99") && n.len() == 18);
        assert!((0..=100).contains(&age(r.born)), "{}", r.born);
        assert_eq!(r.tags.contains(&PersonTag::Elderly), age(r.born) >= 60);
        assert_eq!(r.tags.contains(&PersonTag::Infant), age(r.born) < 3);
    }
    check_capacity(county, population, &kinds);
}

fn check_capacity(county: &County, population: u32, kinds: &HashMap<&str, PlaceKind>) {
    let served: BTreeSet<_> = county.stations.iter().flat_map(|s| &s.communities).collect();
    assert_eq!(served.len(), count(county, PlaceKind::Community), "every community has a station");
    for s in &county.stations {
        assert_eq!(kinds[s.place.as_str()], PlaceKind::Station);
        assert!(s.samplers > 0 && !s.communities.is_empty(), "{}", s.name);
        assert!(s.communities.iter().all(|c| c.is_within(&s.place.at_depth(3))));
    }
    let samplers: u32 = county.stations.iter().map(|s| s.samplers).sum();
    assert_eq!(samplers, population.div_ceil(360).max(county.stations.len() as u32));
    let per_hour: u32 = county.laboratories.iter().map(|l| l.tubes_per_hour).sum();
    assert!(per_hour * 22 >= population / 10 && per_hour * 22 <= population / 10 + 44);
    for laboratory in &county.laboratories {
        assert_eq!(kinds[laboratory.place.as_str()], PlaceKind::Laboratory);
        assert!(county.residents.iter().take(9).all(|r| laboratory.transport_minutes_from(&r.home).is_some()));
    }
    for f in &county.facilities {
        assert_eq!(kinds[f.place.as_str()], f.kind);
        assert!(f.wards.len() >= 2 || f.beds() < 2, "{}", f.name);
        assert!(f.wards.iter().all(|(_, beds)| *beds > 0));
    }
    let vehicles: HashSet<_> = county.vehicles.iter().map(|v| &v.id).collect();
    assert_eq!(vehicles.len(), county.vehicles.len());
    assert!(county.vehicles.iter().all(|v| v.seats > 0 && kinds.contains_key(v.base.as_str())));
}

#[test]
fn wushan_has_its_divisions_and_the_shape_of_the_census() {
    let county = wushan(1, 120_000, as_of());
    check(&county, 120_000);
    assert_eq!(count(&county, PlaceKind::Township), 26);
    assert_eq!(count(&county, PlaceKind::Community), 340);
    let named = |name: &str| county.places.iter().any(|p| p.name == name);
    assert!(named("高唐街道") && named("神女社区") && named("建平乡") && named("南溪村"));

    let share = |what: &dyn Fn(&quell_rehearse::Resident) -> bool| {
        county.residents.iter().filter(|r| what(r)).count() as f64 / county.residents.len() as f64
    };
    let near = |found: f64, wanted: f64, what| assert!((found - wanted).abs() < 0.01, "{what}: {found} for {wanted}");
    near(share(&|r| age(r.born) < 15), census::AGED_0_14, "0–14");
    near(share(&|r| (15..60).contains(&age(r.born))), census::AGED_15_59, "15–59");
    near(share(&|r| age(r.born) >= 60), census::AGED_60, "60+");
    near(share(&|r| age(r.born) >= 65), census::AGED_65, "65+");
    near(share(&|r| r.sex == Sex::Male), census::MALE, "male");
    let households = count(&county, PlaceKind::Household) as f64;
    let mean = county.residents.len() as f64 / households;
    assert!((mean - census::HOUSEHOLD_SIZE).abs() < 0.1, "{mean}");
    let alone = share(&|r| r.tags.contains(&PersonTag::LivesAlone)) * mean;
    assert!((alone - 0.287).abs() < 0.015, "one-person households {alone}");
    let dialysis = share(&|r| r.tags.contains(&PersonTag::Dialysis));
    assert!((0.0003..0.0008).contains(&dialysis), "{dialysis}");
    let pregnant = share(&|r| r.tags.contains(&PersonTag::Pregnant));
    assert!((0.002..0.006).contains(&pregnant), "{pregnant}");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = |seed| serde_json::to_vec(&wushan(seed, 3_000, as_of())).unwrap();
    assert_eq!(
        Hash::of(&bytes(42)).to_string(),
        "419e95b93960372a26f76178a5ec118db9dc39f60b08e37de6e356792768ebf1",
        "the county of a seed has changed: a demo of an earlier version can no longer be repeated"
    );
    assert_ne!(bytes(42), bytes(43));
}

#[test]
fn the_day_moves_birthdays_only() {
    let (a, b) = (wushan(5, 4_000, as_of()), wushan(5, 4_000, as_of().plus(400)));
    assert!(a.residents.iter().zip(&b.residents).all(|(x, y)| x.id == y.id && x.home == y.home && x.name == y.name));
}

#[test]
fn a_city_has_the_same_shape() {
    let county = city(3, 130_000, as_of());
    check(&county, 130_000);
    assert_eq!(county.root.as_str(), "99.990000");
}

#[test]
fn the_roster_has_a_line_for_everyone() {
    let county = wushan(2, 1_000, as_of());
    let mut out = Vec::new();
    write_roster_csv(&county, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let columns = text.lines().next().unwrap().split(',').count();
    assert_eq!(text.lines().count(), 1_001);
    assert!(text.lines().all(|l| l.split(',').count() == columns), "no field holds a comma");
    assert!(text.lines().nth(1).unwrap().contains("重庆市巫山县高唐街道圣泉社区"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn any_population_works(seed in any::<u64>(), population in 1_000u32..50_000) {
        check(&wushan(seed, population, as_of()), population);
    }
    #[test]
    fn even_tiny_ones_do(seed in any::<u64>(), population in 0u32..1_000) {
        check(&wushan(seed, population, as_of()), population);
        check(&city(seed, population, as_of()), population);
    }
}
