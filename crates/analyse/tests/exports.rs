//! Quell's own exports of cases and links, in both languages, as analyses read them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};

const ENGLISH: &str = "Case id,Case number,External id,Disease,Person id,Name,Place code of home,Classification,Onset of symptoms,First specimen taken,Found,\
                       Reported,Isolated,Exposure from,Exposure to";
const CHINESE: &str = "病例标识,病例编号,外部编号,病种,人员标识,姓名,住址编码,病例分类,发病时间,首次采样时间,发现时间,报告时间,隔离时间,暴露起始时间,暴露结束时间";

/// Twelve cases in pairs of a home, every other one with a number, and one that was ruled out; onsets by the day, reports by the hour, one a case.
fn export(header: &str, numbers: bool) -> String {
    let case = |k: i32| {
        let home = format!("50.500237.10{}.001.{}", k / 2 % 4, k / 2);
        let (onset, reported) = (1 + 2 * (k / 2) + k % 2, 3 + 2 * (k / 2) + k % 2 + k % 3);
        let number = if numbers && k % 2 == 0 { format!("WS-{k:03}") } else { String::new() };
        let class = if k == 12 { "not_a_case" } else { "confirmed" };
        format!("id-{k},{number},,covid-19,p-{k},甲,{home},{class},2022-11-{onset:02}+08:00,,,2022-11-{reported:02}T09:30:00+08:00,,,\n")
    };
    format!("{header}\n{}", (0..13).map(case).collect::<String>())
}

#[test]
fn who_infected_whom_of_an_export() {
    let f = Folder::new();
    for (header, numbers) in [(ENGLISH, true), (CHINESE, true), (CHINESE, false)] {
        let list = f.file("l.csv", &export(header, numbers));
        let links = "Link id,Source id,Source number,Target id,Target kind,Certainty,Setting of transmission,Direction known\nl,id-0,,id-3,case,high,household,yes\n";
        let links = f.file("links.csv", links);
        let args = [
            "trees",
            list.to_str().unwrap(),
            "--si-mean",
            "2.4",
            "--si-sd",
            "1.5",
            "--sweeps",
            "200",
            "--contacts",
            links.to_str().unwrap(),
        ];
        let a = analyse(&args).unwrap();
        assert!(a.err.contains("1 rows are no cases (ruled out)") && a.err.contains("\"cases\":12"), "{}", a.err);
        assert!(a.err.contains("\"home\"") && a.err.contains("\"contact household high\""), "{}", a.err);
        let first = if numbers { "WS-000" } else { "id-0" };
        assert_eq!(a.rows()[0], [first, "", "1"], "by its number, else by its id");
        assert!(a.rows().iter().any(|r| r[0] == "id-1" && r[1] == first), "{}", a.out);
    }
}

#[test]
fn a_case_without_any_name_is_told() {
    let f = Folder::new();
    let said = |text: &str| {
        let list = f.file("l.csv", text);
        analyse(&["trees", list.to_str().unwrap(), "--si-mean", "5", "--si-sd", "2", "--quick"]).err().unwrap().to_string()
    };
    assert!(said("病例标识,病例编号,发病时间\nA,,2022-11-01\n,,2022-11-02\n").contains("line 3: the case has no id and no number"));
    assert!(said("发病时间,性别\n2022-11-01,女\n").contains("no column has the ids of cases"));
}

#[test]
fn other_analyses_of_an_export() {
    let f = Folder::new();
    for header in [ENGLISH, CHINESE] {
        let list = f.file("l.csv", &export(header, true));
        let list = list.to_str().unwrap();
        let now = analyse(&["nowcast", list, "--method", "ladder"]).unwrap();
        let reported: i64 = now.rows().iter().map(|r| r[1].parse::<i64>().unwrap()).sum();
        assert_eq!(reported, 12, "{} {}", now.out, now.err);
        assert!(now.err.contains("1 rows are no cases"), "{}", now.err);
        let delays = analyse(&["delays", list, "--from", "onset", "--to", "reported"]).unwrap();
        assert!(delays.rows().iter().all(|r| r[0] == "onset->reported" && r[3] == "12"), "{}", delays.out);
        let refused = analyse(&["delays", list, "--from", "onset", "--to", "buried"]).err().unwrap().to_string();
        assert!(refused.contains("no column has buried"), "{refused}");
        let clusters = analyse(&["clusters", list, "--place-parts", "4", "--model", "permutation", "--replications", "99"]).unwrap();
        assert!(
            clusters.err.contains("4 places") && clusters.err.contains("12 cases") && clusters.err.contains("no cases"),
            "{}",
            clusters.err
        );
    }
}

/// Counts by day are wanted: how to get them of a line list is told, and they are made of it.
#[test]
fn a_line_list_is_counted_by_day() {
    let f = Folder::new();
    for (header, column) in [(ENGLISH, "\"Onset of symptoms\""), (CHINESE, "发病时间")] {
        let list = f.file("l.csv", &export(header, true));
        let list = list.to_str().unwrap();
        for command in [&["rt", list, "--si-mean", "3", "--si-sd", "1.5"][..], &["growth", list], &["warning", list]] {
            let refused = analyse(command).err().unwrap().to_string();
            assert!(refused.contains("a row for each case") && refused.contains(&format!("--count-by {column}")), "{refused}");
        }
        let forecast = analyse(&["forecast", list]).err().unwrap().to_string();
        assert!(forecast.contains("count its rows by day first"), "{forecast}");
        let rt = analyse(&["rt", list, "--method", "cori", "--si-mean", "3", "--si-sd", "1.5", "--count-by", "onset"]).unwrap();
        assert!(rt.err.contains("12 rows were counted by") && rt.err.contains("1 rows are no cases"), "{}", rt.err);
        // A case a day from the 1st to the 12th.
        let growth = analyse(&["growth", list, "--count-by", "onset", "--from", "2022-11-01", "--to", "2022-11-12"]).unwrap();
        let cases = growth.header().split(',').position(|c| c == "cases").unwrap();
        assert_eq!(growth.rows()[0][cases], "12", "{}", growth.out);
        let reported = analyse(&["warning", list, "--count-by", column.trim_matches('"'), "--method", "ears-c1"]).unwrap();
        assert_eq!(reported.rows().len(), 12, "{}", reported.out);
        let wrong = analyse(&["rt", list, "--si-mean", "3", "--si-sd", "1", "--count-by", "buried"]).err().unwrap().to_string();
        assert!(wrong.contains("no column has buried"), "{wrong}");
    }
    let gaps = f.file("g.csv", "place,onset\nA,2022-11-01\nA,2022-11-04\nB,2022-11-02\nA,\nA,2022-11-04\nB,2022-11-02\n");
    let args =
        ["rt", gaps.to_str().unwrap(), "--method", "smooth", "--si-mean", "3", "--si-sd", "1", "--count-by", "onset", "--by", "place"];
    let by = analyse(&args).unwrap();
    let days = |place: &str| by.rows().iter().filter(|r| r[0] == place).count();
    assert_eq!((days("A"), days("B")), (4, 3), "up to the last day of all: {}", by.out);
    assert!(
        by.err.contains("5 rows were counted by onset") && by.err.contains("1 row is left out: a date is not known (line 5)"),
        "{}",
        by.err
    );
}
