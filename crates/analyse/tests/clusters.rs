//! `quell analyse clusters` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};
use std::fmt::Write;
use std::path::PathBuf;

/// A case a place every sixth day in a grid of 36 places, and ten more around place 14 on the last three of 24 days.
fn cases(f: &Folder, header: &str, row: impl Fn(usize, usize, usize) -> String) -> PathBuf {
    let mut text = format!("{header}\n");
    for place in 0..36 {
        for day in (0..24).filter(|d| (d + place) % 6 == 0) {
            writeln!(text, "{}", row(place, day, 1)).unwrap();
        }
    }
    for (place, day, n) in [(14, 21, 3), (14, 22, 2), (15, 22, 2), (14, 23, 1), (13, 23, 2), (20, 23, 2)] {
        writeln!(text, "{}", row(place, day, n)).unwrap();
    }
    f.file("cases.csv", &text)
}

fn dated(f: &Folder) -> PathBuf {
    cases(f, "place,x,y,date,count", |p, d, n| format!("P{p},{},{},2022-11-{:02},{n}", 100 * (p % 6), 100 * (p / 6), d + 1))
}

#[test]
fn a_cluster_is_told_with_its_place_time_and_chance() {
    let f = Folder::new();
    let a = analyse(&["clusters", dated(&f).to_str().unwrap(), "--seed", "7"]).unwrap();
    assert_eq!(a.header(), "rank,centre,x,y,radius,start,end,observed,expected,relative_risk,log_ratio,p_value,p_gumbel,places");
    let first = &a.rows()[0];
    assert_eq!((first[0].as_str(), first[6].as_str()), ("1", "2022-11-24"));
    assert!(first[5].as_str() >= "2022-11-20" && first[13].split(';').any(|p| p == "P14"), "{first:?}");
    let p: f64 = first[11].parse().unwrap();
    assert!(p <= 0.05, "{p}");
    assert!(a.err.contains("36 places, 24 time steps, 156 cases"), "{}", a.err);
    assert_eq!(a.out, analyse(&["clusters", dated(&f).to_str().unwrap(), "--seed", "7"]).unwrap().out);
}

#[test]
fn a_row_for_each_case_and_chinese_headers_give_the_same() {
    let f = Folder::new();
    let counted = analyse(&["clusters", dated(&f).to_str().unwrap(), "--scan", "prospective"]).unwrap();
    let each = cases(&f, "社区,横坐标,纵坐标,发病日期", |p, d, n| {
        let row = format!("P{p},{},{},2022-11-{:02}", 100 * (p % 6), 100 * (p / 6), d + 1);
        vec![row; n].join("\n")
    });
    assert_eq!(analyse(&["clusters", each.to_str().unwrap(), "--scan", "prospective"]).unwrap().out, counted.out);
}

#[test]
fn with_a_population_the_models_of_risk_are_used() {
    let f = Folder::new();
    let mut people = "地点,纬度,经度,人口\n".to_owned();
    (0..36)
        .for_each(|p| writeln!(people, "P{p},{},{},{}", 31.0 + 0.01 * f64::from(p / 6), 109.0 + 0.01 * f64::from(p % 6), 500 + p).unwrap());
    let people = f.file("people.csv", &people);
    let table = cases(&f, "place,t,count", |p, d, n| format!("P{p},{d},{n}"));
    for (model, scan) in [("poisson", "retrospective"), ("poisson-by-day", "prospective"), ("poisson", "spatial")] {
        let args = ["clusters", table.to_str().unwrap(), "--population", people.to_str().unwrap(), "--model", model, "--scan", scan];
        let a = analyse(&args).unwrap();
        assert!(a.header().starts_with("rank,centre,latitude,longitude,radius,start"));
        let first = &a.rows()[0];
        assert!(first[13].split(';').any(|p| p == "P14"), "{model}: {first:?}");
        let radius: f64 = first[4].parse().unwrap();
        assert!(radius < 6000.0, "metres: {radius}");
        assert_eq!(first[6], "23");
    }
}

