//! `quell analyse nowcast` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};

/// Of each day: this many are reported after 0, 1, 2, 3 days.
const REPORTED: [u32; 4] = [6, 8, 4, 2];
const DAYS: usize = 30;

fn day(t: usize) -> String {
    format!("2022-11-{:02}", t + 1)
}

/// What is known on the last day: day, delay, count.
fn cells() -> impl Iterator<Item = (usize, usize, u32)> {
    (0..DAYS).flat_map(|t| REPORTED.into_iter().enumerate().map(move |(d, n)| (t, d, n))).filter(|(t, d, _)| t + d < DAYS)
}

#[test]
fn a_triangle_and_a_line_list_say_the_same() {
    let f = Folder::new();
    let rows: String = cells().map(|(t, d, n)| format!("{},{},{n}\n", day(t), day(t + d))).collect();
    let table = f.file("t.csv", &format!("发病日期,报告日期,例数\n{rows}"));
    let rows: String = cells().flat_map(|(t, d, n)| (0..n).map(move |_| format!("{},{}\n", day(t), day(t + d)))).collect();
    let list = f.file("l.csv", &format!("onset,report\n{rows}"));
    let rows: String = cells().map(|(t, d, n)| format!("{},{d},{n}\n", t + 1)).collect();
    let numbered = f.file("n.csv", &format!("t,delay,count\n{rows}"));
    let a = analyse(&["nowcast", table.to_str().unwrap()]).unwrap();
    assert_eq!(a.out, analyse(&["nowcast", list.to_str().unwrap()]).unwrap().out);
    assert_eq!(a.header(), "date,reported,median,lo,hi,lo50,hi50,mean,share");
    let rows = a.rows();
    assert_eq!((rows.len(), rows[0][0].as_str(), rows[29][0].as_str()), (DAYS, "2022-11-01", "2022-11-30"));
    assert_eq!(rows[10][1..4], ["20", "20", "20"]);
    let last: Vec<f64> = rows[29][1..].iter().map(|c| c.parse().unwrap()).collect();
    assert!(last[0] == 6.0 && last[2] <= 20.0 && last[3] >= 20.0 && (last[1] - 20.0).abs() < 4.0, "{last:?}");
    assert!((last[7] - 0.3).abs() < 0.08, "{last:?}");
    let n = analyse(&["nowcast", numbered.to_str().unwrap()]).unwrap();
    assert_eq!((n.header().split(',').next().unwrap(), n.rows()[29][0].as_str(), n.rows()[29][1].as_str()), ("t", "30", "6"));
}

#[test]
fn a_day_in_the_past_knows_nothing_of_later_reports() {
    let f = Folder::new();
    let rows: String = cells().map(|(t, d, n)| format!("{},{},{n}\n", day(t), day(t + d))).collect();
    let table = f.file("t.csv", &format!("onset,report,count\n{rows}"));
    let a = analyse(&["nowcast", table.to_str().unwrap(), "--as-of", "2022-11-20", "--method", "ladder"]).unwrap();
    assert_eq!((a.rows().len(), a.rows()[19][1].as_str(), a.rows()[19][7].as_str()), (20, "6", "20"));
    let short = analyse(&["nowcast", table.to_str().unwrap(), "--max-delay", "2"]).unwrap();
    assert!(short.err.contains("54 events were reported after more than 2 days"), "{}", short.err);
}

