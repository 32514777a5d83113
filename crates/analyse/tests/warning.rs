//! `quell analyse warning` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};
use std::fmt::Write;

/// Ten counts of about 10, then one of 40.
const COUNTS: [u32; 11] = [10, 12, 9, 11, 8, 10, 13, 9, 10, 11, 40];

fn days(header: &str, row: impl Fn(usize, u32) -> String) -> String {
    COUNTS.iter().enumerate().fold(format!("{header}\n"), |t, (n, c)| t + &row(n, *c) + "\n")
}

#[test]
fn a_leap_is_an_alarm_for_every_detector_of_short_series() {
    let f = Folder::new();
    let file = f.file("d.csv", &days("日期,病例数", |n, c| format!("2022-11-{:02},{c}", n + 1)));
    for (method, more) in
        [("ears-c1", &[][..]), ("ears-c2", &[]), ("cusum", &["--baseline", "7"]), ("cusum", &["--baseline", "7", "--rossi"])]
    {
        let a = analyse(&[&["warning", file.to_str().unwrap(), "--method", method], more].concat()).unwrap();
        assert_eq!((a.header(), a.rows().len()), ("date,observed,expected,threshold,alarm", 11));
        let alarms: Vec<String> = a.rows().iter().filter(|r| r[4] == "1").map(|r| r[0].clone()).collect();
        assert_eq!(alarms, ["2022-11-11"], "{method}");
        assert_eq!(a.rows()[0][2..], ["NA", "NA", "NA"], "the first days have no past");
    }
}

#[test]
fn a_missing_count_is_no_zero() {
    let f = Folder::new();
    let gap = f.file("g.csv", &days("t,I", |n, c| if n == 5 { "6,NA".to_owned() } else { format!("{},{c}", n + 1) }));
    let a = analyse(&["warning", gap.to_str().unwrap(), "--method", "ears-c1"]).unwrap();
    let last = &a.rows()[10];
    // Of the seven days before, six are known.
    assert!((last[2].parse::<f64>().unwrap() - (11 + 8 + 13 + 9 + 10 + 11) as f64 / 6.0).abs() < 1e-9, "{last:?}");
    assert_eq!(a.rows()[5][1], "NA");
    assert_eq!(a.rows()[5][4], "NA");
}

#[test]
fn weeks_with_dates_are_judged_by_the_same_season() {
    // Seven years of weeks with a season, a leap in the last, and a week that is not there.
    let f = Folder::new();
    let mut text = "date,cases\n".to_owned();
    let start = 14_977; // 2011-01-03, a Monday
    for w in (0..364).filter(|w| *w != 200) {
        let season = 20.0 + 12.0 * (std::f64::consts::TAU * f64::from(w) / 52.18).sin();
        let noise = f64::from(w * 7919 % 11 - 5) * 0.8;
        let n = if w == 363 { 90.0 } else { (season + noise).round() };
        writeln!(text, "{},{n}", quell_foundation::Day(start + 7 * w)).unwrap();
    }
    let file = f.file("w.csv", &text);
    for method in ["farrington", "farrington-original"] {
        let a = analyse(&["warning", file.to_str().unwrap(), "--method", method]).unwrap();
        assert_eq!(a.rows().len(), 364, "a row a week, and one for the week that is not there");
        assert!(a.err.contains("counts are taken to be whole weeks'"), "{}", a.err);
        let last = a.rows().pop().unwrap();
        assert_eq!((last[1].as_str(), last[4].as_str()), ("90", "1"), "{method}");
        let expected: f64 = last[2].parse().unwrap();
        assert!((13.0..27.0).contains(&expected), "{method}: {last:?}");
        let judged = a.rows().iter().filter(|r| r[4] != "NA").count();
        assert!((95..=104).contains(&judged), "{method}: {judged}");
        let alarms = a.rows().iter().filter(|r| r[4] == "1").count();
        assert!(alarms < 12, "{method}: {alarms}");
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let f = Folder::new();
    let short = f.file("s.csv", "t,I\n1,3\n2,4\n");
    let said = |more: &[&str]| analyse(&[&["warning", short.to_str().unwrap()], more].concat()).err().unwrap().to_string();
    assert!(said(&["--method", "ears-c1"]).contains("none of the 2 counts can be judged"));
    assert!(said(&["--method", "ears-c1", "--alpha", "2"]).contains("--alpha"));
    assert!(said(&["--method", "farrington", "--years", "0"]).contains("--years"));
    assert!(said(&["--method", "cusum", "--baseline", "1"]).contains("--baseline"));
}
