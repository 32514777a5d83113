//! `quell analyse forecast` from counts of which the last days are not complete.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Answer, Folder, analyse};
use std::path::Path;

const SI: [&str; 4] = ["--si-mean", "2.7", "--si-sd", "1.5"];
const DAYS: usize = 40;
/// Percent of a day's cases that are reported after 0, 1, … days.
const REPORTED: [usize; 4] = [30, 30, 25, 15];

fn run(args: &[&str]) -> Answer {
    analyse(&[&["forecast"], args, &SI[..]].concat()).unwrap()
}

fn refused(args: &[&str]) -> String {
    analyse(&[&["forecast"], args, &SI[..]].concat()).err().unwrap().to_string()
}

fn date(t: usize) -> String {
    format!("2022-{:02}-{:02}", 11 + t / 30, t % 30 + 1)
}

/// Cases rise from 40 by 2 % a day.
fn cases(t: usize) -> f64 {
    (40.0 * 1.02_f64.powi(t as i32)).round()
}

/// What is reported of a day after so many days.
fn cell(t: usize, age: usize) -> f64 {
    let upto = |age: usize| (cases(t) * REPORTED[..=age].iter().sum::<usize>() as f64 / 100.0).round();
    upto(age) - if age > 0 { upto(age - 1) } else { 0.0 }
}

/// The triangle at the end of a day, from 0.
fn triangle(last: usize) -> String {
    let row = |t: usize, age: usize| format!("{},{},{}\n", date(t), date(t + age), cell(t, age));
    let rows = (0..DAYS).flat_map(|t| (0..4).map(move |age| (t, age))).filter(|(t, age)| t + age <= last);
    format!("发病日期,报告日期,例数\n{}", rows.map(|(t, age)| row(t, age)).collect::<String>())
}

/// What is counted by then, with the last days too low.
fn counts(last: usize) -> String {
    let row = |t: usize| format!("{},{}\n", date(t), (0..4).filter(|age| t + age <= last).map(|age| cell(t, age)).sum::<f64>());
    format!("日期,病例数\n{}", (0..=last).map(row).collect::<String>())
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap()
}

