//! `quell analyse trees` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Answer, Folder, analyse};
use std::path::Path;

const LINELIST: &str = "case_id,onset,household,report_date
A1,2022-11-01,h1,2022-11-03
A2,2022-11-06,h1,2022-11-07
A3,2022-11-07,h2,2022-11-09
A4,,h2,2022-11-12
A5,2022-11-12,h3,2022-11-14
A6,2022-11-13,h3,2022-11-14
";

fn trees(list: &Path, more: &[&str]) -> Answer {
    trees_of(list, &[&["--sweeps", "400"], more].concat())
}

fn trees_of(list: &Path, more: &[&str]) -> Answer {
    let args = ["trees", list.to_str().unwrap(), "--si-mean", "5", "--si-sd", "2"];
    analyse(&[&args[..], more].concat()).unwrap()
}

#[test]
fn every_case_is_told_and_adds_up() {
    let f = Folder::new();
    let list = f.file("l.csv", LINELIST);
    let a = trees(&list, &[]);
    assert_eq!(a.header(), "infectee,infector,probability");
    for case in ["A1", "A2", "A3", "A4", "A5", "A6"] {
        let all: f64 = a.rows().iter().filter(|r| r[0] == case).map(|r| r[2].parse::<f64>().unwrap()).sum();
        assert!((0.95..1.0001).contains(&all), "{case}: {all}");
    }
    assert_eq!(a.rows()[0], ["A1", "", "1"], "nobody was there before the first case");
    let diagnostics: serde_json::Value = serde_json::from_str(a.err.lines().last().unwrap()).unwrap();
    assert_eq!(diagnostics["cases"], 6);
    assert!(diagnostics["factors"]["household"]["median"].is_number() && diagnostics["r_hat"].is_number());
    let named = |more: &[&str]| analyse(&[&["trees", list.to_str().unwrap(), "--quick"], more].concat()).unwrap().out;
    assert_eq!(named(&["--si-library", "sars-serial"]), named(&["--si-mean", "8.4", "--si-sd", "3.8"]));
    assert_eq!(trees(&list, &["--seed", "5"]).out, trees(&list, &["--seed", "5"]).out);
}

#[test]
fn named_infectors_count_and_impossible_ones_are_told() {
    let f = Folder::new();
    let list = f.file("l.csv", LINELIST);
    let contacts = f.file("c.csv", "infector,case_id,source\na1,A3,meal\nA3,A5,meal\nA1,A2,home\nA6,A2,meal\nA1,X9,meal\n");
    let cases = f.path("cases.csv");
    let a = trees(&list, &["--contacts", contacts.to_str().unwrap(), "--cases", cases.to_str().unwrap()]);
    assert!(a.err.contains("1 contacts name somebody who is not in the line list"), "{}", a.err);
    assert!(a.err.contains("A6 -> A2 is implausible: -7 to -7 days between their onsets"), "{}", a.err);
    let best = |case: &str| a.rows().into_iter().find(|r| r[0] == case).unwrap()[1].clone();
    assert_eq!((best("A3").as_str(), best("A2").as_str()), ("A1", "A1"));
    let told = std::fs::read_to_string(cases).unwrap();
    assert!(
        told.starts_with("case,onset,infector,probability,generation,offspring,imported,unobserved\n") && told.lines().count() == 7,
        "{told}"
    );
}

#[test]
fn who_is_behind_a_missing_infector_stands_in_a_file_of_its_own() {
    let f = Folder::new();
    // Twelve days, two intervals of six, lie between the two of a household, and nobody fell ill between.
    let list = f.file("l.csv", "case,onset,household\nA,2022-11-01,h1\nB,2022-11-13,h1\nC,2022-11-01,h2\n");
    let sources = f.path("sources.csv");
    let args = ["trees", list.to_str().unwrap(), "--si-mean", "6", "--si-sd", "1.2", "--reported", "0.3"];
    let a = analyse(&[&args[..], &["--sources", sources.to_str().unwrap()]].concat()).unwrap();
    assert_eq!(a.header(), "infectee,infector,probability");
    let told = std::fs::read_to_string(sources).unwrap();
    let rows: Vec<Vec<&str>> = told.lines().map(|l| l.split(',').collect()).collect();
    assert_eq!(rows[0], ["infectee", "source", "probability"]);
    let of_b: Vec<(&str, f64)> = rows.iter().filter(|r| r[0] == "B").map(|r| (r[1], r[2].parse().unwrap())).collect();
    assert_eq!(of_b.len(), 2, "{told}");
    assert!(of_b[0].0 == "A" && of_b[0].1 > of_b[1].1, "{told}");
    assert!(rows.iter().all(|r| r[0] != "A" && r[0] != "C"), "nobody was there before: {told}");
}

