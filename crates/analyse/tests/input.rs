//! Tables as people have them: headers, sheets, empty cells, and what is said of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};
use std::path::Path;

const SI: [&str; 4] = ["--si-mean", "3", "--si-sd", "1.5"];

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

/// Counts of twenty days under a header with a column of days, one of counts, and what stands behind them.
fn counts(header: &str, more: &str) -> String {
    let row = |k: i32| format!("{},{}{more}\n", quell_foundation::Day(19_300 + k), 10 + k);
    format!("{header}\n{}", (0..20).map(row).collect::<String>())
}

/// What is said of columns beside a result.
fn columns(said: &str) -> Vec<&str> {
    said.lines().filter(|l| l.contains("columns not read")).collect()
}

#[test]
fn columns_that_are_not_read_are_told_once_and_only_if_there_are_any() {
    let f = Folder::new();
    let all = f.file("all.csv", "病例编号,发病日期,户号,输入\na,2022-11-01,1,是\nb,2022-11-04,1,否\nc,2022-11-05,2,否\n");
    let some = f.file("some.csv", "病例编号,发病日期,户编号,来源\na,2022-11-01,1,是\nb,2022-11-04,1,否\nc,2022-11-05,2,否\n");
    let run = |file: &Path| analyse(&[&["trees", path(file), "--quick"], &SI[..]].concat()).unwrap().err;
    assert_eq!(columns(&run(&all)), Vec::<&str>::new());
    let said = run(&some);
    let said = columns(&said);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].ends_with("some.csv: 病例编号 → case, 发病日期 → onset; columns not read: 户编号, 来源"), "{said:?}");
}

#[test]
fn second_tables_are_told_too() {
    let f = Folder::new();
    let cases = f.file("c.csv", "病例编号,采样日期,发病日期\na,2022-11-03,2022-11-01\n");
    let contacts = f.file("k.csv", "病例编号,人员编号,登记时间\na,p,2022-11-02\n");
    let said = analyse(&["quality", path(&cases), "--contacts", path(&contacts)]).unwrap().err;
    let said = columns(&said);
    assert!(said.len() == 1 && said[0].contains("k.csv") && said[0].ends_with("not read: 登记时间"), "{said:?}");
    let series = f.file("s.csv", &counts("date,cases", ""));
    let interval = f.file("w.csv", "k,w,draws\n0,0,1\n1,0.5,1\n2,0.5,1\n");
    let said = analyse(&["rt", path(&series), "--si", path(&interval)]).unwrap().err;
    assert!(columns(&said).len() == 1 && said.contains("not read: draws"), "{said}");
    // As many names as a line holds.
    let wide: String = (0..30).map(|k| format!(",extra{k}")).collect();
    let wide = f.file("wide.csv", &counts(&format!("date,cases{wide}"), &",".repeat(30)));
    let said = analyse(&[&["rt", path(&wide)], &SI[..]].concat()).unwrap().err;
    assert!(columns(&said)[0].ends_with("extra11, 18 more"), "{said}");
}
