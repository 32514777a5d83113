//! `--picture`

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{Folder, analyse};

fn series(folder: &Folder) -> String {
    let rows = (0..30).map(|d| format!("2022-11-{:02},{}\n", d + 1, if d == 9 { "NA".to_owned() } else { (d * d / 4 + 1).to_string() }));
    folder.file("cases.csv", &format!("date,incidence\n{}", rows.collect::<String>())).display().to_string()
}

#[test]
fn an_epidemic_curve_is_drawn_beside_the_table() {
    let folder = Folder::new();
    let (file, svg) = (series(&folder), folder.path("r.svg"));
    let picture = ["--picture", svg.to_str().unwrap(), "--title", "Wushan & around", "--source", "CDC"];
    let args = [&["rt", &file, "--method", "cori", "--si-mean", "3.5", "--si-sd", "1.9"], &picture[..]].concat();
    let answer = analyse(&args).unwrap();
    assert_eq!(answer.out, analyse(&args[..8]).unwrap().out, "the table is the same");
    let drawn = std::fs::read_to_string(&svg).unwrap();
    for words in
        ["Wushan &amp; around", "Source: CDC", "Cases by day", "in the 7 days up to each", "Nov 2022", "50 % interval", "not known"]
    {
        assert!(drawn.contains(words), "{words}");
    }
    analyse(&args).unwrap();
    assert_eq!(std::fs::read_to_string(&svg).unwrap(), drawn, "the same data give the same picture");
}

#[test]
fn r_by_day_has_its_interval_of_50_percent_in_the_picture_alone() {
    let folder = Folder::new();
    let file = series(&folder);
    for method in ["smooth", "delayed"] {
        let args = ["rt", &file, "--method", method, "--si-mean", "3.5", "--si-sd", "1.9"];
        holds(&drawn(&folder, &args), &["50 % interval", "95 % interval"]);
        assert!(!analyse(&args).unwrap().header().contains("25"), "{method}");
    }
}

