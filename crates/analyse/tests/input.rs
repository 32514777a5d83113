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
    assert!(said[0].ends_with("some.csv: 病例编号 → number, 发病日期 → onset; columns not read: 户编号, 来源"), "{said:?}");
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

#[test]
fn headers_that_people_have_are_known() {
    let f = Folder::new();
    for count in ["新增病例数", "确诊病例数", "例数", "新增确诊", "本土新增", "感染者数", "阳性数"] {
        for day in ["报告时间", "诊断日期", "统计日期", "发病时间"] {
            let file = f.file("s.csv", &counts(&format!("{day},{count}"), ""));
            for command in ["rt", "forecast"] {
                let a = analyse(&[&[command, path(&file)], &SI[..]].concat()).unwrap();
                assert_eq!(columns(&a.err), Vec::<&str>::new(), "{command} {day} {count}");
            }
        }
    }
    for (place, people) in [("乡镇", "人口"), ("区县", "人口数"), ("街道", "常住人口")] {
        let cases = f.file("c.csv", &format!("{place},发病时间,x,y\n甲,2022-11-01,0,0\n甲,2022-11-02,0,0\n乙,2022-11-02,1,1\n"));
        let population = f.file("p.csv", &format!("{place},{people}\n甲,100\n乙,200\n"));
        let a = analyse(&["clusters", path(&cases), "--population", path(&population)]).unwrap();
        assert_eq!(columns(&a.err), Vec::<&str>::new(), "{place} {people}");
    }
    let cases = f.file("l.csv", "病例编号,发病日期\na,2022-11-01\nb,2022-11-04\n");
    let pairs = f.file("k.csv", "传染者,被感染者\na,b\n");
    let a = analyse(&[&["trees", path(&cases), "--contacts", path(&pairs), "--quick"], &SI[..]].concat()).unwrap();
    assert!(columns(&a.err).is_empty() && a.out.contains("b,a,"), "{}{}", a.out, a.err);
}

#[test]
fn of_two_columns_that_could_be_the_counts_the_one_taken_is_told() {
    let f = Folder::new();
    let file = f.file("s.csv", &counts("日期,新增,病例数", ",1"));
    let a = analyse(&[&["rt", path(&file)], &SI[..]].concat()).unwrap();
    assert!(a.err.contains("病例数 was taken for incidence; 新增 could be meant, too"), "{}", a.err);
}

/// What is said of a command that is refused.
fn refused(args: &[&str]) -> String {
    analyse(args).err().unwrap().to_string()
}

#[test]
fn a_column_that_is_missing_is_told_with_those_there_are_and_those_known() {
    let f = Folder::new();
    let file = f.file("s.csv", &counts("日期,数目", ""));
    for command in ["rt", "forecast"] {
        let said = refused(&[&[command, path(&file)], &SI[..]].concat());
        assert!(said.contains("no column has counts. The table has: 日期, 数目; known are: I, incidence, cases,"), "{said}");
        assert!(said.contains("病例数") && said.contains("--mapping"), "{said}");
    }
    let said = refused(&["delays", path(&file)]);
    assert!(said.contains("no column has from. The table has: 日期, 数目") && said.contains("--from and --to"), "{said}");
    let said = refused(&["nowcast", path(&file)]);
    assert!(said.contains("no column has report dates or delays") && said.contains("报告日期"), "{said}");
    let said = refused(&[&["trees", path(&file)], &SI[..]].concat());
    assert!(said.contains("no column has onsets. The table has: 日期, 数目") && said.contains("发病日期"), "{said}");
    let cases = f.file("c.csv", "地区名,日期\n甲,2022-11-01\n乙,2022-11-02\n");
    let said = refused(&["clusters", path(&cases)]);
    assert!(said.contains("no column has places. The table has: 地区名, 日期; known are: place, location,"), "{said}");
    let cases = f.file("c.csv", "地点,日期,x,y\n甲,2022-11-01,0,0\n乙,2022-11-02,1,1\n");
    let people = f.file("p.csv", "地区名,人口\n甲,100\n乙,100\n");
    let said = refused(&["clusters", path(&cases), "--population", path(&people)]);
    assert!(said.contains("p.csv: no column has places. The table has: 地区名, 人口"), "{said}");
}

