//! `quell analyse forecast` as users type it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Answer, Folder, analyse};
use std::path::Path;

const SI: [&str; 4] = ["--si-mean", "2.7", "--si-sd", "1.5"];

fn run(file: &Path, more: &[&str]) -> Answer {
    analyse(&[&["forecast", file.to_str().unwrap()], &SI[..], more].concat()).unwrap()
}

fn refused(file: &Path, more: &[&str]) -> String {
    analyse(&[&["forecast", file.to_str().unwrap()], &SI[..], more].concat()).err().unwrap().to_string()
}

/// Forty days of growth and fall, of which ever fewer are found in the community.
fn two_channels(header: &str, day: impl Fn(usize) -> String) -> String {
    let row = |t: usize| {
        let cases = (400.0 * (-((t as f64 - 25.0) / 10.0).powi(2)).exp()).round() + 3.0;
        let community = (cases * 0.7 * 0.93_f64.powi(t as i32)).round();
        format!("{},{community},{}", day(t), cases - community)
    };
    format!("{header}\n{}\n", (0..40).map(row).collect::<Vec<_>>().join("\n"))
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap()
}

#[test]
fn cases_come_by_day_and_channel_with_nested_intervals() {
    let f = Folder::new();
    let file = f.file("a.csv", &two_channels("日期,社会面,管控", |t| format!("2022-{:02}-{:02}", 11 + t / 30, t % 30 + 1)));
    let a = run(&file, &["--days", "10"]);
    assert_eq!(a.header(), "t,ahead,channel,mean,median,lo50,hi50,lo80,hi80,lo95,hi95,date");
    let rows = a.rows();
    assert_eq!(rows.len(), 30);
    assert_eq!([&rows[0][..3], &rows[0][11..]].concat(), ["41", "1", "all", "2022-12-11"]);
    assert_eq!((rows[10][2].as_str(), rows[20][2].as_str()), ("community", "controlled"));
    for row in &rows {
        let at = |k: usize| number(&row[k]);
        assert!(at(9) <= at(7) && at(7) <= at(5) && at(5) <= at(4) && at(4) <= at(6) && at(6) <= at(8) && at(8) <= at(10), "{row:?}");
    }
    assert!(a.err.contains("R of the day after 2022-12-10"), "{}", a.err);
    assert_eq!(a.out, run(&file, &["--days", "10"]).out);
    assert_ne!(a.out, run(&file, &["--days", "10", "--seed", "2"]).out);
}

#[test]
fn channels_go_by_any_name_and_number() {
    let f = Folder::new();
    let row = |t: u32| format!("{t},{},{},{}", 5 + t % 3, 20 + t % 5, t % 2);
    let text = format!("t,Reihe \"A\",clinic,local\n{}\n", (1..=30).map(row).collect::<Vec<_>>().join("\n"));
    let file = f.file("c.csv", &text.replace("Reihe \"A\"", "\"Reihe \"\"A\"\"\""));
    let a = run(&file, &["--channels", "Reihe \"A\",clinic,local", "--days", "3"]);
    assert_eq!(a.header(), "t,ahead,channel,mean,median,lo50,hi50,lo80,hi80,lo95,hi95");
    let channels: Vec<String> = a.rows().into_iter().map(|r| r[2].clone()).collect();
    assert_eq!((channels.len(), channels[3].as_str(), channels[11].as_str()), (12, "\"Reihe \"\"A\"\"\"", "local"));
    assert!(refused(&file, &["--channels", "clinic,nowhere"]).contains("there is no column nowhere"));
}

#[test]
fn what_came_after_the_day_is_not_looked_at() {
    let f = Folder::new();
    let whole = two_channels("t,community,controlled", |t| (t + 1).to_string());
    let cut: String = whole.lines().take(31).map(|l| format!("{l}\n")).collect();
    let (whole, cut) = (f.file("w.csv", &whole), f.file("c.csv", &cut));
    let (a, b) = (run(&whole, &["--from", "30"]), run(&cut, &["--from", "30"]));
    assert_eq!(a.header().rsplit(',').next(), Some("observed"));
    for (x, y) in a.rows().iter().zip(b.rows()) {
        assert_eq!((&x[..11], y[11].as_str()), (&y[..11], "NA"));
    }
    assert_ne!(a.rows()[0][11], "NA");
    assert!(
        refused(&whole, &["--from", "41"]).contains("give one from 1 to 40")
            && refused(&whole, &["--from", "soon"]).contains("--from soon")
    );
}

