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
    assert!(said("n.csv", "date,I\n2022-11-01,-3\n").contains("line 2"));
    assert!(said("d.csv", "date,I\n1022-11-01,3\n2022-11-02,3\n").contains("check the dates"));
}

const INTERVAL: [&str; 4] = ["--si-mean", "2.6", "--si-sd", "1.5"];

fn rt(file: &std::path::Path, more: &[&str]) -> Result<common::Answer, quell_analyse::Trouble> {
    analyse(&[&["rt", file.to_str().unwrap()], &INTERVAL[..], more].concat())
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap()
}

#[test]
fn each_place_has_its_own_series() {
    let f = Folder::new();
    let of = |place: &str| table("x", |k, n| format!("{place},2022-11-{:02},{n}", k + 1)).lines().skip(1).collect::<Vec<_>>().join("\n");
    let both = f.file("both.csv", &format!("区县,日期,病例数\n{}\n{}\n", of("巫山县"), of("奉节县")));
    let one = f.file("one.csv", &table("日期,病例数", |k, n| format!("2022-11-{:02},{n}", k + 1)));
    for method in ["cori", "smooth", "wallinga-teunis"] {
        let (b, o) = (rt(&both, &["--method", method, "--by", "区县"]).unwrap(), rt(&one, &["--method", method]).unwrap());
        assert_eq!(b.header(), format!("区县,{}", o.header()));
        assert_eq!(b.rows().len(), 2 * o.rows().len());
        for (k, row) in o.rows().iter().enumerate() {
            assert_eq!((b.rows()[k][0].as_str(), &b.rows()[k][1..]), ("巫山县", &row[..]));
        }
    }
    let said = rt(&both, &[]).err().unwrap();
    assert!(said.to_string().contains("--by") && said.text(true).contains("--by"));
    assert!(rt(&one, &["--by", "区县"]).is_err());
}

#[test]
fn windows_and_the_prior_are_the_users_choice() {
    let f = Folder::new();
    let file = f.file("n.csv", &table("t,I", |k, n| format!("{},{n}", k + 1)));
    let windows = f.file("w.csv", "t_start,t_end\n2,8\n5,20\n");
    let sliding = rt(&file, &["--method", "cori"]).unwrap();
    let chosen = rt(&file, &["--method", "cori", "--windows", windows.to_str().unwrap()]).unwrap();
    assert_eq!(chosen.rows()[0], sliding.rows()[0]);
    assert_eq!(chosen.rows()[1][..2], ["5", "20"]);
    let tight = rt(&file, &["--method", "cori", "--prior-mean", "1", "--prior-sd", "0.01"]).unwrap();
    assert!((number(&tight.rows()[3][2]) - 1.0).abs() < 0.02, "a prior without doubt stays");
    for wrong in ["t_start,t_end\n1,8\n", "t_start,t_end\n8,2\n", "t_start,t_end\n15,21\n", "t_start,t_end\n2,NA\n"] {
        let bad = f.file("bad.csv", wrong);
        assert!(rt(&file, &["--method", "cori", "--windows", bad.to_str().unwrap()]).err().unwrap().to_string().contains("line 2"));
    }
    let dates = f.file("d.csv", &table("date,I", |k, n| format!("2022-11-{:02},{n}", k + 1)));
    let by_date = f.file("wd.csv", "date_start,date_end\n2022-11-05,2022-11-20\n");
    let dated = rt(&dates, &["--method", "cori", "--windows", by_date.to_str().unwrap()]).unwrap();
    assert_eq!(dated.rows()[0][..11], chosen.rows()[1][..]);
}

