//! `quell analyse forecast` with planned changes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Answer, Folder, analyse};
use std::path::Path;

const SI: [&str; 6] = ["--si-mean", "2.7", "--si-sd", "1.5", "--days", "10"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Thirty days of growth.
fn file(f: &Folder) -> std::path::PathBuf {
    let row = |t: i32| {
        let cases = (30.0 * 1.08_f64.powi(t)).round();
        format!("2022-11-{:02},{},{}\n", t + 1, (0.4 * cases).round(), cases - (0.4 * cases).round())
    };
    f.file("a.csv", &format!("日期,社会面,管控\n{}", (0..30).map(row).collect::<String>()))
}

fn run(file: &Path, more: &[&str]) -> Answer {
    analyse(&[&["forecast", text(file)], &SI[..], more].concat()).unwrap()
}

fn refused(file: &Path, more: &[&str]) -> String {
    analyse(&[&["forecast", text(file)], &SI[..], more].concat()).err().unwrap().to_string()
}

/// The median of a channel on a day ahead.
fn median(a: &Answer, channel: &str, ahead: &str) -> f64 {
    a.rows().iter().find(|r| r[2] == channel && r[1] == ahead).unwrap()[4].parse().unwrap()
}

#[test]
fn a_change_is_assumed_and_every_table_and_picture_says_so() {
    let f = Folder::new();
    let file = file(&f);
    let (zero, picture) = (f.path("z.csv"), f.path("p.svg"));
    let plain = run(&file, &[]);
    let a = run(
        &file,
        &["--change", "2022-12-03:0.5:0.4-0.7", "--change-share", "2022-12-02:0.3", "--zero", text(&zero), "--picture", text(&picture)],
    );
    assert!(plain.header().ends_with(",date") && a.header().ends_with(",date,assumed"), "{}", a.header());
    let said = "Assumed: from 2022-12-03 on transmission times 0.5 (95 % 0.4 to 0.7)";
    let odds = "Assumed: from 2022-12-02 on the odds of being found as community times 0.3";
    assert!(a.err.contains(said) && a.err.contains(odds), "{}", a.err);
    assert!(a.rows().iter().all(|r| r.last().unwrap() == &format!("{said}; {odds}")));
    let zero = std::fs::read_to_string(zero).unwrap();
    assert!(zero.lines().next().unwrap().ends_with(",assumed") && zero.contains(said), "{zero}");
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(svg.contains("from 2022-12-03 on transmission times 0.5"), "{svg}");
    // The second of December is the second day ahead.
    assert!((median(&a, "all", "2") / median(&plain, "all", "2") - 1.0).abs() < 0.05);
    assert!(median(&a, "all", "10") < 0.5 * median(&plain, "all", "10"));
    assert!(median(&a, "community", "2") < 0.6 * median(&plain, "community", "2"));
}

#[test]
fn a_change_of_infections_is_seen_in_the_counts_later() {
    let f = Folder::new();
    let file = file(&f);
    let delay = ["--delay-mean", "5", "--delay-sd", "2", "--delay-shape", "gamma"];
    let at_once = run(&file, &["--change", "2022-12-01:0.5"]);
    let late = run(&file, &[&["--change", "2022-12-01:0.5"], &delay[..]].concat());
    assert!(median(&late, "all", "3") > 1.4 * median(&at_once, "all", "3"));
    assert!(late.err.contains("transmission (counted 5.0 days after infection) times 0.5"), "{}", late.err);
    // Before the last day, with infections that are not yet counted.
    run(&file, &[&["--change", "2022-11-28:0.5"], &delay[..]].concat());
    assert!(refused(&file, &["--change", "2022-11-28:0.5"]).contains("give a day from 2022-12-01 to 2023-01-29"));
}

#[test]
fn what_is_no_change_is_refused_with_a_reason() {
    let f = Folder::new();
    let file = file(&f);
    for odd in
        ["2022-12-03", "2022-12-03:x", "2022-12-03:0", "2022-12-03:0.6:0.7-0.8", "2022-12-03:0.6:0.4", "2022-12-03:0.6:0.4-0.8:1", ":", ""]
    {
        assert!(refused(&file, &["--change", odd]).contains("write DAY:FACTOR"), "{odd}");
    }
    for odd in ["soon:0.6", "2023-12-03:0.6", "2022-10-03:0.6"] {
        assert!(refused(&file, &["--change", odd]).contains("give a day from"), "{odd}");
    }
    assert!(refused(&file, &["--change-share", "2022-11-30:0.5"]).contains("in the counts already"));
    assert!(refused(&file, &["--delay-mean", "5", "--delay-sd", "2"]).contains("--delay-… goes with --change"));
    let plain = f.file("p.csv", "t,cases\n1,4\n2,5\n3,7\n");
    assert!(refused(&plain, &["--change-share", "5:0.5"]).contains("needs cases by channel"));
    let a = run(&plain, &["--change", "5:1e9:0.000001-1e30"]);
    assert_eq!(a.rows().len(), 10);
}