#[test]
fn what_is_wrong_or_left_out_is_said() {
    let f = Folder::new();
    let said = |name: &str, text: &str, more: &[&str]| {
        let file = f.file(name, text);
        analyse(&[&["nowcast", file.to_str().unwrap()], more].concat()).err().unwrap().to_string()
    };
    assert!(said("a.csv", "x,report\n1,2022-11-01\n", &[]).contains("no column has the events' dates"));
    assert!(said("b.csv", "onset,x\n2022-11-01,1\n", &[]).contains("no column has report dates"));
    assert!(said("c.csv", "onset,report\n2022-11-01,2022-11-01\n", &[]).contains("at least 3"));
    assert!(said("d.csv", "onset,report\n1022-11-01,2022-11-01\n", &[]).contains("line 2: the report is a century after"));
    assert!(
        said("e.csv", "onset,report\n2022-11-01,2022-11-02\n2022-11-05,2022-11-05\n", &["--max-delay", "9"])
            .contains("shorter longest delay")
    );
    let odd = f.file("f.csv", "onset,report\n2022-11-01,2022-11-02\n2022-11-05,2022-11-03\n,2022-11-03\n2022-11-08,2022-11-09\n");
    let a = analyse(&["nowcast", odd.to_str().unwrap()]).unwrap();
    let said = ["1 row is left out: a date is not known (line 4)", "the report is before the event; check them (line 3)"];
    assert!(said.iter().all(|s| a.err.contains(s)) && a.rows().len() == 9, "{}", a.err);
    let many = f.file("g.csv", &format!("onset,report\n{}2022-11-01,2022-11-02\n2022-11-08,2022-11-09\n", ",2022-11-03\n".repeat(12)));
    let a = analyse(&["nowcast", many.to_str().unwrap()]).unwrap();
    assert!(a.err.contains("12 rows are left out: a date is not known (lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …)"), "{}", a.err);
}

#[test]
fn a_slip_in_the_last_report_date_is_doubted() {
    let f = Folder::new();
    let rows: String = cells().map(|(t, d, n)| format!("{},{},{n}\n", day(t), day(t + d))).collect();
    let file = f.file("t.csv", &format!("onset,report,count\n{rows}2022-11-05,2023-11-06,1\n"));
    let a = analyse(&["nowcast", file.to_str().unwrap()]).unwrap();
    assert!(a.err.contains("the last report (2023-11-06) comes 341 days after the one before"), "{}", a.err);
    let b = analyse(&["nowcast", file.to_str().unwrap(), "--as-of", "2022-11-30"]).unwrap();
    assert!(b.rows().len() == DAYS && !b.err.contains("slip"), "{}", b.err);
}

#[test]
fn a_count_that_is_not_known_is_not_none() {
    let f = Folder::new();
    let count = |t, d, n: u32| if (t, d) == (20, 1) { "NA".to_owned() } else { n.to_string() };
    let rows: String = cells().map(|(t, d, n)| format!("{},{},{}\n", day(t), day(t + d), count(t, d, n))).collect();
    let file = f.file("t.csv", &format!("onset,report,count\n{rows}"));
    let a = analyse(&["nowcast", file.to_str().unwrap()]).unwrap();
    let row = &a.rows()[20];
    let median: f64 = row[2].parse().unwrap();
    assert!(row[1] == "NA" && (10.0..32.0).contains(&median), "{row:?}");
}

#[test]
fn reports_of_weeks_are_not_taken_for_those_of_days() {
    let f = Folder::new();
    let day = |k: i32| quell_foundation::Day(19_200 + 7 * k);
    let rows: String =
        (0..8).flat_map(|k| (0..3).filter(move |d| k + d < 8).map(move |d| format!("{},{},9\n", day(k), day(k + d)))).collect();
    let file = f.file("w.csv", &format!("onset,report,count\n{rows}"));
    let refused = analyse(&["nowcast", file.to_str().unwrap()]).err().unwrap().to_string();
    assert!(refused.contains("whole weeks apart") && refused.contains("number the weeks"), "{refused}");
    assert!(analyse(&["nowcast", file.to_str().unwrap(), "--period", "day"]).is_ok());
    let rows: String = (0..8).flat_map(|k| (0..3).filter(move |d| k + d < 8).map(move |d| format!("{},{d},9\n", k + 1))).collect();
    let numbered = f.file("n.csv", &format!("t,delay,count\n{rows}"));
    assert_eq!(analyse(&["nowcast", numbered.to_str().unwrap()]).unwrap().rows().len(), 8);
}
