//! `quell analyse delays` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Answer, Folder, analyse};
use std::collections::BTreeMap;

/// A line list with a heading; onset on `day`, sampled after so many days.
fn line_list(header: &str, row: impl Fn(i32, i32) -> String) -> String {
    let delays = [0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 9];
    let rows = delays.iter().enumerate().map(|(k, d)| row(1 + k as i32, *d));
    format!("{header}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

fn by_family(a: &Answer) -> BTreeMap<String, BTreeMap<String, String>> {
    let header: Vec<String> = a.header().split(',').map(str::to_owned).collect();
    a.rows().into_iter().map(|r| (r[2].clone(), header.iter().cloned().zip(r).collect())).collect()
}

fn number(of: &BTreeMap<String, String>, column: &str) -> f64 {
    of[column].parse().unwrap_or_else(|_| panic!("{column}: {}", of[column]))
}

#[test]
fn three_families_with_intervals_and_weights() {
    let f = Folder::new();
    let file = f.file("l.csv", &line_list("发病日期,采样日期", |d, k| format!("2022-11-{d:02},2022-11-{:02}", d + k)));
    let a = analyse(&["delays", file.to_str().unwrap()]).unwrap();
    let fits = by_family(&a);
    assert_eq!(fits.keys().collect::<Vec<_>>(), ["gamma", "lognormal", "weibull"]);
    let gamma = &fits["gamma"];
    assert_eq!(gamma["n"], "15");
    assert!((3.0..4.2).contains(&number(gamma, "mean")), "{gamma:?}");
    assert!(number(gamma, "mean_lo") < number(gamma, "mean") && number(gamma, "mean") < number(gamma, "mean_hi"));
    assert!(number(gamma, "q05") < number(gamma, "q50") && number(gamma, "q50") < number(gamma, "q99"));
    let weights: f64 = fits.values().map(|r| number(r, "weight")).sum();
    assert!((weights - 1.0).abs() < 1e-9 && number(gamma, "seen") == 1.0);
}

#[test]
fn columns_by_name_several_delays_groups_and_the_end_of_the_data() {
    let f = Folder::new();
    let row = |d: i32, k: i32| {
        format!("2022-11-{d:02},2022-11-{:02},2022-11-{:02} 08:30,{}", d + k, d + k + 1, if d % 2 == 0 { "A" } else { "B, C" })
    };
    let file = f.file("l.csv", &line_list("起病,采样,报告,\"区,县\"", row).replace("B, C", "\"B, C\""));
    let args = ["delays", file.to_str().unwrap(), "--from", "起病", "--to", "采样", "--from", "采样", "--to", "报告"];
    let a = analyse(&args).unwrap();
    assert_eq!(
        a.rows().iter().map(|r| r[0].clone()).collect::<Vec<_>>(),
        ["起病->采样", "起病->采样", "起病->采样", "采样->报告", "采样->报告", "采样->报告"]
    );
    // All reports come a day later in the morning: known to the minute, the sample to the day.
    let cut = analyse(&[&args[..6], &["--truncation", "2022-11-24", "--by", "区,县"]].concat()).unwrap();
    let text = &cut.out;
    assert_eq!(cut.rows().len(), 6);
    assert!(text.contains("起病->采样,A,gamma,7,") && text.contains("起病->采样,\"B, C\",gamma,8,"), "{text}");
    let shorter = analyse(&[&args[..6], &["--truncation", "2022-11-20"]].concat()).unwrap();
    assert!(shorter.err.contains("after the end of the data"), "{}", shorter.err);
    let fits = by_family(&shorter);
    assert!(number(&fits["gamma"], "seen") < 1.0 && number(&fits["gamma"], "mean") > number(&fits["gamma"], "naive_mean"));
}

#[test]
fn an_exposure_window_is_two_columns() {
    let f = Folder::new();
    let row = |d: i32, k: i32| format!("2022-11-{d:02},2022-11-{:02},2022-11-{:02}", d + 2, d + 2 + k);
    let file = f.file("l.csv", &line_list("首次暴露,末次暴露,发病", row));
    let a = analyse(&["delays", file.to_str().unwrap(), "--from", "首次暴露..末次暴露", "--to", "发病"]).unwrap();
    let fits = by_family(&a);
    assert!((3.0..6.5).contains(&number(&fits["lognormal"], "mean")), "{}", a.out);
    let wrong = f.file("w.csv", "a,b,c\n2022-11-05,2022-11-01,2022-11-07\n");
    let e = analyse(&["delays", wrong.to_str().unwrap(), "--from", "a..b", "--to", "c"]).err().unwrap();
    assert!(e.to_string().contains("line 2: the last date of the window is before its first"), "{e}");
}

#[test]
fn what_cannot_be_used_is_said() {
    let f = Folder::new();
    let file =
        f.file("l.csv", "onset,sample\n2022-11-01,2022-11-02\n2022-11-05,2022-11-01\nNA,2022-11-02\n2022-11-03,\n2022-11-03,2022-11-04\n");
    let a = analyse(&["delays", file.to_str().unwrap(), "--from", "onset", "--to", "sample"]).unwrap();
    for said in [
        "onset->sample: 2 rows are left out: a date or a count is not known (lines 4, 5)",
        "onset->sample: 1 row is left out: the second event is before the first; check them (line 3)",
        "2 delays are too few",
    ] {
        assert!(a.err.contains(said), "{}", a.err);
    }
    assert!(a.rows().iter().all(|r| r[3] == "2" && r[4] == "NA"), "{}", a.out);
    let said = |args: &[&str]| analyse(&[&["delays", file.to_str().unwrap()], args].concat()).err().unwrap().to_string();
    assert!(said(&["--from", "onset", "--to", "death"]).contains("no column has death. The table has: "));
    assert!(said(&["--from", "onset", "--to", "sample", "--truncation", "soon"]).contains("no date"));
    assert!(said(&["--from", "onset", "--from", "sample", "--to", "sample"]).contains("pairs"));
    let none = f.file("n.csv", "onset,sample\nNA,2022-11-02\n");
    assert!(analyse(&["delays", none.to_str().unwrap()]).err().unwrap().to_string().contains("no row has both dates"));
}

#[test]
fn the_library_is_a_table() {
    let a = analyse(&["delays", "--list"]).unwrap();
    assert!(a.header().starts_with("name,disease,pathogen,quantity,family,mean,sd,"));
    let measles = a.out.lines().find(|l| l.starts_with("measles-incubation,")).unwrap();
    assert!(measles.contains("lognormal") && measles.contains("Lessler et al. 2009"), "{measles}");
}