#[test]
fn days_to_zero_come_by_definition_with_the_probability() {
    let f = Folder::new();
    let file = f.file("a.csv", &two_channels("date,community,controlled", |t| format!("2022-{:02}-{:02}", 11 + t / 30, t % 30 + 1)));
    let (zero, by_day) = (f.path("zero.csv"), f.path("by-day.csv"));
    let more = ["--zero", zero.to_str().unwrap(), "--zero-by-day", by_day.to_str().unwrap(), "--zero-days", "40", "--population", "462462"];
    assert_eq!(run(&file, &more).out, run(&file, &["--zero-days", "40"]).out, "the cases are the same with and without");
    let rows = |p: &Path| -> Vec<Vec<String>> {
        std::fs::read_to_string(p).unwrap().lines().map(|l| l.split(',').map(str::to_owned).collect()).collect()
    };
    let z = rows(&zero);
    assert_eq!(z[0].join(","), "definition,within,probability,median,lo50,hi50,lo80,hi80,lo95,hi95,median_date");
    assert_eq!(z.iter().skip(1).map(|r| r[0].as_str()).collect::<Vec<_>>(), ["same-day", "three-days", "basically"]);
    // Three days of none take longer than one; three with a few do not.
    assert!(number(&z[1][2]) > number(&z[2][2]) && number(&z[3][2]) > number(&z[2][2]), "{z:?}");
    let curve = rows(&by_day);
    assert_eq!((curve[0].join(",").as_str(), curve.len()), ("t,ahead,definition,probability,date", 121));
    assert_eq!(curve[40][3], z[1][2]);
    assert!(curve[1..41].windows(2).all(|w| number(&w[0][3]) <= number(&w[1][3])));
}

#[test]
fn beds_and_tests_are_written_beside() {
    let f = Folder::new();
    let file = f.file("a.csv", &two_channels("t,community,controlled", |t| (t + 1).to_string()));
    let kinds = f.file("k.csv", "床位,比例,住院天数,住院天数标准差,在用\n方舱,0.99,8,3,500\n定点医院,0.01,12,5,\n");
    let plan = f.file("p.csv", "t,screened\n41,1000\n43,200\n");
    let (beds, tests) = (f.path("beds.csv"), f.path("tests.csv"));
    let [kinds, plan, b, t] = [&kinds, &plan, &beds, &tests].map(|p| p.to_str().unwrap());
    run(
        &file,
        &["--beds", b, "--kinds", kinds, "--tests", t, "--screening", plan, "--contacts", "4", "--contact-days", "1", "--days", "5"],
    );
    let text = std::fs::read_to_string(&beds).unwrap();
    assert!(text.starts_with("t,ahead,kind,mean,median,lo50") && text.lines().count() == 11 && text.contains("41,1,方舱,"), "{text}");
    let text = std::fs::read_to_string(&tests).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|l| l.split(',').collect()).collect();
    // The last day had 59 cases: four contacts of each are tested on the day after it.
    assert_eq!((rows.len(), &rows[0][..5], rows[5][2]), (10, &["41", "1", "tests", "1236", "1236"][..], "positivity"));
    assert!(number(rows[2][3]) < number(rows[1][3]));
    run(&file, &["--tests", t, "--positivity", "0.01"]);
    assert!(refused(&file, &["--tests", t]).contains("--tests needs --positivity"));
    assert!(refused(&file, &["--tests", t, "--positivity", "0"]).contains("above 0"));
}

#[test]
fn scores_come_by_method_channel_and_days_ahead() {
    let f = Folder::new();
    let file = f.file("a.csv", &two_channels("t,community,controlled", |t| (t + 1).to_string()));
    let pit = f.path("pit.csv");
    let more = ["--score", "--from", "25", "--every", "3", "--days", "4", "--samples", "300", "--pit", pit.to_str().unwrap()];
    let a = run(&file, &more);
    let histograms = std::fs::read_to_string(&pit).unwrap();
    let model: Vec<f64> =
        histograms.lines().filter(|l| l.starts_with("all,all,model,")).map(|l| number(l.rsplit(',').next().unwrap())).collect();
    assert!(model.len() == 10 && (model.iter().sum::<f64>() - 1.0).abs() < 1e-4, "{model:?}");
    assert_eq!(
        a.header(),
        "channel,ahead,method,forecasts,wis,relative,log_wis,dispersion,under,over,crps,log_score,error,cover50,cover80,cover95"
    );
    let rows = a.rows();
    assert_eq!(rows.len(), 3 * 5 * 6);
    assert_eq!(&rows[0][..4], ["all", "all", "model", "19"]);
    let last = rows.iter().find(|r| r[..3] == ["all", "all", "last"]).unwrap();
    assert_eq!(number(&last[5]), 1.0);
    // Two estimates of one score, by quantiles and by samples; the logarithmic one is the model's alone.
    assert!(
        (number(&rows[0][4]) / number(&rows[0][10]) - 1.0).abs() < 0.15 && number(&rows[0][11]) > 0.0 && last[11] == "NA",
        "{:?} {last:?}",
        rows[0]
    );
    assert!(number(&rows[0][4]) < number(&last[4]), "the model is no better than the last value on a smooth wave");
}

