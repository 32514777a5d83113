//! `quell analyse growth` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};

/// The first local numbers of a wave that doubles every five days.
const COUNTS: [u32; 20] = [10, 12, 13, 15, 17, 20, 23, 26, 30, 35, 40, 46, 53, 61, 70, 80, 92, 106, 121, 139];

fn table(header: &str, row: impl Fn(usize, u32) -> String) -> String {
    let rows = COUNTS.iter().enumerate().map(|(k, n)| row(k, *n));
    format!("{header}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

#[test]
fn windows_with_doubling_times_and_r() {
    let f = Folder::new();
    let file = f.file("d.csv", &table("日期,病例数", |k, n| format!("2022-11-{:02},{n}", k + 1)));
    let a = analyse(&["growth", file.to_str().unwrap(), "--si-library", "sars-serial"]).unwrap();
    assert_eq!(a.header(), "t_start,t_end,r,r_lo,r_hi,doubling,doubling_lo,doubling_hi,scatter,cases,R,R_lo,R_hi,date_start,date_end");
    let rows = a.rows();
    assert_eq!((rows.len(), rows[0][13].as_str(), rows[0][14].as_str()), (7, "2022-11-01", "2022-11-14"));
    for r in &rows {
        let x: Vec<f64> = r[2..13].iter().map(|c| c.parse().unwrap()).collect();
        assert!((x[0] - 0.1386).abs() < 0.01 && x[1] < x[0] && x[0] < x[2], "{r:?}");
        assert!((x[3] - 5.0).abs() < 0.4 && x[4] < x[3] && x[3] < x[5], "{r:?}");
        assert!((2.4..3.4).contains(&x[8]) && x[9] < x[8] && x[8] < x[10], "{r:?}");
    }
}

#[test]
fn one_window_falling_numbers_and_a_gap() {
    let f = Folder::new();
    let falling = |k: usize, n: u32| if k == 5 { format!("{},NA", 20 - k) } else { format!("{},{n}", 20 - k) };
    let file = f.file("n.csv", &table("t,I", falling));
    let a = analyse(&["growth", file.to_str().unwrap(), "--from", "3", "--to", "18", "--weekday"]).unwrap();
    let rows = a.rows();
    assert_eq!((rows.len(), rows[0][0].as_str(), rows[0][1].as_str()), (1, "3", "18"));
    let doubling: f64 = rows[0][5].parse().unwrap();
    assert!((doubling + 5.0).abs() < 0.3, "{rows:?}");
    // A window of numbers that hardly change has no end on one side.
    let flat = f.file("f.csv", "t,I\n1,10\n2,9\n3,12\n4,10\n5,11\n6,10\n7,9\n");
    let rows = analyse(&["growth", flat.to_str().unwrap(), "--window", "7"]).unwrap().rows();
    assert_eq!(rows[0][5..8].iter().filter(|c| *c == "NA").count(), 1, "{rows:?}");
}

#[test]
fn what_cannot_be_told_is_said() {
    let f = Folder::new();
    let file = f.file("z.csv", "t,I\n1,0\n2,0\n3,0\n4,0\n5,0\n");
    let a = analyse(&["growth", file.to_str().unwrap(), "--window", "5"]).unwrap();
    assert!(a.rows()[0][2] == "NA" && a.err.contains("1 windows have no rate") && a.err.contains("0 events"), "{} {}", a.out, a.err);
    let said = |args: &[&str]| analyse(&[&["growth", file.to_str().unwrap()], args].concat()).err().unwrap().to_string();
    assert!(said(&[]).contains("less than a window of 14"));
    assert!(said(&["--from", "9"]).contains("days of the table"));
    assert!(said(&["--si-library", "plague"]).contains("no such entry"));
    assert!(said(&["--si-library", "measles-serial"]).contains("no standard deviation"));
}

#[test]
fn weeks_grow_as_their_days_do() {
    let f = Folder::new();
    // Doubles in two weeks.
    let row = |k: i32| format!("{},{}\n", quell_foundation::Day(19_200 + 7 * k), (100.0 * 2_f64.powf(f64::from(k) / 2.0)).round());
    let file = f.file("w.csv", &format!("date,cases\n{}", (0..8).map(row).collect::<String>()));
    let a = analyse(&["growth", file.to_str().unwrap()]).unwrap();
    assert!(a.err.contains("whole weeks"), "{}", a.err);
    // Windows of six rows and more: those that end with a row.
    assert_eq!(a.rows().len(), 2);
    for row in a.rows() {
        assert!((row[5].parse::<f64>().unwrap() - 14.0).abs() < 0.1, "{row:?}");
    }
    assert!(analyse(&["growth", file.to_str().unwrap(), "--weekday"]).is_err());
}