#[test]
fn columns_of_any_name_by_a_mapping() {
    let f = Folder::new();
    let list = f.file("l.csv", "Fall,Beginn,Zimmer\nA,01.03.2024,7\nB,06.03.2024,7\nC,07.03.2024,8\n");
    let mapping = "name = \"own\"\n[fields.case]\ncolumns = [\"Fall\"]\ntype = \"code\"\nrequired = true\n[fields.onset]\ncolumns = [\"Beginn\"]\ntype = \"date\"\n\
                   formats = [\"DD.MM.YYYY\"]\n[fields.groups]\nmany = true\npairs = { \"Zimmer\" = \"room\" }\n";
    let mapping = f.file("m.toml", mapping);
    let a = trees(&list, &["--mapping", mapping.to_str().unwrap()]);
    assert!(a.err.contains("\"room\"") && a.rows().iter().any(|r| r[0] == "B" && r[1] == "A"), "{} {}", a.err, a.out);
}

#[test]
fn an_exposure_that_ends_before_it_begins_is_told_and_left_out() {
    let f = Folder::new();
    let list = f.file("l.csv", "case,onset,exposure_from,exposure_to\nA,2022-11-01,,\nB,2022-11-06,2022-11-05,2022-11-01\n");
    let a = trees(&list, &[]);
    assert!(a.err.contains("1 exposures begin after they end and are not used, of cases: B"), "{}", a.err);
    assert!(a.rows().iter().any(|r| r[0] == "B" && r[1] == "A"));
}

#[test]
fn what_is_wrong_is_named() {
    let f = Folder::new();
    let said = |text: &str, more: &[&str]| {
        let list = f.file("w.csv", text);
        let args = ["trees", list.to_str().unwrap(), "--si-mean", "5", "--si-sd", "2", "--quick"];
        analyse(&[&args[..], more].concat()).err().unwrap().to_string()
    };
    assert!(said("case,onset\nA,2022-11-01\nA,2022-11-02\n", &[]).contains("line 3: case A is there twice"));
    assert!(said("case,name\nA,x\n", &[]).contains("no column has onsets"));
    assert!(said("case,onset\nA,2022-11-01\nB,1922-11-02\n", &[]).contains("is a year wrong?"));
    assert!(said("case,onset\nA,2022-11-01\n", &["--reported", "2"]).contains("between 0 and 1"));
    let nothing = f.file("n.csv", "case,onset\nA,\nB,NA\n");
    let e = analyse(&["trees", nothing.to_str().unwrap(), "--si-mean", "5", "--si-sd", "2"]).err().unwrap();
    assert!(e.to_string().contains("no case has an onset"), "{e}");
}

#[test]
fn no_case_is_without_a_row() {
    let f = Folder::new();
    let day = f.file("d.csv", "case,onset\nA,2022-11-26\nB,2022-11-26\nC,2022-11-26\n");
    for more in [&["--quick"][..], &[]] {
        assert_eq!(trees_of(&day, more).out, "infectee,infector,probability\nA,,1\nB,,1\nC,,1\n");
    }
    let list = f.file("l.csv", LINELIST);
    for more in [&["--quick", "--least", "0.9"][..], &["--least", "0.9"]] {
        let named: Vec<String> = trees_of(&list, more).rows().into_iter().map(|r| r[0].clone()).collect();
        assert_eq!(named, ["A1", "A2", "A3", "A4", "A5", "A6"]);
    }
}

#[test]
fn chains_that_do_not_agree_are_said_in_words() {
    let f = Folder::new();
    let list = f.file("l.csv", LINELIST);
    let (few, many) = (trees_of(&list, &["--sweeps", "8"]), trees_of(&list, &[]));
    assert!(few.err.contains("not converged: the chains") && few.err.contains("--sweeps 32, now 8"), "{}", few.err);
    assert!(!many.err.contains("not converged") && many.err.contains("\"converged\":true"), "{}", many.err);
    let args = ["trees", list.to_str().unwrap(), "--si-mean", "5", "--si-sd", "2", "--sweeps", "8"];
    let chinese = common::analyse_in(true, &args).unwrap();
    assert!(chinese.err.contains("未收敛") && chinese.err.contains("--reported"), "{}", chinese.err);
}

#[test]
fn factors_that_nothing_bounds_are_not_told_as_numbers() {
    let f = Folder::new();
    // Everybody of a town could have been infected, and only those at home were.
    let pairs = (0..10).map(|k| format!("A{k},2022-11-{:02},h{k}\nB{k},2022-11-{:02},h{k}\n", 2 * k + 1, 2 * k + 4));
    let list = f.file("l.csv", &format!("case,onset,household\n{}", pairs.collect::<String>()));
    let a = trees(&list, &["--population", "100000"]);
    let diagnostics: serde_json::Value = serde_json::from_str(a.err.lines().last().unwrap()).unwrap();
    assert_eq!(diagnostics["factors"]["household"]["median"], "more than 1000", "{}", a.err);
    assert!(a.rows().iter().any(|r| r[0] == "B3" && r[1] == "A3" && r[2].parse::<f64>().unwrap() > 0.9), "{}", a.out);
}

#[test]
fn a_report_before_the_onset_is_told() {
    let f = Folder::new();
    let list = f.file("l.csv", "case,onset,reported\nA,2022-11-01,2022-11-03\nB,2022-11-06,2022-11-05\nC,2022-11-07,2022-11-07\n");
    let a = analyse(&["trees", list.to_str().unwrap(), "--si-mean", "5", "--si-sd", "2", "--quick"]).unwrap();
    assert!(a.err.contains("1 case was reported before the onset: check the dates (lines 3)"), "{}", a.err);
}
