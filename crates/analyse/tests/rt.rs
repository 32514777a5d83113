//! `quell analyse rt` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};

const COUNTS: [u32; 20] = [1, 2, 2, 3, 5, 6, 8, 9, 12, 14, 18, 20, 22, 21, 19, 18, 15, 13, 10, 9];

fn table(header: &str, row: impl Fn(usize, u32) -> String) -> String {
    let rows = COUNTS.iter().enumerate().map(|(k, n)| row(k, *n));
    format!("{header}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

#[test]
fn numbers_and_dates_give_the_same_windows() {
    let f = Folder::new();
    let by_number = f.file("n.csv", &table("t,I", |k, n| format!("{},{n}", k + 1)));
    let by_date = f.file("d.csv", &table("日期,病例数", |k, n| format!("2022-11-{:02},{n}", k + 1)));
    let run = |file: &std::path::Path| {
        analyse(&["rt", file.to_str().unwrap(), "--method", "cori", "--si-mean", "2.6", "--si-sd", "1.5", "--window", "7"]).unwrap()
    };
    let (n, d) = (run(&by_number), run(&by_date));
    assert_eq!(n.header(), "t_start,t_end,mean,sd,q025,q05,q25,q50,q75,q95,q975");
    assert_eq!(d.header(), "t_start,t_end,mean,sd,q025,q05,q25,q50,q75,q95,q975,date_start,date_end");
    assert_eq!(n.rows().len(), 13);
    for (a, b) in n.rows().iter().zip(d.rows()) {
        assert_eq!(a[..], b[..11]);
    }
    assert_eq!(d.rows()[0][11..], ["2022-11-02", "2022-11-08"]);
}

#[test]
fn a_day_of_which_nothing_is_known_is_not_a_day_without_cases() {
    let f = Folder::new();
    let gap = f.file("g.csv", &table("t,I", |k, n| if k == 10 { "11,NA".to_owned() } else { format!("{},{n}", k + 1) }));
    let a = analyse(&["rt", gap.to_str().unwrap(), "--method", "smooth", "--si-mean", "2.6", "--si-sd", "1.5"]).unwrap();
    assert_eq!((a.header(), a.rows().len()), ("t,mean,lo,hi", 20));
    let r: f64 = a.rows()[10][1].parse().unwrap();
    assert!((0.7..2.0).contains(&r), "{r}");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let f = Folder::new();
    let said = |name: &str, text: &str| {
        let file = f.file(name, text);
        analyse(&["rt", file.to_str().unwrap(), "--si-mean", "2.6", "--si-sd", "1.5"]).err().unwrap().to_string()
    };
    assert!(said("a.csv", "t,I\n1,3\n2,many\n").contains("line 3, column I (many)"));
    assert!(said("b.csv", "t,I\n1,3\n1,4\n").contains("line 3: the day is there twice"));
    assert!(said("c.csv", "t,x\n1,3\n").contains("no column has counts"));
    assert!(said("d.csv", "date,I\n1022-11-01,3\n2022-11-02,3\n").contains("check the dates"));
}