#[test]
fn a_png_is_one() {
    let folder = Folder::new();
    let (file, png) = (series(&folder), folder.path("r.PNG"));
    analyse(&["rt", &file, "--si-mean", "3.5", "--si-sd", "1.9", "--picture", png.to_str().unwrap()]).unwrap();
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[test]
fn another_ending_is_refused_in_both_languages() {
    let folder = Folder::new();
    let (file, jpg) = (series(&folder), folder.path("r.jpg"));
    let refused = analyse(&["rt", &file, "--si-mean", "3.5", "--si-sd", "1.9", "--picture", jpg.to_str().unwrap()]).err().unwrap();
    assert!(refused.text(false).contains(".svg") && refused.text(true).contains("结尾"), "{refused}");
    assert!(!jpg.exists());
}

/// Runs a command with a picture, and gives the picture; its table is the one that it prints without.
fn drawn(folder: &Folder, args: &[&str]) -> String {
    let svg = folder.path("drawn.svg");
    let with = analyse(&[args, &["--picture", svg.to_str().unwrap()]].concat()).unwrap();
    assert_eq!(with.out, analyse(args).unwrap().out, "the table is the same");
    std::fs::read_to_string(svg).unwrap()
}

fn holds(svg: &str, all: &[&str]) {
    for words in all {
        assert!(svg.contains(&format!(">{words}</text>")), "{words}");
    }
}

#[test]
fn each_of_several_places_has_a_picture_of_its_own() {
    let folder = Folder::new();
    let row = |d: i32| format!("2022-11-{:02},{},a\n2022-11-{:02},{},b/c\n", d + 1, d * d / 4 + 1, d + 1, 30 - d);
    let file = folder.file("by.csv", &format!("date,incidence,place\n{}", (0..30).map(row).collect::<String>())).display().to_string();
    let svg = folder.path("r.svg");
    analyse(&["rt", &file, "--by", "place", "--si-mean", "3.5", "--si-sd", "1.9", "--picture", svg.to_str().unwrap()]).unwrap();
    assert!(!svg.exists());
    holds(&std::fs::read_to_string(folder.path("r-a.svg")).unwrap(), &["a", "Cases by day"]);
    holds(&std::fs::read_to_string(folder.path("r-b_c.svg")).unwrap(), &["b/c"]);
}

#[test]
fn weeks_are_bars_of_weeks() {
    let folder = Folder::new();
    let rows = (0..10).map(|k| {
        format!(
            "{},{}\n",
            [
                "2022-10-03",
                "2022-10-10",
                "2022-10-17",
                "2022-10-24",
                "2022-10-31",
                "2022-11-07",
                "2022-11-14",
                "2022-11-21",
                "2022-11-28",
                "2022-12-05"
            ][k],
            10 + 3 * k
        )
    });
    let file = folder.file("weeks.csv", &format!("date,incidence\n{}", rows.collect::<String>())).display().to_string();
    holds(&drawn(&folder, &["rt", &file, "--si-mean", "3.5", "--si-sd", "1.9"]), &["Cases by week", "Oct 2022", "Dec"]);
}

#[test]
fn a_forecast_is_a_fan() {
    let folder = Folder::new();
    let file = series(&folder);
    let svg = drawn(
        &folder,
        &["forecast", &file, "--si-mean", "3.5", "--si-sd", "1.9", "--from", "2022-11-24", "--days", "7", "--samples", "200"],
    );
    holds(&svg, &["made from data up to 24 Nov 2022", "what came", "95 %"]);
}

#[test]
fn a_nowcast_is_pale_above_what_is_reported() {
    let folder = Folder::new();
    let row = |k: i32| format!("2022-11-{:02},{}\n", k / 4 + 1, k % 4);
    let rows = (0..100).filter(|k| k / 4 + k % 4 < 25).map(row).collect::<String>();
    let file = folder.file("reports.csv", &format!("onset,delay\n{rows}")).display().to_string();
    holds(&drawn(&folder, &["nowcast", &file]), &["still to be reported (median, 95 %)", "Nov 2022"]);
}

#[test]
fn a_warning_is_marked() {
    let folder = Folder::new();
    let rows = (0..30).map(|d| format!("2022-11-{:02},{}\n", d + 1, if d == 25 { 60 } else { 10 + d % 3 })).collect::<String>();
    let file = folder.file("counts.csv", &format!("date,count\n{rows}")).display().to_string();
    let svg = drawn(&folder, &["warning", &file, "--method", "ears-c1"]);
    holds(&svg, &["warning", "threshold", "expected"]);
    assert_eq!(svg.matches(r##"Z" fill="#D55E00"/>"##).count(), 3, "a bar, its mark and that of the legend");
}

#[test]
fn clusters_are_circles_on_a_map() {
    let folder = Folder::new();
    let row = |k: i32| {
        let (place, day) = (k % 9, k / 9);
        let cases = if place == 4 && day == 5 { 30 } else { 1 };
        format!("P{place},{},{},2022-11-{:02},{cases}\n", 31.0 + f64::from(place / 3) / 50.0, 109.8 + f64::from(place % 3) / 50.0, day + 1)
    };
    let rows = (0..90).map(row).collect::<String>();
    let file = folder.file("places.csv", &format!("place,latitude,longitude,date,count\n{rows}")).display().to_string();
    let svg = drawn(&folder, &["clusters", &file, "--replications", "99"]);
    holds(&svg, &["p value", "6 Nov 2022", "cluster"]);
}

const LINELIST: &str = "case_id,onset,isolated,report_date,origin
A1,2022-11-01,2022-11-02,2022-11-03,imported
A2,2022-11-06,,2022-11-07,
A3,2022-11-07,2022-11-08,2022-11-09,
A4,,,2022-11-12,
A5,2022-11-12,,,
";

#[test]
fn a_chain_has_a_lane_a_case_and_names_what_cannot_be() {
    let folder = Folder::new();
    let list = folder.file("l.csv", LINELIST).display().to_string();
    let contacts = folder.file("c.csv", "infector,case_id\nA1,A2\nA5,A3\n").display().to_string();
    let args = ["trees", &list, "--contacts", &contacts, "--si-mean", "5", "--si-sd", "2", "--sweeps", "400"];
    let svg = drawn(&folder, &args);
    holds(
        &svg,
        &["A1", "A4", "onset, generation 0", "isolated, or else reported", "imported", "onset estimated", "implausible, look again"],
    );
    assert!(!drawn(&folder, &[&args[..2], &args[4..]].concat()).contains("implausible"));
    holds(&drawn(&folder, &[&args[..8], &["--quick"]].concat()), &["A1", "Nov 2022"]);
}

#[test]
fn the_tree_of_the_picture_is_that_of_the_table() {
    let folder = Folder::new();
    let list = folder.file("l.csv", LINELIST).display().to_string();
    let cases = folder.path("cases.csv");
    let svg = drawn(&folder, &["trees", &list, "--si-mean", "5", "--si-sd", "2", "--sweeps", "400", "--cases", cases.to_str().unwrap()]);
    let text = std::fs::read_to_string(cases).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let infectors: Vec<&str> = rows.iter().map(|r| r[2]).collect();
    let alone = rows.iter().filter(|r| r[2].is_empty() && !infectors.contains(&r[0])).count();
    let said = if alone == 0 { "5 cases".to_owned() } else { format!("5 cases, {alone} of them without a link") };
    holds(&svg, &[&said]);
    let generations = rows.iter().map(|r| r[4]).max().unwrap();
    holds(&svg, &[generations]);
}

#[test]
fn a_delay_is_bars_of_days_with_curves() {
    let folder = Folder::new();
    let delays = [0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 9];
    let rows = |shift: i32| {
        let row = move |(k, d): (usize, &i32)| {
            format!("2022-11-{:02},2022-11-{:02},{}\n", k + 1, k as i32 + 1 + d + shift, ["a", "b"][shift as usize])
        };
        delays.iter().enumerate().map(row).collect::<String>()
    };
    let file = folder.file("l.csv", &format!("ill,swab,place\n{}", rows(0))).display().to_string();
    let svg = drawn(&folder, &["delays", &file, "--from", "ill", "--to", "swab"]);
    let weight = |svg: &str, of: &str| svg.contains(&format!(">{of}, weight "));
    assert!(weight(&svg, "gamma") && weight(&svg, "lognormal") && weight(&svg, "weibull"));
    holds(&svg, &["ill → swab", "Number of cases", "days"]);
    assert!(svg.contains(">mean 3.") && svg.contains(">95 % "), "{svg}");
    let file = folder.file("two.csv", &format!("ill,swab,place\n{}{}", rows(0), rows(1))).display().to_string();
    let two = folder.path("d.svg");
    analyse(&["delays", &file, "--from", "ill", "--to", "swab", "--by", "place", "--picture", two.to_str().unwrap()]).unwrap();
    holds(&std::fs::read_to_string(folder.path("d-ill-_swab b.svg")).unwrap(), &["ill → swab b"]);
    assert!(!two.exists());
}