/// The median of a row.
fn median(a: &Answer, ahead: &str) -> f64 {
    number(&a.rows().iter().find(|r| r[1] == ahead).unwrap()[4])
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn reports_are_completed_before_the_forecast() {
    let f = Folder::new();
    let reports = f.file("r.csv", &triangle(DAYS - 1));
    let a = run(&["--reports", text(&reports), "--days", "5"]);
    assert_eq!(a.header(), "t,ahead,channel,mean,median,lo50,hi50,lo80,hi80,lo95,hi95,date");
    let rows = a.rows();
    assert_eq!((rows.len(), rows[0][1].as_str(), rows[0][11].as_str()), (8, "-2", "2022-12-08"));
    for ahead in ["-2", "-1", "0"] {
        let t = 39 + ahead.parse::<i64>().unwrap();
        assert!((median(&a, ahead) / cases(t as usize) - 1.0).abs() < 0.2, "{ahead}: {}", median(&a, ahead));
    }
    assert!((median(&a, "1") / cases(40) - 1.0).abs() < 0.2, "{}", median(&a, "1"));
    assert!(a.err.contains("the last 3 days are not complete (of 2022-12-10 about 3") && a.err.contains("completed first"), "{}", a.err);
    assert_eq!(a.out, run(&["--reports", text(&reports), "--days", "5"]).out);
}

#[test]
fn counts_are_completed_by_reports_beside_them_or_by_a_known_delay() {
    let f = Folder::new();
    let (file, reports) = (f.file("c.csv", &counts(DAYS - 1)), f.file("r.csv", &triangle(DAYS - 1)));
    let delay = f.file("d.csv", "k,w\n0,0.3\n1,0.3\n2,0.25\n3,0.15\n");
    let ignored = median(&run(&[text(&file), "--days", "5"]), "1");
    assert!(ignored < 0.7 * cases(40), "{ignored}");
    for more in [["--reports", text(&reports)], ["--reporting", text(&delay)]] {
        let a = run(&[&[text(&file), "--days", "5"], &more[..]].concat());
        assert!((median(&a, "1") / cases(40) - 1.0).abs() < 0.2, "{more:?}: {}", median(&a, "1"));
        assert_eq!(a.rows().len(), 8);
    }
    let a = run(&[text(&file), "--reporting-mean", "1.25", "--reporting-sd", "0.96", "--delay-shape", "gamma"]);
    assert!((median(&a, "1") / cases(40) - 1.0).abs() < 0.3, "{}", median(&a, "1"));
}

/// What was reported later is not looked at, and what came is shown only where it is complete.
#[test]
fn a_day_of_the_past_is_forecast_with_what_was_known_on_it() {
    let f = Folder::new();
    let (whole, cut) = (f.file("w.csv", &triangle(DAYS - 1)), f.file("c.csv", &triangle(29)));
    let from = ["--from", "2022-11-30", "--days", "10"];
    let (a, b) = (run(&[&["--reports", text(&whole)], &from[..]].concat()), run(&[&["--reports", text(&cut)], &from[..]].concat()));
    assert_eq!(a.header().rsplit(',').next(), Some("date"));
    for (x, y) in a.rows().iter().zip(b.rows()) {
        assert_eq!(x[..11], y[..11]);
    }
    let observed: Vec<String> = a.rows().iter().map(|r| r[11].clone()).collect();
    // The last three of the ten days are not complete in the file.
    assert_eq!(observed.iter().filter(|o| *o == "NA").count(), 3, "{observed:?}");
    assert_eq!(number(&observed[3]), cases(30));
}

#[test]
fn zero_beds_and_tests_begin_with_completed_counts() {
    let f = Folder::new();
    let file = f.file("c.csv", &counts(DAYS - 1));
    let delay = f.file("d.csv", "k,w\n0,0.3\n1,0.3\n2,0.25\n3,0.15\n");
    let (kinds, beds, tests) = (f.file("k.csv", "kind,share,stay_mean,stay_sd\nshelter,1,4,2\n"), f.path("b.csv"), f.path("t.csv"));
    let zero = f.path("z.csv");
    let more = ["--kinds", text(&kinds), "--beds", text(&beds), "--tests", text(&tests), "--contacts", "10", "--contact-days", "1"];
    let read = |p: &Path| std::fs::read_to_string(p).unwrap();
    let means = |path: &Path| -> Vec<f64> { read(path).lines().skip(1).map(|l| number(l.split(',').nth(3).unwrap())).collect() };
    run(&[&[text(&file), "--days", "3"], &more[..]].concat());
    let (few, least) = (means(&beds)[0], means(&tests)[0]);
    run(&[&[text(&file), "--days", "3", "--zero", text(&zero), "--reporting", text(&delay)], &more[..]].concat());
    let (beds, tests) = (means(&beds), means(&tests));
    assert_eq!((beds.len(), tests.len()), (3, 6));
    assert!(beds[0] > 1.25 * few && tests[0] > 2.0 * least, "{beds:?} {few} {tests:?} {least}");
    // Ten contacts of each of the cases of the last day, completed.
    assert!((tests[0] / (10.0 * cases(39)) - 1.0).abs() < 0.25, "{tests:?}");
    assert!(read(&zero).contains("same-day,60,"));
}

#[test]
fn scores_are_of_what_was_known_on_each_day() {
    let f = Folder::new();
    let reports = f.file("r.csv", &triangle(DAYS - 1));
    let a = run(&["--reports", text(&reports), "--score", "--from", "25", "--every", "6", "--days", "4", "--samples", "300"]
        .map(|x| if x == "25" { "2022-11-25" } else { x }));
    let rows = a.rows();
    assert_eq!(rows.len(), 5 * 6);
    let of = |method: &str| number(&rows.iter().find(|r| r[..3] == ["all", "all", method]).unwrap()[6]);
    // Without completing the last days first both would be off by a factor: a score of 0.3 and more.
    assert!(of("model") < 0.06 && of("last") < 0.06, "{} {}", of("model"), of("last"));
}

#[test]
fn odd_reports_are_forecast_or_refused_with_a_reason() {
    let f = Folder::new();
    let file = f.file("c.csv", &counts(DAYS - 1));
    let reports = f.file("r.csv", &triangle(20));
    assert!(refused(&[text(&file), "--reports", text(&reports)]).contains("the table of cases ends 19 days after the reports"));
    let numbered = f.file("n.csv", "t,delay,count\n1,0,5\n2,1,4\n3,0,5\n9,0,2\n");
    assert!(refused(&[text(&file), "--reports", text(&numbered)]).contains("must both be dates"));
    assert!(refused(&["--reports", text(&numbered), "--channels", "a,b"]).contains("--channels needs a table"));
    assert_eq!(run(&["--reports", text(&numbered), "--days", "2"]).rows().last().unwrap()[0], "11");
    assert!(refused(&["--reports", text(&numbered), "--from", "2"]).contains("at least 3"));
    let one = f.file("one.csv", "onset,report\n2022-11-01,2022-11-03\n");
    assert!(run(&["--reports", text(&one), "--days", "2"]).rows().len() > 2);
    // A file of cases that is older than the reports is complete.
    let old = f.file("old.csv", &counts(12));
    let late = f.file("late.csv", &triangle(DAYS - 1));
    assert_eq!(run(&[text(&old), "--reports", text(&late), "--days", "2"]).rows().len(), 2);
}