#[test]
fn a_doubtful_interval_widens_and_follows_the_seed() {
    let f = Folder::new();
    let file = f.file("n.csv", &table("t,I", |k, n| format!("{},{n}", k + 1)));
    let doubt = ["--method", "cori", "--si-mean-sd", "0.6", "--si-sd-sd", "0.3"];
    let run = |seed: &str| rt(&file, &[&doubt[..], &["--seed", seed]].concat()).unwrap().out;
    assert_eq!(run("4"), run("4"));
    assert_ne!(run("4"), run("5"));
    let sure = rt(&file, &["--method", "cori"]).unwrap();
    let unsure = rt(&file, &doubt).unwrap();
    assert!(number(&unsure.rows()[5][3]) > number(&sure.rows()[5][3]), "the standard deviation grows");
    let interval = f.file("si.csv", "k,w,sample\n1,0.5,a\n2,0.5,a\n2,0.4,b\n3,0.6,b\n");
    let run = |method: &str| analyse(&["rt", file.to_str().unwrap(), "--method", method, "--si", interval.to_str().unwrap()]);
    assert_eq!(run("cori").unwrap().rows().len(), 13);
    assert!(run("smooth").err().unwrap().to_string().contains("one serial interval"));
    let negative = f.file("neg.csv", "k,w\n-1,0.1\n2,0.9\n");
    let said = analyse(&["rt", file.to_str().unwrap(), "--si", negative.to_str().unwrap()]).err().unwrap();
    assert!(said.to_string().contains("generation interval") && said.text(true).contains("世代间隔"));
}