#[test]
fn without_a_map_the_branches_of_the_tree_are_scanned() {
    let f = Folder::new();
    // Six townships of six communities, and two more in each of the third one's on each of the last two days.
    let row = |p: usize, d: usize, n: usize| format!("50.237.{}.{:03},2022-11-{:02},{n}", 101 + p / 6, p % 6, d + 1);
    let file = cases(&f, "place,date,count", row);
    let more: String = (12..18).flat_map(|p| [22, 23].map(|d| format!("{}\n", row(p, d, 2)))).collect();
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + &more).unwrap();
    let picture = f.path("map.svg");
    let a = analyse(&["clusters", file.to_str().unwrap(), "--picture", picture.to_str().unwrap()]).unwrap();
    assert_eq!(a.header(), "rank,centre,within,radius,start,end,observed,expected,relative_risk,log_ratio,p_value,p_gumbel,places");
    let first = &a.rows()[0];
    assert_eq!((first[2].as_str(), first[3].as_str(), first[5].as_str()), ("50.237.103", "1", "2022-11-24"), "{first:?}");
    assert_eq!(first[12].split(';').count(), 6, "the whole township");
    assert!(first[10].parse::<f64>().unwrap() <= 0.05);
    assert!(!picture.exists() && a.err.contains("no map is drawn"), "{}", a.err);
}

#[test]
fn what_cannot_be_scanned_is_said() {
    let f = Folder::new();
    let said = |text: &str, more: &[&str]| {
        let file = f.file("a.csv", text);
        analyse(&[&["clusters", file.to_str().unwrap()], more].concat()).err().unwrap().to_string()
    };
    assert!(said("place,date\nA,2022-11-01\n", &[]).contains("no coordinates"));
    assert!(said("place,x,y\nA,1,1\n", &[]).contains("no column has days"));
    assert!(said("place,x,y,date\nA,1,1,2022-11-01\nB,,,2022-11-02\n", &[]).contains("“B” has no coordinates"));
    assert!(said("place,x,y,date\n,,,2022-11-01\n", &[]).contains("no row has"));
    assert!(said("x,y,date\n1,1,2022-11-01\n", &["--model", "poisson"]).contains("need a population"));
    assert!(said("latitude,longitude,date\n91,1,2022-11-01\n", &[]).contains("line 2"));
    assert!(said("x,y,t\n1,1,1\n2,2,9000000000000\n", &[]).contains("--step-days"));
}

#[test]
fn little_is_scanned_without_a_fuss() {
    let f = Folder::new();
    let rows = |text: &str| analyse(&["clusters", f.file("b.csv", text).to_str().unwrap()]).unwrap().rows().len();
    assert_eq!(rows("x,y,date\n1,1,2022-11-01\n"), 0);
    assert_eq!(rows("x,y,date,count\n1,1,2022-11-01,0\n2,1,2022-11-02,NA\n"), 0);
    assert_eq!(rows("x,y,date\n1,1,2022-11-09\n1,1,2022-11-01\n1,1,2022-11-09\n"), 0, "one place is no cluster in space");
}

#[test]
fn quells_own_tables_are_scanned_by_community() {
    let f = Folder::new();
    let people = f.file(
        "places.csv",
        "place,x,y,population\n50.500237.101.001,0,0,900\n50.500237.101.002,500,0,800\n50.500237.102.001,900,400,700\n",
    );
    let cases = f.file(
        "cases.csv",
        "case,home,found\nc1,50.500237.101.001.c01.b02,2022-11-22+08:00\nc2,50.500237.101.001.c03,2022-11-23T09:00:00+08:00\nc3,50.500237.101.002.c01,2022-11-20+08:00\nc4,50.500237.101.001.c03,2022-11-23+08:00\n",
    );
    let args = ["clusters", cases.to_str().unwrap(), "--population", people.to_str().unwrap(), "--place-parts", "4"];
    let a = analyse(&args).unwrap();
    assert_eq!(a.rows()[0][1], "50.500237.101.001");
    assert_eq!(a.rows()[0][7], "3");
    assert!(analyse(&args[..4]).err().unwrap().to_string().contains("line 2"), "without it households are no places of the file");
}