#[test]
fn a_file_that_is_no_table_is_called_so() {
    let f = Folder::new();
    let text = f.file("a.csv", "今天新增病例较昨天有所下降。\n各区继续排查。\n");
    let said = refused(&[&["rt", path(&text)], &SI[..]].concat());
    assert!(said.contains("this is no table") && said.contains("今天新增病例"), "{said}");
    let pdf = f.file("a.pdf", "%PDF-1.7\n1 0 obj\n");
    let said = refused(&[&["rt", path(&pdf)], &SI[..]].concat());
    assert!(said.contains("a file of type PDF, no table"), "{said}");
}

#[test]
fn options_take_days_as_tables_have_them() {
    let f = Folder::new();
    let file = f.file("s.csv", &counts("日期,病例数", ""));
    let day = |d: &'static str| d;
    for date in ["2022-11-16", "2022/11/16", "2022年11月16日", "20221116"].map(day) {
        let a = analyse(&[&["forecast", path(&file), "--from", date, "--samples", "100"], &SI[..]].concat()).unwrap();
        assert!(a.rows()[0].last().unwrap() == "2022-11-17", "{date}: {:?}", a.rows()[0]);
        let a = analyse(&["growth", path(&file), "--from", "2022/11/5", "--to", date]).unwrap();
        assert_eq!(a.rows()[0][9..], [(11..23).sum::<i32>().to_string().as_str(), "2022-11-05", "2022-11-16"], "{date}");
    }
    let reports = |k: i32| format!("{},{}\n", quell_foundation::Day(19_300 + k), quell_foundation::Day(19_300 + k + k % 3));
    let list = f.file("l.csv", &format!("发病日期,报告日期\n{}", (0..40).map(|k| reports(k / 2)).collect::<String>()));
    let now = |date: &str| analyse(&["nowcast", path(&list), "--as-of", date]).unwrap().out;
    assert_eq!(now("2022/11/15"), now("2022-11-15"));
    let fit = |date: &str| analyse(&["delays", path(&list), "--from", "发病日期", "--to", "报告日期", "--truncation", date]).unwrap().out;
    assert_eq!(fit("2022/11/30"), fit("2022-11-30"));
    assert!(refused(&["nowcast", path(&list), "--as-of", "tomorrow"]).contains("--as-of tomorrow: no date"));
}

#[test]
fn what_excel_writes_is_read_and_what_stands_for_nothing_is_nothing() {
    let f = Folder::new();
    let list = f.file("l.csv", "病例编号,发病日期,报告日期,户号\na,2022/11/4 9:30,2022/11/5 10:00,/\nb,无,2022/11/7 8:00,/\nc,2022/11/6 8:05,—,无\nd,-,2022/11/9,—\n");
    let a = analyse(&[&["trees", path(&list), "--quick"], &SI[..]].concat()).unwrap();
    assert!(a.rows().iter().any(|r| r[0] == "c"), "{}", a.out);
    // What stands for nothing is no household in common.
    let alone = f.file("m.csv", "病例编号,发病日期,报告日期\na,2022-11-04,2022-11-05\nb,,2022-11-07\nc,2022-11-06,\nd,,2022-11-09\n");
    assert_eq!(a.out, analyse(&[&["trees", path(&alone), "--quick"], &SI[..]].concat()).unwrap().out);
    let rows: String = (1..9).map(|k| format!("2022/11/{k} 9:30,2022/11/{} 8:00\n", k + 1)).collect();
    let list = f.file("r.csv", &format!("发病日期,报告日期\n{rows}"));
    assert_eq!(analyse(&["nowcast", path(&list)]).unwrap().rows().len(), 9);
    let cases = f.file("q.csv", "病例编号,采样日期,是否密接\na,2022-11-03,无\nb,2022-11-03,有\n");
    let known = analyse(&["quality", path(&cases)]).unwrap().out;
    assert!(
        known.lines().any(|l| l.starts_with("all,") && l.contains("known_contact") && l.contains("0.5")),
        "无 is an answer here: {known}"
    );
}

#[test]
fn what_is_wrong_in_many_rows_is_told_once() {
    let f = Folder::new();
    let rows: String = (0..30).map(|k| format!("昨天,{k}\n")).collect();
    let file = f.file("s.csv", &format!("日期,病例数\n{rows}明天,x\n"));
    let said = refused(&[&["rt", path(&file)], &SI[..]].concat());
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(
        said.contains("32 faults") && said.contains("lines 2 (昨天), 3 (昨天),") && said.contains("11 (昨天), …, column 日期"),
        "{said}"
    );
    assert!(said.contains("write it as YYYY-MM-DD, YYYY/MM/DD, YYYY.MM.DD …; leave the cell empty"), "{said}");
}