#[test]
fn rows_a_week_apart_are_weeks() {
    let f = Folder::new();
    let days = 26 * 7;
    let cases = |t: usize| (0.03 * t as f64).exp() * 5.0;
    let weekly = |first: usize| {
        let rows = (0..26).map(|k| format!("{},{}", k * 7 + first, (0..7).map(|d| cases(k * 7 + d)).sum::<f64>()));
        format!("t,I\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    let daily = format!("t,I\n{}\n", (0..days).map(|t| format!("{},{}", t + 1, cases(t))).collect::<Vec<_>>().join("\n"));
    let (w, d) = (f.file("w.csv", &weekly(1)), f.file("d.csv", &daily));
    let weeks = rt(&w, &["--method", "cori"]).unwrap();
    assert!(weeks.err.contains("weeks"));
    let by_day = rt(&d, &["--method", "cori"]).unwrap();
    assert_eq!(weeks.rows().len(), days - 7 - 6, "from the second week on");
    for row in &weeks.rows()[60..] {
        let same = by_day.rows().into_iter().find(|r| r[..2] == row[..2]).unwrap();
        assert!((number(&same[2]) / number(&row[2]) - 1.0).abs() < 0.01, "{same:?} {row:?}");
    }
    let ends = rt(&f.file("e.csv", &weekly(7)), &["--method", "cori", "--week-ends"]).unwrap();
    assert_eq!(ends.out, weeks.out);
    let numbered = f.file("k.csv", "t,I\n1,10\n2,20\n3,35\n4,70\n");
    assert_eq!(rt(&numbered, &["--method", "cori", "--period", "week"]).unwrap().rows().len(), 28 - 7 - 6);
    let gap = f.file("g.csv", &weekly(1).lines().enumerate().filter(|(k, _)| *k != 12).map(|x| x.1).collect::<Vec<_>>().join("\n"));
    let gapped = rt(&gap, &["--method", "cori"]).unwrap();
    assert!(gapped.rows().iter().any(|r| r[2] == "NA") && gapped.rows().iter().filter(|r| r[2] == "NA").count() == 13);
}

#[test]
fn a_zero_among_many_is_doubted() {
    let f = Folder::new();
    let zero_on = |day: usize| table("date,I", |k, n| format!("2022-11-{:02},{}", k + 1, if k + 1 == day { 0 } else { n }));
    let said = |day: usize| rt(&f.file("z.csv", &zero_on(day)), &["--method", "cori"]).unwrap().err;
    assert!(said(13).contains("2022-11-13") && said(13).contains("leave the cell empty"));
    assert_eq!(said(2), "", "few cases around it: a day without any is no wonder");
}

#[test]
fn delays_are_looked_through() {
    let f = Folder::new();
    let file = f.file("n.csv", &table("date,I", |k, n| format!("2022-11-{:02},{n}", k + 1)));
    let a = rt(&file, &["--method", "delayed", "--delay-mean", "5", "--delay-sd", "2", "--reporting-mean", "1", "--reporting-sd", "1"])
        .unwrap();
    assert_eq!((a.header(), a.rows().len()), ("t,mean,lo,hi,infections,date", 20));
    assert!(a.rows().iter().all(|r| number(&r[2]) <= number(&r[1]) && number(&r[1]) <= number(&r[3])));
    let lag = f.file("lag.csv", "k,w\n0,0.2\n1,0.5\n2,0.3\n");
    assert_eq!(rt(&file, &["--method", "delayed", "--delay", lag.to_str().unwrap()]).unwrap().rows().len(), 20);
    let said = |more: &[&str]| rt(&file, &[&["--method", "delayed"], more].concat()).err().unwrap().to_string();
    assert!(said(&["--delay-mean=-1", "--delay-sd", "2"]).contains("a delay needs"));
    let bad = f.file("bad.csv", "k,w\n0,0\n");
    assert!(said(&["--reporting", bad.to_str().unwrap()]).contains("bad.csv"));
}

#[test]
fn whatever_comes_in_nothing_breaks() {
    let f = Folder::new();
    let inputs = [
        "t,I\n1,5\n",
        "t,I\n1,0\n2,0\n3,0\n4,0\n5,0\n6,0\n7,0\n8,0\n9,0\n",
        "t,I\n1,1e300\n2,1e300\n3,1e300\n4,0\n5,1e300\n6,2\n7,1\n8,0\n9,1\n",
        "t,I\n5,3\n1,2\n90,4\n30,9\n",
        "t,I\n1,NA\n2,NA\n3,NA\n",
        "t,I\n-5,3\n-4,7\n-3,0.5\n",
        "t,I,imported\n1,0,5\n2,0,3\n3,0,NA\n4,1,2\n5,2,0\n6,0,9\n7,1,1\n8,3,0\n",
        "t,I\n1,3\n8,0\n15,NA\n22,1e9\n",
        "t,I\n9223372036854775807,3\n9223372036854775806,3\n",
    ];
    for (k, text) in inputs.iter().enumerate() {
        let file = f.file(&format!("{k}.csv"), text);
        for method in ["cori", "smooth", "wallinga-teunis", "delayed"] {
            for more in [&[][..], &["--window", "1"], &["--window", "0"], &["--period", "week"], &["--trees", "0"]] {
                if let Ok(a) = rt(&file, &[&["--method", method], more].concat()) {
                    assert!(
                        a.rows().iter().flatten().all(|c| c == "NA" || c.parse().is_ok_and(f64::is_finite)),
                        "{text} {method}: {}",
                        a.out
                    );
                }
            }
        }
    }
}

#[test]
fn a_serial_interval_of_the_library_is_its_mean_and_sd() {
    let f = Folder::new();
    let rows = (1..=20).map(|t| format!("{t},{}\n", 3 + t * 2)).collect::<String>();
    let file = f.file("i.csv", &format!("t,I\n{rows}")).display().to_string();
    for command in ["rt", "growth", "forecast"] {
        let run = |more: &[&str]| analyse(&[&[command, &file], more].concat());
        // Lipsitch et al. 2003: 8.4 and 3.8 days.
        let told = run(&["--si-library", "sars-serial"]).unwrap().out;
        assert_eq!(told, run(&["--si-mean", "8.4", "--si-sd", "3.8"]).unwrap().out, "{command}");
        assert_ne!(told, run(&["--si-mean", "5", "--si-sd", "3.8"]).unwrap().out, "{command}");
        let refused = run(&["--si-library", "measles-serial"]).err().unwrap();
        assert!(refused.text(false).contains("no standard deviation") && refused.text(true).contains("标准差"), "{refused}");
    }
    let refused = analyse(&["rt", &file]).err().unwrap();
    assert!(refused.text(false).contains("--si-library") && refused.text(true).contains("需要代际间隔"), "{refused}");
}
