//! `quell analyse quality` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Answer, Folder, analyse};
use std::path::PathBuf;

/// A table as Quell exports it.
fn cases(f: &Folder) -> PathBuf {
    f.file(
        "cases.csv",
        "case,person,home,classification,onset,sampled,found,reported,isolated,setting,control,was_contact
c1,p1,50.500237.101.001.c01,confirmed,2022-11-20+08:00,2022-11-22+08:00,2022-11-22T10:00:00+08:00,2022-11-22+08:00,2022-11-22+08:00,clinic,community_found,no
c2,p2,50.500237.101.001.c02,asymptomatic,,2022-11-23+08:00,2022-11-24T10:00:00+08:00,2022-11-24+08:00,2022-11-22+08:00,isolation_site,controlled,
c3,p3,50.500237.101.002.c01,confirmed,2022-11-25+08:00,2022-11-25+08:00,2022-11-25T20:00:00+08:00,2022-11-26+08:00,,home_isolation,,yes
c4,p4,50.500237.101.002.c01,confirmed,2022-11-27+08:00,2022-11-29+08:00,2022-11-29T08:00:00+08:00,,2022-12-01+08:00,round_screening,,
c5,p5,50.500237.101.002.c01,not_a_case,2022-11-27+08:00,2022-11-29+08:00,,,,clinic,,
",
    )
}

fn contacts(f: &Folder) -> PathBuf {
    f.file(
        "contacts.csv",
        "contact,case,person,category,named,state,quarantine_from
k1,c1,p2,close,2022-11-22T20:00:00+08:00,converted,2022-11-23T08:00:00+08:00
k2,c1,p7,close,2022-11-23T09:00:00+08:00,released,2022-11-25T08:00:00+08:00
k3,c1,p8,close,2022-11-25T09:00:00+08:00,active,
k4,c4,p9,close,,released,
k5,c4,p10,general,2022-11-29T09:00:00+08:00,released,
k6,c99,p11,close,2022-11-29T09:00:00+08:00,,
",
    )
}

/// Known, unknown and value of a measure.
fn measure(a: &Answer, by: &str, group: &str, name: &str) -> (String, String, f64) {
    let rows = a.rows();
    let row = rows.iter().find(|r| r[..3] == [by, group, name]).unwrap_or_else(|| panic!("{by} {group} {name}"));
    (row[3].clone(), row[4].clone(), row[5].parse().unwrap_or(f64::NAN))
}

#[track_caller]
fn is(a: &Answer, name: &str, known: usize, unknown: usize, value: f64) {
    let (k, u, v) = measure(a, "all", "", name);
    assert_eq!((k, u), (known.to_string(), unknown.to_string()), "{name}");
    assert!((v - value).abs() < 1e-9, "{name}: {v}, not {value}");
}

