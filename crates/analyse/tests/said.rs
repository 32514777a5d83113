//! What is said beside a result that is empty, assumed, cut off or doubtful.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Answer, Folder, analyse};
use quell_foundation::Day;
use std::path::Path;

const SI: [&str; 4] = ["--si-mean", "3", "--si-sd", "1.5"];

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

fn refused(args: &[&str]) -> String {
    analyse(args).err().unwrap().to_string()
}

/// So many days of counts.
fn counts(days: i32, n: impl Fn(i32) -> String) -> String {
    let row = |k: i32| format!("{},{}\n", Day(19_300 + k), n(k));
    format!("date,cases\n{}", (0..days).map(row).collect::<String>())
}

fn rt(file: &Path, more: &[&str]) -> Answer {
    analyse(&[&["rt", path(file)], &SI[..], more].concat()).unwrap()
}

#[test]
fn a_year_that_is_wrong_is_doubted() {
    let f = Folder::new();
    let month = counts(27, |k| (10 + k).to_string());
    let late = f.file("late.csv", &format!("{month}2023-12-01,9\n"));
    for command in ["rt", "forecast"] {
        let a = analyse(&[&[command, path(&late)], &SI[..]].concat()).unwrap();
        assert!(
            a.err.contains("the last rows (from 2023-12-01 on) come 366 days after the ones before (2022-11-30); is a year wrong?"),
            "{}",
            a.err
        );
    }
    let early = f.file("early.csv", &format!("{month}2021-11-10,9\n"));
    assert!(rt(&early, &[]).err.contains("the first rows (up to 2021-11-10) are 359 days before the next ones (2022-11-04)"));
    let places: String = (0..27).map(|k| format!("P{},{},0,{}\n", k % 3, k % 3, Day(19_300 + k))).collect();
    let cases = f.file("c.csv", &format!("place,x,y,date\n{places}P0,0,0,2023-12-01\n"));
    assert!(analyse(&["clusters", path(&cases)]).unwrap().err.contains("is a year wrong?"));
    assert!(!rt(&f.file("m.csv", &month), &[]).err.contains("year"));
}

#[test]
fn an_empty_result_has_its_reason() {
    let f = Folder::new();
    let file = f.file("m.csv", &counts(27, |k| (10 + k).to_string()));
    for method in ["cori", "wallinga-teunis"] {
        let a = rt(&file, &["--method", method, "--window", "400"]);
        assert!(a.rows().is_empty() && a.err.contains("no result: 27 days have no window of 400"), "{}", a.err);
    }
    let few = f.file("few.csv", &counts(3, |_| "5".to_owned()));
    assert!(rt(&few, &["--method", "cori"]).err.contains("3 days have no window of 7"));
    let gaps = f.file("g.csv", &counts(20, |k| if k % 2 == 0 { "NA".to_owned() } else { "7".to_owned() }));
    let a = rt(&gaps, &["--method", "cori"]);
    assert!(a.rows().len() == 13 && a.err.contains("no result: every window ends before the mean serial interval"), "{}", a.err);
    let places = f.file("c.csv", "place,x,y,date\nP0,0,0,2022-11-01\nP1,9,9,2022-11-09\n");
    let a = analyse(&["clusters", path(&places)]).unwrap();
    assert!(a.rows().is_empty() && a.err.contains("no cluster of at least 2 cases was found"), "{}{}", a.out, a.err);
}

#[test]
fn r_that_is_the_prior_alone_is_called_so() {
    let f = Folder::new();
    let prior = "R is the prior alone";
    let none = f.file("none.csv", &counts(20, |_| "0".to_owned()));
    let last = f.file("last.csv", &counts(20, |k| if k == 19 { "9" } else { "0" }.to_owned()));
    let some = f.file("some.csv", &counts(20, |k| (10 + k).to_string()));
    for method in ["smooth", "cori"] {
        for file in [&none, &last] {
            let said = rt(file, &["--method", method]).err;
            assert!(said.contains(prior), "{method}: {said}");
        }
        assert!(!rt(&some, &["--method", method]).err.contains("prior"), "{method}");
    }
    // A wave, and nobody for long before it.
    let wave = f.file("wave.csv", &counts(40, |k| if k < 25 { "0".to_owned() } else { k.to_string() }));
    let said = rt(&wave, &["--method", "cori"]).err;
    assert!(said.contains("windows is the prior alone: they have no cases"), "{said}");
}

