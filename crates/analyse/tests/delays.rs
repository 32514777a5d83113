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
        "2 delays are too few, at least 5 are needed; give more records",
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

/// Onset on the first of the month and so on, sampled after so many days.
fn after(delays: &[i32]) -> String {
    let row = |(k, d): (usize, &i32)| {
        format!("2022-11-{:02},2022-{:02}-{:02}", 1 + k % 9, 11 + (k as i32 % 9 + d) / 30, 1 + (k as i32 % 9 + d) % 30)
    };
    format!("onset,sample\n{}\n", delays.iter().enumerate().map(row).collect::<Vec<_>>().join("\n"))
}

#[test]
fn what_is_not_determined_is_empty_and_told_with_what_to_do() {
    let f = Folder::new();
    let run = |text: &str, more: &[&str]| {
        let file = f.file("l.csv", text);
        analyse(&[&["delays", file.to_str().unwrap(), "--from", "onset", "--to", "sample"], more].concat()).unwrap()
    };
    let empty = |a: &Answer| {
        let fits = by_family(a);
        fits.values()
            .all(|r| ["mean", "mean_lo", "mean_hi", "sd", "q50", "q99_hi", "par1", "aic", "weight", "seen"].iter().all(|c| r[*c] == "NA"))
    };
    for (delays, why) in [
        (&[1, 4][..], "2 delays are too few, at least 5 are needed; give more records"),
        (&[1, 4, 5], "3 delays are too few"),
        (&[0; 8], "a delay that is always the same, or all but 0, agrees with all windows"),
        (&[3; 8], "naive_mean. Give times instead of days"),
    ] {
        let a = run(&after(delays), &[]);
        assert!(empty(&a) && a.err.contains("onset->sample gamma, lognormal, weibull: not determined: "), "{} {}", a.out, a.err);
        assert!(a.err.contains(why) && a.err.lines().count() == 1, "{}", a.err);
        assert!(a.rows().iter().all(|r| r.iter().rev().take(2).all(|c| c != "NA")), "naive_mean and naive_sd stand: {}", a.out);
    }
    // As many of each length up to the end of the data.
    let alike = format!("onset,sample\n{}", (1..=9).map(|d| format!("2022-11-01,2022-11-{d:02}\n").repeat(2)).collect::<String>());
    let cut = run(&alike, &["--truncation", "2022-11-09"]);
    assert!(
        empty(&cut) && cut.err.contains("may still be hidden by the end of the data") && cut.err.contains("leave out --truncation"),
        "{}",
        cut.err
    );
    assert!(!empty(&run(&alike, &[])));
    // The parts that are determined stand.
    let ones = run(&after(&[&[0; 30][..], &[1; 5]].concat()), &[]);
    let fits = by_family(&ones);
    let (gamma, weibull) = (&fits["gamma"], &fits["weibull"]);
    let told = if gamma["mean"] == "NA" { weibull } else { gamma };
    assert!((number(told, "mean") - 1.0 / 7.0).abs() < 0.01 && number(told, "sd_lo") == 0.0, "{}", ones.out);
    assert!(["sd", "q50", "par1", "par2"].iter().all(|c| told[*c] == "NA"), "{}", ones.out);
    assert!(ones.err.contains("the mean is told, the standard deviation has an upper end only"), "{}", ones.err);
    let far = run(&after(&[0, 0, 0, 0, 0, 0, 0, 40]), &[]);
    let fits = by_family(&far);
    assert!(fits.values().all(|r| r["mean"] == "NA" && r["mean_hi"] == "NA"), "{}", far.out);
    assert!(
        far.err.contains("lognormal") && far.err.contains("no upper end in these data") && far.err.contains("check them"),
        "{}",
        far.err
    );
    assert!(far.err.contains("weight compares those that were fitted only"), "{}", far.err);
    // No number anywhere is one that only the search has.
    for a in [&cut, &ones, &far] {
        let numbers = a.rows().into_iter().flatten().filter_map(|c| c.parse::<f64>().ok());
        assert!(numbers.into_iter().all(|x| (-1e4..1e5).contains(&x)), "{}", a.out);
    }
}

#[test]
fn a_year_that_is_wrong_is_told_with_its_row() {
    let f = Folder::new();
    let row = |d: i32, k: i32| format!("2022-11-{d:02},2022-11-{:02}", d + k);
    let good = line_list("发病日期,采样日期", row);
    let run = |text: &str| analyse(&["delays", f.file("l.csv", text).to_str().unwrap()]).unwrap();
    assert!(!run(&good).err.contains("year"), "{}", run(&good).err);
    let a = run(&good.replace("2022-11-08,2022-11-11", "2022-11-08,2202-11-11").replace("2022-11-04,2022-11-06", "2021-11-04,2022-11-06"));
    assert!(a.err.contains("column 采样日期, line 9 (2202-11-11): "), "{}", a.err);
    assert!(a.err.contains("column 发病日期, line 5 (2021-11-04): 362 days from all others (2022-11-01 to 2022-11-15)"), "{}", a.err);
    assert!(a.err.contains("is a year wrong? If so, correct it") && a.err.matches("is a year wrong").count() == 2, "{}", a.err);
}

#[test]
fn the_library_is_a_table() {
    let a = analyse(&["delays", "--list"]).unwrap();
    assert!(a.header().starts_with("name,disease,pathogen,quantity,family,mean,sd,"));
    let measles = a.out.lines().find(|l| l.starts_with("measles-incubation,")).unwrap();
    assert!(measles.contains("lognormal") && measles.contains("Lessler et al. 2009"), "{measles}");
}