#[test]
fn quells_own_tables_give_the_measures() {
    let f = Folder::new();
    let a = analyse(&["quality", cases(&f).to_str().unwrap(), "--contacts", contacts(&f).to_str().unwrap()]).unwrap();
    assert_eq!(a.header(), "by,group,measure,known,unknown,value,lo,hi,q25,q75");
    // c2 was named a contact before its sample; c4 is not known.
    is(&a, "known_contact", 3, 1, 2.0 / 3.0);
    is(&a, "found_in_isolation", 4, 0, 0.5);
    is(&a, "found_under_control", 4, 0, 0.5);
    is(&a, "found_by_clinic", 4, 0, 0.25);
    // c1: 2 days, c3: found in isolation on the day of its onset, c4: 4 days; c2 has no onset.
    is(&a, "onset_to_isolation_days", 3, 1, 2.0);
    is(&a, "isolated_within_1d_of_onset", 3, 1, 1.0 / 3.0);
    is(&a, "isolated_within_2d_of_onset", 3, 1, 2.0 / 3.0);
    is(&a, "onset_to_sample_days", 3, 1, 2.0);
    is(&a, "sample_to_report_days", 3, 1, 1.0);
    is(&a, "cases_with_contacts_listed", 4, 0, 0.5);
    is(&a, "contacts_per_case", 2, 2, 2.0);
    // k1 yes; k2 and k4 no; k3 is still watched, of k6 nothing is known. The one who is no close contact does not count.
    is(&a, "contacts_that_became_cases", 3, 2, 1.0 / 3.0);
    is(&a, "contacts_named_within_48h", 3, 2, 2.0 / 3.0);
    is(&a, "contacts_quarantined_within_48h", 2, 3, 0.5);
    let (known, unknown, prevented) = measure(&a, "all", "", "transmission_prevented");
    assert_eq!((known.as_str(), unknown.as_str()), ("3", "1"));
    // He et al.: 56 % lies after onset, less after 2 and 4 days.
    assert!((0.15..0.45).contains(&prevented), "{prevented}");
    for said in
        ["44 % before onset", "1 of 4 cases have no onset", "1 rows are no cases", "1 contacts are of cases", "1 contacts are not close"]
    {
        assert!(a.err.contains(said), "{said}: {}", a.err);
    }
    assert_eq!(measure(&a, "place", "50.500237.101.002", "onset_to_isolation_days").2, 2.0);
    assert_eq!(measure(&a, "week", "2022-11-21", "onset_to_isolation_days").0, "2");
    assert_eq!(measure(&a, "week", "2022-11-28", "onset_to_isolation_days").2, 4.0);
}

#[test]
fn assumptions_can_be_changed() {
    let f = Folder::new();
    let file = cases(&f);
    let prevented = |more: &[&str]| {
        let a = analyse(&[&["quality", file.to_str().unwrap(), "--by", "all"], more].concat()).unwrap();
        assert!(a.rows().iter().all(|r| r[0] == "all"));
        measure(&a, "all", "", "transmission_prevented")
    };
    let plain = prevented(&[]);
    assert!((prevented(&["--leak", "0.5"]).2 - plain.2 / 2.0).abs() < 1e-9);
    assert_eq!(prevented(&["--without-onset", "sample"]).0, "4");
    // Ebola: nothing before onset.
    assert!(prevented(&["--profile", "6,3,0"]).2 > 0.8);
    let omicron = ["--generation-mean", "3", "--generation-sd", "1.5", "--incubation-mean", "2.81", "--incubation-sd", "1.35"];
    assert!(prevented(&omicron).2 < plain.2 + 0.2);
}

#[test]
fn a_list_of_ones_own_in_chinese_is_read_and_what_is_wrong_is_named() {
    let f = Folder::new();
    let own = f.file("own.csv", "病例编号,发病日期,采样日期,隔离日期,是否密接,发现途径\n1,2022-11-20,2022-11-21,2022-11-21,是,密接追踪\n2,2022/11/21,不详,,否,门诊就诊\n");
    let a = analyse(&["quality", own.to_str().unwrap()]).unwrap();
    is(&a, "known_contact", 2, 0, 0.5);
    is(&a, "onset_to_isolation_days", 1, 1, 1.0);
    let said = |name: &str, text: &str, more: &[&str]| {
        let file = f.file(name, text);
        analyse(&[&["quality", file.to_str().unwrap()], more].concat()).err().unwrap().to_string()
    };
    assert!(said("a.csv", "case,age\n1,3\n", &[]).contains("no column has an onset"));
    assert!(said("b.csv", "case,onset\n1,yesterday\n", &[]).contains("line 2, column onset"));
    assert!(said("c.csv", "case,onset\n1,2022-11-20\n", &["--leak", "2"]).contains("--leak"));
    let empty = f.file("d.csv", "case,onset,isolated\n1,2022-11-20,\n2,,2023-11-20\n3,1999-01-01,2022-11-20\n");
    let a = analyse(&["quality", empty.to_str().unwrap()]).unwrap();
    let (known, unknown, value) = measure(&a, "all", "", "onset_to_isolation_days");
    assert_eq!((known.as_str(), unknown.as_str()), ("0", "3"), "a delay of years is a slip");
    assert!(value.is_nan());
}