#[test]
fn the_end_of_wallinga_and_teunis_is_marked() {
    let f = Folder::new();
    let file = f.file("m.csv", &counts(40, |_| "20".to_owned()));
    let picture = f.path("r.svg");
    let a = rt(&file, &["--method", "wallinga-teunis", "--picture", path(&picture)]);
    assert_eq!(a.header(), "t_start,t_end,mean,sd,q025,q975,seen,date_start,date_end");
    let seen: Vec<f64> = a.rows().iter().map(|r| r[6].parse().unwrap()).collect();
    assert!(seen.windows(2).all(|w| w[1] <= w[0] + 1e-12) && seen[0] > 0.999 && seen[seen.len() - 1] < 0.6, "{seen:?}");
    let cut = a.rows().iter().find(|r| r[6].parse::<f64>().unwrap() < 0.95).unwrap().clone();
    assert!(a.err.contains(&format!("R of the windows that end on {} and later is too low", cut[8])), "{}", a.err);
    // What is not cut off is about 1, what is falls with the share that is seen.
    for r in a.rows() {
        let (mean, seen): (f64, f64) = (r[2].parse().unwrap(), r[6].parse().unwrap());
        assert!((mean - seen).abs() < 0.15, "{r:?}");
    }
    assert!(std::fs::read_to_string(picture).unwrap().contains("the last are cut off, not drawn"));
}

#[test]
fn counts_that_are_no_whole_numbers_are_told_and_negative_ones_refused() {
    let f = Folder::new();
    let parts = f.file("p.csv", &counts(20, |k| format!("{k}.5")));
    for command in ["rt", "forecast"] {
        let a = analyse(&[&[command, path(&parts)], &SI[..]].concat()).unwrap();
        assert!(a.err.contains("no whole numbers (2022-11-04: 0.5, 2022-11-05: 1.5, 2022-11-06: 2.5, …)"), "{}", a.err);
    }
    let negative = f.file("n.csv", &counts(20, |k| (k - 1).to_string()));
    assert!(refused(&[&["rt", path(&negative)], &SI[..]].concat()).contains("(-1): it must be at least 0"));
    let said = refused(&["rt", path(&negative), "--si-mean", "-3", "--si-sd", "1"]);
    assert!(said.contains("at least 0") || said.contains("must be above"), "{said}");
    let fine = f.file("m.csv", &counts(20, |k| (k + 5).to_string()));
    let said = refused(&["rt", path(&fine), "--si-mean", "-3", "--si-sd", "1"]);
    assert!(said.contains("-3") && !said.contains("'--"), "{said}");
}

#[test]
fn zeros_that_are_not_all_named_end_with_dots() {
    let f = Folder::new();
    let file = f.file("z.csv", &counts(40, |k| if k % 5 == 3 { "0" } else { "60" }.to_owned()));
    let said = rt(&file, &[]).err;
    assert!(said.contains("8 days have no cases") && said.contains("2022-11-27, …)"), "{said}");
}

#[test]
fn a_library_entry_without_a_standard_deviation_takes_one() {
    let f = Folder::new();
    let file = f.file("m.csv", &counts(30, |k| (k + 5).to_string()));
    let said = refused(&["rt", path(&file), "--si-library", "covid-ba5-serial"]);
    assert!(said.contains("no standard deviation; give one with --si-sd"), "{said}");
    let a = analyse(&["rt", path(&file), "--si-library", "covid-ba5-serial", "--si-sd", "1.5"]).unwrap();
    let mean = quell_epi::library::find("covid-ba5-serial").and_then(|e| e.mean()).unwrap().to_string();
    assert_eq!(a.out, analyse(&["rt", path(&file), "--si-mean", &mean, "--si-sd", "1.5"]).unwrap().out);
}

