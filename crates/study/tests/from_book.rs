//! A rehearsal from a book says what it assumed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use clap::Parser;
use quell_epidemic::population::{Given, Home};
use quell_foundation::Day;
use quell_response::KnownCase;
use quell_study::{FromBookArgs, Known, Setting};
use serde_json::Value;

#[derive(Debug, Parser)]
struct Options {
    #[command(flatten)]
    args: FromBookArgs,
}

/// What is printed from a book of a small town with three cases.
fn told(words: &[&str], chinese: bool, json: bool) -> String {
    let person = |k: u32| {
        let (township, unit) = (k / 600, k / 6);
        let home = Home { township, community: township, compound: k / 300, building: k / 60, unit };
        Given { home, household: k / 3, age: (k % 80) as u8 }
    };
    let case = |person: u32| KnownCase { person, infected: 12.0, sampled: 18.0, found: 18.5, investigated: true };
    let known = Known {
        people: (0..1_800).map(person).collect(),
        midnight: Some("2022-11-20".parse::<Day>().unwrap()),
        cases: [5, 700, 1_300].map(case).to_vec(),
        rooms: Some(17),
        ..Known::default()
    };
    let id = "covid-2022-twenty";
    let text = quell_protocol::builtin(&id.parse().unwrap()).unwrap();
    let protocol = quell_protocol::load(id, text).unwrap();
    let args = Options::parse_from([&["from-book", "--days", "10", "--seeds", "3"], words].concat()).args;
    let mut out = Vec::new();
    quell_study::from_book(&args, &protocol, known, &mut Setting { chinese, json, out: &mut out, terminal: false }).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_is_assumed_is_printed_and_kept() {
    let text = told(&["--unfound", "0.4"], false, false);
    let line = text.lines().find(|l| l.starts_with("assumed: ")).unwrap();
    for part in [
        "begins at midnight, 2022-11-20",
        "40 % of the infections by 3 known cases not found yet (--unfound): ",
        " drawn",
        "0 imports a day later",
        "covid-ba5",
        "10 days from the midnight at which the rehearsal begins, seeds 1–3",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(text.contains("means: ") && text.contains("rooms 17") && !text.contains("first infection"), "{text}");
    let zh = told(&["--unfound", "0.4"], true, false);
    assert!(zh.contains("假定：自 2022-11-20 零时开始；3 例已知病例造成的感染中尚有 40 % 未发现"), "{zh}");

    let of = |share: &str| serde_json::from_str::<Value>(&told(&["--unfound", share], false, true)).unwrap();
    let (none, all) = (of("0"), of("1"));
    assert_eq!((&all["assumed"]["midnight"], &all["assumed"]["unfound"]), (&Value::from("2022-11-20"), &Value::from(1.0)));
    assert_eq!((&all["people"], &all["seeds"], &all["seed"]), (&Value::from(1_800), &Value::from(3), &Value::from(1)));
    assert_eq!(all["days_from"], "midnight");
    let policy = &all["policies"][0];
    assert_eq!((&policy["protocol"], &policy["means"]["rooms"]), (&Value::from("covid-2022-twenty"), &Value::from(17)));
    // Nothing is drawn beside the known cases where all is found, and more where nothing is.
    let drawn = |report: &Value| report["assumed"]["unfound_infections"]["q50"].as_f64().unwrap();
    assert_eq!(drawn(&none), 0.0);
    assert!(drawn(&all) > 1.0, "{all:#}");
}
