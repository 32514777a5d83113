#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use super::*;
use proptest::prelude::*;
use quell_epidemic::random::Key;

const SPACE: &str = r#"
name = "today"
[screening]
every_days = 2
[[closures]]
settings = ["school"]
[search.parameters]
"screening.every_days" = { whole = [1, 4] }
"screening.clear_rounds" = { whole = [1, 5], absent = true }
"screening" = { absent = true }
"tracing.central" = { choice = [true, false] }
"symptoms.come" = { real = [0.2, 0.8] }
"means.tubes_per_hour" = { real = [10, 1000], log = true, absent = true }
"means.rooms" = { whole = [10, 10000], log = true }
"closures.0.effect" = { real = [0.0, 1.0] }
"protocol" = { choice = ["covid-2022-ninth", "covid-2022-twenty"] }
"#;

fn space(text: &str) -> Result<Space, Trouble> {
    Space::parse(Source::of(Path::new("space.toml"), text))
}

#[test]
fn a_faulty_space_is_told_by_file_path_and_rule() {
    let refused = [
        ("", "没有 [search.parameters] 表", "there is no table [search.parameters]"),
        ("[search.parameters]", "是空的", "is empty"),
        ("[search]\nbudget = 3\n[search.parameters]\nx = 1", "search.budget", "there is only parameters"),
        (
            "[search.parameters]\n\"symptoms.come\" = { real = [0, 1.5] }",
            "symptoms.come：比例须在 0 与 1 之间",
            "a share lies between 0 and 1",
        ),
        ("[search.parameters]\n\"symptoms.comes\" = { real = [0, 1] }", "没有名为“comes”的项", "there is no field \"comes\""),
        ("[search.parameters]\n\"closures.0.effect\" = { real = [0, 1] }", "没有这一项", "there is no such entry"),
        (
            "[search.parameters]\n\"screening.every_days\" = { real = [1, 2] }",
            "须为不小于 0 的整数",
            "a whole number, 0 or above is needed here",
        ),
        (
            "[search.parameters]\n\"screening.area\" = { choice = [\"nowhere\"] }",
            "没有“nowhere”这个值",
            "there is no value \"nowhere\" here",
        ),
        ("[search.parameters]\n\"means.rooms\" = { whole = [5, 1] }", "小的一端须小于", "low must be below high"),
        ("[search.parameters]\n\"symptoms.come\" = { real = [0.5, 0.5] }", "小的一端须小于", "low must be below high"),
        ("[search.parameters]\n\"means.rooms\" = { whole = [1.5, 5] }", "whole 须为", "whole is two whole numbers"),
        ("[search.parameters]\n\"means.rooms\" = { whole = [0, 9], log = true }", "须大于 0", "lies above 0"),
        ("[search.parameters]\n\"masks\" = { absent = true }", "基础策略中没有这一项", "the base policy has no such part"),
        ("[search.parameters]\n\"response.x\" = { choice = [1] }\n", "response", "response"),
        ("[search.parameters]\n\"name\" = { choice = [\"a\"] }\n", "不能作参数", "no parameters"),
        ("[search.parameters]\n\"means.rooms\" = { whole = [0, 9], step = 2 }", "须为 { real", "is one of { real"),
    ];
    for (text, zh, en) in refused {
        let Err(trouble) = space(text) else { panic!("{text}") };
        assert!(trouble.text(true).contains(zh), "{text}: {}", trouble.text(true));
        assert!(trouble.text(false).contains(en), "{text}: {}", trouble.text(false));
        assert!([true, false].iter().all(|zh| trouble.text(*zh).starts_with("space.toml")), "{text}");
    }
}

#[test]
fn what_belongs_to_something_absent_is_idle() {
    let space = space(SPACE).unwrap();
    let at = |screening: f64| space.paths().map(|p| if p == "screening" { screening } else { 0.99 }).collect::<Vec<_>>();
    let (is, policy) = space.candidate(&at(0.1)).unwrap();
    let of = |is: &[Is], path: &str| is[space.paths().position(|p| p == path).unwrap()].clone();
    assert_eq!((of(&is, "screening"), of(&is, "screening.every_days"), policy.screening), (Is::Absent, Is::Idle, None));
    let (is, policy) = space.candidate(&at(0.9)).unwrap();
    assert_eq!((of(&is, "screening"), of(&is, "screening.every_days")), (Is::AsBase, Is::Value(Value::Integer(4))));
    assert_eq!(policy.screening.map(|s| (s.every_days, s.clear_rounds)), Some((4, Some(5))));
}

#[test]
fn the_ends_of_a_log_scale_are_reached_and_its_middle_is_geometric() {
    let space = space("[search.parameters]\n\"means.tubes_per_hour\" = { real = [1, 10000], log = true }").unwrap();
    let tubes = |u: f64| space.candidate(&[u]).unwrap().1.means.tubes_per_hour;
    assert_eq!([0.0, 0.5, 1.0].map(tubes), [Some(1.0), Some(100.0), Some(10_000.0)]);
}

proptest! {
    #[test]
    fn every_point_is_a_policy_that_survives_its_file(seed in any::<u64>()) {
        let space = space(SPACE).unwrap();
        let mut draws = Key::new(seed).draws();
        let at: Vec<f64> = space.paths().map(|_| draws.unit()).collect();
        let near = space.near(&at, &mut draws);
        prop_assert!(near != at);
        for point in [at, near] {
            prop_assert!(point.iter().all(|u| (0.0..1.0).contains(u)));
            let (is, policy) = space.candidate(&point).unwrap();
            prop_assert_eq!(is.len(), 9);
            prop_assert_eq!(Policy::parse(&toml::to_string(&policy).unwrap()), Ok(policy.clone()));
            prop_assert!((0.2..=0.8).contains(&policy.symptoms.come) && policy.means.rooms.is_some_and(|r| (10..=10_000).contains(&r)));
        }
    }
}