#[test]
fn delays_are_named_by_the_columns_that_were_picked() {
    let f = Folder::new();
    let rows: String = (0..20).map(|k| format!("{},{},{}\n", Day(19_300 + k), Day(19_302 + k + k % 3), Day(19_306 + k))).collect();
    let file = f.file("l.csv", &format!("发病日期,采样日期,报告日期\n{rows}"));
    let a = analyse(&["delays", path(&file)]).unwrap();
    assert!(a.rows().iter().all(|r| r[0] == "发病日期->采样日期"), "{}", a.out);
    assert!(a.err.contains("报告日期 could be meant, too"), "{}", a.err);
    let windows = f.file("w.csv", &format!("首次暴露日期,末次暴露日期,采样日期\n{rows}").replace("19_306", "19_300"));
    assert!(analyse(&["delays", path(&windows)]).is_ok());
}

#[test]
fn a_nowcast_before_all_reports_says_when_they_begin_and_no_share_is_above_1() {
    let f = Folder::new();
    let rows: String = (0..60).map(|k| format!("{},{}\n", Day(19_300 + k / 2), Day(19_300 + k / 2 + k % 4))).collect();
    let list = f.file("l.csv", &format!("onset,report\n{rows}"));
    let said = refused(&["nowcast", path(&list), "--as-of", "2022-10-01"]);
    assert!(said.contains("by 2022-10-01 nothing was reported, the first report is of 2022-11-04"), "{said}");
    let a = analyse(&["nowcast", path(&list)]).unwrap();
    let share: Vec<f64> = a.rows().iter().map(|r| r[8].parse().unwrap()).collect();
    assert!(share.iter().all(|s| (0.0..=1.0).contains(s)) && share[0] == 1.0, "{share:?}");
}

#[test]
fn a_cluster_that_is_over_is_not_alive() {
    let f = Folder::new();
    // A case a place every third day, and ten more in one place at the end of November.
    let mut rows: String = (0..90).map(|k| format!("P{},{},0,{}\n", k % 9, 100 * (k % 9), Day(19_300 + k / 3))).collect();
    (0..10).for_each(|k| rows += &format!("P4,400,0,{}\n", Day(19_327 + k % 3)));
    let file = f.file("c.csv", &format!("place,x,y,date\n{rows}"));
    let alive = |more: &[&str]| analyse(&[&["clusters", path(&file), "--scan", "prospective"], more].concat()).unwrap();
    let p = |a: &Answer| a.rows().first().map_or(1.0, |r| r[11].parse::<f64>().unwrap());
    let then = alive(&[]);
    assert!(then.err.contains("the data are taken to end with the last case (2022-12-03)"), "{}", then.err);
    assert!(p(&then) < 0.05, "{}", then.out);
    let later = alive(&["--as-of", "2023/1/10", "--max-days", "20"]);
    assert!(p(&later) > 0.05 && !later.err.contains("taken to end"), "{}", later.out);
    let before = alive(&["--as-of", "2022-11-25"]);
    assert!(before.err.contains("cases after 2022-11-25 were left out") && p(&before) > 0.05, "{}{}", before.out, before.err);
    assert!(refused(&["clusters", path(&file), "--as-of", "2022-10-01"]).contains("the first case's (2022-11-04)"));
    // The picture names the place.
    let picture = f.path("c.svg");
    alive(&["--picture", path(&picture)]);
    assert!(std::fs::read_to_string(picture).unwrap().contains("P4"));
}

#[test]
fn a_warning_needs_no_option() {
    let f = Folder::new();
    let file = f.file("w.csv", &counts(20, |k| if k == 19 { "60" } else { "9" }.to_owned()));
    let a = analyse(&["warning", path(&file), "--min-sd", "1"]).unwrap();
    assert_eq!(a.out, analyse(&["warning", path(&file), "--min-sd", "1", "--method", "ears-c1"]).unwrap().out);
    assert_eq!(a.rows()[19][4], "1");
}