#[test]
fn odd_tables_are_forecast_or_refused_with_a_reason() {
    let f = Folder::new();
    let ok = |name: &str, text: &str| run(&f.file(name, text), &["--days", "3"]).rows().len();
    assert_eq!(ok("one.csv", "t,cases\n1,5\n"), 3);
    assert_eq!(ok("zeros.csv", "t,cases\n1,0\n2,0\n9,0\n"), 3);
    assert_eq!(ok("huge.csv", "t,cases\n1,1000000000000\n2,999999999999999\n"), 3);
    assert_eq!(ok("unordered.csv", "t,cases,imported\n5,2,1\n3,NA,\n1,7,0\n"), 3);
    assert_eq!(ok("far.csv", "date,cases\n2022-12-01,4\n2020-01-01,4\n"), 3);
    assert_eq!(ok("excel.csv", "报告日期;病例数\n2022/11/1;4\n2022/11/2;6\n"), 3);
    let a = run(&f.file("gap.csv", "t,cases\n1,5\n2,6\n3,NA\n4,\n"), &["--days", "3"]);
    assert!(
        a.err.contains("the cases of the last 2 days are not known: the forecast begins after 2") && a.rows()[0][0] == "3",
        "{}",
        a.err
    );
    let no = |name: &str, text: &str, more: &[&str]| refused(&f.file(name, text), more);
    assert!(no("empty.csv", "t,cases\n1,NA\n2,NA\n", &[]).contains("the cases of no day are known"));
    assert!(no("minus.csv", "t,cases\n1,-3\n", &[]).contains("line 2"));
    assert!(no("twice.csv", "t,cases\n1,3\n1,4\n", &[]).contains("line 3: the day is there twice"));
    assert!(no("none.csv", "t,x\n1,3\n", &[]).contains("no column has counts"));
    assert!(no("late.csv", "date,cases\n1022-11-01,3\n2022-11-02,3\n", &[]).contains("check the dates"));
    assert!(no("apart.csv", "t,community,controlled,cases\n1,3,,5\n2,,4,5\n", &[]).contains("no day on which the cases of every channel"));
    assert!(no("many.csv", "t,cases\n1,3\n", &["--samples", "100000", "--days", "365"]).contains("at most 5000000"));
    assert!(no("short.csv", "t,cases\n1,3\n2,4\n3,5\n", &["--score"]).contains("no forecast to be scored"));
    assert!(no("people.csv", "t,cases\n1,3\n", &["--population", "0"]).contains("--population"));
}

#[test]
fn a_mapping_of_the_users_own_names_the_channels_and_json_has_the_same_figures() {
    let f = Folder::new();
    let mapping = f.file(
        "m.toml",
        "name = \"m\"\nempty = [\"-\"]\n[fields.date]\ncolumns = [\"Tag\"]\ntype = \"date\"\n[fields.street]\ncolumns = [\"Straße\"]\ntype = \"decimal\"\nmin = 0\n\
         [fields.home]\ncolumns = [\"Heim\"]\ntype = \"decimal\"\nmin = 0\n",
    );
    let rows: Vec<String> =
        (1..=28).map(|d| format!("2022-11-{d:02},{},{}", 9 + d % 4, if d == 5 { "-".to_owned() } else { d.to_string() })).collect();
    let file = f.file("a.csv", &format!("Tag,Straße,Heim\n{}\n", rows.join("\n")));
    let more = ["--mapping", mapping.to_str().unwrap(), "--channels", "street,home", "--days", "2"];
    let csv = run(&file, &more);
    assert_eq!(csv.rows().iter().map(|r| r[2].clone()).collect::<Vec<_>>(), ["all", "all", "street", "street", "home", "home"]);
    let json = run(&file, &[&more[..], &["--format", "json"]].concat());
    assert!(json.out.starts_with("[{") && json.out.contains(&format!("\"median\":{}", number(&csv.rows()[0][4]))), "{}", json.out);
}

#[test]
fn a_fan_is_drawn_of_all_cases_and_of_each_channel() {
    let f = Folder::new();
    let file = f.file("a.csv", &two_channels("日期,社会面,管控", |t| format!("2022-{:02}-{:02}", 11 + t / 30, t % 30 + 1)));
    run(&file, &["--from", "2022-12-01", "--picture", f.path("fan.svg").to_str().unwrap(), "--title", "Wushan"]);
    for name in ["fan.svg", "fan-community.svg", "fan-controlled.svg"] {
        let svg = std::fs::read_to_string(f.path(name)).unwrap();
        assert!(["Wushan", "1 Dec 2022", "what came", "80 %"].iter().all(|words| svg.contains(words)), "{name}: {svg}");
    }
}

/// Counts of whole weeks, a row a week.
fn weeks(header: &str) -> String {
    let row = |k: i32| format!("{},{}\n", quell_foundation::Day(19_200 + 7 * k), 250 + 10 * k);
    format!("{header}\n{}", (0..8).map(row).collect::<String>())
}

#[test]
fn counts_of_weeks_are_not_taken_for_those_of_days() {
    let f = Folder::new();
    let file = f.file("w.csv", &weeks("date,cases"));
    let args = ["forecast", file.to_str().unwrap(), "--si-mean", "3", "--si-sd", "1.5", "--samples", "100"];
    let refused = analyse(&args).err().unwrap().to_string();
    assert!(refused.contains("whole weeks") && refused.contains("--period day"), "{refused}");
    assert!(analyse(&[&args[..], &["--period", "day"]].concat()).is_ok());
    assert!(analyse(&[&args[..], &["--period", "week"]].concat()).is_err());
}
